"""From another desk's updates to our commands: what changed from one row to the next is asked for, in the order of time.

What the log does not say is not made up: it is named as not given. The ids derive from the ticket and the moment, so that each
is recorded once, however often the log is read."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from domain.clocks import ReleaseClocks
from domain.customer import Contact, RegisterCustomer
from domain.customer.life_commands import RecordUse
from domain.messages import Actor, ActorKind, Command, Money
from domain.playbook import Playbook
from domain.ticket import (
    AcknowledgeTicket,
    AssignTicket,
    CancelTicket,
    ChangePriority,
    CloseTicket,
    OpenTicket,
    PauseTicket,
    ReopenTicket,
    ResolveTicket,
    ResumeTicket,
    TicketCommand,
)
from intake.checks import Problem
from intake.incidents import CLOSING, LeftRow, Log, Ticket, Update
from intake.incidents_timeline import Timeline
from intake.wording import slug

ACTOR = Actor(kind=ActorKind.INTEGRATION, id="ticket-import", role="integration")
UNASSIGNED = "unassigned"
UNNAMED = Contact(name="to be named 待补", role="unknown 未知")
NOT_GIVEN = "not given in the log 日志未注明"
CONFIRMED_BY = "as the log says 依日志"
WAITS = ("customer", "vendor", "problem", "evidence")


@dataclass(frozen=True, slots=True)
class Step:
    """A command, and the row that it follows from; None for what follows from all of them."""

    line: int | None
    command: Command


@dataclass
class Played:
    """A ticket as commands, and what each of its rows came to."""

    ticket: Ticket
    steps: list[Step] = field(default_factory=list)
    became: dict[int, list[str]] = field(default_factory=dict)
    """By line: the commands that the row asks for, or why it asks for none."""
    left: list[LeftRow] = field(default_factory=list)
    timeline: Timeline = field(default_factory=Timeline)


def customer_of(log: Log) -> str:
    """The id of the customer that is made for a log when none is named."""
    return f"log-{log.mapping.code}"


def registration(log: Log, opened: datetime | None) -> RegisterCustomer:
    """The customer that is made for a log: all that is known of it is the log."""
    return RegisterCustomer(
        customer=customer_of(log),
        name=str(log.mapping.name),
        industry="unknown 未知",
        region="unknown 未知",
        revenue=Money(amount=Decimal(0), currency="CNY"),
        contact=UNNAMED,
        owner=UNASSIGNED,
        owner_unit=UNASSIGNED,
        hold_clocks=opened is not None,
        command_id=f"tickets-{customer_of(log)}-register",
        occurred_at=opened,
        actor=ACTOR,
    )


def release(log: Log) -> list[Command]:
    """What ends the past of the customer that is made for a log: whoever reports incidents uses the product, and once that is
    in, the customer is judged by the dormancy ladder."""
    customer, last = customer_of(log), max(one.updates[-1].at for one in log.tickets)
    used = RecordUse(
        customer=customer,
        product=str(log.mapping.name),
        reference="incident log",
        command_id=f"tickets-{customer}-use-{last.date().isoformat()}",
        occurred_at=last,
        actor=ACTOR,
    )
    return [used, ReleaseClocks(customer=customer, command_id=f"tickets-{customer}-release", actor=ACTOR)]


def play(log: Log, playbook: Playbook, customer: str) -> list[Played]:
    """Every ticket of a log as commands; the longest first, so that none is waited for alone at the end."""
    played = [_Player(log, playbook, customer, ticket).played() for ticket in log.tickets]
    return sorted(played, key=lambda one: -len(one.steps))


class _Player:
    """Plays one ticket: what it stands at, and what each row changes."""

    def __init__(self, log: Log, playbook: Playbook, customer: str, ticket: Ticket) -> None:
        self._log, self._rules, self._customer = log, playbook.support, customer
        self._out = Played(ticket)
        self._steps: Counter[str] = Counter()
        self._row = ticket.updates[0]
        self._acknowledged = self._resolved = self._closed = self._cancelled = False
        self._waits = ""
        self._place = (self._row.group, self._row.desk, "")
        self._grades = self._graded(self._row)
        self._reopened = self._row.reopened

    def played(self) -> Played:
        """The whole ticket."""
        self._open()
        for row in self._out.ticket.updates:
            self._row = row
            self._out.became.setdefault(row.line, [])
            self._update(row)
        last = self._out.ticket.updates[-1].at
        release = ReleaseClocks(ticket=self._out.ticket.id, command_id=f"tickets-{self._out.ticket.id}-release", actor=ACTOR)
        self._out.steps.append(Step(None, release))
        self._out.timeline.end = last
        return self._out

    def _open(self) -> None:
        ticket, row = self._out.ticket, self._row
        words = [row.category, row.subcategory, row.product]
        impact, urgency = self._grades
        self._out.became[row.line] = []
        self._ask(
            OpenTicket,
            at=ticket.opened_at,
            customer=self._customer,
            title=" · ".join(word for word in words if word)[:500] or f"{self._log.mapping.code} {ticket.id}",
            impact=impact,
            urgency=urgency,
            product=row.product[:200],
            category=row.category[:200],
            line=row.desk,
            group=row.group[:200],
            hold_clocks=True,
        )
        self._out.timeline.opened = ticket.opened_at
        self._out.timeline.prioritise(ticket.opened_at, self._rules.matrix[impact][urgency])

    def _update(self, row: Update) -> None:
        if self._cancelled or (self._closed and self._is_late(row)):
            ended = "cancellation" if self._cancelled else "close, and no reopening"
            self._leave(Problem(f"an update after the {ended}", f"{row.status} at {row.at}"))
            return
        if row.status == "cancelled":
            self._cancel()
            return
        self._reopen_if_said(row)
        if self._resolved:
            self._after_the_resolution(row)
            return
        self._prioritise(row)
        self._assign(row)
        self._move(row)
        if not self._out.became[row.line]:
            self._out.became[row.line].append("nothing changed")

    def _is_late(self, row: Update) -> bool:
        """A row after the close that neither says that it is closed nor that it is opened again."""
        if row.status in CLOSING:
            return False
        known = row.reopened is not None and self._reopened is not None
        return (known and (row.reopened or 0) <= (self._reopened or 0)) or row.status in ("resolved", "unchanged")

    def _reopen_if_said(self, row: Update) -> None:
        if self._resolved and row.status not in ("resolved", *CLOSING, "unchanged"):
            self._ask(ReopenTicket, reason=NOT_GIVEN)
            self._resolved = self._closed = False
            self._waits = ""
            self._out.timeline.reopen(row.at)
        if row.reopened is not None:
            self._reopened = max(row.reopened, self._reopened or 0)

    def _after_the_resolution(self, row: Update) -> None:
        if row.status in CLOSING and not self._closed:
            self._close()
            return
        said = "closed already" if self._closed else "resolved already"
        self._out.became[row.line].append(f"nothing changed: {said}")
        if row.status == "resolved":
            self._out.timeline.said_resolved = row.at

    def _prioritise(self, row: Update) -> None:
        grades = self._graded(row)
        if grades == self._grades:
            return
        self._grades = grades
        impact, urgency = grades
        self._out.timeline.prioritise(row.at, self._rules.matrix[impact][urgency])
        self._ask(ChangePriority, impact=impact, urgency=urgency, reason=NOT_GIVEN)

    def _graded(self, row: Update) -> tuple[Any, Any]:
        """Impact and urgency; what a row does not say stays as it was, and is medium where it never was said."""
        before = getattr(self, "_grades", ("medium", "medium"))
        return row.impact or before[0], row.urgency or before[1]

    def _assign(self, row: Update) -> None:
        person = self._staff(row.person) or self._place[2]
        place = (row.group or self._place[0], row.desk if row.group else self._place[1], person)
        if place != self._place:
            self._place = place
            self._ask(AssignTicket, to=person or UNASSIGNED, line=place[1], group=place[0][:200])

    def _staff(self, name: str) -> str:
        if not name:
            return ""
        if self._log.mapping.people == "names":
            return f"staff-{hashlib.sha256(name.encode()).hexdigest()[:10]}"
        return slug(name)

    def _move(self, row: Update) -> None:
        waits = row.status if row.status in WAITS else ""
        done = row.status in ("resolved", *CLOSING)
        if not self._acknowledged and row.status not in ("new", "queued", "unchanged"):
            self._acknowledged = True
            self._out.timeline.acknowledged = row.at
            if not done:  # resolving takes it up
                self._ask(AcknowledgeTicket)
        if self._waits != waits and row.status != "unchanged" and not done:
            if self._waits:
                self._ask(ResumeTicket)
                self._out.timeline.resume(row.at)
            if waits:
                self._ask(PauseTicket, waiting_for=waits, reason=NOT_GIVEN)
                self._out.timeline.wait(row.at, waits)
            self._waits = waits
        if done:
            self._resolve(row)
        if row.status in CLOSING:
            self._close()

    def _resolve(self, row: Update) -> None:
        code = row.closed_code
        solution = f"closing code in the log 日志关闭代码: {code}" if code else NOT_GIVEN
        self._ask(
            ResolveTicket,
            solution=solution[:1000],
            resolution=self._log.mapping.resolutions.get(code, self._rules.resolutions[0].code),
        )
        if row.status == "closed":
            self._out.became[row.line][-1] += " (closed without a resolution in the log)"
        self._waits, self._resolved = "", True
        self._out.timeline.resolve(row.at)

    def _close(self) -> None:
        self._ask(CloseTicket, confirmed_by=CONFIRMED_BY)
        self._closed = True
        self._out.timeline.closed = self._row.at

    def _cancel(self) -> None:
        self._ask(CancelTicket, reason=NOT_GIVEN)
        self._cancelled = True
        self._out.timeline.cancelled = self._row.at

    def _leave(self, problem: Problem) -> None:
        row = self._row
        del self._out.became[row.line]
        self._out.left.append(LeftRow(row.line, row.ticket, row.status, (problem,)))

    def _ask(self, what: Callable[..., TicketCommand], *, at: datetime | None = None, **fields: Any) -> None:
        moment = at or self._row.at
        name = getattr(what, "__name__", "").removesuffix("Ticket").lower()
        step = f"{self._out.ticket.id}-{moment:%Y%m%dT%H%M%S}-{name}"
        self._steps[step] += 1
        again = f"-{self._steps[step]}" if self._steps[step] > 1 else ""
        command = what(
            ticket=self._out.ticket.id, command_id=f"tickets-{step}{again}", occurred_at=moment, actor=ACTOR, **fields
        )
        self._out.steps.append(Step(self._row.line, command))
        self._out.became[self._row.line].append(command.command)


def rows_left(log: Log, played: Sequence[Played]) -> list[LeftRow]:
    """Every row that is not taken, and why."""
    return [*log.not_taken, *(row for one in played for row in one.left)]
