"""Words of an export and ours: ids made from names, known misspellings, and names that differ in spaces or case only."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

SPELLINGS = {"technolgy": "technology", "Philipines": "Philippines"}
"""Misspellings that are known for certain; nothing else is mended."""

LONGEST_ID = 60


def slug(name: str) -> str:
    """An id made from a name: lower-case ASCII letters, digits and hyphens, the same for the same name at any time.

    A name that loses letters on the way (Chinese, or too long) keeps apart from others by a piece of its digest."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", errors="ignore").decode("ascii")
    made = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    lost = any(character.isalnum() and not unicodedata.normalize("NFKD", character)[0].isascii() for character in name)
    if made and not lost and len(made) <= LONGEST_ID:
        return made
    digest = hashlib.sha256(name.encode()).hexdigest()[:10]
    return f"{made[: LONGEST_ID - 11].strip('-')}-{digest}".lstrip("-")


def loosened(name: str) -> str:
    """A name without its spaces and its case."""
    return re.sub(r"\s+", "", name).casefold()


class Spelling:
    """Mends spellings and counts what it has mended."""

    def __init__(self) -> None:
        self.mended: Counter[tuple[str, str]] = Counter()
        """How often each (as written, as taken)."""

    def mend(self, word: str) -> str:
        """The word as it is spelt."""
        right = SPELLINGS.get(word, word)
        return self._counted(word, right)

    def find(self, name: str, known: Iterable[str]) -> str | None:
        """The known name that this one is, if need be with other spaces or case; None when there is none, or more than one."""
        known = list(known)
        if name in known:
            return name
        near = [one for one in known if loosened(one) == loosened(name)]
        return self._counted(name, near[0]) if len(near) == 1 else None

    def _counted(self, written: str, taken: str) -> str:
        if written != taken:
            self.mended[written, taken] += 1
        return taken
