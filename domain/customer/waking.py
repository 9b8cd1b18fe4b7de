"""Winning a customer back: how its reactivations 唤醒 and the recoveries 丢单挽回 of its lost deals begin, and how it hears of
their end. A hold-out is drawn where a reactivation begins, whoever begins it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from domain import reactivating, recovering, streams
from domain.customer.events import ContactRecorded
from domain.customer.merging import recovered
from domain.customer.recall import remembered
from domain.customer.waking_refusals import (
    HeldOutError,
    NotAsleepError,
    NotReactivatedHereError,
    NotTheWakerError,
    ReactivationRunsError,
    TooSoonError,
    WakingApprovalError,
)
from domain.customer.waking_terms import WakingCommands
from domain.messages import SYSTEM, Event, own_id
from domain.origin import day_of, known, listed, morning_of
from domain.people import among, behind
from domain.playbook import Playbook
from domain.playbook.reactivation import ReactivationRules, ReactivationTrack
from domain.reactivating import (
    BeginReactivation,
    EndReactivation,
    HoldOutBroken,
    NoteAwake,
    NoteBusiness,
    NoteHoldOutBroken,
    NoteReactivation,
    ReactivationReported,
    ReactivationStarted,
    StartReactivation,
    Waking,
)
from domain.recovering import (
    BeginRecovery,
    EndRecovery,
    NoteKeptContact,
    NoteRecovery,
    Recovering,
    RecoveryReported,
    RecoveryStarted,
)
from domain.standing import Begin, Clock, Tell

if TYPE_CHECKING:
    from domain.customer.state import State
    from domain.decider import Context


def looks_at(command: WakingCommands) -> tuple[str, ...]:
    """Word of an end is checked where it is recorded."""
    match command:
        case NoteReactivation():
            return (streams.reactivation(command.reactivation),)
        case NoteRecovery() | NoteKeptContact():
            return (streams.recovery(command.recovery),)
        case StartReactivation():
            return ()


def decide(command: WakingCommands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command."""
    match command:
        case StartReactivation():
            return _start(command, state, context)
        case NoteReactivation():
            return _reactivated(command, state, context)
        case NoteRecovery():
            return _recovered(command, state, context)
        case NoteKeptContact():
            return _kept(command, state, context)


# Beginning


def begun_from(state: State) -> Literal["cooling", "dormant", ""]:
    """Where a customer stands that may be woken; empty for one that is awake, or none any more."""
    if state.status == "dormant":
        return "dormant"
    return "cooling" if state.cooling and state.status in ("potential", "active") else ""


def _start(command: StartReactivation, state: State, context: Context) -> Sequence[Event]:
    rules, at = context.rules(state).reactivation, context.at
    track = rules.track_of(state.value_class) if rules is not None else None
    if rules is None or track is None:
        raise NotReactivatedHereError(
            f"The playbook of customer {command.customer} reactivates no customers of its value class"
            f" ({state.value_class or 'none yet'}): move it to a version that does (MovePlaybook)."
        )
    if rules.started_by and command.actor.role not in rules.started_by:
        raise NotTheWakerError(
            f"A reactivation is begun by {listed(rules.started_by)}, not by {command.actor.role or 'somebody without a role'}."
        )
    stands = begun_from(state)
    if stands not in rules.starts_from:
        raise NotAsleepError(
            f"The customer {command.customer} is {'cooling' if stands else state.status}; a reactivation begins from:"
            f" {listed(rules.starts_from)}."
        )
    waking = state.recall.waking
    if waking is not None and waking.left_alone:
        return [_break(command, waking, state, rules, at)]
    _must_be_free(state, context)
    started = _started(
        state, rules, track, at, begun_from=stands, owner=command.owner or state.owner_now, reason=command.reason
    )
    started = _with_budget(started, command, state, rules, track)
    if started.held_out and command.approver is not None and command.approver_role in rules.hold_out_by:
        return [started, _break(command, remembered(started), state, rules, at)]
    return [started]


def _must_be_free(state: State, context: Context) -> None:
    waking = state.recall.waking
    if waking is None:
        return
    if waking.running:
        raise ReactivationRunsError(f"The reactivation {waking.id} runs: end it first (RecordAnswer, StopReactivation).")
    today = day_of(context.at, context.rules(state).calendar)
    if waking.awake_at is None and waking.try_again_on is not None and today < waking.try_again_on:
        raise TooSoonError(f"The customer was tried last by {waking.id}; it may be tried again from {waking.try_again_on} on.")


def _started(
    state: State,
    rules: ReactivationRules,
    track: ReactivationTrack,
    at: datetime,
    *,
    begun_from: str,
    owner: str,
    reason: str = "",
    attempt: int = 0,
) -> ReactivationStarted:
    customer, waking = state.root.customer, state.recall.waking
    number = waking.number + 1 if waking is not None else 1
    return ReactivationStarted(
        occurred_at=at,
        reactivation=reactivating.named(customer, number),
        number=number,
        by_itself=attempt > 0,
        attempt=attempt,
        begun_from=begun_from,
        owner=owner,
        budget=track.budget,
        reason=reason,
        held_out=rules.holds_out(customer, number, state.value_class),
        horizon=at + timedelta(days=track.horizon),
    )


def _with_budget(
    started: ReactivationStarted,
    command: StartReactivation,
    state: State,
    rules: ReactivationRules,
    track: ReactivationTrack,
) -> ReactivationStarted:
    """With the budget that was asked for; a greater one than the playbook's is approved by somebody else, in a role that
    may."""
    asked = command.budget
    if asked is None:
        return started
    if track.budget is not None and (asked.currency != track.budget.currency or asked.amount > track.budget.amount):
        _approved(command, state, rules.budget_by, f"a budget of more than {track.budget}", started.owner)
        return started.model_copy(update={"budget": asked, "approver": command.approver})
    return started.model_copy(update={"budget": asked})


def _break(command: StartReactivation, waking: Waking, state: State, rules: ReactivationRules, at: datetime) -> HoldOutBroken:
    if command.approver is None:
        raise HeldOutError(
            f"The customer {command.customer} is left alone until {waking.horizon:%Y-%m-%d}, so that the effect of"
            f" reactivations can be measured; name an approver ({listed(rules.hold_out_by)}) to break that."
        )
    _approved(command, state, rules.hold_out_by, "breaking a hold-out", waking.owner)
    return HoldOutBroken(
        occurred_at=at,
        reactivation=waking.id,
        approver=command.approver,
        role=command.approver_role,
        reason=command.reason,
    )


def _approved(command: StartReactivation, state: State, roles: Sequence[str], what: str, owner: str) -> None:
    """Raises `WakingApprovalError` unless somebody in one of the roles has approved it who neither asks for it nor runs it."""
    given = command.approver_role or "nobody"
    if command.approver is None or command.approver_role not in roles:
        raise WakingApprovalError(f"For {what} an approver is needed in the role {listed(roles)}, not {given}.")
    if among(command.approver, (*behind(command.actor), *state.every_owner, owner)):
        raise WakingApprovalError(f"For {what} the approver is somebody else than who asks for it, or owns the customer.")


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The reactivation that begins by itself: when the customer goes dormant, and again after each cool-down."""
    rules, recall = playbook.reactivation, state.recall
    if rules is None or state.status != "dormant" or recall.dormant_at is None:
        return
    track, waking = rules.track_of(state.value_class), recall.waking
    if track is None or not track.auto or (waking is not None and waking.running):
        return
    attempt = 1
    at = recall.dormant_at
    if waking is not None and waking.begun_at >= at:
        # One that a merge has cut off was no attempt: it is made again once the customer stands for itself.
        attempt = max(1, waking.attempt) if waking.cut_at is not None else waking.attempt + 1
        if waking.outcome in ("stopped", "answered"):
            return  # A person has ended it, or spoken with the customer; a person may begin another.
    if attempt > track.attempts:
        return
    if waking is not None and waking.awake_at is None and waking.try_again_on is not None:
        at = max(at, morning_of(waking.try_again_on, playbook.calendar))
    # By rules, a class or a past that came later it begins when they came: before, nobody could have taken a step.
    later = (state.moved.occurred_at if state.moved is not None else None, recall.judged_from)
    at = max(at, *(one for one in later if one is not None))
    fact = _started(state, rules, track, at, begun_from="dormant", owner=state.owner_now, attempt=attempt)
    yield Clock(f"reactivation-{fact.number}-begins", at, "reactivation begins 唤醒开始", fact, dated=True)


# Ending


def _reactivated(command: NoteReactivation, state: State, context: Context) -> Sequence[Event]:
    """Word of an end; what the answer of the customer means for its state follows from it."""
    waking = state.recall.waking
    if waking is None or waking.id != command.reactivation or waking.outcome is not None:
        return []
    other = known(context.seen.get(looks_at(command)[0]), f"reactivation {command.reactivation}", "check the id")
    if other.outcome is None:
        return []
    return [
        ReactivationReported(
            occurred_at=context.at,
            reactivation=command.reactivation,
            outcome=other.outcome,
            try_again_on=other.try_again_on,
        )
    ]


# Recoveries of lost deals


def after_a_loss(state: State, context: Context, project: str, after: Literal["lost", "cancelled"]) -> Sequence[Event]:
    """What begins after a lost deal or a cancelled project, if the playbook says so."""
    rules = context.rules(state).recovery
    if rules is None or after not in rules.after:
        return []
    # A reopened deal may be lost again, or its project be cancelled at last.
    number = state.lost.count(project) + state.cancelled.count(project) + 1
    recovery = recovering.named(project, number)
    brought = context.now - context.at > timedelta(hours=context.rules(state).notices.brought_within)
    known_at = context.now if brought else None
    return [RecoveryStarted(occurred_at=context.at, recovery=recovery, project=project, after=after, known_at=known_at)]


def _recovered(command: NoteRecovery, state: State, context: Context) -> Sequence[Event]:
    if not any(one.id == command.recovery for one in state.recall.recoveries):
        return []
    other = known(context.seen.get(looks_at(command)[0]), f"recovery {command.recovery}", "check the id")
    if other.outcome is None or other.root.customer != command.customer:
        return []
    return [
        RecoveryReported(
            occurred_at=context.at,
            recovery=command.recovery,
            outcome=other.outcome,
            next_contact_on=other.next_contact_on,
        )
    ]


def _kept(command: NoteKeptContact, state: State, context: Context) -> Sequence[Event]:
    """A contact that was kept in a recovery is a contact with the customer; the next one is the recovery's, or stays."""
    other = known(context.seen.get(looks_at(command)[0]), f"recovery {command.recovery}", "check the id")
    kept = next((one for one in other.kept if one.number == command.number), None)
    if kept is None or other.root.customer != command.customer:
        return []
    rules = context.rules(state).customers.ladder.contact
    today = day_of(context.at, context.rules(state).calendar)
    own = state.next_contact_on if state.next_contact_on is not None and state.next_contact_on > today else None
    return [
        ContactRecorded(
            occurred_at=kept.at,
            channel=kept.channel,
            summary=f"{command.recovery}: {kept.summary}",
            next_contact_on=min(filter(None, (own, other.next_planned)), default=None),
            answered=rules.answers(kept.channel, "out", None),
            effective=rules.counts(kept.channel, "out", None),
        )
    ]


# What is owed


def owes(state: State) -> Sequence[Begin | Tell]:
    """The beginning of the latest reactivation and of each open recovery, and what they must hear of the customer."""
    owed: list[Begin | Tell] = []
    if state.recall.waking is not None:
        owed += _to_the_reactivation(state.recall.waking, state.root.customer)
    for one in state.recall.recoveries:
        owed += _to_the_recovery(one, state.root.customer)
    if state.status == "invalid":
        owed += [_end_of(one, state.root.customer, state.since) for one in recovered(state)]
    return owed


def _end_of(recovery: str, customer: str, since: datetime | None) -> Tell:
    """To the recovery of a duplicate: the customer that it goes on for is none any more."""
    command = EndRecovery(
        recovery=recovery,
        customer=customer,
        command_id=own_id(f"end-recovery-{recovery}-with-{customer}"),
        actor=SYSTEM,
        occurred_at=since,
        correlation_id=recovering.project_of(recovery),
    )
    return Tell(command=command, text="nothing to recover 无需挽回")


def _to_the_reactivation(waking: Waking, customer: str) -> list[Begin | Tell]:
    def link(what: str, at: datetime | None) -> dict[str, Any]:
        named = own_id(f"{what}-{waking.id}")
        return {
            "reactivation": waking.id,
            "command_id": named,
            "actor": SYSTEM,
            "occurred_at": at,
            "correlation_id": customer,
        }

    owed: list[Begin | Tell] = [Begin(command=BeginReactivation(**link("reactivate", waking.begun_at)))]
    if waking.broken is not None:
        broken = NoteHoldOutBroken(**link("hold-out-broken", waking.broken.occurred_at))
        owed.append(Tell(command=broken, text="hold-out broken 取消对照"))
    if waking.awake_at is not None and waking.awake_how != "answered":
        owed.append(Tell(command=NoteAwake(**link("awake", waking.awake_at)), text="customer is awake 客户已恢复"))
    if waking.business_at is not None:
        owed.append(Tell(command=NoteBusiness(**link("business", waking.business_at)), text="new business 新业务"))
    if waking.cut_at is not None:
        owed.append(
            Tell(command=EndReactivation(**link("end-reactivation", waking.cut_at)), text="customer is none 客户不再有效")
        )
    return owed


def _to_the_recovery(one: Recovering, customer: str) -> list[Begin | Tell]:
    def link(what: str, at: datetime) -> dict[str, Any]:
        return {
            "recovery": one.id,
            "customer": customer,
            "command_id": own_id(f"{what}-{one.id}"),
            "actor": SYSTEM,
            "occurred_at": at,
            "correlation_id": one.project,
        }

    owed: list[Begin | Tell] = [Begin(command=BeginRecovery(**link("recover", one.begun_at)))]
    if one.cut_at is not None:
        owed.append(Tell(command=EndRecovery(**link("end-recovery", one.cut_at)), text="nothing to recover 无需挽回"))
    return owed
