"""Early-life support 早期支持（上线护航）, and the leftovers of the acceptance 验收遗留问题."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from domain.decider import Context
from domain.messages import Event, Name
from domain.origin import listed, morning_of, not_past
from domain.playbook import Playbook
from domain.stability import Stability, measure
from domain.standing import Clock, Unmet
from domain.support.commands import NoteMissedTarget, RescheduleLeftover, SettleLeftover
from domain.support.events import (
    LeftoverLapsed,
    LeftoverRescheduled,
    LeftoverSettled,
    StabilityLost,
    StabilityReached,
)
from domain.support.records import LeftoverOpen
from domain.support.refusals import LeftoverDateSameError, LeftoverUnknownError, NotYourLeftoverError
from domain.support.state import State

STABLE = "stable_period"
"""The code of the stability among what is missing: nobody can bring it but time."""


def at_start(project: str, live_since: datetime | None, playbook: Playbook, context: Context) -> Stability | None:
    """How stable the system has run when support begins; counted from then on where no go-live is on record."""
    rules = playbook.support.service.early_life
    if rules is None:
        return None
    since = live_since or context.at
    return measure(since, context.late_tickets(project, since) if live_since else (), rules, playbook.calendar)


def missed(command: NoteMissedTarget, state: State, context: Context) -> Sequence[Event]:
    """A ticket has missed a target: in early life the days begin anew, each target once.

    Where everything stood still across it, word of it may come after the days were counted to their end: then they were not
    calm, and it is early life again."""
    measured = state.stability
    if measured is None or f"{command.ticket}-{command.target}" in state.missed:
        return []
    if not state.early_life and context.at >= measured.reached_at:
        return []
    known = any(one.rpartition("-")[0] == command.ticket for one in state.missed)
    count = measured.missed + (not known)
    return [StabilityLost(occurred_at=context.at, ticket=command.ticket, target=command.target, missed=count)]


def settle(command: SettleLeftover, state: State, context: Context) -> Sequence[Event]:
    """A leftover has come."""
    left = _open_one(command.leftover, state)
    playbook = context.rules(state)
    allowed = {who(left, playbook), playbook.support.owner}
    if command.actor.role not in allowed:
        raise NotYourLeftoverError(
            f"The leftover {left.name} is settled by {' or '.join(sorted(allowed))}, not by {command.actor.role or 'nobody'}."
        )
    return [LeftoverSettled(occurred_at=context.at, leftover=left.name, reference=command.reference)]


def reschedule(command: RescheduleLeftover, state: State, context: Context) -> Sequence[Event]:
    """Support agrees to another date."""
    left = _open_one(command.leftover, state)
    playbook = context.rules(state)
    if command.actor.role != (owner := playbook.support.owner):
        raise NotYourLeftoverError(
            f"A new date of a leftover is agreed to by {owner}, who took it over, not by {command.actor.role or 'nobody'}."
        )
    if command.due_on == left.due_on:
        raise LeftoverDateSameError(f"The leftover {left.name} is due on {left.due_on} already.")
    not_past(command.due_on, context.at, playbook.calendar, f"date of the leftover {left.name}")
    return [
        LeftoverRescheduled(
            occurred_at=context.at,
            leftover=left.name,
            due_before=left.due_on,
            due_on=command.due_on,
            reason=command.reason,
        )
    ]


def _open_one(name: str, state: State) -> LeftoverOpen:
    for left in state.leftovers:
        if left.name == name:
            return left
    open_ones = listed(left.name for left in state.leftovers) or "none"
    raise LeftoverUnknownError(f"There is no open leftover {name!r}; open are: {open_ones}.")


def who(left: LeftoverOpen, playbook: Playbook) -> str:
    """The role that brings a leftover: the giver of the handoff to support where it names none."""
    return left.leftover.who or playbook.handoffs["support"].giver


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """When the system is stable, and the date of each leftover."""
    assert state.began is not None
    if state.early_life and state.stability is not None and not state.ended:
        measured = state.stability
        at = max(measured.reached_at, state.began)
        fact = StabilityReached(occurred_at=at, calm_since=measured.calm_since, days=measured.days, missed=measured.missed)
        yield Clock(f"stability-{len(state.missed) + 1}", at, "end of early-life support 早期支持结束", fact)
    for left in state.leftovers:
        if not left.lapsed:
            due = max(due_at(left, playbook), state.began)
            lapse = LeftoverLapsed(occurred_at=due, leftover=left.name, who=who(left, playbook))
            turn = f"-{left.dates}" if left.dates > 1 else ""
            yield Clock(f"leftover-{left.name}-lapsed{turn}", due, "leftover of the acceptance 验收遗留到期", lapse, dated=True)


def due_at(left: LeftoverOpen, playbook: Playbook) -> datetime:
    """When the date of a leftover is over."""
    return morning_of(left.due_on + timedelta(days=1), playbook.calendar)


def leftovers(state: State, playbook: Playbook) -> list[Unmet]:
    """The leftovers of the acceptance that have not come yet."""
    return [
        Unmet(
            code=left.name,
            name=Name(en=f"leftover {left.name}, due on {left.due_on}", zh=f"验收遗留 {left.name}，期限 {left.due_on}"),
            who=who(left, playbook),
        )
        for left in state.leftovers
    ]


def missing(state: State, playbook: Playbook) -> list[Unmet]:
    """What is still to come: the leftovers, and the stability."""
    found = leftovers(state, playbook)
    rules = playbook.support.service.early_life
    if state.early_life and rules is not None:
        name = Name(en="stable for the agreed days, first month-end close passed", zh="稳定运行达到约定天数，首次月结已通过")
        found.append(Unmet(code=STABLE, name=name, who=rules.duty))
    return found
