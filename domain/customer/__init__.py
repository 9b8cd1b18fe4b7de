"""The customer 客户: who they are, their value class, and the next contact. The project passes; the customer stays."""

from __future__ import annotations

from typing import get_args

from domain.customer.addressed import Contact, CustomerCommand
from domain.customer.classing import once_moved
from domain.customer.commands import (
    ClassifyCustomer,
    Commands,
    DismissCase,
    NoteCancellation,
    NoteContract,
    NoteLapse,
    NoteLostDeal,
    NotePattern,
    NoteRenewal,
    RecordContact,
    RegisterCustomer,
    TurnIntoLead,
)
from domain.customer.deciding import decide, looks_at
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
    ServiceLapsed,
    ServiceRenewed,
)
from domain.customer.following import follows
from domain.customer.life_deciding import redated
from domain.customer.record_deciding import looks_further
from domain.customer.refusals import (
    CaseUnknownError,
    CurrencyNotCnyError,
    DealNotDecidedError,
    LeadKnownError,
    NotCancelledError,
    WrongValueClassError,
)
from domain.customer.standing import clocks, owes, view
from domain.customer.state import Case, State, evolve
from domain.customer.terms import STATE_NAMES, CustomerState
from domain.decider import Decider
from domain.messages import Name

NAME = Name(en="customer", zh="客户")

DECIDER = Decider[State](
    category="customer",
    name=NAME,
    commands=get_args(Commands),
    events=get_args(Events),
    initial=State,
    decide=decide,
    evolve=evolve,
    clocks=clocks,
    owes=owes,
    view=view,
    looks_at=looks_at,
    looks_further=looks_further,
    redated=redated,
    once_moved=once_moved,
    follows=follows,
    counts_on=lambda _state, _playbook: None,  # its dates are set by people, or are calendar days
)

__all__ = [
    "DECIDER",
    "NAME",
    "STATE_NAMES",
    "Case",
    "CaseDismissed",
    "CaseTurnedIntoLead",
    "CaseUnknownError",
    "ClassifyCustomer",
    "Commands",
    "Contact",
    "ContactDue",
    "ContactRecorded",
    "ContractEnded",
    "ContractSigned",
    "CurrencyNotCnyError",
    "CustomerActivated",
    "CustomerClassified",
    "CustomerCommand",
    "CustomerRegistered",
    "CustomerState",
    "DealNotDecidedError",
    "DismissCase",
    "Events",
    "ImprovementCaseOpened",
    "KeepContactPlanned",
    "LeadKnownError",
    "NotCancelledError",
    "NoteCancellation",
    "NoteContract",
    "NoteLapse",
    "NoteLostDeal",
    "NotePattern",
    "NoteRenewal",
    "RecordContact",
    "RegisterCustomer",
    "ServiceLapsed",
    "ServiceRenewed",
    "State",
    "TurnIntoLead",
    "WrongValueClassError",
    "clocks",
    "decide",
    "evolve",
    "looks_at",
    "owes",
    "view",
]
