"""Who may do what in an implementation: the roles of the playbook, and that nobody checks their own work."""

from __future__ import annotations

from collections.abc import Sequence

from domain.implementation.refusals import RoleNotAllowedError
from domain.messages import Actor
from domain.origin import listed
from domain.people import among, behind, person

__all__ = ["allowed", "among", "behind", "person"]


def allowed(actor: Actor, roles: Sequence[str], what: str) -> None:
    """Raises `RoleNotAllowedError` when the playbook names roles for it, and the actor's is none of them."""
    if roles and actor.role not in roles:
        raise RoleNotAllowedError(f"{what} is for {listed(roles)}, not for {actor.role or 'somebody without a role'}.")
