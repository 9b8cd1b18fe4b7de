"""All playbook versions at hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from domain.playbook.book import Playbook
from domain.playbook.choosing import MODES, Modes
from domain.playbook.parts import PlaybookRef


class Placed(Protocol):
    """A piece of work, as far as its rules depend on it."""

    @property
    def playbook(self) -> PlaybookRef | None:
        """The playbook version that it lives under."""

    @property
    def owner_unit(self) -> str:
        """The unit that owns it, whose calendar it goes by; empty when there is none."""


class Playbooks:
    """All playbook versions at hand; open work keeps the version that it started under."""

    def __init__(self, playbooks: Iterable[Playbook], tables: Iterable[Modes] = ()) -> None:
        self._tables = {PlaybookRef(name=MODES, version=table.version): table for table in tables}
        self.modes = self._tables[max(self._tables, key=_in_order)] if self._tables else None
        """The newest table of business modes; None when there is none."""
        self._by_ref = {playbook.ref: playbook for playbook in playbooks}
        self._latest: dict[str, Playbook] = {}
        for playbook in self._by_ref.values():
            latest = self._latest.get(playbook.playbook)
            if latest is None or _in_order(playbook.ref) > _in_order(latest.ref):
                self._latest[playbook.playbook] = playbook
        self._of_units: dict[tuple[PlaybookRef, str], Playbook] = {}

    def __contains__(self, ref: object) -> bool:
        return ref in self._by_ref

    def __iter__(self) -> Iterator[Playbook]:
        return iter(self._by_ref.values())

    def get(self, ref: PlaybookRef | None) -> Playbook:
        """That version; without a reference the newest standard one. Raises KeyError for one that is not at hand."""
        return self.latest() if ref is None else self._by_ref[ref]

    def of(self, state: Placed) -> Playbook:
        """The rules that a piece of work lives under: its playbook version, with the calendar of the unit that owns it.

        Raises KeyError for a version that is not at hand."""
        playbook = self.get(state.playbook)
        if not playbook.unit_calendars:
            return playbook
        key = playbook.ref, state.owner_unit
        found = self._of_units.get(key)
        if found is None:
            found = self._of_units[key] = playbook.for_unit(state.owner_unit)
        return found

    def latest(self, name: str = "standard") -> Playbook:
        """The newest version of a playbook; raises KeyError when there is none of that name."""
        return self._latest[name]

    def newest(self) -> Sequence[PlaybookRef]:
        """The newest version of each playbook, in the order of their names, and of the table of business modes if there is one:
        what new work may come under."""
        of_modes = [max(self._tables, key=_in_order)] if self._tables else []
        return [*(self._latest[name].ref for name in self.names()), *of_modes]

    def when_newest_were(self, newest: Iterable[PlaybookRef]) -> Playbooks:
        """The playbooks at hand when these versions were the newest of theirs."""
        bounds = {ref.name: _in_order(ref) for ref in newest}
        tables = [table for ref, table in self._tables.items() if MODES in bounds and _in_order(ref) <= bounds[MODES]]
        kept = (one for one in self if one.playbook in bounds and _in_order(one.ref) <= bounds[one.playbook])
        return Playbooks(kept, tables)

    @property
    def tables(self) -> Sequence[Modes]:
        """Every version of the table of business modes."""
        return list(self._tables.values())

    def names(self) -> Sequence[str]:
        """The names of the playbooks at hand, in order."""
        return sorted(self._latest)


def _in_order(ref: PlaybookRef) -> tuple[list[tuple[int, str]], int]:
    """A version as people count it: 2026.10 comes after 2026.9; then its editions."""
    parts = re.split(r"(\d+)", ref.version)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts], ref.edition
