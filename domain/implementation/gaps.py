"""Gaps of the blueprint 蓝图差距: a requirement that the product does not meet is taken up to the product division."""

from __future__ import annotations

from collections.abc import Sequence

from domain import streams
from domain.decider import Context
from domain.escalating import NoteGapAnswer, named
from domain.implementation.commands import RaiseGap
from domain.implementation.events import GapAnswered, GapRaised
from domain.implementation.refusals import GapsClosedError
from domain.implementation.state import State
from domain.messages import Event
from domain.origin import known, listed
from domain.playbook import EscalationSubject, Playbook
from domain.refusals import AlreadyExistsError, NotFoundError


def raise_gap(command: RaiseGap, state: State, context: Context) -> Sequence[Event]:
    """Begin the escalation of a gap, as long as the blueprint is not signed."""
    rules = context.rules(state)
    about, step = rules.escalation.of("implementation"), rules.escalation.begins_at("implementation")
    if about is None or step is None:
        raise GapsClosedError(
            "This playbook takes no gap of the blueprint to the product division; raise an issue (RaiseIssue)."
        )
    if signed := _blueprint_signed(about, state):
        raise GapsClosedError(f"{signed} is signed off: what the blueprint lacks now is a change order (RequestChange).")
    if any(one.about == command.gap for one in state.escalations):
        raise AlreadyExistsError(f"There is a gap {command.gap} already; take another id.")
    if command.issue is not None and command.issue not in state.plan.open_issues:
        there = listed(state.plan.open_issues) or "none"
        raise NotFoundError(f"There is no open issue {command.issue}; open are: {there}.")
    return [
        GapRaised(
            occurred_at=state.not_before(context.at),
            gap=command.gap,
            requirement=command.requirement,
            text=command.text,
            issue=command.issue or "",
            escalation=named("implementation", command.project, len(state.escalations) + 1),
            step=step.code,
            line=step.line,
            by=command.actor.id,
        )
    ]


def _blueprint_signed(about: EscalationSubject, state: State) -> str:
    """The milestone of the blueprint, once it is signed off; without that milestone gaps are raised at any time."""
    return about.until if about.until is not None and about.until in state.signed else ""


def looks_at(command: NoteGapAnswer) -> tuple[str, ...]:
    """The word of an escalation is checked against what is recorded there."""
    return (streams.escalation(command.escalation),)


def note(command: NoteGapAnswer, state: State, context: Context) -> Sequence[Event]:
    """Take the product division's answer to a gap; what the plan makes of it is a person's decision."""
    mine = next((one for one in state.escalations if one.id == command.escalation), None)
    told = known(context.seen.get(streams.escalation(command.escalation)), f"escalation {command.escalation}", "check the id")
    if mine is None or mine.outcome is not None or told.outcome is None:
        return []
    at = state.not_before(context.at)
    return [GapAnswered(occurred_at=at, gap=mine.about, escalation=mine.id, outcome=told.outcome)]


def answering(playbook: Playbook) -> str:
    """The role that answers a gap."""
    return playbook.escalation.steps[-1].who if playbook.escalation.steps else ""
