"""What a customer's record waits for and owes, and how that shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from domain import streams
from domain.customer import classing, merging
from domain.customer.state import State
from domain.messages import Name
from domain.origin import morning_of
from domain.owning import word
from domain.playbook import Playbook
from domain.standing import Clock, Tell, Unmet, View

MERGED = Name(en="merged into another", zh="已合并")


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The review of the value class."""
    return classing.clocks(state, playbook)


def owes(state: State) -> list[Tell]:
    """Word to the projects that were handed over with the customer, and to the one that stands for a duplicate."""
    mine = state.root.customer
    source = streams.customer(mine)
    owners = [
        word(streams.project(project), source, number, holder, mine, to_many=True)
        for number, holder in enumerate(state.owners, start=1)
        for project in holder.deals
    ]
    return [*owners, *_to_what_runs(state), *merging.words(state), *merging.words_to_plans(state)]


def _to_what_runs(state: State) -> list[Tell]:
    """Word of each change of owner to the reactivation and the recoveries that were open then, as long as they are; to those
    of a duplicate, of each since it was merged."""
    mine, waking = state.root.customer, state.recall.waking
    open_ones = [(streams.recovery(one.id), one.begun_at) for one in state.recall.recoveries]
    if waking is not None and waking.running and not waking.left_alone:
        open_ones.append((streams.reactivation(waking.id), waking.begun_at))
    for one in state.record.absorbed.values():
        open_ones += [(streams.recovery(name), max(at, one.since)) for name, at in one.held.recoveries.items()]
    return [
        word(stream, streams.customer(mine), number, holder, mine)
        for number, holder in enumerate(state.owners, start=1)
        for stream, since in open_ones
        if holder.since >= since
    ]


def missing(state: State, playbook: Playbook) -> Sequence[Unmet]:
    """The decisions on the value class that are due."""
    record, found = state.record, []
    proposal, review = record.proposal, record.review
    if proposal is not None:
        name = Name(
            en=f"answer to the proposed value class {proposal.value_class}", zh=f"价值分类提案待审批：{proposal.value_class}"
        )
        found.append(Unmet(code="class_proposal", name=name, who=proposal.who))
    elif not state.value_class:
        found.append(Unmet(code="value_class", name=Name(en="value class", zh="价值分类"), who=playbook.customers.owner))
    if review is not None:
        name = Name(
            en=f"review of the value class: market {review.market_before} → {review.market}",
            zh=f"价值分类复核：市场 {review.market_before} → {review.market}",
        )
        found.append(Unmet(code="class_review", name=name, who=review.who))
    return found


def reasons(state: State, playbook: Playbook) -> Sequence[str]:
    """Why a person is needed."""
    found = []
    if state.record.review_overdue:
        found.append("review of the value class is overdue 价值分类复核逾期")
    if not classing.fits(state, playbook.customers):
        found.append(f"value class {state.value_class} does not fit the market {state.market} 价值分类与市场不符")
    return found


def due_at(state: State, playbook: Playbook) -> datetime | None:
    """The end of the time to review the value class."""
    review = state.record.review
    return morning_of(review.due_on + timedelta(days=1), playbook.calendar) if review is not None else None


def merged(state: State) -> View:
    """Where a customer stands that another one stands for."""
    into = state.record.merged_into
    fields = state.fields_of_origin() | {"value_class": state.value_class}
    return View(code="merged", name=MERGED, phase="customer", closed=True, reason=f"merged into {into} 已并入 {into}", **fields)
