"""How a unit is enabled, and which deals hear of it."""

from __future__ import annotations

from collections.abc import Sequence

from domain.decider import Context
from domain.enablement.commands import Commands, EnableUnit, WithdrawEnablement
from domain.enablement.events import EnablementExpired, EnablementWithdrawn, OpenDealsTold, UnitEnabled
from domain.enablement.refusals import EnablementRoleError, NotEnabledError, OwnEnablementError
from domain.enablement.state import State
from domain.messages import Event
from domain.origin import Origin, listed, not_past
from domain.people import among, behind
from domain.playbook import Playbook


def decide(command: Commands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command about the enablements of a unit."""
    newest = isinstance(command, EnableUnit) or not state.exists
    rules = context.playbooks.latest().for_unit(command.unit) if newest else context.rules(state)
    _in_role(command, rules)
    at = state.not_before(context.at)
    if isinstance(command, WithdrawEnablement):
        line = state.line(command.product_line)
        if line is None or line.status == "withdrawn":  # One that has expired is withdrawn so that nobody is asked to renew it.
            there = listed(one.product_line for one in state.lines if one.status != "withdrawn")
            raise NotEnabledError(
                f"The unit {command.unit} is not enabled for {command.product_line}; it is for: {there or 'none'}."
            )
        return [
            EnablementWithdrawn(
                occurred_at=at,
                number=line.number,
                product_line=line.product_line,
                reason=command.reason,
                by=command.actor.id,
                role=command.actor.role,
            )
        ]
    return [_enable(command, state, context, rules)]


def _enable(command: EnableUnit, state: State, context: Context, rules: Playbook) -> Event:
    if command.asked_by is not None and among(command.asked_by, behind(command.actor)):
        raise OwnEnablementError("A unit is enabled by somebody else than the one who asks for it.")
    if command.valid_until is not None:
        not_past(command.valid_until, context.at, rules.calendar, "end of the enablement")
    line = state.line(command.product_line)
    unit = command.unit
    owner = state.root.owner if state.exists else command.actor.id
    origin = Origin(customer="", owner=owner, owner_unit=unit, playbook=rules.ref)
    return UnitEnabled(
        occurred_at=state.not_before(context.at),
        origin=origin,
        product_line=command.product_line,
        number=state.enabled + 1,
        evidence=command.evidence,
        valid_until=command.valid_until,
        by=command.actor.id,
        role=command.actor.role,
        asked_by=command.asked_by or "",
        renewed=line is not None and line.status == "enabled",
    )


def _in_role(command: Commands, rules: Playbook) -> None:
    allowed = rules.enablement.enabled_by
    if allowed and command.actor.role not in allowed:
        raise EnablementRoleError(
            f"A unit is enabled, and that is taken back, by {' or '.join(allowed)},"
            f" not by {command.actor.role or 'somebody without a role'}."
        )


def follows(events: Sequence[Event], state: State, context: Context) -> Sequence[Event]:
    """The open deals that a change concerns, each product line once; a renewal changes nothing for them. Where no playbook asks
    for an enablement nobody waits for it, and nobody is told."""
    lines = dict.fromkeys(
        event.product_line
        for event in events
        if isinstance(event, EnablementExpired | EnablementWithdrawn) or (isinstance(event, UnitEnabled) and not event.renewed)
    )
    told: list[Event] = []
    for line in lines:
        deals = context.open_deals(state.root.owner_unit, line)
        if deals:
            at, number = state.not_before(context.at), state.words + len(told) + 1
            told.append(OpenDealsTold(occurred_at=at, product_line=line, number=number, deals=deals))
    return told
