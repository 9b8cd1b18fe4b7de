"""From what a caller wrote to a command: the strict reading that every door shares."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from domain.catalogue import public_commands
from domain.messages import AT_THE_DOOR, COMMAND_ID_PATTERN, ID_PATTERN, LONG_ID_PATTERN, OWN_IDS, ActorKind, Command, Name
from domain.refusals import RefusalError
from domain.standing import Unmet

NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""A NUL character as JSON text escapes it. A database that refuses it would leave the workflow trying for ever."""
CONTROL = re.compile(r"(?<!\\)(?:\\\\)*(\\[bf]|\\u00(?:[01][0-9a-f]|7f|[89][0-9a-f]))")
"""Any other control character but the ends of lines and tabs. A terminal that a history is shown on would obey it."""

TOO_DEEP = "The JSON is nested too deep for a command."
HALF = "A text holds half a character (a lone surrogate such as \\ud800); write the whole character, or leave it out."


class InvalidCommandError(RefusalError):
    """What was written is not a command: a field is missing, unknown or wrong."""


class UnknownCommandError(InvalidCommandError):
    """There is no command of that name."""


def parse(written: object) -> Command:
    """The command that a JSON object writes.

    Raises `UnknownCommandError` or `InvalidCommandError`, whose `unmet` names each wrong field; nothing is guessed."""
    if not isinstance(written, Mapping):
        raise InvalidCommandError("A command is a JSON object with a `command` field.")
    commands = public_commands()
    name = written.get("command")
    if not isinstance(name, str) or name not in commands:
        raise UnknownCommandError(_unknown(name, list(commands)))
    text = json.dumps(written)
    check_text(text)
    try:
        command = commands[name].model_validate_json(text, strict=True, extra="forbid", context=AT_THE_DOOR)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        if any(problem["type"] == "json_invalid" for problem in problems):
            raise InvalidCommandError(TOO_DEEP if "recursion" in str(error) else HALF) from None
        # A list whose items are wrong is found too short as well: only the innermost fault is told.
        inner = [p for p in problems if not any(q["loc"][: len(p["loc"])] == p["loc"] != q["loc"] for q in problems)]
        wrong = [_wrong(dict(problem)) for problem in inner]
        raise InvalidCommandError(f"{name} is not well formed: {'; '.join(w.name.en for w in wrong)}.", wrong) from None
    check_caller(command)
    return command


def check_text(text: str) -> None:
    """Raises `InvalidCommandError` for characters, escaped in JSON text, that a store or a terminal must not be given."""
    if NUL.search(text):
        raise InvalidCommandError("A text holds a NUL character (\\u0000), which no database keeps; leave it out.")
    if found := CONTROL.search(text):
        raise InvalidCommandError(f"A text holds a control character ({found[1]}), which a terminal would obey; leave it out.")


def check_caller(command: Command) -> None:
    """Raises `InvalidCommandError` for a caller's command that claims to be of the system itself."""
    if command.actor.kind is ActorKind.SYSTEM:
        raise InvalidCommandError("actor.kind `system` is Throughline itself; use `person` or `integration`.")
    if command.command_id is not None and command.command_id.startswith(OWN_IDS):
        raise InvalidCommandError(f"A command_id that begins with `{OWN_IDS}` is Throughline's own; take another.")


def _unknown(name: object, known: list[str]) -> str:
    if not isinstance(name, str) or not name:
        return "The field `command` must name a command; `python starter.py commands` lists them."
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]}?" if near else "`python starter.py commands` lists them."
    return f"There is no command {name[:80]!r}; {hint}"


def _wrong(problem: dict[str, Any]) -> Unmet:
    place = ".".join(str(part) for part in problem["loc"]) or "command"
    reason = reason_of(problem)
    match problem["type"]:
        case "missing":
            text, zh = f"{place} is missing", f"缺少 {place}"
        case "extra_forbidden":
            text, zh = f"{place} is not a field of this command", f"没有字段 {place}"
        case _:
            text, zh = f"{place}: {reason}", f"{place} 不正确"
    return Unmet(code=place, name=Name(en=text[:500], zh=zh[:500]))


PATTERNS = {
    ID_PATTERN: "an id has 1 to 64 letters A-Z, digits, `.`, `_` and `-`, and begins with a letter or digit",
    LONG_ID_PATTERN: "an id with another in it has 1 to 96 letters A-Z, digits, `.`, `_` and `-`, as in `C7.1`",
    COMMAND_ID_PATTERN: "a command id has 1 to 200 ASCII characters and no spaces",
}
"""What a text must look like, in words."""


def reason_of(problem: Mapping[str, Any]) -> str:
    """Why a field is wrong, of one of pydantic's errors, in words for whoever has written it."""
    told = str(problem["msg"]).removeprefix("Value error, ")
    match problem["type"]:
        case "string_pattern_mismatch":
            return PATTERNS.get(problem["ctx"]["pattern"], told)
        case "string_too_short" | "too_short":
            return "it must not be empty"
        case "timezone_aware":
            return "give its time zone too, as in 2026-03-02T09:00:00+08:00"
        case "date_type" | "date_from_datetime_parsing" | "date_from_datetime_inexact":
            return "write a date such as 2026-03-02"
        case _:
            return told
