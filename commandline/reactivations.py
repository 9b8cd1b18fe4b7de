"""`reactivations`: the list, and the effect against those left alone; `reactivations choose`: wake those that sleep longest;
`recoveries`: what follows lost deals."""

from __future__ import annotations

import asyncio
from typing import Literal

from rich.text import Text

from commandline.paging import no_place, tell_next
from commandline.seam import DONE, FAILED
from commandline.showing import console, local, put_json, table
from domain.effect import Arm, Comparison, Interval
from domain.messages import Actor, ActorKind, Name
from domain.origin import day_of
from domain.reactivating import StartReactivation
from history.reactivations import (
    Asked,
    Effect,
    Effects,
    ReactivationList,
    ReactivationListed,
    RecoveryList,
    RecoveryListed,
    Sleeper,
    effects,
    reactivations,
    recoveries,
    sleepers,
)
from runtime.composition import now, open_core
from runtime.logging import set_up_logging
from runtime.settings import load_settings
from runtime.stack import connected
from runtime.submitting import CommandRefusedError, Submitter

COLUMNS = ("Reactivation\n唤醒", "Customer 客户", "Stands 状态", "Next step\n下一步", "By 截止", "Spent\n已花费")
RECOVERY_COLUMNS = ("Recovery\n丢单挽回", "Customer 客户", "Cause 原因", "Stands 状态", "Who acts 责任方", "By 截止")
EFFECT_COLUMNS = ("Class 分类", "What 指标", "Woken 唤醒组", "Left alone 对照组", "Difference 差异 (95 %)", "Verdict 结论")
VERDICTS = {
    "too_few": Name(en="too few to tell", zh="样本太少，无法判断"),
    "not_shown": Name(en="no effect is shown", zh="未显示出效果"),
    "helps": Name(en="more come back", zh="有效"),
    "harms": Name(en="fewer come back", zh="反效果"),
}


def list_reactivations(asked: Asked, limit: int, after: str | None, as_program: bool) -> int:
    """List the reactivations that fit what is `asked`; returns the exit code. Raises `FailedError` for an unknown `after`."""
    settings = load_settings()
    set_up_logging("error")

    async def read() -> tuple[ReactivationList, str]:
        async with open_core(settings) as core:
            zone = (await core.playbooks()).latest().calendar.time_zone
            return await reactivations(core.store, asked, limit, now(), after), zone

    try:
        found, zone = asyncio.run(read())
    except LookupError:
        raise no_place(after) from None
    if as_program:
        put_json(found.model_dump(mode="json"))
        return DONE
    out = console()
    if not found.reactivations:
        out.print("No reactivation is like that 没有符合条件的唤醒.")
        return DONE
    out.print(table(COLUMNS, [_row(one, zone) for one in found.reactivations], whole=(COLUMNS[0],)))
    tell_next(out, len(found.reactivations), found.count, found.next)
    return DONE


def list_recoveries(asked: Asked, limit: int, after: str | None, as_program: bool) -> int:
    """List the recoveries that fit what is `asked`; returns the exit code. Raises `FailedError` for an unknown `after`."""
    settings = load_settings()
    set_up_logging("error")

    async def read() -> tuple[RecoveryList, str]:
        async with open_core(settings) as core:
            zone = (await core.playbooks()).latest().calendar.time_zone
            return await recoveries(core.store, asked, limit, now(), after), zone

    try:
        found, zone = asyncio.run(read())
    except LookupError:
        raise no_place(after) from None
    if as_program:
        put_json(found.model_dump(mode="json"))
        return DONE
    out = console()
    if not found.recoveries:
        out.print("No recovery is like that 没有符合条件的丢单挽回.")
        return DONE
    out.print(table(RECOVERY_COLUMNS, [_recovery(one, zone) for one in found.recoveries], whole=(RECOVERY_COLUMNS[0],)))
    tell_next(out, len(found.recoveries), found.count, found.next)
    return DONE


def show_effect(value_class: str | None, as_program: bool) -> int:
    """Show the effect of reactivating against those left alone; returns the exit code."""
    settings = load_settings()
    set_up_logging("error")

    async def read() -> Effects:
        async with open_core(settings) as core:
            return await effects(core.store, now(), value_class)

    found = asyncio.run(read())
    if as_program:
        put_json(found.model_dump(mode="json"))
        return DONE
    out = console()
    named = [(one.value_class or "none 未分类", one) for one in found.by_class]
    if len(named) != 1:
        named.append(("all comparable 全部可比", found.overall))
    out.print(table(EFFECT_COLUMNS, [row for name, one in named for row in _effect_rows(name, one)]))
    last = found.overall
    out.print(
        f"Counted are those whose horizon has passed 仅统计观察期已满者; still waiting 未满: {last.waiting}."
        f" As they were drawn, whatever was done 按抽签分组; hold-outs broken 取消对照: {last.broken}"
        f" (counted as woken 按实际处理: {_share_difference(last.as_treated)})."
    )
    if last.spent is not None:
        each = f"; for each that came back 每个恢复客户: {last.per_return}" if last.per_return else ""
        gain = f"; for each because of it 每个因此恢复的客户: {last.per_gain}" if last.per_gain else ""
        out.print(f"Spent 花费: {last.spent}{each}{gain}.")
    return DONE


def choose(
    value_class: str | None,
    limit: int,
    status: Literal["dormant", "cooling"],
    reason: str,
    by: tuple[str, str] | None,
    as_program: bool,
) -> int:
    """Begin the reactivation of those that sleep longest, each by a command of its own; only look without a `by` (staff id and
    role). Returns the exit code: 1 if one was refused."""
    settings = load_settings()
    set_up_logging("error")

    async def look() -> tuple[list[Sleeper], str]:
        async with open_core(settings) as core:
            calendar = (await core.playbooks()).latest().calendar
            found = await sleepers(core.store, value_class, limit, day_of(now(), calendar), status)
            return list(found), calendar.time_zone

    async def start(found: list[Sleeper], who: Actor) -> dict[str, str]:
        async with connected(settings) as stack:
            return {one.customer: await _start(stack.submitter, one, reason, who) for one in found}

    found, zone = asyncio.run(look())
    went = None
    if by is not None and found:
        went = asyncio.run(start(found, Actor(kind=ActorKind.PERSON, id=by[0], role=by[1])))
    if as_program:
        told = [one.model_dump(mode="json") | {"result": (went or {}).get(one.customer)} for one in found]
        put_json({"dry_run": by is None, "customers": told})
    else:
        _tell_choice(found, went, zone)
    return FAILED if any(result not in ("begun", "held_out") for result in (went or {}).values()) else DONE


async def _start(submitter: Submitter, one: Sleeper, reason: str, who: Actor) -> str:
    # The id says which try it is: chosen twice, by whomever, it begins once.
    command = StartReactivation(
        customer=one.customer, reason=reason, actor=who, command_id=f"choose-{one.customer}-{one.tried + 1}"
    )
    try:
        events = await submitter.submit(command)
    except CommandRefusedError as error:
        return f"{error.refusal.type}: {error.refusal.detail}"
    return "begun" if events else "nothing"


def _tell_choice(found: list[Sleeper], went: dict[str, str] | None, zone: str) -> None:
    out = console()
    if not found:
        out.print("Nobody sleeps who could be woken 没有可唤醒的休眠客户.")
        return
    columns = ("Customer 客户", "Who 名称", "Class 分类", "Asleep since 休眠自", "Tried 次数", "Result 结果")
    rows = [
        (
            one.customer,
            one.name,
            one.value_class,
            local(one.since, zone)[:10] or "–",
            str(one.tried),
            went[one.customer] if went else "–",
        )
        for one in found
    ]
    out.print(table(columns, rows))
    if went is None:
        out.print("Nothing was begun: this was a look only 仅预览. Say who begins them: --by ID --role ROLE.")


def _row(one: ReactivationListed, zone: str) -> tuple[str | Text, ...]:
    stands = f"{one.status_name}" + (f"\n{one.outcome_name}" if one.outcome_name else "")
    if one.back_at:
        stands += f"\ncame back 已恢复 {local(one.back_at, zone)[:10]}"
    mark = "\nhold-out broken 已取消对照" if one.broken else ""
    due = one.due_at or (one.horizon_at if one.status in ("held_out", "watched") else None)
    return (
        f"{one.reactivation}\n{one.value_class}",
        f"{one.name}\n{one.owner}, {one.owner_unit}",
        stands + mark,
        one.next_step or "–",
        Text(local(due, zone) or "–", "bold red" if one.overdue else ""),
        f"{one.spent or '–'}" + (f"\nof 预算 {one.budget}" if one.budget else ""),
    )


def _recovery(one: RecoveryListed, zone: str) -> tuple[str | Text, ...]:
    cause = one.cause + (f"\n{one.competitor}" if one.competitor else "") if one.cause else "–"
    stands = f"{one.outcome_name}" + (f"\n→ {one.next_project}" if one.next_project else "")
    due = Text(local(one.due_at, zone) or "–", "bold red" if one.overdue else "")
    return (
        f"{one.recovery}\n{one.value_class}",
        f"{one.name}{f' ({one.customer} → {one.goes_on_for})' if one.goes_on_for else ''}\n{one.owner}, {one.owner_unit}",
        cause,
        stands,
        one.waiting_for,
        due,
    )


def _effect_rows(name: str, one: Effect) -> list[tuple[str | Text, ...]]:
    told = (("came back 恢复", one.came_back), ("new business 新业务", one.business))
    return [
        (
            name if index == 0 else "",
            what,
            _share(compared.treated, compared.treated_share),
            _share(compared.left_alone, compared.left_alone_share),
            _share_difference(compared),
            Text(str(VERDICTS[compared.verdict]), "green" if compared.verdict == "helps" else ""),
        )
        for index, (what, compared) in enumerate(told)
    ]


def _share(arm: Arm, interval: Interval | None) -> str:
    if interval is None or arm.share is None:
        return "0 of 0"
    return f"{arm.yes} of {arm.n}: {arm.share:.1%}\n{interval.low:.1%} – {interval.high:.1%}"


def _share_difference(compared: Comparison) -> str:
    if compared.difference is None or compared.interval is None:
        return "–"
    low, high = compared.interval.low * 100, compared.interval.high * 100
    return f"{compared.difference * 100:+.1f} ({low:+.1f} … {high:+.1f}) points 个百分点"
