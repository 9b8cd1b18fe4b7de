"""Merges on random histories: whatever is merged, taken back, won or lost, nothing is lost and nothing counts twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain import streams
from domain.customer.record_commands import MergeCustomer, SetGroupParent, UndoMerge
from domain.messages import Command
from domain.refusals import RefusalError
from tests.domain.asked import SALES, lose, open_project, register, won
from tests.domain.scenario import World, fold_again

CUSTOMERS = ("C1", "C2", "C3")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("merge", "lose", "below", "merge", "undo", "win", "open")), st.integers(0, 2), st.integers(0, 2)
    ),
    min_size=4,
    max_size=10,
)


def asked(step: tuple[str, int, int], opened: list[str]) -> list[Command]:
    what, one, other = step
    mine, theirs = CUSTOMERS[one], CUSTOMERS[other]
    because: dict[str, Any] = {"reason": "the same company", "actor": SALES}
    match what:
        case "merge":
            return [MergeCustomer(customer=mine, into=theirs, approver="m1", **because)]
        case "undo":
            return [UndoMerge(customer=mine, approver="m1", **because)]
        case "below":
            return [SetGroupParent(customer=mine, parent=theirs, **because)]
        case "open":
            opened.append(f"P{len(opened) + 1}")
            return [open_project(opened[-1], mine)]
        case _ if not opened:
            return []
        case "win":
            return list(won(opened[other % len(opened)]))
        case _:
            return [lose(opened[other % len(opened)])]


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_whoever_stands_for_others_counts_what_runs_there_and_nothing_else(steps: list[tuple[str, int, int]]) -> None:
    opened = ["P1", "P2", "P3"]
    begun = [open_project(project, one) for project, one in zip(opened, CUSTOMERS, strict=True)]
    world = World().tell([register(one) for one in CUSTOMERS], begun)
    for step in steps:
        world.now += timedelta(hours=1)
        for command in asked(step, opened):
            try:
                world.take(command)
            except RefusalError:
                break
    states = {one: world.state(streams.customer(one)) for one in CUSTOMERS}
    for one, state in states.items():
        assert set(state.life.running) == _running(one, states, world)
        assert fold_again(world, streams.customer(one)) == state
        assert one not in _above(one, states)


def _running(customer: str, states: dict[str, Any], world: World) -> set[str]:
    """The projects that run, of a customer and of everything that was merged into it: looked at one by one."""
    merged = [other for other, state in states.items() if state.record.merged_into == customer]
    own = {
        state.root.project
        for stream, state in world.states.items()
        if stream.startswith("project-") and state.root.customer == customer and state.running and state.phase != "support"
    }
    return own.union(*(_running(other, states, world) for other in merged))


def _above(customer: str, states: dict[str, Any]) -> list[str]:
    """Everything above a customer, by parents and merges; the customer itself if there is a ring."""
    found: list[str] = []
    above = states[customer].record.merged_into or states[customer].record.parent
    while above and above not in found:
        found.append(above)
        above = states[above].record.merged_into or states[above].record.parent
    return found
