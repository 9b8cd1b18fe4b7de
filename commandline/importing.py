"""`import crm`: a CRM's export, through the same commands as everything else, with every row accounted for.

Each row's commands have ids that derive from the row, so a run that was broken off is simply started again."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from commandline import import_report
from commandline.import_driving import Tally, drive
from commandline.import_running import interruptible, progress, some_stack
from commandline.seam import DONE, FAILED, WrongUsageError
from domain.playbook import Playbooks
from intake.crm import NotTaken, read_export
from intake.crm_commands import lanes
from intake.tables import ExportError
from runtime.logging import forward_core_logs, set_up_logging
from runtime.playbooks import load_playbooks
from runtime.settings import load_settings

NOT_TAKEN_FILE = "import-crm-not-taken.csv"
"""In the home folder: every row that was not taken, with its line and why."""


def crm(directory: Path, limit: int | None = None) -> int:
    """Bring in the export in a folder (at most the first `limit` rows); returns the exit code: 1 if the engine refused a row.

    Uses the stack that runs; in embedded mode, when none does, it runs one for as long as the import takes. Raises
    `WrongUsageError` for files that cannot be used, `FailedError` when nobody answers, and what `running` raises."""
    if limit is not None and limit < 1:
        raise WrongUsageError("--limit must be 1 or more.")
    settings = load_settings()
    set_up_logging("error")
    forward_core_logs()
    playbook = Playbooks(load_playbooks(settings.playbooks)).latest()
    began = datetime.now(UTC)
    try:
        export = read_export(directory, began.astimezone(ZoneInfo(playbook.calendar.time_zone)).date(), limit)
    except ExportError as error:
        raise WrongUsageError(str(error)) from None
    todo = lanes(export, playbook, began)
    deals = [deal for lane in todo for deal in lane.deals]

    async def bring_in() -> tuple[Tally, import_report.Outcome]:
        tally = Tally()
        async with some_stack(settings) as stack:
            with interruptible() as going_on, progress(len(deals)) as advance:

                def row_ended() -> bool:
                    advance()
                    return going_on()

                await drive(stack, todo, tally, row_ended)
            if not going_on():
                raise KeyboardInterrupt
            return tally, await import_report.outcome(stack.core.store, deals)

    tally, outcome = asyncio.run(bring_in())
    file = settings.home / NOT_TAKEN_FILE
    write_not_taken(file, [*export.not_taken, *tally.refused])
    import_report.show(import_report.Report(export, tally, outcome, datetime.now(UTC) - began, file), Console(highlight=False))
    return FAILED if tally.refused else DONE


def write_not_taken(file: Path, rows: Iterable[NotTaken]) -> None:
    """Every row that was not taken, by file and line; the file of the run before gives way."""
    file.parent.mkdir(parents=True, exist_ok=True)
    # With a byte order mark, or spreadsheet programs take it for another encoding.
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        table = csv.writer(out)
        table.writerow(("file", "line", "id", "stage", "reason"))
        for row in sorted(rows, key=lambda one: (one.file, one.line)):
            table.writerow((row.file, row.line, row.id, row.stage, "; ".join(map(str, row.problems))))
