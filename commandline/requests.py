"""`requests`: product requests 产品需求, the next due first; one with everybody behind it. `enablements`: who may sell what."""

from __future__ import annotations

import asyncio

from rich.text import Text

from commandline.paging import no_place, tell_next
from commandline.seam import DONE, FailedError
from commandline.showing import console, local, pairs, put_json, table
from domain.messages import Money
from history.enablements import Asked as EnablementsAsked
from history.enablements import EnablementList, enablements
from history.requests import Asked, RequestList, RequestListed, RequestStory, request_story, requests
from runtime.composition import CODEC, now, open_core
from runtime.logging import set_up_logging
from runtime.settings import load_settings

DUE = "Due 时限"
COLUMNS = ("Request\n需求", "What 内容", "Stands 状态", DUE, "Behind it\n客户/商机", "Value\n金额")
BEHIND = ("Customer\n客户", "Project\n项目", "Value 金额", "Since 加入", "Need 需求")
ENABLED = (
    "Unit\n部门",
    "Product line\n产品线",
    "Stands 状态",
    "Until 有效期",
    "By 批准",
    "Evidence 依据",
    "Deals waiting\n待赋能商机",
)
STYLES = {"none": "red", "expired": "red", "expiring": "yellow", "withdrawn": "dim"}


def list_requests(asked: Asked, limit: int, after: str | None, as_program: bool) -> int:
    """List the requests that fit what is `asked`; returns the exit code. Raises `FailedError` for an unknown `after`."""
    settings = load_settings()
    set_up_logging("error")

    async def read() -> tuple[RequestList, str]:
        async with open_core(settings) as core:
            zone = (await core.playbooks()).latest().calendar.time_zone
            return await requests(core.store, asked, limit, now(), after), zone

    try:
        found, zone = asyncio.run(read())
    except LookupError:
        raise no_place(after) from None
    if as_program:
        put_json(found.model_dump(mode="json"))
        return DONE
    out = console()
    if not found.requests:
        out.print("No product request is like that 没有符合条件的产品需求.")
        return DONE
    out.print(table(COLUMNS, [_row(one, zone) for one in found.requests], whole=(COLUMNS[0], DUE)))
    tell_next(out, len(found.requests), found.count, found.next)
    return DONE


def tell_request(named: str, as_program: bool) -> int:
    """Tell one product request; returns the exit code. Raises `FailedError` for one that does not exist."""
    settings = load_settings()
    set_up_logging("error")

    async def read() -> tuple[RequestStory | None, str]:
        async with open_core(settings) as core:
            playbooks = await core.playbooks()
            return await request_story(core.store, CODEC, playbooks, named), playbooks.latest().calendar.time_zone

    found, zone = asyncio.run(read())
    if found is None:
        raise FailedError(
            f"There is no product request {named!r}: check the id (`requests --all` lists them), or raise it (RaiseRequest)."
        )
    if as_program:
        put_json(found.model_dump(mode="json"))
        return DONE
    _show(found, zone)
    return DONE


def list_enablements(asked: EnablementsAsked, limit: int, after: str | None, as_program: bool) -> int:
    """List which unit may sell which product line; returns the exit code. Raises `FailedError` for an unknown `after`."""
    settings = load_settings()
    set_up_logging("error")

    async def read() -> EnablementList:
        async with open_core(settings) as core:
            return await enablements(core.store, await core.playbooks(), asked, limit, after)

    try:
        found = asyncio.run(read())
    except LookupError:
        raise no_place(after) from None
    if as_program:
        put_json(found.model_dump(mode="json"))
        return DONE
    out = console()
    if not found.enablements:
        out.print("No unit is enabled for anything, and no deal waits for it 没有赋能记录.")
        return DONE
    rows = [
        (
            one.unit,
            one.product_line,
            Text(str(one.status_name), STYLES.get(one.status, "")),
            one.valid_until.isoformat() if one.valid_until else "–",
            one.enabled_by or "–",
            ", ".join(f"{piece.what} {piece.reference}" for piece in one.evidence) or "–",
            str(one.waiting or "–"),
        )
        for one in found.enablements
    ]
    out.print(table(ENABLED, rows))
    tell_next(out, len(found.enablements), found.count, found.next)
    return DONE


def _row(one: RequestListed, zone: str) -> tuple[str | Text, ...]:
    about = f"{one.title}\n{one.product_line}" + (f", {one.division}" if one.division else "")
    if one.kind == "insight":
        about += f"\n{one.kind_name}: {one.industry} {one.region}".rstrip()
    stands = Text(str(one.status_name), "red" if one.overdue else "")
    if one.planned_on:
        stands.append(f"\n{one.release}" + (f", moved 变更 {one.moved}" if one.moved else ""))
    if one.escalated_to:
        stands.append(f"\nescalated 已升级: {one.escalated_to}", "yellow")
    due = Text(local(one.due_at, zone) or "–", "bold red" if one.overdue else "")
    return one.request, about, stands, due, f"{one.customers}/{one.deals}", _money(one.value)


def _money(value: Money) -> str:
    return str(value) if value.amount else "–"


def _show(found: RequestStory, zone: str) -> None:
    one, out = found.listed, console()
    out.print(Text.assemble((f"{one.request}  {one.title}", "bold"), f"  ({one.kind_name}, {one.product_line})"))
    lines: list[tuple[str, str | Text]] = [("Stands at 当前", Text(str(one.status_name), "bold"))]
    if found.reason:
        lines.append(("Needs a person 需人工", Text(found.reason, "red")))
    if found.who:
        lines.append(("Must act 待办", f"{found.who}: {found.who_name}" if found.who_name else found.who))
    if one.due_at:
        lines.append(("By 截止", f"{local(one.due_at, zone)} ({zone})"))
    if found.answer:
        lines.append(("Answer 答复", f"{found.answer} ({found.answered_by})"))
    if one.planned_on:
        moved = f"; moved 变更 {one.moved}" if one.moved else ""
        lines.append(("Planned 计划", f"{one.planned_on}, {one.release}{moved}"))
    if one.delivered_at:
        lines.append(("Delivered 交付", f"{local(one.delivered_at, zone)}, {one.release}"))
    if found.observation:
        lines.append(("Insight 洞察", f"{one.industry} {one.region}: {found.observation} ({found.evidence})"))
    if one.escalation:
        lines.append(("Came from 来源", f"escalation {one.escalation}"))
    lines.append(("Value behind it 金额合计", _money(one.value)))
    out.print(pairs(lines))
    if found.behind:
        out.print("\nWho stands behind it 提出客户")
        rows = [
            (each.customer, each.project or "–", _money(each.value) if each.value else "–", local(each.since, zone), each.need)
            for each in found.behind
        ]
        out.print(table(BEHIND, rows))
