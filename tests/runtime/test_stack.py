"""A worker ends when it is told to, whatever it has in hand."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from temporalio.worker import Worker

from runtime import stack


class _Holding:
    """A worker that has something in hand which never comes to its end, like one whose store stays away."""

    async def __aenter__(self) -> None:
        pass

    async def __aexit__(self, *_: object) -> None:
        await asyncio.Event().wait()


class _Broken:
    """A worker that has failed: leaving it tells why, as Temporal's own does."""

    told: Any = None

    async def __aenter__(self) -> None:
        pass

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.told = kind
        if kind is asyncio.CancelledError:
            raise RuntimeError("the worker has failed")


async def test_a_worker_with_work_that_never_ends_is_left_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "STOP_WITHIN", 0.01)
    async with asyncio.timeout(5):
        async with stack._until_told(cast(Worker, _Holding())):
            pass


async def test_a_worker_that_fails_says_why() -> None:
    with pytest.raises(RuntimeError, match="the worker has failed"):
        async with stack._until_told(cast(Worker, _Broken())):
            raise asyncio.CancelledError


async def test_a_worker_that_is_told_to_stop_has_nothing_to_explain() -> None:
    worker = _Broken()
    async with stack._until_told(cast(Worker, worker)):
        pass
    assert worker.told is None
