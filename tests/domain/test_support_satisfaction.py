"""How satisfied the customer is: asked once each at the true moment; a low score is recovered."""

from __future__ import annotations

from typing import Any

from domain import support
from domain.messages import SYSTEM
from domain.project import OpenProject
from domain.satisfaction import SatisfactionAsked
from domain.support import (
    ContractLapsed,
    NoteLowScore,
    OpenTicketsTold,
    RecordSatisfaction,
    RecoveryOpened,
    RecoveryOverdue,
    RecoverySettled,
    RenewalWindowOpened,
    SatisfactionRecorded,
    SatisfactionUnanswered,
    SettleRecovery,
)
from domain.ticket import LowScoreGiven, TicketClosed, TicketResolved
from tests.domain.asked import SUPPORT, at, in_support, judge, open_ticket, release
from tests.domain.scenario import Given, due_moments
from tests.domain.serving import rules_with, under
from tests.domain.ticketing import close, reopen, resolve, take

CONTRACT, T = "support-P1", "ticket-T1"
ROLES = {"asks": "support", "recovers": "support_lead", "escalate_to": "manager"}
ASKING = rules_with(
    satisfaction=ROLES | {"after_go_live": 30, "yearly": True, "answer_within": 14, "low": 2, "recover_within": 5}
)
AT_CLOSING = rules_with(satisfaction=ROLES | {"at_closing": True})
LIVE_PLUS_30 = at("2026-04-01")


def given(*told: Any) -> Given:
    return under(ASKING, in_support(), *told)


def answer(score: int, occasion: str = "go_live", **fields: Any) -> RecordSatisfaction:
    return RecordSatisfaction.model_validate({"project": "P1", "score": score, "occasion": occasion, "actor": SUPPORT} | fields)


def settle(recovery: str = "R1") -> SettleRecovery:
    return SettleRecovery(project="P1", recovery=recovery, outcome="called and explained", actor=SUPPORT)


def test_it_is_asked_once_after_the_go_live_at_the_true_moment_though_nobody_was_there() -> None:
    contracted = given()
    contracted.when_clocks_are_judged(CONTRACT, at("2026-04-05 10:00")).then(
        SatisfactionAsked(occurred_at=LIVE_PLUS_30, survey="go-live", occasion="go_live", who="support")
    )
    contracted.when_clocks_are_judged(CONTRACT, at("2026-04-06 10:00")).then()


def test_an_answer_ends_the_question_and_a_question_without_one_is_noted() -> None:
    asked = given(LIVE_PLUS_30, judge(CONTRACT))
    assert "satisfaction-go-live-unanswered" in due_moments(asked.world, CONTRACT)
    world = asked.when(answer(4)).then(SatisfactionRecorded)
    assert "satisfaction-go-live-unanswered" not in due_moments(world, CONTRACT)
    silent = given(LIVE_PLUS_30, judge(CONTRACT)).when_clocks_are_judged(CONTRACT, at("2026-04-15"))
    silent.then(SatisfactionUnanswered(occurred_at=at("2026-04-15"), survey="go-live", occasion="go_live"))


def test_an_answer_that_comes_before_the_question_answers_it_and_nobody_asks_any_more() -> None:
    early = given(at("2026-03-25 10:00"), answer(4)).world
    assert early.state(CONTRACT).surveys == ()
    assert [name for name in due_moments(early, CONTRACT) if "satisfaction" in name] == ["satisfaction-yearly-1-asked"]
    next_year = given(at("2026-06-01"), judge(CONTRACT), at("2027-02-25 10:00"), answer(4, "yearly")).world
    assert [name for name in due_moments(next_year, CONTRACT) if "satisfaction" in name] == ["satisfaction-yearly-2-asked"]
    too_early = given(at("2026-06-01"), judge(CONTRACT), at("2026-12-01 10:00"), answer(4, "yearly")).world
    assert "satisfaction-yearly-1-asked" in due_moments(too_early, CONTRACT)


def test_an_answer_of_a_past_that_was_brought_along_is_not_followed_by_a_question_that_nobody_answers() -> None:
    life = [told.model_copy(update={"hold_clocks": True}) if isinstance(told, OpenProject) else told for told in in_support()]
    past = under(ASKING, life, at("2026-04-03 10:00"), answer(4), at("2027-03-05 10:00"), answer(5, "yearly")).world
    past.tell(at("2027-04-01 10:00"), release(project="P1"))
    types = [event.type for event in past.events[CONTRACT]]
    assert past.state(CONTRACT).held is False
    assert ("SatisfactionAsked" in types, "SatisfactionUnanswered" in types) == (False, False)


def test_it_is_asked_on_each_anniversary_while_the_contract_is_valid() -> None:
    contracted = given(at("2026-06-01"), judge(CONTRACT))
    world = contracted.when_clocks_are_judged(CONTRACT, at("2027-03-02 08:00")).then(
        SatisfactionAsked(occurred_at=at("2027-03-02"), survey="yearly-1", occasion="yearly", who="support")
    )
    world.tell(answer(5, "yearly"))
    contracted.when_clocks_are_judged(CONTRACT, at("2028-04-01")).then(
        *[RenewalWindowOpened] * 3, ContractLapsed, OpenTicketsTold
    )


def test_a_low_score_opens_a_recovery_task_with_who_and_by_when_and_a_good_one_does_not() -> None:
    contracted = given(at("2026-04-02 10:00"), judge(CONTRACT))
    contracted.when(answer(3)).then(SatisfactionRecorded)
    world = contracted.when(answer(2)).then(SatisfactionRecorded, RecoveryOpened)
    opened = world.events[CONTRACT][-1]
    assert isinstance(opened, RecoveryOpened)
    assert (opened.recovery, opened.who, opened.score) == ("R1", "support_lead", 2)
    view = world.view(CONTRACT)
    assert (view.waiting_for, view.due_at, view.needs_human) == ("support_lead", opened.due_at, True)
    assert [one.code for one in view.missing] == ["R1"]


def test_a_recovery_task_that_is_late_calls_the_next_above_once_and_ends_when_it_is_done() -> None:
    contracted = given(at("2026-04-02 10:00"), judge(CONTRACT), answer(1))
    due = contracted.world.state(CONTRACT).recoveries[0].due_at
    world = contracted.when_clocks_are_judged(CONTRACT, due).then(
        RecoveryOverdue(occurred_at=due, recovery="R1", who="support_lead", to="manager")
    )
    assert world.view(CONTRACT).health == "overdue"
    contracted.when_clocks_are_judged(CONTRACT, due).then()
    world = contracted.when(settle()).then(RecoverySettled)
    assert (world.view(CONTRACT).health, world.view(CONTRACT).missing) == ("ok", ())
    contracted.when(settle()).then_refused(support.RecoveryUnknownError)


def test_a_low_score_at_the_closing_of_a_ticket_opens_a_recovery_task_and_each_closing_counts_once() -> None:
    rated = given(at("2026-06-01 10:00"), judge(CONTRACT), open_ticket(project="P1"), take(), resolve())
    world = rated.when(close(satisfaction=1)).then(TicketClosed, LowScoreGiven)
    assert [(one.ticket, one.score) for one in world.state(CONTRACT).recoveries] == [("T1", 1)]
    again = NoteLowScore(project="P1", ticket="T1", score=1, times=1, actor=SYSTEM)
    rated.when(again).then()
    world.tell(reopen(), resolve(), close(satisfaction=2))
    assert [one.recovery for one in world.state(CONTRACT).recoveries] == ["R1", "R2"]


def test_who_answers_on_a_ticket_that_somebody_recovers_already_opens_no_second_task() -> None:
    closed = given(at("2026-04-20 10:00"), open_ticket(project="P1"), resolve(), close(satisfaction=1))
    world = closed.when(answer(1, "closing", ticket="T1")).then(SatisfactionRecorded)
    assert [one.recovery for one in world.state(CONTRACT).open_recoveries] == ["R1"]


def test_a_good_score_at_the_closing_tells_nobody() -> None:
    rated = given(at("2026-06-01 10:00"), judge(CONTRACT), open_ticket(project="P1"), take(), resolve())
    before = len(rated.world.events[CONTRACT])
    world = rated.when(close(satisfaction=4)).then(TicketClosed)
    assert len(world.events[CONTRACT]) == before


def test_where_the_playbook_says_so_each_solution_goes_with_the_question() -> None:
    solved = under(AT_CLOSING, in_support(), open_ticket(project="P1"), take())
    solved.when(resolve()).then(TicketResolved, SatisfactionAsked)
    given(open_ticket(project="P1"), take()).when(resolve()).then(TicketResolved)
    world = solved.world.tell(reopen(), resolve())
    surveys = [one.survey for one in world.events[T] if isinstance(one, SatisfactionAsked)]
    assert surveys == ["closing-1", "closing-2"]


def test_a_lapsed_contract_stays_open_for_a_recovery_task() -> None:
    lapsed = given(at("2027-11-05"), judge(CONTRACT), answer(1), at("2027-11-06"), judge(CONTRACT))
    assert not lapsed.world.view(CONTRACT).closed
    lapsed.world.tell(settle())
    assert lapsed.world.view(CONTRACT).closed
