"""The activities that workflows call: a thin skin over the command handler and over the delivery to other workflows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from temporalio import activity

from activities.commands import CommandHandler
from activities.shapes import Answer, CommandJson, Refusal, Request

Deliver = Callable[[CommandJson], Awaitable[Refusal | None]]
"""Sends a command to the workflow of its stream; answers the refusal, if there is one."""


class Lifecycle:
    """Activities with their dependencies."""

    def __init__(self, handler: CommandHandler, deliver: Deliver) -> None:
        self._handler = handler
        self._deliver = deliver

    @activity.defn(name="respond")
    async def respond(self, request: Request) -> Answer:
        """Decide one command and record what follows from it; local, because it is short."""
        return await self._handler.respond(request)

    @activity.defn(name="deliver")
    async def deliver(self, command: CommandJson) -> Refusal | None:
        """Take a command to another workflow; a regular activity, so that operators see it and its retries."""
        return await self._deliver(command)
