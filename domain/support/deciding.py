"""How support answers a command."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from domain import promises, streams
from domain.cancelling import Unwind
from domain.decider import Context
from domain.handoff import ServiceContract
from domain.messages import Event
from domain.origin import known
from domain.refusals import AlreadyExistsError
from domain.support.commands import Commands, RecordSatisfaction, RenewContract, StartSupport
from domain.support.events import ContractRenewed, SatisfactionRecorded, SupportEnded, SupportStarted
from domain.support.refusals import NoticeOutsidePeriodError, PeriodNotLongerError, SupportNotAcceptedError
from domain.support.state import State


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
