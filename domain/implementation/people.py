"""Who may do what in an implementation: the roles of the playbook, and that nobody checks their own work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from unicodedata import normalize

from domain.implementation.refusals import RoleNotAllowedError
from domain.messages import Actor
from domain.origin import listed


def allowed(actor: Actor, roles: Sequence[str], what: str) -> None:
    """Raises `RoleNotAllowedError` when the playbook names roles for it, and the actor's is none of them."""
    if roles and actor.role not in roles:
        raise RoleNotAllowedError(f"{what} is for {listed(roles)}, not for {actor.role or 'somebody without a role'}.")


def behind(actor: Actor) -> tuple[str, ...]:
    """The ids of the one who acts, and of the one on whose behalf."""
    return tuple(one for one in (actor.id, actor.on_behalf_of) if one)


def person(name: str) -> str:
    """A person as they are told apart: not by capitals, blanks or the width of letters."""
    return " ".join(normalize("NFKC", name).casefold().split())


def among(name: str, people: Iterable[str]) -> bool:
    """True when that person is one of these."""
    return person(name) in {person(one) for one in people}
