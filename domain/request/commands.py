"""What can be asked of a product request."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from domain import streams
from domain.escalating import EscalationId
from domain.messages import Command, Day, Id, Money, Text
from domain.request.terms import Answer


class RequestCommand(Command):
    """A command to a product request."""

    request: Id

    @property
    def stream(self) -> str:
        """The request's stream."""
        return streams.request(self.request)


class RaiseRequest(RequestCommand):
    """Raise a need that was seen at a customer as a request to a product division 产品需求. Its answer has a time box."""

    command: Literal["RaiseRequest"] = "RaiseRequest"
    product_line: Text
    title: Text
    need: Text
    """In the customer's words."""
    customer: Id
    project: Id | None = None
    """The project that needs it, where one does."""
    evidence: Text
    """Where the need shows: minutes, a tender, an escalation."""
    value: Money | None = None
    """What hangs on it at this customer; in CNY, so that it adds up."""
    division: Id | None = None
    """The unit of the product division; the one that the playbook names for the product line when left out."""
    escalation: EscalationId | None = None
    """The escalation whose answer `planned` has become this request."""
    opens: ClassVar[bool] = True


class RecordInsight(RequestCommand):
    """Record what was seen in a market 市场洞察 as the beginning of a request: of an industry, of no one customer. Customers
    that need it join later (JoinRequest)."""

    command: Literal["RecordInsight"] = "RecordInsight"
    product_line: Text
    title: Text
    industry: Text
    region: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    observation: Text
    evidence: Text
    division: Id | None = None
    """The unit of the product division; the one that the playbook names for the product line when left out."""
    opens: ClassVar[bool] = True


class JoinRequest(RequestCommand):
    """Another customer, or another project, has the same need: it stands behind the request too, once each."""

    command: Literal["JoinRequest"] = "JoinRequest"
    customer: Id
    project: Id | None = None
    need: Text
    """In the customer's words."""
    evidence: Text
    value: Money | None = None
    """What hangs on it at this customer; in CNY."""


class AnswerRequest(RequestCommand):
    """The product division answers: planned, with release and day; a workaround; that it exists already; or why not."""

    command: Literal["AnswerRequest"] = "AnswerRequest"
    answer: Answer
    text: Text
    """What is planned, how the workaround goes, where it is already, or the reason why it is declined."""
    release: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    """The release that it is planned for."""
    planned_on: Day | None = None
    """The day on which it is planned to be there."""


class MovePlannedDate(RequestCommand):
    """Plan it for another day, or another release; before and after stay on record."""

    command: Literal["MovePlannedDate"] = "MovePlannedDate"
    planned_on: Day
    release: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    """The same release when left out."""
    reason: Text


class DeliverRequest(RequestCommand):
    """What was planned is there. Each customer behind it gets a next contact, at which its owner tells it."""

    command: Literal["DeliverRequest"] = "DeliverRequest"
    release: Text
    reference: Text
    """Where it is: release notes, a build."""


class ReopenRequest(RequestCommand):
    """The answer does not do, or what was delivered does not meet the need: it is to be answered anew."""

    command: Literal["ReopenRequest"] = "ReopenRequest"
    reason: Text


Commands = RaiseRequest | RecordInsight | JoinRequest | AnswerRequest | MovePlannedDate | DeliverRequest | ReopenRequest
