"""Links into the Temporal UI: the lists that operators look at, and single workflows. A saved view there is only a URL."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from domain.messages import Name
from runtime.settings import Settings
from workflows.names import workflow_id

RUNNING = 'ExecutionStatus = "Running"'


@dataclass(frozen=True)
class View:
    """A list of workflows that is worth a look; `query` is in Temporal's list filter language."""

    name: Name
    query: str


NEEDS_A_PERSON = View(Name(en="waiting for a person", zh="等待人工处理"), f"NeedsHuman = true AND {RUNNING}")
OVERDUE = View(
    Name(en="overdue", zh="已超时"),
    # A deal that has stalled is beyond its time box as well.
    f'Health IN ("overdue", "blocked") AND {RUNNING}',
)
AT_RISK = View(Name(en="at risk", zh="有风险"), f'Health = "at-risk" AND {RUNNING}')
STALLED = View(
    Name(en="stalled deals", zh="停滞商机"),
    f'WorkflowType = "Funnel" AND Health = "blocked" AND {RUNNING}',
)

LATE_TICKETS = View(
    Name(en="tickets that have missed a target", zh="已超时工单"),
    f'WorkflowType = "Ticket" AND Health = "overdue" AND {RUNNING}',
)
NEAR_TICKETS = View(
    Name(en="tickets near a target", zh="时限将至的工单"), f'WorkflowType = "Ticket" AND Health = "at-risk" AND {RUNNING}'
)
WAITING_TICKETS = View(
    Name(en="tickets that wait", zh="等待中的工单"), f'WorkflowType = "Ticket" AND Stage = "waiting" AND {RUNNING}'
)


def in_stage(code: str, name: Name) -> View:
    """The open deals in a stage of the funnel."""
    return View(
        Name(en=f"stage {code}: {name.en}", zh=f"阶段 {code}：{name.zh}"),
        f'WorkflowType = "Funnel" AND Stage = "{code}" AND {RUNNING}',
    )


def of_project(project: str) -> View:
    """Every workflow of a project, finished ones too."""
    return View(Name(en=f"all of project {project}", zh=f"项目 {project} 的全部流程"), f'ProjectId = "{project}"')


def of_customer(customer: str) -> View:
    """Every workflow of a customer, finished ones too."""
    return View(Name(en=f"all of customer {customer}", zh=f"客户 {customer} 的全部流程"), f'CustomerId = "{customer}"')


@dataclass(frozen=True)
class TemporalUi:
    """A Temporal UI: its address (without a slash at the end; empty when it is not known) and a namespace in it."""

    address: str
    namespace: str

    def list(self, view: View) -> str:
        """The link to a list of workflows."""
        return f"{self._workflows}?query={quote(view.query, safe='')}"

    def workflow(self, stream: str) -> str:
        """The link to the workflow of a stream."""
        return f"{self._workflows}/{quote(workflow_id(stream), safe='')}"

    @property
    def _workflows(self) -> str:
        return f"{self.address}/namespaces/{quote(self.namespace, safe='')}/workflows"


def temporal_ui(settings: Settings) -> TemporalUi:
    """The UI of the embedded server; for a Temporal elsewhere, whose UI no setting names, links without an address."""
    address = f"http://127.0.0.1:{settings.temporal_ui_port}" if settings.embedded else ""
    return TemporalUi(address, settings.temporal_namespace)
