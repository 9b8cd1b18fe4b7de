"""Save histories of real runs, one of every workflow and path, for the replay tests: `python -m tests.replay.save`.

Run by hand when a path is new, never to make a failing replay pass: a history that does not replay any more is an open
workflow that would break. Then the change is patched, or what was saved stays beside what is saved now."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.worker import Worker

from activities.lifecycle import Lifecycle
from domain.ticket import AcknowledgeTicket, PauseTicket, ResolveTicket, ResumeTicket
from runtime.embedded import embedded_temporal
from runtime.plugin import ThroughlinePlugin
from runtime.search_attributes import kinds_of
from runtime.sockets import free_port
from tests.domain.asked import (
    MONDAY,
    SUPPORT,
    accept,
    classify,
    condition,
    contact,
    evidence,
    give_back,
    lose,
    offer,
    on,
    open_project,
    open_ticket,
    override,
    register,
    release,
    resume,
    shelve,
    stage_done,
    started,
    won,
)
from tests.replay import fingerprint
from tests.replay.sleepy import SleepyTicket
from tests.workflows.company import Company, day, founded, into_support, now, sqlite
from workflows import names

SAVED_BY = "save.py"
"""The name of worker and client in what is saved, instead of a machine's."""
FOLDER = fingerprint.FOLDER
BAD = "known-bad-ticket"
"""Not a run of ours (see `sleepy.py`): it must never replay."""


async def whole_life(company: Company) -> dict[str, str]:
    """From the lead to support: every workflow once, on its straight path."""
    await company.tell(into_support("P1", "C1"))
    await company.until_begun("support-P1")
    return {
        "customer-active": "customer-C1",
        "project-delivered": "project-P1",
        "funnel-won": "funnel-P1",
        "handoff-delivery-accepted": "handoff-P1-delivery",
        "handoff-support-accepted": "handoff-P1-support",
        "implementation-completed": "implementation-P1",
        "support-in-service": "support-P1",
    }


async def crooked_paths(company: Company) -> dict[str, str]:
    """Lost, shelved, overridden, refused, returned, accepted with a condition."""
    await company.tell(started("P2", "C2"))
    await company.tell([stage_done("F1", project="P2"), lose("P2", keep_contact_on=day(30))])
    await company.tell([open_project("P3", "C2"), shelve(day(30), "P3")])
    await company.refused(evidence("owner", project="P3"))
    await company.tell([resume("P3"), override("won", "P3", expires_on=day(30)), offer(project="P3")])
    await company.tell([give_back("risks", project="P3"), offer(project="P3", items={"risks": "doc-2"})])
    await company.tell([accept(project="P3", conditions=(condition(due_on=day(30)),)), contact(day(10), "C2")])
    return {
        "customer-keeps-contact": "customer-C2",
        "project-lost": "project-P2",
        "funnel-lost": "funnel-P2",
        "funnel-shelved-refused-overridden": "funnel-P3",
        "handoff-returned-conditional": "handoff-P3-delivery",
    }


async def clocks_that_ran_out(company: Company) -> dict[str, str]:
    """A past brought along and released; a ticket whose timers fire, that pauses, resumes and is resolved."""
    past = now() - timedelta(days=300)
    await company.tell([on(past, register("C4")), on(past, open_project("P4", "C4", hold_clocks=True))])
    await company.tell([release(project="P4"), *won("P4")])
    await company.tell([contact("2026-03-02", "C4", occurred_at=MONDAY)])
    await company.until_recorded("customer-C4", "ContactDue")
    await company.tell([register("C5"), classify("vip", "C5")])
    opened = now() - timedelta(minutes=30) + timedelta(seconds=2)
    await company.ask(on(opened, open_ticket("T5", "C5")))
    await company.until_recorded("ticket-T5", "TargetBreached")
    await company.ask(PauseTicket(ticket="T5", waiting_for="customer", reason="log", actor=SUPPORT))
    await company.tell([command(ticket="T5", actor=SUPPORT) for command in (ResumeTicket, AcknowledgeTicket)])
    await company.ask(ResolveTicket(ticket="T5", solution="restarted", actor=SUPPORT))
    return {
        "customer-contact-due": "customer-C4",
        "project-released": "project-P4",
        "funnel-released": "funnel-P4",
        "ticket-timers-fired": "ticket-T5",
    }


async def a_later_run(company: Company) -> dict[str, str]:
    """A run that ended by going on in a new one, and the new one; needs a server that suggests it early."""
    await company.ask(register("C6"))
    first = (await company.handle("customer-C6").describe()).run_id
    while (await company.handle("customer-C6").describe()).run_id == first:
        await company.ask(contact(day(20), "C6"))
    await company.tell([contact(day(21), "C6"), contact(day(22), "C6")])
    await _save("customer-continued", company, "customer-C6", first)
    return {"customer-continues": "customer-C6"}


async def _save(name: str, company: Company, stream: str, run_id: str | None = None) -> None:
    handle = company.client.get_workflow_handle(names.workflow_id(stream), run_id=run_id)
    history = await handle.fetch_history()
    saved = {"workflow_id": names.workflow_id(stream), **history.to_json_dict()}
    text = json.dumps(_without_traces(saved), ensure_ascii=False, separators=(",", ":"))
    await asyncio.to_thread((FOLDER / f"{name}.json").write_text, text + "\n", encoding="utf-8")


def _without_traces(value: Any) -> Any:
    """The same JSON without stack traces, which tell where the code lay on the machine that saved it."""
    if isinstance(value, dict):
        return {key: _without_traces(inner) for key, inner in value.items() if key != "stackTrace"}
    return [_without_traces(inner) for inner in value] if isinstance(value, list) else value


async def _record(path: Callable[[Company], Awaitable[dict[str, str]]], folder: Path, *settings: str) -> None:
    folder.mkdir(parents=True)
    extra = [part for setting in settings for part in ("--dynamic-config-value", setting)]
    async with embedded_temporal(folder, free_port(), None, kinds_of(names.SEARCH_ATTRIBUTES), extra_args=extra) as address:
        client = await Client.connect(address, identity=SAVED_BY, plugins=[ThroughlinePlugin()])
        async with founded(client, sqlite(folder)) as company:
            for name, stream in (await path(company)).items():
                await _save(name, company, stream)


async def _record_the_bad_one(folder: Path) -> None:
    folder.mkdir(parents=True)
    async with embedded_temporal(folder, free_port(), None, kinds_of(names.SEARCH_ATTRIBUTES)) as address:
        client = await Client.connect(address, identity=SAVED_BY, plugins=[ThroughlinePlugin()])
        async with founded(client, sqlite(folder), working=False) as company:
            lifecycle = Lifecycle(company.core.handler, company.submitter.deliver)
            async with Worker(
                client, task_queue=names.TASK_QUEUE, workflows=[SleepyTicket], activities=[lifecycle.respond, lifecycle.deliver]
            ):
                await company.submitter.resume("ticket-T1")
                await company.handle("ticket-T1").result()
            await _save(BAD, company, "ticket-T1")


async def main() -> None:
    """Record everything anew."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        await _record(whole_life, folder / "life")
        await _record(crooked_paths, folder / "crooked")
        await _record(clocks_that_ran_out, folder / "clocks")
        await _record(a_later_run, folder / "later", "limit.historyCount.suggestContinueAsNew=30")
        await _record_the_bad_one(folder / "bad")
    await fingerprint.write()
    for path in sorted(FOLDER.glob("*.json")):
        print(f"{path.stat().st_size:>9,} {path.name}", file=sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
