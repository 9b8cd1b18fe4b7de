"""Gates that were passed: which, when, by whom, under which playbook version, on which evidence and which facts elsewhere."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from pydantic import AwareDatetime

from domain import streams
from domain.catalogue import decider_of
from domain.funnel import EvidenceWithdrawn
from domain.messages import Actor, Frozen, Name
from domain.playbook import Item, Playbook, Playbooks
from history.replay import Recorded
from history.rulings import Ruling
from history.wording import EVENT_NAMES

PASSES = frozenset({"StageAdvanced", "StageSkipped", "DealWon", "MilestoneSignedOff", "MilestoneOverridden", "HandoffAccepted"})
"""The events with which a gate is passed."""


class Proven(Frozen):
    """A piece of evidence that a gate was passed on."""

    id: str
    what: str
    """The code of the criterion, deliverable or checklist item."""
    name: Name | None
    reference: str
    given_by: str
    withdrawn: bool = False
    """True when it was withdrawn after the gate was passed."""


class Passage(Frozen):
    """A gate that was passed."""

    stream: str
    gate: str
    gate_name: Name | None
    type: str
    """The event with which it was passed."""
    name: Name
    entered: str
    """The stage that it led to; empty where it led to none."""
    overridden: bool
    """True when it was passed without all that it asks for."""
    occurred_at: AwareDatetime
    actor: Actor
    playbook: str
    evidence: tuple[Proven, ...]
    decision: Ruling | None
    """What was asked, and the facts elsewhere that were looked at; None where no decision is kept."""


def passages(
    events: Iterable[Recorded], rulings: Mapping[tuple[str, str], Ruling], playbooks: Playbooks, last: int
) -> Sequence[Passage]:
    """The `last` gates that a project's events passed, the oldest first; `rulings` by stream and command id."""
    states: dict[str, Any] = {}
    found: deque[tuple[Recorded, Any]] = deque(maxlen=last)
    gone: set[tuple[str, str]] = set()
    for one in sorted(events, key=lambda one: one.stored.position):
        stream = one.stored.stream
        decider = decider_of(stream)
        before = states.get(stream) or decider.initial()
        if one.stored.type in PASSES:
            found.append((one, before))
        if isinstance(one.event, EvidenceWithdrawn):
            gone.update((stream, piece) for piece in one.event.evidence)
        states[stream] = decider.fold((one.event,), before)
    return [_passage(one, before, playbooks, rulings, gone) for one, before in found]


def _passage(
    one: Recorded,
    before: Any,
    playbooks: Playbooks,
    rulings: Mapping[tuple[str, str], Ruling],
    gone: Collection[tuple[str, str]],
) -> Passage:
    stored, rules = one.stored, playbooks.of(before)
    kind, gate = streams.category(stored.stream), _gate(one, before)
    names = names_of(rules, kind)
    asked = _asked(kind, gate, rules)
    evidence = [
        Proven(
            id=proof.id,
            what=proof.what,
            name=name_in(names, proof.what),
            reference=proof.reference,
            given_by=proof.given_by,
            withdrawn=(stored.stream, proof.id) in gone,
        )
        for proof in decider_of(stored.stream).proofs(before)
        if asked is None or proof.what in asked
    ]
    return Passage(
        stream=stored.stream,
        gate=gate,
        gate_name=name_in(names, gate),
        type=stored.type,
        name=EVENT_NAMES[stored.type],
        entered=str(getattr(one.event, "entered", "")),
        overridden=bool(getattr(one.event, "overridden", stored.type == "MilestoneOverridden")),
        occurred_at=stored.occurred_at,
        actor=Actor.model_validate_json(stored.actor),
        playbook=stored.playbook,
        evidence=tuple(evidence),
        decision=rulings.get((stored.stream, stored.command_id)),
    )


def _gate(one: Recorded, before: Any) -> str:
    """The stage, milestone or handoff whose gate it is."""
    match streams.category(one.stored.stream):
        case "funnel":
            return str(before.stage)
        case "handoff":
            return str(before.kind)
        case _:
            return str(getattr(one.event, "milestone", ""))


def _asked(kind: str, gate: str, rules: Playbook) -> frozenset[str] | None:
    """The codes of what a gate asks for; None for all that is there."""
    code, at, unit = gate.partition("@")
    if kind == "funnel":
        return frozenset(item.code for stage in rules.funnel.stages if stage.code == code for item in stage.criteria)
    if kind == "implementation":
        found = [one for one in rules.implementation.milestones if one.code == code]
        return frozenset(f"{item.code}{at}{unit}" for one in found for item in one.deliverables)
    return None


def names_of(rules: Playbook, kind: str = "") -> Mapping[str, Name]:
    """What people call everything in a playbook that has a code: stages, criteria, milestones, deliverables, items.

    The same code may be in several places under different names: those of the `kind` of work that is told about count."""
    items: dict[str, list[Item]] = {
        "funnel": [item for stage in rules.funnel.stages for item in stage.criteria],
        "implementation": [item for one in rules.implementation.milestones for item in (*one.deliverables, *one.signers)],
        "handoff": [item for handoff in rules.handoffs.values() for item in handoff.checklist],
    }
    own = items.pop(kind, [])
    handoffs = {str(kind): handoff.name for kind, handoff in rules.handoffs.items()}
    stages = {stage.code: stage.name for stage in rules.funnel.stages}
    milestones = {one.code: one.name for one in rules.implementation.milestones}
    named = {item.code: item.name for one in (*items.values(), own) for item in one}
    return named | handoffs | stages | milestones


def name_in(names: Mapping[str, Name], code: str) -> Name | None:
    """What people call a code, with or without its unit; None for one that the playbook does not have."""
    return names.get(code) or names.get(code.partition("@")[0])
