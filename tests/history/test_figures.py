"""Pipeline, forecast and roll-ups of a small company, told by hand; and the same figures by plain SQL over the raw events."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.customer.record_commands import RecordContract, SetGroupParent
from domain.funnel import ForecastDeal
from domain.messages import Command, Money
from domain.owning import ChangeDealOwner
from domain.project import CancelProject
from eventstore.opening import open_store
from history.figures import FiguresAsked, NotAPeriodError, forecast_asked, pipeline_asked
from history.forecast import FEW
from history.rollup import ALL, Scope, actuals, pipeline
from runtime.composition import CODEC
from runtime.rebuilding import drifts
from tests.domain.asked import (
    AMOUNT,
    MONDAY,
    PLAYBOOKS,
    SALES,
    at,
    days,
    handed_to_delivery,
    lose,
    on,
    open_project,
    paid,
    ready,
    register,
    settle,
    shelve,
    signed,
    stage_done,
    started,
    won,
)
from tests.history.office import Office

ZONE = "Asia/Shanghai"
YEAR = date(2026, 1, 1), date(2026, 12, 31)


def forecast(project: str, expected_on: str, **fields: Any) -> ForecastDeal:
    return ForecastDeal(project=project, expected_on=date.fromisoformat(expected_on), reason="said", actor=SALES, **fields)


def cancel(project: str = "P1") -> CancelProject:
    paper: dict[str, Any] = {"reason": "no money", "reference": "letter", "approver": "m1", "approver_role": "manager"}
    return CancelProject(project=project, actor=SALES, **paper)


async def came(office: Office, moment: Any, scope: Scope = ALL, by: Any = None) -> dict[tuple[str, str], int]:
    found = await actuals(office.store, scope, *YEAR, moment, ZONE, by)
    return {(one.key, one.measure): int(one.amount) for one in found}


async def test_won_delivered_and_collected_are_told_as_they_come_and_as_they_are_taken_back(office: Office) -> None:
    await office.take(*handed_to_delivery(), MONDAY + days(10), *ready("M1"), signed("M1"))
    assert await came(office, office.now) == {("", "won"): 1_200_000, ("", "delivered"): 360_000}
    await office.take(MONDAY + days(20), paid("M1"), MONDAY + days(30), cancel(), MONDAY + days(40), settle("M1"))
    assert await came(office, MONDAY + days(25)) == {
        ("", "won"): 1_200_000,
        ("", "delivered"): 360_000,
        ("", "collected"): 360_000,
    }
    assert await came(office, MONDAY + days(35)) == {("", "won"): 0, ("", "delivered"): 360_000, ("", "collected"): 360_000}
    assert await came(office, MONDAY + days(45)) == {("", "won"): 0, ("", "delivered"): 360_000, ("", "collected"): 0}


async def test_a_day_of_a_period_is_a_day_where_the_business_is(office: Office) -> None:
    await office.take(*started(), at("2026-04-01 00:30"), *won())
    for first, last, expected in (
        ("2026-03-01", "2026-03-31", 0),
        ("2026-04-01", "2026-04-01", 1),
        ("2026-04-02", "2026-04-30", 0),
    ):
        found = await actuals(office.store, ALL, date.fromisoformat(first), date.fromisoformat(last), office.now, ZONE)
        assert len(found) == expected, (first, last)


async def test_a_won_deal_whose_project_is_cancelled_has_not_come(office: Office) -> None:
    await office.take(*started(), forecast("P1", "2026-03-25"), MONDAY + days(2), *won(), MONDAY + days(9), cancel())
    for then, came_count, lost_count in ((MONDAY + days(5), 1, 0), (MONDAY + days(12), 0, 1)):
        told = await forecast_asked(office.store, CODEC, PLAYBOOKS, FiguresAsked(by="owner", at=MONDAY), then)
        assert told.belief is not None
        [check] = told.belief.lines
        assert (check.came_count, check.lost_count) == (came_count, lost_count)


async def test_a_contract_of_a_service_line_is_won_once_whoever_recorded_it(office: Office) -> None:
    terms: dict[str, Any] = {"customer": "C1", "service_line": "training", "amount": Money(amount=Decimal(5000))}
    terms |= {"starts_on": date(2026, 3, 2), "ends_on": date(2026, 12, 31), "reference": "K", "actor": SALES}
    own, of_project = RecordContract(contract="K1", **terms), RecordContract(contract="K2", project="P1", **terms)
    await office.take(*started(), *won(), own, of_project)
    assert await came(office, office.now, by="service_line") == {("", "won"): 1_200_000, ("training", "won"): 5000}


async def test_a_group_counts_all_below_its_head(office: Office) -> None:
    below = [
        SetGroupParent(customer=child, parent=head, reason="bought", actor=SALES)
        for child, head in (("C2", "C1"), ("C3", "C2"))
    ]
    await office.take(*started(), register("C2"), register("C3"), *below, open_project("P3", "C3"), open_project("P2", "C2"))
    of_groups, _, _ = await pipeline(office.store, ALL, office.now, "group")
    assert [(one.key, one.count) for one in of_groups] == [("C1", 3)]
    within, _, _ = await pipeline(office.store, Scope(group="C2"), office.now, "customer")
    assert [(one.key, one.count) for one in within] == [("C2", 1), ("C3", 1)]


async def test_the_pipeline_sets_apart_what_is_late_stalled_or_on_the_shelf(office: Office) -> None:
    await office.take(*started("P1"), open_project("P2"), open_project("P3"), open_project("P4"))
    await office.take(forecast("P1", "2026-03-20"), forecast("P2", "2026-06-30"), shelve("2026-05-01", "P3"))
    then = at("2026-03-21 09:00")
    told = await pipeline_asked(office.store, CODEC, PLAYBOOKS, FiguresAsked(by="stage", at=then), at("2026-07-01 09:00"))
    [line] = told.lines
    assert (line.key, line.count, line.amount, line.weighted) == ("F1", 3, 3 * AMOUNT.amount, Decimal("360000.00"))
    assert (line.expected_count, line.past_count, line.undated_count, line.shelved_count) == (1, 1, 1, 1)
    assert told.until == date(2026, 3, 31)
    before = await pipeline_asked(office.store, CODEC, PLAYBOOKS, FiguresAsked(by="stage", at=MONDAY - days(1)), office.now)
    assert (before.lines, before.totals, before.count) == ([], [], 0)


async def test_a_forecast_is_checked_against_what_came(office: Office) -> None:
    await office.take(*started("P1"), *(open_project(name) for name in ("P2", "P3", "P4", "P5", "P6")))
    said = [forecast(name, "2026-03-25") for name in ("P2", "P3", "P4")]
    await office.take(forecast("P1", "2026-03-25", category="commit"), *said, forecast("P5", "2026-03-25", category="omitted"))
    believed_on = office.now
    await office.take(
        MONDAY + days(4), *won("P1"), lose("P2"), forecast("P3", "2026-08-01"), *won("P6"), at("2026-04-02 10:00")
    )
    asked = FiguresAsked(by="owner", at=believed_on)
    told = await forecast_asked(office.store, CODEC, PLAYBOOKS, asked, office.now)
    [line] = told.lines
    assert (line.commit, line.commit_count, line.pipeline_count, line.won_count) == (AMOUNT.amount, 1, 3, 0)
    assert (line.undated_count, line.omitted_count) == (1, 1)
    assert told.belief is not None
    [check] = told.belief.lines
    assert (check.count, check.came, check.came_count, check.committed_came) == (4, AMOUNT.amount, 1, AMOUNT.amount)
    assert (check.lost_count, check.slipped_count, check.open_count, check.unforeseen_count) == (1, 1, 1, 1)
    assert (check.believed, check.ratio) == (Decimal("480000.00"), Decimal("2.50"))
    assert "too few" in check.bias.en
    [rate] = told.belief.rates
    assert (rate.stage, rate.count, rate.decided, rate.won, rate.believed) == ("F1", 6, 3, 2, Decimal("10.0"))
    assert rate.decided < FEW
    assert "too few" in rate.verdict.en


async def test_what_is_signed_with_the_first_moment_after_a_period_is_not_in_it(office: Office) -> None:
    await office.take(*started(), forecast("P1", "2026-03-25"), at("2026-04-01 00:00"), *won())
    told = await forecast_asked(office.store, CODEC, PLAYBOOKS, FiguresAsked(by="owner", at=MONDAY), at("2026-04-02 10:00"))
    assert told.belief is not None
    [check] = told.belief.lines
    assert (check.came_count, check.open_count) == (0, 1)


async def test_a_period_begins_before_it_ends_and_is_checked_by_no_later_forecast(office: Office) -> None:
    await office.take(*started(), forecast("P1", "2026-03-25"), at("2026-05-04 10:00"))
    ended = FiguresAsked(by="owner", at=at("2026-04-02 10:00"), until=date(2026, 3, 31))
    with pytest.raises(NotAPeriodError, match="before it begins"):
        await forecast_asked(office.store, CODEC, PLAYBOOKS, ended, office.now)
    told = await forecast_asked(office.store, CODEC, PLAYBOOKS, replace(ended, since=date(2026, 1, 1)), office.now)
    assert told.belief is None


async def test_a_limit_shortens_the_lines_and_nothing_that_is_told_of_them_together(office: Office) -> None:
    dollars = Money(amount=Decimal(500), currency="USD")
    await office.take(*started(), open_project("P2", owner="u2", amount=dollars), open_project("P3", owner="u3"))
    await office.take(*(forecast(name, "2026-03-25") for name in ("P1", "P2", "P3")))
    asked = FiguresAsked(by="owner", at=office.now, limit=1)
    told = await forecast_asked(office.store, CODEC, PLAYBOOKS, asked, MONDAY + days(9))
    assert (told.count, [one.currency for one in told.lines]) == (3, ["CNY"])
    assert [(one.currency, one.pipeline_count) for one in told.totals] == [("CNY", 2), ("USD", 1)]
    assert told.belief is not None
    assert (told.belief.count, len(told.belief.lines)) == (3, 1)
    assert [(one.currency, one.count, one.open_count) for one in told.belief.totals] == [("CNY", 2, 2), ("USD", 1, 1)]


async def test_a_loss_that_comes_to_light_after_the_deal_changed_hands_leaves_nothing_open(office: Office) -> None:
    hands = [ChangeDealOwner(project="P1", owner=owner, reason="leaves", actor=SALES) for owner in ("u8", "u9")]
    await office.take(*started(), MONDAY + days(5), hands[0], MONDAY + days(12), hands[1])
    await office.take(MONDAY + days(20), on(MONDAY + days(3), lose()))
    assert await pipeline(office.store, ALL, office.now) == ([], [], 0)
    assert await drifts(office.store, PLAYBOOKS) == []


async def test_what_was_recorded_late_was_not_known_before(office: Office) -> None:
    await office.take(*started(), MONDAY + days(20), on(MONDAY + days(2), stage_done("F1")))
    then = MONDAY + days(5)
    happened = await pipeline_asked(office.store, CODEC, PLAYBOOKS, FiguresAsked(by="stage", at=then), office.now)
    assert [one.key for one in happened.lines] == ["F2"]
    asked = FiguresAsked(by="stage", at=then, known=then)
    known = await pipeline_asked(office.store, CODEC, PLAYBOOKS, asked, office.now)
    assert [one.key for one in known.lines] == ["F1"]
    assert known.known_at == then


LIFE: list[Command | Any] = [
    *handed_to_delivery(),
    MONDAY + days(10),
    *ready("M1"),
    signed("M1"),
    paid("M1"),
    open_project("P2", product_line="erp"),
    open_project("P3", owner="u2"),
    forecast("P2", "2026-06-30", category="commit", amount=Money(amount=Decimal("70000.50"))),
    MONDAY + days(12),
    stage_done("F1", project="P3"),
]


@pytest.fixture
async def firm(tmp_path: Path) -> AsyncIterator[tuple[Office, Path]]:
    """A company that keeps its books in a file."""
    path = tmp_path / "firm.db"
    office = Office(await open_store(f"sqlite:///{path}"))
    await office.take(*LIFE)
    yield office, path
    await office.store.close()


async def test_plain_sql_over_the_raw_events_finds_the_same_figures(firm: tuple[Office, Path]) -> None:
    office, path = firm
    with sqlite3.connect(path) as raw:
        won_sql = "SELECT sum(json_extract(data, '$.amount.amount')) FROM events WHERE type = 'DealWon'"
        due = "SELECT sum(json_extract(data, '$.amount.amount')) FROM events WHERE type = 'PaymentFellDue'"
        got = "SELECT sum(json_extract(data, '$.amount.amount')) FROM events WHERE type = 'PaymentReceived'"
        by_hand = [Decimal(str(raw.execute(query).fetchone()[0])) for query in (won_sql, due, got)]
        stages = dict(
            raw.execute(
                """SELECT project, coalesce(
                     (SELECT json_extract(later.data, '$.entered') FROM events later WHERE later.stream = opened.stream
                        AND later.type = 'StageAdvanced' ORDER BY later.version DESC LIMIT 1), json_extract(data, '$.stage'))
                   FROM events opened WHERE type = 'FunnelOpened'
                     AND NOT EXISTS (SELECT 1 FROM events won WHERE won.stream = opened.stream AND won.type = 'DealWon')"""
            ).fetchall()
        )
        forecasts = raw.execute(
            """SELECT project, json_extract(data, '$.expected_on'), json_extract(data, '$.category'),
                 json_extract(data, '$.amount.amount'), json_extract(data, '$.win_rate')
               FROM events WHERE type = 'DealForecast'"""
        ).fetchall()
    found = {one.measure: one.amount for one in await actuals(office.store, ALL, *YEAR, office.now, ZONE)}
    assert [found["won"], found["delivered"], found["collected"]] == by_hand
    told, _, _ = await pipeline(office.store, ALL, office.now, "project", zone=ZONE)
    by_stage, _, _ = await pipeline(office.store, ALL, office.now, "stage", zone=ZONE)
    assert {one.key for one in told} == set(stages)
    assert sorted(one.key for one in by_stage) == sorted(stages.values()) == ["F1", "F2"]
    assert forecasts == [("P2", "2026-06-30", "commit", "70000.50", 10)]
    [of_p2] = [one for one in told if one.key == "P2"]
    assert (of_p2.amount, of_p2.weighted) == (Decimal("70000.50"), Decimal("7000.05"))
