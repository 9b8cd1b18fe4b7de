"""A playbook that is like another: what it does not say itself is taken from the other one, so that only the differences stand
in its file. What is kept in the store is whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LIKE = "like"
"""The key that names the other playbook."""

BY_CODE = "+"
"""At the end of a list's key: `stages+` changes rows of the list `stages` by their code and adds those that are new; without it
a list replaces the other's list."""

ITS_OWN = ("playbook", "version", "name", "serves")
"""What a playbook always says itself."""


def completed(written: Mapping[Any, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """What a file says, completed by what another playbook says."""
    taken = {key: value for key, value in other.items() if key not in ITS_OWN}
    return _merged(taken, {key: value for key, value in written.items() if key != LIKE})


def _merged(base: Mapping[Any, Any], own: Mapping[Any, Any]) -> dict[Any, Any]:
    merged = dict(base)
    for key, value in own.items():
        name = key.removesuffix(BY_CODE) if isinstance(key, str) else key
        had = merged.get(name)
        if name != key and isinstance(value, list) and isinstance(had, list):
            merged[name] = _rows(had, value)
        elif isinstance(value, dict) and isinstance(had, dict):
            merged[name] = _merged(had, value)
        else:
            merged[key] = value  # Also a `+` where the other has no list: it is refused as an unknown word.
    return merged


def _rows(base: list[Any], own: list[Any]) -> list[Any]:
    changes = {row["code"]: row for row in own if isinstance(row, dict) and "code" in row}
    known = [row.get("code") for row in base if isinstance(row, dict)]
    rows = [_merged(row, changes[row["code"]]) if isinstance(row, dict) and row.get("code") in changes else row for row in base]
    return rows + [row for row in own if not (isinstance(row, dict) and row.get("code") in known)]
