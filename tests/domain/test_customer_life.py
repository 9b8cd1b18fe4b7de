"""The states of a customer 客户: potential and active cool and go dormant, wake, become invalid, and never by a lost deal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from domain.customer import CustomerActivated, RecordContact
from domain.customer.commands import NoteLapse, NoteLostDeal, NotePattern, NoteRenewal
from domain.customer.ladder import contracts_valid, rejudged
from domain.customer.life_commands import InvalidateCustomer, NoteProject, NoteService, RecordUse, RequalifyCustomer
from domain.customer.life_events import (
    CustomerCooled,
    CustomerInvalidated,
    CustomerReactivated,
    CustomerRequalified,
    CustomerWarmed,
    CustomerWentDormant,
    LadderBegan,
    ProjectBegun,
    Reason,
)
from domain.customer.record_commands import RecordContract
from domain.customer.refusals import (
    ApproverNotOtherError,
    CustomerInvalidError,
    DealNotDecidedError,
    EvidenceTooOldError,
    LossNoReasonError,
    NotInvalidError,
    ReasonUnknownError,
    ServiceNotToldError,
    StillACustomerError,
)
from domain.funnel import ReopenDeal
from domain.messages import SYSTEM, Command, Name
from domain.moving import MovePlaybook
from domain.playbook import Playbooks
from domain.refusals import NotFoundError
from domain.support import RenewContract
from tests.domain.asked import (
    RULES,
    SALES,
    STAGES,
    at,
    classify,
    contact,
    in_support,
    judge,
    lose,
    on,
    open_project,
    prepared,
    register,
    release,
    stage_done,
    started,
    utc,
    won,
)
from tests.domain.scenario import Given, Told, World, due_moments, fold_again, given

CUSTOMER = "customer-C1"
VIP = (register(), classify())
"""Potential on 2 March 2026: cools after 3 months, dormant after 6; when active after 6 and 12."""


def use(product: str = "NC", **fields: Any) -> RecordUse:
    return RecordUse(customer="C1", product=product, actor=SALES, **fields)


def message(**fields: Any) -> RecordContact:
    return contact(channel="message", **fields)


def invalidate(reason: str = "wound_up", **fields: Any) -> InvalidateCustomer:
    given_: dict[str, Any] = {"evidence": "register", "approver": "m1", "approver_role": "manager", "actor": SALES} | fields
    return InvalidateCustomer(customer="C1", reason=reason, **given_)


def requalify(**fields: Any) -> RequalifyCustomer:
    given_: dict[str, Any] = {"evidence": "new shareholder", "approver": "m1", "approver_role": "manager", "actor": SALES}
    return RequalifyCustomer(customer="C1", **(given_ | fields))


def until(moment: datetime, *told: Any) -> World:
    """What has happened, and the customer's clocks judged then."""
    return given(*told, moment, judge(CUSTOMER)).world


def steps(world: World) -> list[str]:
    """The steps of the state machine, each with its day."""
    kinds = (CustomerCooled, CustomerWarmed, CustomerWentDormant, CustomerReactivated, CustomerInvalidated, CustomerRequalified)
    told = [one for one in world.events[CUSTOMER] if isinstance(one, kinds)]
    return [f"{one.type.removeprefix('Customer')} {at_(one.occurred_at)}" for one in told]


def at_(moment: datetime) -> str:
    return str(moment.astimezone(at("2026-01-01").tzinfo).date())


def codes(reasons: tuple[Reason, ...]) -> list[str]:
    return [one.code for one in reasons]


# Falling asleep


def test_a_potential_customer_cools_and_goes_dormant_each_step_with_its_own_date_in_one_judge() -> None:
    world = until(at("2027-01-01"), *VIP)
    assert steps(world) == ["Cooled 2026-06-02", "WentDormant 2026-09-02"]
    assert world.view(CUSTOMER).code == "dormant"
    cooled, dormant = (one for one in world.events[CUSTOMER] if isinstance(one, CustomerCooled | CustomerWentDormant))
    assert cooled == CustomerCooled(
        occurred_at=at("2026-06-02"),
        status="potential",
        since=date(2026, 3, 2),
        dormant_on=date(2026, 9, 2),
        times=1,
        reasons=(
            Reason(code="no_running_project", text=Name(en="no running project at all", zh="从无在建项目")),
            Reason(code="no_valid_contract", text=Name(en="no valid contract at all", zh="从无有效合同")),
            Reason(code="no_product_use", text=Name(en="no product use at all", zh="从无产品使用")),
            Reason(code="no_effective_contact", text=Name(en="no effective contact at all", zh="从无有效接触")),
            Reason(
                code="since_registered",
                since=date(2026, 3, 2),
                text=Name(en="nothing seen of it; registered 2026-03-02", zh="登记后无动态；登记于 2026-03-02"),
            ),
        ),
    )
    assert isinstance(dormant, CustomerWentDormant)
    assert (dormant.was, dormant.times) == ("potential", 1)


def test_each_reason_tells_since_when() -> None:
    world = until(at("2026-08-01"), *VIP, at("2026-03-20"), use(), at("2026-04-10"), contact(), open_project(), lose())
    cooled = world.events[CUSTOMER][-1]
    assert isinstance(cooled, CustomerCooled)
    since = {one.code: one.since for one in cooled.reasons}
    assert since == {
        "no_running_project": date(2026, 4, 10),
        "no_valid_contract": None,
        "no_product_use": date(2026, 3, 20),
        "no_effective_contact": date(2026, 4, 10),
    }
    assert cooled.reasons[2].text == Name(en="no product use since 2026-03-20", zh="自 2026-03-20 起无产品使用")


CLASSES = {
    "strategic": ("2500000000", (3, 6), (6, 12)),
    "vip": ("2500000000", (3, 6), (6, 12)),
    "other_large": ("2500000000", (4, 9), (6, 15)),
    "medium_vip": ("500000000", (4, 9), (6, 15)),
    "other_medium": ("500000000", (6, 12), (9, 18)),
    "small": ("10000000", (6, 12), (9, 18)),
    "entry": ("100", (6, 12), (12, 24)),
    "": ("100", (6, 12), (9, 18)),
}


def month(count: int) -> str:
    """So many months after the second of March 2026."""
    year, index = divmod(2026 * 12 + 2 + count, 12)
    return f"{year}-{index + 1:02}-02"


@pytest.mark.parametrize("value_class", CLASSES)
def test_every_value_class_and_a_customer_without_one_has_its_ladder_for_both_states(value_class: str) -> None:
    revenue, potential, active = CLASSES[value_class]
    told: list[Command] = [register(revenue=revenue)]
    told += [classify(value_class)] if value_class else []
    world = until(at("2036-01-01"), *told)
    assert steps(world) == [f"Cooled {month(potential[0])}", f"WentDormant {month(potential[1])}"]
    world = until(at("2036-01-01"), *told, open_project(delivery="elsewhere", playbook="standard"), *won())
    assert steps(world) == [f"Cooled {month(active[0])}", f"WentDormant {month(active[1])}"]
    assert {one.type for one in world.events[CUSTOMER]} >= {"CustomerActivated"}


def test_a_step_is_dated_in_the_last_day_of_a_month_that_has_no_such_day() -> None:
    world = until(at("2027-01-01"), at("2026-08-31 10:00"), *VIP)
    assert steps(world) == ["Cooled 2026-11-30"]


def test_a_running_project_keeps_a_customer_awake_however_long_it_is_silent() -> None:
    world = until(at("2030-01-01"), *started())
    assert (steps(world), world.state(CUSTOMER).running) == ([], ("P1",))
    assert not any(name.startswith("cooling") for name in due_moments(world, CUSTOMER))


def test_a_valid_contract_keeps_a_customer_awake_to_its_last_day_and_the_time_is_counted_from_the_day_after() -> None:
    world = given(*in_support()).world
    assert world.state(CUSTOMER).running == ()
    assert contracts_valid(world.state(CUSTOMER), RULES) == ("P1",)
    world.tell(at("2027-11-05"), judge("support-P1"), at("2029-01-01"), judge(CUSTOMER))
    assert steps(world) == ["Cooled 2028-05-01", "WentDormant 2028-11-01"]
    [dormant] = [one for one in world.events[CUSTOMER] if isinstance(one, CustomerWentDormant)]
    assert {one.code: one.since for one in dormant.reasons}["no_valid_contract"] == date(2027, 11, 1)


def test_the_step_after_the_contracts_end_is_known_as_soon_as_the_contract_is() -> None:
    assert due_moments(given(*in_support()).world, CUSTOMER)["cooling-1-2028-05-01"] == at("2028-05-01")


# Staying awake and waking


@pytest.mark.parametrize(
    ("what", "code"),
    [(contact(), "contact"), (use(), "use"), (open_project(), "project")],
)
def test_cooling_ends_at_a_contact_a_use_or_a_project(what: Command, code: str) -> None:
    world = given(*VIP, at("2026-07-01")).world
    world.take(judge(CUSTOMER))
    assert world.view(CUSTOMER).code == "cooling"
    assert (world.view(CUSTOMER).health, world.view(CUSTOMER).waiting_for) == ("at-risk", "sales")
    assert world.view(CUSTOMER).due_at == at("2026-09-02")
    world.take(what)
    warmed = world.events[CUSTOMER][-1]
    assert isinstance(warmed, CustomerWarmed)
    assert (warmed.occurred_at, warmed.status, codes(warmed.reasons)) == (at("2026-07-01"), "potential", [code])
    assert world.view(CUSTOMER).code == "potential"
    assert world.view(CUSTOMER).outlook == ""
    assert world.state(CUSTOMER).life.cooled_at is None


def test_a_message_counts_only_when_the_customer_has_answered_and_leaves_the_planned_contact_as_it_is() -> None:
    planned = given(*VIP, contact("2026-04-01"), at("2026-03-20"), message())
    assert planned.world.state(CUSTOMER).next_contact_on == date(2026, 4, 1)
    assert steps(until(at("2026-06-10"), *VIP, at("2026-05-01"), message())) == ["Cooled 2026-06-02"]
    assert steps(until(at("2026-06-10"), *VIP, at("2026-05-01"), message(answered=True))) == []
    assert steps(until(at("2026-06-10"), *VIP, at("2026-05-01"), message(direction="in"))) == []


def test_what_counts_is_a_setting_and_stands_in_the_event() -> None:
    chapter = RULES.customers.ladder
    visits = chapter.contact.model_copy(update={"channels": ("visit",)})
    rules = with_ladder(contact=visits, product_use=False)
    world = Given(World(playbooks=Playbooks([rules])).tell(*VIP, at("2026-05-01"), contact(), use())).world
    recorded = world.events[CUSTOMER][-2]
    assert (recorded.effective, recorded.answered) == (False, True)  # type: ignore[attr-defined]
    world.tell(at("2026-06-10"), judge(CUSTOMER))
    assert steps(world) == ["Cooled 2026-06-02"]
    assert "no_product_use" not in codes(world.events[CUSTOMER][-1].reasons)  # type: ignore[attr-defined]


def with_ladder(**chapter: Any) -> Any:
    ladder = RULES.customers.ladder.model_copy(update=chapter)
    return RULES.model_copy(update={"customers": RULES.customers.model_copy(update={"ladder": ladder})})


DORMANT = (*VIP, at("2026-10-01"), judge(CUSTOMER))


def test_a_dormant_customer_is_potential_again_when_it_answers() -> None:
    world = given(*DORMANT).world
    world.take(message())
    world.take(use())
    world.take(contact(channel="visit", answered=False))  # nobody was there
    assert world.view(CUSTOMER).code == "dormant"
    world.take(contact())
    back = world.events[CUSTOMER][-1]
    assert isinstance(back, CustomerReactivated)
    assert (back.to, codes(back.reasons), back.times, back.late) == ("potential", ["answer"], 1, False)
    world.tell(at("2027-09-01"), judge(CUSTOMER))
    assert steps(world)[-2:] == ["Cooled 2027-01-01", "WentDormant 2027-04-01"]


def test_a_dormant_customer_that_was_active_is_potential_when_it_answers_and_active_by_a_contract() -> None:
    told: list[Told] = [register(), classify(), open_project(delivery="elsewhere"), *won(), at("2027-04-01"), judge(CUSTOMER)]
    world = given(*told).world
    assert (world.state(CUSTOMER).status, world.state(CUSTOMER).life.slept_from) == ("dormant", "active")
    answered = given(*told, contact()).world
    assert answered.state(CUSTOMER).status == "potential"
    again = given(*told, open_project("P2")).world
    assert (again.state(CUSTOMER).status, again.state(CUSTOMER).running) == ("potential", ("P2",))
    signed = given(*told, open_project("P2"), *won("P2")).world
    assert signed.state(CUSTOMER).status == "active"
    assert isinstance(signed.events[CUSTOMER][-1], CustomerActivated)


def test_a_renewal_makes_a_dormant_customer_active() -> None:
    world = given(*in_support(), at("2027-11-05"), judge("support-P1"), at("2029-01-01"), judge(CUSTOMER)).world
    assert world.state(CUSTOMER).status == "dormant"
    world.take(RenewContract(project="P1", ends_on=date(2030, 10, 31), actor=SALES))
    back = world.events[CUSTOMER][-1]
    assert isinstance(back, CustomerReactivated)
    assert (back.to, codes(back.reasons)) == ("active", ["contract"])
    assert contracts_valid(world.state(CUSTOMER), RULES) == ("P1",)


def test_a_contract_that_has_run_out_is_not_counted_as_valid_by_whatever_clock_the_latest_fact_was_written() -> None:
    signed = RecordContract(
        customer="C1",
        contract="K1",
        service_line="training",
        starts_on=date(2026, 3, 2),
        ends_on=date(2026, 5, 1),
        reference="paper",
        actor=SALES,
    )
    world = given(*VIP, signed).world
    assert contracts_valid(world.state(CUSTOMER), RULES) == ("contract:K1",)
    over = on(utc(at("2026-05-02 01:00")), contact())
    after = given(*VIP, signed, at("2026-05-03"), over).world
    assert contracts_valid(after.state(CUSTOMER), RULES) == ()
    world.tell(at("2028-01-01"), judge(CUSTOMER))
    assert world.state(CUSTOMER).status == "dormant"
    assert contracts_valid(world.state(CUSTOMER), RULES) == ()


def test_use_wakes_a_dormant_customer_only_where_the_playbook_says_so() -> None:
    world = World(playbooks=Playbooks([with_ladder(use_wakes=True)])).tell(*DORMANT, use())
    back = world.events[CUSTOMER][-1]
    assert isinstance(back, CustomerReactivated)
    assert (back.to, codes(back.reasons), back.late) == ("potential", ["use"], False)


def test_a_fact_that_is_recorded_late_ends_a_cooling_that_it_contradicts_as_of_when_it_is_recorded() -> None:
    world = given(*VIP, at("2026-06-20"), judge(CUSTOMER)).world
    world.take(on(at("2026-05-20"), contact()))
    warmed = world.events[CUSTOMER][-1]
    assert isinstance(warmed, CustomerWarmed)
    assert (warmed.occurred_at, warmed.reasons[0].since) == (at("2026-06-20"), date(2026, 5, 20))
    world.tell(at("2026-08-21"), judge(CUSTOMER))
    assert steps(world)[-1] == "Cooled 2026-08-20"


def test_a_late_fact_that_is_too_old_to_keep_awake_only_moves_the_dormancy() -> None:
    world = given(*VIP, at("2026-08-30"), judge(CUSTOMER), on(at("2026-04-01"), contact())).world
    assert steps(world) == ["Cooled 2026-06-02"]
    assert due_moments(world, CUSTOMER)["dormant-1-2026-10-01"] == at("2026-10-01")


def test_a_late_fact_from_before_the_dormancy_gives_back_what_the_customer_was() -> None:
    world = given(register(), classify(), open_project(delivery="elsewhere"), *won(), at("2027-04-01"), judge(CUSTOMER)).world
    world.take(on(at("2026-12-01"), use()))
    back = world.events[CUSTOMER][-1]
    assert isinstance(back, CustomerReactivated)
    assert (back.occurred_at, back.to, back.late) == (at("2027-04-01"), "active", True)
    assert back.reasons[0] == Reason(
        code="use", since=date(2026, 12, 1), text=Name(en="product use, 2026-12-01", zh="产品使用，2026-12-01")
    )


# Other rules


def test_another_class_while_cooling_leaves_the_cooling_on_record_and_dates_the_next_step_anew() -> None:
    told = (register(revenue="500000000"), classify("other_medium"), at("2026-09-10"), judge(CUSTOMER))
    assert steps(given(*told).world) == ["Cooled 2026-09-02"]
    world = given(*told, classify("medium_vip")).world
    assert steps(world) == ["Cooled 2026-09-02"]
    assert due_moments(world, CUSTOMER)["dormant-1-2026-12-02"] == at("2026-12-02")


def test_a_class_by_which_it_would_not_be_cooling_warms_the_customer_by_the_policy() -> None:
    world = given(register(revenue="500000000"), classify("medium_vip"), at("2026-07-10"), judge(CUSTOMER)).world
    assert steps(world) == ["Cooled 2026-07-02"]
    world.take(classify("other_medium"))
    warmed = world.events[CUSTOMER][-1]
    assert isinstance(warmed, CustomerWarmed)
    assert codes(warmed.reasons) == ["policy"]
    assert due_moments(world, CUSTOMER)["cooling-2-2026-09-02"] == at("2026-09-02")


def test_a_class_by_which_it_would_have_slept_long_ago_lets_it_fall_asleep_when_it_is_decided() -> None:
    """Not before: until then it was judged by another rule."""
    world = given(register(), at("2026-08-20"), classify()).world
    assert steps(world) == ["Cooled 2026-08-20"]
    world = given(register(), at("2026-10-20"), judge(CUSTOMER), classify()).world
    assert steps(world) == ["Cooled 2026-09-02", "WentDormant 2026-10-20"]


def shelf(*ladders: Any) -> Playbooks:
    """The standard playbook in several versions, each with its own chapter on the ladder."""
    made = []
    for number, chapter in enumerate(ladders, start=1):
        customers = RULES.customers.model_copy(update={"ladder": RULES.customers.ladder.model_copy(update=chapter)})
        made.append(RULES.model_copy(update={"version": f"2030.{number}", "customers": customers}))
    return Playbooks(made)


def move(to: str) -> MovePlaybook:
    return MovePlaybook(customer="C1", to=to, reason="policy", actor=SALES)


def test_a_move_to_other_rules_judges_the_customer_by_them_in_the_same_command() -> None:
    row = RULES.customers.ladder.steps[-1]
    books = shelf({}, {"steps": (row,)})
    world = World(playbooks=Playbooks([next(iter(books))])).tell(*VIP, at("2026-07-01"), judge(CUSTOMER))
    assert steps(world) == ["Cooled 2026-06-02"]
    world.playbooks = books
    world.take(move("2030.2"))
    assert steps(world) == ["Cooled 2026-06-02", "Warmed 2026-07-01"]
    world.take(move("2030.1"))
    assert steps(world)[2:] == ["Cooled 2026-07-01"]


def test_rules_with_a_ladder_judge_a_customer_that_was_under_none_from_the_move_on() -> None:
    books = shelf({"steps": ()}, {})
    world = World(playbooks=Playbooks([next(iter(books))])).tell(*VIP, at("2029-05-05"), judge(CUSTOMER))
    assert steps(world) == []
    world.playbooks = books
    world.take(move("2030.2"))
    assert isinstance(world.events[CUSTOMER][-1], LadderBegan)
    world.tell(at("2029-12-05"), judge(CUSTOMER))
    assert steps(world) == ["Cooled 2029-08-05", "WentDormant 2029-11-05"]


def test_to_judge_again_what_is_judged_says_nothing_new() -> None:
    world = until(at("2026-07-01"), *VIP)
    state = world.state(CUSTOMER)
    assert rejudged(state, RULES, at("2026-07-01")) == []
    assert [type(one) for one in rejudged(state, RULES, at("2026-10-01"))] == [CustomerWentDormant]


# Invalid


def test_invalid_needs_a_reason_of_the_playbook_evidence_and_the_approval_of_another_in_a_role_that_may() -> None:
    world = given(*VIP, contact("2026-04-01")).when(invalidate()).then(CustomerInvalidated)
    view = world.view(CUSTOMER)
    assert (view.code, view.closed, view.due_at) == ("invalid", True, None)
    assert due_moments(world, CUSTOMER) == {}
    given(*VIP).when(invalidate("nasty")).then_refused(ReasonUnknownError)
    given(*VIP).when(invalidate(approver="u1")).then_refused(ApproverNotOtherError)
    given(*VIP).when(invalidate(approver=" U1".strip())).then_refused(ApproverNotOtherError)
    given(*VIP).when(invalidate(approver_role="sales")).then_refused(ApproverNotOtherError)
    given(*VIP, invalidate()).when(invalidate()).then_refused(CustomerInvalidError)


def test_no_customer_is_invalid_while_a_project_runs_or_a_contract_is_valid() -> None:
    refused = given(*started()).when(invalidate()).then_refused(StillACustomerError)
    assert "P1" in refused.detail
    given(*in_support()).when(invalidate()).then_refused(StillACustomerError)


@pytest.mark.parametrize("reason", ["lost_deal", "lost", "Deal_Lost"])
def test_a_lost_deal_is_no_reason_and_the_refusal_says_what_to_do(reason: str) -> None:
    refused = given(*started(), lose()).when(invalidate(reason)).then_refused(LossNoReasonError)
    assert "丢单不丢客户" in refused.detail


def test_a_lost_deal_is_no_reason_by_the_back_door_either() -> None:
    lost = given(*started(), lose())
    lost.when(invalidate(because_of="P1")).then_refused(LossNoReasonError)
    lost.when(invalidate("disqualified")).then_refused(EvidenceTooOldError)
    lost.when(invalidate("disqualified", evidence_on=date(2026, 3, 2))).then_refused(EvidenceTooOldError)
    newer = invalidate("disqualified", evidence_on=date(2026, 3, 20))
    lost.when(newer).then_refused(EvidenceTooOldError)
    lost.when(newer, now=at("2026-03-21")).then(CustomerInvalidated)
    later = given(*started(), lose(), at("2026-09-20"))
    assert isinstance(later.world.take(invalidate("disqualified"))[-1], CustomerInvalidated)
    given(*started(), register("C2"), lose()).when(
        invalidate(because_of="P1").model_copy(update={"customer": "C2"})
    ).then_refused(NotFoundError)


def test_a_date_in_the_past_is_no_way_round_a_project_or_a_contract_that_there_was_then() -> None:
    lost = given(*started(), at("2026-03-10"), lose(), at("2026-03-12"))
    lost.when(on(at("2026-03-09"), invalidate())).then_refused(StillACustomerError)
    lost.when(on(at("2026-03-11"), invalidate())).then(CustomerInvalidated)
    lost.when(on(at("2026-03-10 09:00"), requalify())).then_refused(NotInvalidError)
    lapsed = given(*in_support(), at("2027-11-05"), judge("support-P1"))
    lapsed.when(on(at("2027-10-31 23:00"), invalidate())).then_refused(StillACustomerError)
    lapsed.when(on(at("2027-11-01"), invalidate())).then(CustomerInvalidated)


def test_an_invalid_customer_takes_facts_but_begins_nothing_and_is_on_no_ladder() -> None:
    world = given(*VIP, invalidate()).world
    given_ = Given(world)
    refused = given_.when(open_project()).then_refused(CustomerInvalidError)
    assert "RequalifyCustomer" in refused.detail
    world.take(contact())
    world.tell(at("2035-01-01"), judge(CUSTOMER))
    assert steps(world) == ["Invalidated 2026-03-02"]


def test_an_invalid_customer_is_one_again_on_new_evidence_and_approval() -> None:
    world = given(*VIP, invalidate(), at("2027-01-01")).world
    Given(world).when(requalify(approver="u1")).then_refused(ApproverNotOtherError)
    world.take(requalify())
    assert (world.state(CUSTOMER).status, steps(world)[-1]) == ("potential", "Requalified 2027-01-01")
    world.tell(at("2027-04-02"), judge(CUSTOMER))
    assert steps(world)[-1] == "Cooled 2027-04-01"
    Given(world).when(requalify()).then_refused(NotInvalidError)


# Lose the project, not the customer


LOST_AT: dict[str, list[Command]] = {
    "F1": [],
    "F2": [stage_done("F1")],
    "F3": [stage_done("F1", "F2")],
    "F4": [stage_done("F1", "F2"), *prepared(), stage_done("F3")],
    "F5": [stage_done("F1", "F2"), *prepared(), stage_done("F3", "F4")],
    "F6": [stage_done("F1", "F2"), *prepared(), stage_done("F3", "F4", "F5")],
}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("active", [False, True])
def test_a_deal_that_is_lost_in_any_stage_leaves_the_customer_what_it_was_with_a_contact_planned(
    stage: str, active: bool
) -> None:
    before = [open_project("P0", delivery="elsewhere"), *won("P0")] if active else []
    world = given(*VIP, *before, open_project(), *LOST_AT[stage]).world
    assert world.view("funnel-P1").code == stage
    status = world.state(CUSTOMER).status
    world.take(lose())
    assert world.state(CUSTOMER).status == status == ("active" if active else "potential")
    assert world.state(CUSTOMER).running == ()
    assert world.state(CUSTOMER).next_contact_on == date(2026, 5, 31)
    assert steps(world) == []


# Words from projects and services


def test_a_project_tells_its_customer_once_that_it_runs_and_a_forged_word_is_refused() -> None:
    world = given(*started()).world
    begun = [one for one in world.events[CUSTOMER] if isinstance(one, ProjectBegun)]
    assert begun == [ProjectBegun(occurred_at=world.now, project="P1")]
    Given(world).when(NoteProject(customer="C1", project="P1", actor=SYSTEM)).then()
    Given(world).when(NoteProject(customer="C1", project="P9", actor=SYSTEM)).then_refused(NotFoundError)
    other = given(*started(), register("C2"))
    other.when(NoteProject(customer="C2", project="P1", actor=SYSTEM)).then_refused(NotFoundError)
    other.when(NoteService(customer="C1", project="P1", ends_on=date(2030, 1, 1), actor=SYSTEM)).then_refused(NotFoundError)


def test_forged_word_of_a_service_contract_is_refused() -> None:
    supported = given(*in_support())
    about: dict[str, Any] = {"customer": "C1", "project": "P1", "actor": SYSTEM}
    ends_on = date(2027, 10, 31)
    supported.when(NoteLapse(**about, period=1, ended_on=ends_on)).then_refused(ServiceNotToldError)
    supported.when(NoteRenewal(**about, period=2, ends_on=date(2099, 1, 1))).then_refused(ServiceNotToldError)
    supported.when(NoteService(**about, ends_on=date(2099, 1, 1))).then_refused(ServiceNotToldError)
    supported.when(NoteService(**about, ends_on=ends_on)).then()
    lapsed = given(*in_support(), at("2027-11-05"), judge("support-P1"))
    lapsed.when(NoteLapse(**about, period=1, ended_on=date(2026, 11, 1))).then_refused(ServiceNotToldError)


def test_forged_word_of_one_more_loss_or_of_tickets_that_there_are_not_is_refused() -> None:
    asleep = given(*started(), lose(), at("2026-10-01"), judge(CUSTOMER))
    again = NoteLostDeal(customer="C1", project="P1", times=2, actor=SYSTEM)
    asleep.when(again).then_refused(DealNotDecidedError)
    asleep.when(again.model_copy(update={"times": 1})).then()
    tickets = ("T1", "T2", "T3", "T4", "T5")
    alike = NotePattern(customer="C1", product="NC", category="login", tickets=tickets, actor=SYSTEM)
    asleep.when(alike).then_refused(NotFoundError)


def test_word_of_a_project_that_has_ended_meanwhile_says_nothing() -> None:
    world = given(*started(), lose()).world
    Given(world).when(NoteProject(customer="C1", project="P1", actor=SYSTEM)).then()
    assert world.state(CUSTOMER).running == ()


def test_a_reopened_deal_keeps_its_customer_awake_again() -> None:
    world = given(*started(), lose(), at("2026-07-01"), judge(CUSTOMER)).world
    assert world.view(CUSTOMER).code == "cooling"
    world.take(ReopenDeal(project="P1", reason="budget", approver="m1", approver_role="manager", actor=SALES))
    assert world.state(CUSTOMER).running == ("P1",)
    assert steps(world) == ["Cooled 2026-06-02", "Warmed 2026-07-01"]


def test_a_project_that_somebody_else_delivers_runs_until_it_is_won() -> None:
    world = given(*VIP, open_project(delivery="elsewhere"), *won()).world
    assert (world.state(CUSTOMER).running, world.state(CUSTOMER).status) == ((), "active")


def test_a_customer_from_before_projects_told_it_is_not_asleep_while_a_signed_project_of_it_runs() -> None:
    old = [one for one in given(*started(), *won()).world.events[CUSTOMER] if not isinstance(one, ProjectBegun)]
    world = World(now=at("2030-01-01"))
    world.events[CUSTOMER] = old
    world.states[CUSTOMER] = fold_again(world, CUSTOMER)
    world.take(judge(CUSTOMER))
    assert world.state(CUSTOMER).running == ("P1",)
    assert steps(world) == []


# A past that is brought along


def test_a_customer_whose_past_is_brought_along_is_judged_once_when_it_is_released() -> None:
    past = at("2019-01-07")
    told = (on(past, register(hold_clocks=True)), on(past, classify()), on(at("2025-12-20"), contact()))
    world = given(*told).world
    assert due_moments(world, CUSTOMER) == {}
    Given(world).when(judge(CUSTOMER)).then()
    world.take(release(customer="C1"))
    assert steps(world) == []
    world.tell(at("2026-07-01"), judge(CUSTOMER))
    assert steps(world) == ["Cooled 2026-03-20", "WentDormant 2026-06-20"]


def test_a_past_without_a_sign_of_life_is_asleep_with_its_true_dates_once_it_is_released() -> None:
    world = given(on(at("2019-01-07"), register(hold_clocks=True)), on(at("2019-01-07"), classify())).world
    world.take(classify("strategic"))  # of today, while the past is still coming
    assert steps(world) == []
    world.take(release(customer="C1"))
    assert steps(world) == ["Cooled 2019-04-07", "WentDormant 2019-07-07"]
    assert world.state(CUSTOMER).life.cooled_at == at("2019-07-07")
