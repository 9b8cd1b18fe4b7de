"""The shapes that every command and event shares: who acts, when, and in which words it is told."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    model_validator,
)

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"

Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
"""An id of ours: letters, digits, `.`, `_`, `-`; at most 64 characters, so that it is safe in stream names and URLs."""


LONG_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$"

LongId = Annotated[str, StringConstraints(pattern=LONG_ID_PATTERN)]
"""An id that has another one in it: `ticket.T9.1`, `C7.1`. Longer than other ids, so that each of those fits."""


def _visible(text: str) -> str:
    if not any(unicodedata.category(character)[0] in "LNPS" for character in text):
        raise ValueError("there is nothing to see in it")
    return text


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), AfterValidator(_visible)]
"""A sentence of a person, in any language; never empty."""

COMMAND_ID_PATTERN = r"^[\x21-\x7e]{1,200}$"

CommandId = Annotated[str, StringConstraints(pattern=COMMAND_ID_PATTERN)]
"""A caller's idempotency key: 1 to 200 printable ASCII characters without spaces."""

OWN_IDS = "throughline:"
"""How the ids of the system's own commands begin. No caller's may: under an id that is taken, a clock that has run out or a
word that is owed would pass for on record already, and never be recorded."""


def own_id(name: str) -> str:
    """The id of a command of the system's own, of a name that is derived from the business: `stage-F3-overdue-1`."""
    return f"{OWN_IDS}{name}"


EARLIEST, LATEST = date(1980, 1, 1), date(2200, 12, 31)
"""Outside of these a date is a slip of the pen, and calendars and timers would end before it does. A date written without its
dashes (`20260302`, `202603020900`) would be read as seconds or milliseconds since 1970, and so falls before the first."""

Day = Annotated[date, Field(ge=EARLIEST, le=LATEST)]
"""A calendar date in the time that calendars know."""

Moment = Annotated[
    AwareDatetime,
    Field(ge=datetime.combine(EARLIEST, datetime.min.time(), UTC), le=datetime.combine(LATEST, datetime.min.time(), UTC)),
]
"""A moment with its time zone, in the time that calendars know."""


class Frozen(BaseModel):
    """A value: never changed once made. Unknown fields are passed over, so that an older worker can read a newer payload;
    the doors (command line, API) forbid them when they parse."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class Name(Frozen):
    """What people call a thing, in English and Chinese."""

    en: Text
    zh: Text

    def __str__(self) -> str:
        return f"{self.en} {self.zh}"


class Money(Frozen):
    """An amount with its currency (ISO 4217). Exact: never a float. Never below zero: revenues, prices and fees."""

    amount: Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "CNY"

    def __str__(self) -> str:
        return f"{self.amount:,.2f} {self.currency}"


AT_THE_DOOR: Mapping[str, bool] = MappingProxyType({"asked": True})
"""The context of the validation of a command that somebody asks for now."""
MOST_ASKED = Decimal(10) ** 13
"""Ten trillion, in any currency: more in a command is a slip. Sums of hundredths times percent must fit into 64 bits."""


def _amounts(value: Any) -> Iterator[Money]:
    """Every amount within a value."""
    if isinstance(value, Money):
        yield value
    elif isinstance(value, Frozen):
        for part in value.__dict__.values():
            yield from _amounts(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from _amounts(part)


class ActorKind(StrEnum):
    """Who can act: a person, this system, or another program."""

    PERSON = "person"
    SYSTEM = "system"
    INTEGRATION = "integration"


class Actor(Frozen):
    """Who did it: the id is a staff or system id, never a personal name."""

    kind: ActorKind
    id: Id
    role: Annotated[str, StringConstraints(max_length=64)] = ""
    on_behalf_of: Annotated[str, StringConstraints(max_length=64)] = ""


SYSTEM = Actor(kind=ActorKind.SYSTEM, id="throughline", role="system")
"""The actor of everything that a timer or another workflow asks for."""


class Command(Frozen):
    """Somebody asks for something (imperative mood). Each subclass has `command: Literal["ItsName"]`."""

    command: str
    command_id: CommandId | None = None
    """Unique in its stream; the same id again answers what was recorded the first time."""
    occurred_at: Moment | None = None
    """When it happened in the business; now when left out. May lie in the past, not in the future."""
    actor: Actor
    correlation_id: CommandId | None = None
    causation_id: CommandId | None = None

    opens: ClassVar[bool] = False
    """True for a command that may be the first of its stream."""
    internal: ClassVar[bool] = False
    """True for what only timers and other workflows ask for; the doors refuse it."""
    after_cancelling: ClassVar[bool] = False
    """True for what may still be asked of a part whose project is cancelled: settling what was begun."""

    @model_validator(mode="after")
    def _of_this_world(self, info: ValidationInfo) -> Self:
        # Only at the door: what was taken before there was this bound is still decoded, and decided once more, as it was.
        if info.context is AT_THE_DOOR and not self.internal and any(one.amount > MOST_ASKED for one in _amounts(self)):
            raise ValueError(f"an amount of more than {MOST_ASKED:,} is a slip: look at its zeros")
        return self

    @property
    def stream(self) -> str:
        """The one stream that this command may write."""
        raise NotImplementedError

    @classmethod
    def command_name(cls) -> str:
        """The command's name as callers write it."""
        literal: Any = cls.model_fields["command"].annotation
        return str(getattr(literal, "__args__", ("",))[0])


class Event(Frozen):
    """Something happened (past tense). `type` is the stored name: a string of ours, never a class path."""

    type: ClassVar[str]
    schema_version: ClassVar[int] = 1

    occurred_at: AwareDatetime
    """When it happened in the business."""


Health = Literal["ok", "at-risk", "overdue", "blocked"]
"""How a piece of work is doing, as operators filter it."""
