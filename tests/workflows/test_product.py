"""A product request and an enablement at work: what they owe is brought to whom it is owed."""

from __future__ import annotations

import asyncio

from domain.customer.hearing import NeedDelivered
from domain.project import ProjectOpened
from tests.domain.asked import classify, open_project, register
from tests.domain.test_enablement import enable
from tests.domain.test_request import answer, deliver, join, raised
from tests.workflows.company import ASKING, Company


async def test_a_delivery_reaches_every_customer_behind_it_and_an_enablement_waits_for_its_end(
    company: Company, customer: str, project: str
) -> None:
    async with asyncio.timeout(ASKING.total_seconds()):
        other, named, unit = f"{customer}x", f"R{project}", f"U{project}"
        opened = open_project(project, customer, product_line="HR", owner_unit=unit)
        await company.tell([register(customer), classify("vip", customer), register(other), opened])
        for command in (raised(customer=customer), join(other), answer(planned_on="2199-01-31"), deliver()):
            await company.ask(command.model_copy(update={"request": named}))
        for one in (customer, other):
            told = await company.until_recorded(f"customer-{one}", "NeedDelivered")
            assert isinstance(told, NeedDelivered)
            assert told.request == named
        described = await company.handle(f"request-{named}").describe()
        assert (described.id, described.workflow_type) == (f"request/{named}", "Request")
        assert (await company.handle(f"request-{named}").result())["view"]["code"] == "delivered"

        await company.ask(enable("hr", unit=unit, until="2199-12-31"))
        standing = await company.standing(f"enablement-{unit}")
        assert standing.deadline is not None
        assert standing.deadline.name == "enablement-1-60-days"
        [begun] = [event for event in await company.events(f"project-{project}") if isinstance(event, ProjectOpened)]
        assert (begun.mode, begun.mode_reason) == ("vip", "it serves value class vip")
