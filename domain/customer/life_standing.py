"""What a customer's life waits for, and what people are told of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.customer.ladder import fact_of, next_step
from domain.customer.state import State
from domain.customer.terms import COOLING, STATE_NAMES
from domain.messages import Name
from domain.origin import day_of
from domain.playbook import Playbook
from domain.standing import Clock

STEP_TEXTS = {"cooling": "cools 转入冷却", "dormant": "goes dormant 转入休眠"}


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The next step of the ladder."""
    step = next_step(state, playbook)
    if step is None:
        return
    life = state.life
    number = 1 + (life.coolings if step.to == "cooling" else life.dormancies)
    on = day_of(step.at, playbook.calendar)
    # The day belongs to the name: under other rules the same step is another clock.
    name, text = f"{step.to}-{number}-{on.isoformat()}", f"{STEP_TEXTS[step.to]} {on.isoformat()}"
    yield Clock(name=name, at=step.at, text=text, fact=fact_of(step, state))


def code_of(state: State) -> tuple[str, Name]:
    """The state of the customer as it is shown, with cooling as a state of its own."""
    return ("cooling", COOLING) if state.life.cooling else (state.status, STATE_NAMES[state.status])


def falls_asleep_at(state: State, playbook: Playbook) -> datetime | None:
    """When a customer that cools goes dormant, if nothing comes before."""
    step = next_step(state, playbook) if state.life.cooling else None
    return step.at if step is not None else None


def outlook(state: State, playbook: Playbook) -> str:
    """How far a customer sleeps, since when and why, and what comes next; empty for one that is awake."""
    life, calendar = state.life, playbook.calendar
    since = day_of(life.cooled_at, calendar) if life.cooled_at is not None else None
    if state.status == "dormant":
        return f"dormant since {since}, no sign of life since {life.asleep_since} 休眠，自 {life.asleep_since} 起无动态"
    at = falls_asleep_at(state, playbook)
    if at is None:
        return ""
    on = day_of(at, calendar)
    return f"cooling since {since}, dormant on {on} if nothing comes 冷却，{on} 转入休眠"
