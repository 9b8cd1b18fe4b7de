"""Sends what an import has made of an incident log: many tickets side by side, each ticket's updates one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from commandline.import_driving import Sender, side_by_side
from domain.ticket import OpenTicket
from intake.checks import Problem
from intake.incident_commands import Played, Step

COMMANDS_AT_ONCE = 20
"""So many commands of a ticket go in one call; more would let it wait too long for its answer on a busy machine."""
TICKETS_AT_ONCE = 8
"""Tickets that are brought in side by side."""


@dataclass
class Tally:
    """How the tickets fared, as far as the import has come."""

    taken: list[Played] = field(default_factory=list)
    """Brought in, or brought further, by this run."""
    known: list[Played] = field(default_factory=list)
    """In already, from an earlier run."""
    refused: dict[int, list[Problem]] = field(default_factory=dict)
    """By line: what the engine said no to."""
    not_opened: list[Played] = field(default_factory=list)
    """Tickets whose opening was refused: none of their rows is in."""
    sent: int = 0
    """Commands that this run recorded."""


async def drive(sender: Sender, todo: Sequence[Played], tally: Tally, advance: Callable[[], bool]) -> None:
    """Send what is not recorded yet, note in `tally` how each ticket fared, and call `advance` after each.

    When `advance` answers False, the tickets under way are ended and no more are begun.
    Raises `FailedError` when an answer does not come: what is in stays in, and the same call goes on from there."""

    async def bring_in(played: Played) -> bool:
        await _bring_in(sender, played, tally)
        return advance()

    await side_by_side(todo, bring_in, TICKETS_AT_ONCE)


async def _bring_in(sender: Sender, played: Played, tally: Tally) -> None:
    stream = played.steps[0].command.stream
    known = {event.command_id for event in await sender.stack.core.store.read(stream)}
    sent = 0
    todo = [step for step in played.steps if step.command.command_id not in known]
    while todo:
        answers = await sender.ask_all([step.command for step in todo[:COMMANDS_AT_ONCE]])
        for step, (recorded, problem) in zip(todo, answers, strict=False):
            sent += recorded
            if problem is not None and isinstance(step.command, OpenTicket):
                tally.not_opened.append(played)
                for line in played.became:
                    tally.refused[line] = [problem]
                return
            if problem is not None:
                _note(tally, step, problem)
        todo = todo[len(answers) :]
    if known:
        await sender.settle(stream, set())  # an earlier run may have been broken off before everybody had heard
    tally.sent += sent
    (tally.taken if sent else tally.known).append(played)


def _note(tally: Tally, step: Step, problem: Problem) -> None:
    if step.line is not None:
        said = Problem(f"{step.command.command}: {problem.reason}", problem.detail)
        tally.refused.setdefault(step.line, []).append(said)
