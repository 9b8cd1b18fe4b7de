"""`customers`: the list of customers, whose next step on the ladder comes first."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from rich.text import Text

from commandline.paging import no_place, tell_next
from commandline.seam import DONE
from commandline.showing import brief, console, local, put_json, table
from domain.messages import Money
from history.customers import Asked, CustomerCount, CustomerList, CustomerListed, Sort, customers, named
from runtime.composition import now, open_core
from runtime.logging import set_up_logging
from runtime.settings import load_settings

NEXT = "Next step 下一步"
COLUMNS = ("Customer\n客户", "Who 名称", "Stands 状态", NEXT, "Open deals\n商机", "Who acts 责任方")
STYLES = {"active": "green", "potential": "cyan", "dormant": "yellow", "invalid": "dim", "cooling": "yellow"}
"""How a state looks on a terminal."""
MILLION = 1_000_000
SOON = 30
"""Days within which the next step stands out."""


def list_customers(asked: Asked, sort: Sort, limit: int, after: str | None, as_program: bool) -> int:
    """List the customers that fit what is `asked`; returns the exit code. Raises `FailedError` for an unknown `after`."""
    settings = load_settings()
    set_up_logging("error")

    async def read() -> tuple[CustomerList, str]:
        async with open_core(settings) as core:
            playbooks = await core.playbooks()
            found = await customers(core.store, playbooks, asked, limit, now(), sort, after)
            return found, playbooks.latest().calendar.time_zone

    try:
        found, zone = asyncio.run(read())
    except LookupError:
        raise no_place(after) from None
    if as_program:
        put_json(found.model_dump(mode="json"))
    else:
        _show_list(found, zone)
    return DONE


def _show_list(found: CustomerList, zone: str) -> None:
    out = console()
    if not found.customers:
        out.print("No customer is like that 没有符合条件的客户.")
        return
    out.print(table(COLUMNS, [_row(one, found, zone) for one in found.customers]))
    out.print(Text.assemble((f"{found.count} customers 客户", "bold"), ": ", _counted(found.counts)))
    tell_next(out, len(found.customers), found.count, found.next)


def _row(one: CustomerListed, found: CustomerList, zone: str) -> tuple[str | Text, ...]:
    about = Text(one.name, "dim" if one.merged_into else "")
    about.append("\n" + ", ".join(filter(None, (one.industry, one.region))), "dim not bold")
    return (
        f"{one.customer}\n{one.value_class or '–'}",
        about,
        stands(one, zone),
        _next(one, found, zone),
        _deals(one),
        _acts(one),
    )


def stands(one: CustomerListed, zone: str) -> Text:
    """Where a customer stands, in colour, with what keeps it awake."""
    told = Text(str(one.status_name), STYLES.get(one.status, ""))
    if one.step_name:
        told.append(f", {one.step_name}", STYLES.get(one.step, ""))
    if one.since:
        told.append(f"\nsince 自 {local(one.since, zone)[:10]}", "dim not bold")
    awake = [
        f"running 在建 {one.running}" if one.running else "",
        f"contracts 合同 {one.contracts_valid}" if one.contracts_valid else "",
    ]
    if any(awake):
        told.append("\n" + ", ".join(filter(None, awake)), "dim not bold")
    return told


def _next(one: CustomerListed, found: CustomerList, zone: str) -> Text:
    told = Text()
    if one.merged_into:
        return told.append(f"went into 并入 {one.merged_into}", "dim")
    if one.next_step_at and one.next_step_name:
        days = (one.next_step_at - found.as_of).days
        told.append(f"{one.next_step_name}\n{local(one.next_step_at, zone)[:10]}", "yellow" if days < SOON else "")
        told.append(f" ({days} d)" if days >= 0 else " (due 已到)")
    if one.next_contact_at:
        late = one.next_contact_at < found.as_of
        told.append(
            ("\n" if told else "") + f"contact 联系 {local(one.next_contact_at, zone)[:10]}", "bold red" if late else ""
        )
    return told or Text("–")


def _deals(one: CustomerListed) -> str:
    return "\n".join((str(one.deals_open), *map(short, one.amounts_open))) if one.deals_open else "–"


def _acts(one: CustomerListed) -> Text:
    told = Text(one.owner)
    if one.needs_human:
        name = brief(one.who_name) if one.who_name else one.who
        told.append(f"\n{name}" if name else "")
        told.append(f"\n{one.reason}", "bold yellow")
    return told


def short(amount: Money) -> str:
    """An amount in millions where it has them: `1.20 M CNY`."""
    if amount.amount >= MILLION:
        return f"{amount.amount / MILLION:,.2f} M {amount.currency}"
    return f"{amount.amount:,.0f} {amount.currency}"


def _counted(counts: Iterable[CustomerCount]) -> str:
    """How many stand so, and of which class they are."""
    sums: dict[str, dict[str, int]] = {}
    for one in counts:
        of = sums.setdefault(one.step or one.status, {})
        of[one.value_class or "–"] = of.get(one.value_class or "–", 0) + one.count
    told = []
    for code, classes in sums.items():
        each = ", ".join(f"{name} {count}" for name, count in classes.items())
        told.append(f"{sum(classes.values())} {named(code)} ({each})")
    return "; ".join(told)
