"""What a caller gets back for one command. Every door answers with it: `starter.py do` line by line, `POST /v1/commands` as its
body. So the same command means the same at both, and what one door refuses the other refuses in the same words."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import uuid
from collections.abc import Coroutine, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

from temporalio.client import WorkflowUpdateFailedError
from temporalio.service import RPCError

from activities.shapes import Accepted, EventRef, Refusal
from domain.messages import Command, Frozen
from domain.parsing import TOO_DEEP, InvalidCommandError, UnknownCommandError, parse
from domain.refusals import RefusalError
from eventstore.port import StoreError, StoreUnavailableError
from runtime.submitting import CommandRefusedError

ANSWER_SECONDS = 30.0
"""How long a caller waits for the answer to one command; usually it takes a few hundredths of a second."""

MALFORMED = frozenset({InvalidCommandError.__name__.removesuffix("Error"), UnknownCommandError.__name__.removesuffix("Error")})
"""Error types that say: this is not a command. Every other refusal is one by the business."""
UNAVAILABLE = "Unavailable"
"""The error type that says: nobody can answer now. The command may be sent again with the same id."""

logger = logging.getLogger(__name__)


class Submits(Protocol):
    """The command path, as `runtime.submitting.Submitter` is one."""

    async def submit(self, command: Command) -> tuple[EventRef, ...]:
        """The events that the command recorded, now or the first time."""


class SubmitsAll(Submits, Protocol):
    """The command path for several commands to one stream."""

    async def submit_all(self, commands: Sequence[Command]) -> Accepted:
        """How they fared, in their order."""


class Taken(Frozen):
    """The command is recorded: these are its events, from now or from the first time that this id was sent."""

    ok: Literal[True] = True
    command_id: str
    events: tuple[EventRef, ...]


class NotTaken(Frozen):
    """Nothing was recorded but the refusal. `error.detail` says in one sentence what to do; `error.unmet` what is missing."""

    ok: Literal[False] = False
    command_id: str | None
    """None when what was written has no readable id."""
    error: Refusal


Result: TypeAlias = Taken | NotTaken
Outcome = TypeVar("Outcome")


async def result_of(
    submitter: Submits, written: str | bytes | object, command_id: str | None = None, *, seconds: float = ANSWER_SECONDS
) -> Result:
    """Submit one command and say how it went; never raises for anything that a caller can write.

    `written` is the command's JSON text, or what was read from it. `command_id` is the id that came beside it (the
    `Idempotency-Key`); without any an id is made. A command whose answer does not come within `seconds`, or that Temporal or
    the store cannot take now, ends as an `Unavailable` error."""
    try:
        written = read_json(written) if isinstance(written, str | bytes) else written
        command = _parsed(identified(written, command_id))
    except RefusalError as refused:
        return refused_by(refused, _readable_id(written, command_id))
    given = str(command.command_id)
    try:
        return Taken(command_id=given, events=await _within(seconds, submitter.submit(command)))
    except CommandRefusedError as refused:
        return NotTaken(command_id=given, error=refused.refusal)
    except (RPCError, TimeoutError, StoreUnavailableError, WorkflowUpdateFailedError) as problem:
        logger.warning("command without an answer", extra={"command": command.command, "problem": type(problem).__name__})
        return NotTaken(command_id=given, error=_unavailable(problem, seconds))


async def results_of(submitter: SubmitsAll, written: Sequence[object], *, seconds: float = ANSWER_SECONDS) -> list[Result]:
    """Submit commands to one stream, in their order, with one call; says how they fared, as `result_of` does.

    The answer may end before the commands do: after one that was refused or that is not well formed, the caller goes on with
    the next. All have a `command_id`."""
    try:
        commands = [_parsed(one) for one in written]
    except RefusalError:
        commands = []
    if len(commands) < 2:
        return [await result_of(submitter, written[0], seconds=seconds)]
    first, *more = [str(command.command_id) for command in commands]
    try:
        accepted = await _within(seconds, submitter.submit_all(commands))
    except CommandRefusedError as refused:
        return [NotTaken(command_id=first, error=refused.refusal)]
    except (RPCError, TimeoutError, StoreUnavailableError, WorkflowUpdateFailedError) as problem:
        logger.warning("commands without an answer", extra={"command": commands[0].command, "problem": type(problem).__name__})
        return [NotTaken(command_id=first, error=_unavailable(problem, seconds))]
    taken: list[Result] = [Taken(command_id=first, events=accepted.events)]
    for name, refusal in zip(more, accepted.more, strict=False):
        taken.append(Taken(command_id=name, events=()) if refusal is None else NotTaken(command_id=name, error=refusal))
    return taken


def refused_by(refused: RefusalError, command_id: str | None = None) -> NotTaken:
    """The result of a command that a door itself refuses."""
    return NotTaken(command_id=command_id, error=Refusal(type=refused.type, detail=refused.detail, unmet=refused.unmet))


def read_json(text: str | bytes) -> object:
    """The value that a JSON text (UTF-8) writes, read strictly: nothing is guessed, dropped or rounded.

    Raises `InvalidCommandError` for text that is not JSON, not UTF-8, nested too deep, with the same field twice, with NaN, or
    with a number that a computer's binary fractions cannot hold."""
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_exact, parse_int=_short)
    except UnicodeDecodeError as error:
        raise InvalidCommandError(f"The text is not UTF-8: byte {error.start + 1} cannot be read.") from None
    except json.JSONDecodeError as error:
        raise InvalidCommandError(f"The text is not JSON: {error.msg}, line {error.lineno}, column {error.colno}.") from None
    except RecursionError:
        raise InvalidCommandError(TOO_DEEP) from None


def identified(written: object, command_id: str | None = None) -> object:
    """The same command with an id: its own, the one that came beside it, or one made now.

    Raises `InvalidCommandError` when both are given and differ."""
    if not isinstance(written, Mapping):
        return written
    own = written.get("command_id")
    if own is not None and command_id is not None and own != command_id:
        raise InvalidCommandError("Idempotency-Key and `command_id` differ: send one of them, or the same in both.")
    if own is not None:
        return written
    return {**written, "command_id": command_id if command_id is not None else str(uuid.uuid4())}


def _parsed(written: object) -> Command:
    try:
        return parse(written)
    except RecursionError:
        raise InvalidCommandError(TOO_DEEP) from None


async def _within(seconds: float, submitting: Coroutine[Any, Any, Outcome]) -> Outcome:
    # A task of its own: the client turns a cancellation into an error of its own, which would hide ours from the caller.
    task = asyncio.ensure_future(submitting)
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
    finally:
        if not task.done():
            task.cancel()
            task.add_done_callback(_forget)
    if not done:
        raise TimeoutError
    return task.result()


def _forget(task: asyncio.Task[Any]) -> None:
    """Look at how a cancelled task ended, so that nobody complains that nobody did."""
    if not task.cancelled():
        task.exception()


def _unavailable(problem: Exception, seconds: float) -> Refusal:
    match problem:
        case TimeoutError():
            what = f"No answer came within {seconds:g} seconds; is a worker running?"
        case StoreError():
            what = "The event store does not answer."
        case RPCError():
            what = "Temporal does not answer."
        case _:
            what = "The command's workflow could not answer."
    return Refusal(type=UNAVAILABLE, detail=f"{what} Send the command again with the same command_id: it is recorded once.")


def _readable_id(written: object, command_id: str | None) -> str | None:
    own = written.get("command_id") if isinstance(written, Mapping) else None
    return own if isinstance(own, str) and own.isprintable() else command_id


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidCommandError(f"The field {twice[:80]!r} stands twice in one object; which one counts?")
    return found


def _no_constant(name: str) -> Any:
    raise InvalidCommandError(f"{name} is not a JSON value; leave the field out, or write a number.")


def _exact(digits: str) -> float:
    number = float(digits)
    if len(digits) > 40 or not math.isfinite(number) or Decimal(repr(number)) != Decimal(digits):
        raise InvalidCommandError(f'The number {digits[:40]} cannot be kept exactly; write it as text: "{digits[:40]}".')
    return number


def _short(digits: str) -> int:
    if len(digits) > 40:
        raise InvalidCommandError(f"The number {digits[:10]}… is too long for any field of a command.")
    return int(digits)
