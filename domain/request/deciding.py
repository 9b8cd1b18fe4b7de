"""How a product request answers its commands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, assert_never

from domain import streams
from domain.customer.merging import gone, is_of
from domain.decider import Context
from domain.messages import Event
from domain.origin import Origin, day_of, known, not_past
from domain.playbook import Playbook
from domain.refusals import AlreadyExistsError
from domain.request.commands import (
    AnswerRequest,
    Commands,
    DeliverRequest,
    JoinRequest,
    MovePlannedDate,
    RaiseRequest,
    RecordInsight,
    ReopenRequest,
)
from domain.request.events import (
    PlannedDateMoved,
    RequestAnswered,
    RequestDelivered,
    RequestJoined,
    RequestRaised,
    RequestReopened,
)
from domain.request.refusals import (
    BehindAlreadyError,
    NothingMovedError,
    NothingToReopenError,
    NotOfCustomerError,
    NotPlannedError,
    PlanIncompleteError,
    RequestAnsweredError,
    RequestRoleError,
    RequestsOffError,
    ValueNotCnyError,
)
from domain.request.state import State
from domain.request.terms import STATUS_NAMES


def looks_at(command: Commands) -> tuple[str, ...]:
    """Whoever stands behind a request is known, with the project that needs it; an escalation has answered so."""
    if not isinstance(command, RaiseRequest | JoinRequest):
        return ()
    further = (streams.project(command.project),) if command.project else ()
    escalation = command.escalation if isinstance(command, RaiseRequest) else None
    return (streams.customer(command.customer), *further, *((streams.escalation(escalation),) if escalation else ()))


def decide(command: Commands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command to a product request."""
    match command:
        case RaiseRequest() | RecordInsight():
            return _raise(command, state, context)
        case JoinRequest():
            return _join(command, state, context)
        case AnswerRequest() | MovePlannedDate() | DeliverRequest():
            return _by_the_division(command, state, context)
        case ReopenRequest():
            if state.open:
                what = "it is planned: move its date (MovePlannedDate)" if state.status == "planned" else "it has no answer yet"
                raise NothingToReopenError(f"The request {command.request} is not reopened: {what}.")
            at = state.not_before(context.at)
            return [RequestReopened(occurred_at=at, round=state.round + 1, reason=command.reason, by=command.actor.id)]
        case _:
            assert_never(command)


def _raise(command: RaiseRequest | RecordInsight, state: State, context: Context) -> Sequence[Event]:
    if state.exists:
        raise AlreadyExistsError(f"There is a request {command.request} already: join it (JoinRequest), or take another id.")
    rules = context.playbooks.latest()
    if not rules.requests.answered_by:
        raise RequestsOffError(f"Under {rules.ref} nobody answers product requests: name who does (requests.answered_by).")
    division = command.division or rules.requests.division_of(command.product_line)
    told: dict[str, Any] = (
        {"kind": "need", "escalation": command.escalation or ""}
        if isinstance(command, RaiseRequest)
        else {"kind": "insight", **command.model_dump(include={"industry", "region", "observation", "evidence"})}
    )
    customer = command.customer if isinstance(command, RaiseRequest) else ""
    raised = RequestRaised(
        occurred_at=context.at,
        origin=Origin(customer=customer, owner=command.actor.id, owner_unit=division, playbook=rules.ref),
        request=command.request,
        product_line=command.product_line,
        title=command.title,
        division=division,
        by=command.actor.id,
        who=rules.requests.who,
        **told,
    )
    if not isinstance(command, RaiseRequest):
        return [raised]
    if command.escalation:
        _planned_there(command, context)
    return [raised, _joined(command, state, context)]


def _planned_there(command: RaiseRequest, context: Context) -> None:
    """Raises `NotPlannedError` for an escalation that was not answered `planned`."""
    named = f"escalation {command.escalation}"
    told = known(context.seen.get(streams.escalation(str(command.escalation))), named, "check the id")
    if not is_of(told.root.customer, context.seen[streams.customer(command.customer)]):
        raise NotOfCustomerError(f"The {named} is one of {told.root.customer}, not of {command.customer}.")
    if told.outcome is None or told.outcome.how != "planned":
        raise NotPlannedError(f"The {named} was not answered as a planned requirement; raise the need without it.")


def _join(command: JoinRequest, state: State, context: Context) -> Sequence[Event]:
    if state.status in ("declined", "exists", "delivered"):
        raise RequestAnsweredError(
            f"The request {command.request} is answered: {STATUS_NAMES[state.status]}; if that does not do,"
            " reopen it (ReopenRequest), then join."
        )
    return [_joined(command, state, context)]


def _joined(command: RaiseRequest | JoinRequest, state: State, context: Context) -> Event:
    customer = known(context.seen.get(streams.customer(command.customer)), f"customer {command.customer}", "register it first")
    if customer.record.merged is not None:
        raise gone(customer)
    project = command.project or ""
    if project:
        told = known(context.seen.get(streams.project(project)), f"project {project}", "open it first")
        if not is_of(told.root.customer, customer):
            raise NotOfCustomerError(f"The project {project} is one of {told.root.customer}, not of {command.customer}.")
    if any((one.customer, one.project) == (command.customer, project) for one in state.backers):
        who = f"The project {project}" if project else f"The customer {command.customer}"
        raise BehindAlreadyError(f"{who} stands behind the request {command.request} already; each counts once.")
    if command.value is not None and command.value.currency != "CNY":
        raise ValueNotCnyError(f"Give the value in CNY, not in {command.value.currency}: it is added up.")
    return RequestJoined(
        occurred_at=state.not_before(context.at),
        number=len(state.backers) + 1,
        customer=command.customer,
        project=project,
        need=command.need,
        evidence=command.evidence,
        value=command.value,
        by=command.actor.id,
    )


def _by_the_division(
    command: AnswerRequest | MovePlannedDate | DeliverRequest, state: State, context: Context
) -> Sequence[Event]:
    rules = context.rules(state)
    roles, role = rules.requests.answered_by, command.actor.role
    if role not in roles:
        raise RequestRoleError(
            f"A request is answered, planned and delivered by {' or '.join(roles)}, not by {role or 'somebody without a role'}."
        )
    if isinstance(command, AnswerRequest):
        return [_answer(command, state, context, rules)]
    if state.status != "planned" or state.planned_on is None:
        raise NotPlannedError(
            f"The request {command.request} is not planned ({STATUS_NAMES[state.status]}): answer it first (AnswerRequest)."
        )
    at = state.not_before(context.at)
    if isinstance(command, DeliverRequest):
        return [_delivery(command, state, context, rules)]
    not_past(command.planned_on, context.at, rules.calendar, "planned day")
    if (command.planned_on, command.release or state.release) == (state.planned_on, state.release):
        raise NothingMovedError(f"The request {command.request} is planned for {state.planned_on} in {state.release} already.")
    return [
        PlannedDateMoved(
            occurred_at=at,
            before=state.planned_on,
            planned_on=command.planned_on,
            release_before=state.release,
            release=command.release or state.release,
            reason=command.reason,
            by=command.actor.id,
        )
    ]


def _answer(command: AnswerRequest, state: State, context: Context, rules: Playbook) -> Event:
    if state.status != "asked":
        raise RequestAnsweredError(
            f"The request {command.request} is answered already: {STATUS_NAMES[state.status]};"
            " if that does not do, reopen it (ReopenRequest)."
        )
    planned = command.answer == "planned"
    if planned and (command.planned_on is None or not command.release):
        raise PlanIncompleteError("What is planned needs its release and its day (`release`, `planned_on`).")
    if not planned and (command.planned_on is not None or command.release):
        raise PlanIncompleteError(f"A release and a day belong to what is planned, not to {command.answer}.")
    if command.planned_on is not None:
        not_past(command.planned_on, context.at, rules.calendar, "planned day")
    return RequestAnswered(
        occurred_at=state.not_before(context.at),
        answer=command.answer,
        text=command.text,
        release=command.release,
        planned_on=command.planned_on,
        by=command.actor.id,
        role=command.actor.role,
    )


def _delivery(command: DeliverRequest, state: State, context: Context, rules: Playbook) -> Event:
    # Counted from the decision: what is brought along from the past is still to be told.
    tell_by = day_of(context.now, rules.calendar) + timedelta(days=rules.requests.tell_within)
    return RequestDelivered(
        occurred_at=state.not_before(context.at),
        delivery=state.deliveries + 1,
        release=command.release,
        reference=command.reference,
        by=command.actor.id,
        customers=state.customers,
        tell_by=tell_by,
    )
