from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.messages import Command
from domain.parsing import parse
from domain.ticket import AssignTicket, OpenTicket, PauseTicket, ResolveTicket
from intake.incident_commands import Played, play, registration, rows_left
from tests.domain.asked import RULES
from tests.domain.scenario import World
from tests.intake.incident_logs import NOW, OPEN, PLAIN, REOPENED, VINST, VINST_HEADER, log_of, row

CUSTOMER = "log-servicenow"


def played(folder: Path, *rows: str, **options: str) -> list[Played]:
    return play(log_of(folder, *rows, **options), RULES, CUSTOMER)


def commands(one: Played) -> list[Command]:
    return [step.command for step in one.steps]


def names(one: Played) -> list[str]:
    return [command.command for command in commands(one)]


def lived(folder: Path, tickets: Sequence[Played], *rows: str) -> World:
    """The world after these tickets have been played."""
    return World(now=NOW).tell(registration(log_of(folder, *rows), datetime(2012, 1, 1, tzinfo=UTC)), *map(commands, tickets))


def test_each_change_from_one_row_to_the_next_is_one_command_and_no_change_is_none(tmp_path: Path) -> None:
    [one] = played(tmp_path, *PLAIN)
    assert one.became == {
        2: ["OpenTicket"],
        3: ["AssignTicket", "AcknowledgeTicket"],
        4: ["AssignTicket"],
        5: ["nothing changed"],
        6: ["PauseTicket"],
        7: ["ResumeTicket"],
        8: ["ResolveTicket"],
        9: ["CloseTicket"],
    }
    assert names(one)[-1] == "ReleaseClocks"


def test_the_ticket_opens_when_it_was_opened_with_its_clocks_held(tmp_path: Path) -> None:
    opening = commands(played(tmp_path, *PLAIN)[0])[0]
    assert isinstance(opening, OpenTicket)
    assert (opening.occurred_at, opening.hold_clocks) == (datetime(2016, 2, 29, 1, tzinfo=UTC), True)
    assert (opening.impact, opening.urgency, opening.group, opening.category) == ("medium", "medium", "Group 70", "Category 5")


def test_every_command_could_come_through_any_door(tmp_path: Path) -> None:
    for one in played(tmp_path, *PLAIN, *REOPENED, *OPEN):
        for command in commands(one):
            assert parse(command.model_dump(mode="json", exclude_none=True)) == command


def test_the_same_log_gives_the_same_command_ids_in_whatever_order_it_is_written(tmp_path: Path) -> None:
    forth, back = played(tmp_path, *PLAIN), played(tmp_path, *reversed(PLAIN))
    ids = [command.command_id for command in commands(forth[0])]
    assert ids == [command.command_id for command in commands(back[0])]
    assert len(set(ids)) == len(ids)


def test_a_log_that_goes_on_keeps_the_ids_of_what_it_said_before(tmp_path: Path) -> None:
    half, whole = played(tmp_path, *PLAIN[:5]), played(tmp_path, *PLAIN)
    before = [command.command_id for command in commands(half[0])[:-1]]
    assert [command.command_id for command in commands(whole[0])][: len(before)] == before


def test_the_engine_takes_what_it_is_asked_and_the_tickets_end_as_the_log_says(tmp_path: Path) -> None:
    rows = (*PLAIN, *REOPENED, *OPEN)
    world = lived(tmp_path, played(tmp_path, *rows), *rows)
    plain, reopened, still = (world.state(f"ticket-INC{number}") for number in (1, 2, 3))
    assert (plain.status, plain.group, plain.assigned_to, plain.resolution) == ("closed", "Group 24", "resolver-31", "solved")
    assert (reopened.status, reopened.reopened) == ("closed", 1)
    assert (still.status, still.priority, still.held) == ("acknowledged", "P1", False)


def test_a_target_that_ran_out_in_the_past_is_missed_once_at_its_true_moment(tmp_path: Path) -> None:
    world = lived(tmp_path, played(tmp_path, *OPEN), *OPEN)
    [breach] = [event for event in world.events["ticket-INC3"] if event.type == "TargetBreached"]
    assert breach.occurred_at == datetime(2016, 3, 2, 6, 0, tzinfo=UTC)  # four working hours after nine, lunch left out


def test_only_the_time_of_waiting_for_the_customer_is_left_out(tmp_path: Path) -> None:
    rows = (*PLAIN, *REOPENED)
    world = lived(tmp_path, played(tmp_path, *rows), *rows)
    assert world.state("ticket-INC1").spent.resolve == pytest.approx(3 * 3600)
    assert "resolve" not in world.state("ticket-INC1").breached


def test_a_wait_is_told_by_whom_it_waits_for(tmp_path: Path) -> None:
    [one] = played(tmp_path, *REOPENED)
    [pause] = [command for command in commands(one) if isinstance(command, PauseTicket)]
    assert pause.waiting_for == "vendor"


def test_a_row_that_closes_what_nobody_resolved_resolves_it_and_says_so(tmp_path: Path) -> None:
    [one] = played(tmp_path, PLAIN[0], row("INC1", "Closed", "29-02-2016 12:00", 1))
    assert one.became[3] == ["ResolveTicket (closed without a resolution in the log)", "CloseTicket"]


@pytest.mark.parametrize(
    ("state", "reopened", "said"),
    [
        ("Active", 0, "an update after the close, and no reopening"),
        ("Resolved", 0, "an update after the close, and no reopening"),
        ("Active", 1, ""),
        ("Closed", 0, ""),
    ],
)
def test_an_update_after_the_close_is_taken_only_when_it_reopens(state: str, reopened: int, said: str, tmp_path: Path) -> None:
    log = log_of(tmp_path, *PLAIN, row("INC1", state, "13-03-2016 12:00", 8, reopened=reopened))
    tickets = play(log, RULES, CUSTOMER)
    assert [str(left.problems[0].reason) for left in rows_left(log, tickets)] == ([said] if said else [])
    assert set(tickets[0].became) == set(range(2, 10 if said else 11))


def test_what_comes_after_a_cancellation_is_left_out(tmp_path: Path) -> None:
    log = log_of(
        tmp_path, PLAIN[0], row("INC1", "Canceled", "29-02-2016 09:10", 1), row("INC1", "Active", "29-02-2016 09:20", 2)
    )
    tickets = play(log, RULES, CUSTOMER)
    assert names(tickets[0]) == ["OpenTicket", "CancelTicket", "ReleaseClocks"]
    assert [left.line for left in rows_left(log, tickets)] == [4]


def test_a_three_line_desk_goes_through_our_lines_and_its_people_are_not_named(tmp_path: Path) -> None:
    log = log_of(tmp_path, *VINST, header=VINST_HEADER)
    tickets = play(log, RULES, "log-vinst")
    world = World(now=NOW).tell(registration(log, None), *map(commands, tickets))
    long = next(one for one in tickets if one.ticket.id == "1-364285768")
    assigned = [command for command in commands(long) if isinstance(command, AssignTicket)]
    assert [(one.line, one.group) for one in assigned[:2]] == [("first", "V30"), ("product", "V5 3rd")]
    assert all(one.to.startswith("staff-") for one in assigned)
    assert "Anne" not in "".join(command.model_dump_json() for command in commands(long))
    assert world.state("ticket-1-364285768").status == world.state("ticket-1-5").status == "closed"
    assert world.state("ticket-1-5").priority == "P1"


def test_the_closing_code_is_kept_and_not_guessed_at(tmp_path: Path) -> None:
    [resolving] = [one for one in commands(played(tmp_path, *PLAIN)[0]) if isinstance(one, ResolveTicket)]
    assert resolving.solution.endswith("code 6")
