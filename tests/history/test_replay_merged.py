"""Histories of customers of which one was a duplicate of the other."""

from __future__ import annotations

from datetime import timedelta

from domain.customer.record_commands import ChangeOwner, MergeCustomer, SetGroupParent, UndoMerge
from history.reevaluating import reevaluate
from history.replay import History, as_json, replay
from runtime.composition import CODEC
from tests.domain.asked import MONDAY, PLAYBOOKS, SALES, classify, open_project, register, won
from tests.history.office import Office

DAY = timedelta(days=1)
MERGE = MergeCustomer(customer="C8", into="C7", reason="the same company", approver="m1", actor=SALES)
MERGE_AGAIN = MERGE.model_copy(update={"command_id": "again"})


async def told(office: Office, customer: str, **limits: object) -> History:
    found = await replay(office.store, CODEC, customer, **limits)  # type: ignore[arg-type]
    assert found is not None
    return found


async def merged(office: Office) -> None:
    office.now = MONDAY
    await office.take(
        register("C7"), classify(customer="C7"), register("C8"), classify(customer="C8"), open_project("P1", "C8")
    )
    office.now = MONDAY + 5 * DAY
    await office.take(MERGE)
    office.now = MONDAY + 9 * DAY
    await office.take(*won())


async def test_the_survivors_history_tells_both_and_marks_what_came_from_the_duplicate(office: Office) -> None:
    await merged(office)
    found = as_json(await told(office, "C7"))
    assert found["absorbed"] == ["C8"]
    theirs = [one for one in found["events"] if one["absorbed_from"] == "C8"]
    assert {"customer-C8", "project-P1", "funnel-P1"} <= {one["stream"] for one in theirs}
    assert {one["customer"] for one in theirs} == {"C8"}
    assert found["state"]["customer"]["status"] == "active"
    assert found["state"]["absorbed"]["C8"]["name"]
    assert "P1" in found["state"]["projects"]


async def test_the_duplicates_own_history_works_and_says_where_it_went(office: Office) -> None:
    await merged(office)
    found = as_json(await told(office, "C8"))
    assert (found["merged_into"], found["absorbed"]) == ("C7", [])
    assert {one["absorbed_from"] for one in found["events"]} == {""}


async def test_before_the_merge_both_are_told_apart(office: Office) -> None:
    await merged(office)
    for moments in ({"as_of": MONDAY + 4 * DAY}, {"known_at": MONDAY + 4 * DAY}):
        before = await told(office, "C7", **moments)
        assert before.absorbed == []
        assert {one.stored.customer for one in before.events} == {"C7"}
        assert as_json(await told(office, "C8", **moments))["merged_into"] == ""


async def test_a_merge_that_was_taken_back_is_told_as_long_as_it_held(office: Office) -> None:
    await merged(office)
    office.now = MONDAY + 20 * DAY
    await office.take(UndoMerge(customer="C8", reason="two companies after all", approver="m1", actor=SALES))
    assert (await told(office, "C7")).absorbed == []
    assert (await told(office, "C7", as_of=MONDAY + 10 * DAY)).absorbed == ["C8"]
    assert as_json(await told(office, "C8"))["merged_into"] == ""


async def test_the_decisions_on_a_merge_come_out_the_same_once_more(office: Office) -> None:
    await merged(office)
    await office.take(UndoMerge(customer="C8", reason="two companies after all", approver="m1", actor=SALES))
    await office.take(register("C9"), SetGroupParent(customer="C9", parent="C8", reason="group", actor=SALES), MERGE_AGAIN)
    await office.take(ChangeOwner(customer="C7", owner="u9", reason="left", with_deals=True, actor=SALES))
    assert (await reevaluate(office.store, CODEC, PLAYBOOKS)).findings == []
