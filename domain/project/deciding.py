"""How a project answers its commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from domain import streams
from domain.cancelling import NoteCompensation
from domain.customer import merging
from domain.customer.refusals import CustomerInvalidError, ServiceLineUnknownError
from domain.decider import Context
from domain.messages import Event
from domain.origin import Origin, known, listed, not_past
from domain.people import among, behind
from domain.phases import NEXT, PHASES, BeginProject, CompletePhase, OpenProject, ReopenProject, parts_of, phase_stream
from domain.planned import NoteProjectPlan, ProjectPlanNoted, is_news
from domain.playbook import Phase, Playbook, choose, mode_of, row_of
from domain.project.commands import CancelProject, Commands
from domain.project.events import (
    CancellationCompleted,
    CompensationRecorded,
    PhaseEntered,
    ProjectCancelled,
    ProjectClosed,
    ProjectOpened,
    ProjectReopened,
)
from domain.project.refusals import (
    CancelledAlreadyError,
    CustomerUnknownError,
    NotTheApproverError,
    PhaseNotCompleteError,
    PlaybookUnknownError,
    ProjectLostError,
)
from domain.project.state import State
from domain.refusals import AlreadyExistsError


def looks_at(command: Commands) -> tuple[str, ...]:
    """Opening looks at the customer; the word of a phase or a part is checked against what is recorded there."""
    match command:
        case OpenProject():
            return (streams.customer(command.customer),)
        case CompletePhase():
            return (phase_stream(command.project, command.phase),)
        case ReopenProject():
            return (streams.funnel(command.project),)
        case CancelProject():
            return parts_of(command.project)
        case NoteCompensation():
            return (command.part,)
        case NoteProjectPlan():
            return (streams.plan(command.plan),)
        case _:
            assert_never(command)


def looks_further(command: Commands, seen: Mapping[str, Any]) -> tuple[str, ...]:
    """Where a customer has gone that was a duplicate."""
    return merging.chain(seen) if isinstance(command, OpenProject) else ()


def decide(command: Commands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command to a project."""
    match command:
        case OpenProject():
            return _open(command, state, context)
        case CompletePhase():
            return _complete(command, state, context)
        case ReopenProject():
            return _reopen(command, state, context)
        case CancelProject():
            return _cancel(command, state, context)
        case NoteCompensation():
            return _note(command, state, context)
        case NoteProjectPlan():
            known_here = not is_news(command, state.plans, context.seen.get(streams.plan(command.plan)))
            return [] if known_here else [ProjectPlanNoted(occurred_at=context.at, plan=command.plan)]
        case _:
            assert_never(command)


def _open(command: OpenProject, state: State, context: Context) -> Sequence[Event]:
    if state.exists:
        raise AlreadyExistsError(f"The project {command.project} is open already.")
    customer = context.seen.get(streams.customer(command.customer))
    if customer is None or not customer.exists:
        raise CustomerUnknownError(f"There is no customer {command.customer}: register it with RegisterCustomer first.")
    if customer.record.merged is not None:
        if not isinstance(command, BeginProject):
            raise merging.gone(customer)
        customer = merging.survivor(command.customer, context.seen)  # What a duplicate's work has grown into is not lost.
    if customer.status == "invalid":
        raise CustomerInvalidError(f"The customer {command.customer} is invalid: qualify it again first (RequalifyCustomer).")
    found, why = ("", "") if command.mode else mode_of(context.playbooks, customer.value_class)
    mode = command.mode or found
    row = row_of(context.playbooks, mode, customer.value_class)
    playbook, reason = _chosen(command, mode, customer.value_class, context)
    if command.expected_on is not None:
        not_past(command.expected_on, context.at, playbook.calendar, "expected day of the signature")
    lines = [line.code for line in playbook.customers.service_lines]
    if command.service_line and command.service_line not in lines:
        raise ServiceLineUnknownError(f"There is no service line {command.service_line!r}; there are: {listed(lines)}.")
    origin = Origin(
        customer=customer.root.customer,
        project=command.project,
        value_class=customer.value_class,
        owner=command.owner,
        owner_unit=command.owner_unit,
        playbook=playbook.ref,
        held=command.hold_clocks,
    )
    return [
        ProjectOpened(
            occurred_at=context.at,
            origin=origin,
            name=command.name,
            # The mode's, where nobody has named one: what the deal sells decides which gates it meets.
            product_line=command.product_line or (row.product_line if row is not None else ""),
            amount=command.amount,
            delivery=command.delivery,
            playbook_reason=reason,
            mode=mode,
            mode_reason=why,
            need=command.need,
            came_from=command.came_from,
            expected_on=command.expected_on,
            service_line=command.service_line,
        )
    ]


def _chosen(command: OpenProject, mode: str, value_class: str, context: Context) -> tuple[Playbook, str]:
    """The playbook of a new project, and why: somebody named it, or it serves the project best."""
    if command.playbook is None:
        return choose(context.playbooks, mode, value_class, command.product_line)
    if command.playbook not in context.playbooks.names():
        there = ", ".join(context.playbooks.names())
        raise PlaybookUnknownError(f"There is no playbook {command.playbook!r}; there are: {there}.")
    who = f"{command.actor.role} {command.actor.id}".strip()
    return context.playbooks.latest(command.playbook), f"named in the command by {who}"


def _complete(command: CompletePhase, state: State, context: Context) -> Sequence[Event]:
    if command.phase != state.phase or not state.running:
        return []  # Among others: the word of a win that comes after the project was cancelled.
    seen = known(
        context.seen.get(phase_stream(command.project, command.phase)), f"{command.phase} of {command.project}", "it must begin"
    )
    if not seen.completed:
        raise PhaseNotCompleteError(f"The phase {command.phase} of project {command.project} has not ended.")
    at = state.not_before(context.at)
    if command.phase == "funnel" and (seen.outcome == "lost" or state.delivery == "elsewhere"):
        return [ProjectClosed(occurred_at=at, outcome=seen.outcome)]
    following = PhaseEntered(occurred_at=at, phase=NEXT[command.phase])
    return [following, ProjectClosed(occurred_at=at, outcome="delivered")] if following.phase == "support" else [following]


def _reopen(command: ReopenProject, state: State, context: Context) -> Sequence[Event]:
    deal = known(context.seen.get(streams.funnel(command.project)), f"deal of {command.project}", "open the project first")
    if state.outcome != "lost" or state.cancelled is not None or deal.completed:
        return []
    return [ProjectReopened(occurred_at=state.not_before(context.at), times=state.reopened + 1)]


def _cancel(command: CancelProject, state: State, context: Context) -> Sequence[Event]:
    if state.cancelled is not None:
        raise CancelledAlreadyError(f"The project {command.project} is cancelled already.")
    if state.outcome == "lost":
        raise ProjectLostError(f"The deal of {command.project} was lost: nothing of the project runs that could be cancelled.")
    role = context.rules(state).projects.cancel_approver
    if among(command.approver, behind(command.actor)):
        raise NotTheApproverError("A cancellation is approved by somebody else than the one who asks for it.")
    if role is not None and command.approver_role != role:
        given = command.approver_role or "somebody whose role is not given"
        raise NotTheApproverError(f"A cancellation is approved by {role} (`approver_role`), not by {given}.")
    return [
        ProjectCancelled(
            occurred_at=state.not_before(context.at),
            reason=command.reason,
            reference=command.reference,
            approver=command.approver,
            parts=_begun(state, context.seen),
        )
    ]


def _begun(state: State, seen: Any) -> tuple[str, ...]:
    """What must be unwound, the latest part first: every phase up to the one that the project is in, whether its own first
    fact is recorded yet or not (the project begins it all the same, and then unwinds it), and whatever has been begun ahead."""
    project, phases = state.root.project, [phase for phase in PHASES if phase != "closed"]
    reached: list[Phase | str] = phases[: phases.index(state.phase) + 1]
    parts = {phase: phase_stream(project, phase) for phase in phases}
    exists = {phase for phase in phases if (part := seen.get(parts[phase])) is not None and part.exists}
    return tuple(parts[phase] for phase in reversed(phases) if phase in exists or phase in reached)


def _note(command: NoteCompensation, state: State, context: Context) -> Sequence[Event]:
    part = context.seen.get(command.part)
    if command.part not in state.unwinding or part is None or part.unwound is None:
        return []
    at = state.not_before(context.at)
    noted = CompensationRecorded(occurred_at=at, part=command.part, what=part.unwound.what)
    return [noted] if len(state.unwinding) > 1 else [noted, CancellationCompleted(occurred_at=at)]
