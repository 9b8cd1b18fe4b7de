"""The desk's list and a ticket's story: told from the store alone, true to the minute of the moment of asking."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from domain.messages import Actor, ActorKind
from domain.ticket import (
    AcknowledgeTicket,
    AssignTicket,
    ChangePriority,
    CloseTicket,
    PauseTicket,
    ReopenTicket,
    ResolveTicket,
    ResumeTicket,
)
from eventstore.memory import MemoryStore
from history.desk import ALL, Asked, TicketList, tickets
from history.ticket_story import TicketStory, ticket_story
from runtime.composition import CODEC
from tests.domain.asked import MONDAY, PLAYBOOKS, at, open_ticket, register
from tests.history.office import Office

AGENT = Actor(kind=ActorKind.PERSON, id="k1", role="support")
SOON = MONDAY + timedelta(minutes=12)


def taken(ticket: str = "T1") -> AcknowledgeTicket:
    return AcknowledgeTicket(ticket=ticket, actor=AGENT)


def waits_for_the_customer(ticket: str = "T1") -> PauseTicket:
    return PauseTicket(ticket=ticket, waiting_for="customer", reason="a log file", actor=AGENT)


def goes_on(ticket: str = "T1") -> ResumeTicket:
    return ResumeTicket(ticket=ticket, actor=AGENT)


def solved(ticket: str = "T1") -> ResolveTicket:
    return ResolveTicket(ticket=ticket, solution="a new driver", actor=AGENT)


def closed(ticket: str = "T1") -> CloseTicket:
    return CloseTicket(ticket=ticket, confirmed_by="C1", actor=AGENT)


async def office() -> Office:
    return await Office(MemoryStore()).take(register())


async def desk(one: Office, now: datetime = SOON, limit: int = ALL, asked: Asked = Asked()) -> TicketList:  # noqa: B008 (frozen)
    return await tickets(one.store, CODEC, PLAYBOOKS, asked, limit, now)


async def story(one: Office, now: datetime, ticket: str = "T1") -> TicketStory:
    told = await ticket_story(one.store, CODEC, PLAYBOOKS, ticket, now)
    assert told is not None
    return told


async def busy_office() -> Office:
    """Six tickets: T1 urgent, T2 easy, T3 waits for the customer, T4 closed, T5 resolved, T6 opened a minute after T2."""
    one = await office()
    for name, urgency in (("T2", "low"), ("T1", "high"), ("T3", "high"), ("T4", "high"), ("T5", "high")):
        await one.take(open_ticket(name, urgency=urgency, impact="high" if urgency == "high" else "low"))
    await one.take(MONDAY + timedelta(minutes=1), open_ticket("T6", urgency="low", impact="low"))
    return await one.take(waits_for_the_customer("T3"), solved("T4"), closed("T4"), solved("T5"))


async def test_open_tickets_are_listed_by_their_next_due_time_and_those_without_one_last() -> None:
    found = await desk(await busy_office())
    assert [one.ticket for one in found.tickets] == ["T1", "T2", "T6", "T3", "T5"]
    assert [one.due_at is None for one in found.tickets] == [False, False, False, True, True]


async def test_closed_ones_come_behind_the_open_ones_when_all_are_asked_for() -> None:
    found = await desk(await busy_office(), asked=Asked(open=None))
    assert [one.ticket for one in found.tickets] == ["T1", "T2", "T6", "T3", "T5", "T4"]


async def test_a_limit_shortens_the_list_and_not_its_count() -> None:
    found = await desk(await busy_office(), limit=2)
    assert ([one.ticket for one in found.tickets], found.count) == (["T1", "T2"], 5)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Asked(due_within=0.5), ["T1"]),
        (Asked(due_within=0.1), []),
        (Asked(status="waiting"), ["T3"]),
        (Asked(customer="C9"), []),
        (Asked(unit="nowhere"), []),
        (Asked(line="second"), []),
        (Asked(breached=True), []),
    ],
)
async def test_what_is_asked_for_is_what_is_listed(asked: Asked, expected: list[str]) -> None:
    found = await desk(await busy_office(), asked=asked)
    assert [one.ticket for one in found.tickets] == expected


async def test_the_part_of_a_target_that_is_used_up_is_that_of_the_moment_of_asking() -> None:
    one = await (await office()).take(open_ticket())
    for minutes, percent in ((0, 0), (12, 40), (30, 100), (45, 150)):
        [listed] = (await desk(one, MONDAY + timedelta(minutes=minutes))).tickets
        assert (listed.due_target, listed.percent) == ("respond", percent)


async def test_while_the_customer_is_waited_for_nothing_is_used_up() -> None:
    one = await (await office()).take(open_ticket(), SOON, waits_for_the_customer())
    [listed] = (await desk(one, MONDAY + timedelta(days=30))).tickets
    assert (listed.percent, listed.due_at, listed.waiting_for) == (40, None, "customer")


async def test_a_missed_target_and_a_reopening_are_marked_and_ping_pong_too() -> None:
    one = await (await office()).take(open_ticket(), taken(), solved(), closed())
    await one.take(ReopenTicket(ticket="T1", reason="again", actor=AGENT))
    for line in ("second", "first", "second"):
        await one.take(AssignTicket(ticket="T1", to="k2", line=line, actor=AGENT))
    [listed] = (await desk(one)).tickets
    assert {"reopened", "out_of_service"} <= set(listed.marks)
    assert ("ping_pong" in listed.marks) == (listed.hops >= 3)


async def test_a_story_tells_how_much_each_target_has_left_when_the_clocks_stood_still() -> None:
    one = await (await office()).take(open_ticket(), SOON, taken(), waits_for_the_customer())
    await one.take(MONDAY + timedelta(minutes=72), goes_on())
    told = await story(one, MONDAY + timedelta(minutes=80))
    respond, resolve = told.targets
    assert (respond.state, respond.spent_seconds, respond.percent, respond.met_at) == ("met", 12 * 60, 40, SOON)
    assert (resolve.state, resolve.spent_seconds, resolve.remaining_seconds) == ("running", 20 * 60, (240 - 20) * 60)
    assert resolve.due_at is not None
    [wait] = told.waits
    assert (wait.waiting_for, wait.still, wait.working_minutes) == ("customer", True, 60)


async def test_a_wait_for_a_vendor_is_told_and_counts() -> None:
    pause = PauseTicket(ticket="T1", waiting_for="vendor", reason="a part", actor=AGENT)
    one = await (await office()).take(open_ticket(), taken(), pause)
    told = await story(one, MONDAY + timedelta(minutes=30))
    assert [(wait.still, wait.ended_at) for wait in told.waits] == [(False, None)]
    assert told.targets[1].spent_seconds == 30 * 60


async def test_a_story_names_each_holder_from_when_to_when() -> None:
    give = AssignTicket(ticket="T1", to="k2", line="second", group="network", actor=AGENT)
    one = await (await office()).take(open_ticket(), SOON, taken(), give)
    told = await story(one, SOON)
    kept = [(holder.line, holder.group, holder.to, holder.begun_at, holder.ended_at) for holder in told.holders]
    assert kept[0] == ("first", "", "", MONDAY, SOON)
    assert kept[-1] == ("second", "network", "k2", SOON, None)


async def test_a_story_says_of_each_event_how_much_was_used_up_by_then() -> None:
    one = await (await office()).take(open_ticket(), SOON, taken())
    told = await story(one, SOON)
    assert [(step.type, step.respond_percent, step.resolve_percent) for step in told.timeline] == [
        ("TicketOpened", 0, 0),
        ("TicketAcknowledged", 40, 5),
    ]
    assert "solution" in {unmet.code for unmet in told.view.missing}


async def test_a_story_says_what_each_target_was_and_is_where_it_was_counted_anew() -> None:
    lower = ChangePriority(ticket="T1", impact="low", reason="one desk only", actor=AGENT)
    told = await story(await (await office()).take(open_ticket(), SOON, lower), SOON)
    [anew] = told.timeline[-1].redated[:1]
    assert (anew.target, anew.minutes_before, anew.minutes_after) == ("respond", 30, 60)  # P3, raised by the close
    assert anew.due_before == MONDAY + timedelta(minutes=30)


async def test_a_clock_that_was_judged_late_stands_at_its_true_moment_in_the_story() -> None:
    one = await (await office()).take(open_ticket(), MONDAY + timedelta(minutes=40), taken())
    told = await story(one, one.now)
    moments = [step.occurred_at for step in told.timeline]
    assert moments == sorted(moments)
    [breach] = [step for step in told.timeline if step.type == "TargetBreached"]
    assert (breach.occurred_at, breach.respond_percent) == (MONDAY + timedelta(minutes=30), 100)


async def test_a_refused_command_is_told_with_its_reason() -> None:
    one = await (await office()).take(open_ticket())
    await one.ask(goes_on())
    [refused] = (await story(one, SOON)).refusals
    assert refused.command == "ResumeTicket"


async def test_a_ticket_that_ended_has_no_clock_and_its_spent_time_stands() -> None:
    one = await (await office()).take(open_ticket(), taken(), SOON, solved(), closed())
    for later in (SOON, at("2026-08-01 10:00")):
        told = await story(one, later)
        assert [(target.state, target.due_at) for target in told.targets] == [("met", None), ("met", None)]
        assert told.targets[1].spent_seconds == 12 * 60


async def test_a_ticket_that_is_not_there_has_no_story() -> None:
    one = await office()
    assert await ticket_story(one.store, CODEC, PLAYBOOKS, "T9", SOON) is None
