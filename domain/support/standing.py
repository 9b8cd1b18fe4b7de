"""What support waits for, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from domain import promises
from domain.origin import morning_of
from domain.playbook import Playbook
from domain.promises import binding
from domain.standing import Begin, Clock, Tell, View
from domain.support.events import ContractLapsed, RenewalWindowOpened
from domain.support.state import State
from domain.support.terms import STATUS_NAMES, Status


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
