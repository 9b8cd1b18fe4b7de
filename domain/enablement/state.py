"""What the enablements of a unit are: the state that their events add up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, assert_never

from domain.clocks import ClocksReleased
from domain.enablement.commands import Competence
from domain.enablement.events import (
    EnablementExpired,
    EnablementExpiring,
    EnablementWithdrawn,
    Events,
    OpenDealsTold,
    UnitEnabled,
)
from domain.messages import Frozen
from domain.origin import Rooted
from domain.playbook.enablement import folded

Status = Literal["enabled", "expired", "withdrawn"]


class Line(Frozen):
    """One product line, as the unit may or may not sell it now."""

    product_line: str
    number: int
    """Of the latest enabling."""
    status: Status = "enabled"
    since: datetime
    """Since when it stands so; of one that is enabled, since it was enabled without a break."""
    enabled_at: datetime
    """When it was enabled or renewed the last time."""
    valid_until: date | None = None
    evidence: tuple[Competence, ...] = ()
    by: str = ""
    role: str = ""
    renewed: int = 0
    warned: tuple[int, ...] = ()
    """The days before its end at which that was announced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """The enablements of a unit as their events tell them."""

    lines: tuple[Line, ...] = ()
    """Each product line once, in the order in which they came."""
    enabled: int = 0
    """How many enablings and renewals there have been."""
    told: tuple[OpenDealsTold, ...] = ()
    """The last word to the open deals, of each product line."""
    words: int = 0
    """How many changes were told."""

    def line(self, product_line: str) -> Line | None:
        """What is on record of a product line."""
        wanted = folded(product_line)
        return next((one for one in self.lines if folded(one.product_line) == wanted), None)


def evolve(state: State, event: Events) -> State:
    """The enablements after one more fact."""
    return replace(_evolved(state, event), as_of=state.not_before(event.occurred_at))


def _evolved(state: State, event: Events) -> State:
    match event:
        case UnitEnabled():
            return _enabled(state, event)
        case EnablementExpiring():
            warned = {"warned": (*_warned(state, event.product_line), event.days)}
            return _changed(state, event.product_line, warned)
        case EnablementExpired():
            return _changed(state, event.product_line, {"status": "expired", "since": event.occurred_at})
        case EnablementWithdrawn():
            return _changed(state, event.product_line, {"status": "withdrawn", "since": event.occurred_at})
        case OpenDealsTold():
            others = (one for one in state.told if folded(one.product_line) != folded(event.product_line))
            return replace(state, told=(*others, event), words=event.number)
        case ClocksReleased():
            return replace(state, held=False)
        case _:
            assert_never(event)


def _enabled(state: State, event: UnitEnabled) -> State:
    before = state.line(event.product_line)
    unbroken = before is not None and event.renewed
    line = Line(
        product_line=before.product_line if before else event.product_line,
        number=event.number,
        since=before.since if before is not None and unbroken else event.occurred_at,
        enabled_at=event.occurred_at,
        valid_until=event.valid_until,
        evidence=event.evidence,
        by=event.by,
        role=event.role,
        renewed=before.renewed + 1 if before is not None and unbroken else 0,
    )
    now = replace(state, origin=event.origin, enabled=event.number)
    if before is None:
        return replace(now, lines=(*state.lines, line))
    return replace(now, lines=tuple(line if one is before else one for one in state.lines))


def _warned(state: State, product_line: str) -> tuple[int, ...]:
    line = state.line(product_line)
    return line.warned if line else ()


def _changed(state: State, product_line: str, fields: Mapping[str, object]) -> State:
    line = state.line(product_line)
    if line is None:
        return state
    changed = line.model_copy(update=fields)
    return replace(state, lines=tuple(changed if one is line else one for one in state.lines))
