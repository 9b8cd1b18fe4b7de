"""On which grounds gates were passed and commands refused, and what else a person must know about a project."""

from __future__ import annotations

from datetime import timedelta

import pytest

from history.explaining import Why, why
from runtime.composition import CODEC
from tests.domain.asked import (
    MONDAY,
    PLAYBOOKS,
    STAGES,
    accept,
    classify,
    evidence,
    handed_to_delivery,
    open_project,
    override,
    promise,
    reach,
    register,
    stage_done,
    started,
)
from tests.domain.test_changes import approve, request
from tests.domain.test_funnel_prices import too_low
from tests.domain.test_plan import reestimate
from tests.history.office import Office

ROLES = PLAYBOOKS.latest().roles


async def _why(office: Office) -> Why:
    found = await why(office.store, CODEC, PLAYBOOKS, "P1")
    assert found is not None
    return found


@pytest.fixture
async def told(office: Office) -> Why:
    """A promise, F1 passed on its evidence after two days, F2 by an override three days later, and two refusals."""
    await office.take(*started(), promise("pr1"), MONDAY + timedelta(days=2))
    await office.ask(evidence("gut_feeling"))
    await office.take(stage_done("F1", command_id="done"), MONDAY + timedelta(days=5), override("F3", command_id="past"))
    await office.ask(accept())
    return await _why(office)


def test_a_gate_says_when_by_whom_under_which_version_and_on_which_evidence_it_was_passed(told: Why) -> None:
    [first, _] = told.passages
    assert (first.gate, first.entered, first.overridden) == ("F1", "F2", False)
    assert (first.actor.id, first.actor.role, first.playbook) == ("u1", "sales", str(PLAYBOOKS.latest().ref))
    assert first.occurred_at == MONDAY + timedelta(days=2)
    assert [(one.id, one.what, one.reference) for one in first.evidence] == [
        (f"E{number}", code, f"doc-{code}") for number, code in enumerate(STAGES["F1"], start=1)
    ]
    assert all(one.name is not None and one.name.zh for one in first.evidence)
    assert first.decision is not None
    assert first.decision.command_id == "done"
    assert {one.id for one in first.evidence} <= set(first.decision.proofs)


def test_a_gate_that_was_overridden_says_so_and_by_whom(told: Why) -> None:
    [*_, second] = told.passages
    [one] = told.overrides
    assert (second.gate, second.overridden, second.evidence) == ("F2", True, ())
    assert (one.gate, one.approver, one.asked_by, one.reason, one.outcome) == ("F2", "m1", "u1", "strategic", "open")
    assert one.gate_name is not None
    assert len(one.missing_names) == len(one.missing) == len(STAGES["F2"])


def test_the_stages_say_how_long_they_took_in_working_time_and_how_they_ended(told: Why) -> None:
    assert [(stay.stage, stay.dwell, stay.how) for stay in told.path] == [
        ("F1", 16 * 60, "advanced"),
        ("F2", 23 * 60, "overridden"),
        ("F3", None, ""),
    ]


def test_a_refusal_says_what_was_asked_and_what_is_unmet_in_both_languages_and_who_must_bring_it(told: Why) -> None:
    by_verdict = {one.verdict: one for one in told.refusals}
    assert set(by_verdict) == {"CriterionUnknown", "NotFound"}
    refused = by_verdict["CriterionUnknown"]
    assert refused.asked is not None
    assert refused.asked["evidence"][0]["criterion"] == "gut_feeling"
    assert refused.name.zh == "没有此退出条件"
    assert all(one.name.en and one.name.zh and told.roles[one.who] == ROLES[one.who] for one in refused.unmet)
    assert len(refused.unmet) == len(STAGES["F1"])


def test_the_promises_and_who_holds_them_are_told(told: Why) -> None:
    [one] = told.promises
    assert (one.promise, one.status, one.binding, one.stream) == ("pr1", "open", True, "funnel-P1")


async def test_milestones_and_handoffs_are_gates_too(office: Office) -> None:
    await office.take(*handed_to_delivery(), *reach("M1"))
    passed = {one.gate: one for one in (await _why(office)).passages}
    assert {"delivery", "M1"} <= set(passed)
    for gate in ("delivery", "M1"):
        assert passed[gate].gate_name is not None
        assert passed[gate].evidence
        assert all(one.id and one.reference and one.name for one in passed[gate].evidence)


async def test_what_was_learned_from_other_deals_is_told_with_the_decision(office: Office) -> None:
    await office.take(register(), classify(), open_project("P1"))
    await office.take(stage_done("F1"))
    [passage] = (await _why(office)).passages
    assert passage.decision is not None
    assert [one["stage"] for one in passage.decision.learned] == ["F2"]


async def test_what_waits_for_an_answer_says_for_whose_and_until_when(office: Office) -> None:
    await office.take(*handed_to_delivery(), *reach("M1"), request())
    [one] = (await _why(office)).pending
    assert (one.id, one.what.en, one.late) == ("CR1", "approval of a change", False)
    assert one.roles
    assert one.due_at is not None
    assert one.due_at > MONDAY
    await office.take(approve())
    [one] = (await _why(office)).pending
    assert (one.what.en, one.roles) == ("customer's signature", ("customer",))


async def test_a_price_outside_its_limits_waits_for_the_role_that_approves_it(office: Office) -> None:
    await office.take(*started(), too_low())
    [one] = (await _why(office)).pending
    assert (one.stream, one.of, one.what.zh, one.asked_by) == ("funnel-P1", "Q1", "价格审批", ("u1",))
    assert set(one.roles) <= set(ROLES)
    assert one.due_at is not None


async def test_a_date_that_moved_says_from_when_to_when_and_why(office: Office) -> None:
    await office.take(*handed_to_delivery(), *reach("M1"), reestimate("M2", 60))
    moved = [one for one in (await _why(office)).moved if one.reference == "MilestoneReestimated"]
    assert {one.milestone for one in moved} >= {"M2", "M3"}
    assert all(one.before and one.after and one.before < one.after and "M2" in one.cause for one in moved)
    assert all(one.name is not None for one in moved)
