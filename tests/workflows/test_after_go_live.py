"""What follows a go-live, on real workflows: a changed contract, tickets that are alike, a low score."""

from __future__ import annotations

from domain.customer import TurnIntoLead
from domain.support import ChangeContract
from tests.domain.asked import SALES, SUPPORT, classify, open_ticket, register
from tests.domain.ticketing import close, resolve
from tests.workflows.company import Company, into_support


async def test_a_changed_contract_reaches_every_open_ticket_and_the_next_change_too(
    company: Company, project: str, customer: str
) -> None:
    await company.tell(into_support(project, customer))
    tickets = [f"T-{project}-{number}" for number in (1, 2, 3)]
    for ticket in tickets:
        await company.ask(open_ticket(ticket, customer, project))
    for code in ("SC2", "SC3"):
        await company.ask(ChangeContract(project=project, service_code=code, reason="another number", actor=SUPPORT))
        for ticket in tickets:
            redated = [one for one in await company.types(f"ticket-{ticket}") if one == "TargetsRedated"]
            assert len(redated) == int(code[2:]) - 1


async def test_tickets_that_are_alike_become_a_case_and_the_case_a_project_with_its_funnel(
    company: Company, project: str, customer: str
) -> None:
    await company.tell([register(customer), classify(customer=customer)])
    for number in (1, 2, 3):
        ticket = f"T-{project}-{number}"
        await company.ask(open_ticket(ticket, customer, product="GL", category="posting"))
        await company.ask(resolve(ticket))
    assert (await company.types(f"customer-{customer}"))[-1] == "ImprovementCaseOpened"

    lead = TurnIntoLead(customer=customer, case="I1", project=project, name="Posting", need="每月手工过账", actor=SALES)
    await company.ask(lead)
    handle = company.client.get_workflow_handle(f"project/{project}")
    async for event in handle.fetch_history_events(wait_new_event=True):
        if event.HasField("child_workflow_execution_started_event_attributes"):
            break  # The project that was begun has begun its funnel.
    assert await company.code(f"funnel-{project}") == "F1"
    assert (await company.types(f"funnel-{project}"))[:2] == ["FunnelOpened", "EvidenceRecorded"]


async def test_a_low_score_at_the_closing_opens_a_recovery_task_of_the_projects_support(
    company: Company, project: str, customer: str
) -> None:
    await company.tell(into_support(project, customer))
    ticket = f"T-{project}"
    await company.ask(open_ticket(ticket, customer, project))
    await company.ask(resolve(ticket))
    await company.ask(close(ticket, satisfaction=1))
    assert (await company.types(f"support-{project}"))[-1] == "RecoveryOpened"
