"""Who somebody is: told apart as people are, not as texts, so that nobody answers for themselves under another spelling."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import normalize

from domain.messages import Actor


def behind(actor: Actor) -> tuple[str, ...]:
    """The ids of the one who acts, and of the one on whose behalf."""
    return tuple(one for one in (actor.id, actor.on_behalf_of) if one)


def person(name: str) -> str:
    """A person as they are told apart: not by capitals, blanks or the width of letters."""
    return " ".join(normalize("NFKC", name).casefold().split())


def among(name: str, people: Iterable[str]) -> bool:
    """True when that person is one of these."""
    return person(name) in {person(one) for one in people if one}
