"""What Temporal's lists are told, and what it costs, when work goes back and forth."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.messages import Name
from domain.standing import View
from workflows import names
from workflows.showing import BACK_AND_FORTH, Showing

NOON = datetime(2027, 3, 2, 12, tzinfo=UTC)


def seen(code: str, **fields: Any) -> View:
    return View(code=code, name=Name(en=code, zh=code), phase="ticket", closed=False, missing=(), overrides=(), **fields)


def at_work(turn: int = 0) -> View:
    late: dict[str, Any] = {"health": "at-risk", "needs_human": True}
    return seen("acknowledged", waiting_for="support", due_at=NOON + timedelta(hours=turn), **late)


PAUSED = seen("waiting", waiting_for="customer")
SOLVED = seen("resolved", waiting_for="customer")


def told(showing: Showing, view: View) -> dict[str, Any]:
    """The attributes that are upserted for a view."""
    return {update.key.name: update.value for update in showing.updates(view)}


def back_and_forth(showing: Showing, turns: int) -> list[dict[str, Any]]:
    return [told(showing, view) for turn in range(turns) for view in (PAUSED, at_work(turn))]


def test_an_ordinary_number_of_pauses_is_shown_exactly() -> None:
    showing = Showing(at_work(), 0)
    for turn in range(1, BACK_AND_FORTH // 2):
        assert told(showing, PAUSED)[names.STAGE.name] == "waiting"
        assert told(showing, at_work(turn))[names.DUE_AT.name] == NOON + timedelta(hours=turn)


def test_a_hundred_pauses_cost_a_handful_of_upserts() -> None:
    paid = [updates for updates in back_and_forth(Showing(at_work(), 0), 100) if updates]
    assert len(paid) <= BACK_AND_FORTH + 2


def test_shown_hazily_nothing_stands_there_that_the_next_pause_would_make_untrue() -> None:
    showing = Showing(at_work(), 0)
    shown: dict[str, Any] = {}
    for updates in back_and_forth(showing, 100):
        shown |= updates
    assert [shown[name.name] for name in (names.STAGE, names.WAITING_FOR, names.DUE_AT)] == [None] * 3
    assert (shown[names.HEALTH.name], shown[names.NEEDS_HUMAN.name]) == ("at-risk", True)


def test_what_is_new_is_shown_exactly_however_often_it_went_back_and_forth() -> None:
    showing = Showing(at_work(), 0)
    back_and_forth(showing, 100)
    updates = told(showing, SOLVED)
    assert updates[names.STAGE.name] == "resolved"
    assert (updates[names.HEALTH.name], updates[names.NEEDS_HUMAN.name]) == ("ok", False)


def test_a_date_that_moves_in_one_and_the_same_state_is_no_turn() -> None:
    showing = Showing(at_work(), 0)
    for turn in range(1, 3 * BACK_AND_FORTH):
        assert told(showing, at_work(turn)) == {names.DUE_AT.name: NOON + timedelta(hours=turn)}


def test_a_later_run_tells_everything_once_after_an_earlier_one_was_hazy() -> None:
    before = Showing(at_work(), 0)
    back_and_forth(before, 100)
    assert told(Showing(PAUSED, before.turns), PAUSED)[names.STAGE.name] == "waiting"


def test_runs_of_earlier_generations_show_each_turn() -> None:
    assert all(back_and_forth(Showing(at_work(), None), 100))
