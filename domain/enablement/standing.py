"""What the enablements of a unit wait for, whom they owe word, and how they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from domain.enablement.events import EnablementExpired, EnablementExpiring, OpenDealsTold
from domain.enablement.state import Line, State
from domain.enabling import NoteEnablement
from domain.messages import SYSTEM, Health, Name, own_id
from domain.origin import morning_of
from domain.playbook import Playbook
from domain.standing import Clock, Tell, Unmet, View
from domain.telling import CODE

STATUS_NAMES = {
    "enabled": Name(en="enabled", zh="已赋能"),
    "expiring": Name(en="enablement runs out soon", zh="赋能即将到期"),
    "expired": Name(en="enablement expired", zh="赋能已到期"),
    "withdrawn": Name(en="enablement withdrawn", zh="赋能已撤销"),
    "none": Name(en="not enabled", zh="未赋能"),
}
"""What people call how an enablement stands."""


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """Of each enablement with an end: its announcements, and the end itself."""
    for line in state.lines:
        if line.status != "enabled" or line.valid_until is None:
            continue
        rules, until = playbook.enablement, line.valid_until
        ends = ends_at(line, playbook)
        assert ends is not None
        fields: dict[str, Any] = {
            "number": line.number,
            "product_line": line.product_line,
            "valid_until": until,
            "who": rules.who,
        }
        gone = EnablementExpired(occurred_at=ends, **fields)
        yield Clock(f"enablement-{line.number}-expires", ends, "enablement runs out 赋能到期", gone, dated=True)
        for days in rules.warn_before:
            at = morning_of(until - timedelta(days=days), playbook.calendar)
            # One that was enabled, or renewed, for less than that is not announced at once.
            if days not in line.warned and at > line.enabled_at:
                soon = EnablementExpiring(occurred_at=at, days=days, **fields)
                yield Clock(f"enablement-{line.number}-{days}-days", at, "end of an enablement 赋能到期提醒", soon, dated=True)


def ends_at(line: Line, playbook: Playbook) -> datetime | None:
    """The end of the last day of an enablement; None without one."""
    return morning_of(line.valid_until + timedelta(days=1), playbook.calendar) if line.valid_until else None


def owes(state: State) -> Sequence[Tell]:
    """The open deals are told of the last change of each product line."""
    return [_word(state, told, deal) for told in state.told for deal in told.deals]


def _word(state: State, told: OpenDealsTold, deal: str) -> Tell:
    unit = state.root.owner_unit
    command = NoteEnablement(
        project=deal,
        unit=unit,
        product_line=told.product_line,
        command_id=own_id(f"enablement-{unit}-{told.number}-{deal}"),
        actor=SYSTEM,
        occurred_at=told.occurred_at,
        correlation_id=deal,
    )
    return Tell(command=command, text="enablement of its unit has changed 部门赋能变更", to_many=True)


def view(state: State, playbook: Playbook) -> View:
    """Which product lines are near their end or past it, who renews them, and by when."""
    rules = playbook.enablement
    past = [one for one in state.lines if one.status == "expired"]
    soon = [one for one in state.lines if one.status == "enabled" and one.warned]
    ends = [end for one in state.lines if one.status == "enabled" and (end := ends_at(one, playbook)) is not None]
    left = any(one.status == "enabled" for one in state.lines)
    code = "expired" if past else "expiring" if soon else "enabled" if left else "none"
    health: Health = "overdue" if past else "at-risk" if soon else "ok"
    reasons = ["enablement expired 赋能已到期"] if past else []
    reasons += ["enablement runs out soon 赋能即将到期"] if soon else []
    return View(
        code=code,
        name=STATUS_NAMES[code],
        phase="enablement",
        # A workflow remembers whom it has told: one that began anew would tell them all once more.
        closed=not ends and not past and not state.told,
        waiting_for=rules.who if past or soon else "",
        due_at=min(ends, default=None),
        health=health,
        needs_human=bool(reasons),
        reason="; ".join(reasons),
        missing=tuple(_renewal(one, rules.who) for one in (*past, *soon)),
        **state.fields_of_origin(),
    )


def _renewal(line: Line, who: str) -> Unmet:
    # A product line is what somebody wrote; where it is no code, Temporal's plain text must not tell it.
    about = line.product_line if CODE.fullmatch(line.product_line) else f"{line.number}"
    name = Name(en=f"renewal of the enablement {about}", zh=f"赋能续期 {about}")
    return Unmet(code=f"enablement-{line.number}", name=name, who=who)
