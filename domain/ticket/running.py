"""The clocks of a ticket: what comes true by itself, and when.

Each target is warned of, missed and escalated once in the life of its ticket, at the moment when that share of it is used up:
a pause, a reopening, another priority or other rules move what is still to come, and repeat nothing. A missed target goes on
counting, up to the percentage where the next above is called, and stands still with the clocks like any other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from domain.playbook import Playbook
from domain.standing import Clock
from domain.ticket.events import TargetBreached, TargetEscalated, TargetWarned, TicketClosed
from domain.ticket.redating import redated, subject_of
from domain.ticket.state import State
from domain.ticket.targets import moment_at
from domain.ticket.terms import TARGET_NAMES, TargetName
from domain.ticket.windows import next_change


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """Warnings, breach and escalation of each target and the windows, while the clocks run; after the resolution, the
    customer's silence."""
    if state.ended:
        return
    if state.resolved_at is not None:
        due = playbook.calendar.add_working_days(state.resolved_at, playbook.support.close_after)
        fact = TicketClosed(occurred_at=due, confirmed_by="", satisfaction=None)
        yield Clock(f"closes-by-itself-{state.reopened + 1}", due, "closes without objection 无异议自动关闭", fact)
        return
    if state.running_since is None:
        return
    of_targets = [clock for target, _, _ in state.targets() for clock in _of_target(state, playbook, target)]
    yield from of_targets
    if of_targets:  # No class can help a ticket with no target left to meet: no window wakes it.
        yield from _of_windows(state, playbook, max(clock.at for clock in of_targets))


def _of_target(state: State, playbook: Playbook, target: TargetName) -> Iterator[Clock]:
    support, name = playbook.support, TARGET_NAMES[target]
    if target not in state.breached:
        for percent in support.warn_at:
            if f"{target}-{percent}" not in state.warned:
                at = moment_at(state, playbook, target, percent)
                warning = TargetWarned(occurred_at=at, target=target, percent=percent, who=support.told_at(percent))
                yield Clock(f"{target}-{percent}-percent", at, f"{percent} % of the {name.en} target {name.zh}时限", warning)
        at = moment_at(state, playbook, target, 100)
        breach = TargetBreached(occurred_at=at, target=target, who=support.told_at(100))
        yield Clock(f"{target}-breached", at, f"{name.en} target {name.zh}时限", breach)
    if support.escalate_at is not None and target not in state.escalated:
        percent = support.escalate_at
        at = moment_at(state, playbook, target, percent)
        call = TargetEscalated(occurred_at=at, target=target, percent=percent, who=support.told_at(percent))
        yield Clock(f"{target}-escalated", at, f"{percent} % of the {name.en} target {name.zh}时限升级", call)


def _of_windows(state: State, playbook: Playbook, until: datetime) -> Iterator[Clock]:
    """The moment at which a window begins or ends for it: never while the clocks stand still, so that a ticket that waits is
    not woken, and what has changed meanwhile is made good when it goes on."""
    since = state.running_since
    assert since is not None
    at = next_change(playbook.support.windows, playbook.calendar, subject_of(state), state.priority, since)
    if at is None or at >= until:
        return
    if at == since:
        at = state.not_before(at)
    for fact in redated(state, at, playbook, "window_begins"):
        if fact.priority > state.priority:
            fact = fact.model_copy(update={"cause": "window_ends"})
        what = "window begins: class raised 时间窗口开始" if fact.window else "window ends 时间窗口结束"
        yield Clock(f"window-{state.redated + 1}", at, f"{what} {fact.priority}", fact)
