"""Who may do what with a ticket."""

from __future__ import annotations

from domain.messages import SYSTEM, Actor
from domain.origin import listed
from domain.people import among, behind
from domain.playbook import SupportRules
from domain.playbook.tickets import TicketAct
from domain.ticket.refusals import OwnPriorityError, PriorityApproverError, TicketRoleError

IN_WORDS: dict[TicketAct, str] = {
    "take": "Taking a ticket up",
    "assign": "Giving a ticket to somebody",
    "own": "Naming a ticket's owner",
    "prioritise": "Changing a ticket's priority",
    "wait": "Stopping a ticket to wait, and going on with it",
    "resolve": "Resolving a ticket",
    "confirm": "Closing a ticket",
    "reopen": "Reopening a ticket",
    "cancel": "Cancelling a ticket",
    "link": "Linking tickets",
    "settle": "Settling the service of a ticket",
}


def allowed(act: TicketAct, actor: Actor, rules: SupportRules) -> None:
    """Raises `TicketRoleError` when the playbook names roles for it, and the actor's is none of them."""
    roles = rules.done_by.get(act, ())
    if roles and actor.role not in roles and actor != SYSTEM:
        who = actor.role or "somebody without a role"
        raise TicketRoleError(f"{IN_WORDS[act]} is for {listed(roles)}, not for {who}: ask one of them.")


def approves_priority(approver: str, role: str, actor: Actor, rules: SupportRules) -> None:
    """Raises a refusal when that person, in that role, cannot approve the priority that the actor asks for."""
    if rules.priority_by and role not in rules.priority_by:
        raise PriorityApproverError(
            f"A priority against the matrix is approved by {listed(rules.priority_by)}, not by {role}: ask one of them."
        )
    if among(approver, behind(actor)):
        raise OwnPriorityError("A priority is approved by somebody else than the one who asks for it: name another approver.")
