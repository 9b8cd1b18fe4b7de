"""Whose work it is and under which rules: recorded once when an aggregate is opened, and the same for all kinds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.calendars import CalendarRule
from domain.cancelling import PartUnwound
from domain.messages import Frozen
from domain.moving import PlaybookMoved
from domain.owning import Holder
from domain.playbook import PlaybookRef
from domain.refusals import DateInPastError, DateTooFarError, NotFoundError


class Origin(Frozen):
    """Customer, project, owner and playbook of a piece of work, as they were when it was opened."""

    customer: str
    project: str = ""
    value_class: str = ""
    owner: str = ""
    owner_unit: str = ""
    playbook: PlaybookRef
    held: bool = False
    """True when it was opened with its clocks held, to bring its past along."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooted:
    """The part of a state that every aggregate has."""

    origin: Origin | None = None
    held: bool = False
    as_of: datetime | None = None
    """The latest business moment that a fact of this aggregate has."""
    unwound: PartUnwound | None = None
    """That this part ended with its cancelled project, and what was undone in it."""
    moved: PlaybookMoved | None = None
    """The last move to another playbook version."""
    moves: int = 0
    owners: tuple[Holder, ...] = ()
    """Who has owned it after the first owner, the oldest first."""

    @property
    def exists(self) -> bool:
        """False until the opening event."""
        return self.origin is not None

    @property
    def playbook(self) -> PlaybookRef | None:
        """The playbook version that this lives under: the one that it was opened under, until it is moved."""
        return self.origin.playbook if self.origin else None

    @property
    def owner_unit(self) -> str:
        """The unit that it was opened by, whose calendar it goes by whoever owns it now; empty before the opening event."""
        return self.origin.owner_unit if self.origin else ""

    @property
    def owner_now(self) -> str:
        """Staff id of the present owner."""
        return self.owners[-1].owner if self.owners else self.root.owner

    @property
    def unit_now(self) -> str:
        """The unit of the present owner."""
        return self.owners[-1].owner_unit if self.owners else self.root.owner_unit

    @property
    def every_owner(self) -> tuple[str, ...]:
        """Everybody who owns it or has owned it, the first one first."""
        return tuple(dict.fromkeys((self.root.owner, *(one.owner for one in self.owners))))

    @property
    def root(self) -> Origin:
        """The origin of something that exists."""
        assert self.origin is not None
        return self.origin

    def fields_of_origin(self) -> dict[str, Any]:
        """What a view tells about whose work it is."""
        root = self.root
        return {
            "customer": root.customer,
            "project": root.project,
            "value_class": root.value_class,
            "owner_unit": self.unit_now,
        }

    def not_before(self, moment: datetime) -> datetime:
        """`moment`, but never before what is known already: a consequence does not precede its causes."""
        return max(moment, self.as_of) if self.as_of else moment


def known(seen: Any, what: str, advice: str) -> Any:
    """The state that a decision looked at; raises `NotFoundError` when there is no such thing."""
    if seen is None or not seen.exists:
        raise NotFoundError(f"There is no {what}: {advice}.")
    return seen


def day_of(moment: datetime, calendar: CalendarRule) -> date:
    """The date of a moment where the calendar's people are."""
    return moment.astimezone(ZoneInfo(calendar.time_zone)).date()


def morning_of(day: date, calendar: CalendarRule) -> datetime:
    """The first moment of a date where the calendar's people are."""
    return datetime.combine(day, time.min, ZoneInfo(calendar.time_zone))


def not_past(day: date, at: datetime, calendar: CalendarRule, what: str) -> None:
    """Raises `DateInPastError` for a date to come that is over at `at`, where the calendar's people are."""
    if day < (today := day_of(at, calendar)):
        raise DateInPastError(f"The {what} ({day}) lies before {today}; give a date to come.")


def not_beyond(day: date, at: datetime, days: int | None, calendar: CalendarRule, what: str) -> None:
    """Raises `DateTooFarError` for a date more than `days` calendar days after `at`, when it is decided; None allows any."""
    if days is not None and day > (latest := day_of(at, calendar) + timedelta(days=days)):
        raise DateTooFarError(
            f"The {what} ({day}) lies further ahead than {days} days allow: give {latest} or an earlier date."
        )


def listed(codes: Iterable[str]) -> str:
    """Codes as people read them in a sentence."""
    return ", ".join(codes)
