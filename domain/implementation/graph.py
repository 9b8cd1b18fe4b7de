"""The milestones of one project: those of its playbook, repeated for its pilot 试点 and roll-out 推广 units, as a graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.messages import Frozen, Id, Name, Text
from domain.playbook import ImplementationRules, Milestone

AT = "@"
"""Between a milestone or deliverable and its unit: `M3@pilot`, `test_report@pilot`."""


class Unit(Frozen):
    """A unit of the customer 实施单元 for which build, preparation and cutover are done on their own: a plant, a company."""

    unit: Id
    name: Text
    pilot: bool = False
    """True for a unit that goes first; the roll-out begins when every pilot is live."""


class PlannedMilestone(Frozen):
    """A milestone as it stands in a project's own plan."""

    code: str
    """`M3`, or `M3@pilot` where it is repeated."""
    of: str
    """The milestone of the playbook."""
    unit: str = ""
    after: tuple[str, ...] = ()
    """The codes that must be reached before."""
    days: int
    """Working days from the last of `after` (or the start) to the planned date."""


class Planned(Protocol):
    """A state that has milestones of its own, or none yet."""

    @property
    def milestones(self) -> tuple[PlannedMilestone, ...]:
        """The milestones of the last baseline; empty in one of a time when no baseline named them."""

    @property
    def planned(self) -> Mapping[str, datetime]:
        """The planned date of each milestone."""


def in_unit(code: str, unit: str | None) -> str:
    """The code of a milestone or deliverable in a unit; the code itself without one."""
    return f"{code}{AT}{unit}" if unit else code


def expand(rules: ImplementationRules, units: Sequence[Unit] = ()) -> tuple[PlannedMilestone, ...]:
    """The playbook's milestones as a project has them, each after those that it comes after.

    Those that the playbook repeats (`per_unit`) stand there once for each unit, pilots first; a roll-out unit begins after
    the last of them in every pilot, and what follows them waits for every unit. Without units nothing is repeated."""
    repeated = {milestone.code for milestone in rules.milestones if milestone.per_unit} if units else set()
    ends = _ends(rules, repeated)
    plain = [_plain(milestone, repeated, units) for milestone in rules.milestones if milestone.code not in repeated]
    waiting = rules.following(repeated)
    before = [one for one in plain if one.code not in waiting]
    after = [one for one in plain if one.code in waiting]
    pilots = [unit for unit in units if unit.pilot]
    rollout = [unit for unit in units if not unit.pilot]
    piloted = tuple(in_unit(code, unit.unit) for unit in pilots for code in ends)
    in_units = [
        _repeat(milestone, unit, repeated, () if unit.pilot else piloted)
        for unit in (*pilots, *rollout)
        for milestone in rules.milestones
        if milestone.code in repeated
    ]
    return (*before, *in_units, *after)


def _ends(rules: ImplementationRules, repeated: set[str]) -> list[str]:
    """The repeated milestones that no repeated one comes after: a unit is done with them."""
    left = {code for milestone in rules.milestones if milestone.code in repeated for code in milestone.after}
    return [milestone.code for milestone in rules.milestones if milestone.code in repeated - left]


def _plain(milestone: Milestone, repeated: set[str], units: Sequence[Unit]) -> PlannedMilestone:
    after = [
        one
        for code in milestone.after
        for one in ([in_unit(code, unit.unit) for unit in units] if code in repeated else [code])
    ]
    return PlannedMilestone(code=milestone.code, of=milestone.code, after=tuple(after), days=milestone.days)


def _repeat(milestone: Milestone, unit: Unit, repeated: set[str], piloted: tuple[str, ...]) -> PlannedMilestone:
    inside = [in_unit(code, unit.unit) for code in milestone.after if code in repeated]
    outside = [code for code in milestone.after if code not in repeated]
    first = () if inside else piloted
    return PlannedMilestone(
        code=in_unit(milestone.code, unit.unit),
        of=milestone.code,
        unit=unit.unit,
        after=(*outside, *inside, *first),
        days=milestone.days,
    )


def graph(state: Planned, rules: ImplementationRules) -> tuple[PlannedMilestone, ...]:
    """The milestones of a project.

    A baseline of a time before baselines named them had those of its playbook. Such a project may have been moved to a version
    with more of them: what is not in its plan is passed through, so that what came after it comes after what was before it."""
    if state.milestones:
        return state.milestones
    through: dict[str, tuple[str, ...]] = {}
    found: list[PlannedMilestone] = []
    for one in expand(rules):
        after = tuple(dict.fromkeys(code for before in one.after for code in through.get(before, (before,))))
        if one.code in state.planned:
            found.append(one.model_copy(update={"after": after}))
        else:
            through[one.code] = after
    return tuple(found)


def planned_deliverables(milestones: Iterable[PlannedMilestone], rules: ImplementationRules) -> Mapping[str, PlannedMilestone]:
    """The milestone of each deliverable, by the deliverable's code in the project: `test_report@pilot`."""
    return {in_unit(item.code, one.unit): one for one in milestones for item in rules.milestone(one.of).deliverables}


def named(one: PlannedMilestone, rules: ImplementationRules) -> Name:
    """What people call it: `User test passed (pilot) 测试通过（pilot）`."""
    return in_words(rules.milestone(one.of).name, one.unit)


def in_words(name: Name, unit: str) -> Name:
    """A name with the id of the unit that it is about. Not the unit's own name: views hold no words of the customer."""
    return Name(en=f"{name.en} ({unit})", zh=f"{name.zh}（{unit}）") if unit else name
