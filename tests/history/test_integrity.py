"""What the integrity check finds, and that it finds nothing in a whole store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from domain.messages import own_id
from eventstore.memory import MemoryStore
from eventstore.port import StoredEvent
from history.integrity import inspect
from runtime.composition import CODEC
from tests.domain.asked import in_support, open_ticket, stage_done, started
from tests.history.office import Office

Tamper = Callable[[list[StoredEvent]], None]


class TamperedStore(MemoryStore):
    """A store whose log somebody has put their hands on."""

    tamper: Tamper | None = None

    async def read_all(self, after_position: int = 0, limit: int = 1000) -> Sequence[StoredEvent]:
        events = list(await super().read_all(after_position, limit))
        if self.tamper and events:
            self.tamper(events)
        return events


def _change(index: int, **fields: object) -> Tamper:
    def tamper(events: list[StoredEvent]) -> None:
        events[index] = replace(events[index], **fields)  # type: ignore[arg-type]

    return tamper


def _remove(index: int) -> Tamper:
    return lambda events: events.__delitem__(index)


async def test_a_store_that_the_engine_wrote_has_nothing_to_find(office: Office) -> None:
    await office.take(*in_support(), open_ticket(project="P1"))
    seen = await inspect(office.store, CODEC)
    assert seen.findings == []
    assert seen.events == len(await office.store.read_all())
    assert len(seen.versions) == 8


# The log then: 0 customer registered, 1 classified, 2 project opened, 3 funnel opened, 4 the customer told, 5 evidence of F1.
@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (_remove(5), "stands where"),
        (_change(5, position=2), "does not come after"),
        (_change(5, type="SomethingElse"), "is not known to this program"),
        (_change(5, schema_version=99), "is not known to this program"),
        (_change(5, data="{}"), "does not fit its type"),
        (_change(5, customer="C2"), "names the customer 'C2'"),
        (_change(1, command_id="k1"), None),  # the neighbour's command: one command may record several events
        (_change(-1, command_id=own_id("open-funnel-P1")), "recorded twice"),
        (_change(2, type="PhaseEntered", data='{"occurred_at":"2026-03-02T02:00:00Z","phase":"support"}'), "opens nothing"),
    ],
)
async def test_each_kind_of_damage_is_found(tamper: Tamper, found: str | None) -> None:
    store = TamperedStore()
    await Office(store).take(*started(), stage_done("F1"))
    store.tamper = tamper
    findings = (await inspect(store, CODEC)).findings
    if found is None:
        assert findings == []
    else:
        assert any(found in one.what for one in findings), findings


async def test_a_stream_without_its_standing_is_found(office: Office) -> None:
    await office.take(*started())
    await office.store.replace_rows("standings", [])
    findings = (await inspect(office.store, CODEC)).findings
    assert {one.stream for one in findings} == {"customer-C1", "project-P1", "funnel-P1"}


@pytest.mark.parametrize("version", [1, 99])
async def test_a_standing_of_another_version_is_found(office: Office, version: int) -> None:
    await office.take(*started())
    rows = await office.store.rows("standings")
    await office.store.replace_rows(
        "standings", [dict(row) | {"version": version} for row in rows if row["stream"] == "customer-C1"]
    )
    findings = (await inspect(office.store, CODEC)).findings
    assert any(one.stream == "customer-C1" and f"of version {version}" in one.what for one in findings)
