"""The priority of a ticket: corrected with a reason, or overridden with an approval, each with before and after on record."""

from __future__ import annotations

from typing import Any

import pytest

from domain import ticket
from domain.messages import Actor, ActorKind
from domain.playbook import Playbooks
from domain.ticket import PriorityChanged, PriorityOverridden, TargetsRedated
from tests.domain.asked import RULES, SUPPORT, at, open_ticket, utc
from tests.domain.scenario import World, due_moments, given
from tests.domain.ticketing import CALLER, LEAD, grade, overrule, pause, take

T = "ticket-T1"
QUIET = at("2026-03-18 10:00")
"""A Wednesday outside of every window."""
P3: list[Any] = [CALLER, QUIET, open_ticket(impact="medium", urgency="medium")]


def open_to(act: str, *roles: str) -> Playbooks:
    """The real rules, with an act left to some roles."""
    support = RULES.support.model_copy(update={"done_by": {act: roles}})
    return Playbooks([RULES.model_copy(update={"support": support})])


def test_a_corrected_impact_makes_another_priority_with_before_and_after() -> None:
    world = given(P3).when(grade(impact="high", urgency="high")).then(PriorityChanged, TargetsRedated)
    changed = world.events[T][-2]
    assert isinstance(changed, PriorityChanged)
    assert (changed.before, changed.after, changed.by, changed.reason) == ("P3", "P1", "s1", "one plant only")
    assert (world.state(T).priority, world.state(T).impact) == ("P1", "high")
    assert due_moments(world, T)["resolve-breached"] == utc(at("2026-03-18 15:00"))


def test_a_correction_that_the_matrix_answers_alike_is_on_record_and_moves_nothing() -> None:
    before = due_moments(given(P3).world, T)
    world = given(P3).when(grade(impact="high", urgency="low")).then(PriorityChanged)
    assert world.state(T).priority == "P3"
    assert due_moments(world, T) == before


def test_a_correction_that_corrects_nothing_is_refused() -> None:
    given(P3).when(grade(impact="medium")).then_refused(ticket.PrioritySameError)
    given(P3).when(grade()).then_refused(ticket.PrioritySameError)


def test_a_priority_against_the_matrix_names_who_asked_and_who_approved() -> None:
    world = given(P3).when(overrule("P1")).then(PriorityOverridden, TargetsRedated)
    overridden = world.events[T][-2]
    assert isinstance(overridden, PriorityOverridden)
    assert (overridden.before, overridden.after, overridden.matrix) == ("P3", "P1", "P3")
    assert (overridden.asked_by, overridden.approver, overridden.approver_role) == ("s1", "m1", "manager")
    assert (world.state(T).priority, world.state(T).overridden) == ("P1", True)


def test_an_override_outlives_a_correction_and_ends_with_the_matrix_own_priority() -> None:
    world = given(P3, overrule("P1")).when(grade(impact="low")).then(PriorityChanged)
    assert world.state(T).priority == "P1"
    world.tell(overrule("P4"))
    assert (world.state(T).priority, world.state(T).overridden) == ("P4", False)
    world.tell(grade(impact="high"))
    assert world.state(T).priority == "P2"


def test_an_override_to_the_priority_that_it_has_is_refused() -> None:
    given(P3).when(overrule("P3")).then_refused(ticket.PrioritySameError)


def test_only_a_role_of_the_playbook_approves_and_nobody_for_themselves() -> None:
    given(P3).when(overrule(approver_role="sales")).then_refused(ticket.PriorityApproverError)
    given(P3).when(overrule(approver="S1")).then_refused(ticket.OwnPriorityError)
    deputy = Actor(kind=ActorKind.PERSON, id="s3", role="support", on_behalf_of="m1")
    given(P3).when(overrule(actor=deputy)).then_refused(ticket.OwnPriorityError)


def test_a_ticket_that_waits_for_the_customer_is_corrected_and_stands_still() -> None:
    world = (
        given(P3, take(), pause("customer")).when(grade(impact="high", urgency="high")).then(PriorityChanged, TargetsRedated)
    )
    assert (world.view(T).code, due_moments(world, T)) == ("waiting", {})


def test_what_the_playbook_leaves_to_a_role_is_done_by_nobody_else() -> None:
    ours = World(playbooks=open_to("prioritise", "manager")).tell(P3)
    with pytest.raises(ticket.TicketRoleError) as refused:
        ours.take(grade(impact="high"))
    assert refused.value.detail == "Changing a ticket's priority is for manager, not for support: ask one of them."
    assert ours.take(grade(impact="high", actor=LEAD))
    assert ours.take(take(actor=SUPPORT))
