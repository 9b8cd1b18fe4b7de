"""Product requests 产品需求: a need seen at customers, or an insight into a market 市场洞察, asked of a product division, which
answers."""

from __future__ import annotations

from typing import get_args

from domain.decider import Decider
from domain.messages import Name
from domain.request.commands import (
    AnswerRequest,
    Commands,
    DeliverRequest,
    JoinRequest,
    MovePlannedDate,
    RaiseRequest,
    RecordInsight,
    ReopenRequest,
    RequestCommand,
)
from domain.request.deciding import decide, looks_at
from domain.request.events import (
    Events,
    PlannedDateMissed,
    PlannedDateMoved,
    RequestAnswered,
    RequestDelivered,
    RequestEscalated,
    RequestJoined,
    RequestOverdue,
    RequestRaised,
    RequestReopened,
)
from domain.request.refusals import (
    BehindAlreadyError,
    NothingMovedError,
    NothingToReopenError,
    NotOfCustomerError,
    NotPlannedError,
    PlanIncompleteError,
    RequestAnsweredError,
    RequestRoleError,
    RequestsOffError,
    ValueNotCnyError,
)
from domain.request.standing import clocks, due_at, owes, view
from domain.request.state import Backer, State, evolve
from domain.request.terms import KIND_NAMES, STATUS_NAMES, Answer, Kind, Status

NAME = Name(en="product request", zh="产品需求")

DECIDER = Decider[State](
    category="request",
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
    counts_on=lambda state, playbook: None if state.status == "planned" else playbook.calendar,
)

__all__ = [
    "DECIDER",
    "KIND_NAMES",
    "NAME",
    "STATUS_NAMES",
    "Answer",
    "AnswerRequest",
    "Backer",
    "BehindAlreadyError",
    "Commands",
    "DeliverRequest",
    "Events",
    "JoinRequest",
    "Kind",
    "MovePlannedDate",
    "NotOfCustomerError",
    "NotPlannedError",
    "NothingMovedError",
    "NothingToReopenError",
    "PlanIncompleteError",
    "PlannedDateMissed",
    "PlannedDateMoved",
    "RaiseRequest",
    "RecordInsight",
    "ReopenRequest",
    "RequestAnswered",
    "RequestAnsweredError",
    "RequestCommand",
    "RequestDelivered",
    "RequestEscalated",
    "RequestJoined",
    "RequestOverdue",
    "RequestRaised",
    "RequestReopened",
    "RequestRoleError",
    "RequestsOffError",
    "State",
    "Status",
    "ValueNotCnyError",
    "clocks",
    "decide",
    "due_at",
    "evolve",
    "looks_at",
    "owes",
    "view",
]
