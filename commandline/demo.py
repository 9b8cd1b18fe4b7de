"""`demo`: the sample portfolio lives its whole life on this machine, is told, and everything stops again."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api.app import create_app
from commandline import demo_output
from commandline.feeding import Portfolio, compare, feed, late_clocks, over, through
from commandline.overview import Waiting, waiting_for_people
from commandline.seam import DONE, INTERRUPTED
from commandline.serving import key_of, listening, serving
from commandline.story import Line, tell
from domain.playbook import Playbook, Playbooks
from eventstore.port import EventStore
from history.customer_page import CustomerPage, customer_page
from history.figures import FiguresAsked, pipeline_asked
from history.pipeline import Pipeline
from history.replay import replay
from runtime.composition import CODEC, now
from runtime.logging import forward_core_logs, set_up_logging
from runtime.settings import Settings, load_settings
from runtime.stack import Stack, running
from sample.portfolio import OVER_HTTP, SLEEPER, STORY

EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}
"""Where this machine reaches an API that listens on all of its addresses."""


@dataclass(frozen=True)
class Told:
    """What the demo ends with."""

    playbook: Playbook
    events: int
    by_type: dict[str, int]
    customers: int
    projects: int
    story: Sequence[Line]
    story_events: int
    pipeline: Pipeline
    waiting: Sequence[Waiting]
    sleeper: CustomerPage

    def summary(self) -> dict[str, Any]:
        """What `--json` prints."""
        counts = {"customers": self.customers, "projects": self.projects, "events": self.events}
        return {**counts, "by_type": self.by_type}


def demo(json_output: bool) -> int:
    """Start everything, bring the sample portfolio in unless it is there, tell about it, stop everything.

    With `json_output` standard output holds one JSON object and people read standard error. Returns the exit code. Raises
    `FailedError` with the refusal when a command is refused, `RuntimeProblemError` when something cannot be started."""
    settings = load_settings()
    set_up_logging("error")
    forward_core_logs()
    out = demo_output.console_for_people(sys.stderr if json_output else sys.stdout)
    told = asyncio.run(_interruptible(settings, out))
    if told is None:
        out.print("Stopped. What was recorded is kept; the next run goes on from there.")
        return INTERRUPTED
    demo_output.show(told.story, told.story_events, told.pipeline, told.waiting, told.sleeper, told.playbook, settings, out)
    out.print("Everything is stopped; the data stay. `make up` runs the system on, for the links above.")
    if json_output:
        print(json.dumps(told.summary(), ensure_ascii=False))
    return DONE


async def _interruptible(settings: Settings, out: Console) -> Told | None:
    """What there is to tell; None when somebody stopped it (Ctrl-C or SIGTERM)."""
    me, loop, stopping = asyncio.current_task(), asyncio.get_running_loop(), False
    assert me is not None

    def stop() -> None:
        nonlocal stopping
        if not stopping:  # a second Ctrl-C must not break off the stopping and leave a server behind
            stopping = True
            me.cancel()

    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, stop)
    try:
        return await _run(settings, out)
    except asyncio.CancelledError:
        if not stopping:
            raise
        return None


async def _run(settings: Settings, out: Console) -> Told:
    async with AsyncExitStack() as stack:
        listener = stack.enter_context(listening(settings))
        system = await stack.enter_async_context(running(settings))
        key = stack.enter_context(key_of(settings))
        await stack.enter_async_context(serving(create_app(system, key), listener))
        api = await stack.enter_async_context(_client(settings, key))
        demo_output.say_what_runs(settings, key, out)
        playbooks = await system.core.playbooks()
        portfolio = await compare(system.core.store, playbooks.latest())
        await _bring_in(portfolio, system, api, out)
        if late := await late_clocks(portfolio, system.core):
            out.print(f"Not up to date: clocks of {', '.join(late)} have run out and are not judged yet.")
        return await _told(portfolio, system.core.store, playbooks)


def _client(settings: Settings, key: str) -> httpx.AsyncClient:
    """A client of the API of this program. It tries to connect again, because the API may be just starting."""
    host = EVERY_ADDRESS.get(settings.api_host, settings.api_host)
    return httpx.AsyncClient(
        base_url=f"http://{host}:{settings.api_port}",
        headers={"Authorization": f"Bearer {key}"},
        transport=httpx.AsyncHTTPTransport(retries=5),
        timeout=30,
    )


async def _bring_in(portfolio: Portfolio, system: Stack, api: httpx.AsyncClient, out: Console) -> None:
    left = sum(len(commands) for commands in portfolio.left)
    if not left:
        out.print("The sample portfolio is here already: nothing was changed, and this is its story again.")
        return
    out.print(
        f"{len(portfolio.customers)} customers and {len(portfolio.projects)} projects live through the last years,"
        f" {OVER_HTTP} over HTTP:"
    )
    if portfolio.interrupted:
        out.print("An earlier run was interrupted; this one goes on from there.")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("commands"), TimeElapsedColumn())
    with Progress(*columns, console=out) as progress:
        bar = progress.add_task("样例客户组合", total=left)
        await feed(portfolio.left, through(system.submitter), over(api), lambda: progress.advance(bar))


async def _told(portfolio: Portfolio, store: EventStore, playbooks: Playbooks) -> Told:
    playbook = playbooks.latest()
    counts = Counter([event.type for customer in portfolio.customers for event in await store.read_customer(customer)])
    history = await replay(store, CODEC, STORY)
    sleeper = await customer_page(store, CODEC, playbooks, SLEEPER, now())
    assert history is not None
    assert sleeper is not None
    return Told(
        playbook=playbook,
        events=counts.total(),
        by_type=dict(sorted(counts.items())),
        customers=len(portfolio.customers),
        projects=len(portfolio.projects),
        story=tell(history, playbook),
        story_events=len(history.events),
        pipeline=await pipeline_asked(store, CODEC, playbooks, FiguresAsked(by="stage"), now()),
        waiting=await waiting_for_people(store),
        sleeper=sleeper,
    )
