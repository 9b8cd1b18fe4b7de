"""The service contract in mid-period: changed, lapsed, grown, its renewal steps, and what the open tickets hear of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain import support
from domain.customer import NoteLapse, NoteRenewal, ServiceLapsed, ServiceRenewed
from domain.funnel import EvidenceRecorded
from domain.messages import SYSTEM
from domain.project import ProjectOpened
from domain.refusals import DateInPastError, NotFoundError
from domain.support import (
    ChangeContract,
    ContractChanged,
    ContractGrown,
    ContractRenewed,
    GrowContract,
    OpenTicketsChecked,
    OpenTicketsTold,
    RecordRenewalStep,
    RenewalStepRecorded,
    RenewContract,
)
from domain.ticket import TargetsRedated
from tests.domain.asked import (
    RULES,
    SALES,
    SUPPORT,
    accept,
    at,
    deliver_all,
    handed_to_delivery,
    in_support,
    judge,
    offer,
    open_project,
    open_ticket,
    promise,
)
from tests.domain.scenario import Given
from tests.domain.serving import rules_with, under

CONTRACT, CUSTOMER = "support-P1", "customer-C1"
STEPS = [
    {
        "days": 60,
        "steps": [
            {"code": "offer", "name": {"en": "offer", "zh": "报价"}, "who": "sales"},
            {"code": "survey", "name": {"en": "survey", "zh": "回访"}, "who": "support", "required": False},
        ],
    }
]
PATTERN = {"tickets": 3, "days": 30, "owner": "sales", "need_criterion": "need_in_customers_words"}
WITH_STEPS = rules_with(renewal=STEPS, pattern=PATTERN)
GOLD = WITH_STEPS.model_copy(
    update={
        "support": WITH_STEPS.support.model_copy(
            update={
                "targets": (
                    *RULES.support.targets,
                    RULES.support.target("P1").model_copy(update={"level": "gold", "respond": 15, "resolve": 120}),
                )
            }
        )
    }
)


def given(*told: Any) -> Given:
    return under(GOLD, in_support(), *told)


def change(**fields: Any) -> ChangeContract:
    return ChangeContract(project="P1", reason="the customer asked", **({"actor": SUPPORT} | fields))


def renew(until: str = "2028-10-31", **fields: Any) -> RenewContract:
    return RenewContract(project="P1", ends_on=date.fromisoformat(until), actor=SUPPORT, **fields)


def grow(project: str = "P2") -> GrowContract:
    return GrowContract(project="P1", new_project=project, name="Treasury", need="我们要做资金管理", actor=SALES)


def step(code: str = "offer") -> RecordRenewalStep:
    return RecordRenewalStep(project="P1", step=code, reference="doc-1", actor=SALES)


def told(world: Any, ticket: str = "T1") -> list[TargetsRedated]:
    return [one for one in world.events[f"ticket-{ticket}"] if isinstance(one, TargetsRedated)]


def test_a_change_of_the_level_is_on_record_with_before_and_after_and_its_reason() -> None:
    world = (
        given(at("2026-12-01 10:00"))
        .when(change(level="gold"))
        .then(
            ContractChanged(
                occurred_at=at("2026-12-01 10:00"),
                level_before="",
                level="gold",
                code_before="SC1",
                code="SC1",
                reason="the customer asked",
            ),
            OpenTicketsTold,
        )
    )
    assert world.state(CONTRACT).level == "gold"


def test_a_change_changes_something_to_a_level_that_there_is_and_of_a_valid_contract() -> None:
    contracted = given()
    contracted.when(change(service_code="SC1")).then_refused(support.ContractUnchangedError)
    contracted.when(change(level="platinum")).then_refused(support.ServiceLevelUnknownError)
    contracted.when(renew(level="platinum")).then_refused(support.ServiceLevelUnknownError)
    given(at("2028-01-01"), judge(CONTRACT)).when(change(level="gold")).then_refused(support.ContractNotValidError)


def test_open_tickets_are_counted_by_the_new_level_and_closed_ones_are_left_alone() -> None:
    world = given(at("2026-12-01 10:00"), open_ticket(project="P1"), at("2026-12-01 10:05"), change(level="gold")).world
    [redated] = told(world)
    assert (redated.level, redated.respond_minutes, redated.resolve_minutes) == ("gold", 15, 120)
    late = given(at("2026-12-01 10:00"), change(level="gold"), open_ticket(project="P1")).world
    assert late.state("ticket-T1").level == "gold"
    assert told(late) == []


def test_a_lapse_marks_the_open_tickets_and_a_renewal_covers_them_again() -> None:
    lapsed = given(at("2027-10-29 10:00"), open_ticket(project="P1"), at("2027-11-01 00:00"), judge(CONTRACT))
    assert not lapsed.world.state("ticket-T1").in_service
    assert lapsed.world.state(CUSTOMER).lapsed == ("P1",)
    assert "P1" in lapsed.world.view(CUSTOMER).outlook
    world = lapsed.world.tell(at("2027-11-05 10:00"), renew())
    assert world.state("ticket-T1").in_service
    assert world.state(CUSTOMER).lapsed == ()
    assert world.view(CUSTOMER).outlook == ""


def test_a_renewal_after_a_lapse_does_not_end_before_it_is_agreed() -> None:
    lapsed = given(at("2029-01-10 10:00"), judge(CONTRACT))
    lapsed.when(renew("2028-10-31")).then_refused(DateInPastError)
    lapsed.when(renew("2029-10-31")).then(ContractRenewed, OpenTicketsTold)


def test_each_of_several_open_tickets_hears_of_a_change_once() -> None:
    many = tuple(f"T{number}" for number in range(1, 6))
    world = given(at("2026-12-01 10:00"), [open_ticket(one, project="P1") for one in many]).when(change(level="gold"))
    after = world.then(ContractChanged, OpenTicketsTold)
    assert {one: [redated.level for redated in told(after, one)] for one in many} == {one: ["gold"] for one in many}


def test_a_renewal_that_changes_nothing_for_tickets_tells_them_nothing() -> None:
    world = given(at("2027-09-10 10:00"), open_ticket(project="P1"), renew()).world
    assert told(world) == []
    assert not [one for one in world.events[CONTRACT] if isinstance(one, OpenTicketsTold)]


def test_tickets_that_were_open_when_support_began_are_covered_from_then_on() -> None:
    world = under(GOLD, handed_to_delivery(), deliver_all(), open_ticket(project="P1")).world
    assert not world.state("ticket-T1").in_service
    world.tell(offer("support"), accept("support"))
    assert world.state("ticket-T1").in_service


def test_a_ticket_that_was_being_opened_at_that_very_moment_is_found_a_minute_later() -> None:
    contracted = given(at("2026-12-01 10:00"), open_ticket(project="P1"))
    hidden = contracted.world.states.pop("ticket-T1")  # not stored yet, though it has looked at the contract already
    contracted.world.tell(change(level="gold"))
    contracted.world.states["ticket-T1"] = hidden
    assert told(contracted.world) == []
    world = contracted.when_clocks_are_judged(CONTRACT, at("2026-12-01 10:01")).then(OpenTicketsChecked, OpenTicketsTold)
    assert [one.level for one in told(world)] == ["gold"]
    contracted.when_clocks_are_judged(CONTRACT, at("2026-12-01 10:05")).then()


def test_the_second_look_tells_no_ticket_twice_and_is_the_last_one() -> None:
    contracted = given(at("2026-12-01 10:00"), open_ticket(project="P1"), change(level="gold"))
    contracted.when_clocks_are_judged(CONTRACT, at("2026-12-01 10:01")).then(OpenTicketsChecked)
    contracted.when_clocks_are_judged(CONTRACT, at("2026-12-01 11:00")).then()
    assert len(told(contracted.world)) == 1


def test_the_customers_own_record_takes_only_what_is_newer_and_its_own() -> None:
    contracted = given(at("2027-11-02 10:00"), judge(CONTRACT), renew())
    states = contracted.world.state(CUSTOMER).service
    assert states == {"P1": (2, True)}
    late = NoteLapse(customer="C1", project="P1", period=1, ended_on=date(2027, 10, 31), actor=SYSTEM)
    contracted.when(late).then()
    again = NoteRenewal(customer="C1", project="P1", period=2, ends_on=date(2028, 10, 31), actor=SYSTEM)
    contracted.when(again).then()
    stranger = again.model_copy(update={"project": "P9"})
    contracted.when(stranger).then_refused(NotFoundError)
    assert [one.type for one in contracted.world.events[CUSTOMER][-2:]] == [ServiceLapsed.type, ServiceRenewed.type]


def test_an_open_window_shows_its_steps_with_who_does_them_until_they_are_done() -> None:
    contracted = given(at("2027-08-02 08:00"), judge(CONTRACT))
    assert [(one.code, one.who) for one in contracted.world.view(CONTRACT).missing] == [("offer", "sales")]
    world = contracted.when(step()).then(RenewalStepRecorded)
    assert world.view(CONTRACT).missing == ()
    contracted.when(step()).then_refused(support.RenewalStepDoneError)
    contracted.when(step("nothing")).then_refused(support.RenewalStepUnknownError)


def test_each_period_has_its_own_steps() -> None:
    world = given(at("2027-08-02 08:00"), judge(CONTRACT), step(), renew(), at("2028-08-10 08:00"), judge(CONTRACT)).world
    assert [one.code for one in world.view(CONTRACT).missing] == ["offer"]


def test_a_contract_grows_into_a_new_project_that_carries_the_need_and_the_renewal_window_is_settled() -> None:
    window = given(promise(at="support"), at("2027-08-02 08:00"), judge(CONTRACT))
    world = window.when(grow()).then(ContractGrown)
    grown = world.events[CONTRACT][-1]
    assert isinstance(grown, ContractGrown)
    assert (grown.promises, grown.owner, grown.owner_unit) == (("pr1",), "u1", "north")
    opened = world.events["project-P2"][0]
    assert isinstance(opened, ProjectOpened)
    assert (opened.need, opened.came_from, opened.origin.customer) == ("我们要做资金管理", CONTRACT, "C1")
    [need] = [one for one in world.events["funnel-P2"] if isinstance(one, EvidenceRecorded)]
    assert (need.criterion, need.note, need.reference) == ("need_in_customers_words", "我们要做资金管理", CONTRACT)
    assert world.view(CONTRACT).code == "in_service"
    assert [one.code for one in world.view(CONTRACT).missing] == ["pr1"]


def test_a_contract_grows_once_in_a_period_and_not_into_a_project_that_there_is() -> None:
    contracted = given(open_project("P3"))
    contracted.when(grow("P3")).then_refused(support.GrownAlreadyError)
    contracted.when(grow()).then(ContractGrown)
    contracted.when(grow("P4")).then_refused(support.GrownAlreadyError)
