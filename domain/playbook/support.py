"""The chapter of a playbook on support 支持."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.playbook.parts import Code, Percent, Place, Positive, Role, Rule, codes, no_twins, wrong
from domain.playbook.service import ServiceRules
from domain.playbook.tickets import RESOLUTIONS, Resolution, TicketAct
from domain.playbook.windows import Window


class Target(Rule):
    """The clocks of a ticket priority, in working minutes of the service calendar.

    A row may be for one value class, for one service level of the contract, or for both together. The row that says most
    holds: level and class, then level, then class, then neither."""

    code: Literal["P1", "P2", "P3", "P4"]
    respond: Positive
    resolve: Positive
    value_class: Code | None = None
    level: Code | None = None


class Rung(Rule):
    """A rung of the hierarchical escalation: who is told from so many percent of a target on."""

    percent: Percent
    role: Role


class ServiceCalendar(Rule):
    """The calendar that tickets of a value class run on."""

    value_class: Code
    calendar: Code


class SupportRules(Rule):
    """Support 支持: priorities and clocks, the contract and its renewal windows."""

    targets: tuple[Target, ...]
    matrix: dict[Literal["high", "medium", "low"], dict[Literal["high", "medium", "low"], Literal["P1", "P2", "P3", "P4"]]]
    """Priority by impact, then urgency."""
    warn_at: tuple[Percent, ...]
    """Percent of a target at which a warning is recorded, ascending, below 100."""
    escalate_at: Annotated[int, Field(gt=100, le=1000)] | None = None
    """Percent of a missed target at which the next above is called; None where nobody is."""
    hierarchy: tuple[Rung, ...] = ()
    """Who is told at which percentage, ascending; before the first rung, and without any, it is the owner."""
    windows: tuple[Window, ...] = ()
    """The days on which the class of a ticket is raised."""
    service_calendars: tuple[ServiceCalendar, ...] = ()
    default_calendar: Code
    close_after: Positive
    """Working days after the resolution, without a word from the customer, until a ticket closes by itself."""
    notice_days: Positive
    """Calendar days before the end of the service period by which notice must be given, when the contract names none."""
    renewal_windows: tuple[Positive, ...]
    """Calendar days before the notice date, descending."""
    owner: Role
    service: ServiceRules = ServiceRules()
    """What follows a go-live: early life, the contract's renewal, satisfaction, patterns."""
    resolutions: tuple[Resolution, ...] = RESOLUTIONS
    """The classes of a resolution; the first one is meant where none is named."""
    ping_pong: Positive = 3
    """Hops of a ticket between lines and groups at which somebody must put an end to it."""
    ping_pong_to: Role | None = None
    """The role that must: the lead; `owner` when left out."""
    settled_by: Role | None = None
    """The role that settles the service of a ticket without a valid service code; the owner of customers when left out."""
    priority_by: tuple[Role, ...] = ()
    """The roles that may approve a priority against the matrix; any other person's when empty."""
    done_by: dict[TicketAct, tuple[Role, ...]] = Field(default_factory=dict)
    """Who may do what with a ticket; anybody, what is not listed."""

    @model_validator(mode="after")
    def _complete(self) -> SupportRules:
        if [target.code for target in self.targets if not (target.value_class or target.level)] != ["P1", "P2", "P3", "P4"]:
            raise wrong("must list P1, P2, P3 and P4, in this order", "targets")
        rows = [f"{target.code} {target.value_class or ''} {target.level or ''}" for target in self.targets]
        no_twins("target", ((row, ("targets", index, "code")) for index, row in enumerate(rows)))
        rungs = [rung.percent for rung in self.hierarchy]
        if rungs != sorted(set(rungs)):
            raise wrong("must ascend by percent, each once", "hierarchy")
        no_twins("window", codes(self.windows, "windows"))
        grades = {"high", "medium", "low"}
        if set(self.matrix) != grades or any(set(row) != grades for row in self.matrix.values()):
            raise wrong("needs high, medium and low for both impact and urgency", "matrix")
        if list(self.warn_at) != sorted(set(self.warn_at)) or any(percent >= 100 for percent in self.warn_at):
            raise wrong("must ascend and stay below 100", "warn_at")
        if list(self.renewal_windows) != sorted(set(self.renewal_windows), reverse=True):
            raise wrong("must descend, each once", "renewal_windows")
        for index, window in enumerate(self.service.renewal):
            if window.days not in self.renewal_windows:
                raise wrong(f"{window.days} days are not among renewal_windows", "service", "renewal", index, "days")
        no_twins("resolution", codes(self.resolutions, "resolutions"))
        return self

    def target(self, priority: str, value_class: str = "", level: str = "") -> Target:
        """The clocks of a priority: the row that says most about this value class and service level.

        Raises KeyError for a priority that there is none of."""
        asked = (level or None, value_class or None)
        for wanted in dict.fromkeys([asked, (asked[0], None), (None, asked[1]), (None, None)]):
            for row in self.targets:
                if row.code == priority and (row.level, row.value_class) == wanted:
                    return row
        raise KeyError(priority)

    def told_at(self, percent: int) -> str:
        """The role that is told when so many percent of a target are used up."""
        return next((rung.role for rung in reversed(self.hierarchy) if rung.percent <= percent), self.owner)

    def calendar_of(self, value_class: str) -> str:
        """The name of the service calendar of a value class."""
        return next((row.calendar for row in self.service_calendars if row.value_class == value_class), self.default_calendar)

    def roles_used(self) -> Iterator[tuple[str, Place]]:
        """Every role that this chapter names, with its place."""
        yield self.owner, ("owner",)
        for index, rung in enumerate(self.hierarchy):
            yield rung.role, ("hierarchy", index, "role")
        yield from self.service.roles_used("service")
        for field, role in (("ping_pong_to", self.ping_pong_to), ("settled_by", self.settled_by)):
            if role is not None:
                yield role, (field,)
        yield from ((role, ("priority_by", index)) for index, role in enumerate(self.priority_by))
        for act, roles in self.done_by.items():
            yield from ((role, ("done_by", act, index)) for index, role in enumerate(roles))

    def value_classes_used(self) -> Iterator[tuple[str, Place]]:
        """Every value class that this chapter names, with its place."""
        for index, row in enumerate(self.service_calendars):
            yield row.value_class, ("service_calendars", index, "value_class")
        for index, target in enumerate(self.targets):
            if target.value_class:
                yield target.value_class, ("targets", index, "value_class")
