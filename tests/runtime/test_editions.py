"""Keeping holiday tables with the playbooks, and what a program with a newer or an older library does about them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from domain.calendars import LIBRARY
from domain.playbook import Playbook, PlaybookRef
from domain.playbook.editions import content
from eventstore.memory import MemoryStore
from runtime.playbooks import PlaybookError, document, from_document, keep_playbooks, load_playbooks
from tests.domain.test_editions import as_known_by

FOLDER = Path(__file__).parents[2] / "playbooks"
STANDARD = next(one for one in load_playbooks(FOLDER) if one.playbook == "standard")
YEAR = 2026


def edition(number: int) -> PlaybookRef:
    return PlaybookRef(name="standard", version=STANDARD.version, edition=number)


async def kept_by(store: MemoryStore, playbook: Playbook) -> None:
    await store.save_playbook(playbook.playbook, playbook.ref.version_and_edition, document(playbook))


async def test_a_playbook_is_kept_with_its_holidays() -> None:
    kept = await keep_playbooks(MemoryStore(), [STANDARD], YEAR)
    assert kept.latest().calendar.tables
    assert kept.latest().holidays == LIBRARY
    assert kept.latest().ref == STANDARD.ref


async def test_what_a_newer_library_knows_makes_a_new_edition_and_the_old_one_stays() -> None:
    store = MemoryStore()
    before = as_known_by("0.1", STANDARD, YEAR)
    await kept_by(store, before)
    with capture_logs() as logs:
        kept = await keep_playbooks(store, [STANDARD], YEAR)
    assert kept.latest().ref == edition(2)
    assert kept.latest().calendar.year_is_known(2026)
    assert kept.get(edition(1)) == before
    assert [name for _, name, _ in await store.playbooks()] == [STANDARD.version, f"{STANDARD.version}+2"]
    [told] = [one for one in logs if one["log_level"] == "warning"]
    assert (told["edition"], told["learned"]) == (str(edition(2)), ["CN 2026"])


async def test_the_next_start_finds_the_new_edition_there() -> None:
    store = MemoryStore()
    await kept_by(store, as_known_by("0.1", STANDARD, YEAR))
    await keep_playbooks(store, [STANDARD], YEAR)
    with capture_logs() as logs:
        kept = await keep_playbooks(store, [STANDARD], YEAR)
    assert kept.latest().ref == edition(2)
    assert [one["edition"] for one in logs] == [str(edition(2))]


async def test_a_playbook_that_was_kept_without_its_holidays_gets_an_edition_with_them() -> None:
    store = MemoryStore()
    await kept_by(store, STANDARD)
    kept = await keep_playbooks(store, [STANDARD], YEAR)
    assert kept.latest().ref == edition(2)
    assert not kept.get(edition(1)).calendar.tables
    assert kept.latest().calendar.tables


async def test_a_worker_with_an_older_library_goes_by_what_is_kept_and_says_so() -> None:
    store = MemoryStore()
    await kept_by(store, as_known_by("999.0", STANDARD, YEAR))
    with capture_logs() as logs:
        kept = await keep_playbooks(store, [STANDARD], YEAR)
    assert kept.latest().ref == edition(1)
    assert not kept.latest().calendar.year_is_known(2026)
    assert [(one["kept_with"], one["here"]) for one in logs] == [("999.0", LIBRARY)]


async def test_workers_that_begin_at_once_keep_one_edition() -> None:
    store = MemoryStore()
    await kept_by(store, as_known_by("0.1", STANDARD, YEAR))
    shelves = await asyncio.gather(*(keep_playbooks(store, [STANDARD], YEAR) for _ in range(5)))
    assert {shelf.latest().ref for shelf in shelves} == {edition(2)}
    assert len(await store.playbooks()) == 2


async def test_the_years_that_are_kept_are_renewed_before_they_run_out() -> None:
    store = MemoryStore()
    await keep_playbooks(store, [STANDARD], YEAR)
    same = await keep_playbooks(store, [STANDARD], YEAR + 7)
    later = await keep_playbooks(store, [STANDARD], YEAR + 8)
    assert same.latest().ref == edition(1)
    assert later.latest().ref == edition(2)
    assert later.latest().calendar.tables[-1].year == YEAR + 18


async def test_another_content_needs_a_new_version_whatever_the_edition() -> None:
    store = MemoryStore()
    await kept_by(store, as_known_by("0.1", STANDARD, YEAR))
    await keep_playbooks(store, [STANDARD], YEAR)
    with pytest.raises(PlaybookError, match="a changed playbook needs a new version"):
        await keep_playbooks(store, [STANDARD.model_copy(update={"working_calendar": "long_week"})], YEAR)
    assert len(await store.playbooks()) == 2


async def test_a_kept_edition_is_read_back_whole() -> None:
    kept = (await keep_playbooks(MemoryStore(), [STANDARD], YEAR)).latest()
    assert from_document(document(kept)) == kept
    assert content(kept) == STANDARD


@pytest.mark.parametrize(
    ("written", "instead", "problem"),
    [
        ('version: "', 'version: "1+', "version: a version has no [+]"),
        ('version: "', 'edition: 2\nversion: "', "edition: is written by the program"),
        ('version: "', 'holidays: "0.1"\nversion: "', "holidays: is written by the program"),
        (
            "    country: CN\n",
            "    country: CN\n    tables: [{year: 2026, days_off: []}]\n",
            r"calendars\.business\.tables: are written by",
        ),
    ],
)
def test_what_the_program_writes_is_refused_in_a_file(tmp_path: Path, written: str, instead: str, problem: str) -> None:
    source = (FOLDER / "standard.yaml").read_text(encoding="utf-8")
    (tmp_path / "own.yaml").write_text(source.replace(written, instead, 1), encoding="utf-8")
    with pytest.raises(PlaybookError, match=problem):
        load_playbooks(tmp_path)
