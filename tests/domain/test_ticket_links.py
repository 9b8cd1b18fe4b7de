"""Tickets that have to do with each other: links, a major incident and its children, duplicates."""

from __future__ import annotations

import pytest

from domain import ticket
from domain.catalogue import decider_of
from domain.messages import SYSTEM, Command
from domain.refusals import NotFoundError
from domain.satisfaction import SatisfactionAsked
from domain.ticket import (
    ChildJoined,
    LeaveParent,
    NoteChild,
    NoteLink,
    ParentSet,
    ReopenWithParent,
    ResolveWithParent,
    TicketAcknowledged,
    TicketDuplicated,
    TicketLinked,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from tests.domain.asked import MONDAY, at, classify, open_ticket, register, release
from tests.domain.scenario import World, given
from tests.domain.ticketing import (
    CALLER,
    cancel,
    close,
    duplicate,
    link,
    part_of,
    pause,
    reopen,
    resolve,
    take,
)

T, OTHER = "ticket-T1", "ticket-T2"
TWO = [*CALLER, open_ticket("T2"), open_ticket("T1")]
FAMILY = [*CALLER, open_ticket("T0"), open_ticket("T1", parent="T0"), open_ticket("T2", parent="T0")]
ANOTHERS = [register("C2", revenue="3000000000"), classify("other_large", customer="C2")]


def resolution(world: World, stream: str) -> TicketResolved:
    """How a ticket was resolved last."""
    return [event for event in world.events[stream] if isinstance(event, TicketResolved)][-1]


def code(world: World, name: str) -> str:
    return world.view(f"ticket-{name}").code


# Links


@pytest.mark.parametrize(("relation", "inverse"), [("related", "related"), ("caused_by", "causes"), ("causes", "caused_by")])
def test_linked_tickets_know_each_other(relation: str, inverse: str) -> None:
    world = given(TWO).when(link(relation=relation)).then(TicketLinked)
    mine, others = world.state(T).links[0], world.state(OTHER).links[0]
    assert (mine.other, mine.relation) == ("T2", relation)
    assert (others.other, others.relation) == ("T1", inverse)


def test_a_link_is_made_once_and_with_a_ticket_that_exists() -> None:
    given(TWO, link()).when(link()).then_refused(ticket.LinkKnownError)
    given(TWO, link()).when(link("T1", ticket="T2")).then_refused(ticket.LinkKnownError)
    given(TWO, link()).when(link(relation="causes")).then(TicketLinked)
    given(TWO).when(link("T1")).then_refused(ticket.LinkImpossibleError)
    given(TWO).when(link("T9")).then_refused(NotFoundError)


def test_another_customers_ticket_is_linked_only_through_a_problem_or_a_change() -> None:
    apart = [*CALLER, *ANOTHERS, open_ticket("T1")]
    given(apart, open_ticket("T2", customer="C2")).when(link()).then_refused(ticket.LinkImpossibleError)
    for kind in ("problem", "change"):
        given(apart, open_ticket("T2", customer="C2", kind=kind)).when(link()).then(TicketLinked)


def test_an_ended_ticket_can_still_be_named() -> None:
    world = given(TWO, resolve("T2"), close("T2")).when(link()).then(TicketLinked)
    assert (code(world, "T2"), len(world.state(OTHER).links)) == ("closed", 1)


# Parents and children


def test_a_ticket_opens_as_a_part_of_another_or_becomes_one() -> None:
    world = given(CALLER, open_ticket("T2")).when(open_ticket(parent="T2")).then(TicketOpened)
    assert (world.state(T).parent, world.state(OTHER).children) == ("T2", ("T1",))
    world = given(TWO).when(part_of()).then(ParentSet)
    assert (world.state(T).parent, world.state(OTHER).children) == ("T2", ("T1",))
    assert isinstance(world.events[OTHER][-1], ChildJoined)


def test_a_ticket_changes_its_parent_or_goes_on_alone() -> None:
    world = given(TWO, open_ticket("T3"), part_of("T2")).when(part_of("T3")).then(ParentSet)
    assert (world.state(OTHER).children, world.state("ticket-T3").children) == ((), ("T1",))
    world.tell(part_of(None))
    assert (world.state(T).parent, world.state("ticket-T3").children) == ("", ())
    world.tell(part_of("T2"))
    assert world.state(OTHER).children == ("T1",)


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        ([], part_of("T1")),
        ([], part_of(None)),
        ([part_of("T2")], part_of("T2")),
        ([part_of("T1", ticket="T2")], part_of("T2")),
        ([open_ticket("T3"), part_of("T3", ticket="T2")], part_of("T2")),
        ([open_ticket("T3"), part_of("T1", ticket="T3")], part_of("T2")),
        ([resolve("T2")], part_of("T2")),
        ([resolve("T2"), close("T2")], part_of("T2")),
        ([cancel("T2")], part_of("T2")),
        ([cancel("T2")], open_ticket("T4", parent="T2")),
        ([open_ticket("T3"), duplicate("T3", ticket="T2")], part_of("T2")),
        ([*ANOTHERS, open_ticket("T3", customer="C2")], part_of("T3")),
        ([*ANOTHERS, open_ticket("T3", customer="C2")], open_ticket("T4", parent="T3")),
    ],
    ids=[
        "itself",
        "nobody's already",
        "its parent already",
        "a circle",
        "a child of a child",
        "a parent of its own",
        "resolved",
        "closed",
        "cancelled",
        "opened under a cancelled one",
        "a duplicate",
        "another customer's",
        "opened under another customer's",
    ],
)
def test_a_family_has_two_levels_one_customer_and_an_open_parent(before: list[Command], asked: Command) -> None:
    given(TWO, before).when(asked).then_refused(ticket.ParentImpossibleError)


def test_a_parent_must_exist() -> None:
    given(TWO).when(part_of("T9")).then_refused(NotFoundError)


def test_a_problem_has_tickets_of_several_customers_as_its_parts() -> None:
    shared = [*CALLER, *ANOTHERS, open_ticket("T2", customer="C2", kind="problem"), open_ticket("T1")]
    world = (
        given(shared, part_of("T2"), pause("problem"))
        .when(resolve("T2"))
        .then(TicketAcknowledged, TicketResolved, SatisfactionAsked)
    )
    assert code(world, "T1") == "resolved"


def test_a_major_incident_resolves_its_open_children_each_with_its_own_clocks() -> None:
    family = given(FAMILY, at("2026-03-02 10:20"), take("T1"), at("2026-03-02 11:00"), resolve("T2"), at("2026-03-02 11:30"))
    world = family.world.tell(resolve("T0", resolution="patch"))
    assert [code(world, name) for name in ("T0", "T1", "T2")] == ["resolved"] * 3
    child, alone = resolution(world, T), resolution(world, OTHER)
    assert (child.with_parent, child.resolution, child.occurred_at) == ("T0", "patch", at("2026-03-02 11:30"))
    assert (alone.with_parent, alone.resolution) == ("", "solved")
    verdicts = {one.target: one.verdict for one in ticket.verdicts(world.state(T))}
    assert verdicts == {"respond": "met", "resolve": "met"}
    missed = {one.target: one.verdict for one in ticket.verdicts(world.state("ticket-T0"))}
    assert missed == {"respond": "missed", "resolve": "met"}


def test_a_child_that_waits_or_was_never_taken_up_is_resolved_all_the_same() -> None:
    world = (
        given(FAMILY, pause("customer", "T1")).when(resolve("T0")).then(TicketAcknowledged, TicketResolved, SatisfactionAsked)
    )
    assert [code(world, name) for name in ("T1", "T2")] == ["resolved", "resolved"]
    assert world.state(T).waiting_for is None


def test_a_reopened_parent_reopens_what_was_resolved_with_it_and_is_not_confirmed() -> None:
    family = [*FAMILY, open_ticket("T3", parent="T0"), resolve("T2"), resolve("T0"), close("T3")]
    world = given(family).when(reopen("T0")).then(TicketReopened)
    assert [code(world, name) for name in ("T0", "T1", "T2", "T3")] == ["in_progress", "in_progress", "resolved", "closed"]
    assert world.state(T).reopened == 1
    world.tell(resolve("T0"))
    assert [code(world, name) for name in ("T0", "T1", "T2", "T3")] == ["resolved", "resolved", "resolved", "closed"]


def test_a_child_reopened_by_its_customer_is_not_resolved_by_old_word() -> None:
    told = ResolveWithParent(ticket="T1", parent="T0", occurred_at=MONDAY, actor=SYSTEM)
    given(FAMILY, resolve("T0"), at("2026-03-02 15:00"), reopen("T1")).when(told).then()


def test_a_child_that_has_left_is_not_resolved_with_its_parent() -> None:
    world = given(FAMILY, part_of(None)).when(resolve("T0")).then(TicketAcknowledged, TicketResolved, SatisfactionAsked)
    assert [code(world, name) for name in ("T1", "T2")] == ["new", "resolved"]


@pytest.mark.parametrize("end", [cancel("T0"), duplicate("T9", ticket="T0")], ids=lambda one: one.command)
def test_the_children_of_a_cancelled_parent_go_on_alone(end: Command) -> None:
    world = given(FAMILY, open_ticket("T9"), end).world
    assert [code(world, name) for name in ("T1", "T2")] == ["new", "new"]
    assert world.state(T).parent == ""
    world.tell(part_of("T9"))
    assert world.state("ticket-T9").children == ("T1",)


def test_a_child_whose_past_is_brought_along_is_resolved_when_its_parent_was_and_judged_once() -> None:
    friday, monday = at("2026-01-09 10:00"), at("2026-01-12 10:00")
    past = [
        open_ticket("T0", occurred_at=friday, hold_clocks=True),
        open_ticket("T1", occurred_at=friday, hold_clocks=True, parent="T0"),
        resolve("T0", occurred_at=monday),
    ]
    world = given(CALLER, past).world
    assert world.state(T).resolved_at == monday
    world.tell(release(ticket="T1"))
    facts = [type(event).__name__ for event in world.events[T]]
    assert [facts.count(one) for one in ("TargetBreached", "TicketResolved", "TicketClosed")] == [2, 1, 1]
    assert {one.target: one.verdict for one in ticket.verdicts(world.state(T))} == {"respond": "missed", "resolve": "missed"}


# Duplicates


def test_a_duplicate_ends_and_both_name_each_other() -> None:
    world = given(TWO).when(duplicate()).then(TicketDuplicated, TicketLinked)
    view = world.view(T)
    assert (view.code, view.closed, view.due_at, view.needs_human) == ("duplicate", True, None, False)
    assert [(one.other, one.relation) for one in world.state(OTHER).links] == [("T1", "duplicated_by")]
    assert code(world, "T2") == "new"


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        ([], duplicate("T1")),
        ([open_ticket("T3"), duplicate("T3", ticket="T2")], duplicate("T2")),
        ([cancel("T2")], duplicate("T2")),
        ([resolve("T2"), close("T2")], duplicate("T2")),
        ([*ANOTHERS, open_ticket("T3", customer="C2")], duplicate("T3")),
    ],
    ids=["itself", "a duplicate", "cancelled", "closed", "another customer's"],
)
def test_a_ticket_is_a_duplicate_of_one_that_goes_on_of_the_same_customer(before: list[Command], asked: Command) -> None:
    given(TWO, before).when(asked).then_refused(ticket.DuplicateImpossibleError)


def test_the_original_of_a_duplicate_must_exist() -> None:
    given(TWO).when(duplicate("T9")).then_refused(NotFoundError)


def test_whoever_asks_something_of_a_duplicate_is_shown_the_original() -> None:
    refusal = given(TWO, duplicate()).when(take()).then_refused(ticket.TicketEndedError)
    assert "T2" in refusal.detail


# What tickets say to each other


FORGED: list[Command] = [
    NoteLink(ticket="T1", other="T2", relation="duplicated_by", actor=SYSTEM),
    NoteChild(ticket="T1", child="T2", joined=True, actor=SYSTEM),
    NoteChild(ticket="T1", child="T9", joined=True, actor=SYSTEM),
    ResolveWithParent(ticket="T1", parent="T2", actor=SYSTEM),
    ReopenWithParent(ticket="T1", parent="T2", actor=SYSTEM),
    LeaveParent(ticket="T1", parent="T2", actor=SYSTEM),
]


@pytest.mark.parametrize("word", FORGED, ids=lambda one: one.command)
def test_a_ticket_believes_no_word_that_the_other_one_has_not_given(word: Command) -> None:
    given(TWO, part_of("T2")).when(word).then_refused(ticket.WordNotGivenError)


def at_once(world: World, *commands: Command) -> World:
    """Commands to several tickets of which none sees what the others record."""
    decided = []
    for command in commands:
        decider = decider_of(command.stream)
        decided.append((command.stream, decider.respond(command, world.state(command.stream), world.context(decider, command))))
    for stream, events in decided:
        world.events[stream] += events
        world.states[stream] = decider_of(stream).fold(events, world.state(stream))
    for stream, _ in decided:
        world.settle(stream)
    return world


@pytest.mark.parametrize("turned", [False, True])
def test_two_tickets_that_become_parts_of_each_other_at_once_end_as_parent_and_child(turned: bool) -> None:
    crossing = [part_of("T2", ticket="T1"), part_of("T1", ticket="T2")]
    world = at_once(given(TWO).world, *(reversed(crossing) if turned else crossing))
    assert [(world.state(one).parent, world.state(one).children) for one in (T, OTHER)] == [("T2", ()), ("", ("T1",))]


def test_who_gets_a_child_while_it_becomes_one_keeps_the_child() -> None:
    world = at_once(given(TWO, open_ticket("T3")).world, part_of("T2", ticket="T1"), part_of("T3", ticket="T2"))
    assert [world.state(f"ticket-{one}").parent for one in ("T1", "T2")] == ["T2", ""]
    assert world.state("ticket-T3").children == ()


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_tickets_that_are_made_duplicates_of_each_other_at_once_one_goes_on(turned: bool) -> None:
    crossing = [duplicate("T2", ticket="T1"), duplicate("T1", ticket="T2")]
    world = at_once(given(TWO).world, *(reversed(crossing) if turned else crossing))
    assert [code(world, one) for one in ("T1", "T2")] == ["in_progress", "duplicate"]
    assert world.state(T).original == ""
    assert world.view(T).due_at is not None
