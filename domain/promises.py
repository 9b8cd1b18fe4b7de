"""The promises 承诺 of a project: recorded when they are made, carried through both handoffs until each has ended."""

from __future__ import annotations

from domain.messages import Frozen


class Promise(Frozen):
    """A promise of the sale, as it travels through the handoffs."""

    promise: str
    about: str
    text: str
