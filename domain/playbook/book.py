"""A whole playbook 作业手册 in one version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, PrivateAttr, model_validator

from domain.calendars import CalendarRule
from domain.messages import Id, Name, Text
from domain.playbook.choosing import MODES, Serves
from domain.playbook.customers import CustomerRules
from domain.playbook.enablement import ENABLEMENT, PRODUCT_LINE, EnablementRules
from domain.playbook.escalation import EscalationRules
from domain.playbook.funnel import FunnelRules
from domain.playbook.handoff import HandoffRules
from domain.playbook.implementation import ImplementationRules
from domain.playbook.notices import NoticeRules
from domain.playbook.parts import Code, Place, PlaybookRef, Role, Rule, no_twins, who_brings, wrong
from domain.playbook.plans import PlanRules
from domain.playbook.projects import ProjectRules
from domain.playbook.reactivation import ReactivationRules
from domain.playbook.recovery import RecoveryRules
from domain.playbook.requests import RequestRules
from domain.playbook.support import ServiceCalendar, SupportRules
from domain.streams import HandoffKind


class UnitCalendar(Rule):
    """The working calendar of an owning unit, where it is not the playbook's own: another country, other hours."""

    unit: Id
    calendar: Code
    service_calendars: tuple[ServiceCalendar, ...] = ()
    """The calendars of tickets by value class, where this unit's are others than the playbook's."""


class Playbook(Rule):
    """A whole playbook 作业手册 in one version."""

    playbook: Code
    version: Text
    name: Name
    serves: Serves | None = None
    """Whom it is chosen for when a project opens; left out, it is taken only by its name (the standard one: by the rest)."""
    roles: dict[Role, Name]
    """What people call each role; every role that the playbook uses must be here."""
    calendars: dict[Code, CalendarRule]
    working_calendar: Code
    """The calendar of time boxes, handoffs and plans."""
    _of_all: str = PrivateAttr("")
    """Of a playbook as it holds for a unit with a calendar of its own: the working calendar of the others."""
    unit_calendars: tuple[UnitCalendar, ...] = ()
    """Units that work by another calendar than `working_calendar`: it holds for all that they own."""
    edition: Annotated[int, Field(ge=1)] = 1
    """Counted by the program: the same version, with later knowledge of the public holidays."""
    holidays: str = ""
    """Which holiday tables the calendars were kept with; written by the program."""
    customers: CustomerRules
    funnel: FunnelRules
    handoffs: dict[HandoffKind, HandoffRules]
    implementation: ImplementationRules
    support: SupportRules
    projects: ProjectRules = ProjectRules()
    notices: NoticeRules = NoticeRules()
    escalation: EscalationRules = EscalationRules()
    plans: PlanRules = PlanRules()
    requests: RequestRules = RequestRules()
    enablement: EnablementRules = EnablementRules()
    reactivation: ReactivationRules | None = None
    """None where dormant customers are not reactivated."""
    recovery: RecoveryRules | None = None
    """None where nothing but a planned contact follows a lost deal."""

    @model_validator(mode="after")
    def _whole(self) -> Playbook:
        if self.playbook == MODES:
            raise wrong("is the name of the table of business modes; give the playbook another", "playbook")
        for index, served in enumerate(self.serves.value_classes if self.serves else ()):
            if self.customers.value_class(served) is None:
                reason = f"the value class {served!r} is not listed under customers"
                raise wrong(reason, "serves", "value_classes", index)
        for calendar, place in self._calendars_used():
            if calendar not in self.calendars:
                raise wrong(f"the calendar {calendar!r} is used but not described under calendars", *place)
        for value_class, place in self._value_classes_of_tickets():
            if self.customers.value_class(value_class) is None:
                raise wrong(f"the value class {value_class!r} is not listed under customers", *place)
        units = ((row.unit, ("unit_calendars", index, "unit")) for index, row in enumerate(self.unit_calendars))
        no_twins("calendar of the unit", units)
        for value_class, place in self.funnel.value_classes_used():
            if self.customers.value_class(value_class) is None:
                raise wrong(f"the value class {value_class!r} is not listed under customers", "funnel", *place)
        for value_class, place in self.reactivation.value_classes_used() if self.reactivation else ():
            if self.customers.value_class(value_class) is None:
                raise wrong(f"the value class {value_class!r} is not listed under customers", "reactivation", *place)
        if set(self.handoffs) != {"delivery", "support"}:
            raise wrong("must describe both delivery and support", "handoffs")
        self._check_enablement()
        for role, place in self._roles_used():
            if role not in self.roles:
                raise wrong(f"the role {role!r} is used but not named under roles", *place)
        return self

    def _check_enablement(self) -> None:
        stages = {stage.code for stage in self.funnel.stages}
        for index, stage in enumerate(self.enablement.stages):
            if stage not in stages:
                raise wrong(f"the funnel has no stage {stage!r}", "enablement", "stages", index)
        for code in (ENABLEMENT, PRODUCT_LINE):
            if self.enablement.who and code in self.funnel.criteria:
                raise wrong(f"{code!r} is how a gate lists an enablement; take another code for the criterion", "funnel")

    def _calendars_used(self) -> Iterator[tuple[str, Place]]:
        yield self.working_calendar, ("working_calendar",)
        for index, of_unit in enumerate(self.unit_calendars):
            yield of_unit.calendar, ("unit_calendars", index, "calendar")
            for at, row in enumerate(of_unit.service_calendars):
                yield row.calendar, ("unit_calendars", index, "service_calendars", at, "calendar")
        yield self.support.default_calendar, ("support", "default_calendar")
        for index, row in enumerate(self.support.service_calendars):
            yield row.calendar, ("support", "service_calendars", index, "calendar")

    def _value_classes_of_tickets(self) -> Iterator[tuple[str, Place]]:
        yield from ((code, ("support", *place)) for code, place in self.support.value_classes_used())
        for index, of_unit in enumerate(self.unit_calendars):
            for at, row in enumerate(of_unit.service_calendars):
                yield row.value_class, ("unit_calendars", index, "service_calendars", at, "value_class")

    def _roles_used(self) -> Iterator[tuple[str, Place]]:
        yield from ((role, ("customers", *place)) for role, place in self.customers.roles_used())
        yield from ((role, ("support", *place)) for role, place in self.support.roles_used())
        yield from self.projects.roles_used("projects")
        yield from self.plans.roles_used("plans")
        yield from self.notices.roles_used("notices")
        yield from ((role, ("escalation", *place)) for role, place in self.escalation.roles_used())
        yield from ((role, ("requests", *place)) for role, place in self.requests.roles_used())
        yield from ((role, ("enablement", *place)) for role, place in self.enablement.roles_used())
        for name, chapter in (("reactivation", self.reactivation), ("recovery", self.recovery)):
            yield from ((role, (name, *place)) for role, place in chapter.roles_used()) if chapter else ()
        yield from ((role, ("funnel", *place)) for role, place in self.funnel.roles_used())
        for kind, handoff in self.handoffs.items():
            yield from handoff.roles_used("handoffs", kind)
        for index, milestone in enumerate(self.implementation.milestones):
            place = ("implementation", "milestones", index)
            yield milestone.owner, (*place, "owner")
            yield from who_brings(milestone.deliverables, *place, "deliverables")
            yield from who_brings(milestone.signers, *place, "signers")
        for role, where in self.implementation.roles_used():
            yield role, ("implementation", *where)

    @property
    def ref(self) -> PlaybookRef:
        """This playbook's name, version and edition."""
        return PlaybookRef(name=self.playbook, version=self.version, edition=self.edition)

    @property
    def calendar(self) -> CalendarRule:
        """The working calendar of time boxes, handoffs and plans."""
        return self.calendars[self.working_calendar]

    @property
    def calendar_of_all(self) -> CalendarRule:
        """The working calendar of units without one of their own: it dates what happens to all units at once."""
        return self.calendars[self._of_all or self.working_calendar]

    def service_calendar(self, value_class: str) -> CalendarRule:
        """The calendar that the tickets of a value class run on."""
        return self.calendars[self.support.calendar_of(value_class)]

    def for_unit(self, unit: str) -> Playbook:
        """The playbook as it holds for an owning unit: with its calendar as the working calendar, and as the calendar of
        tickets wherever those run on the working calendar; its own calendars by value class come before the playbook's. The
        playbook itself for a unit that has no calendars of its own."""
        row = next((row for row in self.unit_calendars if row.unit == unit), None)
        if row is None or (row.calendar == self.working_calendar and not row.service_calendars):
            return self
        support = self.support
        default = row.calendar if support.default_calendar == self.working_calendar else support.default_calendar
        of_classes = tuple(
            one.model_copy(update={"calendar": row.calendar}) if one.calendar == self.working_calendar else one
            for one in support.service_calendars
        )
        own = {"default_calendar": default, "service_calendars": (*row.service_calendars, *of_classes)}
        theirs = self.model_copy(update={"working_calendar": row.calendar, "support": support.model_copy(update=own)})
        theirs._of_all = self.working_calendar
        return theirs
