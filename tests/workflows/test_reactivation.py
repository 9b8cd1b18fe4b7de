"""A reactivation at work: begun as a child of the sleeping customer, found again after a loss, answered, told back."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

from temporalio.service import RPCError

from domain.reactivation import CompleteStep, RecordAnswer
from tests.domain.asked import SALES, classify, register
from tests.workflows.company import ASKING, Company, now


async def test_a_customer_that_has_gone_dormant_is_reactivated_and_awake_when_it_answers(
    company: Company, customer: str
) -> None:
    """A VIP that was registered seven months ago and never heard of again has been dormant for a month."""
    async with asyncio.timeout(ASKING.total_seconds()):
        long_ago = now() - timedelta(days=215)
        await company.tell([register(customer, occurred_at=long_ago), classify("vip", customer, occurred_at=long_ago)])
        stream, of = f"customer-{customer}", f"reactivation-{customer}.1"

        async def begun() -> bool:
            with suppress(RPCError):
                return bool(await company.handle(of).describe())
            return False

        await company.until(stream, begun)
        standing = await company.standing(of)
        assert standing.view is not None
        assert (standing.view.code, standing.view.phase) == ("running", "reactivation")
        described = await company.handle(of).describe()
        assert (described.id, described.workflow_type) == (f"reactivation/{customer}.1", "Reactivation")
        await company.handle(of).terminate("lost")
        assert await company.submitter.resume(of)
        call = CompleteStep(reactivation=f"{customer}.1", step="review_account", result="found a sponsor", actor=SALES)
        await company.ask(call)
        yes = RecordAnswer(reactivation=f"{customer}.1", answer="interested", reference="minutes", actor=SALES)
        await company.ask(yes)
        assert await company.code(stream) == "potential"
        assert "CustomerReactivated" in await company.types(stream)
        assert (await company.types(of))[-1] == "CustomerCameBack"
        assert await company.code(of) == "watched"
