"""Which product line a deal sells: named by whoever knows, and no way round the enablement 赋能 that the line asks for."""

from __future__ import annotations

from collections.abc import Sequence

from domain.decider import Context
from domain.funnel import enabled, gates
from domain.funnel.commands import NameProductLine
from domain.funnel.events import ProductLineNamed
from domain.funnel.refusals import ProductLineNamedAlreadyError, UnitNotEnabledError
from domain.funnel.state import State, fold
from domain.messages import Event
from domain.origin import listed
from domain.playbook import folded


def name(command: NameProductLine, state: State, context: Context) -> Sequence[Event]:
    """Answer the naming of a product line; the deal goes on by itself if that was all that it waited for."""
    if folded(command.product_line) == folded(state.product_line):
        raise ProductLineNamedAlreadyError(f"The deal of {command.project} sells {state.product_line} already.")
    named: list[Event] = [
        ProductLineNamed(
            occurred_at=state.not_before(context.at),
            product_line=command.product_line,
            before=state.product_line,
            reason=command.reason,
            by=command.actor.id,
        )
    ]
    named += enabled.look(fold(named, state), context)
    _not_behind_the_gate(fold(named, state), context)
    return gates.follow(named, state, command, context)


def _not_behind_the_gate(state: State, context: Context) -> None:
    """A line that asks for an enablement is not named once the gate that would have asked is passed, unless the unit has it."""
    rules = context.rules(state)
    behind = [code for code in state.passed if enabled.lacking(state, rules, code)]
    if behind:
        missing = enabled.lacking(state, rules, behind[0])
        raise UnitNotEnabledError(
            f"The deal is past {listed(behind)}, which is not left before the unit {state.unit_now} is enabled for"
            f" {state.product_line}: ask {missing[0].who} for that first (EnableUnit), or take the deal back (ReturnStage).",
            [one.unmet() for one in missing],
        )
