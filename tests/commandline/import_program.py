"""`import` as a program for its tests: `import_program.py crm|tickets WHAT SENT`; killed when it has sent so many commands, if
that is not 0."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from activities.shapes import Accepted, EventRef
from commandline.importing import crm
from commandline.importing_tickets import tickets
from commandline.seam import carry_out
from domain.messages import Command
from runtime.submitting import Submitter


def killed_after(sent: int) -> None:
    """From the command after so many on, this process and the Temporal server that is tied to it are gone."""
    left, submit, submit_all = sent, Submitter.submit, Submitter.submit_all

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    async def submit_or_die(self: Submitter, command: Command) -> tuple[EventRef, ...]:
        nonlocal left
        left -= 1
        if left < 0:
            die()
        return await submit(self, command)

    async def submit_some_and_die(self: Submitter, commands: Sequence[Command]) -> Accepted:
        nonlocal left
        before, left = left, left - len(commands)
        accepted = await submit_all(self, commands[:before]) if before > 0 else None
        if left < 0 or accepted is None:
            die()
        assert accepted
        return accepted

    Submitter.submit = submit_or_die  # type: ignore[method-assign]
    Submitter.submit_all = submit_some_and_die  # type: ignore[method-assign]


if __name__ == "__main__":
    kind, what, sent = sys.argv[1:]
    if int(sent):
        killed_after(int(sent))
    if kind == "crm":
        carry_out(crm, Path(what))
    carry_out(tickets, Path(what))
