"""How the handoff answers its commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import assert_never

from domain import promises, streams
from domain.calendars import CalendarRule
from domain.cancelling import Unwind
from domain.decider import Context
from domain.handoff import early_start
from domain.handoff.commands import (
    AcceptHandoff,
    AllowEarlyStart,
    Commands,
    MeetCondition,
    OfferHandoff,
    OpenHandoff,
    RecordEarlyWork,
    RescheduleCondition,
    ReturnHandoff,
    ServiceContract,
)
from domain.handoff.conditions import check, meet, reschedule
from domain.handoff.events import HandoffAccepted, HandoffCancelled, HandoffOffered, HandoffOpened, HandoffReturned
from domain.handoff.problems import all_passed, none_lapsed, none_severe
from domain.handoff.refusals import (
    ChecklistIncompleteError,
    HandoffAcceptedAlreadyError,
    HandoffAlreadyOfferedError,
    HandoffNotOfferedError,
    ItemUnknownError,
    NotTheGiverError,
    NotTheReceiverError,
    PhaseNotReachedError,
    PromisesLeftOutError,
    PromisesOpenError,
    PromisesSinceOfferError,
    SelfAnswerError,
    ServiceContractMissingError,
    ServicePeriodWrongError,
)
from domain.handoff.settling import measured
from domain.handoff.state import State, kept_items
from domain.messages import Event, Name
from domain.origin import day_of, known, listed
from domain.people import among, behind
from domain.playbook import HandoffRules, Phase
from domain.promises import Ledger, LedgerCommand, Promise, binding
from domain.refusals import AlreadyExistsError
from domain.standing import Unmet


def looks_at(command: Commands) -> tuple[str, ...]:
    """Opening looks at the project's phase and at the phase before, whose promise ledger it takes over; offer and acceptance
    of the handoff to support at the problems that are open, and at the conditions of the handoff to delivery."""
    if isinstance(command, OfferHandoff | AcceptHandoff) and command.kind == "support":
        return (streams.implementation(command.project), streams.handoff(command.project, "delivery"))
    if not isinstance(command, OpenHandoff):
        return ()
    before = streams.funnel(command.project) if command.kind == "delivery" else streams.implementation(command.project)
    return (streams.project(command.project), before)


def decide(command: Commands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command to a handoff."""
    if isinstance(command, LedgerCommand):
        return promises.answer(command, state.promises, context, context.rules(state).calendar, ledger_moved_to(state))
    match command:
        case OpenHandoff():
            return _open(command, state, context)
        case OfferHandoff():
            return _offer(command, state, context)
        case AcceptHandoff() | ReturnHandoff():
            return _answer(command, state, context)
        case MeetCondition():
            return meet(command, state, context)
        case RescheduleCondition():
            return reschedule(command, state, context)
        case AllowEarlyStart():
            _still_open(state)
            return early_start.allow(command, state, context)
        case RecordEarlyWork():
            _still_open(state)
            return early_start.record(command, state, context)
        case _:
            assert_never(command)


def ledger_moved_to(state: State) -> Phase | None:
    """The phase that the promises have gone on to; None while they are here."""
    if not state.accepted:
        return None
    return "implementation" if state.kind == "delivery" else "support"


def unwind(command: Unwind, state: State, context: Context) -> Sequence[Event]:
    """The project is cancelled: a handoff that is under way ends; of an accepted one, its conditions do."""
    at = state.not_before(context.at)
    undone: list[Event] = []
    if not state.accepted or state.conditions:
        ended = HandoffCancelled(
            occurred_at=at,
            reason=command.reason,
            approver=command.approver,
            status=state.status,
            conditions=tuple(state.conditions),
            early_days=state.early_days,
            early_cost=state.early_cost,
        )
        undone.append(ended)
    if command.latest or ledger_moved_to(state) is None:  # The next phase may not have begun when the word came.
        undone += promises.released(state.promises, at, command.reason)
    return undone


def _open(command: OpenHandoff, state: State, context: Context) -> Sequence[Event]:
    if state.exists:
        raise AlreadyExistsError(f"The handoff to {command.kind} of {command.project} is open already.")
    project = known(context.seen.get(streams.project(command.project)), f"project {command.project}", "open it first")
    if project.phase != f"handoff-{command.kind}":
        raise PhaseNotReachedError(f"Project {command.project} is in its phase {project.phase}, not at this handoff.")
    _, before = looks_at(command)
    return [
        HandoffOpened(
            occurred_at=context.at,
            origin=project.root.model_copy(update={"held": project.held}),
            kind=command.kind,
            promises=context.seen[before].promises,
        )
    ]


def _offer(command: OfferHandoff, state: State, context: Context) -> Sequence[Event]:
    _still_open(state)
    if state.status == "offered":
        raise HandoffAlreadyOfferedError("The offer is with the receiver already: wait for the answer.")
    rules = context.rules(state).handoffs[state.kind]
    if command.actor.role != rules.giver:
        raise NotTheGiverError(f"The offer is made by {rules.giver}, not by {command.actor.role or 'nobody'}.")
    items = {item.code for item in rules.checklist}
    if unknown := [code for code in command.items if code not in items]:
        raise ItemUnknownError(f"The checklist has no item {listed(unknown)}; it has {listed(sorted(items))}.")
    kept = _kept(state, rules)
    offered = {**kept, **command.items}
    if lacking := lacking_items(offered, rules):
        raise ChecklistIncompleteError(
            f"The offer lacks {listed(item.code for item in lacking)}: give each its proof under `items`.", lacking
        )
    none_severe(command.project, rules, context.seen)
    none_lapsed(command.project, context.rules(state), context)
    at = state.not_before(context.at)
    all_passed(command.project, context.rules(state), context.seen, at)
    if waiting := not_to_hand_over(state.promises, rules, context.rules(state).calendar, at):
        raise PromisesOpenError(
            f"{rules.receiver} takes no promise over that has no date to come: {listed(one.code for one in waiting)}."
            " Keep it (KeepPromise), agree on a date with the customer (ChangePromise), or break it (BreakPromise).",
            waiting,
        )
    _check_contract(command.service_contract or state.service_contract, state)
    before = kept_items(state)  # A gap may be closed in the very document that had it: its item counts as brought again.
    fresh = {code: reference for code, reference in offered.items() if before.get(code) != reference}
    return [
        HandoffOffered(
            occurred_at=at,
            round=state.round,
            items=fresh,
            service_contract=command.service_contract,
            promises=state.promises,
            offered_by=command.actor.id,
            offered_for=command.actor.on_behalf_of,
            stability=measured(state, at, context.rules(state), context),
        )
    ]


def lacking_items(offered: Mapping[str, str], rules: HandoffRules) -> list[Unmet]:
    """The required items of the checklist that have no proof yet."""
    return [item.unmet() for item in rules.checklist if item.required and item.code not in offered]


def lacking_now(state: State, rules: HandoffRules) -> list[Unmet]:
    """What the giver must still bring before the offer can be made (again)."""
    return lacking_items(_kept(state, rules), rules)


def _kept(state: State, rules: HandoffRules) -> dict[str, str]:
    """What need not be brought (again). The promise ledger brings itself; if it was found wanting, it has to change first."""
    kept = kept_items(state)
    if rules.ledger_item is None or rules.ledger_item in kept:
        return kept
    wanting = any(gap.item == rules.ledger_item for gap in state.gaps)
    if wanting and state.promises == state.promises_offered:
        return kept
    named = listed(promise.promise for promise in state.promises) or "none"
    return {**kept, rules.ledger_item: f"promise ledger 承诺台账: {named}"}


def not_to_hand_over(ledger: Ledger, rules: HandoffRules, calendar: CalendarRule, at: datetime) -> list[Unmet]:
    """The promises that still bind us and that the receiver does not take over as they stand."""
    today = day_of(at, calendar)

    def stands(promise: Promise) -> bool:
        if rules.open_promises == "any":
            return True
        return rules.open_promises == "dated" and promise.due_on is not None and promise.due_on >= today

    return [_unmet(promise, rules.giver) for promise in binding(ledger) if not stands(promise)]


def _unmet(promise: Promise, who: str) -> Unmet:
    name = Name(en=f"promise {promise.promise}: to be kept, or dated", zh=f"承诺 {promise.promise}：须兑现或约定日期")
    return Unmet(code=promise.promise, name=name, who=who)


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
        lacking = lacking_now(state, rules)
        raise HandoffNotOfferedError(f"There is no offer to answer: {rules.giver} must make it (OfferHandoff) first.", lacking)
    if command.actor.role != rules.receiver:
        raise NotTheReceiverError(f"The offer is answered by {rules.receiver}, not by {command.actor.role or 'nobody'}.")
    if any(among(one, (state.offered_by, state.offered_for)) for one in behind(command.actor)):
        raise SelfAnswerError("Nobody answers an offer of their own: somebody else of the receiving team does.")
    at = state.not_before(context.at)
    if isinstance(command, AcceptHandoff):
        none_severe(command.project, rules, context.seen)
        none_lapsed(command.project, context.rules(state), context)
        all_passed(command.project, context.rules(state), context.seen, at)
        check(command, at, context.rules(state))
        taken = _taken_over(command, state, rules)
        return [HandoffAccepted(occurred_at=at, round=state.round, conditions=command.conditions, promises=taken)]
    items = {item.code for item in rules.checklist}
    if unknown := [gap.item for gap in command.gaps if gap.item not in items]:
        raise ItemUnknownError(f"The checklist has no item {listed(unknown)}; it has {listed(sorted(items))}.")
    return [HandoffReturned(occurred_at=at, round=state.round, gaps=command.gaps)]


def _taken_over(command: AcceptHandoff, state: State, rules: HandoffRules) -> tuple[str, ...]:
    """The promises that pass to the receiver: every one that still binds us."""
    bound = {promise.promise: promise for promise in binding(state.promises)}
    if command.promises is None:
        offered = {promise.promise: promise for promise in state.promises_offered}
        fresh = [name for name, promise in bound.items() if _words(promise) != _words(offered.get(name))]
        if fresh and rules.ledger_item is not None:
            raise PromisesSinceOfferError(
                f"Promises were recorded or changed after the offer: {listed(fresh)}. Read them, and accept with every open"
                f" promise by name (`promises`: {listed(bound)}), or return the offer.",
                [_taken(bound[name], rules.receiver) for name in fresh],
            )
        return tuple(bound)
    if strangers := [name for name in command.promises if name not in bound]:
        raise PromisesLeftOutError(f"No open promise is called {listed(strangers)}; open are: {listed(bound) or 'none'}.")
    if left_out := [name for name in bound if name not in command.promises]:
        raise PromisesLeftOutError(
            f"The acceptance leaves out {listed(left_out)}: name every open promise, or return the offer.",
            [_taken(bound[name], rules.receiver) for name in left_out],
        )
    return tuple(bound)


def _words(promise: Promise | None) -> tuple[object, ...]:
    return () if promise is None else (promise.text, promise.due_on)


def _taken(promise: Promise, who: str) -> Unmet:
    name = Name(en=f"promise {promise.promise}: to be taken over", zh=f"承诺 {promise.promise}：须接收")
    return Unmet(code=promise.promise, name=name, who=who)


def _still_open(state: State) -> None:
    if state.accepted:
        raise HandoffAcceptedAlreadyError("The handoff is accepted already.")
