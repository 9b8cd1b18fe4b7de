"""What a customer is: the state that its events add up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import assert_never

from domain.clocks import ClocksReleased
from domain.customer import living, recall, recording
from domain.customer.addressed import Contact
from domain.customer.events import (
    CaseDismissed,
    CaseTurnedIntoLead,
    ContactDue,
    ContactRecorded,
    ContractEnded,
    ContractSigned,
    CustomerActivated,
    CustomerClassified,
    CustomerRegistered,
    Events,
    ImprovementCaseOpened,
    KeepContactPlanned,
    OwnEvents,
    ServiceLapsed,
    ServiceRenewed,
)
from domain.customer.hearing import NeedDelivered
from domain.customer.life import Life
from domain.customer.life_events import CustomerInvalidated
from domain.customer.recall import Recall
from domain.customer.record import Record
from domain.customer.record_terms import TakenCase
from domain.customer.terms import CustomerState
from domain.messages import Money
from domain.origin import Rooted
from domain.planned import CustomerPlanNoted
from domain.recovering import RecoveryReported


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An improvement case 改进事项: tickets that are alike."""

    case: str
    product: str
    category: str
    tickets: tuple[str, ...]
    who: str
    lead: CaseTurnedIntoLead | None = None
    dismissed: bool = False

    @property
    def ended(self) -> bool:
        """True when it has become a lead or was dismissed."""
        return self.dismissed or self.lead is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """A customer as its events tell it."""

    name: str = ""
    industry: str = ""
    region: str = ""
    revenue: Money | None = None
    market: str = ""
    value_class: str = ""
    status: CustomerState = "potential"
    registered_at: datetime | None = None
    since: datetime | None = None
    """Since when it stands so: in its state, and cooling or not."""
    contact: Contact | None = None
    contacts: int = 0
    contracts: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    """The contracts that ended with their cancelled project; the ids of the projects."""
    cancelled: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    next_contact_on: date | None = None
    contact_due: bool = False
    service: Mapping[str, tuple[int, bool]] = field(default_factory=dict)
    """Of each project whose service contract has run out or was renewed: the latest period, and whether it is valid."""
    cases: tuple[Case, ...] = ()
    """Every improvement case, the oldest first."""
    heard: tuple[str, ...] = ()
    """The deliveries of product requests that it was to be told of."""
    plans: tuple[str, ...] = ()
    """The plans about it."""
    life: Life = field(default_factory=Life)
    """What keeps it awake, and how far it has gone to sleep."""
    recall: Recall = field(default_factory=Recall)
    """What was begun to win it back: the latest reactivation, and the recoveries of its lost deals."""
    record: Record = field(default_factory=Record)
    """Who it is, whose it is, and what we know of it."""

    def with_taken(self, cases: tuple[TakenCase, ...], next_contact_on: date | None) -> State:
        """With what was planned at a duplicate."""
        taken = tuple(
            Case(case=one.taken_as, product=one.product, category=one.category, tickets=one.tickets, who=one.who)
            for one in cases
        )
        planned = next_contact_on or self.next_contact_on
        due = self.contact_due and next_contact_on is None
        return replace(self, cases=(*self.cases, *taken), next_contact_on=planned, contact_due=due)

    @property
    def signed(self) -> tuple[str, ...]:
        """The projects whose contract is signed and has not ended with them, those of duplicates too."""
        theirs = (project for one in self.record.absorbed.values() for project in one.held.signed)
        return (*(one for one in self.contracts if one not in self.ended), *theirs)

    @property
    def running(self) -> tuple[str, ...]:
        """The projects that run."""
        return tuple(self.life.running)

    @property
    def cooling(self) -> bool:
        """True while it is cooling 冷却, inside potential or active."""
        return self.life.cooling

    @property
    def lapsed(self) -> tuple[str, ...]:
        """The projects whose service contract has run out."""
        return tuple(project for project, (_, valid) in self.service.items() if not valid)

    @property
    def open_cases(self) -> tuple[Case, ...]:
        """The improvement cases that nobody has decided on."""
        return tuple(one for one in self.cases if not one.ended)


def evolve(state: State, event: Events) -> State:
    """The customer after one more fact: each part looks at every fact and takes what concerns it."""
    evolved = _evolve(state, event) if isinstance(event, OwnEvents) else state
    if isinstance(event, CustomerInvalidated):
        evolved = replace(evolved, next_contact_on=None, contact_due=False)
    if isinstance(event, RecoveryReported) and event.next_contact_on is not None and evolved.status != "invalid":
        on = min(filter(None, (evolved.next_contact_on, event.next_contact_on)))
        evolved = replace(evolved, next_contact_on=on)
    life, status = living.evolve(evolved.life, event), living.status_after(evolved.status, event)
    held = evolved.held and not isinstance(event, ClocksReleased)
    evolved = recording.after(evolved, event)
    remembered = recall.evolve(evolved.recall, event)
    stands = state.exists and (status, life.cooling) == (state.status, state.life.cooling)
    since = state.since if stands else event.occurred_at
    return replace(evolved, life=life, status=status, held=held, recall=remembered, since=since)


def _evolve(state: State, event: OwnEvents) -> State:
    match event:
        case CustomerRegistered():
            return replace(
                state,
                origin=event.origin,
                name=event.name,
                industry=event.industry,
                region=event.region,
                revenue=event.revenue,
                market=event.market,
                contact=event.contact,
                registered_at=event.occurred_at,
                as_of=event.occurred_at,
                held=event.origin.held,
            )
        case CustomerClassified():
            return replace(state, value_class=event.value_class)
        case ContactRecorded():
            if not event.effective and event.next_contact_on is None:
                return replace(state, contacts=state.contacts + 1)  # The contact that was planned is still to come.
            on = event.next_contact_on
            return replace(state, contacts=state.contacts + 1, next_contact_on=on, contact_due=False)
        case ContractSigned():
            return replace(state, contracts=(*state.contracts, event.project))
        case CustomerActivated():
            return replace(state, status="active")
        case KeepContactPlanned():
            on = min(event.on, state.next_contact_on) if state.next_contact_on else event.on
            if event.after == "cancelled":
                return replace(state, cancelled=(*state.cancelled, event.project), next_contact_on=on)
            return replace(state, lost=(*state.lost, event.project), next_contact_on=on)
        case NeedDelivered():
            on = min(event.on, state.next_contact_on) if state.next_contact_on else event.on
            return replace(state, heard=(*state.heard, event.key), next_contact_on=on)
        case CustomerPlanNoted():
            return replace(state, plans=(*state.plans, event.plan))
        case ContractEnded():
            return replace(state, ended=(*state.ended, event.project))
        case ContactDue():
            return replace(state, contact_due=True)
        case ServiceLapsed():
            return replace(state, service={**state.service, event.project: (event.period, False)})
        case ServiceRenewed():
            return replace(state, service={**state.service, event.project: (event.period, True)})
        case ImprovementCaseOpened():
            opened = Case(case=event.case, product=event.product, category=event.category, tickets=event.tickets, who=event.who)
            return replace(state, cases=(*state.cases, opened))
        case CaseTurnedIntoLead():
            cases = tuple(replace(one, lead=event) if one.case == event.case else one for one in state.cases)
            return replace(state, cases=cases)
        case CaseDismissed():
            cases = tuple(replace(one, dismissed=True) if one.case == event.case else one for one in state.cases)
            return replace(state, cases=cases)
        case _:
            assert_never(event)
