"""The clocks of a recovery: the time boxes of its steps, its planned contacts, and the day of the next attempt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from domain.origin import morning_of
from domain.playbook import Playbook
from domain.playbook.recovery import RecoveryRules, RecoveryStep
from domain.recovery.events import (
    NextAttemptDue,
    NextAttemptOverdue,
    RecoveryContactDue,
    RecoveryContactOverdue,
    RecoveryEscalated,
    RecoveryStepOverdue,
)
from domain.recovery.state import State
from domain.standing import Clock


def open_steps(state: State, playbook: Playbook) -> Sequence[RecoveryStep]:
    """The steps that are not done, in their order."""
    return [step for step in playbook.recovery.steps if not state.done(step.code)] if playbook.recovery else ()


def due_at(step: RecoveryStep, state: State, playbook: Playbook) -> datetime:
    """By when a step must be done."""
    assert state.counted_from is not None
    return _moved(playbook.calendar.add_working_days(state.counted_from, step.within), state)


def _moved(at: datetime, state: State) -> datetime:
    return max(at, state.moved.occurred_at) if state.moved is not None else at


def who_keeps(state: State, playbook: Playbook, step: str = "contacts") -> str:
    """The role that keeps the contact, or makes the next attempt."""
    found = [one.who for one in playbook.recovery.steps if one.code == step] if playbook.recovery else []
    return found[0] if found else playbook.customers.owner


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """What a recovery waits for by itself."""
    rules = playbook.recovery
    if not state.open or rules is None:
        return
    for step in open_steps(state, playbook):
        yield from _of_the_step(step, state, playbook, rules)
    for contact in state.planned:
        yield from _of_the_contact(contact.number, state, playbook, rules)
    if state.attempt is not None:
        yield from _of_the_attempt(state, playbook, rules)


def _of_the_step(step: RecoveryStep, state: State, playbook: Playbook, rules: RecoveryRules) -> Iterable[Clock]:
    due = due_at(step, state, playbook)
    if step.code not in state.overdue:
        late = RecoveryStepOverdue(occurred_at=due, step=step.code, who=step.who)
        yield Clock(f"step-{step.code}-overdue", due, f"recovery step {step.code} 挽回步骤时限", late)
    elif step.code not in state.escalated:
        at = playbook.calendar.add_working_days(due, rules.escalate_after)
        called = RecoveryEscalated(occurred_at=at, step=step.code, who=step.who, to=rules.escalate_to)
        yield Clock(f"step-{step.code}-escalated", at, f"recovery step {step.code} escalates 挽回步骤升级", called)


def _of_the_contact(number: int, state: State, playbook: Playbook, rules: RecoveryRules) -> Iterable[Clock]:
    contact = next(one for one in state.planned if one.number == number)
    morning, who = morning_of(contact.on, playbook.calendar), who_keeps(state, playbook)
    if not contact.due:
        due = RecoveryContactDue(occurred_at=morning, number=number, on=contact.on, who=who)
        yield Clock(f"contact-{number}-due", morning, f"contact of the recovery 挽回联系 {contact.on}", due, dated=True)
    elif not contact.overdue:
        at = playbook.calendar.add_working_days(morning, rules.contact_grace)
        late = RecoveryContactOverdue(occurred_at=at, number=number, on=contact.on, who=who)
        yield Clock(f"contact-{number}-overdue", at, f"contact of the recovery overdue 挽回联系逾期 {contact.on}", late)


def _of_the_attempt(state: State, playbook: Playbook, rules: RecoveryRules) -> Iterable[Clock]:
    attempt = state.attempt
    assert attempt is not None
    morning, who = morning_of(attempt.on, playbook.calendar), who_keeps(state, playbook, "next_attempt")
    if not attempt.due:
        due = NextAttemptDue(occurred_at=morning, number=attempt.number, on=attempt.on, who=who)
        yield Clock(f"attempt-{attempt.number}-due", morning, f"next attempt 再次尝试 {attempt.on}", due, dated=True)
    elif not attempt.overdue:
        at = playbook.calendar.add_working_days(morning, rules.attempt_grace)
        late = NextAttemptOverdue(occurred_at=at, number=attempt.number, on=attempt.on, who=who)
        yield Clock(f"attempt-{attempt.number}-overdue", at, f"next attempt overdue 再次尝试逾期 {attempt.on}", late)
