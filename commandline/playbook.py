"""`playbook list` and `playbook move`: which rules there are, who works by them, and moving open work to other ones."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError
from rich.text import Text

from commandline.seam import DONE, FAILED, FailedError, WrongUsageError
from commandline.showing import console, local, put_json, table
from domain.messages import Actor, ActorKind, Id
from domain.moving import Consequences, PlaybookVersionUnknownError
from domain.playbook import Playbook, Playbooks
from runtime.composition import open_core
from runtime.logging import forward_core_logs, set_up_logging
from runtime.moving import Foreseen, Moved, Outlook, carry_out, not_as_kept, outlook, playbooks_and_files
from runtime.playbooks import kept_playbooks
from runtime.settings import load_settings
from runtime.stack import connected

KINDS = {
    "there": "there already 已是该版本",
    "unchanged": "unchanged 无变化",
    "redated": "re-dated 重新计时",
    "gains_gate": "gains a gate 新增关口",
    "needs_decision": "needs a decision 须先决定",
}
STYLES = {"needs_decision": "bold red", "gains_gate": "yellow", "redated": "yellow", "unchanged": "green", "there": "dim"}

VERSIONS = "From → to 版本"
ALONE = {
    "customer": "customers",
    "ticket": "open tickets",
    "escalation": "open escalations",
    "plan": "open plans",
    "reactivation": "open reactivations",
    "recovery": "open recoveries",
    "request": "open product requests",
    "enablement": "enablements of units",
}
"""What moves on its own, in the words of a count."""


def listing(as_program: bool) -> int:
    """Show every playbook version, kept or only in the folder, with whom it serves and how many open projects it has."""
    settings = load_settings()
    set_up_logging("error")

    async def read() -> tuple[Playbooks, Playbooks, Sequence[str], Counter[str]]:
        async with open_core(settings) as core:
            every = await playbooks_and_files(core)
            found = await outlook(core.store, every, None)
            counted = Counter(str(one.from_) for one in found.projects)
            differing = [str(ref) for ref in await not_as_kept(core)]
            return every, await kept_playbooks(core.store), differing, counted

    every, kept, differing, counted = asyncio.run(read())
    newest = set(every.newest())
    rows = [_listed(one, one.ref in kept, one.ref in newest, str(one.ref) in differing, counted) for one in _in_order(every)]
    if as_program:
        put_json(
            {"playbooks": rows, "modes": [mode.model_dump(mode="json") for mode in every.modes.modes] if every.modes else []}
        )
        return DONE
    shown = [(row["playbook"], row["name"], row["serves"], row["state"], str(row["open_projects"])) for row in rows]
    heads = ("Playbook 作业手册", "Name 名称", "Serves 适用", "State 状态", "Open 在途项目")
    console().print(table(heads, shown, whole=heads[:1]))
    return DONE


def _in_order(every: Playbooks) -> list[Playbook]:
    return sorted(every, key=lambda one: (one.playbook, one.version, one.edition))


def _listed(one: Playbook, kept: bool, newest: bool, differs: bool, counted: Counter[str]) -> dict[str, Any]:
    serves = "; ".join(f"{what}: {', '.join(of)}" for what, of in one.serves.named) if one.serves is not None else ""
    state = "newest" if newest else "older"
    if not kept:
        state = "in the folder, kept by the next start of a worker"
    elif differs:
        state += ", but its file says something else: give that a new version"
    whom = serves or ("any project" if one.serves is not None else "all the rest" if one.playbook == "standard" else "by name")
    return {
        "playbook": str(one.ref),
        "name": str(one.name),
        "serves": whom,
        "state": state,
        "open_projects": counted[str(one.ref)],
    }


def move(
    to: str | None,
    projects: Sequence[str],
    customers: Sequence[str],
    stage_map: Sequence[str],
    reason: str | None,
    actor: str | None,
    role: str,
    dry_run: bool,
    as_program: bool,
) -> int:
    """Tell what a move comes to, and without `dry_run` move; returns the exit code, 1 when one was refused.

    Raises `WrongUsageError` for a move without its reason and actor."""
    mapped = _mapped(stage_map)
    by = None if dry_run else acting(actor, role, reason)
    settings = load_settings()
    set_up_logging("error")
    forward_core_logs()

    async def look() -> tuple[Outlook, str]:
        async with open_core(settings) as core:
            playbooks = await playbooks_and_files(core)
            zone = playbooks.latest().calendar.time_zone
            return await outlook(core.store, playbooks, to, projects, mapped, customers), zone

    async def go(found: Outlook, who: Actor) -> list[Moved]:
        async with connected(settings) as stack:
            return await carry_out(stack.submitter, found.every, str(reason), who, mapped)

    try:
        found, zone = asyncio.run(look())
    except PlaybookVersionUnknownError as unknown:
        raise FailedError(unknown.detail) from None
    moved = asyncio.run(go(found, by)) if by is not None else None
    refused = any(one.refusal for one in moved or ())
    if as_program:
        put_json(_as_json(found, moved))
    else:
        _show(found, zone)
        _tell(found, moved)
    return FAILED if refused or found.unknown else DONE


def _mapped(stage_map: Sequence[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in stage_map]
    if any(not (code and equals and other) for code, equals, other in pairs):
        raise WrongUsageError("Write each --map as OLD=NEW, such as --map F3=S2.")
    return {code.strip(): other.strip() for code, _, other in pairs}


def acting(actor: str | None, role: str, reason: str | None) -> Actor:
    """Who moves. Raises `WrongUsageError` for a move without its reason and actor."""
    if not actor or not (reason or "").strip():
        raise WrongUsageError("A move is recorded: give --reason and --actor (your staff id), or look first with --dry-run.")
    try:
        TypeAdapter(Id).validate_python(actor)
    except ValidationError:
        raise WrongUsageError("--actor is a staff id: letters, digits, `.`, `_`, `-`; at most 64 characters.") from None
    return Actor(kind=ActorKind.PERSON, id=actor, role=role)


def _show(found: Outlook, zone: str) -> None:
    out = console()
    _table("Project 项目", found.projects, zone)
    out.print(_counted(found.projects, "open projects"))
    if found.others:
        out.print(f"{found.others} open projects under other playbooks are left alone; name them with --project to move them.")
    if found.alone:
        # Of what moves without a change there may be thousands: they are counted.
        _table("Work 事项", [one for one in found.alone if one.parts and (_what(one) or _clocks(one, zone))], zone)
        for kind, words in ALONE.items():
            if some := [one for one in found.alone if one.of_kind == kind]:
                out.print(_counted(some, words))
    if found.others_alone:
        told = f"{found.others_alone} tickets, customers and others under other playbooks are left alone"
        out.print(f"{told}; name them with --customer to move them.")
    for name in found.unknown:
        out.print(f"{name}: there is no such open project or customer.")


def _table(what: str, some: Sequence[Foreseen], zone: str) -> None:
    rows = []
    for one in some:
        kind = Text(KINDS[one.kind], style=STYLES[one.kind])
        changes = "\n".join(filter(None, (_what(one), _clocks(one, zone))))
        rows.append((one.alone.replace("-", " ", 1) or one.id, f"{one.from_} →\n{one.to}", kind, changes))
    if rows:
        columns = (what, VERSIONS, "Outcome 结果", f"What changes 变化 ({zone})")
        console().print(table(columns, rows, whole=(what, VERSIONS)))


def _counted(some: Sequence[Foreseen], words: str) -> str:
    kinds = Counter(one.kind for one in some)
    told = ", ".join(f"{kinds[kind]} {name}" for kind, name in KINDS.items() if kinds[kind])
    return f"{len(some)} {words}{f': {told}' if told else ''}."


def _what(one: Foreseen) -> str:
    parts: list[str] = []
    for part in one.parts:
        parts += [f"? {unmet.name}" for unmet in part.decisions]
        parts += [f"+ {_placed(part, unmet.code)} {unmet.name}{f' ({unmet.who})' if unmet.who else ''}" for unmet in part.gains]
        parts += [f"- {_placed(part, unmet.code)} {unmet.name}" for unmet in part.drops]
    return "\n".join(parts)


def _placed(part: Consequences, code: str) -> str:
    return code if "/" in code else f"{part.stream.partition('-')[0]}/{code}"


def _clocks(one: Foreseen, zone: str) -> str:
    every = [clock for part in one.parts for clock in part.redated]
    # Of a ticket its due times, where those are others; its warnings and escalations follow from them.
    due = [clock for clock in every if one.of_kind == "ticket" and clock.clock.endswith("-breached")]
    return "\n".join(
        f"clock 时限 {clock.clock}: {local(clock.before, zone) or 'new 新增'} → {local(clock.after, zone) or 'none 取消'}"
        for clock in due or every
    )


def _tell(found: Outlook, moved: Sequence[Moved] | None) -> None:
    out = console()
    if moved is None:
        out.print("Nothing was moved: this was a look only.")
        return
    refused = [one for one in moved if one.refusal]
    for one in refused:
        out.print(f"{one.foreseen.alone.replace('-', ' ', 1) or one.foreseen.id} was refused, {one.refusal}")
    out.print(f"{len(moved) - len(refused)} moved, {len(refused)} refused.")


def _as_json(found: Outlook, moved: Sequence[Moved] | None) -> dict[str, Any]:
    went: Mapping[tuple[str, str], Moved] = {(one.foreseen.of_kind, one.foreseen.id): one for one in moved or ()}

    def of_kind(kind: str) -> list[dict[str, Any]]:
        return [_one(one, went.get((kind, one.id))) for one in found.every if one.of_kind == kind]

    return {
        "dry_run": moved is None,
        "projects": of_kind("project"),
        **{words.rpartition(" ")[2]: of_kind(kind) for kind, words in ALONE.items()},
        "other_projects": found.others,
        "other_work": found.others_alone,
        "not_open": found.unknown,
    }


def _one(one: Foreseen, moved: Moved | None) -> dict[str, Any]:
    def all_of(what: str) -> list[Any]:
        return [{"stream": part.stream, **item.model_dump(mode="json")} for part in one.parts for item in getattr(part, what)]

    return {
        **({one.of_kind: one.id} if one.alone else {}),
        "project": one.project,
        "customer": one.customer,
        "from": str(one.from_),
        "to": str(one.to),
        "kind": one.kind,
        "gains": all_of("gains"),
        "drops": all_of("drops"),
        "decisions": all_of("decisions"),
        "clocks": all_of("redated"),
        "moved": moved is not None and not moved.refusal,
        "refusal": moved.refusal if moved is not None else "",
    }
