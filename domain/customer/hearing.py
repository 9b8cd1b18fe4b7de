"""What a customer hears of the product requests 产品需求 that it stands behind: what it has asked for is there, and its owner
is to tell it, as its next contact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from domain import streams
from domain.messages import Event
from domain.origin import known
from domain.refusals import NotFoundError
from domain.requesting import NoteDelivery

if TYPE_CHECKING:
    from domain.customer.state import State
    from domain.decider import Context


class NeedDelivered(Event):
    """What the customer has asked of a product division is delivered: it is told at its next contact, by that day."""

    type: ClassVar[str] = "NeedDelivered"
    request: str
    delivery: int
    release: str
    on: date
    who: str
    """The role that tells it."""

    @property
    def key(self) -> str:
        """What makes it once and for all the same news."""
        return f"{self.request}#{self.delivery}"


def looks_at(command: NoteDelivery) -> tuple[str, ...]:
    """Word of a delivery is checked where it is recorded."""
    return (streams.request(command.request),)


def note(command: NoteDelivery, state: State, context: Context) -> Sequence[Event]:
    """The next contact is to tell of a delivery; of a duplicate, the one that stands for it takes the contact over. An invalid
    customer is not called for it."""
    told = known(context.seen.get(streams.request(command.request)), f"request {command.request}", "check the id")
    delivered = told.delivered
    if delivered is None or command.customer not in delivered.customers or command.delivery > delivered.delivery:
        raise NotFoundError(f"The request {command.request} has delivered nothing to {command.customer}: deliver it first.")
    noted = NeedDelivered(
        occurred_at=context.at,
        request=command.request,
        delivery=command.delivery,
        release=delivered.release,
        on=command.tell_by,
        who=context.rules(state).customers.owner,
    )
    return [] if state.status == "invalid" or noted.key in state.heard else [noted]
