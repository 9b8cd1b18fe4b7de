"""Whoever owns it: a change of owner touches no stage, no clock, no date and no right, wherever the project is."""

from __future__ import annotations

from typing import Any

import pytest

from domain import streams
from domain.cancelling import ProjectCancelledError
from domain.catalogue import decider_of
from domain.funnel import SelfApprovalError
from domain.messages import SYSTEM, Actor, ActorKind, Command
from domain.owning import ChangeDealOwner, DealOwnerChanged, NoteOwner, SameOwnerError
from domain.phases import parts_of
from domain.playbook import Playbook, Playbooks, UnitCalendar
from domain.project import CancelProject
from domain.refusals import NotFoundError
from tests.domain.asked import (
    MONDAY,
    RULES,
    SALES,
    accept,
    contract,
    days,
    deliver_all,
    handed_to_delivery,
    in_support,
    offer,
    override,
    prepared,
    stage_done,
    started,
    won,
)
from tests.domain.funnelling import APPROVAL, approve, person, playbook, under
from tests.domain.scenario import World, due_moments, given

WHERE = {
    "funnel": [*started(), stage_done("F1")],
    "before the win": [*started(), *prepared()],
    "handoff-delivery": [*started(), *won()],
    "implementation": handed_to_delivery(),
    "handoff-support": [*handed_to_delivery(), *deliver_all(), offer("support", service_contract=contract())],
    "support": in_support(),
}


def hand_over(owner: str = "u9", unit: str | None = "south", **fields: Any) -> ChangeDealOwner:
    given_: dict[str, Any] = {"project": "P1", "reason": "moved to another region", "actor": SALES} | fields
    return ChangeDealOwner(owner=owner, owner_unit=unit, **given_)


def german(rules: Playbook) -> Playbooks:
    """The standard playbook, in which the unit of the new owner goes by another calendar."""
    south = UnitCalendar(unit="south", calendar="long_week")
    return Playbooks([rules.model_copy(update={"unit_calendars": (south,)})])


def standing_of(world: World) -> dict[str, Any]:
    """Stage, clocks and dates of every part, without whose it is."""
    told: dict[str, Any] = {}
    for stream in (*parts_of("P1"), "project-P1"):
        if world.state(stream).exists:
            view = world.view(stream).model_dump(exclude={"owner_unit"})
            told[stream] = (view, due_moments(world, stream), world.playbooks.of(world.state(stream)).working_calendar)
    return told


@pytest.mark.parametrize("where", WHERE)
def test_a_change_of_owner_moves_no_stage_no_clock_and_no_date(where: str) -> None:
    world = World(playbooks=german(RULES)).tell(*WHERE[where])
    before = standing_of(world)
    world.tell(MONDAY + days(1), hand_over())
    assert standing_of(world) == before
    for stream in before:
        assert world.state(stream).owner_now == "u9", stream
        assert world.view(stream).owner_unit == "south", stream
        assert world.state(stream).owner_unit == "north", stream


def test_a_phase_that_begins_later_hears_of_every_owner_there_was() -> None:
    world = World().tell(*started(), hand_over("u8"), hand_over("u9"), *won(), offer(), accept())
    assert world.state("implementation-P1").every_owner == ("u1", "u8", "u9")
    assert world.state("implementation-P1").unit_now == "south"


def test_nobody_who_ever_owned_the_deal_approves_it() -> None:
    sold = [*started(), hand_over("u8"), hand_over("m1")]
    for owner in ("u1", "u8", "m1"):
        asker = Actor(kind=ActorKind.PERSON, id="u5", role="sales")
        given(sold).when(override("F2", approver=owner, actor=asker)).then_refused(SelfApprovalError)


def test_who_may_approve_an_open_approval_does_not_change_with_the_owner() -> None:
    rules = playbook({"F1": {"approval": APPROVAL}})
    world = under(rules, *started(), stage_done("F1"), hand_over("m7")).world
    [asked] = world.state("funnel-P1").approvals
    assert (asked.outcome, asked.answerable_by, asked.requested_at) == ("open", ("manager",), MONDAY)
    for former in ("u1", "m7"):
        with pytest.raises(SelfApprovalError):
            world.take(approve(person(former, "manager")))
    assert world.take(approve())[0].type == "ApprovalGiven"


def test_the_same_owner_again_and_a_cancelled_project_are_refused() -> None:
    given(started()).when(hand_over("u1", None)).then_refused(SameOwnerError)
    cancel = CancelProject(
        project="P1", reason="stopped", reference="letter", approver="x1", approver_role="manager", actor=SALES
    )
    given(started(), cancel).when(hand_over()).then_refused(ProjectCancelledError)


def test_word_of_a_new_owner_that_nobody_gave_is_refused() -> None:
    for of, source in (("funnel-P1", "project-P1"), ("project-P1", "customer-C1"), ("funnel-P1", "customer-C1")):
        forged: Command = NoteOwner(of=of, source=source, number=1, actor=SYSTEM)
        given(started()).when(forged).then_refused(NotFoundError)


def test_the_new_owner_is_on_record_with_the_one_before() -> None:
    world = given(started()).when(hand_over()).then(DealOwnerChanged)
    fact = world.events[streams.funnel("P1")][-1]
    assert isinstance(fact, DealOwnerChanged)
    assert (fact.owner_before, fact.unit_before, fact.owner, fact.owner_unit) == ("u1", "north", "u9", "south")
    assert fact.source == "project-P1"
    assert decider_of("funnel-P1").fold(world.events["funnel-P1"]) == world.state("funnel-P1")
