"""The read models `plans`, `targets` and `plan_actions` of industry, customer and project plans 规划: one row a plan, a version
of a target, an action."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from domain.messages import Money
from domain.plan import MEASURE_NAMES, State, Target, next_review_on
from domain.playbook import Playbooks
from eventstore.port import RowChange

TABLE = "plans"
TARGETS = "targets"
ACTIONS = "plan_actions"
TABLES = (TABLE, TARGETS, ACTIONS)

_MEASURES = tuple(MEASURE_NAMES)


def row(state: State, playbooks: Playbooks) -> RowChange:
    """The row of a plan, with the target that stands for it in a list, as the latest review saw it.

    Amounts are in hundredths of the plan's currency; dates are ISO texts, empty where there is none."""
    review_on = next_review_on(state, playbooks.of(state))
    last, content, head = state.last_review, state.content, headline(state)
    seen = head.seen if head is not None else None
    return RowChange(
        TABLE,
        {
            "plan": state.id,
            "kind": state.kind,
            "name": content.name,
            "industry": state.industry,
            "region": state.region,
            "unit": state.unit,
            "customer": state.root.customer,
            "project": state.root.project,
            "parent": state.parent,
            "version": state.version,
            "starts_on": content.starts_on.isoformat(),
            "ends_on": content.ends_on.isoformat(),
            "owner": state.owner_now,
            "owner_unit": state.unit_now,
            "currency": state.currency,
            "status": state.status,
            "closed": state.closed_at is not None,
            "set_at": state.set_at,
            "closed_at": state.closed_at,
            "next_review_on": review_on.isoformat() if review_on else "",
            "last_review_on": last.review_on.isoformat() if last else "",
            "review_late": state.review_late is not None,
            "listed": _listed(state, review_on),
            "gaps": len(state.gaps),
            "open_actions": len(state.open_actions),
            "overdue_actions": sum(one.overdue for one in state.open_actions),
            "target": head.key if head else "",
            "target_minor": minor(head.amount) if head else 0,
            "actual_minor": minor(seen.actual) if seen else None,
            "weighted_minor": minor(seen.weighted) if seen else None,
            "coverage": seen.percent if seen else None,
        },
    )


def _listed(state: State, review_on: date | None) -> str:
    """Where it comes in a list, as a text to sort by: a review that is late first, then the next date, then without one."""
    if review_on is None:
        return "2"
    return f"{0 if state.review_late is not None else 1}{review_on.isoformat()}"


def headline(state: State) -> Target | None:
    """The target that stands for a plan in a list: won before delivered before collected, all service lines before one, the
    longest period, of equal ones the latest."""
    wanted = [one for one in state.targets.values() if one.amount.amount]
    return max(
        wanted,
        key=lambda one: (-_MEASURES.index(one.measure), one.service_line == "all", one.last - one.first, one.last, one.key),
        default=None,
    )


def rows(state: State) -> Sequence[RowChange]:
    """The rows of a plan's targets, each version by itself, and of its actions."""
    targets = [change for target in state.targets.values() for change in _versions(state, target)]
    return [*targets, *_actions(state)]


def _versions(state: State, target: Target) -> list[RowChange]:
    after = [*(one.at for one in target.versions[1:]), None]
    return [
        RowChange(
            TARGETS,
            {
                "plan": state.id,
                "target": target.key,
                "version": version.version,
                "period": target.period,
                "first_on": target.first.isoformat(),
                "last_on": target.last.isoformat(),
                "service_line": target.service_line,
                "measure": target.measure,
                "amount_minor": minor(version.amount),
                "currency": version.amount.currency,
                "since": version.at,
                "until": until,
                "taken_from": version.parent,
                "reason": version.reason,
                **(_latest(target) if until is None else _LATER),
            },
        )
        for version, until in zip(target.versions, after, strict=True)
    ]


_LATER: dict[str, Any] = {
    "allocated_minor": None,
    "actual_minor": None,
    "weighted_minor": None,
    "coverage": None,
    "seen_on": "",
    "gap_since": "",
}
"""What is told of the newest version alone."""


def _latest(target: Target) -> dict[str, Any]:
    seen = target.seen
    return {
        "allocated_minor": int(target.allocated * 100),
        "actual_minor": minor(seen.actual) if seen else None,
        "weighted_minor": minor(seen.weighted) if seen else None,
        "coverage": seen.percent if seen else None,
        "seen_on": target.seen_on.isoformat() if target.seen_on else "",
        "gap_since": target.gap_since.isoformat() if target.gap_since else "",
    }


def _actions(state: State) -> list[RowChange]:
    return [
        RowChange(
            ACTIONS,
            {
                "plan": state.id,
                "action": one.action,
                "what": one.what,
                "owner": one.owner,
                "due_on": one.due_on.isoformat(),
                "status": one.status,
                "open": one.open,
                "escalated": one.escalated,
                "gap": one.gap,
                "by_itself": one.by_itself,
                "moves": one.moves,
                "added_at": one.added_at,
                "ended_at": one.ended_at,
            },
        )
        for one in state.actions
    ]


def minor(money: Money) -> int:
    """An amount in hundredths of its currency, so that sums are exact in every database."""
    return int(money.amount * 100)
