from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from domain.clocks import ReleaseClocks
from domain.funnel import LoseDeal, OverrideGate
from domain.messages import Command, Money
from domain.parsing import parse
from domain.playbook import Playbook
from domain.project import OpenProject
from intake.crm import read_export
from intake.crm_commands import Lane, lanes
from runtime.playbooks import load_playbooks
from tests.intake.exports import ACCOUNTS, TAKEN, write_export

NOW = datetime(2026, 5, 4, 2, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    return next(one for one in load_playbooks(Path(__file__).parents[2] / "playbooks") if one.playbook == "standard")


@pytest.fixture
def made(tmp_path: Path, playbook: Playbook) -> list[Lane]:
    return lanes(read_export(write_export(tmp_path), date(2026, 5, 4)), playbook, NOW)


def commands(made: list[Lane], opportunity: str) -> tuple[Command, ...]:
    [found] = [deal.commands for lane in made for deal in lane.deals if deal.opportunity.id == opportunity]
    return found


def test_every_command_could_come_through_any_door(made: list[Lane]) -> None:
    every = [one for lane in made for one in (lane.register, *(each for deal in lane.deals for each in deal.commands))]
    for command in every:
        assert parse(command.model_dump(mode="json", exclude_none=True)) == command


def test_the_same_row_gives_the_same_command_ids_at_every_import(made: list[Lane]) -> None:
    assert [one.command_id for one in commands(made, "WON00001")] == ["crm-WON00001-open", "crm-WON00001-won"]
    assert [one.command_id for one in commands(made, "ENGA0001")] == [
        "crm-ENGA0001-open",
        "crm-ENGA0001-engaging",
        "crm-ENGA0001-release",
    ]


def test_a_won_deal_is_delivered_elsewhere_and_its_gates_are_overridden_on_record(made: list[Lane]) -> None:
    opening, winning = commands(made, "WON00002")
    assert isinstance(opening, OpenProject)
    assert isinstance(winning, OverrideGate)
    assert (opening.delivery, opening.hold_clocks) == ("elsewhere", True)
    assert opening.amount == Money(amount=Decimal("4514.50"), currency="USD")
    assert (opening.product_line, opening.owner, opening.owner_unit) == ("GTX Pro", "carl-lin", "west")
    assert opening.occurred_at == datetime(2016, 10, 25, 1, tzinfo=UTC)  # nine in the morning in Shanghai
    assert (winning.to, winning.occurred_at) == ("won", datetime(2017, 3, 11, 1, tzinfo=UTC))
    assert winning.approver != winning.actor.id


def test_a_lost_deal_gives_no_reason_that_the_export_does_not_have(made: list[Lane]) -> None:
    _, losing = commands(made, "LOST0001")
    assert isinstance(losing, LoseDeal)
    assert losing.reason.startswith("not given in the CRM export")


def test_an_engaging_deal_is_past_the_first_gate_and_its_clocks_are_released(made: list[Lane]) -> None:
    opening, engaging, release = commands(made, "ENGA0001")
    assert isinstance(opening, OpenProject)
    assert isinstance(engaging, OverrideGate)
    assert isinstance(release, ReleaseClocks)
    assert (opening.delivery, engaging.to) == ("here", "F2")
    assert engaging.occurred_at == opening.occurred_at
    assert release.occurred_at is None


def test_a_deal_without_a_date_opens_at_the_moment_of_the_import(made: list[Lane]) -> None:
    [opening] = commands(made, "PROS0001")
    assert isinstance(opening, OpenProject)
    assert opening.occurred_at is None
    assert not opening.hold_clocks


def test_what_happened_this_morning_does_not_lie_in_the_future(tmp_path: Path, playbook: Playbook) -> None:
    early = datetime(2026, 5, 3, 23, 30, tzinfo=UTC)  # half past seven on the 4th in Shanghai
    row = "WON1,Carl Lin,GTX Pro,Gekko & Co,Won,2026-05-04,2026-05-04,9"
    made = lanes(read_export(write_export(tmp_path, (row,)), date(2026, 5, 4)), playbook, early)
    assert [one.occurred_at for one in commands(made, "WON1")] == [early, early]


def test_a_customers_deals_come_in_the_order_in_which_they_were_decided(made: list[Lane]) -> None:
    assert [deal.opportunity.id for deal in made[0].deals] == ["WON00001", "WON00002", "LOST0002", "PROS0001"]


def test_a_customer_is_registered_with_mended_words_and_nothing_made_up(made: list[Lane]) -> None:
    [gekko] = [lane.register for lane in made if lane.register.customer == "gekko-co"]
    assert (gekko.name, gekko.industry, gekko.region) == ("Gekko & Co", "retail", "Philippines")
    assert gekko.revenue == Money(amount=Decimal("17750000.00"), currency="CNY")
    assert (gekko.contact.name, gekko.contact.role) == ("to be named 待补", "unknown 未知")
    assert (gekko.owner, gekko.owner_unit) == ("anna-snelling", "central")
    assert gekko.occurred_at == datetime(2017, 1, 5, 1, tzinfo=UTC)  # known at the latest when its first deal began
    assert made[0].register.industry == "technology"


def test_a_customer_without_deals_belongs_to_nobody_yet(tmp_path: Path, playbook: Playbook) -> None:
    export = read_export(write_export(tmp_path, (), accounts=ACCOUNTS), date(2026, 5, 4))
    assert {lane.register.owner for lane in lanes(export, playbook, NOW)} == {"unassigned"}


def test_a_deal_that_has_gone_on_keeps_the_ids_of_what_is_in_already(tmp_path: Path, playbook: Playbook) -> None:
    before = next(row for row in TAKEN if row.startswith("ENGA0001"))
    after = before.replace("Engaging,2017-06-05,,", "Won,2017-06-05,2017-08-05,4800")
    ids = []
    for row in (before, after):
        made = lanes(read_export(write_export(tmp_path, (row,)), date(2026, 5, 4)), playbook, NOW)
        ids.append([one.command_id for one in commands(made, "ENGA0001")])
    assert ids[0][0] == ids[1][0]
    assert ids[1][1] == "crm-ENGA0001-won"
