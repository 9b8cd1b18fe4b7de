"""Between events as the domain knows them and the text that is stored. Old shapes are brought up to date when they are read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from domain.messages import Event
from eventstore.port import NewEvent, StoredEvent, StoreError, UnknownEventTypeError

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Takes the fields of an event in one schema version and returns them in the next. Registered under (type, from version)."""


class CodecError(StoreError):
    """The event classes and upcasters do not fit together; found when the codec is made, not when an event is read."""


class Codec:
    """Encodes and decodes the events of these classes.

    Raises `CodecError` when two classes share a stored type, or when a class of schema version n lacks an upcaster from one
    of the versions 1 … n-1."""

    def __init__(
        self, event_classes: Iterable[type[Event]], upcasters: Mapping[tuple[str, int], Upcaster] | None = None
    ) -> None:
        self._upcasters = dict(upcasters or {})
        self._classes: dict[str, type[Event]] = {}
        for event_class in event_classes:
            known = self._classes.setdefault(event_class.type, event_class)
            if known is not event_class:
                raise CodecError(f"{known.__qualname__} and {event_class.__qualname__} are both stored as {event_class.type}")
        self._check_upcasters()
        # The validators themselves: `model_validate_json` is a detour that costs as much as parsing a small event.
        self._current: dict[tuple[str, int], Callable[[str], Event]] = {
            (name, event_class.schema_version): event_class.__pydantic_validator__.validate_json
            for name, event_class in self._classes.items()
        }

    def encode(self, event: Event) -> NewEvent:
        """The event as it will be stored; raises `UnknownEventTypeError` for a class that could not be read again."""
        event_class = type(event)
        if self._classes.get(event_class.type) is not event_class:
            raise UnknownEventTypeError(f"{event_class.__qualname__} (stored as {event_class.type}) is not known to this codec")
        return NewEvent(event_class.type, event_class.schema_version, event.model_dump_json(), event.occurred_at)

    def decode(self, stored: StoredEvent) -> Event:
        """The event of a stored one; raises `UnknownEventTypeError` for a type or schema version that is not known, and
        `StoreError` for data that does not fit its type."""
        validate = self._current.get((stored.type, stored.schema_version))
        try:
            return self._upcast(stored) if validate is None else validate(stored.data)
        except ValueError as error:
            raise StoreError(f"{_name(stored)} does not fit its type: {error}") from error

    def _upcast(self, stored: StoredEvent) -> Event:
        event_class = self._classes.get(stored.type)
        if event_class is None or not 1 <= stored.schema_version <= event_class.schema_version:
            raise UnknownEventTypeError(f"{_name(stored)} is not known to this program: upgrade it, or register its class")
        fields = json.loads(stored.data)
        for version in range(stored.schema_version, event_class.schema_version):
            fields = self._upcasters[stored.type, version](fields)
        return self._current[stored.type, event_class.schema_version](json.dumps(fields))

    def _check_upcasters(self) -> None:
        needed = {
            (name, version) for name, event_class in self._classes.items() for version in range(1, event_class.schema_version)
        }
        if missing := sorted(needed - self._upcasters.keys()):
            raise CodecError(f"upcasters are missing for {missing}")
        if idle := sorted(self._upcasters.keys() - needed):
            raise CodecError(f"upcasters lead from versions that no class ever had: {idle}")


def _name(stored: StoredEvent) -> str:
    return f"event {stored.version} of stream {stored.stream} ({stored.type}, schema version {stored.schema_version})"
