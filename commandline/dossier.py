"""`customer --dossier`: all that whoever takes a customer over must know."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.text import Text

from commandline.customer_page import show_page, unknown
from commandline.customers import short
from commandline.pipeline import a_moment
from commandline.seam import DONE
from commandline.showing import console, local, put_json, table
from commandline.why_grounds import role
from domain.messages import Name
from domain.standing import Unmet
from history.dossier import DealTold, Dossier, dossier
from runtime.composition import CODEC, now, open_core
from runtime.logging import set_up_logging
from runtime.settings import load_settings

Roles = Mapping[str, Name]
STYLES = {"ok": "", "at-risk": "yellow", "overdue": "bold red", "blocked": "magenta"}
WHAT = {"came": "new 新增", "changed": "changed 变化", "left": "left 移除"}


def tell_dossier(customer: str, as_of: str | None, as_program: bool) -> int:
    """Tell a customer's dossier; returns the exit code.

    Raises `FailedError` for one of which nothing is on record, `WrongUsageError` for a moment that is none."""
    settings = load_settings()
    set_up_logging("error")

    async def read() -> tuple[Dossier | None, str, Roles]:
        async with open_core(settings) as core:
            playbooks = await core.playbooks()
            rules = playbooks.latest()
            at = a_moment("--as-of", as_of, rules.calendar.time_zone)
            found = await dossier(core.store, CODEC, playbooks, customer, now(), at)
            return found, rules.calendar.time_zone, rules.roles

    found, zone, roles = asyncio.run(read())
    if found is None:
        raise unknown(customer, as_of)
    if as_program:
        put_json(found.model_dump(mode="json"))
    else:
        _show(found, zone, roles, console())
    return DONE


def _show(found: Dossier, zone: str, roles: Roles, out: Console) -> None:
    show_page(found.page, zone, roles, out)
    out.print(f"\nDossier 交接档案 {found.page.customer.customer}", style="bold")
    if found.next_contact_on:
        out.print(f"Next contact 下次联系: {found.next_contact_on}")
    _part(
        out,
        "Open deals 在途商机",
        ("Project", "Stage 阶段", "Missing 待补", "By 截止", "Owner 负责人"),
        _deals(found, zone, roles),
    )
    works = (
        (
            f"{one.project}\n{one.kind}",
            f"{one.code}: {one.name}",
            _unmet(one.missing, roles),
            _due(one.due_at, zone),
            one.reason,
        )
        for one in found.works
    )
    _part(out, "After the win 交付与支持", ("Project", "Stands 状态", "Missing 待补", "By 截止", "Why 说明"), works)
    promised = (
        (f"{one.project} {one.promise}", one.text, f"{one.made_by} → {one.made_to}", str(one.due_on or "–"), _late(one.overdue))
        for one in found.promises
    )
    _part(out, "Promises that bind us 未了承诺", ("Promise", "Text 内容", "By → to", "Due 期限", ""), promised)
    services = (
        (one.project, one.service_code, one.level or "–", str(one.ends_on or "–"), str(one.notice_on or "–"))
        for one in found.services
    )
    _part(out, "Service contracts 服务合同", ("Project", "Code 服务号", "Level 级别", "Ends 到期", "Notice 通知期"), services)
    columns = ("Person 人物", "Title 职务", "Role 角色", "Attitude 态度")
    _part(out, "On the power maps of merged customers 已并入客户的权力影响图", columns, _also(found))
    changes = (
        (local(one.occurred_at, zone), f"{one.name} [{one.person}]", WHAT[one.what], "\n".join(one.changes), one.by)
        for one in found.map_changes
    )
    _part(out, "Power map over time 权力影响图变化", ("When", "Person 人物", "What", "Changes 变化", "By 经办"), changes)


def _also(found: Dossier) -> Iterable[tuple[str | Text, ...]]:
    for one in found.also_mapped:
        yield f"{one.name} [{one.person}]", one.title, ", ".join(str(name) for name in one.role_names), str(one.attitude_name)


def _part(out: Console, title: str, columns: tuple[str, ...], rows: Iterable[tuple[str | Text, ...]]) -> None:
    if told := list(rows):
        out.print(f"\n{title}")
        out.print(table(columns, told))


def _deals(found: Dossier, zone: str, roles: Roles) -> Iterable[tuple[str | Text, ...]]:
    return (_deal(one, zone, roles) for one in found.deals)


def _deal(one: DealTold, zone: str, roles: Roles) -> tuple[str | Text, ...]:
    stands = Text(f"{one.stage}: {one.stage_name}", STYLES[one.health])
    if one.next_step_on:
        stands.append(f"\nnext step 下一步 {one.next_step_on}")
    owners = one.owner + (f"\nbefore 此前 {', '.join(one.owners_before)}" if one.owners_before else "")
    about = f"{one.project}\n{one.name}" + (f"\n{short(one.amount)}" if one.amount else "")
    return about, stands, _unmet(one.missing, roles), _due(one.due_at, zone), owners


def _unmet(missing: Iterable[Unmet], roles: Roles) -> str:
    return "\n".join(f"{one.name} ({role(one.who, roles)})" if one.who else str(one.name) for one in missing) or "–"


def _due(at: object, zone: str) -> str:
    return local(at, zone) if at else "–"  # type: ignore[arg-type]


def _late(late: bool) -> Text:
    return Text("overdue 逾期", "bold red") if late else Text("")
