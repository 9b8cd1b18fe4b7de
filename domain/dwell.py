"""How long deals usually stay in a stage: learned from the events, asked for by the decisions that need it."""

from __future__ import annotations

from collections.abc import Callable

from domain.messages import Frozen


class UsualDwell(Frozen):
    """The usual dwell of a stage: the median of the deals that left it last."""

    working_minutes: int
    of: int
    """How many deals it was learned from; whether that is enough, the playbook says."""


UsualDwells = Callable[[str, str, str], UsualDwell | None]
"""(stage, value class, name of the playbook) -> the usual dwell there; None when no deal has left that stage yet."""


def nothing_learned(_stage: str, _value_class: str, _playbook: str) -> UsualDwell | None:
    """A company that has learned nothing yet."""
    return None
