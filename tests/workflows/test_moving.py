"""A playbook is edited while projects are in flight: they keep their version until somebody moves them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client

from domain import streams
from eventstore.opening import open_store
from runtime.composition import core_of, submitter
from runtime.embedded import embedded_temporal
from runtime.moving import outlook, playbooks_and_files
from runtime.plugin import ThroughlinePlugin
from runtime.search_attributes import kinds_of
from runtime.settings import Settings
from runtime.sockets import free_port
from tests.commandline.shell import Shell
from tests.domain.asked import SALES, handed_to_delivery, open_ticket, stage_done, started
from tests.domain.test_moving import move
from tests.workflows.company import Company, sqlite, worker
from workflows.names import SEARCH_ATTRIBUTES

SOURCE = (Path(__file__).parents[2] / "playbooks" / "standard.yaml").read_text(encoding="utf-8")
OLD = next(line for line in SOURCE.splitlines() if line.startswith("version:"))
REFERENCE_VISIT = "        - {code: timing, name: {en: Timing, zh: 时间计划}, who: sales}\n"


@dataclass(frozen=True)
class Office:
    """A company with a folder of playbooks that may be edited."""

    company: Company
    folder: Path
    url: str

    def edit(self, version: str, *changes: tuple[str, str]) -> None:
        """Write another version of the standard playbook, with text in it changed."""
        text = SOURCE.replace(OLD, f'version: "{version}"')
        for before, after in changes:
            assert before in text
            text = text.replace(before, after)
        (self.folder / "standard.yaml").write_text(text, encoding="utf-8")

    async def version(self, stream: str) -> str:
        """The playbook version that a stream's last event was recorded under."""
        return (await self.company.core.store.read(stream))[-1].playbook


@pytest_asyncio.fixture(scope="module")
async def own_client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Client]:
    """A client of a server for this file: the other tests' worker must not take tasks of a company with other playbooks."""
    home = tmp_path_factory.mktemp("moving")
    async with embedded_temporal(home, free_port(), None, kinds_of(SEARCH_ATTRIBUTES)) as address:
        yield await Client.connect(address, plugins=[ThroughlinePlugin()])


@pytest_asyncio.fixture
async def office(own_client: Client, tmp_path: Path) -> AsyncIterator[Office]:
    client = own_client
    folder = tmp_path / "playbooks"
    folder.mkdir()
    url = sqlite(tmp_path)
    store = await open_store(url)
    core = core_of(store, Settings(_env_file=None, playbooks=folder))
    made = Office(Company(client, core, submitter(client, core)), folder, url)
    made.edit("2099.1")
    await core.keep_playbooks()
    async with worker(made.company):
        yield made
    await store.close()


MORE = (REFERENCE_VISIT, REFERENCE_VISIT + "        - {code: visit, name: {en: Visit, zh: 参观}, who: sales}\n")


async def test_open_projects_keep_their_version_until_they_are_moved(office: Office, project: str, customer: str) -> None:
    company, funnel = office.company, streams.funnel(project)
    await company.tell(started(project, customer))
    office.edit("2099.2", MORE)

    seen = await outlook(company.core.store, await playbooks_and_files(company.core), None)
    [told] = [one for one in seen.projects if one.project == project]
    assert (str(told.from_), str(told.to), told.kind) == ("standard@2099.1", "standard@2099.2", "gains_gate")
    assert await company.refused(move("standard@2099.2", project=project)) == "PlaybookVersionUnknown"  # not kept yet

    await company.core.keep_playbooks()
    await company.tell([stage_done("F1", project=project)])
    assert await office.version(funnel) == "standard@2099.1"

    await company.ask(move("standard@2099.2", project=project))
    assert await company.types(funnel) == [*["FunnelOpened"], *["EvidenceRecorded"] * 5, "StageAdvanced", "PlaybookMoved"]
    assert await office.version(funnel) == "standard@2099.2"
    await company.tell([stage_done("F2", project=project)])
    assert await company.code(funnel) == "F2"
    [row] = await company.core.store.rows("standings", {"stream": funnel})
    assert [one["code"] for one in json.loads(row["missing"])] == ["visit"]


async def test_another_calendar_sets_the_timer_of_a_running_workflow_anew(office: Office, project: str, customer: str) -> None:
    company, funnel = office.company, streams.funnel(project)
    await company.tell(started(project, customer))
    before = (await company.standing(funnel)).deadline
    office.edit("2099.2", ("      time_box: 10\n", "      time_box: 5\n"))
    await company.core.keep_playbooks()

    await company.ask(move("2099.2", project=project))

    after = (await company.standing(funnel)).deadline
    assert before is not None
    assert after is not None
    assert after.at < before.at
    moved = (await company.events(funnel))[-1]
    assert (before.at, after.at) in [(one.before, one.after) for one in moved.redated]  # type: ignore[attr-defined]


async def test_a_move_that_needs_a_decision_moves_nothing(office: Office, project: str, customer: str) -> None:
    company = office.company
    await company.tell([*started(project, customer), stage_done("F1", project=project)])
    office.edit("2099.2", ("    - code: F2\n", "    - code: S2\n"))
    await company.core.keep_playbooks()

    assert await company.refused(move("2099.2", project=project)) == "MoveNeedsDecision"
    assert await office.version(streams.project(project)) == "standard@2099.1"
    await company.ask(move("2099.2", project=project, stage_map={"F2": "S2"}))
    assert await company.code(streams.funnel(project)) == "S2"


@pytest.fixture
def shell(office: Office, own_client: Client) -> Shell:
    """The command line beside this company."""
    config = own_client.service_client.config
    return Shell(
        {
            "THROUGHLINE_HOME": str(office.folder.parent),
            "THROUGHLINE_DATABASE_URL": office.url,
            "THROUGHLINE_PLAYBOOKS": str(office.folder),
            "TEMPORAL_ADDRESS": config.target_host,
            "TEMPORAL_NAMESPACE": own_client.namespace,
        }
    )


async def test_the_command_line_looks_and_moves(office: Office, shell: Shell, project: str, customer: str) -> None:
    other = f"{project}-b"
    await office.company.tell([*started(project, customer), *handed_to_delivery(other, f"{customer}-b")])
    office.edit("2099.2", MORE)

    async def call(*arguments: str) -> Any:
        return await asyncio.to_thread(shell, "playbook", *arguments)

    looked = json.loads((await call("move", "--dry-run", "--json")).out)
    kinds = {one["project"]: one["kind"] for one in looked["projects"]}
    assert kinds == {project: "gains_gate", other: "unchanged"}
    assert looked["dry_run"] is True
    told = await call("move", "--dry-run")
    assert (told.code, "gains a gate" in told.out, "F2/visit" in told.out) == (0, True, True)
    assert (await call("move")).code == 2

    await office.company.core.keep_playbooks()
    by = ("--to", "standard@2099.2", "--reason", "new rules", "--actor", SALES.id)
    moved = await call("move", *by)
    assert (moved.code, "4 moved, 0 refused" in moved.out) == (0, True)  # The customers with their projects.
    assert await office.version(streams.implementation(other)) == "standard@2099.2"
    assert (await call("move", *by)).code == 0  # There is nothing left to move, and nothing wrong with that.
    assert (await call("move", "--to", "standard@1", "--dry-run")).code == 1
    assert "standard@2099.2" in (await call("list")).out


async def test_open_tickets_move_with_their_project_or_customer(
    office: Office, shell: Shell, project: str, customer: str
) -> None:
    company, of_project, of_nobody = office.company, f"T-{project}", f"T-{customer}"
    await company.tell(started(project, customer))
    for ticket, named in ((of_project, {"project": project}), (of_nobody, {})):
        await company.ask(open_ticket(customer=customer, ticket=ticket, **named))
    office.edit("2099.2", ("resolve: 240", "resolve: 120"))
    await company.core.keep_playbooks()
    by = ("--to", "standard@2099.2", "--reason", "new targets", "--actor", SALES.id, "--json")

    async def call(*arguments: str) -> Any:
        told = await asyncio.to_thread(shell, "playbook", "move", *arguments)
        assert told.code == 0
        return json.loads(told.out)

    def due(told: Any, ticket: str) -> tuple[str, str]:
        [one] = [one for one in told["tickets"] if one["ticket"] == ticket]
        [clock] = [clock for clock in one["clocks"] if clock["clock"] == "resolve-breached"]
        return clock["before"], clock["after"]

    looked = await call("--dry-run", "--json")
    assert {one["ticket"]: one["kind"] for one in looked["tickets"]} == {of_project: "redated", of_nobody: "redated"}
    before, after = due(looked, of_nobody)
    assert after < before
    assert [one["ticket"] for one in (await call("--project", project, *by))["tickets"]] == [of_project]
    assert await office.version(streams.ticket(of_nobody)) == "standard@2099.1"
    moved = await call("--customer", customer, *by)
    assert [one["moved"] for one in moved["tickets"] if one["ticket"] == of_nobody] == [True]
    for ticket in (of_project, of_nobody):
        assert (await company.types(streams.ticket(ticket)))[-2:] == ["PlaybookMoved", "TargetsRedated"]
    assert await office.version(streams.customer(customer)) == "standard@2099.2"
