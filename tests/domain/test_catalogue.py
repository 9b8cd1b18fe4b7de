"""The catalogue: every command and event has its place, a name of its own, and words for people."""

from __future__ import annotations

import inspect
import pkgutil
import re
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

import domain
from domain import promises
from domain.cancelling import Unwind
from domain.catalogue import COMMANDS, DECIDERS, EVENTS, decider_of, public_commands
from domain.clocks import ClocksReleased, JudgeClocks, ReleaseClocks
from domain.messages import Command, Event
from domain.moving import MovePlaybook
from domain.owning import ChangeDealOwner, NoteOwner
from domain.reactivating import HoldOutBroken
from domain.refusals import RefusalError
from domain.satisfaction import SatisfactionAsked
from tests.domain.asked import at, in_support, judge, lose, open_project, open_ticket, release, started
from tests.domain.scenario import World, fold_again, given


def modules() -> list[ModuleType]:
    return [import_module(found.name) for found in pkgutil.walk_packages(domain.__path__, "domain.")]


def classes(parent: type[Any]) -> list[type[Any]]:
    found = {one for module in modules() for _, one in inspect.getmembers(module, inspect.isclass) if issubclass(one, parent)}
    return sorted(found - {parent}, key=lambda one: one.__name__)


def test_every_command_belongs_to_one_aggregate_and_is_in_the_catalogue() -> None:
    concrete = {one for one in classes(Command) if "command" in one.__annotations__}
    belonging = [command for decider in DECIDERS.values() for command in decider.commands if command not in promises.COMMANDS]
    assert set(COMMANDS.values()) == concrete
    assert len(belonging) == len(set(belonging))
    assert concrete - set(belonging) - set(promises.COMMANDS) == {
        JudgeClocks,
        ReleaseClocks,
        Unwind,
        MovePlaybook,
        ChangeDealOwner,
        NoteOwner,
    }


def test_a_command_is_written_by_its_name() -> None:
    for name, command in COMMANDS.items():
        assert name == command.command_name() == command.__name__


def test_every_event_is_in_the_catalogue_under_a_name_of_its_own() -> None:
    assert set(EVENTS.values()) == set(classes(Event))
    by_many = {ClocksReleased, SatisfactionAsked, HoldOutBroken, *promises.EVENTS}
    assert {category for category, one in DECIDERS.items() if SatisfactionAsked in one.events} == {"support", "ticket"}
    shared = [event for decider in DECIDERS.values() for event in decider.events if event not in by_many]
    assert len(shared) == len({event.type for event in shared})
    for name, event in EVENTS.items():
        assert name == event.type == event.__name__
        assert event.schema_version >= 1


def test_every_aggregate_is_found_by_its_stream() -> None:
    for category, decider in DECIDERS.items():
        assert decider.category == category
        assert decider_of(f"{category}-X1-a") is decider


def test_every_command_event_and_refusal_is_told_in_a_sentence() -> None:
    for one in [*COMMANDS.values(), *EVENTS.values(), *classes(RefusalError)]:
        assert one.__doc__
        assert one.__doc__.strip()[-1] in ".,"
        assert one.__doc__ != inspect.getdoc(one.__base__), one.__name__


def test_what_callers_may_ask_has_a_schema_with_a_description() -> None:
    for name, command in public_commands().items():
        schema = command.model_json_schema()
        assert schema["description"], name
        assert "actor" in schema["required"], name


def test_refusals_are_named_for_programs_without_their_suffix() -> None:
    for refusal in classes(RefusalError):
        assert re.fullmatch(r"[A-Z][A-Za-z]+Error", refusal.__name__)
        assert refusal("no.").type == refusal.__name__.removesuffix("Error")


def whole_lives() -> World:
    """A world in which nearly everything has happened."""
    world = given(in_support(), open_ticket(project="P1")).world
    world.tell(open_project("P2"), lose("P2"), open_project("P3", hold_clocks=True), release(project="P3"))
    return world.tell(at("2026-09-01 10:00"), [judge(stream) for stream in list(world.events)])


def test_every_event_that_happens_is_the_same_after_it_was_written_and_read() -> None:
    world = whole_lives()
    happened = [event for events in world.events.values() for event in events]
    for event in happened:
        assert type(event).model_validate_json(event.model_dump_json()) == event
    assert len({type(event) for event in happened}) > 25


@pytest.mark.parametrize("category", sorted(DECIDERS))
def test_the_state_of_a_stream_is_the_sum_of_its_events(category: str) -> None:
    world = whole_lives()
    for stream in [stream for stream in world.events if decider_of(stream).category == category]:
        assert fold_again(world, stream) == world.state(stream)


def test_a_fold_goes_on_from_where_it_was() -> None:
    world = given(started()).world
    events = world.events["project-P1"]
    decider = decider_of("project-P1")
    assert decider.fold(events[1:], decider.fold(events[:1])) == decider.fold(events)
