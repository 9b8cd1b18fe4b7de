"""A promise 承诺 as it travels: what was said, by whom and to whom, and everything that became of it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime

from domain.messages import Frozen

About = Literal["scope", "price", "date", "person", "risk", "service"]
"""What a promise is about."""

PromiseStatus = Literal["open", "changed", "kept", "broken", "released"]
"""`open` and `changed` still bind us, the latter in words that the customer agreed to later; the others have ended."""


class PromiseStep(Frozen):
    """Something that became of a promise."""

    what: Literal["changed", "kept", "broken", "released", "reinstated"]
    at: AwareDatetime
    reference: str = ""
    """The proof, the customer's consent, or the reason."""
    by: str = ""
    """Who at the customer agreed to a change."""
    text: str = ""
    """The wording that a change has ended."""
    due_on: date | None = None
    """The date that a change has ended."""


class Promise(Frozen):
    """A promise of the sale, as it travels through the handoffs."""

    promise: str
    about: str
    text: str
    """The wording that binds us now."""
    made_by: str = ""
    """Staff id."""
    made_to: str = ""
    """Contact or role at the customer."""
    made_at: AwareDatetime | None = None
    due_on: date | None = None
    """The last day on which it is kept in time."""
    status: PromiseStatus = "open"
    overdue: bool = False
    """True when its date has passed and nothing has become of it since."""
    steps: tuple[PromiseStep, ...] = ()
    """What became of it, in order; what is here is never taken away."""

    @property
    def binding(self) -> bool:
        """True as long as something must still become of it."""
        return self.status in ("open", "changed")


Ledger = tuple[Promise, ...]
"""All promises of a project, ended ones too, in the order in which they were made."""


def binding(ledger: Ledger) -> Ledger:
    """The promises that something must still become of."""
    return tuple(promise for promise in ledger if promise.binding)


def undated(ledger: Ledger) -> Ledger:
    """The promises that bind us and have no date."""
    return tuple(promise for promise in ledger if promise.binding and promise.due_on is None)


def vanished(before: Ledger, after: Ledger) -> tuple[str, ...]:
    """The ids of promises that were on record before and of which something is gone: the promise, what became of it, or its
    wording or its end without a step that says so. Empty, or somebody has lost a promise."""
    left = {promise.promise: promise for promise in after}
    return tuple(one.promise for one in before if not _goes_on(one, left.get(one.promise)))


def _goes_on(before: Promise, after: Promise | None) -> bool:
    if after is None or after.steps[: len(before.steps)] != before.steps:
        return False
    said = (before.about, before.made_by, before.made_to, before.made_at)
    if said != (after.about, after.made_by, after.made_to, after.made_at):
        return False
    since = after.steps[len(before.steps) :]
    words = next(((step.text, step.due_on) for step in since if step.what == "changed"), (after.text, after.due_on))
    if words != (before.text, before.due_on):
        return False
    return after.status == status_after(after.steps)


def status_after(steps: tuple[PromiseStep, ...]) -> PromiseStatus:
    """How a promise stands after what became of it."""
    if not steps:
        return "open"
    if (what := steps[-1].what) != "reinstated":
        return what
    return "changed" if any(step.what == "changed" for step in steps) else "open"
