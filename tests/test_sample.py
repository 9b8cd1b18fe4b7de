"""The sample portfolio shows what it promises, on whatever day and at whatever hour it is brought in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from activities.commands import CommandHandler
from activities.shapes import Request
from domain.catalogue import COMMANDS
from domain.clocks import JudgeClocks
from domain.messages import SYSTEM, Command
from domain.parsing import parse
from domain.playbook import Playbook, Playbooks
from eventstore.memory import MemoryStore
from projections.rows import rows
from runtime.composition import CODEC
from runtime.playbooks import load_playbooks
from runtime.settings import CODE
from sample.portfolio import OVER_HTTP, SLEEPER, STORY, TICKET, portfolio

PLAYBOOKS = Playbooks(load_playbooks(CODE / "playbooks"))
STANDARD: Playbook = PLAYBOOKS.latest()
SUNDAY_NIGHT = datetime(2026, 3, 1, 15, 30, tzinfo=UTC)
SPRING_FESTIVAL_NIGHT = datetime(2026, 2, 16, 16, 5, tzinfo=UTC)
MADE_UP_SATURDAY = datetime(2026, 2, 14, 2, 0, tzinfo=UTC)


class Rehearsal:
    """The portfolio lived through without Temporal: commands, what is owed because of them, and clocks that have run out."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.store = MemoryStore()
        self.refusals: list[str] = []
        self._told: set[str] = set()
        self._handler = CommandHandler(self.store, CODEC, rows, self._shelf, lambda: self.now)

    async def live(self) -> None:
        """Everything that the portfolio says."""
        for life in portfolio(self.now, STANDARD):
            for said in life.commands():
                await self._send(parse(said))

    async def wait(self, time: timedelta) -> None:
        """Let time pass: each clock that runs out on the way is judged, as its workflow would."""
        self.now += time
        for row in await self.standings():
            if not row["closed"]:
                await self._judge(row["stream"])

    async def standings(self) -> list[Mapping[str, Any]]:
        """Where each stream stands."""
        return list(await self.store.rows("standings"))

    async def types(self, stream: str) -> list[str]:
        """The types of a stream's events, in order."""
        return [event.type for event in await self.store.read(stream)]

    async def _send(self, command: Command) -> None:
        written = command.model_dump(mode="json", exclude_none=True)
        answer = await self._handler.respond(Request(stream=command.stream, now=self.now, command=written))
        if answer.refusal is not None:
            self.refusals.append(f"{command.command_id}: {answer.refusal.detail}")
        for owed in answer.standing.owed:
            if owed.id not in self._told:
                self._told.add(owed.id)
                await self._send(COMMANDS[str(owed.command["command"])].model_validate(owed.command))
        await self._judge(command.stream)

    async def _judge(self, stream: str) -> None:
        standing = (await self._handler.respond(Request(stream=stream, now=self.now))).standing
        if standing.deadline is not None and standing.deadline.at <= self.now:
            await self._send(JudgeClocks(of=stream, command_id=standing.deadline.name, actor=SYSTEM))

    @staticmethod
    async def _shelf() -> Playbooks:
        return PLAYBOOKS


async def lived(now: datetime) -> Rehearsal:
    rehearsal = Rehearsal(now)
    await rehearsal.live()
    return rehearsal


SITUATIONS = {
    # stream: (where it stands, how it is doing, whether a person must act)
    "funnel-P916": ("F1", "ok", False),
    "funnel-P914": ("F2", "ok", False),
    "funnel-P909": ("F3", "blocked", True),
    "funnel-P906": ("F4", "ok", False),
    "funnel-P907": ("F5", "ok", False),
    "funnel-P912": ("F6", "ok", False),
    "funnel-P913": ("shelved", "ok", False),
    "funnel-P910": ("lost", "ok", False),
    "funnel-P917": ("lost", "ok", False),
    "funnel-P911": ("won", "ok", False),
    "handoff-P908-delivery": ("returned", "at-risk", True),
    "handoff-P915-delivery": ("offered", "ok", True),
    "implementation-P902": ("M2", "overdue", True),
    "implementation-P904": ("M6", "ok", False),
    "support-P901": ("renewal_window", "at-risk", True),
    "support-P903": ("in_service", "ok", False),
    "support-P905": ("in_service", "at-risk", True),
    "support-P918": ("early_life", "ok", False),
    "support-P911": ("in_service", "ok", False),
    "ticket-T901": ("closed", "ok", False),
    "ticket-T902": ("in_progress", "at-risk", True),
    "ticket-T903": ("new", "ok", True),
    "ticket-T904": ("waiting", "ok", False),
    "ticket-T905": ("in_progress", "overdue", True),
    "ticket-T906": ("closed", "ok", False),
    "ticket-T907": ("in_progress", "ok", False),
    "ticket-T908": ("in_progress", "ok", False),
    "ticket-T909": ("in_progress", "ok", False),
    "ticket-T910": ("in_progress", "ok", False),
    "ticket-T911": ("in_progress", "ok", True),
    "customer-C909": ("potential", "overdue", True),
    "customer-C907": ("active", "ok", False),
    "customer-C913": ("potential", "ok", False),
    "customer-C914": ("dormant", "ok", False),
    "customer-C915": ("potential", "ok", False),
    "customer-C916": ("cooling", "at-risk", False),
    "customer-C918": ("merged", "ok", False),
    "reactivation-C914.1": ("held_out", "ok", False),
    "reactivation-C915.1": ("answered", "ok", False),
    "recovery-P910.1": ("next_attempt", "ok", False),
    "request-R901": ("planned", "ok", False),
}

REASONS = {
    "funnel-P909": "stalled in F3",
    "ticket-T902": "90 % of a target used up",
    "ticket-T903": "nobody has taken it up",
    "support-P905": "recovery task open",
    "ticket-T905": "resolution target missed",
    "ticket-T911": "not in service",
    "implementation-P902": "M2",
}


@pytest.mark.timeout(180)
@settings(max_examples=30)
@given(now=st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001 (hypothesis asks for naive bounds)
@example(now=SUNDAY_NIGHT)
@example(now=SPRING_FESTIVAL_NIGHT)
@example(now=MADE_UP_SATURDAY)
def test_every_situation_is_true_whenever_the_portfolio_is_brought_in_and_ten_minutes_later(now: datetime) -> None:
    async def check() -> None:
        rehearsal = await lived(now)
        assert rehearsal.refusals == []
        for moment in (timedelta(0), timedelta(minutes=10)):
            await rehearsal.wait(moment)
            found = {row["stream"]: row for row in await rehearsal.standings()}
            stand = {
                stream: (found[stream]["code"], found[stream]["health"], found[stream]["needs_human"]) for stream in SITUATIONS
            }
            assert stand == SITUATIONS
            assert [stream for stream, reason in REASONS.items() if reason not in found[stream]["reason"]] == []
            assert [stream for stream, row in found.items() if row["held"] and not row["closed"]] == []

    asyncio.run(check())


@given(now=st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001 (as above)
def test_nothing_is_said_to_happen_in_the_future_or_out_of_order(now: datetime) -> None:
    for life in portfolio(now, STANDARD):
        moments = [datetime.fromisoformat(said["occurred_at"]) for said in life.commands() if "occurred_at" in said]
        assert moments == sorted(moments)
        assert moments[-1] < now
        assert now - moments[0] < timedelta(days=365 * 4)


async def test_a_customer_that_was_lost_came_back_and_its_returned_handoff_came_again() -> None:
    rehearsal = await lived(SUNDAY_NIGHT)
    told = await rehearsal.types(f"customer-{STORY}")
    assert told.index("KeepContactPlanned") < told.index("ContactRecorded")
    assert told.index("ContactRecorded") < told.index("CustomerActivated")
    handoff = [one for one in await rehearsal.types("handoff-P911-delivery") if one.startswith("Handoff")]
    assert handoff == ["HandoffOpened", "HandoffOffered", "HandoffReturned", "HandoffOffered", "HandoffAccepted"]
    assert "TicketReopened" in await rehearsal.types("ticket-T907")
    assert "WentLive" in await rehearsal.types("implementation-P904")


async def test_all_seven_value_classes_and_every_stage_and_phase_are_there() -> None:
    rehearsal = await lived(SUNDAY_NIGHT)
    standings = await rehearsal.standings()
    customers = [row for row in standings if row["category"] == "customer"]
    assert {row["value_class"] for row in customers} - {""} == {value.code for value in STANDARD.customers.value_classes}
    funnels = {row["code"] for row in standings if row["category"] == "funnel"}
    assert funnels == {*(stage.code for stage in STANDARD.funnel.stages), "won", "lost", "shelved"}
    phases = {row["phase"] for row in standings if row["category"] == "project"}
    assert phases >= {"funnel", "handoff-delivery", "implementation", "support", "closed"}


async def test_a_customer_fell_asleep_was_woken_and_looks_at_something_new() -> None:
    rehearsal = await lived(SUNDAY_NIGHT)
    told = await rehearsal.types(f"customer-{SLEEPER}")
    steps = ["CustomerActivated", "CustomerCooled", "CustomerWentDormant", "ReactivationStarted", "CustomerReactivated"]
    assert [one for one in told if one in steps] == steps
    assert "BusinessFollowed" in await rehearsal.types(f"reactivation-{SLEEPER}.1")


def test_the_same_ids_are_spoken_on_another_day() -> None:
    spoken = [
        [said["command_id"] for life in portfolio(now, STANDARD) for said in life.commands()]
        for now in (SPRING_FESTIVAL_NIGHT, SPRING_FESTIVAL_NIGHT + timedelta(days=40))
    ]
    assert len(set(spoken[0])) == len(spoken[0])
    assert sorted(spoken[0]) == sorted(spoken[1])


async def test_the_ticket_that_the_demo_names_has_missed_its_target_and_gone_up_the_ladder() -> None:
    rehearsal = await lived(SUNDAY_NIGHT)
    told = await rehearsal.types(f"ticket-{TICKET}")
    assert {"TargetBreached", "TicketEscalated"} <= set(told)


def test_the_project_for_the_http_door_is_in_the_portfolio() -> None:
    named = {said.get("project") for life in portfolio(SUNDAY_NIGHT, STANDARD) for said in life.commands()}
    assert OVER_HTTP in named


@pytest.mark.parametrize("ago", [0, -1])
def test_today_is_not_a_past_working_day(ago: int) -> None:
    moments = portfolio(SUNDAY_NIGHT, STANDARD)[0].moments
    with pytest.raises(ValueError, match="at least 1"):
        moments.day(ago)
