"""A workflow for the tests of the plugin, in a module of its own: a sandbox would import it again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from temporalio import activity, workflow

from domain.messages import Money

SOON = timedelta(seconds=8)


@dataclass(frozen=True)
class Sum:
    """What is in the purse, and what is put into it."""

    total: Decimal
    money: Money


@activity.defn
async def add(given: Sum) -> Money:
    """The new total."""
    return Money(amount=given.total + given.money.amount)


@workflow.defn(name="TestPurse")
class Purse:
    """Adds up what it is given, one after the other."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.total = Decimal(0)

    @workflow.run
    async def run(self, wanted: int) -> Money:
        await workflow.wait_condition(lambda: self.total >= wanted)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return Money(amount=self.total)

    @workflow.update(name="put")
    async def put(self, money: Money) -> Money:
        async with self.lock:
            added = await workflow.execute_local_activity(add, Sum(self.total, money), schedule_to_close_timeout=SOON)
            self.total = added.amount
            return added
