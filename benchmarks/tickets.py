"""Many open tickets at once: how long after its moment a warning stands in the store, and what open tickets cost in memory.

python -m benchmarks.tickets [--tickets 2000] [--spread 60,10,0] [--json]

Each ticket is opened with a past, so that its first warning (70 % of the response target, round the clock) falls due when all
of them are open. What is measured is what the database says: `recorded_at` less `occurred_at` of each `TargetWarned`, and
`occurred_at` is the true moment."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from activities.shapes import Standing
from benchmarks import lifecycle
from benchmarks.figures import Figure, machine, show
from benchmarks.rig import Rig, rig
from eventstore.port import StoredEvent
from runtime.composition import now
from runtime.logging import set_up_logging
from workflows import names

TICKETS = 2_000
SPREADS = (60.0, 10.0, 0.0)
"""Seconds over which the warnings fall due; 0: all of them in one moment."""
AT_ONCE = 30
WARMING_UP = 100
"""Tickets that are opened first, to see how long the opening will take: so far ahead are the moments laid."""
MARGIN = 1.5
PATIENCE = 120.0
"""Seconds after the last moment in which a warning may still come before it counts as missing."""


async def warnings(rig: Rig, tickets: int = TICKETS, spreads: Sequence[float] = SPREADS) -> list[Figure]:
    """P10: for each spread as many tickets, all open at once, and the time from each moment to its record."""
    figures: list[Figure] = []
    empty = _memory()
    for number, spread in enumerate(spreads):
        figures.append(await _warned(rig, f"W{number}", tickets, spread))
    grown = _memory() - empty
    if grown > 0:
        each = grown / (tickets * len(spreads))
        figures.append(
            Figure(
                "memory of a worker for an open ticket, KB", each, "≤ 200", f"{_memory() / 1024:.0f} MB with all of them open"
            )
        )
    return figures


async def _warned(rig: Rig, customer: str, tickets: int, spread: float) -> Figure:
    opening = list(lifecycle.opening(customer, f"P{customer}"))[:2]
    for command in opening:
        await rig.submit({**command, "command_id": f"{customer}-{command['command']}"})
    share = await _until_the_first_warning(rig, customer)
    few = min(WARMING_UP, tickets)
    took = await _open(rig, f"{customer}-warming-up", [now()] * few)
    first = now() + timedelta(seconds=3 + took / few * tickets * MARGIN)
    moments = [first + timedelta(seconds=spread * index / tickets) for index in range(tickets)]
    log = (await rig.core.store.latest(1))[-1].position
    opening_took = await _open(rig, customer, [moment - share for moment in moments])
    late_by = max(0.0, (now() - first).total_seconds())
    await asyncio.sleep(max(0.0, (moments[-1] - now()).total_seconds()))
    lags = sorted(await _lags(rig, log, tickets))
    if not lags:
        raise RuntimeError("no warning has come")
    drained = f", drained in {lags[-1]:.1f} s" if not spread else ""
    detail = (
        f"p50 {_at(lags, 0.5):.3f}, p99 {_at(lags, 0.99):.3f}, max {lags[-1]:.3f} s; {len(lags)} of {tickets} warned{drained}; "
        f"opened at {tickets / opening_took:.0f} a second" + (f", {late_by:.0f} s too late" if late_by else "")
    )
    over = f"over {spread:.0f} s" if spread else "in one moment"
    return Figure(
        f"P10 s until {tickets} warnings are recorded, due {over}, p99", _at(lags, 0.99), "≤ 2" if spread else "", detail
    )


async def _until_the_first_warning(rig: Rig, customer: str) -> timedelta:
    """How long after its opening a ticket is warned, as one that is opened to be asked says."""
    opened = now()
    await rig.submit(_opened(customer, f"{customer}-probe", opened))
    handle = rig.client.get_workflow_handle(names.workflow_id(f"ticket-{customer}-probe"))
    standing: Standing = await handle.query(names.STANDING, result_type=Standing)
    assert standing.deadline is not None
    return standing.deadline.at - opened


async def _open(rig: Rig, prefix: str, since: Sequence[datetime]) -> float:
    """Open a ticket for each of these moments; the seconds that it took."""
    room = asyncio.Semaphore(AT_ONCE)

    async def open_one(index: int, moment: datetime) -> None:
        async with room:
            await rig.submit(_opened(prefix.partition("-")[0], f"{prefix}-{index}", moment))

    began = time.perf_counter()
    await asyncio.gather(*(open_one(index, moment) for index, moment in enumerate(since)))
    return time.perf_counter() - began


def _opened(customer: str, ticket: str, since: datetime) -> lifecycle.CommandJson:
    return {
        "command": "OpenTicket",
        "command_id": f"{ticket}-open",
        "ticket": ticket,
        "customer": customer,
        "title": "Cannot log in",
        "impact": "high",
        "urgency": "high",
        "occurred_at": since.isoformat(),
        "actor": {"kind": "person", "id": "u-support", "role": "support"},
    }


async def _lags(rig: Rig, position: int, expected: int) -> list[float]:
    """Seconds from each warning's moment to its record; returns when all are there, or when none comes any more."""
    found: dict[str, float] = {}
    give_up = time.monotonic() + PATIENCE
    while len(found) < expected and time.monotonic() < give_up:
        events = await rig.core.store.read_all(position, 10_000)
        found |= {event.stream: _lag(event) for event in events if event.type == "TargetWarned" and event.stream not in found}
        if events:
            position = events[-1].position
        await asyncio.sleep(0.5)
    return list(found.values())


def _lag(event: StoredEvent) -> float:
    return (event.recorded_at - event.occurred_at).total_seconds()


def _at(lags: Sequence[float], share: float) -> float:
    return lags[min(int(len(lags) * share), len(lags) - 1)]


def _memory() -> float:
    """KB of this program, in which the worker runs; 0 where the system does not tell."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0.0)


async def _measure(tickets: int, spreads: Sequence[float]) -> list[Figure]:
    async with rig() as running:
        return await warnings(running, tickets, spreads)


def main() -> None:
    """Measure and print; exits 0 also when an aim is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tickets", description="Warnings of many open tickets.")
    parser.add_argument("--tickets", type=int, default=TICKETS, help="how many at once")
    parser.add_argument("--spread", default=",".join(f"{one:g}" for one in SPREADS), help="seconds in which they fall due")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    asked = parser.parse_args()
    set_up_logging("warning")  # Else each notice is a line.
    print(f"{asked.tickets} tickets for each spread …", file=sys.stderr)
    figures = asyncio.run(_measure(asked.tickets, [float(one) for one in asked.spread.split(",")]))
    if asked.json:
        print(json.dumps({"machine": machine(), "figures": [asdict(one) | {"met": one.met} for one in figures]}))
    else:
        show(figures)


if __name__ == "__main__":
    main()
