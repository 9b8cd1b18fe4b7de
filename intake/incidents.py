"""Another desk's incident log: every row an update of a ticket, read by a mapping, sorted out by ticket and time."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from domain.messages import EARLIEST, ID_PATTERN
from domain.ticket.terms import Grade, Line
from intake.checks import Problem, Problems
from intake.incidents_mapping import Column, Mapping, Status, choose
from intake.tables import Line as TableLine
from intake.tables import Table, read_any_table

VERDICTS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
CLOSING = ("closed", "solved_and_closed")


@dataclass(frozen=True, slots=True)
class Update:
    """A row that can be used: what a ticket was said to be at a moment."""

    line: int
    ticket: str
    at: datetime
    status: Status
    sequence: int | None
    opened_at: datetime | None
    impact: Grade | None
    urgency: Grade | None
    group: str
    desk: Line
    """The line that has it."""
    person: str
    category: str
    subcategory: str
    product: str
    closed_code: str
    reopened: int | None
    """How often it had been reopened, if the log says so."""
    verdict: bool | None
    """Whether the source says that its target is met."""


@dataclass(frozen=True, slots=True)
class LeftRow:
    """A row that is not taken: its line, its ticket and status as written, and why."""

    line: int
    ticket: str
    status: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket's usable rows in the order of their times."""

    id: str
    updates: tuple[Update, ...]

    @property
    def opened_at(self) -> datetime:
        """When it was opened: as its first row says, or when that was written."""
        first = self.updates[0]
        return min(first.opened_at or first.at, first.at)

    @property
    def verdict(self) -> bool | None:
        """The source's last word on whether its target was met."""
        return next((one.verdict for one in reversed(self.updates) if one.verdict is not None), None)


@dataclass
class Log:
    """All of a log."""

    file: Path
    mapping: Mapping
    table: Table
    time_zone: str
    """What moments without an offset are read in."""
    tickets: list[Ticket] = field(default_factory=list)
    not_taken: list[LeftRow] = field(default_factory=list)
    repeated: dict[int, int] = field(default_factory=dict)
    """Rows that say word for word what an earlier line said, and that line."""
    naive: bool = False
    """True when a moment had no offset."""
    lines: list[int] = field(default_factory=list)
    """The line of every row."""


def read_log(path: Path, mappings: Sequence[Mapping], zone: tzinfo, now: datetime, limit: int | None = None) -> Log:
    """The log in a file; with `limit`, only the rows of its first so many tickets.

    Raises `ExportError` for a file that is missing, is no table, or has a header that no mapping fits."""
    table = read_any_table(path)
    mapping = choose(table.header, mappings, path)
    log = Log(path, mapping, table, str(zone))
    reader = _Reader(log, zone, now)
    lines = _first_tickets(table.lines, reader.columns["ticket"], limit)
    log.lines = [line.number for line in lines]
    updates: dict[str, list[Update]] = defaultdict(list)
    for line in _unrepeated(lines, log):
        if (found := reader.update(line)) is not None:
            updates[found.ticket].append(found)
    for ticket, rows in updates.items():
        if kept := _in_order(rows, log):
            log.tickets.append(Ticket(ticket, tuple(kept)))
    return log


def _first_tickets(lines: Sequence[TableLine], column: str, limit: int | None) -> Sequence[TableLine]:
    if limit is None:
        return lines
    named = set(list(dict.fromkeys(line[column] for line in lines))[:limit])
    return [line for line in lines if line[column] in named]


def _unrepeated(lines: Iterable[TableLine], log: Log) -> Iterable[TableLine]:
    seen: dict[tuple[str, ...], int] = {}
    for line in lines:
        first = seen.setdefault(tuple(line.fields.values()), line.number)
        if first == line.number:
            yield line
        else:
            log.repeated[line.number] = first


class _Reader:
    def __init__(self, log: Log, zone: tzinfo, now: datetime) -> None:
        self._log, self._mapping, self._zone, self._now = log, log.mapping, zone, now
        self.columns = log.mapping.found_in(log.table.header)
        self._missing = {"", *log.mapping.missing}

    def update(self, line: TableLine) -> Update | None:
        """The update in a row, or None after noting why there is none."""
        problems = Problems(line)
        ticket = self._text(line, "ticket")
        if not ticket:
            problems.add("the row names no ticket")
        elif not re.fullmatch(ID_PATTERN, ticket):
            problems.add(f"{self.columns['ticket']} must be up to 64 letters, digits, `.`, `_` or `-`", ticket)
        at, status = self._moment(line, "at", problems, needed=True), self._status(line, problems)
        opened_at = self._moment(line, "opened_at", problems)
        resolved_at = self._moment(line, "resolved_at", problems)
        closed_at = self._moment(line, "closed_at", problems)
        if opened_at and resolved_at and resolved_at < opened_at:
            problems.add("it was resolved before it was opened", f"{resolved_at} before {opened_at}")
        if opened_at and closed_at and closed_at < opened_at:
            problems.add("it was closed before it was opened", f"{closed_at} before {opened_at}")
        if at and opened_at and at < opened_at and not problems:
            problems.add("the update lies before the ticket's opening", f"{at} before {opened_at}")
        if problems or at is None or status is None:
            self._log.not_taken.append(LeftRow(line.number, ticket, self._text(line, "status"), tuple(problems.found)))
            return None
        group, where = self._text(line, "group"), self._text(line, "line") or self._text(line, "group")
        return Update(
            line=line.number,
            ticket=ticket,
            at=at,
            status=status,
            sequence=self._number(line, "sequence"),
            opened_at=opened_at,
            impact=self._mapping.grade(self._text(line, "impact")),
            urgency=self._urgency(line),
            group=group,
            desk=self._mapping.line(where),
            person=self._text(line, "person"),
            category=self._text(line, "category"),
            subcategory=self._text(line, "subcategory"),
            product=self._text(line, "product"),
            closed_code=self._text(line, "closed_code"),
            reopened=self._number(line, "reopened"),
            verdict=VERDICTS.get(self._text(line, "verdict").casefold()),
        )

    def _text(self, line: TableLine, column: Column) -> str:
        written = line[self.columns[column]] if column in self.columns else ""
        return "" if written in self._missing else written

    def _number(self, line: TableLine, column: Column) -> int | None:
        written = self._text(line, column)
        return int(written) if re.fullmatch(r"\d{1,9}", written, re.ASCII) else None

    def _urgency(self, line: TableLine) -> Grade | None:
        if written := self._text(line, "urgency"):
            return self._mapping.grade(written)
        return self._mapping.grade(self._text(line, "impact"), self._mapping.urgency_by_impact)

    def _status(self, line: TableLine, problems: Problems) -> Status | None:
        written, sub = self._text(line, "status"), self._text(line, "sub_status")
        status = self._mapping.status(written, sub)
        if status is None:
            problems.add("its status is not known to the mapping", f"{written} / {sub}" if sub else written or "none")
        return status

    def _moment(self, line: TableLine, column: Column, problems: Problems, *, needed: bool = False) -> datetime | None:
        written = self._text(line, column)
        if not written and not needed:
            return None
        moment = next((found for way in self._mapping.dates if (found := _parsed(written, way)) is not None), None)
        name = self.columns[column]
        if moment is None:
            problems.add(f"{name} is not a moment written as {' or '.join(self._mapping.dates)}", written)
            return None
        if moment.tzinfo is None:
            self._log.naive = True
            moment = moment.replace(tzinfo=self._zone)
        if moment.year <= EARLIEST.year or moment.year > self._now.year + 1:
            problems.add(f"{name} lies before {EARLIEST.year + 1} or far ahead", written)
            return None
        moment = moment.astimezone(UTC)
        if moment > self._now:
            problems.add(f"{name} lies in the future", written)
        return moment


def _parsed(written: str, way: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written) if way == "iso" else datetime.strptime(written, way)  # noqa: DTZ007
    except ValueError:
        return None


def _in_order(rows: Sequence[Update], log: Log) -> list[Update]:
    """The rows by time; those whose number of changes contradicts their time are noted: as few of them as can be."""
    ordered = sorted(rows, key=lambda one: (one.at, one.sequence or 0, one.line))
    if any(one.sequence is None for one in ordered):
        return ordered
    kept = _longest_ascent([one.sequence or 0 for one in ordered])
    for place, one in enumerate(ordered):
        if place not in kept:
            column = log.mapping.found_in(log.table.header)["sequence"]
            problem = Problem(f"its time contradicts its {column}", f"change {one.sequence} at {one.at}")
            log.not_taken.append(LeftRow(one.line, one.ticket, one.status, (problem,)))
    return [one for place, one in enumerate(ordered) if place in kept]


def _longest_ascent(numbers: Sequence[int]) -> set[int]:
    """The places of a longest part of the numbers that ascends, each greater than the one before."""
    ends: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for place, number in enumerate(numbers):
        length = bisect_left(ends, number)
        before.append(places[length - 1] if length else -1)
        ends[length:] = [number, *ends[length + 1 :]] if length < len(ends) else [number]
        places[length:] = [place, *places[length + 1 :]] if length < len(places) else [place]
    kept: set[int] = set()
    place = places[-1] if places else -1
    while place >= 0:
        kept.add(place)
        place = before[place]
    return kept
