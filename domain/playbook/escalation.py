"""The chapter of a playbook on the functional escalation 职能升级: the ladder, and who steps onto it where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.messages import Name
from domain.playbook.parts import Code, Place, Positive, Role, Rule, codes, find, no_twins, wrong

Line = Literal["first", "second", "headquarters", "product"]
"""The line of organisation that a step belongs to; a ticket names its line so."""


class EscalationStep(Rule):
    """A step of the ladder."""

    code: Code
    name: Name
    who: Role
    """The role that takes it up, solves it or hands it on there."""
    line: Line
    minutes: Positive | None = None
    """Working minutes that it may stand there before it moves up by itself; at the last step, before it is overdue. Of a ticket
    they are minutes of its service calendar, of a deal or an implementation minutes of the owning unit's working calendar.
    None for no limit."""


class EscalationSubject(Rule):
    """Where the escalations of one kind of work begin."""

    subject: Literal["ticket", "funnel", "implementation"]
    begins_at: Code
    """The code of a step."""
    criteria: tuple[Code, ...] = ()
    """Of a deal: the exit criteria that the product division's answer is the evidence of. A playbook whose funnel has none of
    them knows no such request."""
    until: Code | None = None
    """Of an implementation: the milestone after whose sign-off no gap is raised any more; None for any time."""


class BySelf(Rule):
    """Which tickets begin their escalation by themselves when the first line has not solved them within its minutes."""

    kinds: Annotated[tuple[str, ...], Field(min_length=1)]
    priorities: Annotated[tuple[Literal["P1", "P2", "P3", "P4"], ...], Field(min_length=1)]


class EscalationRules(Rule):
    """The functional escalation 职能升级: one ladder for tickets, for product gaps of deals and for gaps of the blueprint. A
    playbook without steps knows none: then a ticket that is escalated only changes its line."""

    steps: tuple[EscalationStep, ...] = ()
    """From the lowest to the highest; only at the last is there an answer."""
    subjects: tuple[EscalationSubject, ...] = ()
    by_itself: tuple[BySelf, ...] = ()
    moved_by: tuple[Role, ...] = ()
    """The roles that may hand any escalation further, whatever step it stands at."""

    @model_validator(mode="after")
    def _climbable(self) -> EscalationRules:
        no_twins("step", codes(self.steps, "steps"))
        no_twins("subject", ((one.subject, ("subjects", index)) for index, one in enumerate(self.subjects)))
        known = {step.code for step in self.steps}
        for index, one in enumerate(self.subjects):
            if one.begins_at not in known:
                raise wrong(f"there is no step {one.begins_at!r}", "subjects", index, "begins_at")
        if self.by_itself and (self.begins_at("ticket") is None or self.first_line is None):
            raise wrong("tickets begin by themselves only with a first step that has minutes, and a step for them", "by_itself")
        return self

    def step(self, code: str) -> EscalationStep:
        """The step with that code; raises KeyError for one that is not in this playbook."""
        return find(self.steps, code)

    def ahead_of(self, code: str) -> tuple[EscalationStep, ...]:
        """The steps above one, the next first; all of them for a code that is unknown."""
        known = [step.code for step in self.steps]
        return self.steps[known.index(code) + 1 :] if code in known else self.steps

    @property
    def last(self) -> str:
        """The code of the step that answers; empty without a ladder."""
        return self.steps[-1].code if self.steps else ""

    @property
    def first_line(self) -> int | None:
        """The working minutes that a ticket has in the first line; None for no limit."""
        return next((step.minutes for step in self.steps if step.line == "first"), None)

    def at_line(self, line: str) -> EscalationStep | None:
        """The lowest step of a line, or None."""
        return next((step for step in self.steps if step.line == line), None)

    def of(self, subject: str) -> EscalationSubject | None:
        """The rules for one kind of work; None when it knows no escalation."""
        return next((one for one in self.subjects if one.subject == subject), None)

    def begins_at(self, subject: str) -> EscalationStep | None:
        """The step that an escalation of that kind of work begins at, or None."""
        rule = self.of(subject)
        return self.step(rule.begins_at) if rule else None

    def begins_by_itself(self, kind: str, priority: str) -> bool:
        """Whether a ticket of that kind and priority begins its escalation by itself."""
        return any(kind in one.kinds and priority in one.priorities for one in self.by_itself)

    def roles_used(self) -> Iterator[tuple[str, Place]]:
        """Every role that this chapter names, with its place."""
        for index, step in enumerate(self.steps):
            yield step.who, ("steps", index, "who")
        for index, role in enumerate(self.moved_by):
            yield role, ("moved_by", index)
