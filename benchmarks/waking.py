"""How fast customer workflows are woken after a policy change, on a real server.

python -m benchmarks.waking [--customers 300] [--rate 1000]

All of them run, and for all of them the new ladder comes sooner. What is counted: the seconds that the change takes with its
waking, and the history events that it costs each of them."""

from __future__ import annotations

import argparse
import asyncio
import time
from statistics import mean

from activities.rejudging import PolicyChange
from benchmarks import lifecycle
from benchmarks.customers import MANAGER, shorter
from benchmarks.figures import Figure, show
from benchmarks.rig import Rig, rig
from runtime.composition import now
from runtime.logging import set_up_logging
from runtime.rejudging import begin
from workflows import names

CUSTOMERS = 300
AT_ONCE = 20


async def waking(rig: Rig, customers: int, rate: float) -> list[Figure]:
    """P13: workflows woken in a second, and what it costs each."""
    room = asyncio.Semaphore(AT_ONCE)

    async def known(number: int) -> None:
        async with room:
            for command in list(lifecycle.opening(f"W{number}", f"PW{number}"))[:2]:
                await rig.submit({**command, "command_id": f"{number}-{command['command']}"})

    await asyncio.gather(*(known(number) for number in range(customers)))
    before = await _lengths(rig, customers)
    to = str(await shorter(rig.core))
    change = PolicyChange(to=to, reason="shorter terms", actor=MANAGER, since=now(), rate=rate)
    began = time.perf_counter()
    counts = await (await begin(rig.client, change, await rig.core.playbooks())).result()
    took = time.perf_counter() - began
    grown = [after - had for after, had in zip(await _lengths(rig, customers), before, strict=True)]
    told = f"{counts.moved} moved, {counts.to_wake} to wake, {counts.woken} woken in {took:.1f} s, the moving included"
    return [
        Figure("P13 customer workflows woken in a second", counts.woken / took, "", told),
        Figure("P13 history events of a policy change in each", mean(grown), "≤ 12", f"from {min(grown)} to {max(grown)}"),
    ]


async def _lengths(rig: Rig, customers: int) -> list[int]:
    ids = [names.workflow_id(f"customer-W{number}") for number in range(customers)]
    return [(await rig.client.get_workflow_handle(one).describe()).history_length for one in ids]


async def _measure(customers: int, rate: float) -> list[Figure]:
    async with rig() as running:
        return await waking(running, customers, rate)


def main() -> None:
    """Measure and print; exits 0 also when an aim is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.waking", description="Waking after a policy change.")
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--rate", type=float, default=1_000.0, help="woken in a second, at most")
    asked = parser.parse_args()
    set_up_logging("error")
    show(asyncio.run(_measure(asked.customers, asked.rate)))


if __name__ == "__main__":
    main()
