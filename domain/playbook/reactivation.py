"""The chapter of a playbook on reactivation 唤醒: whom it serves, its steps in time, its budget, when it ends, and the share of
customers that is left alone so that its effect can be measured."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.messages import Money, Name
from domain.playbook.parts import Code, Place, Positive, Role, Rule, codes, no_twins, wrong

Exit = Literal["no", "not_now", "budget_spent", "steps_done", "latest"]
"""What ends a reactivation beside an interested answer: the customer refuses (`no`) or puts it off (`not_now`), the budget is
spent, all steps are done without an answer, the latest end date has come."""

From = Literal["cooling", "dormant"]
"""Where a customer must stand to be reactivated."""


class ReactivationStep(Rule):
    """One step of a reactivation."""

    code: Code
    name: Name
    who: Role
    after: Annotated[int, Field(ge=0, le=10_000)] = 0
    """Working days after the beginning from which it is to be done."""
    within: Positive
    """Working days from then on in which it is to be done."""
    estimate: Annotated[Decimal, Field(ge=0)] | None = None
    """What it usually costs, in the currency of the budget; only told to people."""


class ReactivationTrack(Rule):
    """How the customers of some value classes are reactivated."""

    value_classes: tuple[Code, ...] = ()
    """Any that no other track serves when empty."""
    auto: bool = False
    """True to begin by itself when the customer goes dormant; else a person begins it."""
    attempts: Positive = 1
    """How often it begins by itself while the customer sleeps on, each time after the cool-down."""
    hold_out: Annotated[int, Field(ge=0, le=90)] = 0
    """Percent of the customers that are left alone."""
    budget: Money | None = None
    """What the steps may cost together unless somebody names another sum; None for no limit."""
    horizon: Positive = 180
    """Calendar days from the beginning within which a return counts."""
    latest: Positive = 90
    """Calendar days after which it ends at the latest, where `exits` name that."""
    answer_within: Positive = 20
    """Calendar days after the last step in which the customer may still answer."""
    cool_down: Positive = 180
    """Calendar days after its end in which the customer is not tried again."""
    steps: tuple[ReactivationStep, ...] = ()
    """Those of the chapter when empty."""

    @model_validator(mode="after")
    def _in_time(self) -> ReactivationTrack:
        if self.latest > self.horizon:
            raise wrong("ends later than the horizon in which its effect is measured", "latest")
        return self


class ReactivationRules(Rule):
    """How dormant customers are woken."""

    tracks: Annotated[tuple[ReactivationTrack, ...], Field(min_length=1)]
    steps: tuple[ReactivationStep, ...] = ()
    starts_from: Annotated[tuple[From, ...], Field(min_length=1)] = ("dormant",)
    """Where a customer must stand when a person begins one."""
    started_by: tuple[Role, ...] = ()
    """The roles that may begin one by hand; any when empty."""
    budget_by: Annotated[tuple[Role, ...], Field(min_length=1)]
    """The roles that may raise the budget; never the owner."""
    hold_out_by: Annotated[tuple[Role, ...], Field(min_length=1)]
    """The roles that may break a hold-out; never the one who asks."""
    salt: str = ""
    """Goes into the draw of the hold-out: another salt draws other customers."""
    exits: tuple[Exit, ...] = ("no", "not_now", "budget_spent", "steps_done", "latest")

    @model_validator(mode="after")
    def _consistent(self) -> ReactivationRules:
        no_twins("step", codes(self.steps, "steps"))
        served: set[str] = set()
        for index, track in enumerate(self.tracks):
            no_twins("step", codes(track.steps, "tracks", index, "steps"))
            if not (track.steps or self.steps):
                raise wrong("has no steps, and the chapter has none either", "tracks", index, "steps")
            for code in track.value_classes or ("",):
                if code in served:
                    raise wrong("serves what another track serves", "tracks", index, "value_classes")
                served.add(code)
        if not {"steps_done", "latest"} & set(self.exits):
            raise wrong("one of `steps_done` and `latest` must end a customer's silence", "exits")
        return self

    def track_of(self, value_class: str) -> ReactivationTrack | None:
        """How customers of a value class are reactivated; None when they are not."""
        named = next((one for one in self.tracks if value_class in one.value_classes), None)
        return named or next((one for one in self.tracks if not one.value_classes), None)

    def steps_of(self, value_class: str) -> tuple[ReactivationStep, ...]:
        """The steps for a value class, in their order; none when it is not reactivated."""
        track = self.track_of(value_class)
        return (track.steps or self.steps) if track is not None else ()

    def holds_out(self, customer: str, number: int, value_class: str) -> bool:
        """Whether the `number`-th reactivation of a customer is left undone, to compare with. Drawn by a hash: the same for
        ever, whoever asks, and nobody can choose who is in it."""
        track = self.track_of(value_class)
        if track is None or not track.hold_out:
            return False
        drawn = int.from_bytes(sha256(f"{self.salt}/{customer}/{number}".encode()).digest()[:8], "big")
        return drawn % 10_000 < track.hold_out * 100

    def value_classes_used(self) -> Iterator[tuple[str, Place]]:
        """Every value class that this chapter names, with its place."""
        for index, track in enumerate(self.tracks):
            for at, code in enumerate(track.value_classes):
                yield code, ("tracks", index, "value_classes", at)

    def roles_used(self) -> Iterator[tuple[str, Place]]:
        """Every role that this chapter names, with its place."""
        for name in ("started_by", "budget_by", "hold_out_by"):
            for index, role in enumerate(getattr(self, name)):
                yield role, (name, index)
        for index, step in enumerate(self.steps):
            yield step.who, ("steps", index, "who")
        for index, track in enumerate(self.tracks):
            for at, step in enumerate(track.steps):
                yield step.who, ("tracks", index, "steps", at, "who")
