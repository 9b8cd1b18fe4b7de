"""Change orders: request, approval by size, the customer's signature, and only then the new baseline."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from domain import implementation
from domain.implementation import (
    ApproveChange,
    ChangeApproved,
    ChangeDeclined,
    ChangeOverdue,
    ChangeRefused,
    ChangeRequested,
    ChangeSigned,
    ChangeWithdrawn,
    DeclineChange,
    ForecastMoved,
    Impact,
    MilestoneOverdue,
    PaymentFellDue,
    PlanBaselined,
    PlanUnits,
    RefuseChange,
    RequestChange,
    SignChange,
    Unit,
    UnitsPlanned,
    WithdrawChange,
)
from domain.messages import SYSTEM, Actor, ActorKind, Command, Money
from domain.playbook.changes import ChangeRules
from domain.refusals import AlreadyExistsError, DateInPastError, NotFoundError
from tests.domain.asked import DELIVERY, RULES, SUPPORT, at, defects, handed_to_delivery, reach, ready, signed, utc
from tests.domain.scenario import World, due_moments, given
from tests.domain.test_plan import DATES, days_moved, forecast, last_move, reestimate

WORK = "implementation-P1"
BEGUN: list[Command] = handed_to_delivery()


def person(name: str, role: str, on_behalf_of: str = "") -> Actor:
    return Actor(kind=ActorKind.PERSON, id=name, role=role, on_behalf_of=on_behalf_of)


COLLEAGUE, MANAGER, EXECUTIVE = person("d2", "delivery"), person("m1", "manager"), person("e1", "executive")


def request(change: str = "CR1", actor: Actor = DELIVERY, **impact: Any) -> RequestChange:
    told = Impact(scope="four interfaces", **(impact or {"days": {"M3": 10}}))
    return RequestChange(project="P1", change=change, what="warehouse", reason="asked for", impact=told, actor=actor)


def approve(change: str = "CR1", actor: Actor = MANAGER) -> ApproveChange:
    return ApproveChange(project="P1", change=change, actor=actor)


def refuse(change: str = "CR1", actor: Actor = MANAGER) -> RefuseChange:
    return RefuseChange(project="P1", change=change, reason="too dear", actor=actor)


def sign(change: str = "CR1", signed_by: str = "何工", actor: Actor = DELIVERY) -> SignChange:
    return SignChange(project="P1", change=change, signed_by=signed_by, reference="DOC-90", actor=actor)


def decline(change: str = "CR1", declined_by: str = "何工") -> DeclineChange:
    return DeclineChange(project="P1", change=change, declined_by=declined_by, reason="next year", actor=DELIVERY)


def withdraw(change: str = "CR1") -> WithdrawChange:
    return WithdrawChange(project="P1", change=change, reason="not needed", actor=DELIVERY)


def cost(amount: str, currency: str = "CNY") -> Money:
    return Money(amount=Decimal(amount), currency=currency)


def planned(world: World) -> dict[str, str]:
    return {code: f"{when.astimezone(at('2026-01-01').tzinfo):%m-%d}" for code, when in world.state(WORK).planned.items()}


def status(world: World, change: str = "CR1") -> str:
    return str(world.state(WORK).plan.changes[change].status)


def test_a_request_says_what_it_would_make_of_the_plan_and_who_approves_its_size_and_changes_nothing() -> None:
    world = given(BEGUN).when(request()).then(ChangeRequested)
    asked = world.events[WORK][-1]
    assert isinstance(asked, ChangeRequested)
    assert (asked.size_days, asked.approver) == (10, "manager")
    assert asked.proposed["M3"] == utc(at("2026-07-03 18:00"))
    assert planned(world) == DATES
    assert forecast(world) == DATES


def test_only_the_customers_signature_makes_the_new_baseline_and_the_forecast_moves_by_that() -> None:
    world = given(BEGUN, request()).when(approve()).then(ChangeApproved)
    assert planned(world) == DATES
    world = given(BEGUN, request(), approve()).when(sign()).then(ChangeSigned, PlanBaselined, ForecastMoved)
    baseline = world.events[WORK][-2]
    assert isinstance(baseline, PlanBaselined)
    assert (baseline.plan_version, baseline.cause) == (2, "CR1")
    assert planned(world)["M3"] == "07-03"
    moved = last_move(world)
    assert (moved.cause.kind, moved.cause.what, moved.cause.reason) == ("change", "CR1", "asked for")
    assert days_moved(moved) == {"M3": 10, "M4": 10, "M5": 10, "M6": 10, "M7": 10}
    assert status(world) == "signed"


def test_the_first_baseline_stays_as_it_was() -> None:
    world = given(BEGUN).world
    first = world.state(WORK).plan.baselines[1]
    world.tell(request(), approve(), sign())
    assert world.state(WORK).plan.baselines[1] == first
    assert sorted(world.state(WORK).plan.baselines) == [1, 2]


@pytest.mark.parametrize(
    ("impact", "role"),
    [
        ({"days": {"M3": 3}}, "delivery"),
        ({"days": {"M3": 3}, "cost": cost("20000")}, "delivery"),
        ({"days": {"M3": 3}, "cost": cost("20000.01")}, "manager"),
        ({"days": {"M3": 4}}, "manager"),
        ({"days": {"M3": 20, "M4": -10}}, "executive"),
        ({"days": {"M3": -20}}, "executive"),
        ({"cost": cost("200001")}, "executive"),
        ({"cost": cost("1", "EUR")}, "executive"),
        ({"dates": {"M5": date(2026, 12, 31)}}, "executive"),
    ],
)
def test_its_size_in_days_and_cost_decides_who_approves(impact: dict[str, Any], role: str) -> None:
    world = given(BEGUN, request(**impact)).world
    assert world.state(WORK).plan.changes["CR1"].approver == role


def test_only_the_role_of_its_size_answers_and_nobody_for_themselves() -> None:
    given(BEGUN, request()).when(approve(actor=SUPPORT)).then_refused(implementation.RoleNotAllowedError)
    given(BEGUN, request()).when(approve(actor=EXECUTIVE)).then_refused(implementation.RoleNotAllowedError)
    given(BEGUN, request()).when(refuse(actor=COLLEAGUE)).then_refused(implementation.RoleNotAllowedError)
    small = given(BEGUN, request(days={"M3": 2}))
    small.when(approve(actor=DELIVERY)).then_refused(implementation.OwnApprovalError)
    small.when(approve(actor=person("d9", "delivery", DELIVERY.id))).then_refused(implementation.OwnApprovalError)
    small.when(approve(actor=COLLEAGUE)).then(ChangeApproved)
    given(BEGUN, request(actor=person("m3", "manager", "m1"))).when(approve()).then_refused(implementation.OwnApprovalError)


def test_only_roles_of_the_playbook_ask() -> None:
    given(BEGUN).when(request(actor=SUPPORT)).then_refused(implementation.RoleNotAllowedError)


def test_the_customers_answer_is_that_of_a_person_of_the_customer() -> None:
    for name in (DELIVERY.id, "m1", f" {DELIVERY.id.upper()} "):
        given(BEGUN, request(), approve()).when(sign(signed_by=name)).then_refused(implementation.NotTheCustomerError)
    given(BEGUN, request(), approve()).when(decline(declined_by="m1")).then_refused(implementation.NotTheCustomerError)


def test_a_signature_before_the_approval_is_refused_and_so_is_every_answer_after_the_last() -> None:
    given(BEGUN, request()).when(sign()).then_refused(implementation.ChangeNotOpenError)
    given(BEGUN, request()).when(decline()).then_refused(implementation.ChangeNotOpenError)
    for ended in ([refuse()], [withdraw()], [approve(), decline()], [approve(), sign()]):
        for command in (approve(), refuse(), sign(), decline(), withdraw()):
            given(BEGUN, request(), ended).when(command).then_refused(implementation.ChangeNotOpenError)


def test_refused_declined_and_withdrawn_leave_the_plan_as_it_was() -> None:
    worlds = [
        given(BEGUN, request()).when(refuse()).then(ChangeRefused),
        given(BEGUN, request(), approve()).when(decline()).then(ChangeDeclined),
        given(BEGUN, request(), approve()).when(withdraw()).then(ChangeWithdrawn),
    ]
    assert [planned(world) for world in worlds] == [DATES] * 3
    assert [status(world) for world in worlds] == ["refused", "declined", "withdrawn"]


def test_what_is_signed_off_is_out_of_reach() -> None:
    done = given(BEGUN, reach("M1"))
    done.when(request(days={"M1": 5})).then_refused(implementation.MilestoneSignedAlreadyError)
    done.when(request(dates={"M1": date(2026, 12, 1)})).then_refused(implementation.MilestoneSignedAlreadyError)
    signed_meanwhile = given(BEGUN, reach("M1"), request(days={"M2": 5}), approve(), reach("M2"))
    signed_meanwhile.when(sign()).then_refused(implementation.MilestoneSignedAlreadyError)


def test_an_order_must_change_something_and_go_together_with_the_plan() -> None:
    told = given(BEGUN)
    told.when(request(cost=cost("0"))).then_refused(implementation.ChangeEmptyError)
    told.when(request(days={"M9": 5})).then_refused(implementation.MilestoneUnknownError)
    told.when(request(days={"M5": -5})).then_refused(implementation.ChangeImpossibleError)
    told.when(request(dates={"M5": date(2026, 6, 1)})).then_refused(implementation.ChangeImpossibleError)
    told.when(request(dates={"M5": date(2026, 2, 1)})).then_refused(DateInPastError)
    given(BEGUN, request()).when(request()).then_refused(AlreadyExistsError)
    told.when(approve("CR9")).then_refused(NotFoundError)
    with pytest.raises(ValidationError):
        Impact(scope="x", days={"M3": 0})


def test_only_who_may_ask_for_orders_records_the_customers_answer() -> None:
    given(BEGUN, request(), approve()).when(sign(actor=SUPPORT)).then_refused(implementation.RoleNotAllowedError)


def test_an_agreed_date_that_has_passed_before_the_signature_is_not_agreed_on_any_more() -> None:
    soon = [request(dates={"M1": date(2026, 3, 20)}), approve()]
    given(BEGUN, soon, at("2026-03-23 10:00")).when(sign()).then_refused(DateInPastError)


def test_days_that_no_calendar_reaches_are_refused() -> None:
    given(BEGUN).when(request(days={"M3": 1990})).then_refused(implementation.ChangeImpossibleError)


def test_a_change_of_cost_alone_is_signed_without_a_new_baseline() -> None:
    given(BEGUN, request(cost=cost("50000")), approve()).when(sign()).then(ChangeSigned)


def test_two_open_orders_build_on_each_other() -> None:
    world = given(BEGUN, request(), request("CR2", days={"M3": 5}), approve(), approve("CR2"), sign("CR2"), sign()).world
    assert planned(world)["M3"] == "07-10"
    assert world.state(WORK).plan_version == 3
    assert [event.cause.what for event in world.events[WORK] if isinstance(event, ForecastMoved)] == ["CR2", "CR1"]


def test_an_order_that_the_plan_of_now_makes_larger_than_what_was_approved_is_approved_anew() -> None:
    fixed = request(dates={"M5": date(2026, 7, 20)})
    outgrown = given(
        BEGUN,
        fixed,
        approve(actor=COLLEAGUE),
        request("CR2", days={"M4": -14, "M3": -39}),
        approve("CR2", EXECUTIVE),
        sign("CR2"),
    )
    outgrown.when(sign()).then_refused(implementation.ChangeOutgrownError)


def test_an_agreed_date_holds_the_followers_and_a_later_order_keeps_it() -> None:
    world = given(BEGUN, request(dates={"M5": date(2026, 8, 31)}), approve(actor=EXECUTIVE), sign()).world
    assert (planned(world)["M5"], forecast(world)["M5"]) == ("08-31", "08-31")
    world.tell(request("CR2", days={"M3": 5}), approve("CR2"), sign("CR2"))
    assert (planned(world)["M3"], planned(world)["M5"]) == ("06-26", "08-31")


def test_a_slip_stays_beside_what_is_agreed_on_more() -> None:
    world = given(BEGUN, reestimate("M3", 45), request(), approve(), sign()).world
    assert planned(world)["M3"] == "07-03"
    assert world.state(WORK).plan.estimates["M3"] == 55
    assert days_moved(last_move(world))["M3"] == 10


def test_units_come_in_by_a_change_order() -> None:
    units = (Unit(unit="a", name="A", pilot=True), Unit(unit="b", name="B"))
    begun = given(BEGUN, reach("M1"), request(units=units), approve(actor=EXECUTIVE))
    world = begun.when(sign()).then(ChangeSigned, UnitsPlanned, PlanBaselined, ForecastMoved)
    assert set(planned(world)) == {"M1", "M2", *(f"{code}@{unit}" for code in ("M3", "M4", "M5") for unit in "ab"), "M6", "M7"}
    again = request("CR2", units=units[:1])
    given(BEGUN, request(units=units), approve(actor=EXECUTIVE), sign()).when(again).then_refused(implementation.UnitTwiceError)
    late = given(BEGUN, reach("M1", "M2", "M3"))
    late.when(request(units=units)).then_refused(implementation.MilestoneSignedAlreadyError)


def test_an_answer_that_does_not_come_is_escalated_once_and_the_one_above_may_approve() -> None:
    late = given(BEGUN, request())
    assert due_moments(late.world, WORK)["change-CR1-approval-overdue"] == utc(at("2026-03-04 10:00"))
    world = late.when_clocks_are_judged(WORK, at("2026-03-05 09:00")).then(
        ChangeOverdue(
            occurred_at=utc(at("2026-03-04 10:00")), change="CR1", answer="approval", who="manager", escalated_to="executive"
        )
    )
    view = world.view(WORK)
    assert (view.needs_human, view.health) == (True, "overdue")
    assert "CR1 → executive" in view.reason
    late.when_clocks_are_judged(WORK, at("2026-03-06 09:00")).then()
    late.when(approve(actor=EXECUTIVE)).then(ChangeApproved)
    assert not world.view(WORK).needs_human


def test_a_signature_that_does_not_come_is_told_once() -> None:
    late = given(BEGUN, request(), approve())
    late.when_clocks_are_judged(WORK, at("2026-03-10 09:00")).then(ChangeOverdue)
    world = late.when_clocks_are_judged(WORK, at("2026-03-16 19:00")).then(MilestoneOverdue, ForecastMoved)
    assert "CR1" in world.view(WORK).reason


def test_a_playbook_without_change_orders_takes_none() -> None:
    rules = RULES.implementation.model_copy(update={"changes": None})
    with pytest.raises(implementation.ChangesNotForeseenError):
        implementation.changes.rules_of(RULES.model_copy(update={"implementation": rules}))


@pytest.mark.parametrize(
    "tiers",
    [
        [{"up_to_days": 3, "role": "delivery"}],
        [{"role": "delivery"}, {"role": "manager"}],
        [],
    ],
)
def test_tiers_that_leave_a_size_without_an_approver_are_no_playbook(tiers: list[dict[str, Any]]) -> None:
    with pytest.raises(ValidationError):
        ChangeRules.model_validate({"tiers": tiers, "answer_within": 8, "sign_within": 5, "escalate_to": "manager"})


NORTH, SOUTH = Unit(unit="north", name="N"), Unit(unit="south", name="S")
IN_UNITS = PlanUnits(project="P1", units=(Unit(unit="pilot", name="P", pilot=True), NORTH, SOUTH), actor=DELIVERY)


def unit_done(unit: str, *milestones: str) -> list[Command]:
    """These milestones of a unit, signed off."""
    named = {"unit": unit}
    return [command.model_copy(update=named) for code in milestones for command in (*ready(code), signed(code))]


def test_units_have_a_size_also_where_they_move_no_date() -> None:
    beside = given(BEGUN, IN_UNITS).when(request(units=(Unit(unit="west", name="W"),))).then(ChangeRequested)
    order = beside.state(WORK).plan.changes["CR1"]
    assert (order.size_days, order.approver) == (60, "executive")


def test_a_unit_goes_out_by_a_change_order_and_what_waited_for_it_goes_on_without_it() -> None:
    others = [*reach("M1", "M2"), *unit_done("pilot", "M3", "M4", "M5"), *unit_done("north", "M3", "M4", "M5")]
    severe = defects(one=2, unit="south")
    begun = given(BEGUN, IN_UNITS, others, severe, request(units_out=("south",)), approve(actor=EXECUTIVE))
    assert begun.world.state(WORK).went_live_at is None
    world = begun.when(sign()).then(ChangeSigned, UnitsPlanned, PlanBaselined, PaymentFellDue, ForecastMoved)
    state = world.state(WORK)
    assert set(planned(world)) == {
        "M1",
        "M2",
        *(f"{c}@{u}" for c in ("M3", "M4", "M5") for u in ("pilot", "north")),
        "M6",
        "M7",
    }
    assert state.went_live_at is not None
    assert state.open_severe == 0
    assert {one.milestone: one.after for one in last_move(world).moved}["M5@south"] is None


def test_a_unit_that_has_begun_to_pass_or_is_the_last_does_not_go_out() -> None:
    begun = given(BEGUN, IN_UNITS, reach("M1", "M2"), unit_done("pilot", "M3"))
    begun.when(request(units_out=("pilot",))).then_refused(implementation.MilestoneSignedAlreadyError)
    begun.when(request(units_out=("east",))).then_refused(implementation.UnitUnknownError)
    alone = given(BEGUN, IN_UNITS.model_copy(update={"units": (NORTH,)}))
    alone.when(request(units_out=("north",))).then_refused(implementation.ChangeImpossibleError)


@pytest.mark.parametrize("ours", ["u1", "U1", "m1", "m7", "d9"])
def test_the_customer_does_not_sign_by_anybody_who_is_known_to_be_of_our_side(ours: str) -> None:
    other = [request("CR9", actor=person("d9", "delivery")), approve("CR9", actor=person("m7", "manager"))]
    given(BEGUN, other, request(), approve()).when(sign(signed_by=ours)).then_refused(implementation.NotTheCustomerError)


@pytest.mark.parametrize("program", [Actor(kind=ActorKind.INTEGRATION, id="crm", role="manager"), SYSTEM])
def test_programs_neither_ask_for_change_orders_nor_answer_them_in_their_own_name(program: Actor) -> None:
    given(BEGUN).when(request(actor=program)).then_refused(implementation.ChangePersonMissingError)
    given(BEGUN, request()).when(approve(actor=program)).then_refused(implementation.ChangePersonMissingError)
    for_somebody = program.model_copy(update={"role": "manager", "on_behalf_of": "m1"})
    given(BEGUN, request()).when(approve(actor=for_somebody)).then(ChangeApproved)
