"""What every workflow here does: take commands one at a time, wait for the next clock, tell others what they are owed.

A workflow keeps a standing, not the state: what is decided, what it means and what to wait for comes back from the activity
and is recorded in the history, so a changed rule never breaks an open workflow."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

from activities.lifecycle import Lifecycle
from activities.shapes import (
    GENERATION,
    Accepted,
    Announced,
    Announcement,
    Answer,
    CommandJson,
    Refused,
    Request,
    Standing,
    Start,
    Submission,
)
from activities.telling import Telling
from domain.cancelling import Unwind
from domain.clocks import JudgeClocks, ReleaseClocks
from domain.decider import Decider
from domain.messages import SYSTEM, Command, own_id
from domain.moving import MovePlaybook
from domain.owning import ChangeDealOwner, NoteOwner
from domain.standing import Deadline
from workflows import display, names
from workflows.delivering import Courier
from workflows.showing import Showing

HISTORY_LIMIT = 1_500
"""History events after which a run continues as new; the server's own suggestion may come earlier."""
HISTORY_BYTES = 800_000
"""And the bytes: events are few and large where many commands come with one update."""

BRIEF: dict[str, Any] = {
    "start_to_close_timeout": timedelta(seconds=8),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(milliseconds=50), backoff_coefficient=2, maximum_interval=timedelta(seconds=10)
    ),
}
"""A decision and its record: short, tried until the store answers."""

STUBBORN: dict[str, Any] = {
    "start_to_close_timeout": timedelta(seconds=20),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(milliseconds=200), backoff_coefficient=4, maximum_interval=timedelta(minutes=15)
    ),
}
"""Notices to people: asked for until each is sent or, after as many tries as its playbook says, a dead letter. One try has the
time that a sender may have a notice in hand (`activities.telling.IN_HAND`)."""

OR_WHAT_FOLLOWED = ", or the clock that has followed it 或其后续时限"
"""A timer is kept when its clock is moved back; its summary must not claim more than that."""


class Stewardship:
    """The one writer of one stream."""

    @workflow.init
    def __init__(self, start: Start) -> None:
        """Handlers may run before `run`, so all state is here."""
        self._start = start
        self._standing: Standing | None = start.standing
        self._courier = Courier(start, self._stand)
        self._showing = Showing(start.view, start.turns if start.generation >= 3 else None)
        self._fired_for_nothing = False
        self._turn = asyncio.Lock()
        self._untold: set[str] = set()
        self._criers: set[asyncio.Task[None]] = set()
        if start.standing is not None:
            workflow.set_current_details(display.details(start.standing, self._courier.troubles))

    async def take(self, submission: Submission) -> Accepted:
        """Answers when the command is recorded and whoever is owed something because of it has been told; where these are
        many, they are told afterwards."""
        if not _well_formed(submission):  # A fault here would fail every task of this run for as long as somebody asks so.
            raise ApplicationError("What was sent holds no command.", type="InvalidCommand", non_retryable=True)
        await workflow.wait_condition(lambda: self._standing is not None or self._start.awaits_command)
        answer = await self._respond(submission.command)
        if answer.refusal is not None:
            refused = Refused(refusal=answer.refusal, attempt=submission.attempt)
            why = display.without_words(answer.refusal.detail, submission.command)
            raise ApplicationError(why, refused, type=answer.refusal.type, non_retryable=True)
        answers = [answer, *[await self._respond(command) for command in submission.more]]
        caused = {one for each in answers for one in each.caused}
        await workflow.wait_condition(lambda: not any(owed.id in caused for owed in self._courier.owing()))
        owed = (one for each in answers for one in each.standing.owed)
        begun = dict.fromkeys(one.stream for one in owed if one.begins and one.id in caused)
        return Accepted(events=answer.events, begun=tuple(begun), more=tuple(one.refusal for one in answers[1:]))

    @workflow.query(name=names.STANDING, description="Where it stands, what is missing, who acts by when. 当前状态")
    def standing(self) -> Standing | None:
        """The standing after the last command or clock."""
        return self._standing

    async def live(self) -> Standing:
        """Run until nothing is waited for any more."""
        self._announce(self._start.untold)
        await self._begin()
        return await (self._side_by_side() if self._start.generation >= 2 else self._in_turn())

    async def _side_by_side(self) -> Standing:
        """Wait and deliver at the same time: a delivery that is tried for an hour holds up no clock and costs no timer."""
        courier = asyncio.create_task(self._courier.work(lambda: self._respond(None), self._ends))
        while not courier.done():
            if not self._closed() and not self._long():
                await self._wait(courier.done)
                continue
            await workflow.wait_condition(lambda: self._idle() or not (self._closed() or self._long()) or courier.done())
            if self._idle() and self._closed() and not self._untold and not self._courier.owes:
                courier.cancel()
                return self._stand()
            if self._idle() and self._long():
                await self._courier.land()
                if self._idle():  # And no command has come meanwhile.
                    courier.cancel()
                    workflow.continue_as_new(self._carried())
        return await courier  # It ends only with a mistake of ours, which must be seen.

    def _idle(self) -> bool:
        # A failing channel may be tried for long, one notice after the other, and a fan-out takes its time: a long run hands
        # both on and does not wait.
        waits = self._courier.in_order() if self._long() else self._courier.owes or self._untold
        return workflow.all_handlers_finished() and not waits

    def _ends(self) -> bool:
        """True when only what is on its way keeps the run from being continued as new: no answer waits for anything."""
        return self._long() and workflow.all_handlers_finished()

    def _quiet(self) -> bool:
        return workflow.all_handlers_finished() and not self._untold

    async def _in_turn(self) -> Standing:
        """How runs of the first generation live: what is owed is delivered first, then waited."""
        owing = self._courier.owing
        while True:
            while owing():
                await self._courier.bring(owing()[0])
            if self._closed():
                await workflow.wait_condition(self._quiet)
                if self._closed() and not owing():
                    return self._stand()
            elif self._long():
                await workflow.wait_condition(workflow.all_handlers_finished)
                if not owing():
                    workflow.continue_as_new(self._carried())
            else:
                await self._wait(lambda: bool(owing()))

    async def _begin(self) -> None:
        if self._standing is not None:
            return
        if self._start.first is not None:
            answer = await self._respond(self._start.first)
            if answer.refusal is not None:
                raise ApplicationError(answer.refusal.detail, type=answer.refusal.type, non_retryable=True)
        elif self._start.awaits_command:
            await workflow.wait_condition(lambda: self._standing is not None)
        else:
            await self._respond(None)

    async def _respond(self, command: CommandJson | None) -> Answer:
        """One command at a time."""
        async with self._turn:
            # A run of the first generation asks for no second page.
            delivered = tuple(sorted(self._courier.delivered)) if self._start.generation >= 2 else None
            request = Request(stream=self._start.stream, now=workflow.now(), command=command, delivered=delivered)
            summary = str(command["command"]) if command else "where it stands 当前状态"
            respond = Lifecycle.respond
            answer: Answer = await workflow.execute_local_activity_method(respond, request, summary=summary, **BRIEF)
            self._courier.delivered.difference_update(answer.standing.forget)
            self._show(answer.standing)
            self._announce(answer.notices)
        return answer

    def _announce(self, notices: Sequence[str]) -> None:
        """Send the notices of one command beside everything else, in one activity: whatever becomes of a channel, no clock,
        no delivery and no answer waits for it. A run that ends waits for them; one that continues hands them on."""
        new = tuple(one for one in notices if one not in self._untold)
        if not new:
            return
        self._untold.update(new)
        crier = asyncio.create_task(self._cry(new))
        self._criers.add(crier)
        crier.add_done_callback(self._criers.discard)

    async def _cry(self, notices: tuple[str, ...]) -> None:
        summary = f"{len(notices)} notices 通知: {', '.join(sorted({one.rpartition(':')[2] for one in notices}))}"
        announced: Announced = await workflow.execute_activity_method(
            Telling.announce, Announcement(notices=notices), summary=summary, **STUBBORN
        )
        if announced.dead:
            workflow.logger.warning("notices became dead letters", extra={"notices": announced.dead})
        self._untold.difference_update(notices)

    def _show(self, standing: Standing) -> None:
        self._standing = standing
        workflow.set_current_details(display.details(standing, self._courier.troubles))
        if standing.view is not None and (updates := self._showing.updates(standing.view)):
            workflow.upsert_search_attributes(updates)

    async def _wait(self, otherwise: Callable[[], bool]) -> None:
        """Wait once for the next clock; a command that brings it forward or ends the work ends the wait, `otherwise` too.

        A clock that a command moves back does not: the timer fires, finds a later clock and is armed anew. So there are never
        more timers than clocks, and mostly far fewer; each costs an action. Where nothing is waited for any more, as in a
        pause, it is kept as well, until one has fired for nothing: that costs more history than to cancel the next ones."""
        armed = self._stand().deadline

        def changed() -> bool:
            return self._sooner(armed) or otherwise() or self._closed() or self._long() or self._in_vain(armed)

        if armed is None:
            await workflow.wait_condition(changed)
            return
        left = armed.at - workflow.now()
        try:
            if left > timedelta(0):
                await workflow.wait_condition(changed, timeout=left, timeout_summary=f"{armed.text}{OR_WHAT_FOLLOWED}")
                return
        except TimeoutError:
            pass  # The clock has run out: that is news, not an error.
        await self._judge()

    def _sooner(self, armed: Deadline | None) -> bool:
        deadline = self._stand().deadline
        return deadline is not None and (armed is None or deadline.at < armed.at)

    def _in_vain(self, armed: Deadline | None) -> bool:
        return self._fired_for_nothing and armed is not None and self._stand().deadline is None

    async def _judge(self) -> None:
        deadline = self._stand().deadline
        self._fired_for_nothing |= deadline is None and self._start.generation >= 3
        if deadline is None or deadline.at > workflow.now():
            return
        judge = JudgeClocks(of=self._start.stream, command_id=own_id(deadline.name), actor=SYSTEM)
        answer = await self._respond(judge.model_dump(mode="json", exclude_none=True))
        if answer.refusal is not None:
            # Nobody refuses a clock. If it happens all the same, it must be seen, and not be asked again without end.
            raise ApplicationError(answer.refusal.detail, type=answer.refusal.type, non_retryable=True)

    def _closed(self) -> bool:
        return self._stand().closed

    def _long(self) -> bool:
        info = workflow.info()
        if info.is_continue_as_new_suggested() or info.get_current_history_length() > HISTORY_LIMIT:
            return True
        return self._start.generation >= 4 and info.get_current_history_size() > HISTORY_BYTES

    def _carried(self) -> Start:
        return Start(
            stream=self._start.stream,
            view=self._stand().view,
            standing=self._standing,
            delivered=tuple(sorted(self._courier.delivered)),
            troubles=tuple(self._courier.troubles),
            untold=tuple(sorted(self._untold)),
            turns=self._showing.turns or 0,
            generation=GENERATION,
        )

    def _stand(self) -> Standing:
        assert self._standing is not None
        return self._standing


def _well_formed(submission: object) -> bool:
    """Our own callers send nothing else; a client of Temporal's own may."""
    if not isinstance(submission, Submission):
        return False
    return all(isinstance(command.get("command"), str) for command in (submission.command, *submission.more))


Steward = TypeVar("Steward", bound=type[Stewardship])


def takes(decider: Decider[Any]) -> Callable[[Steward], Steward]:
    """Give a workflow one update for each command of its aggregate, under the command's own name, so that operators read in
    the history what was asked, and callers find in the UI what can be asked."""

    def with_updates(steward: Steward) -> Steward:
        of_any: list[type[Command]] = [ReleaseClocks, JudgeClocks, Unwind, MovePlaybook, ChangeDealOwner, NoteOwner]
        commands = [*decider.commands, *of_any]
        for command in commands:
            setattr(steward, f"take_{command.command_name()}", _update(command))
        return steward

    return with_updates


def _update(command: type[Command]) -> Any:
    async def take(self: Stewardship, submission: Submission) -> Accepted:
        return await self.take(submission)

    # Temporal takes an annotated first parameter for the update's argument, even if it is `self`.
    del take.__annotations__["self"]
    return workflow.update(name=command.command_name(), description=inspect.cleandoc(command.__doc__ or ""))(take)
