"""The words between a plan 规划 and the customer or project that it is about.

The plan says once that it is there; a customer that is merged, or a project that is lost or cancelled, tells it, and so when
that is taken back. Nobody has to look."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Literal

from domain import streams
from domain.messages import SYSTEM, Command, Event, Id, own_id
from domain.origin import known
from domain.refusals import NotFoundError
from domain.standing import Tell

Subject = Literal["in_force", "merged", "lost", "cancelled"]
"""How what a plan is about stands: as ever, a customer that was merged into another, a project whose deal was lost, or that was
cancelled."""


class NoteCustomerPlan(Command):
    """There is a plan about this customer: it is to hear when another one stands for the customer."""

    command: Literal["NoteCustomerPlan"] = "NoteCustomerPlan"
    customer: Id
    plan: Id
    internal: ClassVar[bool] = True

    @property
    def stream(self) -> str:
        """The customer's stream."""
        return streams.customer(self.customer)


class NoteProjectPlan(Command):
    """There is a plan about this project: it is to hear when the project is lost, reopened or cancelled."""

    command: Literal["NoteProjectPlan"] = "NoteProjectPlan"
    project: Id
    plan: Id
    internal: ClassVar[bool] = True

    @property
    def stream(self) -> str:
        """The project's stream."""
        return streams.project(self.project)


class NoteSubject(Command):
    """What this plan is about stands otherwise than before; checked there."""

    command: Literal["NoteSubject"] = "NoteSubject"
    plan: Id
    source: str
    """The stream of the customer or project."""
    internal: ClassVar[bool] = True

    @property
    def stream(self) -> str:
        """The plan's stream."""
        return streams.plan(self.plan)


class CustomerPlanNoted(Event):
    """There is a plan about the customer."""

    type: ClassVar[str] = "CustomerPlanNoted"
    plan: str


class ProjectPlanNoted(Event):
    """There is a plan about the project."""

    type: ClassVar[str] = "ProjectPlanNoted"
    plan: str


def is_news(command: NoteCustomerPlan | NoteProjectPlan, plans: tuple[str, ...], seen: Any) -> bool:
    """Whether a plan is one that nobody here knows. Raises `NotFoundError` for one that is not about this."""
    plan = known(seen, f"plan {command.plan}", "set it first (SetPlan)")
    if about(plan) != command.stream:
        raise NotFoundError(f"The plan {command.plan} is not about {command.stream.replace('-', ' ', 1)}: check the id.")
    return command.plan not in plans


def about(plan: Any) -> str:
    """The stream of the customer or project that a plan is about; empty for an industry plan."""
    root = plan.root
    return {"customer": streams.customer(root.customer), "project": streams.project(root.project)}.get(plan.kind, "")


def noted(plan: Any) -> list[Tell]:
    """What a plan owes to what it is about: the word that it is there."""
    root, told = plan.root, {"plan": plan.id, "actor": SYSTEM, "occurred_at": plan.set_at}
    told |= {"command_id": own_id(f"planned-{plan.id}"), "correlation_id": root.project or root.customer}
    match plan.kind:
        case "customer":
            return [Tell(command=NoteCustomerPlan(customer=root.customer, **told), text="customer plan 客户规划")]
        case "project":
            return [Tell(command=NoteProjectPlan(project=root.project, **told), text="project plan 项目规划")]
        case _:
            return []


def words(plans: tuple[str, ...], source: str, turn: str, at: datetime | None) -> list[Tell]:
    """What a customer or project owes the plans about it since its latest `turn`; nothing where there was none."""
    if not turn:
        return []
    return [
        Tell(
            command=NoteSubject(
                plan=plan,
                source=source,
                command_id=own_id(f"subject-{source}-{turn}-{plan}"),
                actor=SYSTEM,
                occurred_at=at,
                correlation_id=source.partition("-")[2],
            ),
            text="what the plan is about has changed 规划对象变更",
            to_many=True,
        )
        for plan in plans
    ]
