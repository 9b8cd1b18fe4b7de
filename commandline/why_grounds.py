"""What `why` prints of the decision records: the gates that were passed and on which grounds, and what was refused and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from commandline.showing import local, table
from domain.messages import Actor, Command, Name
from domain.standing import OUTCOME_NAMES, Unmet
from history.circumstances import OverrideTold
from history.explaining import Why
from history.passages import Passage, Proven
from history.rulings import Ruling

INDENT = (0, 0, 0, 2)
ASKED_SHOWN = 160
"""Characters of what was asked that are shown of a refused command."""
NOT_TOLD = {*Command.model_fields, "project"}
EMPTY: tuple[object, ...] = ("", None, [], {})


def show_passages(found: Why, zone: str, out: Console) -> None:
    """The last gates that were passed: which, when, by whom, under which playbook version, on which evidence and facts."""
    if found.passages:
        out.print("\nGates passed 已通过关口")
    for one in found.passages:
        out.print(_passed(one, zone))
        for override in found.overrides:
            if (override.stream, override.gate, override.given_at) == (one.stream, one.gate, one.occurred_at):
                out.print(_indented(override_in_words(override)))
        _show_grounds(one, out)


def _passed(one: Passage, zone: str) -> Text:
    gate = f"{one.gate} {one.gate_name}" if one.gate_name else one.gate
    led = f" → {one.entered}" if one.entered else ""
    said = f": {one.name}, {local(one.occurred_at, zone)}, by 经办 {by(one.actor)}, under 依据 {one.playbook}"
    overridden = Text(" overridden 特批", "bold yellow") if one.overridden else Text()
    return Text.assemble((gate + led, "bold"), overridden, said)


def _show_grounds(one: Passage, out: Console) -> None:
    if one.evidence:
        rows = [(proof.id, _proof(proof), proof.reference, proof.given_by) for proof in one.evidence]
        out.print(_indented(table(("Id 编号", "Evidence 佐证", "Reference 出处", "Given by 提供"), rows)))
    else:
        out.print(_indented("on no evidence 无佐证"))
    if one.decision and (facts := _facts(one.decision)):
        out.print(_indented(f"looking at 参考: {facts}"))


def _proof(one: Proven) -> Text:
    told = Text(str(one.name or one.what))
    return told.append(" withdrawn since 此后已撤回", "bold red") if one.withdrawn else told


def _indented(told: str | Text | Table) -> Padding:
    """Set in under its head, without blanks up to the edge."""
    return Padding(told, INDENT, expand=False)


def _unmet(one: Unmet, roles: Mapping[str, Name]) -> str:
    return f"{one.name} [{one.code}]" + (f", {role(one.who, roles)}" if one.who else "")


def show_refusals(found: Why, zone: str, out: Console) -> None:
    """The last refusals: what was asked, by whom, why it was refused, and each condition that was not met."""
    if found.refusals:
        out.print("\nRefused lately 近期被拒")
    for one in found.refusals:
        asked = f", {local(one.decided_at, zone)}, by 经办 {by(one.actor)}, to 对象 {one.stream}"
        out.print(Text.assemble((f"{one.command}: {one.name}", "bold"), asked))
        if asked := _asked(one):
            out.print(_indented(f"asked 请求: {asked}"))
        out.print(_indented(one.detail))
        if one.unmet:
            out.print(_indented(f"unmet 未满足: {'; '.join(_unmet(each, found.roles) for each in one.unmet)}"))


def _asked(one: Ruling) -> str:
    """The command's own fields that say something, as far as there is room."""
    own = {name: value for name, value in (one.asked or {}).items() if name not in NOT_TOLD and value not in EMPTY}
    told = ", ".join(f"{name} {value if isinstance(value, str) else _json(value)}" for name, value in own.items())
    return told if len(told) <= ASKED_SHOWN else told[: ASKED_SHOWN - 1] + "…"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def override_in_words(one: OverrideTold) -> Text:
    """An override in one sentence: which gate, until when, who asked, who approved, and why."""
    gate = f"{one.gate} {one.gate_name or ''}".strip()
    asked = f", asked by 申请 {one.asked_by}" if one.asked_by else ""
    said = f" until 有效期 {one.expires_on}{asked}, approved by 批准 {one.approver}: {one.reason}"
    return Text.assemble((f"override 特批 {gate}: {OUTCOME_NAMES[one.outcome]}", "yellow"), said)


def unmet_table(unmet: Iterable[Unmet], roles: Mapping[str, Name], notes: Mapping[str, str]) -> Table:
    """Conditions that are not met, in both languages, each with who must bring it and what somebody wrote about it."""
    rows = [(one.code, _noted(one, notes), role(one.who, roles)) for one in unmet]
    return table(("Code", "What 内容", "Who 责任方"), rows)


def _noted(one: Unmet, notes: Mapping[str, str]) -> Text:
    note = notes.get(one.code)
    return Text.assemble(str(one.name), (f" ← {note}", "yellow")) if note else Text(str(one.name))


def decided(one: Ruling, zone: str) -> str:
    """A decision in one sentence."""
    facts = _facts(one)
    return (
        f"Decided 裁决: {one.command} by {by(one.actor)}, {one.name} under {one.playbook} on version {one.stream_version} of "
        f"{one.stream}" + (f", looking at {facts}" if facts else "") + f" ({local(one.decided_at, zone)})"
    )


def _facts(one: Ruling) -> str:
    seen = [f"{stream} at version {version}" for stream, version in one.looked_at.items()]
    return ", ".join(seen + [_learned(told) for told in one.learned])


def _learned(told: Mapping[str, Any]) -> str:
    """What was asked of other work, and the answer."""
    asked = told.get("asked", {})
    if "enablement" in told:
        unit, line = asked["unit"], asked["product_line"]
        if not told["enablement"].get("enabled"):
            return f"{unit} is not enabled for {line} 未赋能"
        until = told["enablement"].get("valid_until")
        return f"{unit} is enabled for {line} 已赋能" + (f" until 有效期至 {until}" if until else "")
    if "tickets" in told:
        return f"tickets 工单: {len(told['tickets'])}"
    if "deals" in told:
        return f"open deals 在途商机: {len(told['deals'])}"
    return _usual(told)


def _usual(told: Mapping[str, Any]) -> str:
    usual = told["usual"]
    if not isinstance(usual, Mapping):
        return f"no deal has left {told['stage']} yet 尚无惯常停留"
    deals = f"{usual['of']} deal{'' if usual['of'] == 1 else 's'}"
    return f"the usual dwell of {told['stage']} 惯常停留: {hours(usual['working_minutes'])}, median of {deals}"


def hours(minutes: int) -> str:
    """Working time as people read it."""
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes % 60 else f"{minutes // 60} h"


def role(code: str, roles: Mapping[str, Name]) -> str:
    """What people call a role; its code where nobody has named it."""
    return str(roles.get(code, code))


def by(actor: Actor) -> str:
    """Who acted, with the role."""
    return f"{actor.id} ({actor.role})" if actor.role else actor.id
