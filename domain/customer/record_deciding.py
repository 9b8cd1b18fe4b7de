"""How a customer answers what is asked of its record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from domain import streams
from domain.customer import classing, knowing, merging
from domain.customer.record_commands import (
    ApproveClass,
    ChangeOwner,
    CorrectCustomer,
    EndContract,
    MapPerson,
    MergeCustomer,
    NoteMerge,
    RecordBuyingProcess,
    RecordCommands,
    RecordContract,
    RecordITPlan,
    RecordRevenue,
    RefuseClass,
    SetGroupParent,
    UndoMerge,
    UnmapPerson,
)
from domain.customer.state import State
from domain.decider import Context
from domain.messages import Event


def looks_at(command: RecordCommands) -> tuple[str, ...]:
    """The other customer that it is about, or the project."""
    match command:
        case MergeCustomer():
            return (streams.customer(command.into),)
        case NoteMerge():
            return (streams.customer(command.of), streams.customer(command.customer))
        case SetGroupParent() if command.parent:
            return (streams.customer(command.parent),)
        case RecordContract() if command.project:
            return (streams.project(command.project),)
        case _:
            return ()


def looks_further(command: Any, seen: Mapping[str, Any]) -> tuple[str, ...]:
    """The chain of a group, up to its head."""
    leads = (isinstance(command, SetGroupParent) and command.parent) or isinstance(command, NoteMerge)
    return knowing.group_above(seen) if leads else ()


def decide(command: RecordCommands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command."""
    match command:
        case CorrectCustomer():
            return knowing.correct(command, state, context)
        case MergeCustomer():
            return merging.merge(command, state, context)
        case UndoMerge():
            return merging.undo(command, state, context)
        case NoteMerge():
            return merging.note(command, state, context)
        case SetGroupParent():
            return knowing.set_parent(command, state, context)
        case RecordRevenue():
            return classing.revenue(command, state, context)
        case ApproveClass() | RefuseClass():
            return classing.answer(command, state, context)
        case ChangeOwner():
            return knowing.change_owner(command, state, context)
        case _:
            return _known(command, state, context)


def _known(
    command: MapPerson | UnmapPerson | RecordBuyingProcess | RecordITPlan | RecordContract | EndContract,
    state: State,
    context: Context,
) -> Sequence[Event]:
    match command:
        case MapPerson():
            return knowing.map_person(command, state, context)
        case UnmapPerson():
            return knowing.unmap_person(command, state, context)
        case RecordBuyingProcess():
            return knowing.buying(command, state, context)
        case RecordITPlan():
            return knowing.it_plan(command, state, context)
        case RecordContract():
            return knowing.contract(command, state, context)
        case EndContract():
            return knowing.end_contract(command, state, context)
        case _:
            assert_never(command)
