"""`deployment`: which build of the worker does the work, what still sits on which, and how work is moved to a new one."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from commandline.seam import DONE, FAILED, WrongUsageError
from commandline.showing import console, put_json, table
from runtime import deployment
from runtime.deployment import UNVERSIONED, Deployment, Moved
from runtime.logging import forward_core_logs, set_up_logging
from runtime.settings import Settings, load_settings
from runtime.stack import Stack, connected
from workflows import versioning

T = TypeVar("T")
SHOWN = 50
"""How many workflows with trouble are shown; the number of all of them is told."""

Advance = Callable[[int, int], None]
"""Tells how many are done, of how many."""


def status(as_program: bool) -> int:
    """Show the builds, the current one, and how many open workflows sit on each; returns the exit code."""
    found = _ask(lambda stack, name, _advance: deployment.deployment_of(stack.client, name))
    if as_program:
        put_json(_as_json(found))
        return DONE
    out = console()
    rows = [(build.build_id, _status(found, build), str(build.open)) for build in found.builds]
    out.print(table(("Build 构建", "Status 状态", "Open workflows 进行中"), rows))
    elsewhere = sum(build.open for build in found.builds if build.build_id not in (found.current, found.ramping))
    if elsewhere:
        out.print(
            f"\n{elsewhere} open workflows ran their last task on another build than the current one. They go on with it by "
            "their next command or clock; `python starter.py deployment campaign` moves them now."
        )
    return DONE


def types(as_program: bool) -> int:
    """Show what becomes of running work of each type when a build becomes current, and why; returns the exit code."""
    rows = [(name, one.behavior.name.lower().replace("_", "-"), one.lives, one.why) for name, one in versioning.CHOICES.items()]
    if as_program:
        put_json([dict(zip(("type", "behavior", "lives", "why"), row, strict=True)) for row in rows])
    else:
        console().print(table(("Workflow type", "On a new build", "Lives", "Why"), rows))
    return DONE


def check() -> int:
    """Replay every open workflow with this program's code; returns the exit code, 1 when one does not replay."""
    count, failed = _ask(_rehearse, "Replaying 重放")
    out = console()
    if not failed:
        out.print(f"{count} open workflows replay with this code: it can be made current.")
        return DONE
    rows = list(failed.items())
    out.print(table(("Workflow", "Why it does not replay"), rows[:SHOWN]))
    out.print(
        f"{len(failed)} of {count} open workflows do not replay with this code: do not make it current. Its workflow code has "
        "changed under them: keep the old order behind `workflow.patched(…)`."
    )
    return FAILED


def promote(build: str | None, percentage: float | None) -> int:
    """Make a build current, or give it a part of the work; returns the exit code. Raises `WrongUsageError` without a build."""
    wanted = build or load_settings().build_id
    if not wanted:
        raise WrongUsageError(f"Say which build, or set THROUGHLINE_BUILD_ID; `{UNVERSIONED}` stands for workers without one.")
    _ask(lambda stack, name, _advance: deployment.promote(stack.client, name, wanted, percentage))
    out = console()
    if percentage is None:
        out.print(f"{wanted} is the current build. `python starter.py deployment campaign` moves what sleeps on others.")
    else:
        out.print(f"{percentage:g} % of the workflows go on with {wanted}; `deployment promote {wanted}` gives it all of them.")
    return DONE


def campaign() -> int:
    """Let every open workflow on another build run a task on the current one; returns the exit code, 1 when one stays."""
    done = _ask(_move, "Moving 迁移")
    out = console()
    if done.moved:
        out.print(table(("Workflow type", "Moved"), [(name, str(count)) for name, count in sorted(done.moved.items())]))
        out.print()
    if done.stayed:
        out.print(table(("Workflow", "Why it has not moved"), list(done.stayed.items())[:SHOWN]))
        out.print()
    if not done.total:
        out.print(f"Every open workflow sits on the current build, {done.build_id}.")
        return DONE
    out.print(f"{done.moved.total()} of {done.total} open workflows have moved to {done.build_id}.")
    if not done.stayed:
        return DONE
    out.print("For those that stay: promote the build before it again, on which they go on, and mend this one.")
    return FAILED


async def _rehearse(stack: Stack, _name: str, advance: Advance) -> tuple[int, dict[str, str]]:
    count = 0

    def one_more(_workflow_id: str, total: int) -> None:
        nonlocal count
        count += 1
        advance(count, total)

    failed = await deployment.rehearse(stack.client, one_more)
    return count, dict(failed)


async def _move(stack: Stack, name: str, advance: Advance) -> Moved:
    def tell(done: Moved) -> None:
        advance(done.moved.total() + len(done.stayed), done.total)

    return await deployment.campaign(stack.client, stack.submitter, name, tell)


def _status(found: Deployment, build: deployment.Build) -> str:
    return f"{build.status} {found.percentage:g} %" if build.build_id == found.ramping else build.status


def _as_json(found: Deployment) -> dict[str, object]:
    builds = [{"build_id": one.build_id, "status": one.status, "open_workflows": one.open} for one in found.builds]
    ramping = {"build_id": found.ramping, "percentage": found.percentage} if found.ramping else None
    return {"deployment": found.name, "current": found.current, "ramping": ramping, "builds": builds}


def _ask(what: Callable[[Stack, str, Advance], Awaitable[T]], label: str = "") -> T:
    settings: Settings = load_settings()
    set_up_logging("error")
    forward_core_logs()

    async def run() -> T:
        async with connected(settings) as stack:
            with _progress(label) as advance:
                return await what(stack, settings.deployment, advance)

    return asyncio.run(run())


@contextmanager
def _progress(label: str) -> Iterator[Advance]:
    if not label or not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    with Progress(TextColumn(label), BarColumn(), MofNCompleteColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
