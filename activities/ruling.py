"""The record of a decision: the command, the rules and the facts that it was made on, so that it can be made once more."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from activities.learning import Learned
from activities.states import Folded
from domain.decider import Context, Decider
from domain.messages import Command, Event
from domain.refusals import RefusalError
from eventstore.port import Decision

ACCEPTED = "accepted"


@dataclass(frozen=True)
class Grounds:
    """What a decision looks at beside its own stream."""

    context: Context
    looked_at: Mapping[str, int]
    """The versions of the other streams."""
    learned: Learned


def accepted(
    decider: Decider[Any], command: Command, before: Folded, grounds: Grounds, events: Sequence[Event], decided_at: datetime
) -> Decision:
    """The record of a command that was taken."""
    states = [before.state]
    for event in events:
        states.append(decider.fold((event,), states[-1]))
    playbook = str(states[-1].root.playbook)
    return _record(decider, command, before, grounds, states, decided_at, playbook=playbook)


def refused(
    decider: Decider[Any], command: Command, before: Folded, grounds: Grounds, refusal: RefusalError, decided_at: datetime
) -> Decision:
    """The record of a command that was refused."""
    playbook = str(before.state.playbook or "")
    return _record(decider, command, before, grounds, [before.state], decided_at, playbook=playbook, refusal=refusal)


def _record(
    decider: Decider[Any],
    command: Command,
    before: Folded,
    grounds: Grounds,
    states: Sequence[Any],
    decided_at: datetime,
    *,
    playbook: str,
    refusal: RefusalError | None = None,
) -> Decision:
    unmet = [one.model_dump(mode="json") for one in refusal.unmet] if refusal else []
    proofs = dict.fromkeys(proof.id for state in states if state.exists for proof in decider.proofs(state))
    return Decision(
        stream=command.stream,
        command=command.command,
        command_id=str(command.command_id),
        verdict=refusal.type if refusal else ACCEPTED,
        detail=refusal.detail if refusal else "",
        unmet=_json(unmet),
        actor=command.actor.model_dump_json(),
        stream_version=before.version,
        looked_at=_json(grounds.looked_at),
        playbook=playbook,
        decided_at=decided_at,
        asked=command.model_dump_json(exclude_none=True),
        moment=grounds.context.now,
        shelf=_json([str(ref) for ref in grounds.context.playbooks.newest()]),
        learned=_json(grounds.learned.as_told()),
        proofs=_json(list(proofs)),
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
