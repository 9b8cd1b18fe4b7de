"""`do`: commands from JSON Lines, in order, each through its workflow; one JSON result a line."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType
from typing import BinaryIO

from temporalio.service import RPCError

from activities.shapes import Refusal
from commandline.seam import DONE, FAILED, FailedError, WrongUsageError
from domain.parsing import InvalidCommandError
from eventstore.port import StoreError
from runtime.logging import forward_core_logs, set_up_logging
from runtime.results import UNAVAILABLE, NotTaken, Result, result_of
from runtime.settings import load_settings
from runtime.stack import Stack, connected

LONGEST_LINE = 1_000_000
"""Bytes. Temporal refuses payloads of 2 MB; no honest command comes near."""


def do(file: str) -> int:
    """Carry out the commands of a file (`-`: standard input); returns the exit code: 1 if any line failed.

    Raises `WrongUsageError` for a file that cannot be read, `FailedError` when Temporal or the workers do not answer."""
    settings = load_settings()
    set_up_logging("error")
    forward_core_logs()
    # asyncio's own handler would wait for the read from the terminal to end before it ends this program.
    signal.signal(signal.SIGINT, _interrupt)

    async def carry_out_all() -> int:
        with _opened(file) as source:
            async with connected(settings) as stack:
                return await _each(source, stack)

    return asyncio.run(carry_out_all())


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        source = open(file, "rb")  # noqa: SIM115  (closed below; a failure to open is told apart from one while reading)
    except OSError as error:
        raise WrongUsageError(
            f"{file} cannot be read ({error.strerror}): give a JSON Lines file, or - for standard input."
        ) from None
    with source:
        yield source


async def _each(source: BinaryIO, stack: Stack) -> int:
    failed = False
    for line in read_lines(source):
        result = too_long() if len(line) > LONGEST_LINE else await result_of(stack.submitter, line)
        _put(result)
        if isinstance(result, NotTaken):
            failed = True
            if result.error.type == UNAVAILABLE:
                # The lines are in order: what comes next may rest on this one.
                again = f"Then send the lines from {result.command_id} on again: the same command_id is recorded only once."
                raise FailedError(f"{await _who_is_silent(stack)} {again}")
    return FAILED if failed else DONE


def read_lines(source: BinaryIO) -> Iterator[bytes]:
    """Each line that is not blank. One that is too long comes cut off, longer than `LONGEST_LINE`, so that memory does not
    grow with it."""
    while line := source.readline(LONGEST_LINE + 2):
        end = line
        while not end.endswith(b"\n") and len(end) > LONGEST_LINE:
            end = source.readline(LONGEST_LINE + 2)
        if line.strip():
            yield line.rstrip(b"\r\n")


def too_long() -> NotTaken:
    """The result of a line that no command can be."""
    detail = f"The line is longer than {LONGEST_LINE:,} bytes: a command is short, it names documents by reference."
    return NotTaken(command_id=None, error=Refusal(type=InvalidCommandError(detail).type, detail=detail))


async def _who_is_silent(stack: Stack) -> str:
    try:
        await stack.core.store.latest(1)
    except StoreError as error:
        return str(error)
    try:
        answers = await stack.client.service_client.check_health(timeout=timedelta(seconds=3))
    except RPCError:
        answers = False
    if answers:
        return (
            "No worker answers: start one with `python starter.py up` or `python worker.py`;"
            " if one runs, see in the Temporal UI whether it is busy or its tasks fail."
        )
    return "Temporal does not answer any more: start it again with `python starter.py up`."


def _put(result: Result) -> None:
    """One line, readable in every language, and there at once for whoever reads on. Half a surrogate pair is escaped."""
    line = json.dumps(result.model_dump(mode="json"), ensure_ascii=False)
    sys.stdout.buffer.write(line.encode("utf-8", errors="backslashreplace") + b"\n")
    sys.stdout.buffer.flush()
