"""Every shipped playbook carries a project from its first lead to support, whatever its stages and milestones are called."""

from __future__ import annotations

import pytest

from domain import funnel, handoff, implementation
from domain.messages import Actor, ActorKind, Command
from domain.playbook import APPROVAL, Playbook
from domain.project import OpenProject, PhaseEntered, ProjectOpened
from domain.standing import Unmet
from domain.streams import HandoffKind
from tests.domain.asked import AMOUNT, PLAYBOOKS, SALES, classify, contract, quote, register
from tests.domain.scenario import World

REVENUES = {"large": "3000000000", "medium": "300000000", "small": "30000000", "entry": "1000000"}
SHIPPED = [PLAYBOOKS.latest(name) for name in PLAYBOOKS.names()]


def somebody(role: str) -> Actor:
    return Actor(kind=ActorKind.PERSON, id=f"x-{role}", role=role)


def opened(playbook: Playbook) -> World:
    """A project that is opened for a customer of a class that the playbook serves, without naming the playbook."""
    served = playbook.serves.value_classes if playbook.serves else ("vip",)
    value_class = playbook.customers.value_class(served[0])
    assert value_class is not None
    world = World().tell(register(revenue=REVENUES[value_class.market]), classify(value_class.code))
    command = OpenProject(project="P1", customer="C1", name="ERP", amount=AMOUNT, owner="u1", owner_unit="north", actor=SALES)
    return world.tell(command)


def missing(world: World, stream: str) -> tuple[Unmet, ...]:
    return world.view(stream).missing


def sold(world: World) -> None:
    """Bring what the view says is missing, by the role that it names, until the deal is won."""
    for _ in range(100):
        if world.state("funnel-P1").outcome:
            return
        first = missing(world, "funnel-P1")[0]
        criterion = first.code if first.code != APPROVAL else None
        world.take(_brought(first, criterion, world))
    raise AssertionError(f"it never ends: {missing(world, 'funnel-P1')}")


def _brought(first: Unmet, criterion: str | None, world: World) -> Command:
    if criterion is None:
        return funnel.GiveApproval(project="P1", actor=somebody(first.who))
    asked = PLAYBOOKS.of(world.state("funnel-P1")).funnel.criteria[criterion][1]
    if asked.proof == "quote":
        return quote()
    piece = funnel.Evidence(criterion=criterion, reference="doc")
    return funnel.RecordEvidence(project="P1", evidence=(piece,), actor=somebody(first.who))


def handed_over(world: World, kind: HandoffKind, playbook: Playbook) -> None:
    rules = playbook.handoffs[kind]
    items = {item.code: "doc" for item in rules.checklist}
    offer = handoff.OfferHandoff(
        project="P1",
        kind=kind,
        items=items,
        service_contract=contract() if kind == "support" else None,
        actor=somebody(rules.giver),
    )
    world.tell(offer, handoff.AcceptHandoff(project="P1", kind=kind, actor=somebody(rules.receiver)))


def delivered(world: World, playbook: Playbook) -> None:
    for milestone in playbook.implementation.milestones:
        if milestone.effect == "handed_over":
            continue
        pieces = tuple(implementation.Deliverable(deliverable=one.code, reference="doc") for one in milestone.deliverables)
        reviews = tuple(
            implementation.Review(deliverable=one.code, verdict="accepted") for one in milestone.deliverables if one.review
        )
        world.take(implementation.SubmitDeliverables(project="P1", deliverables=pieces, actor=somebody("delivery")))
        if reviews:
            world.take(implementation.ReviewDeliverables(project="P1", reviews=reviews, actor=somebody("presales")))
        if milestone.max_open:
            counts = {str(severity): 0 for severity in milestone.max_open}
            world.take(
                implementation.RecordDefects(
                    project="P1",
                    counts=counts,  # type: ignore[arg-type]
                    reference="list",
                    actor=somebody("delivery"),
                )
            )
        signatures = tuple(
            implementation.Signature(role=one.code, signed_by=f"x-{one.code}-{one.who}") for one in milestone.signers
        )
        world.take(
            implementation.SignOffMilestone(
                project="P1",
                milestone=milestone.code,
                signatures=signatures,
                completion="minutes",
                actor=somebody("delivery"),
            )
        )


@pytest.mark.parametrize("playbook", SHIPPED, ids=lambda one: one.playbook)
def test_a_project_of_its_customers_opens_under_it_and_lives_its_whole_life(playbook: Playbook) -> None:
    world = opened(playbook)
    begun = world.events["project-P1"][0]
    assert isinstance(begun, ProjectOpened)
    assert begun.origin.playbook == playbook.ref
    assert ("it serves value class" in begun.playbook_reason) == (playbook.playbook != "standard")

    sold(world)
    handed_over(world, "delivery", playbook)
    delivered(world, playbook)
    handed_over(world, "support", playbook)

    phases = [event.phase for event in world.events["project-P1"] if isinstance(event, PhaseEntered)]
    assert phases == ["handoff-delivery", "implementation", "handoff-support", "support"]
    assert world.view("implementation-P1").code in ("completed", "payments")
    assert world.state("implementation-P1").went_live_at is not None
    assert world.view("support-P1").code in ("in_service", "early_life")


def test_a_key_account_has_gates_that_only_a_person_opens() -> None:
    world = opened(PLAYBOOKS.latest("key_account"))
    sold(world)
    given = [event for event in world.events["funnel-P1"] if type(event).__name__ == "ApprovalGiven"]
    assert len(given) == 2


def test_the_express_playbook_has_fewer_stages_and_milestones_than_the_standard_one() -> None:
    express, standard = PLAYBOOKS.latest("express"), PLAYBOOKS.latest()
    assert len(express.funnel.stages) < len(standard.funnel.stages)
    assert len(express.implementation.milestones) < len(standard.implementation.milestones)
    assert not any(milestone.per_unit for milestone in express.implementation.milestones)
