"""The whole system as `python starter.py up` runs it, for the tests of this folder."""

from __future__ import annotations

import logging
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.settings import Settings
from runtime.sockets import free_port
from tests.commandline.shell import Shell


def environment(home: Path) -> dict[str, str]:
    """A home and ports of its own."""
    ports = {"TEMPORAL_PORT": free_port(), "TEMPORAL_UI_PORT": free_port(), "API_PORT": free_port()}
    return {"THROUGHLINE_HOME": str(home), **{f"THROUGHLINE_{name}": str(port) for name, port in ports.items()}}


def until_running(program: subprocess.Popen[str], sign: str = "Ctrl-C stops it") -> str:
    """Read what a program prints until it says that it is ready, and the rest of that paragraph."""
    assert program.stdout is not None
    told = ""
    for line in program.stdout:
        told += line
        if sign in told and not line.strip() and told.count("\n\n") >= 2:
            return told
    raise AssertionError(f"it ended without being ready: {told}{program.stderr.read() if program.stderr else ''}")


@pytest.fixture(autouse=True)
def _handlers_as_before() -> Iterator[None]:
    """A command sets up logging and Ctrl-C for the program that it is; here it is a guest."""
    root, interrupt = logging.getLogger(), signal.getsignal(signal.SIGINT)
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    signal.signal(signal.SIGINT, interrupt)


@pytest.fixture
def alone(tmp_path: Path) -> Shell:
    """A shell on an empty home, where nothing runs."""
    return Shell(environment(tmp_path))


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A shell beside a system that runs."""
    shell = Shell(environment(tmp_path_factory.mktemp("system")))
    with shell.start("up") as up:
        try:
            until_running(up)
            yield shell
        finally:
            up.send_signal(signal.SIGTERM)
            _, said = up.communicate(timeout=30)
    assert up.returncode == 0, said


@pytest.fixture(scope="session")
def settings(system: Shell) -> Settings:
    """The running system's settings, for tests that go past the command line."""
    given = system.environment
    return Settings(
        home=Path(given["THROUGHLINE_HOME"]),
        temporal_port=int(given["THROUGHLINE_TEMPORAL_PORT"]),
        temporal_ui_port=int(given["THROUGHLINE_TEMPORAL_UI_PORT"]),
        api_port=int(given["THROUGHLINE_API_PORT"]),
    )
