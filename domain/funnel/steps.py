"""The other ways of a deal: a step back, a skip, the shelf and back, lost and reopened, cancelled."""

from __future__ import annotations

from collections.abc import Sequence

from domain import promises
from domain.cancelling import Unwind
from domain.decider import Context
from domain.funnel import approvals, enabled, evidence, gates
from domain.funnel.commands import LoseDeal, ReopenDeal, ResumeDeal, ReturnStage, ShelveDeal, SkipStage
from domain.funnel.events import (
    DealCancelled,
    DealLost,
    DealReopened,
    DealResumed,
    DealShelved,
    StageReturned,
    StageSkipped,
)
from domain.funnel.refusals import (
    DealNotLostError,
    DealNotShelvedError,
    ReturnGroundlessError,
    SkipNotAllowedError,
    StageUnknownError,
)
from domain.funnel.state import State, fold
from domain.messages import Event
from domain.origin import listed, not_past
from domain.people import behind


def go_back(command: ReturnStage, state: State, context: Context) -> Sequence[Event]:
    """Answer a step back: with the evidence that is withdrawn, so that the gate is shut again."""
    rules, at = context.rules(state), state.not_before(context.at)
    order = [stage.code for stage in rules.funnel.stages]
    behind = [code for code in order if code in state.passed]
    if command.to not in behind:
        raise StageUnknownError(
            f"A step back from {state.stage} leads to one of {listed(behind) or 'no stage'}; {command.to!r} is none of them."
        )
    again = tuple(code for code in behind if order.index(code) >= order.index(command.to))
    pieces = evidence.holding(state, command.withdraw)
    before = set(behind) - set(again)
    earlier = [piece.id for piece in pieces if gates.gate_of(piece.criterion, rules.funnel) in before]
    if earlier:
        raise StageUnknownError(f"The evidence {listed(earlier)} belongs to a stage before {command.to}; go back to that one.")
    events = approvals.lapse(state, at, "stage_left", "gate")
    if pieces:
        events += evidence.withdrawn(pieces, command.reason, fold(events, state), context)
    returned = StageReturned(
        occurred_at=at,
        left=state.stage,
        entered=command.to,
        reason=command.reason,
        again=again,
        withdrawn=tuple(piece.id for piece in pieces),
        dwell=gates.dwell(state, rules, context),
        usual=gates.usual(state, command.to, rules, context),
    )
    events.append(returned)
    if not gates.missing(fold(events, state), rules):
        raise ReturnGroundlessError(
            f"The gate of {command.to} would stand open again: name the evidence of it that does not hold (`withdraw`)."
        )
    return gates.follow(events, state, command, context)


def skip(command: SkipStage, state: State, context: Context) -> Sequence[Event]:
    """Answer a skip: only where the playbook lets a role do so."""
    rules, at = context.rules(state), state.not_before(context.at)
    allowed, ahead = rules.funnel.stage(state.stage).skippable_by, gates.ahead_of(state, rules.funnel)
    if allowed is None or command.actor.role != allowed or not ahead:
        who = f"only {allowed} skips it" if allowed and ahead else "nobody skips it"
        raise SkipNotAllowedError(
            f"{state.stage} is left by its evidence; {who} (an override is OverrideGate).", gates.unmet(state, rules)
        )
    looked = enabled.look_at_gate(state, context)
    state = fold(looked, state)
    enabled.not_without(state, rules)
    skipped = StageSkipped(
        occurred_at=state.not_before(at),
        left=state.stage,
        entered=ahead[0],
        reason=command.reason,
        dwell=gates.dwell(state, rules, context),
        usual=gates.usual(state, ahead[0], rules, context),
    )
    left = [*approvals.lapse(state, at, "stage_left", "gate"), skipped]
    return [*looked, *gates.follow(left, state, command, context)]


def lose(command: LoseDeal, state: State, context: Context) -> Sequence[Event]:
    """Answer a loss: the promises of the sale are released, the customer is kept."""
    rules, at = context.rules(state), state.not_before(context.at)
    if command.keep_contact_on:
        not_past(command.keep_contact_on, at, rules.calendar, "next contact")
    lost = DealLost(
        occurred_at=at,
        stage=state.stage,
        reason=command.reason,
        competitor=command.competitor,
        keep_contact_on=command.keep_contact_on,
        dwell=gates.dwell(state, rules, context),
    )
    ended = approvals.lapse(state, at, "deal_ended")
    return [*ended, lost, *promises.released(state.promises, at, "the deal was lost 丢单")]


def reopen(command: ReopenDeal, state: State, context: Context) -> Sequence[Event]:
    """Answer that a lost deal is reopened: with an approver who is not the one who asks."""
    if state.outcome != "lost":
        raise DealNotLostError(
            f"The deal of {command.project} is won: it is not reopened; cancel the project (CancelProject)."
            if state.outcome == "won"
            else f"The deal of {command.project} is not lost; there is nothing to reopen."
        )
    rules, at = context.rules(state), state.not_before(context.at)
    approvals.not_for_oneself([command.approver], (*behind(command.actor), *state.every_owner))
    approvals.in_role(command.approver_role, rules.funnel.reopen_by, "Reopening a deal")
    reopened = DealReopened(
        occurred_at=at,
        stage=state.stage,
        reason=command.reason,
        asked_by=command.actor.id,
        approver=command.approver,
        approver_role=command.approver_role,
        usual=gates.usual(state, state.stage, rules, context),
    )
    reinstated = promises.reinstated(state.promises, at, "the deal was reopened 商机重新打开")
    return gates.follow([reopened, *reinstated], state, command, context)


def shelve(command: ShelveDeal, state: State, context: Context) -> Sequence[Event]:
    """Answer that there is no decision for now."""
    rules, at = context.rules(state), state.not_before(context.at)
    not_past(command.revisit_on, at, rules.calendar, "revisit date")
    stayed = gates.dwell(state, rules, context)
    shelved = DealShelved(occurred_at=at, reason=command.reason, revisit_on=command.revisit_on, dwell=stayed)
    return [*approvals.lapse(state, at, "deal_shelved"), shelved]


def resume(command: ResumeDeal, state: State, context: Context) -> Sequence[Event]:
    """Answer that a shelved deal is taken up again."""
    if not state.revisit_on:
        raise DealNotShelvedError("The deal is not on the shelf; there is nothing to resume.")
    at, usual = state.not_before(context.at), gates.usual(state, state.stage, context.rules(state), context)
    resumed = DealResumed(occurred_at=at, reason=command.reason, stage=state.stage, usual=usual)
    return gates.follow([resumed], state, command, context)


def unwind(command: Unwind, state: State, context: Context) -> Sequence[Event]:
    """What ends an open deal when its project is cancelled; one that is decided needs no undoing here."""
    at = state.not_before(context.at)
    if state.outcome:  # A won deal's promises are with the handoff, unless that has not begun.
        return promises.released(state.promises, at, command.reason) if command.latest else []
    cancelled = DealCancelled(
        occurred_at=at,
        stage=state.stage,
        reason=command.reason,
        approver=command.approver,
        dwell=gates.dwell(state, context.rules(state), context),
    )
    ended = approvals.lapse(state, at, "deal_ended")
    return [*ended, cancelled, *promises.released(state.promises, at, command.reason)]
