"""`history`: everything that happened to a customer, in order, and the state that it adds up to."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime

from commandline.seam import DONE, FailedError, WrongUsageError
from commandline.showing import console, local, put_json, table
from domain import streams
from history.moments import NotAMomentError, moment
from history.replay import History, Recorded, as_json, replay
from history.wording import EVENT_NAMES, particulars
from runtime.composition import CODEC, open_core
from runtime.logging import set_up_logging
from runtime.settings import load_settings


def history(customer: str, as_of: str | None, known_at: str | None, as_program: bool) -> int:
    """Print the history of a customer; returns the exit code.

    Raises `FailedError` for an unknown customer and `WrongUsageError` for a moment that cannot be read."""
    settings = load_settings()
    set_up_logging("error")

    async def read() -> tuple[History | None, str]:
        async with open_core(settings) as core:
            zone = (await core.playbooks()).latest().calendar.time_zone
            moments = _moment("--as-of", as_of, zone), _moment("--known-at", known_at, zone)
            return await replay(core.store, CODEC, customer, *moments), zone

    found, zone = asyncio.run(read())
    if found is None:
        raise FailedError(
            f"Nothing is recorded about a customer {customer!r}: check the id, or register it (RegisterCustomer)."
        )
    if as_program:
        put_json(as_json(found))
    else:
        _show(found, zone)
    return DONE


def _moment(option: str, text: str | None, zone: str) -> datetime | None:
    try:
        return moment(text, zone) if text is not None else None
    except NotAMomentError as error:
        raise WrongUsageError(f"{option}: {error}") from None


def _show(found: History, zone: str) -> None:
    out = console()
    rows = [_row(one, zone) for one in found.events]
    out.print(table((f"When 时间 ({zone})", "What happened 事件", "Particulars 内容", "By whom 经办", "Stream"), rows))
    out.print()
    limits = [f"as of 截至 {local(found.as_of, zone)}"] if found.as_of else []
    limits += [f"as known at 当时已知 {local(found.known_at, zone)}"] if found.known_at else []
    own = found.states.get(streams.customer(found.customer))
    if own is not None and own.record.merged_into:
        into = own.record.merged_into
        out.print(f"It was a duplicate and went into {into} 已并入 {into}: `history {into}` tells of both.")
    if found.absorbed:
        out.print(f"Told with it, merged into it 已并入本客户: {', '.join(found.absorbed)}")
    out.print(", ".join([f"{len(found.events)} events 条事件", f"{len(found.states)} streams", *limits]))


def _row(one: Recorded, zone: str) -> tuple[str, ...]:
    actor = json.loads(one.stored.actor)
    by = f"{actor['id']} ({actor['role']})" if actor.get("role") else str(actor["id"])
    name = EVENT_NAMES[one.stored.type]
    where = f"{one.stored.stream}\n({one.absorbed_from} 已并入)" if one.absorbed_from else one.stored.stream
    return local(one.stored.occurred_at, zone), str(name), particulars(one.event), by, where
