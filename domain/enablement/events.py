"""What happens to the enablements of a unit."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from domain.clocks import ClocksReleased
from domain.enablement.commands import Competence
from domain.messages import Event
from domain.origin import Origin


class UnitEnabled(Event):
    """A unit may sell a product line."""

    type: ClassVar[str] = "UnitEnabled"
    origin: Origin
    """With the playbook version of this very enabling: its announcements and roles go by that until the next one."""
    product_line: str
    number: int
    """1, 2, 3 … in its stream: each enabling and each renewal."""
    evidence: tuple[Competence, ...]
    valid_until: date | None
    """The last day; None without an end."""
    by: str
    """Staff id of the one who enabled it."""
    role: str
    asked_by: str = ""
    renewed: bool = False
    """True when it was enabled until then as well."""


class EnablementExpiring(Event):
    """The end of an enablement is near."""

    type: ClassVar[str] = "EnablementExpiring"
    number: int
    product_line: str
    valid_until: date
    days: int
    """Calendar days to its last day."""
    who: str
    """The role that renews it."""


class EnablementExpired(Event):
    """The last day of an enablement is over; `occurred_at` is the end of that day."""

    type: ClassVar[str] = "EnablementExpired"
    number: int
    product_line: str
    valid_until: date
    who: str
    """The role that renews it."""


class EnablementWithdrawn(Event):
    """An enablement is taken back."""

    type: ClassVar[str] = "EnablementWithdrawn"
    number: int
    product_line: str
    reason: str
    by: str
    role: str


class OpenDealsTold(Event):
    """The open deals of the unit that the change of an enablement concerns are owed word of it."""

    type: ClassVar[str] = "OpenDealsTold"
    product_line: str
    number: int
    """1, 2, 3 … in its stream: each change that was told."""
    deals: tuple[str, ...]
    """Projects."""


Events = UnitEnabled | EnablementExpiring | EnablementExpired | EnablementWithdrawn | OpenDealsTold | ClocksReleased
