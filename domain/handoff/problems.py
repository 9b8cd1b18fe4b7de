"""Known problems at the handoff to support: none of class A is handed over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain import streams
from domain.handoff.refusals import SevereProblemsOpenError
from domain.messages import Name
from domain.playbook import HandoffRules
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
