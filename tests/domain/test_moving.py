"""Open work moves to another version of its playbook when somebody moves it, and it is known beforehand what that comes to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from domain.cancelling import ProjectCancelledError
from domain.catalogue import decider_of
from domain.funnel import RefuseApproval
from domain.messages import Command
from domain.moving import (
    Consequences,
    MoveNeedsDecisionError,
    MovePlaybook,
    NothingToMoveError,
    PlaybookMoved,
    PlaybookVersionUnknownError,
    consequences,
)
from domain.playbook import Playbook, PlaybookRef, Playbooks
from domain.ticket import TargetsRedated
from tests.domain.asked import (
    BY_OTHERS,
    DELIVERY,
    MONDAY,
    PLAYBOOKS,
    PRODUCT,
    RULES,
    SALES,
    at,
    evidence,
    handed_to_delivery,
    in_support,
    judge,
    lose,
    offer,
    open_ticket,
    override,
    quote,
    reach,
    shelve,
    stage_done,
    started,
    won,
)
from tests.domain.funnelling import back, refuse, withdraw
from tests.domain.scenario import Given, World, due_moments, fold_again
from tests.domain.test_cancelling import Slow, cancel

BROUGHT = {"product": PRODUCT, "delivery": DELIVERY}
PROJECT, DEAL, WORK = "project-P1", "funnel-P1", "implementation-P1"
Change = Callable[[dict[str, Any]], None]


def changed(change: Change, version: str = "2099.1", playbook: Playbook = RULES) -> Playbook:
    """The playbook in another version, with something in it changed."""
    written = playbook.model_dump(mode="json")
    written["version"] = version
    change(written)
    return Playbook.model_validate(written)


def nothing(written: dict[str, Any]) -> None:
    """Only the version is another."""


def first_renamed(written: dict[str, Any]) -> None:
    written["funnel"]["stages"][0]["code"] = "S1"


def every_criterion_renamed(written: dict[str, Any]) -> None:
    for stage in written["funnel"]["stages"]:
        for item in stage["criteria"]:
            item["code"] = f"new_{item['code']}"


def one_more_criterion(written: dict[str, Any]) -> None:
    more = {"code": "reference_visit", "name": {"en": "Reference visit", "zh": "参观样板客户"}, "who": "sales"}
    written["funnel"]["stages"][1]["criteria"].append(more)


def stage_renamed(written: dict[str, Any]) -> None:
    funnel = written["funnel"]
    for stage in funnel["stages"]:
        stage["code"] = stage["code"].replace("F2", "S2")
    written["funnel"] = funnel


def longer_time_boxes(written: dict[str, Any]) -> None:
    for stage in written["funnel"]["stages"]:
        stage["time_box"] += 10


def closed_in_march(written: dict[str, Any]) -> None:
    calendar = written["calendars"][written["working_calendar"]]
    calendar["closed"] = [*calendar.get("closed", []), *(f"2026-03-{day:02}" for day in range(9, 14))]


def one_more_milestone(written: dict[str, Any]) -> None:
    milestones = written["implementation"]["milestones"]
    more = milestones[2] | {"code": "M3b", "deliverables": []}
    milestones.insert(3, more)


def one_more_checklist_item(written: dict[str, Any]) -> None:
    more = {"code": "kickoff_date", "name": {"en": "Date of the kick-off", "zh": "启动会日期"}, "who": "sales"}
    written["handoffs"]["delivery"]["checklist"].append(more)


def world_with(*changes: Change) -> World:
    """A world that has version 2099.1, 2099.2, … beside the standard playbook that projects open under."""
    shelf = [changed(change, f"2099.{number}") for number, change in enumerate(changes, start=1)]
    return World(playbooks=Playbooks([*PLAYBOOKS, *shelf]))


def given(world: World, *told: Any) -> Given:
    """What has happened before the new version was kept."""
    later = world.playbooks
    world.playbooks = PLAYBOOKS
    world.tell(*told)
    world.playbooks = later
    return Given(world)


def move(to: str = "2099.1", **fields: Any) -> MovePlaybook:
    given: dict[str, Any] = {} if {"ticket", "customer"} & fields.keys() else {"project": "P1"}
    return MovePlaybook(to=to, reason="new rules", actor=SALES, **(given | fields))


def told_of(world: World, stream: str, to: str = "2099.1", **stage_map: str) -> Consequences:
    ref = PlaybookRef(name="standard", version=to)
    return consequences(decider_of(stream), stream, world.state(stream), ref, world.playbooks, stage_map)


# Nothing moves by itself


def test_open_work_keeps_its_version_when_a_newer_one_comes() -> None:
    world = given(world_with(one_more_criterion), started()).world
    world.tell(stage_done("F1"))
    assert world.state(DEAL).playbook == RULES.ref
    assert "reference_visit" not in {one.code for one in world.view(DEAL).missing}


def test_a_move_takes_every_open_part_along_and_is_on_record_in_each() -> None:
    world = given(world_with(nothing), handed_to_delivery()).world
    world.take(move())
    for stream in (PROJECT, WORK):
        [moved] = [one for one in world.events[stream] if isinstance(one, PlaybookMoved)]
        assert (str(moved.from_), str(moved.to), moved.reason) == (str(RULES.ref), "standard@2099.1", "new rules")
        assert str(world.state(stream).playbook) == "standard@2099.1"
        assert fold_again(world, stream) == world.state(stream)
    assert world.state(DEAL).playbook == RULES.ref  # It has ended: nothing in it is decided any more.


def test_what_begins_after_the_move_begins_under_the_new_version() -> None:
    world = given(world_with(one_more_checklist_item), started()).world
    world.tell(move(), won())
    assert str(world.state("handoff-P1-delivery").playbook) == "standard@2099.1"
    assert "kickoff_date" in {one.code for one in world.view("handoff-P1-delivery").missing}


def test_a_supported_project_moves_with_its_support() -> None:
    world = given(world_with(nothing), in_support()).world
    world.take(move())
    assert str(world.state("support-P1").playbook) == "standard@2099.1"


def test_a_phase_that_begins_in_the_same_moment_is_told_too() -> None:
    slow = Slow(playbooks=world_with(nothing).playbooks)
    later, slow.playbooks = slow.playbooks, PLAYBOOKS
    for command in (*started(), *won()):
        slow.take(command)
        slow.let_through(command.stream)
    slow.playbooks = later
    slow.take(move())
    slow.let_through(PROJECT, DEAL)
    slow.let_through(PROJECT)
    assert slow.state("handoff-P1-delivery").playbook == slow.state(PROJECT).playbook


# What would change


def test_a_move_that_changes_nothing_is_told_as_unchanged() -> None:
    world = given(world_with(nothing), started()).world
    assert told_of(world, DEAL) == Consequences(stream=DEAL)
    assert told_of(world, DEAL).kind == "unchanged"


def test_a_criterion_that_is_new_ahead_is_a_gate_gained_and_one_behind_is_not() -> None:
    ahead = given(world_with(one_more_criterion), started()).world
    assert [one.code for one in told_of(ahead, DEAL).gains] == ["F2/reference_visit"]
    assert told_of(ahead, DEAL).kind == "gains_gate"
    behind = given(world_with(one_more_criterion), started(), stage_done("F1", "F2")).world
    assert told_of(behind, DEAL).gains == ()


def test_a_gained_gate_holds_after_the_move_and_is_named_in_the_event() -> None:
    world = given(world_with(one_more_criterion), started(), stage_done("F1")).world
    world.take(move())
    [moved] = [one for one in world.events[DEAL] if isinstance(one, PlaybookMoved)]
    assert moved.gained == ("F2/reference_visit",)
    world.tell(stage_done("F2"))
    assert world.state(DEAL).stage == "F2"
    assert [one.code for one in world.view(DEAL).missing] == ["reference_visit"]


def test_a_phase_that_has_not_begun_gains_what_it_will_ask_for() -> None:
    world = given(world_with(one_more_checklist_item), started()).world
    assert [one.code for one in told_of(world, PROJECT).gains] == ["delivery/kickoff_date"]


def test_clocks_are_told_before_and_after_and_set_anew_by_the_move() -> None:
    world = given(world_with(longer_time_boxes), started()).world
    before = due_moments(world, DEAL)
    [told] = [one for one in told_of(world, DEAL).redated if one.clock == "stage-F1-overdue-1"]
    world.take(move())
    after = due_moments(world, DEAL)
    assert (told.before, told.after) == (before["stage-F1-overdue-1"], after["stage-F1-overdue-1"])
    [moved] = [one for one in world.events[DEAL] if isinstance(one, PlaybookMoved)]
    assert told in moved.redated


def test_another_calendar_re_dates_open_clocks_around_the_days_that_are_closed_now() -> None:
    world = given(world_with(closed_in_march), started()).world
    world.take(move())
    [moved] = [one for one in world.events[DEAL] if isinstance(one, PlaybookMoved)]
    redated = {one.clock: (one.before, one.after) for one in moved.redated}
    assert redated["stage-F1-overdue-1"] == (at("2026-03-16 18:00"), at("2026-03-23 18:00"))


def test_spring_festival_announced_later_re_dates_open_clocks() -> None:
    def late(written: dict[str, Any]) -> None:
        calendar = written["calendars"][written["working_calendar"]]
        calendar["closed"] = [*calendar.get("closed", []), "2027-02-05", "2027-02-12"]

    world = world_with(late)
    world.now = at("2027-01-29 10:00")  # A Friday: Spring Festival begins on 6 February.
    given(world, started())
    before = due_moments(world, DEAL)["stage-F1-overdue-1"]
    world.take(move())
    after = due_moments(world, DEAL)["stage-F1-overdue-1"]
    calendar = RULES.calendar
    assert calendar.working_time_between(before, after) == calendar.working_time_between(at("2027-02-05"), at("2027-02-06")) + (
        calendar.working_time_between(at("2027-02-12"), at("2027-02-13"))
    )


def test_a_new_edition_of_the_same_version_re_dates_open_clocks_when_somebody_moves_to_it() -> None:
    later = changed(closed_in_march, version=RULES.version).model_copy(update={"edition": RULES.edition + 1})
    world = given(World(playbooks=Playbooks([*PLAYBOOKS, later])), started()).world
    before = due_moments(world, DEAL)
    world.take(move(RULES.version))
    assert world.state(DEAL).playbook == later.ref
    assert due_moments(world, DEAL)["stage-F1-overdue-1"] > before["stage-F1-overdue-1"]


# What needs a decision


def test_a_stage_that_is_not_there_needs_a_decision_and_the_stage_map_gives_it() -> None:
    standing_in_f2 = given(world_with(stage_renamed), started(), stage_done("F1"))
    assert told_of(standing_in_f2.world, DEAL).kind == "needs_decision"
    standing_in_f2.when(move()).then_refused(MoveNeedsDecisionError, "F2")
    world = standing_in_f2.when(move(stage_map={"F2": "S2"})).then(PlaybookMoved)
    assert world.state(DEAL).stage == "S2"
    assert world.view(DEAL).code == "S2"
    world.tell(stage_done("F2"))
    assert world.state(DEAL).stage == "F3"


def test_no_stage_map_takes_a_deal_past_a_gate_that_it_has_not_been_through() -> None:
    in_f2 = given(world_with(stage_renamed), started(), stage_done("F1"))
    refused = in_f2.when(move(stage_map={"F2": "F4"})).then_refused(MoveNeedsDecisionError)
    assert {one.code.partition("/")[0] for one in refused.unmet} == {"S2", "F3"}


@pytest.mark.parametrize("ahead", ["F3", "F5", "F6", "S9"])
def test_no_stage_map_lets_a_gate_that_was_passed_stand_for_one_ahead(ahead: str) -> None:
    for version in (nothing, first_renamed):
        in_f2 = given(world_with(version), started(), stage_done("F1"))
        refused = in_f2.when(move(stage_map={"F1": ahead})).then_refused(MoveNeedsDecisionError)
        assert ahead in {one.code.partition("/")[0] for one in refused.unmet}


def test_a_gate_that_was_passed_stays_passed_under_its_new_name() -> None:
    world = given(world_with(first_renamed), started(), stage_done("F1")).world
    world.tell(move(stage_map={"F1": "S1"}))
    assert (world.state(DEAL).stage, world.state(DEAL).passed) == ("F2", ("S1",))


@pytest.mark.parametrize("answered", [(), (refuse(),)], ids=["open", "refused"])
def test_no_stage_map_goes_round_an_approval(answered: tuple[RefuseApproval, ...]) -> None:
    def approved(written: dict[str, Any]) -> None:
        written["funnel"]["stages"][0]["approval"] = {"role": "manager", "within": 8}

    old, new = changed(approved, "2099.1"), changed(approved, "2099.2")
    world = World(playbooks=Playbooks([old])).tell(started(), stage_done("F1"), *answered)
    world.playbooks = Playbooks([old, new])
    refused = Given(world).when(move(new.version, stage_map={"F1": "F2"})).then_refused(MoveNeedsDecisionError)
    assert [one.code for one in refused.unmet] == ["F1/approval"]


EVERYTHING_RENAMED = [
    quote(),
    withdraw("E1"),
    back("F1", "E1"),
    override("won"),
    evidence("new_owner"),
    lose(),
    shelve("2026-05-01"),
]


@pytest.mark.parametrize("asked", EVERYTHING_RENAMED, ids=lambda asked: asked.command)
def test_a_deal_answers_on_when_the_version_knows_none_of_its_evidence_any_more(asked: Command) -> None:
    world = given(world_with(every_criterion_renamed), started(), stage_done("F1"), quote(), override("F3")).world
    world.tell(move())
    assert world.take(asked)
    world.now = at("2027-03-01 10:00")
    world.take(judge(DEAL))


def test_an_override_of_a_stage_that_is_not_there_any_more_expires_all_the_same() -> None:
    world = given(world_with(first_renamed), started(), override("F2", expires_on="2026-03-20")).world
    world.tell(move(stage_map={"F1": "S1"}), at("2026-03-21 10:00"), judge(DEAL))
    assert [one.outcome for one in world.state(DEAL).overrides] == ["expired"]


@pytest.mark.parametrize("stage", ["F3", "F6"])
def test_a_move_by_itself_passes_no_gate(stage: str) -> None:
    def asks_for_less(written: dict[str, Any]) -> None:
        first = written["funnel"]["stages"][0]
        first["criteria"] = first["criteria"][:1]

    world = given(world_with(asks_for_less), started()).world
    given_all_of_the_first = RULES.funnel.stages[0].criteria[0].code
    world.tell(stage_done("F2"))
    assert told_of(world, DEAL).drops != ()
    world.take(move())
    assert world.state(DEAL).stage == "F1"
    assert given_all_of_the_first in {one.code for one in world.view(DEAL).missing}
    given(world).when(move(stage_map={"F1": stage})).then_refused(NothingToMoveError)


def test_a_milestone_that_the_agreed_plan_does_not_have_needs_a_decision() -> None:
    running = given(world_with(one_more_milestone), handed_to_delivery(), reach("M1"))
    running.when(move()).then_refused(MoveNeedsDecisionError, "M3b")
    world = running.when(move(stage_map={"M3b": "none"})).then(PlaybookMoved)
    assert world.view(WORK).code == "M2"
    assert "M3b" not in world.state(WORK).planned


# What is refused


def test_a_version_that_is_not_there_is_refused_with_those_that_are() -> None:
    refused = given(world_with(nothing), started()).when(move("8.8")).then_refused(PlaybookVersionUnknownError)
    assert "standard@2099.1" in refused.detail


def test_the_name_alone_is_the_newest_version() -> None:
    world = given(world_with(nothing, nothing), started()).world
    world.take(move("standard"))
    assert str(world.state(DEAL).playbook) == "standard@2099.2"


def test_what_is_there_already_or_closed_is_not_moved() -> None:
    given(world_with(nothing), started()).when(move(str(RULES.ref))).then_refused(NothingToMoveError)
    given(world_with(nothing), started(), lose()).when(move()).then_refused(NothingToMoveError)
    given(world_with(nothing), started(), cancel()).when(move()).then_refused(NothingToMoveError)
    assert issubclass(ProjectCancelledError, Exception)


def test_a_move_back_is_a_move() -> None:
    world = given(world_with(longer_time_boxes), started()).world
    before = due_moments(world, DEAL)
    world.tell(move(), move(str(RULES.ref)))
    assert world.state(DEAL).playbook == RULES.ref
    assert due_moments(world, DEAL) == before


def test_tickets_and_customers_move_on_their_own() -> None:
    world = given(world_with(nothing), started(), open_ticket(project="P1")).world
    world.tell(move(), move(ticket="T1"), move(customer="C1"))
    assert {str(world.state(stream).playbook) for stream in ("ticket-T1", "customer-C1")} == {"standard@2099.1"}


def test_a_ticket_whose_calendar_is_not_there_is_counted_by_the_one_that_the_new_version_gives_its_class() -> None:
    def without_24x7(written: dict[str, Any]) -> None:
        written["calendars"] = {code: one for code, one in written["calendars"].items() if code != "round_the_clock"}
        rows = written["support"]["service_calendars"]
        written["support"]["service_calendars"] = [row for row in rows if row["calendar"] != "round_the_clock"]

    opened = given(world_with(without_24x7), started(), open_ticket(project="P1"))
    world = opened.when(move(ticket="T1")).then(PlaybookMoved, TargetsRedated)
    assert world.state("ticket-T1").calendar == "business"


def test_the_clocks_before_a_move_are_judged_by_the_rules_of_that_time() -> None:
    world = given(world_with(longer_time_boxes), started()).world
    world.now = at("2026-03-17 10:00")
    world.take(move())
    types = [type(event).__name__ for event in world.events[DEAL]]
    assert types.index("StageOverdue") < types.index("PlaybookMoved")


def test_an_offered_handoff_is_answered_by_the_list_that_it_was_offered_by() -> None:
    world = given(world_with(one_more_checklist_item), started(), won(), offer()).world
    world.take(move())
    assert world.view("handoff-P1-delivery").code == "offered"
    assert date(2026, 3, 2) == MONDAY.date()


def a_document_is_enough(written: dict[str, Any]) -> None:
    for stage in written["funnel"]["stages"]:
        for item in stage["criteria"]:
            item["proof"] = "document"


def test_a_document_that_was_enough_is_no_quote_under_rules_that_ask_for_one() -> None:
    world = given(world_with(a_document_is_enough), *started(), stage_done("F1", "F2", "F3", "F4")).world
    by_others = [evidence(code, actor=BROUGHT[role]) for code, role in BY_OTHERS.items()]
    world.tell(*by_others, move(), evidence("price_within_margin"))
    assert world.state(DEAL).stage == "F5"

    assert [one.code for one in told_of(world, DEAL, RULES.version).gains] == ["F5/price_within_margin"]
    world.tell(move(RULES.version), stage_done("F5"))
    assert world.state(DEAL).stage == "F5"
    world.tell(quote())
    assert world.state(DEAL).stage == "F6"
