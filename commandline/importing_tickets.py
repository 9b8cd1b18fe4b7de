"""`import tickets`: another desk's incident log, through the same commands as everything else, every row accounted for.

Each command has an id that derives from its ticket and its moment, so a run that was broken off is simply started again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from commandline import import_tickets_report
from commandline.import_driving import Sender
from commandline.import_running import interruptible, progress, some_stack
from commandline.import_tickets_driving import Tally, drive
from commandline.import_tickets_report import Report
from commandline.seam import DONE, FAILED, FailedError, WrongUsageError
from commandline.showing import put_json
from domain import streams
from domain.playbook import Playbooks
from intake.incident_commands import Played, customer_of, play, registration, release
from intake.incidents import Log, read_log
from intake.incidents_mapping import read_mapping, shipped
from intake.incidents_verdicts import Judge, Ours, ours
from intake.tables import ExportError
from runtime.logging import forward_core_logs, set_up_logging
from runtime.playbooks import load_playbooks
from runtime.settings import load_settings


def tickets(
    file: Path,
    limit: int | None = None,
    customer: str | None = None,
    time_zone: str | None = None,
    mapping: Path | None = None,
    as_json: bool = False,
) -> int:
    """Bring in the log in a file (at most its first `limit` tickets); returns the exit code: 1 if the engine refused a row.

    Uses the stack that runs; in embedded mode, when none does, it runs one for as long as the import takes. Raises
    `WrongUsageError` for a file that cannot be used, `FailedError` when nobody answers, and what `running` raises."""
    if limit is not None and limit < 1:
        raise WrongUsageError("--limit must be 1 or more.")
    settings = load_settings()
    set_up_logging("error")
    forward_core_logs()
    playbook = Playbooks(load_playbooks(settings.playbooks)).latest()
    began = datetime.now(UTC)
    log = _log(file, time_zone or playbook.calendar.time_zone, mapping, began, limit)
    whose = customer or customer_of(log)
    played = play(log, playbook, whose)

    async def bring_in() -> Report:
        tally = Tally()
        async with some_stack(settings) as stack:
            sender = Sender(stack)
            await _customer(sender, log, whose, named=customer is not None)
            with interruptible() as going_on, progress(len(played), "tickets") as advance:

                def ticket_ended() -> bool:
                    advance()
                    return going_on()

                await drive(sender, played, tally, ticket_ended)
            if not going_on():
                raise KeyboardInterrupt
            if customer is None and log.tickets:
                await sender.send(release(log))
            now = await _now(sender, played, tally)
        return _report(log, whose, tally, played, Judge(played, now, playbook), began, settings.home)

    report = asyncio.run(bring_in())
    import_tickets_report.write_files(report)
    if as_json:
        put_json(import_tickets_report.as_data(report))
    else:
        import_tickets_report.show(report, Console(highlight=False))
    return FAILED if tally_refused(report) else DONE


def tally_refused(report: Report) -> bool:
    """True when the engine said no to something."""
    return bool(report.tally.refused)


def _log(file: Path, time_zone: str, mapping: Path | None, now: datetime, limit: int | None) -> Log:
    try:
        zone = ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError):
        raise WrongUsageError(f"--time-zone {time_zone} is no time zone: give one like Europe/Stockholm.") from None
    try:
        mappings = [read_mapping(mapping)] if mapping else shipped()
        return read_log(file, mappings, zone, now, limit)
    except ExportError as error:
        raise WrongUsageError(str(error)) from None


async def _customer(sender: Sender, log: Log, customer: str, *, named: bool) -> None:
    """See that the customer exists: one that was named does, or the log gets one of its own."""
    if named:
        if not (await sender.states.read(streams.customer(customer))).state.exists:
            raise WrongUsageError(f"There is no customer {customer}: register it first, or leave --customer out.")
        return
    opened = min((one.opened_at for one in log.tickets), default=None)
    if opened is None:
        return
    _, problem = await sender.send([registration(log, opened)])
    if problem is not None:
        raise FailedError(f"The customer of the log was refused: {problem}")


async def _now(sender: Sender, played: Sequence[Played], tally: Tally) -> dict[str, Ours]:
    """What the tickets are now, by id; without those that were never opened."""
    absent = {one.ticket.id for one in tally.not_opened}
    found = {}
    for one in played:
        if one.ticket.id not in absent:
            found[one.ticket.id] = ours((await sender.states.read(streams.ticket(one.ticket.id))).state)
    return found


def _report(
    log: Log, customer: str, tally: Tally, played: Sequence[Played], judge: Judge, began: datetime, home: Path
) -> Report:
    return Report(
        log=log,
        customer=customer,
        tally=tally,
        played=played,
        verdicts=judge.verdicts(),
        fitted=judge.fitted,
        took=datetime.now(UTC) - began,
        home=home,
    )
