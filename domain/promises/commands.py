"""What is asked of the promise ledger: the same commands wherever it is at home."""

from __future__ import annotations

from typing import Literal

from domain.messages import Command, Day, Id, Text
from domain.phases import phase_stream
from domain.playbook import Phase
from domain.promises.promise import About


class LedgerCommand(Command):
    """A command to the promise ledger of a project, wherever that is."""

    project: Id
    promise: Id
    at: Phase
    """The phase that holds the ledger: it lies with exactly one, and every other refuses and says which one it is."""

    @property
    def stream(self) -> str:
        """The stream of the phase that holds the ledger."""
        return phase_stream(self.project, self.at)


class RecordPromise(LedgerCommand):
    """Record a promise made to the customer; it travels through both handoffs until it has ended."""

    command: Literal["RecordPromise"] = "RecordPromise"
    at: Phase = "funnel"
    about: About
    text: Text
    made_by: str = ""
    """Staff id of the one who made it; the actor when left out."""
    made_to: str = ""
    """Who at the customer it was made to: a contact or a role."""
    due_on: Day | None = None
    """The last day on which it is kept in time."""


class KeepPromise(LedgerCommand):
    """The promise is kept 已兑现: say where the proof is."""

    command: Literal["KeepPromise"] = "KeepPromise"
    reference: Text


class ChangePromise(LedgerCommand):
    """Change the wording of a promise, its date, or both, with the customer's consent 经客户同意变更. What was promised before
    has ended with that; the new wording goes on under the same id."""

    command: Literal["ChangePromise"] = "ChangePromise"
    text: Text | None = None
    """The new wording; as before when left out."""
    due_on: Day | None = None
    """The new date; as before when left out."""
    consent: Text
    """Where the customer's consent is: a letter, signed minutes."""
    consented_by: Text
    """Who at the customer agreed; never the one who asks."""


class BreakPromise(LedgerCommand):
    """The promise is broken 未兑现: say why. It stays on record as broken."""

    command: Literal["BreakPromise"] = "BreakPromise"
    reason: Text


LedgerCommands = RecordPromise | KeepPromise | ChangePromise | BreakPromise
