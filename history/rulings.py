"""Decisions on commands, for people: what was asked, by whom, the verdict in words, and the grounds it was given on."""

from __future__ import annotations

import json
from typing import Any

from pydantic import AwareDatetime

from domain.messages import Actor, Frozen, Name
from domain.standing import Unmet
from eventstore.decisions import ACCEPTED
from eventstore.port import Decision
from history.refusals import refusal_name

TAKEN = Name(en="accepted", zh="通过")


class Ruling(Frozen):
    """One decision on a command: by which rules, and on which facts."""

    stream: str
    command: str
    command_id: str
    verdict: str
    """`accepted`, or the type of the refusal."""
    name: Name
    """The verdict in words."""
    detail: str
    unmet: tuple[Unmet, ...]
    actor: Actor
    playbook: str
    stream_version: int
    looked_at: dict[str, int]
    """Other streams that were looked at, with their versions."""
    learned: tuple[dict[str, Any], ...]
    """What was learned from other work and looked at: `{"stage", "value_class", "playbook", "usual"}`, or what was `asked`
    with its answer: `enablement`, `tickets` or `deals`."""
    proofs: tuple[str, ...]
    """The ids of the evidence, deliverables or checklist items in play."""
    asked: dict[str, Any] | None
    """The whole command; None in a record from before it was kept."""
    decided_at: AwareDatetime

    @property
    def accepted(self) -> bool:
        """True for a command that was taken."""
        return self.verdict == ACCEPTED


def ruling(one: Decision) -> Ruling:
    """A kept decision, for people."""
    return Ruling(
        stream=one.stream,
        command=one.command,
        command_id=one.command_id,
        verdict=one.verdict,
        name=TAKEN if one.verdict == ACCEPTED else refusal_name(one.verdict),
        detail=one.detail,
        unmet=tuple(Unmet.model_validate(unmet) for unmet in json.loads(one.unmet)),
        actor=Actor.model_validate_json(one.actor),
        playbook=one.playbook,
        stream_version=one.stream_version,
        looked_at=json.loads(one.looked_at),
        learned=tuple(json.loads(one.learned or "[]")),
        proofs=tuple(json.loads(one.proofs or "[]")),
        asked=json.loads(one.asked) if one.asked else None,
        decided_at=one.decided_at,
    )
