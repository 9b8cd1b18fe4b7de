"""Read models against the log."""

from __future__ import annotations

import pytest

from eventstore.memory import MemoryStore
from projections.rows import TABLES
from runtime.rebuilding import ROW, drifts, rebuild
from tests.domain.asked import PLAYBOOKS, in_support, lose, open_ticket, override, stage_done, started
from tests.history.office import Office


@pytest.fixture
async def office() -> Office:
    office = Office(MemoryStore())
    await office.take(*in_support(), open_ticket(project="P1"), *started("P2", "C2"), stage_done("F1", project="P2"))
    await office.take(*started("P4", "C4"), override("F3", project="P4"), stage_done("F1", project="P4"))
    return await office.take(*started("P3", "C3"), lose("P3"))


async def test_what_was_written_with_the_events_agrees_with_them(office: Office) -> None:
    assert await drifts(office.store, PLAYBOOKS) == []


async def test_a_changed_value_is_named_by_table_key_and_column(office: Office) -> None:
    rows = [dict(row) for row in await office.store.rows("deals")]
    rows[0]["win_rate"] = 7
    await office.store.replace_rows("deals", rows)
    found = await drifts(office.store, PLAYBOOKS)
    assert [(one.table, one.key, one.column, one.kept) for one in found] == [("deals", rows[0]["project"], "win_rate", 7)]


async def test_a_changed_override_or_dwell_is_named_too(office: Office) -> None:
    for table, column, wrong in (("overrides", "approver", "somebody"), ("dwells", "minutes", 1)):
        rows = [dict(row) for row in await office.store.rows(table)]
        rows[0][column] = wrong
        await office.store.replace_rows(table, rows)
    found = [(one.table, one.column, one.kept) for one in await drifts(office.store, PLAYBOOKS)]
    assert sorted(found) == [("dwells", "minutes", 1), ("overrides", "approver", "somebody")]


async def test_missing_and_superfluous_rows_are_named(office: Office) -> None:
    rows = [dict(row) for row in await office.store.rows("standings")]
    stranger = rows[0] | {"stream": "ticket-T99"}
    await office.store.replace_rows("standings", [*rows[1:], stranger])
    found = {(one.key, one.column, one.kept, one.rebuilt) for one in await drifts(office.store, PLAYBOOKS)}
    assert found == {(rows[0]["stream"], ROW, "missing", "there"), ("ticket-T99", ROW, "there", "missing")}


async def test_rebuilding_brings_back_every_row_as_it_was(office: Office) -> None:
    before = {table: await office.store.rows(table) for table in TABLES}
    for table in before:
        await office.store.replace_rows(table, [])

    counts = await rebuild(office.store, PLAYBOOKS)

    assert {table: await office.store.rows(table) for table in before} == before
    assert counts == {table: len(rows) for table, rows in before.items()}


async def test_an_event_that_comes_while_rebuilding_is_in_the_rebuilt_rows() -> None:
    class BusyStore(MemoryStore):
        """Somebody records something between the reading of the log and the replacing of the rows."""

        busy: Office | None = None

        async def replace_rows(self, table, rows):  # type: ignore[no-untyped-def]
            if office := self.busy:
                self.busy = None
                await office.take(stage_done("F1"))
            await super().replace_rows(table, rows)

    store = BusyStore()
    office = await Office(store).take(*started())
    store.busy = office
    await rebuild(store, PLAYBOOKS)
    assert await drifts(store, PLAYBOOKS) == []
    (deal,) = await store.rows("deals")
    assert deal["stage"] == "F2"


async def test_an_empty_store_is_rebuilt_to_empty_read_models() -> None:
    assert await rebuild(MemoryStore(), PLAYBOOKS) == dict.fromkeys(TABLES, 0)
