"""Every command in every state of a ticket: what it records, or by which refusal it is turned down."""

from __future__ import annotations

import pytest

from domain import ticket
from domain.messages import Command
from domain.refusals import RefusalError
from tests.domain.asked import open_ticket
from tests.domain.scenario import World, given
from tests.domain.ticketing import (
    CALLER,
    assign,
    cancel,
    close,
    duplicate,
    escalate,
    go_on,
    grade,
    link,
    overrule,
    own,
    part_of,
    pause,
    reopen,
    resolve,
    settle_service,
    start,
    take,
)

T = "ticket-T1"
STATES: dict[str, list[Command]] = {
    "new": [],
    "acknowledged": [take()],
    "in_progress": [take(), start()],
    "waiting": [take(), pause("vendor")],
    "resolved": [resolve()],
    "closed": [resolve(), close()],
    "cancelled": [cancel()],
    "duplicate": [duplicate()],
}
COMMANDS: dict[str, Command] = {
    "take": take(),
    "start": start(),
    "assign": assign(),
    "escalate": escalate("second"),
    "own": own(),
    "grade": grade(impact="low"),
    "overrule": overrule("P3"),
    "pause": pause(),
    "resume": go_on(),
    "resolve": resolve(),
    "close": close(),
    "reopen": reopen(),
    "cancel": cancel(),
    "duplicate": duplicate(),
    "link": link(),
    "parent": part_of(),
    "settle": settle_service(),
}
ENDED = dict.fromkeys(COMMANDS, "TicketEndedError") | {"link": "resolved", "settle": "resolved"}
WORKING = {
    "take": "AlreadyAcknowledgedError",
    "start": "in_progress",
    "assign": "in_progress",
    "own": "",
    "grade": "",
    "overrule": "",
    "pause": "waiting",
    "resume": "TicketNotWaitingError",
    "resolve": "resolved",
    "close": "TicketNotResolvedError",
    "reopen": "TicketNotResolvedError",
    "cancel": "cancelled",
    "duplicate": "duplicate",
    "link": "",
    "parent": "",
    "settle": "",
    "escalate": "",
}
TABLE: dict[str, dict[str, str]] = {
    "new": WORKING | {"take": "acknowledged", "assign": ""},
    "acknowledged": WORKING,
    "in_progress": WORKING | {"start": "WorkStartedError"},
    "waiting": WORKING | {"start": "TicketWaitingError", "assign": "", "pause": "TicketWaitingError", "resume": "in_progress"},
    "resolved": dict.fromkeys(COMMANDS, "TicketNotOpenError")
    | {
        "own": "",
        "close": "closed",
        "reopen": "in_progress",
        "cancel": "cancelled",
        "duplicate": "duplicate",
        "link": "",
        "settle": "",
    },
    "closed": ENDED | {"reopen": "in_progress", "link": "", "settle": ""},
    "cancelled": ENDED | {"link": "", "settle": "ServiceInOrderError"},
    "duplicate": ENDED | {"link": "", "settle": "ServiceInOrderError"},
}
"""The state that follows (empty: the same), or the refusal."""
CASES = [(state, name) for state in TABLE for name in COMMANDS]


def world(state: str) -> World:
    """A ticket in that state, and another one of the same customer."""
    return given(CALLER, open_ticket("T2"), open_ticket(), STATES[state]).world


@pytest.mark.parametrize("state", STATES)
def test_the_lives_of_this_table_end_where_they_say(state: str) -> None:
    assert world(state).view(T).code == state


@pytest.mark.parametrize(("state", "name"), CASES, ids=lambda one: one)
def test_every_command_is_answered_in_every_state(state: str, name: str) -> None:
    expected, before = TABLE[state][name], world(state)
    if expected.endswith("Error"):
        refusal: type[RefusalError] = getattr(ticket, expected)
        with pytest.raises(refusal) as refused:
            before.take(COMMANDS[name])
        assert type(refused.value) is refusal
        assert refused.value.detail.endswith(".")
        assert before.view(T).code == state
        return
    assert before.take(COMMANDS[name])
    assert before.view(T).code == (expected or state)


def test_the_table_knows_every_public_command_but_the_opening() -> None:
    asked = {type(command) for command in COMMANDS.values()}
    public = {one for one in ticket.DECIDER.commands if not one.internal and not one.opens}
    assert public == asked
