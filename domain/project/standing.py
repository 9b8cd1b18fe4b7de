"""Where a project stands: what it owes, to whom, and what people see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from domain import funnel, handoff, implementation, streams, support
from domain.cancelling import CANCELLED, unwinding
from domain.clocks import ReleaseClocks
from domain.customer.commands import NoteCancellation, NoteContract, NoteLostDeal
from domain.customer.life_commands import NoteProject
from domain.messages import SYSTEM, own_id
from domain.moving import words_of_the_move
from domain.origin import listed
from domain.owning import words_to_parts
from domain.phases import PHASES, phase_stream
from domain.planned import words
from domain.playbook import Playbook
from domain.project.state import State
from domain.standing import Begin, Clock, Tell, View


def owes(state: State) -> Sequence[Begin | Tell]:
    """The phase that must be running now, and what customer and phases must hear of it.

    A word that is owed stays owed in later phases: the project may go on before the word is delivered. The order matters in
    one place: what a phase waits for when it reports its end comes before the unwinding of that phase, or each would wait for
    the other. And a phase that is to be unwound is begun first, so that there is something that can answer for it."""
    if state.as_of is None:
        return ()
    owed: list[Begin | Tell] = [*_of_the_phase(state), *_to_the_customer(state)]
    owed.extend(_release(stream, state.root.project) for stream in _held_streams(state))
    if state.moved is not None:
        owed.extend(words_of_the_move(state.root.project, state.moves, state.moved))
    if state.owners:
        owed.extend(words_to_parts(state.root.project, state.owners, _begun_parts(state)))
    return [*owed, *_of_the_cancellation(state), *_to_the_plans(state)]


def _to_the_plans(state: State) -> list[Tell]:
    """That nothing of it is left to plan, or that there is again."""
    turn, at = "", state.as_of
    if state.cancelled is not None:
        turn, at = "cancelled", state.cancelled.occurred_at
    elif state.outcome == "lost":
        turn = f"lost-{state.lost_times}"
    elif state.reopened:
        turn, at = f"reopened-{state.reopened}", state.opened_at
    return words(state.plans, streams.project(state.root.project), turn, at)


def _begun_parts(state: State) -> list[str]:
    """The streams of every phase up to the one that the project is in."""
    phases = [phase for phase in PHASES if phase != "closed"]
    return [phase_stream(state.root.project, phase) for phase in phases[: phases.index(state.phase) + 1]]


def _link(state: State) -> dict[str, Any]:
    return {"actor": SYSTEM, "occurred_at": state.as_of, "correlation_id": state.root.project}


def _of_the_phase(state: State) -> list[Begin | Tell]:
    project, link = state.root.project, _link(state)
    match state.phase:
        case "funnel":
            return [Begin(command=funnel.OpenFunnel(project=project, command_id=own_id(f"open-funnel-{project}"), **link))]
        case "handoff-delivery" | "handoff-support":
            kind: streams.HandoffKind = "delivery" if state.phase == "handoff-delivery" else "support"
            named = own_id(f"open-handoff-{project}-{kind}")
            return [Begin(command=handoff.OpenHandoff(project=project, kind=kind, command_id=named, **link))]
        case "implementation":
            named = own_id(f"start-implementation-{project}")
            return [Begin(command=implementation.StartImplementation(project=project, command_id=named, **link))]
        case "support":
            handed = implementation.CompleteHandover(project=project, command_id=own_id(f"handed-over-{project}"), **link)
            named = own_id(f"start-support-{project}")
            started = support.StartSupport(project=project, command_id=named, **link)
            return [Tell(command=handed, text="handed over to support 已移交支持"), Begin(command=started)]
        case _:
            raise AssertionError(state.phase)


def _to_the_customer(state: State) -> list[Tell]:
    customer, project, link = state.root.customer, state.root.project, _link(state)
    owed = [_runs(state)] if state.running and state.won_at is None else []  # What follows says of itself that it runs, or did.
    if state.won_at is not None:
        signed = link | {"occurred_at": state.won_at}
        note = NoteContract(customer=customer, project=project, command_id=own_id(f"contract-{project}"), **signed)
        owed.append(Tell(command=note, text="contract signed 合同已签"))
    if state.outcome == "lost":
        again = f"-{state.lost_times}" if state.lost_times > 1 else ""
        named = own_id(f"lost-{project}{again}")
        lost = NoteLostDeal(customer=customer, project=project, times=state.lost_times, command_id=named, **link)
        owed.append(Tell(command=lost, text="deal lost, keep the customer 丢单不丢客户"))
    return owed


def _runs(state: State) -> Tell:
    """The customer is kept awake by a project that runs. That it has ended, other words tell that are owed anyway: of the loss,
    the cancellation, the contract of one that is delivered elsewhere, and the support's own of the service that has begun."""
    project, times = state.root.project, state.reopened + 1
    again = f"-{times}" if times > 1 else ""
    begun = _link(state) | {"occurred_at": state.opened_at}
    named = own_id(f"runs-{project}{again}")
    note = NoteProject(customer=state.root.customer, project=project, times=times, command_id=named, **begun)
    return Tell(command=note, text="project runs 项目进行中")


def _held_streams(state: State) -> Sequence[str]:
    """What had been begun with held clocks when the project's clocks were released, and may still wait for something: a
    handoff that is accepted, for its conditions; the implementation, for its last milestone."""
    if not state.released_in:
        return ()
    begun = list(PHASES)[: list(PHASES).index(state.released_in) + 1]
    ended = () if state.released_in == "funnel" else ("funnel",)
    return [phase_stream(state.root.project, phase) for phase in begun if phase not in ended]


def _release(stream: str, project: str) -> Tell:
    command = ReleaseClocks(of=stream, command_id=own_id(f"release-{stream}"), actor=SYSTEM, correlation_id=project)
    return Tell(command=command, text="clocks released 时钟恢复运行")


def _of_the_cancellation(state: State) -> list[Tell]:
    """The word to every part, the latest first, and at last to the customer: then the deal itself cannot change any more.

    All of it is owed from the cancelling on, not from the last compensation: a part waits for its project to note what was
    undone, and what that caused would have to wait for the part."""
    cancelled = state.cancelled
    if cancelled is None:
        return []
    root, at = state.root, cancelled.occurred_at
    why, project = (cancelled.reason, cancelled.approver), root.project
    owed = [unwinding(part, *why, project, at, latest=part == cancelled.parts[0]) for part in cancelled.parts]
    note = NoteCancellation(
        customer=root.customer,
        project=root.project,
        command_id=own_id(f"cancelled-{root.project}"),
        **(_link(state) | {"occurred_at": at}),
    )
    return [*owed, Tell(command=note, text="project cancelled, keep the customer 项目取消，客户仍在")]


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """A project waits for its phases; the clocks are theirs."""
    return ()


def view(state: State, playbook: Playbook) -> View:
    """Where the project stands."""
    fields = state.fields_of_origin()
    if state.cancelled is not None:
        left = listed(state.unwinding)
        reason = f"cancelled, not unwound yet 取消后待解除: {left}" if left else ""
        return View(code="cancelled", name=CANCELLED, phase="closed", closed=not state.unwinding, reason=reason, **fields)
    closed = bool(state.outcome)
    code = "closed" if closed and state.phase != "support" else state.phase
    return View(code=code, name=PHASES[code], phase=code, closed=closed, **fields)
