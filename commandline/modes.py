"""`modes`: the business modes 经营模式, whom each serves and how many customers and projects are in it."""

from __future__ import annotations

import asyncio

from commandline.seam import DONE
from commandline.showing import console, put_json, table
from history.modes import ModeList, ModeListed, modes
from runtime.composition import open_core
from runtime.logging import set_up_logging
from runtime.settings import load_settings

COLUMNS = ("Mode 模式", "Whom and how 名称与策略", "With what 部门、产品线、手册", "In it 客户、项目")


def list_modes(as_program: bool) -> int:
    """List the business modes; returns the exit code."""
    settings = load_settings()
    set_up_logging("error")

    async def read() -> ModeList:
        async with open_core(settings) as core:
            return await modes(core.store, await core.playbooks())

    found = asyncio.run(read())
    if as_program:
        put_json(found.model_dump(mode="json"))
        return DONE
    out = console()
    if found.modes:
        out.print(table(COLUMNS, [_row(one) for one in found.modes]))
    else:
        out.print("The table of business modes is empty 经营模式表为空: fill playbooks/modes.yaml.")
    out.print(f"In no mode 无模式: {found.customers_without} customers 客户, {found.projects_without} projects 项目.")
    for code, count in found.unknown.items():
        out.print(f"In a mode that the table has no more 已不在表中: {code}, {count} projects 项目.")
    return DONE


def _row(one: ModeListed) -> tuple[str, ...]:
    classes = ", ".join(one.value_classes) or "any 任意"
    called = str(one.name) + (f"\n{one.strategy}" if one.strategy else "")
    means = (("unit 部门", one.owning_unit), ("line 产品线", one.product_line), ("playbook 手册", one.playbook))
    with_what = "\n".join(f"{what}: {of}" for what, of in means if of)
    counted = f"{one.customers} customers 客户\n{one.projects} projects 项目, {one.running} running 进行中"
    if one.of_other_units:
        counted += f"\n{one.of_other_units} of other units 其他部门"
    return one.code if classes == one.code else f"{one.code}\n({classes})", called, with_what or "–", counted
