"""`overrides`: every gate that was passed without its proofs, and how many by person and by what became of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from commandline.seam import DONE
from commandline.showing import console, local, put_json, table
from domain.messages import Name
from domain.standing import OUTCOME_NAMES
from history.overriding import OverrideKept, Person, Tally, overrides, tallies
from runtime.composition import open_core
from runtime.logging import set_up_logging
from runtime.settings import load_settings

DEALS = {
    "": Name(en="open", zh="进行中"),
    "won": Name(en="won", zh="成交"),
    "lost": Name(en="lost", zh="丢单"),
    "cancelled": Name(en="cancelled", zh="取消"),
}
"""What became of a deal."""
WHEN = "Given, until\n有效期"
COLUMNS = (
    "Project 项目",
    "Gate 关口",
    "Asked by 申请",
    "Approved by 批准",
    WHEN,
    "Now 现状",
    "Deal 商机",
    "Reason 理由",
)
COUNTED = ("Overrides 特批", "In force 有效", "Settled 已补齐", "Expired 已到期", "Won 成交", "Lost 丢单", "Open 进行中")
WHO = {"approver": "Approved by 批准", "asked_by": "Asked by 申请"}


def list_overrides(asked: Mapping[str, str | None], limit: int, by: Person, as_program: bool) -> int:
    """List the overrides that fit what is `asked` (approver, asked_by, project, outcome), the newest first, and count all of
    those by person; returns the exit code."""
    settings = load_settings()
    set_up_logging("error")

    async def read() -> tuple[Sequence[OverrideKept], str]:
        async with open_core(settings) as core:
            return await overrides(core.store, asked), (await core.playbooks()).latest().calendar.time_zone

    found, zone = asyncio.run(read())
    counts = tallies(found, by)
    if as_program:
        shown = [one.model_dump(mode="json") for one in found[:limit]]
        put_json({"overrides": shown, "counts": [one.model_dump() for one in counts], "by": by})
    else:
        _show(found, counts, limit, by, zone)
    return DONE


def _show(found: Sequence[OverrideKept], counts: Sequence[Tally], limit: int, by: Person, zone: str) -> None:
    out = console()
    if not found:
        out.print("No gate was passed by an override 无特批放行.")
        return
    out.print(table(COLUMNS, [_row(one, zone) for one in found[:limit]], whole=(WHEN,)))
    if len(found) > limit:
        out.print(f"The newest {limit} of {len(found)} are shown (--limit).")
    out.print()
    out.print(table((WHO[by], *COUNTED), [_counted(one) for one in counts]))


def _row(one: OverrideKept, zone: str) -> tuple[str, ...]:
    days = f"{local(one.given_at, zone)[:10]} →\n{one.expires_on}"
    now, deal = str(OUTCOME_NAMES[one.outcome]), str(DEALS.get(one.deal, one.deal))
    return one.project, one.gate, one.asked_by, one.approver, days, now, deal, one.reason


def _counted(one: Tally) -> tuple[str, ...]:
    numbers = (one.overrides, one.open, one.settled, one.expired, one.deals_won, one.deals_lost, one.deals_open)
    return (one.person or "–", *map(str, numbers))
