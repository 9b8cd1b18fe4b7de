"""The embedded server on a real `temporal` program: it keeps what it knew, leaves nothing behind, and says what is wrong."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from runtime import embedded
from runtime.embedded import embedded_temporal
from runtime.leftover import command_line, stop_leftover
from runtime.problems import EmbeddedServerError
from runtime.sockets import free_port, port_is_taken

ROOT = Path(__file__).resolve().parents[2]
PARENT = Path(__file__).with_name("embedded_parent.py")


@contextlib.contextmanager
def parent_of_a_server(home: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Another Python program with a ready server."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(PARENT), str(home), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as parent:
        try:
            assert parent.stdout is not None
            assert parent.stdout.readline().strip() == f"127.0.0.1:{port}"
            yield parent
        finally:
            parent.kill()


async def until_gone(pid: int) -> None:
    async with asyncio.timeout(5):
        while command_line(pid):
            await asyncio.sleep(0.01)


async def test_what_a_server_knew_is_there_after_a_restart(tmp_path: Path) -> None:
    port, workflow_id = free_port(), f"customer/{uuid4()}"
    stage = SearchAttributeKey.for_keyword("Stage")
    attributes = TypedSearchAttributes([SearchAttributePair(stage, "F1")])
    async with embedded_temporal(tmp_path, port, None, {"Stage": "Keyword", "NeedsHuman": "Bool"}) as address:
        client = await Client.connect(address)
        await client.start_workflow("Customer", id=workflow_id, task_queue="nobody", search_attributes=attributes)
    async with embedded_temporal(tmp_path, port, None, {"Stage": "Keyword", "DueAt": "Datetime"}) as address:
        client = await Client.connect(address)
        description = await client.get_workflow_handle(workflow_id).describe()
        known = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace="default"))
    assert description.typed_search_attributes[stage] == "F1"
    assert {"Stage", "NeedsHuman", "DueAt"} <= set(known.custom_attributes)


async def test_the_web_pages_answer_on_their_port_and_nothing_is_left_after_the_end(tmp_path: Path) -> None:
    port, ui_port = free_port(), free_port()
    async with embedded_temporal(tmp_path, port, ui_port), httpx.AsyncClient() as web:
        pid = int((tmp_path / "temporal.pid").read_text())
        answer = await web.get(f"http://127.0.0.1:{ui_port}/")
        assert answer.status_code == 200
    assert command_line(pid) == []
    assert not (tmp_path / "temporal.pid").exists()
    assert not port_is_taken("127.0.0.1", port)
    assert not port_is_taken("127.0.0.1", ui_port)


async def test_another_namespace_is_made_when_it_is_asked_for(tmp_path: Path) -> None:
    async with embedded_temporal(tmp_path, free_port(), None, {"Stage": "Keyword"}, namespace="sales") as address:
        client = await Client.connect(address, namespace="sales")
        known = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace="sales"))
    assert "Stage" in known.custom_attributes


async def test_the_server_ends_when_the_body_fails(tmp_path: Path) -> None:
    port = free_port()
    with pytest.raises(ZeroDivisionError):
        async with embedded_temporal(tmp_path, port, None):
            raise ZeroDivisionError
    assert not port_is_taken("127.0.0.1", port)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a process to its parent")
async def test_a_killed_parent_leaves_no_server_and_the_next_start_works(tmp_path: Path) -> None:
    port = free_port()
    with parent_of_a_server(tmp_path, port) as parent:
        server = int((tmp_path / "temporal.pid").read_text())
        assert command_line(server)
        parent.send_signal(signal.SIGKILL)
        await until_gone(server)
    async with embedded_temporal(tmp_path, port, None) as address:
        assert await (await Client.connect(address)).service_client.check_health()


async def test_a_server_that_was_left_behind_is_stopped(tmp_path: Path) -> None:
    database, pid_file = tmp_path / "temporal.db", tmp_path / "temporal.pid"
    program = embedded._program()
    arguments = embedded._arguments(database, free_port(), None, "default", ())
    with subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as orphan:
        pid_file.write_text(str(orphan.pid))
        while not command_line(orphan.pid):
            pass  # A process shows its command line a moment after it has been started; one left behind has long done so.
        try:
            assert await stop_leftover(pid_file, database)
            assert orphan.wait(timeout=30) is not None
        finally:
            orphan.kill()
    assert not pid_file.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps the entry of an ended child without a command line")
def test_a_process_that_has_ended_shows_no_command_line() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)  # Ended, but not taken off the list of processes yet.
        assert command_line(ended.pid) == []


async def test_a_program_that_was_given_the_same_process_number_is_left_alone(tmp_path: Path) -> None:
    pid_file = tmp_path / "temporal.pid"
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        pid_file.write_text(str(other.pid))
        await stop_leftover(pid_file, tmp_path / "temporal.db")
        assert other.poll() is None
        other.kill()


async def test_the_second_start_in_the_same_home_is_told_who_has_it(tmp_path: Path) -> None:
    async with embedded_temporal(tmp_path, free_port(), None):
        with pytest.raises(EmbeddedServerError, match=rf"already runs in .* \(process {os.getpid()}\).*THROUGHLINE_HOME"):
            async with embedded_temporal(tmp_path, free_port(), None):
                pass


@pytest.mark.parametrize("which", ["THROUGHLINE_TEMPORAL_PORT", "THROUGHLINE_TEMPORAL_UI_PORT"])
async def test_a_taken_port_is_named_with_the_setting_that_changes_it(tmp_path: Path, which: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        ports = (number, free_port()) if which == "THROUGHLINE_TEMPORAL_PORT" else (free_port(), number)
        with pytest.raises(EmbeddedServerError, match=rf"^Port {number} is in use: .*{which} to a free port"):
            async with embedded_temporal(tmp_path, *ports):
                pass


def _not_sqlite(file: Path) -> None:
    file.write_bytes(b"not a database at all " * 1000)


def _foreign(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE invoices (id)")


def _empty(file: Path) -> None:
    file.touch()


@pytest.mark.parametrize("spoil", [_not_sqlite, _foreign, _empty])
async def test_a_file_that_is_not_temporals_is_named_and_left_as_it_is(tmp_path: Path, spoil: object) -> None:
    file = tmp_path / "temporal.db"
    assert callable(spoil)
    spoil(file)
    before = file.read_bytes()
    with pytest.raises(EmbeddedServerError, match=r"temporal\.db is .*: move it away .* `python starter.py recover`"):
        async with embedded_temporal(tmp_path, free_port(), None):
            pass
    assert file.read_bytes() == before


async def test_a_file_that_was_damaged_later_is_named(tmp_path: Path) -> None:
    async with embedded_temporal(tmp_path, free_port(), None):
        pass
    file = tmp_path / "temporal.db"
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with file.open("r+b") as damaged:
        damaged.seek(file.stat().st_size // 2)
        damaged.write(b"\xff" * 100_000)
    with pytest.raises(EmbeddedServerError, match="is damaged"):
        async with embedded_temporal(tmp_path, free_port(), None):
            pass


async def test_a_server_that_ends_at_once_is_told_with_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedServerError, match=r"said: unknown flag: --no-such-flag .*temporal\.log"):
        async with embedded_temporal(tmp_path, free_port(), None, extra_args=["--no-such-flag"]):
            pass


async def test_a_home_that_cannot_be_a_folder_is_named(tmp_path: Path) -> None:
    home = tmp_path / "file"
    home.touch()
    with pytest.raises(EmbeddedServerError, match=r"file cannot be written to .* set THROUGHLINE_HOME"):
        async with embedded_temporal(home, free_port(), None):
            pass


async def test_a_missing_program_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EmbeddedServerError, match="`temporal` program was not found"):
        async with embedded_temporal(tmp_path, free_port(), None):
            pass


async def test_a_start_takes_less_than_five_seconds(tmp_path: Path) -> None:
    began = time.perf_counter()
    async with embedded_temporal(tmp_path, free_port(), None):
        took = timedelta(seconds=time.perf_counter() - began)
    assert took < timedelta(seconds=5)


async def test_a_server_that_ends_by_itself_is_started_again_with_its_workflows(tmp_path: Path) -> None:
    async with embedded_temporal(tmp_path, free_port(), None) as address:
        client = await Client.connect(address)
        await client.start_workflow("Kept", id="kept", task_queue="nobody")
        killed = int((tmp_path / "temporal.pid").read_text(encoding="ascii"))
        os.kill(killed, signal.SIGKILL)

        described = await client.get_workflow_handle("kept").describe()  # the client tries until the server answers again

        assert described.status == WorkflowExecutionStatus.RUNNING
        assert int((tmp_path / "temporal.pid").read_text(encoding="ascii")) != killed
