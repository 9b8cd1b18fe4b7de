"""A customer's history told as a story: what matters, in order of time, in words that a stranger understands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from commandline.showing import brief
from domain import customer, funnel, handoff, implementation, project, support, ticket
from domain.escalating import subject_of
from domain.implementation.plan_standing import cause_in_words
from domain.messages import Event, Money, Name
from domain.playbook import Playbook
from history.replay import History, Recorded
from history.wording import EVENT_NAMES, particulars

BOOKKEEPING = frozenset(
    {
        *("FunnelOpened", "HandoffOpened", "PlanBaselined", "PhaseEntered", "ProjectClosed", "ClocksReleased"),
        *("ContractSigned", "TicketAssigned", "NextStepPlanned"),
        *("EscalationBegun", "EscalationRaised", "EscalationPaused", "EscalationResumed", "EscalationEnded"),
        *("TicketAnswered", "ProductAnswered", "GapAnswered"),
        *("ProjectBegun", "ServiceBegun", "RecoveryBegun", "RecoveryReported", "ReactivationReported"),
        # Of a loss that is brought along long afterwards; what was done about it is told.
        *("RecoveryStepOverdue", "RecoveryEscalated"),
    }
)
"""Events that only follow from another line of the story, or that matter to the engine alone."""

CHANNELS = {
    "visit": Name(en="visit", zh="拜访"),
    "call": Name(en="call", zh="电话"),
    "meeting": Name(en="meeting", zh="会议"),
    "message": Name(en="message", zh="消息"),
    "event": Name(en="event", zh="活动"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story: what one command, or one clock, brought about."""

    at: datetime
    about: str
    """The project, ticket or customer that it is about."""
    what: str
    detail: str
    who: str
    proof: str


def tell(history: History, playbook: Playbook) -> Sequence[Line]:
    """The story of a customer: one line for all that a command recorded in a stream, in order of time."""
    groups: dict[tuple[str, str, datetime], list[Recorded]] = {}
    for one in history.events:
        groups.setdefault((one.stored.stream, one.stored.command_id, one.stored.occurred_at), []).append(one)
    lines = (_line(group, playbook) for group in groups.values())
    return [line for line in lines if line is not None]


def _line(group: Sequence[Recorded], playbook: Playbook) -> Line | None:
    told = [one for one in group if one.stored.type not in BOOKKEEPING]
    if not told or all(isinstance(one.event, implementation.DeliverableSubmitted) for one in told):
        return None  # what was handed in for a milestone shows where the milestone is signed
    events = [one.event for one in told]
    evidence = [event for event in events if isinstance(event, funnel.EvidenceRecorded)]
    others = [event for event in events if not isinstance(event, funnel.EvidenceRecorded)]
    detail = [_detail(event, playbook) for event in others]
    names = [str(EVENT_NAMES[event.type]) for event in others]
    if evidence:
        stages = sorted({playbook.funnel.criteria[piece.criterion][0].code for piece in evidence})
        count = f"{len(evidence)} proof{'s' if len(evidence) > 1 else ''} of {', '.join(stages)} {len(evidence)}项依据"
        names = names or [str(EVENT_NAMES["EvidenceRecorded"])]
        detail.append(count)
        detail += [piece.note for piece in evidence if piece.note]
    return Line(
        at=group[0].stored.occurred_at,
        about=_about(group[0]),
        what=", ".join(dict.fromkeys(names)),
        detail="; ".join(part for part in detail if part),
        who=who(group[0].stored.actor, playbook),
        proof=_proof(events),
    )


def who(actor: str, playbook: Playbook) -> str:
    """The actor of a stored event as people read it: the role in both languages, and the staff id."""
    fields = json.loads(actor)
    if fields["kind"] == "system":
        return "the system 系统"
    role = role_name(fields.get("role", ""), playbook)
    return f"{role} {fields['id']}".strip()


def role_name(role: str, playbook: Playbook) -> str:
    """A role in both languages, without the line of organisation that it belongs to; as it is, if the playbook has it not."""
    name = playbook.roles.get(role)
    return brief(name) if name else role


def _about(one: Recorded) -> str:
    kind, _, rest = one.stored.stream.partition("-")
    if kind == "escalation":
        return subject_of(rest)[1]
    return rest if kind == "ticket" else one.stored.project or rest


def _detail(event: Event, playbook: Playbook) -> str:
    """What is particular about an event, in a sentence."""
    match event:
        case customer.CustomerRegistered():
            where = ", ".join(known for known in (event.industry, event.region) if known)
            return f"{event.name}; {where}" if where else event.name
        case customer.CustomerClassified():
            value = playbook.customers.value_class(event.value_class)
            return str(value.name) if value else event.value_class
        case customer.ContactRecorded():
            return f"{CHANNELS[event.channel]}: {event.summary}"
        case customer.CustomerActivated():
            return "first contract 首份合同"
        case customer.ContactDue():
            return f"{event.on}"
        case project.ProjectOpened():
            return f"{event.name}{_price(event.amount)}"
        case funnel.StageAdvanced():
            return f"{event.left} → {event.entered} {playbook.funnel.stage(event.entered).name}"
        case funnel.PromiseRecorded():
            return event.text
        case funnel.DealWon():
            return _price(event.amount).removeprefix(", ")
        case funnel.DealLost():
            against = f"; to {event.competitor}" if event.competitor else ""
            return f"{event.reason}{against}; keep in contact on 约定再联系 {event.keep_contact_on}"
        case _:
            return _later_detail(event, playbook)


def _later_detail(event: Event, playbook: Playbook) -> str:
    """The same for what follows the sale."""
    match event:
        case handoff.HandoffOffered():
            again = f"; again, round {event.round} 第{event.round}次提交" if event.round > 1 else ""
            return f"{len(event.items)} items of the checklist {len(event.items)}项清单{again}"
        case handoff.HandoffReturned():
            return "; ".join(gap.text for gap in event.gaps)
        case handoff.HandoffAccepted():
            conditions = [f"{one.text} by {one.due_on}" for one in event.conditions]
            return f"on condition 附条件: {'; '.join(conditions)}" if conditions else ""
        case implementation.ImplementationStarted():
            return f"{len(event.promises)} promises of the sale come along 带入销售承诺" if event.promises else ""
        case implementation.ForecastMoved():
            return _moved(event)
        case implementation.MilestoneSignedOff():
            return f"{event.milestone} {playbook.implementation.milestone(event.milestone).name}"
        case support.SupportStarted():
            return f"service until 服务期至 {event.contract.ends_on}{_price(event.contract.fee)}"
        case support.SatisfactionRecorded():
            return f"{event.score} of 5: {event.comment}"
        case ticket.TicketClosed():
            rated = f"satisfaction 满意度 {event.satisfaction} of 5" if event.satisfaction else ""
            return rated if event.confirmed_by else "no objection within the agreed days 期满无异议"
        case _:
            return particulars(event)


def _moved(event: implementation.ForecastMoved) -> str:
    """How far a fact reached: how many dates it moved, and where the last of them went."""
    last = event.moved[-1]
    dates = f"{last.milestone} {_day(last.before)} → {_day(last.after)}"
    others = f", {len(event.moved)} dates in all 共{len(event.moved)}项" if len(event.moved) > 1 else ""
    why = f"{cause_in_words(event.cause)}: " if event.cause.kind != "signed" else ""
    return f"{why}{dates}{others}"


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else "–"


def _price(money: Money | None) -> str:
    return f", {money.amount.normalize():,f} {money.currency}" if money else ""


def _proof(events: Iterable[Event]) -> str:
    """Where the proof is: a document, a signature, a confirmation; with how many more there are."""
    proofs: list[str] = []
    for event in events:
        match event:
            case funnel.EvidenceRecorded() | handoff.ConditionMet():
                proofs.append(event.reference)
            case customer.CustomerClassified():
                proofs.append(event.evidence)
            case handoff.HandoffOffered():
                proofs += event.items.values()
            case implementation.MilestoneSignedOff():
                proofs.append(event.completion)
            case support.SupportStarted():
                proofs.append(event.contract.service_code)
            case ticket.TicketClosed() if event.confirmed_by:
                proofs.append(event.confirmed_by)
            case _:
                pass
    more = f" +{len(proofs) - 1}" if len(proofs) > 1 else ""
    return f"{proofs[0]}{more}" if proofs else ""
