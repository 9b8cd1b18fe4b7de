"""A plan that explains itself: baselines are kept, the forecast moves by named facts only."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from domain import implementation
from domain.implementation import (
    DelayReported,
    ForecastMoved,
    HoldUntil,
    Impact,
    MilestoneHeld,
    MilestoneOverdue,
    MilestoneReestimated,
    MilestoneSignedOff,
    PaymentFellDue,
    PlanUnits,
    ReestimateMilestone,
    ReportDelay,
    RequestChange,
    SignChange,
    Unit,
)
from domain.implementation.comparing import compare
from domain.implementation.planning import expected
from domain.messages import Command
from domain.moving import PlaybookMoved
from domain.origin import day_of
from domain.refusals import DateInPastError, RefusalError
from tests.domain.asked import (
    DELIVERY,
    MILESTONES,
    MONDAY,
    RULES,
    SUPPORT,
    at,
    deliver_all,
    excuse,
    handed_to_delivery,
    judge,
    reach,
    ready,
    signed,
    utc,
)
from tests.domain.scenario import World, fold_again, given
from tests.domain.test_moving import closed_in_march, move, world_with
from tests.domain.test_moving import given as before_the_new_version

WORK = "implementation-P1"
BEGUN: list[Command] = handed_to_delivery()
DATES = {"M1": "03-16", "M2": "04-21", "M3": "06-18", "M4": "07-10", "M5": "07-17", "M6": "08-28", "M7": "09-11"}
"""The plan of a project that starts on Monday, 2 March 2026."""


def reestimate(milestone: str, days: int, **fields: Any) -> ReestimateMilestone:
    return ReestimateMilestone(project="P1", milestone=milestone, days=days, reason="x", **({"actor": DELIVERY} | fields))


def hold(milestone: str, until: str) -> HoldUntil:
    return HoldUntil(project="P1", milestone=milestone, until=date.fromisoformat(until), reason="x", actor=DELIVERY)


def delay(milestone: str, until: str, cause: str = "customer") -> ReportDelay:
    given: dict[str, Any] = {"until": date.fromisoformat(until), "cause": cause, "reason": "x", "actor": DELIVERY}
    return ReportDelay(project="P1", milestone=milestone, **given)


def forecast(world: World) -> dict[str, str]:
    """The forecast on record, in dates."""
    return {code: f"{day_of(when, RULES.calendar):%m-%d}" for code, when in world.state(WORK).plan.forecast.items()}


def last_move(world: World) -> ForecastMoved:
    return next(event for event in reversed(world.events[WORK]) if isinstance(event, ForecastMoved))


def days_moved(moved: ForecastMoved) -> dict[str, int]:
    return {
        one.milestone: RULES.calendar.working_days_between(one.before, one.after)
        for one in moved.moved
        if one.before and one.after
    }


def test_the_first_forecast_is_the_plan() -> None:
    assert forecast(given(BEGUN).world) == DATES


def test_a_new_estimate_moves_what_waits_and_names_itself_and_the_way_it_went() -> None:
    world = given(BEGUN).when(reestimate("M3", 45)).then(MilestoneReestimated, ForecastMoved)
    moved = last_move(world)
    assert (moved.cause.kind, moved.cause.what, moved.cause.reference) == ("estimate", "M3", "MilestoneReestimated")
    assert days_moved(moved) == {"M3": 5, "M4": 5, "M5": 5, "M6": 5, "M7": 5}
    assert [one.via for one in moved.moved][:2] == [("M3",), ("M3", "M4")]
    assert world.state(WORK).planned["M3"] == utc(at("2026-06-18 18:00")), "the plan itself stays"


def test_an_estimate_that_changes_nothing_is_not_recorded() -> None:
    given(BEGUN).when(reestimate("M3", 40)).then()


def test_a_delay_and_a_hold_hold_beside_each_other_and_of_each_source_the_last_word_counts() -> None:
    world = given(BEGUN, delay("M2", "2026-05-08")).world
    assert forecast(world)["M2"] == "05-08"
    world.tell(hold("M2", "2026-04-30"))
    assert forecast(world)["M2"] == "05-08"
    world.tell(delay("M2", "2026-04-24"))
    assert forecast(world)["M2"] == "04-30"
    assert last_move(world).cause.kind == "delay"
    assert set(days_moved(last_move(world)).values()) == {-3}, "8 May is back to 30 April; 1 to 5 May are holidays"


def test_a_word_that_moves_no_date_is_recorded_without_a_move() -> None:
    given(BEGUN).when(hold("M2", "2026-04-01")).then(MilestoneHeld)
    given(BEGUN, delay("M3", "2026-09-30")).when(delay("M2", "2026-05-08", "vendor")).then(DelayReported, ForecastMoved)


def test_a_hold_until_a_day_off_is_one_until_the_next_working_day() -> None:
    assert forecast(given(BEGUN, hold("M2", "2026-05-02")).world)["M2"] == "05-06"


def test_a_milestone_signed_early_brings_forward_what_waits_for_it() -> None:
    world_before = given(BEGUN, ready("M1"), at("2026-03-12 10:00"))
    moved = last_move(world_before.when(signed("M1")).then(MilestoneSignedOff, PaymentFellDue, ForecastMoved))
    assert (moved.cause.kind, moved.cause.what, moved.cause.reference) == ("signed", "M1", "MilestoneSignedOff")
    assert set(days_moved(moved).values()) == {-2}
    assert len(moved.moved) == 7


def test_a_milestone_signed_on_its_day_moves_nothing() -> None:
    world_before = given(BEGUN, ready("M1"), at("2026-03-16 10:00"))
    world_before.when(signed("M1")).then(MilestoneSignedOff, PaymentFellDue)


def test_an_overdue_milestone_puts_off_what_waits_for_it_once_and_not_every_day() -> None:
    late = given(BEGUN)
    world = late.when_clocks_are_judged(WORK, at("2026-03-16 18:00")).then(MilestoneOverdue, ForecastMoved)
    moved = last_move(world)
    assert (moved.cause.kind, moved.cause.what, moved.occurred_at) == ("overdue", "M1", utc(at("2026-03-16 18:00")))
    assert set(days_moved(moved).values()) == {1}
    late.when_clocks_are_judged(WORK, at("2026-04-20 12:00")).then()
    world = late.when_clocks_are_judged(WORK, at("2027-04-20 12:00")).then()
    assert last_move(world) == moved


def test_a_milestone_that_is_expected_later_already_is_overdue_without_moving_anything() -> None:
    given(BEGUN, delay("M1", "2026-03-20")).when_clocks_are_judged(WORK, at("2026-03-16 18:00")).then(MilestoneOverdue)


def test_planning_units_is_a_new_baseline_and_a_named_move() -> None:
    world = given(BEGUN, PlanUnits(project="P1", units=(Unit(unit="a", name="A", pilot=True),), actor=DELIVERY)).world
    moved = last_move(world)
    assert (moved.cause.kind, moved.cause.reference) == ("units", "PlanBaselined")
    came_and_went = {one.milestone: (one.before is None, one.after is None) for one in moved.moved}
    assert came_and_went["M3@a"] == (True, False)
    assert came_and_went["M3"] == (False, True)
    assert set(forecast(world)) == {"M1", "M2", "M3@a", "M4@a", "M5@a", "M6", "M7"}
    assert sorted(world.state(WORK).plan.baselines) == [1, 2]


def test_a_move_to_other_rules_moves_the_forecast_by_that_name() -> None:
    world = before_the_new_version(world_with(closed_in_march), BEGUN).world
    world.now += timedelta(hours=1)
    moved = last_move(world.tell(move()))
    assert (moved.cause.kind, moved.cause.reference) == ("playbook", "PlaybookMoved")
    assert moved.occurred_at == next(one.occurred_at for one in world.events[WORK] if isinstance(one, PlaybookMoved))
    assert world.state(WORK).plan.forecast["M1"] > world.state(WORK).planned["M1"]


def test_any_two_baselines_can_be_compared() -> None:
    a = {"M1": at("2026-03-16 18:00"), "M2": at("2026-04-21 18:00"), "M3": at("2026-06-18 18:00")}
    b = {"M1": a["M1"], "M2": at("2026-04-24 18:00"), "M4": at("2026-07-10 18:00")}
    found = compare(a, b, RULES.calendar)
    assert [one.milestone for one in found.added] == ["M4"]
    assert [one.milestone for one in found.removed] == ["M3"]
    assert [(one.milestone, one.working_days) for one in found.moved] == [("M2", 3)]
    assert found.unmoved == ("M1",)
    assert [one.working_days for one in compare(b, a, RULES.calendar).moved] == [-3]


def test_the_view_says_when_it_is_expected_to_go_live_and_what_has_put_it_off_the_farthest() -> None:
    world = given(BEGUN, delay("M2", "2026-04-23"), reestimate("M3", 50)).world
    said = world.view(WORK).outlook
    assert said == (
        "go-live 上线 2026-08-04 (+12); acceptance 验收 2026-09-15 (+12); most by 主要原因 new estimate 重新估算 M3 +10"
    )


def test_what_is_signed_is_no_forecast() -> None:
    given(BEGUN, reach("M1")).when(reestimate("M1", 9)).then_refused(implementation.MilestoneSignedAlreadyError)
    given(BEGUN).when(hold("M9", "2026-04-01")).then_refused(implementation.MilestoneUnknownError)
    given(BEGUN).when(hold("M2", "2026-02-01")).then_refused(DateInPastError)


def test_a_project_that_is_done_has_dates_and_no_outlook() -> None:
    world = given(BEGUN, deliver_all()).world
    assert world.view(WORK).outlook == ""
    assert forecast(world)["M6"] == "03-02"


DAYS = st.sampled_from(["2026-03-10", "2026-04-30", "2026-06-30", "2026-10-10"])
CODES = st.sampled_from(sorted(MILESTONES))
MANAGER = DELIVERY.model_copy(update={"id": "m1", "role": "manager"})
EXECUTIVE = DELIVERY.model_copy(update={"id": "e1", "role": "executive"})
CHANGES = st.sampled_from(["CR1", "CR2"])
ASKED: st.SearchStrategy[Command | list[Command]] = st.one_of(
    st.builds(reestimate, CODES, st.integers(1, 60)),
    st.builds(hold, CODES, DAYS),
    st.builds(delay, CODES, DAYS, st.sampled_from(["customer", "vendor", "third_party"])),
    CODES.map(signed),
    st.just(reach("M1")),
    st.just(reach("M1", "M2")),
    st.just(deliver_all()),
    st.builds(
        lambda change, days, dates: RequestChange(
            project="P1",
            change=change,
            what="x",
            reason="x",
            impact=Impact(scope="x", days=days, dates={code: date.fromisoformat(day) for code, day in dates.items()}),
            actor=DELIVERY,
        ),
        CHANGES,
        st.dictionaries(CODES, st.integers(-9, 30).filter(bool), max_size=2),
        st.dictionaries(CODES, DAYS, max_size=1),
    ),
    st.builds(
        lambda change, actor: implementation.ApproveChange(project="P1", change=change, actor=actor),
        CHANGES,
        st.sampled_from([MANAGER, EXECUTIVE, SUPPORT]),
    ),
    CHANGES.map(lambda change: SignChange(project="P1", change=change, signed_by="何工", reference="x", actor=DELIVERY)),
    st.just(PlanUnits(project="P1", units=(Unit(unit="a", name="A", pilot=True), Unit(unit="b", name="B")), actor=DELIVERY)),
    st.just(judge(WORK)),
)
LATER = st.sampled_from([0, 0, 1, 26, 24 * 7, 24 * 40]).map(lambda hours: timedelta(hours=hours))


@settings(max_examples=60)
@over(data=st.data())
def test_whatever_happens_the_forecast_on_record_is_the_one_computed_from_all_facts_and_every_step_has_its_cause(
    data: st.DataObject,
) -> None:
    world = World().tell(BEGUN)
    for command, later in data.draw(st.lists(st.tuples(ASKED, LATER), max_size=10)):
        world.now += later
        before, count = days_on_record(world), len(world.events[WORK])
        for one in command if isinstance(command, list) else [command]:
            with suppress(RefusalError):
                world.take(one)
        told = replayed(before, world.events[WORK][count:])
        assert told == days_on_record(world)
        computed = expected(world.state(WORK), RULES).dates
        assert told == {code: day_of(one.at, RULES.calendar) for code, one in computed.items()}
    assert fold_again(world, WORK) == world.state(WORK)
    assert not [event for event in world.events[WORK] if isinstance(event, ForecastMoved) and event.cause.kind == "recomputed"]


def days_on_record(world: World) -> dict[str, date]:
    return {code: day_of(when, RULES.calendar) for code, when in world.state(WORK).plan.forecast.items()}


def replayed(dates: dict[str, date], events: list[Any]) -> dict[str, date]:
    """The dates after moves that are taken one by one: each must begin where the date stood, and must move it."""

    def on(when: datetime | None) -> date | None:
        return day_of(when, RULES.calendar) if when else None

    dates = dict(dates)
    for event in events:
        if isinstance(event, ForecastMoved):
            for one in event.moved:
                assert dates.get(one.milestone) == on(one.before)
                assert on(one.before) != on(one.after)
                assert one.via[-1] == one.milestone
                dates.pop(one.milestone, None)
                if (after := on(one.after)) is not None:
                    dates[one.milestone] = after
    return dates


@pytest.mark.parametrize("command", [reestimate("M1", 3), hold("M1", "2026-04-01"), delay("M1", "2026-04-01")])
def test_no_plan_is_spoken_of_before_there_is_one(command: Command) -> None:
    with pytest.raises(RefusalError):
        World(now=MONDAY).take(command)


def test_two_units_that_are_late_in_one_moment_put_off_what_waits_for_both() -> None:
    pilot, north, south = (Unit(unit=name, name=name, pilot=name == "pilot") for name in ("pilot", "north", "south"))
    live = [
        command.model_copy(update={"unit": "pilot"}) for code in ("M3", "M4", "M5") for command in (*ready(code), signed(code))
    ]
    plan_units = PlanUnits(project="P1", units=(pilot, north, south), actor=DELIVERY)
    late = given(handed_to_delivery(), plan_units, reach("M1", "M2"), live)
    before, planned = dict(late.world.state(WORK).plan.forecast), late.world.state(WORK).planned
    world = late.when_clocks_are_judged(WORK, planned["M3@north"] + timedelta(hours=1)).then(
        MilestoneOverdue, MilestoneOverdue, ForecastMoved, ForecastMoved
    )
    state = world.state(WORK)
    assert {code: one.at for code, one in expected(state, RULES).dates.items()} == dict(state.plan.forecast)
    assert state.plan.forecast["M6"] > before["M6"]


def test_what_is_on_record_is_what_would_be_computed_also_after_an_override_of_a_late_milestone() -> None:
    late = given(BEGUN, at("2026-05-10 10:00"), judge(WORK), excuse("M1"))
    world = late.when_clocks_are_judged(WORK, at("2026-05-12 10:00")).then(MilestoneOverdue)
    state = world.state(WORK)
    assert state.overdue == ("M1", "M2")
    assert {code: one.at for code, one in expected(state, RULES).dates.items()} == dict(state.plan.forecast)
