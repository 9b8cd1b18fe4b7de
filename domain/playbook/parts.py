"""The parts that every chapter of a playbook is made of, and how a contradiction in it is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Annotated, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from domain.messages import Name
from domain.standing import Unmet

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$")]
Role = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Positive = Annotated[int, Field(gt=0, le=10_000)]
Percent = Annotated[int, Field(ge=0, le=1000)]

Phase = Literal["funnel", "handoff-delivery", "implementation", "handoff-support", "support"]
"""The phases of a project, in order."""


class Rule(BaseModel):
    """A part of a playbook: frozen, and refusing words that it does not know (a misspelt key is a wrong playbook)."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))


class PlaybookRef(BaseModel):
    """Which playbook, in which version and edition: `standard@2026.2`, from the second edition on `standard@2026.2+2`."""

    model_config = ConfigDict(frozen=True)

    name: str
    version: str
    edition: int = 1
    """The same version with later knowledge of the public holidays."""

    def __str__(self) -> str:
        return f"{self.name}@{self.version_and_edition}"

    @property
    def version_and_edition(self) -> str:
        """The version as it is kept and shown: `2026.2`, `2026.2+2`."""
        return self.version if self.edition == 1 else f"{self.version}+{self.edition}"

    @classmethod
    def parse(cls, text: str) -> PlaybookRef:
        """The reference that is written so. Raises ValueError for a text that is none."""
        name, at, version = text.partition("@")
        if not (name and at and version):
            raise ValueError(f"{text!r} is no playbook version; write it as name@version, such as standard@2026.1")
        edition = re.fullmatch(r"(.+)\+([2-9]|[1-9]\d+)", version, re.ASCII | re.DOTALL)
        return cls(name=name, version=edition[1], edition=int(edition[2])) if edition else cls(name=name, version=version)


class Item(Rule):
    """Something that must be brought: a piece of evidence, a checklist item, a deliverable."""

    code: Code
    name: Name
    who: Role
    """The role that brings it."""
    required: bool = True

    def unmet(self) -> Unmet:
        """This item as a missing one."""
        return Unmet(code=self.code, name=self.name, who=self.who)


Place = tuple[int | str, ...]
"""The way to a value inside a playbook: keys and list positions."""


class Coded(Protocol):
    """Anything in a playbook that has a code."""

    @property
    def code(self) -> str:
        """Its code."""


HasCode = TypeVar("HasCode", bound=Coded)


def find(things: Iterable[HasCode], code: str) -> HasCode:
    """The thing with that code; raises KeyError when none has it."""
    for thing in things:
        if thing.code == code:
            return thing
    raise KeyError(code)


def codes(things: Iterable[HasCode], *place: int | str) -> Iterator[tuple[str, Place]]:
    """The code of each thing in a list, with its place."""
    return ((thing.code, (*place, index, "code")) for index, thing in enumerate(things))


def who_brings(items: Iterable[Item], *place: int | str) -> Iterator[tuple[str, Place]]:
    """The role that brings each item of a list, with its place."""
    return ((item.who, (*place, index, "who")) for index, item in enumerate(items))


def no_twins(kind: str, codes: Iterable[tuple[str, Place]]) -> None:
    """Refuse a code that stands there twice."""
    seen: set[str] = set()
    for code, place in codes:
        if code in seen:
            raise wrong(f"the {kind} {code!r} is described twice", *place)
        seen.add(code)


def wrong(reason: str, *place: int | str) -> PydanticCustomError:
    """A contradiction. Pydantic puts such an error at the whole that was checked; `place` leads on from there to the part."""
    return PydanticCustomError("contradiction", "{reason}", {"reason": reason, "place": place})
