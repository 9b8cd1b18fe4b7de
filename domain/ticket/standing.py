"""Where a ticket stands, and which other tickets it owes word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from domain.escalating import open_one
from domain.messages import SYSTEM, Name, own_id
from domain.playbook import Playbook
from domain.standing import Begin, Tell, Unmet, View
from domain.ticket.commands import LeaveParent, NoteChild, NoteLink, ReopenWithParent, ResolveWithParent, TicketCommand
from domain.ticket.state import State
from domain.ticket.targets import due_at
from domain.ticket.terms import AWAITED_NAMES, BRINGS, INVERSE, MARK_NAMES, STATUS_NAMES, TARGET_NAMES


def owes(state: State) -> Sequence[Begin | Tell]:
    """Word to the tickets that this one has to do with."""
    if not state.id:
        return ()
    return (*_of_links(state), *_of_parents(state), *_of_children(state))


def _of_links(state: State) -> Iterator[Tell]:
    for link in state.links:
        if not link.noted:
            told = NoteLink(
                ticket=link.other,
                other=state.id,
                relation=INVERSE[link.relation],
                **_by_us(state, f"link-{state.id}-{link.relation}-{link.other}", link.occurred_at),
            )
            yield Tell(command=told, text="tickets linked 工单关联")


def _of_parents(state: State) -> Iterator[Tell]:
    for number, one in enumerate(state.parents, start=1):
        if one.before and not one.told:
            left = NoteChild(
                ticket=one.before,
                child=state.id,
                joined=False,
                **_by_us(state, f"left-{state.id}-{number}", one.occurred_at),
            )
            yield Tell(command=left, text="no longer a part of it 脱离父工单")
        if one.parent:
            joined = NoteChild(
                ticket=one.parent,
                child=state.id,
                joined=True,
                **_by_us(state, f"joined-{state.id}-{number}", one.occurred_at),
            )
            yield Tell(command=joined, text="part of a parent ticket 并入父工单")


def _of_children(state: State) -> Iterator[Tell]:
    for one in state.rounds:
        for child in one.children:
            own = _by_us(state, f"resolve-{child}-with-{state.id}-{one.number}", one.at)
            told: TicketCommand = ResolveWithParent(ticket=child, parent=state.id, resolution=one.resolution, **own)
            yield Tell(command=told, text="parent resolved 父工单已解决", to_many=True)
            if one.reopened_at is not None:
                again = _by_us(state, f"reopen-{child}-with-{state.id}-{one.number}", one.reopened_at)
                told = ReopenWithParent(ticket=child, parent=state.id, **again)
                yield Tell(command=told, text="parent reopened 父工单重开", to_many=True)
    if state.status in ("cancelled", "duplicate"):
        for child in state.children:
            own = _by_us(state, f"leave-{child}-{state.id}", state.closed_at)
            left = LeaveParent(ticket=child, parent=state.id, **own)
            yield Tell(command=left, text="parent ended 父工单终止", to_many=True)


def _by_us(state: State, name: str, at: datetime | None) -> dict[str, Any]:
    """What every word of ours carries."""
    root = state.root
    return {
        "command_id": own_id(name),
        "actor": SYSTEM,
        "occurred_at": at,
        "correlation_id": root.project or root.customer,
    }


def view(state: State, playbook: Playbook) -> View:
    """Who has the ticket, what it waits for, and which clock runs out next."""
    running = state.running_since is not None
    due = (
        min((due for target, _, _ in state.targets() if (due := due_at(state, playbook, target))), default=None)
        if running
        else None
    )
    done = state.ended or state.status == "resolved"
    warned = bool(state.warned) and running
    reasons = () if state.ended else tuple(_reasons(state, playbook))
    return View(
        code=state.status,
        name=STATUS_NAMES[state.status],
        phase="ticket",
        closed=state.ended,
        waiting_for=_waiting_for(state, playbook),
        due_at=due,
        health="ok" if done else "overdue" if state.breached else "at-risk" if warned else "ok",
        needs_human=bool(reasons),
        reason="; ".join(reasons),
        missing=tuple(_missing(state, playbook)),
        **state.fields_of_origin(),
    )


def _waiting_for(state: State, playbook: Playbook) -> str:
    if state.ended:
        return ""
    if state.status == "resolved":
        return "customer"
    if state.ping_pong == "noticed":
        return playbook.support.ping_pong_to or playbook.support.owner
    return BRINGS[state.waiting_for] if state.waiting_for else _acts(state, playbook)


def _acts(state: State, playbook: Playbook) -> str:
    """The role that has it: of the step where its escalation stands; support where there is none, or after the answer."""
    escalation = open_one(state.escalations)
    here = next((one for one in playbook.escalation.steps if escalation and one.code == escalation.step), None)
    return here.who if here else playbook.support.owner


def _reasons(state: State, playbook: Playbook) -> Iterator[str]:
    """Why a person is needed."""
    if state.status != "resolved":
        if late := "; ".join(f"{TARGET_NAMES[one].en} target missed {TARGET_NAMES[one].zh}超时" for one in state.breached):
            yield f"{state.priority}: {late}"
        elif state.warned and state.running_since:
            yield f"{state.priority}: {state.warned[-1].partition('-')[2]} % of a target used up 时限将至"
        elif not state.acknowledged:
            yield f"{state.priority}: nobody has taken it up 待受理"
        if state.ping_pong == "noticed":
            yield f"went from hand to hand {state.hops} times 工单被反复转派"
    if state.unsettled and state.mark:
        mark = MARK_NAMES[state.mark]
        yield f"not in service, to settle: {mark.en} 服务待确认：{mark.zh}"


def _missing(state: State, playbook: Playbook) -> Iterator[Unmet]:
    if state.ended:
        return
    if state.status != "resolved":
        acts = _acts(state, playbook)
        if not state.acknowledged:
            yield Unmet(code="acknowledgement", name=Name(en="acknowledgement", zh="受理"), who=acts)
        elif state.waiting_for:
            yield Unmet(code=state.waiting_for, name=AWAITED_NAMES[state.waiting_for], who=BRINGS[state.waiting_for])
        else:
            yield Unmet(code="solution", name=Name(en="solution", zh="解决方案"), who=acts)
        if state.ping_pong == "noticed":
            who = playbook.support.ping_pong_to or playbook.support.owner
            yield Unmet(code="owner", name=Name(en="an owner who keeps it", zh="负责人"), who=who)
    if state.unsettled:
        yield Unmet(code="service", name=Name(en="valid service contract", zh="有效服务合同"), who=state.settled_by)
