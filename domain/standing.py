"""Where a piece of work stands, as people and workflows need to know it. Computed from state alone, never from a clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, SerializeAsAny

from domain.messages import Command, Event, Frozen, Health, Name


class Unmet(Frozen):
    """One thing that is still missing, and who can bring it."""

    code: str
    name: Name
    who: str = ""
    """The role that must act."""


class Proof(Frozen):
    """A piece of evidence, a deliverable or a checklist item on record, as a decision record names it."""

    id: str
    """Unique in its stream, for ever."""
    what: str
    """The code of what it proves."""
    reference: str = ""
    given_by: str = ""


class Stay(Frozen):
    """One stay in a stage, from its entry to its leaving."""

    entry: int
    """1, 2, 3 … in its stream: a stage that is entered again is another stay."""
    stage: str
    entered_at: AwareDatetime
    left_at: AwareDatetime | None = None
    """None for the stage where it stands now."""
    dwell: int | None = None
    """Working minutes, as the event that ended the stay says; None while it lasts, or where none was recorded."""
    how: str = ""
    """How it ended: `advanced`, `overridden`, `skipped`, `returned`, …"""


class Override(Frozen):
    """A gate that was passed without its proofs 特批放行: who asked, who approved, until when, and what became of it."""

    number: int
    """1, 2, 3 … in its stream."""
    gate: str
    """The stage or milestone that was left."""
    missing: tuple[str, ...]
    """The codes of what was missing then."""
    reason: str
    asked_by: str = ""
    """Staff id of the one who asked."""
    approver: str
    given_at: AwareDatetime
    expires_on: date
    outcome: Literal["open", "settled", "expired"] = "open"
    """`settled` when everything that was missing came, `expired` when it had not come by `expires_on`."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A moment at which a fact comes true by itself unless something happens before.

    `name` is derived from the business (`stage-F3-overdue-1`), so that it is the same after a restart, a restore or a
    continue-as-new; the command id of the judgement is made of it."""

    name: str
    at: AwareDatetime
    text: str
    fact: Event
    dated: bool = False
    """True for a date that is on record as it is, or counted in calendar days: no holiday that is announced later moves it."""
    provisional: str = ""
    """Why `at` may still move, filled in by the decider for every clock alike."""

    def deadline(self, zone: tzinfo | None = None) -> Deadline:
        """The clock as it is shown and waited for, with its moment in a zone if one is given."""
        at = self.at.astimezone(zone) if zone else self.at
        return Deadline(name=self.name, at=at, text=self.text, provisional=self.provisional)


class Deadline(Frozen):
    """The next moment that a workflow waits for; `text` is what operators read beside the timer."""

    name: str
    at: AwareDatetime
    text: str
    provisional: str = ""
    """Why `at` may still move, in one sentence in both languages: a year's holidays that are not announced yet."""


class Begin(Frozen):
    """A workflow to be started as a child, with its first command."""

    command: SerializeAsAny[Command]


class Tell(Frozen):
    """A command that another aggregate is owed because of what happened here."""

    command: SerializeAsAny[Command]
    text: str
    """What operators read beside the delivery."""
    to_many: bool = False
    """True for a word of a fan-out: who of them is told before whom does not matter. Several are told at once, and where they
    are more than a few, the command that has caused them is answered without waiting for it."""


HEALTH_NAMES: Mapping[str, Name] = {
    "ok": Name(en="ok", zh="正常"),
    "at-risk": Name(en="at risk", zh="有风险"),
    "overdue": Name(en="overdue", zh="逾期"),
    "blocked": Name(en="blocked", zh="受阻"),
}
"""What people call the health of a piece of work."""
OUTCOME_NAMES: Mapping[str, Name] = {
    "open": Name(en="in force", zh="有效"),
    "settled": Name(en="settled", zh="已补齐"),
    "expired": Name(en="expired, owed again", zh="已到期，须补"),
}
"""What has become of an override."""


class View(Frozen):
    """What an aggregate says about where it stands. `code` is the stage, milestone or status."""

    code: str
    name: Name
    phase: str
    closed: bool
    """True when nothing more is waited for: the workflow may end. A later command starts it again."""
    waiting_for: str = ""
    """The role that must act next; empty when nobody has to."""
    duty: str = ""
    """The role that has the duty for the work meanwhile, where two sides share it: a handoff's giver until the acceptance."""
    due_at: AwareDatetime | None = None
    provisional: str = ""
    """Why `due_at` may still move, in one sentence in both languages: a year's holidays that are not announced yet."""
    health: Health = "ok"
    needs_human: bool = False
    reason: str = ""
    """Why a person is needed, in one sentence in both languages; never a name, a price or a customer's words."""
    missing: Annotated[tuple[Unmet, ...], Field(default_factory=tuple)]
    overrides: Annotated[tuple[Override, ...], Field(default_factory=tuple)]
    """Every gate that was passed without its proofs, with who let it pass, why, until when, and what has become of it."""
    outlook: str = ""
    """Where a plan is heading, in both languages: expected dates, and what has put them off the farthest."""
    customer: str = ""
    project: str = ""
    value_class: str = ""
    owner_unit: str = ""

    @property
    def title(self) -> str:
        """What people call where it stands: a stage or milestone with its code, a status in words alone."""
        return f"{self.code}: {self.name}" if self.code.partition("@")[0].isupper() else str(self.name)
