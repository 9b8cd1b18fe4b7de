"""Asking: whatever is asked how often and by how many, it has one effect, and every asker gets the same answer."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.shapes import Accepted, Refused, Submission
from domain.ticket import AcknowledgeTicket, ResolveTicket, ResumeTicket
from runtime.submitting import CommandRefusedError
from tests.domain.asked import (
    BY_SALES,
    STAGES,
    SUPPORT,
    evidence,
    lose,
    open_project,
    open_ticket,
    prepared,
    register,
    resume,
    shelve,
    stage_done,
    started,
    win,
)
from tests.workflows.company import Company, day


async def test_a_hundred_equal_commands_at_once_have_one_effect_and_a_hundred_equal_answers(
    company: Company, project: str, customer: str
) -> None:
    await company.tell(started(project, customer))

    answers = await asyncio.gather(*(company.ask(stage_done("F1", project=project), "same") for _ in range(100)))

    assert [event.type for event in answers[0]] == ["EvidenceRecorded"] * 5 + ["StageAdvanced"]
    assert all(answer == answers[0] for answer in answers)
    assert len(await company.events(f"funnel-{project}")) == 7


async def test_a_hundred_equal_openings_at_once_open_one_project_with_one_funnel(
    company: Company, project: str, customer: str
) -> None:
    await company.ask(register(customer))

    answers = await asyncio.gather(*(company.ask(open_project(project, customer), "same") for _ in range(100)))

    assert all(answer == answers[0] for answer in answers)
    assert await company.types(f"project-{project}") == ["ProjectOpened"]
    await company.until_begun(f"funnel-{project}")
    assert await company.types(f"funnel-{project}") == ["FunnelOpened"]


async def test_commands_in_one_call_are_recorded_each_by_itself_and_a_refused_one_stops_no_other(
    company: Company, customer: str
) -> None:
    await company.ask(register(customer))
    ticket = f"T-{customer}"
    taken = AcknowledgeTicket(ticket=ticket, actor=SUPPORT)
    goes_on = ResumeTicket(ticket=ticket, actor=SUPPORT)
    solved = ResolveTicket(ticket=ticket, solution="restarted", actor=SUPPORT)
    asked = [open_ticket(ticket, customer), taken, taken, goes_on, solved]
    named = [command.model_copy(update={"command_id": f"{ticket}-{place}"}) for place, command in enumerate(asked)]

    first = await company.submitter.submit_all(named)
    again = await company.submitter.submit_all(named[1:])  # as after a run that was broken off

    assert [event.type for event in first.events] == ["TicketOpened"]
    assert [refusal and refusal.type for refusal in first.more] == [None, "AlreadyAcknowledged", "TicketNotWaiting", None]
    assert [refusal and refusal.type for refusal in again.more] == ["TicketNotOpen", "TicketNotOpen", None]
    assert (await company.types(f"ticket-{ticket}"))[:3] == ["TicketOpened", "TicketAcknowledged", "TicketResolved"]
    with pytest.raises(CommandRefusedError, match="already"):
        await company.submitter.submit_all([open_ticket(ticket, customer, command_id="other"), named[-1]])


async def test_a_hundred_winners_of_one_deal_make_one_handoff(company: Company, project: str, customer: str) -> None:
    await company.tell([*started(project, customer), *prepared(project)])
    await company.ask(stage_done("F1", "F2", "F3", "F4", "F5", project=project))
    last = evidence(*STAGES["F6"], project=project)

    async def one() -> str:
        try:
            return str([event.type for event in await company.ask(last)])
        except CommandRefusedError as refused:
            return refused.refusal.type

    answers = await asyncio.gather(*(one() for _ in range(30)))

    assert sorted(set(answers)) == ["DealClosed", str(["EvidenceRecorded", "EvidenceRecorded", "DealWon"])]
    assert (await company.types(f"funnel-{project}")).count("DealWon") == 1
    assert await company.code(f"handoff-{project}-delivery") == "preparing"
    assert (await company.types(f"handoff-{project}-delivery")) == ["HandoffOpened"]


async def test_the_same_command_later_gets_the_first_answer_even_when_the_work_has_ended(
    company: Company, project: str, customer: str
) -> None:
    await company.tell(started(project, customer))
    first = await company.ask(lose(project), "lost-1")
    await company.handle(f"funnel-{project}").result()

    assert await company.ask(lose(project), "lost-1") == first
    assert await company.refused(lose(project), "lost-2") == "DealClosed"


async def test_a_refused_command_is_taken_under_the_same_id_when_the_reason_is_gone(
    company: Company, project: str, customer: str
) -> None:
    await company.tell([*started(project, customer)])
    await company.ask(shelve(day(30), project))
    assert await company.refused(evidence("owner", project=project), "e1") == "DealShelved"
    assert await company.refused(evidence("owner", project=project), "e1") == "DealShelved"
    await company.ask(resume(project))

    assert [event.type for event in await company.ask(evidence("owner", project=project), "e1")] == ["EvidenceRecorded"]
    assert [event.type for event in await company.ask(evidence("owner", project=project), "e1")] == ["EvidenceRecorded"]
    assert (await company.types(f"funnel-{project}")).count("EvidenceRecorded") == 1


async def test_a_refused_opening_is_taken_when_the_reason_is_gone(company: Company, project: str, customer: str) -> None:
    assert await company.refused(open_project(project, customer), "o1") == "CustomerUnknown"
    await company.ask(register(customer))
    assert [event.type for event in await company.ask(open_project(project, customer), "o1")] == ["ProjectOpened"]


async def test_no_workflow_is_started_for_what_an_absent_stream_would_refuse(company: Company, project: str) -> None:
    assert await company.refused(evidence("owner", project=project)) == "NotFound"
    assert await company.refused(open_ticket(f"T-{project}", f"C-{project}")) == "NotFound"
    for workflow in (f"funnel-{project}", f"ticket-T-{project}"):
        with pytest.raises(RPCError) as missing:
            await company.handle(workflow).describe()
        assert missing.value.status is RPCStatusCode.NOT_FOUND
    [decision] = await company.core.store.decisions(f"funnel-{project}")
    assert decision.verdict == "NotFound"


async def test_a_refusal_reaches_the_caller_in_words_with_what_is_unmet(company: Company, project: str, customer: str) -> None:
    await company.tell([*started(project, customer)])
    with pytest.raises(CommandRefusedError) as refused:
        await company.ask(evidence("gut_feeling", project=project))
    assert [one.code for one in refused.value.refusal.unmet] == list(STAGES["F1"])
    assert "gut_feeling" in refused.value.refusal.detail


async def test_a_refusal_does_not_fail_the_workflow_and_shows_itself_as_a_business_error(
    company: Company, project: str, customer: str
) -> None:
    await company.tell([*started(project, customer)])
    command = evidence("gut_feeling", project=project).model_copy(update={"command_id": "raw-1"})
    submission = Submission(command=command.model_dump(mode="json", exclude_none=True), attempt="a1")
    handle = company.handle(f"funnel-{project}")

    with pytest.raises(WorkflowUpdateFailedError) as failed:
        await handle.execute_update(command.command, submission, result_type=Accepted)

    assert isinstance(failed.value.cause, ApplicationError)
    assert failed.value.cause.type == "CriterionUnknown"
    assert failed.value.cause.non_retryable
    assert Refused.model_validate(failed.value.cause.details[0]).attempt == "a1"
    assert [event.type for event in await company.ask(evidence("owner", project=project))] == ["EvidenceRecorded"]


async def test_what_holds_no_command_is_refused_and_stops_nothing(company: Company, project: str, customer: str) -> None:
    await company.tell([*started(project, customer)])
    handle = company.handle(f"funnel-{project}")
    nothing: list[object] = [None, {"command": {}}, {"command": {"command": 7}}]
    for sent in nothing:
        with pytest.raises(WorkflowUpdateFailedError) as failed:
            await handle.execute_update("RecordEvidence", sent, rpc_timeout=timedelta(seconds=10))
        assert isinstance(failed.value.cause, ApplicationError)
        assert failed.value.cause.type == "InvalidCommand"


async def test_no_words_of_a_caller_stand_in_plain_text_where_a_command_was_refused(
    company: Company, project: str, customer: str
) -> None:
    await company.tell([*started(project, customer)])
    with pytest.raises(CommandRefusedError) as refused:
        await company.ask(evidence("王小明 138", project=project))
    assert "王小明 138" in refused.value.refusal.detail
    history = await company.handle(f"funnel-{project}").fetch_history()
    outcomes = [one.workflow_execution_update_completed_event_attributes.outcome for one in history.events]
    failures = [one.failure.message for one in outcomes if one.HasField("failure")]
    assert failures
    assert "王小明" not in " ".join(failures)


async def test_commands_to_one_stream_are_taken_one_at_a_time(company: Company, project: str, customer: str) -> None:
    await company.tell(started(project, customer))
    codes = BY_SALES
    others = prepared(project)

    await asyncio.gather(*(company.ask(one) for one in (*others, *(evidence(code, project=project) for code in codes))))

    types = await company.types(f"funnel-{project}")
    assert types.count("EvidenceRecorded") == len(codes) + len(others)
    assert types.count("StageAdvanced") == 5
    assert types[-1] == "DealWon"
    decisions = await company.core.store.decisions(f"funnel-{project}")
    assert {one.verdict for one in decisions} == {"accepted"}


async def test_one_customers_projects_tell_it_one_after_the_other(company: Company, project: str, customer: str) -> None:
    await company.ask(register(customer))
    names = [f"{project}-{index}" for index in range(6)]
    await asyncio.gather(*(company.ask(open_project(name, customer)) for name in names))
    for name in names:
        await company.tell(prepared(name))
    await asyncio.gather(*(company.ask(win(name) if index % 2 else lose(name)) for index, name in enumerate(names)))

    types = await company.types(f"customer-{customer}")
    assert types.count("ContractSigned") == types.count("KeepContactPlanned") == 3
    assert types.count("CustomerActivated") == 1
