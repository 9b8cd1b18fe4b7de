"""Small incident logs in the shapes of other people's desks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from intake.incidents import Log, Ticket, read_log
from intake.incidents_mapping import shipped

NOW = datetime(2026, 5, 4, 2, 30, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")

HEADER = (
    "number,incident_state,reopen_count,sys_mod_count,made_sla,opened_at,sys_updated_at,category,subcategory,impact,urgency,"
    "assignment_group,assigned_to,closed_code,resolved_at,closed_at"
)


def row(
    number: str,
    state: str,
    at: str,
    change: int,
    *,
    opened: str = "29-02-2016 09:00",
    made: str = "TRUE",
    reopened: int = 0,
    impact: str = "2 - Medium",
    urgency: str = "2 - Medium",
    group: str = "Group 70",
    to: str = "?",
    resolved: str = "?",
    closed: str = "?",
) -> str:
    """A row of a ServiceNow log."""
    start = f"{number},{state},{reopened},{change},{made},{opened},{at},Category 5,Subcategory 7,{impact},{urgency}"
    return f"{start},{group},{to},code 6,{resolved},{closed}"


PLAIN = (
    row("INC1", "New", "29-02-2016 09:05", 0),
    row("INC1", "Active", "29-02-2016 09:30", 1, to="Resolver 31"),
    row("INC1", "Active", "29-02-2016 10:00", 2, group="Group 24", to="Resolver 31"),
    row("INC1", "Active", "29-02-2016 10:10", 3, group="Group 24", to="Resolver 31"),
    row("INC1", "Awaiting User Info", "29-02-2016 11:00", 4, group="Group 24", to="Resolver 31"),
    row("INC1", "Active", "07-03-2016 11:00", 5, group="Group 24", to="Resolver 31"),
    row("INC1", "Resolved", "07-03-2016 12:00", 6, group="Group 24", to="Resolver 31"),
    row("INC1", "Closed", "12-03-2016 13:00", 7, made="FALSE", group="Group 24", to="Resolver 31"),
)
"""A ticket that waited a week for its customer: in time for us, late for the source."""
REOPENED = (
    row("INC2", "Active", "01-03-2016 09:00", 0, opened="01-03-2016 09:00", to="Resolver 9"),
    row("INC2", "Resolved", "01-03-2016 10:00", 1, opened="01-03-2016 09:00", to="Resolver 9"),
    row("INC2", "Active", "01-03-2016 11:00", 2, opened="01-03-2016 09:00", reopened=1, to="Resolver 9"),
    row("INC2", "Awaiting Vendor", "01-03-2016 12:00", 3, opened="01-03-2016 09:00", reopened=1, to="Resolver 9"),
    row("INC2", "Resolved", "01-03-2016 13:00", 4, opened="01-03-2016 09:00", reopened=1, to="Resolver 9"),
    row("INC2", "Closed", "06-03-2016 13:00", 5, opened="01-03-2016 09:00", reopened=1, to="Resolver 9"),
)
OPEN = (row("INC3", "Active", "02-03-2016 09:10", 0, opened="02-03-2016 09:00", impact="1 - High", urgency="1 - High"),)

VINST_HEADER = (
    "SR Number;Change Date+Time;Status;Sub Status;Involved ST Function Div;Involved Org line 3;Involved ST;SR Latest Impact;"
    "Product;Country;Owner Country;Owner First Name"
)
VINST = (
    "1-364285768;2012-03-31T15:59:42+02:00;Accepted;In Progress;A2_4;Org line A2;V30;Medium;PROD582;se;SE;Anne Claire",
    "1-364285768;2012-03-31T16:45:48+02:00;Queued;Awaiting Assignment;A2_5;Org line A2;V5 3rd;Medium;PROD582;se;SE;Frederic",
    "1-364285768;2012-04-06T15:44:07+02:00;Accepted;In Progress;A2_5;Org line A2;V5 3rd;Medium;PROD582;se;SE;Anne Claire",
    "1-364285768;2012-04-06T15:50:00+02:00;Accepted;Wait - User;A2_5;Org line A2;V5 3rd;Medium;PROD582;se;SE;Anne Claire",
    "1-364285768;2012-04-06T16:00:00+02:00;Completed;Resolved;A2_5;Org line A2;V5 3rd;Medium;PROD582;se;SE;Anne Claire",
    "1-364285768;2012-04-09T16:00:00+02:00;Completed;Closed;A2_5;Org line A2;V5 3rd;Medium;PROD582;se;SE;Siebel",
    "1-5;2012-04-09T16:00:00+02:00;Completed;In Call;A2_5;Org line A2;N52 2nd;Major;PROD1;se;SE;Anne Claire",
)


def write_log(folder: Path, rows: Iterable[str], header: str = HEADER) -> Path:
    """A file of these rows."""
    file = folder / "log.csv"
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return file


def read(file: Path, limit: int | None = None) -> Log:
    """A log as it is read in Shanghai."""
    return read_log(file, shipped(), SHANGHAI, NOW, limit)


def log_of(folder: Path, *rows: str, header: str = HEADER) -> Log:
    """A log of these rows."""
    return read(write_log(folder, rows, header))


def only(log: Log) -> Ticket:
    """The one ticket of a log."""
    [ticket] = log.tickets
    return ticket
