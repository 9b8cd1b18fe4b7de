"""The words between an escalation 升级 and its subject: a ticket, a deal with a product gap, a blueprint with a gap.

The subject begins it, stops its clocks while a customer is waited for, and ends it with itself; the escalation tells each hop
and its outcome. What a subject remembers of its escalations, and what it owes them, is the same for all three, and is here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, ClassVar, Literal

from domain import streams
from domain.cancelling import PartUnwound, unwinding
from domain.clocks import ReleaseClocks
from domain.messages import SYSTEM, Command, Frozen, Id, LongId, own_id
from domain.standing import Begin, Tell

Subject = Literal["ticket", "funnel", "implementation"]
"""What an escalation is about: a ticket, a product gap of a deal, a gap of a blueprint."""

EscalationId = LongId
"""`ticket.T9.1`: what it is about and the how-manieth of that. Longer than other ids, because another id is in it."""

How = Literal["solved", "patch", "workaround", "planned", "not_a_defect"]
"""`solved` on the way up; the others are what the product division answers."""


class Outcome(Frozen):
    """How an escalation ended: solved at a step, or answered by the product division."""

    how: How
    text: str
    """The solution, the workaround, the reason, or what the patch or requirement is."""
    step: str
    by: str
    """Staff id of the one who solved or answered."""
    role: str = ""
    version: str = ""
    """The version that a patch or planned requirement comes with; empty when none was named."""
    expected_on: date | None = None


def named(subject: Subject, of: str, number: int) -> str:
    """The id of the `number`-th escalation (from 1 on) of a piece of work: `ticket.T9.1`."""
    return f"{subject}.{of}.{number}"


def subject_of(escalation: str) -> tuple[Any, str]:
    """What an escalation is about, told by its id: `("ticket", "T9")` of `ticket.T9.1`."""
    subject, _, rest = escalation.partition(".")
    return subject, rest.rpartition(".")[0]


class EscalationCommand(Command):
    """A command to an escalation."""

    escalation: EscalationId

    @property
    def stream(self) -> str:
        """The escalation's stream."""
        return streams.escalation(self.escalation)


class BeginEscalation(EscalationCommand):
    """Begin the escalation of a piece of work, at a step of the ladder."""

    command: Literal["BeginEscalation"] = "BeginEscalation"
    subject: Subject
    of: Id
    """The ticket or project that it is about."""
    step: str
    about: str = ""
    """The criterion or the gap that it is about; empty for a ticket, which is about itself."""
    reason: str
    opens: ClassVar[bool] = True
    internal: ClassVar[bool] = True


class RaiseEscalation(EscalationCommand):
    """Its subject asks for a higher step: move up to it, unless it stands there or higher."""

    command: Literal["RaiseEscalation"] = "RaiseEscalation"
    step: str
    reason: str
    internal: ClassVar[bool] = True


class PauseEscalation(EscalationCommand):
    """Its ticket waits for the customer: the clocks stand still."""

    command: Literal["PauseEscalation"] = "PauseEscalation"
    internal: ClassVar[bool] = True


class ResumeEscalation(EscalationCommand):
    """Its ticket does not wait for the customer any more: the clocks run on."""

    command: Literal["ResumeEscalation"] = "ResumeEscalation"
    internal: ClassVar[bool] = True


class EndEscalation(EscalationCommand):
    """Its subject is resolved, cancelled or decided: nothing is left to escalate."""

    command: Literal["EndEscalation"] = "EndEscalation"
    reason: str
    internal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalated:
    """What a piece of work knows of one of its escalations."""

    id: str
    about: str = ""
    first: str
    """The step that it began at."""
    step: str
    line: str = ""
    since: datetime
    """Since when it is at that step."""
    reason: str
    begun_at: datetime
    asked_by: str = ""
    """Staff id of the one who asked for it; empty for one of a ticket."""
    held: bool = False
    """True when it was begun while the clocks were held."""
    raised: str = ""
    """The reason for which a person asked for a higher step; empty if nobody did."""
    raised_to: str = ""
    raised_at: datetime | None = None
    stills: int = 0
    """How often it has stood still for the customer."""
    still_since: datetime | None = None
    """When it stood still the last time."""
    went_on_at: datetime | None = None
    """When it went on after that; None while it stands still."""
    outcome: Outcome | None = None
    ended_at: datetime | None = None
    """When its subject ended it, because there was nothing left to escalate."""
    why_ended: str = ""

    @property
    def open(self) -> bool:
        """True while neither an outcome has come nor its subject has ended it."""
        return self.outcome is None and self.ended_at is None


Escalations = tuple[Escalated, ...]


def open_one(escalations: Escalations) -> Escalated | None:
    """The latest one that is open."""
    return next((one for one in reversed(escalations) if one.open), None)


def changed(escalations: Escalations, name: str, **fields: Any) -> Escalations:
    """The same escalations, with one of them changed."""
    return tuple(replace(one, **fields) if one.id == name else one for one in escalations)


def ended(escalations: Escalations, at: datetime, why: str) -> Escalations:
    """The same escalations, each open one ended with its subject."""
    return tuple(replace(one, ended_at=at, why_ended=why) if one.open else one for one in escalations)


def owed_to(escalations: Escalations, project: str, held: bool, unwound: PartUnwound | None = None) -> list[Begin | Tell]:
    """What a piece of work owes its escalations, in the order in which they must hear it; `project` may be empty. Of standing
    still and going on only the last words are owed: earlier ones are overtaken by them."""
    return [word for one in escalations for word in _owed(one, project, held, unwound)]


def _owed(one: Escalated, project: str, held: bool, unwound: PartUnwound | None) -> list[Begin | Tell]:
    stream, correlation = streams.escalation(one.id), project or subject_of(one.id)[1]
    link: dict[str, Any] = {"escalation": one.id, "actor": SYSTEM, "correlation_id": correlation}
    words: list[Begin | Tell] = [Begin(command=_begin(one, link))]
    if one.held and not held:
        release = ReleaseClocks(of=stream, command_id=own_id(f"release-{stream}"), actor=SYSTEM, correlation_id=correlation)
        words.append(Tell(command=release, text="clocks released 时钟恢复运行"))
    if one.raised_to:
        name = own_id(f"raise-escalation-{one.id}-{one.raised_to}")
        higher = RaiseEscalation(step=one.raised_to, reason=one.raised, command_id=name, occurred_at=one.raised_at, **link)
        words.append(Tell(command=higher, text="a higher step is asked for 请求升级至更高层级"))
    words += _standing_still(one, link)
    if one.ended_at is not None:
        name = own_id(f"end-escalation-{one.id}")
        end = EndEscalation(reason=one.why_ended, command_id=name, occurred_at=one.ended_at, **link)
        words.append(Tell(command=end, text="nothing left to escalate 无需继续升级"))
    elif unwound is not None and (one.outcome is None or one.outcome.expected_on is not None):
        words.append(unwinding(stream, unwound.reason, unwound.approver, project, unwound.occurred_at))
    return words


def _begin(one: Escalated, link: dict[str, Any]) -> BeginEscalation:
    subject, of = subject_of(one.id)
    return BeginEscalation(
        subject=subject,
        of=of,
        step=one.first,
        about=one.about,
        reason=one.reason,
        command_id=own_id(f"begin-escalation-{one.id}"),
        occurred_at=one.begun_at,
        **link,
    )


def _standing_still(one: Escalated, link: dict[str, Any]) -> list[Tell]:
    if not one.stills:
        return []
    named = own_id(f"pause-escalation-{one.id}-{one.stills}")
    stands = PauseEscalation(command_id=named, occurred_at=one.still_since, **link)
    words = [Tell(command=stands, text="waiting for the customer, clocks stand still 等待客户，时钟暂停")]
    if one.went_on_at is not None:
        named = own_id(f"resume-escalation-{one.id}-{one.stills}")
        goes_on = ResumeEscalation(command_id=named, occurred_at=one.went_on_at, **link)
        words.append(Tell(command=goes_on, text="the clocks run on 时钟恢复"))
    return words


# What the escalation tells its subject


class NoteEscalationHop(Command):
    """The escalation of a ticket has come to a higher step."""

    command: Literal["NoteEscalationHop"] = "NoteEscalationHop"
    ticket: Id
    escalation: EscalationId
    step: str
    internal: ClassVar[bool] = True

    @property
    def stream(self) -> str:
        """The ticket's stream."""
        return streams.ticket(self.ticket)


class NoteEscalationOutcome(Command):
    """The escalation of a ticket is solved or answered."""

    command: Literal["NoteEscalationOutcome"] = "NoteEscalationOutcome"
    ticket: Id
    escalation: EscalationId
    internal: ClassVar[bool] = True

    @property
    def stream(self) -> str:
        """The ticket's stream."""
        return streams.ticket(self.ticket)


class NoteProductAnswer(Command):
    """The product division has answered to the product gap of a deal: that is the evidence which its stage asks for."""

    command: Literal["NoteProductAnswer"] = "NoteProductAnswer"
    project: Id
    escalation: EscalationId
    internal: ClassVar[bool] = True

    @property
    def stream(self) -> str:
        """The funnel's stream."""
        return streams.funnel(self.project)


class NoteGapAnswer(Command):
    """The product division has answered to a gap of the blueprint."""

    command: Literal["NoteGapAnswer"] = "NoteGapAnswer"
    project: Id
    escalation: EscalationId
    internal: ClassVar[bool] = True

    @property
    def stream(self) -> str:
        """The implementation's stream."""
        return streams.implementation(self.project)
