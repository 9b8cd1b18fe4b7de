"""What `ticket` prints below its head: the clock of each target, the waits, who had it, every event, what was refused."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from commandline.showing import local, table
from commandline.why_grounds import by, hours
from domain.escalation.terms import OUTCOME_NAMES
from domain.messages import Name
from domain.ticket import AWAITED_NAMES, TARGET_NAMES
from domain.ticket.events import RedatedTarget
from history.ticket_story import CLOCK_STATES, ClimbTold, TargetTold, TicketStory

CLOCK_STYLES = {"missed": "bold red", "met_late": "red", "met": "green", "still": "yellow", "running": "", "dropped": "dim"}
STILL = Name(en="clocks stood still", zh="停表")
COUNTS = Name(en="counts", zh="计时")


def show_targets(found: TicketStory, zone: str, out: Console) -> None:
    """The clock of each target: how long it is, what is spent and what is left, in working time, and when it runs out."""
    out.print("\nTargets 服务时限 (working time 工作时间)")
    columns = ("Target 时限", "Clock 计时", "Of 总时长", "Spent 已用", "Used 占比", "Left 剩余", f"Due 截止 ({zone})")
    out.print(table(columns, [_target(one, zone) for one in found.targets]))


def _target(one: TargetTold, zone: str) -> tuple[str | Text, ...]:
    over = one.remaining_seconds < 0
    left = f"{_long(-one.remaining_seconds)} over 超出" if over else _long(one.remaining_seconds)
    moments = [f"met 完成 {local(one.met_at, zone)}"] if one.met_at else []
    moments += [f"missed 超时 {local(one.breached_at, zone)}"] if one.breached_at else []
    if one.due_at and not one.breached_at:
        moments.append(local(one.due_at, zone))
    state = Text(str(CLOCK_STATES[one.state]), CLOCK_STYLES[one.state])
    return (
        str(one.name),
        state,
        _long(one.target_seconds),
        _long(one.spent_seconds),
        f"{one.percent} %",
        left,
        ", ".join(moments),
    )


def _long(seconds: int) -> str:
    """Working time as people read it; down to the second where it is less than a minute."""
    return hours(seconds // 60) if seconds >= 3600 else f"{seconds // 60} min" if seconds >= 60 else f"{seconds} s"


def show_waits(found: TicketStory, zone: str, out: Console) -> None:
    """Each wait: for whom, how long, and whether the clocks stood still."""
    if not found.waits:
        return
    out.print("\nWaits 等待")
    rows = [
        (
            str(AWAITED_NAMES.get(one.waiting_for, one.waiting_for)),  # type: ignore[call-overload]
            local(one.begun_at, zone),
            local(one.ended_at, zone) or "still 至今",
            _long(one.working_minutes * 60),
            str(STILL if one.still else COUNTS),
            one.reason,
        )
        for one in found.waits
    ]
    out.print(table(("For 等待", "From 开始", "To 结束", "Working time 时长", "Clocks 时钟", "Why 原因"), rows))


def show_climbs(found: TicketStory, zone: str, out: Console) -> None:
    """Each time that it went up the ladder: how far, why, and what came of it."""
    if not found.climbs:
        return
    out.print("\nEscalations 升级")
    rows = [
        (
            one.id,
            str(one.step_name),
            local(one.begun_at, zone),
            local(one.since, zone),
            one.reason,
            _outcome(one),
        )
        for one in found.climbs
    ]
    out.print(table(("Escalation 升级", "Stands at 层级", "Begun 开始", "There since 到达", "Why 原因", "Outcome 结果"), rows))


def _outcome(one: ClimbTold) -> str:
    if one.open:
        return "goes on 进行中"
    return f"{OUTCOME_NAMES[one.outcome]}: {one.told}" if one.outcome else one.told


def show_holders(found: TicketStory, zone: str, out: Console) -> None:
    """Who had it, from when to when."""
    out.print("\nWho had it 经手")
    rows = [
        (
            str(one.line_name) + (f", {one.group}" if one.group else ""),
            one.to or "nobody 未分派",
            local(one.begun_at, zone),
            local(one.ended_at, zone) or "now 至今",
        )
        for one in found.holders
    ]
    out.print(table(("Line 支持层级", "Person 人员", "From 开始", "To 结束"), rows))


def show_timeline(found: TicketStory, zone: str, out: Console) -> None:
    """Every event, with how much of each open target was used up by then."""
    out.print("\nWhat happened 经过")
    rows = [
        (
            local(one.occurred_at, zone),
            str(one.name),
            "\n".join((one.particulars, *(_anew(target, zone) for target in one.redated))),
            _used(one.respond_percent, one.resolve_percent),
            by(one.actor),
        )
        for one in found.timeline
    ]
    used = "Response / resolution\nused 响应/解决已用"
    out.print(
        table((f"When 时间 ({zone})", "What happened 事件", "Particulars 内容", used, "By whom 经办"), rows, whole=(used,))
    )


def _anew(one: RedatedTarget, zone: str) -> str:
    """`resolution 解决: 4 h → 2 h, due 2026-03-18 14:00 → 2026-03-18 12:00`; without due times where the clock stands still."""
    told = f"{TARGET_NAMES[one.target]}: {_long(one.minutes_before * 60)} → {_long(one.minutes_after * 60)}"
    if one.due_before is None or one.due_after is None:
        return told
    return f"{told}, due 截止 {local(one.due_before, zone)} → {local(one.due_after, zone)}"


def _used(respond: int | None, resolve: int | None) -> str:
    told = [f"{percent} %" if percent is not None else "–" for percent in (respond, resolve)]
    return " / ".join(told)


def show_refused(found: TicketStory, zone: str, out: Console) -> None:
    """The last commands that were refused, and why."""
    if not found.refusals:
        return
    out.print("\nRefused lately 近期被拒")
    rows = [(local(one.decided_at, zone), one.command, one.detail, by(one.actor)) for one in found.refusals]
    out.print(table(("When 时间", "Command 命令", "Why 原因", "By whom 经办"), rows))
