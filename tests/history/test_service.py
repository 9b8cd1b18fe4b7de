"""What `why` tells of a project's support."""

from __future__ import annotations

from domain.support import RecordSatisfaction
from eventstore.memory import MemoryStore
from history.explaining import Why, why
from runtime.composition import CODEC
from tests.domain.asked import PLAYBOOKS, SUPPORT, in_support, open_ticket, started
from tests.history.office import Office
from tests.history.test_desk import closed, solved, taken, waits_for_the_customer


async def told(office: Office) -> Why:
    found = await why(office.store, CODEC, PLAYBOOKS, "P1", office.now)
    assert found is not None
    return found


async def test_before_support_has_begun_there_is_no_service_to_tell() -> None:
    found = await told(await Office(MemoryStore()).take(*started()))
    assert (found.service, found.tickets) == (None, ())


async def test_the_contract_is_told_with_its_dates_and_every_score() -> None:
    office = await Office(MemoryStore()).take(*in_support())
    await office.take(RecordSatisfaction(project="P1", score=5, occasion="yearly", actor=SUPPORT))
    service = (await told(office)).service
    assert service is not None
    assert service.valid
    assert service.service_code
    assert service.ends_on is not None
    assert service.notice_on is not None
    assert service.notice_on < service.ends_on
    assert service.scores[-1] == 5


async def test_open_tickets_of_the_project_are_told_by_their_next_due_time() -> None:
    office = await Office(MemoryStore()).take(*in_support(), open_ticket("T1", project="P1", impact="low"))
    for ticket in ("T2", "T3", "T4"):
        await office.take(open_ticket(ticket, project="P1"))
    await office.take(open_ticket("T5"), waits_for_the_customer("T3"), taken("T4"), solved("T4"), closed("T4"))
    found = await told(office)
    assert [one.ticket for one in found.tickets] == ["T2", "T1", "T3"]
    assert found.tickets[-1].due_at is None
