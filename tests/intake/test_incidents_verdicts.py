from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from intake.incident_commands import play, registration
from intake.incidents_verdicts import EXPLANATIONS, Judge, Verdict, ours
from tests.domain.asked import RULES
from tests.domain.scenario import World
from tests.intake.incident_logs import NOW, PLAIN, REOPENED, log_of, row


def judged(folder: Path, *rows: str) -> Verdict:
    """Our verdict on the one ticket of these rows, beside the source's."""
    log = log_of(folder, *rows)
    tickets = play(log, RULES, "log-servicenow")
    world = World(now=NOW).tell(
        registration(log, datetime(2012, 1, 1, tzinfo=UTC)), *(step.command for one in tickets for step in one.steps)
    )
    now = {one.ticket.id: ours(world.state(f"ticket-{one.ticket.id}")) for one in tickets}
    [verdict] = Judge(tickets, now, RULES).verdicts()
    return verdict


OPENED = "20-06-2016 09:00"
"""A Monday far from any month-end."""


def life(resolved: str, closed: str, made: str, until: str = "TRUE") -> tuple[str, ...]:
    """A ticket without waits; `made` is the source's verdict at the close, `until` what it said before."""
    return (
        row("INC5", "Active", OPENED, 0, opened=OPENED, to="Resolver 1", made=until),
        row("INC5", "Resolved", resolved, 1, opened=OPENED, to="Resolver 1", made=until),
        row("INC5", "Closed", closed, 2, opened=OPENED, to="Resolver 1", made=made),
    )


def test_verdicts_that_agree_need_no_explanation(tmp_path: Path) -> None:
    verdict = judged(tmp_path, *REOPENED)
    assert (verdict.ours.resolve, verdict.source, verdict.explanation) == (True, True, "")


def test_a_week_of_waiting_for_the_customer_explains_a_miss_of_the_source_s(tmp_path: Path) -> None:
    verdict = judged(tmp_path, *PLAIN)
    assert (verdict.ours.resolve, verdict.source, verdict.explanation) == (True, False, "waiting")


def test_a_weekend_explains_a_miss_of_the_source_s(tmp_path: Path) -> None:
    verdict = judged(tmp_path, *life("21-06-2016 09:30", "21-06-2016 10:00", "FALSE"))
    assert (verdict.ours.resolve, verdict.source, verdict.explanation) == (True, False, "calendar")


def test_the_days_until_the_close_explain_a_miss_of_the_source_s(tmp_path: Path) -> None:
    verdict = judged(tmp_path, *life("20-06-2016 09:10", "27-06-2016 10:00", "FALSE"))
    assert (verdict.ours.resolve, verdict.source, verdict.explanation) == (True, False, "close")


def test_a_target_of_another_length_explains_what_is_late_for_us_only(tmp_path: Path) -> None:
    verdict = judged(tmp_path, *life("27-06-2016 09:10", "30-06-2016 10:00", "TRUE"))
    assert (verdict.ours.resolve, verdict.source, verdict.explanation) == (False, True, "length")


def test_a_ticket_without_a_verdict_of_the_source_s_is_not_compared(tmp_path: Path) -> None:
    verdict = judged(tmp_path, *life("27-06-2016 09:10", "30-06-2016 10:00", "?", until="?"))
    assert (verdict.ours.resolve, verdict.source, verdict.explanation, verdict.compared) == (False, None, "", False)


def test_a_ticket_that_is_open_where_the_log_ends_was_judged_up_to_there(tmp_path: Path) -> None:
    verdict = judged(tmp_path, row("INC5", "Active", OPENED, 0, opened=OPENED, to="Resolver 1"))
    assert (verdict.ours.resolve, verdict.source, verdict.explanation) == (False, True, "still_open")


def test_a_ticket_that_was_reopened_and_never_resolved_again_is_open(tmp_path: Path) -> None:
    again = row("INC5", "Active", "20-06-2016 10:30", 3, opened=OPENED, to="Resolver 1", reopened=1)
    verdict = judged(tmp_path, *life("20-06-2016 09:10", "20-06-2016 10:00", "TRUE"), again)
    assert (verdict.ours.resolve, verdict.source, verdict.explanation) == (False, True, "still_open")


def test_a_month_end_explains_what_is_late_for_us_only(tmp_path: Path) -> None:
    start = "29-02-2016 09:00"
    rows = (
        row("INC5", "Active", start, 0, opened=start),
        row("INC5", "Resolved", "01-03-2016 10:30", 1, opened=start),
    )
    verdict = judged(tmp_path, *rows)
    assert (verdict.ours.resolve, verdict.source, verdict.explanation) == (False, True, "window")


def test_a_priority_that_rose_later_explains_what_is_late_for_us_only(tmp_path: Path) -> None:
    rows = (
        row("INC5", "Active", OPENED, 0, opened=OPENED),
        row("INC5", "Active", "21-06-2016 09:00", 1, opened=OPENED, impact="1 - High"),
        row("INC5", "Resolved", "21-06-2016 15:00", 2, opened=OPENED, impact="1 - High"),
    )
    verdict = judged(tmp_path, *rows)
    assert (verdict.ours.priority, verdict.ours.resolve, verdict.explanation) == ("P2", False, "first_priority")


def test_a_source_that_counts_to_the_first_resolution_is_found_out(tmp_path: Path) -> None:
    rows = (
        row("INC5", "Active", OPENED, 0, opened=OPENED),
        row("INC5", "Resolved", "20-06-2016 10:00", 1, opened=OPENED),
        row("INC5", "Active", "20-06-2016 11:00", 2, opened=OPENED, reopened=1),
        row("INC5", "Resolved", "24-06-2016 15:00", 3, opened=OPENED, reopened=1),
    )
    verdict = judged(tmp_path, *rows)
    assert (verdict.ours.resolve, verdict.source, verdict.explanation) == (False, True, "reopened")


def test_every_explanation_has_its_words_in_both_languages() -> None:
    assert list(EXPLANATIONS)[-1] == "none"
    assert all(name.en and name.zh for name in EXPLANATIONS.values())
