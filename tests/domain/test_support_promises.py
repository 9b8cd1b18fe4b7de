"""Support holds the promises that are left: dated, shown, overdue on their day, and released if the project is cancelled."""

from __future__ import annotations

from datetime import date

from domain.cancelling import PartUnwound, Unwind
from domain.messages import SYSTEM, Command
from domain.promises import PromiseKept, PromiseOverdue, PromiseReleased
from domain.support import ContractLapsed, SupportEnded
from tests.domain.asked import accept, at, deliver_all, in_support, judge, offer, promise, started, utc, won
from tests.domain.ledgers import keep
from tests.domain.scenario import Given
from tests.domain.serving import contract_alone as given

STREAM = "support-P1"


def promised(due_on: date) -> Given:
    """A contract from 1 November 2026 to 31 October 2027, with one promise left."""
    sold: list[Command] = [*started(), promise(due_on=due_on), *won(), offer(), accept(), *deliver_all()]
    return given(sold, offer("support"), accept("support"))


def unwind() -> Unwind:
    return Unwind(of=STREAM, reason="the customer is bankrupt", approver="m1", actor=SYSTEM)


def test_support_shows_the_promises_that_are_left_with_their_dates() -> None:
    view = promised(date(2026, 12, 31)).world.view(STREAM)
    assert [(one.code, one.who) for one in view.missing] == [("pr1", "support")]
    assert "2026-12-31" in view.missing[0].name.en
    assert view.due_at == at("2026-12-31")
    assert (view.waiting_for, view.health) == ("support", "ok")


def test_a_promise_that_support_does_not_keep_in_time_needs_a_person() -> None:
    late = promised(date(2026, 12, 31))
    world = late.when_clocks_are_judged(STREAM, at("2027-01-01 09:00")).then(PromiseOverdue)
    event = world.events[STREAM][-1]
    assert isinstance(event, PromiseOverdue)
    assert (event.occurred_at, event.who) == (utc(at("2027-01-01")), "support")
    assert (world.view(STREAM).health, world.view(STREAM).needs_human) == ("overdue", True)
    kept = late.when(keep(at="support")).then(PromiseKept)
    assert (kept.view(STREAM).health, kept.view(STREAM).missing) == ("ok", ())


def test_a_lapsed_contract_stays_open_for_a_promise_that_still_binds_us() -> None:
    lapsed = promised(date(2028, 6, 30))
    world = lapsed.world.tell(at("2027-11-05 09:00"), judge(STREAM), at("2027-11-05 09:01"), judge(STREAM))
    assert any(isinstance(event, ContractLapsed) for event in world.events[STREAM])
    assert not world.view(STREAM).closed
    assert lapsed.when(keep(at="support")).then(PromiseKept).view(STREAM).closed


def test_a_cancelled_project_ends_its_contract_and_releases_what_was_promised() -> None:
    world = promised(date(2026, 12, 31)).when(unwind()).then(SupportEnded, PromiseReleased, PartUnwound)
    event = world.events[STREAM][-3]
    assert isinstance(event, SupportEnded)
    assert (event.service_code, event.ends_on) == ("SC1", date(2027, 10, 31))
    assert world.view(STREAM).closed
    assert not world.state(STREAM).in_service
    assert world.state(STREAM).promises[0].status == "released"


def test_a_contract_that_had_lapsed_before_is_not_ended_again() -> None:
    lapsed = given(in_support())
    lapsed.world.tell(at("2028-01-05 09:00"), judge(STREAM))
    lapsed.when(unwind()).then(PartUnwound)
