"""Product requests: a need of customers or an insight into a market, answered in time, planned, delivered and told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.catalogue import decider_of
from domain.customer import ContactDue
from domain.customer.hearing import NeedDelivered
from domain.customer.record_commands import MergeCustomer
from domain.customer.refusals import CustomerMergedError
from domain.escalation import AnswerEscalation
from domain.funnel import RequestProductAnswer
from domain.messages import SYSTEM, Actor, ActorKind, Money
from domain.moving import MovePlaybook
from domain.playbook import Playbooks, RequestRules
from domain.refusals import AlreadyExistsError, DateInPastError, NotFoundError
from domain.request import (
    AnswerRequest,
    BehindAlreadyError,
    DeliverRequest,
    JoinRequest,
    MovePlannedDate,
    NothingMovedError,
    NothingToReopenError,
    NotOfCustomerError,
    NotPlannedError,
    PlanIncompleteError,
    PlannedDateMissed,
    PlannedDateMoved,
    RaiseRequest,
    RecordInsight,
    ReopenRequest,
    RequestAnswered,
    RequestAnsweredError,
    RequestDelivered,
    RequestEscalated,
    RequestJoined,
    RequestOverdue,
    RequestRaised,
    RequestReopened,
    RequestRoleError,
    RequestsOffError,
    ValueNotCnyError,
)
from domain.requesting import NoteDelivery
from tests.domain.asked import PLAYBOOKS, PRODUCT, RULES, SALES, at, contact, judge, open_project, register, utc
from tests.domain.funnelling import playbook, under
from tests.domain.scenario import Given, World, due_moments, fold_again, given

STREAM = "request-R1"
EXECUTIVE = Actor(kind=ActorKind.PERSON, id="e1", role="executive")
KNOWN = (register(), register("C2"), open_project())


def cny(amount: str) -> Money:
    return Money(amount=Decimal(amount))


def raised(**fields: Any) -> RaiseRequest:
    own: dict[str, Any] = {
        "request": "R1",
        "product_line": "财务云",
        "title": "group consolidation",
        "need": "每月合并报表",
        "customer": "C1",
        "evidence": "minutes 12",
        "value": cny("300000"),
        "actor": SALES,
    }
    return RaiseRequest(**(own | fields))


def join(customer: str = "C2", **fields: Any) -> JoinRequest:
    own: dict[str, Any] = {"need": "合并", "evidence": "call", "value": cny("200000.50"), "actor": SALES}
    return JoinRequest(request="R1", customer=customer, **(own | fields))


def answer(answer: str = "planned", **fields: Any) -> AnswerRequest:
    plan: dict[str, Any] = {"release": "V8.2", "planned_on": date(2026, 9, 30)} if answer == "planned" else {}
    own: dict[str, Any] = {"text": "next release", "actor": PRODUCT, **plan}
    return AnswerRequest.model_validate({"request": "R1", "answer": answer, **own, **fields})


def move(to: str = "2026-12-31", **fields: Any) -> MovePlannedDate:
    own: dict[str, Any] = {"reason": "the team is late", "actor": PRODUCT}
    return MovePlannedDate(request="R1", planned_on=date.fromisoformat(to), **(own | fields))


def deliver(**fields: Any) -> DeliverRequest:
    return DeliverRequest(request="R1", release="V8.2", reference="release notes", **({"actor": PRODUCT} | fields))


def reopen() -> ReopenRequest:
    return ReopenRequest(request="R1", reason="it does not do", actor=SALES)


def insight(**fields: Any) -> RecordInsight:
    return RecordInsight(
        request="R1",
        product_line="财务云",
        title="e-invoices become mandatory",
        industry="retail",
        region="east",
        observation="the tax office pilots it",
        evidence="paper 7",
        actor=SALES,
        **fields,
    )


# Who stands behind it


def test_a_need_of_a_customer_is_a_request_and_the_customer_stands_behind_it() -> None:
    found = given(KNOWN).when(raised(project="P1")).then(RequestRaised, RequestJoined)
    state = found.state(STREAM)
    assert (state.customers, state.deals, state.value) == (("C1",), ("P1",), Decimal(300000))
    assert found.view(STREAM).waiting_for == "product"
    assert fold_again(found, STREAM) == state


def test_customers_and_money_behind_a_request_add_up_and_each_counts_once() -> None:
    found = given(KNOWN, raised(), join()).when(join("C1", project="P1", value=None)).then(RequestJoined)
    state = found.state(STREAM)
    assert (state.customers, state.deals, state.value) == (("C1", "C2"), ("P1",), Decimal("500000.50"))
    Given(found).when(join()).then_refused(BehindAlreadyError)
    Given(found).when(join("C1", project="P1")).then_refused(BehindAlreadyError)


def test_only_known_customers_with_projects_of_their_own_stand_behind_it_in_one_currency() -> None:
    there = given(KNOWN, raised())
    there.when(join("C9")).then_refused(NotFoundError)
    there.when(join("C2", project="P1")).then_refused(NotOfCustomerError)
    there.when(join(value=Money(amount=Decimal(1), currency="EUR"))).then_refused(ValueNotCnyError)
    there.when(raised()).then_refused(AlreadyExistsError)


def test_an_insight_into_a_market_is_a_request_of_no_customer_until_one_joins() -> None:
    found = given(KNOWN).when(insight()).then(RequestRaised)
    assert (found.state(STREAM).kind, found.state(STREAM).customers) == ("insight", ())
    assert due_moments(found, STREAM)
    assert found.tell(join()).state(STREAM).customers == ("C2",)


def test_an_escalation_that_was_answered_as_planned_may_become_a_request() -> None:
    asked = RequestProductAnswer(project="P1", gap="no consolidation", actor=SALES)
    named = "funnel.P1.1"
    told = AnswerEscalation(escalation=named, answer="planned", text="V8.2", version="V8.2", actor=PRODUCT)
    open_one = given(KNOWN, asked)
    open_one.when(raised(escalation=named)).then_refused(NotPlannedError)
    answered = given(KNOWN, asked, told)
    answered.when(raised(escalation=named, customer="C2")).then_refused(NotOfCustomerError)
    found = answered.when(raised(escalation=named)).then(RequestRaised, RequestJoined)
    assert found.state(STREAM).escalation == named


# The answer


def test_only_the_product_division_answers_plans_and_delivers() -> None:
    there = given(KNOWN, raised())
    there.when(answer(actor=SALES)).then_refused(RequestRoleError)
    planned = given(KNOWN, raised(), answer())
    planned.when(move(actor=EXECUTIVE)).then_refused(RequestRoleError)
    planned.when(deliver(actor=SALES)).then_refused(RequestRoleError)


def test_a_plan_has_a_release_and_a_day_to_come_and_other_answers_have_neither() -> None:
    there = given(KNOWN, raised())
    there.when(answer(release="")).then_refused(PlanIncompleteError)
    there.when(answer(planned_on=None)).then_refused(PlanIncompleteError)
    there.when(answer("exists", release="V8.1")).then_refused(PlanIncompleteError)
    there.when(answer(planned_on="2026-01-05")).then_refused(DateInPastError)


@pytest.mark.parametrize("how", ["workaround", "exists", "declined"])
def test_an_answer_that_plans_nothing_closes_the_request_and_may_be_reopened(how: str) -> None:
    found = given(KNOWN, raised()).when(answer(how)).then(RequestAnswered)
    assert (found.view(STREAM).code, found.view(STREAM).closed, due_moments(found, STREAM)) == (how, True, {})
    Given(found).when(answer()).then_refused(RequestAnsweredError)
    found = Given(found).when(reopen()).then(RequestReopened)
    assert (found.view(STREAM).code, found.view(STREAM).closed) == ("asked", False)
    assert set(due_moments(found, STREAM)) == {"answer-2-overdue"}


def test_nobody_joins_what_is_declined_or_there_and_anybody_what_is_planned() -> None:
    given(KNOWN, raised(), answer("declined")).when(join()).then_refused(RequestAnsweredError)
    given(KNOWN, raised(), answer()).when(join()).then(RequestJoined)


def test_an_answer_that_does_not_come_is_overdue_after_its_working_days_and_then_escalated_once() -> None:
    found = given(KNOWN, raised()).when_clocks_are_judged(STREAM, at("2026-06-01 09:00")).then(RequestOverdue, RequestEscalated)
    overdue, up = found.events[STREAM][-2:]
    assert utc(overdue.occurred_at) == utc(RULES.calendar.add_working_days(at("2026-03-02 10:00"), 10))
    assert utc(up.occurred_at) == utc(RULES.calendar.add_working_days(overdue.occurred_at, 5))
    view = found.view(STREAM)
    assert (view.health, view.needs_human, view.waiting_for) == ("overdue", True, "executive")
    assert due_moments(found, STREAM) == {}
    assert found.tell(answer("exists")).view(STREAM).health == "ok"


def test_a_request_that_is_not_answered_is_neither_reopened_nor_delivered() -> None:
    there = given(KNOWN, raised())
    there.when(reopen()).then_refused(NothingToReopenError)
    there.when(deliver()).then_refused(NotPlannedError)
    given(KNOWN, raised(), answer()).when(reopen()).then_refused(NothingToReopenError)


# The plan


def test_a_planned_day_that_is_over_is_noticed_and_a_moved_one_waits_again() -> None:
    there = given(KNOWN, raised(), answer())
    found = there.when_clocks_are_judged(STREAM, at("2026-10-08 09:00")).then(PlannedDateMissed)
    assert found.events[STREAM][-1].occurred_at == at("2026-10-01 00:00")
    assert (found.view(STREAM).health, found.view(STREAM).needs_human) == ("overdue", True)
    assert due_moments(found, STREAM) == {}
    found = Given(found).when(move()).then(PlannedDateMoved)
    moved = found.events[STREAM][-1]
    assert isinstance(moved, PlannedDateMoved)
    assert (moved.before, moved.planned_on, moved.release) == (date(2026, 9, 30), date(2026, 12, 31), "V8.2")
    assert found.view(STREAM).health == "at-risk"
    assert set(due_moments(found, STREAM)) == {"planned-2-missed"}
    Given(found).when(move()).then_refused(NothingMovedError)
    Given(found).when(move(release="V8.3")).then(PlannedDateMoved)


# The delivery


def test_each_customer_behind_a_delivery_gets_a_next_contact_at_which_it_is_told() -> None:
    found = given(KNOWN, raised(), join(), join("C1", project="P1"), answer()).when(deliver()).then(RequestDelivered)
    for customer in ("C1", "C2"):
        noted = found.events[f"customer-{customer}"][-1]
        assert isinstance(noted, NeedDelivered)
        assert (noted.on, noted.release, noted.who) == (date(2026, 3, 7), "V8.2", "sales")
        assert found.state(f"customer-{customer}").next_contact_on == date(2026, 3, 7)
    assert len(decider_of(STREAM).owes(found.state(STREAM))) == 2
    found = Given(found).when_clocks_are_judged("customer-C2", at("2026-03-09 09:00")).world
    found.tell(judge("customer-C2"))
    assert any(isinstance(event, ContactDue) for event in found.events["customer-C2"])


def test_an_earlier_contact_that_is_planned_stays() -> None:
    found = given(KNOWN, contact("2026-03-04"), raised(), answer(), deliver()).world
    assert found.state("customer-C1").next_contact_on == date(2026, 3, 4)


def test_of_a_duplicate_the_customer_that_stands_for_it_is_called_and_only_that_one_joins() -> None:
    merged = MergeCustomer(customer="C2", into="C1", reason="the same", approver="m1", approver_role="manager", actor=SALES)
    there = given(KNOWN, raised(customer="C2"), merged)
    there.when(join("C2", project="P1")).then_refused(CustomerMergedError)
    found = there.world.tell(answer(), deliver())
    assert found.state("customer-C1").next_contact_on == date(2026, 3, 7)


def test_what_was_delivered_and_does_not_do_is_answered_and_delivered_again_and_told_again() -> None:
    found = given(KNOWN, raised(), answer(), deliver(), reopen(), answer(), deliver()).world
    heard = [event.delivery for event in found.events["customer-C1"] if isinstance(event, NeedDelivered)]
    assert heard == [1, 2]
    assert len(decider_of(STREAM).owes(found.state(STREAM))) == 1


def test_a_forged_word_of_a_delivery_is_refused() -> None:
    forged = NoteDelivery(customer="C1", request="R1", delivery=1, tell_by=date(2026, 4, 1), actor=SYSTEM, command_id="x")
    given(KNOWN, raised(), answer()).when(forged).then_refused(NotFoundError)
    elsewhere = forged.model_copy(update={"customer": "C2"})
    given(KNOWN, raised(), answer(), deliver()).when(elsewhere).then_refused(NotFoundError)


# The playbook


def test_a_playbook_in_which_nobody_answers_knows_no_requests() -> None:
    rules = playbook().model_copy(update={"requests": RequestRules()})
    under(rules, register()).when(raised()).then_refused(RequestsOffError)


def test_a_request_moves_to_other_rules_and_its_time_box_is_counted_anew() -> None:
    slower = RULES.requests.model_copy(update={"answer_within": 30})
    found = given(KNOWN, raised()).world
    found.playbooks = Playbooks([RULES, RULES.model_copy(update={"version": "2027.1", "requests": slower})])
    found.tell(MovePlaybook(request="R1", to="2027.1", reason="more time", actor=SALES))
    assert due_moments(found, STREAM)["answer-1-overdue"] == RULES.calendar.add_working_days(at("2026-03-02 10:00"), 30)


def test_the_division_is_the_one_that_the_playbook_names_for_the_product_line() -> None:
    rules = RULES.requests.model_validate(
        RULES.requests.model_dump() | {"divisions": [{"unit": "finance-division", "product_lines": ["财务云"]}]}
    )
    found = under(playbook().model_copy(update={"requests": rules}), register(), raised()).world
    assert found.view(STREAM).owner_unit == "finance-division"
    assert PLAYBOOKS.latest().requests.division_of("财务云") == ""


def test_a_request_shows_no_words_of_a_customer_to_operators() -> None:
    found: World = given(KNOWN, raised()).world
    shown = found.view(STREAM).model_dump_json()
    assert "合并" not in shown
    assert "consolidation" not in shown
