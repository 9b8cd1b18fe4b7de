"""Escalations at work: begun as children, told to their subjects, found again after a loss."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from domain.escalation import AnswerEscalation, EscalateFurther, SolveEscalation
from domain.funnel import RequestProductAnswer
from domain.messages import Actor, ActorKind
from domain.project import CancelProject
from domain.ticket import EscalateTicket, ResolveTicket, TicketAnswered
from tests.domain.asked import PRODUCT, SALES, SUPPORT, classify, open_ticket, register, stage_done, started
from tests.workflows.company import ASKING, Company, now

HEADQUARTERS = Actor(kind=ActorKind.PERSON, id="h1", role="headquarters")


@pytest.fixture
def ticket(project: str) -> str:
    """The id of a ticket that no other test has."""
    return f"T{project[1:]}"


async def opened(company: Company, ticket: str, customer: str, line: str) -> str:
    """A ticket that is escalated; answers the stream of its escalation."""
    await company.tell([register(customer), classify("vip", customer), open_ticket(ticket, customer)])
    up = {"ticket": ticket, "line": line, "reason": "not solved", "actor": SUPPORT}
    await company.ask(EscalateTicket.model_validate(up))
    return f"escalation-ticket.{ticket}.1"


def answer(stream: str, **fields: Any) -> AnswerEscalation:
    told: dict[str, Any] = {"answer": "workaround", "text": "use the old form", "actor": PRODUCT} | fields
    return AnswerEscalation(escalation=stream.partition("-")[2], **told)


async def test_a_ticket_begins_its_escalation_which_shows_itself_and_answers_back(
    company: Company, ticket: str, customer: str
) -> None:
    async with asyncio.timeout(ASKING.total_seconds()):
        stream = await opened(company, ticket, customer, "headquarters")
        standing = await company.standing(stream)
        assert standing.view is not None
        assert (standing.view.code, standing.view.waiting_for) == ("headquarters", "headquarters")
        assert standing.deadline is not None
        described = await company.handle(stream).describe()
        assert (described.id, described.workflow_type) == (f"escalation/ticket.{ticket}.1", "Escalation")
        up = EscalateFurther(escalation=stream.partition("-")[2], reason="a fault of the product", actor=HEADQUARTERS)
        await company.ask(up)
        await company.ask(answer(stream))
        told = (await company.events(f"ticket-{ticket}"))[-1]
        assert isinstance(told, TicketAnswered)
        assert (await company.types(f"ticket-{ticket}")).count("TicketEscalated") == 2
        assert (await company.handle(stream).result())["view"]["closed"]


async def test_a_resolved_ticket_ends_its_escalation(company: Company, ticket: str, customer: str) -> None:
    async with asyncio.timeout(ASKING.total_seconds()):
        stream = await opened(company, ticket, customer, "second")
        await company.ask(ResolveTicket(ticket=ticket, solution="restarted", actor=SUPPORT))
        assert (await company.types(stream))[-1] == "EscalationEnded"
        assert await company.code(stream) == "ended"


async def test_the_answer_to_a_product_gap_takes_the_deal_through_its_gate(
    company: Company, project: str, customer: str
) -> None:
    async with asyncio.timeout(ASKING.total_seconds()):
        await company.tell([*started(project, customer), stage_done("F1", "F2", "F3", project=project)])
        await company.ask(RequestProductAnswer(project=project, gap="no batch costing", actor=SALES))
        await company.ask(answer(f"escalation-funnel.{project}.1"))
        assert await company.code(f"funnel-{project}") == "F4"


async def test_a_cancelled_project_unwinds_the_escalation_of_its_deal(company: Company, project: str, customer: str) -> None:
    async with asyncio.timeout(ASKING.total_seconds()):
        await company.tell([*started(project, customer), stage_done("F1", "F2", "F3", project=project)])
        await company.ask(RequestProductAnswer(project=project, gap="no batch costing", actor=SALES))
        cancel = {"reason": "budget gone", "reference": "letter", "approver": "m1", "approver_role": "manager"}
        await company.ask(CancelProject.model_validate({"project": project, "actor": SALES, **cancel}))
        assert (await company.types(f"escalation-funnel.{project}.1"))[-1] == "PartUnwound"
        assert (await company.types(f"project-{project}"))[-1] == "CancellationCompleted"


async def test_an_escalation_that_temporal_has_lost_is_started_again_and_goes_on(
    company: Company, ticket: str, customer: str
) -> None:
    async with asyncio.timeout(ASKING.total_seconds()):
        stream = await opened(company, ticket, customer, "second")
        await company.handle(stream).terminate("lost")
        assert await company.submitter.resume(stream)
        await company.ask(SolveEscalation(escalation=stream.partition("-")[2], solution="rebuilt", actor=SUPPORT))
        assert (await company.types(f"ticket-{ticket}"))[-1] == "TicketAnswered"


async def test_a_limit_runs_out_by_itself_at_its_true_moment(company: Company, ticket: str, customer: str) -> None:
    """The ticket was escalated an hour ago less two seconds: its limit is a timer of two seconds."""
    async with asyncio.timeout(ASKING.total_seconds()):
        await company.tell([register(customer), classify("vip", customer)])
        begun = now() - timedelta(minutes=60) + timedelta(seconds=2)
        await company.ask(open_ticket(ticket, customer, occurred_at=begun, impact="low", urgency="low"))
        up = {"ticket": ticket, "line": "second", "reason": "not solved", "actor": SUPPORT, "occurred_at": begun}
        await company.ask(EscalateTicket.model_validate(up))
        stream = f"escalation-ticket.{ticket}.1"
        raised = await company.until_recorded(stream, "EscalationRaised")
        assert abs(raised.occurred_at - begun - timedelta(minutes=60)) < timedelta(milliseconds=1)
        await company.until_recorded(f"ticket-{ticket}", "TicketEscalated")
