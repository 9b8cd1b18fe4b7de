"""What operators read in the Temporal UI about a date that may still move."""

from __future__ import annotations

from datetime import UTC, datetime

from activities.shapes import Standing
from domain.messages import Name
from domain.standing import Deadline, View
from workflows.display import details, without_words

DUE = datetime(2027, 3, 2, 10, tzinfo=UTC)
DOUBT = "the holidays of CN in 2027 are not announced yet"


def standing(of_view: str, of_clock: str) -> Standing:
    view = View(
        code="F1",
        name=Name(en="Lead qualified", zh="线索确认"),
        phase="funnel",
        closed=False,
        waiting_for="sales",
        due_at=DUE,
        provisional=of_view,
        missing=(),
        overrides=(),
    )
    deadline = Deadline(name="stage-F1-overdue-1", at=DUE, text="stage overdue", provisional=of_clock)
    return Standing(stream="funnel-P1", version=1, view=view, deadline=deadline)


def test_a_doubt_about_a_date_is_told_once_beside_it() -> None:
    for of_view, of_clock in ((DOUBT, DOUBT), (DOUBT, ""), ("", DOUBT)):
        told = details(standing(of_view, of_clock))
        assert told.count(DOUBT) == 1
        assert "**Not certain 日期未定:**" in told


def test_dates_that_are_certain_say_nothing_about_it() -> None:
    assert "Not certain" not in details(standing("", ""))


def test_why_a_command_was_refused_is_told_without_the_words_of_its_caller() -> None:
    told = "The playbook has no resolution 王小明 138 0000: give one of solved, patch; P42 was due 2026-03-02T09:00:00+08:00."
    command = {
        "project": "P42",
        "resolution": " 王小明 138 0000 ",
        "occurred_at": "2026-03-02T09:00:00+08:00",
        "more": [{"reason": "it's 王小明"}],
    }
    shown = without_words(told, command)
    assert shown == "The playbook has no resolution …: give one of solved, patch; P42 was due 2026-03-02T09:00:00+08:00."
    assert without_words(f"There is no step {command['more'][0]['reason']!r}.", command) == 'There is no step "…".'  # type: ignore[index]
