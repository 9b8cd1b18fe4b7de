"""`given(what happened).when(what is asked).then(what is recorded)`, over the real deciders and the real playbook.

What happened is told in commands, of whatever streams; a datetime between them sets the clock. What the aggregates owe each
other is delivered at once, so that a whole life can be told in one breath."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from domain import streams
from domain.cancelling import Unwind
from domain.catalogue import DECIDERS, decider_of
from domain.decider import Context, Decider
from domain.dwell import UsualDwells, nothing_learned
from domain.enabled_seen import DealsQuestion, DealsSeen, EnablementQuestion, EnablementSeen
from domain.messages import Command, Event
from domain.playbook import Playbooks
from domain.playbook.enablement import folded
from domain.refusals import RefusalError
from domain.standing import View
from domain.tickets_seen import TicketQuestion, TicketSeen, TicketsSeen
from tests.domain.asked import MONDAY, PLAYBOOKS, judge

Told = Command | datetime | Iterable["Told"]


@dataclass
class World:
    """Every stream of a small company, without Temporal, without a store."""

    now: datetime = MONDAY
    events: dict[str, list[Event]] = field(default_factory=lambda: defaultdict(list))
    states: dict[str, Any] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    """The ids of the debts that are delivered."""
    playbooks: Playbooks = PLAYBOOKS
    usual: UsualDwells = nothing_learned
    """How long deals usually stay in a stage."""

    def state(self, stream: str) -> Any:
        """The state of a stream; the initial one if nothing has happened."""
        return self.states.get(stream) or decider_of(stream).initial()

    def view(self, stream: str) -> View:
        """How a stream that exists shows itself."""
        state = self.state(stream)
        return decider_of(stream).view(state, self.playbooks.of(state))

    def context(self, decider: Decider[Any], command: Command) -> Context:
        """What a decision may look at."""
        # A part may be told alone that its project is cancelled: tests of parts leave the project out.
        regarded = () if isinstance(command, Unwind) else decider.regards(command)
        seen = {stream: self.state(stream) for stream in regarded}
        while new := [one for one in decider.regards_further(command, seen) if one not in seen]:
            seen |= {stream: self.state(stream) for stream in new}
        at = command.occurred_at or self.now
        return Context(
            now=self.now,
            at=at,
            playbooks=self.playbooks,
            seen=seen,
            usual_dwell=self.usual,
            see_tickets=self.see_tickets,
            see_enablement=self.see_enablement,
            see_deals=self.see_deals,
        )

    def see_enablement(self, question: EnablementQuestion) -> EnablementSeen:
        """What this company has on record of a unit's enablement."""
        unit, line = self.states.get(streams.enablement(question.unit)), folded(question.product_line)
        for one in unit.lines if unit else ():
            if one.status == "enabled" and folded(one.product_line) == line:
                return EnablementSeen(enabled=True, since=one.since, valid_until=one.valid_until)
        return EnablementSeen()

    def see_deals(self, question: DealsQuestion) -> DealsSeen:
        """The open deals of this company that a unit owns and that sell a product line."""
        line = folded(question.product_line)
        deals = [state for stream, state in sorted(self.states.items()) if stream.startswith("funnel-") and not state.outcome]
        found = (one for one in deals if one.unit_now == question.unit and folded(one.product_line) == line)
        return tuple(one.root.project for one in found)

    def see_tickets(self, question: TicketQuestion) -> TicketsSeen:
        """The tickets of this company that a decision asks for."""
        return tickets_among(self.states, self.events, question)

    def take(self, command: Command) -> list[Event]:
        """Decide a command and remember what it records, in its own stream and in those that are owed something."""
        stream = command.stream
        decider = decider_of(stream)
        events = decider.respond(command, self.state(stream), self.context(decider, command))
        if events:
            self.events[stream] += events
            self.states[stream] = decider.fold(events, self.state(stream))
            self.settle(stream)
        return events

    def tell(self, *told: Told) -> World:
        """Take commands one after the other; a datetime sets the clock."""
        for one in told:
            if isinstance(one, datetime):
                self.now = one
            elif isinstance(one, Command):
                self.take(one)
            else:
                self.tell(*one)
        return self

    def settle(self, stream: str) -> None:
        """Take what a stream owes to whom it owes it."""
        for owed in decider_of(stream).owes(self.state(stream)):
            if owed.command.command_id not in self.settled:
                self.settled.add(str(owed.command.command_id))
                self.take(owed.command)


@dataclass
class When:
    """A command that is about to be asked in a world."""

    world: World
    command: Command

    def then(self, *expected: Event | type[Event]) -> World:
        """The command records exactly these events in its stream: equal ones, or ones of these types."""
        recorded = self.world.take(self.command)
        assert len(recorded) == len(expected), [type(event).__name__ for event in recorded]
        for event, wanted in zip(recorded, expected, strict=True):
            if isinstance(wanted, type):
                assert type(event) is wanted
            else:
                assert event == wanted
        return self.world

    def then_refused(self, refusal: type[RefusalError], *unmet: str) -> RefusalError:
        """The business says no, by this very refusal, with these unmet codes if there are any; nothing changes."""
        before = {stream: len(events) for stream, events in self.world.events.items()}
        with pytest.raises(refusal) as refused:
            self.world.take(self.command)
        assert type(refused.value) is refusal
        assert refused.value.detail.endswith((".", "?"))
        if unmet:
            assert tuple(one.code for one in refused.value.unmet) == unmet
        assert {stream: len(events) for stream, events in self.world.events.items()} == before
        return refused.value


@dataclass
class Given:
    """What has happened so far."""

    world: World

    def when(self, command: Command, now: datetime | None = None) -> When:
        """Ask for something, now or at another moment."""
        if now is not None:
            self.world.now = now
        return When(self.world, command)

    def when_clocks_are_judged(self, stream: str, now: datetime) -> When:
        """The stream's own workflow asks, because a timer has fired."""
        return self.when(judge(stream), now)


def given(*told: Told) -> Given:
    """A world in which these commands have been taken."""
    return Given(World().tell(*told))


def due_moments(world: World, stream: str) -> dict[str, datetime]:
    """The running clocks of a stream: when each runs out, by its name."""
    state = world.state(stream)
    if state.held:
        return {}
    return {clock.name: clock.at for clock in decider_of(stream).clocks(state, world.playbooks.of(state))}


def fold_again(world: World, stream: str) -> Any:
    """The state of a stream, added up anew from all its events."""
    return DECIDERS[decider_of(stream).category].fold(world.events[stream])


def tickets_among(states: dict[str, Any], events: dict[str, list[Event]], question: TicketQuestion) -> TicketsSeen:
    """What the read models would answer about the tickets, from their states and events."""
    found = []
    for stream, state in states.items():
        if not stream.startswith("ticket-") or (question.project and state.root.project != question.project):
            continue
        alike = all(
            not wanted or value == wanted
            for wanted, value in (
                (question.customer, state.root.customer),
                (question.product, getattr(state, "product", "")),
                (question.category, getattr(state, "category", "")),
            )
        )
        late = max((one.occurred_at for one in events[stream] if one.type == "TargetBreached"), default=None)
        opened = events[stream][0].occurred_at
        counts = {"open": not state.ended, "late": late is not None, "similar": state.status != "cancelled"}[question.about]
        if alike and counts and (question.since is None or opened >= question.since):
            at = {"open": None, "late": late, "similar": opened}[question.about]
            found.append(TicketSeen(ticket=stream.partition("-")[2], at=at))
    return tuple(found)
