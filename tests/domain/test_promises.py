"""The promise ledger: each promise is kept, changed with the customer's consent, or broken; none vanishes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from domain import funnel, promises
from domain.cancelling import Unwind
from domain.handoff import HandoffOverdue
from domain.messages import SYSTEM, Command
from domain.phases import phase_stream
from domain.playbook import Phase
from domain.project import CancelProject
from domain.promises import (
    Ledger,
    PromiseBroken,
    PromiseChanged,
    PromiseKept,
    PromiseOverdue,
    PromiseRecorded,
    PromiseReleased,
    PromiseStep,
    binding,
    vanished,
)
from domain.refusals import DateInPastError, RefusalError
from tests.domain.asked import (
    DELIVERY,
    MONDAY,
    SALES,
    accept,
    at,
    deliver_all,
    give_back,
    handed_to_delivery,
    in_support,
    judge,
    lose,
    offer,
    promise,
    reach,
    started,
    submit,
    utc,
    won,
)
from tests.domain.ledgers import change, fail, keep, ledger, one
from tests.domain.scenario import World, given

PHASES: tuple[Phase, ...] = ("funnel", "handoff-delivery", "implementation", "handoff-support", "support")
SOLD: list[Command] = [*started(), promise("pr1"), promise("pr2", due_on=date(2026, 12, 31))]
REACHED: dict[Phase, list[Command]] = {
    "funnel": SOLD,
    "handoff-delivery": [*SOLD, *won()],
    "implementation": [*SOLD, *won(), offer(), accept()],
    "handoff-support": [*SOLD, *won(), offer(), accept(), *deliver_all()],
    "support": [
        *SOLD,
        *won(),
        offer(),
        accept(),
        change("pr1", "implementation", "2026-11-30"),
        *deliver_all(),
        offer("support"),
        accept("support"),
    ],
}


def at_home(phase: Phase) -> list[Command]:
    """Everything up to a phase: it holds the ledger."""
    return REACHED[phase]


def test_a_promise_is_recorded_with_who_made_it_to_whom_and_until_when() -> None:
    made = promise(made_by="u7", made_to="王", due_on=date(2026, 5, 1))
    world = given(started()).when(made).then(PromiseRecorded)
    said = one(world, "funnel")
    assert (said.made_by, said.made_to, said.made_at, said.due_on) == ("u7", "王", MONDAY, date(2026, 5, 1))
    assert (said.status, said.steps) == ("open", ())
    assert one(given(started(), promise()).world, "funnel").made_by == SALES.id


def test_a_promise_is_not_made_twice_nor_for_a_day_that_is_over() -> None:
    given(started(), promise()).when(promise(made_to="王")).then_refused(promises.PromiseKnownError)
    given(started()).when(promise(due_on=date(2026, 3, 1))).then_refused(DateInPastError)


@pytest.mark.parametrize("phase", PHASES)
def test_wherever_the_ledger_is_a_promise_is_kept_changed_or_broken(phase: Phase) -> None:
    here = given(at_home(phase))
    kept = one(here.when(keep(at=phase)).then(PromiseKept), phase)
    assert (kept.status, kept.binding, kept.steps[-1].reference) == ("kept", False, "minutes")
    here = given(at_home(phase))
    changed = one(here.when(change(at=phase, text="live by June")).then(PromiseChanged), phase)
    assert (changed.status, changed.binding, changed.text) == ("changed", True, "live by June")
    broken = one(given(at_home(phase)).when(fail(at=phase)).then(PromiseBroken), phase)
    assert (broken.status, broken.binding, broken.steps[-1].reference) == ("broken", False, "no people")


@pytest.mark.parametrize("phase", PHASES)
def test_the_ledger_is_in_one_place_and_every_other_says_where(phase: Phase) -> None:
    before = PHASES[: PHASES.index(phase)]
    for earlier in before:
        following = PHASES[PHASES.index(earlier) + 1]
        for asked in (keep(at=earlier), change(at=earlier, text="x"), fail(at=earlier), promise("pr9", at=earlier)):
            refused = given(at_home(phase)).when(asked).then_refused(promises.LedgerElsewhereError)
            assert following in refused.detail
            assert " now:" not in refused.detail  # it may have gone on from there, which this phase cannot know


@pytest.mark.parametrize("phase", PHASES)
def test_the_whole_ledger_goes_along_ended_promises_too(phase: Phase) -> None:
    ended = [*SOLD, promise("pr0"), keep("pr0"), *won(), offer(), accept(), change("pr1", "implementation", "2026-11-30")]
    world = World().tell(ended, deliver_all(), offer("support"), accept("support"))
    assert [said.promise for said in ledger(world, phase)] == ["pr1", "pr2", "pr0"]
    assert one(world, phase, "pr0").status == "kept"


def test_a_change_keeps_both_wordings_and_who_agreed() -> None:
    world = given(SOLD).when(change(text="live by June", due_on="2026-06-30")).then(PromiseChanged)
    event = world.events["funnel-P1"][-1]
    assert isinstance(event, PromiseChanged)
    assert (event.before, event.text, event.due_before, event.due_on) == (
        "live by May",
        "live by June",
        None,
        date(2026, 6, 30),
    )
    step = PromiseStep(what="changed", at=MONDAY, reference="letter", by="王", text="live by May")
    assert one(world, "funnel").steps == (step,)


def test_the_new_wording_goes_on_and_must_come_to_an_end_of_its_own() -> None:
    world = given(SOLD, change(text="live by June")).when(keep()).then(PromiseKept)
    assert [step.what for step in one(world, "funnel").steps] == ["changed", "kept"]


def test_a_change_needs_the_customers_consent_and_changes_something() -> None:
    given(SOLD).when(change(text="x", consented_by=DELIVERY.id)).then_refused(promises.ConsentNotTheirsError)
    helped = DELIVERY.model_copy(update={"on_behalf_of": "u9"})
    given(SOLD).when(change(text="x", consented_by="u9", actor=helped)).then_refused(promises.ConsentNotTheirsError)
    given(SOLD).when(change()).then_refused(promises.NothingChangedError)
    given(SOLD).when(change(text="live by May")).then_refused(promises.NothingChangedError)
    given(SOLD).when(change(due_on="2026-03-01")).then_refused(DateInPastError)


@pytest.mark.parametrize("ended", [keep(), fail()], ids=["kept", "broken"])
@pytest.mark.parametrize("asked", [keep(), fail(), change(text="x")], ids=lambda command: command.command)
def test_how_a_promise_ended_is_never_rewritten(ended: Command, asked: Command) -> None:
    given(SOLD, ended).when(asked).then_refused(promises.PromiseEndedError)


def test_a_promise_that_nobody_made_cannot_be_kept() -> None:
    refused = given(SOLD).when(keep("pr9")).then_refused(promises.PromiseUnknownError)
    assert "pr1, pr2" in refused.detail


def test_a_lost_deal_releases_its_open_promises_and_says_so() -> None:
    world = given(SOLD, keep("pr1")).when(lose()).then(funnel.DealLost, PromiseReleased)
    assert [said.status for said in ledger(world, "funnel")] == ["kept", "released"]
    given(SOLD, lose()).when(keep("pr2")).then_refused(promises.PromiseEndedError)


def test_a_dated_promise_is_overdue_once_when_its_day_is_over() -> None:
    sold = given(started(), promise(due_on=date(2026, 3, 3)), *won())
    sold.when_clocks_are_judged("handoff-P1-delivery", at("2026-03-03 23:59")).then()
    world = sold.when_clocks_are_judged("handoff-P1-delivery", at("2026-03-04 09:00")).then(PromiseOverdue)
    event = world.events["handoff-P1-delivery"][-1]
    assert isinstance(event, PromiseOverdue)
    assert (event.occurred_at, event.who) == (utc(at("2026-03-04")), "sales")
    view = world.view("handoff-P1-delivery")
    assert (view.health, view.needs_human) == ("overdue", True)
    sold.when_clocks_are_judged("handoff-P1-delivery", at("2026-03-04 10:00")).then()
    agreed = sold.when(change(at="handoff-delivery", due_on="2026-03-05")).then(PromiseChanged)
    assert agreed.view("handoff-P1-delivery").health == "ok"
    sold.when_clocks_are_judged("handoff-P1-delivery", at("2026-03-06 01:00")).then(HandoffOverdue, PromiseOverdue)


# None vanishes


@pytest.mark.parametrize("phase", PHASES)
def test_a_cancelled_project_releases_what_is_left_of_its_promises_where_they_are(phase: Phase) -> None:
    cancel = CancelProject(
        project="P1", reason="bankrupt", reference="letter", approver="m1", approver_role="manager", actor=SALES
    )
    world = given(at_home(phase), keep("pr2", phase), cancel).world
    assert [(said.promise, said.status) for said in ledger(world, phase)] == [("pr1", "released"), ("pr2", "kept")]
    freed = [stream for stream, events in world.events.items() if any(isinstance(one, PromiseReleased) for one in events)]
    assert freed == [phase_stream("P1", phase)]


def test_a_ledger_that_has_lost_something_is_told_by_comparing() -> None:
    world = given(SOLD, change(text="live by June")).world
    whole = ledger(world, "funnel")
    first, second = whole
    assert vanished(whole, whole) == ()
    assert vanished(whole, (first,)) == ("pr2",)
    assert vanished(whole, (first.model_copy(update={"steps": ()}), second)) == ("pr1",)
    assert vanished(whole, (first, second.model_copy(update={"text": "nothing"}))) == ("pr2",)
    assert vanished(whole, (first, second.model_copy(update={"status": "kept"}))) == ("pr2",)
    assert vanished(whole, (first, second.model_copy(update={"due_on": None}))) == ("pr2",)


def test_promises_that_bind_us_again_are_told_apart_from_released_ones() -> None:
    lost = ledger(given(SOLD, lose()).world, "funnel")
    facts = promises.reinstated(lost, MONDAY, "the deal was reopened")
    again: Ledger = lost
    for fact in facts:
        again = promises.after(again, fact)
    assert [said.status for said in again] == ["open", "open"]
    assert vanished(lost, again) == ()


NAMES = st.sampled_from(["pr1", "pr2", "pr3", "pr4"])
PLACES = st.sampled_from(PHASES)
DATES = st.sampled_from([None, "2026-04-30", "2026-12-31"])
WORK: tuple[Command, ...] = (
    *won(),
    lose(),
    offer(),
    accept(),
    give_back("promises"),
    give_back("risks"),
    *reach("M1", "M2", "M3", "M4", "M5", "M6"),
    submit("configuration"),
    offer("support"),
    accept("support"),
    give_back("training_done", kind="support"),
)
ASKED = st.one_of(
    st.builds(lambda name, phase, day: promise(name, at=phase, due_on=day and date.fromisoformat(day)), NAMES, PLACES, DATES),
    st.builds(keep, NAMES, PLACES),
    st.builds(fail, NAMES, PLACES),
    st.builds(lambda name, phase, day: change(name, phase, day, text="other words"), NAMES, PLACES, DATES),
    st.sampled_from(WORK),
    st.sampled_from(PHASES).map(lambda phase: judge(phase_stream("P1", phase))),
    st.just(deliver_all()),
)
CANCEL = [
    Unwind(of=phase_stream("P1", phase), reason="cancelled", approver="m1", actor=SYSTEM, command_id=f"unwind-{phase}")
    for phase in PHASES
]


def in_the_open(world: World) -> dict[Phase, Ledger]:
    """The ledger of each phase that has begun."""
    begun = [phase for phase in PHASES if world.state(phase_stream("P1", phase)).exists]
    return {phase: ledger(world, phase) for phase in begun}


@settings(max_examples=60)
@drawn(data=st.data())
def test_at_the_end_of_any_life_each_promise_has_ended_or_is_shown_as_open_where_it_is(data: st.DataObject) -> None:
    world = World().tell(started())
    made: set[str] = set()
    lives = data.draw(st.sampled_from([[], [*won(), offer(), accept()], in_support()[3:]]))
    moves = [*data.draw(st.lists(ASKED, max_size=10)), *lives, *data.draw(st.lists(ASKED, max_size=25))]
    if data.draw(st.booleans()):
        moves.append(CANCEL)
    for move in moves:
        for command in move if isinstance(move, list) else [move]:
            before = in_the_open(world)
            world.now += timedelta(hours=data.draw(st.sampled_from([0, 1, 30])))
            try:
                recorded = world.take(command)
            except RefusalError:
                continue
            made |= {event.promise for event in recorded if isinstance(event, PromiseRecorded)}
            now = in_the_open(world)
            assert all(vanished(known, now[phase]) == () for phase, known in before.items())
    phases = in_the_open(world)
    for earlier, later in zip(list(phases), list(phases)[1:], strict=False):
        assert vanished(phases[earlier], phases[later]) == ()
    home = list(phases)[-1]
    assert {said.promise for said in phases[home]} == made
    for said in phases[home]:
        assert said.binding or said.steps[-1].what == said.status
    if moves and moves[-1] is CANCEL and home != "funnel":
        assert binding(phases[home]) == ()


def test_handed_to_delivery_without_a_promise_the_ledger_is_empty() -> None:
    assert ledger(given(handed_to_delivery()).world, "implementation") == ()
