"""Whatever a company has been through, its figures at any date are what a slow look through the raw events comes to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain.customer.record_commands import CorrectCustomer, MergeCustomer, RecordContract, SetGroupParent, UndoMerge
from domain.funnel import ForecastDeal
from domain.messages import Command, Money
from domain.owning import ChangeDealOwner
from domain.project import CancelProject
from domain.support.commands import RenewContract
from eventstore.memory import MemoryStore
from eventstore.opening import open_store
from eventstore.port import EventStore, StoredEvent
from history.forecast import BeliefLine, belief
from history.rollup import ALL, Actual, By, InPipeline, actuals, bounds, pipeline
from runtime.rebuilding import drifts
from tests.domain import asked
from tests.domain.asked import PLAYBOOKS, SALES
from tests.domain.funnelling import back, reopen
from tests.history.office import Office
from tests.history.slow_figures import about_customers, slow_actuals, slow_belief, slow_pipeline, slow_rates

ZONE = "Asia/Shanghai"
BEGIN = asked.at("2026-01-05 09:00")
CUSTOMERS = {"C1": ("machinery", "east"), "C2": ("chemistry", "north"), "C3": ("machinery", "")}
PROJECTS = ("P1", "P2", "P3")
CURRENCIES = ("CNY", "USD")
DIMENSIONS: dict[By, str] = {
    "unit": "owner_unit",
    "class": "value_class",
    "owner": "owner",
    "product_line": "product_line",
    "service_line": "service_line",
    "project": "project",
}
AMOUNTS = st.one_of(
    st.none(),
    st.builds(
        lambda cents, currency: Money(amount=Decimal(cents) / 100, currency=currency),
        st.integers(1, 99_999_999_999),
        st.sampled_from(CURRENCIES),
    ),
)
HAPPENS = (
    *("prove", "forecast", "win", "win", "win", "lose", "reopen", "shelve", "resume", "back", "quote", "own", "own", "cancel"),
    *("deliver", "deliver", "deliver", "reach", "pay", "pay", "pay", "settle", "renew", "offer", "accept"),
    *("classify", "merge", "unmerge", "group", "correct", "line", "wait"),
)
"""What may happen; what matters for money more often."""
DAYS = st.integers(0, 45)
STEP = st.fixed_dictionaries(
    {
        "what": st.sampled_from(HAPPENS),
        "project": st.sampled_from(PROJECTS),
        "days": DAYS,
        "late": st.sampled_from((0, 0, 1, 3, 60)),
        "amount": AMOUNTS,
        "who": st.sampled_from(("u1", "u2", "u3")),
        "unit": st.sampled_from(("north", "south")),
        "category": st.sampled_from(("commit", "best_case", "pipeline", "omitted", None)),
        "place": st.integers(0, 6),
        "how": st.sampled_from(("collected", "waived", "refunded", "kept")),
    }
)
OPENING = st.fixed_dictionaries(
    {
        "customer": st.sampled_from(sorted(CUSTOMERS)),
        "amount": AMOUNTS,
        "owner": st.sampled_from(("u1", "u2")),
        "owner_unit": st.sampled_from(("north", "south")),
        "product_line": st.sampled_from(("", "erp", "mes")),
        "service_line": st.sampled_from(("", "training")),
        "expected": st.one_of(st.none(), st.integers(0, 200)),
    }
)


FIRST = {"days": 12, "late": 0, "place": 0, "amount": None}
"""One deal is won and delivered, another won, before anything else happens: few lives would come so far by chance."""


class Company:
    """A company to which anything happens that may happen; what is refused does not."""

    def __init__(self) -> None:
        self.office = Office(MemoryStore(), BEGIN)

    async def begin(self, openings: Sequence[dict[str, Any]]) -> None:
        for customer, (industry, region) in CUSTOMERS.items():
            await self.try_(asked.register(customer, industry=industry, region=region), asked.classify(customer=customer))
        for project, opening in zip(PROJECTS, openings, strict=False):
            given_ = {name: value for name, value in opening.items() if name != "expected"}
            if opening["expected"] is not None:
                given_["expected_on"] = self.office.now.date() + timedelta(days=opening["expected"])
            await self.try_(asked.open_project(project, **given_))
        for what, project in (("win", "P1"), ("deliver", "P1"), ("win", "P2")):
            await self.step({**FIRST, "what": what, "project": project})

    async def step(self, step: dict[str, Any]) -> None:
        self.office.now += timedelta(days=step["days"], minutes=7)
        sold = {row["project"]: row["currency"] or "CNY" for row in await self.office.store.rows("deals")}
        await self.try_(*self._commands(step, sold[step["project"]]), late=step["late"])

    async def try_(self, *commands: Command, late: int = 0) -> None:
        for command in commands:
            happened = self.office.now - timedelta(days=late)
            answer = await self.office.ask(command.model_copy(update={"occurred_at": happened}) if late else command)
            if answer.refusal is None:
                await self.office._settle(answer)

    def _commands(self, step: dict[str, Any], currency: str) -> Sequence[Command]:
        project, codes = step["project"], [code for code in asked.MILESTONES if code != asked.HANDED_OVER]
        milestone, day = codes[step["place"] % len(codes)], self.office.now.date()
        actor: dict[str, Any] = {"actor": SALES}
        amount = step["amount"]
        match step["what"]:
            case "prove":
                return [asked.stage_done(f"F{1 + step['place'] % 5}", project=project)]
            case "forecast":
                said: dict[str, Any] = {"amount": amount, "category": step["category"], "reason": "as the customer says"}
                return [ForecastDeal(project=project, expected_on=day + timedelta(days=step["place"] * 20), **said, **actor)]
            case "win":
                if step["place"] % 2:
                    return [asked.override("won", project=project, expires_on=(day + timedelta(days=20)).isoformat())]
                return [*asked.prepared(project), asked.win(project)]
            case "quote":
                return [asked.quote(f"{1_000_000 + step['place']}", project=project)]
            case "lose":
                return [asked.lose(project)]
            case "reopen":
                return [reopen().model_copy(update={"project": project})]
            case "shelve":
                return [asked.shelve((day + timedelta(days=30)).isoformat(), project)]
            case "resume":
                return [asked.resume(project)]
            case "back":
                return [back(f"F{1 + step['place'] % 4}", "E1", "E2").model_copy(update={"project": project})]
            case "own":
                return [ChangeDealOwner(project=project, owner=step["who"], owner_unit=step["unit"], reason="leaves", **actor)]
            case "cancel":
                paper: dict[str, Any] = {
                    "reason": "no money",
                    "reference": "letter",
                    "approver": "m1",
                    "approver_role": "manager",
                }
                return [CancelProject(project=project, **paper, **actor)]
            case "offer":
                return [asked.offer(project=project)]
            case "accept":
                return [asked.accept(project=project)]
            case "reach":
                return [*asked.ready(milestone, project), asked.signed(milestone, project=project)]
            case "deliver":
                fee = amount.model_copy(update={"currency": "CNY"}) if amount else None
                contract = asked.contract(day.isoformat(), (day + timedelta(days=365)).isoformat())
                told = asked.offer("support", project, service_contract=contract.model_copy(update={"fee": fee}))
                hand_over = [asked.offer(project=project), asked.accept(project=project)]
                reached = [one for code in codes for one in (*asked.ready(code, project), asked.signed(code, project=project))]
                return [*hand_over, *reached, told, asked.accept("support", project)]
            case "pay":
                if amount is None:
                    return []
                part = amount.model_copy(update={"currency": currency})
                return [asked.paid(one, project, part, reference=f"r{day}-{one}") for one in codes[: step["place"] + 1]]
            case "settle":
                return [asked.settle(one, step["how"], project) for one in codes]
            case "renew":
                return [RenewContract(project=project, ends_on=day + timedelta(days=800), fee=amount, **actor)]
            case "merge":
                two: dict[str, Any] = {
                    "customer": f"C{1 + step['place'] % 3}",
                    "into": f"C{1 + (step['place'] + step['days']) % 3}",
                }
                return [MergeCustomer(**two, reason="the same", approver="m1", **actor)]
            case "unmerge":
                return [UndoMerge(customer=f"C{1 + step['place'] % 3}", reason="two firms", approver="m1", **actor)]
            case "correct":
                who = {"industry": step["who"], "region": step["unit"]}
                return [CorrectCustomer(customer=f"C{1 + step['place'] % 3}", reason="as the register has it", **who, **actor)]
            case "group":
                two = {"customer": f"C{1 + step['place'] % 3}", "parent": f"C{1 + (step['place'] + step['days']) % 3}"}
                return [SetGroupParent(**two, reason="bought", **actor)]
            case "line":
                about: dict[str, Any] = {
                    "contract": f"K{step['place']}",
                    "service_line": "training",
                    "reference": "paper",
                    "amount": amount,
                }
                until = day + timedelta(days=90)
                return [RecordContract(customer=f"C{1 + step['days'] % 3}", starts_on=day, ends_on=until, **about, **actor)]
            case "classify":
                return [asked.classify(("vip", "strategic")[step["place"] % 2], customer=f"C{1 + step['place'] % 3}")]
            case _:
                return [asked.judge(f"funnel-{project}")]


def _as_of(step: int) -> datetime:
    return (BEGIN + timedelta(days=step, hours=5)).astimezone(UTC)


def _pipeline_of(found: Sequence[InPipeline]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(one.key, one.currency): one.model_dump(exclude={"key", "currency"}) for one in found}


def _told(sums: dict[str, Any]) -> dict[str, Any]:
    told = {name: sums.get(name, Decimal(0)) for name in InPipeline.model_fields if name not in ("key", "currency")}
    return told | {"weighted": told["weighted"].quantize(Decimal("0.01"), ROUND_HALF_UP)}


def _actuals_of(found: Sequence[Actual]) -> dict[tuple[str, str, str], Decimal]:
    return {(one.key, one.measure, one.currency): one.amount for one in found}


FATES = ("count", "committed", "came", "came_count", "slipped_count", "lost_count", "shelved_count", "open_count")
BELIEVED = (*FATES, "believed", "unforeseen", "unforeseen_count")


def _sums_of(one: BeliefLine) -> dict[str, Any]:
    return {name: getattr(one, name) for name in BELIEVED}


def _of_belief(sums: dict[str, Any]) -> dict[str, Any]:
    told = {name: sums.get(name, Decimal(0)) for name in BELIEVED}
    return told | {"believed": told["believed"].quantize(Decimal("0.01"), ROUND_HALF_UP)}


async def _agree(company: Company, events: Sequence[StoredEvent], stores: Sequence[EventStore], moments: Sequence[int]) -> None:
    who = {name: about_customers(events, name) for name in ("industry", "region", "customer", "group")}
    keys: dict[By, Any] = {by: lambda one, name=name: getattr(one, name) for by, name in DIMENSIONS.items()}
    keys |= {name: lambda one, known=known: known[one.customer] for name, known in who.items()}  # type: ignore[misc]
    for index, days in enumerate(moments):
        at, by = _as_of(days), sorted(keys)[(days + index) % len(keys)]
        since = (BEGIN + timedelta(days=days // 3)).date()
        until = date.fromisoformat("2026-12-31") if days % 2 else (BEGIN + timedelta(days=days)).date()
        expected = slow_pipeline(events, at, keys[by], until, ZONE)
        came = slow_actuals(events, since, until, at, ZONE, keys[by])
        staged = slow_pipeline(events, at, lambda one: one.stage, until, ZONE)
        for store in stores:
            found = _pipeline_of((await pipeline(store, ALL, at, by, zone=ZONE, until=until))[0])
            assert found == {key: _told(sums) for key, sums in expected.items()}
            found = _pipeline_of((await pipeline(store, ALL, at, "stage", zone=ZONE, until=until))[0])
            assert found == {key: _told(sums) for key, sums in staged.items()}
            assert _actuals_of(await actuals(store, ALL, since, until, at, ZONE, by)) == came
        later = _as_of(days + 90)
        then = min(later, bounds(until, until, ZONE)[1] - datetime.resolution)
        believed = slow_belief(events, at, then, until, keys[by])
        rated = slow_rates(events, at, then)
        for store in stores:
            told = await belief(store, PLAYBOOKS.latest(), ALL, at, until, by, later)
            assert {(one.key, one.currency): _sums_of(one) for one in told.lines} == {
                key: _of_belief(sums) for key, sums in believed.items()
            }
            assert {one.stage: (one.count, one.decided, one.won) for one in told.rates} == rated


def test_roll_ups_at_any_date_are_what_the_raw_events_come_to(sqlite_url: str, postgresql_url: str) -> None:
    with asyncio.Runner() as runner:
        stores = [runner.run(open_store(url)) for url in (sqlite_url, postgresql_url)]

        async def lives(openings: Sequence[dict[str, Any]], steps: Sequence[dict[str, Any]], moments: Sequence[int]) -> None:
            company = Company()
            await company.begin(openings)
            for step in steps:
                await company.step(step)
            kept = company.office.store
            assert await drifts(kept, PLAYBOOKS) == []
            for store in stores:
                for table in ("deal_spans", "money", "customers"):
                    await store.replace_rows(table, await kept.rows(table, limit=10_000))
            await _agree(company, await kept.read_all(limit=100_000), stores, moments)

        @settings(max_examples=8, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @given(
            st.lists(OPENING, min_size=3, max_size=3),
            st.lists(STEP, min_size=10, max_size=24),
            st.lists(st.integers(0, 500), min_size=3, max_size=3),
        )
        def agree(openings: list[dict[str, Any]], steps: list[dict[str, Any]], moments: list[int]) -> None:
            runner.run(lives(openings, steps, moments))

        agree()
        for store in stores:
            runner.run(store.close())
