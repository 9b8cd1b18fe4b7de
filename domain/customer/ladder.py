"""The dormancy ladder 休眠阶梯: potential or active → cooling → dormant, and back.

Judged from what keeps a customer awake and from the latest sign of life of any kind, never from one date: running projects and
valid contracts, product use, effective contacts. Pure functions of state and playbook, and cheap: a policy change asks them
of every customer there is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, cast

from domain.calendars import CalendarRule
from domain.customer.life_events import (
    CustomerCooled,
    CustomerReactivated,
    CustomerWarmed,
    CustomerWentDormant,
    Reason,
)
from domain.customer.state import State, evolve
from domain.customer.terms import Awake
from domain.customer.told import asleep, woken
from domain.messages import Event
from domain.origin import day_of, morning_of
from domain.playbook import Playbook
from domain.playbook.ladder import Rung

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Signs:
    """From which day on there has been no sign of life of each kind; None where there never was one."""

    project: date | None
    contract: date | None
    use: date | None
    contact: date | None
    start: date
    """When it became known, woke or was qualified again."""

    @property
    def latest(self) -> date:
        """The day that the time is counted from."""
        return max(one for one in (self.project, self.contract, self.use, self.contact, self.start) if one is not None)


@dataclass(frozen=True, slots=True)
class Step:
    """The next step of the ladder."""

    to: Literal["cooling", "dormant"]
    at: datetime
    signs: Signs
    rung: Rung
    use_counts: bool


def next_step(state: State, playbook: Playbook) -> Step | None:
    """The next step, unless something comes before; None for a customer that is kept awake, or is on no ladder."""
    rung = _rung(state, playbook)
    if rung is None or kept_awake(state):
        return None
    signs, use = signs_of(state, playbook), playbook.customers.ladder.product_use
    to: Literal["cooling", "dormant"] = "dormant" if state.life.cooling else "cooling"
    day = (rung.dormant if state.life.cooling else rung.cooling).after(signs.latest)
    return Step(to=to, at=_not_before_known(morning_of(day, playbook.calendar), state), signs=signs, rung=rung, use_counts=use)


def kept_awake(state: State) -> bool:
    """True while a project runs, or a contract without an end is valid."""
    return bool(state.life.running) or None in state.life.contracts.values()


def contract_valid(state: State, on: date) -> bool:
    """Whether the customer has a valid contract on a day: a service contract, one recorded by hand, or one that is signed and
    whose project still runs."""
    life = state.life
    if any(ends_on is None or ends_on >= on for ends_on in life.contracts.values()):
        return True
    signed = state.signed
    return any(project in signed for project in life.running)


def contracts_valid(state: State, playbook: Playbook) -> tuple[str, ...]:
    """The contracts that are valid as of the latest fact or step of the ladder; a service contract goes by its project."""
    at = max((one for one in (state.life.as_of, state.life.cooled_at) if one is not None), default=None)
    today = _day(at, playbook.calendar)
    return tuple(one for one, ends_on in state.life.contracts.items() if ends_on is None or today is None or ends_on >= today)


def signs_of(state: State, playbook: Playbook) -> Signs:
    """The latest sign of life of each kind, where the calendar's people are."""
    life, calendar, rules = state.life, playbook.calendar, playbook.customers.ladder
    ends = [ends_on for ends_on in life.contracts.values() if ends_on is not None]
    if life.contract_ended_on is not None:
        ends.append(life.contract_ended_on)
    assert life.began_at is not None
    return Signs(
        project=_day(life.project_ended_at, calendar),
        contract=max(ends) + DAY if ends else None,
        use=_day(life.used_at, calendar) if rules.product_use else None,
        contact=_day(life.contact_at, calendar),
        start=day_of(life.began_at, calendar),
    )


def fact_of(step: Step, state: State) -> CustomerCooled | CustomerWentDormant:
    """The event of a step, which names its reasons."""
    reasons, life = asleep(step.signs, state.life.start, use_counts=step.use_counts), state.life
    was = cast(Awake, state.status)
    since = step.signs.latest
    if step.to == "cooling":
        return CustomerCooled(
            occurred_at=step.at,
            status=was,
            reasons=reasons,
            since=since,
            dormant_on=step.rung.dormant.after(since),
            times=life.coolings + 1,
        )
    return CustomerWentDormant(occurred_at=step.at, was=was, reasons=reasons, since=since, times=life.dormancies + 1)


def rejudged(state: State, playbook: Playbook, at: datetime, now: datetime | None = None) -> list[Event]:
    """What follows for the ladder from all that is known at a moment: that the customer wakes, or the steps that are due.

    Asked after every command, so that a new fact, another class, another owner's calendar or another playbook all lead to the
    same: what is on record stays on record, and what does not hold any more is ended by an event. `now` is when it is recorded:
    a customer wakes then by a fact that is older than its falling asleep."""
    if state.held or not state.exists or state.record.merged is not None:
        return []
    events: list[Event] = []
    if (woke := _wakes(state, playbook, at, now or at)) is not None:
        events.append(woke)
        state = evolve(state, woke)
    while (step := next_step(state, playbook)) is not None and step.at <= at:
        fact = fact_of(step, state)
        events.append(fact)
        state = evolve(state, fact)
    return events


def _wakes(state: State, playbook: Playbook, at: datetime, now: datetime) -> CustomerWarmed | CustomerReactivated | None:
    life = state.life
    if life.cooled_at is None:
        return None
    moment = at if at >= life.cooled_at else now
    if life.cooling:
        return _warms(state, playbook, moment)
    return _reactivates(state, playbook, moment, late=at < life.cooled_at) if state.status == "dormant" else None


def _warms(state: State, playbook: Playbook, moment: datetime) -> CustomerWarmed | None:
    rung = _rung(state, playbook)
    signs = signs_of(state, playbook)
    due = morning_of(rung.cooling.after(signs.latest), playbook.calendar) if rung is not None else None
    if due is not None and due <= moment and not kept_awake(state):
        return None
    status, today = cast(Awake, state.status), day_of(moment, playbook.calendar)
    reasons = (_what_woke(state, signs, today),)
    return CustomerWarmed(occurred_at=moment, status=status, reasons=reasons, times=state.life.coolings)


def _reactivates(state: State, playbook: Playbook, moment: datetime, *, late: bool) -> CustomerReactivated | None:
    """A dormant customer wakes by a project, a contract or an answer; by anything that keeps a customer awake, if it had been
    there before it went dormant and nobody had recorded it. Then it is again what it was."""
    life, today = state.life, day_of(moment, playbook.calendar)
    valid = contract_valid(state, today)
    to: Awake = "active" if valid else life.slept_from if late else "potential"
    signs = _heard(state, playbook)
    if life.running or valid:
        reason = _what_woke(state, signs, today)
    elif life.answered_at is not None and life.cooled_at is not None and life.answered_at >= life.cooled_at:
        reason = woken("answer", day_of(life.answered_at, playbook.calendar))
    elif _new(signs, life.asleep_since) and not _sleeps_at(state, playbook, signs, moment):
        reason = _what_woke(state, signs, today)
    else:
        return None
    return CustomerReactivated(occurred_at=moment, to=to, reasons=(reason,), times=life.dormancies, late=late)


def _heard(state: State, playbook: Playbook) -> Signs:
    """The signs of a dormant customer: to use a product is none, unless the playbook says so or it had been before."""
    signs, life = signs_of(state, playbook), state.life
    used_since = life.used_at is not None and life.cooled_at is not None and life.used_at >= life.cooled_at
    return replace(signs, use=None) if used_since and not playbook.customers.ladder.use_wakes else signs


def _new(signs: Signs, than: date | None) -> bool:
    return than is None or signs.latest > than


def _sleeps_at(state: State, playbook: Playbook, signs: Signs, moment: datetime) -> bool:
    rung = playbook.customers.ladder.rung(state.value_class, state.life.slept_from)
    return rung is not None and morning_of(rung.dormant.after(signs.latest), playbook.calendar) <= moment


def _what_woke(state: State, signs: Signs, today: date) -> Reason:
    life = state.life
    if life.running:
        return woken("project", today)
    if contract_valid(state, today):
        return woken("contract", today)
    if not _new(signs, life.asleep_since):
        return woken("policy", today)
    kinds = {"contact": signs.contact, "use": signs.use, "project": signs.project, "contract": signs.contract}
    code = next((code for code, day in kinds.items() if day == signs.latest), "policy")
    return woken(code, signs.latest)


def _rung(state: State, playbook: Playbook) -> Rung | None:
    status = state.status
    if (status != "potential" and status != "active") or state.record.merged is not None:
        return None
    return playbook.customers.ladder.rung(state.value_class, status)


def _day(moment: datetime | None, calendar: CalendarRule) -> date | None:
    return day_of(moment, calendar) if moment is not None else None


def _not_before_known(at: datetime, state: State) -> datetime:
    """A step that follows from a fact, or from other rules, does not lie before that fact, or before those rules held."""
    known = [one for one in (state.life.judged_from, state.moved.occurred_at if state.moved else None) if one is not None]
    return max([at, *known])
