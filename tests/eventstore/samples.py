"""What the store's tests write: appends, refusals and rows with as little in them as the port allows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from eventstore.port import Append, Decision, EventStore, NewEvent, RowChange, StoredEvent

NOON = datetime(2026, 3, 2, 4, 0, 0, 123456, tzinfo=UTC)

OpenAnother = Callable[[], Awaitable[EventStore]]


def new_events(count: int = 1, text: str = "线索") -> list[NewEvent]:
    return [NewEvent("funnel.noted", 1, f'{{"text": "{text}", "number": {number}}}', NOON) for number in range(count)]


def an_append(
    stream: str = "funnel-P1",
    after: int = 0,
    command_id: str = "c1",
    events: Sequence[NewEvent] | None = None,
    customer: str = "C1",
    decision: Decision | None = None,
    rows: Sequence[RowChange] = (),
    recorded_at: datetime = NOON,
) -> Append:
    return Append(
        stream=stream,
        expected_version=after,
        events=new_events() if events is None else events,
        command_id=command_id,
        correlation_id="flow-1",
        causation_id="",
        actor='{"kind": "person", "id": "u1"}',
        customer=customer,
        project="P1",
        playbook="direct@1",
        recorded_at=recorded_at,
        decision=decision,
        rows=rows,
    )


def a_decision(command_id: str = "c1", verdict: str = "accepted", stream: str = "funnel-P1", version: int = 0) -> Decision:
    return Decision(
        stream=stream,
        command="MoveOn",
        command_id=command_id,
        verdict=verdict,
        detail="预算未确认",
        unmet='["budget"]',
        actor='{"kind": "person", "id": "u1"}',
        stream_version=version,
        looked_at='{"customer-C1": 3}',
        playbook="direct@1",
        decided_at=NOON,
    )


def a_deal(project: str = "P1", **changes: Any) -> RowChange:
    values = {
        "project": project,
        "customer": "C1",
        "name": "智慧工厂",
        "product_line": "mes",
        "stage": "F1",
        "win_rate": 10,
        "amount_minor": 9_000_000_000_000,
        "currency": "CNY",
        "outcome": "",
        "open": True,
        "owner": "u1",
        "owner_unit": "east",
        "opened_at": NOON,
        "stage_since": NOON,
    }
    return RowChange("deals", values | changes)


def a_standing(stream: str, value_class: str = "") -> RowChange:
    words = ("customer", "project", "phase", "code", "name_en", "name_zh", "waiting_for", "health", "reason", "owner_unit")
    plain = {**dict.fromkeys(words, ""), "closed": False, "held": False, "needs_human": False, "version": 1, "missing": "[]"}
    values = {**plain, "stream": stream, "category": stream.partition("-")[0], "value_class": value_class}
    return RowChange("standings", values)


async def whole_log(store: EventStore, page: int = 100) -> list[StoredEvent]:
    """Everything, as a reader that follows the log sees it."""
    log: list[StoredEvent] = []
    while events := await store.read_all(log[-1].position if log else 0, page):
        log.extend(events)
    return log
