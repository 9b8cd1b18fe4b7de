"""A server of an earlier run that is still there: recognise it beyond doubt, then stop it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

STOP_SECONDS = 5.0
"""How long a process may take to end after SIGTERM before it is killed."""
LOOK_AGAIN_SECONDS = 0.02


async def stop_leftover(pid_file: Path, database: Path) -> bool:
    """Stop the server that `pid_file` names, if it is a Temporal server on `database`. True when the earlier run left a
    pid file, so did not end as it should; its server may have ended by itself.

    A pid may have been given to another program since, so the process must show our database on its command line.
    """
    try:
        pid = int(pid_file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return False
    if _is_our_server(pid, database):
        await _stop(pid, database)
    pid_file.unlink(missing_ok=True)
    return True


def command_line(pid: int) -> list[str]:
    """The command line of a process; empty when there is none: no such process, or one that has ended or is just starting."""
    proc = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        try:
            shown_there = proc.read_bytes().decode(errors="replace").rstrip("\0")
        except OSError:
            return []
        return shown_there.split("\0") if shown_there else []
    shown = subprocess.run(["ps", "-ww", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False)
    return shown.stdout.split()


def _is_our_server(pid: int, database: Path) -> bool:
    line = command_line(pid)
    # `ps` does not quote: a path with a space comes in pieces, so the whole line is searched.
    return any(Path(word).name == "temporal" for word in line) and str(database) in " ".join(line)


async def _stop(pid: int, database: Path) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sign)
        give_up = time.monotonic() + STOP_SECONDS
        # It is not our child, so there is nothing to wait on: look until it is gone.
        while time.monotonic() < give_up:
            if not _is_our_server(pid, database):
                return
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
