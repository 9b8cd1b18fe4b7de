"""The ticket: its priority, its two clocks, and a life that ends when the customer is content or silent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain import ticket
from domain.messages import Command, Event
from domain.refusals import AlreadyExistsError, NotFoundError
from domain.satisfaction import SatisfactionAsked
from domain.ticket import (
    AcknowledgeTicket,
    AssignTicket,
    CancelTicket,
    ClockPaused,
    ClockResumed,
    CloseTicket,
    EscalateTicket,
    PauseTicket,
    ReopenTicket,
    ResolveTicket,
    ResumeTicket,
    SettleService,
    Spent,
    TargetBreached,
    TargetEscalated,
    TargetWarned,
    TicketAcknowledged,
    TicketAssigned,
    TicketCancelled,
    TicketClosed,
    TicketEscalated,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from tests.domain.asked import (
    MONDAY,
    SUPPORT,
    at,
    classify,
    open_ticket,
    register,
    release,
    started,
    utc,
)
from tests.domain.scenario import World, due_moments, given

T = "ticket-T1"
CALLER: list[Command] = [register(revenue="3000000000"), classify("other_large")]
"""A customer with ordinary business hours."""


def a(command: type[Command], **fields: Any) -> Command:
    return command.model_validate({"ticket": "T1", "actor": SUPPORT, **fields})


TAKE = a(AcknowledgeTicket)
RESOLVE = a(ResolveTicket, solution="restarted")
CLOSE = a(CloseTicket, confirmed_by="王")
REOPEN = a(ReopenTicket, reason="again")
CANCEL = a(CancelTicket, reason="duplicate")
RESUME = a(ResumeTicket)
ASSIGN = a(AssignTicket, to="s2")
SETTLED = a(SettleService, how="goodwill", reason="a good customer")
ESCALATE = a(EscalateTicket, line="product", reason="defect")


def pause(who: str = "customer") -> Command:
    return a(PauseTicket, waiting_for=who, reason="needs a log")


def spent(world: World) -> tuple[float, float]:
    """Minutes used up of both targets."""
    used: Spent = world.state(T).spent
    return used.respond // 60, used.resolve // 60


def facts(world: World) -> list[str]:
    return [type(event).__name__ for event in world.events[T]]


@pytest.mark.parametrize(
    ("impact", "urgency", "priority", "respond", "resolve"),
    [
        ("high", "high", "P1", 30, 240),
        ("high", "medium", "P2", 60, 480),
        ("medium", "medium", "P3", 480, 1440),
        ("low", "low", "P4", 1440, 4320),
    ],
)
def test_impact_and_urgency_make_the_priority_and_its_clocks(
    impact: str, urgency: str, priority: str, respond: int, resolve: int
) -> None:
    quiet = at("2026-03-18 10:00")
    world = given(CALLER, quiet).when(open_ticket(impact=impact, urgency=urgency)).then(TicketOpened)
    opened = world.events[T][0]
    assert isinstance(opened, TicketOpened)
    assert (opened.priority, opened.respond_minutes, opened.resolve_minutes) == (priority, respond, resolve)


def test_a_ticket_of_a_customer_that_is_not_registered_is_refused() -> None:
    given().when(open_ticket()).then_refused(NotFoundError)


def test_a_ticket_names_a_project_of_its_own_customer_or_none() -> None:
    given(started(), register("C2")).when(open_ticket(customer="C2", project="P1")).then_refused(NotFoundError)
    given(started()).when(open_ticket(project="P9")).then_refused(NotFoundError)


def test_a_ticket_opens_once() -> None:
    given(CALLER, open_ticket()).when(open_ticket()).then_refused(AlreadyExistsError)


def test_the_value_class_chooses_the_calendar() -> None:
    assert given(CALLER, open_ticket()).world.state(T).calendar == "business"
    assert given(register(), classify("vip"), open_ticket()).world.state(T).calendar == "round_the_clock"


def test_a_new_ticket_waits_for_somebody_to_take_it_up() -> None:
    world = given(CALLER, open_ticket()).world
    view = world.view(T)
    assert (view.code, view.waiting_for, view.needs_human) == ("new", "support", True)
    assert [one.code for one in view.missing] == ["acknowledgement", "service"]
    assert view.due_at == utc(at("2026-03-02 10:30"))
    world.tell(TAKE)
    assert [one.code for one in world.view(T).missing] == ["solution", "service"]
    world.tell(SETTLED)
    assert [one.code for one in world.view(T).missing] == ["solution"]
    assert not world.view(T).needs_human


def test_a_ticket_goes_from_hand_to_hand() -> None:
    world = given(CALLER, open_ticket(), TAKE).when(ASSIGN).then(TicketAssigned)
    assert world.state(T).assigned_to == "s2"
    world = given(CALLER, open_ticket(), TAKE, ASSIGN).when(ESCALATE).then(TicketEscalated)
    assert (world.state(T).line, world.state(T).assigned_to) == ("product", "")


def test_a_ticket_is_taken_up_once() -> None:
    given(CALLER, open_ticket(), TAKE).when(TAKE).then_refused(ticket.AlreadyAcknowledgedError)


def test_resolving_takes_the_ticket_up() -> None:
    given(CALLER, open_ticket()).when(RESOLVE).then(TicketAcknowledged, TicketResolved, SatisfactionAsked)
    given(CALLER, open_ticket(), TAKE).when(RESOLVE).then(TicketResolved, SatisfactionAsked)


@pytest.mark.parametrize("asked", [TAKE, ASSIGN, ESCALATE, pause(), RESUME, RESOLVE], ids=lambda one: one.command)
def test_nobody_works_on_a_resolved_ticket(asked: Command) -> None:
    given(CALLER, open_ticket(), RESOLVE).when(asked).then_refused(ticket.TicketNotOpenError)


@pytest.mark.parametrize("ended", [CLOSE, CANCEL], ids=lambda one: one.command)
@pytest.mark.parametrize("asked", [TAKE, RESOLVE, CLOSE, CANCEL, pause()], ids=lambda one: one.command)
def test_nothing_happens_to_an_ended_ticket(ended: Command, asked: Command) -> None:
    given(CALLER, open_ticket(), RESOLVE, ended).when(asked).then_refused(ticket.TicketEndedError)


def test_only_a_resolved_ticket_is_closed_or_reopened() -> None:
    given(CALLER, open_ticket()).when(CLOSE).then_refused(ticket.TicketNotResolvedError)
    given(CALLER, open_ticket()).when(REOPEN).then_refused(ticket.TicketNotResolvedError)
    given(CALLER, open_ticket(), CANCEL).when(REOPEN).then_refused(ticket.TicketEndedError)


def test_a_cancelled_ticket_has_ended() -> None:
    world = given(CALLER, open_ticket()).when(CANCEL).then(TicketCancelled)
    assert world.view(T).closed
    assert due_moments(world, T) == {}


# Clocks


def test_both_clocks_run_in_working_time_from_the_opening() -> None:
    friday = at("2026-03-06 17:45")
    moments = due_moments(given(friday, CALLER, open_ticket()).world, T)
    assert moments["respond-breached"] == utc(at("2026-03-09 09:15"))
    assert moments["resolve-breached"] == utc(at("2026-03-09 13:45"))
    assert moments["respond-70-percent"] == utc(at("2026-03-09 09:06"))


def test_a_target_missed_over_the_spring_festival_is_breached_at_its_true_time() -> None:
    eve = at("2026-02-14 17:30")  # a Saturday, worked in exchange for the festival from the 15th to the 23rd
    silent = given(eve, CALLER, open_ticket())
    each: list[type[Event]] = [TargetWarned, TargetWarned, TargetBreached, TargetEscalated]
    world = silent.when_clocks_are_judged(T, at("2026-02-26 09:00")).then(*each, *each)
    breaches = {event.target: event.occurred_at for event in world.events[T] if isinstance(event, TargetBreached)}
    assert breaches == {"respond": utc(at("2026-02-14 18:00")), "resolve": utc(at("2026-02-24 13:30"))}
    assert world.view(T).reason.startswith("P1: response target missed 响应超时; resolution target missed 解决超时")
    silent.when_clocks_are_judged(T, at("2026-03-26 09:00")).then()


def test_taking_the_ticket_up_stops_the_response_clock_alone() -> None:
    world = given(CALLER, open_ticket(), at("2026-03-02 10:20"), TAKE).world
    assert set(due_moments(world, T)) == {"resolve-70-percent", "resolve-90-percent", "resolve-breached", "resolve-escalated"}


def test_a_ticket_waiting_for_the_customer_does_not_age() -> None:
    world = given(CALLER, open_ticket(), TAKE, at("2026-03-02 11:00"), pause("customer")).world
    assert spent(world) == (0, 60)
    assert due_moments(world, T) == {}
    assert (world.view(T).waiting_for, world.view(T).due_at) == ("customer", None)

    world.tell(at("2026-03-12 11:00"), RESUME)
    assert due_moments(world, T)["resolve-breached"] == utc(at("2026-03-12 15:00"))


@pytest.mark.parametrize(("who", "shown"), [("vendor", "vendor"), ("problem", "product")])
def test_a_ticket_waiting_for_anybody_else_goes_on_ageing(who: str, shown: str) -> None:
    before = given(CALLER, open_ticket(), TAKE).world
    moments = due_moments(before, T)
    world = given(CALLER, open_ticket(), TAKE, at("2026-03-02 11:00"), pause(who)).world
    assert due_moments(world, T) == moments
    assert (world.view(T).code, world.view(T).waiting_for) == ("waiting", shown)
    world.tell(at("2026-03-02 11:30"), RESUME)
    assert due_moments(world, T) == moments


def test_a_ticket_waits_once_and_resumes_only_when_it_waits() -> None:
    given(CALLER, open_ticket(), pause()).when(pause("vendor")).then_refused(ticket.TicketWaitingError)
    given(CALLER, open_ticket()).when(RESUME).then_refused(ticket.TicketNotWaitingError)
    given(CALLER, open_ticket()).when(pause()).then(ClockPaused)
    given(CALLER, open_ticket(), pause()).when(RESUME).then(ClockResumed)


def test_a_ticket_taken_up_while_it_waits_goes_on_waiting() -> None:
    world = given(CALLER, open_ticket(), pause(), TAKE).world
    assert world.view(T).code == "waiting"
    world.tell(RESUME)
    assert world.view(T).code == "acknowledged"


def test_a_warning_is_recorded_once_though_the_clock_stands_still_in_between() -> None:
    world = given(CALLER, open_ticket(), TAKE, at("2026-03-02 14:00"), pause()).world
    # 10:00–12:00 and 13:00–14:00: 180 of 240 minutes, past the warning at 168
    assert facts(world).count("TargetWarned") == 1
    world.tell(at("2026-03-03 09:00"), RESUME, at("2026-03-03 10:30"), RESOLVE)
    assert facts(world) == [
        "TicketOpened",
        "TicketAcknowledged",
        "TargetWarned",
        "ClockPaused",
        "ClockResumed",
        "TargetWarned",
        "TargetBreached",
        "TargetEscalated",
        "TicketResolved",
        "SatisfactionAsked",
    ]


def test_a_warned_ticket_needs_a_person() -> None:
    world = given(CALLER, open_ticket(), TAKE).when_clocks_are_judged(T, at("2026-03-02 13:50")).then(TargetWarned)
    assert (world.view(T).health, world.view(T).needs_human) == ("at-risk", True)
    assert world.view(T).reason.startswith("P1: 70 % of a target used up 时限将至")


def test_a_ticket_closes_by_itself_when_nobody_objects() -> None:
    resolved = given(CALLER, open_ticket(), at("2026-03-02 11:00"), RESOLVE)
    due = utc(at("2026-03-09 18:00"))
    assert due_moments(resolved.world, T) == {"closes-by-itself-1": due}
    world = resolved.when_clocks_are_judged(T, at("2026-03-10 09:00")).then(
        TicketClosed(occurred_at=due, confirmed_by="", satisfaction=None)
    )
    assert world.view(T).closed


def test_a_customer_who_confirms_closes_it_at_once() -> None:
    world = (
        given(CALLER, open_ticket(), RESOLVE)
        .when(CLOSE)
        .then(TicketClosed(occurred_at=MONDAY, confirmed_by="王", satisfaction=None))
    )
    assert world.view(T).closed


@pytest.mark.parametrize("before", [[], [CLOSE]], ids=["resolved", "closed"])
def test_a_reopened_ticket_keeps_its_id_its_count_and_the_time_it_has_used(before: list[Command]) -> None:
    world = (
        given(CALLER, open_ticket(), TAKE, at("2026-03-02 11:00"), RESOLVE, before)
        .when(REOPEN)
        .then(TicketReopened(occurred_at=at("2026-03-02 11:00"), reason="again", count=1))
    )
    assert spent(world) == (0, 60)
    assert due_moments(world, T)["resolve-breached"] == utc(at("2026-03-02 15:00"))
    assert not world.view(T).closed
    world.tell(RESOLVE, CLOSE, REOPEN)
    assert world.state(T).reopened == 2


def test_each_reopening_gives_the_closing_clock_a_name_of_its_own() -> None:
    world = given(CALLER, open_ticket(), RESOLVE, REOPEN, RESOLVE).world
    assert set(due_moments(world, T)) == {"closes-by-itself-2"}


def test_a_ticket_of_the_past_is_judged_once_when_it_is_released() -> None:
    held = given(CALLER, at("2026-03-03 10:00"), open_ticket(hold_clocks=True, occurred_at=at("2026-02-02 10:00")))
    assert due_moments(held.world, T) == {}
    world = held.world.tell(release(ticket="T1"))
    assert facts(world) == [
        "TicketOpened",
        "ClocksReleased",
        *["TargetWarned", "TargetWarned", "TargetBreached", "TargetEscalated"] * 2,
    ]
    assert world.events[T][4].occurred_at == utc(at("2026-02-02 10:30"))


def test_ten_pauses_of_odd_lengths_lose_no_part_of_a_second() -> None:
    world = given(CALLER, open_ticket(), TAKE).world
    moment = at("2026-03-02 11:00")
    for _ in range(10):
        world = world.tell(moment + timedelta(milliseconds=900), pause("customer")).tell(moment + timedelta(seconds=2), RESUME)
        moment += timedelta(seconds=2, milliseconds=900)
    worked = world.state(T).spent.resolve - (at("2026-03-02 11:00") - MONDAY).total_seconds()
    assert worked == pytest.approx(0.9 + 9 * 1.8)


def test_a_clock_that_was_missed_cannot_be_paused_before_it_was_missed() -> None:
    overnight = given(CALLER, open_ticket(), TAKE).when_clocks_are_judged(T, at("2026-03-20 10:00"))
    judged = overnight.then(TargetWarned, TargetWarned, TargetBreached, TargetEscalated)
    world = judged.tell(at("2026-03-02 10:05"), pause("customer"))
    moments = [event.occurred_at for event in world.events[T]]
    assert moments == sorted(moments)
