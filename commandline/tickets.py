"""`tickets`: the desk's list, the next due first; `ticket`: one ticket's whole story, and who must act by when."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from rich.console import Console
from rich.text import Text

from commandline.seam import DONE, FailedError
from commandline.showing import brief, console, local, pairs, put_json, table
from commandline.ticket_parts import show_climbs, show_holders, show_refused, show_targets, show_timeline, show_waits
from commandline.why_grounds import role, unmet_table
from domain.standing import HEALTH_NAMES
from domain.ticket import AWAITED_NAMES, TARGET_NAMES
from history.desk import MARKS, Asked, TicketList, TicketListed, tickets
from history.ticket_story import TicketStory, ticket_story
from runtime.composition import CODEC, now, open_core
from runtime.logging import set_up_logging
from runtime.settings import load_settings

DUE = "Due 时限"
USED = "Used\n已用"
COLUMNS = ("Ticket\n工单", "What 内容", "Stands 状态", "Who acts 责任方", DUE, USED)
STYLES = {"ok": "", "at-risk": "yellow", "overdue": "bold red", "blocked": "magenta"}
SOON = timedelta(days=2)
"""Up to how far off a due time is told in hours rather than days."""


def list_tickets(asked: Asked, limit: int, as_program: bool) -> int:
    """List the tickets that fit what is `asked`, the next due first; returns the exit code."""
    settings = load_settings()
    set_up_logging("error")

    async def read() -> tuple[TicketList, str]:
        async with open_core(settings) as core:
            playbooks = await core.playbooks()
            found = await tickets(core.store, CODEC, playbooks, asked, limit, now())
            return found, playbooks.latest().calendar.time_zone

    found, zone = asyncio.run(read())
    if as_program:
        put_json(found.model_dump(mode="json"))
    else:
        _show_list(found, zone)
    return DONE


def tell_ticket(ticket: str, as_program: bool) -> int:
    """Tell one ticket's story; returns the exit code. Raises `FailedError` for one that does not exist."""
    settings = load_settings()
    set_up_logging("error")

    async def read() -> tuple[TicketStory | None, str]:
        async with open_core(settings) as core:
            playbooks = await core.playbooks()
            found = await ticket_story(core.store, CODEC, playbooks, ticket, now())
            return found, playbooks.latest().calendar.time_zone

    found, zone = asyncio.run(read())
    if found is None:
        raise FailedError(f"There is no ticket {ticket!r}: check the id (`tickets --all` lists them), or open it (OpenTicket).")
    if as_program:
        put_json(found.model_dump(mode="json"))
    else:
        _show_story(found, zone, console())
    return DONE


def _show_list(found: TicketList, zone: str) -> None:
    out = console()
    if not found.tickets:
        out.print("No ticket is like that 没有符合条件的工单.")
        return
    out.print(table(COLUMNS, [_row(one, found.as_of, zone) for one in found.tickets], whole=(COLUMNS[0], USED)))
    if more := found.count - len(found.tickets):
        out.print(f"{more} more 另有{more}单 (--limit).")


def _row(one: TicketListed, as_of: datetime, zone: str) -> tuple[str | Text, ...]:
    about = Text(f"{one.title}\n{one.customer}" + (f", {one.project}" if one.project else ""))
    if one.marks:
        about.append("\n" + ", ".join(str(MARKS[mark]) for mark in one.marks), "yellow")
    acts = brief(one.who_name) if one.who_name else one.who or "–"
    if one.assigned_to and not one.closed_at:
        acts += f"\n{one.assigned_to}"
    due = Text(due_in_words(one, as_of), STYLES[one.health])
    if one.due_at:
        due.append(f"\n{local(one.due_at, zone)}", "dim not bold")
    used = Text(f"{one.percent} %" if one.due_target else "–", STYLES[one.health])
    return f"{one.ticket}\n{one.priority}", about, _stands(one), acts, due, used


def _stands(one: TicketListed) -> str:
    awaited = AWAITED_NAMES.get(one.waiting_for) if one.waiting_for else None  # type: ignore[call-overload]
    where = f"{one.status_name}: {awaited}" if awaited else str(one.status_name)
    return f"{where}\n{one.line_name}" + (f", {one.assigned_group}" if one.assigned_group else "")


def due_in_words(one: TicketListed, as_of: datetime) -> str:
    """By when a ticket's next target must be met, seen from a moment; or why no clock runs."""
    if one.due_at is None:
        return {"waiting": "clock stands still 停表", "resolved": "until confirmed 待确认"}.get(one.status, "–")
    name = TARGET_NAMES[one.due_target].en if one.due_target else ""  # type: ignore[index]
    left = one.due_at - as_of
    if left < timedelta(0):
        return f"{name} {span(-left)} late 超时"
    return f"{name} in {span(left)} 剩余"


def span(time: timedelta) -> str:
    """A stretch of time as people say it, by the clock on the wall: `40 min`, `5 h 20 min`, `3 days`."""
    minutes = int(time.total_seconds() // 60)
    if time >= SOON:
        return f"{minutes // 1440} days"
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"


def _show_story(found: TicketStory, zone: str, out: Console) -> None:
    one, view = found.ticket, found.view
    out.print(Text.assemble((f"{one.ticket}  {one.title}", "bold"), f"  ({one.kind_name}, {one.priority})"))
    stands = Text.assemble(
        (_stands(one).replace("\n", ", "), "bold"), "  ", (str(HEALTH_NAMES[view.health]), STYLES[view.health])
    )
    lines: list[tuple[str, str | Text]] = [("Stands at 当前", stands)]
    if one.marks:
        lines.append(("Marks 标记", Text("; ".join(str(MARKS[mark]) for mark in one.marks), "yellow")))
    if view.reason:
        lines.append(("Needs a person 需人工", view.reason))
    if view.waiting_for:
        acts = f"{view.waiting_for}: {role(view.waiting_for, found.roles)}"
        lines.append(("Must act 待办", acts + (f" ({one.assigned_to})" if one.assigned_to else "")))
    if one.due_at:
        lines.append(("By 截止", f"{local(one.due_at, zone)} ({zone}): {due_in_words(one, found.as_of)}"))
    if found.next_clock:
        lines.append(("Next clock 下一时限", f"{local(found.next_clock.at, zone)}, {found.next_clock.text}"))
    lines += _around(found)
    out.print(pairs(lines))
    if view.missing:
        out.print("\nMissing for the next step 待补")
        out.print(unmet_table(view.missing, found.roles, {}))
    show_targets(found, zone, out)
    show_waits(found, zone, out)
    show_climbs(found, zone, out)
    show_holders(found, zone, out)
    show_timeline(found, zone, out)
    show_refused(found, zone, out)


def _around(found: TicketStory) -> list[tuple[str, str | Text]]:
    """Whose it is, and what it hangs together with."""
    one = found.ticket
    lines: list[tuple[str, str | Text]] = [("Customer 客户", one.customer)]
    if one.project:
        lines.append(("Project 项目", one.project))
    if one.parent:
        lines.append(("Part of 父工单", one.parent))
    if found.children:
        lines.append(("Parts 子工单", ", ".join(found.children)))
    lines += [("Linked 关联", f"{link.relation} {link.other}") for link in found.links]
    if one.owner:
        lines.append(("Answers for it 负责人", one.owner))
    if found.mark:
        settled = f"; settled 已确认: {found.settled}" if found.settled else ""
        lines.append(("Not in service 服务外", f"{found.mark}{settled}"))
    lines.append(("Counted by 计时依据", f"{found.calendar}, {found.playbook}"))
    return lines
