"""The gate of enablement 赋能: a deal does not leave a stage that asks for it before its unit may sell its product line.

The deal keeps what it knows of that, so that people see what is missing; at the gate it looks where it is recorded, so that
neither an enablement that has run out nor word that is still on its way opens or shuts a gate wrongly."""

from __future__ import annotations

from domain.decider import Context
from domain.enabling import NoteEnablement
from domain.funnel.gate_events import EnablementNoted
from domain.funnel.gate_state import GateState
from domain.funnel.refusals import UnitNotEnabledError
from domain.funnel.state import State
from domain.messages import SYSTEM, Event, Name
from domain.origin import day_of
from domain.playbook import ENABLEMENT, Item, Playbook

NAME = Name(en="The unit is enabled for the product line", zh="负责部门已获该产品线赋能")
UNNAMED = "*"
"""How word about a deal is written that names no product line."""


def is_enabled(state: GateState) -> bool:
    """Whether, as far as the deal knows, the unit that owns it now may sell its product line."""
    return state.exists and state.enabled == state.unit_now


def item(playbook: Playbook) -> Item:
    """The enablement as something that is missing."""
    return Item.model_construct(code=ENABLEMENT, name=NAME, who=playbook.enablement.who, required=True)


def is_asked_at(state: State, playbook: Playbook, stage: str) -> bool:
    """Whether the deal does not leave a stage without it."""
    rules = playbook.enablement
    return rules.concerns(state.product_line) and stage in (rules.stages or (playbook.funnel.stages[0].code,))


def lacking(state: State, playbook: Playbook, stage: str = "") -> list[Item]:
    """The enablement, if a stage (the current one) asks for it and the deal does not know of any."""
    asked = is_asked_at(state, playbook, stage or state.stage)
    return [item(playbook)] if asked and not is_enabled(state) else []


def look(state: State, context: Context) -> list[Event]:
    """What is on record of the enablement now, if it is something else than the deal knows."""
    rules = context.rules(state)
    if not rules.enablement.concerns(state.product_line):
        return []
    seen = context.enablement(state.unit_now, state.product_line)
    holds = seen.enabled and (seen.valid_until is None or day_of(context.now, rules.calendar) <= seen.valid_until)
    if holds == is_enabled(state):
        return []
    at = max(context.at, seen.since) if holds and seen.since else context.at
    noted = EnablementNoted(
        occurred_at=state.not_before(at), unit=state.unit_now, product_line=state.product_line, enabled=holds
    )
    return [noted]


def look_at_gate(state: State, context: Context) -> list[Event]:
    """The same, where the gate of the current stage asks for it or an override owes it."""
    rules = context.rules(state)
    owed = any(ENABLEMENT in one.missing for one in state.overrides if one.outcome != "settled")
    return look(state, context) if owed or is_asked_at(state, rules, state.stage) else []


def not_without(state: State, playbook: Playbook) -> None:
    """Raises `UnitNotEnabledError` where the current stage is not left without an enablement that is missing."""
    if missing := lacking(state, playbook):
        unit, line = state.unit_now, state.product_line or "any product line"
        raise UnitNotEnabledError(
            f"{state.stage} is not left before the unit {unit} is enabled for {line}: ask {missing[0].who or 'for it'}"
            " (EnableUnit), or override the gate (OverrideGate).",
            [one.unmet() for one in missing],
        )


def word(state: State) -> NoteEnablement:
    """The command in whose name the deal looks by itself."""
    line = state.product_line or UNNAMED
    return NoteEnablement(project=state.root.project, unit=state.unit_now, product_line=line, actor=SYSTEM)
