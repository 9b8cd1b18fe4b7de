"""Writes what concurrent callers ask for together: while one batch is being written, the next is gathered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from eventstore.failures import ClosedStoreError

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Coalescer(Generic[Asked, Answer]):
    """Gathers questions into batches for `write`, which answers each with a value or an exception, in order.

    A lone caller's question goes out at once. A batch of several that fails as a whole is tried again one by one, so that one
    bad question does not fail its neighbours: `write` must therefore be safe to repeat. A caller who is cancelled stops
    waiting; what it asked for goes on."""

    def __init__(self, write: Callable[[Sequence[Asked]], Awaitable[Sequence[Answer | Exception]]], at_most: int = 128) -> None:
        self._write = write
        self._at_most = at_most
        self._waiting: list[tuple[Asked, asyncio.Future[Answer]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._closed = False

    async def ask(self, asked: Asked) -> Answer:
        """The answer to one question; raises the exception that it was answered with."""
        if self._closed:
            raise ClosedStoreError("the event store is closed")
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, future))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all(), name="event store writer")
        return await future

    async def close(self) -> None:
        """Take no more questions and wait until those asked are answered."""
        self._closed = True
        if self._writer is not None:
            await asyncio.shield(self._writer)

    async def _write_all(self) -> None:
        batch: list[tuple[Asked, asyncio.Future[Answer]]] = []
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self._at_most], self._waiting[self._at_most :]
                answers = await self._answers([asked for asked, _ in batch])
                for (_, future), answer in zip(batch, answers, strict=True):
                    _settle(future, answer)
        finally:
            self._writer = None
            # Only a cancelled writer leaves callers behind: the loop is ending, and they must not wait for ever.
            for _, future in (*batch, *self._waiting):
                future.cancel()
            self._waiting = []

    async def _answers(self, batch: Sequence[Asked]) -> Sequence[Answer | Exception]:
        try:
            return await self._write(batch)
        except Exception as error:
            if len(batch) == 1:
                return [error]
        return [(await self._answers([asked]))[0] for asked in batch]


def _settle(future: asyncio.Future[Answer], answer: Answer | Exception) -> None:
    if future.done():
        return  # Its caller was cancelled.
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
