"""What a deal's own forecast promises, and the stretches of its life that figures are made of."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from domain.customer.refusals import ServiceLineUnknownError
from domain.funnel import DealClosedError, DealForecast, DealShelvedError, ForecastDeal
from domain.funnel.spans import Span, Stand, split, tracked
from domain.messages import Money
from domain.refusals import DateInPastError
from tests.domain.asked import AMOUNT, MONDAY, SALES, days, judge, lose, on, open_project, shelve, stage_done, started, won
from tests.domain.scenario import World, given

DEAL = "funnel-P1"


def forecast(expected_on: str = "2026-06-30", **fields: Any) -> ForecastDeal:
    said: dict[str, Any] = {"reason": "the budget is approved", "actor": SALES} | fields
    return ForecastDeal(project="P1", expected_on=date.fromisoformat(expected_on), **said)


def test_a_forecast_says_day_amount_and_category_and_what_was_said_before() -> None:
    half = Money(amount=Decimal("600000"))
    world = given(*started(), MONDAY + days(1)).when(forecast(amount=half, category="commit")).then(DealForecast)
    [told] = [one for one in world.events[DEAL] if isinstance(one, DealForecast)]
    assert (told.expected_on, told.amount, told.category) == (date(2026, 6, 30), half, "commit")
    assert (told.expected_before, told.amount_before, told.category_before) == (None, AMOUNT, "pipeline")
    assert (told.by, told.stage, told.win_rate) == ("u1", "F1", 10)
    state = world.state(DEAL)
    assert (state.expected_on, state.amount, state.forecast) == (date(2026, 6, 30), half, "commit")


def test_what_is_left_out_stays_as_it_was() -> None:
    world = World().tell(*started(), forecast(category="best_case"), MONDAY + days(1), forecast("2026-07-31"))
    state = world.state(DEAL)
    assert (state.expected_on, state.amount, state.forecast) == (date(2026, 7, 31), AMOUNT, "best_case")


def test_a_forecast_looks_ahead_and_is_of_a_deal_that_somebody_works_on() -> None:
    given(*started()).when(forecast("2026-03-01")).then_refused(DateInPastError)
    given(*started(), lose()).when(forecast()).then_refused(DealClosedError)
    given(*started(), shelve("2026-05-01")).when(forecast()).then_refused(DealShelvedError)
    with pytest.raises(ValidationError):
        forecast(category="sure")


def test_a_project_says_when_it_expects_the_signature_and_which_service_line_it_is_about() -> None:
    opened = open_project("P2", expected_on=date(2026, 9, 30), service_line="training")
    deal = given(*started(), opened).world.state("funnel-P2")
    assert (deal.expected_on, deal.service_line, deal.forecast) == (date(2026, 9, 30), "training", "pipeline")
    given(*started()).when(open_project("P2", service_line="catering")).then_refused(ServiceLineUnknownError)
    given(*started()).when(open_project("P2", expected_on=date(2026, 3, 1))).then_refused(DateInPastError)


def stretches(world: World) -> list[tuple[str, str, str]]:
    """Stage, outcome and length of each stretch of the deal."""
    spans = world.state(DEAL).spans
    return [(one.stand.stage, one.stand.outcome, str(one.until_at and one.until_at - one.from_at)) for one in spans]


def test_a_deal_keeps_every_stretch_in_which_nothing_changed() -> None:
    world = World().tell(*started(), MONDAY + days(1), stage_done("F1"), MONDAY + days(3), shelve("2026-05-01"))
    assert stretches(world) == [("F1", "", "1 day, 0:00:00"), ("F2", "", "2 days, 0:00:00"), ("F2", "shelved", "None")]
    world = World().tell(*started(), MONDAY + days(1), won())
    assert stretches(world) == [("F1", "", "1 day, 0:00:00"), ("F6", "won", "None")]


def test_a_fact_of_an_earlier_moment_takes_the_place_of_what_came_true_after_it() -> None:
    world = World().tell(*started(), MONDAY + days(60), judge(DEAL))
    assert world.state(DEAL).spans[-1].stand.stalled
    world.take(on(MONDAY + days(2), stage_done("F1")))
    *_, void, last = world.state(DEAL).spans
    assert void.from_at == void.until_at == last.from_at == MONDAY + days(2)
    assert (last.stand.stage, last.stand.stalled, last.until_at) == ("F2", False, None)


def test_stretches_follow_each_other_without_gap_and_none_is_taken_away() -> None:
    first, second = Stand(stage="F1"), Stand(stage="F2")
    spans = tracked((), first, MONDAY)
    assert tracked(spans, first, MONDAY + days(1)) is spans
    spans = tracked(spans, second, MONDAY + days(4))
    earlier = tracked(spans, first, MONDAY + days(2))
    assert [(one.from_at - MONDAY, one.until_at and one.until_at - MONDAY) for one in earlier] == [
        (timedelta(0), days(2)),
        (days(2), days(2)),
        (days(2), None),
    ]


def test_an_owner_who_takes_over_cuts_a_stretch_in_two() -> None:
    span = Span(from_at=MONDAY, until_at=MONDAY + days(4), stand=Stand(stage="F1"))
    cut = split([span], [MONDAY, MONDAY + days(1), MONDAY + days(4), MONDAY + days(9)])
    assert [(one.from_at - MONDAY, (one.until_at or MONDAY) - MONDAY) for one in cut] == [
        (timedelta(0), days(1)),
        (days(1), days(4)),
    ]
