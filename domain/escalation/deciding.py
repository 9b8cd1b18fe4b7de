"""How an escalation answers its commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from domain.decider import Context
from domain.escalating import BeginEscalation, EndEscalation, PauseEscalation, RaiseEscalation, ResumeEscalation
from domain.escalation.commands import (
    AnswerEscalation,
    Commands,
    DeliverAnswer,
    EscalateFurther,
    RedateAnswer,
    SolveEscalation,
    TakeUpEscalation,
)
from domain.escalation.events import (
    AnswerDelivered,
    AnswerRedated,
    EscalationAnswered,
    EscalationBegun,
    EscalationEnded,
    EscalationPaused,
    EscalationResumed,
    EscalationSolved,
    EscalationTakenUp,
)
from domain.escalation.limits import raise_to, spent_at
from domain.escalation.refusals import (
    AlreadyTakenUpError,
    AnswerDateMissingError,
    AnswerOnlyError,
    EscalationEndedError,
    EscalationRoleError,
    NoHigherStepError,
    NothingPromisedError,
)
from domain.escalation.state import State
from domain.messages import Actor, Event
from domain.origin import known, listed, not_past


def looks_at(command: Commands) -> tuple[str, ...]:
    """Beginning takes customer, owner, playbook and calendar from what it is about."""
    return (f"{command.subject}-{command.of}",) if isinstance(command, BeginEscalation) else ()


def decide(command: Commands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command to an escalation."""
    match command:
        case BeginEscalation():
            return _begin(command, state, context)
        case RaiseEscalation() | PauseEscalation() | ResumeEscalation() | EndEscalation():
            return _told(command, state, context) if state.open else []
        case RedateAnswer() | DeliverAnswer():
            return _promised(command, state, context)
        case TakeUpEscalation() | EscalateFurther() | SolveEscalation() | AnswerEscalation():
            if not state.open:
                raise EscalationEndedError(
                    f"The escalation {command.escalation} has ended; if it is not solved, escalate what it was about anew."
                )
            return _act(command, state, context)
        case _:
            assert_never(command)


def _begin(command: BeginEscalation, state: State, context: Context) -> Sequence[Event]:
    if state.exists:
        return []
    subject = known(context.seen.get(looks_at(command)[0]), f"{command.subject} {command.of}", "check the id")
    step = context.rules(subject).escalation.step(command.step)
    return [
        EscalationBegun(
            occurred_at=context.at,
            origin=subject.root.model_copy(update={"held": subject.held}),
            escalation=command.escalation,
            subject=command.subject,
            of=command.of,
            about=command.about,
            reason=command.reason,
            step=step.code,
            line=step.line,
            who=step.who,
            calendar=subject.calendar if command.subject == "ticket" else "",
        )
    ]


def _told(
    command: RaiseEscalation | PauseEscalation | ResumeEscalation | EndEscalation, state: State, context: Context
) -> Sequence[Event]:
    at, rules = state.not_before(context.at), context.rules(state)
    match command:
        case RaiseEscalation():
            if command.step not in {step.code for step in rules.escalation.ahead_of(state.step)}:
                return []  # It stands there or higher already.
            return [raise_to(state, rules, command.step, at, command.reason)]
        case PauseEscalation():
            return [] if state.paused else [EscalationPaused(occurred_at=at, spent=spent_at(state, at, rules))]
        case ResumeEscalation():
            return [EscalationResumed(occurred_at=at)] if state.paused else []
        case EndEscalation():
            return [EscalationEnded(occurred_at=at, step=state.step, reason=command.reason)]
        case _:
            assert_never(command)


def _act(
    command: TakeUpEscalation | EscalateFurther | SolveEscalation | AnswerEscalation, state: State, context: Context
) -> Sequence[Event]:
    actor = command.actor
    if isinstance(command, EscalateFurther):
        _in_role(actor, (state.who, *context.rules(state).escalation.moved_by), state, "handed further")
        return [_further(command, state, context)]
    _in_role(actor, (state.who,), state, "taken up, solved and answered")
    at = state.not_before(context.at)
    taken = [] if state.taken_by == actor.id else [EscalationTakenUp(occurred_at=at, step=state.step, by=actor.id)]
    match command:
        case TakeUpEscalation():
            if not taken:
                raise AlreadyTakenUpError(f"{actor.id} has taken it up at {state.step} already; solve it or hand it further.")
            return taken
        case SolveEscalation():
            if _at_last_step(state, context):
                raise AnswerOnlyError(
                    f"At {state.step} the product division answers: say which of its answers it is (AnswerEscalation)."
                )
            solved = EscalationSolved(occurred_at=at, step=state.step, solution=command.solution, by=actor.id, role=actor.role)
            return [*taken, solved]
        case AnswerEscalation():
            return [*taken, _answered(command, state, context)]
        case _:
            assert_never(command)


def _further(command: EscalateFurther, state: State, context: Context) -> Event:
    rules = context.rules(state)
    above = [step.code for step in rules.escalation.ahead_of(state.step)]
    if not above:
        raise NoHigherStepError(f"{state.step} is the last step: it ends with an answer (AnswerEscalation).")
    to = command.to or above[0]
    if to not in above:
        raise NoHigherStepError(f"{to!r} is no step above {state.step}; above it are {listed(above)}.")
    return raise_to(state, rules, to, state.not_before(context.at), command.reason)


def _answered(command: AnswerEscalation, state: State, context: Context) -> Event:
    if not _at_last_step(state, context):
        raise AnswerOnlyError(
            f"The product division is not asked yet: it stands at {state.step}; solve it there (SolveEscalation) or hand it"
            " further (EscalateFurther)."
        )
    if command.answer == "patch" and command.expected_on is None:
        raise AnswerDateMissingError("A patch is promised for a day: say by when it is there (`expected_on`).")
    if command.answer == "planned" and command.expected_on is None and not command.version:
        raise AnswerDateMissingError("A planned requirement needs its version or its day (`version`, `expected_on`).")
    if command.expected_on is not None:
        if command.answer not in ("patch", "planned"):
            raise AnswerDateMissingError(f"A day belongs to a patch or a planned requirement, not to {command.answer}.")
        not_past(command.expected_on, context.at, context.rules(state).calendar, "day of the delivery")
    return EscalationAnswered(
        occurred_at=state.not_before(context.at),
        step=state.step,
        answer=command.answer,
        text=command.text,
        version=command.version,
        expected_on=command.expected_on,
        by=command.actor.id,
        role=command.actor.role,
    )


def _promised(command: RedateAnswer | DeliverAnswer, state: State, context: Context) -> Sequence[Event]:
    if state.expected_on is None:
        raise NothingPromisedError("No patch and no planned requirement with a day is outstanding here.")
    _in_role(command.actor, (state.who,), state, "delivered or promised anew")
    at, by = state.not_before(context.at), command.actor.id
    if isinstance(command, DeliverAnswer):
        return [AnswerDelivered(occurred_at=at, reference=command.reference, by=by)]
    not_past(command.expected_on, context.at, context.rules(state).calendar, "day of the delivery")
    return [
        AnswerRedated(occurred_at=at, before=state.expected_on, expected_on=command.expected_on, reason=command.reason, by=by)
    ]


def _at_last_step(state: State, context: Context) -> bool:
    return not context.rules(state).escalation.ahead_of(state.step)


def _in_role(actor: Actor, roles: Sequence[str], state: State, what: str) -> None:
    if actor.role not in roles:
        raise EscalationRoleError(
            f"At {state.step} it is {what} by {listed(dict.fromkeys(roles))}, not by {actor.role or 'somebody without a role'}."
        )
