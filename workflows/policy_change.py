"""A policy change for everybody 政策变更: customers go over to another version of their playbook, page by page, and those whose
next clock comes sooner are woken, the soonest first. Everyone else's timer stays as it is: it finds out when it fires."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

from activities.rejudging import Counts, Page, PageAsked, PolicyChange, Rejudging, WakeAsked
from domain.messages import Frozen

PAGES = 100
"""Pages after which those found are woken and a new run goes on: histories stay short, whatever the number of customers."""
WOKEN_TOGETHER = 500
"""Workflows that one activity wakes."""

LONG: dict[str, Any] = {
    "start_to_close_timeout": timedelta(minutes=30),
    "heartbeat_timeout": timedelta(seconds=30),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=1), backoff_coefficient=2, maximum_interval=timedelta(minutes=1)
    ),
}
"""A page: tried until the store and Temporal answer. What a lost try has recorded is found by its command ids."""


class Going(Frozen):
    """How a run starts: with what is asked, and where the last run left off."""

    change: PolicyChange
    after: str = ""
    counts: Counts = Counts()


@workflow.defn(name="PolicyChange")
class PolicyChangeWorkflow:
    """A policy change for everybody 政策变更."""

    @workflow.init
    def __init__(self, going: Going) -> None:
        """Queries may come before `run`, so all state is here."""
        self._change = going.change
        self._after: str | None = going.after
        self._counts = going.counts

    @workflow.run
    async def run(self, going: Going) -> Counts:
        """Move everybody, then wake whom it concerns."""
        found: list[tuple[int, str]] = []
        for _ in range(PAGES):
            if self._after is None:
                break
            page: Page = await workflow.execute_activity_method(
                Rejudging.rejudge,
                PageAsked(change=self._change, after=self._after),
                summary=f"customers after 之后的客户: {self._after.partition('-')[2] or '–'}",
                **LONG,
            )
            self._after = page.after
            found += [(at, stream) for stream, at in page.wake]
            self._count(page.counts)
        await self._wake([stream for _, stream in sorted(found)])
        if self._after is not None:
            workflow.continue_as_new(Going(change=self._change, after=self._after, counts=self._counts))
        return self._counts

    @workflow.query(name="progress", description="How many customers are re-judged and woken. 进度")
    def progress(self) -> Counts:
        """How far it has come."""
        return self._counts

    async def _wake(self, streams: list[str]) -> None:
        for start in range(0, len(streams), WOKEN_TOGETHER):
            some = tuple(streams[start : start + WOKEN_TOGETHER])
            woken: int = await workflow.execute_activity_method(
                Rejudging.wake,
                WakeAsked(change=self._change, streams=some),
                summary=f"wake 唤醒 {start + 1}–{start + len(some)} / {len(streams)}",
                **LONG,
            )
            self._count(Counts(woken=woken))

    def _count(self, more: Counts) -> None:
        self._counts = self._counts.plus(more)
        workflow.set_current_details(_details(self._change, self._counts))


def _details(change: PolicyChange, counts: Counts) -> str:
    """What operators read. Codes and numbers only: they are stored in plain text."""
    rows = [
        ("seen 已查看", counts.seen),
        (f"moved 已迁移 → {change.to}", counts.moved),
        ("there already 已是该版本", counts.there),
        ("under other playbooks 其他手册", counts.elsewhere),
        ("closed 已终止", counts.closed),
        *((f"refused 被拒绝: {why}", number) for why, number in sorted(counts.refused.items())),
        *((step, number) for step, number in sorted(counts.became.items())),
        ("sooner than their timer, to wake 须提前唤醒", counts.to_wake),
        ("woken 已唤醒", counts.woken),
    ]
    lines = [f"| {what} | {number:,} |" for what, number in rows if number]
    return "\n".join(["## policy change 政策变更", "", "| customers 客户 | |", "|---|---:|", *lines])
