"""The sales funnel 销售漏斗 of one project: stages are left by evidence, and by nothing else but a recorded override."""

from __future__ import annotations

from typing import get_args

from domain.decider import Decider
from domain.funnel.commands import (
    Commands,
    Evidence,
    FunnelCommand,
    LoseDeal,
    OpenFunnel,
    OverrideGate,
    PlanNextStep,
    RecordEvidence,
    ResumeDeal,
    ShelveDeal,
)
from domain.funnel.deciding import decide, looks_at, missing
from domain.funnel.events import (
    DealLost,
    DealResumed,
    DealShelved,
    DealStalled,
    DealWon,
    Events,
    EvidenceRecorded,
    FunnelOpened,
    GateOverridden,
    NextStepPlanned,
    RevisitDue,
    StageAdvanced,
    StageOverdue,
)
from domain.funnel.refusals import (
    CriterionUnknownError,
    DealClosedError,
    DealNotShelvedError,
    DealShelvedError,
    SelfApprovalError,
    StageUnknownError,
)
from domain.funnel.standing import clocks, due_at, owes, view
from domain.funnel.state import State, evolve
from domain.messages import Name
from domain.promises import PromiseKnownError, PromiseRecorded, RecordPromise

NAME = Name(en="sales funnel", zh="销售漏斗")

DECIDER = Decider[State](
    category="funnel",
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
    counts_on=lambda state, playbook: None if state.outcome == "shelved" else playbook.calendar,
)

__all__ = [
    "DECIDER",
    "NAME",
    "Commands",
    "CriterionUnknownError",
    "DealClosedError",
    "DealLost",
    "DealNotShelvedError",
    "DealResumed",
    "DealShelved",
    "DealShelvedError",
    "DealStalled",
    "DealWon",
    "Events",
    "Evidence",
    "EvidenceRecorded",
    "FunnelCommand",
    "FunnelOpened",
    "GateOverridden",
    "LoseDeal",
    "NextStepPlanned",
    "OpenFunnel",
    "OverrideGate",
    "PlanNextStep",
    "PromiseKnownError",
    "PromiseRecorded",
    "RecordEvidence",
    "RecordPromise",
    "ResumeDeal",
    "RevisitDue",
    "SelfApprovalError",
    "ShelveDeal",
    "StageAdvanced",
    "StageOverdue",
    "StageUnknownError",
    "State",
    "clocks",
    "decide",
    "due_at",
    "evolve",
    "looks_at",
    "missing",
    "owes",
    "view",
]
