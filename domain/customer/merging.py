"""Duplicates 重复客户: two records of one customer become one, and neither loses its history, a right, a timer or a promise.

The duplicate keeps its stream: what its projects report still arrives there, and from there, by word, at the survivor, which
holds a picture of all that the duplicate holds. What people ask of the duplicate goes to the survivor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from domain import planned, streams
from domain.customer.events import CaseDismissed, CustomerActivated
from domain.customer.record import Left
from domain.customer.record_commands import EndContract, MergeCustomer, NoteMerge, UndoMerge
from domain.customer.record_events import (
    AbsorbedChanged,
    CustomerAbsorbed,
    CustomerMerged,
    DuplicateReleased,
    Held,
    MergeReversed,
    ParentChanged,
)
from domain.customer.record_terms import TakenCase, contract_of
from domain.customer.refusals import ApproverNotOtherError, CustomerMergedError, MergeNotPossibleError
from domain.customer.state import State
from domain.decider import Context
from domain.messages import SYSTEM, Command, Event, own_id
from domain.origin import known
from domain.people import among, behind
from domain.standing import Tell


def refuse_merged(command: Command, state: State) -> None:
    """Raises `CustomerMergedError` for what people ask of a customer that another one stands for; its own contracts are ended
    where they were recorded."""
    if state.record.merged is not None and not command.internal and not isinstance(command, EndContract | UndoMerge):
        raise gone(state)


def gone(state: Any) -> CustomerMergedError:
    """That a customer was merged, and where to go."""
    into = state.record.merged_into
    return CustomerMergedError(f"Customer {state.root.customer} was a duplicate and went into {into}: ask it of {into}.")


def chain(seen: Mapping[str, Any]) -> tuple[str, ...]:
    """The customers into which those that were seen were merged."""
    found = (one.record.merged_into for one in seen.values() if isinstance(one, State) and one.exists)
    return tuple(streams.customer(into) for into in found if into)


def above(state: Any) -> str:
    """The customer that one leads on to, up its group: of a duplicate, the one that stands for it."""
    record = state.record
    return str(record.merged_into or record.parent)


def group(customer: str, seen: Mapping[str, Any], below: str = "") -> list[str]:
    """A customer and everything above it in its group, as far as it was seen; each once, and no further than `below`."""
    found: list[str] = []
    while customer and customer not in found:
        found.append(customer)
        one = seen.get(streams.customer(customer))
        customer = above(one) if customer != below and one is not None and one.exists else ""
    return found


def is_of(customer: str, stands: Any) -> bool:
    """Whether a customer is that one, or a duplicate that it stands for."""
    return customer == stands.root.customer or customer in stands.record.absorbed


def signed(state: Any) -> tuple[str, ...]:
    """The projects whose contract is signed, those of duplicates before its own."""
    theirs = (project for one in state.record.absorbed.values() for project in one.held.signed)
    return tuple(dict.fromkeys((*theirs, *state.contracts)))


def survivor(customer: str, seen: Mapping[str, Any]) -> Any:
    """The customer that stands for one at the end of its chain, itself or another; None where there is none."""
    found, passed = seen.get(streams.customer(customer)), set()
    while found is not None and found.exists and (into := found.record.merged_into) and into not in passed:
        passed.add(into)
        found = seen.get(streams.customer(into))
    return found


def ring(customer: str, seen: Mapping[str, Any]) -> list[str]:
    """The customers that were merged round into each other at once, starting from one of them; none where they were not. The
    first by its id stays, or all of them would have gone."""
    found: list[str] = []
    while customer and customer not in found:
        found.append(customer)
        one = seen.get(streams.customer(customer))
        customer = one.record.merged_into if one is not None and one.exists else ""
    return found if customer == found[0] else []


def merge(command: MergeCustomer, state: State, context: Context) -> Sequence[Event]:
    """Merge this duplicate into the other one."""
    if command.into == command.customer:
        raise MergeNotPossibleError(f"{command.into} cannot be merged into itself: name the customer that stays.")
    other = known(context.seen.get(streams.customer(command.into)), f"customer {command.into}", "check the id (`customers`)")
    if other.record.merged is not None:
        raise MergeNotPossibleError(f"{command.into} was itself merged into {other.record.merged_into}: merge into that one.")
    if other.status == "invalid":
        raise MergeNotPossibleError(f"{command.into} is invalid: qualify it again first (RequalifyCustomer).")
    _approved(command, context.rules(state).customers.merged_by)
    return [
        CustomerMerged(
            occurred_at=state.not_before(context.at),
            into=command.into,
            reason=command.reason,
            approver=command.approver,
            approver_role=command.approver_role,
            asked_by=behind(command.actor),
            next_contact_on=state.next_contact_on,
        )
    ]


def undo(command: UndoMerge, state: State, context: Context) -> Sequence[Event]:
    """Take a merge back."""
    merged = state.record.merged
    if merged is None:
        raise MergeNotPossibleError(f"{command.customer} was not merged into another customer; there is nothing to take back.")
    _approved(command, context.rules(state).customers.merged_by)
    return [
        MergeReversed(
            occurred_at=state.not_before(context.at),
            into=merged.into,
            reason=command.reason,
            approver=command.approver,
            approver_role=command.approver_role,
        )
    ]


def _approved(command: MergeCustomer | UndoMerge, roles: Sequence[str]) -> None:
    if among(command.approver, behind(command.actor)):
        raise ApproverNotOtherError("A merge is approved by somebody else than the one who asks for it.")
    if roles and command.approver_role not in roles:
        given = f"{command.approver_role!r} is none of them" if command.approver_role else "give `approver_role`"
        raise ApproverNotOtherError(f"A merge is approved by {' or '.join(roles)}; {given}.")


def note(command: NoteMerge, state: State, context: Context) -> Sequence[Event]:
    """Take over what a duplicate holds, as it is now."""
    other = known(context.seen.get(streams.customer(command.of)), f"customer {command.of}", "register it first")
    mine = state.root.customer
    if other.record.merged_into != mine:
        return _released(command.of, state, context)
    circle, back = ring(mine, context.seen), list[Event]()
    if mine in circle and mine == min(circle):
        back = [MergeReversed(occurred_at=state.not_before(context.at), into=state.record.merged_into)]
    elif state.record.merged_into == command.of:
        return []  # The other one hears of it too, and stays.
    return [*back, *_taken(command.of, other, state, context)]


def _released(customer: str, state: State, context: Context) -> list[Event]:
    """What follows where a duplicate is none any more, or never came: it had been merged the other way round."""
    known_as = state.record.absorbed.get(customer)
    if known_as is None:
        return []
    at, why = state.not_before(context.at), f"{customer} stands for itself again"
    released = DuplicateReleased(
        occurred_at=at,
        customer=customer,
        reason=why,
        finished=tuple(known_as.held.running),
        ended=tuple(known_as.held.contracts),
    )
    theirs = {one.tickets for one in known_as.cases}
    back = [CaseDismissed(occurred_at=at, case=one.case, reason=why) for one in state.open_cases if one.tickets in theirs]
    return [released, *back]


def _taken(customer: str, other: State, state: State, context: Context) -> list[Event]:
    at, before = state.not_before(context.at), state.record.absorbed.get(customer)
    held, cases = held_by(other), _cases(other, state, before.taken if before else ())
    planned = other.next_contact_on or (other.record.merged.next_contact_on if before is None and other.record.merged else None)
    if before is not None and planned == before.held.next_contact_on:
        planned = None
    if planned is not None and state.next_contact_on is not None and state.next_contact_on <= planned:
        planned = None
    if before is not None:
        if held == before.held and not cases:
            return []
        told: Event = AbsorbedChanged(
            occurred_at=at,
            customer=customer,
            held=held,
            finished=tuple(one for one in before.held.running if one not in held.running),
            ended=tuple(one for one in before.held.contracts if one not in held.contracts),
            cases=cases,
            next_contact_on=planned,
        )
    else:
        merged = other.record.merged
        told = CustomerAbsorbed(
            occurred_at=at,
            customer=customer,
            name=other.name,
            reason=merged.reason if merged else "",
            approver=merged.approver if merged else "",
            held=held,
            cases=cases,
            next_contact_on=planned,
        )
    follows: list[Event] = []
    if before is None and customer in group(state.record.parent, context.seen):
        reason = f"{customer}, above it in the group, was merged into it"
        follows.append(ParentChanged(occurred_at=at, parent="", before=state.record.parent, reason=reason))
    if state.status == "potential" and held.signed:
        follows.append(CustomerActivated(occurred_at=at, project=held.signed[0]))
    return [told, *follows]


def _cases(other: State, state: State, taken: tuple[str, ...]) -> tuple[TakenCase, ...]:
    """The open improvement cases of a duplicate that nobody has taken over yet."""
    fresh = [case for case in other.open_cases if case.case not in taken]
    return tuple(
        TakenCase(
            case=case.case,
            taken_as=f"I{len(state.cases) + index}",
            product=case.product,
            category=case.category,
            tickets=case.tickets,
            who=case.who,
        )
        for index, case in enumerate(fresh, start=1)
    )


def held_by(state: State) -> Held:
    """Everything of a customer that counts for the one that stands for it; of what it stands for itself, too."""
    life, mine = state.life, state.root.customer
    return Held(
        status=state.status,
        running=dict(life.running),
        contracts={contract_of(mine, contract): ends_on for contract, ends_on in life.contracts.items()},
        signed=tuple(dict.fromkeys(state.signed)),
        lines=state.record.line_contracts(),
        project_ended_at=life.project_ended_at,
        contract_ended_on=life.contract_ended_on,
        used_at=life.used_at,
        contact_at=life.contact_at,
        answered_at=life.answered_at,
        lost_at=life.lost_at,
        next_contact_on=state.next_contact_on,
        recoveries=recovered(state) | {one.id: one.begun_at for one in state.recall.recoveries if one.cut_at is None},
    )


def recovered(state: Any) -> dict[str, datetime]:
    """The open recoveries of the duplicates that a customer stands for, and since when: they go on as they are, for it."""
    return {name: at for one in state.record.absorbed.values() for name, at in one.held.recoveries.items()}


def words(state: State) -> list[Tell]:
    """What a merged customer owes its survivor: word of the merge, then of whatever has happened since. The latest word holds
    for all before it."""
    mine, merged, count = state.root.customer, state.record.merged, state.record.words
    back = [_undone(mine, left) for left in state.record.left]
    if merged is None:
        return back
    named = f"merged-{mine}-{state.record.merges}-{count}"
    command = NoteMerge(
        customer=merged.into,
        of=mine,
        word=count,
        command_id=own_id(f"{named}-into-{merged.into}"),
        actor=SYSTEM,
        occurred_at=merged.occurred_at if count == 0 else None,
        correlation_id=merged.into,
    )
    text = "duplicate merged 重复客户合并" if count == 0 else "word of the merged customer 已合并客户的消息"
    return [*back, Tell(command=command, text=text)]


def words_to_plans(state: State) -> list[Tell]:
    """What a customer owes the plans about it: that another one stands for it now, or that it stands for itself again."""
    record = state.record
    turn, at = "", None
    if record.merged is not None:
        turn, at = f"merged-{record.merges}", record.merged.occurred_at
    elif record.left:
        turn, at = f"back-{len(record.left)}", record.left[-1].at
    return planned.words(state.plans, streams.customer(state.root.customer), turn, at)


def _undone(mine: str, left: Left) -> Tell:
    command = NoteMerge(
        customer=left.into,
        of=mine,
        command_id=own_id(f"merge-undone-{mine}-{left.number}-of-{left.into}"),
        actor=SYSTEM,
        occurred_at=left.at,
        correlation_id=left.into,
    )
    return Tell(command=command, text="merge taken back 合并撤回")
