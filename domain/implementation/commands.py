"""What is asked of implementation: its commands."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.escalating import NoteGapAnswer
from domain.implementation.command import ImplementationCommand
from domain.implementation.graph import Unit
from domain.implementation.plan_commands import PlanCommands
from domain.leftovers import Leftover
from domain.messages import Day, Frozen, Id, Money, Text
from domain.promises import LedgerCommands


class StartImplementation(ImplementationCommand):
    """Start: the first plan is baselined from the playbook, in working days from the start."""

    command: Literal["StartImplementation"] = "StartImplementation"
    opens: ClassVar[bool] = True
    internal: ClassVar[bool] = True


class PlanUnits(ImplementationCommand):
    """Name the pilot and roll-out units, before the kick-off is signed: the milestones that the playbook repeats are planned
    for each of them, pilots first. Later, units come and go by a change order."""

    command: Literal["PlanUnits"] = "PlanUnits"
    units: Annotated[tuple[Unit, ...], Field(min_length=1, max_length=50)]


class Deliverable(Frozen):
    """A deliverable with the place where it is."""

    deliverable: Text
    """The code of a deliverable of the playbook."""
    reference: Text


class SubmitDeliverables(ImplementationCommand):
    """Submit deliverables of one or more milestones."""

    command: Literal["SubmitDeliverables"] = "SubmitDeliverables"
    unit: Id | None = None
    """The unit that they are for, where their milestone is repeated for each."""
    deliverables: Annotated[tuple[Deliverable, ...], Field(min_length=1, max_length=50)]


class Review(Frozen):
    """What a reviewer found about one deliverable."""

    deliverable: Text
    """Its code, as it was submitted."""
    verdict: Literal["accepted", "rejected"]
    findings: str = ""
    """What is wrong, for one that is rejected; remarks otherwise."""


class ReviewDeliverables(ImplementationCommand):
    """Review deliverables that somebody else submitted: accept them, or reject them with findings. The reviewer is the one who
    acts, or the one on whose behalf; what is rejected must be submitted again, and what is submitted again reviewed again."""

    command: Literal["ReviewDeliverables"] = "ReviewDeliverables"
    unit: Id | None = None
    """The unit that they are for, where their milestone is repeated for each."""
    reviews: Annotated[tuple[Review, ...], Field(min_length=1, max_length=50)]


class RecordDefects(ImplementationCommand):
    """Record how many defects are open now, by severity from 1 (the worst) to 4; the latest count is the one that counts. A
    severity that is left out stays as it was when some of it were open."""

    command: Literal["RecordDefects"] = "RecordDefects"
    unit: Id | None = None
    """The unit that was tested, where the test is repeated for each."""
    counts: Annotated[dict[Literal["1", "2", "3", "4"], Annotated[int, Field(ge=0, le=1_000_000)]], Field(min_length=1)]
    """The open ones by severity; 0 must be said."""
    reference: Text
    """Where the list is."""


class Signature(Frozen):
    """Who signed, in which role."""

    role: Text
    """The code of a signer of the milestone."""
    signed_by: Text
    """Staff or contact id of the one who signed."""


class SignOffMilestone(ImplementationCommand):
    """Sign a milestone off: all its deliverables are in, the milestones before it are signed, and its signers sign."""

    command: Literal["SignOffMilestone"] = "SignOffMilestone"
    milestone: Text
    """Its code: `M3`, or `M3@pilot` where it is repeated for each unit."""
    unit: Id | None = None
    """The unit, if it is not in the code already."""
    signatures: Annotated[tuple[Signature, ...], Field(min_length=1)]
    completion: Text
    """The proof that the completion mark is reached: minutes, a signed paper."""
    leftovers: Annotated[tuple[Leftover, ...], Field(max_length=200)] = ()
    """With the acceptance: what is still to come, dated. Support takes every one over."""


class OverrideMilestone(ImplementationCommand):
    """Let the project go on past a milestone without what it lacks, until a date. On record for as long as the project is
    known; the milestone is still to be signed off, and after the date nothing behind it is signed until it is."""

    command: Literal["OverrideMilestone"] = "OverrideMilestone"
    milestone: Text
    unit: Id | None = None
    reason: Text
    approver: Id
    """Staff id of the one who approved it; not the one who asks."""
    approver_role: Text
    """In which role: one that the playbook lets approve overrides of milestones."""
    expires_on: Day
    """Until when what is missing is excused."""


class RecordPayment(ImplementationCommand):
    """Record a payment that came in for a milestone; several make up the amount, each with its own reference."""

    command: Literal["RecordPayment"] = "RecordPayment"
    milestone: Text
    """Its code in the playbook."""
    reference: Text
    """The bank's or the ledger's number of it: the same one is not counted twice."""
    amount: Money


class SettlePayment(ImplementationCommand):
    """Say what became of a payment of a cancelled project: collected after all, waived, refunded or kept."""

    command: Literal["SettlePayment"] = "SettlePayment"
    milestone: Text
    how: Literal["collected", "waived", "refunded", "kept"]
    reference: Text
    after_cancelling: ClassVar[bool] = True


class RaiseGap(ImplementationCommand):
    """Take a gap of the blueprint to the product division: an escalation begins at its step of the playbook. Not once the
    blueprint is signed off; then it is a change order."""

    command: Literal["RaiseGap"] = "RaiseGap"
    gap: Id
    requirement: str = ""
    """The requirement that the product does not meet, by its number or name in the blueprint."""
    text: Text
    """What is missing, and what the customer needs."""
    issue: Id | None = None
    """The open issue that it belongs to, if there is one."""


class CompleteHandover(ImplementationCommand):
    """Support has accepted: the last milestone is signed by that."""

    command: Literal["CompleteHandover"] = "CompleteHandover"
    internal: ClassVar[bool] = True


Commands = (
    StartImplementation
    | PlanUnits
    | SubmitDeliverables
    | ReviewDeliverables
    | RecordDefects
    | SignOffMilestone
    | OverrideMilestone
    | RecordPayment
    | SettlePayment
    | CompleteHandover
    | RaiseGap
    | NoteGapAnswer
    | PlanCommands
    | LedgerCommands
)
