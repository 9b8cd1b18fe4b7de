"""The playbooks, for reading: parsed once, and again only when the store keeps a version that is new."""

from __future__ import annotations

from domain.playbook import Playbooks
from runtime.composition import Core
from runtime.playbooks import shelved


class Shelf:
    """Every playbook version that the store keeps."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._known: frozenset[tuple[str, str]] = frozenset()
        self._playbooks = Playbooks(())

    async def playbooks(self) -> Playbooks:
        """All versions kept by now, also those that another program has just brought. Costs one query.

        Raises `PlaybookError` for one that cannot be read."""
        kept = await self._core.store.playbooks()
        if not kept:
            return await self._core.playbooks()
        versions = frozenset((name, version) for name, version, _ in kept)
        if versions != self._known:
            self._playbooks = shelved(kept)
            self._known = versions
        return self._playbooks

    async def time_zone(self) -> str:
        """The business's time zone (an IANA name), in which a date without one is read."""
        return (await self.playbooks()).latest().calendar.time_zone
