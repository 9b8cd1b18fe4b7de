"""What holds for every aggregate, whatever is asked of it in whatever order: tried with random commands, legal or not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.catalogue import decider_of
from domain.messages import SYSTEM, Command
from domain.playbook import Phase
from domain.refusals import RefusalError
from domain.support import RenewContract
from domain.ticket import (
    AcknowledgeTicket,
    AssignTicket,
    CancelTicket,
    CloseTicket,
    EscalateTicket,
    LeaveParent,
    NoteChild,
    PauseTicket,
    ReopenTicket,
    ReopenWithParent,
    ResolveTicket,
    ResolveWithParent,
    ResumeTicket,
)
from tests.domain.asked import (
    EVERY_CRITERION,
    MILESTONES,
    MONDAY,
    PLAYBOOKS,
    SUPPORT,
    accept,
    checklist,
    classify,
    condition,
    contact,
    contract,
    defects,
    deliver_all,
    deliverables,
    evidence,
    excuse,
    give_back,
    handed_to_delivery,
    in_support,
    judge,
    lose,
    next_step,
    offer,
    on,
    open_project,
    open_ticket,
    override,
    promise,
    register,
    release,
    resume,
    settle,
    shelve,
    signed,
    started,
    submit,
    won,
)
from tests.domain.implementing import NORTH, UNWIND, units
from tests.domain.ledgers import allow_early_start, change, early_work, fail, keep, meet_condition, move_condition
from tests.domain.scenario import World, fold_again
from tests.domain.ticketing import (
    assign,
    cancel,
    duplicate,
    grade,
    link,
    overrule,
    own,
    part_of,
    reopen,
    resolve,
    settle_service,
    start,
)

DAYS = st.sampled_from(["2026-03-01", "2026-03-09", "2026-04-20", "2026-06-30", "2026-12-31"])
ITEMS = st.sampled_from([*checklist("delivery"), *checklist("support"), "nothing"])
CRITERIA = st.lists(st.sampled_from([*EVERY_CRITERION, "nothing"]), min_size=1, max_size=12)
STAGES = st.sampled_from(["F1", "F2", "F3", "F4", "F5", "F6", "won", "F9"])
NAMES = st.sampled_from(["x1", "x2"])
PHASES_HELD: tuple[Phase, ...] = ("funnel", "handoff-delivery", "implementation", "handoff-support", "support")

DEAL = st.one_of(
    CRITERIA.map(lambda codes: evidence(*codes)),
    st.builds(override, STAGES, approver=st.sampled_from(["u1", "m1"])),
    st.builds(shelve, DAYS),
    st.builds(next_step, DAYS),
    st.builds(promise, NAMES),
    st.sampled_from([*won(), resume(), lose(), lose(keep_contact_on="2026-05-01"), judge("funnel-P1"), release(project="P1")]),
)
HANDOFF = st.one_of(
    st.just(offer()),
    st.dictionaries(ITEMS, st.sampled_from(["a", "b"]), max_size=3).map(lambda items: offer(items=items)),
    st.lists(ITEMS, min_size=1, max_size=2).map(lambda items: give_back(*items)),
    st.lists(st.builds(condition, NAMES, DAYS), max_size=2).map(lambda some: accept(conditions=tuple(some))),
    st.sampled_from([accept(), accept(actor=SUPPORT), judge("handoff-P1-delivery")]),
    st.builds(meet_condition, NAMES),
    st.builds(move_condition, DAYS, NAMES),
    st.builds(allow_early_start, st.sampled_from([1, 5, 11])),
    st.builds(early_work, st.sampled_from(["0.5", "3"])),
)
LEDGER = st.one_of(
    *(st.builds(asking, NAMES, st.sampled_from(PHASES_HELD)) for asking in (keep, fail)),
    st.builds(lambda name, phase, day: change(name, phase, day, text="other words"), NAMES, st.sampled_from(PHASES_HELD), DAYS),
    st.builds(lambda name, phase: promise(name, at=phase), NAMES, st.sampled_from(PHASES_HELD)),
)
IMPLEMENTATION = st.one_of(
    st.sampled_from(sorted(MILESTONES)).map(lambda code: submit(*(deliverables(MILESTONES[code]) or ("nothing",)))),
    st.sampled_from(sorted(MILESTONES)).map(signed),
    st.sampled_from([*deliver_all(), judge("implementation-P1"), offer("support"), accept("support")]),
    st.builds(excuse, st.sampled_from(sorted(MILESTONES)), expires_on=DAYS),
    st.builds(defects, st.integers(0, 2), st.integers(0, 2)),
    st.sampled_from([units(), units(NORTH), UNWIND, submit("test_report", unit="pilot"), signed("M3", unit="pilot")]),
    st.builds(settle, st.sampled_from(["M1", "M2"])),
    st.lists(ITEMS, min_size=1, max_size=2).map(lambda items: give_back(*items, kind="support")),
)
CUSTOMER = st.one_of(
    st.builds(contact, st.none() | DAYS),
    st.sampled_from([classify("vip"), classify("entry"), register(), judge("customer-C1")]),
)
RENEWALS = st.sampled_from(["2027-10-31", "2028-10-31", "2029-10-31", "2030-10-31"]).map(
    lambda until: RenewContract(project="P1", ends_on=contract(ends=until).ends_on, actor=SUPPORT)
)
CONTRACT = st.one_of(RENEWALS, st.just(judge("support-P1")))
TICKET = st.one_of(
    st.sampled_from([AcknowledgeTicket, ResumeTicket]).map(lambda one: one(ticket="T1", actor=SUPPORT)),
    st.sampled_from(["customer", "vendor", "problem", "evidence"]).map(
        lambda who: PauseTicket.model_validate({"ticket": "T1", "actor": SUPPORT, "waiting_for": who, "reason": "x"})
    ),
    st.sampled_from([ReopenTicket, CancelTicket]).map(lambda one: one(ticket="T1", actor=SUPPORT, reason="x")),
    st.sampled_from(
        [
            ResolveTicket(ticket="T1", actor=SUPPORT, solution="x"),
            CloseTicket(ticket="T1", actor=SUPPORT, confirmed_by="x"),
            AssignTicket(ticket="T1", actor=SUPPORT, to="s2"),
            EscalateTicket(ticket="T1", actor=SUPPORT, line="second", reason="x"),
            judge("ticket-T1"),
            release(ticket="T1"),
        ]
    ),
)

FAMILY = st.one_of(
    st.sampled_from(
        [start(), own("s5"), own("s6"), link(), duplicate(), settle_service(), resolve("T2"), reopen("T2"), cancel("T2")]
    ),
    st.sampled_from(["T2", None]).map(part_of),
    st.sampled_from([("a1", "first", "A"), ("b1", "first", "B"), ("c1", "second", "")]).map(lambda one: assign(*one)),
    st.sampled_from(["high", "medium", "low"]).map(lambda impact: grade(impact=impact)),
    st.sampled_from(["P1", "P2", "P3", "P4"]).map(overrule),
    st.sampled_from([ResolveWithParent, ReopenWithParent, LeaveParent]).map(
        lambda word: word(ticket="T1", parent="T2", actor=SYSTEM)
    ),
    st.booleans().map(lambda joined: NoteChild(ticket="T1", child="T2", joined=joined, actor=SYSTEM)),
)
"""What a ticket has to do with other tickets, other priorities and other hands."""

Begun = tuple[list[Command], st.SearchStrategy[Any], str]
HELD = on(MONDAY - timedelta(days=200), open_project(hold_clocks=True))
LIVES: dict[str, Begun] = {
    "customer": ([register()], CUSTOMER, "customer-C1"),
    "funnel": (started(), DEAL, "funnel-P1"),
    "funnel with held clocks": ([register(), HELD], DEAL, "funnel-P1"),
    "project": (started(), st.one_of(DEAL, HANDOFF, IMPLEMENTATION, LEDGER), "project-P1"),
    "handoff": ([*started(), promise("x1"), *won()], st.one_of(HANDOFF, LEDGER), "handoff-P1-delivery"),
    "implementation": (handed_to_delivery(), IMPLEMENTATION, "implementation-P1"),
    "support": (in_support(), st.one_of(CONTRACT, LEDGER), "support-P1"),
    "ticket": ([register(revenue="7"), open_ticket()], TICKET, "ticket-T1"),
    "ticket among others": (
        [register(revenue="7"), open_ticket("T2"), open_ticket()],
        st.one_of(TICKET, FAMILY),
        "ticket-T1",
    ),
    "ticket round the clock": ([register(), classify("vip"), open_ticket(hold_clocks=True)], TICKET, "ticket-T1"),
}
LATER = st.sampled_from([0, 0, 1, 20, 60, 400, 1500, 6000, 20_000, 300_000]).map(lambda minutes: timedelta(minutes=minutes))
EARLIER = st.sampled_from([0, 0, 0, 30, 600, 5000]).map(lambda minutes: timedelta(minutes=minutes))


def asked(world: World, command: Command) -> None:
    """Ask; a refusal is an answer, any other exception is a fault."""
    before = {stream: len(events) for stream, events in world.events.items()}
    try:
        world.take(command)
    except RefusalError:
        assert {stream: len(events) for stream, events in world.events.items()} == before


def holds_together(world: World, judged: dict[str, list[datetime]]) -> None:
    for stream, events in world.events.items():
        decider, state = decider_of(stream), world.state(stream)
        assert fold_again(world, stream) == state
        decider.view(state, PLAYBOOKS.of(state))
        again = [type(event).model_validate_json(event.model_dump_json()) for event in events]
        assert decider.fold(again) == state
        clock = decider.next_clock(state, PLAYBOOKS)
        latest = max(judged.get(stream, []), default=None)
        assert clock is None or latest is None or clock.at >= latest


@pytest.mark.parametrize("life", sorted(LIVES))
@settings(max_examples=40)
@given(data=st.data())
def test_whatever_is_asked_states_are_the_sum_of_their_events_and_clocks_run_out_in_order(
    life: str, data: st.DataObject
) -> None:
    begun, commands, stream = LIVES[life]
    world = World().tell(begun)
    judged: dict[str, list[datetime]] = {}
    decider = decider_of(stream)
    for command, later in data.draw(st.lists(st.tuples(commands, LATER), max_size=8)):
        world.now += later
        asked(world, command)
        facts, _ = decider.judge(world.state(stream), world.now, PLAYBOOKS)
        assert [fact.occurred_at for fact in facts] == sorted(fact.occurred_at for fact in facts)
        if facts:
            asked(world, judge(stream))
            judged.setdefault(stream, []).extend(fact.occurred_at for fact in facts)
        assert decider.judge(world.state(stream), world.now, PLAYBOOKS)[0] == []
    holds_together(world, judged)


@pytest.mark.parametrize("life", sorted(LIVES))
@settings(max_examples=20)
@given(data=st.data())
def test_news_of_the_past_never_breaks_a_stream_nor_judges_a_clock_twice(life: str, data: st.DataObject) -> None:
    begun, commands, stream = LIVES[life]
    world = World().tell(begun)
    for command, later, earlier in data.draw(st.lists(st.tuples(commands, LATER, EARLIER), max_size=6)):
        world.now += later
        asked(world, command if earlier == timedelta(0) else on(world.now - earlier, command))
        asked(world, judge(stream))
    holds_together(world, {})
    assert len(clock_facts(world, stream)) == len(set(clock_facts(world, stream)))


def clock_facts(world: World, stream: str) -> Sequence[str]:
    names = (
        "StageOverdue",
        "DealStalled",
        "HandoffOverdue",
        "HandoffEscalated",
        "ConditionLapsed",
        "EarlyStartEnded",
        "PromiseOverdue",
        "MilestoneOverdue",
        "RenewalWindowOpened",
        "ContractLapsed",
    )
    return [event.model_dump_json(exclude={"occurred_at"}) for event in world.events[stream] if type(event).__name__ in names]


def test_the_commands_of_these_lives_do_something() -> None:
    """A life whose every command is refused would prove nothing."""
    for begun, _, stream in LIVES.values():
        assert World().tell(begun).events[stream]
