"""Opening a store: by its URL, from nothing, several at once, and what is said when it cannot be opened."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from eventstore.failures import DamagedStoreError, ForeignStoreError, NewerStoreError, UnknownStoreUrlError
from eventstore.memory import MemoryStore
from eventstore.opening import open_store
from eventstore.port import StoreUnavailableError
from tests.eventstore.samples import an_append, whole_log


async def test_what_was_stored_is_there_when_it_is_opened_again(durable_url: str) -> None:
    store = await open_store(durable_url)
    answered = await store.append(an_append())
    await store.close()

    again = await open_store(durable_url)
    assert await whole_log(again) == list(answered)
    await again.close()


async def test_a_memory_store_is_empty_each_time() -> None:
    store = await open_store("memory://")
    assert isinstance(store, MemoryStore)
    assert list(await store.read_all()) == []


async def test_missing_folders_are_made(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path}/客户/deep/store.db")
    await store.close()

    assert (tmp_path / "客户" / "deep" / "store.db").exists()


async def test_a_new_sqlite_file_waits_for_the_disk_and_bears_our_mark(sqlite_url: str) -> None:
    store = await open_store(sqlite_url)
    await store.close()

    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA application_id").fetchone() == (0x5468726C,)
    connection.close()


@pytest.mark.parametrize("url", ["mysql://host/x", "redis://x", "nonsense", "", "sqlite://", "sqlite:///:memory:", "/tmp/x.db"])
async def test_a_url_of_no_known_kind_is_told_what_would_be(url: str) -> None:
    with pytest.raises(UnknownStoreUrlError, match="use sqlite:///"):
        await open_store(url)


async def test_ten_programs_may_open_a_new_store_at_once(sqlite_url: str, empty_postgresql: str) -> None:
    for url in (sqlite_url, empty_postgresql):
        stores = await asyncio.gather(*(open_store(url) for _ in range(10)))
        await asyncio.gather(*(store.append(an_append(f"a-{number}")) for number, store in enumerate(stores)))
        assert len(await whole_log(stores[0])) == 10
        await asyncio.gather(*(store.close() for store in stores))


async def test_processes_may_open_a_new_store_at_once(sqlite_url: str) -> None:
    program = "import asyncio, sys; from eventstore.opening import open_store\n"
    program += "async def main():\n    await (await open_store(sys.argv[1])).close()\nasyncio.run(main())"
    root = Path(__file__).parents[2]
    running = [
        subprocess.Popen([sys.executable, "-c", program, sqlite_url], cwd=root, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = await asyncio.gather(*(asyncio.to_thread(process.communicate) for process in running))

    assert [process.returncode for process in running] == [0, 0, 0, 0], said


async def test_a_damaged_file_is_called_damaged(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"this is not a database, whatever its name says" * 100)
    with pytest.raises(DamagedStoreError, match="put a backup in its place"):
        await open_store(f"sqlite:///{path}")


async def test_a_file_with_torn_pages_is_called_damaged(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = await open_store(f"sqlite:///{path}")
    for number in range(200):
        await store.append(an_append(after=number, command_id=f"c{number}"))
    await store.close()
    content = bytearray(path.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    path.write_bytes(content)

    with pytest.raises(DamagedStoreError, match="put a backup in its place"):
        await open_store(f"sqlite:///{path}")


async def test_a_file_cut_short_is_called_damaged(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = await open_store(f"sqlite:///{path}")
    await store.append(an_append())
    await store.close()
    path.write_bytes(path.read_bytes()[:20_000])

    with pytest.raises(DamagedStoreError):
        await open_store(f"sqlite:///{path}")


async def test_a_foreign_sqlite_file_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE events (id INTEGER)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(ForeignStoreError, match="another program"):
        await open_store(f"sqlite:///{path}")

    assert path.read_bytes() == before


async def test_a_foreign_postgresql_database_is_left_as_it_was(empty_postgresql: str) -> None:
    connection = await asyncpg.connect(empty_postgresql)
    await connection.execute("CREATE TABLE events (id integer)")
    with pytest.raises(ForeignStoreError, match="another program"):
        await open_store(empty_postgresql)

    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    await connection.close()
    assert [name for (name,) in tables] == ["events"]


async def test_a_store_of_a_newer_program_is_not_touched(sqlite_url: str, postgresql_url: str) -> None:
    for url in (sqlite_url, postgresql_url):
        await (await open_store(url)).close()
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as file:
        file.execute("UPDATE throughline_schema SET version_num = '9999'")
    file.close()
    server = await asyncpg.connect(postgresql_url)
    await server.execute("UPDATE throughline_schema SET version_num = '9999'")
    await server.close()

    for url in (sqlite_url, postgresql_url):
        with pytest.raises(NewerStoreError, match="upgrade the program"):
            await open_store(url)


async def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(StoreUnavailableError, match=r"127\.0\.0\.1/nowhere") as caught:
        await open_store("postgresql://someone:secret-word@127.0.0.1:1/nowhere")
    assert "secret-word" not in str(caught.value)


async def test_a_database_that_is_not_there_is_named(postgresql_url: str) -> None:
    with pytest.raises(StoreUnavailableError, match="does not exist"):
        await open_store(postgresql_url.replace("test_", "missing_"))


async def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError, match="check that it is a file"):
        await open_store(f"sqlite:///{tmp_path}")


async def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailableError, match="cannot be made"):
        await open_store(f"sqlite:///{tmp_path}/file/store.db")
