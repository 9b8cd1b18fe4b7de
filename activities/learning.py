"""What decisions may learn from other work: how long deals usually stay in a stage, which tickets are alike, open or late.
Looked up only when a decision asks."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from domain.dwell import UsualDwell
from domain.enabled_seen import DealsQuestion, DealsSeen, EnablementQuestion, EnablementSeen
from domain.playbook.enablement import folded
from domain.tickets_seen import TicketQuestion, TicketSeen, TicketsSeen
from eventstore.decisions import Key, Question
from eventstore.port import EventStore

TABLE = "dwells"
LAST = 50
"""Of how many deals, those that left the stage last, the median is taken."""
FRESH = timedelta(minutes=1)
"""How long an answer is used again: the usual dwell of months does not change within a minute."""


class Dwells:
    """The usual dwells, from the read model of the stages that deals have left."""

    def __init__(self, store: EventStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._kept: dict[Key, tuple[datetime, UsualDwell | None]] = {}

    def known(self) -> dict[Key, UsualDwell | None]:
        """What was looked up lately."""
        now = self._clock()
        return {key: usual for key, (since, usual) in self._kept.items() if now - since < FRESH}

    async def look_up(self, key: Key) -> UsualDwell | None:
        """Look one usual dwell up; costs one query."""
        stage, value_class, playbook = key
        wanted = {"playbook": playbook, "value_class": value_class, "stage": stage}
        rows = await self._store.rows(TABLE, wanted, order_by=("-left_at",), limit=LAST)
        usual = None
        if rows:
            median = statistics.median_high(int(row["minutes"]) for row in rows)
            usual = UsualDwell(working_minutes=median, of=len(rows))
        self._kept[key] = self._clock(), usual
        return usual


TICKETS = "tickets"
STANDINGS = "standings"
MOST = 200
"""How many tickets that are alike are looked at, the newest."""
ALL = 100_000
"""How many open or late tickets of a project are found: all of them, for each must be told, or counts."""


class Tickets:
    """The tickets that a decision asks for, from the read models. Never kept: a ticket that was opened since must be found."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    async def look_up(self, question: TicketQuestion) -> TicketsSeen:
        """Look the tickets up, the oldest first; costs one query."""
        if question.about == "open":
            wanted = {"category": "ticket", "project": question.project, "closed": False}
            open_ones = await self._store.rows(STANDINGS, wanted, order_by=("stream",), limit=ALL)
            return tuple(TicketSeen(ticket=str(row["stream"]).partition("-")[2]) for row in open_ones)
        narrowed = question.model_dump(include={"customer", "project", "product", "category"}, exclude_defaults=True)
        late = question.about == "late"
        rows = await self._store.rows(TICKETS, narrowed, order_by=("-opened_at", "-ticket"), limit=ALL if late else MOST)
        return tuple(
            TicketSeen(ticket=row["ticket"], at=_late_since(row) if late else row["opened_at"])
            for row in reversed(rows)
            if _counts(row, question)
        )


def _counts(row: Mapping[str, Any], question: TicketQuestion) -> bool:
    if question.since is not None and row["opened_at"] < question.since:
        return False
    if question.about == "late":
        return bool(row["respond_breached"] or row["resolve_breached"])
    return row["status"] not in ("cancelled", "duplicate")


def _late_since(row: Mapping[str, Any]) -> datetime:
    """When a ticket missed its last target; when it was resolved where its due times are not known any more."""
    dues = [row[f"{target}_due"] for target in ("respond", "resolve") if row[f"{target}_breached"]]
    known: datetime = max((due for due in dues if due), default=row["resolved_at"] or row["opened_at"])
    return known


ENABLEMENTS = "enablements"
DEALS = "deals"


class Enablements:
    """What is on record of units and the product lines that they may sell, and the open deals that it concerns. Never kept."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    async def of(self, question: EnablementQuestion) -> EnablementSeen:
        """Whether a unit is enabled; costs one query."""
        wanted = {"unit": question.unit, "enabled": True, "line_key": folded(question.product_line)}
        for row in await self._store.rows(ENABLEMENTS, wanted, limit=1):
            return EnablementSeen(enabled=True, since=row["since"], valid_until=row["valid_until"] or None)
        return EnablementSeen()

    async def deals(self, question: DealsQuestion) -> DealsSeen:
        """The open deals of a unit that sell a product line; costs one query."""
        rows = await self._store.rows(DEALS, {"open": True, "owner_unit": question.unit}, order_by=("project",), limit=ALL)
        line = folded(question.product_line)
        return tuple(str(row["project"]) for row in rows if folded(row["product_line"]) == line)


class Answering:
    """Whatever a decision asks of other work, looked up in the read models."""

    def __init__(self, store: EventStore) -> None:
        self._tickets = Tickets(store)
        self._enablements = Enablements(store)

    async def look_up(self, question: Question) -> Any:
        """The answer to a question; costs one query."""
        match question:
            case TicketQuestion():
                return await self._tickets.look_up(question)
            case EnablementQuestion():
                return await self._enablements.of(question)
            case DealsQuestion():
                return await self._enablements.deals(question)
