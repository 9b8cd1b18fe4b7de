"""The part of a customer's state that its life is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What keeps a customer awake, and how far it has gone to sleep."""

    use_at: datetime | None = None
    """When it was last seen to use a product of ours."""
