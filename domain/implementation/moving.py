"""What a move to another playbook version means for an implementation.

The plan that was agreed on stays: its milestones and dates are baselined, and only a change order makes another. What a
milestone needs before it is signed off is a rule, and that changes with the version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from domain.implementation.gates import still_lacking
from domain.implementation.state import State
from domain.messages import Name
from domain.moving import no_place
from domain.playbook import Playbook
from domain.standing import Unmet

WITHOUT = "none"
"""What the stage map says of a milestone that only the other version has, when the project goes on without it."""


def to_come(state: State, playbook: Playbook) -> Iterator[Unmet]:
    """All that the milestones which are not signed off still lack, each under `milestone/code`."""
    rules = playbook.implementation
    for milestone in state.left(rules):
        lacking = still_lacking(milestone, state, rules)
        if rules.milestone(milestone.of).effect != "handed_over":
            lacking += [signer.unmet() for signer in rules.milestone(milestone.of).signers]
        for one in lacking:
            yield one.model_copy(update={"code": f"{milestone.code}/{one.code}"})


def fits(state: State, playbook: Playbook, stage_map: Mapping[str, str]) -> Sequence[Unmet]:
    """The milestones of the plan that the other version lacks, and those of the other version that the plan lacks."""
    planned = {one.of: one.code for one in state.milestones} or {code: code for code in state.planned}
    known = {milestone.code for milestone in playbook.implementation.milestones}
    gone = [no_place(code) for of, code in planned.items() if of not in known]
    new = [code for code in known if code not in planned and stage_map.get(code) != WITHOUT]
    return (*gone, *(_not_planned(code) for code in sorted(new)))


def _not_planned(code: str) -> Unmet:
    en = f"{code} is not in the agreed plan: go on without it (stage_map: {{{code}: {WITHOUT}}}), or keep the version"
    return Unmet(code=code, name=Name(en=en, zh=f"已确认的计划中没有{code}，须说明是否不需要"))
