"""Where a recovery stands, and what it tells its customer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain import streams
from domain.messages import SYSTEM, Name, own_id
from domain.origin import morning_of
from domain.phases import BeginProject
from domain.playbook import Playbook
from domain.recovering import NoteKeptContact, NoteRecovery
from domain.recovery.limits import due_at, open_steps, who_keeps
from domain.recovery.state import State
from domain.recovery.terms import OPEN, OUTCOME_NAMES
from domain.standing import Begin, Tell, Unmet, View

TOLD = ("next_attempt", "given_up")
"""Outcomes that the customer does not know itself."""


def owes(state: State) -> Sequence[Begin | Tell]:
    """The next project; and the customer is told each contact that was kept, and the end."""
    if not state.exists:
        return ()
    owed: list[Begin | Tell] = [_kept(state, one.number) for one in state.kept]
    if state.turned is not None:
        owed.append(_project(state))
    if state.outcome in TOLD:
        note = NoteRecovery(command_id=own_id(f"recovered-{state.id}"), occurred_at=state.ended_at, **_link(state))
        owed.append(Tell(command=note, text=f"recovery ended 挽回结束 ({state.outcome})"))
    return owed


def _link(state: State) -> dict[str, Any]:
    return {"customer": state.root.customer, "recovery": state.id, "actor": SYSTEM, "correlation_id": state.project}


def _kept(state: State, number: int) -> Tell:
    at = next(one.at for one in state.kept if one.number == number)
    named = own_id(f"kept-{state.id}-{number}")
    return Tell(
        command=NoteKeptContact(number=number, command_id=named, occurred_at=at, **_link(state)), text="contact kept 已联系"
    )


def _project(state: State) -> Begin:
    turned = state.turned
    assert turned is not None
    return Begin(
        command=BeginProject(
            project=turned.project,
            customer=state.root.customer,
            name=turned.name,
            product_line=turned.product_line,
            amount=turned.amount,
            owner=turned.owner,
            owner_unit=turned.owner_unit,
            need=turned.need,
            came_from=streams.recovery(state.id),
            command_id=own_id(f"next-attempt-{state.id}"),
            actor=SYSTEM,
            occurred_at=turned.occurred_at,
            correlation_id=turned.project,
        )
    )


def view(state: State, playbook: Playbook) -> View:
    """What is to be done, by whom, and by when."""
    fields: dict[str, Any] = {"phase": "recovery", **state.fields_of_origin()}
    if state.outcome is not None:
        return View(code=state.outcome, name=OUTCOME_NAMES[state.outcome], closed=True, **fields)
    steps = open_steps(state, playbook)
    due = sorted((at, who) for at, who in _due(state, playbook))
    late = _late(state, playbook)
    missing = [Unmet(code=step.code, name=step.name, who=step.who) for step in steps]
    if not steps:
        again = Name(en="next attempt: a new project, or given up", zh="再次尝试：新项目或放弃")
        missing = [Unmet(code="ending", name=again, who=who_keeps(state, playbook, "next_attempt"))]
    called = bool(set(state.escalated) & {step.code for step in steps})
    return View(
        code="open",
        name=OPEN,
        closed=False,
        waiting_for=playbook.recovery.escalate_to if called and playbook.recovery else due[0][1] if due else missing[0].who,
        due_at=due[0][0] if due else None,
        health="overdue" if late else "ok",
        needs_human=bool(late),
        reason=f"recovery of {state.project}, overdue 丢单挽回逾期: {', '.join(late)}" if late else "",
        missing=tuple(missing),
        **fields,
    )


def _due(state: State, playbook: Playbook) -> Sequence[tuple[Any, str]]:
    dated = [(due_at(step, state, playbook), step.who) for step in open_steps(state, playbook)]
    contacts = who_keeps(state, playbook)
    dated += [(morning_of(one.on, playbook.calendar), contacts) for one in state.planned]
    if state.attempt is not None:
        dated.append((morning_of(state.attempt.on, playbook.calendar), who_keeps(state, playbook, "next_attempt")))
    return dated


def _late(state: State, playbook: Playbook) -> Sequence[str]:
    late: list[str] = [step.code for step in open_steps(state, playbook) if step.code in state.overdue]
    late += [f"contact {one.on}" for one in state.planned if one.overdue]
    return [*late, f"next attempt {state.attempt.on}"] if state.attempt is not None and state.attempt.overdue else late
