"""The record of a decision: the command, the rules and the facts that it was made on, so that it can be made once more."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.decider import Context, Decider
from domain.dwell import UsualDwell
from domain.enabled_seen import DealsQuestion, DealsSeen, EnablementQuestion, EnablementSeen
from domain.messages import Command, Event
from domain.refusals import RefusalError
from domain.tickets_seen import TicketQuestion, TicketSeen, TicketsSeen
from eventstore.port import Decision

ACCEPTED = "accepted"

Key = tuple[str, str, str]
"""Of a usual dwell: stage, value class, name of the playbook."""
Question = TicketQuestion | EnablementQuestion | DealsQuestion
"""What a decision may ask of other work, beside the usual dwells."""
Answers = Mapping[Question, Any]
"""`TicketsSeen`, `EnablementSeen`, `DealsSeen`: each question has its own kind of answer."""


class NotLookedUpError(Exception):
    """A decision asks for something learned that has not been looked up."""

    def __init__(self, key: Key | Question) -> None:
        what = "the usual dwell of stage {} for {} under {}".format(*key) if isinstance(key, tuple) else type(key).__name__
        super().__init__(f"{what} was not looked up")
        self.key = key


class Learned:
    """What one decision has asked of what is learned from other work, and what it was told."""

    def __init__(self, known: Mapping[Key, UsualDwell | None], answers: Answers | None = None) -> None:
        self._known = known
        self._answers = answers or {}
        self._told: dict[Key, UsualDwell | None] = {}
        self._told_answers: dict[Question, Any] = {}

    @classmethod
    def as_recorded(cls, learned: str) -> Learned:
        """What a decision was told, from its record."""
        told = json.loads(learned) if learned else []
        dwells = {_key(one): UsualDwell(**one["usual"]) if one["usual"] else None for one in told if "stage" in one}
        answers: dict[Question, Any] = {}
        for one in (one for one in told if "asked" in one):
            asked = one["asked"]
            if "tickets" in one:
                answers[TicketQuestion.model_validate(asked)] = tuple(map(TicketSeen.model_validate, one["tickets"]))
            elif "enablement" in one:
                answers[EnablementQuestion.model_validate(asked)] = EnablementSeen.model_validate(one["enablement"])
            else:
                answers[DealsQuestion.model_validate(asked)] = tuple(one["deals"])
        return cls(dwells, answers)

    def _answer(self, question: Question) -> Any:
        if question not in self._answers:
            raise NotLookedUpError(question)
        self._told_answers[question] = self._answers[question]
        return self._answers[question]

    def see_tickets(self, question: TicketQuestion) -> TicketsSeen:
        """See `Context.see_tickets`. Raises `NotLookedUpError`."""
        tickets: TicketsSeen = self._answer(question)
        return tickets

    def see_enablement(self, question: EnablementQuestion) -> EnablementSeen:
        """See `Context.see_enablement`. Raises `NotLookedUpError`."""
        enablement: EnablementSeen = self._answer(question)
        return enablement

    def see_deals(self, question: DealsQuestion) -> DealsSeen:
        """See `Context.see_deals`. Raises `NotLookedUpError`."""
        deals: DealsSeen = self._answer(question)
        return deals

    def usual_dwell(self, stage: str, value_class: str, playbook: str) -> UsualDwell | None:
        """See `Context.usual_dwell`. Raises `NotLookedUpError`."""
        key = stage, value_class, playbook
        if key not in self._known:
            raise NotLookedUpError(key)
        self._told[key] = self._known[key]
        return self._known[key]

    def told(self) -> list[dict[str, Any]]:
        """What was told, as it is kept with the decision."""
        dwells = [
            {"stage": stage, "value_class": value_class, "playbook": playbook, "usual": usual and usual.model_dump()}
            for (stage, value_class, playbook), usual in self._told.items()
        ]
        answers = [_as_kept(asked, answer) for asked, answer in self._told_answers.items()]
        return [*dwells, *answers]


def _as_kept(asked: Question, answer: Any) -> dict[str, Any]:
    match asked:
        case TicketQuestion():
            told: Any = {"tickets": [seen.model_dump(mode="json", exclude_none=True) for seen in answer]}
            return {"asked": asked.model_dump(mode="json", exclude_defaults=True), **told}
        case EnablementQuestion():
            told = {"enablement": answer.model_dump(mode="json", exclude_none=True)}
        case DealsQuestion():
            told = {"deals": list(answer)}
    return {"asked": asked.model_dump(mode="json"), **told}


def _key(one: Mapping[str, Any]) -> Key:
    return one["stage"], one["value_class"], one["playbook"]


@dataclass(frozen=True)
class Grounds:
    """What a decision is made on."""

    version: int
    """The version of the stream."""
    state: Any
    """The state of the stream at that version."""
    context: Context
    looked_at: Mapping[str, int]
    """The versions of the other streams."""
    learned: Learned


def accepted(
    decider: Decider[Any], command: Command, grounds: Grounds, events: Sequence[Event], decided_at: datetime
) -> Decision:
    """The record of a command that was taken: with the proofs in play before, between and after its events."""
    states = [grounds.state]
    for event in events:
        states.append(decider.fold((event,), states[-1]))
    return _record(decider, command, grounds, states, decided_at)


def refused(decider: Decider[Any], command: Command, grounds: Grounds, refusal: RefusalError, decided_at: datetime) -> Decision:
    """The record of a command that was refused: with the proofs in play, and what was unmet."""
    return _record(decider, command, grounds, [grounds.state], decided_at, refusal)


def _record(
    decider: Decider[Any],
    command: Command,
    grounds: Grounds,
    states: Sequence[Any],
    decided_at: datetime,
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
        stream_version=grounds.version,
        looked_at=_json(grounds.looked_at),
        playbook=str(states[-1].playbook or ""),
        decided_at=decided_at,
        asked=command.model_dump_json(exclude_none=True),
        moment=grounds.context.now,
        shelf=_json([str(ref) for ref in grounds.context.playbooks.newest()]),
        learned=_json(grounds.learned.told()),
        proofs=_json(list(proofs)),
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
