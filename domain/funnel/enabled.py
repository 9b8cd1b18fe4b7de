"""The gate of enablement 赋能: a deal does not leave a stage that asks for it before its unit may sell its product line.

The deal keeps what it knows of that, so that people see what is missing; at the gate it looks where it is recorded, so that
neither an enablement that has run out nor word that is still on its way opens or shuts a gate wrongly."""

from __future__ import annotations

from collections.abc import Mapping

from domain.decider import Context
from domain.enabling import NoteEnablement
from domain.funnel.gate_events import EnablementNoted
from domain.funnel.gate_state import GateState
from domain.funnel.refusals import ProductLineNotNamedError, UnitNotEnabledError
from domain.funnel.state import State
from domain.messages import SYSTEM, Event, Name
from domain.origin import day_of
from domain.playbook import ENABLEMENT, PRODUCT_LINE, Item, Playbook, folded

NAME = Name(en="The unit is enabled for the product line", zh="负责部门已获该产品线赋能")
NAMING = Name(en="The deal names its product line", zh="商机已明确产品线")
"""Without that nobody knows what its unit must be enabled for."""


def is_enabled(state: GateState) -> bool:
    """Whether, as far as the deal knows, the unit that owns it now may sell its product line."""
    return state.exists and state.enabled == state.unit_now


def came(state: State) -> list[str]:
    """The codes of what a gate would list and has come."""
    known = {PRODUCT_LINE: is_named(state), ENABLEMENT: is_enabled(state)}
    return [code for code, there in known.items() if there]


def items(playbook: Playbook, stage: str) -> Mapping[str, Item]:
    """What the gate of a stage may list as missing, by code."""
    naming = Item.model_construct(code=PRODUCT_LINE, name=NAMING, who=playbook.funnel.stage(stage).owner, required=True)
    enablement = Item.model_construct(code=ENABLEMENT, name=NAME, who=playbook.enablement.who, required=True)
    return {one.code: one for one in (naming, enablement)}


def is_named(state: State) -> bool:
    """Whether the deal says what it sells."""
    return bool(folded(state.product_line))


def is_asked_at(state: State, playbook: Playbook, stage: str) -> bool:
    """Whether the deal does not leave a stage without it."""
    rules = playbook.enablement
    asked = rules.concerns(state.product_line) if is_named(state) else rules.asks
    return asked and stage in (rules.stages or (playbook.funnel.stages[0].code,))


def lacking(state: State, playbook: Playbook, stage: str = "") -> list[Item]:
    """The enablement, if a stage (the current one) asks for it and the deal does not know of any; before that, the product line
    that it is about."""
    stage = stage or state.stage
    if not is_asked_at(state, playbook, stage):
        return []
    code = PRODUCT_LINE if not is_named(state) else "" if is_enabled(state) else ENABLEMENT
    return [items(playbook, stage)[code]] if code else []


def look(state: State, context: Context) -> list[Event]:
    """What is on record of the enablement now, if it is something else than the deal knows."""
    rules = context.rules(state)
    if not is_named(state) or not rules.enablement.concerns(state.product_line):
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
    """Raises `UnitNotEnabledError` where the current stage is not left without an enablement that is missing, and
    `ProductLineNotNamedError` where nobody knows which."""
    if not (missing := lacking(state, playbook)):
        return
    unmet = [one.unmet() for one in missing]
    if not is_named(state):
        raise ProductLineNotNamedError(
            f"{state.stage} is not left before the deal names its product line: name it (NameProductLine), or override the"
            " gate (OverrideGate).",
            unmet,
        )
    raise UnitNotEnabledError(
        f"{state.stage} is not left before the unit {state.unit_now} is enabled for {state.product_line}: ask"
        f" {missing[0].who} (EnableUnit), or override the gate (OverrideGate).",
        unmet,
    )


def word(state: State) -> NoteEnablement:
    """The command in whose name the deal looks by itself."""
    return NoteEnablement(project=state.root.project, unit=state.unit_now, product_line=state.product_line, actor=SYSTEM)
