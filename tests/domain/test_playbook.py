from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from domain.playbook import Playbook, PlaybookRef, Playbooks

SOURCE = (Path(__file__).parents[2] / "playbooks" / "standard.yaml").read_text(encoding="utf-8")
STANDARD = Playbook.model_validate(yaml.safe_load(SOURCE))

Change = Callable[[dict[str, Any]], object]


def changed(change: Change) -> Playbook:
    content: dict[str, Any] = yaml.safe_load(SOURCE)
    change(content)
    return Playbook.model_validate(content)


def versions(*numbers: str) -> list[Playbook]:
    return [STANDARD.model_copy(update={"version": number}) for number in numbers]


# --- what the standard playbook says --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("revenue", "market"),
    [
        ("0", "entry"),
        ("4999999.99", "entry"),
        ("5000000", "small"),
        ("99999999.99", "small"),
        ("100000000", "medium"),
        ("1999999999.99", "medium"),
        ("2000000000", "large"),
        ("90000000000", "large"),
    ],
)
def test_revenue_decides_the_market_and_the_lower_bound_belongs_to_it(revenue: str, market: str) -> None:
    assert STANDARD.customers.market_of(Decimal(revenue)).code == market


def test_there_are_the_seven_value_classes_of_the_source_document() -> None:
    assert [(value.market, value.code) for value in STANDARD.customers.value_classes] == [
        ("large", "strategic"),
        ("large", "vip"),
        ("large", "other_large"),
        ("medium", "medium_vip"),
        ("medium", "other_medium"),
        ("small", "small"),
        ("entry", "entry"),
    ]
    assert STANDARD.customers.value_class("giant") is None


def test_the_funnel_climbs_from_ten_to_a_hundred_percent() -> None:
    assert [stage.win_rate for stage in STANDARD.funnel.stages] == [10, 30, 50, 70, 90, 100]


def test_every_stage_has_the_exit_criteria_of_the_design() -> None:
    assert {stage.code: " ".join(item.code for item in stage.criteria) for stage in STANDARD.funnel.stages} == {
        "F1": "value_class named_contact need_in_customers_words owner next_step",
        "F2": "needs_report budget timing power_map customer_plan_link",
        "F3": "presentation_or_poc positive_feedback decision_criteria competitors product_gap_answer",
        "F4": "approval_or_budget_paper buying_process decision_maker_met effort_estimate",
        "F5": "bid_won_or_quote_accepted price_within_margin contract_and_sow_reviewed payment_terms",
        "F6": "signed_contract payment_plan",
    }


def test_a_deal_is_closed_after_the_last_stage() -> None:
    following = STANDARD.funnel.after("F5")
    assert following is not None
    assert following.code == "F6"
    assert STANDARD.funnel.after("F6") is None
    with pytest.raises(KeyError):
        STANDARD.funnel.after("F7")


def test_a_criterion_is_found_with_its_stage() -> None:
    stage, item = STANDARD.funnel.criteria["product_gap_answer"]
    assert (stage.code, item.who) == ("F3", "product")


def test_the_handoffs_go_from_sales_to_delivery_to_support() -> None:
    assert [(STANDARD.handoffs[kind].giver, STANDARD.handoffs[kind].receiver) for kind in ("delivery", "support")] == [
        ("sales", "delivery"),
        ("delivery", "support"),
    ]
    assert [len(handoff.checklist) for handoff in STANDARD.handoffs.values()] == [10, 10]


def test_payments_hang_on_kick_off_blueprint_go_live_and_acceptance() -> None:
    milestones = STANDARD.implementation.milestones
    assert [milestone.code for milestone in milestones] == ["M1", "M2", "M3", "M4", "M5", "M6", "M7"]
    assert [milestone.code for milestone in milestones if milestone.payment] == ["M1", "M2", "M5", "M6"]
    assert {m.code: m.effect for m in milestones if m.effect} == {"M5": "went_live", "M6": "accepted", "M7": "handed_over"}


def test_every_milestone_but_the_handoff_has_deliverables() -> None:
    assert [m.code for m in STANDARD.implementation.milestones if not m.deliverables] == ["M7"]


def test_priority_is_impact_times_urgency() -> None:
    grades = ("high", "medium", "low")
    matrix = [[STANDARD.support.matrix[impact][urgency] for urgency in grades] for impact in grades]  # type: ignore[index]
    assert matrix == [["P1", "P2", "P3"], ["P2", "P3", "P4"], ["P3", "P4", "P4"]]


def test_the_clocks_of_a_priority_are_in_working_minutes() -> None:
    clocks = {target.code: (target.respond, target.resolve) for target in STANDARD.support.targets}
    assert clocks == {"P1": (30, 240), "P2": (60, 480), "P3": (480, 1440), "P4": (1440, 4320)}
    assert STANDARD.support.target("P2").resolve == 480


def test_the_value_class_chooses_the_service_calendar() -> None:
    chosen = {value.code: STANDARD.support.calendar_of(value.code) for value in STANDARD.customers.value_classes}
    assert chosen.pop("strategic") == chosen.pop("vip") == "round_the_clock"
    assert chosen.pop("medium_vip") == "long_week"
    assert set(chosen.values()) == {"business"}
    assert STANDARD.service_calendar("vip").always
    assert STANDARD.service_calendar("unheard_of") == STANDARD.calendar


def test_every_role_that_is_named_has_something_to_do() -> None:
    used = {role for role, _ in STANDARD._roles_used()}
    assert set(STANDARD.roles) == used


def test_everything_that_people_read_is_there_in_chinese() -> None:
    def names(part: object) -> list[dict[str, str]]:
        if isinstance(part, dict):
            return [part] if set(part) == {"en", "zh"} else [name for each in part.values() for name in names(each)]
        return [name for each in part for name in names(each)] if isinstance(part, list) else []

    found = names(yaml.safe_load(SOURCE))
    assert len(found) > 120
    assert [name for name in found if not any("一" <= letter <= "鿿" for letter in name["zh"])] == []
    assert [name for name in found if any("一" <= letter <= "鿿" for letter in name["en"])] == []


# --- versions -------------------------------------------------------------------------------------------------------------


def test_open_work_keeps_the_version_that_it_started_under() -> None:
    playbooks = Playbooks(versions("2026.1", "2026.2"))
    assert playbooks.get(PlaybookRef(name="standard", version="2026.1")).version == "2026.1"
    assert playbooks.get(None).version == "2026.2"
    assert PlaybookRef(name="standard", version="2026.2") in playbooks
    assert playbooks.names() == ["standard"]
    assert len(list(playbooks)) == 2


@pytest.mark.parametrize(
    "order", [("2026.9", "2026.10"), ("2026.10", "2026.9"), ("9", "10"), ("2026.10-rc", "2026.10", "2026.9")]
)
def test_the_newest_version_is_the_one_that_people_would_pick(order: tuple[str, ...]) -> None:
    assert Playbooks(versions(*order)).latest().version.endswith(("10", "10-rc"))


def test_a_version_that_is_not_at_hand_is_not_replaced_by_another() -> None:
    with pytest.raises(KeyError):
        Playbooks(versions("2026.1")).get(PlaybookRef(name="standard", version="2025.1"))
    with pytest.raises(KeyError):
        Playbooks(()).latest()


# --- contradictions -------------------------------------------------------------------------------------------------------


def stages(content: dict[str, Any]) -> Any:
    return content["funnel"]["stages"]


def milestones(content: dict[str, Any]) -> Any:
    return content["implementation"]["milestones"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c["roles"].pop("product"), "the role 'product' is used but not named"),
        (lambda c: c["calendars"].pop("business"), "the calendar 'business' is used but not described"),
        (lambda c: c["calendars"].pop("long_week"), "the calendar 'long_week' is used but not described"),
        (
            lambda c: c.update(unit_calendars=[{"unit": "munich", "calendar": "german"}]),
            "the calendar 'german' is used but not",
        ),
        (
            lambda c: c.update(unit_calendars=[{"unit": "u", "calendar": "business"}] * 2),
            "the calendar of the unit 'u' is described",
        ),
        (lambda c: c["customers"]["value_classes"].pop(0), "the value class 'strategic' is not listed"),
        (lambda c: c["customers"]["markets"].pop(0), "names the market 'large', which is not listed"),
        (lambda c: c["customers"]["markets"][3].update(from_revenue=1), "must start at a revenue of 0"),
        (lambda c: c["customers"]["markets"][2].update(from_revenue="0.00"), "lower bound of a market '0' is described twice"),
        (lambda c: c["handoffs"].pop("support"), "must describe both delivery and support"),
        (lambda c: c["handoffs"]["support"].update(giver="support"), "nobody hands over to themselves"),
        (lambda c: c["handoffs"]["support"]["checklist"][1].update(code="acceptance_signed"), "is described twice"),
        (lambda c: stages(c)[1].update(code="F1"), "the stage 'F1' is described twice"),
        (lambda c: stages(c)[3]["criteria"][0].update(code="budget"), "the criterion 'budget' is described twice"),
        (lambda c: milestones(c)[1].update(after=["M3"]), "comes after M3, which is not listed before it"),
        (lambda c: milestones(c)[1].update(code="M1"), "the milestone 'M1' is described twice"),
        (lambda c: milestones(c)[4].update(effect="accepted"), "went_live, accepted and handed_over once each"),
        (lambda c: milestones(c)[0]["signers"][1].update(code="vendor_project_manager"), "the signer of M1"),
        (lambda c: milestones(c)[1]["deliverables"][0].update(code="master_plan"), "the deliverable 'master_plan'"),
        (lambda c: c["support"]["targets"].reverse(), "P1, P2, P3 and P4, in this order"),
        (lambda c: c["support"]["matrix"].pop("low"), "high, medium and low for both"),
        (lambda c: c["support"].update(warn_at=[90, 70]), "must ascend and stay below 100"),
        (lambda c: c["support"].update(warn_at=[70, 110]), "must ascend and stay below 100"),
        (lambda c: c["support"].update(renewal_windows=[30, 60]), "must descend"),
        (lambda c: stages(c)[0].update(colour="red"), "Extra inputs"),
    ],
)
def test_a_playbook_that_contradicts_itself_is_refused(change: Change, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        changed(change)


def test_a_calendar_that_nobody_uses_is_no_mistake() -> None:
    assert "spare" in changed(lambda c: c["calendars"].update(spare=c["calendars"]["business"])).calendars
