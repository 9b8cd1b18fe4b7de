"""Reading playbooks from YAML files, and keeping each version in the store. A wrong file is told by file, line and place."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import structlog
import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain.calendars import LIBRARY
from domain.catalogue import EVENTS
from domain.playbook import Modes, Playbook, PlaybookRef, Playbooks
from domain.playbook.choosing import MODES, rivals
from domain.playbook.editions import content, first_edition, is_behind, news, next_edition
from domain.telling import never_heard
from eventstore.port import EventStore
from runtime.likeness import LIKE, completed

logger = structlog.get_logger(__name__)

MODES_FILE = "modes.yaml"
"""The table of business modes, beside the playbooks."""

Whole = TypeVar("Whole", bound=BaseModel)
"""What a file holds: a playbook, or the table of modes."""

Place = tuple[str, ...]
"""The way to a value inside a file: keys and list positions."""


class PlaybookError(Exception):
    """Something is wrong with the playbooks; the message has one problem a line, in words for the person who wrote them."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def load_playbooks(folder: Path, kept: Iterable[Playbook] = ()) -> list[Playbook]:
    """Every playbook in the `*.yaml` files of a folder, in the order of the file names.

    A file that is `like` another playbook is completed by the newest version of that in the folder; one whose version is among
    the `kept` ones stays like the version that it was kept with, because a file that nobody has touched is no other playbook.

    Raises `PlaybookError` with every problem of every file, each as `file:line: place: reason`."""
    if not folder.is_dir():
        raise PlaybookError([f"{folder}: there is no such folder; it should hold the playbooks as *.yaml files"])
    problems = [f"{path}: rename it to end in .yaml, or it is not read" for path in sorted(folder.glob("*.yml"))]
    paths = [path for path in sorted(folder.glob("*.yaml")) if path.name != MODES_FILE]
    read: dict[Path, Playbook] = {}
    likes: list[tuple[_File, dict[str, Any]]] = []
    for path in paths:
        try:
            file, written = _parse(path)
            if LIKE in written:
                likes.append((file, written))
            else:
                read[path] = _checked(file, written, Playbook)
        except PlaybookError as error:
            problems += error.problems
    whole, known = Playbooks(read.values()), tuple(kept)
    for file, written in likes:
        try:
            read[file.path] = _as_kept(file, written, known) or _checked(file, _completed(file, written, whole), Playbook)
        except PlaybookError as error:
            problems += error.problems
    loaded = [read[path] for path in paths if path in read]
    sources: dict[PlaybookRef, Path] = {}
    for path in (path for path in paths if path in read):
        playbook = read[path]
        if first := sources.get(playbook.ref):
            problems.append(f"{path}: {playbook.ref} is described in {first} already; give one of them another version")
        sources.setdefault(playbook.ref, path)
        problems += [f"{path}: {wrong}" for wrong in never_heard(playbook, EVENTS)]
    if not loaded and not problems:
        problems.append(f"{folder}: the folder holds no *.yaml file, so there is no playbook to work by")
    newest = Playbooks(loaded)
    for one, other, served in rivals([newest.latest(name) for name in newest.names()]):
        problems.append(
            f"{sources[one.ref]} and {sources[other.ref]}: {one.ref} and {other.ref} would both serve {served};"
            " let one of them serve something else, or name more under `serves`"
        )
    if problems:
        raise PlaybookError(problems)
    return loaded


def load_modes(folder: Path) -> Modes | None:
    """The table of business modes in `modes.yaml`; None when there is no such file, or no mode in it.

    Raises `PlaybookError` with every problem of it, as `file:line: place: reason`."""
    path = folder / MODES_FILE
    if not path.exists():
        return None
    table = _checked(*_parse(path), Modes)
    return table if table.modes else None


def document(playbook: Playbook | Modes) -> str:
    """A playbook or a table of modes as canonical JSON: the same one always gives the same text."""
    return json.dumps(playbook.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_document(text: str) -> Playbook:
    """The playbook of a text that `document` made. Raises `PlaybookError` when this program cannot read it."""
    return _from(text, Playbook)


def _from(text: str, kind: type[Whole]) -> Whole:
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        raise PlaybookError([f"{_dotted(_place(e))}: {_reason(e)}" for e in error.errors()]) from None


async def keep_playbooks(
    store: EventStore, loaded: list[Playbook], year: int | None = None, modes: Modes | None = None
) -> Playbooks:
    """Keep every loaded version in the store for good, and return all versions that are kept there, older ones included.

    What is kept holds the public holidays of the years around `year` (this one) too; where more is known of them than when the
    latest edition was kept, the next edition is kept, and the log says so.

    Raises `PlaybookError` when a loaded playbook differs from the one that is kept under its name and version, because open
    work goes on under the kept one, and when a kept one cannot be read; `StoreUnavailableError` from the store."""
    today = datetime.now(UTC).year if year is None else year
    kept = await kept_playbooks(store)
    problems: list[str] = []
    for playbook in loaded:
        editions = [one for one in kept if (one.playbook, one.version) == (playbook.playbook, playbook.version)]
        latest = max(editions, key=lambda one: one.edition, default=None)
        # Compared as playbooks: another spelling of the same content, or a field that is new with a default, is no change.
        while latest is None or content(latest) == playbook:
            wanted = first_edition(playbook, today) if latest is None else next_edition(latest, today)
            if wanted is None:
                break
            latest = await _keep(store, wanted, latest)
        else:
            problems.append(
                f"{playbook.ref}: its content differs from the kept {latest.ref}; "
                "a changed playbook needs a new version, because open work keeps the version that it started under"
            )
        if latest is not None:
            _tell_of(latest)
    if modes is not None:
        problems += await _keep_modes(store, modes)
    if problems:
        raise PlaybookError(list(dict.fromkeys(problems)))
    return await kept_playbooks(store)


async def _keep_modes(store: EventStore, modes: Modes) -> Sequence[str]:
    """Keep a version of the table of business modes; the problems, if another one is kept under its number."""
    kept = _from(await store.save_playbook(MODES, modes.version, document(modes)), Modes)
    if kept == modes:
        return ()
    return [
        f"{MODES_FILE}: version {modes.version} differs from the kept one of that number; a changed table needs a new version"
    ]


async def _keep(store: EventStore, wanted: Playbook, before: Playbook | None) -> Playbook:
    """Keep an edition; returns the one that is kept under its number, which another worker may have brought first."""
    text = await store.save_playbook(wanted.playbook, wanted.ref.version_and_edition, document(wanted))
    kept = from_document(text)
    if kept == wanted and before is not None:
        logger.warning("a new edition of a playbook", edition=str(kept.ref), learned=list(news(before, kept)))
    return kept


def _tell_of(latest: Playbook) -> None:
    if latest.edition > 1:
        logger.info("new projects get this edition; open ones keep theirs until they are moved", edition=str(latest.ref))
    if is_behind(latest):
        told = {"edition": str(latest.ref), "kept_with": latest.holidays, "here": LIBRARY}
        logger.warning("the holidays that are kept come from a newer library than this worker's; the kept ones count", **told)


async def kept_playbooks(store: EventStore) -> Playbooks:
    """All versions that are kept in the store; none before a worker has run on it. Nothing is written.

    Raises `PlaybookError` when a kept one cannot be read; `StoreUnavailableError` from the store."""
    return shelved(await store.playbooks())


def shelved(kept: Iterable[tuple[str, str, str]]) -> Playbooks:
    """The playbooks and tables of modes that a store keeps as (name, version, document).

    Raises `PlaybookError` when one cannot be read."""
    problems: list[str] = []
    rows = list(kept)
    known = [_kept(f"{name}@{version}", text, Playbook, problems) for name, version, text in rows if name != MODES]
    tables = [_kept(f"{name}@{version}", text, Modes, problems) for name, version, text in rows if name == MODES]
    if problems:
        raise PlaybookError(problems)
    return Playbooks((one for one in known if one is not None), (table for table in tables if table is not None))


def _kept(ref: str, text: str, kind: type[Whole], problems: list[str]) -> Whole | None:
    """A kept playbook or table, or None with its problems added to the list."""
    try:
        return _from(text, kind)
    except PlaybookError as error:
        problems += [f"the kept {ref} cannot be read by this version of the program: {each}" for each in error.problems]
        return None


@dataclass(frozen=True, slots=True)
class _File:
    """A playbook file while it is being read."""

    path: Path
    lines: dict[Place, int]

    def problem(self, place: Place, reason: str, line: int | None = None) -> str:
        """`file:line: place: reason`; the line is that of the place, or of what holds it when the place is missing."""
        near = place
        while near and near not in self.lines:
            near = near[:-1]
        where = f"{self.path}:{line or self.lines.get(near, 1)}"
        return f"{where}: {_dotted(place)}: {reason}" if place else f"{where}: {reason}"


class _Loader(yaml.SafeLoader):
    """Safe loading that tells the line of a value that looks like a date or a number but is none (2026-02-30)."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, TypeError, AttributeError, LookupError):  # what PyYAML's own constructors stumble over
            problem = (
                f"{node.value!r} is no {node.tag.rpartition(':')[2]}" if isinstance(node, yaml.ScalarNode) else "unreadable"
            )
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark) from None


def _parse(path: Path) -> tuple[_File, dict[str, Any]]:
    file = _File(path, {})
    text = _text(file)
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                raise PlaybookError([file.problem((), "the file is empty")])
            if twins := list(_walk(node, (), file, set())):
                raise PlaybookError(twins)
            content = loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise PlaybookError([_syntax(file, text, error)]) from None
    except RecursionError:
        raise PlaybookError([file.problem((), "the file is nested too deep")]) from None
    if not isinstance(content, dict):
        raise PlaybookError([file.problem((), "a playbook is a list of `key: value` lines; this file holds something else")])
    return file, content


def _as_kept(file: _File, written: dict[str, Any], kept: Sequence[Playbook]) -> Playbook | None:
    """The kept playbook that a `like` file still describes, with one of the kept versions of the other; None without one."""
    own = [content(one) for one in kept if (one.playbook, one.version) == (written.get("playbook"), written.get("version"))]
    others = [one for one in kept if own and one.playbook == written[LIKE] and one.edition == 1]
    for other in others:
        with contextlib.suppress(PlaybookError):
            if (whole := _checked(file, completed(written, _taken_over(other)), Playbook)) in own:
                return whole
    return None


def _completed(file: _File, written: dict[str, Any], whole: Playbooks) -> dict[str, Any]:
    """What a file says, completed by the newest version of the playbook that it is like."""
    other = written[LIKE]
    if other not in whole.names():
        there = ", ".join(whole.names()) or "none"
        raise PlaybookError(
            [file.problem((LIKE,), f"no file describes the whole of a playbook {other!r}; those that do: {there}")]
        )
    return completed(written, _taken_over(whole.latest(other)))


def _taken_over(other: Playbook) -> dict[str, Any]:
    return content(other).model_dump(mode="json", exclude={"edition", "holidays"})


def _checked(file: _File, written: dict[str, Any], kind: type[Whole]) -> Whole:
    try:
        whole = kind.model_validate(written)
    except ValidationError as error:
        raise PlaybookError([file.problem(_place(e), _reason(e)) for e in error.errors()]) from None
    if isinstance(whole, Playbook) and (problems := list(_written_by_the_program(whole, file))):
        raise PlaybookError(problems)
    return whole


def _written_by_the_program(playbook: Playbook, file: _File) -> Iterator[str]:
    """What makes an edition is not for people to write."""
    if "+" in playbook.version:
        yield file.problem(("version",), "a version has no +; what follows one is the edition, which the program counts")
    for key in sorted(playbook.model_fields_set & {"edition", "holidays"}):
        yield file.problem((key,), "is written by the program when it keeps the playbook; leave it out")
    for name, calendar in playbook.calendars.items():
        if calendar.tables:
            reason = "are written by the program when it keeps the playbook; write your own days under closed and open"
            yield file.problem(("calendars", name, "tables"), reason)


def _text(file: _File) -> str:
    try:
        content = file.path.read_bytes()
    except OSError as error:
        raise PlaybookError([f"{file.path}: the file cannot be read: {error.strerror}"]) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PlaybookError([file.problem((), "the file is not UTF-8 text; save it as UTF-8", line)]) from None


def _walk(node: yaml.Node, place: Place, file: _File, open_nodes: set[int]) -> Iterator[str]:
    """Note the line of every place below a node, and tell the keys that are there twice and the loops."""
    if id(node) in open_nodes:
        yield file.problem(place, "an alias (*) stands inside of what it repeats")
        return
    open_nodes.add(id(node))
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            inner = (*place, name)
            if name in seen:
                yield file.problem(inner, f"is there twice, first in line {seen[name]}; keep one of them", line)
            seen.setdefault(name, line)
            file.lines.setdefault(inner, line)
            yield from _walk(value, inner, file, open_nodes)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            inner = (*place, f"[{index}]")
            file.lines[inner] = item.start_mark.line + 1
            yield from _walk(item, inner, file, open_nodes)
    open_nodes.remove(id(node))


def _syntax(file: _File, text: str, error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        reason = ", ".join(part for part in (error.context, error.problem) if part)
        return file.problem((), f"this is not valid YAML: {reason}", mark.line + 1 if mark else None)
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return file.problem((), "there is a character that YAML does not allow (a control character?)", line)
    return file.problem((), f"this is not valid YAML: {error}")


def _place(error: ErrorDetails) -> Place:
    """Where an error is: pydantic's `loc`, and on from there if the playbook's own check knows the part that is wrong."""
    loc = (*error["loc"], *error.get("ctx", {}).get("place", ()))
    # `[key]` at the end is pydantic's mark of a wrong key, which is no place.
    return tuple(f"[{part}]" if isinstance(part, int) else str(part) for part in loc if part != "[key]")


def _dotted(place: Place) -> str:
    return ".".join(place).replace(".[", "[")


_REASONS = {
    "missing": "is missing",
    "extra_forbidden": "is not a word that a playbook knows here; is it misspelt?",
    "string_type": "must be text; put it in quotes",
    "string_too_short": "must not be empty",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "decimal_type": "must be a number",
    "decimal_parsing": "must be a number",
    "tuple_type": "must be a list",
    "dict_type": "must be `key: value` lines",
    "model_type": "must be `key: value` lines",
    "model_attributes_type": "must be `key: value` lines",
    "invalid_key": "is not a word that a playbook knows here; is it misspelt?",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}, not {input}",
    "too_short": "must list at least {min_length}",
    "string_too_long": "must be at most {max_length} characters",
    "string_pattern_mismatch": "{input} must be letters, digits and _, and begin with a letter (exactly: {pattern})",
    "date_type": "must be a date such as 2026-10-01",
    "date_parsing": "must be a date such as 2026-10-01",
    "date_from_datetime_parsing": "must be a date such as 2026-10-01",
    "date_from_datetime_inexact": "must be a date such as 2026-10-01, without a time",
    "value_error": "{error}",
}
"""Pydantic's kinds of error in plain words, to be filled with the error's own context."""


def _reason(error: ErrorDetails) -> str:
    template = _REASONS.get(error["type"])
    if template is None:
        return error["msg"]
    given = error["input"]
    shown = repr(given) if isinstance(given, Hashable) else "what stands there"
    return template.format(input=shown, **error.get("ctx", {}))
