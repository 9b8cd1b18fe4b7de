"""What `why` prints about a date that may still move."""

from __future__ import annotations

import re

import pytest

from commandline import why, why_grounds
from domain.calendars import provisional
from domain.dwell import UsualDwell
from domain.enabled_seen import DealsQuestion, EnablementQuestion, EnablementSeen
from domain.tickets_seen import TicketQuestion, TicketSeen
from eventstore.decisions import Answers, Learned
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


def test_whatever_a_decision_asked_of_other_work_is_told_in_words() -> None:
    enablement, deals = EnablementQuestion(unit="north", product_line="HR"), DealsQuestion(unit="north", product_line="HR")
    tickets = TicketQuestion(about="open", project="P1")
    answers: Answers = {enablement: EnablementSeen(enabled=True), deals: ("P1", "P2"), tickets: (TicketSeen(ticket="T1"),)}
    learned = Learned({("F1", "vip", "standard"): UsualDwell(working_minutes=60, of=1)}, answers)
    learned.usual_dwell("F1", "vip", "standard")
    learned.see_enablement(enablement)
    learned.see_deals(deals)
    learned.see_tickets(tickets)
    dwell, *others = [why_grounds._learned(one) for one in learned.told()]
    assert dwell.startswith("the usual dwell of F1")
    assert others == ["north is enabled for HR 已赋能", "open deals 在途商机: 2", "tickets 工单: 1"]
