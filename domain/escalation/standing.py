"""Where an escalation stands, and what it tells its subject."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.cancelling import Unwind
from domain.decider import Context
from domain.escalating import NoteEscalationHop, NoteEscalationOutcome, NoteGapAnswer, NoteProductAnswer
from domain.escalation.events import EscalationEnded
from domain.escalation.limits import here, runs_out_at
from domain.escalation.state import Hop, State
from domain.escalation.terms import ANSWERED, ENDED, OUTCOME_NAMES, SUBJECT_NAMES
from domain.messages import SYSTEM, Event, Name, own_id
from domain.origin import morning_of
from domain.playbook import Playbook
from domain.standing import Begin, Tell, Unmet, View


def owes(state: State) -> Sequence[Begin | Tell]:
    """A ticket is told each hop; every subject is told the outcome."""
    if not state.exists:
        return ()
    hops = [_hop(state, hop) for hop in state.hops[1:]] if state.subject == "ticket" else []
    return [*hops, _outcome(state)] if state.outcome is not None else hops


def _link(state: State) -> dict[str, Any]:
    return {"escalation": state.id, "actor": SYSTEM, "correlation_id": state.root.project or state.of}


def _hop(state: State, hop: Hop) -> Tell:
    named = own_id(f"hop-{state.id}-{hop.step}")
    command = NoteEscalationHop(ticket=state.of, step=hop.step, command_id=named, occurred_at=hop.at, **_link(state))
    return Tell(command=command, text=f"escalated to {hop.step} 升级")


def _outcome(state: State) -> Tell:
    link = _link(state) | {"command_id": own_id(f"outcome-{state.id}"), "occurred_at": state.ended_at}
    match state.subject:
        case "ticket":
            told: Any = NoteEscalationOutcome(ticket=state.of, **link)
        case "funnel":
            told = NoteProductAnswer(project=state.of, **link)
        case _:
            told = NoteGapAnswer(project=state.of, **link)
    return Tell(command=told, text="escalation answered 升级已答复")


def unwind(command: Unwind, state: State, context: Context) -> Sequence[Event]:
    """What ends it when its project is cancelled; one that has ended needs no undoing."""
    if not state.open:
        return []
    return [EscalationEnded(occurred_at=state.not_before(context.at), step=state.step, reason=command.reason)]


def view(state: State, playbook: Playbook) -> View:
    """The step where it stands, who must act there, and by when."""
    fields: dict[str, Any] = {"phase": "escalation", **state.fields_of_origin()}
    if not state.open:
        return _over(state, playbook, fields)
    step = here(state, playbook)
    due = runs_out_at(state, playbook)
    late = state.overdue
    climbed = any(hop.by_itself for hop in state.hops)
    last = not playbook.escalation.ahead_of(state.step)
    missing = Name(en="answer of the product division", zh="产品事业部的答复") if last else Name(en="solution", zh="解决方案")
    return View(
        code=state.step,
        name=step.name if step else Name(en=state.step, zh=state.step),
        closed=False,
        waiting_for="customer" if state.paused else state.who,
        due_at=due,
        health="overdue" if late else "at-risk" if climbed else "ok",
        needs_human=not state.paused and (late or not state.taken_by),
        reason=_reason(state),
        missing=(Unmet(code="answer" if last else "solution", name=missing, who=state.who),),
        **fields,
    )


def _reason(state: State) -> str:
    about = f"{SUBJECT_NAMES[state.subject]} {state.of}"
    if state.paused:
        return ""
    if state.overdue:
        return f"{about}: no answer in time 逾期未答复"
    return "" if state.taken_by else f"{about}: nobody has taken it up at this step 本层级待受理"


def _over(state: State, playbook: Playbook, fields: dict[str, Any]) -> View:
    if state.outcome is None or state.ended_with_subject:
        return View(code="ended", name=ENDED, closed=True, **fields)
    if state.expected_on is None:
        return View(code=state.outcome.how, name=OUTCOME_NAMES[state.outcome.how], closed=True, **fields)
    return View(
        code="answered",
        name=ANSWERED,
        closed=False,
        waiting_for=state.who,
        due_at=morning_of(state.expected_on, playbook.calendar),
        health="overdue" if state.late else "ok",
        needs_human=state.late,
        reason="what the product division has promised is not there 产品答复逾期未交付" if state.late else "",
        missing=(Unmet(code=state.outcome.how, name=OUTCOME_NAMES[state.outcome.how], who=state.who),),
        **fields,
    )
