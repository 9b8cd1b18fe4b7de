"""Support 支持 of a delivered project: the service contract, its renewal windows, and how satisfied the customer is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field

from domain import promises, streams
from domain.cancelling import Unwind
from domain.clocks import ClocksReleased
from domain.decider import Context, Decider
from domain.handoff import ServiceContract
from domain.messages import Command, Day, Event, Id, Money, Name
from domain.origin import Origin, Rooted, known, morning_of
from domain.playbook import Playbook
from domain.promises import Ledger, LedgerCommands, LedgerEvents, binding
from domain.refusals import AlreadyExistsError, RefusalError
from domain.standing import Begin, Clock, Tell, View

NAME = Name(en="support", zh="支持")

Status = Literal["in_service", "renewal_window", "lapsed"]
STATUS_NAMES: dict[Status, Name] = {
    "in_service": Name(en="in service", zh="服务中"),
    "renewal_window": Name(en="renewal window open", zh="续约窗口期"),
    "lapsed": Name(en="contract lapsed", zh="合同已失效"),
}


# What is asked


class SupportCommand(Command):
    """A command to a project's support."""

    project: Id

    @property
    def stream(self) -> str:
        """The support's stream."""
        return streams.support(self.project)


class StartSupport(SupportCommand):
    """Support has accepted the handoff: its contract begins."""

    command: Literal["StartSupport"] = "StartSupport"
    opens: ClassVar[bool] = True
    internal: ClassVar[bool] = True


class RenewContract(SupportCommand):
    """Renew the service contract for another period."""

    command: Literal["RenewContract"] = "RenewContract"
    ends_on: Day
    notice_on: Day | None = None
    fee: Money | None = None
    """Of the new period."""


class RecordSatisfaction(SupportCommand):
    """Record how satisfied the customer is, from 1 (not at all) to 5 (very)."""

    command: Literal["RecordSatisfaction"] = "RecordSatisfaction"
    score: Annotated[int, Field(ge=1, le=5)]
    occasion: Literal["go_live", "closing", "yearly"]
    comment: str = ""


Commands = StartSupport | RenewContract | RecordSatisfaction | LedgerCommands


# What happened


class SupportStarted(Event):
    """Support has the duty under this contract, and for every promise that still binds us."""

    type: ClassVar[str] = "SupportStarted"
    origin: Origin
    contract: ServiceContract
    promises: Ledger = ()
    """The whole promise ledger, ended ones too."""


class RenewalWindowOpened(Event):
    """So many days are left until the notice date."""

    type: ClassVar[str] = "RenewalWindowOpened"
    days: int
    notice_on: date
    period: int
    who: str
    """The role that must act."""


class ContractRenewed(Event):
    """A new service period is agreed."""

    type: ClassVar[str] = "ContractRenewed"
    ends_on: date
    notice_on: date
    fee: Money | None
    period: int


class ContractLapsed(Event):
    """The service period ended without a renewal."""

    type: ClassVar[str] = "ContractLapsed"
    ended_on: date
    period: int


class SatisfactionRecorded(Event):
    """The customer has told how satisfied it is."""

    type: ClassVar[str] = "SatisfactionRecorded"
    score: int
    occasion: str
    comment: str


class SupportEnded(Event):
    """The project was cancelled: the service contract is terminated before its end."""

    type: ClassVar[str] = "SupportEnded"
    reason: str
    approver: str
    service_code: str
    ends_on: date
    """When it would have ended."""
    period: int


Events = (
    SupportStarted
    | RenewalWindowOpened
    | ContractRenewed
    | ContractLapsed
    | SatisfactionRecorded
    | SupportEnded
    | ClocksReleased
    | LedgerEvents
)


# What is


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """A support contract as its events tell it."""

    service_code: str = ""
    period: int = 1
    starts_on: date | None = None
    ends_on: date | None = None
    notice_on: date | None = None
    fee: Money | None = None
    since: datetime | None = None
    """When support began, or the contract was renewed last."""
    windows: tuple[int, ...] = ()
    """The renewal windows of this period that have opened, in days before the notice date."""
    lapsed: bool = False
    ended: bool = False
    """True when the contract was terminated because the project was cancelled."""
    promises: Ledger = ()
    """The promise ledger: its last home."""
    scores: tuple[int, ...] = ()

    @property
    def in_service(self) -> bool:
        """True while the contract is valid."""
        return self.exists and not self.lapsed and not self.ended


# What is refused


class SupportNotAcceptedError(RefusalError):
    """The handoff to support is not accepted."""


class PeriodNotLongerError(RefusalError):
    """A renewal must end after the period that it renews."""


class NoticeOutsidePeriodError(RefusalError):
    """The notice date must lie in the new period."""


def looks_at(command: Commands) -> tuple[str, ...]:
    """Starting looks at the project and at the contract that was handed over."""
    if isinstance(command, StartSupport):
        return (streams.project(command.project), streams.handoff(command.project, "support"))
    return ()


def decide(command: Commands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command to a support contract."""
    match command:
        case StartSupport():
            return _start(command, state, context)
        case RenewContract():
            return _renew(command, state, context)
        case RecordSatisfaction():
            return [
                SatisfactionRecorded(
                    occurred_at=context.at, score=command.score, occasion=command.occasion, comment=command.comment
                )
            ]
        case _:
            return promises.answer(command, state.promises, context, context.rules(state).calendar)


def unwind(command: Unwind, state: State, context: Context) -> Sequence[Event]:
    """The project is cancelled: a contract that runs is terminated, and its promises with it."""
    at = state.not_before(context.at)
    undone: list[Event] = []
    if state.in_service:
        assert state.ends_on is not None
        ended = SupportEnded(
            occurred_at=at,
            reason=command.reason,
            approver=command.approver,
            service_code=state.service_code,
            ends_on=state.ends_on,
            period=state.period,
        )
        undone.append(ended)
    return [*undone, *promises.released(state.promises, at, command.reason)]


def _start(command: StartSupport, state: State, context: Context) -> Sequence[Event]:
    if state.exists:
        raise AlreadyExistsError(f"Support of {command.project} has started already.")
    handoff = known(
        context.seen.get(streams.handoff(command.project, "support")), f"handoff of {command.project} to support", "offer it"
    )
    if not handoff.completed:
        raise SupportNotAcceptedError("Support has not accepted the handoff.")
    project = context.seen[streams.project(command.project)]
    rules = context.playbooks.of(project).support
    contract: ServiceContract = handoff.service_contract
    notice_on = contract.notice_on or contract.ends_on - timedelta(days=rules.notice_days)
    origin = project.root.model_copy(update={"held": project.held})
    complete = contract.model_copy(update={"notice_on": notice_on})
    return [SupportStarted(occurred_at=context.at, origin=origin, contract=complete, promises=handoff.promises)]


def _renew(command: RenewContract, state: State, context: Context) -> Sequence[Event]:
    assert state.ends_on is not None
    if command.ends_on <= state.ends_on:
        raise PeriodNotLongerError(f"The contract runs until {state.ends_on}; a renewal must end later than that.")
    notice_on = command.notice_on or command.ends_on - timedelta(days=context.rules(state).support.notice_days)
    if not state.ends_on <= notice_on <= command.ends_on:
        raise NoticeOutsidePeriodError(f"The notice date {notice_on} lies outside the new period.")
    return [
        ContractRenewed(
            occurred_at=context.at, ends_on=command.ends_on, notice_on=notice_on, fee=command.fee, period=state.period + 1
        )
    ]


def evolve(state: State, event: Events) -> State:
    """The support contract after one more fact."""
    match event:
        case SupportStarted():
            contract = event.contract
            return replace(
                state,
                origin=event.origin,
                held=event.origin.held,
                as_of=event.occurred_at,
                since=event.occurred_at,
                service_code=contract.service_code,
                starts_on=contract.starts_on,
                ends_on=contract.ends_on,
                notice_on=contract.notice_on,
                fee=contract.fee,
                promises=event.promises,
            )
        case RenewalWindowOpened():
            return replace(state, windows=(*state.windows, event.days))
        case ContractRenewed():
            since = event.occurred_at
            renewed = replace(state, ends_on=event.ends_on, notice_on=event.notice_on, period=event.period, since=since)
            return replace(renewed, fee=event.fee or state.fee, starts_on=state.ends_on, windows=(), lapsed=False)
        case ContractLapsed():
            return replace(state, lapsed=True)
        case SatisfactionRecorded():
            return replace(state, scores=(*state.scores, event.score))
        case SupportEnded():
            return replace(state, ended=True, as_of=event.occurred_at)
        case ClocksReleased():
            return replace(state, held=False)
        case _:
            return replace(state, promises=promises.after(state.promises, event))


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The renewal windows before the notice date, the end of the service period, and the dates of promises."""
    yield from promises.clocks(state.promises, playbook.calendar, playbook.support.owner)
    if state.lapsed or state.ended:
        return
    assert state.notice_on is not None
    assert state.ends_on is not None
    for days, opens in _windows(state, playbook).items():
        fact = RenewalWindowOpened(
            occurred_at=opens, days=days, notice_on=state.notice_on, period=state.period, who=playbook.customers.owner
        )
        yield Clock(f"renewal-{state.period}-{days}", opens, f"renewal window, {days} days 续约窗口", fact)
    ends = morning_of(state.ends_on + timedelta(days=1), playbook.calendar)
    lapse = ContractLapsed(occurred_at=ends, ended_on=state.ends_on, period=state.period)
    yield Clock(f"contract-lapsed-{state.period}", ends, "end of the service period 服务期满", lapse)


def _windows(state: State, playbook: Playbook) -> dict[int, datetime]:
    """When each window that is still to open opens. Of those that lie before the contract is in our hands, only the last one
    counts: it is open from the start."""
    assert state.notice_on is not None
    assert state.since is not None
    all_of_them = {
        days: morning_of(state.notice_on - timedelta(days=days), playbook.calendar) for days in playbook.support.renewal_windows
    }
    passed = [days for days, opens in all_of_them.items() if opens < state.since]
    return {
        days: max(opens, state.since)
        for days, opens in all_of_them.items()
        if days not in state.windows and days not in passed[:-1]
    }


def owes(state: State) -> Sequence[Begin | Tell]:
    """Nobody must be told yet."""
    return ()


def view(state: State, playbook: Playbook) -> View:
    """Whether the contract runs, and when it must be renewed."""
    assert state.notice_on is not None
    status: Status = "lapsed" if state.lapsed else "renewal_window" if state.windows else "in_service"
    days = min(state.windows, default=0)
    reasons = [f"renewal window of {days} days is open 续约窗口已开启"] if status == "renewal_window" else []
    left, owner = binding(state.promises), playbook.support.owner
    if late := [promise.promise for promise in left if promise.overdue]:
        reasons.insert(0, f"promise overdue 承诺逾期: {', '.join(late)}")
    dates = [one.due_on for one in left if one.due_on] + ([] if state.lapsed else [state.notice_on])
    return View(
        code=status,
        name=STATUS_NAMES[status],
        phase="support",
        closed=state.lapsed and not left,
        waiting_for=owner if late else playbook.customers.owner if status == "renewal_window" else owner if left else "",
        due_at=morning_of(min(dates), playbook.calendar) if dates else None,
        health="overdue" if late else "at-risk" if status == "renewal_window" else "ok",
        needs_human=bool(reasons),
        reason="; ".join(reasons),
        missing=tuple(promises.as_missing(promise, owner) for promise in left),
        **state.fields_of_origin(),
    )


DECIDER = Decider[State](
    category="support",
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
    unwind=unwind,
    counts_on=lambda _state, _playbook: None,  # its dates are set by people, or are calendar days
)
