"""`up` and `worker.py`: everything runs, and stops without leaving anything behind."""

from __future__ import annotations

import signal
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from runtime.sockets import port_is_taken
from tests.commandline.conftest import until_running
from tests.commandline.shell import Shell


@contextmanager
def _up(shell: Shell, ends_by: signal.Signals) -> Iterator[str]:
    """Run it while the body runs; it must then end well, with every port free again."""
    with shell.start("up") as program:
        try:
            yield until_running(program)
        finally:
            program.send_signal(ends_by)
            _, said = program.communicate(timeout=30)
    assert (program.returncode, "Traceback" in said) == (0, False), said
    ports = [int(value) for name, value in shell.environment.items() if name.endswith("_PORT")]
    assert [port for port in ports if port_is_taken("127.0.0.1", port)] == []


@pytest.mark.timeout(120)
def test_everything_runs_until_it_is_stopped_and_goes_on_where_it_was(alone: Shell) -> None:
    home, port = Path(alone.environment["THROUGHLINE_HOME"]), alone.environment["THROUGHLINE_API_PORT"]
    with _up(alone, signal.SIGINT) as told:
        key = (home / "api.key").read_text()
        assert stat.S_IMODE((home / "api.key").stat().st_mode) == 0o600
        assert told.count(key) == 1
        for where in ("TEMPORAL_PORT", "TEMPORAL_UI_PORT", "API_PORT"):
            assert alone.environment[f"THROUGHLINE_{where}"] in told
        assert str(home / "store.db") in told

        command = {"command": "RecordEvidence", "actor": {"kind": "person", "id": "u1"}}
        url = f"http://127.0.0.1:{port}/v1/commands"
        assert httpx.post(url, json=command).status_code == 401
        assert httpx.post(url, json=command, headers={"X-API-Key": key}).status_code == 422
    assert not (home / "api.key").exists()

    with _up(alone, signal.SIGTERM) as told:
        assert key not in told


def test_a_taken_api_port_is_told_before_anything_is_started(alone: Shell) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        ended = alone.with_environment(THROUGHLINE_API_PORT=port)("up")
    assert ended.code == 1
    assert f"cannot listen on 127.0.0.1:{port}" in ended.error
    assert "THROUGHLINE_API_PORT" in ended.error
    assert not (Path(alone.environment["THROUGHLINE_HOME"]) / "temporal.db").exists()


def test_a_wrong_setting_is_told_in_one_sentence(alone: Shell) -> None:
    ended = alone.with_environment(THROUGHLINE_API_PORT="eighty")("up")
    assert ended.code == 1
    assert ended.error == "THROUGHLINE_API_PORT: 'eighty' cannot be used, it must be a whole number.\n"


@pytest.mark.parametrize("ends_by", [signal.SIGINT, signal.SIGTERM])
def test_a_worker_beside_it_works_until_it_is_stopped(system: Shell, ends_by: signal.Signals) -> None:
    with system.start(program="worker.py") as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline().startswith("Worker ready: task queue throughline at 127.0.0.1:")
        worker.send_signal(ends_by)
        out, said = worker.communicate(timeout=30)
    assert (worker.returncode, out) == (0, "Worker stopped.\n")
    assert "Traceback" not in said


def test_a_worker_without_a_server_says_what_to_do(alone: Shell) -> None:
    with alone.start(program="worker.py") as worker:
        _, said = worker.communicate(timeout=30)
    assert worker.returncode == 1
    assert said.startswith("Temporal does not answer at 127.0.0.1:")
    assert "start it with `python starter.py up`, or set TEMPORAL_ADDRESS" in said
