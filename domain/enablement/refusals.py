"""What is refused about enablements."""

from __future__ import annotations

from domain.refusals import RefusalError


class EnablementRoleError(RefusalError):
    """Another role enables units, or takes that back."""


class OwnEnablementError(RefusalError):
    """Nobody enables a unit at their own asking."""


class NotEnabledError(RefusalError):
    """The unit is not enabled for that product line."""
