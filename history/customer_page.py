"""One customer 客户 on one page: who they are, where they stand and why, what lies ahead, and all that goes on with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import AwareDatetime

from domain import streams
from domain.customer import DECIDER, State
from domain.messages import Frozen, Name
from domain.playbook import Playbooks
from domain.standing import Deadline, View
from eventstore.codec import Codec
from eventstore.port import EventStore
from eventstore.schema import CUSTOMERS
from history.customer_parts import (
    Around,
    ContactTold,
    Decided,
    Happened,
    ProjectTold,
    Spell,
    around,
    contacts,
    decided,
    projects,
    spells,
    timeline,
)
from history.customer_record import Known, known
from history.customers import CustomerListed, listed, named
from history.replay import History, replay
from history.service import TicketTold, open_tickets
from projections import customer as row_of

EVENTS = 12
"""How many of the last events are told."""
CONTACTS = 5
TICKETS = 20
PROJECTS = 40
AROUND = 40
AHEAD = 6
RELATIVES = 100
"""How many customers of the group are told."""
FAR = 20
"""How many steps up and down the group."""


class Relative(Frozen):
    """Another customer, of the same group or merged into this one."""

    customer: str
    name: str
    status: str
    status_name: Name
    depth: int
    """How many steps above (below zero) or below the customer of the page."""


class CustomerPage(Frozen):
    """A customer at a moment."""

    customer: CustomerListed
    view: View
    as_of: AwareDatetime
    """The moment; group and names of others are always those of now."""
    contact: str
    """The person at the customer with whom it began, and their role; empty in a history that does not say."""
    above: tuple[Relative, ...]
    """The customers that it belongs to, the top of the group first."""
    below: tuple[Relative, ...]
    """Those that belong to it."""
    merged: tuple[Relative, ...]
    """Duplicates that had gone into it."""
    spells: tuple[Spell, ...]
    """Its states over the years, the oldest first."""
    ahead: tuple[Deadline, ...]
    """What comes true by itself, and when, unless something happens before: the ladder, the next contact."""
    classes: tuple[Decided, ...]
    """Every value class that was decided, the oldest first."""
    known: Known
    """Names, owners, revenue by year, power map, how it buys, its IT plan and its contracts."""
    contacts: tuple[ContactTold, ...]
    """The last contacts, the newest first."""
    contacts_count: int
    projects: tuple[ProjectTold, ...]
    """Those that run first; also of those that went into it."""
    projects_count: int
    tickets: tuple[TicketTold, ...]
    """Those that are open, the next due first."""
    tickets_open: int
    around: tuple[Around, ...]
    """Reactivations, recoveries, plans, requests: what is open first."""
    timeline: tuple[Happened, ...]
    """The last events of the customer and its projects, the oldest first."""
    events_count: int


async def customer_page(
    store: EventStore, codec: Codec, playbooks: Playbooks, customer: str, now: datetime, as_of: datetime | None = None
) -> CustomerPage | None:
    """A customer as it was at `as_of`, or as it is; None where nothing is on record of it by then.

    Of a day to come it is told as it is now: what lies ahead is not known to have come.
    Costs four queries, and one for each customer that went into it. One that had not gone into it by then is told apart."""
    as_of = min(as_of, now) if as_of else None
    told = await replay(store, codec, customer, as_of)
    state = told.states.get(streams.customer(customer)) if told else None
    if told is None or not isinstance(state, State):
        return None
    others = await _relatives(store, customer, told.absorbed)
    return _page(told, state, others, playbooks, as_of or now)


def _page(told: History, state: State, others: Sequence[Relative], playbooks: Playbooks, at: datetime) -> CustomerPage:
    rules, stream, states = playbooks.of(state), streams.customer(told.customer), told.states
    row = row_of.row(state, playbooks).values
    about = known(state, rules, at)
    works, tickets = projects(states, playbooks), open_tickets(states, playbooks)
    talks = contacts(told.events, len(told.events))
    clocks = sorted(DECIDER.clocks(state, rules), key=lambda clock: clock.at)
    return CustomerPage(
        customer=listed(row, playbooks, _deals(works)),
        view=DECIDER.view(state, rules),
        as_of=at,
        contact=f"{state.contact.name}, {state.contact.role}" if state.contact else "",
        above=tuple(one for one in others if one.depth < 0),
        below=tuple(one for one in others if one.depth > 0),
        merged=tuple(one for one in others if one.depth == 0),
        spells=tuple(spells(told.events, stream)),
        ahead=tuple(clock.deadline() for clock in clocks[:AHEAD]),
        classes=tuple(decided(told.events, stream, playbooks)),
        known=about,
        contacts=tuple(talks[:CONTACTS]),
        contacts_count=len(talks),
        projects=tuple(works[:PROJECTS]),
        projects_count=len(works),
        tickets=tuple(tickets[:TICKETS]),
        tickets_open=len(tickets),
        around=tuple(around(states, playbooks)[:AROUND]),
        timeline=tuple(timeline(told.events, EVENTS)),
        events_count=len(told.events),
    )


def _deals(works: Sequence[ProjectTold]) -> Mapping[str, tuple[int, int]]:
    """The open deals by currency, as the list counts them."""
    found: dict[str, tuple[int, int]] = {}
    for one in works:
        if one.phase == "funnel" and not one.outcome:
            currency = one.amount.currency if one.amount else ""
            count, minor = found.get(currency, (0, 0))
            found[currency] = (count + 1, minor + (int(one.amount.amount * 100) if one.amount else 0))
    return found


async def _relatives(store: EventStore, customer: str, absorbed: Sequence[str]) -> Sequence[Relative]:
    """Those above, those below and those that went into it."""
    into = sa.select(CUSTOMERS, sa.literal(0).label("depth")).where(CUSTOMERS.c.customer.in_(absorbed[:RELATIVES]))
    rows = [row for statement in (_walk(customer, -1), _walk(customer, 1), into) for row in await store.query(statement)]
    nearest: dict[str, Relative] = {}
    for row in sorted(rows, key=lambda row: (abs(row["depth"]), row["customer"])):
        told = {name: row[name] for name in ("customer", "name", "status", "depth")}
        nearest.setdefault(row["customer"], Relative(**told, status_name=named(row["status"])))
    nearest.pop(customer, None)
    return sorted(nearest.values(), key=lambda one: (one.depth, one.customer))


def _walk(customer: str, step: int) -> sa.Select[Any]:
    """Up (-1) or down (1) the group, no further than `FAR`, so that it ends in a ring too."""
    table = CUSTOMERS.c
    walk = (
        sa.select(table.customer, table.parent, sa.literal(0).label("depth"))
        .where(table.customer == customer)
        .cte("walk", recursive=True)
    )
    next_one = table.customer == walk.c.parent if step < 0 else table.parent == walk.c.customer
    further = sa.select(table.customer, table.parent, walk.c.depth + step).where(next_one, sa.func.abs(walk.c.depth) < FAR)
    walk = walk.union(further)
    return (
        sa.select(CUSTOMERS, walk.c.depth)
        .join(walk, walk.c.customer == table.customer)
        .where(walk.c.depth != 0)
        .order_by(sa.func.abs(walk.c.depth), table.customer)
        .limit(RELATIVES)
    )
