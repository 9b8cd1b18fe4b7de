"""Read models: a row is a function of its stream, so that what was written live and what is made anew are the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from activities.commands import CommandHandler
from activities.shapes import Request
from domain.catalogue import decider_of
from domain.messages import Command, Money
from domain.playbook import Playbooks
from domain.refusals import RefusalError
from domain.ticket import AcknowledgeTicket, CloseTicket, PauseTicket, ResolveTicket
from eventstore.memory import MemoryStore
from eventstore.port import RowChange
from eventstore.records import complete, read_model
from projections import deal, ticket
from projections.rows import TABLES, rows
from runtime.composition import CODEC
from tests.domain.asked import (
    MONDAY,
    PLAYBOOKS,
    SUPPORT,
    at,
    days,
    evidence,
    give_back,
    in_support,
    judge,
    lose,
    numbered,
    offer,
    on,
    open_project,
    open_ticket,
    register,
    release,
    shelve,
    stage_done,
    started,
    won,
)
from tests.domain.scenario import World, given

PORTFOLIO: list[Command] = [
    *in_support(),
    open_ticket(project="P1"),
    open_project("P2", amount=None),
    stage_done("F1", project="P2"),
    shelve("2026-06-01", "P2"),
    on(MONDAY - days(300), open_project("P3", hold_clocks=True)),
    evidence("owner", project="P3"),
    lose("P3"),
    open_project("P4"),
    *won("P4"),
    offer(project="P4"),
    give_back("risks", project="P4"),
    on(MONDAY - days(300), open_project("P5", hold_clocks=True)),
    release(project="P5"),
]


async def live_store() -> MemoryStore:
    """A store that was written command by command, with its debts delivered."""
    store = MemoryStore()

    async def load() -> Playbooks:
        return PLAYBOOKS

    handler = CommandHandler(store, CODEC, rows, load, lambda: MONDAY)
    told: set[str] = set()

    async def take(stream: str, written: dict[str, object]) -> None:
        answer = await handler.respond(Request(stream=stream, now=MONDAY, command=written))
        assert answer.refusal is None, answer.refusal
        for owed in answer.standing.owed:
            if owed.id not in told:
                told.add(owed.id)
                await take(owed.stream, owed.command)

    for command in numbered(PORTFOLIO, "c"):
        await take(command.stream, command.model_dump(mode="json", exclude_none=True))
    return store


async def test_rows_made_anew_from_the_log_equal_those_written_live() -> None:
    store = await live_store()
    live = {table: await store.rows(table, limit=10_000) for table in TABLES}

    states: dict[str, tuple[int, object]] = {}
    for stored in await store.read_all(limit=100_000):
        decider = decider_of(stored.stream)
        _, state = states.get(stored.stream, (0, decider.initial()))
        states[stored.stream] = (stored.version, decider.fold([CODEC.decode(stored)], state))
    changes = [change for stream, (version, state) in states.items() for change in rows(stream, state, version, PLAYBOOKS)]
    for table in TABLES:
        await store.replace_rows(table, [change.values for change in changes if change.table == table])

    assert {table: await store.rows(table, limit=10_000) for table in TABLES} == live
    assert len(live["standings"]) == len(states) > 15
    assert len(live["deals"]) == 5


def test_the_rows_of_a_stream_depend_on_nothing_but_its_state() -> None:
    world = given(PORTFOLIO).world
    for stream, events in world.events.items():
        again = decider_of(stream).fold(events)
        assert rows(stream, again, len(events), PLAYBOOKS) == rows(stream, world.state(stream), len(events), PLAYBOOKS)


def test_every_row_has_exactly_the_columns_of_its_table() -> None:
    world = given(PORTFOLIO).world
    for stream, events in world.events.items():
        for change in rows(stream, world.state(stream), len(events), PLAYBOOKS):
            assert complete(read_model(change.table), change.values) == change.values


def deal_row(*told: Command | list[Command]) -> RowChange:
    world = World().tell(*told)
    return deal.row(world.state("funnel-P1"), PLAYBOOKS)


@pytest.mark.parametrize(
    ("told", "stage", "rate", "outcome"),
    [
        ([*started()], "F1", 10, ""),
        ([*started(), stage_done("F1", "F2")], "F3", 50, ""),
        ([*started(), stage_done("F1"), shelve("2026-06-01")], "F2", 30, ""),
        ([*started(), stage_done("F1"), lose()], "F2", 0, "lost"),
        ([*started(), *won()], "F6", 100, "won"),
    ],
)
def test_a_deal_counts_with_the_win_rate_of_its_stage(told: list[Command], stage: str, rate: int, outcome: str) -> None:
    values = deal_row(told).values
    assert (values["stage"], values["win_rate"], values["outcome"], values["open"]) == (stage, rate, outcome, not outcome)
    assert (values["closed_at"] is None) == (outcome == "")


def test_amounts_are_whole_hundredths() -> None:
    amount = Money(amount=Decimal("1234567890123456.78"))
    values = deal_row([register(), open_project(amount=amount)]).values
    assert (values["amount_minor"], values["currency"]) == (123456789012345678, "CNY")
    assert deal_row([register(), open_project(amount=None)]).values["amount_minor"] == 0


def test_a_stage_is_counted_from_its_entry() -> None:
    world = World().tell(started(), at("2026-03-05 11:00"), stage_done("F1"))
    values = deal.row(world.state("funnel-P1"), PLAYBOOKS).values
    assert (values["opened_at"], values["stage_since"]) == (MONDAY, at("2026-03-05 11:00"))


def test_the_portfolio_of_these_tests_is_all_taken() -> None:
    world = World()
    for command in PORTFOLIO:
        try:
            world.take(command)
        except RefusalError as refused:
            pytest.fail(f"{command.command}: {refused.detail}")


def ticket_row(*told: Command | datetime) -> Mapping[str, Any]:
    world = World().tell(register(), open_ticket(), *told)
    return ticket.row("ticket-T1", world.state("ticket-T1"), PLAYBOOKS).values


def test_a_ticket_stands_in_the_list_with_the_due_time_of_each_target() -> None:
    values = ticket_row()
    assert (values["respond_due"], values["resolve_due"]) == (MONDAY + timedelta(minutes=30), at("2026-03-02 15:00"))
    assert (values["due_at"], values["opened_at"], values["open"]) == (values["respond_due"], MONDAY, True)


def test_a_target_that_is_met_is_due_no_more() -> None:
    values = ticket_row(MONDAY + timedelta(minutes=10), AcknowledgeTicket(ticket="T1", actor=SUPPORT))
    assert (values["respond_due"], values["due_at"]) == (None, at("2026-03-02 15:00"))
    assert values["acknowledged_at"] == MONDAY + timedelta(minutes=10)


def test_nothing_is_due_while_the_clocks_stand_still() -> None:
    values = ticket_row(PauseTicket(ticket="T1", waiting_for="customer", reason="log file", actor=SUPPORT))
    assert (values["respond_due"], values["resolve_due"], values["due_at"]) == (None, None, None)
    assert (values["status"], values["waiting_for"]) == ("waiting", "customer")


def test_a_missed_target_keeps_the_moment_when_it_was_missed() -> None:
    world = World().tell(register(), open_ticket(), MONDAY + timedelta(days=3), judge("ticket-T1"))
    values = ticket.row("ticket-T1", world.state("ticket-T1"), PLAYBOOKS).values
    assert (values["respond_breached"], values["respond_due"]) == (True, MONDAY + timedelta(minutes=30))
    assert values["warned"] == 90


def test_a_ticket_that_ended_is_open_no_more() -> None:
    solved = ResolveTicket(ticket="T1", solution="driver", product="ERP", actor=SUPPORT)
    values = ticket_row(solved, CloseTicket(ticket="T1", confirmed_by="C1", actor=SUPPORT))
    assert (values["status"], values["open"], values["product"], values["due_at"]) == ("closed", False, "ERP", None)
    assert (values["resolved_at"], values["closed_at"]) == (MONDAY, MONDAY)
