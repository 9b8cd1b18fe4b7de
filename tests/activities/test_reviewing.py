"""The review of all plans that are due: each once, from where a try that was cut off had come to, none held up by another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment

from activities import reviewing
from activities.reviewing import ReviewDue, Reviewed, Reviewing
from activities.shapes import CommandJson, Refusal
from domain.plan import Figure, ReviewPlan, State, Target
from domain.playbook import Playbooks
from domain.playbook.plans import PlanKind
from eventstore.memory import MemoryStore
from runtime.composition import CODEC
from tests.domain.asked import PLAYBOOKS, at
from tests.domain.planning import customer_plan, figure, target, three_levels
from tests.history.office import Office

DUE = ReviewDue(kind="customer", at=at("2026-04-01 06:30"))
DAY = date(2026, 4, 1)


class Door:
    """Takes what is sent, refuses or stays silent where it is told to."""

    def __init__(self, *plans: str) -> None:
        self.plans = list(plans)
        self.sent: list[ReviewPlan] = []
        self.answers: dict[str, Any] = {}

    async def due(self, kind: PlanKind, on: date, at: datetime, after: str, limit: int) -> Sequence[str]:
        assert (kind, on, at) == ("customer", DAY, DUE.at)
        return [one for one in self.plans if one > after][:limit]

    async def figures(self, state: State, targets: Sequence[Target], at: datetime, zone: str) -> tuple[list[Figure], int]:
        assert (at, zone) == (DUE.at, "Asia/Shanghai")
        return [figure(40, period=one.period) for one in targets], 3

    async def deliver(self, command: CommandJson) -> Refusal | None:
        self.sent.append(ReviewPlan.model_validate(command))
        answer = self.answers.get(self.sent[-1].plan)
        if isinstance(answer, Exception):
            raise answer
        return answer


async def review(door: Door, store: MemoryStore | None = None, *, begun: Reviewed | None = None) -> tuple[Reviewed, list[Any]]:
    async def playbooks() -> Playbooks:
        return PLAYBOOKS

    work = Reviewing(store or MemoryStore(), CODEC, playbooks, door.due, door.figures, door.deliver)
    environment, beats = ActivityEnvironment(), []
    environment.on_heartbeat = lambda *details: beats.append(details[0])
    if begun is not None:
        details = [begun.model_dump(mode="json")]
        environment.info = type(environment.info)(**{**vars(environment.info), "heartbeat_details": details})
    return await environment.run(work.review_plans, DUE), beats


async def test_every_plan_that_is_due_gets_its_date_its_figures_and_an_id_of_plan_and_date() -> None:
    store = MemoryStore()
    await Office(store).take(*three_levels(), customer_plan("K2"), target(100), target(9, period="2026Q4"))
    door = Door("K1", "K2")
    done, _ = await review(door, store)
    assert (done.reviewed, done.refused, done.left) == (2, 0, ())
    first, second = door.sent
    assert (first.command_id, second.command_id) == ("throughline:review-K1-2026-04-01", "throughline:review-K2-2026-04-01")
    assert (first.review_on, first.occurred_at, first.other_currencies) == (DAY, DUE.at, 3)
    assert [one.period for one in first.figures] == ["2026"], "a quarter that has not begun is not looked at"


async def test_a_try_that_was_cut_off_goes_on_after_the_last_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviewing, "PAGE", 2)
    door = Door("K1", "K2", "K3", "K4", "K5")
    done, beats = await review(door, begun=Reviewed(reviewed=2, after="K2"))
    assert [one.plan for one in door.sent] == ["K3", "K4", "K5"]
    assert (done.reviewed, done.after, [one["after"] for one in beats]) == (5, "K5", ["K4", "K5"])


async def test_a_plan_that_refuses_or_gives_no_answer_holds_up_no_other() -> None:
    door = Door("K1", "K2", "K3")
    door.answers = {"K1": Refusal(type="X", detail="no."), "K2": TimeoutError()}
    done, _ = await review(door)
    assert (done.reviewed, done.refused, done.left) == (1, 1, ("K2",))


async def test_a_plan_whose_workflow_is_broken_holds_up_no_other() -> None:
    door = Door("K1", "K2", "K3")
    failing = RPCError("the workflow task has failed several times", RPCStatusCode.FAILED_PRECONDITION, b"")
    door.answers = {"K1": failing, "K2": WorkflowUpdateFailedError(ValueError("broken"))}
    done, _ = await review(door)
    assert (done.reviewed, done.refused, done.left) == (1, 0, ("K1", "K2"))


@pytest.mark.parametrize("away", [ConnectionError("away"), RPCError("away", RPCStatusCode.UNAVAILABLE, b"")])
async def test_a_store_or_a_temporal_that_is_away_fails_the_try_so_that_it_is_made_again(away: Exception) -> None:
    door = Door("K1")
    door.answers = {"K1": away}
    with pytest.raises(type(away)):
        await review(door)
