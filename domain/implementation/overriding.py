"""Going on past a milestone without what it lacks: by an approver, for a reason, until a date."""

from __future__ import annotations

from collections.abc import Sequence

from domain.decider import Context
from domain.implementation.commands import OverrideMilestone
from domain.implementation.events import MilestoneOverridden
from domain.implementation.gates import earlier_lacking, milestone_of
from domain.implementation.people import allowed, among, behind
from domain.implementation.refusals import (
    ApproverNotAllowedError,
    MilestoneNotReadyError,
    NothingToOverrideError,
    OwnApprovalError,
)
from domain.implementation.signing import all_lacking, effect, not_signed
from domain.implementation.state import State
from domain.messages import Event
from domain.origin import listed, not_beyond, not_past


def override(command: OverrideMilestone, state: State, context: Context) -> Sequence[Event]:
    """Pass a milestone. What it lacks is kept on record; no payment falls due before it is signed off."""
    playbook = context.rules(state)
    rules = playbook.implementation
    planned = milestone_of(command.milestone, command.unit, state, rules)
    milestone = rules.milestone(planned.of)
    allowed(command.actor, rules.signed_off_by, "Asking for an override of a milestone")
    not_signed(planned, milestone, state)
    if command.approver_role not in rules.override_by:
        raise ApproverNotAllowedError(
            f"An override is approved by {listed(rules.override_by) or 'nobody'}, not by {command.approver_role}."
        )
    if among(command.approver, behind(command.actor)):
        raise OwnApprovalError("An override is approved by somebody else than the one who asks for it.")
    if state.excused(planned.code):
        raise NothingToOverrideError(f"{planned.code} is passed by an override already; sign it off when all is in.")
    if ahead := earlier_lacking(planned, state, rules):
        codes = listed(item.code for item in ahead)
        raise MilestoneNotReadyError(f"{planned.code} comes after {codes}: an override excuses one milestone at a time.", ahead)
    lacking = all_lacking(planned, (), state, playbook, context)
    if not lacking:
        raise NothingToOverrideError(f"{planned.code} lacks nothing: sign it off (SignOffMilestone).")
    at = state.not_before(context.at)
    not_past(command.expires_on, at, playbook.calendar, "expiry of the override")
    not_beyond(command.expires_on, context.now, rules.override_within, playbook.calendar, "expiry of the override")
    passed = MilestoneOverridden(
        occurred_at=at,
        number=len(state.overrides) + 1,
        milestone=planned.code,
        missing=tuple(item.code for item in lacking),
        reason=command.reason,
        asked_by=command.actor.on_behalf_of or command.actor.id,
        approver=command.approver,
        approver_role=command.approver_role,
        expires_on=command.expires_on,
    )
    return [passed, *effect(planned, milestone, at, state)]
