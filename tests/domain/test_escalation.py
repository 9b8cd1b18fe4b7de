"""The functional escalation: a ladder that is climbed by limits or by people, for tickets, deals and blueprints alike."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.cancelling import PartUnwound
from domain.catalogue import decider_of
from domain.escalating import EndEscalation, RaiseEscalation, named, subject_of
from domain.escalation import (
    AlreadyTakenUpError,
    AnswerDateMissingError,
    AnswerDelivered,
    AnswerEscalation,
    AnswerOnlyError,
    AnswerOverdue,
    AnswerRedated,
    DeliverAnswer,
    EscalateFurther,
    EscalationAnswered,
    EscalationEnded,
    EscalationEndedError,
    EscalationOverdue,
    EscalationPaused,
    EscalationRaised,
    EscalationResumed,
    EscalationRoleError,
    EscalationSolved,
    EscalationTakenUp,
    NoHigherStepError,
    NothingPromisedError,
    RedateAnswer,
    SolveEscalation,
    TakeUpEscalation,
)
from domain.funnel import (
    AnswerKnownError,
    CriterionUnknownError,
    EvidencePassedError,
    EvidenceRecorded,
    ProductAnswerRequested,
    ProductAskedAlreadyError,
    RequestProductAnswer,
    SkipStage,
    StageAdvanced,
)
from domain.implementation import GapAnswered, GapRaised, GapsClosedError, RaiseGap, RaiseIssue
from domain.messages import SYSTEM, Actor, ActorKind
from domain.moving import MovePlaybook
from domain.playbook import EscalationRules, Playbooks
from domain.project import CancelProject
from domain.refusals import AlreadyExistsError, DateInPastError, NotFoundError
from domain.ticket import (
    CancelTicket,
    EscalateTicket,
    PauseTicket,
    ReopenTicket,
    ResolveTicket,
    ResumeTicket,
    TicketAnswered,
    TicketEscalated,
)
from tests.domain.asked import (
    DELIVERY,
    MONDAY,
    PRODUCT,
    RULES,
    SALES,
    SUPPORT,
    classify,
    handed_to_delivery,
    judge,
    lose,
    on,
    open_project,
    open_ticket,
    override,
    reach,
    register,
    release,
    shelve,
    stage_done,
    started,
)
from tests.domain.scenario import Given, World, due_moments, given

MANAGER = Actor(kind=ActorKind.PERSON, id="m1", role="manager")
OF_T1, OF_DEAL, OF_BLUEPRINT = "ticket.T1.1", "funnel.P1.1", "implementation.P1.1"
LADDER = [step.code for step in RULES.escalation.steps]


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def actor(role: str) -> Actor:
    return Actor(kind=ActorKind.PERSON, id=f"{role}1", role=role)


def incident(**fields: Any) -> list[Any]:
    """An incident of the highest priority, day and night."""
    return round_the_clock(**({"kind": "incident"} | fields))


def round_the_clock(**fields: Any) -> list[Any]:
    """A ticket of a customer whose service runs day and night: its minutes are those of the clock on the wall."""
    return [register(), classify("vip"), open_ticket(**fields)]


def up(line: str = "second", ticket: str = "T1", **fields: Any) -> EscalateTicket:
    given_: dict[str, Any] = {"reason": "not solved", "actor": SUPPORT} | fields
    return EscalateTicket.model_validate({"ticket": ticket, "line": line, **given_})


def take(role: str = "support", escalation: str = OF_T1) -> TakeUpEscalation:
    return TakeUpEscalation(escalation=escalation, actor=actor(role))


def further(to: str | None = None, role: str = "support", escalation: str = OF_T1) -> EscalateFurther:
    return EscalateFurther(escalation=escalation, to=to, reason="nobody here can", actor=actor(role))


def solve(role: str = "support", escalation: str = OF_T1) -> SolveEscalation:
    return SolveEscalation(escalation=escalation, solution="index rebuilt", actor=actor(role))


def answer(kind: str = "workaround", escalation: str = OF_T1, role: str = "product", **fields: Any) -> AnswerEscalation:
    told = {"escalation": escalation, "answer": kind, "text": "use the old form", "actor": actor(role)}
    return AnswerEscalation.model_validate(told | fields)


def pause(waiting_for: str = "customer") -> PauseTicket:
    return PauseTicket.model_validate({"ticket": "T1", "waiting_for": waiting_for, "reason": "log file", "actor": SUPPORT})


def resume() -> ResumeTicket:
    return ResumeTicket(ticket="T1", actor=SUPPORT)


def ask_product(**fields: Any) -> RequestProductAnswer:
    return RequestProductAnswer(project="P1", gap="no batch costing", **({"actor": SALES} | fields))


def gap(name: str = "g1", **fields: Any) -> RaiseGap:
    return RaiseGap(project="P1", gap=name, requirement="R7", text="no batch costing", **({"actor": DELIVERY} | fields))


def last(world: World, stream: str) -> Any:
    return world.events[stream][-1]


def types(world: World, stream: str) -> list[str]:
    return [event.type for event in world.events[stream]]


# The ladder of the playbook


def test_the_ladder_is_that_of_the_business() -> None:
    assert LADDER == ["first_line", "second_line", "on_site", "expert_meeting", "headquarters", "product"]
    assert [RULES.escalation.step(code).minutes for code in ("first_line", "second_line")] == [30, 60]


@pytest.mark.parametrize(
    "wrong",
    [
        {"subjects": [{"subject": "ticket", "begins_at": "moon"}]},
        {"subjects": [{"subject": "ticket", "begins_at": "product"}, {"subject": "ticket", "begins_at": "on_site"}]},
        {"steps": [RULES.escalation.steps[0].model_dump()] * 2, "subjects": [], "by_itself": []},
        {"subjects": [], "by_itself": [{"kinds": ["incident"], "priorities": ["P1"]}]},
    ],
)
def test_a_ladder_that_cannot_be_climbed_is_a_wrong_playbook(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        EscalationRules.model_validate(RULES.escalation.model_dump() | wrong)


def test_a_playbook_without_a_ladder_is_as_it_was_a_ticket_only_changes_its_line() -> None:
    books = Playbooks([RULES.model_copy(update={"escalation": EscalationRules()})])
    world = World(playbooks=books).tell(round_the_clock(), up("product"))
    assert world.state("ticket-T1").line == "product"
    assert list(world.events) == ["customer-C1", "ticket-T1"]


def test_what_an_escalation_is_about_is_in_its_id_and_never_mixed_up() -> None:
    assert named("ticket", "T9", 1) == "ticket.T9.1"
    assert subject_of("funnel.P.9-x.2") == ("funnel", "P.9-x")
    assert named("ticket", "X", 1) != named("funnel", "X", 1)


# Climbing


def test_a_ticket_that_a_person_escalates_begins_at_the_line_that_was_asked_for() -> None:
    world = given(round_the_clock()).when(up("headquarters")).then(TicketEscalated)
    state = world.state("escalation-ticket.T1.1")
    assert (state.step, state.who, state.of) == ("headquarters", "headquarters", "T1")
    assert world.state("ticket-T1").line == "headquarters"


def test_each_step_is_left_when_its_limit_runs_out_at_the_very_moment_and_names_who_must_act() -> None:
    begun = given(round_the_clock(), up())
    world = begun.when_clocks_are_judged(f"escalation-{OF_T1}", MONDAY + minutes(60 + 480 + 1)).then(
        EscalationRaised, EscalationRaised
    )
    first, second = [event for event in world.events[f"escalation-{OF_T1}"] if isinstance(event, EscalationRaised)]
    assert (first.occurred_at, first.who, first.by_itself) == (MONDAY + minutes(60), "delivery", True)
    assert (second.occurred_at, second.entered) == (MONDAY + minutes(540), "expert_meeting")


def test_a_limit_that_ran_out_is_recorded_once() -> None:
    world = given(round_the_clock(), up(), MONDAY + minutes(61), judge(f"escalation-{OF_T1}")).world
    assert world.take(judge(f"escalation-{OF_T1}")) == []


@pytest.mark.parametrize(("asked", "stream"), [((up(),), f"escalation-{OF_T1}"), ((), "ticket-T1")])
def test_a_limit_that_a_move_has_made_shorter_runs_out_at_the_move_and_not_before_it(asked: Any, stream: str) -> None:
    steps = tuple(step.model_copy(update={"minutes": 5}) if step.minutes else step for step in RULES.escalation.steps)
    shorter = RULES.escalation.model_copy(update={"steps": steps})
    strict = RULES.model_copy(update={"version": "2099.1", "escalation": shorter})
    world = World(playbooks=Playbooks([RULES])).tell(incident(), asked)
    world.playbooks = Playbooks([RULES, strict])
    what: dict[str, Any] = {"escalation": OF_T1} if asked else {"ticket": "T1"}
    moved_at = MONDAY + minutes(22)
    world.tell(moved_at, MovePlaybook(to="standard@2099.1", reason="stricter", actor=SUPPORT, **what), judge(stream))
    assert (last(world, stream).type, last(world, stream).occurred_at) in [
        ("EscalationRaised", moved_at),
        ("TicketEscalated", moved_at),
    ]


def test_a_limit_counts_the_working_minutes_of_the_tickets_service_calendar() -> None:
    friday = datetime.fromisoformat("2026-03-06T17:30:00+08:00")
    world = given(register(revenue="7"), friday, open_ticket(), up()).world
    monday = datetime.fromisoformat("2026-03-09T09:30:00+08:00")
    assert due_moments(world, f"escalation-{OF_T1}") == {"step-second_line-limit": monday}


def test_the_ticket_has_an_event_of_each_hop_with_its_line_and_its_moment() -> None:
    world = given(round_the_clock(), up(), MONDAY + minutes(60 + 480 + 480 + 1), judge(f"escalation-{OF_T1}")).world
    hops = [event for event in world.events["ticket-T1"] if isinstance(event, TicketEscalated)]
    assert [(hop.step, hop.line) for hop in hops] == [
        ("second_line", "second"),
        ("on_site", "second"),
        ("expert_meeting", "second"),
        ("headquarters", "headquarters"),
    ]
    assert hops[1].occurred_at == MONDAY + minutes(60)
    assert world.state("ticket-T1").line == "headquarters"


def test_taking_up_is_on_record_and_stops_no_limit() -> None:
    world = given(round_the_clock(), up()).when(take()).then(EscalationTakenUp)
    assert not world.view(f"escalation-{OF_T1}").needs_human
    assert due_moments(world, f"escalation-{OF_T1}")["step-second_line-limit"] == MONDAY + minutes(60)


def test_nobody_takes_the_same_step_up_twice_but_somebody_else_may() -> None:
    begun = given(round_the_clock(), up(), take())
    begun.when(take()).then_refused(AlreadyTakenUpError)
    begun.when(TakeUpEscalation(escalation=OF_T1, actor=SUPPORT)).then(EscalationTakenUp)


@pytest.mark.parametrize("command", [take("sales"), solve("sales"), further(role="sales")])
def test_only_the_role_of_the_step_acts_there(command: Any) -> None:
    given(round_the_clock(), up()).when(command).then_refused(EscalationRoleError)


def test_whoever_the_playbook_names_may_hand_any_step_further() -> None:
    given(round_the_clock(), up()).when(further(role="manager")).then(EscalationRaised)


def test_steps_are_skipped_with_a_reason() -> None:
    world = given(round_the_clock(), up()).when(further("headquarters")).then(EscalationRaised)
    raised = last(world, f"escalation-{OF_T1}")
    assert (raised.entered, raised.skipped, raised.reason) == ("headquarters", ("on_site", "expert_meeting"), "nobody here can")


@pytest.mark.parametrize("to", ["second_line", "first_line", "moon"])
def test_there_is_no_way_down_the_ladder(to: str) -> None:
    given(round_the_clock(), up()).when(further(to)).then_refused(NoHigherStepError)


def test_above_the_last_step_there_is_none() -> None:
    given(round_the_clock(), up("product")).when(further(role="product")).then_refused(NoHigherStepError)


def test_a_ticket_that_is_escalated_again_takes_its_open_escalation_up_instead_of_beginning_another() -> None:
    world = given(round_the_clock(), up(), up("product")).world
    assert [stream for stream in world.events if stream.startswith("escalation")] == [f"escalation-{OF_T1}"]
    assert world.state(f"escalation-{OF_T1}").step == "product"
    assert types(world, "ticket-T1").count("TicketEscalated") == 2


def test_a_lower_line_takes_no_escalation_down() -> None:
    world = given(round_the_clock(), up("product"), up("second")).world
    assert world.state(f"escalation-{OF_T1}").step == "product"
    assert world.state("ticket-T1").line == "second"


# Standing still


def test_while_a_ticket_waits_for_the_customer_its_escalation_stands_still_too() -> None:
    world = given(round_the_clock(), up(), MONDAY + minutes(20), pause()).world
    assert types(world, f"escalation-{OF_T1}")[-1] == "EscalationPaused"
    assert due_moments(world, f"escalation-{OF_T1}") == {}
    world.tell(MONDAY + minutes(500), resume())
    assert due_moments(world, f"escalation-{OF_T1}") == {"step-second_line-limit": MONDAY + minutes(540)}
    assert types(world, f"escalation-{OF_T1}")[-1] == EscalationResumed.type


def test_a_ticket_that_waits_for_the_vendor_goes_on_counting_in_its_escalation() -> None:
    world = given(round_the_clock(), up(), MONDAY + minutes(20), pause("vendor")).world
    assert due_moments(world, f"escalation-{OF_T1}") == {"step-second_line-limit": MONDAY + minutes(60)}


def test_an_escalation_that_begins_while_the_customer_is_waited_for_stands_still_from_the_start() -> None:
    world = given(round_the_clock(), pause(), up()).world
    assert types(world, f"escalation-{OF_T1}") == ["EscalationBegun", EscalationPaused.type]
    world.tell(MONDAY + minutes(30), resume())
    assert due_moments(world, f"escalation-{OF_T1}") == {"step-second_line-limit": MONDAY + minutes(90)}


def test_a_hundred_pauses_add_up_to_the_limit_exactly() -> None:
    world = given(round_the_clock(), up()).world
    for number in range(50):
        world.tell(MONDAY + minutes(2 * number + 1), pause(), MONDAY + minutes(2 * number + 2), resume())
    assert due_moments(world, f"escalation-{OF_T1}") == {"step-second_line-limit": MONDAY + minutes(110)}


# By itself


def test_a_ticket_that_the_first_line_has_not_solved_in_its_minutes_begins_by_itself_once() -> None:
    world = World().tell(incident(), MONDAY + minutes(31), judge("ticket-T1"))
    escalated = next(event for event in world.events["ticket-T1"] if isinstance(event, TicketEscalated))
    assert (escalated.occurred_at, escalated.step, escalated.by_itself) == (MONDAY + minutes(30), "second_line", True)
    assert world.events[f"escalation-{OF_T1}"][0].occurred_at == MONDAY + minutes(30)
    assert world.take(judge("ticket-T1")) == []


def test_the_minutes_of_the_first_line_stand_still_while_the_customer_is_waited_for() -> None:
    world = World().tell(incident(), MONDAY + minutes(10), pause())
    assert "first-line-limit" not in due_moments(world, "ticket-T1")
    world.tell(MONDAY + minutes(100), resume())
    assert due_moments(world, "ticket-T1")["first-line-limit"] == MONDAY + minutes(120)


@pytest.mark.parametrize("fields", [{"impact": "low", "urgency": "low"}, {"kind": "question"}])
def test_a_ticket_that_the_playbook_does_not_name_waits_for_a_person(fields: dict[str, Any]) -> None:
    world = World().tell(incident(**fields))
    assert "first-line-limit" not in due_moments(world, "ticket-T1")


def test_a_ticket_that_was_escalated_by_a_person_or_solved_does_not_begin_by_itself() -> None:
    world = World().tell(incident(), up())
    assert "first-line-limit" not in due_moments(world, "ticket-T1")
    solved = World().tell(incident(), ResolveTicket(ticket="T1", solution="restarted", actor=SUPPORT))
    assert "first-line-limit" not in due_moments(solved, "ticket-T1")


def test_the_past_that_is_brought_along_escalates_nothing_until_its_clocks_are_released() -> None:
    world = given(register(), classify("vip"), on(MONDAY - timedelta(days=3), open_ticket(hold_clocks=True)), up()).world
    assert world.state(f"escalation-{OF_T1}").held
    world.tell(MONDAY + minutes(5), release(ticket="T1"))
    assert not world.state(f"escalation-{OF_T1}").held


def test_the_minutes_of_the_first_line_count_from_the_release_of_a_ticket_that_brought_its_past_along() -> None:
    world = World().tell(MONDAY - timedelta(days=900), incident(hold_clocks=True), MONDAY, release(ticket="T1"))
    assert not world.state("ticket-T1").escalations
    assert due_moments(world, "ticket-T1")["first-line-limit"] == MONDAY + minutes(30)
    world.tell(MONDAY + minutes(10), pause(), MONDAY + minutes(100), resume())
    assert due_moments(world, "ticket-T1")["first-line-limit"] == MONDAY + minutes(120)


def test_a_ticket_that_waited_when_it_was_released_has_its_minutes_of_the_first_line_when_it_goes_on() -> None:
    past = MONDAY - timedelta(days=900)
    world = World().tell(past, incident(hold_clocks=True), past + minutes(300), pause(), MONDAY, release(ticket="T1"))
    assert "first-line-limit" not in due_moments(world, "ticket-T1")
    world.tell(MONDAY + minutes(60), resume())
    assert due_moments(world, "ticket-T1")["first-line-limit"] == MONDAY + minutes(90)


# Ending


def test_a_solution_ends_it_and_tells_the_ticket_which_a_person_resolves() -> None:
    world = given(round_the_clock(), up()).when(solve()).then(EscalationTakenUp, EscalationSolved)
    told = world.events["ticket-T1"][-1]
    assert isinstance(told, TicketAnswered)
    assert (told.outcome.how, told.outcome.text, told.outcome.step) == ("solved", "index rebuilt", "second_line")
    assert world.state("ticket-T1").resolved_at is None
    assert world.view(f"escalation-{OF_T1}").closed


@pytest.mark.parametrize("kind", ["workaround", "not_a_defect"])
def test_the_product_divisions_answer_ends_it_and_tells_the_ticket(kind: str) -> None:
    world = given(round_the_clock(), up("product")).when(answer(kind)).then(EscalationTakenUp, EscalationAnswered)
    assert world.state("ticket-T1").escalations[0].outcome.how == kind
    assert world.view(f"escalation-{OF_T1}").closed


def test_before_the_last_step_nobody_answers_for_the_product_division() -> None:
    given(round_the_clock(), up()).when(answer(role="support")).then_refused(AnswerOnlyError)


def test_at_the_last_step_only_an_answer_ends_it() -> None:
    given(round_the_clock(), up("product")).when(solve("product")).then_refused(AnswerOnlyError)


def test_nobody_but_the_product_division_answers() -> None:
    given(round_the_clock(), up("product")).when(answer(role="support")).then_refused(EscalationRoleError)


def test_an_answer_that_does_not_come_in_time_is_noticed_once() -> None:
    begun = given(round_the_clock(), up("product"))
    world = begun.when_clocks_are_judged(f"escalation-{OF_T1}", MONDAY + minutes(2401)).then(EscalationOverdue)
    assert world.events[f"escalation-{OF_T1}"][-1].occurred_at == MONDAY + minutes(2400)
    assert world.view(f"escalation-{OF_T1}").health == "overdue"
    assert world.take(judge(f"escalation-{OF_T1}")) == []


@pytest.mark.parametrize(
    ("kind", "fields"),
    [("patch", {}), ("patch", {"version": "8.1"}), ("planned", {}), ("workaround", {"expected_on": date(2026, 4, 1)})],
)
def test_a_patch_has_its_day_and_a_planned_requirement_its_version_or_day(kind: str, fields: dict[str, Any]) -> None:
    given(round_the_clock(), up("product")).when(answer(kind, **fields)).then_refused(AnswerDateMissingError)


def test_nothing_is_promised_for_a_day_that_is_over() -> None:
    past = answer("patch", expected_on=date(2026, 2, 27))
    given(round_the_clock(), up("product")).when(past).then_refused(DateInPastError)


def test_a_promised_patch_that_is_not_there_is_noticed_when_its_day_is_over() -> None:
    promised = answer("patch", expected_on=date(2026, 3, 20))
    begun = given(round_the_clock(), up("product"), promised)
    assert not begun.world.view(f"escalation-{OF_T1}").closed
    later = datetime.fromisoformat("2026-03-21T08:00:00+08:00")
    world = begun.when_clocks_are_judged(f"escalation-{OF_T1}", later).then(AnswerOverdue)
    due = datetime.fromisoformat("2026-03-21T00:00:00+08:00")
    assert world.events[f"escalation-{OF_T1}"][-1].occurred_at == due
    assert world.view(f"escalation-{OF_T1}").needs_human
    assert world.take(judge(f"escalation-{OF_T1}")) == []


def test_a_patch_that_is_delivered_ends_the_wait_for_it() -> None:
    promised = answer("patch", expected_on=date(2026, 3, 20))
    delivered = DeliverAnswer(escalation=OF_T1, reference="patch 8.1.3", actor=PRODUCT)
    begun = given(round_the_clock(), up("product"), promised)
    world = begun.when(delivered).then(AnswerDelivered)
    assert world.view(f"escalation-{OF_T1}").closed
    begun.when(delivered).then_refused(NothingPromisedError)


def test_a_patch_that_is_promised_anew_is_waited_for_until_its_new_day() -> None:
    promised = answer("planned", expected_on=date(2026, 3, 20), version="8.2")
    anew = RedateAnswer(escalation=OF_T1, expected_on=date(2026, 4, 20), reason="found another fault", actor=PRODUCT)
    late = datetime.fromisoformat("2026-03-21T08:00:00+08:00")
    world = given(round_the_clock(), up("product"), promised, late, judge(f"escalation-{OF_T1}")).when(anew).then(AnswerRedated)
    assert world.view(f"escalation-{OF_T1}").health == "ok"
    due = datetime.fromisoformat("2026-04-21T00:00:00+08:00")
    assert due_moments(world, f"escalation-{OF_T1}") == {"answer-overdue-2": due}


@pytest.mark.parametrize(
    "ending",
    [
        ResolveTicket(ticket="T1", solution="restarted", actor=SUPPORT),
        CancelTicket(ticket="T1", reason="a mistake", actor=SUPPORT),
    ],
)
def test_a_ticket_that_is_done_with_ends_its_escalation(ending: Any) -> None:
    world = given(round_the_clock(), up(), ending).world
    assert types(world, f"escalation-{OF_T1}")[-1] == EscalationEnded.type
    assert world.view(f"escalation-{OF_T1}").closed
    assert due_moments(world, f"escalation-{OF_T1}") == {}


@pytest.mark.parametrize("command", [take(), solve(), further(), answer()])
def test_what_has_ended_takes_nothing_more(command: Any) -> None:
    given(round_the_clock(), up(), solve()).when(command).then_refused(EscalationEndedError)


def test_a_reopened_ticket_is_escalated_under_the_next_number() -> None:
    resolved = ResolveTicket(ticket="T1", solution="restarted", actor=SUPPORT)
    again = ReopenTicket(ticket="T1", reason="no", actor=SUPPORT)
    world = given(round_the_clock(), up(), resolved, again, up("headquarters")).world
    assert world.state("escalation-ticket.T1.2").step == "headquarters"
    assert not world.state("escalation-ticket.T1.1").open


def test_word_that_comes_too_late_changes_nothing() -> None:
    world = given(round_the_clock(), up(), solve()).world
    link: dict[str, Any] = {"escalation": OF_T1, "actor": SYSTEM, "reason": "late"}
    assert world.take(EndEscalation(**link)) == []
    assert world.take(RaiseEscalation(step="product", **link)) == []


# Product gaps of a deal


def at_f3() -> list[Any]:
    """A deal that lacks nothing in F3 but the product division's answer."""
    return [*started(), stage_done("F1", "F2", "F3")]


def test_the_answer_to_a_product_gap_is_the_evidence_and_the_stage_advances_by_itself() -> None:
    asked = given(at_f3())
    world = asked.when(ask_product()).then(ProductAnswerRequested)
    assert world.state(f"escalation-{OF_DEAL}").step == "product"
    world.tell(answer("planned", OF_DEAL, version="8.2"))
    recorded = next(event for event in reversed(world.events["funnel-P1"]) if isinstance(event, EvidenceRecorded))
    assert (recorded.criterion, recorded.reference) == ("product_gap_answer", f"escalation {OF_DEAL}")
    assert recorded.given_by == "product"
    assert types(world, "funnel-P1")[-1] == StageAdvanced.type
    assert world.state("funnel-P1").stage == "F4"


def test_a_deal_that_waits_for_the_answer_stands_where_it_stood() -> None:
    world = given(at_f3(), ask_product()).world
    assert world.state("funnel-P1").stage == "F3"
    assert [one.code for one in world.view("funnel-P1").missing] == ["product_gap_answer"]


def test_the_product_division_is_asked_once_at_a_time_and_not_about_what_it_has_answered() -> None:
    given(at_f3(), ask_product()).when(ask_product()).then_refused(ProductAskedAlreadyError)
    early = given(started(), ask_product(), answer("workaround", OF_DEAL))
    early.when(ask_product()).then_refused(AnswerKnownError)


def test_what_the_product_division_does_not_answer_is_not_asked_of_it() -> None:
    given(at_f3()).when(ask_product(criterion="budget")).then_refused(CriterionUnknownError)
    express = [register(revenue="7"), open_project(playbook="express")]
    given(express).when(ask_product()).then_refused(CriterionUnknownError)


def test_a_stage_that_was_skipped_asks_nobody_any_more() -> None:
    stages = [
        stage.model_copy(update={"skippable_by": "manager"} if stage.code == "F3" else {}) for stage in RULES.funnel.stages
    ]
    funnel = RULES.funnel.model_copy(update={"stages": tuple(stages)})
    world = World(playbooks=Playbooks([RULES.model_copy(update={"funnel": funnel})])).tell(at_f3())
    world.take(SkipStage(project="P1", reason="no time", actor=MANAGER))
    Given(world).when(ask_product()).then_refused(EvidencePassedError)


def test_what_an_override_has_excused_may_still_be_answered_and_settles_it() -> None:
    world = given(at_f3(), override("F4"), ask_product(), answer("workaround", OF_DEAL)).world
    assert world.state("funnel-P1").overrides[0].outcome == "settled"


def test_an_answer_to_a_deal_on_the_shelf_is_its_evidence_and_moves_nothing_until_it_is_taken_up() -> None:
    world = given(at_f3(), ask_product(), shelve("2026-06-01"), answer("workaround", OF_DEAL)).world
    assert world.state("funnel-P1").stage == "F3"
    assert "product_gap_answer" in world.state("funnel-P1").evidence


def test_a_lost_deal_ends_its_escalation() -> None:
    world = given(at_f3(), ask_product(), lose()).world
    assert types(world, f"escalation-{OF_DEAL}")[-1] == EscalationEnded.type


def test_a_limit_of_a_deals_escalation_counts_the_working_time_of_its_unit() -> None:
    world = given(at_f3(), ask_product()).world
    due = RULES.calendar.add_working_time(MONDAY, minutes(2400))
    assert due_moments(world, f"escalation-{OF_DEAL}") == {"step-product-overdue": due}


# Gaps of the blueprint


def test_a_gap_of_the_blueprint_is_taken_to_the_product_division_and_its_answer_is_shown() -> None:
    world = given(handed_to_delivery()).when(gap()).then(GapRaised)
    assert "gap:g1" in [one.code for one in world.view("implementation-P1").missing]
    world.tell(answer("patch", OF_BLUEPRINT, expected_on=date(2027, 1, 8)))
    answered = world.events["implementation-P1"][-1]
    assert isinstance(answered, GapAnswered)
    assert (answered.gap, answered.outcome.how, answered.outcome.expected_on) == ("g1", "patch", date(2027, 1, 8))
    assert "gap:g1" not in [one.code for one in world.view("implementation-P1").missing]


def test_a_gap_may_belong_to_an_open_issue() -> None:
    issue = RaiseIssue(
        project="P1", issue="i1", text="batches", owner="d1", due_on=date(2026, 12, 1), severity="high", actor=DELIVERY
    )
    begun = given(handed_to_delivery(), issue)
    begun.when(gap(issue="i9")).then_refused(NotFoundError)
    begun.when(gap(issue="i1")).then(GapRaised)


def test_a_gap_has_an_id_of_its_own() -> None:
    given(handed_to_delivery(), gap()).when(gap()).then_refused(AlreadyExistsError)


def test_once_the_blueprint_is_signed_a_gap_is_a_change_order() -> None:
    given(handed_to_delivery(), reach("M1", "M2")).when(gap()).then_refused(GapsClosedError)


# A cancelled project


def cancel() -> CancelProject:
    return CancelProject(
        project="P1", reason="budget gone", reference="letter", approver="m1", approver_role="manager", actor=SALES
    )


@pytest.mark.parametrize(
    ("life", "escalation"),
    [([*at_f3(), ask_product()], OF_DEAL), ([*handed_to_delivery(), gap()], OF_BLUEPRINT)],
    ids=["deal", "blueprint"],
)
def test_a_cancelled_project_unwinds_the_escalations_of_its_parts(life: list[Any], escalation: str) -> None:
    world = given(life, cancel()).world
    assert types(world, f"escalation-{escalation}")[-2:] == [EscalationEnded.type, PartUnwound.type]
    assert world.view(f"escalation-{escalation}").closed
    assert types(world, "project-P1")[-1] == "CancellationCompleted"


def test_a_promise_of_the_product_division_ends_with_its_cancelled_project() -> None:
    promised = answer("patch", OF_BLUEPRINT, expected_on=date(2026, 3, 20))
    world = given(handed_to_delivery(), gap(), promised, cancel()).world
    assert world.view(f"escalation-{OF_BLUEPRINT}").closed
    state = world.state(f"escalation-{OF_BLUEPRINT}")
    assert decider_of(f"escalation-{OF_BLUEPRINT}").next_clock(state, world.playbooks) is None
