"""The customer 客户: who they are, their value class, and the next contact. The project passes; the customer stays."""

from __future__ import annotations

from typing import get_args

from domain.customer.commands import (
    ClassifyCustomer,
    Commands,
    Contact,
    CustomerCommand,
    NoteCancellation,
    NoteContract,
    NoteLostDeal,
    RecordContact,
    RegisterCustomer,
)
from domain.customer.deciding import decide, looks_at
from domain.customer.events import (
    ContactDue,
    ContactRecorded,
    ContractEnded,
    ContractSigned,
    CustomerActivated,
    CustomerClassified,
    CustomerRegistered,
    Events,
    KeepContactPlanned,
)
from domain.customer.refusals import CurrencyNotCnyError, DealNotDecidedError, NotCancelledError, WrongValueClassError
from domain.customer.standing import clocks, view
from domain.customer.state import State, evolve
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
    owes=lambda _state: (),
    view=view,
    looks_at=looks_at,
    counts_on=lambda _state, _playbook: None,  # its dates are set by people, or are calendar days
)

__all__ = [
    "DECIDER",
    "NAME",
    "STATE_NAMES",
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
    "Events",
    "KeepContactPlanned",
    "NotCancelledError",
    "NoteCancellation",
    "NoteContract",
    "NoteLostDeal",
    "RecordContact",
    "RegisterCustomer",
    "State",
    "WrongValueClassError",
    "clocks",
    "decide",
    "evolve",
    "looks_at",
    "view",
]
