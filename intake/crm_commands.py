"""From a CRM's words to our commands: accounts become customers, opportunities become projects with their past.

What the export does not know is not made up: it is named as unknown, or a gate is passed by a recorded override."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from domain.clocks import ReleaseClocks
from domain.customer import Contact, RegisterCustomer
from domain.funnel import LoseDeal, OverrideGate
from domain.messages import Actor, ActorKind, Command, Money
from domain.playbook import Playbook
from domain.project import OpenProject
from intake.crm import ENGAGING, LOST, OPEN, WON, Account, Export, Opportunity
from intake.wording import slug

CNY_PER_USD = Decimal("7.1")
"""Revenue is exported in millions of US dollars; the markets are bounded in CNY."""

ACTOR = Actor(kind=ActorKind.INTEGRATION, id="crm-import", role="integration")
APPROVER = "crm-import-approver"
"""Who let the deals of the export past the gates: whoever ordered the import, not a person whom the export names."""
APPROVER_ROLE = "manager"
UNASSIGNED = "unassigned"
UNNAMED = Contact(name="to be named 待补", role="unknown 未知")
OVERRIDE_REASON = "brought along from the CRM export: the evidence is not in it 由CRM导出带入，无佐证"
LOST_REASON = "not given in the CRM export CRM导出未注明"
EXCUSED = timedelta(days=90)
"""How long after the import the missing evidence of an open deal is excused."""
OPENING = time(9)
"""The time of day of what the export knows only the date of."""


@dataclass(frozen=True, slots=True)
class Deal:
    """An opportunity and the commands that bring it in, in order. Their ids derive from the row, so they are recorded once."""

    opportunity: Opportunity
    commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True)
class Lane:
    """A customer's registration and its deals in the order in which they were decided, so that its history comes in order."""

    register: RegisterCustomer
    deals: tuple[Deal, ...]
    release: ReleaseClocks | None = None
    """Once its past is in, the customer is judged by the dormancy ladder; before, it would sleep through its own past."""


def lanes(export: Export, playbook: Playbook, now: datetime) -> list[Lane]:
    """Everything that can be taken, as commands; the longest lane first. `now` is the moment of the import."""
    mapping = _Mapping(export, playbook, now)
    deals: dict[str, list[Opportunity]] = defaultdict(list)
    for opportunity in export.opportunities:
        deals[opportunity.account.id].append(opportunity)
    made = [mapping.lane(account, deals[account.id]) for account in export.accounts]
    return sorted(made, key=lambda lane: -len(lane.deals))


def project_id(opportunity: Opportunity) -> str:
    """The id of an opportunity's project."""
    return f"CRM-{opportunity.id}"


class _Mapping:
    def __init__(self, export: Export, playbook: Playbook, now: datetime) -> None:
        self._export = export
        self._zone = ZoneInfo(playbook.calendar.time_zone)
        self._second_stage = playbook.funnel.stages[1].code
        self._now = now

    def lane(self, account: Account, opportunities: Sequence[Opportunity]) -> Lane:
        last = date.max
        in_order = sorted(opportunities, key=lambda one: (one.closed_on or last, one.engaged_on or last, one.line))
        register = self._register(account, opportunities)
        release = ReleaseClocks(customer=account.id, command_id=f"crm-{account.id}-release", actor=ACTOR)
        deals = tuple(Deal(one, self._commands(one)) for one in in_order)
        return Lane(register, deals, release if register.hold_clocks else None)

    def _register(self, account: Account, opportunities: Sequence[Opportunity]) -> RegisterCustomer:
        owners = Counter((one.agent, one.office) for one in opportunities)
        # The most deals; among equals, the first by name: the same at every import.
        (agent, office) = min(owners, key=lambda owner: (-owners[owner], owner), default=(UNASSIGNED, UNASSIGNED))
        engaged = [one.engaged_on for one in opportunities if one.engaged_on]
        revenue = (account.revenue * 1_000_000 * CNY_PER_USD).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
        return RegisterCustomer(
            customer=account.id,
            name=account.name,
            industry=self._export.spelling.mend(account.sector),
            region=self._export.spelling.mend(account.location),
            revenue=Money(amount=revenue, currency="CNY"),
            contact=UNNAMED,
            owner=slug(agent),
            owner_unit=slug(office),
            hold_clocks=bool(engaged),
            command_id=f"crm-{account.id}-register",
            occurred_at=self._at(min(engaged)) if engaged else None,
            actor=ACTOR,
        )

    def _commands(self, one: Opportunity) -> tuple[Command, ...]:
        opening = OpenProject(
            customer=one.account.id,
            name=f"{one.product} · {one.account.name}",
            product_line=one.product,
            amount=Money(amount=one.amount, currency="USD"),
            owner=slug(one.agent),
            owner_unit=slug(one.office),
            hold_clocks=one.engaged_on is not None,  # without a date there is no past to bring along
            delivery="here" if one.stage in OPEN else "elsewhere",
            **self._heading(one, "open", one.engaged_on),
        )
        closing = self._heading(one, one.stage.lower(), one.closed_on or one.engaged_on)
        excuse: dict[str, Any] = {"reason": OVERRIDE_REASON, "approver": APPROVER, "approver_role": APPROVER_ROLE}
        if one.stage == WON:
            return opening, OverrideGate(to="won", expires_on=self._excused_until(), **excuse, **closing)
        if one.stage == LOST:
            return opening, LoseDeal(reason=LOST_REASON, **closing)
        if one.stage == ENGAGING:
            passing = OverrideGate(to=self._second_stage, expires_on=self._excused_until(), **excuse, **closing)
            return opening, passing, self._release(one)
        return (opening, self._release(one)) if one.engaged_on else (opening,)

    def _release(self, one: Opportunity) -> ReleaseClocks:
        return ReleaseClocks(project=project_id(one), command_id=f"crm-{one.id}-release", actor=ACTOR)

    def _heading(self, one: Opportunity, step: str, day: date | None) -> dict[str, Any]:
        return {
            "project": project_id(one),
            "command_id": f"crm-{one.id}-{step}",
            "occurred_at": self._at(day) if day else None,
            "actor": ACTOR,
        }

    def _at(self, day: date) -> datetime:
        """The morning of a day, or the moment of the import when that morning is still to come."""
        return min(datetime.combine(day, OPENING, self._zone), self._now)

    def _excused_until(self) -> date:
        return (self._now.astimezone(self._zone) + EXCUSED).date()
