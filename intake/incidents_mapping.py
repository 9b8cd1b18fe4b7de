"""How another desk's incident log is read: which column says what, and what its words mean here. Data, chosen by the header."""

from __future__ import annotations

import re
from collections.abc import Mapping as Of
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from domain.messages import Name
from domain.ticket.terms import Grade, Line
from intake.tables import ExportError

SHIPPED = Path(__file__).parent / "incident_logs"

# fmt: off
Status = Literal[
    "new", "queued", "active", "customer", "vendor", "problem", "evidence",
    "resolved", "closed", "solved_and_closed", "cancelled", "unchanged",
]
"""What a status of theirs is here: not taken up yet; waiting for a group to take it; worked on; waiting for somebody; …"""
Column = Literal[
    "ticket", "at", "status", "sub_status", "sequence", "opened_at", "resolved_at", "closed_at", "impact", "urgency",
    "group", "line", "person", "category", "subcategory", "product", "closed_code", "reopened", "verdict",
]
# fmt: on
NEEDED: tuple[Column, ...] = ("ticket", "at", "status")


class Mapping(BaseModel):
    """One kind of log. Column names, statuses and grades are compared without regard to case and outer spaces."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    code: str
    name: Name
    columns: dict[Column, tuple[str, ...]]
    """What each column may be called; the first name that the header has is used. Needed: ticket, at, status."""
    statuses: dict[str, Status]
    """Their status, or `status/sub status`."""
    dates: Annotated[tuple[str, ...], Field(min_length=1)] = ("iso",)
    """How moments are written: `iso`, or as for strptime; tried in this order."""
    missing: tuple[str, ...] = ("?",)
    """What stands for nothing, beside the empty field."""
    grades: dict[str, Grade] = {}
    """Their impact and urgency; a number before ` - ` is enough (`2 - Medium`)."""
    urgency_by_impact: dict[str, Grade] = {}
    """The urgency where the log has no urgency."""
    line_pattern: str = ""
    """What of the line's column, or else the group's, names the line; its first bracket is looked up in `lines`."""
    lines: dict[str, Line] = {}
    resolutions: dict[str, str] = {}
    """Their closing code as a class of the playbook's `support.resolutions`; the first class of it for any other."""
    people: Literal["codes", "names"] = "codes"
    """`names` when the log names persons: they are kept as a code that does not tell the name."""

    @field_validator("line_pattern")
    @classmethod
    def _a_pattern(cls, value: str) -> str:
        try:
            groups = re.compile(value).groups
        except re.error as error:
            raise ValueError(f"is not a regular expression: {error}") from None
        if value and groups < 1:
            raise ValueError("needs a bracket around what names the line")
        return value

    @field_validator("columns")
    @classmethod
    def _with_the_needed(cls, value: dict[Column, tuple[str, ...]]) -> dict[Column, tuple[str, ...]]:
        if absent := [column for column in NEEDED if not value.get(column)]:
            raise ValueError(f"must name {', '.join(absent)}")
        return value

    def found_in(self, header: Sequence[str]) -> dict[Column, str]:
        """Which column of a header says what."""
        there = {_plain(name): name for name in reversed(header)}
        return {
            column: next(there[_plain(name)] for name in names if _plain(name) in there)
            for column, names in self.columns.items()
            if any(_plain(name) in there for name in names)
        }

    def lacking(self, header: Sequence[str]) -> list[str]:
        """The needed columns that a header does not have, by the names that they may have."""
        found = self.found_in(header)
        return [" or ".join(self.columns[column]) for column in NEEDED if column not in found]

    @cached_property
    def _statuses(self) -> dict[str, Status]:
        return {_plain(name): status for name, status in self.statuses.items()}

    def status(self, status: str, sub_status: str = "") -> Status | None:
        """What a status means, with its sub-status if that is known; None for an unknown one."""
        if not sub_status and _plain(status) not in self._statuses:
            status, _, sub_status = re.sub(r"\s*[-+/|:]\s*", "/", status, count=1).partition("/")  # both in one column
        both = self._statuses.get(f"{_plain(status)}/{_plain(sub_status)}") if sub_status else None
        if both is None and sub_status and any(name.startswith(f"{_plain(status)}/") for name in self._statuses):
            return None  # a sub-status of a status that is told apart by it, and that nobody has told the meaning of
        return both or self._statuses.get(_plain(status))

    def grade(self, written: str, of: Of[str, Grade] | None = None) -> Grade | None:
        """What an impact or an urgency means; None for an unknown one."""
        known = {_plain(name): grade for name, grade in (self.grades if of is None else of).items()}
        return known.get(_plain(written)) or known.get(_plain(written.partition(" - ")[0]))

    def line(self, written: str) -> Line:
        """The line that a text names; the first where it names none."""
        found = re.search(self.line_pattern, written) if self.line_pattern else None
        known = {_plain(name): line for name, line in self.lines.items()}
        return known.get(_plain(found[1]), "first") if found and found[1] else "first"


def _plain(word: str) -> str:
    return re.sub(r"\s+", " ", word).strip().casefold()


def read_mapping(path: Path) -> Mapping:
    """A mapping from a YAML or JSON file. Raises `ExportError` when it is none."""
    try:
        written = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ExportError(f"{path} cannot be read ({error.strerror}): name the file of a mapping.") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise ExportError(f"{path} is neither YAML nor JSON in UTF-8: see {SHIPPED / 'servicenow.yaml'} for one.") from None
    try:
        return Mapping.model_validate(written)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise ExportError(
            f"{path} is no mapping: {where}: {first['msg']}; see {SHIPPED / 'servicenow.yaml'} for one."
        ) from None


def shipped() -> list[Mapping]:
    """The mappings that come with this program."""
    return [read_mapping(path) for path in sorted(SHIPPED.glob("*.yaml"))]


def choose(header: Sequence[str], mappings: Sequence[Mapping], path: Path) -> Mapping:
    """The mapping that a header fits, and of several the one that finds most columns.

    Raises `ExportError` that says which columns are missing."""
    fitting = [one for one in mappings if not one.lacking(header)]
    if fitting:
        return max(fitting, key=lambda one: len(one.found_in(header)))
    wanted = "; ".join(f"as {one.name.en} it lacks {', '.join(one.lacking(header))}" for one in mappings)
    raise ExportError(
        f"{path} has no header that is known: {wanted}. Describe its columns in a file and name it: --mapping FILE."
    )
