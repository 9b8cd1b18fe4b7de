"""Risks and open issues: each has an owner and a date, and is not forgotten when the date passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

from domain.decider import Context
from domain.implementation.plan import Concern
from domain.implementation.plan_commands import CloseRisk, RaiseIssue, RaiseRisk, ResolveIssue, RiskCommands
from domain.implementation.plan_events import IssueRaised, IssueResolved, RiskClosed, RiskRaised
from domain.implementation.plan_refusals import ConcernClosedError
from domain.implementation.state import State
from domain.messages import Event
from domain.origin import listed, not_past
from domain.refusals import AlreadyExistsError, NotFoundError


def concern(command: RiskCommands, state: State, context: Context) -> Sequence[Event]:
    """Answer a word about a risk or an issue."""
    at, by, calendar = state.not_before(context.at), command.actor.id, context.rules(state).calendar
    match command:
        case RaiseRisk():
            _new(command.risk, "risk", state.plan.risks)
            not_past(command.due_on, context.at, calendar, "date of the risk")
            shared = command.model_dump(include={"risk", "text", "owner", "due_on", "probability", "impact"})
            return [RiskRaised(occurred_at=at, by=by, **shared)]
        case CloseRisk():
            _open(command.risk, "risk", state.plan.risks)
            return [RiskClosed(occurred_at=at, risk=command.risk, how=command.how, by=by)]
        case RaiseIssue():
            _new(command.issue, "issue", state.plan.issues)
            not_past(command.due_on, context.at, calendar, "date of the issue")
            shared = command.model_dump(include={"issue", "text", "owner", "due_on", "severity"})
            return [IssueRaised(occurred_at=at, by=by, **shared)]
        case ResolveIssue():
            _open(command.issue, "issue", state.plan.issues)
            return [IssueResolved(occurred_at=at, issue=command.issue, how=command.how, by=by)]
        case _:
            assert_never(command)


def _new(name: str, kind: str, known: Mapping[str, Concern]) -> None:
    if name in known:
        raise AlreadyExistsError(f"There is a {kind} {name} already; take another id, or close that one first.")


def _open(name: str, kind: str, known: Mapping[str, Concern]) -> None:
    if name not in known:
        left = listed(one for one, told in known.items() if not told.closed)
        raise NotFoundError(f"There is no {kind} {name}" + (f"; open are {left}." if left else ": none is open."))
    if known[name].closed:
        raise ConcernClosedError(f"The {kind} {name} is closed already: {known[name].closed}.")
