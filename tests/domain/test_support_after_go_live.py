"""After the go-live: early life until the system is stable, and the leftovers of the acceptance."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from domain import support
from domain.cancelling import Unwind
from domain.handoff.refusals import StabilityNotReachedError
from domain.implementation.refusals import LeftoversWrongError
from domain.leftovers import Leftover
from domain.messages import SYSTEM, Command
from domain.playbook import Playbook
from domain.stability import Stability
from domain.support import (
    LeftoverLapsed,
    LeftoverRescheduled,
    LeftoverSettled,
    NoteMissedTarget,
    RescheduleLeftover,
    SettleLeftover,
    StabilityLost,
    StabilityReached,
)
from tests.domain.asked import (
    DELIVERY,
    MONDAY,
    SALES,
    SUPPORT,
    accept,
    at,
    deliver_all,
    handed_to_delivery,
    in_support,
    judge,
    offer,
    open_ticket,
    reach,
    ready,
    signed,
)
from tests.domain.scenario import Given, due_moments
from tests.domain.serving import rules_with, under

CONTRACT = "support-P1"
EARLY = {"stable_days": 30, "close_within": 5, "duty": "delivery"}
RULES = rules_with(early_life=EARLY)


def given(*told: Any, rules: Playbook = RULES) -> Given:
    return under(rules, *told)


def leftovers(*names: str, due: str = "2026-04-20", who: str = "") -> tuple[Leftover, ...]:
    return tuple(Leftover(leftover=name, text="to come", due_on=date.fromisoformat(due), who=who) for name in names)


def accepted_with(*left: Leftover) -> list[Command]:
    return [*reach("M1", "M2", "M3", "M4", "M5"), *ready("M6"), signed("M6", leftovers=left)]


def handed_over(*left: Leftover) -> list[Command]:
    return [*handed_to_delivery(), *accepted_with(*left), offer("support"), accept("support")]


def missed(ticket: str = "T1", target: str = "respond") -> NoteMissedTarget:
    return NoteMissedTarget(project="P1", ticket=ticket, target=target, actor=SYSTEM)


def stable_moment(world: Any) -> datetime:
    [moment] = [moment for name, moment in due_moments(world, CONTRACT).items() if name.startswith("stability")]
    return moment


def test_support_stands_in_early_life_beside_delivery_until_the_system_is_stable() -> None:
    world = given(in_support()).world
    view = world.view(CONTRACT)
    assert (view.code, view.duty, view.waiting_for, view.needs_human) == ("early_life", "delivery", "", False)
    assert [(one.code, one.who) for one in view.missing] == [("stable_period", "delivery")]
    assert "of 30 days" in view.outlook


def test_full_support_begins_by_itself_after_the_days_and_the_first_month_end_close() -> None:
    contracted = given(in_support())
    due = stable_moment(contracted.world)
    assert due > MONDAY + timedelta(days=30)
    contracted.when_clocks_are_judged(CONTRACT, due - timedelta(seconds=1)).then()
    world = contracted.when_clocks_are_judged(CONTRACT, due).then(
        StabilityReached(occurred_at=due, calm_since=MONDAY, days=30, missed=0)
    )
    assert (world.view(CONTRACT).code, world.view(CONTRACT).duty, world.view(CONTRACT).missing) == ("in_service", "", ())


def test_a_missed_target_lets_the_days_begin_anew_and_each_target_counts_once() -> None:
    contracted = given(in_support(), at("2026-03-25 10:00"))
    world = contracted.when(missed()).then(
        StabilityLost(occurred_at=at("2026-03-25 10:00"), ticket="T1", target="respond", missed=1)
    )
    assert stable_moment(world) == at("2026-04-24 10:00")
    contracted.when(missed()).then()
    both = contracted.when(missed(target="resolve")).then(StabilityLost)
    assert both.state(CONTRACT).stability.missed == 1
    assert ", 1 ticket missed a target" in both.view(CONTRACT).outlook


def test_word_of_a_miss_that_comes_after_the_days_were_counted_to_their_end_lets_them_begin_anew() -> None:
    contracted = given(in_support(), at("2026-03-25 10:00"), open_ticket(project="P1"), at("2026-06-01 10:00"))
    contracted.world.tell(judge(CONTRACT))  # Support is back first, after a long outage: it knows of no miss yet.
    assert contracted.world.view(CONTRACT).code == "in_service"
    contracted.world.tell(judge("ticket-T1"))
    world = contracted.world
    assert (world.view(CONTRACT).code, world.state(CONTRACT).stability.missed) == ("early_life", 1)
    assert world.state(CONTRACT).stability.calm_since == at("2026-03-25 14:00")
    contracted.when_clocks_are_judged(CONTRACT, at("2026-06-01 10:01")).then(StabilityReached)
    assert world.events[CONTRACT][-1].occurred_at == at("2026-04-24 14:00")


def test_a_target_that_is_missed_in_full_support_changes_nothing() -> None:
    given(in_support(), at("2026-06-01"), judge(CONTRACT)).when(missed()).then()


def test_a_ticket_of_early_life_tells_support_that_it_missed_its_target_and_one_of_full_support_does_not() -> None:
    early = given(in_support(), at("2026-03-25 10:00"), open_ticket(project="P1")).world
    early.tell(at("2026-03-25 18:00"), judge("ticket-T1"))
    assert [one.ticket for one in early.events[CONTRACT] if isinstance(one, StabilityLost)] == ["T1", "T1"]
    full = given(in_support(), at("2026-06-01 10:00"), judge(CONTRACT), open_ticket(project="P1")).world
    full.tell(at("2026-06-01 18:00"), judge("ticket-T1"))
    assert not [one for one in full.events[CONTRACT] if isinstance(one, StabilityLost)]


def test_a_system_that_was_stable_before_the_handoff_gets_full_support_at_once() -> None:
    later = given(handed_to_delivery(), deliver_all(), at("2026-05-20 10:00"), offer("support"), accept("support")).world
    assert later.view(CONTRACT).code == "in_service"
    assert not [name for name in due_moments(later, CONTRACT) if name.startswith("stability")]


def test_targets_missed_before_the_handoff_count_too() -> None:
    told = [handed_to_delivery(), deliver_all(), at("2026-05-18 10:00"), open_ticket(project="P1")]
    world = given(*told, at("2026-05-18 18:00"), judge("ticket-T1"), offer("support"), accept("support")).world
    measured = world.state(CONTRACT).stability
    assert measured.missed == 1
    assert measured.calm_since == at("2026-05-18 14:00"), "its days count from the last target that it missed"
    assert world.view(CONTRACT).code == "early_life"


def test_a_ticket_that_was_open_when_support_began_tells_what_it_misses_from_then_on() -> None:
    told = [handed_to_delivery(), deliver_all(), open_ticket(project="P1"), at("2026-03-02 10:05")]
    world = given(*told, offer("support"), accept("support")).world
    assert world.state(CONTRACT).stability.missed == 0
    world.tell(at("2026-03-03 18:00"), judge("ticket-T1"))
    lost = [(one.ticket, one.target) for one in world.events[CONTRACT] if isinstance(one, StabilityLost)]
    assert lost == [("T1", "respond"), ("T1", "resolve")]


def test_what_a_ticket_missed_before_support_began_is_counted_once() -> None:
    told = [handed_to_delivery(), deliver_all(), at("2026-05-18 10:00"), open_ticket(project="P1"), at("2026-05-18 18:00")]
    world = given(*told, judge("ticket-T1"), offer("support"), accept("support")).world
    assert world.state("ticket-T1").aftermath.support == "early_life"
    assert not [one for one in world.events[CONTRACT] if isinstance(one, StabilityLost)]


def test_the_offer_to_support_says_how_stable_the_system_runs() -> None:
    world = given(handed_to_delivery(), deliver_all(), at("2026-03-12 10:00"), offer("support")).world
    measured = world.state("handoff-P1-support").stability
    assert isinstance(measured, Stability)
    assert "stable for 10 of 30 days" in world.view("handoff-P1-support").outlook


def test_a_playbook_may_make_stability_a_gate() -> None:
    strict = rules_with(early_life=EARLY | {"gate": True})
    told = given(handed_to_delivery(), deliver_all(), rules=strict)
    told.when(offer("support")).then_refused(StabilityNotReachedError, "stable_period_passed")
    told.world.tell(at("2026-05-20 10:00"), offer("support"), accept("support"))
    assert told.world.view(CONTRACT).code == "in_service"


def test_a_playbook_without_early_life_begins_with_full_support() -> None:
    world = given(in_support(), rules=rules_with()).world
    assert (world.view(CONTRACT).code, world.state(CONTRACT).stability) == ("in_service", None)


def test_every_leftover_of_the_acceptance_stands_in_support_with_its_date_and_who_brings_it() -> None:
    world = given(handed_over(*leftovers("reports"), *leftovers("archive", who="product"))).world
    missing = {one.code: one.who for one in world.view(CONTRACT).missing}
    assert missing == {"reports": "delivery", "archive": "product", "stable_period": "delivery"}
    assert world.view(CONTRACT).due_at == at("2026-04-21")


def test_a_leftover_that_does_not_come_in_time_lapses_and_needs_a_person_until_it_comes() -> None:
    contracted = given(handed_over(*leftovers("reports", due="2026-03-20")))
    world = contracted.when_clocks_are_judged(CONTRACT, at("2026-03-21 08:00")).then(
        LeftoverLapsed(occurred_at=at("2026-03-21"), leftover="reports", who="delivery")
    )
    assert (world.view(CONTRACT).health, world.view(CONTRACT).needs_human) == ("overdue", True)
    contracted.when_clocks_are_judged(CONTRACT, at("2026-03-22 08:00")).then()
    brought = SettleLeftover(project="P1", leftover="reports", reference="doc-9", actor=DELIVERY)
    world = contracted.when(brought).then(LeftoverSettled)
    assert world.view(CONTRACT).health == "ok"


def test_support_may_agree_on_another_date_of_a_leftover_and_its_clock_runs_again() -> None:
    contracted = given(handed_over(*leftovers("reports", due="2026-03-20")), at("2026-03-21 08:00"), judge(CONTRACT))
    later = RescheduleLeftover(
        project="P1", leftover="reports", due_on=date(2026, 3, 27), reason="key user is ill", actor=SUPPORT
    )
    world = contracted.when(later).then(LeftoverRescheduled)
    assert due_moments(world, CONTRACT)["leftover-reports-lapsed-2"] == at("2026-03-28")
    contracted.when(later).then_refused(support.LeftoverDateSameError)
    contracted.when(later.model_copy(update={"actor": SALES})).then_refused(support.NotYourLeftoverError)


def test_a_cancelled_project_leaves_the_leftovers_of_its_acceptance_for_somebody_to_settle() -> None:
    unwind = Unwind(of=CONTRACT, reason="bankrupt", approver="m1", actor=SYSTEM)
    cancelled = given(handed_over(*leftovers("reports")), unwind)
    view = cancelled.world.view(CONTRACT)
    assert (view.closed, [(one.code, one.who) for one in view.missing]) == (True, [("reports", "delivery")])
    brought = SettleLeftover(project="P1", leftover="reports", reference="doc-9", actor=DELIVERY)
    assert cancelled.when(brought).then(LeftoverSettled).view(CONTRACT).missing == ()


def test_a_leftover_is_settled_by_who_brings_it_or_by_support_and_only_once() -> None:
    contracted = given(handed_over(*leftovers("reports")))
    brought = SettleLeftover(project="P1", leftover="reports", reference="doc-9", actor=SALES)
    contracted.when(brought).then_refused(support.NotYourLeftoverError)
    contracted.when(brought.model_copy(update={"actor": SUPPORT})).then(LeftoverSettled)
    contracted.when(brought.model_copy(update={"actor": SUPPORT})).then_refused(support.LeftoverUnknownError)


@pytest.mark.parametrize(
    ("milestone", "left"),
    [
        ("M5", leftovers("reports")),
        ("M6", leftovers("reports", "reports")),
        ("M6", leftovers("reports", who="nobody")),
    ],
    ids=["not with the acceptance", "twice", "no such role"],
)
def test_leftovers_come_with_the_acceptance_each_once_and_for_a_role_that_there_is(
    milestone: str, left: tuple[Leftover, ...]
) -> None:
    before = [one for one in ("M1", "M2", "M3", "M4", "M5") if one < milestone]
    told = given(handed_to_delivery(), reach(*before), ready(milestone))
    told.when(signed(milestone, leftovers=left)).then_refused(LeftoversWrongError)
