"""How a workflow brings what it owes to whom it is owed, beside everything else that it does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, NoReturn

from temporalio import workflow
from temporalio.common import RetryPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.lifecycle import Lifecycle
from activities.shapes import GENERATION, Owed, Standing, Start
from workflows import display, names

PATIENT: dict[str, Any] = {
    "start_to_close_timeout": timedelta(seconds=10),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(milliseconds=200), backoff_coefficient=2, maximum_interval=timedelta(minutes=1)
    ),
}
"""A delivery to another workflow: tried until it arrives. One try is short, because so long the work stands still when a
worker dies with a delivery in hand; a try that is cut off finds, with the same command id, what it has begun."""

AT_ONCE = 8
"""How many words of a fan-out are on their way at the same time."""
LAST_CALL = timedelta(seconds=10)
"""How long a run that continues as new waits for those. What takes longer is taken once more, under the same command id."""
TROUBLES = 20
"""How many refusals of others are shown, the latest."""


class Courier:
    """Brings what one stream owes: what has an order one after the other, the words of a fan-out several at once."""

    def __init__(self, start: Start, standing: Callable[[], Standing]) -> None:
        """`standing`: where the stream stands now."""
        self._stream = start.stream
        self._standing = standing
        self.delivered = set(start.delivered)
        self.troubles = list(start.troubles)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        """What is on its way beside everything else, by the stream that it goes to: to each, its words come in their order."""

    def owing(self) -> list[Owed]:
        """What is owed and not delivered, as far as the standing tells of it."""
        return [owed for owed in self._standing().owed if owed.id not in self.delivered]

    def in_order(self) -> list[Owed]:
        """That of it which has an order."""
        return [owed for owed in self.owing() if not owed.to_many]

    @property
    def owes(self) -> bool:
        """Whether anything is left to be delivered."""
        return bool(self.owing()) or self._standing().owed_later > 0

    async def work(self, look: Callable[[], Awaitable[object]], rests: Callable[[], bool]) -> NoReturn:
        """Deliver for as long as the run lasts. `look`: have the stream tell where it stands; `rests`: begin with no further
        word of a fan-out. It ends only with a mistake of ours, which must be seen."""
        await asyncio.gather(self._one_by_one(), self._several_at_once(look, rests))
        raise AssertionError(self._stream)

    async def land(self) -> None:
        """Wait until what is on its way has arrived, but not for long."""
        if self._under_way:
            try:
                await workflow.wait_condition(lambda: not self._under_way, timeout=LAST_CALL, timeout_summary="handed on 转交")
            except TimeoutError:
                workflow.logger.info("not arrived yet", extra={"streams": list(self._under_way)})

    async def _one_by_one(self) -> NoReturn:
        while True:
            await workflow.wait_condition(lambda: bool(self.in_order()))
            await self.bring(self.in_order()[0])

    async def _several_at_once(self, look: Callable[[], Awaitable[object]], rests: Callable[[], bool]) -> NoReturn:
        def next_one() -> Owed | None:
            if rests() or len(self._under_way) >= AT_ONCE:
                return None
            return next((owed for owed in self.owing() if owed.to_many and owed.stream not in self._under_way), None)

        def is_told_of_all() -> bool:
            return rests() or not self._standing().owed_later or any(owed.to_many for owed in self.owing())

        while True:
            await workflow.wait_condition(lambda: bool(self._arrived()) or not is_told_of_all() or next_one() is not None)
            for stream in self._arrived():
                self._under_way.pop(stream).result()
            if not is_told_of_all():
                await look()
            if (owed := next_one()) is not None:
                self._under_way[owed.stream] = asyncio.create_task(self.bring(owed))

    def _arrived(self) -> Sequence[str]:
        return [stream for stream, task in self._under_way.items() if task.done()]

    async def bring(self, owed: Owed) -> None:
        """Deliver one debt."""
        if owed.begins:
            await self._begin_child(owed)
        else:
            await self._tell(owed)
        self.delivered.add(owed.id)

    async def _begin_child(self, owed: Owed) -> None:
        try:
            child = await workflow.start_child_workflow(
                names.workflow_type(owed.stream),
                Start(stream=owed.stream, first=owed.command, view=owed.view, generation=GENERATION),
                id=names.workflow_id(owed.stream),
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                search_attributes=display.at_start(owed.view) if owed.view else None,
                static_summary=display.summary(owed.stream),
                static_details=f"Stream `{owed.stream}`, begun by `{self._stream}`",
            )
        except WorkflowAlreadyStartedError:
            # It runs: begun before this run was started from its stream. What it has recorded stands.
            workflow.logger.info("already running", extra={"stream": owed.stream})
            return
        # How it ends, its own word tells; one that is terminated by hand is no mistake of ours to be logged.
        child.add_done_callback(lambda ended: ended.cancelled() or ended.exception())

    async def _tell(self, owed: Owed) -> None:
        refusal = await workflow.execute_activity_method(
            Lifecycle.deliver, owed.command, summary=f"{owed.text} → {names.workflow_id(owed.stream)}", **PATIENT
        )
        if refusal is not None:
            # The refusal is on record at the other end; here it must not stay unseen.
            why = display.without_words(refusal.detail, owed.command)
            self.troubles.append(f"{names.workflow_id(owed.stream)} refused {owed.command['command']}: {why}")
            del self.troubles[:-TROUBLES]
            workflow.set_current_details(display.details(self._standing(), self.troubles))
