"""What whoever takes a customer over is told."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from domain.customer.record_commands import ChangeOwner, MapPerson, MergeCustomer, RecordContract, UnmapPerson
from history.dossier import Dossier, dossier, map_at
from history.replay import replay
from runtime.composition import CODEC
from tests.domain.asked import (
    MONDAY,
    PLAYBOOKS,
    SALES,
    classify,
    contact,
    in_support,
    lose,
    next_step,
    open_project,
    promise,
    register,
    stage_done,
    started,
)
from tests.history.office import Office

DAY = timedelta(days=1)


def mapped(who: str, attitude: str, **fields: object) -> MapPerson:
    asked = {"name": f"Name of {who}", "roles": ("decides",), "influence": 4, "evidence": "visit"} | fields
    return MapPerson.model_validate({"customer": "C1", "person": who, "attitude": attitude, "actor": SALES, **asked})


async def told(office: Office, customer: str = "C1", **moments: object) -> Dossier:
    found = await dossier(office.store, CODEC, PLAYBOOKS, customer, office.now, **moments)  # type: ignore[arg-type]
    assert found is not None
    return found


async def test_open_deals_with_what_is_missing_promises_and_owners_there_were(office: Office) -> None:
    await office.take(*started(), stage_done("F1"), next_step("2026-03-20"), promise(due_on=date(2026, 5, 1)))
    handed = {"owner": "u9", "owner_unit": "south", "reason": "left", "with_deals": True, "actor": SALES}
    await office.take(open_project("P2"), lose("P2"), contact("2026-04-01"))
    await office.take(ChangeOwner.model_validate({"customer": "C1", **handed}))
    found = await told(office)
    [deal] = found.deals
    assert (deal.project, deal.stage, deal.owner, deal.owners_before) == ("P1", "F2", "u9", ("u1",))
    assert deal.missing
    assert deal.next_step_on == date(2026, 3, 20)
    [pledge] = found.promises
    assert (pledge.project, pledge.due_on) == ("P1", date(2026, 5, 1))
    assert [one.owner for one in found.page.known.owners] == ["u1", "u9"]
    assert found.page.known.owners[-1].reason == "left"
    assert found.next_contact_on == date(2026, 4, 1)


async def test_the_power_map_tells_its_changes_and_how_it_was_on_any_day(office: Office) -> None:
    await office.take(register(), mapped("w1", "sceptic"), mapped("w2", "neutral", reports_to="w1"))
    office.now = MONDAY + 10 * DAY
    await office.take(mapped("w1", "supporter"))
    office.now = MONDAY + 20 * DAY
    await office.take(UnmapPerson(customer="C1", person="w2", reason="retired", actor=SALES))
    changes = (await told(office)).map_changes
    assert [(one.person, one.what) for one in changes] == [("w1", "came"), ("w2", "came"), ("w1", "changed"), ("w2", "left")]
    assert changes[2].changes == ("attitude: sceptic → supporter",)
    history = await replay(office.store, CODEC, "C1")
    assert history is not None
    then = map_at(history.events, "customer-C1", MONDAY + 5 * DAY)
    assert {who: one.attitude for who, one in then.items()} == {"w1": "sceptic", "w2": "neutral"}
    assert list(map_at(history.events, "customer-C1", office.now)) == ["w1"]


async def test_support_and_contracts_and_what_a_duplicate_brought(office: Office) -> None:
    await office.take(*in_support("P1", "C8"), register("C1"), classify(customer="C1"))
    dates: dict[str, Any] = {"starts_on": date(2026, 3, 1), "ends_on": date(2027, 2, 28)}
    await office.take(
        RecordContract(customer="C1", contract="K1", service_line="training", reference="doc", actor=SALES, **dates)
    )
    office.now = MONDAY + DAY
    await office.take(MergeCustomer(customer="C8", into="C1", reason="same", approver="m1", actor=SALES))
    found = await told(office)
    assert [one.project for one in found.services] == ["P1"]
    assert [one.contract for one in found.page.known.contracts] == ["K1"]
    assert found.page.customer.status == "active"
    before = await told(office, as_of=MONDAY)
    assert before.services == ()


async def test_nothing_is_told_of_a_customer_that_is_not_there(office: Office) -> None:
    assert await dossier(office.store, CODEC, PLAYBOOKS, "C99", office.now) is None
