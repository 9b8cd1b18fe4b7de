"""The whole life of a project, from its first lead to the renewal of its service contract, on real workflows."""

from __future__ import annotations

import asyncio
from datetime import date

from temporalio.client import WorkflowExecutionStatus

from domain.customer import KeepContactPlanned
from domain.streams import HandoffKind
from domain.support import RenewContract
from domain.ticket import AcknowledgeTicket, CloseTicket, ReopenTicket, ResolveTicket
from tests.domain.asked import (
    STAGES,
    SUPPORT,
    accept,
    evidence,
    give_back,
    lose,
    offer,
    open_ticket,
    prepared,
    promise,
    stage_done,
    started,
    win,
    won,
)
from tests.workflows.company import Company, day, into_support


async def closed(company: Company, stream: str) -> bool:
    description = await company.handle(stream).describe()
    return description.status is WorkflowExecutionStatus.COMPLETED


async def test_a_project_lives_from_its_first_lead_to_the_renewal_of_its_contract(
    company: Company, project: str, customer: str
) -> None:
    await company.tell(into_support(project, customer))

    assert await company.types(f"project-{project}") == ["ProjectOpened", *["PhaseEntered"] * 4, "ProjectClosed"]
    await company.until_recorded(f"customer-{customer}", "ServiceBegun")  # The support tells it once it has begun.
    assert await company.types(f"customer-{customer}") == [
        "CustomerRegistered",
        "CustomerClassified",
        "ProjectBegun",
        "ContractSigned",
        "CustomerActivated",
        "ServiceBegun",
    ]
    assert (await company.types(f"implementation-{project}"))[-2:] == ["MilestoneSignedOff", "ForecastMoved"]
    for stream in (f"funnel-{project}", f"handoff-{project}-delivery", f"handoff-{project}-support"):
        await company.handle(stream).result()
        assert await closed(company, stream)
    await company.handle(f"implementation-{project}").result()
    await company.handle(f"project-{project}").result()

    ticket = f"T-{project}"
    await company.ask(open_ticket(ticket, customer, project))
    await company.ask(AcknowledgeTicket(ticket=ticket, actor=SUPPORT))
    await company.ask(ResolveTicket(ticket=ticket, solution="restarted", actor=SUPPORT))
    await company.ask(CloseTicket(ticket=ticket, confirmed_by="王", actor=SUPPORT))
    await company.handle(f"ticket-{ticket}").result()
    await company.ask(ReopenTicket(ticket=ticket, reason="again", actor=SUPPORT))
    assert (await company.standing(f"ticket-{ticket}")).view is not None
    assert await company.code(f"ticket-{ticket}") == "in_progress"

    renewed = RenewContract(project=project, ends_on=date.fromisoformat(day(900)), actor=SUPPORT)
    [event] = await company.ask(renewed)
    assert event.type == "ContractRenewed"
    assert not await closed(company, f"support-{project}")


async def test_a_stage_advances_by_itself_and_the_answer_says_so(company: Company, project: str, customer: str) -> None:
    await company.tell(started(project, customer))
    *first, last = STAGES["F1"]

    assert [event.type for event in await company.ask(evidence(*first, project=project))] == ["EvidenceRecorded"] * 4
    advanced = await company.ask(evidence(last, project=project))

    assert [event.type for event in advanced] == ["EvidenceRecorded", "StageAdvanced"]
    assert await company.code(f"funnel-{project}") == "F2"


async def test_when_the_winning_command_is_answered_the_handoff_is_open_and_the_customer_active(
    company: Company, project: str, customer: str
) -> None:
    await company.tell([*started(project, customer), promise(project=project), *prepared(project)])
    await company.ask(win(project))

    assert await company.code(f"project-{project}") == "handoff-delivery"
    assert await company.code(f"customer-{customer}") == "active"
    standing = await company.standing(f"handoff-{project}-delivery")
    assert standing.view is not None
    assert (standing.view.code, standing.view.waiting_for) == ("preparing", "sales")


async def test_the_accepted_handoff_starts_the_implementation(company: Company, project: str, customer: str) -> None:
    await company.tell([*started(project, customer), *won(project), offer(project=project)])
    await company.ask(accept(project=project))

    standing = await company.standing(f"implementation-{project}")
    assert standing.view is not None
    assert standing.view.code == "M1"
    assert await company.code(f"project-{project}") == "implementation"


async def test_a_returned_handoff_goes_back_with_its_gaps_and_comes_again(
    company: Company, project: str, customer: str
) -> None:
    stream = f"handoff-{project}-delivery"
    await company.tell([*started(project, customer), *won(project), offer(project=project)])
    await company.ask(give_back("risks", project=project))

    returned = (await company.standing(stream)).view
    assert returned is not None
    assert (returned.code, [one.code for one in returned.missing]) == ("returned", ["risks"])
    assert await company.refused(accept(project=project)) == "HandoffNotOffered"
    assert await company.refused(offer(project=project, items={})) == "ChecklistIncomplete"

    await company.ask(offer(project=project, items={"risks": "doc-risks-2"}))
    await company.ask(accept(project=project))
    assert await company.code(f"project-{project}") == "implementation"


async def test_a_lost_deal_leaves_the_customer_with_a_date_to_keep_contact(
    company: Company, project: str, customer: str
) -> None:
    await company.tell(started(project, customer))
    await company.ask(lose(project, keep_contact_on=day(40)))

    [planned] = [one for one in await company.events(f"customer-{customer}") if isinstance(one, KeepContactPlanned)]
    assert planned.on.isoformat() == day(40)
    await company.handle(f"project-{project}").result()
    standing = await company.standing(f"customer-{customer}")
    assert standing.deadline is not None
    assert standing.deadline.name.startswith(f"contact-{day(40)}-due")


async def test_each_phase_is_a_child_that_outlives_nobody_needs(company: Company, project: str, customer: str) -> None:
    await company.tell([*started(project, customer), *won(project), offer(project=project), accept(project=project)])
    parents = {
        stream: (await company.handle(stream).describe()).parent_id
        for stream in (f"funnel-{project}", f"handoff-{project}-delivery", f"implementation-{project}")
    }
    assert set(parents.values()) == {f"project/{project}"}


async def test_a_refused_command_to_ended_work_wakes_nobody_else(company: Company, project: str, customer: str) -> None:
    await company.tell([*started(project, customer), lose(project)])
    for stream in (f"funnel-{project}", f"project-{project}"):
        await company.handle(stream).result()

    async def runs(stream: str) -> int:
        return len([one async for one in company.client.list_workflows(f"WorkflowId = '{stream.replace('-', '/', 1)}'")])

    assert await company.refused(stage_done("F1", project=project)) == "DealClosed"
    await company.handle(f"funnel-{project}").result()
    assert await company.types(f"project-{project}") == ["ProjectOpened", "ProjectClosed"]
    await company.handle(f"project-{project}").result()
    assert await runs(f"project-{project}") <= 2


KINDS: tuple[HandoffKind, ...] = ("delivery", "support")


async def test_many_projects_live_side_by_side(company: Company, project: str) -> None:
    lives = [into_support(f"{project}-{index}", f"C{project}-{index}") for index in range(4)]
    await asyncio.gather(*(company.tell(life) for life in lives))
    for index in range(4):
        assert await company.code(f"support-{project}-{index}") == "early_life"
        for kind in KINDS:
            assert (await company.types(f"handoff-{project}-{index}-{kind}"))[-1] == "HandoffAccepted"
