"""What a plan is about, when that is no more: whoever answers for the plan revises or closes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.decider import Context
from domain.messages import Event, Name
from domain.origin import known
from domain.plan.events import PlanSubjectChanged
from domain.plan.reviewing import role_of
from domain.plan.state import State
from domain.planned import NoteSubject, Subject, about
from domain.refusals import NotFoundError

REASONS: dict[Subject, tuple[str, str]] = {
    "merged": ("its customer was merged into {to}", "客户已并入 {to}"),
    "lost": ("the deal of its project was lost", "项目商机已丢单"),
    "cancelled": ("its project was cancelled", "项目已取消"),
}


def note(command: NoteSubject, state: State, context: Context) -> Sequence[Event]:
    """How it stands there now; nothing where that is on record."""
    if not about(state) or command.source != about(state):
        raise NotFoundError(f"The plan {command.plan} is not about {command.source.replace('-', ' ', 1)}: check the id.")
    seen = known(context.seen.get(command.source), command.source.replace("-", " ", 1), "check the id")
    subject, to = _stands(state, seen)
    if (subject, to) == (state.subject, state.subject_to):
        return []
    at = state.not_before(context.at)
    return [PlanSubjectChanged(occurred_at=at, subject=subject, to=to, who=role_of(context.rules(state)))]


def _stands(state: State, seen: Any) -> tuple[Subject, str]:
    if state.kind == "customer":
        return ("merged", seen.record.merged_into) if seen.record.merged is not None else ("in_force", "")
    return ("cancelled" if seen.cancelled is not None else "lost" if seen.outcome == "lost" else "in_force"), ""


def reason(state: State) -> Name | None:
    """Why the plan must be revised or closed; None where nothing asks for it."""
    told = REASONS.get(state.subject) if state.subject_open else None
    if told is None:
        return None
    en, zh = (words.format(to=state.subject_to) for words in told)
    return Name(en=f"{en}: revise or close the plan", zh=f"{zh}，请修订或关闭规划")
