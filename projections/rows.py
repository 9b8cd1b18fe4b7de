"""Every read-model row of a stream: a function of that stream's state alone, so it can be rebuilt at any time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.catalogue import decider_of
from domain.decider import Decider
from domain.playbook import Playbooks
from eventstore.port import RowChange
from projections import (
    customer,
    deal,
    deal_span,
    dwell,
    enablement,
    mode,
    money,
    override,
    plan,
    reactivation,
    request,
    standing,
    ticket,
)

TABLES = (
    standing.TABLE,
    deal.TABLE,
    deal_span.TABLE,
    money.TABLE,
    dwell.TABLE,
    override.TABLE,
    ticket.TABLE,
    customer.TABLE,
    *plan.TABLES,
    enablement.TABLE,
    mode.TABLE,
    *reactivation.TABLES,
    request.TABLE,
    request.BACKERS,
)


def rows(stream: str, state: Any, version: int, playbooks: Playbooks, before: Any = None) -> Sequence[RowChange]:
    """The rows of a stream at a version.

    With the state `before` the last events, rows of which a stream has many are left out unless those events changed them."""
    decider = decider_of(stream)
    changes = [standing.row(decider, stream, state, version, playbooks)]
    if decider.category == "funnel":
        changes.append(deal.row(state, playbooks))
    if decider.category == "ticket":
        changes.append(ticket.row(stream, state, playbooks))
    if decider.category == "customer":
        changes.append(customer.row(state, playbooks))
    if decider.category == "plan":
        changes.append(plan.row(state, playbooks))
    if decider.category == "project":
        changes.append(mode.row(state))
    if decider.category == "reactivation":
        changes.append(reactivation.row(state, playbooks))
    if decider.category == "recovery":
        changes.append(reactivation.recovery_row(state, playbooks))
    if decider.category == "request":
        changes.append(request.row(state, playbooks))
    listed = _listed(decider, stream, state, playbooks)
    if listed and before is not None and before.exists:
        known = _listed(decider, stream, before, playbooks)
        listed = [change for change in listed if change not in known]
    return [*changes, *listed]


def _listed(decider: Decider[Any], stream: str, state: Any, playbooks: Playbooks) -> Sequence[RowChange]:
    if decider.category == "enablement":
        return enablement.rows(state)
    if decider.category == "request":
        return request.backers(state)
    money_rows = money.OF.get(decider.category, money.none)
    spans = deal_span.rows(state, playbooks) if decider.category == "funnel" else ()
    return [
        *dwell.rows(decider, stream, state),
        *override.rows(decider, stream, state),
        *spans,
        *money_rows(stream, state),
        *(plan.rows(state) if decider.category == "plan" else ()),
    ]
