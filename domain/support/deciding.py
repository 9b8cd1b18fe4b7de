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
from domain.promises import LedgerCommand
from domain.refusals import AlreadyExistsError
from domain.support import contract as contracts
from domain.support import early_life, satisfaction
from domain.support.commands import (
    ChangeContract,
    Commands,
    GrowContract,
    NoteLowScore,
    NoteMissedTarget,
    RecordRenewalStep,
    RecordSatisfaction,
    RenewContract,
    RescheduleLeftover,
    SettleLeftover,
    SettleRecovery,
    StartSupport,
)
from domain.support.events import SupportEnded, SupportStarted
from domain.support.refusals import SupportNotAcceptedError
from domain.support.state import State


def looks_at(command: Commands) -> tuple[str, ...]:
    """Starting looks at the project, at the contract that was handed over, and at the go-live and the leftovers of the
    implementation; growing at the project that is to be begun."""
    if isinstance(command, StartSupport):
        project = command.project
        return (streams.project(project), streams.handoff(project, "support"), streams.implementation(project))
    return (streams.project(command.new_project),) if isinstance(command, GrowContract) else ()


def decide(command: Commands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command to a support contract."""
    if isinstance(command, LedgerCommand):
        return promises.answer(command, state.promises, context, context.rules(state).calendar)
    match command:
        case StartSupport():
            return _start(command, state, context)
        case NoteMissedTarget():
            return early_life.missed(command, state, context)
        case SettleLeftover():
            return early_life.settle(command, state, context)
        case RescheduleLeftover():
            return early_life.reschedule(command, state, context)
        case RenewContract():
            return contracts.renew(command, state, context)
        case ChangeContract():
            return contracts.change(command, state, context)
        case RecordRenewalStep():
            return contracts.record_step(command, state, context)
        case GrowContract():
            return contracts.grow(command, state, context)
        case RecordSatisfaction():
            return satisfaction.record(command, state, context)
        case NoteLowScore():
            return satisfaction.low(command, state, context)
        case SettleRecovery():
            return satisfaction.settle(command, state, context)


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
    built = context.seen.get(streams.implementation(command.project))
    playbook = context.playbooks.of(project)
    contract: ServiceContract = handoff.service_contract
    notice_on = contract.notice_on or contract.ends_on - timedelta(days=playbook.support.notice_days)
    return [
        SupportStarted(
            occurred_at=context.at,
            origin=project.root.model_copy(update={"held": project.held}),
            contract=contract.model_copy(update={"notice_on": notice_on}),
            promises=handoff.promises,
            stability=early_life.at_start(command.project, built.went_live_at if built else None, playbook, context),
            leftovers=built.leftovers if built else (),
        )
    ]
