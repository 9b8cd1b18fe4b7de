"""A company on a store in memory."""

from __future__ import annotations

import pytest

from eventstore.memory import MemoryStore
from tests.history.office import Office


@pytest.fixture
def office() -> Office:
    return Office(MemoryStore())
