"""Approvals 审批: asked for by themselves, answered by the role, its deputy or the role above; clocks in working hours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from domain.decider import Context
from domain.funnel.commands import GiveApproval, RefuseApproval, RequestApproval
from domain.funnel.gate_events import (
    ApprovalEscalated,
    ApprovalGiven,
    ApprovalLapsed,
    ApprovalOverdue,
    ApprovalRefused,
    ApprovalRequested,
)
from domain.funnel.records import Approving
from domain.funnel.refusals import (
    ApprovalNotNeededError,
    ApprovalUnknownError,
    ApproverRoleError,
    NothingChangedSinceRefusalError,
    SelfApprovalError,
)
from domain.funnel.state import State
from domain.messages import SYSTEM, Command, Event
from domain.origin import listed
from domain.people import among, behind
from domain.playbook import Approval, Playbook
from domain.standing import Clock, Unmet

Why = Literal["evidence_withdrawn", "newer_quote", "stage_left", "deal_shelved", "deal_ended"]


def open_ones(state: State) -> list[Approving]:
    """The approvals that somebody must answer."""
    return [one for one in state.approvals if one.outcome == "open"]


def of_gate(state: State, stage: str = "") -> Approving | None:
    """The latest approval that was asked for at the gate of a stage, the current one if none is named.

    What was given or is open counts in its own stay only; a refusal is not undone by leaving the stage and coming back."""
    asked = [one for one in state.approvals if one.subject == "gate" and one.stage == (stage or state.stage)]
    latest = asked[-1] if asked else None
    return latest if latest is not None and (latest.entry == state.entry or latest.outcome == "refused") else None


def of_gate_is_given(state: State) -> bool:
    """Whether the current gate is approved, in this stay."""
    latest = of_gate(state)
    return latest is not None and latest.outcome == "given"


def is_refused(state: State, stage: str) -> bool:
    """Whether the gate of a stage was refused, and nobody has asked anew since."""
    latest = of_gate(state, stage)
    return latest is not None and latest.outcome == "refused"


def waits_for(state: State) -> str:
    """The role that must answer the open approval of the current gate; empty when none is open."""
    latest = of_gate(state)
    return latest.answerable_by[-1] if latest is not None and latest.outcome == "open" else ""


def request_gate(state: State, rules: Playbook, command: Command, context: Context) -> Sequence[Event]:
    """Ask for the approval of the current gate, unless that is open, or was refused: then somebody must ask anew."""
    asked, latest = rules.funnel.stage(state.stage).approval, of_gate(state)
    if asked is None or (latest is not None and latest.outcome in ("open", "refused")):
        return []
    return [requested(state, asked, "gate", "", _askers(state, command), context.at)]


def _askers(state: State, command: Command) -> tuple[str, ...]:
    """Who asks for a gate. Where the system does, because an enablement has come, everybody who has worked on the gate does."""
    if command.actor != SYSTEM:
        return behind(command.actor)
    brought = (piece.given_by for piece in state.pieces if not piece.withdrawn and piece.given_by)
    return tuple(dict.fromkeys((*state.every_owner, *brought)))


def requested(
    state: State, asked: Approval, subject: Literal["gate", "price"], quote: str, askers: tuple[str, ...], at: datetime
) -> ApprovalRequested:
    """The fact that an approval is asked for."""
    return ApprovalRequested(
        occurred_at=state.not_before(at),
        approval=f"A{len(state.approvals) + 1}",
        subject=subject,
        stage=state.stage,
        entry=state.entry,
        quote=quote,
        role=asked.role,
        within=asked.within,
        deputy=asked.deputy or "",
        deputy_within=asked.deputy_within or 0,
        escalate_to=asked.escalate_to or "",
        asked_by=askers,
    )


def too_early(state: State, missing: Sequence[Unmet]) -> Sequence[Event]:
    """An approval is asked for when the evidence is in, not before."""
    raise ApprovalNotNeededError(
        f"The gate of {state.stage} still lacks {listed(one.code for one in missing)}; its approval is asked for after that.",
        missing,
    )


def ask_again(command: RequestApproval, state: State, context: Context) -> Sequence[Event]:
    """Answer a request for an approval."""
    rules = context.rules(state)
    asked, latest = rules.funnel.stage(state.stage).approval, of_gate(state)
    if asked is None:
        raise ApprovalNotNeededError(f"The gate of {state.stage} asks for no approval; bring its evidence.")
    if latest is not None and latest.outcome in ("open", "given"):
        raise ApprovalNotNeededError(f"The approval {latest.id} of {state.stage} is asked for already; wait for its answer.")
    if latest is not None and latest.outcome == "refused" and not latest.changed:
        raise NothingChangedSinceRefusalError(
            f"The approval {latest.id} of {state.stage} was refused and nothing has changed since:"
            " record or withdraw evidence first, then ask again."
        )
    return [requested(state, asked, "gate", "", behind(command.actor), context.at)]


def answer(command: GiveApproval | RefuseApproval, state: State, context: Context) -> tuple[Approving, Event]:
    """The approval that is answered, and the fact of the answer."""
    approving = _the_open_one(command.approval, state)
    actor, at = command.actor, state.not_before(context.at)
    if actor.role not in approving.answerable_by:
        raise ApproverRoleError(
            f"The approval {approving.id} is answered by {' or '.join(approving.answerable_by)},"
            f" not by {actor.role or 'somebody without a role'}."
        )
    not_for_oneself(behind(actor), (*approving.asked_by, *state.every_owner))
    if isinstance(command, GiveApproval):
        given = ApprovalGiven(occurred_at=at, approval=approving.id, by=actor.id, role=actor.role, note=command.note)
        return approving, given
    refused = ApprovalRefused(occurred_at=at, approval=approving.id, by=actor.id, role=actor.role, reason=command.reason)
    return approving, refused


def not_for_oneself(approvers: Iterable[str], askers: Iterable[str]) -> None:
    """Raises `SelfApprovalError` when one of the approvers is one of the askers."""
    taken = list(askers)
    if any(among(one, taken) for one in approvers):
        raise SelfApprovalError(
            "It is approved by somebody else than the one who asks and any owner of the deal, now or before."
        )


def in_role(role: str, allowed: Sequence[str], what: str) -> None:
    """Raises `ApproverRoleError` unless the playbook lets that role approve; any role may where it lists none."""
    if allowed and role not in allowed:
        given = f"{role!r} is none of them" if role else "say whose role the approver has (`approver_role`)"
        raise ApproverRoleError(f"{what} is approved by {' or '.join(allowed)}; {given}.")


def _the_open_one(name: str | None, state: State) -> Approving:
    candidates = open_ones(state)
    chosen = [one for one in candidates if name in (None, one.id)]
    if len(chosen) != 1:
        open_now = listed(one.id for one in candidates) or "none"
        asked = f"The approval {name} is not open" if name else "Say which approval (`approval`)"
        raise ApprovalUnknownError(f"{asked}; open are: {open_now}.")
    return chosen[0]


def lapse(state: State, at: datetime, why: Why, subject: Literal["gate", "price", ""] = "") -> list[Event]:
    """The facts that end the open approvals: those of a subject, or all."""
    ending = [one for one in open_ones(state) if subject in ("", one.subject)]
    return [ApprovalLapsed(occurred_at=at, approval=one.id, reason=why) for one in ending]


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The deadline of each open approval: the role's, then the deputy's."""
    for one in open_ones(state):
        at = due_at(one, playbook)
        if at is None:
            continue
        if one.overdue_at is None:
            late = ApprovalOverdue(occurred_at=at, approval=one.id, who=one.role, passes_to=one.deputy)
            yield Clock(f"approval-{one.id}-overdue", at, "time to approve 审批时限", late)
        else:
            up = ApprovalEscalated(occurred_at=at, approval=one.id, to=one.escalate_to)
            yield Clock(f"approval-{one.id}-escalated", at, "deputy's time to approve 代理审批时限", up)


def due_at(one: Approving, playbook: Playbook) -> datetime | None:
    """Until when it must be answered before it goes to the next; None when it has gone as far as it goes."""
    if one.overdue_at is None:
        return playbook.calendar.add_working_time(one.requested_at, timedelta(hours=one.within))
    if one.escalated_at is None and one.escalate_to:
        return playbook.calendar.add_working_time(one.overdue_at, timedelta(hours=one.deputy_within))
    return None
