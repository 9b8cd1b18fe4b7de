"""The contract of every store: what is written beside the events, in the same transaction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from eventstore.port import EventStore, RowChange, StoreError, WrongVersionError
from eventstore.schema import DEALS, STANDINGS
from tests.eventstore.samples import NOON, a_deal, a_decision, an_append

STANDING = {
    "stream": "funnel-P1",
    "category": "funnel",
    "customer": "C1",
    "project": "P1",
    "version": 1,
    "closed": False,
    "held": False,
    "phase": "funnel",
    "code": "F1",
    "name_en": "Lead",
    "name_zh": "线索",
    "waiting_for": "sales",
    "due_at": datetime(2026, 3, 9, 8, 0, tzinfo=timezone(timedelta(hours=8))),
    "health": "ok",
    "needs_human": True,
    "reason": "",
    "missing": '[{"code": "budget"}]',
    "value_class": "A",
    "owner_unit": "east",
    "since": NOON,
}


TICKET = {
    **dict.fromkeys(("customer", "project", "kind", "title", "product", "category", "resolution", "waiting_for", "line"), "x"),
    **dict.fromkeys(("assigned_group", "assigned_to", "parent", "service_code", "value_class", "owner_unit"), ""),
    **dict.fromkeys(("acknowledged_at", "resolved_at", "closed_at", "respond_due")),
    **dict.fromkeys(("respond_breached", "resolve_breached"), False),
    **dict.fromkeys(("warned", "reopened", "hops"), 0),
    "ticket": "T1",
    "priority": "P1",
    "status": "new",
    "open": True,
    "in_service": True,
    "opened_at": NOON,
    "due_at": NOON,
    "resolve_due": NOON,
}


async def test_the_open_tickets_are_read_in_order_of_their_due_times_and_those_without_one_last(store: EventStore) -> None:
    tickets = [
        TICKET,
        {**TICKET, "ticket": "T2", "due_at": NOON - timedelta(hours=1)},
        {**TICKET, "ticket": "T3", "due_at": None},
        {**TICKET, "ticket": "T4", "open": False, "due_at": None},
    ]
    await store.append(an_append(rows=[RowChange("tickets", row) for row in tickets]))
    found = await store.rows("tickets", order_by=("-open", "due_at"))
    assert [row["ticket"] for row in found] == ["T2", "T1", "T3", "T4"]
    assert found[1] == TICKET
    await store.append(an_append(after=1, command_id="c2", rows=[RowChange("tickets", {**TICKET, "line": "second"})]))
    assert [row["line"] for row in await store.rows("tickets", {"ticket": "T1"})] == ["second"]


async def test_rows_and_decision_are_written_with_the_events(store: EventStore) -> None:
    await store.append(an_append(decision=a_decision(), rows=[RowChange("standings", STANDING), a_deal()]))

    [standing] = await store.rows("standings")
    assert standing == STANDING
    assert standing["due_at"].tzinfo is UTC
    assert (standing["closed"], standing["needs_human"]) == (False, True)
    [deal] = await store.rows("deals")
    assert deal == {**a_deal().values, "closed_at": None}
    assert list(await store.decisions("funnel-P1")) == [a_decision()]


async def test_a_conflict_leaves_no_row_and_no_decision(store: EventStore) -> None:
    await store.append(an_append())
    with pytest.raises(WrongVersionError):
        await store.append(an_append(command_id="c2", decision=a_decision("c2"), rows=[a_deal()]))

    assert list(await store.rows("deals")) == []
    assert list(await store.decisions("funnel-P1")) == []


async def test_a_known_command_changes_no_row_and_no_decision(store: EventStore) -> None:
    await store.append(an_append(decision=a_decision(), rows=[a_deal()]))
    await store.append(an_append(decision=a_decision(), rows=[a_deal(stage="F9")]))

    [deal] = await store.rows("deals")
    assert deal["stage"] == "F1"
    assert len(await store.decisions("funnel-P1")) == 1


async def test_a_row_replaces_the_one_with_its_key(store: EventStore) -> None:
    await store.append(an_append(rows=[a_deal(closed_at=NOON)]))
    await store.append(an_append(after=1, command_id="c2", rows=[a_deal(stage="F2"), a_deal(stage="F3"), a_deal("P2")]))

    deals = await store.rows("deals")
    assert [(deal["project"], deal["stage"], deal["closed_at"]) for deal in deals] == [("P1", "F3", None), ("P2", "F1", None)]


@pytest.mark.parametrize(
    "change",
    [
        RowChange("deals", {"project": "P1"}),
        RowChange("deals", {**a_deal().values, "colour": "red"}),
        RowChange("nothing", {"a": 1}),
        RowChange("events", {"position": 1}),
    ],
    ids=["columns missing", "unknown column", "unknown table", "not a read model"],
)
async def test_a_row_that_does_not_fit_its_table_fails_the_append(store: EventStore, change: RowChange) -> None:
    with pytest.raises(StoreError):
        await store.append(an_append(rows=[a_deal("P7"), change], decision=a_decision()))

    assert list(await store.read_all()) == []
    assert list(await store.rows("deals")) == []
    assert list(await store.decisions("funnel-P1")) == []


async def test_rows_are_chosen_ordered_and_limited(store: EventStore) -> None:
    changes = [a_deal("p1", stage="F2"), a_deal("P2", open=False), a_deal("P10", closed_at=NOON), a_deal("二", stage="F2")]
    await store.replace_rows("deals", [change.values for change in changes])

    async def projects(**asked: object) -> list[str]:
        return [row["project"] for row in await store.rows("deals", **asked)]  # type: ignore[arg-type]

    assert await projects() == ["P10", "P2", "p1", "二"]
    assert await projects(where={"open": True, "stage": "F2"}) == ["p1", "二"]
    assert await projects(where={"open": False}) == ["P2"]
    assert await projects(where={"closed_at": NOON}) == ["P10"]
    assert await projects(where={"closed_at": None}, limit=2) == ["P2", "p1"]
    assert await projects(order_by=["stage"]) == ["P10", "P2", "p1", "二"]
    assert await projects(order_by=["closed_at", "stage"]) == ["P10", "P2", "p1", "二"]
    assert await projects(order_by=["-stage"]) == ["p1", "二", "P10", "P2"]
    assert await projects(order_by=["-closed_at", "-project"]) == ["P10", "二", "p1", "P2"]
    with pytest.raises(StoreError):
        await store.rows("deals", where={"colour": "red"})
    with pytest.raises(StoreError):
        await store.rows("events")


async def test_a_read_model_is_replaced_as_a_whole_or_not_at_all(store: EventStore) -> None:
    await store.append(an_append(rows=[a_deal("P1"), a_deal("P2")]))
    await store.replace_rows("deals", [a_deal("P3").values, a_deal("P3", stage="F2").values])
    assert [(row["project"], row["stage"]) for row in await store.rows("deals")] == [("P3", "F2")]

    with pytest.raises(StoreError):
        await store.replace_rows("deals", [a_deal("P4").values, {"project": "P5"}])
    assert [row["project"] for row in await store.rows("deals")] == ["P3"]

    await store.replace_rows("deals", [])
    assert list(await store.rows("deals")) == []


async def test_a_refusal_is_kept_once_at_each_version_of_the_stream(store: EventStore) -> None:
    for _ in range(3):
        await store.record_refusal(a_decision("c1", "NotReadyError"))
    await store.record_refusal(a_decision("c1", "NotReadyError", version=1))
    await store.record_refusal(a_decision("c1", "OtherError", version=1))
    await store.record_refusal(a_decision("c1", "NotReadyError", stream="funnel-P2"))

    kept = [(decision.verdict, decision.stream_version) for decision in await store.decisions("funnel-P1")]
    assert kept == [("OtherError", 1), ("NotReadyError", 1), ("NotReadyError", 0)]
    assert len(await store.decisions("funnel-P1", limit=2)) == 2
    assert list(await store.read_all()) == []


async def test_a_playbook_is_kept_as_it_was_first_saved(store: EventStore) -> None:
    assert await store.save_playbook("direct", "1", "阶段: []") == "阶段: []"
    assert await store.save_playbook("direct", "1", "changed") == "阶段: []"
    assert await store.save_playbook("channel", "2", "b") == "b"

    assert list(await store.playbooks()) == [("channel", "2", "b"), ("direct", "1", "阶段: []")]


async def test_every_read_model_is_written_with_the_events_and_a_later_row_takes_the_place_of_the_first(
    store: EventStore,
) -> None:
    override = {"stream": "funnel-P1", "number": 1, "category": "funnel", "customer": "C1", "project": "P1", "gate": "F2"}
    override |= {"missing": '["budget"]', "reason": "战略客户", "asked_by": "u1", "approver": "m1", "given_at": NOON}
    override |= {"expires_on": "2026-12-31", "outcome": "open", "deal": ""}
    dwell = {"stream": "funnel-P1", "entry": 1, "project": "P1", "playbook": "standard", "value_class": "vip", "stage": "F1"}
    dwell |= {"minutes": 960, "left_at": NOON}
    await store.append(an_append(rows=[RowChange("overrides", override), RowChange("dwells", dwell)]))
    assert [dict(row) for row in await store.rows("dwells")] == [dwell]
    settled = override | {"outcome": "settled"}
    await store.append(an_append(after=1, command_id="c2", rows=[RowChange("overrides", settled)]))
    assert [dict(row) for row in await store.rows("overrides")] == [settled]


async def test_a_question_in_sql_is_answered_alike_by_every_store_and_changes_nothing(store: EventStore) -> None:
    rows = [a_deal("P1"), a_deal("P2", stage="F2"), a_deal("P3", closed_at=NOON, open=False), RowChange("standings", STANDING)]
    await store.append(an_append(rows=rows))
    total = sa.cast(sa.func.sum(DEALS.c.amount_minor), sa.BigInteger).label("total")
    latest = sa.func.max(DEALS.c.closed_at, type_=DEALS.c.closed_at.type).label("latest")
    summed = sa.select(DEALS.c.stage, sa.func.count().label("count"), total, latest).group_by(DEALS.c.stage).order_by("stage")
    assert list(await store.query(summed)) == [
        {"stage": "F1", "count": 2, "total": 18_000_000_000_000, "latest": NOON},
        {"stage": "F2", "count": 1, "total": 9_000_000_000_000, "latest": None},
    ]
    joined = sa.select(DEALS.c.project, STANDINGS.c.due_at, DEALS.c.open).join(
        STANDINGS, STANDINGS.c.project == DEALS.c.project
    )
    [found] = await store.query(joined.where(STANDINGS.c.due_at <= STANDING["due_at"]))
    assert found == {"project": "P1", "due_at": STANDING["due_at"], "open": True}
    assert found["due_at"].tzinfo is UTC
    with pytest.raises(StoreError):
        await store.query(sa.delete(DEALS))  # type: ignore[arg-type]
    assert len(await store.rows("deals")) == 3
