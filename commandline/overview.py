"""The state of the business for people: the pipeline by stage, and what waits for a person. Figures come from read models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from domain.messages import Money, Name
from domain.playbook import Playbook
from eventstore.port import EventStore

ALL_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class StageSum:
    """The deals of one stage in one currency; `weighted` is the amount times the stage's win rate."""

    code: str
    name: Name
    win_rate: int
    count: int
    amount: Money
    weighted: Money


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that needs a person now."""

    stream: str
    code: str
    name: Name
    customer: str
    project: str
    reason: str
    who: str
    due_at: datetime | None
    health: str


async def pipeline(store: EventStore, playbook: Playbook) -> Sequence[StageSum]:
    """The open deals by stage, in the playbook's order, one row for each currency; what is shelved stands by itself."""
    shelved = {
        row["project"] for row in await store.rows("standings", {"category": "funnel", "code": "shelved"}, limit=ALL_ROWS)
    }
    sums: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for deal in await store.rows("deals", {"open": True}, limit=ALL_ROWS):
        code = "" if deal["project"] in shelved else deal["stage"]
        sums.setdefault((code, deal["currency"] or "CNY"), []).append(deal)
    stages = {stage.code: stage for stage in playbook.funnel.stages}
    order = [*stages, ""]
    known = sorted((key for key in sums if key[0] in order), key=lambda key: (order.index(key[0]), key[1]))
    return [
        _sum(
            code,
            currency,
            stages[code].name if code else playbook.funnel.shelved,
            0 if not code else None,
            sums[code, currency],
        )
        for code, currency in known
    ]


def _sum(code: str, currency: str, name: Name, rate: int | None, deals: Sequence[Mapping[str, Any]]) -> StageSum:
    weights = [(deal["amount_minor"], deal["win_rate"] if rate is None else rate) for deal in deals]
    return StageSum(
        code=code,
        name=name,
        win_rate=weights[0][1],
        count=len(deals),
        amount=_money(sum(minor for minor, _ in weights), currency),
        weighted=_money(sum(minor * percent for minor, percent in weights) // 100, currency),
    )


def _money(minor: int, currency: str) -> Money:
    return Money(amount=Decimal(minor) / 100, currency=currency)


async def waiting_for_people(store: EventStore) -> Sequence[Waiting]:
    """Everything that needs a person now, the earliest due first; what has no due time comes last."""
    rows = await store.rows("standings", {"needs_human": True}, order_by=("due_at",), limit=ALL_ROWS)
    return [
        Waiting(
            stream=row["stream"],
            code=row["code"],
            name=Name(en=row["name_en"], zh=row["name_zh"]),
            customer=row["customer"],
            project=row["project"],
            reason=row["reason"],
            who=row["waiting_for"],
            due_at=row["due_at"],
            health=row["health"],
        )
        for row in rows
    ]
