"""How a workflow shows itself to operators: search attributes, a summary, and Current Details in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from temporalio.common import SearchAttributeKey, SearchAttributePair, SearchAttributeUpdate, TypedSearchAttributes

from activities.shapes import CommandJson, Standing
from domain.catalogue import decider_of
from domain.standing import HEALTH_NAMES, OUTCOME_NAMES, View
from domain.telling import CODE
from workflows import names

MOMENT = re.compile(r"[\dT:.+Z-]+")

Attributes = dict[str, Any]
"""Values by search attribute name; None for one that is not set."""


def attributes(view: View) -> Attributes:
    """The search attributes of a view. Codes, roles and dates only: they are stored in plain text.

    `DueAt` is told to the minute: a workflow is shown by its starter first, who looks at the clock a moment earlier, and that
    moment must not cost an upsert."""
    return {
        names.CUSTOMER_ID.name: view.customer or None,
        names.PROJECT_ID.name: view.project or None,
        names.PHASE.name: view.phase,
        names.STAGE.name: view.code,
        names.VALUE_CLASS.name: view.value_class or None,
        names.OWNER_UNIT.name: view.owner_unit or None,
        names.WAITING_FOR.name: view.waiting_for or None,
        names.HEALTH.name: view.health,
        names.DUE_AT.name: view.due_at.replace(second=0, microsecond=0) if view.due_at else None,
        names.NEEDS_HUMAN.name: view.needs_human,
    }


def changes(before: Attributes, after: Attributes) -> Sequence[SearchAttributeUpdate[Any]]:
    """What to upsert: only what differs, because each upsert is an action that costs."""
    keys: dict[str, SearchAttributeKey[Any]] = {key.name: key for key in names.SEARCH_ATTRIBUTES}
    differing = {name: value for name, value in after.items() if before.get(name) != value}
    return [keys[name].value_unset() if value is None else keys[name].value_set(value) for name, value in differing.items()]


def at_start(view: View) -> TypedSearchAttributes:
    """The attributes that a workflow is started with: they cost nothing then."""
    keys: dict[str, SearchAttributeKey[Any]] = {key.name: key for key in names.SEARCH_ATTRIBUTES}
    values = {name: value for name, value in attributes(view).items() if value is not None}
    return TypedSearchAttributes([SearchAttributePair(keys[name], value) for name, value in values.items()])


def summary(stream: str) -> str:
    """One line for lists: what this workflow is, in both languages."""
    return f"{decider_of(stream).name} {names.workflow_id(stream).partition('/')[2]}"


def without_words(detail: str, command: CommandJson) -> str:
    """Why a command was refused, as it may stand in plain text: what its caller wrote in words of their own is left out,
    ids and codes stay. The caller gets the whole sentence, which Temporal keeps like any payload."""
    for words in sorted(set(_words(command)), key=len, reverse=True):
        for written in (words, repr(words)[1:-1]):
            detail = detail.replace(written, "…")
    return detail


def _words(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if (words := value.strip()) and not (CODE.fullmatch(words) or MOMENT.fullmatch(words)):
            yield words
    elif isinstance(value, dict):
        for one in value.values():
            yield from _words(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _words(one)


def details(standing: Standing, troubles: Sequence[str] = ()) -> str:
    """Where it stands, what is missing, who acts by when, as Markdown for the Temporal UI."""
    view = standing.view
    if view is None:
        return "Nothing is recorded yet 尚无记录."
    deadline = standing.deadline
    lines = [f"### {view.title}", "", f"**Health 状况:** {HEALTH_NAMES[view.health]}"]
    if view.reason:
        lines.append(f"\n**Needs a person 需人工处理:** {view.reason}")
    if view.waiting_for:
        by = f" by 截止 `{view.due_at:%Y-%m-%d %H:%M %Z}`" if view.due_at else ""
        lines.append(f"\n**Waiting for 等待:** {view.waiting_for}{by}")
    if doubts := [doubt for doubt in dict.fromkeys((view.provisional, deadline.provisional if deadline else "")) if doubt]:
        lines += [f"\n**Not certain 日期未定:** {doubt}" for doubt in doubts]
    if view.outlook:
        lines.append(f"\n**Outlook 预测:** {view.outlook}")
    if view.duty and view.duty != view.waiting_for:
        lines.append(f"\n**Has the duty 责任方:** {view.duty}")
    if view.missing:
        lines += ["", "**Missing 待补:**", ""]
        lines += [f"- {one.name} (`{one.code}`{', ' + one.who if one.who else ''})" for one in view.missing]
    if view.overrides:
        lines += ["", "**Overrides 特批放行:**", ""]
        lines += [
            f"- {one.gate}: {OUTCOME_NAMES[one.outcome]}, approved by 批准 {one.approver}, until 有效期 `{one.expires_on}`"
            for one in view.overrides
        ]
    if deadline:
        lines.append(f"\n**Next clock 下一时限:** {deadline.text}, `{deadline.at:%Y-%m-%d %H:%M %Z}`")
    lines += [f"\n**Trouble 异常:** {trouble}" for trouble in troubles]
    lines.append(f"\nStream `{standing.stream}`, version {standing.version}")
    return "\n".join(lines)
