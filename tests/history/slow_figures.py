"""The figures made once more, slowly: loops over the raw events and their JSON, and nothing of the program's own reckoning."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from eventstore.port import StoredEvent

RATES = {"F1": 10, "F2": 30, "F3": 50, "F4": 70, "F5": 90, "F6": 100}
"""Written down again, from the domain's table."""
EITHER_ORDER = {"F3": "F4", "F4": "F3"}


@dataclass
class Deal:
    """A deal as far as a forecast goes by it."""

    project: str
    customer: str
    value_class: str
    owner: str
    owner_unit: str
    product_line: str
    service_line: str
    stage: str
    amount: dict[str, Any] | None
    expected_on: str | None
    category: str = "pipeline"
    outcome: str = ""
    shelved: bool = False
    stalled: bool = False
    passed: list[str] = field(default_factory=list)
    closed_at: datetime | None = None
    heir: tuple[str, str] | None = None
    """Who owns it since it was decided: the deal is theirs when it is reopened."""

    @property
    def rate(self) -> int:
        partner = EITHER_ORDER.get(self.stage)
        if partner is None:
            return RATES[self.stage]
        return max(RATES[self.stage], RATES[partner]) if partner in self.passed else min(RATES[self.stage], RATES[partner])


def deals_at(events: Sequence[StoredEvent], at: datetime) -> dict[str, Deal]:
    """Every deal as it stood at a moment."""
    deals: dict[str, Deal] = {}
    for event in events:
        if event.stream.startswith("funnel-") and event.occurred_at <= at:
            _tell(deals, event, json.loads(event.data))
    return deals


def _tell(deals: dict[str, Deal], event: StoredEvent, data: dict[str, Any]) -> None:
    project = event.stream.removeprefix("funnel-")
    if event.type == "FunnelOpened":
        origin = data["origin"]
        about = {name: origin[name] for name in ("customer", "value_class", "owner", "owner_unit")}
        said = {name: data[name] for name in ("product_line", "service_line", "stage", "amount", "expected_on")}
        deals[project] = Deal(project=project, **about, **said)
        return
    deal = deals[project]
    if event.type in ("StageAdvanced", "StageSkipped"):
        deal.passed.append(data["left"])
    if event.type == "StageReturned":
        deal.passed = [code for code in deal.passed if code not in data["again"]]
    if event.type in ("StageAdvanced", "StageSkipped", "StageReturned", "StagesSwapped"):
        deal.stage, deal.stalled = data["entered"], False
    elif event.type in ("DealReopened", "DealResumed"):
        deal.stage, deal.stalled, deal.shelved, deal.outcome = data["stage"], False, False, ""
        deal.owner, deal.owner_unit = deal.heir or (deal.owner, deal.owner_unit)
    elif event.type == "DealStalled":
        deal.stalled = True
    elif event.type == "DealShelved":
        deal.shelved = True
    elif event.type in ("DealWon", "DealLost", "DealCancelled"):
        deal.outcome, deal.shelved, deal.closed_at = event.type.removeprefix("Deal").lower(), False, event.occurred_at
        if event.type == "DealWon":
            deal.amount = data["amount"] or deal.amount
    elif event.type == "PartUnwound" and deal.outcome == "won":
        deal.outcome = "cancelled"
    elif event.type == "DealForecast":
        deal.expected_on, deal.amount, deal.category = data["expected_on"], data["amount"], data["category"]
    elif event.type == "DealOwnerChanged":
        deal.heir = data["owner"], data["owner_unit"]
        if not deal.outcome or event.occurred_at == deal.closed_at:  # Of that very moment: it holds.
            deal.owner, deal.owner_unit = deal.heir


Key = Callable[[Any], str]
Figures = dict[tuple[str, str], dict[str, Any]]


def slow_pipeline(events: Sequence[StoredEvent], at: datetime, key: Key, until: date, zone: str) -> Figures:
    """The pipeline by key and currency."""
    today = at.astimezone(ZoneInfo(zone)).date().isoformat()
    found: Figures = {}
    for deal in deals_at(events, at).values():
        if deal.outcome:
            continue
        amount, currency = Decimal(deal.amount["amount"] if deal.amount else 0), deal.amount["currency"] if deal.amount else ""
        sums = found.setdefault((key(deal), currency), defaultdict(Decimal))
        if deal.shelved:
            _add(sums, "shelved", amount)
            continue
        sums["count"] += 1
        sums["amount"] += amount
        sums["weighted"] += amount * deal.rate / 100
        if deal.expected_on is None:
            sums["undated_count"] += 1
        elif deal.expected_on <= until.isoformat():
            _add(sums, "expected", amount)
        if deal.expected_on is not None and deal.expected_on < today:
            _add(sums, "past", amount)
        if deal.stalled:
            _add(sums, "stalled", amount)
    return found


def _add(sums: dict[str, Any], name: str, amount: Decimal) -> None:
    sums[f"{name}_count"] += 1
    sums[name] += amount


@dataclass
class Fact:
    """A fact of money."""

    kind: str
    at: datetime
    amount: Decimal
    currency: str
    customer: str
    project: str
    value_class: str
    owner: str
    owner_unit: str
    service_line: str
    product_line: str


def money_facts(events: Sequence[StoredEvent]) -> list[Fact]:
    """Every fact of money, from the whole log."""
    facts: list[Fact] = []
    streams: dict[str, list[StoredEvent]] = defaultdict(list)
    for event in events:
        streams[event.stream].append(event)
    sold = {name.partition("-")[2]: json.loads(told[0].data) for name, told in streams.items() if name.startswith("funnel-")}
    for stream, told in streams.items():
        kind, _, project = stream.partition("-")
        if kind == "customer":
            facts += _of_customer(told)
        told_by = {"funnel": _of_deal, "implementation": _of_implementation, "support": _of_support}.get(kind)
        if told_by is None:
            continue
        origin = json.loads(told[0].data)["origin"]
        for what, at, amount, line in told_by(told):
            owner, unit = origin["owner"], origin["owner_unit"]
            for event in told:
                if event.type == "DealOwnerChanged" and event.occurred_at <= at:
                    owner, unit = json.loads(event.data)["owner"], json.loads(event.data)["owner_unit"]
            facts.append(
                Fact(
                    kind=what,
                    at=at,
                    amount=amount[0],
                    currency=amount[1],
                    customer=origin["customer"],
                    project=project,
                    value_class=origin["value_class"],
                    owner=owner,
                    owner_unit=unit,
                    service_line=line or sold[project]["service_line"],
                    product_line=sold[project]["product_line"],
                )
            )
    return facts


Told = Iterable[tuple[str, datetime, tuple[Decimal, str], str]]


def _of_deal(events: list[StoredEvent]) -> Told:
    said = json.loads(events[0].data)["amount"]
    for event in events:
        data = json.loads(event.data)
        if event.type == "DealForecast":
            said = data["amount"]
        if event.type == "DealWon" and (said := data["amount"] or said):
            yield "won", event.occurred_at, (Decimal(said["amount"]), said["currency"]), ""
        if event.type == "PartUnwound" and said and any(one.type == "DealWon" for one in events):
            yield "won", event.occurred_at, (-Decimal(said["amount"]), said["currency"]), ""


def _of_implementation(events: list[StoredEvent]) -> Told:
    owed: dict[str, Decimal] = {}
    received: dict[str, Decimal] = defaultdict(Decimal)
    for event in events:
        data = json.loads(event.data)
        amount = data.get("amount")
        if event.type == "PaymentFellDue" and amount:
            owed[data["milestone"]] = Decimal(amount["amount"])
            yield "delivered", event.occurred_at, (Decimal(amount["amount"]), amount["currency"]), ""
        elif event.type == "PaymentReceived":
            received[data["milestone"]] += Decimal(amount["amount"])
            yield "collected", event.occurred_at, (Decimal(amount["amount"]), amount["currency"]), ""
        elif event.type == "PaymentSettled":
            came, currency = received[data["milestone"]], json.loads(events[0].data)["amount"]["currency"]
            if data["how"] == "refunded" and came:
                yield "collected", event.occurred_at, (-came, currency), ""
            elif data["how"] == "collected" and owed[data["milestone"]] > came:
                yield "collected", event.occurred_at, (owed[data["milestone"]] - came, currency), ""


def _of_support(events: list[StoredEvent]) -> Told:
    fee, agreed = None, events[0].occurred_at
    for event in events:
        data = json.loads(event.data)
        if event.type == "SupportStarted":
            fee, agreed = data["contract"]["fee"], event.occurred_at
        if event.type == "ContractRenewed":
            fee, agreed = data["fee"] or fee, event.occurred_at
        if event.type in ("SupportStarted", "ContractRenewed") and fee:
            yield "won", event.occurred_at, (Decimal(fee["amount"]), fee["currency"]), "support"
        if event.type == "SupportEnded" and fee:
            yield "won", max(event.occurred_at, agreed), (-Decimal(fee["amount"]), fee["currency"]), "support"


def _of_customer(events: list[StoredEvent]) -> Iterable[Fact]:
    origin, value_class = json.loads(events[0].data)["origin"], ""
    owner, unit = origin["owner"], origin["owner_unit"]
    for event in events:
        data = json.loads(event.data)
        if event.type == "CustomerClassified":
            value_class = data["value_class"]
        if event.type == "ContractRecorded" and (amount := data["contract"]["amount"]) and not data["contract"]["project"]:
            yield Fact(
                kind="won",
                at=event.occurred_at,
                amount=Decimal(amount["amount"]),
                currency=amount["currency"],
                customer=origin["customer"],
                project="",
                value_class=value_class,
                owner=owner,
                owner_unit=unit,
                service_line=data["contract"]["service_line"],
                product_line="",
            )


def slow_actuals(
    events: Sequence[StoredEvent], since: date, until: date, at: datetime, zone: str, key: Key
) -> dict[tuple[str, str, str], Decimal]:
    """What came in, by key, measure and currency."""
    found: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for fact in money_facts(events):
        if fact.at <= at and since <= fact.at.astimezone(ZoneInfo(zone)).date() <= until:
            found[key(fact), fact.kind, fact.currency] += fact.amount
    return dict(found)


def about_customers(events: Sequence[StoredEvent], what: str) -> dict[str, str]:
    """Industry or region, heir or head of the group, by customer, as it is now."""
    registered = {one.customer: json.loads(one.data) for one in events if one.type == "CustomerRegistered"}
    into, parent = dict.fromkeys(registered, ""), dict.fromkeys(registered, "")
    for event in events:
        if event.type == "CustomerMerged":
            into[event.stream.removeprefix("customer-")] = json.loads(event.data)["into"]
        elif event.type == "MergeReversed":
            into[event.stream.removeprefix("customer-")] = ""
        elif event.type == "ParentChanged":
            parent[event.stream.removeprefix("customer-")] = json.loads(event.data)["parent"]

    def heir(customer: str) -> str:
        return heir(into[customer]) if into[customer] else customer

    def top(customer: str) -> str:
        return top(heir(parent[customer])) if parent[customer] else customer

    if what == "customer":
        return {one: heir(one) for one in registered}
    corrected = [one for one in events if one.type == "CustomerCorrected"]
    registered |= {one.stream.removeprefix("customer-"): json.loads(one.data)["after"] for one in corrected}
    if what == "group":
        return {one: top(heir(one)) for one in registered}
    return {one: registered[heir(one)][what] for one in registered}


def slow_belief(
    events: Sequence[StoredEvent], on: datetime, then: datetime, until: date, key: Key
) -> dict[tuple[str, str], dict[str, Any]]:
    """What was forecast for the time until a day, against how the deals stood later."""
    found: dict[tuple[str, str], dict[str, Any]] = defaultdict(lambda: defaultdict(Decimal))
    later, believed = deals_at(events, then), set()
    for project, deal in deals_at(events, on).items():
        expected = deal.expected_on is not None and deal.expected_on <= until.isoformat()
        if deal.outcome or deal.shelved or deal.category == "omitted" or not expected:
            continue
        believed.add(project)
        now = later[project]
        sums = found[key(deal), deal.amount["currency"] if deal.amount else ""]
        amount = Decimal(deal.amount["amount"] if deal.amount else 0)
        sums["count"] += 1
        sums["believed"] += amount * deal.rate / 100
        sums["committed"] += amount if deal.category == "commit" else 0
        if now.outcome == "won":
            sums["came_count"] += 1
            came = found[key(deal), now.amount["currency"] if now.amount else ""]
            came["came"] += Decimal(now.amount["amount"] if now.amount else 0)
        elif now.outcome:
            sums["lost_count"] += 1
        elif now.shelved:
            sums["shelved_count"] += 1
        else:
            sums["slipped_count" if (now.expected_on or "") > until.isoformat() else "open_count"] += 1
    for project, deal in later.items():
        if deal.outcome == "won" and deal.closed_at is not None and on < deal.closed_at <= then and project not in believed:
            line = found[key(deal), deal.amount["currency"] if deal.amount else ""]
            line["unforeseen_count"] += 1
            line["unforeseen"] += Decimal(deal.amount["amount"] if deal.amount else 0)
    return dict(found)


def slow_rates(events: Sequence[StoredEvent], on: datetime, then: datetime) -> dict[str, tuple[int, int, int]]:
    """Of the deals that stood in each stage: how many, how many were decided later, how many of them were won."""
    found: dict[str, tuple[int, int, int]] = {}
    later = deals_at(events, then)
    for project, deal in deals_at(events, on).items():
        if not deal.outcome and not deal.shelved:
            all_, decided, won = found.get(deal.stage, (0, 0, 0))
            outcome = later[project].outcome
            found[deal.stage] = all_ + 1, decided + bool(outcome), won + (outcome == "won")
    return found
