"""Overrides over all projects, listed and counted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from history.overriding import overrides, tallies
from tests.domain.asked import MONDAY, lose, open_project, override, stage_done, started
from tests.history.office import Office


@pytest.fixture
async def office(office: Office) -> Office:
    """P1: F1 and F2 overridden with one command of m1's approval, F1 settled later. P2: overridden by m2, then lost."""
    await office.take(*started(), open_project("P2"), override("F3"), MONDAY + timedelta(days=1))
    return await office.take(stage_done("F1"), override("F2", project="P2", approver="m2"), lose("P2"))


async def test_the_newest_come_first_each_with_what_became_of_it_and_of_its_deal(office: Office) -> None:
    found = await overrides(office.store, {})
    assert [(one.project, one.gate, one.approver, one.outcome, one.deal) for one in found] == [
        ("P2", "F1", "m2", "open", "lost"),
        ("P1", "F1", "m1", "settled", ""),
        ("P1", "F2", "m1", "open", ""),
    ]
    assert all(one.missing and one.reason == "strategic" and one.asked_by == "u1" for one in found)


async def test_they_are_found_by_person_project_and_outcome(office: Office) -> None:
    async def gates(**asked: str) -> list[str]:
        return [f"{one.project} {one.gate}" for one in await overrides(office.store, asked)]

    assert await gates(approver="m1") == ["P1 F1", "P1 F2"]
    assert await gates(approver="m1", outcome="open") == ["P1 F2"]
    assert await gates(project="P2", approver="m1") == []
    assert len(await gates(asked_by="u1")) == 3


async def test_they_are_counted_by_person_and_outcome(office: Office) -> None:
    found = await overrides(office.store, {})
    first, second = tallies(found)
    assert (first.person, first.overrides, first.open, first.settled, first.deals_open) == ("m1", 2, 1, 1, 2)
    assert (second.person, second.overrides, second.deals_lost) == ("m2", 1, 1)
    assert [(one.person, one.overrides) for one in tallies(found, "asked_by")] == [("u1", 3)]
