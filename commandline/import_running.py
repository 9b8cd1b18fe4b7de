"""What every import needs around it: a stack, a way to stop it, and a sign of how far it is."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from runtime.problems import TemporalUnreachableError
from runtime.settings import Settings
from runtime.stack import Stack, connected, running


@asynccontextmanager
async def some_stack(settings: Settings) -> AsyncIterator[Stack]:
    """The stack that runs, or one of our own."""
    async with AsyncExitStack() as held:
        try:
            stack = await held.enter_async_context(connected(settings))
        except TemporalUnreachableError:
            if not settings.embedded:
                raise
            print("Nothing runs here yet: starting Temporal and a worker for this import.", file=sys.stderr)
            stack = await held.enter_async_context(running(settings))
        yield stack


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """At Ctrl-C what is under way is ended first, at a second one nothing is; gives what tells whether to go on."""
    loop, stopped = asyncio.get_running_loop(), False

    def stop() -> None:
        nonlocal stopped
        stopped = True
        loop.remove_signal_handler(signal.SIGINT)
        print("\nStopping. What is in stays in: start the same import again and it goes on from there.", file=sys.stderr)

    loop.add_signal_handler(signal.SIGINT, stop)
    # The client leaves the calls behind that are cancelled when another one fails; nobody needs to hear of them.
    loop.set_exception_handler(_unless_cancelled)
    try:
        yield lambda: not stopped
    finally:
        loop.remove_signal_handler(signal.SIGINT)


def _unless_cancelled(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    if not isinstance(context.get("exception"), asyncio.CancelledError):
        loop.default_exception_handler(context)


@contextmanager
def progress(total: int, of: str = "rows") -> Iterator[Callable[[], None]]:
    """A progress bar on standard error, or a line every tenth of the way when that is not a terminal; gives what to call
    after each of them."""
    console = Console(stderr=True, highlight=False)
    if console.is_terminal:
        columns = (BarColumn(), TaskProgressColumn(), MofNCompleteColumn(), TextColumn(f"{of},"), TimeRemainingColumn())
        with Progress(TextColumn("Importing 导入"), *columns, TextColumn("left"), console=console) as bar:
            task = bar.add_task(of, total=total)
            yield lambda: bar.advance(task)
        return
    done, tenth = 0, max(1, total // 10)

    def advance() -> None:
        nonlocal done
        done += 1
        if done % tenth == 0 or done == total:
            print(f"{done:,} of {total:,} {of}", file=sys.stderr, flush=True)

    yield advance
