"""What a support contract is: the state that its events add up to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from domain import promises
from domain.clocks import ClocksReleased
from domain.messages import Money
from domain.origin import Rooted
from domain.promises import Ledger
from domain.satisfaction import SatisfactionAsked
from domain.stability import Stability
from domain.support.events import (
    AfterGoLive,
    ContractChanged,
    ContractEvents,
    ContractGrown,
    ContractLapsed,
    ContractRenewed,
    Events,
    LeftoverLapsed,
    LeftoverRescheduled,
    LeftoverSettled,
    OpenTicketsChecked,
    OpenTicketsTold,
    RecoveryOpened,
    RecoveryOverdue,
    RecoverySettled,
    RenewalStepRecorded,
    RenewalWindowOpened,
    SatisfactionEvents,
    SatisfactionRecorded,
    SatisfactionUnanswered,
    StabilityLost,
    StabilityReached,
    SupportEnded,
    SupportStarted,
)
from domain.support.records import Fee, LeftoverOpen, Recovery, Survey, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """A support contract as its events tell it."""

    service_code: str = ""
    level: str = ""
    """The service level of the contract; empty for the usual one."""
    period: int = 1
    starts_on: date | None = None
    ends_on: date | None = None
    notice_on: date | None = None
    fee: Money | None = None
    began: datetime | None = None
    """When support began."""
    since: datetime | None = None
    """When support began, or the contract was renewed last."""
    windows: tuple[int, ...] = ()
    """The renewal windows of this period that have opened, in days before the notice date."""
    steps: tuple[str, ...] = ()
    """The renewal steps of this period that are done."""
    lapsed: bool = False
    fees: tuple[Fee, ...] = ()
    """The fee of each service period, the oldest first: a renewal that names none goes on at the one before."""
    ended_at: datetime | None = None
    ended: bool = False
    """True when the contract was terminated because the project was cancelled."""
    turns: tuple[Turn, ...] = ()
    """Each end and each renewal of a period: what the customer's own record must know."""
    grown: tuple[ContractGrown, ...] = ()
    """The new projects that have grown out of this contract."""
    stability: Stability | None = None
    early_life: bool = False
    """True from the beginning of support until the system is stable."""
    missed: tuple[str, ...] = ()
    """The missed targets that were noted in early life: `T9-respond`."""
    leftovers: tuple[LeftoverOpen, ...] = ()
    """The leftovers of the acceptance that have not come yet."""
    told_terms: tuple[str, str, bool] = ("", "", False)
    """Service code, level and validity as the open tickets know them."""
    told: tuple[OpenTicketsTold, ...] = ()
    """What the open tickets were told of the latest change, and of what was found when it was looked once more."""
    promises: Ledger = ()
    """The promise ledger: its last home."""
    surveys: tuple[Survey, ...] = ()
    """The questions that are open."""
    asked: tuple[str, ...] = ()
    """The names of all questions that were ever asked, or answered before somebody asked them."""
    scores: tuple[int, ...] = ()
    recoveries: tuple[Recovery, ...] = ()
    """Every recovery task, the oldest first."""

    @property
    def in_service(self) -> bool:
        """True while the contract is valid."""
        return self.exists and not self.lapsed and not self.ended

    @property
    def terms(self) -> tuple[str, str, bool]:
        """What the contract means for tickets: service code, level, and whether it is valid."""
        return self.service_code, self.level, self.in_service

    @property
    def changes(self) -> int:
        """How often the open tickets were told of a change."""
        return self.told[-1].number if self.told else 0

    @property
    def open_recoveries(self) -> tuple[Recovery, ...]:
        """The recovery tasks that are not done."""
        return tuple(one for one in self.recoveries if not one.settled)


def evolve(state: State, event: Events) -> State:
    """The support contract after one more fact."""
    if isinstance(event, ContractEvents):
        return _contract(state, event)
    if isinstance(event, SatisfactionEvents):
        return _satisfaction(state, event)
    if isinstance(event, AfterGoLive):
        return _after_go_live(state, event)
    match event:
        case SupportStarted():
            return _started(state, event)
        case SupportEnded():
            return replace(state, ended=True, ended_at=event.occurred_at, as_of=event.occurred_at)
        case ClocksReleased():
            return replace(state, held=False)
        case _:
            return replace(state, promises=promises.after(state.promises, event))


def _started(state: State, event: SupportStarted) -> State:
    contract, at = event.contract, event.occurred_at
    begun = replace(
        state,
        origin=event.origin,
        held=event.origin.held,
        as_of=at,
        began=at,
        since=at,
        service_code=contract.service_code,
        level=contract.level,
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        notice_on=contract.notice_on,
        fee=contract.fee,
        fees=(Fee(period=1, amount=contract.fee, at=at),) if contract.fee else (),
        promises=event.promises,
        stability=event.stability,
        early_life=event.stability is not None and event.stability.reached_at > at,
        leftovers=tuple(LeftoverOpen(leftover=one, due_on=one.due_on) for one in event.leftovers),
    )
    return replace(begun, told_terms=begun.terms)


def _contract(state: State, event: ContractEvents) -> State:
    match event:
        case RenewalWindowOpened():
            return replace(state, windows=(*state.windows, event.days))
        case RenewalStepRecorded():
            return replace(state, steps=(*state.steps, event.step))
        case ContractRenewed():
            since = event.occurred_at
            renewed = replace(state, ends_on=event.ends_on, notice_on=event.notice_on, period=event.period, since=since)
            renewed = replace(
                renewed,
                level=state.level if event.level is None else event.level,
                service_code=event.service_code or state.service_code,
                turns=(*state.turns, Turn(kind="renewed", period=event.period, on=event.ends_on, at=since)),
            )
            if fee := event.fee or state.fee:
                renewed = replace(renewed, fee=fee, fees=(*state.fees, Fee(period=event.period, amount=fee, at=since)))
            return replace(renewed, starts_on=state.ends_on, windows=(), steps=(), lapsed=False)
        case ContractChanged():
            return replace(state, level=event.level, service_code=event.code)
        case ContractLapsed():
            turn = Turn(kind="lapsed", period=event.period, on=event.ended_on, at=event.occurred_at)
            return replace(state, lapsed=True, turns=(*state.turns, turn))
        case ContractGrown():
            return replace(state, grown=(*state.grown, event))
        case OpenTicketsTold():
            told = (*state.told, event) if state.told and event.number == state.changes else (event,)
            return replace(state, told=told, told_terms=(event.service_code, event.level, event.in_service))
        case OpenTicketsChecked():
            checked = tuple(one.model_copy(update={"again_at": None}) for one in state.told)
            return replace(state, told=checked)


def _satisfaction(state: State, event: SatisfactionEvents) -> State:
    match event:
        case SatisfactionAsked():
            if event.survey in state.asked:
                return state  # It was answered before it was asked.
            survey = Survey(survey=event.survey, occasion=event.occasion, asked_at=event.occurred_at)
            return replace(state, surveys=(*state.surveys, survey), asked=(*state.asked, event.survey))
        case SatisfactionUnanswered():
            return replace(state, surveys=_without(state.surveys, event.survey))
        case SatisfactionRecorded():
            # Answers from before questions were kept do not name theirs.
            answered = event.survey or ("go-live" if event.occasion == "go_live" else "")
            asked = state.asked if not answered or answered in state.asked else (*state.asked, answered)
            surveys = _without(state.surveys, event.survey)
            return replace(state, scores=(*state.scores, event.score), surveys=surveys, asked=asked)
        case RecoveryOpened():
            opened = Recovery(
                recovery=event.recovery,
                score=event.score,
                ticket=event.ticket,
                occasion=event.occasion,
                who=event.who,
                due_at=event.due_at,
            )
            return replace(state, recoveries=(*state.recoveries, opened))
        case RecoveryOverdue():
            return replace(state, recoveries=_marked(state.recoveries, event.recovery, "overdue"))
        case RecoverySettled():
            return replace(state, recoveries=_marked(state.recoveries, event.recovery, "settled"))


def _without(surveys: tuple[Survey, ...], survey: str) -> tuple[Survey, ...]:
    return tuple(one for one in surveys if one.survey != survey)


def _marked(recoveries: tuple[Recovery, ...], name: str, mark: Literal["overdue", "settled"]) -> tuple[Recovery, ...]:
    marks: dict[str, Any] = {mark: True}
    return tuple(replace(one, **marks) if one.recovery == name else one for one in recoveries)


def _after_go_live(state: State, event: AfterGoLive) -> State:
    match event:
        case StabilityLost():
            measured = state.stability.disturbed(event.occurred_at, event.missed) if state.stability else None
            missed = (*state.missed, f"{event.ticket}-{event.target}")
            return replace(state, stability=measured, missed=missed, early_life=measured is not None)
        case StabilityReached():
            return replace(state, early_life=False)
        case LeftoverSettled():
            return replace(state, leftovers=tuple(one for one in state.leftovers if one.name != event.leftover))
        case LeftoverLapsed():
            return replace(state, leftovers=_left(state.leftovers, event.leftover, lapsed=True))
        case LeftoverRescheduled():
            return replace(state, leftovers=_dated(state.leftovers, event.leftover, event.due_on))


def _left(leftovers: tuple[LeftoverOpen, ...], name: str, *, lapsed: bool) -> tuple[LeftoverOpen, ...]:
    return tuple(replace(one, lapsed=lapsed) if one.name == name else one for one in leftovers)


def _dated(leftovers: tuple[LeftoverOpen, ...], name: str, due_on: date) -> tuple[LeftoverOpen, ...]:
    return tuple(
        replace(one, due_on=due_on, lapsed=False, dates=one.dates + 1) if one.name == name else one for one in leftovers
    )
