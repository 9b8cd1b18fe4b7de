"""The service contract 服务合同: renewed, changed, grown, and what each of it means for the tickets that are open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from domain import streams
from domain.decider import Context
from domain.messages import Event
from domain.origin import listed, morning_of, not_past
from domain.playbook import Item, Playbook
from domain.promises import binding
from domain.standing import Clock, Unmet
from domain.support.commands import ChangeContract, GrowContract, RecordRenewalStep, RenewContract
from domain.support.events import (
    ContractChanged,
    ContractGrown,
    ContractLapsed,
    ContractRenewed,
    OpenTicketsChecked,
    OpenTicketsTold,
    RenewalStepRecorded,
    RenewalWindowOpened,
    SupportEnded,
    SupportStarted,
)
from domain.support.refusals import (
    ContractNotValidError,
    ContractUnchangedError,
    GrownAlreadyError,
    NoticeOutsidePeriodError,
    PeriodNotLongerError,
    RenewalStepDoneError,
    RenewalStepUnknownError,
    ServiceLevelUnknownError,
)
from domain.support.state import State

ANOTHER_LOOK = timedelta(minutes=1)
"""A ticket that was being opened when the contract changed has looked at the old one. It is stored within seconds, for a
decision takes no longer; by then it is looked for once more."""
CAUSES: Mapping[type[Event], str] = {
    ContractLapsed: "contract lapsed 合同失效",
    ContractRenewed: "contract renewed 合同续约",
    ContractChanged: "contract changed 合同变更",
    SupportEnded: "support ended 支持终止",
    SupportStarted: "support started 支持开始",
}


def renew(command: RenewContract, state: State, context: Context) -> Sequence[Event]:
    """Another period."""
    assert state.ends_on is not None
    if command.ends_on <= state.ends_on:
        raise PeriodNotLongerError(f"The contract runs until {state.ends_on}; a renewal must end later than that.")
    rules = context.rules(state)
    not_past(command.ends_on, context.at, rules.calendar, "end of the new period")
    notice_on = command.notice_on or command.ends_on - timedelta(days=rules.support.notice_days)
    if not state.ends_on <= notice_on <= command.ends_on:
        raise NoticeOutsidePeriodError(f"The notice date {notice_on} lies outside the new period.")
    _known_level(command.level, rules)
    return [
        ContractRenewed(
            occurred_at=context.at,
            ends_on=command.ends_on,
            notice_on=notice_on,
            fee=command.fee,
            period=state.period + 1,
            level=command.level,
            service_code=command.service_code,
        )
    ]


def change(command: ChangeContract, state: State, context: Context) -> Sequence[Event]:
    """Another level or code within the period."""
    if not state.in_service:
        raise ContractNotValidError(
            "The contract is not valid any more: renew it (RenewContract), at another level if need be."
        )
    level = state.level if command.level is None else command.level
    code = command.service_code or state.service_code
    if (level, code) == (state.level, state.service_code):
        raise ContractUnchangedError("A change gives the contract another level (`level`) or another code (`service_code`).")
    _known_level(command.level, context.rules(state))
    return [
        ContractChanged(
            occurred_at=context.at,
            level_before=state.level,
            level=level,
            code_before=state.service_code,
            code=code,
            reason=command.reason,
        )
    ]


def _known_level(level: str | None, rules: Playbook) -> None:
    known = sorted({target.level for target in rules.support.targets if target.level})
    if level and known and level not in known:
        raise ServiceLevelUnknownError(
            f"There is no service level {level!r}; there are {listed(known)}, and none for the usual one."
        )


def record_step(command: RecordRenewalStep, state: State, context: Context) -> Sequence[Event]:
    """A step of the renewal is done, in its window or ahead of it."""
    known = [item.code for items in _steps(context.rules(state)).values() for item in items]
    if command.step not in known:
        raise RenewalStepUnknownError(f"There is no renewal step {command.step!r}; there are: {listed(known) or 'none'}.")
    if command.step in state.steps:
        raise RenewalStepDoneError(f"The step {command.step} of this renewal is on record already.")
    return [RenewalStepRecorded(occurred_at=context.at, period=state.period, step=command.step, reference=command.reference)]


def _steps(rules: Playbook) -> dict[int, tuple[Item, ...]]:
    return {window.days: window.steps for window in rules.support.service.renewal}


def steps_missing(state: State, rules: Playbook) -> list[Unmet]:
    """The steps of the windows that are open, and that nobody has recorded; none once the contract has grown."""
    if state.lapsed or grown_now(state):
        return []
    steps = _steps(rules)
    items = [item for days in state.windows for item in steps.get(days, ())]
    return [item.unmet() for item in items if item.required and item.code not in state.steps]


def grow(command: GrowContract, state: State, context: Context) -> Sequence[Event]:
    """A new project grows out of this period, once."""
    if already := grown_now(state):
        raise GrownAlreadyError(f"The project {already} has grown out of this period already; open others with OpenProject.")
    there = context.seen.get(streams.project(command.new_project))
    if there is not None and there.exists:
        raise GrownAlreadyError(f"There is a project {command.new_project} already: give the new one its own id.")
    return [
        ContractGrown(
            occurred_at=context.at,
            new_project=command.new_project,
            name=command.name,
            need=command.need,
            product_line=command.product_line,
            amount=command.amount,
            owner=command.owner or state.owner_now,
            owner_unit=command.owner_unit or state.unit_now,
            period=state.period,
            promises=tuple(one.promise for one in binding(state.promises)),
        )
    ]


def grown_now(state: State) -> str:
    """The project that has grown out of this period; empty if none has."""
    return next((one.new_project for one in state.grown if one.period == state.period), "")


def follows(events: Sequence[Event], state: State, context: Context) -> Sequence[Event]:
    """Tell the open tickets what has changed about the contract; only where something has, and once.

    A ticket that is opened at that very moment may have looked at the contract before: so it is looked once more."""
    project, started = state.root.project, any(isinstance(event, SupportStarted) for event in events)
    changed = state.terms != state.told_terms
    if not (changed or started or any(isinstance(event, OpenTicketsChecked) for event in events)):
        return []
    found = tuple(one.ticket for one in context.open_tickets(project))
    if not changed:
        found = tuple(one for one in found if not any(one in told.tickets for told in state.told))
    if not found and (not changed or state.ended):
        return []
    by = next((event for event in reversed(events) if type(event) in CAUSES), None)
    cause = CAUSES[type(by)] if by is not None else "contract changed 合同变更"
    first = changed or started
    # As of the change itself: a lapse that is judged days later, after an outage, has been one since its own moment.
    at = by.occurred_at if first and by is not None else state.not_before(context.at)
    return [
        OpenTicketsTold(
            occurred_at=at,
            number=state.changes + 1 if first else max(state.changes, 1),
            tickets=found,
            service_code=state.service_code,
            level=state.level,
            in_service=state.in_service,
            cause=cause if first else state.told[-1].cause if state.told else cause,
            early_life=state.early_life,
            again_at=context.now + ANOTHER_LOOK if first and not state.ended else None,
        )
    ]


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The renewal windows before the notice date, the end of the service period, and the second look for open tickets."""
    if state.ended:
        return
    if state.told and (again := state.told[-1].again_at) is not None:
        number = state.changes
        checked = OpenTicketsChecked(occurred_at=again, number=number)
        yield Clock(
            f"open-tickets-{number}-checked", again, "open tickets after the change 合同变更后的工单", checked, dated=True
        )
    if state.lapsed:
        return
    assert state.notice_on is not None
    assert state.ends_on is not None
    for days, opens in _windows(state, playbook).items():
        fact = RenewalWindowOpened(
            occurred_at=opens, days=days, notice_on=state.notice_on, period=state.period, who=playbook.customers.owner
        )
        yield Clock(f"renewal-{state.period}-{days}", opens, f"renewal window, {days} days 续约窗口", fact, dated=True)
    ends = morning_of(state.ends_on + timedelta(days=1), playbook.calendar)
    lapse = ContractLapsed(occurred_at=ends, ended_on=state.ends_on, period=state.period)
    yield Clock(f"contract-lapsed-{state.period}", ends, "end of the service period 服务期满", lapse, dated=True)


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
