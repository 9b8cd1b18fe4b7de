"""Overrides 特批放行: past a gate without its evidence, on somebody's approval; after a day the evidence is owed again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from domain.decider import Context
from domain.funnel import approvals, enabled, gates
from domain.funnel.commands import OverrideGate
from domain.funnel.gate_events import GateOverridden, OverrideExpired
from domain.funnel.refusals import StageUnknownError
from domain.funnel.state import State, fold
from domain.messages import Event
from domain.origin import listed, morning_of, not_beyond, not_past
from domain.people import behind
from domain.playbook import Playbook
from domain.standing import Clock


def override(command: OverrideGate, state: State, context: Context) -> Sequence[Event]:
    """Answer an override: each gate up to `to` is passed, and what was missing there is on record."""
    rules = context.rules(state)
    ahead = [*gates.ahead_of(state, rules.funnel), "won"]
    if command.to not in ahead:
        raise StageUnknownError(
            f"An override from {state.stage} leads to one of {listed(ahead)}; {command.to!r} is none of them."
        )
    approvals.not_for_oneself([command.approver], (*behind(command.actor), *state.every_owner))
    approvals.in_role(command.approver_role, rules.funnel.override_by, "An override")
    at = state.not_before(context.at)
    not_past(command.expires_on, at, rules.calendar, "expiry of the override")
    # Counted from the decision: what is brought along from the past is excused from today on.
    not_beyond(command.expires_on, context.now, rules.funnel.override_within, rules.calendar, "expiry of the override")
    events: list[Event] = enabled.look(state, context)
    now = fold(events, state)
    while now.stage != command.to and not now.outcome:
        passed = _pass(command, now, context)
        events += passed
        now = fold(passed, now)
    return gates.follow(events, state, command, context)


def _pass(command: OverrideGate, state: State, context: Context) -> list[Event]:
    at = state.not_before(context.at)
    lacking = tuple(one.code for one in gates.unmet(state, context.rules(state)))
    passed: list[Event] = approvals.lapse(state, at, "stage_left", "gate")
    if lacking:
        overridden = GateOverridden(
            occurred_at=at,
            stage=state.stage,
            missing=lacking,
            reason=command.reason,
            approver=command.approver,
            expires_on=command.expires_on,
            number=len(state.overrides) + 1,
            asked_by=command.actor.id,
            approver_role=command.approver_role,
        )
        passed.append(overridden)
    return [*passed, gates.pass_gate(state, context, overridden=bool(lacking))]


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The end of each excuse. What is excused until a day may be brought all that day."""
    for one in state.overrides:
        if one.outcome != "open" or not (missing := gates.owed(state, one)):
            continue
        at = morning_of(one.expires_on + timedelta(days=1), playbook.calendar)
        who = _owner(one.gate, state, playbook)
        fact = OverrideExpired(occurred_at=at, number=one.number, gate=one.gate, missing=missing, who=who)
        name = f"override-{one.number}-{one.gate}-expired"
        yield Clock(name, at, f"override of {one.gate} expires 特批到期", fact, dated=True)


def _owner(gate: str, state: State, playbook: Playbook) -> str:
    """Who answers for a gate that was passed; who has the deal now, if a move has brought rules without that stage."""
    codes = [stage.code for stage in playbook.funnel.stages]
    return playbook.funnel.stage(gate if gate in codes else state.stage).owner
