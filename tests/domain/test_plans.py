"""Industry, customer and project plans: what they fit, versions, targets that roll down, actions, reviews and gaps."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.customer.record_commands import MergeCustomer, UndoMerge
from domain.customer.refusals import CustomerMergedError, ServiceLineUnknownError
from domain.funnel import ReopenDeal
from domain.messages import SYSTEM, Actor, ActorKind
from domain.moving import MovePlaybook
from domain.plan import (
    ActionAdded,
    ActionCompleted,
    ActionDropped,
    ActionEscalated,
    ActionMoved,
    ActionOverdue,
    ActionUnknownError,
    ChangePlanOwner,
    ClosePlan,
    CompleteAction,
    CurrencyOfPlanError,
    DropAction,
    GapClosed,
    GapFound,
    MoveAction,
    NotAChildError,
    NotAllocatedError,
    NothingRevisedError,
    NotReviewedError,
    OverAllocatedError,
    PeriodOutsideError,
    PlanClosed,
    PlanClosedError,
    PlanMisfitError,
    PlanOwnerChanged,
    PlanPeriodEnded,
    PlanReviewed,
    PlanRevised,
    PlanSet,
    PlanSubjectChanged,
    ReasonMissingError,
    ReviewOverdue,
    ReviewRecorded,
    ReviewTooEarlyError,
    RevisePlan,
    TakeTarget,
    TargetAllocated,
    TargetSet,
    TargetUnknownError,
    next_review_on,
    period_of,
)
from domain.planned import NoteCustomerPlan, NoteProjectPlan, NoteSubject
from domain.playbook import Playbooks, UnitCalendar
from domain.playbook.plans import Cadence, PlanRules
from domain.project import CancelProject
from domain.refusals import AlreadyExistsError, DateInPastError, NotFoundError
from domain.telling import notices_of
from tests.domain.asked import MONDAY, PLAYBOOKS, RULES, SALES, at, lose, open_project, register
from tests.domain.planning import (
    action,
    allocate,
    customer_plan,
    day,
    figure,
    industry_plan,
    project_plan,
    record,
    review,
    target,
    three_levels,
    yuan,
)
from tests.domain.scenario import Told, World, due_moments, fold_again, given

FIRST_REVIEW = at("2026-04-01 06:30")
"""Of a customer plan that was set in March."""
OTHER = Actor(kind=ActorKind.PERSON, id="u2", role="sales")


def revise(plan: str = "K1", **fields: Any) -> RevisePlan:
    return RevisePlan(plan=plan, reason="new figures", actor=SALES, **fields)


# What a plan is about, and what it hangs under


def test_three_levels_hang_together_each_about_what_its_kind_says() -> None:
    world = given(*three_levels()).world
    industry, customer, project = (world.state(f"plan-{plan}") for plan in ("I1", "K1", "J1"))
    assert (industry.kind, industry.industry, industry.parent, industry.root.customer) == ("industry", "machinery", "", "")
    assert (customer.kind, customer.root.customer, customer.parent) == ("customer", "C1", "I1")
    assert (project.kind, project.root.project, project.root.customer, project.parent) == ("project", "P1", "C1", "K1")


def test_a_plan_is_set_once() -> None:
    given(register(), industry_plan()).when(industry_plan()).then_refused(AlreadyExistsError)


@pytest.mark.parametrize(
    "wrong",
    [
        industry_plan(industry=""),
        industry_plan("I2", customer="C1"),
        industry_plan("I2", parent="I1"),
        customer_plan("K2", customer=None),
        customer_plan("K2", region="north"),
        customer_plan("K2", parent="K1"),
        project_plan("J2", customer="C1"),
        project_plan("J2", parent="I1"),
    ],
)
def test_a_plan_names_what_its_kind_is_about_and_hangs_under_the_kind_above(wrong: Any) -> None:
    wrong = wrong.model_copy(update={"plan": "X9"})
    given(*three_levels()).when(wrong).then_refused(PlanMisfitError)


@pytest.mark.parametrize("fields", [{"customer": "C9"}, {"parent": "I9"}])
def test_a_plan_about_nothing_that_exists_is_refused(fields: dict[str, Any]) -> None:
    given(register(), industry_plan()).when(customer_plan(**fields)).then_refused(NotFoundError)


@pytest.mark.parametrize(
    "above",
    [
        {"industry": "retail"},
        {"region": "east"},
        {"unit": "south"},
        {"currency": "USD"},
        {"starts": "2027-01-01", "ends": "2027-12-31"},
    ],
)
def test_a_customer_plan_fits_the_industry_region_unit_currency_and_period_above(above: dict[str, Any]) -> None:
    given(register(), industry_plan(**above)).when(customer_plan()).then_refused(PlanMisfitError)


def test_a_project_plan_hangs_under_a_plan_of_its_own_customer() -> None:
    there = [register(), register("C2"), open_project("P2", "C2"), industry_plan(), customer_plan()]
    given(*there).when(project_plan(project="P2")).then_refused(PlanMisfitError)


def test_a_project_of_a_duplicate_is_planned_under_the_customer_that_stands_for_it() -> None:
    merge = MergeCustomer(customer="C2", into="C1", reason="twin", approver="m1", approver_role="manager", actor=SALES)
    there = [register(), register("C2"), open_project("P2", "C2"), industry_plan(), customer_plan(), merge]
    given(*there).when(project_plan(project="P2")).then(PlanSet)


def test_a_refusal_writes_the_id_of_the_plan_above_as_it_is() -> None:
    with pytest.raises(PlanMisfitError, match="industry plan I1 is in CNY"):
        given(register(), industry_plan()).world.take(customer_plan(currency="USD"))


def test_nothing_is_planned_for_a_customer_that_was_merged_nor_for_a_cancelled_project() -> None:
    there = [register(), register("C2"), open_project("P2", "C2"), industry_plan(), customer_plan("K2", customer="C2")]
    merge = MergeCustomer(customer="C2", into="C1", reason="twin", approver="m1", approver_role="manager", actor=SALES)
    plans = given(*there, merge)
    plans.when(customer_plan("K3", customer="C2")).then_refused(CustomerMergedError)
    cancel = CancelProject(
        project="P2", reason="bought", reference="letter", approver="m1", approver_role="manager", actor=SALES
    )
    given(*there, cancel).when(project_plan(project="P2", parent="K2")).then_refused(PlanMisfitError)


def test_nothing_hangs_under_a_closed_plan() -> None:
    closed = ClosePlan(plan="I1", reason="done", actor=SALES)
    given(register(), industry_plan(), closed).when(customer_plan()).then_refused(PlanMisfitError)


def test_a_plan_does_not_end_before_it_starts() -> None:
    with pytest.raises(ValidationError):
        industry_plan(starts="2026-06-01", ends="2026-05-31")


# Versions


def test_a_revision_is_a_new_version_and_the_ones_before_are_kept() -> None:
    world = given(*three_levels()).when(revise(market_analysis="growing")).then(PlanRevised)
    state = world.state("plan-K1")
    assert [(one.version, one.content.market_analysis) for one in state.versions] == [(1, ""), (2, "growing")]
    assert world.events["plan-K1"][-1].before == state.versions[0].content  # type: ignore[attr-defined]


def test_a_revision_that_says_nothing_new_is_refused() -> None:
    given(*three_levels()).when(revise(name="规划")).then_refused(NothingRevisedError)


def test_a_revision_leaves_no_target_outside_of_the_plan() -> None:
    given(*three_levels(), target(100)).when(revise(ends_on=day("2026-11-30"))).then_refused(PlanMisfitError)


def test_a_closed_plan_takes_nothing_more_but_the_record_of_a_review() -> None:
    closed = given(*three_levels(), FIRST_REVIEW, review("2026-04-01"), ClosePlan(plan="K1", reason="won", actor=SALES))
    closed.when(target(5)).then_refused(PlanClosedError)
    closed.when(review("2026-05-01")).then()
    closed.when(record()).then(ReviewRecorded)
    assert closed.world.view("plan-K1").closed
    assert due_moments(closed.world, "plan-K1") == {}


def test_a_change_of_owner_touches_no_clock_and_the_next_gap_goes_to_the_new_owner() -> None:
    before = given(*three_levels(), target(100))
    clocks = due_moments(before.world, "plan-K1")
    change = ChangePlanOwner(plan="K1", owner="u2", owner_unit="south", reason="leave", actor=SALES)
    world = before.when(change).then(PlanOwnerChanged)
    assert due_moments(world, "plan-K1") == clocks
    assert world.state("plan-K1").owner_unit == "north"  # the calendar's
    assert world.view("plan-K1").owner_unit == "south"
    world.now = FIRST_REVIEW
    assert world.take(review("2026-04-01", figure(0)))[-1].owner == "u2"  # type: ignore[attr-defined]
    before.when(change).then_refused(NothingRevisedError)


# Targets


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026H2", "2026-07-01", "2026-12-31"),
        ("2026Q1", "2026-01-01", "2026-03-31"),
        ("2028-02", "2028-02-01", "2028-02-29"),
        ("2026-03-15..2026-04-14", "2026-03-15", "2026-04-14"),
    ],
)
def test_a_period_has_its_first_and_last_day(code: str, first: str, last: str) -> None:
    assert period_of(code) == (day(first), day(last))


@pytest.mark.parametrize("code", ["2026Q5", "2026-13", "26", "2026-04-02..2026-04-01", "1970", "next year", "\uff12026"])
def test_what_is_no_period_is_refused_at_the_door(code: str) -> None:
    with pytest.raises(ValidationError):
        target(5, period=code)


def test_every_version_of_a_target_is_kept_and_a_change_gives_its_reason() -> None:
    set_once = given(*three_levels(), target(100))
    set_once.when(target(120)).then_refused(ReasonMissingError)
    set_once.when(target(100)).then_refused(NothingRevisedError)
    world = set_once.when(target(120, reason="the market grows")).then(TargetSet)
    [one] = world.state("plan-K1").targets.values()
    assert [(version.version, version.amount) for version in one.versions] == [(1, yuan(100)), (2, yuan(120))]


def test_targets_differ_by_period_line_and_measure() -> None:
    world = given(*three_levels(), target(100), target(40, period="2026Q1"), target(90, measure="collected")).world
    assert set(world.state("plan-K1").targets) == {"2026/all/won", "2026Q1/all/won", "2026/all/collected"}


def test_a_target_lies_inside_the_plan_and_is_in_its_currency() -> None:
    plans = given(*three_levels())
    plans.when(target(100, period="2027")).then_refused(PeriodOutsideError)
    plans.when(target(1).model_copy(update={"amount": yuan(1, "USD")})).then_refused(CurrencyOfPlanError)


def test_a_target_is_for_a_service_line_of_the_playbook_or_for_all() -> None:
    plans = given(*three_levels())
    plans.when(target(5, service_line="training")).then(TargetSet)
    plans.when(target(5, service_line="weather")).then_refused(ServiceLineUnknownError)


def test_an_allocated_target_is_known_below_with_where_it_comes_from_and_the_rest_is_unallocated() -> None:
    plans = [*three_levels(), customer_plan("K2"), target(100, "I1")]
    world = given(*plans).when(allocate({"K1": 60, "K2": 30})).then(TargetAllocated)
    assert world.events["plan-I1"][-1].unallocated == yuan(10)  # type: ignore[attr-defined]
    for plan, amount in (("K1", 60), ("K2", 30)):
        [one] = world.state(f"plan-{plan}").targets.values()
        assert (one.amount, one.taken_from) == (yuan(amount), "I1")


def test_who_is_not_named_any_more_loses_the_share_and_who_keeps_it_hears_nothing() -> None:
    plans = [*three_levels(), customer_plan("K2"), target(100, "I1"), allocate({"K1": 60, "K2": 30})]
    world = given(*plans).when(allocate({"K2": 30})).then(TargetAllocated)
    assert world.state("plan-K1").targets["2026/all/won"].amount == yuan(0)
    assert [type(event).__name__ for event in world.events["plan-K2"]] == ["PlanSet", "TargetTaken"]


def test_no_more_is_allocated_than_the_target_has_nor_is_the_target_lowered_below() -> None:
    plans = given(*three_levels(), target(100, "I1"))
    plans.when(allocate({"K1": 101})).then_refused(OverAllocatedError)
    plans.world.tell(allocate({"K1": 80}))
    plans.when(target(79, "I1", reason="less")).then_refused(OverAllocatedError)


def test_only_a_target_there_is_rolls_down_and_only_to_plans_below() -> None:
    plans = given(*three_levels(), target(100, "I1"))
    plans.when(allocate({"K1": 1}, period="2026Q1")).then_refused(TargetUnknownError)
    plans.when(allocate({"J1": 1})).then_refused(NotAChildError)
    plans.when(allocate({"K9": 1})).then_refused(NotFoundError)


def take(amount: int, number: int = 1, plan: str = "K1", parent: str = "I1") -> TakeTarget:
    return TakeTarget(plan=plan, period="2026", parent=parent, amount=yuan(amount), number=number, actor=SALES)


def test_a_share_that_the_parent_has_not_given_is_refused() -> None:
    plans = given(*three_levels(), target(100, "I1"), target(50, "K1"), allocate({"K1": 60}))
    plans.when(take(99)).then()  # its own word of number 1 has come before
    plans.when(take(60, number=2)).then_refused(NotAllocatedError)
    plans.when(take(60, plan="J1")).then_refused(NotAllocatedError)
    plans.when(take(60, parent="K1", plan="I1")).then_refused(NotAllocatedError)


def test_a_plan_whose_target_was_lowered_from_above_needs_somebody_when_more_of_it_is_given_away() -> None:
    there = given(*three_levels(), target(100, "I1"), allocate({"K1": 80}), allocate({"J1": 60}, "K1")).world
    assert not there.view("plan-K1").needs_human
    lowered = there.tell(allocate({"K1": 50})).view("plan-K1")
    assert (lowered.needs_human, lowered.health) == (True, "at-risk")
    assert "2026/all/won" in lowered.reason
    assert not there.tell(allocate({"K1": 70})).view("plan-K1").needs_human


def test_an_older_word_of_a_share_is_overtaken_by_a_newer_one() -> None:
    plans = given(*three_levels(), target(100, "I1"), allocate({"K1": 60}), allocate({"K1": 70}))
    plans.when(take(60, number=1)).then()
    assert plans.world.state("plan-K1").targets["2026/all/won"].amount == yuan(70)


# Actions


def test_an_action_is_the_owners_unless_somebody_is_named_and_its_date_lies_ahead() -> None:
    plans = given(*three_levels())
    plans.when(action("2026-03-20")).then(
        ActionAdded(occurred_at=MONDAY, action="A1", what="visit the board", owner="u1", due_on=day("2026-03-20"))
    )
    plans.when(action("2026-03-20", owner="u7")).then(ActionAdded)
    plans.when(action("2026-03-01")).then_refused(DateInPastError)
    plans.when(action("2026-03-20", gap="2026/all/won")).then_refused(TargetUnknownError)
    assert [one.owner for one in plans.world.state("plan-K1").actions] == ["u1", "u7"]


def test_an_action_is_moved_with_before_and_after_done_or_dropped() -> None:
    plans = given(*three_levels(), action("2026-03-20"), action("2026-03-21"))
    moved = MoveAction(plan="K1", action="A1", due_on=day("2026-03-27"), reason="abroad", actor=SALES)
    world = plans.when(moved).then(ActionMoved)
    assert world.events["plan-K1"][-1].before == day("2026-03-20")  # type: ignore[attr-defined]
    plans.when(moved).then_refused(NothingRevisedError)
    done = CompleteAction(plan="K1", action="A1", result="met", actor=SALES)
    plans.when(done).then(ActionCompleted)
    plans.when(done).then_refused(ActionUnknownError)
    plans.when(DropAction(plan="K1", action="A2", reason="not needed", actor=SALES)).then(ActionDropped)
    assert not plans.world.state("plan-K1").open_actions


def test_an_action_is_overdue_when_its_day_is_over_and_escalated_a_week_later() -> None:
    plans = given(*three_levels(), action("2026-03-20"))
    assert due_moments(plans.world, "plan-K1")["action-A1-overdue-1"] == at("2026-03-21")
    world = plans.when_clocks_are_judged("plan-K1", at("2026-03-21")).then(
        ActionOverdue(occurred_at=at("2026-03-21"), action="A1", due_on=day("2026-03-20"), owner="u1", who="sales")
    )
    view = world.view("plan-K1")
    assert (view.health, view.needs_human, view.waiting_for) == ("overdue", True, "sales")
    world = plans.when_clocks_are_judged("plan-K1", at("2026-03-28")).then(
        ActionEscalated(occurred_at=at("2026-03-28"), action="A1", due_on=day("2026-03-20"), who="manager")
    )
    assert world.view("plan-K1").waiting_for == "manager"


def test_an_overdue_action_that_is_moved_has_a_clock_of_its_own_again() -> None:
    plans = given(*three_levels(), action("2026-03-20"), at("2026-03-22"))
    moved = MoveAction(plan="K1", action="A1", due_on=day("2026-03-27"), reason="abroad", actor=SALES)
    world = plans.when(moved).then(ActionOverdue, ActionMoved)
    assert due_moments(world, "plan-K1")["action-A1-overdue-2"] == at("2026-03-28")
    assert world.view("plan-K1").health == "ok"


# Reviews and gaps


def test_each_kind_has_its_dates_of_review_from_the_day_after_it_was_set() -> None:
    world = given(*three_levels()).world
    dates = {plan: next_review_on(world.state(f"plan-{plan}"), RULES) for plan in ("I1", "K1", "J1")}
    assert dates == {"I1": day("2026-04-01"), "K1": day("2026-04-01"), "J1": day("2026-03-09")}


def test_a_plan_is_first_reviewed_when_it_has_begun_and_last_when_it_is_over() -> None:
    plans = given(register(), customer_plan(starts="2026-05-15", ends="2026-06-15", parent=None))
    assert next_review_on(plans.world.state("plan-K1"), RULES) == day("2026-06-01")
    world = plans.world.tell(at("2026-07-01"), review("2026-06-01"))
    assert next_review_on(world.state("plan-K1"), RULES) == day("2026-07-01")
    assert next_review_on(world.tell(review("2026-07-01")).state("plan-K1"), RULES) is None


def test_the_dates_of_review_are_those_of_the_company_wherever_a_unit_is() -> None:
    west = RULES.calendar.model_copy(update={"time_zone": "America/Los_Angeles"})
    changes = {"calendars": {**RULES.calendars, "west": west}, "unit_calendars": (UnitCalendar(unit="north", calendar="west"),)}
    rules = RULES.model_copy(update=changes)
    # Reviewed is on the 1st at 06:30 in Shanghai; where the unit is, the last of the month lasts until the afternoon.
    world = World(now=at("2026-06-01 09:00"), playbooks=Playbooks([rules])).tell(register(), customer_plan(parent=None))
    plan = world.state("plan-K1")
    assert world.playbooks.of(plan).calendar == west
    assert next_review_on(plan, world.playbooks.of(plan)) == day("2026-07-01")


def test_a_playbook_without_cadences_reviews_nothing_by_itself() -> None:
    plan = given(*three_levels()).world.state("plan-K1")
    old = RULES.model_copy(update={"plans": PlanRules()})
    assert next_review_on(plan, old) is None
    assert old.plans.gap_below == 0


def test_a_plan_that_is_moved_to_another_playbook_version_is_reviewed_on_its_dates() -> None:
    weekly = RULES.plans.model_copy(update={"reviews": (Cadence(kind="customer", every="week", weekday=5),)})
    world = given(*three_levels()).world
    world.playbooks = Playbooks([*PLAYBOOKS, RULES.model_copy(update={"version": "2099.1", "plans": weekly})])
    world.tell(MovePlaybook(plan="K1", to="2099.1", reason="closer looks", actor=SALES))
    assert due_moments(world, "plan-K1")["review-2026-03-06-overdue"] == at("2026-03-09")


def test_cadences_fall_on_their_dates() -> None:
    weekly = Cadence(kind="project", every="week", weekday=5)
    quarterly = Cadence(kind="industry", every="quarter", month=2, day=15)
    assert weekly.first_after(date(2026, 3, 6)) == date(2026, 3, 13)
    assert [quarterly.first_after(date(2026, 2, 15)), quarterly.first_after(date(2026, 11, 15))] == [
        date(2026, 5, 15),
        date(2027, 2, 15),
    ]


def test_a_review_finds_a_gap_under_the_threshold_and_raises_an_action_for_the_owner() -> None:
    plans = given(*three_levels(), target(100), FIRST_REVIEW)
    world = plans.when(review("2026-04-01", figure(30, 49))).then(PlanReviewed, GapFound, ActionAdded)
    _, gap, raised = world.events["plan-K1"][-3:]
    assert isinstance(gap, GapFound)
    assert (gap.percent, gap.below, gap.amount, gap.actual, gap.weighted) == (79, 80, yuan(100), yuan(30), yuan(49))
    assert isinstance(raised, ActionAdded)
    assert (raised.owner, raised.due_on, raised.gap, raised.by_itself) == ("u1", day("2026-04-15"), "2026/all/won", True)
    view = world.view("plan-K1")
    assert (view.code, view.health, view.needs_human) == ("gap", "at-risk", True)


def test_a_target_that_is_covered_is_no_gap() -> None:
    plans = given(*three_levels(), target(100), FIRST_REVIEW)
    world = plans.when(review("2026-04-01", figure(30, 50))).then(PlanReviewed)
    assert world.view("plan-K1").code == "set"


def test_a_gap_that_stays_raises_no_second_action_while_the_first_is_open_but_one_when_it_is_done() -> None:
    plans = given(*three_levels(), target(100), FIRST_REVIEW, review("2026-04-01", figure(0)), at("2026-05-01 06:30"))
    plans.when(review("2026-05-01", figure(0))).then(ActionOverdue, ActionEscalated, PlanReviewed)
    plans.world.tell(CompleteAction(plan="K1", action="A1", result="met", actor=SALES))
    plans.when(review("2026-06-01", figure(0)), at("2026-06-01 06:30")).then(PlanReviewed, GapFound, ActionAdded)
    assert plans.world.state("plan-K1").targets["2026/all/won"].gap_since == day("2026-04-01")


def test_a_gap_that_is_found_when_its_period_is_over_is_on_record_and_asks_for_no_action() -> None:
    plans = given(*three_levels(), target(100, period="2026Q1"), FIRST_REVIEW)
    world = plans.when(review("2026-04-01", figure(0, period="2026Q1"))).then(PlanReviewed, GapFound)
    assert world.view("plan-K1").code == "gap"
    assert not world.state("plan-K1").open_actions
    plans.when(review("2026-05-01", figure(0, period="2026Q1")), at("2026-05-01 06:30")).then(PlanReviewed)


def test_a_gap_is_closed_when_the_target_is_covered_again() -> None:
    plans = given(*three_levels(), target(100), FIRST_REVIEW, review("2026-04-01", figure(0)), at("2026-04-02"), record())
    plans.world.tell(CompleteAction(plan="K1", action="A1", result="met", actor=SALES))
    world = plans.when(review("2026-05-01", figure(80)), at("2026-05-01 06:30")).then(PlanReviewed, GapClosed)
    assert world.view("plan-K1").code == "set"
    assert not world.state("plan-K1").gaps


def test_two_gaps_of_one_review_raise_two_actions_of_different_names() -> None:
    plans = given(*three_levels(), target(100), target(50, period="2026H1"), FIRST_REVIEW)
    world = plans.when(review("2026-04-01", figure(0), figure(0, period="2026H1"))).then(
        PlanReviewed, GapFound, ActionAdded, GapFound, ActionAdded
    )
    assert [one.action for one in world.state("plan-K1").actions] == ["A1", "A2"]


def test_a_review_comes_once_for_its_date_and_not_before_it() -> None:
    plans = given(*three_levels(), FIRST_REVIEW)
    plans.when(review("2026-04-03")).then_refused(ReviewTooEarlyError)
    plans.when(review("2026-04-01")).then(PlanReviewed)
    plans.when(review("2026-04-01")).then()
    plans.when(review("2026-03-30")).then()


def test_a_review_that_does_not_come_is_overdue_after_the_grace_and_the_late_one_says_so() -> None:
    plans = given(*three_levels())
    assert due_moments(plans.world, "plan-K1")["review-2026-04-01-overdue"] == at("2026-04-04")
    world = plans.when_clocks_are_judged("plan-K1", at("2026-06-05")).then(
        ReviewOverdue(occurred_at=at("2026-04-04"), review_on=day("2026-04-01"), who="sales")
    )
    assert (world.view("plan-K1").health, world.view("plan-K1").needs_human) == ("overdue", True)
    world.tell(review("2026-04-01"))
    assert world.events["plan-K1"][-1].late is True  # type: ignore[attr-defined]
    assert "review-2026-05-01-overdue" in due_moments(world, "plan-K1")


def test_people_record_what_they_found_in_a_review_that_was_held() -> None:
    plans = given(*three_levels())
    plans.when(record()).then_refused(NotReviewedError)
    plans.world.tell(FIRST_REVIEW, review("2026-04-01"))
    assert "review_record" in [one.code for one in plans.world.view("plan-K1").missing]
    plans.when(record(on="2026-03-01")).then_refused(NotReviewedError)
    world = plans.when(record()).then(ReviewRecorded)
    assert "review_record" not in [one.code for one in world.view("plan-K1").missing]


def test_the_end_of_the_period_asks_for_the_close_and_a_longer_period_takes_it_back() -> None:
    plans = given(register(), industry_plan(ends="2026-03-31"))
    world = plans.when_clocks_are_judged("plan-I1", at("2026-04-01")).then(PlanPeriodEnded)
    assert (world.view("plan-I1").code, world.view("plan-I1").needs_human) == ("ended", True)
    world = plans.when(revise("I1", ends_on=day("2026-06-30"))).then(PlanRevised)
    assert due_moments(world, "plan-I1")["period-over-2"] == at("2026-07-01")
    plans.when(ClosePlan(plan="I1", reason="merged", actor=OTHER)).then(PlanClosed)


# When what it is about is no more


MERGE: dict[str, Any] = {"customer": "C1", "reason": "same", "approver": "m1", "approver_role": "manager", "actor": SALES}


def test_the_plan_of_a_customer_that_is_merged_asks_its_owner_to_revise_or_close_it_until_that_is_done() -> None:
    plans = given(*three_levels(), register("C9"), at("2026-03-03 10:00"), MergeCustomer(into="C9", **MERGE))
    told = plans.world.events["plan-K1"][-1]
    assert told == PlanSubjectChanged(occurred_at=at("2026-03-03 10:00"), subject="merged", to="C9", who="sales")
    view = plans.world.view("plan-K1")
    assert (view.needs_human, view.waiting_for, view.health) == (True, "sales", "at-risk")
    assert "C9" in view.reason
    assert "客户已并入" in view.reason
    assert "subject" in [one.code for one in view.missing]
    state, told_at = plans.world.state("plan-K1"), told.occurred_at
    notices = notices_of(told, state, RULES, stream="plan-K1", version=9, now=told_at)
    assert {(one.to.person, "C9" in one.text.zh) for one in notices} == {("u1", True)}
    world = plans.when(revise(information="goes on for C9")).then(PlanRevised)
    assert not world.view("plan-K1").needs_human


def test_a_merge_that_is_taken_back_takes_the_question_back() -> None:
    plans = given(*three_levels(), register("C9"), MergeCustomer(into="C9", **MERGE), UndoMerge(**MERGE))
    assert not plans.world.view("plan-K1").needs_human
    again = plans.world.tell(MergeCustomer(into="C9", **MERGE))
    assert again.view("plan-K1").needs_human
    for stream in ("plan-K1", "customer-C1"):
        assert fold_again(again, stream) == again.state(stream)


@pytest.mark.parametrize(
    ("end", "subject", "words"),
    [
        (lose(), "lost", "商机已丢单"),
        (
            CancelProject(
                project="P1",
                reason="x",
                reference="mail",
                approver="m1",
                approver_role=str(RULES.projects.cancel_approver),
                actor=SALES,
            ),
            "cancelled",
            "项目已取消",
        ),
    ],
    ids=["lost", "cancelled"],
)
def test_the_plan_of_a_project_that_is_lost_or_cancelled_asks_too(end: Any, subject: str, words: str) -> None:
    world = given(*three_levels(), end).world
    told = world.events["plan-J1"][-1]
    assert isinstance(told, PlanSubjectChanged)
    assert told.subject == subject
    assert words in world.view("plan-J1").reason
    world.tell(ClosePlan(plan="J1", reason="over", actor=SALES))
    assert not world.view("plan-J1").needs_human
    assert "PlanSubjectChanged" not in [one.type for one in world.events["plan-K1"]]


def test_a_deal_that_is_reopened_takes_the_question_back() -> None:
    reopened = ReopenDeal(project="P1", reason="they called", approver="m1", approver_role="manager", actor=SALES)
    world = given(*three_levels(), lose(), reopened).world
    assert [one.subject for one in world.events["plan-J1"] if isinstance(one, PlanSubjectChanged)] == ["lost", "in_force"]
    assert not world.view("plan-J1").needs_human


def test_word_of_what_a_plan_is_not_about_is_refused() -> None:
    plans = given(*three_levels(), register("C9"))
    plans.when(NoteSubject(plan="K1", source="customer-C9", actor=SYSTEM)).then_refused(NotFoundError)
    plans.when(NoteSubject(plan="I1", source="customer-C1", actor=SYSTEM)).then_refused(NotFoundError)
    plans.when(NoteSubject(plan="K1", source="customer-C1", actor=SYSTEM)).then()
    plans.when(NoteCustomerPlan(customer="C9", plan="K1", actor=SYSTEM)).then_refused(NotFoundError)
    plans.when(NoteProjectPlan(project="P1", plan="K1", actor=SYSTEM)).then_refused(NotFoundError)


def test_the_state_is_what_the_events_add_up_to() -> None:
    told: list[Told] = [*three_levels(), target(100, "I1"), allocate({"K1": 60})]
    told += [FIRST_REVIEW, review("2026-04-01", figure(1)), record()]
    world = given(*told).world
    assert fold_again(world, "plan-K1") == world.state("plan-K1")
    assert isinstance(world.events["plan-K1"][0], PlanSet)


def test_the_view_tells_no_amounts_and_no_words_of_people() -> None:
    plans = given(*three_levels(), target(98765), FIRST_REVIEW, review("2026-04-01", figure(11111)))
    shown = plans.world.view("plan-K1").model_dump_json()
    assert not any(secret in shown for secret in ("98765", "98,765", "11111", "u1", '规划"'))
