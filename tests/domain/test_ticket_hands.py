"""From hand to hand: who has a ticket, who answers for it, and when somebody must put an end to a ping-pong."""

from __future__ import annotations

import pytest

from domain import ticket
from domain.messages import Command
from domain.satisfaction import SatisfactionAsked
from domain.ticket import (
    PingPongNoticed,
    TicketAcknowledged,
    TicketAssigned,
    TicketEscalated,
    TicketOwnerSet,
    TicketResolved,
    TicketWorkStarted,
)
from tests.domain.asked import at, open_ticket
from tests.domain.scenario import World, given
from tests.domain.ticketing import (
    CALLER,
    assign,
    close,
    escalate,
    go_on,
    own,
    pause,
    reopen,
    resolve,
    settle_service,
    start,
    take,
)

T = "ticket-T1"
OPEN = [*CALLER, open_ticket(), settle_service()]
ROUND: list[Command] = [assign("a1", group="ERP"), assign("b1", group="DB"), assign("a1", group="ERP")]
"""Two hops: the first group found it, then it went to another and back."""


def hops(world: World) -> int:
    return int(world.state(T).hops)


def test_the_first_group_that_a_ticket_finds_is_no_hop_and_each_other_one_is() -> None:
    assert hops(given(OPEN, ROUND[0]).world) == 0
    assert hops(given(OPEN, ROUND).world) == 2
    assert hops(given(OPEN, assign("b1", line="second")).world) == 1


def test_another_person_in_the_same_group_is_a_reassignment_and_no_hop() -> None:
    world = given(OPEN, assign("a1", group="ERP")).when(assign("a2")).then(TicketAssigned)
    assert (hops(world), world.state(T).reassigned, world.state(T).group) == (0, 1, "ERP")


def test_three_hops_are_a_ping_pong_noticed_once_with_its_way() -> None:
    world = given(OPEN, take(), ROUND).when(assign("b1", group="DB")).then(TicketAssigned, PingPongNoticed)
    noticed = world.events[T][-1]
    assert isinstance(noticed, PingPongNoticed)
    assert (noticed.hops, noticed.who) == (3, "support_lead")
    assert noticed.path == ("first", "first/ERP", "first/DB", "first/ERP", "first/DB")
    given(OPEN, ROUND, assign("b1", group="DB")).when(assign("c1", group="Net")).then(TicketAssigned)


def test_a_ping_pong_calls_the_lead_until_somebody_is_named_who_keeps_it() -> None:
    world = given(OPEN, take(), ROUND, assign("b1", group="DB")).world
    view = world.view(T)
    assert (view.needs_human, view.waiting_for) == (True, "support_lead")
    assert view.reason == "went from hand to hand 3 times 工单被反复转派"
    assert "owner" in [one.code for one in view.missing]
    world.tell(own("b1"))
    assert (world.view(T).needs_human, world.view(T).waiting_for) == (False, "support")


def test_the_way_up_is_no_ping_pong_and_the_way_back_is() -> None:
    climbed = given(OPEN, escalate("second"), escalate("headquarters"), escalate("product"))
    assert hops(climbed.world) == 0
    back = climbed.when(assign("b1", line="second")).then(TicketAssigned).tell(escalate("product"))
    assert hops(back) == 2
    world = (
        given(OPEN, escalate("second"), assign("a1"), escalate("second"))
        .when(assign("a1"))
        .then(TicketAssigned, PingPongNoticed)
    )
    assert hops(world) == 3


def test_the_first_who_has_it_answers_for_it_until_another_is_named() -> None:
    world = given(OPEN, assign("a1"), assign("b1", line="second")).world
    assert (world.state(T).owner, world.state(T).assigned_to) == ("a1", "b1")
    world.tell(own("s5"))
    assert (world.state(T).owner, world.state(T).assigned_to) == ("s5", "b1")
    named = world.events[T][-1]
    assert isinstance(named, TicketOwnerSet)
    assert named.before == "a1"
    given(OPEN, own("s5")).when(own("s5")).then_refused(ticket.TicketOwnerSameError)


def test_the_owner_stays_when_the_ticket_is_escalated_and_when_it_is_reopened() -> None:
    world = given(OPEN, assign("a1"), escalate("second"), resolve(), close(), reopen()).world
    assert (world.state(T).owner, world.view(T).code) == ("a1", "in_progress")


def test_starting_to_work_takes_the_ticket_up() -> None:
    world = given(OPEN).when(start()).then(TicketAcknowledged, TicketWorkStarted)
    assert world.view(T).code == "in_progress"
    given(OPEN, start()).when(start()).then_refused(ticket.WorkStartedError)
    given(OPEN, take(), pause("vendor")).when(start()).then_refused(ticket.TicketWaitingError)


def test_an_assignment_before_the_ticket_is_taken_up_leaves_it_new() -> None:
    world = given(OPEN, assign("a1")).world
    assert world.view(T).code == "new"
    world.tell(take())
    assert world.view(T).code == "acknowledged"


@pytest.mark.parametrize(
    ("waits", "who"), [("customer", "customer"), ("vendor", "vendor"), ("problem", "product"), ("evidence", "customer")]
)
def test_a_wait_says_whom_it_is_for_and_only_the_customers_stops_the_clocks(waits: str, who: str) -> None:
    world = given(OPEN, take(), at("2026-03-02 11:00"), pause(waits)).world
    view = world.view(T)
    assert (view.code, view.waiting_for) == ("waiting", who)
    assert [(one.code, one.who) for one in view.missing] == [(waits, who)]
    assert (view.due_at is None) is (waits == "customer")
    world.tell(go_on())
    assert world.view(T).code == "in_progress"


# Resolution


def test_a_resolution_has_a_class_of_the_playbook() -> None:
    world = (
        given(OPEN, take()).when(resolve(resolution="user_training", product="ERP 9")).then(TicketResolved, SatisfactionAsked)
    )
    assert (world.state(T).resolution, world.state(T).product) == ("user_training", "ERP 9")
    given(OPEN, take()).when(resolve(resolution="magic")).then_refused(ticket.ResolutionUnknownError)
    assert given(OPEN, resolve()).world.state(T).resolution == "solved"


def test_a_ticket_is_handed_up_only_while_it_is_open() -> None:
    given(OPEN, resolve()).when(escalate()).then_refused(ticket.TicketNotOpenError)
    given(OPEN).when(escalate()).then(TicketEscalated)


def test_an_escalated_ticket_names_who_must_act_at_the_step_where_it_stands() -> None:
    world = given(OPEN, take(), escalate("headquarters")).world
    view = world.view(T)
    assert (view.waiting_for, [(one.code, one.who) for one in view.missing]) == ("headquarters", [("solution", "headquarters")])
    world.tell(pause())
    assert world.view(T).waiting_for == "customer"
    world.tell(go_on(), resolve(), reopen())
    assert world.view(T).waiting_for == "support"
