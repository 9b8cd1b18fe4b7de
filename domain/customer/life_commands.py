"""What can be asked of a customer's life: what keeps it awake, and whether it is a customer at all."""

from __future__ import annotations

from typing import Literal

from domain.customer.addressed import CustomerCommand
from domain.messages import Text


class RecordUse(CustomerCommand):
    """Record that the customer uses a product of ours, as of `occurred_at`: a login report, a licence check, an upgrade."""

    command: Literal["RecordUse"] = "RecordUse"
    product: Text
    reference: str = ""
    """Where that is seen: a report, a link; nobody's name."""


LifeCommands = RecordUse
