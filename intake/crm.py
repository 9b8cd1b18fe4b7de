"""A CRM's export of its sales pipeline, read and checked row by row.

Four files in one folder: `accounts.csv`, `products.csv`, `sales_teams.csv`, `sales_pipeline.csv`. A row is either an account or
an opportunity that can be taken, or it is named with every reason against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from intake.checks import Problem, Problems
from intake.tables import Line, read_table
from intake.wording import Spelling, slug

PROSPECTING, ENGAGING, WON, LOST = STAGES = ("Prospecting", "Engaging", "Won", "Lost")
OPEN = (PROSPECTING, ENGAGING)

ACCOUNTS, PRODUCTS, TEAMS, PIPELINE = "accounts.csv", "products.csv", "sales_teams.csv", "sales_pipeline.csv"

ACCOUNT_COLUMNS = ("account", "sector", "revenue", "office_location")
PRODUCT_COLUMNS = ("product", "sales_price")
TEAM_COLUMNS = ("sales_agent", "regional_office")
PIPELINE_COLUMNS = (
    *("opportunity_id", "sales_agent", "product", "account"),
    *("deal_stage", "engage_date", "close_date", "close_value"),
)

NO_ACCOUNT = "no account, and a project needs a customer: fill in `account` and import again; only these rows are taken then"


@dataclass(frozen=True, slots=True)
class Account:
    """A customer to be."""

    id: str
    name: str
    sector: str
    location: str
    revenue: Decimal
    """In millions of US dollars."""


@dataclass(frozen=True, slots=True)
class Opportunity:
    """A row of the pipeline that can be taken."""

    line: int
    id: str
    stage: str
    account: Account
    product: str
    agent: str
    office: str
    amount: Decimal
    """In US dollars: the close value, or the list price of what is not won."""
    engaged_on: date | None
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A row that is not taken: its file, line, id and stage as written, and why."""

    file: str
    line: int
    id: str
    stage: str
    problems: tuple[Problem, ...]


@dataclass
class Export:
    """All of an export: what can be taken, what cannot, and what it adds up to, taken or not."""

    accounts: list[Account] = field(default_factory=list)
    opportunities: list[Opportunity] = field(default_factory=list)
    not_taken: list[NotTaken] = field(default_factory=list)
    spelling: Spelling = field(default_factory=Spelling)
    stages: Counter[str] = field(default_factory=Counter)
    """Rows of the pipeline by stage as written."""
    won_value: Decimal = Decimal(0)
    """US dollars of all rows whose stage is Won."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What a row of the pipeline may refer to."""

    accounts: Mapping[str, Account | None]
    """None for an account whose own row is not usable."""
    prices: Mapping[str, Decimal | None]
    offices: Mapping[str, str | None]


def read_export(directory: Path, today: date, limit: int | None = None) -> Export:
    """The export in a folder; with `limit`, only the first so many rows of the pipeline and the accounts that they name.

    `today` is the date where the business is: what lies after it has not happened. Raises `ExportError` for a file that is
    missing or is not such a table."""
    tables = [
        read_table(directory / ACCOUNTS, ACCOUNT_COLUMNS),
        read_table(directory / PRODUCTS, PRODUCT_COLUMNS),
        read_table(directory / TEAMS, TEAM_COLUMNS),
    ]
    pipeline = read_table(directory / PIPELINE, PIPELINE_COLUMNS)[:limit]
    export = Export()
    known = _Known(_accounts(tables[0], export), _prices(tables[1], export), _offices(tables[2], export))
    _read_pipeline(pipeline, known, today, export)
    named = {opportunity.account.id for opportunity in export.opportunities}
    accounts = [account for account in known.accounts.values() if account is not None]
    export.accounts = [account for account in accounts if limit is None or account.id in named]
    return export


def _accounts(lines: Sequence[Line], export: Export) -> dict[str, Account | None]:
    accounts: dict[str, Account | None] = {}
    ids: dict[str, str] = {}
    for line in lines:
        problems = Problems(line)
        name, revenue = line["account"], problems.amount("revenue")
        problems.required("account", "sector")
        if name in accounts:
            problems.add("the account stands in an earlier line already", name)
        elif name and slug(name) in ids:
            problems.add(f"its name gives the same id as {ids[slug(name)]}", slug(name))
        if not problems and revenue is not None:
            accounts[name] = Account(slug(name), name, line["sector"], line["office_location"], revenue)
        else:
            _leave(export, problems, ACCOUNTS, name)
            accounts.setdefault(name, None)
        ids.setdefault(slug(name), name)
    return accounts


def _prices(lines: Sequence[Line], export: Export) -> dict[str, Decimal | None]:
    prices: dict[str, Decimal | None] = {}
    for line in lines:
        problems = Problems(line)
        problems.required("product")
        prices[line["product"]] = problems.amount("sales_price")
        _leave(export, problems, PRODUCTS, line["product"])
    return prices


def _offices(lines: Sequence[Line], export: Export) -> dict[str, str | None]:
    offices: dict[str, str | None] = {}
    for line in lines:
        problems = Problems(line)
        problems.required("sales_agent", "regional_office")
        offices[line["sales_agent"]] = None if problems else line["regional_office"]
        _leave(export, problems, TEAMS, line["sales_agent"])
    return offices


def _read_pipeline(lines: Iterable[Line], known: _Known, today: date, export: Export) -> None:
    first_lines: dict[str, int] = {}
    for line in lines:
        problems = Problems(line)
        export.stages[line["deal_stage"] or "(none)"] += 1
        value = problems.amount("close_value", optional=True)
        if line["deal_stage"] == WON and value is not None:
            export.won_value += value
        if (first := first_lines.setdefault(line["opportunity_id"], line.number)) != line.number:
            problems.add("the opportunity stands in an earlier line already", f"line {first}")
        found = _opportunity(line, value, known, today, problems, export.spelling)
        if found is not None:
            export.opportunities.append(found)
        _leave(export, problems, PIPELINE, line["opportunity_id"], line["deal_stage"])


def _opportunity(
    line: Line, value: Decimal | None, known: _Known, today: date, problems: Problems, spelling: Spelling
) -> Opportunity | None:
    problems.identifier("opportunity_id")
    account = problems.find("account", known.accounts, ACCOUNTS, spelling) if line["account"] else None
    if not line["account"]:
        problems.add(NO_ACCOUNT)
    product = problems.find("product", known.prices, PRODUCTS, spelling)
    agent = problems.find("sales_agent", known.offices, TEAMS, spelling)
    stage = line["deal_stage"]
    if stage not in STAGES:
        problems.add(f"deal_stage is none of {', '.join(STAGES)}", stage)
    engaged_on, closed_on = _dates(stage, today, problems)
    if stage == WON and not line["close_value"]:
        problems.add("a won deal without its close_value")
    if problems or account is None or product is None or agent is None:
        return None
    return Opportunity(
        line=line.number,
        id=line["opportunity_id"],
        stage=stage,
        account=account[1],
        product=product[0],
        agent=agent[0],
        office=agent[1],
        amount=value if stage == WON and value is not None else product[1],
        engaged_on=engaged_on,
        closed_on=closed_on,
    )


def _dates(stage: str, today: date, problems: Problems) -> tuple[date | None, date | None]:
    engaged_on = problems.day("engage_date", today, optional=stage == PROSPECTING)
    closed_on = problems.day("close_date", today, optional=stage in OPEN)
    if closed_on and stage in OPEN:
        problems.add("an open deal with a close_date", f"{stage}, {closed_on}")
    if engaged_on and closed_on and closed_on < engaged_on:
        problems.add("close_date lies before engage_date", f"{closed_on} before {engaged_on}")
    return engaged_on, closed_on


def _leave(export: Export, problems: Problems, file: str, name: str, stage: str = "") -> None:
    if problems:
        export.not_taken.append(NotTaken(file, problems.line.number, name, stage, tuple(problems.found)))
