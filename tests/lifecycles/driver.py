"""Somebody who does everything right: the proper commands that bring a project on from wherever it stands, by any playbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from domain import funnel, handoff, implementation, streams
from domain.catalogue import decider_of
from domain.messages import Actor, ActorKind, Command, Money
from domain.phases import phase_stream
from domain.playbook import APPROVAL, Playbook, Playbooks
from domain.promises import KeepPromise
from tests.domain.asked import at

StateOf = Callable[[str], Any]


def person(role: str, number: int = 1) -> Actor:
    """Somebody of that role."""
    return Actor(kind=ActorKind.PERSON, id=f"{role}-{number}", role=role)


def next_commands(state_of: StateOf, playbooks: Playbooks, project: str) -> Sequence[Command]:
    """The commands, in order, that pass the gate at which the project stands; none when nothing is left to pass."""
    root = state_of(streams.project(project))
    if root.outcome or root.phase == "support":
        return ()
    stream = phase_stream(project, root.phase)
    state = state_of(stream)
    rules = playbooks.of(state)
    if not state.exists or decider_of(stream).view(state, rules).closed:
        return ()
    if root.phase == "funnel":
        return _sell(state, rules, project)
    if root.phase.startswith("handoff"):
        return _hand_over(state, rules, project)
    behind = state_of(streams.handoff(project, "delivery"))
    return [*_meet(behind, rules, project), *_implement(state, rules, project)]


def _sell(state: funnel.State, rules: Playbook, project: str) -> Sequence[Command]:
    if state.revisit_on:
        return [funnel.ResumeDeal(project=project, reason="budget is back", actor=person("sales"))]
    commands: list[Command] = []
    for item in funnel.missing(state, rules):
        if getattr(item, "proof", "") == "quote":
            listed, price, cost = (Money(amount=Decimal(sum_)) for sum_ in ("1000000", "980000", "300000"))
            commands.append(
                funnel.QuotePrice(project=project, list_price=listed, price=price, cost=cost, actor=person("sales"))
            )
        else:
            proof = funnel.Evidence(criterion=item.code, reference=f"doc-{item.code}")
            commands.append(funnel.RecordEvidence(project=project, evidence=(proof,), actor=person(item.who)))
    if not commands:
        view = decider_of("funnel-").view(state, rules)
        waiting = [one for one in view.missing if one.code == APPROVAL]
        commands += [funnel.RequestApproval(project=project, actor=person("sales"))] if _refused(state) else []
        commands += [funnel.GiveApproval(project=project, actor=person(one.who, 2)) for one in waiting]
    return commands


def _refused(state: funnel.State) -> bool:
    return not any(one.outcome == "open" for one in state.approvals)


def _hand_over(state: handoff.State, rules: Playbook, project: str) -> Sequence[Command]:
    ours, kind = rules.handoffs[state.kind], state.kind
    if state.status == "offered":
        return [handoff.AcceptHandoff(project=project, kind=kind, actor=person(ours.receiver))]
    phase: Any = f"handoff-{kind}"
    keep = [
        KeepPromise(project=project, promise=one.promise, at=phase, reference="minutes", actor=person(ours.giver))
        for one in state.promises
        if one.binding and kind == "support"
    ]
    contract = handoff.ServiceContract(
        service_code="SC1", starts_on=at("2026-01-01").date(), ends_on=at("2030-12-31").date(), notice_on=date(2030, 10, 1)
    )
    offer = handoff.OfferHandoff(
        project=project,
        kind=kind,
        items={item.code: f"doc-{item.code}" for item in ours.checklist if item.code != ours.ledger_item},
        service_contract=contract if kind == "support" else None,
        actor=person(ours.giver),
    )
    return [*keep, offer]


def _meet(state: handoff.State, rules: Playbook, project: str) -> Sequence[Command]:
    giver = person(rules.handoffs["delivery"].giver)
    return [
        handoff.MeetCondition(project=project, kind="delivery", condition=one, reference="proof", actor=giver)
        for one in state.conditions
    ]


def _implement(state: implementation.State, rules: Playbook, project: str) -> Sequence[Command]:
    chapter = rules.implementation
    view = decider_of("implementation-").view(state, rules)
    milestone = chapter.milestone(view.code)
    unit = view.code.partition("@")[2]
    coded = {item.code: f"{item.code}@{unit}" if unit else item.code for item in milestone.deliverables}
    delivery = person(next(iter(chapter.signed_off_by), "delivery"))
    pieces = tuple(implementation.Deliverable(deliverable=code, reference=f"doc-{code}") for code in coded.values())
    reviews = tuple(
        implementation.Review(deliverable=coded[item.code], verdict="accepted")
        for item in milestone.deliverables
        if item.review
    )
    commands: list[Command] = []
    if pieces:
        commands.append(implementation.SubmitDeliverables(project=project, deliverables=pieces, actor=delivery))
    if reviews:
        reviewer = person(next(iter(chapter.reviewed_by), "delivery"), 2)
        commands.append(implementation.ReviewDeliverables(project=project, reviews=reviews, actor=reviewer))
    if milestone.max_open:
        counter = person(next(iter(chapter.counted_by), "delivery"))
        none: dict[Any, int] = {str(severity): 0 for severity in range(1, 5)}
        counted = implementation.RecordDefects(project=project, unit=unit or None, counts=none, reference="list", actor=counter)
        commands.append(counted)
    signatures = tuple(implementation.Signature(role=item.code, signed_by=f"signer-{item.code}") for item in milestone.signers)
    signing = implementation.SignOffMilestone(
        project=project, milestone=view.code, signatures=signatures, completion="minutes", actor=delivery
    )
    return [*commands, signing]
