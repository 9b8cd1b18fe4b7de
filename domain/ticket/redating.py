"""Counting the targets of a ticket anew, when its policy, priority, contract, calendar or unit is another.

The rule: what was used up under the old calendar stays used up, in working seconds; what is left of the new target counts from
that moment on in the new calendar. A ticket that has used 120 of 240 minutes and gets a target of 480 has 360 minutes left; one
that gets a target of 60 is due at that very moment. What was warned of, missed or escalated stays so: a target that was warned
of at 70 % is not warned of at 70 % again, and a missed one stays missed, even where its new due time lies ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from domain.decider import Context
from domain.messages import Event
from domain.playbook import Playbook
from domain.ticket.commands import RedateTargets
from domain.ticket.events import Cause, RedatedTarget, TargetsRedated
from domain.ticket.state import State, evolve
from domain.ticket.targets import due_at, service_calendar, spent_at
from domain.ticket.terms import Priority
from domain.ticket.windows import Occurrence, Subject, by_windows, in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a ticket's targets are chosen by, where that is another now; None leaves it as it is."""

    base: Priority | None = None
    """The priority without any window."""
    decided: bool = False
    """True where somebody has decided on that priority."""
    level: str | None = None
    service_code: str | None = None
    in_service: bool | None = None
    owner_unit: str | None = None
    support: Literal["", "early_life", "full"] = ""


def subject_of(state: State) -> Subject:
    """What the windows look at in a ticket."""
    return Subject(
        kind=state.kind,
        product=state.product,
        base=state.base_priority,
        kept=state.kept_priority,
        set_aside=state.set_aside,
    )


def redated(
    state: State,
    at: datetime,
    rules: Playbook,
    cause: Cause,
    *,
    was: Playbook | None = None,
    terms: Terms = Terms(),
    reason: str = "",
) -> Sequence[TargetsRedated]:
    """The targets counted anew from `at` on, by the rules as they are now (`was`: as they were until then, if those were
    others); nothing where that changes nothing. For an ended ticket there is nothing to count."""
    if state.ended:
        return ()
    before = was or rules
    event = _counted_anew(state, at, before, rules, cause, terms, reason)
    if not _differs(state, event, before, rules):
        return ()
    after = evolve(state, event)
    targets = tuple(
        RedatedTarget(
            target=target,
            minutes_before=budget // 60,
            minutes_after=after.budget(target)[0] // 60,
            due_before=due_at(state, before, target),
            due_after=due_at(after, rules, target),
        )
        for target, budget, _ in state.targets()
    )
    return (event.model_copy(update={"targets": targets}),)


def redate(command: RedateTargets, state: State, context: Context) -> Sequence[Event]:
    """Answer the word of the contract or the unit."""
    was = context.rules(state)
    unit = command.owner_unit or state.owner_unit
    rules = context.playbooks.of(replace(state, origin=state.root.model_copy(update={"owner_unit": unit})))
    terms = Terms(
        level=command.level,
        service_code=command.service_code,
        in_service=command.in_service,
        owner_unit=command.owner_unit or None,
        support=command.support,
    )
    cause: Cause = "unit" if unit != state.owner_unit else "contract"
    return redated(state, state.not_before(context.at), rules, cause, was=was, terms=terms, reason=command.cause)


def by_policy(state: State, was: Playbook, rules: Playbook, at: datetime) -> Sequence[Event]:
    """What follows from living under other rules: its targets by those, and its calendar."""
    return redated(state, at, rules, "calendar" if was.support == rules.support else "policy", was=was)


def by_priority(
    state: State, playbook: Playbook, at: datetime, priority: Priority, *, decided: bool = False
) -> Sequence[TargetsRedated]:
    """Impact and urgency make another priority, raised as ever by a window in force; or somebody has `decided` on one, and then
    no window that is in force raises it."""
    if priority == state.base_priority and not decided:
        return ()
    return redated(state, at, playbook, "priority", terms=Terms(base=priority, decided=decided))


def at_opening(rules: Playbook, value_class: str, level: str, subject: Subject, at: datetime) -> dict[str, Any]:
    """The fields of `TicketOpened` about its targets: its priority by a window that is in force, and what there is for that."""
    priority, occurrence = by_windows(rules.support.windows, rules.calendar, subject, at)
    target = rules.support.target(priority, value_class, level)
    return {
        "priority": priority,
        "base_priority": subject.base,
        "window": occurrence.name if occurrence else "",
        "kept_priority": _kept(priority, occurrence, subject),
        "level": level,
        "respond_minutes": target.respond,
        "resolve_minutes": target.resolve,
        "calendar": rules.support.calendar_of(value_class),
    }


def _counted_anew(
    state: State, at: datetime, was: Playbook, rules: Playbook, cause: Cause, terms: Terms, reason: str
) -> TargetsRedated:
    subject, set_aside = subject_of(state), state.set_aside
    if terms.decided:
        set_aside = tuple(dict.fromkeys((*set_aside, *in_force(rules.support.windows, rules.calendar, at))))
    if terms.base is not None:
        subject = replace(subject, base=terms.base, kept=None, set_aside=set_aside)
    priority, occurrence = by_windows(rules.support.windows, rules.calendar, subject, at)
    level = state.level if terms.level is None else terms.level
    target = rules.support.target(priority, state.root.value_class, level)
    elsewhere = was is not rules
    return TargetsRedated(
        occurred_at=at,
        cause=cause,
        reason=reason,
        spent=spent_at(state, at, service_calendar(state, was)),
        respond_minutes=target.respond,
        resolve_minutes=target.resolve,
        calendar=rules.support.calendar_of(state.root.value_class) if elsewhere else state.calendar,
        priority_before=state.priority,
        priority=priority,
        base_priority=subject.base,
        kept_priority=_kept(priority, occurrence, subject),
        window=occurrence.name if occurrence else "",
        set_aside=set_aside,
        level=level,
        service_code=state.service_code if terms.service_code is None else terms.service_code,
        in_service=state.in_service if terms.in_service is None else terms.in_service,
        owner_unit=terms.owner_unit or "",
        support=terms.support,
    )


def _kept(priority: Priority, occurrence: Occurrence | None, subject: Subject) -> Priority | None:
    return priority if occurrence and occurrence.window.afterwards == "stays" else subject.kept


def _differs(state: State, event: TargetsRedated, was: Playbook, rules: Playbook) -> bool:
    old = (state.respond_seconds, state.resolve_seconds, state.priority, state.base_priority)
    new = (event.respond_minutes * 60, event.resolve_minutes * 60, event.priority, event.base_priority)
    contract = (state.level, state.service_code, state.in_service) != (event.level, event.service_code, event.in_service)
    told = bool(event.support) and not state.aftermath.support
    counted = state.calendar != event.calendar or was.calendars[state.calendar] != rules.calendars[event.calendar]
    return (
        old != new
        or contract
        or told
        or counted
        or bool(event.owner_unit)
        or event.set_aside != state.set_aside
        or _timed(was, rules)
    )


def _timed(was: Playbook, rules: Playbook) -> bool:
    """Whether other percentages or windows hold: from now on, never for a moment before somebody moved the ticket to them."""
    one, other = was.support, rules.support
    if (one.warn_at, one.escalate_at, one.windows) != (other.warn_at, other.escalate_at, other.windows):
        return True
    return bool(other.windows) and was.calendar != rules.calendar
