"""How the facts of a customer's record add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar, assert_never, cast

from domain.customer.life import Life
from domain.customer.record import Absorbed, Classed, Left, Record, Revenue
from domain.customer.record_events import (
    AbsorbedChanged,
    BuyingProcessRecorded,
    ClassProposed,
    ClassRefused,
    ClassReviewDropped,
    ClassReviewOverdue,
    ClassReviewRaised,
    ContractRecorded,
    ContractTerminated,
    CustomerAbsorbed,
    CustomerCorrected,
    CustomerMerged,
    DuplicateReleased,
    Held,
    ITPlanRecorded,
    MarketChanged,
    MergeReversed,
    OwnerChanged,
    ParentChanged,
    PersonMapped,
    PersonUnmapped,
    RecordEvents,
    RevenueRecorded,
)
from domain.customer.record_terms import contract_key
from domain.messages import Event

Moment = TypeVar("Moment", datetime | None, date | None)
Whole = TypeVar("Whole")
"""The state of the whole customer, of which this part must not know."""


def evolve(record: Record, event: RecordEvents) -> Record:
    """The record after one more fact of its own."""
    match event:
        case CustomerCorrected():
            return replace(record, registration=event.after.registration, aliases=event.after.aliases)
        case CustomerMerged():
            return replace(record, merged=event, merges=record.merges + 1, words=0)
        case MergeReversed():
            left = Left(into=event.into, number=record.merges, at=event.occurred_at)
            return replace(record, merged=None, words=0, left=(*record.left, left))
        case DuplicateReleased():
            kept = {name: one for name, one in record.absorbed.items() if name != event.customer}
            return replace(record, absorbed=kept)
        case CustomerAbsorbed() | AbsorbedChanged():
            return _absorbed(record, event)
        case ParentChanged():
            return replace(record, parent=event.parent)
        case RevenueRecorded():
            revenue = Revenue(amount=event.amount, evidence=event.evidence)
            return replace(record, revenues={**record.revenues, event.year: revenue})
        case ClassReviewRaised():
            return replace(record, review=event, reviews=event.review, review_overdue=False)
        case ClassReviewOverdue():
            return replace(record, review_overdue=True)
        case ClassReviewDropped():
            return replace(record, review=None, review_overdue=False)
        case ClassProposed():
            return replace(record, proposal=event, proposals=event.proposal)
        case ClassRefused():
            return replace(record, proposal=None)
        case OwnerChanged() | MarketChanged():
            return record
        case _:
            return _known(record, event)


def _known(
    record: Record,
    event: PersonMapped | PersonUnmapped | BuyingProcessRecorded | ITPlanRecorded | ContractRecorded | ContractTerminated,
) -> Record:
    match event:
        case PersonMapped():
            return replace(record, people={**record.people, event.person: event}, map_version=event.version)
        case PersonUnmapped():
            people = {person: one for person, one in record.people.items() if person != event.person}
            return replace(record, people=people, map_version=event.version)
        case BuyingProcessRecorded():
            return replace(record, buying=event)
        case ITPlanRecorded():
            return replace(record, it_plan=event)
        case ContractRecorded():
            signed = event.contract.model_copy(update={"signed_at": event.occurred_at})
            return replace(record, contracts={**record.contracts, signed.contract: signed})
        case ContractTerminated():
            known = record.contracts.get(event.contract)
            if known is None:
                return record
            ended = known.model_copy(update={"ended_on": event.ended_on, "end_reason": event.reason})
            return replace(record, contracts={**record.contracts, event.contract: ended})
        case _:
            assert_never(event)


def _absorbed(record: Record, event: CustomerAbsorbed | AbsorbedChanged) -> Record:
    known = record.absorbed.get(event.customer)
    one = Absorbed(
        customer=event.customer,
        name=event.name if isinstance(event, CustomerAbsorbed) else known.name if known else "",
        since=event.occurred_at if known is None or isinstance(event, CustomerAbsorbed) else known.since,
        held=event.held,
        cases=(*(known.cases if known else ()), *event.cases),
    )
    return replace(record, absorbed={**record.absorbed, event.customer: one})


def after(state: Whole, event: Any) -> Whole:
    """The customer after one more fact, of whatever part: its record, and what else the record's facts say of it."""
    state = _around(state, event)
    known: Any = state
    record = evolve(known.record, event) if isinstance(event, RecordEvents) else _of_others(known.record, event)
    if record.merged is not None and not isinstance(event, CustomerMerged):
        record = replace(record, words=record.words + 1)
    return state if record is known.record else cast(Whole, replace(known, record=record))


def _of_others(record: Record, event: Any) -> Record:
    if event.type == "CustomerRegistered":
        # The revenue that a customer is registered with is that of the year before.
        year = event.occurred_at.year - 1
        return replace(record, revenues={year: Revenue(amount=event.revenue)})
    if event.type == "CustomerClassified":
        classed = Classed(
            value_class=event.value_class,
            since=event.occurred_at,
            evidence=event.evidence,
            approver=event.approver,
            proposed_by=event.proposed_by,
        )
        return replace(record, classed=(*record.classed, classed), proposal=None, review=None, review_overdue=False)
    return record


def _around(state: Any, event: Any) -> Any:
    match event:
        case CustomerCorrected():
            identity = event.after
            fields = {name: getattr(identity, name) for name in ("name", "industry", "region", "contact")}
            return replace(state, **fields)
        case RevenueRecorded():
            latest = event.year >= max(state.record.revenues, default=event.year)
            return replace(state, revenue=event.amount if latest else state.revenue, market=event.market)
        case MarketChanged():
            return replace(state, market=event.market)
        case OwnerChanged():
            return replace(state, owners=(*state.owners, event.holder))
        case CustomerAbsorbed() | AbsorbedChanged():
            return state.with_taken(event.cases, event.next_contact_on)
        case CustomerMerged():
            return replace(state, next_contact_on=None, contact_due=False)
        case MergeReversed():
            # What was planned before the merge, and what its own projects have planned since.
            merged = state.record.merged
            planned = (state.next_contact_on, merged.next_contact_on if merged else None)
            return replace(state, next_contact_on=min((on for on in planned if on is not None), default=None))
        case _:
            return state


def signs(life: Life, event: Event) -> Life:
    """What the record's facts say of the customer's life: contracts keep it awake, a duplicate's too."""
    match event:
        case ContractRecorded():
            one = event.contract
            return life.signed(contract_key(one.contract), one.ends_on)
        case ContractTerminated():
            return life.without(contract_key(event.contract), event.ended_on)
        case CustomerAbsorbed():
            return _with_held(life, event.held)
        case AbsorbedChanged() | DuplicateReleased():
            left = {one: at for one, at in life.running.items() if one not in event.finished}
            valid = {one: ends_on for one, ends_on in life.contracts.items() if one not in event.ended}
            rest = replace(life, running=left, contracts=valid)
            return _with_held(rest, event.held) if isinstance(event, AbsorbedChanged) else rest
        case _:
            return life


def _with_held(life: Life, held: Held) -> Life:
    """The latest sign of each kind, of either."""
    return replace(
        life,
        running={**life.running, **held.running},
        contracts={**life.contracts, **held.contracts},
        project_ended_at=_latest(life.project_ended_at, held.project_ended_at),
        contract_ended_on=_latest(life.contract_ended_on, held.contract_ended_on),
        used_at=_latest(life.used_at, held.used_at),
        contact_at=_latest(life.contact_at, held.contact_at),
        answered_at=_latest(life.answered_at, held.answered_at),
        lost_at=_latest(life.lost_at, held.lost_at),
    )


def _latest(one: Moment, other: Moment) -> Moment:
    return max((at for at in (one, other) if at is not None), default=None)
