"""What a project takes along when it moves to another playbook version, and what the phases to come would gain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from domain import funnel, handoff, implementation, streams, support
from domain.decider import Context, Decider
from domain.moving import Part
from domain.phases import PHASES, phase_stream
from domain.playbook import Item, Playbook, Playbooks
from domain.project.state import State
from domain.standing import Unmet

_DECIDERS: Mapping[str, Decider[Any]] = {
    decider.category: decider for decider in (funnel.DECIDER, handoff.DECIDER, implementation.DECIDER, support.DECIDER)
}


def taken_along(state: State, context: Context) -> Sequence[Part]:
    """The open parts of a project, in the order of its phases."""
    return open_parts(state, context.seen, context.playbooks)


def open_parts(state: State, seen: Mapping[str, Any], playbooks: Playbooks) -> Sequence[Part]:
    """Every part that is begun and not closed. A phase that the project has entered and that has recorded nothing yet is told
    as well: it may be beginning under the old version in this very moment."""
    if state.cancelled is not None:
        return ()
    phases = [phase for phase in PHASES if phase != "closed"]
    reached = phases[: phases.index(state.phase) + 1] if state.outcome in ("", "delivered") else ()
    parts = []
    for phase in phases:
        stream = phase_stream(state.root.project, phase)
        part = seen.get(stream)
        if part is None or not part.exists:
            if phase in reached:
                parts.append(Part(stream))
            continue
        decider = _DECIDERS[streams.category(stream)]
        if not decider.view(part, playbooks.of(part)).closed:
            parts.append(Part(stream, decider, part))
    return parts


def to_come(state: State, playbook: Playbook) -> Iterable[Unmet]:
    """What the phases that the project has not entered yet will ask for: the checklists of the handoffs, deliverables and
    signatures of the milestones. What is missing in the phases that it has entered is theirs to tell."""
    phases = [phase for phase in PHASES if phase != "closed"]
    if state.outcome:
        return
    for phase in phases[phases.index(state.phase) + 1 :]:
        match phase:
            case "handoff-delivery" | "handoff-support":
                kind: streams.HandoffKind = "delivery" if phase == "handoff-delivery" else "support"
                items: list[tuple[str, Item]] = [(kind, item) for item in playbook.handoffs[kind].checklist if item.required]
            case "implementation":
                items = [
                    (milestone.code, item)
                    for milestone in playbook.implementation.milestones
                    for item in (*milestone.deliverables, *milestone.signers)
                    if item.required
                ]
            case _:
                items = []
        for gate, item in items:
            yield item.unmet().model_copy(update={"code": f"{gate}/{item.code}"})
