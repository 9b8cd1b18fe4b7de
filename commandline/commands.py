"""`commands`: the catalogue of commands, for people as a table and for programs as JSON Schemas."""

from __future__ import annotations

import inspect
from typing import Any

from rich.text import Text

from commandline.seam import DONE
from commandline.showing import console, put_json, table
from domain.catalogue import DECIDERS, public_commands
from domain.messages import Command

GENERAL = "any of them 通用"
NAMED = "the phase that `at` names, at 所指阶段"


def commands(as_program: bool) -> int:
    """Print the catalogue; returns the exit code. Asks no server and no store."""
    if as_program:
        put_json({name: {"description": _description(one), "schema": schema(one)} for name, one in public_commands().items()})
        return DONE
    out = console()
    rows = [
        (Text(name, style="bold"), _owner(one), _description(one), ", ".join(_required(one)))
        for name, one in sorted(public_commands().items(), key=lambda item: (_place(item[1]), item[0]))
    ]
    out.print(table(("Command 命令", "Goes to 对象", "What it does 作用", "Required fields 必填"), rows))
    out.print()
    out.print("Every command also takes `actor` (required), `command_id` and `occurred_at`. Schemas: `commands --json`.")
    return DONE


def schema(command: type[Command]) -> dict[str, Any]:
    """The JSON Schema of what a caller writes: the doors need `command` and refuse fields that they do not know."""
    found = command.model_json_schema()
    return {**found, "required": ["command", *found.get("required", [])], "additionalProperties": False}


def _description(command: type[Command]) -> str:
    """The first paragraph of what the command says of itself."""
    return " ".join((inspect.getdoc(command) or "").partition("\n\n")[0].split())


def _required(command: type[Command]) -> list[str]:
    return [field for field in command.model_json_schema().get("required", []) if field != "actor"]


def _owner(command: type[Command]) -> str:
    owners = [str(one.name) for one in DECIDERS.values() if command in one.commands]
    return NAMED if len(owners) > 1 else "".join(owners) or GENERAL


def _place(command: type[Command]) -> int:
    """The order of the lifecycle."""
    return next((place for place, one in enumerate(DECIDERS.values()) if command in one.commands), len(DECIDERS))
