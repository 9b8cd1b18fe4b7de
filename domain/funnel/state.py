"""What the deal is: the state that its events add up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import reduce
from typing import Any, Literal, assert_never, get_args

from domain import promises
from domain.clocks import ClocksReleased
from domain.dwell import UsualDwell
from domain.escalating import Escalations
from domain.funnel import gap_state, gate_state, spans
from domain.funnel.events import (
    DealCancelled,
    DealForecast,
    DealLost,
    DealReopened,
    DealResumed,
    DealShelved,
    DealStalled,
    DealWon,
    Events,
    FunnelOpened,
    NextStepPlanned,
    ProductLineNamed,
    RevisitDue,
    StageAdvanced,
    StageEntered,
    StageLeft,
    StageOverdue,
    StageReturned,
    StageSkipped,
    StagesSwapped,
    StallEscalated,
    TaskRaised,
)
from domain.funnel.gate_events import GateEvents
from domain.funnel.gate_state import GateState
from domain.funnel.spans import Category, Span, Stand
from domain.messages import Money
from domain.promises import Ledger
from domain.standing import Stay

GATE_EVENTS = get_args(GateEvents)


@dataclass(frozen=True, slots=True, kw_only=True)
class State(GateState):
    """A deal as its events tell it."""

    name: str = ""
    product_line: str = ""
    amount: Money | None = None
    """What is expected, and once the deal is won what is signed."""
    service_line: str = ""
    mode: str = ""
    expected_on: date | None = None
    """The day on which the signature is expected; None when nobody has said."""
    forecast: Category = "pipeline"
    """How sure the owner is of that."""
    spans: tuple[Span, ...] = ()
    """Every stretch in which nothing changed that a forecast depends on, the oldest first; without the owners."""
    opened_at: datetime | None = None
    stage: str = ""
    entry: int = 1
    """How many stage entries there have been; it makes the names of clocks unique."""
    entered_at: datetime | None = None
    usual: UsualDwell | None = None
    """The usual dwell that this stay is measured by; None for the stage's time box."""
    path: tuple[Stay, ...] = ()
    """Every stay in a stage, the one that lasts included."""
    passed: tuple[str, ...] = ()
    """The stages whose gates are behind the deal; a step back takes them away again."""
    promises: Ledger = ()
    next_step_on: date | None = None
    overdue: bool = False
    stalled: bool = False
    stalled_at: datetime | None = None
    stirred: bool = False
    """True when a next step was planned since the deal stalled."""
    tasks: tuple[str, ...] = ()
    """What the owner has been given a task for in this stay."""
    task_due: datetime | None = None
    escalated_to: str = ""
    """The role that the stalled deal was escalated to."""
    back_at: datetime | None = None
    """When the deal came back from the shelf by itself, if this stay began so."""
    revisit_on: date | None = None
    revisit_due: bool = False
    keep_contact_on: date | None = None
    outcome: Literal["", "won", "lost", "cancelled"] = ""
    decided_at: datetime | None = None
    reopened: int = 0
    """How often the lost deal was reopened."""
    reopened_at: datetime | None = None
    escalations: Escalations = ()
    """Every time that the product division was asked about a product gap, the oldest first."""

    @property
    def completed(self) -> bool:
        """True when the deal is decided."""
        return self.outcome != ""


def evolve(state: State, event: Events) -> State:
    """The deal after one more fact."""
    now = _evolved(state, event)
    known = gap_state.after(state.escalations, event, state.evidence, held=state.held)
    return counted(now if known is state.escalations else replace(now, escalations=known), event.occurred_at)


def counted(state: State, at: datetime) -> State:
    """The deal with its stretches as they are since a moment."""
    stand = Stand(
        stage=state.stage,
        passed=() if state.outcome else state.passed,
        playbook=None if state.outcome else state.playbook,
        amount=state.amount,
        outcome=state.outcome or ("shelved" if state.revisit_on else ""),
        stalled=state.stalled and not state.outcome and not state.revisit_on,
        expected_on=state.expected_on,
        category=state.forecast,
    )
    stretches = spans.tracked(state.spans, stand, at)
    return state if stretches is state.spans else replace(state, spans=stretches)


def _evolved(state: State, event: Events) -> State:
    if isinstance(event, StageLeft):
        state = _left(state, event)
    match event:
        case FunnelOpened():
            return _opened(state, event)
        case StageAdvanced() | StageSkipped():
            return _entered(replace(state, passed=(*state.passed, event.left)), event.entered, event)
        case StagesSwapped():
            return _entered(state, event.entered, event)
        case StageReturned():
            passed = tuple(code for code in state.passed if code not in event.again)
            return _entered(replace(state, passed=passed), event.entered, event)
        case DealForecast():
            said = replace(state, expected_on=event.expected_on, amount=event.amount, forecast=event.category)
            return replace(said, as_of=state.not_before(event.occurred_at))
        case ProductLineNamed():
            named = replace(state, product_line=event.product_line, enabled="")  # That was about another line.
            return gate_state.askable_again(replace(named, as_of=state.not_before(event.occurred_at)))
        case NextStepPlanned():
            return replace(state, next_step_on=event.on, stirred=state.stalled)
        case StageOverdue():
            return replace(state, overdue=True)
        case DealStalled():
            return replace(state, stalled=True, stalled_at=event.occurred_at)
        case TaskRaised():
            return replace(state, tasks=(*state.tasks, event.what), task_due=event.due)
        case StallEscalated():
            return replace(state, escalated_to=event.to)
        case DealWon() | DealLost() | DealCancelled() | DealReopened():
            return _decided(state, event)
        case DealShelved() | RevisitDue() | DealResumed():
            return _shelf(state, event)
        case ClocksReleased():
            return replace(state, held=False)
        case _ if isinstance(event, GATE_EVENTS):
            return gate_state.after(state, event)
        case _:
            return replace(state, promises=promises.after(state.promises, event))  # type: ignore[arg-type]


def _opened(state: State, event: FunnelOpened) -> State:
    opened = replace(
        state,
        origin=event.origin,
        held=event.origin.held,
        name=event.name,
        product_line=event.product_line,
        amount=event.amount,
        service_line=event.service_line,
        mode=event.mode,
        expected_on=event.expected_on,
        opened_at=event.occurred_at,
        entry=0,
    )
    return _entered(opened, event.stage, event)


def _entered(state: State, stage: str, event: StageEntered) -> State:
    """A stage entry starts its clocks anew."""
    at, entry = event.occurred_at, state.entry + 1
    return replace(
        state,
        stage=stage,
        entry=entry,
        entered_at=at,
        as_of=at,
        usual=event.usual,
        path=(*state.path, Stay(entry=entry, stage=stage, entered_at=at)),
        overdue=False,
        stalled=False,
        stalled_at=None,
        stirred=False,
        tasks=(),
        task_due=None,
        escalated_to="",
        back_at=None,
    )


def _left(state: State, event: StageLeft) -> State:
    """The stay ends; one that has ended already (on the shelf) ended then."""
    *before, stay = state.path
    if stay.left_at is not None:
        return state
    overridden = isinstance(event, StageAdvanced) and event.overridden
    how = "overridden" if overridden else HOW[type(event)]
    left = stay.model_copy(update={"left_at": event.occurred_at, "dwell": event.dwell, "how": how})
    return replace(state, path=(*before, left))


HOW: dict[type[StageLeft], str] = {
    StageAdvanced: "advanced",
    StagesSwapped: "swapped",
    StageReturned: "returned",
    StageSkipped: "skipped",
    DealShelved: "shelved",
    DealWon: "won",
    DealLost: "lost",
    DealCancelled: "cancelled",
}
"""How each event takes a deal out of its stage; an advance may also be `overridden`."""


def _decided(state: State, event: DealWon | DealLost | DealCancelled | DealReopened) -> State:
    at = event.occurred_at
    match event:
        case DealWon():
            passed = (*state.passed, state.stage)
            won = replace(state, outcome="won", passed=passed, amount=event.amount or state.amount)
            return replace(won, decided_at=at, as_of=at)
        case DealLost():
            kept = event.keep_contact_on
            return replace(state, outcome="lost", keep_contact_on=kept, revisit_on=None, decided_at=at, as_of=at)
        case DealCancelled():
            return replace(state, outcome="cancelled", revisit_on=None, decided_at=at, as_of=at)
        case DealReopened():
            again = replace(state, outcome="", keep_contact_on=None, reopened=state.reopened + 1, reopened_at=at)
            return _entered(again, event.stage, event)
        case _:
            assert_never(event)


def _shelf(state: State, event: DealShelved | RevisitDue | DealResumed) -> State:
    match event:
        case DealShelved():
            return replace(state, revisit_on=event.revisit_on, revisit_due=False, as_of=event.occurred_at)
        case RevisitDue():
            return replace(state, revisit_due=True)
        case DealResumed():
            entered = _entered(replace(state, revisit_on=None, revisit_due=False), state.stage, event)
            return replace(entered, back_at=event.occurred_at) if event.by_itself else entered
        case _:
            assert_never(event)


def fold(events: Iterable[Any], state: State) -> State:
    """The state after events that were just decided."""
    return reduce(evolve, events, state)
