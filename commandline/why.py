"""`why`: where a project stands, what brought it there, what is missing for the next step, who must act by when."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from commandline.seam import DONE, FailedError
from commandline.showing import console, local, pairs, put_json, table
from commandline.why_around import show_cancellation, show_moves, show_overrides, show_pending, show_promises, show_stays
from commandline.why_grounds import decided, show_passages, show_refusals, unmet_table
from commandline.why_service import show_service
from domain import streams
from domain.messages import Name
from domain.standing import HEALTH_NAMES
from history.explaining import Why, Work
from history.explaining import why as explain
from runtime.composition import CODEC, now, open_core
from runtime.logging import set_up_logging
from runtime.settings import load_settings

HEALTH_STYLES = {"ok": "green", "at-risk": "yellow", "overdue": "bold red", "blocked": "magenta"}
OUTCOMES = {
    "lost": Name(en="lost", zh="丢单"),
    "won": Name(en="won", zh="成交"),
    "delivered": Name(en="delivered", zh="已交付"),
    "cancelled": Name(en="cancelled", zh="已取消"),
}
"""How a project ended."""


def why(project: str, as_program: bool) -> int:
    """Explain a project; returns the exit code. Raises `FailedError` for one that does not exist."""
    settings = load_settings()
    set_up_logging("error")

    async def read() -> tuple[Why | None, str]:
        async with open_core(settings) as core:
            playbooks = await core.playbooks()
            return await explain(core.store, CODEC, playbooks, project, now()), playbooks.latest().calendar.time_zone

    found, zone = asyncio.run(read())
    if found is None:
        raise FailedError(f"There is no project {project!r}: check the id, or open it (OpenProject).")
    if as_program:
        put_json(found.model_dump(mode="json"))
    else:
        _show(found, zone)
    return DONE


def _show(found: Why, zone: str) -> None:
    out = console()
    out.print(Text(f"{found.project}  {found.name}", style="bold"), Text(f"(customer 客户 {found.customer})"))
    outcome = f", closed 已关闭: {OUTCOMES.get(found.outcome, found.outcome)}" if found.outcome else ""
    out.print(f"Phase 阶段: {found.phase_name}{outcome}", end="\n\n")
    if found.stands is None:
        out.print("The work of this phase is about to begin 即将开始.")
    else:
        _show_work(found.stands, found.roles, found.notes, zone, out)
    show_cancellation(found, zone, out)
    show_overrides(found, out)
    show_pending(found, zone, out)
    show_service(found, zone, out)
    _show_path(found, zone, out)
    show_passages(found, zone, out)
    show_stays(found, zone, out)
    show_moves(found, zone, out)
    show_promises(found, out)
    # Tickets have a list of their own.
    if beside := [one for one in found.beside if streams.category(one.stream) != "ticket"]:
        rows = [_beside(one, zone) for one in beside]
        out.print("\nBeside it 同时进行")
        out.print(table(("Work 工作", "Stands at 状态", "Health 状况", "Waiting for 等待", f"By 截止 ({zone})"), rows))
    show_refusals(found, zone, out)


def _show_work(work: Work, roles: Mapping[str, Name], notes: Mapping[str, str], zone: str, out: Console) -> None:
    view = work.view
    stands = Text.assemble((view.title, "bold"), "  ", (str(HEALTH_NAMES[view.health]), HEALTH_STYLES[view.health]))
    lines: list[tuple[str, str | Text]] = [("Stands at 当前", stands)]
    if view.reason:
        lines.append(("Needs a person 需人工", view.reason))
    if view.waiting_for:
        lines.append(("Must act 待办", f"{view.waiting_for}: {work.who or view.waiting_for}"))
    if view.duty:
        lines.append(("Has the duty 责任", f"{view.duty}: {roles.get(view.duty, view.duty)}"))
    if view.outlook:
        lines.append(("Outlook 预测", view.outlook))
    if view.due_at:
        lines.append(("By 截止", f"{local(view.due_at, zone)} ({zone})"))
    if work.next_clock:
        lines.append(("Next clock 下一时限", f"{local(work.next_clock.at, zone)}, {work.next_clock.text}"))
    lines += [("Not certain 日期未定", doubt) for doubt in _doubts(work)]
    out.print(pairs(lines))
    if view.missing:
        out.print("\nMissing for the next step 待补")
        out.print(unmet_table(view.missing, roles, notes))
    elif not view.closed:
        out.print("Nothing is missing 无待补项" + (f": {view.waiting_for} must act." if view.waiting_for else "."))


def _doubts(work: Work) -> list[str]:
    """Why the dates that are shown may still move, each sentence once."""
    told = (work.view.provisional, work.next_clock.provisional if work.next_clock else "")
    return [doubt for doubt in dict.fromkeys(told) if doubt]


def _show_path(found: Why, zone: str, out: Console) -> None:
    out.print("\nWhat brought it here 来由")
    rows = [(local(step.occurred_at, zone), str(step.name), step.particulars, step.actor.id) for step in found.steps]
    out.print(table((f"When 时间 ({zone})", "What happened 事件", "Particulars 内容", "By whom 经办"), rows))
    if found.decision:
        out.print(decided(found.decision, zone))


def _beside(work: Work, zone: str) -> tuple[str | Text, ...]:
    view = work.view
    return (
        work.stream,
        view.reason if view.closed else view.title,
        Text(str(HEALTH_NAMES[view.health]), HEALTH_STYLES[view.health]),
        view.waiting_for,
        local(view.due_at, zone),
    )
