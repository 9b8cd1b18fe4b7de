"""What holds for reactivations and recoveries whatever is asked in whatever order: tried with random commands, legal or not."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.catalogue import decider_of
from domain.customer.life_commands import InvalidateCustomer
from domain.customer.record_commands import ChangeOwner, MergeCustomer, UndoMerge
from domain.funnel import ReopenDeal
from domain.messages import SYSTEM, Actor, ActorKind
from domain.reactivating import EndReactivation, NoteAwake, NoteBusiness, NoteReactivation, StartReactivation
from domain.reactivation import CompleteStep, RecordAnswer, SkipStep, StopReactivation
from domain.recovering import EndRecovery, NoteKeptContact, NoteRecovery
from domain.recovery import (
    GiveUpRecovery,
    HoldReview,
    KeepContact,
    LinkNextAttempt,
    PlanContacts,
    PlanNextAttempt,
    RecordCause,
    TurnIntoProject,
)
from tests.domain.asked import MONDAY, PLAYBOOKS, SALES, classify, contact, judge, lose, on, open_project, register, started
from tests.domain.scenario import World
from tests.domain.test_laws import asked, holds_together

MANAGER = Actor(kind=ActorKind.PERSON, id="m1", role="manager")
EXECUTIVE = Actor(kind=ActorKind.PERSON, id="e1", role="executive")
LATER = st.sampled_from([0, 0, 1, 4, 20, 100, 190, 400]).map(lambda days: timedelta(days=days))
EARLIER = st.sampled_from([0, 0, 0, 1, 30]).map(lambda days: timedelta(days=days))
GONE: dict[str, Any] = {"customer": "C1", "reason": "wound_up", "evidence": "x", "approver": "m1", "approver_role": "manager"}
MERGE: dict[str, Any] = {"customer": "C1", "reason": "x", "approver": "m1", "approver_role": "manager", "actor": SALES}
STEPS = {"review_account": SALES, "executive_visit": EXECUTIVE, "plan_workshop": SALES}

WAKING = st.one_of(
    st.sampled_from(["C1.1", "C1.2"]).flatmap(
        lambda of: st.sampled_from(
            [
                *(CompleteStep(reactivation=of, step=code, result="x", actor=who) for code, who in STEPS.items()),
                SkipStep(reactivation=of, step="review_account", reason="x", actor=SALES),
                *(RecordAnswer(reactivation=of, answer=told, reference="x", actor=SALES) for told in ("interested", "no")),
                StopReactivation(reactivation=of, reason="x", actor=SALES),
                *(word(reactivation=of, actor=SYSTEM) for word in (NoteAwake, NoteBusiness, EndReactivation)),
                NoteReactivation(customer="C1", reactivation=of, actor=SYSTEM),
                judge(f"reactivation-{of}"),
            ]
        )
    ),
    st.sampled_from(
        [
            judge("customer-C1"),
            contact(channel="visit"),
            open_project(),
            classify("strategic"),
            StartReactivation(customer="C1", reason="x", actor=SALES),
            InvalidateCustomer(**GONE, actor=SALES),
        ]
    ),
)
RECOVERING = st.one_of(
    st.sampled_from(["P1.1", "P1.2"]).flatmap(
        lambda of: st.sampled_from(
            [
                RecordCause(recovery=of, cause="price", text="x", actor=SALES),
                HoldReview(recovery=of, on=date(2026, 3, 2), participants=("u1",), findings="x", actor=MANAGER),
                PlanContacts(recovery=of, dates=(date(2026, 4, 1), date(2027, 4, 1)), actor=SALES),
                KeepContact(recovery=of, channel="call", summary="x", actor=SALES),
                PlanNextAttempt(recovery=of, on=date(2026, 9, 1), idea="x", actor=SALES),
                TurnIntoProject(recovery=of, project="P2", name="x", actor=SALES),
                LinkNextAttempt(recovery=of, project="P3", actor=SALES),
                GiveUpRecovery(recovery=of, reason="x", actor=MANAGER),
                EndRecovery(recovery=of, customer="C1", actor=SYSTEM),
                NoteRecovery(customer="C1", recovery=of, actor=SYSTEM),
                NoteKeptContact(customer="C1", recovery=of, number=1, actor=SYSTEM),
                judge(f"recovery-{of}"),
            ]
        )
    ),
    st.sampled_from(
        [
            lose(),
            ReopenDeal(project="P1", reason="x", approver="m1", approver_role="manager", actor=SALES),
            open_project("P3"),
            judge("customer-C1"),
            InvalidateCustomer(**GONE, actor=SALES),
            MergeCustomer(into="C2", **MERGE),
            UndoMerge(**MERGE),
            *(ChangeOwner(customer=one, owner=f"o{one}", reason="x", actor=SALES) for one in ("C1", "C2")),
        ]
    ),
)


def lived(begun: list[Any], told: Any) -> World:
    """A life in which commands are asked, now and as of before, and clocks are judged as their workflows would."""
    world = World(now=MONDAY).tell(begun)
    judged: dict[str, list[datetime]] = {}
    for command, later, earlier in told:
        world.now += later
        asked(world, on(world.now - earlier, command) if earlier and not command.internal else command)
        for stream in [one for one in world.events if one.partition("-")[0] in ("customer", "reactivation", "recovery")]:
            facts, _ = decider_of(stream).judge(world.state(stream), world.now, PLAYBOOKS)
            assert [fact.occurred_at for fact in facts] == sorted(fact.occurred_at for fact in facts)
            asked(world, judge(stream))
            assert decider_of(stream).judge(world.state(stream), world.now, PLAYBOOKS)[0] == []
    holds_together(world, judged)
    return world


@settings(max_examples=30)
@given(told=st.lists(st.tuples(WAKING, LATER, EARLIER), max_size=12))
def test_a_sleeping_customer_holds_together_and_has_one_reactivation_at_a_time(told: Any) -> None:
    world = lived([register(), classify()], told)
    customer = world.state("customer-C1")
    running = [one for one in world.events if one.startswith("reactivation-") and world.state(one).running]
    assert len(running) <= 1
    for stream in running:
        assert customer.recall.waking.id == stream.partition("-")[2]
        # Awake, or none any more, it is not woken.
        assert customer.status == "dormant" or customer.cooling


@settings(max_examples=30)
@given(told=st.lists(st.tuples(RECOVERING, LATER, EARLIER), max_size=12))
def test_a_lost_deal_holds_together_and_every_end_reaches_the_customer(told: Any) -> None:
    world = lived([*started(), lose(), register("C2")], told)
    open_ones = {one.id for one in world.state("customer-C1").recall.recoveries if one.cut_at is None}
    recoveries = [world.state(one) for one in world.events if one.startswith("recovery-")]
    assert {state.id for state in recoveries if state.open} == open_ones
    absorbed = world.state("customer-C2").record.absorbed.get("C1")
    assert absorbed is None or set(absorbed.held.recoveries) == open_ones
