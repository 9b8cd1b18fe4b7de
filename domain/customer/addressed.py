"""Whom a command to a customer is addressed to, and the person who speaks for the customer."""

from __future__ import annotations

from domain import streams
from domain.messages import Command, Frozen, Id, Text


class Contact(Frozen):
    """A person at the customer."""

    name: Text
    role: Text


class CustomerCommand(Command):
    """A command to a customer."""

    customer: Id

    @property
    def stream(self) -> str:
        """The customer's stream."""
        return streams.customer(self.customer)
