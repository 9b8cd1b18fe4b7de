"""Measure and print, each figure beside its aim.

python -m benchmarks [--json] [--only path,load,actions,store,plan]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict

from benchmarks import actions, path, plan, store
from benchmarks.figures import Figure, machine, show
from benchmarks.rig import Rig, rig
from runtime.logging import set_up_logging

ENGINE: dict[str, Callable[[Rig], Awaitable[list[Figure]]]] = {
    "path": path.latency,
    "load": path.throughput,
    "actions": actions.actions,
}
"""What runs on a Temporal server, by the name that `--only` takes."""

PARTS = (*ENGINE, "store", "plan")


def main() -> None:
    """Measure what was asked for; exits 0 also when an aim is missed, because a figure is not a failure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure, and print each figure beside its aim.")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {','.join(PARTS)} (default: all)")
    asked = parser.parse_args()
    parts = [part.strip() for part in asked.only.split(",")]
    if unknown := [part for part in parts if part not in PARTS]:
        parser.error(f"there is no part {unknown[0]!r}: choose from {', '.join(PARTS)}")
    set_up_logging("error")  # Notices to people would stand amid the figures.
    figures = asyncio.run(measure(parts))
    if asked.json:
        print(json.dumps({"machine": machine(), "figures": [asdict(one) | {"met": one.met} for one in figures]}))
    else:
        show(figures)


async def measure(parts: list[str]) -> list[Figure]:
    """The figures of these parts, in order; says on standard error what is being measured."""
    figures: list[Figure] = []
    if engine := [part for part in parts if part in ENGINE]:
        async with rig() as running:
            for part in engine:
                figures += await _told(part, ENGINE[part](running))
    if "store" in parts:
        figures += await _told("store", _store())
    if "plan" in parts:
        figures += await _told("plan", asyncio.to_thread(plan.forecasts))
    return figures


async def _store() -> list[Figure]:
    return [Figure(*one) for one in await store.run()]


async def _told(part: str, work: Awaitable[list[Figure]]) -> list[Figure]:
    started = time.perf_counter()
    print(f"measuring {part} …", end=" ", flush=True, file=sys.stderr)
    found = await work
    print(f"{time.perf_counter() - started:.0f} s", file=sys.stderr)
    return found


if __name__ == "__main__":
    main()
