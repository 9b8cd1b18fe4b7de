"""The read models `reactivations` and `recoveries`: one row each, for lists and for the effect against those left alone.

A row says what its own stream knows: whether the customer came back within the horizon it was told, and keeps the moment."""

from __future__ import annotations

from domain import reactivation, recovery
from domain.playbook import Playbooks
from domain.reactivation.limits import due_at, open_steps
from eventstore.port import RowChange

TABLE = "reactivations"
RECOVERIES = "recoveries"
TABLES = (TABLE, RECOVERIES)


def row(state: reactivation.State, playbooks: Playbooks) -> RowChange:
    """The row of a reactivation. Sums are in hundredths of their currency; days are ISO texts, empty where there is none."""
    rules, root = playbooks.of(state), state.root
    steps = open_steps(state, rules) if state.running else ()
    due = {step.code: due_at(step, state, rules) for step in steps}
    first = min((code for code in due if due[code] is not None), key=lambda code: (due[code], code), default="")
    return RowChange(
        TABLE,
        {
            "reactivation": state.id,
            "customer": root.customer,
            "number": state.number,
            "value_class": root.value_class,
            "owner": state.owner_now if state.owners else state.owner,
            "owner_unit": state.unit_now,
            "by_itself": state.by_itself,
            "begun_from": state.begun_from,
            "held_out": state.held_out,
            "broken": state.broken is not None,
            "status": state.status,
            "outcome": state.outcome or "",
            "open": state.running,
            "begun_at": state.begun_at,
            "ended_at": state.ended_at,
            "horizon_at": state.horizon,
            "back_at": state.back_at,
            "back_how": state.back_how,
            "business_at": state.business_at,
            "business_how": state.business_how,
            "budget_minor": int(state.budget.amount * 100) if state.budget is not None else None,
            "spent_minor": int(state.spent * 100),
            "currency": state.currency,
            "steps_done": sum(one.done for one in state.settled),
            "steps_left": len(steps),
            "next_step": first,
            "due_at": due.get(first),
            "overdue": sum(step.code in state.overdue for step in steps),
            "try_again_on": state.try_again_on.isoformat() if state.try_again_on else "",
        },
    )


def recovery_row(state: recovery.State, playbooks: Playbooks) -> RowChange:
    """The row of a recovery."""
    view, root = recovery.view(state, playbooks.of(state)), state.root
    return RowChange(
        RECOVERIES,
        {
            "recovery": state.id,
            "customer": root.customer,
            "project": state.project,
            "value_class": root.value_class,
            "owner": state.owner_now,
            "owner_unit": state.unit_now,
            "after": state.after,
            "cause": state.cause.cause if state.cause else "",
            "competitor": state.cause.competitor if state.cause else "",
            "reviewed": state.review is not None,
            "contacts_kept": len(state.kept),
            "contacts_left": len(state.planned),
            "next_contact_on": state.next_planned.isoformat() if state.next_planned else "",
            "attempt_on": state.attempt.on.isoformat() if state.attempt else "",
            "next_project": state.next_project,
            "outcome": state.outcome or "",
            "open": state.open,
            "overdue": view.health == "overdue",
            "waiting_for": view.waiting_for,
            "due_at": view.due_at,
            "begun_at": state.begun_at,
            "ended_at": state.ended_at,
        },
    )
