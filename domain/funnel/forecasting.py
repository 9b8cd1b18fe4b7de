"""The owner's own forecast 预测 of a deal: when it is expected, for how much, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence

from domain.decider import Context
from domain.funnel.commands import ForecastDeal
from domain.funnel.events import DealForecast
from domain.funnel.gates import win_rate
from domain.funnel.state import State
from domain.messages import Event
from domain.origin import not_past


def forecast(command: ForecastDeal, state: State, context: Context) -> Sequence[Event]:
    """Answer a forecast. One that says what was said before is recorded too: somebody has looked at it that day."""
    rules, at = context.rules(state), max(state.not_before(context.at), state.spans[-1].from_at)
    not_past(command.expected_on, at, rules.calendar, "expected day of the signature")
    return [
        DealForecast(
            occurred_at=at,
            expected_on=command.expected_on,
            amount=command.amount or state.amount,
            category=command.category or state.forecast,
            reason=command.reason,
            by=command.actor.id,
            stage=state.stage,
            win_rate=win_rate(state, rules.funnel),
            expected_before=state.expected_on,
            amount_before=state.amount,
            category_before=state.forecast,
        )
    ]
