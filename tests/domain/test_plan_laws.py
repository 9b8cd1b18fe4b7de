"""What holds for plans whatever happens to them, and in whatever order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given as tried
from hypothesis import settings
from hypothesis import strategies as some

from domain.messages import Command
from domain.plan import ClosePlan, CompleteAction, MoveAction, RevisePlan
from domain.refusals import RefusalError
from tests.domain.asked import MONDAY, SALES, judge
from tests.domain.planning import action, allocate, customer_plan, day, figure, record, review, target, three_levels
from tests.domain.scenario import World, due_moments, fold_again

PLANS = ("I1", "K1", "K2", "J1")
PERIODS = ("2026", "2026Q2", "2026H2")

plans, periods, amounts = some.sampled_from(PLANS), some.sampled_from(PERIODS), some.integers(0, 100)
dates = some.dates(day("2026-03-02"), day("2027-02-01")).map(str)
commands: some.SearchStrategy[Command] = some.one_of(
    some.builds(lambda plan, period, amount: target(amount, plan, period, reason="so"), plans, periods, amounts),
    some.builds(
        lambda period, k1, k2: allocate({"K1": k1, "K2": k2} if k2 else {"K1": k1}, "I1", period), periods, amounts, amounts
    ),
    some.builds(lambda period, amount: allocate({"J1": amount}, "K1", period), periods, amounts),
    some.builds(lambda plan, due: action(due, plan), plans, dates),
    some.builds(lambda plan, due: MoveAction(plan=plan, action="A1", due_on=day(due), reason="so", actor=SALES), plans, dates),
    some.builds(lambda plan: CompleteAction(plan=plan, action="A1", result="met", actor=SALES), plans),
    some.builds(
        lambda plan, on, won, period: review(on, figure(won, period=period), plan=plan), plans, dates, amounts, periods
    ),
    some.builds(record, plans),
    some.builds(lambda plan, ends: RevisePlan(plan=plan, ends_on=day(ends), reason="so", actor=SALES), plans, dates),
    some.builds(lambda plan: ClosePlan(plan=plan, reason="so", actor=SALES), some.sampled_from(("K2", "J1"))),
)
steps = some.lists(some.tuples(some.integers(0, 40), commands), max_size=25)


@tried(steps)
@settings(max_examples=25)
def test_whatever_happens_the_clocks_end_the_state_is_the_fold_and_what_rolls_down_arrives(told: Any) -> None:
    world = World(now=MONDAY).tell(*three_levels(), customer_plan("K2"))
    for days, command in told:
        world.now += timedelta(days=days)
        try:
            world.take(command)
        except RefusalError:
            continue
    world.now += timedelta(days=900)
    for plan in PLANS:
        stream = f"plan-{plan}"
        world.take(judge(stream))
        assert all(at > world.now for at in due_moments(world, stream).values())
        assert fold_again(world, stream) == world.state(stream)
        _rolled_down(world, plan)


def _rolled_down(world: World, plan: str) -> None:
    """No share is lost: the plan below has it, unless it was closed by then or has set another target of its own since."""
    for one in world.state(f"plan-{plan}").targets.values():
        assert all(part.amount.amount >= 0 for part in one.parts)
        assert one.taken_from or one.allocated <= one.amount.amount, "more was given away than there is"
        for part in one.parts:
            below = world.state(f"plan-{part.plan}")
            taken = [v for v in below.targets[one.key].versions if v.parent == plan] if one.key in below.targets else []
            if below.closed_at is None:
                assert taken[-1].amount == part.amount
