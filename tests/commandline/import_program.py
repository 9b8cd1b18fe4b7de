"""`import` as a program for its tests: `import_program.py crm|tickets WHAT SENT`; killed when it has sent so many commands, if
that is not 0."""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from activities.shapes import EventRef
from commandline.importing import crm
from commandline.importing_tickets import tickets
from commandline.seam import carry_out
from domain.messages import Command
from runtime.submitting import Submitter


def killed_after(sent: int) -> None:
    """From the command after so many on, this process and the Temporal server that is tied to it are gone."""
    numbers, submit = count(1), Submitter.submit

    async def submit_or_die(self: Submitter, command: Command) -> tuple[EventRef, ...]:
        if next(numbers) > sent:
            os.kill(os.getpid(), signal.SIGKILL)
        return await submit(self, command)

    Submitter.submit = submit_or_die  # type: ignore[method-assign]


if __name__ == "__main__":
    kind, what, sent = sys.argv[1:]
    if int(sent):
        killed_after(int(sent))
    if kind == "crm":
        carry_out(crm, Path(what))
    carry_out(tickets, Path(what))
