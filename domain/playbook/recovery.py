"""The chapter of a playbook on recovery 丢单挽回: what is done after a lost deal so that the customer is not lost with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.messages import Name
from domain.playbook.parts import Code, Place, Positive, Role, Rule, codes, no_twins, wrong

RecoveryStepCode = Literal["cause", "review", "contacts", "next_attempt"]
"""What a recovery asks for: the cause of the loss, its review, a plan of contacts, a next attempt with its date."""


class LossCause(Rule):
    """A cause that a deal may be lost for."""

    code: Code
    name: Name


class RecoveryStep(Rule):
    """One thing that a recovery asks for, and in which time."""

    code: RecoveryStepCode
    name: Name
    who: Role
    within: Positive
    """Working days from the beginning."""


class RecoveryRules(Rule):
    """What follows a lost deal."""

    after: Annotated[tuple[Literal["lost", "cancelled"], ...], Field(min_length=1)] = ("lost",)
    """What begins one: a lost deal; a cancelled project, where it is named."""
    causes: Annotated[tuple[LossCause, ...], Field(min_length=1)]
    steps: Annotated[tuple[RecoveryStep, ...], Field(min_length=1)]
    before_ending: tuple[RecoveryStepCode, ...] = ()
    """The steps without which a recovery ends neither with a next attempt nor by being given up."""
    escalate_to: Role
    """Who is called when a step is overdue …"""
    escalate_after: Positive = 5
    """… so many working days after its time box."""
    contact_grace: Positive = 5
    """Working days after a planned contact from which it is overdue."""
    attempt_grace: Positive = 10
    """Working days after the planned date of the next attempt from which it is overdue."""
    given_up_by: Annotated[tuple[Role, ...], Field(min_length=1)]
    """The roles that may give the deal up; never its owner."""
    next_contact: Positive = 180
    """Calendar days to the next contact with the customer when a deal is given up without naming one."""

    @model_validator(mode="after")
    def _consistent(self) -> RecoveryRules:
        no_twins("cause", codes(self.causes, "causes"))
        no_twins("step", codes(self.steps, "steps"))
        asked = {step.code for step in self.steps}
        for index, code in enumerate(self.before_ending):
            if code not in asked or code == "next_attempt":
                raise wrong(f"the step {code!r} is not asked for before the end", "before_ending", index)
        if "next_attempt" not in asked:
            raise wrong("must ask for the `next_attempt`: what else would end it", "steps")
        return self

    def cause(self, code: str) -> LossCause | None:
        """The cause with that code, or None."""
        return next((one for one in self.causes if one.code == code), None)

    def step(self, code: str) -> RecoveryStep | None:
        """The step with that code, or None for one that this playbook does not ask for."""
        return next((one for one in self.steps if one.code == code), None)

    def roles_used(self) -> Iterator[tuple[str, Place]]:
        """Every role that this chapter names, with its place."""
        yield self.escalate_to, ("escalate_to",)
        for index, role in enumerate(self.given_up_by):
            yield role, ("given_up_by", index)
        for index, step in enumerate(self.steps):
            yield step.who, ("steps", index, "who")
