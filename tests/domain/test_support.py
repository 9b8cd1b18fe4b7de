"""Support: the service contract, its renewal windows, and how satisfied the customer is."""

from __future__ import annotations

from datetime import date

import pytest

from domain import support
from domain.messages import SYSTEM, Command
from domain.refusals import AlreadyExistsError, NotFoundError
from domain.support import (
    ContractLapsed,
    ContractRenewed,
    OpenTicketsChecked,
    OpenTicketsTold,
    RecordSatisfaction,
    RenewalWindowOpened,
    RenewContract,
    SatisfactionRecorded,
    StartSupport,
    SupportStarted,
)
from tests.domain.asked import (
    MONDAY,
    SUPPORT,
    accept,
    at,
    contract,
    deliver_all,
    handed_to_delivery,
    in_support,
    offer,
    utc,
)
from tests.domain.scenario import due_moments
from tests.domain.serving import contract_alone as given

CONTRACT = "support-P1"
RUNNING: list[Command] = in_support()
"""A contract from 1 November 2026 to 31 October 2027; notice by 1 October 2027."""


def renew(until: str, notice: str | None = None) -> RenewContract:
    notice_on = date.fromisoformat(notice) if notice else None
    return RenewContract(project="P1", ends_on=date.fromisoformat(until), notice_on=notice_on, actor=SUPPORT)


def test_the_accepted_handoff_starts_the_contract_with_its_notice_date() -> None:
    world = given(RUNNING).world
    [began] = world.events[CONTRACT]
    assert isinstance(began, SupportStarted)
    assert began.contract.notice_on == date(2027, 10, 1)
    assert (world.view(CONTRACT).code, world.view(CONTRACT).needs_human) == ("in_service", False)


def test_the_notice_date_of_the_contract_wins_over_the_playbooks_days() -> None:
    noticed = offer("support", service_contract=contract(notice="2027-06-30"))
    world = given(handed_to_delivery(), deliver_all(), noticed, accept("support")).world
    assert world.state(CONTRACT).notice_on == date(2027, 6, 30)


def test_support_starts_once_and_only_with_an_accepted_handoff() -> None:
    start = StartSupport(project="P1", actor=SYSTEM)
    given(RUNNING).when(start).then_refused(AlreadyExistsError)
    given(handed_to_delivery(), deliver_all(), offer("support")).when(start).then_refused(support.SupportNotAcceptedError)
    given(handed_to_delivery()).when(start).then_refused(NotFoundError)


def test_each_renewal_window_opens_once_before_the_notice_date() -> None:
    contracted = given(RUNNING)
    for days, opens in ((90, "2027-07-03"), (60, "2027-08-02"), (30, "2027-09-01")):
        world = contracted.when_clocks_are_judged(CONTRACT, at(f"{opens} 08:00")).then(
            RenewalWindowOpened(occurred_at=at(opens), days=days, notice_on=date(2027, 10, 1), period=1, who="sales")
        )
        assert world.view(CONTRACT).reason.startswith(f"renewal window of {days} days")
        assert (world.view(CONTRACT).waiting_for, world.view(CONTRACT).health) == ("sales", "at-risk")
        contracted.when_clocks_are_judged(CONTRACT, at(f"{opens} 08:01")).then()


def test_windows_that_nobody_was_there_to_see_are_recorded_in_order() -> None:
    world = given(RUNNING).when_clocks_are_judged(CONTRACT, at("2027-09-20 10:00")).then(*[RenewalWindowOpened] * 3)
    moments = [event.occurred_at for event in world.events[CONTRACT][-3:]]
    assert moments == sorted(moments)


def test_a_contract_lapses_after_its_last_day() -> None:
    ended = given(RUNNING, at("2027-09-20 10:00"))
    world = ended.when_clocks_are_judged(CONTRACT, at("2027-10-31 23:59")).then(*[RenewalWindowOpened] * 3)
    world = ended.when_clocks_are_judged(CONTRACT, at("2027-11-02 09:00")).then(
        ContractLapsed(occurred_at=at("2027-11-01"), ended_on=date(2027, 10, 31), period=1), OpenTicketsTold
    )
    assert not world.view(CONTRACT).closed
    world = ended.when_clocks_are_judged(CONTRACT, at("2027-11-02 09:01")).then(OpenTicketsChecked)
    assert world.view(CONTRACT).closed
    assert due_moments(world, CONTRACT) == {}
    assert not world.state(CONTRACT).in_service


def test_a_renewal_begins_a_period_with_windows_of_its_own() -> None:
    world = (
        given(RUNNING, at("2027-08-10 10:00"))
        .when(renew("2028-10-31"))
        .then(RenewalWindowOpened, RenewalWindowOpened, ContractRenewed)
    )
    assert world.view(CONTRACT).code == "in_service"
    assert set(due_moments(world, CONTRACT)) == {"renewal-2-90", "renewal-2-60", "renewal-2-30", "contract-lapsed-2"}
    assert due_moments(world, CONTRACT)["contract-lapsed-2"] == at("2028-11-01")


def test_a_lapsed_contract_can_be_renewed() -> None:
    world = (
        given(RUNNING, at("2027-12-01 10:00"))
        .when(renew("2028-10-31"))
        .then(*[RenewalWindowOpened] * 3, ContractLapsed, ContractRenewed)
    )
    assert not world.view(CONTRACT).closed
    assert world.state(CONTRACT).in_service


@pytest.mark.parametrize("until", ["2027-10-31", "2027-10-30", "2026-01-01"])
def test_a_renewal_ends_later_than_the_period_before(until: str) -> None:
    given(RUNNING).when(renew(until)).then_refused(support.PeriodNotLongerError)


@pytest.mark.parametrize("notice", ["2027-10-30", "2028-11-01"])
def test_the_notice_date_lies_in_the_new_period(notice: str) -> None:
    given(RUNNING).when(renew("2028-10-31", notice)).then_refused(support.NoticeOutsidePeriodError)


def test_satisfaction_is_recorded_even_of_a_lapsed_contract() -> None:
    asked = RecordSatisfaction(project="P1", score=4, occasion="yearly", actor=SUPPORT)
    world = given(RUNNING).when(asked).then(SatisfactionRecorded)
    assert world.state(CONTRACT).scores == (4,)
    lapsed = given(RUNNING, at("2028-01-01")).when(asked)
    lapsed.then(*[RenewalWindowOpened] * 3, ContractLapsed, SatisfactionRecorded, OpenTicketsTold)


def test_due_dates_are_mornings_where_the_people_are() -> None:
    opens = due_moments(given(RUNNING).world, CONTRACT)["renewal-1-90"]
    assert utc(opens) == utc(at("2027-07-03 00:00"))


def test_of_the_windows_that_passed_before_support_began_only_the_last_is_open_from_the_start() -> None:
    taken_over = offer("support", service_contract=contract(starts="2026-01-01", ends="2026-05-10"))  # notice by 2026-04-10
    begun = given(handed_to_delivery(), deliver_all(), taken_over, accept("support"))
    begun.when_clocks_are_judged(CONTRACT, MONDAY).then(
        RenewalWindowOpened(occurred_at=MONDAY, days=60, notice_on=date(2026, 4, 10), period=1, who="sales")
    )
