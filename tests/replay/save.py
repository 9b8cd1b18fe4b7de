"""Save histories of real runs, one of every workflow and path, for the replay tests: `python -m tests.replay.save`.

Run by hand when a path is new, never to make a failing replay pass: a history that does not replay any more is an open
workflow that would break. Then new runs go a way of their own (`GENERATION` in activities/shapes.py), or the change is patched;
what earlier generations have left stays in its folder, and replays for as long as such a run may be open."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.worker import Worker

from activities.shapes import GENERATION
from runtime.composition import activities_of
from runtime.embedded import embedded_temporal
from runtime.plugin import ThroughlinePlugin
from runtime.search_attributes import kinds_of
from runtime.sockets import free_port
from tests.replay import fingerprint, paths
from tests.replay.sleepy import SleepyTicket
from tests.workflows.company import Company, founded, sqlite
from tests.workflows.skipping import skipping
from workflows import names

SAVED_BY = "save.py"
"""The name of worker and client in what is saved, instead of a machine's."""
FOLDER = fingerprint.FOLDER / f"generation-{GENERATION}"
BAD = "known-bad-ticket"
"""Not a run of ours (see `sleepy.py`): it must never replay."""


async def _save(name: str, company: Company, stream: str, run_id: str | None = None) -> None:
    handle = company.client.get_workflow_handle(names.workflow_id(stream), run_id=run_id)
    history = await handle.fetch_history()
    saved = {"workflow_id": names.workflow_id(stream), **_without_traces(history.to_json_dict())}
    text = json.dumps(saved, ensure_ascii=False, separators=(",", ":"))
    file = (fingerprint.FOLDER if name == BAD else FOLDER) / f"{name}.json"
    await asyncio.to_thread(file.write_text, text + "\n", encoding="utf-8")
    before = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    if before and run_id is None:
        await _save(name.replace("continues", "continued"), company, stream, before)


def _without_traces(value: Any) -> Any:
    """The same JSON without stack traces, which tell where the code lay on the machine that saved it."""
    if isinstance(value, dict):
        return {key: _without_traces(inner) for key, inner in value.items() if key != "stackTrace"}
    return [_without_traces(inner) for inner in value] if isinstance(value, list) else value


async def _record(
    path: Callable[[Company], Awaitable[paths.Saved]], folder: Path, *settings: str, working: bool = True
) -> None:
    folder.mkdir(parents=True)
    extra = [part for setting in settings for part in ("--dynamic-config-value", setting)]
    async with embedded_temporal(folder, free_port(), None, kinds_of(names.SEARCH_ATTRIBUTES), extra_args=extra) as address:
        client = await Client.connect(address, identity=SAVED_BY, plugins=[ThroughlinePlugin()])
        async with founded(client, sqlite(folder), working=working) as company:
            for name, stream in (await path(company)).items():
                await _save(name, company, stream)


async def _record_years(folder: Path) -> None:
    folder.mkdir(parents=True)
    async with skipping(folder, identity=SAVED_BY) as time:
        for name, stream in (await paths.years(time)).items():
            await _save(name, time.company, stream)


async def _the_bad_one(company: Company) -> paths.Saved:
    activities = activities_of(company.client, company.core)
    async with Worker(company.client, task_queue=names.TASK_QUEUE, workflows=[SleepyTicket], activities=activities):
        await company.submitter.resume("ticket-T1")
        await company.handle("ticket-T1").result()
    return {BAD: "ticket-T1"}


async def main() -> None:
    """Record everything of this generation anew."""
    FOLDER.mkdir(exist_ok=True, parents=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for path in paths.IN_REAL_TIME:
            await _record(path, folder / path.__name__)
        await _record(paths.a_later_run, folder / "later", "limit.historyCount.suggestContinueAsNew=30")
        await _record(paths.words_refused, folder / "refused", working=False)
        await _record_years(folder / "years")
        await _record(_the_bad_one, folder / "bad", working=False)
    await fingerprint.write()
    for file in sorted(FOLDER.glob("*.json")):
        print(f"{file.stat().st_size:>9,} {file.name}", file=sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
