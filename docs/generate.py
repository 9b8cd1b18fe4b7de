"""Writes docs/catalogue.md from the code and the standard playbook: `python -m docs.generate`. A test checks it for drift."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from domain.catalogue import DECIDERS, public_commands
from domain.messages import Command, Event
from domain.phases import NEXT, PHASES
from domain.playbook import Item, Playbook
from history.wording import EVENT_NAMES
from runtime.playbooks import load_playbooks

HERE = Path(__file__).resolve().parent
SHARED_FIELDS = set(Command.model_fields)


def catalogue(playbook: Playbook) -> str:
    """The whole catalogue as Markdown."""
    parts = [_introduction(), _phases(), _funnel(playbook), _milestones(playbook), _checklists(playbook), _messages()]
    return "\n".join(line for part in parts for line in (*part, ""))


def _introduction() -> Iterator[str]:
    yield "# Catalogue"
    yield ""
    yield "<!-- Written by `python -m docs.generate`; do not edit. -->"
    yield ""
    yield "What can be asked, what can happen, and the standard playbook at a glance."


def _phases() -> Iterator[str]:
    yield "## A project's phases 项目阶段"
    yield ""
    yield "```mermaid"
    yield "stateDiagram-v2"
    for phase, name in PHASES.items():
        yield f'  state "{name.en} {name.zh}" as {_node(phase)}'
    yield "  [*] --> funnel"
    for before, after in NEXT.items():
        yield f"  {_node(before)} --> {_node(after)}"
    yield "  funnel --> closed: lost 丢单"
    yield "  closed --> funnel: reopened by an approver 丢单重启"
    yield "  funnel --> closed: won, delivered by others 成交，他方交付"
    yield "```"
    yield ""
    yield "From every phase a project may be cancelled 项目取消: each part that was begun is unwound, the latest first."


def _node(phase: str) -> str:
    return phase.replace("-", "_")


def _funnel(playbook: Playbook) -> Iterator[str]:
    rules = playbook.funnel
    yield f"## The funnel of `{playbook.ref}` 销售漏斗"
    yield ""
    yield "```mermaid"
    yield "flowchart LR"
    for stage in rules.stages:
        following = rules.after(stage.code)
        yield f'  {stage.code}["{stage.code} {stage.name.en}<br/>{stage.name.zh}"] --> {following.code if following else "won"}'
    yield f'  won(["{rules.won.en} {rules.won.zh}"])'
    for one, other in rules.either_order:
        yield f'  {one} -. "either order 任意次序" .- {other}'
    yield "```"
    yield ""
    yield f"From every stage a deal may be lost {rules.lost.zh}, shelved until a date {rules.shelved.zh}, or taken back to an"
    yield "earlier stage 阶段退回. Who may approve that a gate is overridden 特批放行:"
    yield f"{_any(rules.override_by)}; that a lost deal is reopened 丢单重启: {_any(rules.reopen_by)}."
    yield ""
    yield "| stage | | win rate | time box | exit criteria (who brings them) |"
    yield "|---|---|---|---|---|"
    for stage in rules.stages:
        yield f"| {stage.code} | {stage.name} | {stage.win_rate} % | {stage.time_box} days | {_items(stage.criteria)} |"


def _milestones(playbook: Playbook) -> Iterator[str]:
    yield "## Milestones 里程碑"
    yield ""
    yield "```mermaid"
    yield "flowchart LR"
    for one in playbook.implementation.milestones:
        yield f'  {one.code}["{one.code} {one.name.en}<br/>{one.name.zh}"]'
        yield from (f"  {before} --> {one.code}" for before in one.after)
    yield "```"
    yield ""
    yield f"For each pilot or roll-out unit (试点与推广单元) {_repeated(playbook)} are repeated: pilots first."
    yield ""
    yield "| | | after | days | deliverables | signers | completion mark |"
    yield "|---|---|---|---|---|---|---|"
    for one in playbook.implementation.milestones:
        cells = [one.code, str(one.name), ", ".join(one.after) or "–", str(one.days)]
        cells += [_items(one.deliverables) or "–", _items(one.signers), str(one.completion)]
        yield f"| {' | '.join(cells)} |"


def _repeated(playbook: Playbook) -> str:
    return ", ".join(one.code for one in playbook.implementation.milestones if one.per_unit)


def _any(roles: Sequence[str]) -> str:
    return ", ".join(roles) or "any role"


def _checklists(playbook: Playbook) -> Iterator[str]:
    for kind, rules in playbook.handoffs.items():
        yield f"## Handoff to {kind}: {rules.name}"
        yield ""
        yield f"{rules.giver} → {rules.receiver}; offered within {rules.offer_within} working days, answered within"
        yield f"{rules.answer_within} working hours. Checklist: {_items(rules.checklist)}"
        yield ""


def _items(items: Iterable[Item]) -> str:
    return ", ".join(f"`{item.code}` {item.name.zh}{'' if item.required else ' (optional)'} ({item.who})" for item in items)


def _messages() -> Iterator[str]:
    public = public_commands()
    for decider in DECIDERS.values():
        yield f"## {str(decider.name).capitalize()}"
        yield ""
        yield "| command | what it asks | fields (* required) |"
        yield "|---|---|---|"
        for command in sorted((c for c in decider.commands if c.command_name() in public), key=lambda c: c.command_name()):
            yield f"| `{command.command_name()}` | {_first_line(command)} | {_fields(command)} |"
        yield ""
        yield "| event | what happened | |"
        yield "|---|---|---|"
        for event in decider.events:
            yield f"| `{event.type}` | {_first_line(event)} | {EVENT_NAMES[event.type]} |"
        yield ""


def _first_line(message: type[Command] | type[Event]) -> str:
    text = inspect.cleandoc(message.__doc__ or "").partition("\n\n")[0]
    return " ".join(text.split()).replace("|", "\\|")


def _fields(command: type[Command]) -> str:
    own: dict[str, Any] = {name: field for name, field in command.model_fields.items() if name not in SHARED_FIELDS}
    return ", ".join(f"`{name}`{'*' if field.is_required() else ''}" for name, field in own.items()) or "–"


def main() -> None:
    """Write the catalogue beside this file."""
    playbook = next(one for one in load_playbooks(HERE.parent / "playbooks") if one.playbook == "standard")
    (HERE / "catalogue.md").write_text(catalogue(playbook), encoding="utf-8")


if __name__ == "__main__":
    main()
