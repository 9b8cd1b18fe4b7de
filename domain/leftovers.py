"""Leftovers of an acceptance 验收遗留问题: what is still to come, each with its date and the role that brings it."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from domain.messages import Day, Frozen, Id, Text


class Leftover(Frozen):
    """Something that the customer has accepted without, for now. It goes on to support, so that none is forgotten."""

    leftover: Id
    text: Text
    due_on: Day
    who: Annotated[str, StringConstraints(max_length=40)] = ""
    """The role that brings it; delivery's, as the playbook calls it, when left out."""
