"""What a decision may ask about enablement 赋能: whether a unit may sell a product line, and which open deals that concerns.

Asked, kept and used like the tickets of `domain.tickets_seen`: only by the decisions that need it, and on record with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from pydantic import AwareDatetime

from domain.messages import Frozen


class EnablementQuestion(Frozen):
    """Is a unit enabled for a product line?"""

    unit: str
    product_line: str


class EnablementSeen(Frozen):
    """What is on record about that."""

    enabled: bool = False
    since: AwareDatetime | None = None
    """Since when, if it is enabled."""
    valid_until: date | None = None
    """The last day of it; None without an end."""


class DealsQuestion(Frozen):
    """Which open deals of a unit sell a product line?"""

    unit: str
    product_line: str


DealsSeen = tuple[str, ...]
"""Projects, in the order of their ids."""

SeeEnablement = Callable[[EnablementQuestion], EnablementSeen]
SeeDeals = Callable[[DealsQuestion], DealsSeen]


def nobody_enabled(_question: EnablementQuestion) -> EnablementSeen:
    """A company in which no unit has been enabled yet."""
    return EnablementSeen()


def no_deals(_question: DealsQuestion) -> DealsSeen:
    """A company that has no deals yet."""
    return ()
