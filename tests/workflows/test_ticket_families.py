"""Tickets that have to do with each other, on real workflows: word goes from one to the other, whoever sleeps."""

from __future__ import annotations

from domain.ticket import LinkTickets, ReopenTicket, ResolveTicket
from tests.domain.asked import SUPPORT, classify, open_ticket, register
from tests.workflows.company import Company


async def test_a_major_incident_takes_its_children_along_and_a_closed_one_still_hears(company: Company, customer: str) -> None:
    major, child, other = (f"{name}-{customer}" for name in ("TM", "TC", "TO"))
    await company.tell([register(customer), classify(customer=customer), open_ticket(major, customer)])
    await company.tell([open_ticket(child, customer, parent=major), open_ticket(other, customer, parent=major)])
    assert [await company.types(f"ticket-{major}")][0][-2:] == ["ChildJoined", "ChildJoined"]

    await company.ask(ResolveTicket(ticket=major, solution="restarted", actor=SUPPORT))
    assert [await company.code(f"ticket-{one}") for one in (major, child, other)] == ["resolved"] * 3

    await company.ask(ReopenTicket(ticket=major, reason="again", actor=SUPPORT))
    assert [await company.code(f"ticket-{one}") for one in (major, child, other)] == ["in_progress"] * 3

    await company.ask(LinkTickets(ticket=child, other=other, actor=SUPPORT))
    assert "TicketLinked" in await company.types(f"ticket-{other}")
