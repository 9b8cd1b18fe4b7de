"""What `customer` prints of what we know of them: owners, revenue, power map, how they buy, their IT plan, contracts."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from commandline.customers import short
from commandline.showing import local, table
from history.customer_page import CustomerPage
from history.customer_record import ContractTold, Known, PersonTold

ATTITUDE_STYLES = {"champion": "bold green", "supporter": "green", "sceptic": "yellow", "opponent": "bold red"}
IT_ITEMS = 5
"""How many lines of an IT plan are shown."""


def known_lines(page: CustomerPage, zone: str) -> list[tuple[str, str | Text]]:
    """Owners, names, revenue, buying process and IT plan, as labels with their values."""
    one = page.known
    lines: list[tuple[str, str | Text]] = [("Owner 负责人", _owners(one, zone))]
    if one.registration or one.aliases:
        lines.append(("Also known as 别名", "; ".join(filter(None, (one.registration, *one.aliases)))))
    years = ", ".join(f"{year.year}: {short(year.amount)}" for year in one.revenues[:5])
    market = f"market 市场 {page.customer.market}"
    lines.append(("Revenue 营收", f"{years or short(page.customer.revenue)}; {market}"))
    if one.proposal:
        asked = f"{one.proposal}, by {', '.join(one.proposed_by)}"
        lines.append(("Proposed class 提案", Text(f"{asked}: waits for an answer 待审批", "bold yellow")))
    if one.review_due_on:
        lines.append(("Class review 复核", Text(f"by {one.review_due_on} 价值分类待复核", "bold yellow")))
    if one.buying:
        lines.append(("Buys 采购流程", " → ".join(f"{step.step} ({step.decides})" for step in one.buying)))
    if one.it_mode:
        lines.append(("IT plan 信息化规划", f"{one.it_mode_name}" + _items(one)))
    return lines


def _owners(one: Known, zone: str) -> str:
    told = [f"{one.owners[-1].owner} ({one.owners[-1].owner_unit})"]
    if last := one.owners[-1].since:
        told.append(f"since 自 {local(last, zone)[:10]}: {one.owners[-1].reason}")
    if before := [was.owner for was in one.owners[:-1]]:
        told.append(f"before 此前 {', '.join(before)}")
    return "; ".join(told)


def _items(one: Known) -> str:
    items = [f"{item.year} {item.topic}{f' ({short(item.budget)})' if item.budget else ''}" for item in one.it_items[:IT_ITEMS]]
    more = [f"{len(one.it_items) - IT_ITEMS} more"] if len(one.it_items) > IT_ITEMS else []
    return f": {'; '.join([*items, *more])}" if items else ""


def show_people(page: CustomerPage, out: Console) -> None:
    """The power map, from the top down."""
    if page.known.people:
        out.print(f"\nPower map 权力影响图 (version 第{page.known.map_version}版)")
        columns = ("Person 人物", "Title 职务", "Role 角色", "Influence 影响", "Attitude 态度")
        out.print(table(columns, [_person(one) for one in page.known.people]))


def _person(one: PersonTold) -> tuple[str | Text, ...]:
    roles = ", ".join(str(name) for name in one.role_names)
    attitude = Text(str(one.attitude_name), ATTITUDE_STYLES.get(one.attitude, ""))
    return f"{'  ' * one.depth}{one.name} [{one.person}]", one.title, roles, "●" * one.influence, attitude


def show_contracts(page: CustomerPage, out: Console) -> None:
    """The contracts of service lines, the valid ones first."""
    if page.known.contracts:
        out.print("\nContracts 合同")
        columns = ("Contract 合同", "Service line 服务线", "From → to 起止", "Amount 金额", "Valid 有效")
        out.print(table(columns, [_contract(one) for one in page.known.contracts]))


def _contract(one: ContractTold) -> tuple[str | Text, ...]:
    line = str(one.service_line_name or one.service_line)
    valid = Text("yes 是", "green") if one.valid else Text("no 否", "dim")
    return one.contract, line, f"{one.starts_on} → {one.last_day}", short(one.amount) if one.amount else "–", valid
