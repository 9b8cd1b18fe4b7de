"""Pilot and roll-out units: what the playbook repeats is planned, delivered and signed for each of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from domain import implementation
from domain.implementation import PlanBaselined, PlannedMilestone, Unit, UnitsPlanned
from domain.implementation.graph import expand, graph
from domain.playbook import ImplementationRules, Playbooks
from tests.domain.asked import (
    MILESTONES,
    RULES,
    SALES,
    at,
    defects,
    excuse,
    offer,
    reach,
    ready,
    signed,
    submit,
)
from tests.domain.implementing import BEGUN, NORTH, PILOT, SOUTH, WORK, after, judged, missing, recorded, shown, types, units
from tests.domain.scenario import Told, World, due_moments, given

STANDARD = RULES.implementation


def graph_of(*of: Unit, rules: ImplementationRules = STANDARD) -> dict[str, tuple[str, ...]]:
    return {one.code: one.after for one in expand(rules, of)}


def in_unit(unit: str, *codes: str) -> list[Told]:
    return [command for code in codes for command in (*ready(code, unit=unit), signed(code, unit=unit))]


def test_without_units_a_project_has_the_milestones_of_its_playbook() -> None:
    plain = expand(STANDARD)
    assert [one.code for one in plain] == list(MILESTONES)
    assert plain[2] == PlannedMilestone(code="M3", of="M3", after=("M2",), days=40)


def test_build_preparation_and_cutover_are_repeated_for_each_unit_and_the_pilot_goes_first() -> None:
    assert graph_of(NORTH, PILOT, SOUTH) == {
        "M1": (),
        "M2": ("M1",),
        "M3@pilot": ("M2",),
        "M4@pilot": ("M3@pilot",),
        "M5@pilot": ("M4@pilot",),
        "M3@north": ("M2", "M5@pilot"),
        "M4@north": ("M3@north",),
        "M5@north": ("M4@north",),
        "M3@south": ("M2", "M5@pilot"),
        "M4@south": ("M3@south",),
        "M5@south": ("M4@south",),
        "M6": ("M5@north", "M5@pilot", "M5@south"),
        "M7": ("M6",),
    }


def test_the_roll_out_waits_for_every_pilot_and_without_a_pilot_for_none() -> None:
    second = Unit(unit="second", name="x", pilot=True)
    assert graph_of(PILOT, second, NORTH)["M3@north"] == ("M2", "M5@pilot", "M5@second")
    assert graph_of(NORTH, SOUTH)["M3@north"] == ("M2",)


def test_a_milestone_stands_after_those_that_it_comes_after() -> None:
    seen: set[str] = set()
    for one in expand(STANDARD, (NORTH, PILOT, SOUTH)):
        assert set(one.after) <= seen
        seen.add(one.code)


def test_naming_the_units_makes_a_new_baseline_in_working_days_and_keeps_the_first() -> None:
    world = after()
    first = world.state(WORK).planned
    named, baseline = recorded(world, units())
    assert isinstance(named, UnitsPlanned)
    assert isinstance(baseline, PlanBaselined)
    assert (baseline.plan_version, baseline.cause) == (2, "units")
    assert [one.code for one in baseline.milestones] == list(baseline.planned)
    assert {code: baseline.planned[code] for code in ("M1", "M2")} == {code: first[code] for code in ("M1", "M2")}
    assert baseline.planned["M5@pilot"] == first["M5"]
    assert baseline.planned["M3@north"] == RULES.calendar.add_working_days(baseline.planned["M5@pilot"], 40)
    assert next(event for event in world.events[WORK] if isinstance(event, PlanBaselined)).planned == first


def test_units_are_named_anew_until_the_plan_is_agreed_on() -> None:
    world = after(units(), units(PILOT))
    assert [one.unit for one in world.state(WORK).units] == ["pilot"]
    given(BEGUN, reach("M1")).when(units()).then_refused(implementation.PlanUnderWayError)
    given(BEGUN, excuse("M1")).when(units()).then_refused(implementation.PlanUnderWayError)


def test_units_have_ids_of_their_own_and_are_planned_by_those_whom_the_playbook_names() -> None:
    given(BEGUN).when(units(PILOT, PILOT)).then_refused(implementation.UnitTwiceError)
    given(BEGUN).when(units(actor=SALES)).then_refused(implementation.RoleNotAllowedError)


def test_a_date_that_is_late_already_is_not_told_again_for_a_new_baseline() -> None:
    world = after(at("2026-03-20 09:00"))
    assert judged(world) == ["MilestoneOverdue"]
    world.tell(units())
    assert judged(world) == []
    assert world.state(WORK).overdue == ("M1",)


def test_each_unit_has_deliverables_and_sign_offs_of_its_own() -> None:
    world = after(units(), reach("M1", "M2"), in_unit("pilot", "M3"))
    assert "test_report@pilot" in world.state(WORK).submitted
    assert shown(world).code == "M4@pilot"
    given(BEGUN, units(), reach("M1", "M2")).when(signed("M3", unit="pilot")).then_refused(
        implementation.MilestoneNotReadyError,
        *(f"{code}@pilot" for code in ("configuration", "test_report", "operating_manual", "defects:1", "defects:2")),
    )


def test_a_milestone_of_a_unit_is_named_by_its_code_too() -> None:
    world = after(units(), reach("M1", "M2"), ready("M3", unit="pilot"))
    assert types(world, signed("M3").model_copy(update={"milestone": "M3@pilot"})) == ["MilestoneSignedOff"]


def test_where_there_are_units_nothing_is_delivered_for_all_of_them_at_once() -> None:
    begun = given(BEGUN, units(), reach("M1", "M2"))
    begun.when(submit("test_report")).then_refused(implementation.DeliverableUnknownError)
    begun.when(signed("M3")).then_refused(implementation.MilestoneUnknownError)
    begun.when(submit("master_plan", unit="pilot")).then_refused(implementation.DeliverableUnknownError)
    begun.when(defects(unit="moon")).then_refused(implementation.UnitUnknownError)


def test_the_defects_of_one_unit_do_not_stop_another() -> None:
    told = (units(NORTH, SOUTH), reach("M1", "M2"), ready("M3", unit="north"), ready("M3", unit="south"))
    begun = given(BEGUN, *told, defects(one=2, unit="south"))
    begun.when(signed("M3", unit="south")).then_refused(implementation.MilestoneNotReadyError, "defects:1@south")
    assert types(begun.world, signed("M3", unit="north")) == ["MilestoneSignedOff"]


def test_the_roll_out_begins_when_the_pilot_is_live() -> None:
    world = after(units(), reach("M1", "M2"), ready("M3", unit="north"))
    given(BEGUN, units(), reach("M1", "M2"), ready("M3", unit="north")).when(signed("M3", unit="north")).then_refused(
        implementation.MilestoneNotReadyError, "M5@pilot"
    )
    world.tell(in_unit("pilot", "M3", "M4", "M5"))
    assert types(world, signed("M3", unit="north")) == ["MilestoneSignedOff"]


def test_units_that_are_open_beside_each_other_are_shown_the_earliest_due_first() -> None:
    world = after(units(), reach("M1", "M2"), in_unit("pilot", "M3", "M4", "M5"), in_unit("south", "M3"))
    assert shown(world).code == "M3@north"
    assert shown(world).name.en == "User test passed (north)"
    assert shown(world).title.startswith("M3@north: ")
    assert missing(world)[-1] == "M4@south"


def test_each_unit_goes_live_for_itself_and_the_project_with_the_last_one() -> None:
    world = after(units(PILOT, NORTH), reach("M1", "M2"), in_unit("pilot", "M3", "M4"), ready("M5", unit="pilot"))
    assert types(world, signed("M5", unit="pilot")) == ["MilestoneSignedOff", "WentLive"]
    assert list(world.state(WORK).live) == ["pilot"]
    assert world.state(WORK).went_live_at is None
    world.tell(at("2026-03-03 10:00"), in_unit("north", "M3", "M4"), ready("M5", unit="north"))
    assert types(world, signed("M5", unit="north")) == ["MilestoneSignedOff", "WentLive", "PaymentFellDue"]
    assert world.state(WORK).went_live_at == at("2026-03-03 10:00")


def test_acceptance_waits_for_every_unit_and_a_project_with_units_reaches_support() -> None:
    world = after(units(PILOT, NORTH), reach("M1", "M2"), in_unit("pilot", "M3", "M4", "M5"), ready("M6"))
    given(BEGUN, units(PILOT, NORTH), reach("M1", "M2"), in_unit("pilot", "M3", "M4", "M5"), ready("M6")).when(
        signed("M6")
    ).then_refused(implementation.MilestoneNotReadyError, "M5@north")
    world.tell(in_unit("north", "M3", "M4", "M5"), signed("M6"))
    assert world.view("project-P1").code == "handoff-support"
    world.tell(offer("support"))
    assert world.view("handoff-P1-support").code == "offered"


def test_the_planned_date_of_a_milestone_has_its_clock_when_its_turn_has_come_in_every_unit() -> None:
    assert late_clocks(after(units())) == {"M1"}
    assert late_clocks(after(units(), reach("M1"))) == {"M2"}
    assert late_clocks(after(units(), reach("M1", "M2"))) == {"M3@pilot"}


def late_clocks(world: World) -> set[str]:
    clocks = [name for name in due_moments(world, WORK) if name.startswith("milestone-")]
    return {name.removeprefix("milestone-").removesuffix("-overdue-2") for name in clocks}


@pytest.mark.parametrize(
    ("repeated", "words"),
    [(("M3", "M5"), "M5 is repeated for each unit, but M4 before it waits for all"), (("M6",), "M6 ends the project")],
)
def test_a_playbook_in_which_units_would_wait_for_each_other_in_circles_is_refused(
    repeated: tuple[str, ...], words: str
) -> None:
    content = STANDARD.model_dump(mode="json")
    for milestone in content["milestones"]:
        milestone["per_unit"] = milestone["code"] in repeated
    with pytest.raises(ValidationError, match=words):
        ImplementationRules.model_validate(content)


def test_a_plan_of_a_time_before_plans_named_their_milestones_has_those_of_its_playbook_that_it_plans() -> None:
    world = after()
    state = replace(world.state(WORK), milestones=())
    assert graph(state, STANDARD) == expand(STANDARD)
    fewer = replace(state, planned={code: moment for code, moment in state.planned.items() if code != "M4"})
    assert {one.code: one.after for one in graph(fewer, STANDARD)}["M5"] == ("M3",)
    assert "M4" not in {one.code for one in graph(fewer, STANDARD)}


def test_units_are_refused_where_the_playbook_repeats_nothing_for_them() -> None:
    plain = STANDARD.model_copy(
        update={"milestones": tuple(one.model_copy(update={"per_unit": False}) for one in STANDARD.milestones)}
    )
    world = after()
    world.playbooks = Playbooks([RULES.model_copy(update={"implementation": plain})])
    scene = given()
    scene.world = world
    scene.when(units()).then_refused(implementation.UnitsNotForeseenError)
