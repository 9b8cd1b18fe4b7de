"""A customer's record: identity, group, revenue, value class, owner, power map, contracts."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

from domain import streams
from domain.customer.events import CustomerActivated, CustomerClassified
from domain.customer.record_commands import (
    ApproveClass,
    ChangeOwner,
    CorrectCustomer,
    EndContract,
    MapPerson,
    RecordBuyingProcess,
    RecordContract,
    RecordITPlan,
    RecordRevenue,
    RefuseClass,
    SetGroupParent,
    UnmapPerson,
)
from domain.customer.record_events import (
    BuyingProcessRecorded,
    ClassProposed,
    ClassRefused,
    ClassReviewDropped,
    ClassReviewOverdue,
    ClassReviewRaised,
    ContractRecorded,
    ContractTerminated,
    CustomerCorrected,
    ITPlanRecorded,
    MarketChanged,
    OwnerChanged,
    ParentChanged,
    PersonMapped,
    PersonUnmapped,
    RevenueRecorded,
)
from domain.customer.record_terms import BuyingStep, ITItem
from domain.customer.refusals import (
    ApproverNotOtherError,
    ContractKnownError,
    ContractUnknownError,
    CurrencyNotCnyError,
    GroupCycleError,
    NoProposalError,
    NothingCorrectedError,
    PersonUnknownError,
    ReportingCycleError,
    ServiceLineUnknownError,
    WrongValueClassError,
)
from domain.messages import Money
from domain.moving import MovePlaybook, PlaybookMoved
from domain.owning import SameOwnerError
from domain.playbook import Playbook, Playbooks
from domain.refusals import DateInPastError, NotFoundError
from tests.domain.asked import (
    MONDAY,
    RULES,
    SALES,
    accept,
    at,
    classify,
    days,
    lose,
    offer,
    open_project,
    register,
    stage_done,
    started,
    won,
)
from tests.domain.funnelling import MANAGER, person
from tests.domain.scenario import World, due_moments, fold_again, given

C1 = streams.customer("C1")
OTHER_MANAGER = person("m9", "manager")


def propose(value_class: str = "vip", **fields: Any) -> Any:
    return classify(value_class, **({"approver": None, "approver_role": ""} | fields))


def revenue(amount: str, year: int = 2025, **fields: Any) -> RecordRevenue:
    money = Money(amount=Decimal(amount), currency=fields.pop("currency", "CNY"))
    return RecordRevenue(customer="C1", year=year, amount=money, evidence="annual report", actor=SALES, **fields)


def mapped(who: str = "w1", reports_to: str | None = None, **fields: Any) -> MapPerson:
    asked: dict[str, Any] = {
        "name": "王总",
        "title": "CIO",
        "roles": ("decides",),
        "influence": 5,
        "evidence": "visit",
    } | fields
    return MapPerson(customer="C1", person=who, reports_to=reports_to, actor=SALES, **asked)


def agreed(contract: str = "K1", line: str = "training", **fields: Any) -> RecordContract:
    dates: dict[str, Any] = {"starts_on": date(2026, 3, 1), "ends_on": date(2027, 2, 28), "reference": "doc-K1"} | fields
    return RecordContract(customer="C1", contract=contract, service_line=line, actor=SALES, **dates)


# Identity


def test_a_correction_keeps_before_and_after_and_its_reason() -> None:
    command = CorrectCustomer(
        customer="C1", name="华星股份", registration="91310000X", aliases=("HX",), reason="renamed", actor=SALES
    )
    world = given(register()).when(command).then(CustomerCorrected)
    fact = world.events[C1][-1]
    assert isinstance(fact, CustomerCorrected)
    assert (fact.before.name, fact.after.name, fact.fields) == ("华星集团", "华星股份", ("name", "registration", "aliases"))
    state = world.state(C1)
    assert (state.name, state.industry, state.record.registration) == ("华星股份", "machinery", "91310000X")
    again = command.model_copy(update={"command_id": "again"})
    given(register(), command).when(again).then_refused(NothingCorrectedError)


# Group


def below(customer: str, parent: str | None) -> SetGroupParent:
    return SetGroupParent(customer=customer, parent=parent, reason="shareholding", actor=SALES)


def test_a_group_has_no_cycle_however_long() -> None:
    everybody = [register(f"C{n}") for n in range(1, 7)]
    chained = [below(f"C{n + 1}", f"C{n}") for n in range(1, 6)]
    world = given(everybody, chained).when(below("C1", "C6")).then_refused(GroupCycleError)
    assert "C6" in world.detail
    given(everybody).when(below("C1", "C1")).then_refused(GroupCycleError)
    given(everybody).when(below("C1", "C99")).then_refused(NotFoundError)
    given(everybody).when(below("C1", None)).then_refused(NothingCorrectedError)


def test_a_customer_leaves_its_group() -> None:
    world = given(register("C1"), register("C2"), below("C2", "C1")).when(below("C2", None)).then(ParentChanged)
    assert world.state("customer-C2").record.parent == ""


# Revenue and value class


def test_a_revenue_that_crosses_a_boundary_asks_for_a_review_and_keeps_the_class() -> None:
    world = given(register(), classify()).when(revenue("90000000")).then(RevenueRecorded, ClassReviewRaised)
    state, view = world.state(C1), world.view(C1)
    assert (state.market, state.value_class) == ("small", "vip")
    assert [(one.code, one.who) for one in view.missing] == [("class_review", "sales")]
    assert "does not fit" in view.reason
    assert view.needs_human
    assert view.due_at == at("2026-04-02")
    late = world.take(judge_at(world, at("2026-04-02 08:00")))
    assert [type(one) for one in late] == [ClassReviewOverdue]
    assert late[0].occurred_at == at("2026-04-02")
    assert world.view(C1).health == "overdue"
    assert not due_moments(world, C1).keys() & {"class-review-1-overdue"}
    world.tell(classify("small"))
    assert world.view(C1).missing == ()
    assert not world.view(C1).needs_human


def judge_at(world: World, now: Any) -> Any:
    from tests.domain.asked import judge

    world.now = now
    return judge(C1)


def test_an_older_year_changes_no_market_and_the_latest_does() -> None:
    given(register(), classify()).when(revenue("1", 2019)).then(RevenueRecorded)
    world = given(register(), classify()).when(revenue("1", 2026)).then(RevenueRecorded, ClassReviewRaised)
    assert world.state(C1).market == "entry"
    assert sorted(world.state(C1).record.revenues) == [2025, 2026]
    world.tell(revenue("3000000000", 2026))
    assert type(world.events[C1][-1]) is ClassReviewDropped
    assert world.state(C1).record.review is None
    given(register()).when(revenue("5", 2031)).then_refused(DateInPastError)
    given(register()).when(revenue("5", 2025, currency="USD")).then_refused(CurrencyNotCnyError)


def test_a_class_that_nobody_may_decide_is_proposed_and_another_person_approves_it() -> None:
    world = given(register()).when(propose()).then(ClassProposed)
    assert world.state(C1).value_class == ""
    assert [(one.code, one.who) for one in world.view(C1).missing] == [("class_proposal", "manager")]
    decided = world.take(ApproveClass(customer="C1", actor=MANAGER))
    assert isinstance(decided[0], CustomerClassified)
    assert (decided[0].approver, decided[0].proposed_by, decided[0].evidence) == ("m1", ("u1",), "board paper")
    assert world.state(C1).value_class == "vip"
    assert world.view(C1).missing == ()


def test_a_manager_decides_at_once_but_never_for_their_own_customer_or_proposal() -> None:
    given(register()).when(propose(actor=MANAGER)).then(CustomerClassified)
    given(register(owner="m1")).when(propose(actor=MANAGER)).then(ClassProposed)
    own = given(register(owner="m1"), propose(actor=MANAGER))
    own.when(ApproveClass(customer="C1", actor=MANAGER)).then_refused(ApproverNotOtherError)
    own.when(ApproveClass(customer="C1", actor=SALES)).then_refused(ApproverNotOtherError)
    own.when(ApproveClass(customer="C1", actor=OTHER_MANAGER)).then(CustomerClassified)


def test_whoever_hands_the_customer_over_may_still_not_decide_its_class() -> None:
    left = given(register(owner="m1"), changed(owner="u9"))
    left.when(propose(actor=MANAGER)).then(ClassProposed)
    given(register(owner="m1"), changed(owner="u9")).when(classify(approver="m1")).then_refused(ApproverNotOtherError)
    left.when(ApproveClass(customer="C1", actor=MANAGER)).then_refused(ApproverNotOtherError)
    left.when(ApproveClass(customer="C1", actor=OTHER_MANAGER)).then(CustomerClassified)


def test_an_approver_who_is_named_has_the_role_and_is_another_person() -> None:
    given(register()).when(classify(approver="u1")).then_refused(ApproverNotOtherError)
    given(register()).when(classify(approver_role="sales")).then_refused(ApproverNotOtherError)
    given(register()).when(classify(approver_role="")).then_refused(ApproverNotOtherError)


def test_a_refused_proposal_leaves_the_class_as_it_is() -> None:
    world = World().tell(register(), classify(), propose("strategic"))
    refused = world.take(RefuseClass(customer="C1", reason="no strategy", actor=OTHER_MANAGER))
    assert [type(one) for one in refused] == [ClassRefused]
    assert world.state(C1).value_class == "vip"
    given(register(), classify()).when(ApproveClass(customer="C1", actor=MANAGER)).then_refused(NoProposalError)


def test_a_proposal_that_the_market_has_left_is_not_approved() -> None:
    asked = given(register(), propose(), revenue("90000000"))
    asked.when(ApproveClass(customer="C1", actor=MANAGER)).then_refused(WrongValueClassError)


def test_without_a_rule_on_approvers_whoever_asks_decides_as_before() -> None:
    rules = RULES.model_copy(update={"customers": RULES.customers.model_copy(update={"classified_by": ()})})
    world = World(playbooks=Playbooks([rules])).tell(register())
    assert [type(one) for one in world.take(propose())] == [CustomerClassified]


def test_open_work_keeps_its_class_and_its_clocks_when_the_customer_gets_another() -> None:
    world = World().tell(started(), stage_done("F1"))
    before = (world.view("funnel-P1"), due_moments(world, "funnel-P1"))
    world.tell(MONDAY + days(1), classify("strategic"))
    assert (world.view("funnel-P1"), due_moments(world, "funnel-P1")) == before
    assert world.state("funnel-P1").root.value_class == "vip"
    assert world.state(C1).value_class == "strategic"
    assert [one.value_class for one in world.state(C1).record.classed] == ["vip", "strategic"]


# Owner


def changed(**fields: Any) -> ChangeOwner:
    asked: dict[str, Any] = {"owner": "u9", "owner_unit": "south", "reason": "left the company"} | fields
    return ChangeOwner(customer="C1", actor=SALES, **asked)


def test_the_customer_goes_to_another_owner_alone_or_with_its_running_deals() -> None:
    alone = given(started()).when(changed()).then(OwnerChanged)
    assert alone.state("funnel-P1").owner_now == "u1"
    world = given(started(), open_project("P2")).when(changed(with_deals=True)).then(OwnerChanged)
    for stream in ("project-P1", "funnel-P1", "project-P2", "funnel-P2"):
        assert (world.state(stream).owner_now, world.state(stream).unit_now) == ("u9", "south"), stream
    assert world.view(C1).owner_unit == "south"
    assert world.state(C1).every_owner == ("u1", "u9")
    given(started()).when(changed(owner="u1", owner_unit=None)).then_refused(SameOwnerError)


# What we know


def test_the_power_map_has_versions_and_nobody_reports_to_themselves() -> None:
    world = given(register(), mapped()).when(mapped("w2", "w1", influence=2)).then(PersonMapped)
    assert world.state(C1).record.map_version == 2
    given(register(), mapped(), mapped("w2", "w1")).when(mapped("w1", "w2")).then_refused(ReportingCycleError)
    given(register()).when(mapped("w1", "w1")).then_refused(ReportingCycleError)
    given(register()).when(mapped("w1", "w7")).then_refused(PersonUnknownError)
    gone = world.take(UnmapPerson(customer="C1", person="w1", reason="retired", actor=SALES))
    assert [type(one) for one in gone] == [PersonUnmapped]
    assert list(world.state(C1).record.people) == ["w2"]


def test_nothing_that_people_see_in_temporal_names_a_person() -> None:
    world = World().tell(register(), classify(), mapped(), agreed())
    assert "王" not in world.view(C1).model_dump_json()


def test_buying_process_and_it_plan_are_recorded_in_versions() -> None:
    step = BuyingStep(step="board approves", decides="board", threshold=Money(amount=Decimal("1000000")))
    buying = RecordBuyingProcess(customer="C1", steps=(step,), evidence="procurement rules", actor=SALES)
    item = ITItem(year=2027, topic="supply chain")
    plan = RecordITPlan(customer="C1", mode="product_strategy", items=(item,), evidence="workshop", actor=SALES)
    world = given(register(), buying, plan).when(plan.model_copy(update={"mode": "consulting"})).then(ITPlanRecorded)
    assert world.state(C1).record.it_plan.version == 2
    assert world.take(buying)[0].type == BuyingProcessRecorded.type
    assert world.state(C1).record.buying.version == 2


# Contracts


def test_a_recorded_contract_makes_a_potential_customer_active_and_counts_for_its_life() -> None:
    world = given(register()).when(agreed()).then(ContractRecorded, CustomerActivated)
    assert world.state(C1).status == "active"
    assert "contract:K1" in world.state(C1).life.contracts
    ended = world.take(EndContract(customer="C1", contract="K1", reason="bankrupt", actor=SALES))
    assert next(type(one) for one in ended) is ContractTerminated
    assert "contract:K1" not in world.state(C1).life.contracts
    assert fold_again(world, C1) == world.state(C1)


def test_a_contract_needs_a_known_line_its_own_id_and_a_project_of_the_customer() -> None:
    given(register()).when(agreed(line="magic")).then_refused(ServiceLineUnknownError)
    given(register(), agreed()).when(agreed()).then_refused(ContractKnownError)
    given(register()).when(agreed(project="P9")).then_refused(NotFoundError)
    given(register()).when(EndContract(customer="C1", contract="K9", reason="x", actor=SALES)).then_refused(
        ContractUnknownError
    )
    early = EndContract(customer="C1", contract="K1", ended_on=date(2025, 1, 1), reason="x", actor=SALES)
    given(register(), agreed()).when(early).then_refused(ContractUnknownError)


def test_people_hear_of_what_is_theirs_to_decide_or_to_own() -> None:
    told = {rule.event: rule.to for rule in RULES.notices.rules}
    assert told["ClassProposed"] == ("event.who",)
    assert told["OwnerChanged"] == ("event.owner/sales",)


def test_a_customer_without_a_class_blocks_nothing() -> None:
    world = World().tell(register(), propose(), open_project(), *won(), offer(), accept())
    assert world.state("implementation-P1").exists
    assert world.state(C1).status == "active"


def test_rules_with_other_boundaries_change_the_market_and_ask_for_a_review() -> None:
    document = RULES.model_dump(mode="json")
    document["version"] = "2027.1"
    document["customers"]["markets"][0]["from_revenue"] = "5000000000"
    moved_to = Playbook.model_validate_json(json.dumps(document))
    world = World(playbooks=Playbooks([RULES])).tell(register(), classify())
    world.playbooks = Playbooks([RULES, moved_to])
    move = MovePlaybook(customer="C1", to="standard@2027.1", reason="new policy", actor=SALES)
    assert [type(one) for one in world.take(move)] == [PlaybookMoved, MarketChanged, ClassReviewRaised]
    assert (world.state(C1).market, world.state(C1).value_class) == ("medium", "vip")
    assert "does not fit" in world.view(C1).reason
    assert fold_again(world, C1) == world.state(C1)


def test_what_runs_to_win_the_customer_back_goes_to_the_new_owner_and_keeps_its_dates() -> None:
    world = World().tell(started(), lose())
    recovery = streams.recovery("P1.1")
    before = (due_moments(world, recovery), world.view(recovery).model_dump(exclude={"owner_unit"}))
    world.tell(MONDAY + days(1), changed())
    assert (world.state(recovery).owner_now, world.view(recovery).owner_unit) == ("u9", "south")
    assert (due_moments(world, recovery), world.view(recovery).model_dump(exclude={"owner_unit"})) == before
    assert world.state(recovery).every_owner == ("u1", "u9")
