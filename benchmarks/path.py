"""The whole path of a command against a bare Temporal update: how long one takes (P1), how many go through at once (P2)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import chain
from statistics import median

from benchmarks import bare, lifecycle
from benchmarks.figures import Figure, quartiles
from benchmarks.rig import Rig
from domain.parsing import parse

Call = Callable[[], Awaitable[None]]

IN_A_ROUND = 5
IN_A_SLICE = 8


async def latency(rig: Rig, funnels: int = 10) -> list[Figure]:
    """P1: evidence to running funnels, one command after the other; each funnel's bare twin has as long a history.

    Rounds of a few commands take turns, and so does the side that begins."""
    ours: list[Call] = []
    theirs: list[Call] = []
    for number in range(funnels):
        project, twin = f"L{number}", f"bare/L{number}"
        for command in lifecycle.opening(f"CL{number}", project):
            await rig.submit({**command, "command_id": f"{project}-{command['command']}"})
        await bare.start_and_touch(rig.client, twin)
        # Not the last one: it wins the deal, and what follows from that would run on into the other side's round.
        pieces = list(lifecycle.evidence(rig.playbook, project))[:-1]
        ours += [_ours(rig, {**piece, "command_id": f"{project}-{index}"}) for index, piece in enumerate(pieces)]
        theirs += [_bare(rig, twin) for _ in pieces]
    rounds = await _in_turn(_portions(ours), _portions(theirs))
    mine, bares = (median(chain.from_iterable(side)) * 1000 for side in zip(*rounds, strict=True))
    low, _, high = quartiles([median(a) / median(b) for a, b in rounds])
    detail = f"{mine:.1f} ms against {bares:.1f} ms, {len(ours)} commands; quartiles of the rounds {low:.2f}, {high:.2f}"
    return [Figure("P1 a command through the whole path, p50, × bare update", mine / bares, "≤ 1.2", detail)]


async def throughput(rig: Rig, lives: int = 30, commands: int | None = None) -> list[Figure]:
    """P2: whole lifecycles at once against bare ones of the same shape: an update for each command, to one workflow for each
    stream, started with its first update; as many at once. Both go on in slices, in turn."""
    scripts = [
        list(lifecycle.lifecycle(rig.playbook, f"CP{number}", f"P{number}", rig.today))[:commands] for number in range(lives)
    ]
    slices = range(0, len(scripts[0]), IN_A_SLICE)
    streams: set[str] = set()
    spent: list[tuple[float, float]] = []
    for turn, first in enumerate(slices):
        parts = [script[first : first + IN_A_SLICE] for script in scripts]
        sides = ([[_ours(rig, command) for command in part] for part in parts], [_twins(rig, part, streams) for part in parts])
        times = {side: await _at_once(sides[side]) for side in ((0, 1) if turn % 2 else (1, 0))}
        spent.append((times[0], times[1]))
    total = sum(map(len, scripts))
    mine, bares = (sum(side) for side in zip(*spent, strict=True))
    of_slices = median(b / a for a, b in spent)
    detail = f"{total / mine:.0f} against {total / bares:.0f} a second, {total} commands; median of the slices {of_slices:.2f}"
    return [Figure(f"P2 commands a second, {lives} lifecycles at once, × bare updates", bares / mine, "≥ 0.85", detail)]


def _ours(rig: Rig, command: lifecycle.CommandJson) -> Call:
    async def call() -> None:
        await rig.submit(command)

    return call


def _bare(rig: Rig, workflow_id: str) -> Call:
    async def call() -> None:
        await bare.touch(rig.client, workflow_id)

    return call


def _twins(rig: Rig, commands: Sequence[lifecycle.CommandJson], streams: set[str]) -> list[Call]:
    """The bare counterparts of commands; `streams` remembers which have their workflow."""
    calls: list[Call] = []
    for command in commands:
        stream = parse(command).stream
        calls.append(_bare(rig, f"bare/{stream}") if stream in streams else _bare_start(rig, f"bare/{stream}"))
        streams.add(stream)
    return calls


def _bare_start(rig: Rig, workflow_id: str) -> Call:
    async def call() -> None:
        await bare.start_and_touch(rig.client, workflow_id)

    return call


def _portions(calls: Sequence[Call]) -> list[Sequence[Call]]:
    return [calls[index : index + IN_A_ROUND] for index in range(0, len(calls), IN_A_ROUND)]


async def _in_turn(ours: Sequence[Sequence[Call]], theirs: Sequence[Sequence[Call]]) -> list[tuple[list[float], list[float]]]:
    """The seconds of each call, by round."""
    rounds: list[tuple[list[float], list[float]]] = []
    for turn, sides in enumerate(zip(ours, theirs, strict=True)):
        times = {side: [await _timed(call) for call in sides[side]] for side in ((0, 1) if turn % 2 else (1, 0))}
        rounds.append((times[0], times[1]))
    return rounds[1:] or rounds  # The first round warms both up.


async def _timed(call: Call) -> float:
    started = time.perf_counter()
    await call()
    return time.perf_counter() - started


async def _at_once(lives: Sequence[Sequence[Call]]) -> float:
    """The seconds until all are through; each life's calls one after the other."""

    async def live(calls: Sequence[Call]) -> None:
        for call in calls:
            await call()

    started = time.perf_counter()
    await asyncio.gather(*(live(calls) for calls in lives))
    return time.perf_counter() - started
