"""What a move to another playbook version means for a deal: what it gains, where it stands, what must be decided first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from domain.funnel import enabled
from domain.funnel.gates import APPROVAL_NAME, ahead_of, lacking, unmet
from domain.funnel.state import State
from domain.messages import Name
from domain.moving import no_place
from domain.playbook import APPROVAL, Playbook
from domain.standing import Unmet


def to_come(state: State, playbook: Playbook) -> Iterator[Unmet]:
    """All that is missing at the gate of the deal's stage and at those ahead, each under `stage/code`."""
    if state.outcome:
        return
    rules = playbook.funnel
    yield from (_at(state.stage, one) for one in unmet(state, playbook))
    for code in ahead_of(state, rules):
        stage = rules.stage(code)
        asked = (*lacking(state, stage), *enabled.lacking(state, playbook, code))
        yield from (_at(code, item.unmet()) for item in asked)
        if stage.approval is not None:
            yield _at(code, Unmet(code=APPROVAL, name=APPROVAL_NAME, who=stage.approval.role))


def _at(stage: str, one: Unmet) -> Unmet:
    return one.model_copy(update={"code": f"{stage}/{one.code}"})


def fits(state: State, playbook: Playbook, stage_map: Mapping[str, str]) -> Sequence[Unmet]:
    """What a person must decide: where the deal stands, if its stage is not there; and a stage map takes no deal past a gate
    that it has not been through: what would be missing there is missing here."""
    if state.outcome:
        return ()
    rules = playbook.funnel
    codes = [stage.code for stage in rules.stages]
    there = remap(state, stage_map)
    named = [there.stage, *(stage_map[code] for code in state.passed if code in stage_map)]
    if unknown := [code for code in dict.fromkeys(named) if code not in codes]:
        return tuple(no_place(code) for code in unknown)
    if there.stage == state.stage and there.passed == state.passed:
        return ()
    earlier = codes[: codes.index(there.stage)]
    been = _been_through(state, stage_map, codes, earlier)
    claimed = [code for code in codes if code in there.passed or code in earlier]
    return tuple(_unproven(there, playbook, (code for code in claimed if code not in been)))


def _been_through(state: State, stage_map: Mapping[str, str], codes: Sequence[str], earlier: Sequence[str]) -> set[str]:
    """The gates of the other version that the deal has been through: those of the same code; and the new names of stages that
    are not there any more, as far as they come before where it stands. No new name stands for a gate ahead."""
    renamed = {stage_map[code] for code in state.passed if code in stage_map and code not in codes}
    return {*(code for code in state.passed if code not in stage_map), *(renamed & set(earlier))}


def _unproven(state: State, playbook: Playbook, claimed: Iterable[str]) -> Iterator[Unmet]:
    for code in claimed:
        stage = playbook.funnel.stage(code)
        for item in (*lacking(state, stage), *enabled.lacking(state, playbook, code)):
            yield _not_passed(code, item.code, item.name, item.who)
        if stage.approval is not None:
            yield _not_passed(code, APPROVAL, APPROVAL_NAME, stage.approval.role)


def _not_passed(stage: str, code: str, what: Name, who: str) -> Unmet:
    name = Name(en=f"{stage} has not been passed: {what.en}", zh=f"尚未通过{stage}：{what.zh}")
    return Unmet(code=f"{stage}/{code}", name=name, who=who)


def remap(state: State, stage_map: Mapping[str, str]) -> State:
    """The deal at the stage that the map names for the one where it stands; the gates that it has passed likewise."""
    if not stage_map or state.outcome:
        return state
    stage = stage_map.get(state.stage, state.stage)
    passed = dict.fromkeys(stage_map.get(code, code) for code in state.passed)
    return replace(state, stage=stage, passed=tuple(code for code in passed if code != stage))
