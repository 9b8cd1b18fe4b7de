"""How satisfied the customer is 客户满意度: asked after the go-live and yearly, and what a low score calls for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from domain.decider import Context
from domain.messages import Event, Name
from domain.origin import day_of, listed, morning_of
from domain.playbook import Playbook
from domain.playbook.service import Satisfaction
from domain.satisfaction import SatisfactionAsked
from domain.standing import Clock, Unmet
from domain.support.commands import NoteLowScore, RecordSatisfaction, SettleRecovery
from domain.support.events import (
    RecoveryOpened,
    RecoveryOverdue,
    RecoverySettled,
    SatisfactionRecorded,
    SatisfactionUnanswered,
)
from domain.support.records import Recovery
from domain.support.refusals import RecoveryUnknownError
from domain.support.state import State
from domain.support.terms import OCCASION_NAMES, Occasion

AFTER_GO_LIVE = "go-live"


def record(command: RecordSatisfaction, state: State, context: Context) -> Sequence[Event]:
    """An answer; a low one opens a recovery task."""
    asked = (one.survey for one in state.surveys if one.occasion == command.occasion)
    survey = next(asked, "") or _not_asked_yet(command.occasion, state, context)
    answer = SatisfactionRecorded(
        occurred_at=context.at,
        score=command.score,
        occasion=command.occasion,
        comment=command.comment,
        survey=survey,
        ticket=command.ticket or "",
    )
    if command.ticket and any(one.ticket == command.ticket for one in state.open_recoveries):
        return [answer]  # Somebody is at it already, since the ticket was closed with a low score.
    return [answer, *_recovery(command.score, command.occasion, command.ticket or "", state, context)]


def _not_asked_yet(occasion: Occasion, state: State, context: Context) -> str:
    """The question that an answer was quicker than, so that nobody has to ask it; also where its clock was held till now."""
    playbook = context.rules(state)
    rules = playbook.support.service.satisfaction
    if rules is None or state.began is None:
        return ""
    survey = AFTER_GO_LIVE if occasion == "go_live" and rules.after_go_live is not None else ""
    if occasion == "yearly" and rules.yearly:
        until, began = context.at + timedelta(days=rules.answer_within), day_of(state.began, playbook.calendar)
        years = context.at.year - began.year + 1
        passed = (one for one in range(years, 0, -1) if morning_of(_years_after(began, one), playbook.calendar) <= until)
        survey = f"yearly-{number}" if (number := next(passed, 0)) else ""
    return "" if survey in state.asked else survey


def low(command: NoteLowScore, state: State, context: Context) -> Sequence[Event]:
    """A ticket was closed with a low score; each closing counts once."""
    if sum(one.ticket == command.ticket for one in state.recoveries) >= command.times:
        return []
    return _recovery(command.score, "closing", command.ticket, state, context)


def _recovery(score: int, occasion: str, ticket: str, state: State, context: Context) -> list[Event]:
    playbook = context.rules(state)
    rules = playbook.support.service.satisfaction
    if rules is None or score > rules.low:
        return []
    return [
        RecoveryOpened(
            occurred_at=context.at,
            recovery=f"R{len(state.recoveries) + 1}",
            score=score,
            occasion=occasion,
            ticket=ticket,
            who=rules.recovers,
            due_at=playbook.calendar.add_working_days(context.at, rules.recover_within),
        )
    ]


def settle(command: SettleRecovery, state: State, context: Context) -> Sequence[Event]:
    """A recovery task is done."""
    open_ones = {one.recovery for one in state.open_recoveries}
    if command.recovery not in open_ones:
        raise RecoveryUnknownError(
            f"There is no open recovery task {command.recovery!r}; open are: {listed(sorted(open_ones)) or 'none'}."
        )
    return [RecoverySettled(occurred_at=context.at, recovery=command.recovery, outcome=command.outcome)]


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The next questions, the end of the time for an answer, and the due times of recovery tasks."""
    rules = playbook.support.service.satisfaction
    if rules is None or state.ended:
        return
    for recovery in state.open_recoveries:
        if not recovery.overdue:
            late = RecoveryOverdue(
                occurred_at=recovery.due_at, recovery=recovery.recovery, who=recovery.who, to=rules.escalate_to
            )
            yield Clock(f"recovery-{recovery.recovery}-overdue", recovery.due_at, "recovery task 满意度补救", late)
    for survey in state.surveys:
        until = morning_of(day_of(survey.asked_at, playbook.calendar) + timedelta(days=rules.answer_within), playbook.calendar)
        quiet = SatisfactionUnanswered(occurred_at=until, survey=survey.survey, occasion=survey.occasion)
        name = f"satisfaction-{survey.survey}-unanswered"
        yield Clock(name, until, "answer on the satisfaction 满意度答复", quiet, dated=True)
    if state.in_service:
        yield from _questions(state, rules, playbook)


def _questions(state: State, rules: Satisfaction, playbook: Playbook) -> Iterable[Clock]:
    assert state.began is not None
    if rules.after_go_live is not None and AFTER_GO_LIVE not in state.asked:
        live = state.stability.live_since if state.stability else state.began
        asked = morning_of(day_of(live, playbook.calendar) + timedelta(days=rules.after_go_live), playbook.calendar)
        yield _question(AFTER_GO_LIVE, "go_live", max(asked, state.began), rules)
    if rules.yearly:
        number, at = _anniversary(state, playbook)
        yield _question(f"yearly-{number}", "yearly", at, rules)


def _question(survey: str, occasion: Occasion, at: datetime, rules: Satisfaction) -> Clock:
    fact = SatisfactionAsked(occurred_at=at, survey=survey, occasion=occasion, who=rules.asks)
    return Clock(f"satisfaction-{survey}-asked", at, f"satisfaction {OCCASION_NAMES[occasion]} 满意度调查", fact, dated=True)


def _anniversary(state: State, playbook: Playbook) -> tuple[int, datetime]:
    """The next anniversary of the support that nobody has asked on; none of a time when no contract was valid."""
    assert state.began is not None
    assert state.since is not None
    number = 1
    began = day_of(state.began, playbook.calendar)
    while f"yearly-{number}" in state.asked or morning_of(_years_after(began, number), playbook.calendar) < state.since:
        number += 1
    return number, morning_of(_years_after(began, number), playbook.calendar)


def _years_after(day: date, years: int) -> date:
    """The same day of a later year; 28 February for a 29th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def missing(state: State) -> list[Unmet]:
    """The recovery tasks that are open."""
    return [_unmet(one) for one in state.open_recoveries]


def _unmet(one: Recovery) -> Unmet:
    name = Name(
        en=f"recovery task {one.recovery} after a score of {one.score}", zh=f"满意度补救 {one.recovery}（评分 {one.score}）"
    )
    return Unmet(code=one.recovery, name=name, who=one.who)
