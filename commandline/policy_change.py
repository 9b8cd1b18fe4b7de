"""`playbook move --customers`: a policy change for every customer, or for those of some value classes."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

from activities.rejudging import Counts, PolicyChange
from commandline.playbook import acting
from commandline.seam import DONE, FAILED, FailedError, WrongUsageError
from commandline.showing import console, put_json, table
from domain.messages import Actor, ActorKind
from domain.moving import PlaybookVersionUnknownError
from domain.refusals import RefusalError
from runtime.composition import now, open_core
from runtime.logging import forward_core_logs, set_up_logging
from runtime.moving import playbooks_and_files
from runtime.rejudging import PolicyChangeRunningError, Prospect, begin, followed, prospect
from runtime.settings import load_settings
from runtime.stack import connected

NOBODY = Actor(kind=ActorKind.PERSON, id="nobody")
LOOKING = "only looking: nothing is recorded for this"


def change_policy(
    to: str | None,
    value_classes: Sequence[str],
    rate: float,
    reason: str | None,
    actor: str | None,
    role: str,
    dry_run: bool,
    as_program: bool,
) -> int:
    """Tell what the change comes to, or carry it out and wait for its end; exit 1 when a customer was refused.

    Raises `WrongUsageError` for a change without its version, reason or actor."""
    if to is None:
        raise WrongUsageError("Name the version that the customers go over to: --to standard@2026.5.")
    by = NOBODY if dry_run else acting(actor, role, reason)
    asked = PolicyChange(to=to, reason=reason or LOOKING, actor=by, since=now(), value_classes=tuple(value_classes), rate=rate)
    set_up_logging("error")
    forward_core_logs()
    try:
        if dry_run:
            found = asyncio.run(_look(asked))
            put_json(_as_json(found)) if as_program else _show(found)
            return DONE
        counts = asyncio.run(_go(asked, as_program))
    except (RefusalError, PlaybookVersionUnknownError) as refusal:
        raise FailedError(refusal.detail) from None
    except PolicyChangeRunningError as running:
        raise FailedError(str(running)) from None
    put_json({"dry_run": False, **counts.model_dump()}) if as_program else console().print(_told(counts))
    return FAILED if counts.refused else DONE


async def _look(asked: PolicyChange) -> Prospect:
    async with open_core(load_settings()) as core:
        return await prospect(core.store, await playbooks_and_files(core), asked)


async def _go(asked: PolicyChange, quietly: bool) -> Counts:
    async with connected(load_settings()) as stack:
        handle = await begin(stack.client, asked, await stack.core.playbooks())
        if quietly:
            return await followed(handle, lambda _counts: None)
        with console().status("re-judging customers 重新评估客户 …") as status:
            return await followed(handle, lambda counts: status.update(_told(counts)))


def _told(counts: Counts, *, looked: bool = False) -> str:
    parts = [f"{counts.seen:,} customers seen, {counts.moved:,} {'would move' if looked else 'moved'}"]
    parts += [f"{counts.there:,} there already"] if counts.there else []
    parts += [f"{counts.elsewhere:,} under other playbooks left alone"] if counts.elsewhere else []
    parts += [f"{counts.closed:,} closed"] if counts.closed else []
    parts += [f"{number:,} refused ({why})" for why, number in sorted(counts.refused.items())]
    parts += [f"{number:,} {step}" for step, number in sorted(counts.became.items())]
    to_wake = f"{counts.to_wake:,} to wake" if looked else f"{counts.woken:,} of {counts.to_wake:,} woken"
    parts += [to_wake] if counts.to_wake else []
    return ", ".join(parts) + "."


def _show(found: Prospect) -> None:
    out = console()
    rows = [
        (value_class or "–", str(kinds["moved"]), str(kinds["sooner"]), str(kinds["later"]), _steps(kinds))
        for value_class, kinds in sorted(found.by_class.items())
    ]
    if rows:
        heads = ("Class 价值分类", "Moved 迁移", "Sooner 提前", "Later 推迟", "At once 立即")
        out.print(table(heads, rows, whole=heads[:1]))
    out.print(_told(found.counts, looked=True))
    out.print("Nothing was moved: this was a look only.")


def _steps(kinds: Counter[str]) -> str:
    return ", ".join(f"{number} {step}" for step, number in sorted(kinds.items()) if "→" in step)


def _as_json(found: Prospect) -> dict[str, Any]:
    classes = {value_class: dict(kinds) for value_class, kinds in sorted(found.by_class.items())}
    return {"dry_run": True, **found.counts.model_dump(), "by_class": classes}
