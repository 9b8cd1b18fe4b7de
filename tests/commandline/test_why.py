"""What `why` prints about a date that may still move."""

from __future__ import annotations

import re

import pytest

from commandline import why
from domain.calendars import provisional
from eventstore.memory import MemoryStore
from history.explaining import why as explain
from runtime.composition import CODEC
from tests.domain.asked import PLAYBOOKS, RULES, at, classify, open_project, register
from tests.history.office import Office

ZONE = RULES.calendar.time_zone
AFTER_THE_LAST_ANNOUNCEMENT = at("2027-03-01 10:00")


async def _told(capsys: pytest.CaptureFixture[str], office: Office) -> str:
    await office.take(register(), classify(), open_project())
    found = await explain(office.store, CODEC, PLAYBOOKS, "P1")
    assert found is not None
    why._show(found, ZONE)
    return re.sub(r"\s+", "", capsys.readouterr().out)


async def test_a_date_in_a_year_that_is_not_announced_is_told_with_its_doubt(capsys: pytest.CaptureFixture[str]) -> None:
    told = await _told(capsys, Office(MemoryStore(), AFTER_THE_LAST_ANNOUNCEMENT))
    doubt = provisional(RULES.calendar, AFTER_THE_LAST_ANNOUNCEMENT)
    assert doubt
    assert told.count(re.sub(r"\s+", "", doubt)) == 1


async def test_a_date_that_is_certain_is_told_without_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Notcertain" not in await _told(capsys, Office(MemoryStore()))
