"""`notices`: what people were told, what is still owed to them, and the dead letters; `notices send` sends again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from commandline.seam import DONE, FAILED
from commandline.showing import console, local, put_json, table
from domain.messages import Name
from history.notices import NoticeKept, notices, tally
from runtime.announcing import send_again
from runtime.composition import open_core
from runtime.logging import forward_core_logs, set_up_logging
from runtime.settings import load_settings
from runtime.stack import connected

STATUS_NAMES = {
    "owed": Name(en="owed", zh="待发"),
    "sending": Name(en="sending", zh="发送中"),
    "sent": Name(en="sent", zh="已发"),
    "dead": Name(en="dead letter", zh="未送达"),
    "suppressed": Name(en="too old to tell", zh="已过时"),
}
WHEN = "When 时间"
COLUMNS = (WHEN, "To, over\n收件、渠道", "Status 状态", "Notice 通知")


def list_notices(asked: Mapping[str, str | None], limit: int, as_program: bool) -> int:
    """List the notices that fit what is `asked` (status, recipient, project), the newest first; returns the exit code."""
    settings = load_settings()
    set_up_logging("error")

    async def read() -> tuple[Sequence[NoticeKept], Mapping[str, int], str]:
        async with open_core(settings) as core:
            zone = (await core.playbooks()).latest().calendar.time_zone
            return await notices(core.store, asked, limit), await tally(core.store), zone

    found, counts, zone = asyncio.run(read())
    if as_program:
        put_json({"notices": [one.model_dump(mode="json") for one in found], "counts": dict(counts)})
        return DONE
    out = console()
    if found:
        out.print(table(COLUMNS, [_row(one, zone) for one in found], whole=(WHEN,)))
        out.print()
    told = ", ".join(f"{STATUS_NAMES[status]} {count}" for status, count in counts.items() if count)
    out.print(f"In the outbox 发件箱: {told}." if told else "Nobody is owed a notice, and nobody was told anything 无通知.")
    if counts["dead"]:
        out.print("Dead letters are sent again with `python starter.py notices send ID…` or `notices send --dead`.")
    return DONE


def send(ids: Sequence[str], dead: bool) -> int:
    """Send dead letters and notices too old to tell again, each through its stream's workflow; returns the exit code."""
    settings = load_settings()
    set_up_logging("error")
    forward_core_logs()

    async def run() -> tuple[Sequence[str], Sequence[str]]:
        async with connected(settings) as stack:
            return await send_again(stack.core.store, stack.submitter, ids, all_dead=dead)

    on_their_way, not_sent = asyncio.run(run())
    out = console()
    out.print(f"On their way 重发: {len(on_their_way)}. `python starter.py notices` shows what becomes of them.")
    for one in not_sent:
        out.print(f"{one} is not sent again: there is no such dead letter.")
    return FAILED if not_sent else DONE


def _row(one: NoticeKept, zone: str) -> tuple[str, ...]:
    status = str(STATUS_NAMES[one.status])
    tries = f"\n{one.tries} of {one.tries_most} tries" if one.tries > 1 or one.status == "dead" else ""
    notice = "\n".join(line for line in (one.id, one.text.en, one.text.zh, one.error) if line)
    return local(one.occurred_at, zone), f"{one.recipient}\n{one.channel}", f"{status}{tries}", notice
