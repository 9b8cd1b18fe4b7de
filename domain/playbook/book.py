"""A whole playbook 作业手册 in one version."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import model_validator

from domain.calendars import CalendarRule
from domain.messages import Name, Text
from domain.playbook.customers import CustomerRules
from domain.playbook.funnel import FunnelRules
from domain.playbook.handoff import HandoffRules
from domain.playbook.implementation import ImplementationRules
from domain.playbook.parts import Code, Place, PlaybookRef, Role, Rule, who_brings, wrong
from domain.playbook.support import SupportRules
from domain.streams import HandoffKind


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
                raise wrong(f"the calendar {calendar!r} is used but not described under calendars", *place)
        for index, row in enumerate(self.support.service_calendars):
            if self.customers.value_class(row.value_class) is None:
                reason = f"the value class {row.value_class!r} is not listed under customers"
                raise wrong(reason, "support", "service_calendars", index, "value_class")
        if set(self.handoffs) != {"delivery", "support"}:
            raise wrong("must describe both delivery and support", "handoffs")
        for role, place in self._roles_used():
            if role not in self.roles:
                raise wrong(f"the role {role!r} is used but not named under roles", *place)
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
            yield from who_brings(stage.criteria, "funnel", "stages", index, "criteria")
        for kind, handoff in self.handoffs.items():
            yield handoff.giver, ("handoffs", kind, "giver")
            yield handoff.receiver, ("handoffs", kind, "receiver")
            yield from who_brings(handoff.checklist, "handoffs", kind, "checklist")
        for index, milestone in enumerate(self.implementation.milestones):
            place = ("implementation", "milestones", index)
            yield milestone.owner, (*place, "owner")
            yield from who_brings(milestone.deliverables, *place, "deliverables")
            yield from who_brings(milestone.signers, *place, "signers")

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
