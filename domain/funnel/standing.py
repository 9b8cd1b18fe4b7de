"""Where the deal stands: its clocks, what others are owed, and what people see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain

from domain import promises
from domain.escalating import owed_to
from domain.funnel import approvals, gates, overrides, stalls
from domain.funnel.events import DealResumed, RevisitDue, StageOverdue
from domain.funnel.records import Approving
from domain.funnel.state import State
from domain.messages import Health
from domain.origin import morning_of
from domain.phases import deal_reopened, phase_completed
from domain.playbook import APPROVAL, ENABLEMENT, Playbook, Stage
from domain.standing import Begin, Clock, Proof, Tell, Unmet, View


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The stage's time box, the stall, approvals and overrides; on the shelf, only its date; once won, only the overrides."""
    if state.outcome == "won":
        yield from overrides.clocks(state, playbook)
        yield from approvals.clocks(state, playbook)
    if state.outcome:
        return
    owner = playbook.funnel.stage(state.stage).owner
    yield from promises.clocks(state.promises, playbook.calendar, owner)
    yield from overrides.clocks(state, playbook)
    if state.revisit_on:
        yield from _revisit(state, playbook, owner)
        return
    if not state.overdue:
        due = due_at(state, playbook)
        yield Clock(
            name=f"stage-{state.stage}-overdue-{state.entry}",
            at=due,
            text=f"time box of {state.stage} 阶段时限",
            fact=StageOverdue(occurred_at=due, stage=state.stage, entry=state.entry, who=owner),
        )
    yield from stalls.clocks(state, playbook)
    yield from approvals.clocks(state, playbook)
    yield from _asked_on_return(state, playbook)


def _asked_on_return(state: State, playbook: Playbook) -> Iterable[Clock]:
    """A deal that comes back from the shelf by itself asks for its gate's approval anew, if nothing else is missing there: what
    was asked before has lapsed with the shelf."""
    asked = playbook.funnel.stage(state.stage).approval
    if state.back_at is None or asked is None or approvals.of_gate(state) or gates.missing(state, playbook):
        return
    at = state.not_before(state.back_at)
    before = (one.asked_by for one in state.approvals if (one.subject, one.stage) == ("gate", state.stage))
    askers = dict.fromkeys([*state.every_owner, *chain.from_iterable(before)])
    fact = approvals.requested(state, asked, "gate", "", tuple(askers), at)
    name = f"approval-of-{state.stage}-{state.entry}-asked"
    yield Clock(name, at, "approval is asked for anew 重新提请审批", fact, dated=True)


def _revisit(state: State, playbook: Playbook, owner: str) -> Iterable[Clock]:
    assert state.revisit_on is not None
    due = state.not_before(morning_of(state.revisit_on, playbook.calendar))
    named = f"{state.revisit_on.isoformat()}-{state.entry}"
    if not state.revisit_due:
        fact = RevisitDue(occurred_at=due, revisit_on=state.revisit_on, who=owner)
        yield Clock(f"revisit-{named}", due, "revisit the deal 重启搁置商机", fact, dated=True)
    elif playbook.funnel.return_from_shelf:
        why = "its revisit date has come 已到重启日期"
        back = DealResumed(occurred_at=due, reason=why, stage=state.stage, usual=state.usual, by_itself=True)
        yield Clock(f"back-{named}", due, "the deal is back from the shelf 搁置商机恢复", back, dated=True)


def due_at(state: State, playbook: Playbook) -> datetime:
    """The end of the current stage's time box."""
    assert state.entered_at is not None
    return playbook.calendar.add_working_days(state.entered_at, playbook.funnel.stage(state.stage).time_box)


def owes(state: State) -> Sequence[Begin | Tell]:
    """A decided deal is the project's business, and so is one that was reopened; an escalation is begun and ended by it."""
    owed: list[Begin | Tell] = []
    if state.reopened:
        owed.append(deal_reopened(state.root.project, state.reopened, state.reopened_at))
    if state.outcome in ("won", "lost"):
        text = f"deal {state.outcome} 商机已决"
        owed.append(phase_completed(state.root.project, "funnel", state.decided_at, text, state.reopened + 1))
    if state.escalations:
        owed += owed_to(state.escalations, state.root.project, state.held, state.unwound)
    return owed


def proofs(state: State) -> Sequence[Proof]:
    """The evidence that holds for what is not passed yet: that of the gates ahead, and what is owed."""
    return [
        Proof(id=piece.id, what=piece.criterion, reference=piece.reference, given_by=piece.given_by)
        for piece in state.pieces
        if not piece.withdrawn
    ]


def view(state: State, playbook: Playbook) -> View:
    """Where the deal stands, what is missing, who must bring it and by when."""
    if state.outcome:
        return _decided(state, playbook)
    rules = playbook.funnel
    stage = rules.stage(state.stage)
    if state.revisit_on:
        return View(
            code="shelved",
            name=rules.shelved,
            phase="funnel",
            closed=False,
            waiting_for=stage.owner,
            due_at=morning_of(state.revisit_on, playbook.calendar),
            health="overdue" if state.revisit_due else "ok",
            needs_human=state.revisit_due,
            reason="the revisit date has come 已到重启日期" if state.revisit_due else "",
            overrides=state.overrides,
            **state.fields_of_origin(),
        )
    unmet = gates.unmet(state, playbook)
    waiting_for, due = _who_and_when(state, playbook, unmet)
    health, reason = _health(state, stage, playbook)
    return View(
        code=stage.code,
        name=stage.name,
        phase="funnel",
        closed=False,
        waiting_for=waiting_for,
        due_at=due,
        health=health,
        needs_human=bool(reason),
        reason=reason,
        missing=tuple(unmet),
        overrides=state.overrides,
        **state.fields_of_origin(),
    )


def _decided(state: State, playbook: Playbook) -> View:
    """A won deal is not closed while an override still excuses something that has not come."""
    rules = playbook.funnel
    names = {"won": rules.won, "lost": rules.lost, "cancelled": rules.cancelled}
    owing = state.outcome == "won" and not state.held and bool(gates.unsettled(state))
    again = gates.owed_again(state, playbook) if owing else []
    due = min((clock.at for clock in clocks(state, playbook)), default=None) if owing else None
    return View(
        code=state.outcome,
        name=names[state.outcome],
        phase="funnel",
        closed=not owing,
        waiting_for=again[0].who if again else "",
        due_at=due,
        health="overdue" if again else "ok",
        needs_human=bool(again),
        reason=EXPIRED if again else "",
        missing=tuple(item.unmet() for item in again),
        overrides=state.overrides,
        **state.fields_of_origin(),
    )


EXPIRED = "an override has expired and its evidence has not come 特批已到期，证据仍未补齐"


def _who_and_when(state: State, playbook: Playbook, unmet: Sequence[Unmet]) -> tuple[str, datetime | None]:
    """The role that must act next, and by when."""
    approving = _awaited(state, unmet)
    if approving is not None:
        return approving.answerable_by[-1], approvals.due_at(approving, playbook) or due_at(state, playbook)
    if [one.code for one in unmet if one.code != APPROVAL] == [ENABLEMENT] and unmet[0].who:
        return unmet[0].who, due_at(state, playbook)
    if state.escalated_to:
        return state.escalated_to, state.task_due or due_at(state, playbook)
    if state.task_due:
        return playbook.funnel.stage(state.stage).owner, state.task_due
    return playbook.funnel.stage(state.stage).owner, due_at(state, playbook)


def _awaited(state: State, unmet: Sequence[Unmet]) -> Approving | None:
    """The open approval that the gate waits for, when nothing else is missing."""
    open_ones = approvals.open_ones(state)
    if [one.code for one in unmet] == [APPROVAL]:
        return next((one for one in open_ones if one.subject == "gate"), None)
    if len(unmet) == 1:
        return next((one for one in open_ones if one.subject == "price"), None)
    return None


def _health(state: State, stage: Stage, playbook: Playbook) -> tuple[Health, str]:
    """How the deal is doing, and why a person is needed; empty when nobody is."""
    if state.escalated_to:
        return "blocked", f"stalled in {stage.code} and escalated 商机停滞，已升级"
    if state.stalled:
        return ("at-risk", "") if state.stirred else ("blocked", f"stalled in {stage.code} 商机停滞")
    if gates.owed_again(state, playbook):
        return "overdue", EXPIRED
    if any(one.overdue_at for one in approvals.open_ones(state)):
        return "overdue", f"an approval in {stage.code} is overdue 审批超时"
    if state.overdue:
        return "overdue", f"time box of {stage.code} has run out 阶段超时"
    refused = approvals.of_gate(state)
    if refused is not None and refused.outcome == "refused":
        return "at-risk", f"the approval of {stage.code} was refused 审批未通过"
    return "ok", ""
