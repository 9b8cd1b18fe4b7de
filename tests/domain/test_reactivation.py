"""Reactivation 唤醒: begun by a sleeping customer or by a person, worked in steps, ended by rules; a share is left alone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.customer.life_commands import InvalidateCustomer
from domain.customer.life_events import CustomerReactivated
from domain.customer.record_commands import ChangeOwner, MergeCustomer, UndoMerge
from domain.customer.waking_refusals import (
    HeldOutError,
    NotAsleepError,
    NotReactivatedHereError,
    NotTheWakerError,
    ReactivationRunsError,
    TooSoonError,
    WakingApprovalError,
)
from domain.messages import SYSTEM, Actor, ActorKind, Money
from domain.playbook import Playbooks
from domain.playbook.reactivation import ReactivationRules, ReactivationTrack
from domain.reactivating import (
    BeginReactivation,
    EndReactivation,
    HoldOutBroken,
    NoteAwake,
    NoteReactivation,
    ReactivationReported,
    ReactivationStarted,
    StartReactivation,
)
from domain.reactivation import (
    AgainOnError,
    BudgetCurrencyError,
    BudgetNotRaisedError,
    BudgetRaised,
    CompleteStep,
    CustomerCameBack,
    HorizonPassed,
    LeftAloneError,
    OverBudgetError,
    OwnBudgetError,
    RaiseBudget,
    ReactivationAnswered,
    ReactivationEnded,
    ReactivationEndedError,
    ReactivationRoleError,
    ReactivationStepCompleted,
    ReactivationStepOverdue,
    ReactivationStepSkipped,
    RecordAnswer,
    SkipStep,
    StepSettledError,
    StepUnknownError,
    StopReactivation,
)
from domain.refusals import NotFoundError
from domain.telling import notices_of
from tests.domain.asked import RULES, SALES, at, classify, contact, judge, lose, on, open_project, register, release
from tests.domain.scenario import Given, World, due_moments, fold_again

CUSTOMER, FIRST = "customer-C1", "reactivation-C1.1"
DORMANT = at("2026-09-02 00:00")
"""When a VIP that was registered on 2 March and never heard of again goes dormant: potential, six months."""
MANAGER = Actor(kind=ActorKind.PERSON, id="m1", role="manager")
EXECUTIVE = Actor(kind=ActorKind.PERSON, id="e1", role="executive")
CHAPTER = RULES.reactivation
assert CHAPTER is not None


def rules(**track: Any) -> Playbooks:
    """The standard playbook with one track for all, two steps, a budget of 1,000 and no hold-out, unless the test says else."""
    assert CHAPTER is not None
    chapter = {name: track.pop(name) for name in tuple(track) if name in ReactivationRules.model_fields and name != "steps"}
    told = {"auto": True, "budget": yuan(1000), "cool_down": 200} | track
    changed = {"tracks": (ReactivationTrack.model_validate(told),), "steps": CHAPTER.steps[:2]} | chapter
    return Playbooks([RULES.model_copy(update={"reactivation": CHAPTER.model_copy(update=changed)})])


def yuan(amount: int, currency: str = "CNY") -> Money:
    return Money(amount=Decimal(amount), currency=currency)


def asleep(**track: Any) -> World:
    """A VIP that has gone dormant, judged at that very moment."""
    world = World(playbooks=rules(**track)).tell(register(), classify())
    return world.tell(DORMANT, judge(CUSTOMER))


def start(**fields: Any) -> StartReactivation:
    return StartReactivation.model_validate({"customer": "C1", "reason": "a new product", "actor": SALES} | fields)


def done(step: str = "call", **fields: Any) -> CompleteStep:
    return CompleteStep.model_validate({"reactivation": "C1.1", "step": step, "result": "talked", "actor": SALES} | fields)


def skip(step: str = "news") -> SkipStep:
    return SkipStep(reactivation="C1.1", step=step, reason="no news", actor=SALES)


def answer(told: str = "interested", **fields: Any) -> RecordAnswer:
    said = {"reactivation": "C1.1", "answer": told, "reference": "minutes", "actor": SALES} | fields
    return RecordAnswer.model_validate(said)


def days(count: float) -> timedelta:
    return timedelta(days=count)


def ended(world: World, stream: str = FIRST) -> ReactivationEnded:
    [event] = [one for one in world.events[stream] if isinstance(one, ReactivationEnded)]
    return event


# How one begins


def test_a_customer_that_goes_dormant_begins_its_reactivation_at_that_very_moment() -> None:
    world = asleep()
    started = world.events[CUSTOMER][-1]
    assert isinstance(started, ReactivationStarted)
    assert (started.by_itself, started.begun_from, started.occurred_at) == (True, "dormant", DORMANT)
    state = world.state(FIRST)
    assert (state.status, state.owner, state.budget, state.root.value_class) == ("running", "u1", yuan(1000), "vip")
    assert world.take(judge(CUSTOMER)) == []


def test_nobody_has_left_undone_what_could_not_begin_before_a_past_was_in() -> None:
    """Ten years of sleep that are brought along are no ten years of failed attempts."""
    brought = on(at("2016-03-02 10:00"), register(hold_clocks=True)), on(at("2016-03-03 10:00"), classify())
    world = World(playbooks=rules(attempts=3)).tell(at("2026-03-02"), *brought, release(customer="C1"), judge(CUSTOMER))
    assert world.state(CUSTOMER).recall.dormant_at == at("2016-09-02")
    [started] = [one for one in world.events[CUSTOMER] if isinstance(one, ReactivationStarted)]
    assert (started.number, started.occurred_at) == (1, at("2026-03-02"))


def test_another_value_class_of_a_sleeping_customer_begins_its_reactivation_when_it_is_decided() -> None:
    assert CHAPTER is not None
    tracks = (ReactivationTrack(value_classes=("vip",), auto=True), ReactivationTrack())
    books = Playbooks([RULES.model_copy(update={"reactivation": CHAPTER.model_copy(update={"tracks": tracks})})])
    world = World(playbooks=books).tell(register(), classify("other_large"), at("2027-03-01"), judge(CUSTOMER))
    assert world.state(CUSTOMER).recall.waking is None
    world.tell(at("2028-02-01"), classify("vip"), judge(CUSTOMER))
    started = world.events[CUSTOMER][-1]
    assert isinstance(started, ReactivationStarted)
    assert (started.occurred_at, started.horizon) == (at("2028-02-01"), at("2028-02-01") + timedelta(days=180))


def test_after_a_merge_that_was_a_mistake_the_next_attempt_begins_when_it_is_taken_back() -> None:
    told: dict[str, Any] = {"reason": "same", "approver": "m1", "approver_role": "manager", "actor": SALES}
    world = asleep(attempts=2).tell(register("C2"), MergeCustomer(customer="C1", into="C2", **told))
    assert ended(world).outcome == "merged"
    world.tell(at("2026-12-20"), UndoMerge(customer="C1", **told), judge(CUSTOMER))
    again = world.events[CUSTOMER][-1]
    assert isinstance(again, ReactivationStarted)
    assert (again.number, again.occurred_at) == (2, at("2026-12-20"))


def test_an_attempt_that_a_merge_cut_off_is_no_attempt_once_the_merge_is_taken_back() -> None:
    told: dict[str, Any] = {"reason": "same", "approver": "m1", "approver_role": "manager", "actor": SALES}
    world = asleep(attempts=1).tell(register("C2"), MergeCustomer(customer="C1", into="C2", **told))
    world.tell(at("2026-12-20"), UndoMerge(customer="C1", **told), judge(CUSTOMER))
    again = world.events[CUSTOMER][-1]
    assert isinstance(again, ReactivationStarted)
    assert (again.number, again.attempt, again.by_itself) == (2, 1, True)
    world.tell(answer("no", reactivation="C1.2"), at("2028-12-20"), judge(CUSTOMER))
    assert not world.state("reactivation-C1.3").exists


def test_a_merge_and_its_taking_back_leave_both_customers_on_the_ladder() -> None:
    told: dict[str, Any] = {"reason": "same", "approver": "m1", "approver_role": "manager", "actor": SALES}
    world = asleep(auto=False).tell(register("C2"), classify(customer="C2"), open_project("P2", "C2"))
    merged = world.tell(at("2026-10-01"), MergeCustomer(customer="C2", into="C1", **told))
    assert (merged.state(CUSTOMER).status, due_moments(merged, "customer-C2")) == ("potential", {})
    world.tell(at("2026-11-01"), UndoMerge(customer="C2", **told))
    assert list(world.state("customer-C2").life.running) == ["P2"]
    [cools] = [name for name in due_moments(world, CUSTOMER) if name.startswith("cooling-2")]
    assert due_moments(world, CUSTOMER)[cools] > at("2026-11-01")
    world.tell(lose("P2"), at("2028-01-01"), judge(CUSTOMER), judge("customer-C2"))
    assert (world.state(CUSTOMER).status, world.state("customer-C2").status) == ("dormant", "dormant")


def test_it_goes_with_the_customers_owner_unless_somebody_else_was_named_to_run_it() -> None:
    told: dict[str, Any] = {"customer": "C1", "owner": "u9", "reason": "left", "actor": SALES}
    assert asleep().tell(DORMANT + days(1), ChangeOwner(**told)).state(FIRST).owner_now == "u9"
    own = asleep(auto=False).tell(DORMANT + days(1), start(owner="u5"), DORMANT + days(2), ChangeOwner(**told))
    assert own.state(FIRST).owner_now == "u5"
    own.tell(ChangeOwner(**told, with_deals=True))
    assert own.state(FIRST).owner_now == "u9"


def test_one_that_begins_with_the_very_command_that_hands_the_customer_over_is_the_new_owners() -> None:
    world = World(playbooks=rules()).tell(register(), classify(), DORMANT + days(3))
    world.tell(ChangeOwner(customer="C1", owner="u9", reason="left", actor=SALES))
    assert [one.type for one in world.events[FIRST]] == ["ReactivationBegun", "DealOwnerChanged"]


def test_where_the_playbook_does_not_say_so_a_person_begins_it() -> None:
    world = asleep(auto=False)
    assert not world.state(FIRST).exists
    Given(world).when(start(owner="u9")).then(ReactivationStarted)
    assert world.state(FIRST).owner == "u9"


def test_a_customer_that_is_cooling_is_reactivated_by_a_person_where_the_playbook_lets_it() -> None:
    cooling = at("2026-07-01 10:00")
    begun = World(playbooks=rules(starts_from=("cooling", "dormant"))).tell(register(), classify(), cooling, judge(CUSTOMER))
    Given(begun).when(start()).then(ReactivationStarted)
    assert begun.state(FIRST).begun_from == "cooling"
    other = World(playbooks=rules(starts_from=("dormant",))).tell(register(), classify(), cooling, judge(CUSTOMER))
    Given(other).when(start()).then_refused(NotAsleepError)


def test_a_customer_that_is_awake_is_not_reactivated() -> None:
    Given(World(playbooks=rules()).tell(register(), classify())).when(start()).then_refused(NotAsleepError)


def test_one_runs_at_a_time() -> None:
    Given(asleep()).when(start()).then_refused(ReactivationRunsError)


def test_a_role_that_may_not_begin_one_is_refused() -> None:
    given = Given(asleep(auto=False, started_by=("manager",)))
    given.when(start()).then_refused(NotTheWakerError)
    given.when(start(actor=MANAGER)).then(ReactivationStarted)


def test_a_playbook_without_the_chapter_reactivates_nobody() -> None:
    world = World(playbooks=Playbooks([RULES.model_copy(update={"reactivation": None})])).tell(register(), classify())
    world.tell(DORMANT, judge(CUSTOMER))
    assert world.state(CUSTOMER).status == "dormant"
    Given(world).when(start()).then_refused(NotReactivatedHereError)


def test_a_forged_beginning_begins_nothing() -> None:
    world = asleep(auto=False)
    Given(world).when(BeginReactivation(reactivation="C1.1", actor=SYSTEM)).then_refused(NotFoundError)


def test_a_budget_above_the_playbooks_needs_an_approver_who_is_somebody_else() -> None:
    given = Given(asleep(auto=False))
    given.when(start(budget=yuan(5000))).then_refused(WakingApprovalError)
    own = {"budget": yuan(5000), "approver": "u1", "approver_role": "manager"}
    given.when(start(**own)).then_refused(WakingApprovalError)
    given.when(start(**own | {"approver": "s9", "approver_role": "sales"})).then_refused(WakingApprovalError)
    given.when(start(**own | {"approver": "m1"})).then(ReactivationStarted)
    assert given.world.state(FIRST).budget == yuan(5000)


def test_a_smaller_budget_needs_nobody() -> None:
    world = Given(asleep(auto=False)).when(start(budget=yuan(500))).then(ReactivationStarted)
    assert world.state(FIRST).budget == yuan(500)


# Steps in time


def test_a_step_that_is_not_done_in_its_time_is_noticed_once_at_its_true_moment() -> None:
    world = asleep()
    due = due_moments(world, FIRST)["step-call-overdue"]
    assert due == RULES.calendar.add_working_days(DORMANT, 5)
    Given(world).when_clocks_are_judged(FIRST, due + days(1)).then(ReactivationStepOverdue)
    assert world.events[FIRST][-1].occurred_at == due
    view = world.view(FIRST)
    assert (view.health, view.waiting_for, view.needs_human) == ("overdue", "sales", True)
    assert world.take(judge(FIRST)) == []


def test_steps_are_done_or_left_out_by_their_role_each_once() -> None:
    given = Given(asleep())
    given.when(done("nothing")).then_refused(StepUnknownError)
    given.when(done(actor=MANAGER)).then_refused(ReactivationRoleError)
    given.when(done()).then(ReactivationStepCompleted)
    given.when(done()).then_refused(StepSettledError)
    given.when(skip()).then(ReactivationStepSkipped)
    assert [one.code for one in given.world.view(FIRST).missing] == ["answer"]


# Budget


def test_what_costs_more_than_is_left_is_refused_until_the_budget_is_raised() -> None:
    given = Given(asleep())
    given.when(done(cost=yuan(600))).then(ReactivationStepCompleted)
    given.when(done("news", cost=yuan(500))).then_refused(OverBudgetError)
    raised = RaiseBudget(reactivation="C1.1", budget=yuan(1200), reason="a key customer", actor=MANAGER)
    given.when(raised.model_copy(update={"actor": SALES})).then_refused(ReactivationRoleError)
    own = MANAGER.model_copy(update={"on_behalf_of": "u1"})
    given.when(raised.model_copy(update={"actor": own})).then_refused(OwnBudgetError)
    given.when(raised.model_copy(update={"budget": yuan(900)})).then_refused(BudgetNotRaisedError)
    given.when(raised.model_copy(update={"budget": yuan(9000, "USD")})).then_refused(BudgetCurrencyError)
    given.when(raised).then(BudgetRaised)
    given.when(done("news", cost=yuan(500))).then(ReactivationStepCompleted)
    assert given.world.state(FIRST).spent == 1100


def test_a_cost_in_another_currency_is_refused() -> None:
    Given(asleep()).when(done(cost=yuan(10, "USD"))).then_refused(BudgetCurrencyError)


def test_a_budget_that_is_spent_ends_it() -> None:
    world = Given(asleep()).when(done(cost=yuan(1000))).then(ReactivationStepCompleted, ReactivationEnded)
    assert ended(world).outcome == "budget_spent"


# How one ends


def test_a_customer_that_is_interested_is_awake_and_the_reactivation_knows() -> None:
    world = Given(asleep()).when(answer()).then(ReactivationAnswered, ReactivationEnded, CustomerCameBack)
    assert world.state(CUSTOMER).status == "potential"
    woke = next(one for one in world.events[CUSTOMER] if isinstance(one, CustomerReactivated))
    assert woke.reasons[0].code == "answer"
    assert (ended(world).outcome, ended(world).try_again_on) == ("answered", None)
    assert world.state(FIRST).status == "watched"


@pytest.mark.parametrize("told", ["no", "not_now"])
def test_a_customer_that_says_no_sleeps_on_and_is_not_asked_again_before_the_cool_down(told: str) -> None:
    world = Given(asleep(auto=False)).when(start()).then(ReactivationStarted)
    world.tell(answer(told))
    assert world.state(CUSTOMER).status == "dormant"
    again_on = date(2026, 9, 2) + days(200)
    assert (ended(world).outcome, ended(world).try_again_on) == (told, again_on)
    Given(world).when(start()).then_refused(TooSoonError)
    world.tell(at(f"{again_on} 00:00"), start())
    assert world.state("reactivation-C1.2").running


def test_a_customer_that_names_a_day_is_asked_again_on_that_day() -> None:
    world = asleep(horizon=60, latest=60)
    Given(world).when(answer("no", again_on=date(2027, 1, 4))).then_refused(AgainOnError)
    world.tell(answer("not_now", again_on=date(2027, 1, 4)))
    assert ended(world).try_again_on == date(2027, 1, 4)


def test_an_answer_that_ends_nothing_by_the_playbook_is_only_recorded() -> None:
    world = asleep(exits=("steps_done", "latest"))
    Given(world).when(answer("not_now")).then(ReactivationAnswered)
    assert world.state(FIRST).running


def test_after_the_last_step_the_customer_has_its_time_to_answer() -> None:
    world = asleep().tell(done(), skip())
    late = Given(world).when_clocks_are_judged(FIRST, DORMANT + days(25)).then(ReactivationEnded)
    assert (ended(late).outcome, ended(late).occurred_at) == ("steps_done", at("2026-09-22 00:00"))


def test_at_its_latest_end_it_ends_whatever_is_left_to_do() -> None:
    world = asleep()
    recorded = world.tell(DORMANT + days(91)).take(judge(FIRST))
    assert [type(one) for one in recorded] == [ReactivationStepOverdue, ReactivationStepOverdue, ReactivationEnded]
    assert (ended(world).outcome, ended(world).occurred_at) == ("latest", DORMANT + days(90))
    assert not world.view(FIRST).closed
    assert world.state(CUSTOMER).recall.waking.outcome == "latest"


def test_a_person_ends_it_for_a_reason_and_it_does_not_begin_by_itself_again() -> None:
    stop = StopReactivation(reactivation="C1.1", reason="they moved abroad", actor=SALES)
    world = Given(asleep(attempts=5)).when(stop).then(ReactivationEnded)
    world.tell(DORMANT + days(400), judge(CUSTOMER))
    assert not world.state("reactivation-C1.2").exists
    Given(world).when(stop).then_refused(ReactivationEndedError)


def test_it_begins_by_itself_again_after_the_cool_down_as_often_as_the_playbook_says() -> None:
    world = asleep(attempts=2).tell(answer("no"), DORMANT + days(201), judge(CUSTOMER))
    second = world.state("reactivation-C1.2")
    assert second.begun_at == at("2027-03-21 00:00")
    world.tell(answer("no", reactivation="C1.2"), DORMANT + days(500), judge(CUSTOMER))
    assert not world.state("reactivation-C1.3").exists


@pytest.mark.parametrize(
    ("waking", "how"), [(contact(channel="visit"), "answer"), (open_project(), "project")], ids=["contact", "project"]
)
def test_a_customer_that_wakes_by_itself_ends_it(waking: Any, how: str) -> None:
    world = asleep()
    world.tell(DORMANT + days(3), waking)
    assert world.state(CUSTOMER).status == "potential"
    assert (ended(world).outcome, world.state(FIRST).back_how) == ("woke", how)
    assert bool(world.state(FIRST).business_at) == (how == "project")


def test_a_customer_that_becomes_invalid_ends_it_and_nobody_watches_any_more() -> None:
    world = asleep()
    gone = InvalidateCustomer(
        customer="C1", reason="wound_up", evidence="register", approver="m1", approver_role="manager", actor=SALES
    )
    world.tell(gone)
    assert ended(world).outcome == "invalid"
    assert world.view(FIRST).closed
    assert due_moments(world, FIRST) == {}


def test_a_return_after_the_end_still_counts_until_the_horizon() -> None:
    world = asleep(horizon=100, latest=90).tell(answer("no"), DORMANT + days(50), contact(channel="visit"))
    assert world.state(FIRST).back_at == DORMANT + days(50)
    late = asleep(horizon=100, latest=90).tell(answer("no"), DORMANT + days(101), judge(FIRST), contact(channel="visit"))
    assert isinstance(late.events[FIRST][-1], HorizonPassed)
    assert late.state(FIRST).back_at is None
    assert late.view(FIRST).closed


def test_word_of_the_customer_that_it_has_not_on_record_changes_nothing() -> None:
    world = asleep()
    assert world.take(NoteAwake(reactivation="C1.1", actor=SYSTEM)) == []
    assert world.take(EndReactivation(reactivation="C1.1", actor=SYSTEM)) == []
    assert world.take(NoteReactivation(customer="C1", reactivation="C1.1", actor=SYSTEM)) == []


# The hold-out


def held_out(**track: Any) -> World:
    """A customer that is drawn: 90 of 100 are, and `1` draws this one."""
    return asleep(**({"hold_out": 90, "salt": "1"} | track))


def test_a_customer_that_is_drawn_is_left_alone_until_the_horizon() -> None:
    world = held_out(horizon=180)
    view = world.view(FIRST)
    assert (view.code, view.waiting_for, view.missing, view.needs_human) == ("held_out", "", (), False)
    assert set(due_moments(world, FIRST)) == {"held-out-over"}
    Given(world).when(done()).then_refused(LeftAloneError)
    world.tell(DORMANT + days(180), judge(FIRST))
    assert (ended(world).outcome, world.state(FIRST).back_at) == ("held_out", None)
    assert world.view(FIRST).closed
    reported = world.events[CUSTOMER][-1]
    assert isinstance(reported, ReactivationReported)


def test_one_that_is_left_alone_and_wakes_counts_as_one_that_came_back() -> None:
    world = held_out().tell(DORMANT + days(9), contact(channel="visit"))
    assert (world.state(FIRST).back_at, ended(world).outcome) == (DORMANT + days(9), "woke")


def test_a_hold_out_is_broken_only_by_an_approver_and_stays_on_record_as_one() -> None:
    world = held_out()
    Given(world).when(start()).then_refused(HeldOutError)
    Given(world).when(start(approver="m1", approver_role="manager")).then_refused(WakingApprovalError)
    Given(world).when(start(approver="u1", approver_role="director")).then_refused(WakingApprovalError)
    Given(world).when(start(approver="x1", approver_role="director")).then(HoldOutBroken)
    state = world.state(FIRST)
    assert (state.held_out, state.status) == (True, "running")
    assert due_moments(world, FIRST)["step-call-overdue"] == RULES.calendar.add_working_days(DORMANT, 5)


def test_one_that_a_person_begins_is_drawn_like_any_other() -> None:
    world = held_out(auto=False).tell(start())
    assert world.state(FIRST).status == "held_out"
    other = held_out(auto=False)
    approved = start(approver="x1", approver_role="director")
    Given(other).when(approved).then(ReactivationStarted, HoldOutBroken)
    assert other.state(FIRST).status == "running"


@pytest.mark.parametrize("percent", [0, 10, 20, 50])
def test_the_share_that_is_left_alone_is_what_the_playbook_says(percent: int) -> None:
    assert CHAPTER is not None
    track = ReactivationTrack(hold_out=percent)
    drawn = CHAPTER.model_copy(update={"tracks": (track,)})
    found = sum(drawn.holds_out(f"C{number}", 1, "small") for number in range(10_000))
    # Four standard deviations of a fair draw.
    assert abs(found - percent * 100) <= 4 * (10_000 * percent / 100 * (1 - percent / 100)) ** 0.5
    again = [drawn.holds_out(f"C{number}", 1, "small") for number in range(100)]
    assert again == [drawn.holds_out(f"C{number}", 1, "small") for number in range(100)]


def test_another_salt_and_another_number_draw_others() -> None:
    assert CHAPTER is not None
    one = CHAPTER.model_copy(update={"tracks": (ReactivationTrack(hold_out=50),), "salt": "a"})
    other = one.model_copy(update={"salt": "b"})
    ids = [f"C{number}" for number in range(200)]
    assert [one.holds_out(each, 1, "") for each in ids] != [other.holds_out(each, 1, "") for each in ids]
    assert [one.holds_out(each, 1, "") for each in ids] != [one.holds_out(each, 2, "") for each in ids]


# What holds for all


@pytest.mark.parametrize("world", [asleep, held_out])
def test_states_are_the_sum_of_their_events(world: Any) -> None:
    told: World = world()
    told.tell(DORMANT + days(400), judge(FIRST), judge(CUSTOMER))
    for stream in (CUSTOMER, FIRST):
        assert fold_again(told, stream) == told.state(stream)


def test_ten_years_of_sleep_leave_few_events() -> None:
    world = asleep(attempts=100)
    for year in range(10):
        moment: datetime = DORMANT + days(365 * (year + 1))
        for _ in range(3):
            world.tell(moment, judge(CUSTOMER))
            for stream in [one for one in world.events if one.startswith("reactivation-")]:
                world.take(judge(stream))
    assert len(world.events[CUSTOMER]) < 60
    assert max(len(events) for stream, events in world.events.items() if stream.startswith("reactivation-")) < 10


def test_nobody_hears_of_a_customer_that_is_left_alone() -> None:
    for world, heard in ((asleep(), ["u1"]), (held_out(), [])):
        state, told = world.state(CUSTOMER), []
        for version, event in enumerate(world.events[CUSTOMER], start=1):
            rules = world.playbooks.of(state)
            told += [
                one.to.key
                for one in notices_of(event, state, rules, stream=CUSTOMER, version=version, now=event.occurred_at)
                if one.event == "ReactivationStarted" and one.channel == "log"
            ]
        assert told == heard
        for stream in [one for one in world.events if one.startswith("reactivation-")]:
            begun = world.state(stream)
            every = [
                one
                for version, event in enumerate(world.events[stream], start=1)
                for one in notices_of(event, begun, world.playbooks.of(begun), stream=stream, version=version, now=world.now)
            ]
            assert every == []
