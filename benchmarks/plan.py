"""The forecast of a plan with 500 milestones after one changed fact (P9), against computing every date again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median

from benchmarks.figures import Figure
from domain.schedule import Estimated, Facts, Signed, Task, forecast, reforecast
from runtime.playbooks import load_playbooks
from runtime.settings import Settings

MILESTONES = 500
START = datetime(2026, 3, 2, 2, tzinfo=UTC)


def forecasts(milestones: int = MILESTONES, rounds: int = 20) -> list[Figure]:
    """The first milestone is estimated anew, so that every date moves: the dearest fact there is; then one in the middle is
    signed early. What is measured holds the causes of every moved date."""
    [playbook] = [one for one in load_playbooks(Settings().playbooks) if one.playbook == "standard"]
    calendar = playbook.calendar
    tasks = plan(milestones)
    begun = forecast(tasks, Facts(START), calendar)
    longer = Estimated(tasks[0].code, tasks[0].days + 3)
    middle = tasks[milestones // 2].code
    early = Signed(middle, calendar.add_working_days(START, 1))
    everything, _ = _milliseconds(lambda: forecast(tasks, begun.facts, calendar), rounds)
    dearest, slowest = _milliseconds(lambda: reforecast(begun, longer), rounds)
    usual, _ = _milliseconds(lambda: reforecast(begun, early), rounds)
    moved, some = len(reforecast(begun, longer)[1]), len(reforecast(begun, early)[1])
    detail = (
        f"{moved} dates moved, each with its causes; slowest {slowest:.1f} ms; one in the middle: {usual:.1f} ms, {some} moved"
    )
    aim = "≤ 20"
    return [
        Figure(f"P9 forecast of {milestones} milestones after one changed fact, ms", dearest, aim, detail),
        Figure("P9 the same, × computing every date again without causes", dearest / everything, "", f"{everything:.1f} ms"),
    ]


def plan(milestones: int) -> list[Task]:
    """A plan as large programmes have them: eight strands side by side that wait for each other here and there."""
    chance = random.Random(500)
    tasks: list[Task] = []
    for index in range(milestones):
        before = {index - 8} if index >= 8 else {0} if index else set()
        if index >= 8 and chance.random() < 0.3:
            before.add(chance.randrange(index - 8, index))
        tasks.append(Task(f"M{index}", tuple(f"M{one}" for one in sorted(before)), chance.randint(1, 10)))
    return tasks


def _milliseconds(work: Callable[[], object], rounds: int) -> tuple[float, float]:
    """The median and the longest."""
    work()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return median(times), max(times)
