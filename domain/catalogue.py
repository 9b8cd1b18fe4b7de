"""Every aggregate, command and event there is: the one place where they come together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from domain import (
    customer,
    enablement,
    escalation,
    funnel,
    handoff,
    implementation,
    plan,
    project,
    reactivation,
    recovery,
    request,
    streams,
    support,
    ticket,
)
from domain.cancelling import PartUnwound, Unwind
from domain.clocks import JudgeClocks, ReleaseClocks
from domain.decider import Decider
from domain.messages import Command, Event
from domain.moving import MovePlaybook, PlaybookMoved
from domain.owning import ChangeDealOwner, DealOwnerChanged, NoteOwner

DECIDERS: Mapping[str, Decider[Any]] = {
    decider.category: decider
    for decider in (
        customer.DECIDER,
        project.DECIDER,
        funnel.DECIDER,
        handoff.DECIDER,
        implementation.DECIDER,
        support.DECIDER,
        ticket.DECIDER,
        escalation.DECIDER,
        enablement.DECIDER,
        plan.DECIDER,
        reactivation.DECIDER,
        recovery.DECIDER,
        request.DECIDER,
    )
}

_CLASSES: list[type[Command]] = [command for decider in DECIDERS.values() for command in decider.commands]
_CLASSES += [JudgeClocks, ReleaseClocks, Unwind, MovePlaybook, ChangeDealOwner, NoteOwner]

COMMANDS: Mapping[str, type[Command]] = {command.command_name(): command for command in _CLASSES}

OF_ANY: tuple[type[Event], ...] = (PartUnwound, PlaybookMoved, DealOwnerChanged)
"""Events that any aggregate may have: the decider itself adds them up."""

EVENTS: Mapping[str, type[Event]] = {
    event.type: event for event in (*OF_ANY, *(event for decider in DECIDERS.values() for event in decider.events))
}


def decider_of(stream: str) -> Decider[Any]:
    """The decider of a stream; raises KeyError for a stream of no known kind."""
    return DECIDERS[streams.category(stream)]


@cache
def public_commands() -> Mapping[str, type[Command]]:
    """What people and programs may ask for, by name; the rest is between workflows."""
    return {name: command for name, command in sorted(COMMANDS.items()) if not command.internal}
