"""A ticket whose past is brought along: what ran out then is on record once, at its true moment."""

from __future__ import annotations

from typing import Any

from domain.messages import Command
from domain.ticket import AcknowledgeTicket, CloseTicket, PauseTicket, ResolveTicket, ResumeTicket
from tests.domain.asked import SUPPORT, at, open_ticket, register, release
from tests.domain.scenario import World, given

T = "ticket-T1"


def past(command: type[Command], when: str, **fields: Any) -> Command:
    return command.model_validate({"ticket": "T1", "actor": SUPPORT, "occurred_at": at(when), **fields})


OPENED = open_ticket(occurred_at=at("2025-06-18 10:00"), hold_clocks=True, impact="medium", urgency="high")
TAKEN = past(AcknowledgeTicket, "2025-06-18 10:30")
RESOLVED = past(ResolveTicket, "2025-06-20 10:00", solution="a patch")


def facts(world: World) -> list[str]:
    return [type(event).__name__ for event in world.events[T]]


def test_a_target_that_ran_out_before_the_resolution_is_missed_at_its_true_moment() -> None:
    world = given(register(), OPENED, TAKEN, RESOLVED).world
    [breach] = [event for event in world.events[T] if event.type == "TargetBreached"]
    assert breach.occurred_at == at("2025-06-19 10:00")  # eight working hours
    assert world.state(T).breached == ("resolve",)


def test_the_release_does_not_judge_again_what_is_on_record() -> None:
    world = given(register(), OPENED, TAKEN, RESOLVED, past(CloseTicket, "2025-06-20 11:00", confirmed_by="ok")).world
    before = facts(world)
    world.tell(release(ticket="T1"))
    assert [name for name in facts(world)[len(before) :] if name.startswith("Target")] == []


def test_a_target_that_did_not_run_out_before_the_next_fact_is_not_judged() -> None:
    waits = past(PauseTicket, "2025-06-18 11:00", waiting_for="customer", reason="a log")
    goes_on = past(ResumeTicket, "2025-06-20 10:00")
    in_time = past(ResolveTicket, "2025-06-20 11:00", solution="a patch")
    world = given(register(), OPENED, TAKEN, waits, goes_on, in_time).world
    assert not [name for name in facts(world) if name.startswith("Target")]


def test_the_past_says_by_itself_when_it_was_closed() -> None:
    late = past(CloseTicket, "2025-07-11 10:00", confirmed_by="ok")
    world = given(register(), OPENED, TAKEN, RESOLVED, late).world
    [closed] = [event for event in world.events[T] if event.type == "TicketClosed"]
    assert closed.occurred_at == at("2025-07-11 10:00")
