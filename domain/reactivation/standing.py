"""Where a reactivation stands, and what it tells its customer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.messages import SYSTEM, Name, own_id
from domain.playbook import Playbook
from domain.reactivating import NoteReactivation
from domain.reactivation.limits import due_at, ends_at, open_steps
from domain.reactivation.state import KNOWN, State
from domain.reactivation.terms import OUTCOME_NAMES, STATUS_NAMES
from domain.standing import Begin, Tell, Unmet, View


def owes(state: State) -> Sequence[Begin | Tell]:
    """The customer is told that it has ended, unless it ended by what the customer has told."""
    if not state.exists or state.outcome is None or state.outcome in KNOWN:
        return ()
    customer = state.root.customer
    command = NoteReactivation(
        customer=customer,
        reactivation=state.id,
        command_id=own_id(f"reactivated-{state.id}"),
        actor=SYSTEM,
        occurred_at=state.ended_at,
        correlation_id=customer,
    )
    return [Tell(command=command, text=f"reactivation ended 唤醒结束 ({state.outcome})")]


def view(state: State, playbook: Playbook) -> View:
    """The step that is next, who must do it, and by when."""
    fields: dict[str, Any] = {"phase": "reactivation", **state.fields_of_origin()}
    if state.running:
        return _running(state, playbook, fields)
    back = "; customer is awake 客户已恢复" if state.back_at is not None else ""
    outlook = f"{OUTCOME_NAMES[state.outcome]}{back}" if state.outcome else ""
    name = STATUS_NAMES[state.status]
    if state.status == "closed":
        ended = state.outcome or "held_out"
        return View(code=ended, name=OUTCOME_NAMES[ended], closed=True, outlook=outlook, **fields)
    return View(code=state.status, name=name, closed=False, due_at=state.horizon, outlook=outlook, **fields)


def _running(state: State, playbook: Playbook, fields: dict[str, Any]) -> View:
    steps = open_steps(state, playbook)
    late = [step.code for step in steps if step.code in state.overdue]
    dated = sorted((due, step.who) for step in steps if (due := due_at(step, state, playbook)) is not None)
    end = ends_at(state, playbook)
    first, who = dated[0] if dated else (end[1] if end else None, "customer")
    answer = Unmet(code="answer", name=Name(en="answer of the customer", zh="客户答复"), who="customer")
    missing = (*(Unmet(code=step.code, name=step.name, who=step.who) for step in steps), answer)
    return View(
        code="running",
        name=STATUS_NAMES["running"],
        closed=False,
        waiting_for=who,
        due_at=first,
        health="overdue" if late else "ok",
        needs_human=bool(late),
        reason=f"step of the reactivation overdue 唤醒步骤逾期: {', '.join(late)}" if late else "",
        missing=missing,
        **fields,
    )
