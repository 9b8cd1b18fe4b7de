"""`customer`: one customer on one page, with a bar of its states over the years."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from commandline.customer_known import known_lines, show_contracts, show_people
from commandline.customers import STYLES, short, stands
from commandline.pipeline import a_moment
from commandline.seam import DONE, FailedError
from commandline.showing import console, local, pairs, put_json, table
from commandline.story import CHANNELS
from commandline.why_grounds import role, unmet_table
from domain.messages import Name
from domain.standing import HEALTH_NAMES
from history.customer_page import CustomerPage, customer_page
from history.customer_parts import Around, ProjectTold, Spell
from runtime.composition import CODEC, now, open_core
from runtime.logging import set_up_logging
from runtime.settings import load_settings

HEALTH_STYLES = {"ok": "", "at-risk": "yellow", "overdue": "bold red", "blocked": "magenta"}
BAR: Mapping[str, str] = {"potential": "▒", "active": "█", "cooling": "▓", "dormant": "░", "invalid": "·"}
"""How a state looks in the bar of the years, with colour or without."""
BAR_WIDTH = 72


def tell_customer(customer: str, as_of: str | None, as_program: bool) -> int:
    """Tell one customer; returns the exit code.

    Raises `FailedError` for one of which nothing is on record, `WrongUsageError` for a moment that is none."""
    settings = load_settings()
    set_up_logging("error")

    async def read() -> tuple[CustomerPage | None, str, Mapping[str, Name]]:
        async with open_core(settings) as core:
            playbooks = await core.playbooks()
            rules = playbooks.latest()
            at = a_moment("--as-of", as_of, rules.calendar.time_zone)
            found = await customer_page(core.store, CODEC, playbooks, customer, now(), at)
            return found, rules.calendar.time_zone, rules.roles

    found, zone, roles = asyncio.run(read())
    if found is None:
        raise unknown(customer, as_of)
    if as_program:
        put_json(found.model_dump(mode="json"))
    else:
        show_page(found, zone, roles, console())
    return DONE


def unknown(customer: str, as_of: str | None) -> FailedError:
    """What is said of a customer of which nothing is on record, or nothing by then."""
    by_then = f" by {as_of}" if as_of else ""
    return FailedError(
        f"There is no customer {customer!r}{by_then}: check the id (`customers --search` finds one), or register it"
        " (RegisterCustomer)."
    )


def show_page(page: CustomerPage, zone: str, roles: Mapping[str, Name], out: Console) -> None:
    """Print the page."""
    one = page.customer
    out.print(
        Text.assemble((f"{one.customer}  {one.name}", "bold"), f"  ({', '.join(filter(None, (one.industry, one.region)))})")
    )
    if one.merged_into:
        out.print(Text(f"It went into 已并入 {one.merged_into}: `customer {one.merged_into}` tells of both.", "bold yellow"))
    out.print(pairs(_identity(page, zone, roles)))
    if page.view.missing:
        out.print(unmet_table(page.view.missing, roles, {}))
    out.print("\nThe years 历年状态")
    show_years(page, zone, out)
    _show_ahead(page, zone, out)
    _show_projects(page, zone, out)
    _show_around(page, zone, roles, out)
    show_contracts(page, out)
    show_people(page, out)
    _show_tickets(page, zone, out)
    _show_contacts(page, zone, out)
    _show_timeline(page, zone, out)


def _identity(page: CustomerPage, zone: str, roles: Mapping[str, Name]) -> list[tuple[str, str | Text]]:
    one, view = page.customer, page.view
    standing = stands(one, zone)
    standing.append(f"  {HEALTH_NAMES[view.health]}", HEALTH_STYLES[view.health])
    lines: list[tuple[str, str | Text]] = [("Stands 状态", standing)]
    if page.spells and (why := page.spells[-1].reasons):
        lines.append(("Because 缘由", Text("; ".join(str(reason.text) for reason in why))))
    if view.needs_human:
        lines.append(("Needs a person 需人工", Text(view.reason, "bold yellow")))
    if view.waiting_for:
        lines.append(("Must act 待办", f"{view.waiting_for}: {role(view.waiting_for, dict(roles))}"))
    if view.outlook:
        lines.append(("Outlook 预测", view.outlook))
    lines += _class_lines(page, zone)
    lines += known_lines(page, zone)
    if page.contact:
        lines.append(("Contact 联系人", page.contact))
    if one.deals_open:
        lines.append(("Open deals 商机", ", ".join((str(one.deals_open), *map(short, one.amounts_open)))))
    lines += _family_lines(page)
    return lines


def _class_lines(page: CustomerPage, zone: str) -> list[tuple[str, str | Text]]:
    if not page.classes:
        return [("Value class 价值分类", Text("not decided yet 未定", "yellow"))]
    last = page.classes[-1]
    approved = f", approved by 批准 {last.approver}" if last.approver else ""
    told = f"{last.value_class}: {last.name or ''}; {last.evidence} ({local(last.occurred_at, zone)[:10]}, {last.by}{approved})"
    lines: list[tuple[str, str | Text]] = [("Value class 价值分类", told)]
    if len(page.classes) > 1:
        before = ", ".join(f"{was.value_class} from 自 {local(was.occurred_at, zone)[:10]}" for was in page.classes[:-1])
        lines.append(("Before 此前", before))
    return lines


def _family_lines(page: CustomerPage) -> list[tuple[str, str | Text]]:
    kin = {"Belongs to 上级": page.above, "Below it 下级": page.below, "Took in 已并入": page.merged}
    return [
        (label, "; ".join(f"{'– ' * (abs(one.depth) - 1)}{one.customer} {one.name}, {one.status_name}" for one in those))
        for label, those in kin.items()
        if those
    ]


def show_years(page: CustomerPage, zone: str, out: Console) -> None:
    """The customer's states as a bar of its years, and what brought each about."""
    if not page.spells:
        return
    width = min(BAR_WIDTH, max(out.width - 2, 20))
    out.print(years_over(page.spells[0].since, page.as_of, width, zone))
    out.print(bar(page.spells, page.as_of, width))
    seen = dict.fromkeys(one.step or one.status for one in page.spells)
    names = {one.step or one.status: one.step_name or one.status_name for one in page.spells}
    out.print(Text("  ").join(Text(f"{BAR[code]} {names[code]}", STYLES[code]) for code in seen))
    if len(page.spells) > 1:
        rows = [_spell(one, zone) for one in page.spells]
        out.print(table((f"From 自 ({zone})", "Stood 状态", "What brought it about 起因", "Why 缘由"), rows))


def _spell(one: Spell, zone: str) -> tuple[str | Text, ...]:
    name = f"{one.status_name}, {one.step_name}" if one.step_name else str(one.status_name)
    # What never was says less than the day that the time was counted from.
    dated = [reason for reason in one.reasons if reason.since] or one.reasons
    why = "; ".join(str(reason.text) for reason in dated)
    return local(one.since, zone)[:10], Text(name, STYLES[one.step or one.status]), str(one.because), why


def bar(spells: Sequence[Spell], until: datetime, width: int) -> Text:
    """The states from the first to now, each as long as it lasted; one that is too short to be seen shows where it began."""
    start = spells[0].since
    whole = max((until - start).total_seconds(), 1)
    told = Text()
    for place in range(width):
        from_, to = ((place + step) / width * whole for step in (0, 1))
        begun = [one for one in spells if from_ <= (one.since - start).total_seconds() < to]
        here = begun[-1] if begun else [one for one in spells if (one.since - start).total_seconds() <= from_][-1]
        code = here.step or here.status
        told.append(BAR[code], STYLES[code])
    return told


def years_over(start: datetime, until: datetime, width: int, zone: str) -> str:
    """The years, each over the place where it begins; those that have no room are left out."""
    home = ZoneInfo(zone)
    whole = max((until - start).total_seconds(), 1)
    line = f"{start.astimezone(home):%Y-%m}"
    for year in range(start.astimezone(home).year + 1, until.astimezone(home).year + 1):
        place = int((datetime(year, 1, 1, tzinfo=home) - start).total_seconds() / whole * width)
        if len(line) < place <= width - 4:
            line = f"{line:<{place}}{year}"
    return line


def _show_ahead(page: CustomerPage, zone: str, out: Console) -> None:
    if not page.ahead:
        return
    out.print("\nAhead, if nothing happens before 若无变化")
    rows = [
        (local(one.at, zone), Text(one.text, "bold red" if one.at <= page.as_of else ""), one.provisional) for one in page.ahead
    ]
    out.print(table((f"When 时间 ({zone})", "What 事项", ""), rows))


def _show_projects(page: CustomerPage, zone: str, out: Console) -> None:
    if not page.projects:
        return
    out.print("\nProjects 项目 (`why P` explains one)")
    out.print(
        table(
            ("Project 项目", "What 内容", "Stands 状态", "Amount 金额", "Owner", "Since 自"),
            [_project(one, zone) for one in page.projects],
        )
    )
    if more := page.projects_count - len(page.projects):
        out.print(f"{more} more 另有{more}个.")


def _project(one: ProjectTold, zone: str) -> tuple[str | Text, ...]:
    where = f"{one.phase_name}" + (f" {one.stage}" if one.phase == "funnel" and one.stage else "")
    standing = Text(str(one.outcome_name or where), "dim" if one.outcome else HEALTH_STYLES[one.health])
    if one.needs_human and not one.outcome:
        standing.append(f"\n{one.reason}", "bold yellow")
    return one.project, one.name, standing, short(one.amount) if one.amount else "–", one.owner, local(one.since, zone)[:10]


def _show_around(page: CustomerPage, zone: str, roles: Mapping[str, Name], out: Console) -> None:
    if not page.around:
        return
    out.print("\nAround it 经营活动")
    rows = [_around(one, zone, roles) for one in page.around]
    out.print(table(("What 事项", "Stands 状态", "Must act 待办", f"By 截止 ({zone})"), rows))


def _around(one: Around, zone: str, roles: Mapping[str, Name]) -> tuple[str | Text, ...]:
    standing = Text(str(one.name), "dim" if one.closed else HEALTH_STYLES[one.health])
    for more in filter(None, (one.reason, one.outlook)):
        standing.append(f"\n{more}", "dim" if one.closed else "")
    acts = role(one.waiting_for, dict(roles)) if one.waiting_for and not one.closed else ""
    return f"{one.kind_name} {one.id}", standing, acts, "" if one.closed else local(one.due_at, zone)


def _show_tickets(page: CustomerPage, zone: str, out: Console) -> None:
    if not page.tickets:
        return
    out.print("\nOpen tickets 未关闭工单 (`ticket T` tells one)")
    rows = [
        (
            one.ticket,
            one.priority,
            str(one.status),
            Text(local(one.due_at, zone) or "–", "bold red" if one.late else ""),
            one.title,
        )
        for one in page.tickets
    ]
    out.print(table(("Ticket 工单", "", "Stands 状态", "Due 时限", "What 内容"), rows))
    if more := page.tickets_open - len(page.tickets):
        out.print(f"{more} more 另有{more}单 (`tickets --customer {page.customer.customer}`).")


def _show_contacts(page: CustomerPage, zone: str, out: Console) -> None:
    one = page.customer
    if not page.contacts and not one.next_contact_at:
        return
    planned = f", next 下次 {local(one.next_contact_at, zone)[:10]}" if one.next_contact_at else ""
    out.print(f"\nContacts 联系 ({page.contacts_count}{planned})")
    rows = [(local(told.occurred_at, zone)[:10], str(CHANNELS[told.channel]), told.summary, told.by) for told in page.contacts]
    if rows:
        out.print(table(("When 时间", "How 方式", "What 内容", "By whom 经办"), rows))


def _show_timeline(page: CustomerPage, zone: str, out: Console) -> None:
    out.print(f"\nWhat happened last 近况 ({page.events_count} events 事件; `history {page.customer.customer}` tells all)")
    rows = [(local(one.occurred_at, zone), one.stream, str(one.name), one.particulars, one.actor.id) for one in page.timeline]
    out.print(table((f"When 时间 ({zone})", "Where 所在", "What happened 事件", "Particulars 内容", "By whom"), rows))
