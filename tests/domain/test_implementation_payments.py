"""Payments hang on milestones: they fall due with the sign-off, and are watched until they are in, to the cent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st
from pydantic import ValidationError

from domain import implementation
from domain.implementation import PaymentFellDue, PaymentOverdue, PaymentReceived, share
from domain.messages import Money
from domain.playbook import ImplementationRules
from tests.domain.asked import (
    RULES,
    SUPPORT,
    accept,
    at,
    deliver_all,
    offer,
    paid,
    prepared,
    quote,
    reach,
    ready,
    signed,
    started,
    win,
)
from tests.domain.implementing import BEGUN, WORK, after, judged, recorded, shown
from tests.domain.scenario import Told, due_moments, given

TERMS = RULES.implementation.terms()


def cny(amount: str) -> Money:
    return Money(amount=Decimal(amount))


def signed_not_paid(code: str = "M1") -> list[Told]:
    return [*ready(code), signed(code)]


def test_the_sign_off_lets_its_part_of_the_price_fall_due() -> None:
    world = after(at("2026-03-10 16:00"), ready("M1"))
    [_, due] = recorded(world, signed("M1"))
    assert due == PaymentFellDue(
        occurred_at=at("2026-03-10 16:00"), milestone="M1", percent=30, amount=cny("360000.00"), due_on=date(2026, 4, 9)
    )


def test_the_whole_price_has_fallen_due_with_the_acceptance() -> None:
    world = after(deliver_all())
    parts = [event for event in world.events[WORK] if isinstance(event, PaymentFellDue)]
    assert [(one.milestone, one.percent) for one in parts] == [("M1", 30), ("M2", 30), ("M5", 30), ("M6", 10)]
    assert sum(one.amount.amount for one in parts if one.amount) == Decimal("1200000")


@given_any(st.decimals(min_value=0, max_value=10**12, places=2))
def test_the_parts_add_up_to_the_price_to_the_cent(price: Decimal) -> None:
    parts = [share(code, Money(amount=price), RULES.implementation) for code in TERMS]
    assert sum(part.amount for part in parts if part) == price
    for code, part in zip(TERMS, parts, strict=True):
        assert part is not None
        assert abs(part.amount - price * TERMS[code].percent / 100) <= Decimal("0.01")


def test_on_other_milestones_hangs_no_payment() -> None:
    assert share("M3", cny("100"), RULES.implementation) is None
    assert share("M1", None, RULES.implementation) is None
    given(BEGUN, reach("M1", "M2", "M3")).when(paid("M3", amount=cny("1"))).then_refused(implementation.PaymentNotDueError)


def test_a_payment_comes_in_whole_or_in_parts() -> None:
    world = after(signed_not_paid())
    [received] = recorded(world, paid("M1", amount=cny("200000"), reference="b1"))
    assert isinstance(received, PaymentReceived)
    assert world.state(WORK).payments["M1"].outstanding
    world.tell(paid("M1", amount=cny("160000"), reference="b2"))
    assert not world.state(WORK).payments["M1"].outstanding


def test_a_payment_is_not_counted_twice() -> None:
    part = paid("M1", amount=cny("1000"), reference="b1")
    given(BEGUN, signed_not_paid(), part).when(part).then_refused(implementation.PaymentKnownError)
    given(BEGUN, reach("M1")).when(paid("M1", reference="b9")).then_refused(implementation.PaymentKnownError)


def test_nothing_is_paid_before_it_is_owed_nor_in_another_currency_nor_recorded_by_anybody() -> None:
    given(BEGUN).when(paid("M1")).then_refused(implementation.PaymentNotDueError)
    dollars = Money(amount=Decimal("360000"), currency="USD")
    given(BEGUN, signed_not_paid()).when(paid("M1", amount=dollars)).then_refused(implementation.CurrencyWrongError)
    given(BEGUN, signed_not_paid()).when(paid("M1", actor=SUPPORT)).then_refused(implementation.RoleNotAllowedError)


def test_a_payment_that_does_not_come_is_told_once_on_the_morning_after_its_date() -> None:
    world = after(at("2026-03-10 16:00"), signed_not_paid())
    assert due_moments(world, WORK)["payment-M1-overdue"] == at("2026-04-10 00:00")
    world.tell(at("2026-04-09 23:59"))
    assert "PaymentOverdue" not in judged(world)
    world.tell(at("2026-04-10 08:00"))
    assert judged(world) == ["PaymentOverdue"]
    told = [event for event in world.events[WORK] if isinstance(event, PaymentOverdue)]
    assert told == [PaymentOverdue(occurred_at=at("2026-04-10 00:00"), milestone="M1", due_on=date(2026, 4, 9), who="sales")]
    assert judged(world) == []
    assert "payment overdue 付款逾期: M1" in shown(world).reason


def test_a_payment_in_time_stops_its_clock_and_a_part_of_it_does_not() -> None:
    assert "payment-M1-overdue" not in due_moments(after(reach("M1")), WORK)
    partly = after(signed_not_paid(), paid("M1", amount=cny("1")))
    assert "payment-M1-overdue" in due_moments(partly, WORK)


def test_what_is_owed_without_being_late_is_shown_and_calls_nobody() -> None:
    view = shown(after(signed_not_paid()))
    assert (view.health, view.needs_human) == ("ok", False)
    assert view.reason == "payment due 应收款: M1 2026-04-01"


def test_views_and_clocks_name_no_amounts() -> None:
    world = after(signed_not_paid())
    assert "360000" not in shown(world).model_dump_json()
    assert not any("360000" in name for name in due_moments(world, WORK))


def test_the_work_stays_open_until_the_last_payment_is_in() -> None:
    world = after(reach("M1", "M2", "M3", "M4", "M5"), signed_not_paid("M6"), offer("support"), accept("support"))
    view = shown(world)
    assert (view.code, view.closed, view.waiting_for) == ("payments", False, "sales")
    assert [one.code for one in view.missing] == ["payment:M6"]
    assert view.due_at == at("2026-04-02 00:00")
    world.tell(at("2026-04-03 10:00"))
    assert judged(world) == ["PaymentOverdue"]
    assert shown(world).needs_human
    world.tell(paid("M6"))
    assert (shown(world).code, shown(world).closed) == ("completed", True)


def test_a_playbook_whose_payments_come_to_more_than_the_price_is_refused() -> None:
    content = RULES.implementation.model_dump(mode="json")
    content["milestones"][2]["payment"] = {"percent": 1, "terms": 0}
    with pytest.raises(ValidationError, match="more than 100 percent"):
        ImplementationRules.model_validate(content)


def test_payments_are_parts_of_the_price_at_which_the_deal_was_won() -> None:
    cheaper = [*started(), *prepared(), quote("1100000"), win(), offer(), accept()]
    world = given(cheaper, ready("M1"), signed("M1")).world
    due = world.state(WORK).payments["M1"].amount
    assert due is not None
    assert due.amount == Decimal("330000.00")
