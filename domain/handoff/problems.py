"""What stops the handoff to support: known problems of class A, milestones that are passed no more, lapsed conditions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain import streams
from domain.decider import Context
from domain.handoff.conditions import lapsed_by
from domain.handoff.refusals import ConditionsLapsedError, MilestonesNotPassedError, SevereProblemsOpenError
from domain.messages import Name
from domain.origin import day_of, listed
from domain.playbook import HandoffRules, Playbook
from domain.standing import Unmet


def none_severe(project: str, rules: HandoffRules, seen: Mapping[str, Any]) -> None:
    """Raises `SevereProblemsOpenError` while the latest counts of the implementation name open defects of severity 1."""
    work = seen.get(streams.implementation(project))
    if not rules.refuse_severe or work is None or not work.open_severe:
        return
    name = Name(en=f"{work.open_severe} known problems of class A are open", zh=f"{work.open_severe}个A类问题未关闭")
    raise SevereProblemsOpenError(
        f"{work.open_severe} problems of class A are open: close them and count again (RecordDefects), then hand over.",
        [Unmet(code="severe_problems", name=name, who=rules.giver)],
    )


def none_lapsed(project: str, playbook: Playbook, context: Context) -> None:
    """Raises `ConditionsLapsedError` while a condition has lapsed under which delivery had accepted the project itself."""
    before = context.seen.get(streams.handoff(project, "delivery"))
    if not playbook.implementation.stopped_by_conditions or before is None or not before.exists:
        return
    if lapsed := lapsed_by(before, context.now, context.playbooks.of(before)):
        raise ConditionsLapsedError(
            f"{listed(one.code for one in lapsed)} of the handoff to delivery has lapsed: meet it (MeetCondition) or agree on a"
            " new date (RescheduleCondition), then hand over.",
            lapsed,
        )


def all_passed(project: str, playbook: Playbook, seen: Mapping[str, Any], at: datetime) -> None:
    """Raises `MilestonesNotPassedError` while a milestone before the handoff is neither signed off nor excused on that day: an
    acceptance that was overridden and never signed must not end up signed by the handoff."""
    work, today, rules = seen.get(streams.implementation(project)), day_of(at, playbook.calendar), playbook.implementation
    if work is None:
        return
    excused = {one.gate for one in work.overrides if one.outcome == "open" and one.expires_on >= today}
    left = [
        code
        for code in work.planned
        if code not in work.signed and code not in excused and rules.milestone(code).effect != "handed_over"
    ]
    if left:
        raise MilestonesNotPassedError(
            f"{listed(left)} is not signed off and no override excuses it any more: sign it off, then hand over.",
            [Unmet(code=code, name=rules.milestone(code).name, who=rules.milestone(code).owner) for code in left],
        )
