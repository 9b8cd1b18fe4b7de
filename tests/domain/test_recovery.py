"""Recovery 丢单挽回 of a lost deal: cause, review, contacts that are kept, a next attempt."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.customer import ContactRecorded
from domain.customer.life_commands import InvalidateCustomer
from domain.customer.record_commands import ChangeOwner, MergeCustomer, UndoMerge
from domain.funnel import ReopenDeal
from domain.messages import SYSTEM, Actor, ActorKind, Money
from domain.owning import NoteOwner
from domain.playbook import Playbooks
from domain.project import CancelProject
from domain.recovering import BeginRecovery, EndRecovery, NoteKeptContact, NoteRecovery, RecoveryReported, RecoveryStarted
from domain.recovery import (
    AttemptKnownError,
    AttemptNotOpenError,
    CauseRecorded,
    CauseUnknownError,
    GiveUpRecovery,
    HoldReview,
    KeepContact,
    LinkNextAttempt,
    NextAttemptDue,
    NextAttemptLinked,
    NextAttemptOverdue,
    NextAttemptPlanned,
    OwnDealError,
    PlanContacts,
    PlanNextAttempt,
    RecordCause,
    RecoveryContactDue,
    RecoveryContactKept,
    RecoveryContactOverdue,
    RecoveryContactsPlanned,
    RecoveryEnded,
    RecoveryEscalated,
    RecoveryGivenUp,
    RecoveryOverError,
    RecoveryRoleError,
    RecoveryStepOverdue,
    RecoveryStepsMissingError,
    RecoveryTurnedIntoProject,
    ReviewHeld,
    ReviewInFutureError,
    TurnIntoProject,
)
from domain.refusals import DateInPastError, NotFoundError
from tests.domain.asked import MONDAY, RULES, SALES, at, judge, lose, on, open_project, register, started
from tests.domain.scenario import Given, World, due_moments, fold_again, given

CUSTOMER, FIRST = "customer-C1", "recovery-P1.1"
MANAGER = Actor(kind=ActorKind.PERSON, id="m1", role="manager")
LATER = at("2026-03-06 10:00")


def lost() -> Given:
    """A deal that was lost on the first day."""
    return given(started(), lose())


def asked(command: type[Any], **fields: Any) -> Any:
    return command.model_validate({"recovery": "P1.1", "actor": SALES} | fields)


def cause(code: str = "price", **fields: Any) -> RecordCause:
    told: RecordCause = asked(RecordCause, cause=code, text="too dear", competitor="K", **fields)
    return told


def review(**fields: Any) -> HoldReview:
    said = {"on": date(2026, 3, 2), "participants": ("u1", "m1"), "findings": "late", "actor": MANAGER} | fields
    told: HoldReview = asked(HoldReview, **said)
    return told


def contacts(*dates: str, **fields: Any) -> PlanContacts:
    told: PlanContacts = asked(PlanContacts, dates=dates, **fields)
    return told


def keep(**fields: Any) -> KeepContact:
    told: KeepContact = asked(KeepContact, **{"channel": "visit", "summary": "talked"} | fields)
    return told


def attempt(on: str = "2026-09-01") -> PlanNextAttempt:
    told: PlanNextAttempt = asked(PlanNextAttempt, on=on, idea="a smaller scope")
    return told


def turn(**fields: Any) -> TurnIntoProject:
    told: TurnIntoProject = asked(TurnIntoProject, **{"project": "P2", "name": "ERP again", "need": "batches"} | fields)
    return told


def give_up(**fields: Any) -> GiveUpRecovery:
    told: GiveUpRecovery = asked(GiveUpRecovery, **{"reason": "bought elsewhere", "actor": MANAGER} | fields)
    return told


def done() -> list[Any]:
    """What must be done before a recovery may end."""
    return [cause(), review()]


# How one begins


def test_a_lost_deal_begins_its_recovery_with_the_owner_of_the_deal() -> None:
    world = lost().world
    assert RecoveryStarted(occurred_at=MONDAY, recovery="P1.1", project="P1", after="lost") in world.events[CUSTOMER]
    state, view = world.state(FIRST), world.view(FIRST)
    assert (state.owner_now, state.root.project, state.root.customer) == ("u1", "P1", "C1")
    assert [one.code for one in view.missing] == ["cause", "review", "contacts", "next_attempt"]
    assert view.waiting_for == "sales"


def test_of_a_loss_of_the_past_nobody_is_late_for_steps_that_nobody_could_know_of() -> None:
    held = given(at("2027-03-01 10:00"), [on(MONDAY, one) for one in (register(hold_clocks=True), *started()[1:])])
    world = held.world.tell(on(LATER, lose()), judge(FIRST))
    assert [one.type for one in world.events[FIRST]] == ["RecoveryBegun"]
    assert world.state(FIRST).begun_at == LATER
    assert due_moments(world, FIRST)["step-cause-overdue"] == RULES.calendar.add_working_days(world.now, 5)
    assert world.view(FIRST).health == "ok"
    world.tell(on(at("2026-03-09 10:00"), cause()), at("2027-03-05"), judge(FIRST))
    assert [one.occurred_at for one in world.events[FIRST] if isinstance(one, CauseRecorded)] == [at("2026-03-09 10:00")]
    assert not [one for one in world.events[FIRST] if isinstance(one, RecoveryStepOverdue)]


def test_a_loss_that_is_recorded_on_its_day_counts_its_steps_from_its_moment() -> None:
    world = given(*started(), at("2026-03-02 15:00"), on(MONDAY, lose())).world
    assert due_moments(world, FIRST) == due_moments(lost().world, FIRST)


def test_a_playbook_without_the_chapter_only_plans_a_contact() -> None:
    world = World(playbooks=Playbooks([RULES.model_copy(update={"recovery": None})])).tell(started(), lose())
    assert not world.state(FIRST).exists
    assert world.state(CUSTOMER).next_contact_on is not None


@pytest.mark.parametrize("after", [("lost",), ("lost", "cancelled")])
def test_a_cancelled_project_is_recovered_where_the_playbook_says_so(after: tuple[str, ...]) -> None:
    chapter = RULES.recovery
    assert chapter is not None
    rules = RULES.model_copy(update={"recovery": chapter.model_copy(update={"after": after})})
    cancel = CancelProject(
        project="P1", reason="budget gone", reference="letter", approver="m1", approver_role="manager", actor=SALES
    )
    world = World(playbooks=Playbooks([rules])).tell(started(), cancel)
    assert world.state(FIRST).exists == ("cancelled" in after)


def test_a_forged_beginning_begins_nothing() -> None:
    forged = BeginRecovery(recovery="P1.1", customer="C1", actor=SYSTEM)
    given(started()).when(forged).then_refused(NotFoundError)
    assert lost().world.take(EndRecovery(recovery="P1.1", customer="C1", actor=SYSTEM)) == []


# Cause and review


def test_the_cause_is_one_of_the_playbooks_and_is_recorded_by_its_role() -> None:
    begun = lost()
    begun.when(cause("weather")).then_refused(CauseUnknownError)
    begun.when(cause(actor=MANAGER)).then_refused(RecoveryRoleError)
    begun.when(cause(price=Money(amount=Decimal("900000")))).then(CauseRecorded)
    assert begun.world.state(FIRST).cause.competitor == "K"


def test_a_review_is_recorded_when_it_was_held() -> None:
    begun = lost()
    begun.when(review(on=date(2026, 3, 3))).then_refused(ReviewInFutureError)
    begun.when(review()).then(ReviewHeld)


def test_a_step_that_is_not_done_in_time_is_noticed_and_then_escalated_each_once() -> None:
    world = lost().world
    due = RULES.calendar.add_working_days(MONDAY, 5)
    assert due_moments(world, FIRST)["step-cause-overdue"] == due
    called = RULES.calendar.add_working_days(due, 5)
    Given(world).when_clocks_are_judged(FIRST, called).then(RecoveryStepOverdue, RecoveryEscalated)
    assert [one.occurred_at for one in world.events[FIRST][-2:]] == [due, called]
    view = world.view(FIRST)
    assert (view.health, view.waiting_for, view.needs_human) == ("overdue", "director", True)
    assert world.take(judge(FIRST)) == []


def test_what_was_done_late_is_not_escalated_any_more() -> None:
    world = lost().world.tell(at("2026-03-09 18:00"), judge(FIRST), cause())
    assert "step-cause-escalated" not in due_moments(world, FIRST)
    assert world.view(FIRST).health == "ok"


# Contacts that are kept


def test_a_planned_contact_is_due_on_its_day_and_overdue_after_its_grace() -> None:
    world = lost().world.tell(contacts("2026-04-01"))
    assert due_moments(world, FIRST)["contact-1-due"] == at("2026-04-01 00:00")
    late = RULES.calendar.add_working_days(at("2026-04-01 00:00"), 5)
    recorded = world.tell(late).take(judge(FIRST))
    found = [one for one in recorded if isinstance(one, RecoveryContactDue | RecoveryContactOverdue)]
    assert [one.occurred_at for one in found] == [at("2026-04-01 00:00"), late]


def test_a_contact_that_is_kept_takes_the_one_that_is_due_first_and_counts_for_the_customer() -> None:
    begun = lost()
    begun.when(contacts("2026-05-04", "2026-04-01")).then(RecoveryContactsPlanned)
    begun.when(keep(), LATER).then(RecoveryContactKept)
    world = begun.world
    assert [one.on for one in world.state(FIRST).planned] == [date(2026, 5, 4)]
    last = world.events[CUSTOMER][-1]
    assert isinstance(last, ContactRecorded)
    assert (last.effective, last.next_contact_on) == (True, date(2026, 5, 4))
    assert world.state(CUSTOMER).life.contact_at == LATER


def test_a_new_plan_takes_the_place_of_what_is_open_of_the_old_under_numbers_of_its_own() -> None:
    world = lost().world.tell(contacts("2026-04-01", "2026-05-01"), contacts("2026-06-01"))
    assert set(due_moments(world, FIRST)) & {"contact-1-due", "contact-3-due"} == {"contact-3-due"}


def test_no_contact_is_planned_for_a_day_that_is_over() -> None:
    lost().when(contacts("2026-02-27")).then_refused(DateInPastError)


# The next attempt


def test_the_next_attempt_has_its_day_which_comes_and_goes_by() -> None:
    begun = lost()
    begun.when(attempt()).then(NextAttemptPlanned)
    late = RULES.calendar.add_working_days(at("2026-09-01 00:00"), 10)
    recorded = begun.world.tell(late).take(judge(FIRST))
    found = [type(one) for one in recorded if isinstance(one, NextAttemptDue | NextAttemptOverdue)]
    assert found == [NextAttemptDue, NextAttemptOverdue]


def test_a_recovery_becomes_a_new_project_that_says_where_it_came_from() -> None:
    begun = lost()
    begun.when(turn()).then_refused(RecoveryStepsMissingError, "cause", "review")
    begun.world.tell(done())
    begun.when(turn(project="P1")).then_refused(AttemptKnownError)
    begun.when(turn()).then(RecoveryTurnedIntoProject)
    world = begun.world
    assert (world.state("project-P2").came_from, world.state("project-P2").root.owner) == (FIRST, "u1")
    assert world.view(FIRST).code == "next_attempt"
    assert world.view(FIRST).closed
    assert world.state(CUSTOMER).recall.recoveries == ()
    begun.when(cause()).then_refused(RecoveryOverError)


def test_an_open_project_of_the_same_customer_may_be_the_next_attempt() -> None:
    begun = lost()
    others = [register("C2"), open_project("P9", "C2"), open_project("P3")]
    begun.world.tell(done(), others)
    for wrong in ("P1", "P9"):
        begun.when(asked(LinkNextAttempt, project=wrong)).then_refused(AttemptNotOpenError)
    begun.when(asked(LinkNextAttempt, project="P7")).then_refused(NotFoundError)
    begun.when(asked(LinkNextAttempt, project="P3")).then(NextAttemptLinked)


def test_a_deal_is_given_up_by_a_role_that_may_and_never_by_its_owner_and_the_customer_stays() -> None:
    begun = lost()
    begun.world.tell(done())
    begun.when(give_up(actor=SALES)).then_refused(RecoveryRoleError)
    own = MANAGER.model_copy(update={"id": "U1"})
    begun.when(give_up(actor=own)).then_refused(OwnDealError)
    begun.when(give_up(next_contact_on=date(2026, 2, 1))).then_refused(DateInPastError)
    begun.when(give_up(next_contact_on=date(2026, 4, 15))).then(RecoveryGivenUp)
    reported = begun.world.events[CUSTOMER][-1]
    assert isinstance(reported, RecoveryReported)
    assert begun.world.state(CUSTOMER).next_contact_on == date(2026, 4, 15)
    assert begun.world.state(CUSTOMER).status == "potential"


def test_giving_up_without_a_day_takes_the_playbooks() -> None:
    begun = lost()
    begun.world.tell(done())
    begun.when(give_up()).then(RecoveryGivenUp)
    assert begun.world.state(FIRST).next_contact_on == date(2026, 3, 2) + timedelta(days=180)


# From outside


def test_a_deal_that_is_reopened_has_nothing_left_to_recover_and_lost_again_has_another() -> None:
    world = lost().world
    world.tell(ReopenDeal(project="P1", reason="they called", approver="m1", approver_role="manager", actor=SALES))
    assert isinstance(world.events[FIRST][-1], RecoveryEnded)
    assert (world.view(FIRST).code, world.view(FIRST).closed) == ("reopened", True)
    world.tell(LATER, lose())
    assert world.state("recovery-P1.2").open
    assert not world.state(FIRST).open


def test_a_customer_that_becomes_invalid_ends_it() -> None:
    gone = InvalidateCustomer(
        customer="C1", reason="wound_up", evidence="register", approver="m1", approver_role="manager", actor=SALES
    )
    world = lost().world.tell(gone)
    assert world.view(FIRST).code == "invalid"


MERGE: dict[str, Any] = {"customer": "C1", "reason": "same", "approver": "m1", "approver_role": "manager", "actor": SALES}


def absorbed(*done: Any) -> World:
    """The customer of the lost deal turns out to be a duplicate of C2."""
    return lost().world.tell(*done, register("C2"), MergeCustomer(into="C2", **MERGE))


def test_a_recovery_goes_on_for_the_customer_that_stands_for_a_duplicate_with_its_owner_steps_and_dates() -> None:
    before = lost().world.tell(cause(), contacts("2026-04-01"))
    world = absorbed(cause(), contacts("2026-04-01"))
    assert (world.state(FIRST), due_moments(world, FIRST)) == (before.state(FIRST), due_moments(before, FIRST))
    assert list(world.state("customer-C2").record.absorbed["C1"].held.recoveries) == ["P1.1"]
    world.tell(LATER, review(), keep())
    assert world.state("customer-C2").life.contact_at == LATER
    world.tell(give_up(next_contact_on=date(2026, 5, 4)))
    assert world.state("customer-C2").next_contact_on == date(2026, 5, 4)
    assert not world.state("customer-C2").record.absorbed["C1"].held.recoveries
    for stream in (FIRST, CUSTOMER, "customer-C2"):
        assert fold_again(world, stream) == world.state(stream)


def test_what_was_lost_before_and_after_a_merge_is_the_duplicates_again_when_the_merge_is_taken_back() -> None:
    world = absorbed(open_project("P3")).tell(LATER, lose("P3"))
    assert set(world.state("customer-C2").record.absorbed["C1"].held.recoveries) == {"P1.1", "P3.1"}
    world.tell(UndoMerge(**MERGE))
    assert [one.id for one in world.state(CUSTOMER).recall.recoveries] == ["P1.1", "P3.1"]
    assert world.state(FIRST).open
    assert not world.state("customer-C2").record.absorbed
    world.tell(ReopenDeal(project="P1", reason="they called", approver="m1", approver_role="manager", actor=SALES))
    assert world.state(FIRST).outcome == "reopened"


def test_the_next_attempt_of_a_duplicate_is_a_project_of_the_customer_that_stands_for_it() -> None:
    made = absorbed(done()).tell(turn())
    assert made.state("project-P2").root.customer == "C2"
    linked = absorbed(done()).tell(open_project("P9", "C2"), asked(LinkNextAttempt, project="P9"))
    assert linked.state(FIRST).next_project == "P9"
    other = Given(absorbed(done()).tell(register("C3"), open_project("P8", "C3")))
    other.when(asked(LinkNextAttempt, project="P8")).then_refused(AttemptNotOpenError)


def test_a_recovery_of_a_duplicate_ends_when_the_customer_that_stands_for_it_becomes_invalid() -> None:
    gone = InvalidateCustomer(
        customer="C2", reason="wound_up", evidence="register", approver="m1", approver_role="manager", actor=SALES
    )
    world = absorbed()
    assert world.take(EndRecovery(recovery="P1.1", customer="C2", actor=SYSTEM)) == []
    world.tell(LATER, gone)
    assert world.state(FIRST).outcome == "invalid"


def hand_over(customer: str = "C1", owner: str = "u9", **fields: Any) -> ChangeOwner:
    return ChangeOwner(customer=customer, owner=owner, owner_unit="south", reason="left", actor=SALES, **fields)


def test_a_recovery_goes_with_the_customers_owner_unless_it_has_an_owner_of_its_own() -> None:
    theirs = lost().world.tell(LATER, hand_over(), hand_over(owner="u8"))
    assert (theirs.state(FIRST).owner_now, theirs.state(FIRST).every_owner) == ("u8", ("u1", "u9", "u8"))
    own = World().tell(*started()[:2], open_project(owner="u5"), lose(), LATER, hand_over(owner="u7"), hand_over())
    assert own.state(FIRST).owner_now == "u5"
    own.tell(hand_over(with_deals=True))
    assert (own.state(FIRST).owner_now, own.state(FIRST).unit_now) == ("u9", "south")


def test_a_word_of_a_new_owner_that_comes_after_a_later_one_changes_nothing_more() -> None:
    world = lost().world.tell(LATER, hand_over(), hand_over(owner="u8"))
    first = NoteOwner(of=FIRST, source=CUSTOMER, number=1, actor=SYSTEM)
    assert world.take(first) == []


def test_a_recovery_of_a_duplicate_goes_with_the_owner_of_the_customer_that_stands_for_it() -> None:
    world = absorbed().tell(LATER, hand_over("C2"))
    assert world.state(FIRST).owner_now == "u9"
    world.tell(UndoMerge(**MERGE), hand_over("C2", "u8"))
    assert world.state(FIRST).owner_now == "u9"
    Given(world).when(NoteOwner(of=FIRST, source="customer-C2", number=2, actor=SYSTEM)).then_refused(NotFoundError)


def test_word_that_is_not_on_record_changes_nothing() -> None:
    world = lost().world
    assert world.take(NoteRecovery(customer="C1", recovery="P1.1", actor=SYSTEM)) == []
    assert world.take(NoteKeptContact(customer="C1", recovery="P1.1", number=1, actor=SYSTEM)) == []


def test_its_state_is_the_sum_of_its_events() -> None:
    world = lost().world.tell(done(), contacts("2026-04-01"), keep(), attempt(), at("2027-01-04 10:00"), judge(FIRST), turn())
    assert fold_again(world, FIRST) == world.state(FIRST)
    assert fold_again(world, CUSTOMER) == world.state(CUSTOMER)
