"""What can be wrong with a database before it can be used. Each message is one plain sentence that tells what to do."""

from __future__ import annotations

from eventstore.port import StoreError


class UnknownStoreUrlError(StoreError):
    """The URL names no kind of store that this program knows."""


class DamagedStoreError(StoreError):
    """The database file is damaged; it must be replaced by a backup."""


class ForeignStoreError(StoreError):
    """The database belongs to another program; nothing in it was touched."""


class NewerStoreError(StoreError):
    """The database was written by a newer version of this program."""


class ClosedStoreError(StoreError):
    """The store was closed before the call; a mistake of the caller."""


class RejectedValueError(StoreError):
    """The database does not take a value: a NUL character, a number out of range, a missing column. Do not try again."""
