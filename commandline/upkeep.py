"""`rebuild`, `recover` and `verify`: what an operator does after something has gone wrong, or to know that nothing has."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from commandline.seam import DONE, FAILED
from commandline.showing import console, table
from history.integrity import Inspection, inspect
from history.reevaluating import Reevaluation, reevaluate
from runtime.composition import CODEC, Core, open_core
from runtime.logging import forward_core_logs, set_up_logging
from runtime.rebuilding import Drift, drifts
from runtime.rebuilding import rebuild as rebuild_all
from runtime.recovery import Recovery, remind
from runtime.recovery import recover as recover_all
from runtime.settings import load_settings
from runtime.stack import connected

T = TypeVar("T")
SHOWN = 50
"""How many drifts or findings are shown; the number of all of them is told."""


def rebuild(check: bool) -> int:
    """Make the read models anew, or only compare them; returns the exit code, 1 for drift when only comparing."""
    out = console()
    if not check:
        counts = _on_the_store(lambda core: _rebuild(core))
        out.print("Rebuilt from the events: " + ", ".join(f"{name} {count} rows" for name, count in counts.items()) + ".")
        return DONE
    found = _on_the_store(_drifts)
    if not found:
        out.print("The read models agree with the events.")
        return DONE
    rows = [(one.table, one.key, one.column, str(one.kept), str(one.rebuilt)) for one in found[:SHOWN]]
    out.print(table(("Read model", "Key", "Column", "Kept", "By the events"), rows))
    out.print(f"{len(found)} values differ{_more(len(found))}. `python starter.py rebuild` puts them right.")
    return FAILED


def verify() -> int:
    """Look at the whole store and make every decision once more; returns the exit code, 1 for anything that is wrong."""
    out = console()
    seen, again = _on_the_store(_verify)
    found = [*seen.findings, *again.findings]
    looked_at = f"{seen.events} events in {len(seen.versions)} streams, {again.decisions} decisions made once more"
    if again.groundless:
        looked_at += f" ({again.groundless} are from before their grounds were kept)"
    if not found:
        out.print(f"{looked_at}: everything is as it must be.")
        return DONE
    rows = [(one.stream, str(one.position or ""), one.what) for one in found[:SHOWN]]
    out.print(table(("Stream", "Position", "What is wrong"), rows))
    out.print(f"{looked_at}: {len(found)} findings{_more(len(found))}.")
    return FAILED


async def _verify(core: Core) -> tuple[Inspection, Reevaluation]:
    seen = await inspect(core.store, CODEC)
    return seen, await reevaluate(core.store, CODEC, await core.playbooks(), seen.versions)


def recover() -> int:
    """Start again what Temporal no longer knows; returns the exit code."""
    settings = load_settings()
    set_up_logging("error")
    forward_core_logs()

    async def run() -> Recovery:
        async with connected(settings) as stack:
            done = await recover_all(stack.core.store, await stack.core.playbooks(), stack.submitter)
            done.reminded = await remind(stack.client, stack.core.store, stack.submitter)
            return done

    _show(asyncio.run(run()))
    return DONE


def _show(done: Recovery) -> None:
    out = console()
    kinds = sorted(done.started.keys() | done.running.keys())
    rows = [(kind, str(done.started[kind]), str(done.running[kind])) for kind in kinds]
    if rows:
        out.print(table(("Work", "Started again", "Ran already"), rows))
        out.print()
    owed = f" {done.indebted} of them had ended but still owed others something." if done.indebted else ""
    owed += f" {done.owing} of those that ran had something to tell others yet." if done.owing else ""
    owed += f" {done.announcing} had notices to send." if done.announcing else ""
    told = f" {done.reminded} were told what was recorded without them." if done.reminded else ""
    out.print(f"{done.started.total()} workflows started again, {done.running.total()} ran already.{owed}{told}")


async def _rebuild(core: Core) -> dict[str, int]:
    return await rebuild_all(core.store, await core.playbooks())


async def _drifts(core: Core) -> list[Drift]:
    return await drifts(core.store, await core.playbooks())


def _on_the_store(ask: Callable[[Core], Awaitable[T]]) -> T:
    settings = load_settings()
    set_up_logging("error")

    async def run() -> T:
        async with open_core(settings) as core:
            return await ask(core)

    return asyncio.run(run())


def _more(count: int) -> str:
    return f" (the first {SHOWN} are shown)" if count > SHOWN else ""
