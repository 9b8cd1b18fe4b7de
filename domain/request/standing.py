"""What a product request waits for, whom it owes word, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from domain.messages import SYSTEM, Health, Name, own_id
from domain.origin import morning_of
from domain.playbook import Playbook
from domain.request.events import PlannedDateMissed, RequestEscalated, RequestOverdue
from domain.request.state import State
from domain.request.terms import STATUS_NAMES
from domain.requesting import NoteDelivery
from domain.standing import Clock, Tell, Unmet, View

ANSWER = Name(en="answer of the product division", zh="产品事业部的答复")


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The time box of the answer, its escalation, and the planned day."""
    rules = playbook.requests
    if state.status == "planned" and state.planned_on is not None and not state.missed:
        over = morning_of(state.planned_on + timedelta(days=1), playbook.calendar)
        missed = PlannedDateMissed(occurred_at=over, planned_on=state.planned_on, release=state.release, who=rules.who)
        yield Clock(f"planned-{state.plannings}-missed", over, "planned delivery 计划交付", missed, dated=True)
    if state.status != "asked":
        return
    due = due_at(state, playbook)
    if due is not None and state.overdue_at is None:
        late = RequestOverdue(occurred_at=due, round=state.round, who=rules.who)
        yield Clock(f"answer-{state.round}-overdue", due, "answer of the product division 产品事业部答复时限", late)
    if state.overdue_at is not None and rules.escalate_after and rules.escalate_to and not state.escalated_to:
        at = playbook.calendar.add_working_days(state.overdue_at, rules.escalate_after)
        up = RequestEscalated(occurred_at=at, round=state.round, to=rules.escalate_to)
        yield Clock(f"answer-{state.round}-escalated", at, "request is escalated 需求升级", up)


def due_at(state: State, playbook: Playbook) -> datetime | None:
    """By when it must be answered, or be there; None when nobody waits for either, or there is no time box."""
    if state.status == "planned" and state.planned_on is not None:
        return morning_of(state.planned_on, playbook.calendar)
    within = playbook.requests.answer_within
    if state.status != "asked" or state.asked_at is None or within is None:
        return None
    return playbook.calendar.add_working_days(state.asked_at, within)


def owes(state: State) -> Sequence[Tell]:
    """The customers behind a delivery are told of the last one."""
    told = state.delivered
    if told is None:
        return ()
    return [
        Tell(
            command=NoteDelivery(
                customer=customer,
                request=state.id,
                delivery=told.delivery,
                tell_by=told.tell_by,
                command_id=own_id(f"delivered-{state.id}-{told.delivery}-{customer}"),
                actor=SYSTEM,
                occurred_at=told.occurred_at,
                correlation_id=state.id,
            ),
            text="what was asked for is there 所提需求已交付",
            to_many=True,
        )
        for customer in told.customers
    ]


def view(state: State, playbook: Playbook) -> View:
    """Where it stands, who must answer or deliver, and by when."""
    rules = playbook.requests
    to_come = {"asked": ("answer", ANSWER), "planned": ("delivery", STATUS_NAMES["planned"])}
    unmet = [Unmet(code=code, name=name, who=rules.who) for code, name in [to_come[state.status]]] if state.open else []
    late = state.missed or (state.status == "asked" and state.overdue_at is not None)
    health: Health = "overdue" if late else "at-risk" if state.status == "planned" and state.date_moves else "ok"
    return View(
        code=state.status,
        name=STATUS_NAMES[state.status],
        phase="request",
        closed=not state.open,
        waiting_for=(state.escalated_to or rules.who) if state.open else "",
        due_at=due_at(state, playbook),
        health=health if state.open else "ok",
        needs_human=state.open and late,
        reason=_reason(state) if state.open else "",
        missing=tuple(unmet),
        **state.fields_of_origin(),
    )


def _reason(state: State) -> str:
    if state.missed:
        return "what was planned is not there 计划需求逾期未交付"
    if state.overdue_at is None:
        return ""
    up = ", escalated 已升级" if state.escalated_to else ""
    return f"no answer of the product division in time 产品事业部逾期未答复{up}"
