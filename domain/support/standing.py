"""What support waits for, whom it owes word, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from domain import promises, streams
from domain.customer.commands import NoteLapse, NoteRenewal
from domain.customer.life_commands import NoteService
from domain.messages import SYSTEM, Health, own_id
from domain.origin import morning_of
from domain.phases import BeginProject
from domain.playbook import Playbook
from domain.promises import binding
from domain.standing import Begin, Clock, Tell, Unmet, View
from domain.support import contract, early_life, satisfaction
from domain.support.events import ContractGrown, OpenTicketsTold
from domain.support.records import Turn
from domain.support.state import State
from domain.support.terms import STATUS_NAMES, Status
from domain.ticket.commands import RedateTargets


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The end of early life, the contract's dates, the questions and their answers, and the dates of promises."""
    yield from promises.clocks(state.promises, playbook.calendar, playbook.support.owner)
    yield from early_life.clocks(state, playbook)
    yield from contract.clocks(state, playbook)
    yield from satisfaction.clocks(state, playbook)


def owes(state: State) -> Sequence[Begin | Tell]:
    """The customer must know whether it has a valid contract, the open tickets what the contract means for them, and a
    project that has grown out of it must begin."""
    if not state.exists:
        return ()
    return (
        _service_runs(state),
        *(_to_the_customer(state, turn) for turn in state.turns),
        *(_to_the_ticket(state, told, ticket) for told in state.told for ticket in told.tickets),
        *(_grown(state, event) for event in state.grown),
    )


def _link(state: State, at: datetime) -> dict[str, Any]:
    return {"actor": SYSTEM, "occurred_at": at, "correlation_id": state.root.project}


def _service_runs(state: State) -> Tell:
    """The project is delivered, and its service contract keeps the customer awake from now on."""
    root = state.root
    assert state.ends_on is not None
    note = NoteService(
        customer=root.customer,
        project=root.project,
        period=state.period,
        ends_on=state.ends_on,
        command_id=own_id(f"service-begun-{root.project}"),
        **(_link(state, state.began) if state.began else {"actor": SYSTEM}),
    )
    return Tell(command=note, text="service contract runs 服务合同生效")


def _to_the_customer(state: State, turn: Turn) -> Tell:
    root = state.root
    whose: dict[str, Any] = {"customer": root.customer, "project": root.project, "period": turn.period}
    named = own_id(f"service-{turn.kind}-{root.project}-{turn.period}")
    link = _link(state, turn.at)
    if turn.kind == "lapsed":
        return Tell(
            command=NoteLapse(**whose, ended_on=turn.on, command_id=named, **link), text="service contract lapsed 服务合同失效"
        )
    return Tell(
        command=NoteRenewal(**whose, ends_on=turn.on, command_id=named, **link), text="service contract renewed 服务合同续约"
    )


def _to_the_ticket(state: State, told: OpenTicketsTold, ticket: str) -> Tell:
    command = RedateTargets(
        ticket=ticket,
        service_code=told.service_code,
        level=told.level,
        in_service=told.in_service,
        cause=told.cause,
        support="early_life" if told.early_life else "full",
        command_id=own_id(f"contract-{state.root.project}-{told.number}-{ticket}"),
        **_link(state, told.occurred_at),
    )
    return Tell(command=command, text="what the contract means for it now 合同变更")


def _grown(state: State, event: ContractGrown) -> Begin:
    return Begin(
        command=BeginProject(
            project=event.new_project,
            customer=state.root.customer,
            name=event.name,
            product_line=event.product_line,
            amount=event.amount,
            owner=event.owner,
            owner_unit=event.owner_unit,
            need=event.need,
            came_from=streams.support(state.root.project),
            command_id=own_id(f"grown-{state.root.project}-{event.period}"),
            **_link(state, event.occurred_at),
        )
    )


def view(state: State, playbook: Playbook) -> View:
    """Whether the contract runs, what is still to come, and who must act by when."""
    status, owner = _status(state), playbook.support.owner
    left, reasons = binding(state.promises), _reasons(state)
    late = any(promise.overdue for promise in left)
    lapsed = any(one.lapsed for one in state.leftovers)
    recover = state.open_recoveries
    window = status == "renewal_window"
    missing = (
        *satisfaction.missing(state),
        *early_life.missing(state, playbook),
        *contract.steps_missing(state, playbook),
        *(promises.as_missing(promise, owner) for promise in left),
    )
    who = owner if late else recover[0].who if recover else playbook.customers.owner if window else ""
    overdue = late or lapsed or any(one.overdue for one in recover)
    health: Health = "overdue" if overdue else "at-risk" if window or recover else "ok"
    early = playbook.support.service.early_life if state.early_life else None
    return View(
        code=status,
        name=STATUS_NAMES[status],
        phase="support",
        closed=_closed(state),
        waiting_for=who or next((one.who for one in missing if one.code != early_life.STABLE), ""),
        duty=early.duty if early else "",
        due_at=_due(state, playbook),
        health=health,
        needs_human=bool(reasons),
        reason="; ".join(reasons),
        missing=missing,
        outlook=state.stability.told(state.as_of) if early and state.stability and state.as_of else "",
        **state.fields_of_origin(),
    )


def left_over(state: State, playbook: Playbook) -> list[Unmet]:
    """What a cancelled project leaves for somebody to see to: recovery tasks and leftovers of the acceptance."""
    return [*satisfaction.missing(state), *early_life.leftovers(state, playbook)]


def _status(state: State) -> Status:
    if state.lapsed:
        return "lapsed"
    if state.windows and not contract.grown_now(state):
        return "renewal_window"
    return "early_life" if state.early_life else "in_service"


def _closed(state: State) -> bool:
    """True when nothing is waited for: the contract has lapsed, and nothing of it is still to come."""
    looking = bool(state.told) and state.told[-1].again_at is not None
    open_work = binding(state.promises) or state.open_recoveries or state.leftovers or state.surveys or state.early_life
    return state.lapsed and not looking and not open_work


def _reasons(state: State) -> list[str]:
    reasons = []
    if late := [one.promise for one in binding(state.promises) if one.overdue]:
        reasons.append(f"promise overdue 承诺逾期: {', '.join(late)}")
    if lapsed := [one.name for one in state.leftovers if one.lapsed]:
        reasons.append(f"leftover of the acceptance overdue 验收遗留逾期: {', '.join(lapsed)}")
    if recover := state.open_recoveries:
        late_ones = " (overdue 已逾期)" if any(one.overdue for one in recover) else ""
        reasons.append(f"recovery task open 满意度补救中{late_ones}: {', '.join(one.recovery for one in recover)}")
    if _status(state) == "renewal_window":
        reasons.append(f"renewal window of {min(state.windows)} days is open 续约窗口已开启")
    return reasons


def _due(state: State, playbook: Playbook) -> datetime | None:
    """The next date that somebody has to keep."""
    days = [one.due_on for one in binding(state.promises) if one.due_on]
    if not state.lapsed and state.notice_on is not None:
        days.append(state.notice_on)
    dates = [morning_of(day, playbook.calendar) for day in days]
    dates += [early_life.due_at(one, playbook) for one in state.leftovers]
    dates += [one.due_at for one in state.open_recoveries]
    return min(dates, default=None)
