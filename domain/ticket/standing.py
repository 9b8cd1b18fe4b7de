"""Where a ticket stands, and whom it owes word."""

from __future__ import annotations

from collections.abc import Sequence

from domain.messages import Name
from domain.playbook import Playbook
from domain.standing import Begin, Tell, Unmet, View
from domain.ticket.state import State
from domain.ticket.targets import moment_of
from domain.ticket.terms import STATUS_NAMES, TARGET_NAMES


def owes(state: State) -> Sequence[Begin | Tell]:
    """Nobody must be told yet."""
    return ()


def view(state: State, playbook: Playbook) -> View:
    """Who has the ticket, and which clock runs out next."""
    running = state.running_since is not None
    due = (
        min((moment_of(state, playbook, budget - spent) for _, budget, spent in state.targets()), default=None)
        if running
        else None
    )
    waiting = {"customer": "customer", "vendor": "vendor", "problem": "product", "evidence": "customer"}.get(
        state.waiting_for or "", ""
    )
    done = state.ended or state.status == "resolved"
    warned = bool(state.warned) and running
    return View(
        code=state.status,
        name=STATUS_NAMES[state.status],
        phase="ticket",
        closed=state.ended,
        waiting_for="" if state.ended else "customer" if state.status == "resolved" else waiting or playbook.support.owner,
        due_at=due,
        health="ok" if done else "overdue" if state.breached else "at-risk" if warned else "ok",
        needs_human=not done and (not state.acknowledged or bool(state.breached) or warned),
        reason="" if done else _reason(state),
        missing=_missing(state, playbook.support.owner),
        **state.fields_of_origin(),
    )


def _reason(state: State) -> str:
    late = "; ".join(f"{TARGET_NAMES[target].en} target missed {TARGET_NAMES[target].zh}超时" for target in state.breached)
    if late:
        return f"{state.priority}: {late}"
    if state.warned and state.running_since:
        return f"{state.priority}: {state.warned[-1].partition('-')[2]} % of a target used up 时限将至"
    return "" if state.acknowledged else f"{state.priority}: nobody has taken it up 待受理"


def _missing(state: State, owner: str) -> tuple[Unmet, ...]:
    if state.ended or state.status == "resolved":
        return ()
    if not state.acknowledged:
        return (Unmet(code="acknowledgement", name=Name(en="acknowledgement", zh="受理"), who=owner),)
    return (Unmet(code="solution", name=Name(en="solution", zh="解决方案"), who=owner),)
