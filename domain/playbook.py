"""The process as data: what a playbook says, and what makes one wrong. Reading files is not done here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from domain.calendars import CalendarRule
from domain.messages import Name, Text
from domain.standing import Unmet
from domain.streams import HandoffKind

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$")]
Role = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Positive = Annotated[int, Field(gt=0, le=10_000)]
Percent = Annotated[int, Field(ge=0, le=1000)]

Phase = Literal["funnel", "handoff-delivery", "implementation", "handoff-support", "support"]
"""The phases of a project, in order."""


class Rule(BaseModel):
    """A part of a playbook: frozen, and refusing words that it does not know (a misspelt key is a wrong playbook)."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))


class PlaybookRef(BaseModel):
    """Which playbook, in which version."""

    model_config = ConfigDict(frozen=True)

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"


class Item(Rule):
    """Something that must be brought: a piece of evidence, a checklist item, a deliverable."""

    code: Code
    name: Name
    who: Role
    """The role that brings it."""
    required: bool = True

    def unmet(self) -> Unmet:
        """This item as a missing one."""
        return Unmet(code=self.code, name=self.name, who=self.who)


class Stage(Rule):
    """A stage of the sales funnel. It is left when each required exit criterion has its evidence."""

    code: Code
    name: Name
    win_rate: Annotated[int, Field(ge=0, le=100)]
    """Percent."""
    time_box: Positive
    """Working days, after which the stage is overdue."""
    owner: Role
    criteria: Annotated[tuple[Item, ...], Field(min_length=1)]


class Stall(Rule):
    """When a deal counts as stalled (published practice: 1.5 × the usual dwell, or 30 days without a dated next step)."""

    dwell_percent: Percent
    """Of the stage's time box."""
    without_next_step: Positive
    """Calendar days."""


class FunnelRules(Rule):
    """The sales funnel 销售漏斗. A deal is won when the exit criteria of the last stage are in; `won` and so on are names."""

    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]
    won: Name
    lost: Name
    shelved: Name
    stall: Stall

    @model_validator(mode="after")
    def _unique(self) -> FunnelRules:
        _no_twins("stage", _codes(self.stages, "stages"))
        for_all = (_codes(stage.criteria, "stages", index, "criteria") for index, stage in enumerate(self.stages))
        _no_twins("criterion", chain.from_iterable(for_all))
        return self

    def stage(self, code: str) -> Stage:
        """The stage with that code; raises KeyError for one that is not in this playbook."""
        return _find(self.stages, code)

    def after(self, code: str) -> Stage | None:
        """The stage that follows, or None after the last one."""
        index = self.stages.index(self.stage(code)) + 1
        return self.stages[index] if index < len(self.stages) else None

    @cached_property
    def criteria(self) -> dict[str, tuple[Stage, Item]]:
        """Every exit criterion by its code, with its stage."""
        return {item.code: (stage, item) for stage in self.stages for item in stage.criteria}


class HandoffRules(Rule):
    """One handoff 交接: who gives, who receives, what must be in it, and the clocks of both sides."""

    name: Name
    giver: Role
    receiver: Role
    offer_within: Positive
    """Working days that the giver has to make the offer (again)."""
    answer_within: Positive
    """Working hours that the receiver has to answer."""
    checklist: Annotated[tuple[Item, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _unique(self) -> HandoffRules:
        _no_twins("checklist item", _codes(self.checklist, "checklist"))
        if self.giver == self.receiver:
            raise _wrong(f"giver and receiver are both {self.giver!r}; nobody hands over to themselves", "receiver")
        return self


class Milestone(Rule):
    """A PMP milestone 里程碑 with its four parts: our task, our deliverables, completion mark, customer's responsibility."""

    code: Code
    phase: Code
    phase_name: Name
    name: Name
    task: Name
    deliverables: tuple[Item, ...]
    completion: Name
    customer_duty: Name
    signers: Annotated[tuple[Item, ...], Field(min_length=1)]
    """Each a role that signs; `who` is `vendor` or `customer`."""
    after: tuple[Code, ...] = ()
    """The milestones that must be signed off before."""
    days: Positive
    """Working days from the last of `after` (or the start) to the planned date."""
    owner: Role
    effect: Literal["", "went_live", "accepted", "handed_over"] = ""
    """What signing it means for the project beyond the milestone itself."""
    payment: bool = False
    """True when a payment of the contract hangs on it."""


class ImplementationRules(Rule):
    """The implementation 实施 as a graph of milestones."""

    milestones: Annotated[tuple[Milestone, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _graph(self) -> ImplementationRules:
        _no_twins("milestone", _codes(self.milestones, "milestones"))
        for_all = (_codes(m.deliverables, "milestones", index, "deliverables") for index, m in enumerate(self.milestones))
        _no_twins("deliverable", chain.from_iterable(for_all))
        known: set[str] = set()
        for index, milestone in enumerate(self.milestones):
            _no_twins(f"signer of {milestone.code}", _codes(milestone.signers, "milestones", index, "signers"))
            if missing := [code for code in milestone.after if code not in known]:
                reason = f"milestone {milestone.code} comes after {missing[0]}, which is not listed before it"
                raise _wrong(reason, "milestones", index, "after")
            known.add(milestone.code)
        effects = [milestone.effect for milestone in self.milestones if milestone.effect]
        if effects != ["went_live", "accepted", "handed_over"]:
            reason = "the milestones need the effects went_live, accepted and handed_over once each, in this order"
            raise _wrong(reason, "milestones")
        return self

    def milestone(self, code: str) -> Milestone:
        """The milestone with that code; raises KeyError for one that is not in this playbook."""
        return _find(self.milestones, code)


class Target(Rule):
    """The clocks of a ticket priority, in working minutes of the service calendar."""

    code: Literal["P1", "P2", "P3", "P4"]
    respond: Positive
    resolve: Positive


class ServiceCalendar(Rule):
    """The calendar that tickets of a value class run on."""

    value_class: Code
    calendar: Code


class SupportRules(Rule):
    """Support 支持: priorities and clocks, the contract and its renewal windows."""

    targets: tuple[Target, ...]
    matrix: dict[Literal["high", "medium", "low"], dict[Literal["high", "medium", "low"], Literal["P1", "P2", "P3", "P4"]]]
    """Priority by impact, then urgency."""
    warn_at: tuple[Percent, ...]
    """Percent of a target at which a warning is recorded, ascending, below 100."""
    service_calendars: tuple[ServiceCalendar, ...] = ()
    default_calendar: Code
    close_after: Positive
    """Working days after the resolution, without a word from the customer, until a ticket closes by itself."""
    notice_days: Positive
    """Calendar days before the end of the service period by which notice must be given, when the contract names none."""
    renewal_windows: tuple[Positive, ...]
    """Calendar days before the notice date, descending."""
    owner: Role

    @model_validator(mode="after")
    def _complete(self) -> SupportRules:
        if [target.code for target in self.targets] != ["P1", "P2", "P3", "P4"]:
            raise _wrong("must list P1, P2, P3 and P4, in this order", "targets")
        grades = {"high", "medium", "low"}
        if set(self.matrix) != grades or any(set(row) != grades for row in self.matrix.values()):
            raise _wrong("needs high, medium and low for both impact and urgency", "matrix")
        if list(self.warn_at) != sorted(set(self.warn_at)) or any(percent >= 100 for percent in self.warn_at):
            raise _wrong("must ascend and stay below 100", "warn_at")
        if list(self.renewal_windows) != sorted(set(self.renewal_windows), reverse=True):
            raise _wrong("must descend, each once", "renewal_windows")
        return self

    def target(self, priority: str) -> Target:
        """The clocks of a priority."""
        return _find(self.targets, priority)

    def calendar_of(self, value_class: str) -> str:
        """The name of the service calendar of a value class."""
        return next((row.calendar for row in self.service_calendars if row.value_class == value_class), self.default_calendar)


class Market(Rule):
    """A market by yearly revenue; `from_revenue` (CNY) is included."""

    code: Code
    name: Name
    from_revenue: Annotated[Decimal, Field(ge=0)]


class ValueClass(Rule):
    """A value class 价值分类 inside a market, decided by a person with evidence."""

    code: Code
    market: Code
    name: Name
    serves: Name
    """What the class means for us."""


class CustomerRules(Rule):
    """Markets, value classes and how long a customer may stay without contact."""

    markets: Annotated[tuple[Market, ...], Field(min_length=1)]
    value_classes: Annotated[tuple[ValueClass, ...], Field(min_length=1)]
    keep_contact_after_loss: Positive
    """Calendar days to the next contact after a lost deal, when the loss names no date."""
    owner: Role

    @model_validator(mode="after")
    def _consistent(self) -> CustomerRules:
        _no_twins("market", _codes(self.markets, "markets"))
        _no_twins("value class", _codes(self.value_classes, "value_classes"))
        bounds = ((f"{m.from_revenue.normalize():f}", ("markets", i, "from_revenue")) for i, m in enumerate(self.markets))
        _no_twins("lower bound of a market", bounds)
        if min(market.from_revenue for market in self.markets) != 0:
            raise _wrong("one market must start at a revenue of 0, or some customers would have none", "markets")
        markets = {market.code for market in self.markets}
        for index, value in enumerate(self.value_classes):
            if value.market not in markets:
                reason = f"value class {value.code} names the market {value.market!r}, which is not listed"
                raise _wrong(reason, "value_classes", index, "market")
        return self

    def market_of(self, revenue: Decimal) -> Market:
        """The market of a yearly revenue in CNY (lower bounds included)."""
        return max((m for m in self.markets if m.from_revenue <= revenue), key=lambda m: m.from_revenue)

    def value_class(self, code: str) -> ValueClass | None:
        """The value class with that code, if the playbook has it."""
        return next((value for value in self.value_classes if value.code == code), None)


class Playbook(Rule):
    """A whole playbook 作业手册 in one version."""

    playbook: Code
    version: Text
    name: Name
    roles: dict[Role, Name]
    """What people call each role; every role that the playbook uses must be here."""
    calendars: dict[Code, CalendarRule]
    working_calendar: Code
    """The calendar of time boxes, handoffs and plans."""
    customers: CustomerRules
    funnel: FunnelRules
    handoffs: dict[HandoffKind, HandoffRules]
    implementation: ImplementationRules
    support: SupportRules

    @model_validator(mode="after")
    def _whole(self) -> Playbook:
        for calendar, place in self._calendars_used():
            if calendar not in self.calendars:
                raise _wrong(f"the calendar {calendar!r} is used but not described under calendars", *place)
        for index, row in enumerate(self.support.service_calendars):
            if self.customers.value_class(row.value_class) is None:
                reason = f"the value class {row.value_class!r} is not listed under customers"
                raise _wrong(reason, "support", "service_calendars", index, "value_class")
        if set(self.handoffs) != {"delivery", "support"}:
            raise _wrong("must describe both delivery and support", "handoffs")
        for role, place in self._roles_used():
            if role not in self.roles:
                raise _wrong(f"the role {role!r} is used but not named under roles", *place)
        return self

    def _calendars_used(self) -> Iterator[tuple[str, Place]]:
        yield self.working_calendar, ("working_calendar",)
        yield self.support.default_calendar, ("support", "default_calendar")
        for index, row in enumerate(self.support.service_calendars):
            yield row.calendar, ("support", "service_calendars", index, "calendar")

    def _roles_used(self) -> Iterator[tuple[str, Place]]:
        yield self.customers.owner, ("customers", "owner")
        yield self.support.owner, ("support", "owner")
        for index, stage in enumerate(self.funnel.stages):
            yield stage.owner, ("funnel", "stages", index, "owner")
            yield from _who(stage.criteria, "funnel", "stages", index, "criteria")
        for kind, handoff in self.handoffs.items():
            yield handoff.giver, ("handoffs", kind, "giver")
            yield handoff.receiver, ("handoffs", kind, "receiver")
            yield from _who(handoff.checklist, "handoffs", kind, "checklist")
        for index, milestone in enumerate(self.implementation.milestones):
            place = ("implementation", "milestones", index)
            yield milestone.owner, (*place, "owner")
            yield from _who(milestone.deliverables, *place, "deliverables")
            yield from _who(milestone.signers, *place, "signers")

    @property
    def ref(self) -> PlaybookRef:
        """This playbook's name and version."""
        return PlaybookRef(name=self.playbook, version=self.version)

    @property
    def calendar(self) -> CalendarRule:
        """The working calendar of time boxes, handoffs and plans."""
        return self.calendars[self.working_calendar]

    def service_calendar(self, value_class: str) -> CalendarRule:
        """The calendar that the tickets of a value class run on."""
        return self.calendars[self.support.calendar_of(value_class)]


class Playbooks:
    """All playbook versions at hand; open work keeps the version that it started under."""

    def __init__(self, playbooks: Iterable[Playbook]) -> None:
        self._by_ref = {playbook.ref: playbook for playbook in playbooks}
        self._latest: dict[str, Playbook] = {}
        for playbook in self._by_ref.values():
            latest = self._latest.get(playbook.playbook)
            if latest is None or _in_order(playbook.version) > _in_order(latest.version):
                self._latest[playbook.playbook] = playbook

    def __contains__(self, ref: object) -> bool:
        return ref in self._by_ref

    def __iter__(self) -> Iterator[Playbook]:
        return iter(self._by_ref.values())

    def get(self, ref: PlaybookRef | None) -> Playbook:
        """That version; without a reference the newest standard one. Raises KeyError for one that is not at hand."""
        return self.latest() if ref is None else self._by_ref[ref]

    def latest(self, name: str = "standard") -> Playbook:
        """The newest version of a playbook; raises KeyError when there is none of that name."""
        return self._latest[name]

    def names(self) -> Sequence[str]:
        """The names of the playbooks at hand, in order."""
        return sorted(self._latest)


def _in_order(version: str) -> list[tuple[int, str]]:
    """A version as people count it: 2026.10 comes after 2026.9."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", version)]


Place = tuple[int | str, ...]
"""The way to a value inside a playbook: keys and list positions."""

HasCode = TypeVar("HasCode", Item, Stage, Milestone, Target, Market, ValueClass)


def _find(things: Iterable[HasCode], code: str) -> HasCode:
    for thing in things:
        if thing.code == code:
            return thing
    raise KeyError(code)


def _codes(things: Iterable[HasCode], *place: int | str) -> Iterator[tuple[str, Place]]:
    """The code of each thing in a list, with its place."""
    return ((thing.code, (*place, index, "code")) for index, thing in enumerate(things))


def _who(items: Iterable[Item], *place: int | str) -> Iterator[tuple[str, Place]]:
    """The role that brings each item of a list, with its place."""
    return ((item.who, (*place, index, "who")) for index, item in enumerate(items))


def _no_twins(kind: str, codes: Iterable[tuple[str, Place]]) -> None:
    seen: set[str] = set()
    for code, place in codes:
        if code in seen:
            raise _wrong(f"the {kind} {code!r} is described twice", *place)
        seen.add(code)


def _wrong(reason: str, *place: int | str) -> PydanticCustomError:
    """A contradiction. Pydantic puts such an error at the whole that was checked; `place` leads on from there to the part."""
    return PydanticCustomError("contradiction", "{reason}", {"reason": reason, "place": place})
