"""An override lets the project go on past a milestone: by an approver, until a date, on record for good."""

from __future__ import annotations

from datetime import date

import pytest

from domain import implementation
from domain.handoff import HandoffAccepted, MilestonesNotPassedError
from domain.implementation import DECIDER, MilestoneOverridden, MilestoneOverrideExpired
from domain.messages import Actor, ActorKind
from domain.refusals import DateInPastError, DateTooFarError
from tests.domain.asked import (
    MILESTONES,
    SALES,
    accept,
    at,
    deliver_all,
    deliverables,
    excuse,
    offer,
    reach,
    ready,
    signed,
    submit,
)
from tests.domain.implementing import BEGUN, WORK, after, judged, missing, recorded, shown, types
from tests.domain.scenario import Told, due_moments, given


def test_an_override_keeps_what_was_missing_who_asked_who_approved_and_until_when() -> None:
    world = after(reach("M1"), submit("solution"))
    [given_one] = recorded(world, excuse("M2", expires_on="2026-03-31"))
    assert given_one == MilestoneOverridden(
        occurred_at=world.now,
        number=1,
        milestone="M2",
        missing=("blueprint_needs_report", "review:solution", "gap_list", "static_data_plan", "steering_committee"),
        reason="the plant stands still",
        asked_by="d1",
        approver="m1",
        approver_role="manager",
        expires_on=date(2026, 3, 31),
    )
    assert [(one.gate, one.outcome) for one in DECIDER.overrides(world.state(WORK))] == [("M2", "open")]


def test_no_milestone_is_excused_for_longer_than_the_playbook_allows() -> None:
    given(BEGUN, reach("M1")).when(excuse("M2", expires_on="2028-03-31")).then_refused(DateTooFarError)


def test_what_comes_after_an_excused_milestone_can_be_signed() -> None:
    world = after(reach("M1"), excuse("M2"), ready("M3"))
    assert types(world, signed("M3")) == ["MilestoneSignedOff"]


def test_an_excused_milestone_is_still_to_be_signed_and_shown_as_that() -> None:
    view = shown(after(reach("M1"), excuse("M2", expires_on="2026-03-31")))
    assert view.code == "M3"
    assert view.missing[-1].code == "M2"
    assert view.missing[-1].name.en == "Blueprint approved: passed by an override until 2026-03-31"


def test_no_payment_falls_due_for_a_milestone_that_is_only_excused() -> None:
    world = after(excuse("M1"))
    assert world.state(WORK).payments == {}
    world.tell(ready("M1"))
    assert types(world, signed("M1")) == ["MilestoneSignedOff", "PaymentFellDue"]
    assert [one.outcome for one in world.state(WORK).overrides] == ["settled"]
    assert "override-M1-expired-1" not in due_moments(world, WORK)


def test_after_its_date_nothing_behind_the_milestone_is_signed_until_the_milestone_is() -> None:
    world = after(reach("M1"), excuse("M2", expires_on="2026-03-05"), ready("M3"), at("2026-03-06 10:00"))
    assert judged(world) == ["MilestoneOverrideExpired"]
    told = [event for event in world.events[WORK] if isinstance(event, MilestoneOverrideExpired)]
    assert told == [MilestoneOverrideExpired(occurred_at=at("2026-03-06 00:00"), number=1, milestone="M2", who="delivery")]
    view = shown(world)
    assert (view.code, view.health, view.needs_human) == ("M2", "blocked", True)
    assert view.reason == "override expired 特批已到期: M2"
    scene = given()
    scene.world = world
    scene.when(signed("M3")).then_refused(implementation.MilestoneNotReadyError, "M2")
    world.tell(ready("M2"), signed("M2"))
    assert types(world, signed("M3")) == ["MilestoneSignedOff"]
    assert [one.outcome for one in world.state(WORK).overrides] == ["expired"]
    assert judged(world) == []


def test_an_expired_override_can_be_followed_by_another_with_its_own_number() -> None:
    world = after(reach("M1"), excuse("M2", expires_on="2026-03-05"), at("2026-03-06 10:00"), excuse("M2"))
    assert [(one.number, one.outcome) for one in world.state(WORK).overrides] == [(1, "expired"), (2, "open")]
    assert "override-M2-expired-2" in due_moments(world, WORK)


def test_an_excused_go_live_is_a_go_live_once() -> None:
    world = after(reach("M1", "M2", "M3", "M4"))
    assert types(world, excuse("M5")) == ["MilestoneOverridden", "WentLive"]
    world.tell(ready("M5"))
    assert types(world, signed("M5")) == ["MilestoneSignedOff", "PaymentFellDue"]


def test_the_override_is_approved_by_somebody_else_in_a_role_of_the_playbook() -> None:
    begun = given(BEGUN)
    begun.when(excuse("M1", approver="d1")).then_refused(implementation.OwnApprovalError)
    begun.when(excuse("M1", approver="D1")).then_refused(implementation.OwnApprovalError)
    behind = Actor(kind=ActorKind.PERSON, id="d7", role="delivery", on_behalf_of="m1")
    begun.when(excuse("M1", actor=behind)).then_refused(implementation.OwnApprovalError)
    begun.when(excuse("M1", approver_role="delivery")).then_refused(implementation.ApproverNotAllowedError)
    begun.when(excuse("M1", actor=SALES)).then_refused(implementation.RoleNotAllowedError)


def test_an_override_excuses_one_milestone_at_a_time() -> None:
    given(BEGUN).when(excuse("M5")).then_refused(implementation.MilestoneNotReadyError, "M4")


def test_the_handoff_to_support_is_never_excused() -> None:
    given(BEGUN, deliver_all()).when(excuse("M7")).then_refused(implementation.SignedByHandoffError)


def test_nothing_is_excused_that_is_signed_excused_already_or_not_there() -> None:
    given(BEGUN, reach("M1")).when(excuse("M1")).then_refused(implementation.MilestoneSignedAlreadyError)
    given(BEGUN, excuse("M1")).when(excuse("M1")).then_refused(implementation.NothingToOverrideError)
    given(BEGUN).when(excuse("M9")).then_refused(implementation.MilestoneUnknownError)


def test_an_override_ends_on_a_date_to_come() -> None:
    given(BEGUN).when(excuse("M1", expires_on="2026-03-01")).then_refused(DateInPastError)


@pytest.mark.parametrize("told", [[excuse("M1")], [excuse("M1"), submit(*deliverables(MILESTONES["M1"]))]])
def test_the_planned_date_of_an_excused_milestone_still_runs(told: list[Told]) -> None:
    world = after(*told, at("2026-03-17 10:00"))
    assert judged(world) == ["MilestoneOverdue"]
    assert "milestone late 里程碑逾期: M1" in shown(world).reason


def test_an_excused_acceptance_hands_the_project_over_and_keeps_the_work_open() -> None:
    world = after(reach("M1", "M2", "M3", "M4", "M5"))
    assert types(world, excuse("M6")) == ["MilestoneOverridden", "ProjectAccepted"]
    assert world.view("project-P1").code == "handoff-support"
    assert missing(world)[-1] == "M6"


def test_support_takes_nothing_over_while_an_acceptance_is_neither_signed_nor_excused_any_more() -> None:
    excused: list[Told] = [BEGUN, reach("M1", "M2", "M3", "M4", "M5"), excuse("M6", expires_on="2026-03-03")]
    given(excused, offer("support")).when(accept("support")).then(HandoffAccepted)
    lapsed = given(excused, offer("support"), at("2026-03-04 10:00"))
    refused = lapsed.when(accept("support")).then_refused(MilestonesNotPassedError, "M6")
    assert refused.unmet[0].who == "delivery"
    given(excused, at("2026-03-04 10:00")).when(offer("support")).then_refused(MilestonesNotPassedError, "M6")
    lapsed.world.tell(ready("M6"), signed("M6"), accept("support"))
    assert "M7" in lapsed.world.state(WORK).signed


def test_what_was_signed_while_an_override_held_hides_nothing_once_it_has_expired() -> None:
    passed: list[Told] = [BEGUN, excuse("M1", expires_on="2026-03-04"), reach("M2"), ready("M3")]
    given(passed).when(signed("M3")).then(implementation.MilestoneSignedOff, implementation.ForecastMoved)
    expired = given(passed, at("2026-03-06 10:00"))
    expired.when(signed("M3")).then_refused(implementation.MilestoneNotReadyError, "M1")
    expired.when(excuse("M3")).then_refused(implementation.MilestoneNotReadyError, "M1")
    expired.world.tell(ready("M1"), signed("M1"), signed("M3"))
