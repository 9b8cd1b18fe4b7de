"""What a milestone still lacks before it can be signed off."""

from __future__ import annotations

from collections.abc import Iterator

from domain import streams
from domain.decider import Context
from domain.handoff import DECIDER as HANDOFF
from domain.handoff import gate_open
from domain.implementation.graph import PlannedMilestone, graph, in_unit, in_words, named
from domain.implementation.refusals import MilestoneUnknownError
from domain.implementation.state import State
from domain.messages import Name
from domain.origin import listed
from domain.playbook import ImplementationRules, Playbook
from domain.standing import Unmet


def milestone_of(code: str, unit: str | None, state: State, rules: ImplementationRules) -> PlannedMilestone:
    """The milestone that a command names, with its unit in the code or beside it; refused when there is none."""
    milestones = graph(state, rules)
    for milestone in milestones:
        if milestone.code == in_unit(code, unit):
            return milestone
    raise MilestoneUnknownError(
        f"There is no milestone {in_unit(code, unit)!r}; there are {listed(one.code for one in milestones)}."
    )


def still_lacking(milestone: PlannedMilestone, state: State, rules: ImplementationRules) -> list[Unmet]:
    """The earlier milestones, the deliverables with their reviews and the counts of defects that a milestone still lacks."""
    brought = [*_deliverables(milestone, state, rules), *_defects(milestone, state, rules)]
    return [*earlier_lacking(milestone, state, rules), *brought]


def earlier_lacking(milestone: PlannedMilestone, state: State, rules: ImplementationRules) -> list[Unmet]:
    """The milestones before it that are neither signed off nor excused. Behind one that is, it is looked further back: what was
    signed while an override held does not hide that the override has expired."""
    there = {one.code: one for one in graph(state, rules)}
    waiting, seen, left = list(milestone.after), set[str](), set[str]()
    while waiting:
        code = waiting.pop()
        if code in seen:
            continue
        seen.add(code)
        if state.reached(code):
            waiting.extend(there[code].after)
        else:
            left.add(code)
    return [
        Unmet(code=code, name=named(one, rules), who=rules.milestone(one.of).owner)
        for code, one in there.items()
        if code in left
    ]


def _deliverables(milestone: PlannedMilestone, state: State, rules: ImplementationRules) -> Iterator[Unmet]:
    """One that is not required may be left out, but once it is in, it is reviewed like the others."""
    reviewer = next(iter(rules.reviewed_by), rules.milestone(milestone.of).owner)
    for item in rules.milestone(milestone.of).deliverables:
        code, name = in_unit(item.code, milestone.unit), in_words(item.name, milestone.unit)
        delivery = state.deliveries.get(code)
        if delivery is None:
            if item.required:
                yield Unmet(code=code, name=name, who=item.who)
        elif delivery.verdict == "rejected":
            again = Name(en=f"{name.en}: rejected, to be submitted again", zh=f"{name.zh}：评审未通过，须重新提交")
            yield Unmet(code=code, name=again, who=item.who)
        elif item.review and not delivery.verdict:
            yield Unmet(code=f"review:{code}", name=Name(en=f"Review of: {name.en}", zh=f"评审：{name.zh}"), who=reviewer)


def _defects(milestone: PlannedMilestone, state: State, rules: ImplementationRules) -> Iterator[Unmet]:
    who = next(iter(rules.counted_by), rules.milestone(milestone.of).owner)
    counted = state.defects.get(milestone.unit)
    counts = counted.counts if counted else {}
    for severity, most in sorted(rules.milestone(milestone.of).max_open.items()):
        found = counts.get(str(severity))
        if found is not None and found <= most:
            continue
        if found is None:
            name = Name(en=f"Count of open defects of severity {severity}", zh=f"{severity}级未关闭缺陷数")
        else:
            name = Name(
                en=f"{found} open defects of severity {severity}, at most {most} allowed",
                zh=f"{severity}级未关闭缺陷{found}个，最多允许{most}个",
            )
        code = in_unit(f"defects:{severity}", milestone.unit)
        yield Unmet(code=code, name=in_words(name, milestone.unit), who=who)


def lapsed_conditions(project: str, playbook: Playbook, context: Context) -> list[Unmet]:
    """The conditions under which delivery accepted the handoff and that were not met by their date.

    The handoff is judged as of now: a date that has passed counts, whether its own workflow has come to record it or not."""
    handoff = context.seen.get(streams.handoff(project, "delivery"))
    if not playbook.implementation.stopped_by_conditions or handoff is None or not handoff.exists:
        return []
    _, today = HANDOFF.judge(handoff, context.now, context.playbooks)
    giver = playbook.handoffs["delivery"].giver
    return [one.model_copy(update={"who": one.who or giver}) for one in gate_open(today)]
