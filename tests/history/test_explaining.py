"""Why a project stands where it stands."""

from __future__ import annotations

import pytest

from domain.messages import Command
from history.explaining import Why, why
from history.plan import plan_told
from history.replay import replay
from history.wording import particulars
from runtime.composition import CODEC
from tests.domain.asked import (
    HANDED_OVER,
    MILESTONES,
    PLAYBOOKS,
    RULES,
    STAGES,
    accept,
    at,
    condition,
    deliver_all,
    evidence,
    give_back,
    handed_to_delivery,
    in_support,
    lose,
    offer,
    open_ticket,
    reach,
    stage_done,
    started,
    won,
)
from tests.domain.funnelling import back
from tests.domain.test_cancelling import cancel
from tests.history.office import Office


async def _why(office: Office, *commands: Command) -> Why:
    await office.take(*commands)
    found = await why(office.store, CODEC, PLAYBOOKS, "P1")
    assert found is not None
    return found


async def test_in_the_funnel_it_names_what_the_stage_still_asks_for(office: Office) -> None:
    first, *rest = STAGES["F1"]
    told = await _why(office, *started(), evidence(first))
    assert told.stands is not None
    assert (told.phase, told.stands.view.code, told.stands.view.waiting_for) == ("funnel", "F1", "sales")
    assert [one.code for one in told.stands.view.missing] == rest
    assert all(one.name.zh and one.name.en for one in told.stands.view.missing)
    assert told.stands.who == PLAYBOOKS.latest().roles["sales"]
    assert told.stands.view.due_at is not None


@pytest.mark.parametrize(
    ("commands", "phase", "code", "waiting_for"),
    [
        ([*started(), *won()], "handoff-delivery", "preparing", "sales"),
        ([*started(), *won(), offer()], "handoff-delivery", "offered", "delivery"),
        ([*started(), *won(), offer(), give_back("scope")], "handoff-delivery", "returned", "sales"),
        ([*handed_to_delivery(), *reach("M1")], "implementation", "M2", "delivery"),
        ([*handed_to_delivery(), *deliver_all()], "handoff-support", "preparing", "delivery"),
        (in_support(), "support", "early_life", ""),
    ],
    ids=["won", "offered", "returned", "implementation", "accepted", "support"],
)
async def test_in_every_phase_it_says_where_the_project_stands_and_who_must_act(
    office: Office, commands: list[Command], phase: str, code: str, waiting_for: str
) -> None:
    told = await _why(office, *commands)
    assert told.stands is not None
    assert (told.phase, told.stands.view.code, told.stands.view.waiting_for) == (phase, code, waiting_for)
    assert told.steps


async def test_a_lost_deal_is_explained_by_its_loss(office: Office) -> None:
    told = await _why(office, *started(), lose())
    assert told.outcome == "lost"
    assert [step.type for step in told.steps][-1] == "DealLost"


async def test_what_brought_it_there_is_the_last_event_with_its_decision_and_playbook_version(office: Office) -> None:
    told = await _why(office, *started(), stage_done("F1", command_id="e-1"))
    assert (told.steps[-1].type, told.steps[-1].particulars) == ("StageAdvanced", "F1 → F2")
    assert told.decision is not None
    assert (told.decision.command, told.decision.command_id) == ("RecordEvidence", "e-1")
    assert told.decision.playbook == str(PLAYBOOKS.latest().ref)


async def test_the_named_gaps_and_the_conditions_are_told(office: Office) -> None:
    returned = await _why(office, *started(), *won(), offer(), give_back("scope"))
    assert returned.steps[-1].particulars == "round 1; scope: not complete"
    await office.take(offer(), accept(conditions=(condition(due_on="2026-04-01"),)))
    told = await replay(office.store, CODEC, "C1")
    assert told is not None
    [accepted] = [one.event for one in told.events if one.stored.type == "HandoffAccepted"]
    assert particulars(accepted) == "round 2; by 2026-04-01: to come"


async def test_refused_commands_are_told_the_newest_first_even_on_streams_that_have_not_begun(office: Office) -> None:
    await office.take(*started())
    await office.ask(accept())
    await office.ask(evidence("nonsense"))
    told = await _why(office)
    assert {one.verdict for one in told.refusals} == {"NotFound", "CriterionUnknown"}
    assert all(one.verdict != "accepted" and one.detail for one in told.refusals)


async def test_open_conditions_and_tickets_are_told_beside_the_phase(office: Office) -> None:
    accepted = accept(conditions=(condition(),))
    told = await _why(office, *started(), *won(), offer(), accepted, open_ticket(project="P1"))
    assert {one.stream for one in told.beside} == {"handoff-P1-delivery", "ticket-T1"}


async def test_the_last_milestone_waits_for_the_handoff_to_support(office: Office) -> None:
    told = await _why(office, *handed_to_delivery(), *deliver_all())
    assert [one.view.code for one in told.beside] == [HANDED_OVER]
    assert HANDED_OVER in MILESTONES


async def test_a_project_that_is_not_there_is_not_explained(office: Office) -> None:
    await office.take(*started())
    assert await why(office.store, CODEC, PLAYBOOKS, "P2") is None


async def test_evidence_that_was_withdrawn_later_is_marked_where_a_gate_was_passed_on_it(office: Office) -> None:
    told = await _why(office, *started(), stage_done("F1"), stage_done("F2"))
    piece = next(proof.id for proof in told.passages[-1].evidence if proof.what == "budget")
    again = await _why(office, back("F2", piece))
    marked = [proof.what for one in again.passages for proof in one.evidence if proof.withdrawn]
    assert marked == ["budget"]


async def test_evidence_bears_the_name_that_its_own_gate_gives_it(office: Office) -> None:
    told = await _why(office, *started(), stage_done("F1"), stage_done("F2"))
    criterion = RULES.funnel.criteria["power_map"][1]
    assert [proof.name for proof in told.passages[-1].evidence if proof.what == "power_map"] == [criterion.name]


async def test_a_cancelled_project_names_who_cancelled_it_why_and_what_was_undone_in_each_part(office: Office) -> None:
    told = await _why(office, *handed_to_delivery(), cancel())
    assert told.cancelled is not None
    assert (told.cancelled.asked_by, told.cancelled.approver) == ("u1", "m1")
    parts = {one.part: [name.en for name in one.what] for one in told.cancelled.parts}
    assert list(parts) == ["implementation-P1", "handoff-P1-delivery", "funnel-P1"]
    assert parts["implementation-P1"] == ["open milestones stopped"]
    assert all(one.unwound_at for one in told.cancelled.parts)


async def test_what_the_receiver_wrote_about_a_gap_stands_beside_what_is_missing(office: Office) -> None:
    told = await _why(office, *started(), *won(), offer(), give_back("scope", "risks"))
    assert told.stands is not None
    assert {one.code for one in told.stands.view.missing} == set(told.notes) == {"scope", "risks"}
    assert all(told.notes.values())
    assert (await _why(office, offer())).notes == {}


async def test_each_item_of_an_accepted_offer_names_who_gave_it(office: Office) -> None:
    told = await _why(office, *handed_to_delivery())
    assert {proof.given_by for proof in told.passages[-1].evidence} == {"u1"}


async def test_the_outlook_of_a_plan_that_nobody_works_on_goes_on_with_time_as_the_plan_tells_it(office: Office) -> None:
    await office.take(*handed_to_delivery())
    later = at("2026-03-20 10:00")
    told = await why(office.store, CODEC, PLAYBOOKS, "P1", later)
    plan = await plan_told(office.store, CODEC, PLAYBOOKS, "P1", later)
    assert told is not None
    assert told.stands is not None
    assert told.stands.view.outlook == plan.outlook
    assert "not signed by today 今日仍未签署 M1 +4" in plan.outlook


async def test_what_a_cancelling_left_to_settle_is_told_also_when_the_project_had_gone_on(office: Office) -> None:
    found = await _why(office, *handed_to_delivery(), *deliver_all(), offer("support"), cancel())
    [left] = found.beside
    assert (left.stream, left.view.waiting_for) == ("implementation-P1", "sales")
    assert [one.code for one in left.view.missing] == ["M1", "M2", "M5", "M6"]
