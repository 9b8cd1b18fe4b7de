"""No way round: at every gate of every shipped playbook, whatever is asked of whatever stream by whomever, the gate is passed
only with all that the playbook asks for, or by an override that says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from domain.catalogue import COMMANDS, decider_of
from domain.messages import Command, Event
from domain.phases import phase_stream
from domain.promises import RecordPromise
from domain.refusals import RefusalError
from tests.domain.asked import PLAYBOOKS, SALES, classify, open_project, register
from tests.domain.scenario import World
from tests.lifecycles.driver import next_commands
from tests.lifecycles.gates import wrongly_passed
from tests.lifecycles.strategies import any_command

Told = dict[str, list[Event]]


@dataclass(frozen=True)
class Moment:
    """A life that stands before a gate: what has happened until then."""

    world: World
    last: Command
    """The proper command that would come next."""


def snapshot(world: World) -> World:
    copied = World(now=world.now, states=dict(world.states), settled=set(world.settled))
    copied.events.update({stream: list(events) for stream, events in world.events.items()})
    return copied


@cache
def moments(playbook: str) -> dict[str, list[Moment]]:
    """Before each gate of a playbook: the moment of arrival, and the one in which only one thing is missing."""
    world = World().tell(register(), classify(), open_project(playbook=playbook))
    world.take(RecordPromise(project="P1", promise="pr1", about="date", text="live by May", made_by="u1", actor=SALES))
    found: dict[str, list[Moment]] = {}
    while coming := next_commands(world.state, PLAYBOOKS, "P1"):
        for command in coming:
            phase = world.state("project-P1").phase
            view = world.view(phase_stream("P1", phase))
            gate = f"{playbook} {view.code if phase != view.phase or view.code.isupper() or '@' in view.code else phase}"
            here = Moment(snapshot(world), command)
            known = found.setdefault(gate, [here, here])
            known[1] = here
            world.take(command)
    assert world.state("project-P1").phase == "support", "the driver has not found its way to the end"
    return found


GATES = [(playbook, gate) for playbook in PLAYBOOKS.names() for gate in moments(playbook)]


PORTIONS = 3
"""All commands at once are more than one example can hold."""


@cache
def every_command(playbook: str, portion: int) -> st.SearchStrategy[Sequence[Command | None]]:
    """One of each kind of command there is, public or not, in as many portions as there are."""
    rules = PLAYBOOKS.latest(playbook)
    return st.tuples(*(any_command(rules, (command,)) for command in [*COMMANDS.values()][portion::PORTIONS]))


def attacked(world: World, command: Command) -> Told:
    """What would be on record if the command were asked now; the world itself stays as it is."""
    stream = command.stream
    decider = decider_of(stream)
    try:
        events = decider.respond(command, world.state(stream), world.context(decider, command))
    except RefusalError:
        return {}
    return {**world.events, stream: [*world.events.get(stream, []), *events]}


@pytest.mark.parametrize("portion", range(PORTIONS))
@pytest.mark.parametrize(("playbook", "gate"), GATES, ids=[gate for _, gate in GATES])
@settings(max_examples=5, phases=(Phase.generate,))
@given(data=st.data())
def test_no_command_passes_the_gate_without_what_it_asks_for(
    playbook: str, gate: str, portion: int, data: st.DataObject
) -> None:
    for moment in moments(playbook)[gate]:
        for command in data.draw(every_command(playbook, portion)):
            if command is not None:
                told = attacked(moment.world, command)
                assert wrongly_passed(told, PLAYBOOKS) == [], command


def test_what_is_attacked_are_all_gates_of_every_playbook() -> None:
    for playbook in PLAYBOOKS.names():
        rules = PLAYBOOKS.latest(playbook)
        gates = {gate.partition(" ")[2] for gate in moments(playbook)}
        wanted = {stage.code for stage in rules.funnel.stages} | {"handoff-delivery", "handoff-support"}
        wanted |= {milestone.code for milestone in rules.implementation.milestones if milestone.effect != "handed_over"}
        assert gates == wanted


def test_a_gate_that_stands_open_is_noticed() -> None:
    """The second reading of the playbook would prove nothing if it found nothing wrong with a gate passed too early."""
    for playbook, gate in GATES:
        arrived = moments(playbook)[gate][0].world
        for stream, events in passed_by_force(arrived).items():
            told: dict[str, Any] = {**arrived.events, stream: events}
            assert wrongly_passed(told, PLAYBOOKS), (gate, stream)


def passed_by_force(world: World) -> Told:
    """The event that passes the gate, written without anybody having decided it."""
    later = World(now=world.now)
    later.states, later.events = dict(world.states), dict(world.events)
    phase = world.state("project-P1").phase
    stream = phase_stream("P1", phase)
    end = moments(world.states[stream].playbook.name)
    final = list(end.values())[-1][1].world.events[stream]
    known = len(world.events[stream])
    passing = ("StageAdvanced", "DealWon", "HandoffAccepted", "MilestoneSignedOff")
    coming = next((event for event in final[known:] if type(event).type in passing), None)
    return {} if coming is None else {stream: [*world.events[stream], coming]}
