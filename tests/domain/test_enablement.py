"""Enablement: a unit sells a product line that asks for it only when it is enabled, and what waits goes on by itself."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.cancelling import PartUnwound
from domain.catalogue import decider_of
from domain.customer.record_commands import MergeCustomer
from domain.enablement import (
    Competence,
    EnablementExpired,
    EnablementExpiring,
    EnablementRoleError,
    EnablementWithdrawn,
    EnableUnit,
    NotEnabledError,
    OpenDealsTold,
    OwnEnablementError,
    UnitEnabled,
    WithdrawEnablement,
)
from domain.enabling import NoteEnablement
from domain.funnel import (
    ApprovalRequested,
    DealClosedError,
    EnablementNoted,
    EvidenceRecorded,
    GateOverridden,
    NameProductLine,
    OverrideExpired,
    OverrideSettled,
    ProductLineNamed,
    ProductLineNamedAlreadyError,
    ProductLineNotNamedError,
    SelfApprovalError,
    SkipStage,
    StageAdvanced,
    UnitNotEnabledError,
)
from domain.messages import SYSTEM
from domain.moving import MoveNeedsDecisionError, MovePlaybook
from domain.owning import ChangeDealOwner
from domain.playbook import ENABLEMENT, PRODUCT_LINE, Playbook, Playbooks
from domain.project import CancelProject
from domain.refusals import DateInPastError, NotFoundError
from tests.domain.asked import (
    MONDAY,
    PRODUCT,
    RULES,
    SALES,
    at,
    classify,
    judge,
    open_project,
    override,
    register,
    resume,
    shelve,
    stage_done,
    utc,
    won,
)
from tests.domain.funnelling import APPROVAL, DEAL, MANAGER, approve, person
from tests.domain.scenario import Given, Told, World, due_moments, fold_again

UNIT = "enablement-north"
LINE = "财务云 Cloud"
TRAINING = Competence(what="training", reference="course-7", people=4)


def asking(stages: tuple[str, ...] = (), funnel: dict[str, Any] | None = None, **fields: Any) -> Playbook:
    """The standard playbook, with a product line that asks for its enablement."""
    document = RULES.model_dump(mode="json")
    document["enablement"] = {
        "product_lines": [LINE],
        "stages": stages,
        "enabled_by": ["product"],
        "warn_before": [60, 30],
    } | fields
    for stage in document["funnel"]["stages"]:
        stage |= (funnel or {}).get(stage["code"], {})
    return Playbook.model_validate_json(json.dumps(document))


def world(*told: Told, rules: Playbook | None = None, line: str = LINE) -> Given:
    """An open deal of that product line, of the unit north."""
    opened = (register(), classify(), open_project(product_line=line))
    return Given(World(playbooks=Playbooks([rules or asking()])).tell(*opened, *told))


def enable(line: str = LINE, until: str | None = None, unit: str = "north", **fields: Any) -> EnableUnit:
    given: dict[str, Any] = {"evidence": (TRAINING,), "actor": PRODUCT} | fields
    return EnableUnit(unit=unit, product_line=line, valid_until=date.fromisoformat(until) if until else None, **given)


def withdraw(line: str = LINE, **fields: Any) -> WithdrawEnablement:
    return WithdrawEnablement(unit="north", product_line=line, reason="nobody is left", **({"actor": PRODUCT} | fields))


def sells(line: str = LINE) -> NameProductLine:
    return NameProductLine(project="P1", product_line=line, reason="said at the first meeting", actor=SALES)


def missing(world: World) -> list[str]:
    return [one.code for one in world.view(DEAL).missing]


# The gate


def test_a_lead_is_recorded_and_a_deal_whose_unit_is_not_enabled_does_not_leave_the_first_stage() -> None:
    found = world().when(stage_done("F1")).then(*[EvidenceRecorded] * len(RULES.funnel.stages[0].criteria))
    assert found.state(DEAL).stage == "F1"
    view = found.view(DEAL)
    assert [(one.code, one.who) for one in view.missing] == [(ENABLEMENT, "product")]
    assert view.waiting_for == "product"


def test_what_waits_for_the_enablement_goes_on_by_itself_when_it_comes() -> None:
    waiting = world(stage_done("F1"))
    now = waiting.when(enable()).then(UnitEnabled, OpenDealsTold)
    assert now.state(DEAL).stage == "F2"
    assert ENABLEMENT not in missing(now)
    assert [type(one) for one in now.events[DEAL][-2:]] == [EnablementNoted, StageAdvanced]
    assert fold_again(now, DEAL) == now.state(DEAL)


def test_a_unit_that_is_enabled_before_sells_without_waiting_and_its_deal_knows_it_from_the_start() -> None:
    early = World(playbooks=Playbooks([asking()])).tell(
        enable(), register(), classify(), open_project(product_line=LINE.upper())
    )
    assert ENABLEMENT not in missing(early)
    assert early.tell(stage_done("F1")).state(DEAL).stage == "F2"


@pytest.mark.parametrize(
    "spelt", [" 财务云  cloud", "财务云\u3000\uff23\uff4c\uff4f\uff55\uff44", "财务云\tCLOUD", "财务云cloud"]
)
def test_no_other_spelling_of_a_product_line_is_a_way_round_the_gate(spelt: str) -> None:
    waiting = world(stage_done("F1"), line=spelt)
    assert waiting.world.state(DEAL).stage == "F1"
    assert waiting.when(enable()).then(UnitEnabled, OpenDealsTold).state(DEAL).stage == "F2"


def test_a_product_line_that_asks_for_nothing_is_sold_by_anyone() -> None:
    assert world(stage_done("F1"), line="HR").world.state(DEAL).stage == "F2"
    assert world(stage_done("F1"), rules=RULES).world.state(DEAL).stage == "F2"


def test_no_deal_is_told_of_an_enablement_that_no_playbook_asks_for() -> None:
    world(rules=RULES, line="").when(enable()).then(UnitEnabled)
    world(line="").when(enable()).then(UnitEnabled)
    world(line="").when(enable("HR")).then(UnitEnabled)


def test_enabling_another_unit_or_another_line_moves_nothing() -> None:
    found = world(stage_done("F1"), enable(unit="south"), enable(line="HR")).world
    assert found.state(DEAL).stage == "F1"


@pytest.mark.parametrize("rules", [asking(), asking(product_lines=[], all=True)], ids=["some lines", "every line"])
def test_where_any_line_asks_for_it_a_deal_names_its_line_before_it_leaves_the_stage(rules: Playbook) -> None:
    found = world(enable("HR"), stage_done("F1"), rules=rules, line=" ").world
    view = found.view(DEAL)
    assert [(one.code, one.who) for one in view.missing] == [(PRODUCT_LINE, "sales")]
    assert view.waiting_for == "sales"
    assert found.tell(sells("HR")).state(DEAL).stage == "F2"


def test_a_line_that_asks_for_it_waits_for_it_once_it_is_named() -> None:
    found = Given(world(stage_done("F1"), line="").world).when(sells()).then(ProductLineNamed)
    assert missing(found) == [ENABLEMENT]
    assert found.tell(enable()).state(DEAL).stage == "F2"
    assert fold_again(found, DEAL) == found.state(DEAL)


def test_a_unit_that_is_enabled_sells_a_line_from_the_moment_it_is_named() -> None:
    waiting = world(enable(), stage_done("F1"), line="")
    waiting.when(sells()).then(ProductLineNamed, EnablementNoted, StageAdvanced)


def test_what_was_known_of_one_line_does_not_hold_for_another() -> None:
    found = world(enable(), rules=asking(product_lines=[], all=True)).world.tell(sells("HR"), stage_done("F1"))
    assert (found.state(DEAL).stage, missing(found)) == ("F1", [ENABLEMENT])


def test_no_line_that_asks_for_it_is_named_behind_its_gate_without_it() -> None:
    other = world(stage_done("F1"), line="HR")
    other.when(sells()).then_refused(UnitNotEnabledError, ENABLEMENT)
    assert other.world.tell(enable(), sells()).state(DEAL).product_line == LINE


def test_the_line_that_a_deal_sells_already_is_not_named_again() -> None:
    world().when(sells(LINE.upper())).then_refused(ProductLineNamedAlreadyError)


def test_a_stage_that_may_be_skipped_is_not_skipped_before_the_line_is_named() -> None:
    rules = asking(funnel={"F1": {"skippable_by": "sales"}})
    skip = SkipStage(project="P1", reason="known", actor=SALES)
    world(rules=rules, line="").when(skip).then_refused(ProductLineNotNamedError, PRODUCT_LINE)


def test_an_override_excuses_the_naming_until_the_line_is_named_even_of_a_deal_that_is_won() -> None:
    found = world(stage_done("F1"), override("won"), line="").world
    assert found.state(DEAL).overrides[0].missing == (PRODUCT_LINE,)
    assert found.tell(sells("HR")).state(DEAL).overrides[0].outcome == "settled"
    Given(found).when(sells("CRM")).then_refused(DealClosedError)


def test_where_no_line_asks_for_it_a_deal_need_not_name_one() -> None:
    assert world(stage_done("F1"), rules=RULES, line="").world.state(DEAL).stage == "F2"


def test_an_enablement_that_has_run_out_opens_no_gate_and_shuts_none_that_is_passed() -> None:
    rules = asking(stages=("F1", "F2"))
    found = world(enable(until="2026-03-10"), stage_done("F1"), rules=rules).world
    assert found.state(DEAL).stage == "F2"
    found.now = at("2026-03-11 09:00")
    found.tell(judge(UNIT))
    assert found.state(UNIT).lines[0].status == "expired"
    assert (found.state(DEAL).stage, found.state(DEAL).passed) == ("F2", ("F1",))
    assert found.tell(stage_done("F2")).state(DEAL).stage == "F2"
    assert missing(found) == [ENABLEMENT]
    assert found.tell(enable(until="2027-03-10")).state(DEAL).stage == "F3"


def test_a_gate_looks_where_it_is_recorded_even_before_the_word_of_the_end_has_come() -> None:
    found = world(enable(until="2026-03-10")).world
    found.now = at("2026-03-11 09:00")  # the clock of the unit has not been judged yet
    found.tell(stage_done("F1"))
    assert (found.state(DEAL).stage, missing(found)) == ("F1", [ENABLEMENT])


def test_a_deal_that_comes_to_an_enabled_unit_goes_on_and_one_that_leaves_it_waits() -> None:
    handed = ChangeDealOwner(project="P1", owner="u9", owner_unit="south", reason="moved", actor=SALES)
    back = ChangeDealOwner(project="P1", owner="u1", owner_unit="north", reason="back", actor=SALES)
    rules = asking(stages=("F1", "F2"))
    found = world(enable(unit="south"), stage_done("F1"), rules=rules).world
    assert found.tell(handed).state(DEAL).stage == "F2"
    assert found.tell(back, stage_done("F2")).state(DEAL).stage == "F2"
    assert missing(found) == [ENABLEMENT]


def test_an_approval_that_comes_after_the_end_of_the_enablement_opens_no_gate_and_counts_when_it_is_renewed() -> None:
    rules = asking(funnel={"F1": {"approval": APPROVAL}})
    found = world(enable(until="2026-03-10"), stage_done("F1"), rules=rules).world
    found.now = at("2026-03-11 09:00")
    found.tell(judge(UNIT))
    assert missing(found) == [ENABLEMENT, "approval"]
    assert found.tell(approve(MANAGER)).state(DEAL).stage == "F1"
    assert found.tell(enable(until="2027-03-10")).state(DEAL).stage == "F2"


def test_the_deal_of_a_duplicate_goes_on_after_the_merge_when_its_unit_is_enabled() -> None:
    into = MergeCustomer(customer="C1", into="C2", reason="the same", approver="m1", approver_role="manager", actor=SALES)
    found = world(register("C2"), stage_done("F1"), into).world
    assert found.state("customer-C1").record.merged is not None
    assert found.tell(enable()).state(DEAL).stage == "F2"


def test_a_deal_that_is_handed_over_behind_the_gate_stays_behind_it() -> None:
    handed = ChangeDealOwner(project="P1", owner="u9", owner_unit="south", reason="moved", actor=SALES)
    found = world(enable(), stage_done("F1"), handed).world
    assert ENABLEMENT not in missing(found)
    assert found.tell(stage_done("F2")).state(DEAL).stage == "F3"


def test_a_deal_on_the_shelf_takes_note_and_goes_on_when_it_is_taken_up() -> None:
    found = world(stage_done("F1"), shelve("2026-05-01"), enable()).world
    assert found.state(DEAL).stage == "F1"
    assert found.tell(resume()).state(DEAL).stage == "F2"


def test_a_decided_deal_hears_nothing_any_more() -> None:
    found = world(enable(), won()).world
    before = len(found.events[DEAL])
    found.tell(withdraw())
    assert len(found.events[DEAL]) == before


def test_a_forged_word_opens_nothing() -> None:
    forged = NoteEnablement(project="P1", unit="north", product_line=LINE, actor=SYSTEM, command_id="x")
    world(stage_done("F1")).when(forged).then()


# No door around it


def test_an_override_names_the_enablement_and_is_settled_when_it_comes() -> None:
    found = world().when(override("F2")).then(GateOverridden, StageAdvanced)
    assert ENABLEMENT in found.state(DEAL).overrides[0].missing
    found.tell(stage_done("F1"))
    assert found.state(DEAL).overrides[0].outcome == "open"
    found.tell(enable())
    assert found.state(DEAL).overrides[0].outcome == "settled"
    assert isinstance(found.events[DEAL][-1], OverrideSettled)


def test_when_the_override_expires_the_enablement_is_owed_again_and_no_gate_opens() -> None:
    found = world(stage_done("F1"), override("F2", expires_on="2026-03-31")).world
    found.now = at("2026-04-01 09:00")
    found.tell(judge(DEAL))
    assert any(isinstance(event, OverrideExpired) for event in found.events[DEAL])
    assert found.tell(stage_done("F2")).state(DEAL).stage == "F2"
    assert found.view(DEAL).missing[-1].who == "product"
    assert found.tell(enable()).state(DEAL).stage == "F3"


def test_a_stage_that_may_be_skipped_is_not_skipped_without_it() -> None:
    rules = asking(funnel={"F1": {"skippable_by": "sales"}})
    skip = SkipStage(project="P1", reason="known", actor=SALES)
    world(rules=rules).when(skip).then_refused(UnitNotEnabledError, ENABLEMENT)
    assert world(enable(), skip, rules=rules).world.state(DEAL).stage == "F2"


def test_the_approval_of_a_gate_is_asked_for_once_the_unit_is_enabled_and_nobody_who_brought_it_there_gives_it() -> None:
    rules = asking(funnel={"F1": {"approval": APPROVAL}})
    colleague = person("u5", "sales")
    found = world(stage_done("F1", actor=colleague), rules=rules).world
    assert found.state(DEAL).approvals == ()
    found.tell(enable())
    assert isinstance(found.events[DEAL][-1], ApprovalRequested)
    Given(found).when(approve(person("u5", "manager"))).then_refused(SelfApprovalError)
    assert found.tell(approve(MANAGER)).state(DEAL).stage == "F2"


def test_a_move_to_rules_that_ask_for_it_shuts_the_gates_ahead_and_opens_them_for_a_unit_that_is_enabled() -> None:
    newer = asking(stages=("F1", "F2")).model_copy(update={"version": "2027.1"})
    to = MovePlaybook(project="P1", to="standard@2027.1", reason="new rules", actor=SALES)
    found = world(stage_done("F1"), rules=RULES).world
    found.playbooks = Playbooks([RULES, newer])
    found.tell(to, stage_done("F2"))
    assert (found.state(DEAL).stage, missing(found)) == ("F2", [ENABLEMENT])
    enabled = world(enable(), rules=RULES).world
    enabled.playbooks = Playbooks([RULES, newer])
    assert ENABLEMENT not in missing(enabled.tell(to))


def test_no_stage_map_takes_a_deal_past_a_gate_that_asks_for_it() -> None:
    newer = asking().model_copy(update={"version": "2027.1"})
    found = world(stage_done("F1"), rules=asking()).world
    found.playbooks = Playbooks([asking(), newer])
    to = MovePlaybook(project="P1", to="standard@2027.1", reason="x", stage_map={"F1": "F2"}, actor=SALES)
    refused = Given(found).when(to).then_refused(MoveNeedsDecisionError)
    assert [one.code for one in refused.unmet] == [f"F1/{ENABLEMENT}"]


def test_a_cancelled_deal_takes_no_note() -> None:
    cancel = CancelProject(project="P1", reason="x", reference="mail", approver="m1", approver_role="manager", actor=SALES)
    found = world(stage_done("F1"), cancel, enable()).world
    assert isinstance(found.events[DEAL][-1], PartUnwound)


# The unit


def test_a_unit_is_enabled_by_the_roles_of_the_playbook_only_and_never_by_the_one_who_asks() -> None:
    world().when(enable(actor=SALES)).then_refused(EnablementRoleError)
    world().when(enable(asked_by="p1")).then_refused(OwnEnablementError)
    world(enable()).when(withdraw(actor=SALES)).then_refused(EnablementRoleError)


def test_the_end_is_announced_before_and_comes_by_the_clock() -> None:
    found = world(enable(until="2026-12-31")).world
    moments = due_moments(found, UNIT)
    assert {name: utc(moment) for name, moment in moments.items()} == {
        "enablement-1-60-days": utc(at("2026-11-01 00:00")),
        "enablement-1-30-days": utc(at("2026-12-01 00:00")),
        "enablement-1-expires": utc(at("2027-01-01 00:00")),
    }
    found = (
        Given(found)
        .when_clocks_are_judged(UNIT, at("2027-02-01 09:00"))
        .then(EnablementExpiring, EnablementExpiring, EnablementExpired, OpenDealsTold)
    )
    assert found.events[UNIT][-2].occurred_at == at("2027-01-01 00:00")
    assert (found.view(UNIT).code, found.view(UNIT).waiting_for, found.view(UNIT).closed) == ("expired", "product", False)
    assert due_moments(found, UNIT) == {}


def test_one_that_has_expired_asks_for_a_renewal_until_it_is_withdrawn() -> None:
    found = world(enable(until="2026-03-10")).world
    found.now = at("2026-03-11 09:00")
    assert found.tell(judge(UNIT)).view(UNIT).needs_human
    found.tell(withdraw())
    assert not found.view(UNIT).needs_human
    Given(found).when(withdraw()).then_refused(NotEnabledError)


def test_who_has_told_deals_stays_to_remember_whom_and_who_has_told_none_ends() -> None:
    assert not world(enable(), withdraw()).world.view(UNIT).closed
    assert world(enable("HR"), withdraw("HR")).world.view(UNIT).closed


def test_a_renewal_tells_no_deal_and_counts_its_announcements_anew() -> None:
    found = world(enable(until="2026-12-31")).world
    found.now = at("2026-11-02 09:00")
    found.tell(judge(UNIT))
    assert found.view(UNIT).code == "expiring"
    found = Given(found).when(enable(until="2027-12-31")).then(UnitEnabled)
    line = found.state(UNIT).lines[0]
    assert (line.renewed, line.since, line.warned) == (1, MONDAY, ())
    assert "enablement-2-60-days" in due_moments(found, UNIT)


def test_one_that_is_enabled_for_a_month_is_not_announced_at_once() -> None:
    assert set(due_moments(world(enable(until="2026-03-20")).world, UNIT)) == {"enablement-1-expires"}


def test_a_withdrawal_is_for_what_is_enabled_and_shuts_the_gate() -> None:
    world().when(withdraw("HR")).then_refused(NotFoundError)
    world(enable()).when(withdraw("HR")).then_refused(NotEnabledError)
    found = world(enable()).when(withdraw()).then(EnablementWithdrawn, OpenDealsTold)
    assert ENABLEMENT in missing(found)


def test_an_end_that_lies_in_the_past_is_refused() -> None:
    world().when(enable(until="2026-01-01")).then_refused(DateInPastError)


def test_debts_are_those_of_the_last_change_only() -> None:
    found = world(enable(), withdraw(), enable(), withdraw(), enable()).world
    owed = decider_of(UNIT).owes(found.state(UNIT))
    assert [one.command.command_id for one in owed] == ["throughline:enablement-north-5-P1"]


# The playbook


def test_a_gate_that_nobody_could_open_is_a_wrong_playbook() -> None:
    with pytest.raises(ValidationError, match="say who enables"):
        asking(enabled_by=[])
    with pytest.raises(ValidationError, match="no stage 'F9'"):
        asking(stages=("F9",))
    with pytest.raises(ValidationError, match="'nobody' is used but not named"):
        asking(enabled_by=["nobody"])


def test_the_shipped_playbooks_ask_for_no_enablement() -> None:
    assert not RULES.enablement.concerns(LINE)
    assert not RULES.enablement.concerns("")
