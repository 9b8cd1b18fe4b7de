"""The chapter of a playbook on support 支持."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from domain.playbook.parts import Code, Percent, Positive, Role, Rule, find, wrong


class Target(Rule):
    """The clocks of a ticket priority, in working minutes of the service calendar."""

    code: Literal["P1", "P2", "P3", "P4"]
    respond: Positive
    resolve: Positive


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
    service_calendars: tuple[ServiceCalendar, ...] = ()
    default_calendar: Code
    close_after: Positive
    """Working days after the resolution, without a word from the customer, until a ticket closes by itself."""
    notice_days: Positive
    """Calendar days before the end of the service period by which notice must be given, when the contract names none."""
    renewal_windows: tuple[Positive, ...]
    """Calendar days before the notice date, descending."""
    owner: Role

    @model_validator(mode="after")
    def _complete(self) -> SupportRules:
        if [target.code for target in self.targets] != ["P1", "P2", "P3", "P4"]:
            raise wrong("must list P1, P2, P3 and P4, in this order", "targets")
        grades = {"high", "medium", "low"}
        if set(self.matrix) != grades or any(set(row) != grades for row in self.matrix.values()):
            raise wrong("needs high, medium and low for both impact and urgency", "matrix")
        if list(self.warn_at) != sorted(set(self.warn_at)) or any(percent >= 100 for percent in self.warn_at):
            raise wrong("must ascend and stay below 100", "warn_at")
        if list(self.renewal_windows) != sorted(set(self.renewal_windows), reverse=True):
            raise wrong("must descend, each once", "renewal_windows")
        return self

    def target(self, priority: str) -> Target:
        """The clocks of a priority."""
        return find(self.targets, priority)

    def calendar_of(self, value_class: str) -> str:
        """The name of the service calendar of a value class."""
        return next((row.calendar for row in self.service_calendars if row.value_class == value_class), self.default_calendar)
