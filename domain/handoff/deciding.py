"""How the handoff answers its commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import assert_never

from domain import streams
from domain.decider import Context
from domain.handoff.commands import (
    AcceptHandoff,
    Commands,
    MeetCondition,
    OfferHandoff,
    OpenHandoff,
    ReturnHandoff,
    ServiceContract,
)
from domain.handoff.events import ConditionMet, HandoffAccepted, HandoffOffered, HandoffOpened, HandoffReturned
from domain.handoff.refusals import (
    ChecklistIncompleteError,
    ConditionTwiceError,
    ConditionUnknownError,
    HandoffAcceptedAlreadyError,
    HandoffAlreadyOfferedError,
    HandoffNotOfferedError,
    ItemUnknownError,
    NotTheReceiverError,
    PhaseNotReachedError,
    ServiceContractMissingError,
    ServicePeriodWrongError,
)
from domain.handoff.state import State, kept_items
from domain.messages import Event, Name
from domain.origin import known, listed, not_past
from domain.playbook import HandoffRules, Playbook
from domain.refusals import AlreadyExistsError
from domain.standing import Unmet


def looks_at(command: Commands) -> tuple[str, ...]:
    """Opening looks at the project's phase and at the sale, whose promises it carries."""
    if isinstance(command, OpenHandoff):
        return (streams.project(command.project), streams.funnel(command.project))
    return ()


def decide(command: Commands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command to a handoff."""
    match command:
        case OpenHandoff():
            return _open(command, state, context)
        case OfferHandoff():
            return _offer(command, state, context)
        case AcceptHandoff() | ReturnHandoff():
            return _answer(command, state, context)
        case MeetCondition():
            if command.condition not in state.conditions:
                open_ones = listed(state.conditions) or "none"
                raise ConditionUnknownError(f"There is no open condition {command.condition!r}; open: {open_ones}.")
            return [ConditionMet(occurred_at=context.at, condition=command.condition, reference=command.reference)]
        case _:
            assert_never(command)


def _open(command: OpenHandoff, state: State, context: Context) -> Sequence[Event]:
    if state.exists:
        raise AlreadyExistsError(f"The handoff to {command.kind} of {command.project} is open already.")
    project = known(context.seen.get(streams.project(command.project)), f"project {command.project}", "open it first")
    if project.phase != f"handoff-{command.kind}":
        raise PhaseNotReachedError(f"Project {command.project} is in its phase {project.phase}, not at this handoff.")
    deal = context.seen[streams.funnel(command.project)]
    return [
        HandoffOpened(
            occurred_at=context.at,
            origin=project.root.model_copy(update={"held": project.held}),
            kind=command.kind,
            promises=deal.promises,
        )
    ]


def _offer(command: OfferHandoff, state: State, context: Context) -> Sequence[Event]:
    _still_open(state)
    if state.status == "offered":
        raise HandoffAlreadyOfferedError("The offer is with the receiver already: wait for the answer.")
    rules = context.rules(state).handoffs[state.kind]
    items = {item.code for item in rules.checklist}
    if unknown := [code for code in command.items if code not in items]:
        raise ItemUnknownError(f"The checklist has no item {listed(unknown)}; it has {listed(sorted(items))}.")
    offered = {**kept_items(state), **command.items}
    if lacking := lacking_items(offered, rules):
        raise ChecklistIncompleteError(
            f"The offer lacks {listed(item.code for item in lacking)}: give each its proof under `items`.", lacking
        )
    contract = command.service_contract or state.service_contract
    _check_contract(contract, state)
    kept = kept_items(state)  # A gap may be closed in the very document that had it: its item counts as brought again.
    fresh = {code: reference for code, reference in command.items.items() if kept.get(code) != reference}
    return [
        HandoffOffered(
            occurred_at=state.not_before(context.at), round=state.round, items=fresh, service_contract=command.service_contract
        )
    ]


def lacking_items(offered: Mapping[str, str], rules: HandoffRules) -> list[Unmet]:
    """The required items of the checklist that have no proof yet."""
    return [item.unmet() for item in rules.checklist if item.required and item.code not in offered]


def _check_contract(contract: ServiceContract | None, state: State) -> None:
    if state.kind != "support":
        return
    if contract is None:
        missing = Unmet(code="service_contract", name=Name(en="service contract with its code", zh="服务合同与服务编码"))
        raise ServiceContractMissingError("Give `service_contract` with its service code and period.", [missing])
    if contract.ends_on <= contract.starts_on:
        raise ServicePeriodWrongError(f"The service period ends on {contract.ends_on}, before it has begun.")
    if contract.notice_on and not contract.starts_on <= contract.notice_on <= contract.ends_on:
        raise ServicePeriodWrongError(f"The notice date {contract.notice_on} lies outside the service period.")


def _answer(command: AcceptHandoff | ReturnHandoff, state: State, context: Context) -> Sequence[Event]:
    _still_open(state)
    rules = context.rules(state).handoffs[state.kind]
    if state.status != "offered":
        lacking = lacking_items(kept_items(state), rules)
        raise HandoffNotOfferedError(f"There is no offer to answer: {rules.giver} must make it (OfferHandoff) first.", lacking)
    if command.actor.role != rules.receiver:
        raise NotTheReceiverError(f"The offer is answered by {rules.receiver}, not by {command.actor.role or 'nobody'}.")
    at = state.not_before(context.at)
    if isinstance(command, AcceptHandoff):
        _check_conditions(command, at, context.rules(state))
        return [HandoffAccepted(occurred_at=at, round=state.round, conditions=command.conditions)]
    items = {item.code for item in rules.checklist}
    if unknown := [gap.item for gap in command.gaps if gap.item not in items]:
        raise ItemUnknownError(f"The checklist has no item {listed(unknown)}; it has {listed(sorted(items))}.")
    return [HandoffReturned(occurred_at=at, round=state.round, gaps=command.gaps)]


def _check_conditions(command: AcceptHandoff, at: datetime, playbook: Playbook) -> None:
    names = [condition.condition for condition in command.conditions]
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise ConditionTwiceError(f"Each condition has an id of its own; {listed(twice)} stands there more than once.")
    for condition in command.conditions:
        not_past(condition.due_on, at, playbook.calendar, f"date of the condition {condition.condition}")


def _still_open(state: State) -> None:
    if state.status == "accepted":
        raise HandoffAcceptedAlreadyError("The handoff is accepted already.")
