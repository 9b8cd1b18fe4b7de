"""How a customer answers what is asked of its life."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from domain import streams
from domain.customer import invalid
from domain.customer.commands import RecordContact
from domain.customer.events import ContactRecorded
from domain.customer.life_commands import (
    InvalidateCustomer,
    LifeCommands,
    NoteProject,
    NoteService,
    RecordUse,
    RequalifyCustomer,
)
from domain.customer.life_events import LadderBegan, ProjectBegun, ServiceBegun, UseRecorded
from domain.customer.refusals import ServiceNotToldError
from domain.customer.state import State
from domain.decider import Context
from domain.messages import Event
from domain.origin import known, not_past
from domain.playbook import Playbook


def looks_at(command: LifeCommands) -> tuple[str, ...]:
    """A note is checked against the project or the support that it is about; so is what an invalidation says of a deal."""
    match command:
        case NoteProject():
            return (streams.project(command.project),)
        case NoteService():
            return (streams.support(command.project),)
        case InvalidateCustomer() if command.because_of is not None:
            return (streams.funnel(command.because_of),)
        case _:
            return ()


def decide(command: LifeCommands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command."""
    match command:
        case RecordUse():
            return [UseRecorded(occurred_at=context.at, product=command.product, reference=command.reference)]
        case InvalidateCustomer():
            return invalid.invalidate(command, state, context)
        case RequalifyCustomer():
            return invalid.requalify(command, state, context)
        case NoteProject():
            return _project(command, state, context)
        case NoteService():
            return _service(command, state, context)
        case _:
            assert_never(command)


def _project(command: NoteProject, state: State, context: Context) -> Sequence[Event]:
    """Word of a project; nothing of one that has ended meanwhile: of that there is word of its own."""
    project = context.seen.get(streams.project(command.project))
    own = project if project is not None and project.exists and project.root.customer == command.customer else None
    own = known(own, f"project {command.project} of customer {command.customer}", "open it first")
    if not own.running or own.phase == "support" or command.project in state.life.running:
        return []
    return [ProjectBegun(occurred_at=context.at, project=command.project, times=command.times)]


def _service(command: NoteService, state: State, context: Context) -> Sequence[Event]:
    """Word of a service contract; nothing where later word is on record, or the contract has ended meanwhile."""
    support = context.seen.get(streams.support(command.project))
    own = support if support is not None and support.exists and support.root.customer == command.customer else None
    found = known(
        own, f"support of {command.project} for customer {command.customer}", "hand the project over to support first"
    )
    now, told = (found.period, found.ends_on), (command.period, command.ends_on)
    # Word that was long on its way tells of an earlier period, which ended before the one that runs now.
    if told != now and not (told[0] < now[0] and told[1] <= now[1]):
        raise ServiceNotToldError(f"The support of {command.project} has no period {told[0]} up to {told[1]} on record.")
    if command.project in state.service or command.project in state.life.contracts:
        return []
    return [ServiceBegun(occurred_at=context.at, project=command.project, period=command.period, ends_on=command.ends_on)]


def contact(command: RecordContact, state: State, context: Context) -> Sequence[Event]:
    """A contact, and whether it counts."""
    rules = context.rules(state)
    if command.next_contact_on:
        not_past(command.next_contact_on, context.at, rules.calendar, "next contact")
    what, how = rules.customers.ladder.contact, (command.channel, command.direction, command.answered)
    return [
        ContactRecorded(
            occurred_at=context.at,
            channel=command.channel,
            summary=command.summary,
            next_contact_on=command.next_contact_on,
            direction=command.direction,
            answered=what.answers(*how),
            effective=what.counts(*how),
        )
    ]


def redated(state: State, was: Playbook, rules: Playbook, at: datetime) -> Sequence[Event]:
    """A customer that comes under rules with a ladder and was under none is judged from here on, not by its past: what it had
    before nobody had to keep, and a project that was opened then may not have told it."""
    begins = not was.customers.ladder.steps and bool(rules.customers.ladder.steps)
    return [LadderBegan(occurred_at=at)] if begins else []
