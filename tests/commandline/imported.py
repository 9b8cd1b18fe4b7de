"""Imports as their user meets them: programs of their own, each on an embedded stack of its own; and what they leave."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

from eventstore.opening import open_store
from eventstore.port import StoredEvent
from runtime.sockets import free_port

PROGRAM = Path(__file__).with_name("import_program.py")


def run_import(kind: str, what: Path, home: Path, sent: int = 0) -> subprocess.CompletedProcess[str]:
    """Import into a home whose stack does not run yet; killed after so many commands, if that is not 0."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("THROUGHLINE_", "TEMPORAL_"))}
    ports = {f"THROUGHLINE_{name}": str(free_port()) for name in ("TEMPORAL_PORT", "TEMPORAL_UI_PORT", "API_PORT")}
    return subprocess.run(
        [sys.executable, str(PROGRAM), kind, str(what), str(sent)],
        env={**environment, **ports, "THROUGHLINE_HOME": str(home), "COLUMNS": "200"},
        capture_output=True,
        encoding="utf-8",
        timeout=70,
        check=False,
    )


async def events(home: Path) -> list[StoredEvent]:
    """The whole log."""
    store = await open_store(f"sqlite:///{home / 'store.db'}")
    try:
        return list(await store.read_all(limit=100_000))
    finally:
        await store.close()


async def facts(home: Path) -> dict[str, Counter[str]]:
    """How often what happened, by stream."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for event in await events(home):
        found[event.stream][event.type] += 1
    return found
