"""A worker alone: settings → logging → Temporal and store → worker, until SIGTERM or Ctrl-C. `python worker.py`.

Any number of them may run beside each other; work under way is finished or handed back before one ends."""

from __future__ import annotations

import asyncio
import signal
import sys

from eventstore.port import StoreError
from runtime.deployment import not_current
from runtime.logging import forward_core_logs, set_up_logging
from runtime.playbooks import PlaybookError
from runtime.problems import RuntimeProblemError
from runtime.search_attributes import ensure_search_attributes, kinds_of
from runtime.settings import load_settings
from runtime.stack import connected, working
from workflows import names


async def run() -> None:
    """Work until told to stop.

    Raises `RuntimeProblemError`, `StoreError` or `PlaybookError` with a sentence for the user."""
    settings = load_settings()
    set_up_logging(settings.log_level)
    forward_core_logs()
    stop = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    async with connected(settings) as stack:
        await stack.core.keep_playbooks()
        await ensure_search_attributes(stack.client, kinds_of(names.SEARCH_ATTRIBUTES))
        async with working(stack):
            build = f", build {settings.build_id}" if settings.build_id else ""
            print(
                f"Worker ready: task queue {names.TASK_QUEUE} at {settings.temporal_address}, "
                f"namespace {settings.temporal_namespace}{build}. Ctrl-C stops it.",
                flush=True,
            )
            if told := await not_current(stack.client, settings):
                print(told, flush=True)
            await stop.wait()
    print("Worker stopped.", flush=True)


def main() -> int:
    """Run; returns the exit code. A problem that the user can mend is told in one sentence on standard error."""
    try:
        asyncio.run(run())
    except (RuntimeProblemError, StoreError, PlaybookError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
