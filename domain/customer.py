"""The customer 客户: who they are, their value class, and the next contact. The project passes; the customer stays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, ClassVar, Literal, assert_never, get_args

from domain import streams
from domain.decider import Context, Decider
from domain.messages import Command, Day, Event, Frozen, Id, Money, Name, Text
from domain.origin import Origin, Rooted, day_of, known, listed, morning_of, not_past
from domain.playbook import Playbook
from domain.refusals import AlreadyExistsError, RefusalError
from domain.standing import Clock, Unmet, View

NAME = Name(en="customer", zh="客户")

CustomerState = Literal["potential", "active"]
STATE_NAMES = {"potential": Name(en="potential", zh="潜在"), "active": Name(en="active", zh="有效")}


# What is asked


class Contact(Frozen):
    """A person at the customer."""

    name: Text
    role: Text


class CustomerCommand(Command):
    """A command to a customer."""

    customer: Id

    @property
    def stream(self) -> str:
        """The customer's stream."""
        return streams.customer(self.customer)


class RegisterCustomer(CustomerCommand):
    """Register a potential customer with its industry, yearly revenue and one contact."""

    command: Literal["RegisterCustomer"] = "RegisterCustomer"
    name: Text
    industry: Text
    region: str = ""
    revenue: Money
    """Of the last year; in CNY, because markets are bounded in CNY."""
    contact: Contact
    owner: Id
    """Staff id of the account owner."""
    owner_unit: Id
    opens: ClassVar[bool] = True


class ClassifyCustomer(CustomerCommand):
    """Decide the value class 价值分类 inside the market that the revenue gives, with the evidence for it."""

    command: Literal["ClassifyCustomer"] = "ClassifyCustomer"
    value_class: Id
    evidence: Text


class RecordContact(CustomerCommand):
    """Record an effective contact with the customer."""

    command: Literal["RecordContact"] = "RecordContact"
    channel: Literal["visit", "call", "meeting", "message", "event"]
    summary: Text
    next_contact_on: Day | None = None


class NoteContract(CustomerCommand):
    """A project of this customer was won: its contract is signed."""

    command: Literal["NoteContract"] = "NoteContract"
    project: Id
    internal: ClassVar[bool] = True


class NoteLostDeal(CustomerCommand):
    """A project of this customer was lost: keep the contact."""

    command: Literal["NoteLostDeal"] = "NoteLostDeal"
    project: Id
    times: int = 1
    """How often that deal has been lost by now: a reopened one may be lost again."""
    internal: ClassVar[bool] = True


class NoteCancellation(CustomerCommand):
    """A project of this customer was cancelled: its contract, if one was signed, has ended; the customer has not."""

    command: Literal["NoteCancellation"] = "NoteCancellation"
    project: Id
    internal: ClassVar[bool] = True


Commands = RegisterCustomer | ClassifyCustomer | RecordContact | NoteContract | NoteLostDeal | NoteCancellation


# What happened


class CustomerRegistered(Event):
    """The customer is known: potential 潜在."""

    type: ClassVar[str] = "CustomerRegistered"
    origin: Origin
    name: str
    industry: str
    region: str
    revenue: Money
    market: str
    contact: Contact


class CustomerClassified(Event):
    """A person decided the value class."""

    type: ClassVar[str] = "CustomerClassified"
    value_class: str
    evidence: str


class ContactRecorded(Event):
    """There was an effective contact."""

    type: ClassVar[str] = "ContactRecorded"
    channel: str
    summary: str
    next_contact_on: date | None


class ContractSigned(Event):
    """A contract of a project is signed."""

    type: ClassVar[str] = "ContractSigned"
    project: str


class CustomerActivated(Event):
    """The first contract is signed: active 有效."""

    type: ClassVar[str] = "CustomerActivated"
    project: str


class ContractEnded(Event):
    """A signed contract has ended with its cancelled project."""

    type: ClassVar[str] = "ContractEnded"
    project: str
    reason: str


class KeepContactPlanned(Event):
    """A project was lost or cancelled, the customer was not: the next contact has a date."""

    type: ClassVar[str] = "KeepContactPlanned"
    project: str
    on: date
    after: Literal["lost", "cancelled"] = "lost"


class ContactDue(Event):
    """The planned contact has not taken place by its date."""

    type: ClassVar[str] = "ContactDue"
    on: date
    who: str
    """The role that must act."""


Events = (
    CustomerRegistered
    | CustomerClassified
    | ContactRecorded
    | ContractSigned
    | CustomerActivated
    | ContractEnded
    | KeepContactPlanned
    | ContactDue
)


# What is


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
    contact: Contact | None = None
    contacts: int = 0
    contracts: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    """The contracts that ended with their cancelled project; the ids of the projects."""
    cancelled: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    next_contact_on: date | None = None
    contact_due: bool = False


# What is refused


class CurrencyNotCnyError(RefusalError):
    """The revenue is not in CNY, so the market cannot be told."""


class WrongValueClassError(RefusalError):
    """The value class is unknown or belongs to another market."""


class DealNotDecidedError(RefusalError):
    """The project's deal is neither won nor lost yet."""


class NotCancelledError(RefusalError):
    """The project is not cancelled."""


def looks_at(command: Commands) -> tuple[str, ...]:
    """A note about a deal is checked against that deal, one about a project against that project."""
    if isinstance(command, NoteCancellation):
        return (streams.project(command.project), streams.funnel(command.project))
    return (streams.funnel(command.project),) if isinstance(command, NoteContract | NoteLostDeal) else ()


def decide(command: Commands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command to a customer."""
    match command:
        case RegisterCustomer():
            return _register(command, state, context)
        case ClassifyCustomer():
            return _classify(command, state, context)
        case RecordContact():
            if command.next_contact_on:
                not_past(command.next_contact_on, context.at, context.rules(state).calendar, "next contact")
            return [
                ContactRecorded(
                    occurred_at=context.at,
                    channel=command.channel,
                    summary=command.summary,
                    next_contact_on=command.next_contact_on,
                )
            ]
        case NoteContract():
            return _contract(command, state, context)
        case NoteLostDeal():
            return _lost(command, state, context)
        case NoteCancellation():
            return _cancelled(command, state, context)
        case _:
            assert_never(command)


def _register(command: RegisterCustomer, state: State, context: Context) -> Sequence[Event]:
    if state.exists:
        raise AlreadyExistsError(f"The customer {command.customer} is registered already.")
    if command.revenue.currency != "CNY":
        raise CurrencyNotCnyError(f"Give the revenue in CNY, not {command.revenue.currency}: the markets are bounded in CNY.")
    rules = context.playbooks.latest()
    origin = Origin(customer=command.customer, owner=command.owner, owner_unit=command.owner_unit, playbook=rules.ref)
    return [
        CustomerRegistered(
            occurred_at=context.at,
            origin=origin,
            name=command.name,
            industry=command.industry,
            region=command.region,
            revenue=command.revenue,
            market=rules.customers.market_of(command.revenue.amount).code,
            contact=command.contact,
        )
    ]


def _classify(command: ClassifyCustomer, state: State, context: Context) -> Sequence[Event]:
    rules = context.rules(state).customers
    fitting = [value.code for value in rules.value_classes if value.market == state.market]
    if command.value_class not in fitting:
        raise WrongValueClassError(
            f"A customer of the {state.market} market has one of these value classes: {listed(fitting)};"
            f" {command.value_class!r} is not among them."
        )
    return [CustomerClassified(occurred_at=context.at, value_class=command.value_class, evidence=command.evidence)]


def _contract(command: NoteContract, state: State, context: Context) -> Sequence[Event]:
    if command.project in state.contracts:
        return []
    deal = _deal(command, context)
    if deal.outcome != "won":
        raise DealNotDecidedError(f"The deal of project {command.project} is not won.")
    return _contract_signed(command.project, state, context)


def _contract_signed(project: str, state: State, context: Context) -> list[Event]:
    events: list[Event] = [ContractSigned(occurred_at=context.at, project=project)]
    if state.status == "potential":
        events.append(CustomerActivated(occurred_at=context.at, project=project))
    return events


def _lost(command: NoteLostDeal, state: State, context: Context) -> Sequence[Event]:
    if state.lost.count(command.project) >= command.times:
        return []
    deal = _deal(command, context)
    if deal.outcome != "lost":
        raise DealNotDecidedError(f"The deal of project {command.project} is not lost.")
    on = deal.keep_contact_on or _usual_next_contact(state, context)
    return [KeepContactPlanned(occurred_at=context.at, project=command.project, on=on)]


def _usual_next_contact(state: State, context: Context) -> date:
    rules = context.rules(state)
    return day_of(context.at, rules.calendar) + timedelta(days=rules.customers.keep_contact_after_loss)


def _cancelled(command: NoteCancellation, state: State, context: Context) -> Sequence[Event]:
    if command.project in state.cancelled:
        return []
    deal = _deal(command, context)
    project = known(context.seen.get(streams.project(command.project)), f"project {command.project}", "open it first")
    if project.cancelled is None:
        raise NotCancelledError(f"The project {command.project} is not cancelled.")
    won = deal.outcome == "won" or command.project in state.contracts
    events: list[Event] = []
    if won and command.project not in state.contracts:
        # Won and cancelled in the same moment: the word of the win had no project left to go through.
        events += _contract_signed(command.project, state, context)
    if won:
        reason = project.cancelled.reason
        events.append(ContractEnded(occurred_at=context.at, project=command.project, reason=reason))
    on = _usual_next_contact(state, context)
    return [*events, KeepContactPlanned(occurred_at=context.at, project=command.project, on=on, after="cancelled")]


def _deal(command: NoteContract | NoteLostDeal | NoteCancellation, context: Context) -> Any:
    """The deal that a note is about; raises `NotFoundError` for one that is not this customer's."""
    deal = context.seen.get(streams.funnel(command.project))
    own = deal if deal is not None and deal.exists and deal.root.customer == command.customer else None
    return known(own, f"deal {command.project} of customer {command.customer}", "open the project first")


def evolve(state: State, event: Events) -> State:
    """The customer after one more fact."""
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
                as_of=event.occurred_at,
            )
        case CustomerClassified():
            return replace(state, value_class=event.value_class)
        case ContactRecorded():
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
        case ContractEnded():
            return replace(state, ended=(*state.ended, event.project))
        case ContactDue():
            return replace(state, contact_due=True)
        case _:
            assert_never(event)


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The next planned contact."""
    if state.next_contact_on and not state.contact_due:
        due = morning_of(state.next_contact_on, playbook.calendar)
        yield Clock(
            name=f"contact-{state.next_contact_on.isoformat()}-due-{state.contacts + 1}",
            at=due,
            text=f"next contact due 下次联系 {state.next_contact_on.isoformat()}",
            fact=ContactDue(occurred_at=due, on=state.next_contact_on, who=playbook.customers.owner),
        )


def view(state: State, playbook: Playbook) -> View:
    """Where the customer stands."""
    missing: tuple[Unmet, ...] = ()
    owner = playbook.customers.owner
    if not state.value_class:
        missing = (Unmet(code="value_class", name=Name(en="value class", zh="价值分类"), who=owner),)
    due = morning_of(state.next_contact_on, playbook.calendar) if state.next_contact_on else None
    fields = state.fields_of_origin() | {"value_class": state.value_class}
    return View(
        code=state.status,
        name=STATE_NAMES[state.status],
        phase="customer",
        closed=False,
        waiting_for=owner if state.next_contact_on or missing else "",
        due_at=due,
        health="overdue" if state.contact_due else "ok",
        needs_human=state.contact_due,
        reason="keep in contact: the planned date has come 约定联系日期已到" if state.contact_due else "",
        missing=missing,
        **fields,
    )


DECIDER = Decider[State](
    category="customer",
    name=NAME,
    commands=get_args(Commands),
    events=get_args(Events),
    initial=State,
    decide=decide,
    evolve=evolve,
    clocks=clocks,
    owes=lambda _state: (),
    view=view,
    looks_at=looks_at,
    counts_on=lambda _state, _playbook: None,  # its dates are set by people, or are calendar days
)
