"""What a run has shown of itself in Temporal's lists, and when that is worth an upsert."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, get_args

from temporalio.common import SearchAttributeUpdate

from domain.messages import Health
from domain.standing import View
from workflows import display, names

BACK_AND_FORTH = 12
"""How often work may go back to what it has shown before until it is shown hazily. An ordinary ticket waits once or twice."""

WORSE: Final = get_args(Health)
"""Healths, the worse the later."""


class Showing:
    """The search attributes of a run.

    Work that goes back and forth without end, a ticket that waits for its customer a hundred times, would pay an upsert for
    each turn. After some turns it is shown hazily: the worst of its healths, that a person should look if one should at either
    end, and no stage, date or role, because the next moment would make them untrue. What is exact is told by the read models,
    the query and Current Details. As soon as it is in a state that it has not been in, everything is shown again."""

    def __init__(self, view: View | None, turns: int | None) -> None:
        """`view` has been shown by the starter. `turns` counts how often it has gone back so far; None never counts."""
        exactly = view if not turns or turns <= BACK_AND_FORTH else None  # an earlier run may have shown it hazily
        self._shown: display.Attributes = display.attributes(exactly) if exactly else {}
        self._faces = {_face(self._shown)} if exactly else set()
        self.turns = turns

    def updates(self, view: View) -> Sequence[SearchAttributeUpdate[Any]]:
        """What must be upserted so that the lists show this view."""
        wanted = self._told(display.attributes(view))
        changes = display.changes(self._shown, wanted)
        self._shown = wanted
        return changes

    def _told(self, exact: display.Attributes) -> display.Attributes:
        if self.turns is None:
            return exact
        face = _face(exact)
        if face not in self._faces or face == _face(self._shown):
            self._faces.add(face)
            return exact
        self.turns += 1
        return self._hazily(exact) if self.turns > BACK_AND_FORTH else exact

    def _hazily(self, exact: display.Attributes) -> display.Attributes:
        health, person = names.HEALTH.name, names.NEEDS_HUMAN.name
        unsaid = dict.fromkeys((names.STAGE.name, names.WAITING_FOR.name, names.DUE_AT.name))
        worst = max(exact[health], self._shown.get(health) or exact[health], key=WORSE.index)
        return exact | unsaid | {health: worst, person: bool(exact[person] or self._shown.get(person))}


def _face(attributes: display.Attributes) -> tuple[tuple[str, Any], ...]:
    """What tells one state from another: everything but the date, which is another one at each turn."""
    return tuple(sorted((name, value) for name, value in attributes.items() if name != names.DUE_AT.name))
