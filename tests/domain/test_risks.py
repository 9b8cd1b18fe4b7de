"""Risks and open issues: each has an owner and a date, and is not forgotten when the date passes."""

from __future__ import annotations

from datetime import date

import pytest

from domain import implementation
from domain.cancelling import Unwind
from domain.implementation import (
    CloseRisk,
    Impact,
    IssueOverdue,
    IssueRaised,
    IssueResolved,
    RaiseIssue,
    RaiseRisk,
    RequestChange,
    ResolveIssue,
    RiskClosed,
    RiskDue,
    RiskRaised,
)
from domain.messages import SYSTEM, Command
from domain.refusals import AlreadyExistsError, DateInPastError, NotFoundError
from tests.domain.asked import DELIVERY, accept, at, deliver_all, handed_to_delivery, offer, utc
from tests.domain.scenario import due_moments, given

WORK = "implementation-P1"
BEGUN: list[Command] = handed_to_delivery()


def risk(name: str = "R1", due_on: str = "2026-03-06") -> RaiseRisk:
    return RaiseRisk(
        project="P1",
        risk=name,
        text="数据质量差",
        owner="d1",
        due_on=date.fromisoformat(due_on),
        probability="high",
        impact="medium",
        actor=DELIVERY,
    )


def issue(name: str = "I1", due_on: str = "2026-03-06") -> RaiseIssue:
    on = date.fromisoformat(due_on)
    return RaiseIssue(project="P1", issue=name, text="接口文档缺失", owner="d2", due_on=on, severity="high", actor=DELIVERY)


CLOSE = CloseRisk(project="P1", risk="R1", how="cleaned", actor=DELIVERY)
RESOLVE = ResolveIssue(project="P1", issue="I1", how="DOC-77", actor=DELIVERY)


def test_a_risk_and_an_issue_are_on_the_list_until_they_are_closed() -> None:
    world = given(BEGUN).when(risk()).then(RiskRaised)
    assert world.state(WORK).plan.risks["R1"].weight == "high × medium"
    world = given(BEGUN, issue()).when(RESOLVE).then(IssueResolved)
    assert world.state(WORK).plan.issues["I1"].closed == "DOC-77"
    given(BEGUN).when(issue()).then(IssueRaised)
    given(BEGUN, risk()).when(CLOSE).then(RiskClosed)


def test_a_date_that_passes_calls_somebody_once_until_it_is_closed() -> None:
    late = given(BEGUN, risk(), issue())
    over = utc(at("2026-03-07 00:00"))
    assert due_moments(late.world, WORK)["risk-R1-due"] == over
    world = late.when_clocks_are_judged(WORK, at("2026-03-07 09:00")).then(
        IssueOverdue(occurred_at=over, issue="I1", owner="d2"), RiskDue(occurred_at=over, risk="R1", owner="d1")
    )
    view = world.view(WORK)
    assert (view.needs_human, view.reason) == (True, "issue overdue 问题逾期: I1; risk due 风险到期: R1")
    late.when_clocks_are_judged(WORK, at("2026-03-08 09:00")).then()
    world.tell(CLOSE, RESOLVE)
    assert (world.view(WORK).needs_human, world.view(WORK).health) == (False, "ok")


def test_what_is_closed_in_time_is_never_late() -> None:
    given(BEGUN, risk(), issue(), CLOSE, RESOLVE).when_clocks_are_judged(WORK, at("2026-03-10 09:00")).then()


def test_an_issue_that_is_left_over_keeps_the_implementation_open_after_the_last_milestone() -> None:
    world = given(BEGUN, issue(), risk(), deliver_all(), offer("support"), accept("support")).world
    view = world.view(WORK)
    assert (view.code, view.closed, view.missing[0].code) == ("issues", False, "issue:I1")
    assert list(due_moments(world, WORK)) == ["issue-I1-overdue"], "a risk ends with the work that it was a risk for"
    world.tell(RESOLVE)
    assert world.view(WORK).closed


def test_a_cancelled_project_ends_its_open_orders_risks_and_issues_on_record() -> None:
    unwind = Unwind(of=WORK, reason="budget withdrawn", approver="m1", actor=SYSTEM)
    order = RequestChange(
        project="P1", change="CR1", what="x", reason="x", impact=Impact(scope="x", days={"M3": 5}), actor=DELIVERY
    )
    world = given(BEGUN, issue(), risk(), order).world
    recorded = [event.type for event in world.take(unwind)]
    assert {"ChangeWithdrawn", "RiskClosed", "IssueResolved"} <= set(recorded)
    assert recorded[-1] == "PartUnwound"


def test_an_id_is_taken_once_and_what_is_closed_stays_closed() -> None:
    given(BEGUN, risk()).when(risk()).then_refused(AlreadyExistsError)
    given(BEGUN, issue(), RESOLVE).when(issue()).then_refused(AlreadyExistsError)
    given(BEGUN, risk(), CLOSE).when(CLOSE).then_refused(implementation.ConcernClosedError)
    given(BEGUN, issue(), RESOLVE).when(RESOLVE).then_refused(implementation.ConcernClosedError)
    given(BEGUN).when(CLOSE).then_refused(NotFoundError)


@pytest.mark.parametrize("command", [risk(due_on="2026-02-27"), issue(due_on="2026-02-27")])
def test_a_date_to_come_lies_ahead(command: Command) -> None:
    given(BEGUN).when(command).then_refused(DateInPastError)
