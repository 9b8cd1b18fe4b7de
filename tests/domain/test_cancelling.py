"""A cancelled project unwinds what was begun of it, part by part, in whatever state it is; the customer stays."""

from __future__ import annotations

from typing import Any

import pytest

from domain.cancelling import NoteCompensation, PartUnwound, ProjectCancelledError, ProjectNotCancelledError, Unwind
from domain.catalogue import decider_of
from domain.clocks import ClocksReleased
from domain.customer import ContractEnded, KeepContactPlanned, NotCancelledError, NoteCancellation
from domain.decider import Context
from domain.messages import SYSTEM, Command
from domain.phases import CompletePhase, ReopenProject
from domain.project import (
    CancellationCompleted,
    CancelledAlreadyError,
    CancelProject,
    CompensationRecorded,
    NotTheApproverError,
    ProjectCancelled,
    ProjectLostError,
)
from tests.domain.asked import (
    MONDAY,
    PLAYBOOKS,
    RULES,
    SALES,
    accept,
    evidence,
    handed_to_delivery,
    in_support,
    lose,
    offer,
    on,
    open_project,
    open_ticket,
    prepared,
    reach,
    register,
    release,
    shelve,
    stage_done,
    started,
    submit,
    win,
    won,
)
from tests.domain.scenario import World, due_moments, given

PROJECT, CUSTOMER = "project-P1", "customer-C1"
ALL_PARTS = ("support-P1", "handoff-P1-support", "implementation-P1", "handoff-P1-delivery", "funnel-P1")


def cancel(**fields: Any) -> CancelProject:
    given: dict[str, Any] = {"reason": "customer was bought", "reference": "letter-7", "approver": "m1"}
    return CancelProject(project="P1", **(given | {"approver_role": "manager", "actor": SALES} | fields))


IN_EVERY_PHASE: dict[str, tuple[list[Command], int]] = {
    "first contact": (started(), 1),
    "in the middle of the funnel": ([*started(), stage_done("F1", "F2")], 1),
    "on the shelf": ([*started(), shelve("2026-06-01")], 1),
    "just won": ([*started(), *won()], 2),
    "offered to delivery": ([*started(), *won(), offer()], 2),
    "delivery has begun": (handed_to_delivery(), 3),
    "in the middle of the implementation": ([*handed_to_delivery(), *reach("M1", "M2")], 3),
    "live": ([*handed_to_delivery(), *reach("M1", "M2", "M3", "M4", "M5")], 3),
    "accepted": ([*handed_to_delivery(), *reach("M1", "M2", "M3", "M4", "M5", "M6")], 4),
    "offered to support": ([*handed_to_delivery(), *reach("M1", "M2", "M3", "M4", "M5", "M6"), offer("support")], 4),
    "in support": (in_support(), 5),
}


@pytest.mark.parametrize("phase", IN_EVERY_PHASE)
def test_in_whatever_phase_it_is_every_part_is_unwound_the_latest_first_and_noted(phase: str) -> None:
    told, count = IN_EVERY_PHASE[phase]
    parts = ALL_PARTS[-count:]
    world = given(told).world
    world.take(cancel())

    events = world.events[PROJECT]
    [cancelled] = [one for one in events if isinstance(one, ProjectCancelled)]
    assert cancelled.parts == parts
    assert [one.part for one in events if isinstance(one, CompensationRecorded)] == list(parts)
    assert isinstance(events[-1], CancellationCompleted)
    assert (world.view(PROJECT).code, world.view(PROJECT).closed) == ("cancelled", True)
    for part in parts:
        assert isinstance(world.events[part][-1], PartUnwound)
        assert (world.view(part).code, world.view(part).closed) == ("cancelled", True)


@pytest.mark.parametrize("phase", IN_EVERY_PHASE)
def test_nothing_of_a_cancelled_project_waits_for_anything_any_more(phase: str) -> None:
    world = given(IN_EVERY_PHASE[phase][0]).world
    world.take(cancel())
    for part in world.state(PROJECT).cancelled.parts:
        assert decider_of(part).next_clock(world.state(part), world.playbooks) is None
        assert not world.view(part).needs_human


def test_a_part_that_is_unwound_takes_nothing_more_and_says_why() -> None:
    cancelled = given(handed_to_delivery(), cancel())
    cancelled.when(submit("master_plan")).then_refused(ProjectCancelledError)
    cancelled.when(evidence("owner")).then_refused(ProjectCancelledError)


def test_a_part_is_unwound_once() -> None:
    cancelled = given(started(), cancel())
    cancelled.when(Unwind(of="funnel-P1", reason="x", approver="m1", actor=SYSTEM)).then()


def test_the_customer_hears_that_the_contract_has_ended_and_stays_a_customer() -> None:
    world = given(handed_to_delivery(), cancel()).world
    ended, kept = world.events[CUSTOMER][-2:]
    assert ended == ContractEnded(occurred_at=MONDAY, project="P1", reason="customer was bought")
    assert isinstance(kept, KeepContactPlanned)
    assert kept.after == "cancelled"
    assert world.view(CUSTOMER).code == "active"


def test_a_deal_cancelled_before_its_win_had_no_contract_that_could_end() -> None:
    world = given(started(), cancel()).world
    assert [type(event).__name__ for event in world.events[CUSTOMER]].count("ContractEnded") == 0
    assert isinstance(world.events[CUSTOMER][-1], KeepContactPlanned)
    assert world.view(CUSTOMER).code == "potential"


def test_the_customer_does_not_believe_a_cancelling_that_the_project_does_not_know_of() -> None:
    note = NoteCancellation(customer="C1", project="P1", actor=SYSTEM)
    given(started()).when(note).then_refused(NotCancelledError)


def test_a_compensation_is_believed_only_of_a_part_that_says_so_itself() -> None:
    given(started()).when(NoteCompensation(project="P1", part="funnel-P1", actor=SYSTEM)).then()


# Who may


def test_a_cancelling_is_approved_by_the_role_that_the_playbook_names_and_not_by_the_asker() -> None:
    running = given(handed_to_delivery())
    assert RULES.projects.cancel_approver == "manager"
    running.when(cancel(approver_role="sales")).then_refused(NotTheApproverError)
    running.when(cancel(approver_role="")).then_refused(NotTheApproverError)
    running.when(cancel(approver=SALES.id)).then_refused(NotTheApproverError)
    on_behalf = SALES.model_copy(update={"on_behalf_of": "m1"})
    running.when(cancel(actor=on_behalf)).then_refused(NotTheApproverError)


def test_a_project_is_cancelled_once_and_a_lost_one_not_at_all() -> None:
    given(started(), cancel()).when(cancel()).then_refused(CancelledAlreadyError)
    given(started(), lose()).when(cancel()).then_refused(ProjectLostError)


# At the same moment


class Slow(World):
    """A world in which words stay on their way until they are let through."""

    def settle(self, stream: str) -> None:
        """Nothing is delivered by itself."""

    def let_through(self, *streams: str) -> None:
        """Deliver everything that these streams owe, and what follows from that."""
        for stream in streams:
            World.settle(self, stream)


def slow(*told: Command) -> Slow:
    world = Slow()
    for command in told:
        world.take(command)
        world.let_through(command.stream)
        for stream in list(world.events):
            world.let_through(stream)
    return world


def test_a_win_whose_word_comes_after_the_cancelling_leads_nowhere_but_the_contract_is_on_record() -> None:
    world = slow(*started(), *prepared())
    world.take(win())
    world.take(cancel())
    for _ in range(3):
        world.let_through("funnel-P1", PROJECT)

    assert world.state(PROJECT).phase == "funnel"
    assert "handoff-P1-delivery" not in world.events
    assert world.state(PROJECT).outcome == "cancelled"
    customers = [type(event).__name__ for event in world.events[CUSTOMER]]
    assert customers[-4:] == ["ContractSigned", "CustomerActivated", "ContractEnded", "KeepContactPlanned"]


def test_an_acceptance_whose_word_comes_after_the_cancelling_begins_nothing() -> None:
    world = slow(*started(), *won(), offer())
    world.take(accept())
    world.take(cancel())
    for _ in range(3):
        world.let_through("handoff-P1-delivery", PROJECT, "funnel-P1")

    assert "implementation-P1" not in world.events
    assert world.state(PROJECT).outcome == "cancelled"


def test_a_phase_that_is_just_beginning_is_begun_and_unwound() -> None:
    world = slow(*started(), *won(), offer())
    world.take(accept())
    world.let_through("handoff-P1-delivery")  # The project has entered its next phase, but nothing has begun there yet.
    assert "implementation-P1" not in world.events
    world.take(cancel())
    for _ in range(3):
        world.let_through(PROJECT, "implementation-P1", "handoff-P1-delivery", "funnel-P1")

    assert isinstance(world.events["implementation-P1"][-1], PartUnwound)
    assert world.state(PROJECT).outcome == "cancelled"


def test_the_word_of_a_phase_that_ended_changes_nothing_in_a_cancelled_project() -> None:
    complete = CompletePhase(project="P1", phase="funnel", actor=SYSTEM)
    given(started(), cancel()).when(complete).then()
    given(started(), cancel()).when(ReopenProject(project="P1", actor=SYSTEM)).then()


def test_the_held_clocks_of_a_cancelled_past_are_not_judged_when_they_are_released() -> None:
    begun = on(MONDAY.replace(year=2025), open_project(hold_clocks=True))
    world = given(on(MONDAY.replace(year=2025), register()), begun, cancel()).world
    world.take(release(project="P1"))
    assert isinstance(world.events["funnel-P1"][-1], PartUnwound | ClocksReleased)
    assert not any(type(event).__name__ == "StageOverdue" for event in world.events["funnel-P1"])
    assert due_moments(world, "customer-C1")


@pytest.mark.parametrize("part", ["funnel-P1", "handoff-P1-delivery", "implementation-P1"])
def test_no_part_of_a_project_that_runs_is_unwound_whoever_says_so(part: str) -> None:
    world = given(handed_to_delivery()).world
    decider, word = decider_of(part), Unwind(of=part, reason="x", approver="m1", actor=SYSTEM)
    assert decider.regards(word) == ("project-P1",)
    running = Context(now=world.now, at=world.now, playbooks=PLAYBOOKS, seen={"project-P1": world.state("project-P1")})
    with pytest.raises(ProjectNotCancelledError):
        decider.respond(word, world.state(part), running)


@pytest.mark.parametrize("stream", ["ticket-T1", "ticket-P1", "customer-C1"])
def test_nothing_is_unwound_that_is_no_part_of_a_cancelled_project(stream: str) -> None:
    tickets = [open_ticket("T1"), open_ticket("P1", project="P1")]
    world = given(started(), tickets, cancel()).world
    word = Unwind(of=stream, reason="x", approver="m1", actor=SYSTEM, command_id="forged")
    decider = decider_of(stream)
    seen = {one: world.state(one) for one in decider.regards(word)}
    with pytest.raises(ProjectNotCancelledError):
        decider.respond(word, world.state(stream), Context(now=world.now, at=world.now, playbooks=PLAYBOOKS, seen=seen))
