"""Evidence: who gives it, for what, under which id; and what becomes of a gate when it is withdrawn."""

from __future__ import annotations

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from domain import funnel
from domain.funnel import EvidenceRecorded, EvidenceWithdrawn, StageAdvanced
from tests.domain.asked import (
    BY_OTHERS,
    BY_SALES,
    DELIVERY,
    MONDAY,
    PRODUCT,
    SALES,
    STAGES,
    evidence,
    prepared,
    stage_done,
    started,
    win,
)
from tests.domain.funnelling import DEAL, playbook, under, withdraw
from tests.domain.scenario import World, fold_again, given

REST = stage_done("F1").model_copy(update={"evidence": stage_done("F1").evidence[1:]})


def test_each_piece_says_who_gave_it_for_what_with_its_proof_and_an_id_of_its_own() -> None:
    world = given(started()).when(evidence("owner", "next_step")).then(EvidenceRecorded, EvidenceRecorded)
    first, second = world.events[DEAL][-2:]
    assert first == EvidenceRecorded(
        occurred_at=MONDAY, criterion="owner", reference="doc-owner", note="", given_by="u1", evidence_id="E1"
    )
    assert isinstance(second, EvidenceRecorded)
    assert second.evidence_id == "E2"


def test_what_is_said_about_the_giver_is_kept() -> None:
    told = evidence("owner")
    by_name = told.model_copy(update={"evidence": (told.evidence[0].model_copy(update={"given_by": "u77"}),)})
    event = given(started()).when(by_name).then(EvidenceRecorded).events[DEAL][-1]
    assert isinstance(event, EvidenceRecorded)
    assert event.given_by == "u77"


def test_evidence_from_before_ids_were_given_has_the_id_that_its_place_gives_it() -> None:
    world = given(started(), evidence("owner", "next_step")).world
    world.events[DEAL] = [
        event.model_copy(update={"evidence_id": ""}) if isinstance(event, EvidenceRecorded) else event
        for event in world.events[DEAL]
    ]
    assert [piece.id for piece in fold_again(world, DEAL).pieces] == ["E1", "E2"]
    assert fold_again(world, DEAL) == world.state(DEAL)


def test_a_gate_is_judged_without_evidence_that_was_withdrawn() -> None:
    world = given(started(), evidence("owner")).when(withdraw("E1")).then(EvidenceWithdrawn)
    assert "owner" in [one.code for one in world.view(DEAL).missing]
    assert world.tell(REST).state(DEAL).stage == "F1"
    assert world.tell(stage_done("F1")).state(DEAL).stage == "F2"


def test_an_older_proof_that_nobody_withdrew_still_holds() -> None:
    world = given(started(), evidence("owner"), evidence("owner")).when(withdraw("E2")).then(EvidenceWithdrawn)
    assert "owner" not in [one.code for one in world.view(DEAL).missing]


def test_what_is_not_on_record_or_withdrawn_already_is_not_withdrawn() -> None:
    some = given(started(), evidence("owner"))
    refused = some.when(withdraw("E1", "E7")).then_refused(funnel.EvidenceUnknownError)
    assert "E7" in refused.detail
    some.when(withdraw("E1")).then(EvidenceWithdrawn)
    some.when(withdraw("E1")).then_refused(funnel.EvidenceUnknownError)


def test_evidence_of_a_gate_that_was_passed_is_withdrawn_by_a_step_back_only() -> None:
    refused = given(started(), stage_done("F1")).when(withdraw("E1")).then_refused(funnel.EvidencePassedError)
    assert "ReturnStage to F1" in refused.detail


@pytest.mark.parametrize(("code", "role"), BY_OTHERS.items())
def test_what_only_one_role_may_bring_is_refused_from_any_other(code: str, role: str) -> None:
    actors = {"product": PRODUCT, "delivery": DELIVERY}
    for actor in (SALES, *(one for name, one in actors.items() if name != role)):
        given(started()).when(evidence(code, actor=actor)).then_refused(funnel.EvidenceRoleError, code)
    given(started()).when(evidence(code, actor=actors[role])).then(EvidenceRecorded)


def test_what_is_asked_for_but_not_required_may_come_and_need_not() -> None:
    asked = [item.model_dump(mode="json") for item in playbook().funnel.stages[0].criteria]
    rules = playbook({"F1": {"criteria": [one | {"required": one["code"] != "owner"} for one in asked]}})
    without = [code for code in STAGES["F1"] if code != "owner"]
    world = under(rules, started()).when(evidence(*without)).then(*[EvidenceRecorded] * len(without), StageAdvanced)
    assert world.state(DEAL).stage == "F2"
    under(rules, started()).when(evidence("owner")).then(EvidenceRecorded)


@settings(max_examples=60)
@drawn(order=st.permutations([*BY_SALES, *range(len(prepared()))]), cuts=st.sets(st.integers(1, 24)))
def test_in_whatever_order_and_portions_the_evidence_comes_the_deal_is_won_by_the_last_piece(
    order: list[str | int], cuts: set[int]
) -> None:
    world, portion = World().tell(started()), list[str]()
    others = prepared()
    for place, one in enumerate(order, start=1):
        assert not world.state(DEAL).outcome
        if isinstance(one, int):
            world.take(others[one])
        else:
            portion.append(one)
        if portion and (place in cuts or place == len(order)):
            world.take(evidence(*portion))
            portion = []
    assert world.state(DEAL).outcome == "won"
    passed = [event.left for event in world.events[DEAL] if isinstance(event, StageAdvanced)]
    assert sorted([*passed, world.state(DEAL).stage]) == sorted(STAGES)


def test_one_more_piece_than_is_asked_for_does_not_win_twice() -> None:
    given(started(), prepared(), win()).when(evidence("owner")).then_refused(funnel.DealClosedError)
