"""The playbook of a new project is chosen by business mode, value class and product line, and the reason is on record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from domain.playbook import Mode, Modes, Playbook, Playbooks, Serves, choose, mode_of
from domain.playbook.choosing import ModeNotForCustomerError, ModeUnknownError, PlaybookUnclearError, rivals
from domain.project import OpenProject, PlaybookUnknownError, ProjectOpened
from runtime.playbooks import load_modes
from tests.domain.asked import PLAYBOOKS, RULES, SALES, classify, register
from tests.domain.scenario import Given, World


def serving(name: str, **serves: Any) -> Playbook:
    return RULES.model_copy(update={"playbook": name, "serves": Serves(**serves) if serves or name == "all" else None})


STANDARD = RULES.model_copy(update={"serves": None})
KEY = serving("key", value_classes=("strategic", "vip"))
CLOUD = serving("cloud", product_lines=("Cloud",))
KEY_CLOUD = serving("key_cloud", value_classes=("vip",), product_lines=("cloud",))
DIRECT = serving("direct", modes=("direct",))
ROW = {"name": {"en": "Direct", "zh": "直营"}}


def shelf(*playbooks: Playbook, modes: tuple[dict[str, Any], ...] = ()) -> Playbooks:
    table = [Modes(version="1", modes=tuple(Mode.model_validate(ROW | mode) for mode in modes))] if modes else []
    return Playbooks([STANDARD, *playbooks], table)


def chosen(playbooks: Playbooks, mode: str = "", value_class: str = "vip", line: str = "") -> str:
    return choose(playbooks, mode, value_class, line)[0].playbook


def test_what_no_playbook_serves_comes_under_the_standard_one() -> None:
    playbook, reason = choose(shelf(KEY), "", "small", "")
    assert (playbook.playbook, reason) == ("standard", "the standard one: no other playbook serves this project")


def test_a_playbook_is_chosen_by_the_value_class_that_it_serves() -> None:
    playbook, reason = choose(shelf(KEY), "", "vip", "")
    assert (playbook.playbook, reason) == ("key", "it serves value class vip")


def test_the_most_specific_one_wins() -> None:
    all_of_them = shelf(KEY, CLOUD, KEY_CLOUD)
    assert chosen(all_of_them, line="cloud") == "key_cloud"
    assert chosen(all_of_them, line="hr") == "key"
    assert chosen(all_of_them, value_class="small", line="CLOUD") == "cloud"
    assert chosen(all_of_them, value_class="strategic", line="cloud") == "key"


def test_a_playbook_without_a_word_on_whom_it_serves_is_taken_only_by_its_name() -> None:
    assert chosen(shelf(serving("own"))) == "standard"


def test_one_that_serves_anybody_stands_before_the_standard_one() -> None:
    assert chosen(shelf(serving("all")), value_class="small") == "all"


def test_a_mode_chooses_by_its_own_playbook_or_by_who_serves_it() -> None:
    named = shelf(KEY, CLOUD, modes=({"code": "direct", "playbook": "cloud"},))
    assert choose(named, "direct", "vip", "")[1] == "business mode direct names it"
    assert chosen(named, "direct") == "cloud"
    assert chosen(shelf(KEY, DIRECT, modes=({"code": "direct"},)), "direct") == "direct"
    assert chosen(shelf(KEY_CLOUD, modes=({"code": "direct", "product_line": "cloud"},)), "direct") == "key_cloud"


def test_a_mode_must_be_in_the_table_and_for_this_customer() -> None:
    with pytest.raises(ModeUnknownError, match="table of business modes is empty"):
        choose(shelf(), "direct", "vip", "")
    with pytest.raises(ModeUnknownError, match="there are: direct"):
        choose(shelf(modes=({"code": "direct"},)), "partner", "vip", "")
    only_small = shelf(modes=({"code": "direct", "value_classes": ("small",)},))
    with pytest.raises(ModeNotForCustomerError, match="the customer is vip"):
        choose(only_small, "direct", "vip", "")
    with pytest.raises(ModeNotForCustomerError, match="not classified yet"):
        choose(only_small, "direct", "", "")
    with pytest.raises(ModeUnknownError, match="which there is none of"):
        choose(shelf(modes=({"code": "direct", "playbook": "gone"},)), "direct", "vip", "")


def test_two_that_serve_the_same_are_told_apart_by_nobody() -> None:
    rival = serving("vips", value_classes=("vip", "small"))
    with pytest.raises(PlaybookUnclearError, match=r"key.*vips|vips.*key"):
        choose(shelf(KEY, rival), "", "vip", "")
    assert [(one.playbook, other.playbook, told) for one, other, told in rivals([STANDARD, KEY, rival])] == [
        ("key", "vips", "value class vip")
    ]
    assert list(rivals([STANDARD, KEY, CLOUD, KEY_CLOUD, DIRECT])) == []


# When a project opens


def opened(playbooks: Playbooks, **fields: Any) -> ProjectOpened:
    world = World(playbooks=playbooks).tell(register(), classify("vip"))
    command = OpenProject(project="P1", customer="C1", name="ERP", owner="u1", owner_unit="north", actor=SALES, **fields)
    world.take(command)
    event = world.events["project-P1"][0]
    assert isinstance(event, ProjectOpened)
    return event


def test_the_choice_and_its_reason_are_in_the_event() -> None:
    event = opened(shelf(KEY, modes=({"code": "direct"},)), mode="direct")
    assert (event.origin.playbook.name, event.playbook_reason, event.mode) == ("key", "it serves value class vip", "direct")


def test_a_playbook_that_the_command_names_is_taken_and_the_reason_says_who_named_it() -> None:
    event = opened(shelf(KEY), playbook="standard")
    assert (event.origin.playbook.name, event.playbook_reason) == ("standard", "named in the command by sales u1")


def test_a_playbook_that_is_not_there_is_refused() -> None:
    world = World(playbooks=PLAYBOOKS).tell(register())
    command = OpenProject(project="P1", customer="C1", name="ERP", owner="u1", owner_unit="north", actor=SALES, playbook="lean")
    Given(world).when(command).then_refused(PlaybookUnknownError)


# The mode of a project that names none


def found(*rows: dict[str, Any], by_class: bool = True) -> Playbooks:
    table = Modes(version="1", by_class=by_class, modes=tuple(Mode.model_validate(ROW | row) for row in rows))
    return Playbooks([STANDARD, KEY], [table])


def test_a_project_that_names_no_mode_gets_the_one_that_serves_its_class_with_the_reason_on_record() -> None:
    shelved = found({"code": "big", "value_classes": ("vip", "strategic")}, {"code": "rest"})
    assert mode_of(shelved, "vip") == ("big", "it serves value class vip")
    assert mode_of(shelved, "small") == ("rest", "it serves value class small")
    opened = OpenProject(project="P1", customer="C1", name="ERP", owner="u1", owner_unit="north", actor=SALES)
    world = World(playbooks=shelved).tell(register(), classify("vip"), opened)
    event = world.events["project-P1"][0]
    assert isinstance(event, ProjectOpened)
    assert (event.mode, event.mode_reason) == ("big", "it serves value class vip")
    assert (event.origin.playbook.name, event.playbook_reason) == ("key", "it serves value class vip")


def test_what_is_not_clear_is_none_and_said_so() -> None:
    two = found({"code": "a", "value_classes": ("vip",)}, {"code": "b", "value_classes": ("vip",)})
    assert mode_of(two, "vip") == ("", "none: a, b serve value class vip alike; name one (`mode`)")
    assert mode_of(two, "small") == ("", "none: no business mode serves value class small")
    assert mode_of(two, "") == ("", "none: the customer is not classified yet")


def test_a_mode_that_is_named_is_taken_without_a_reason_of_ours() -> None:
    shelved = found({"code": "big", "value_classes": ("vip",)}, {"code": "direct"})
    named = OpenProject(project="P1", customer="C1", name="ERP", owner="u1", owner_unit="north", mode="direct", actor=SALES)
    event = World(playbooks=shelved).tell(register(), classify("vip"), named).events["project-P1"][0]
    assert isinstance(event, ProjectOpened)
    assert (event.mode, event.mode_reason) == ("direct", "")


def test_a_project_that_names_no_product_line_sells_that_of_its_mode() -> None:
    table = shelf(modes=({"code": "direct", "product_line": "Cloud"},))
    assert opened(table, mode="direct").product_line == "Cloud"
    assert opened(table, mode="direct", product_line="HR").product_line == "HR"


def test_a_mode_that_there_is_not_is_refused_whoever_names_the_playbook() -> None:
    with pytest.raises(ModeUnknownError):
        opened(shelf(KEY), mode="partner", playbook="key")
    with pytest.raises(ModeNotForCustomerError):
        opened(shelf(KEY, modes=({"code": "direct", "value_classes": ("small",)},)), mode="direct", playbook="key")


def test_tables_from_before_find_no_mode() -> None:
    assert mode_of(found({"code": "big"}, by_class=False), "vip") == ("", "")
    assert mode_of(PLAYBOOKS, "vip") == ("", "")


def test_the_seven_known_classes_are_shipped_as_seven_modes_and_choose_the_playbooks_of_before() -> None:
    table = load_modes(Path(__file__).parents[2] / "playbooks")
    assert table is not None
    classes = [value.code for value in RULES.customers.value_classes]
    assert [mode.code for mode in table.modes] == classes
    assert [mode.strategy for mode in table.modes] == [value.serves for value in RULES.customers.value_classes]
    with_modes = Playbooks(PLAYBOOKS, [table])
    for value_class in classes:
        mode, _ = mode_of(with_modes, value_class)
        assert mode == value_class
        assert choose(with_modes, mode, value_class, "")[1] == choose(PLAYBOOKS, "", value_class, "")[1]
