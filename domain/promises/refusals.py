"""What is refused, by name, about promises."""

from __future__ import annotations

from domain.refusals import RefusalError


class PromiseKnownError(RefusalError):
    """A promise of that id is on record; what was promised is never rewritten."""


class PromiseUnknownError(RefusalError):
    """No promise of that id is on record."""


class PromiseEndedError(RefusalError):
    """The promise has ended; how it ended is never rewritten."""


class LedgerElsewhereError(RefusalError):
    """The promises are with another phase of the project now."""


class NothingChangedError(RefusalError):
    """A change of a promise gives other words or another date."""


class ConsentNotTheirsError(RefusalError):
    """Nobody of ours consents for the customer."""
