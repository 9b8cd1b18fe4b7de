"""What a playbook may say of the dormancy ladder, and what it is told when it contradicts itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.playbook import Playbook
from domain.playbook.ladder import EffectiveContact, InvalidRules, LadderRules, Span
from tests.domain.asked import RULES


def rung(cooling: Any, dormant: Any) -> dict[str, Any]:
    return {"cooling": cooling, "dormant": dormant}


def months(count: int) -> dict[str, int]:
    return {"months": count}


def steps(active: Any, potential: Any, *value_classes: str) -> dict[str, Any]:
    return {"value_classes": value_classes, "active": active, "potential": potential}


GOOD = steps(rung(months(6), months(12)), rung(months(3), months(6)))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([steps(rung(months(6), months(12)), rung(months(3), months(12)))], "before an active one"),
        ([steps(rung(months(12), months(12)), rung(months(3), months(6)))], "must come before dormancy"),
        ([steps(rung({"days": 370}, months(12)), rung(months(3), months(6)))], "whatever the month"),
        ([steps(rung({}, months(12)), rung(months(3), months(6)))], "either months or days"),
        ([steps(rung({"months": 1, "days": 3}, months(12)), rung(months(3), months(6)))], "either months or days"),
        ([{**GOOD, "value_classes": ("vip",)}], "one row without value_classes"),
        ([GOOD, GOOD], "one row without value_classes"),
        ([GOOD, {**GOOD, "value_classes": ("vip", "vip")}], "described twice"),
    ],
)
def test_a_ladder_that_contradicts_itself_is_refused_when_it_is_read(rows: list[Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        LadderRules.model_validate({"steps": rows})


def test_a_ladder_names_value_classes_that_there_are() -> None:
    whole = RULES.model_dump(mode="json")
    whole["customers"]["ladder"]["steps"][0]["value_classes"] = ["vpi"]
    with pytest.raises(ValidationError, match="'vpi' is not listed under value_classes"):
        Playbook.model_validate(whole)


def test_the_roles_that_approve_are_named_under_roles() -> None:
    whole = RULES.model_dump(mode="json")
    whole["customers"]["invalid"]["approved_by"] = ["king"]
    with pytest.raises(ValidationError, match="'king' is used but not named"):
        Playbook.model_validate(whole)


def test_no_playbook_makes_a_lost_deal_a_reason_to_be_invalid() -> None:
    reason = {"code": "lost_deal", "name": {"en": "lost", "zh": "丢单"}}
    with pytest.raises(ValidationError, match="lose the project, not the customer"):
        InvalidRules.model_validate({"reasons": [reason]})


def test_an_older_playbook_has_no_ladder_takes_every_contact_and_knows_the_four_reasons() -> None:
    older = RULES.model_dump(mode="json")
    del older["customers"]["ladder"], older["customers"]["invalid"]
    customers = Playbook.model_validate(older).customers
    assert customers.ladder.rung("vip", "active") is None
    assert customers.ladder.contact.counts("message", "out", False)
    codes = [one.code for one in customers.invalid.reasons]
    assert codes == ["wound_up", "duplicate", "out_of_market", "disqualified"]


@pytest.mark.parametrize(
    ("span", "day", "then"),
    [
        (Span(months=1), date(2026, 1, 31), date(2026, 2, 28)),
        (Span(months=1), date(2028, 1, 31), date(2028, 2, 29)),
        (Span(months=12), date(2028, 2, 29), date(2029, 2, 28)),
        (Span(months=2), date(2026, 11, 30), date(2027, 1, 30)),
        (Span(days=30), date(2026, 1, 31), date(2026, 3, 2)),
    ],
)
def test_a_month_ends_on_its_last_day(span: Span, day: date, then: date) -> None:
    assert span.after(day) == then


@pytest.mark.parametrize(
    ("channel", "direction", "answered", "counts", "answers"),
    [
        ("visit", "out", None, True, True),
        ("visit", "out", False, True, False),
        ("message", "out", None, False, False),
        ("message", "out", True, True, True),
        ("message", "in", None, True, True),
        ("event", "out", None, False, False),
    ],
)
def test_what_an_effective_contact_is_depends_on_channel_direction_and_answer(
    channel: Any, direction: Any, answered: bool | None, counts: bool, answers: bool
) -> None:
    rules = RULES.customers.ladder.contact
    assert rules.counts(channel, direction, answered) is counts
    assert rules.answers(channel, direction, answered) is answers
    inbound = EffectiveContact(directions=("in",))
    assert inbound.counts(channel, direction, answered) is (direction == "in")
