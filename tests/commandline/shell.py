"""`python starter.py …` as a person calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from domain.messages import Command
from starter import app

CODE = Path(__file__).parents[2]
OURS = ("THROUGHLINE_", "TEMPORAL_", "COLUMNS")
"""What this terminal says itself; in a worker of xdist, COLUMNS is set by others."""


@dataclass(frozen=True)
class Ended:
    """How a call ended."""

    code: int
    out: str
    error: str


@dataclass(frozen=True)
class Shell:
    """A terminal without a screen, with its own environment."""

    environment: Mapping[str, str]

    def __call__(self, *arguments: str, put_in: bytes = b"") -> Ended:
        """Call `starter.py` in this process, which spares a second each time. A traceback is raised, not printed."""
        others = {name: None for name in os.environ if name.startswith(OURS)}
        result = CliRunner().invoke(app, arguments, input=put_in, env={**others, **self.environment})
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ended(result.exit_code, result.stdout_bytes.decode(), result.stderr_bytes.decode())

    def start(self, *arguments: str, program: str = "starter.py") -> subprocess.Popen[str]:
        """Start it as a program of its own; its standard output can be read line by line."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        return subprocess.Popen(
            [sys.executable, program, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**kept, **self.environment},
            cwd=CODE,
        )

    def do(self, *lines: bytes | str | Command | Mapping[str, Any]) -> list[dict[str, Any]]:
        """The results of these lines, one each for those that are not blank."""
        ended = self("do", "-", put_in=written(lines))
        return [json.loads(line) for line in ended.out.splitlines()]

    def with_environment(self, **more: str) -> Shell:
        """The same with other variables."""
        return Shell({**self.environment, **more})


def written(lines: Iterable[bytes | str | Command | Mapping[str, Any]]) -> bytes:
    """Lines as they stand in a JSON Lines file."""
    return b"".join(_line(line) + b"\n" for line in lines)


def _line(line: bytes | str | Command | Mapping[str, Any]) -> bytes:
    if isinstance(line, Command):
        line = line.model_dump_json(exclude_none=True)
    elif isinstance(line, Mapping):
        line = json.dumps(line, ensure_ascii=False)
    return line.encode() if isinstance(line, str) else line
