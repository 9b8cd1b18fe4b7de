"""A playbook file may say only what is different from another; two may not serve the same; modes are a table beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.playbook import Modes, Playbook
from eventstore.memory import MemoryStore
from runtime.playbooks import PlaybookError, keep_playbooks, kept_playbooks, load_modes, load_playbooks

SOURCE = (Path(__file__).parents[2] / "playbooks" / "standard.yaml").read_text(encoding="utf-8")
OWN = 'playbook: own\nversion: "1"\nname: {en: Own, zh: 自有}\nlike: standard\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "standard.yaml").write_text(SOURCE, encoding="utf-8")
    return tmp_path


def own(folder: Path, text: str, name: str = "own") -> Playbook:
    (folder / f"{name}.yaml").write_text(OWN.replace("own", name) + text, encoding="utf-8")
    return next(one for one in load_playbooks(folder) if one.playbook == name)


def standard(folder: Path) -> Playbook:
    return next(one for one in load_playbooks(folder) if one.playbook == "standard")


def problems(folder: Path) -> list[str]:
    with pytest.raises(PlaybookError) as caught:
        load_playbooks(folder)
    return [problem.replace(f"{folder}/", "") for problem in caught.value.problems]


def test_what_a_playbook_does_not_say_is_as_in_the_one_that_it_is_like(folder: Path) -> None:
    made = own(folder, "support: {close_after: 9}\n")
    base = standard(folder)
    assert made.support == base.support.model_copy(update={"close_after": 9})
    assert (made.funnel, made.implementation, made.calendars) == (base.funnel, base.implementation, base.calendars)
    assert str(made.ref) == "own@1"


def test_a_list_with_a_plus_changes_rows_by_their_code_and_another_list_replaces(folder: Path) -> None:
    made = own(
        folder,
        "funnel:\n  stages+:\n    - {code: F2, time_box: 99}\nsupport: {warn_at: [45]}\n",
    )
    base = standard(folder)
    assert [stage.code for stage in made.funnel.stages] == [stage.code for stage in base.funnel.stages]
    assert made.funnel.stage("F2") == base.funnel.stage("F2").model_copy(update={"time_box": 99})
    assert made.support.warn_at == (45,)


def test_a_new_row_is_added_at_the_end(folder: Path) -> None:
    more = "{code: visit, name: {en: Visit, zh: 参观}, who: sales}"
    made = own(folder, f"funnel:\n  stages+:\n    - code: F1\n      criteria+:\n        - {more}\n")
    assert [item.code for item in made.funnel.stage("F1").criteria][-1] == "visit"


def test_a_playbook_is_like_one_that_is_described_as_a_whole(folder: Path) -> None:
    (folder / "own.yaml").write_text(OWN.replace("like: standard", "like: lean"), encoding="utf-8")
    assert problems(folder) == ["own.yaml:4: like: no file describes the whole of a playbook 'lean'; those that do: standard"]


def test_what_is_wrong_in_it_is_told_by_its_own_place(folder: Path) -> None:
    (folder / "own.yaml").write_text(OWN + "support:\n  close_after: 0\n", encoding="utf-8")
    assert problems(folder) == ["own.yaml:6: support.close_after: must be greater than 0"]


def test_a_plus_where_the_other_has_no_list_is_an_unknown_word(folder: Path) -> None:
    (folder / "own.yaml").write_text(OWN + "support:\n  targetz+: []\n", encoding="utf-8")
    [problem] = problems(folder)
    assert "is not a word that a playbook knows here" in problem


def test_two_playbooks_that_would_serve_the_same_are_refused_with_both_files(folder: Path) -> None:
    own(folder, "serves: {value_classes: [vip, strategic]}\n", "one")
    (folder / "two.yaml").write_text(OWN.replace("own", "two") + "serves: {value_classes: [vip]}\n", encoding="utf-8")
    assert problems(folder) == [
        "one.yaml and two.yaml: one@1 and two@1 would both serve value class vip;"
        " let one of them serve something else, or name more under `serves`"
    ]


def test_whom_it_serves_must_be_among_its_value_classes(folder: Path) -> None:
    (folder / "own.yaml").write_text(OWN + "serves: {value_classes: [gold]}\n", encoding="utf-8")
    assert problems(folder) == ["own.yaml:5: serves.value_classes[0]: the value class 'gold' is not listed under customers"]


# The table of business modes

ROWS = 'version: "1"\nmodes:\n  - {code: direct, name: {en: Direct, zh: 直营}, playbook: standard}\n'


def test_a_table_of_modes_is_read_beside_the_playbooks_and_an_empty_one_is_none(folder: Path) -> None:
    assert load_modes(folder) is None
    (folder / "modes.yaml").write_text('version: "1"\nmodes: []\n', encoding="utf-8")
    assert load_modes(folder) is None
    (folder / "modes.yaml").write_text(ROWS, encoding="utf-8")
    table = load_modes(folder)
    assert isinstance(table, Modes)
    assert [mode.code for mode in table.modes] == ["direct"]
    assert [one.playbook for one in load_playbooks(folder)] == ["standard"]


def test_a_wrong_table_is_told_by_its_place(folder: Path) -> None:
    (folder / "modes.yaml").write_text(ROWS + "  - {code: direct, name: {en: Direct, zh: 直营}}\n", encoding="utf-8")
    with pytest.raises(PlaybookError, match=r"modes\.yaml:4: modes\[1\]\.code: the business mode 'direct' is described twice"):
        load_modes(folder)


async def test_a_table_is_kept_in_versions_and_the_newest_counts(folder: Path) -> None:
    store, loaded = MemoryStore(), load_playbooks(folder)
    (folder / "modes.yaml").write_text(ROWS, encoding="utf-8")
    first = load_modes(folder)
    kept = await keep_playbooks(store, loaded, modes=first)
    assert kept.modes == first
    assert [str(ref) for ref in kept.newest()][-1] == "modes@1"

    (folder / "modes.yaml").write_text(ROWS.replace("direct", "partner"), encoding="utf-8")
    with pytest.raises(PlaybookError, match="a changed table needs a new version"):
        await keep_playbooks(store, loaded, modes=load_modes(folder))
    (folder / "modes.yaml").write_text(ROWS.replace("direct", "partner").replace('"1"', '"2"'), encoding="utf-8")
    second = load_modes(folder)
    assert (await keep_playbooks(store, loaded, modes=second)).modes == second
    shelf = await kept_playbooks(store)
    assert shelf.names() == ["standard"]
    assert shelf.when_newest_were([shelf.latest().ref]).modes is None
    assert shelf.when_newest_were(kept.newest()).modes == first


async def test_no_playbook_is_called_as_the_table_is(folder: Path) -> None:
    (folder / "own.yaml").write_text(OWN.replace("own", "modes"), encoding="utf-8")
    [problem] = problems(folder)
    assert "is the name of the table of business modes" in problem


async def test_a_kept_playbook_stays_as_it_is_when_the_one_that_it_is_like_gets_a_new_version(folder: Path) -> None:
    store, first = MemoryStore(), own(folder, "funnel:\n  stages+:\n    - {code: F4, time_box: 99}\n")
    await keep_playbooks(store, load_playbooks(folder))
    before, _, rest = SOURCE.partition("    - code: F4\n")
    without_f4 = before.replace("[[F3, F4]]", "[]") + "    - code: F5\n" + rest.partition("    - code: F5\n")[2]
    newer = without_f4.replace(f'version: "{standard(folder).version}"', 'version: "2099.1"')
    (folder / "standard.yaml").write_text(newer, encoding="utf-8")

    kept = await keep_playbooks(store, load_playbooks(folder, await kept_playbooks(store)))

    assert [one.version for one in kept if one.playbook == "own"] == [first.version]
    assert kept.latest().version == "2099.1"
    assert "F4" in [stage.code for stage in kept.latest("own").funnel.stages]


async def test_a_new_version_of_it_is_like_the_newest(folder: Path) -> None:
    store = MemoryStore()
    own(folder, "")
    await keep_playbooks(store, load_playbooks(folder))
    newer = SOURCE.replace(f'version: "{standard(folder).version}"', 'version: "2099.1"').replace(
        "time_box: 20", "time_box: 21"
    )
    (folder / "standard.yaml").write_text(newer, encoding="utf-8")
    (folder / "own.yaml").write_text(OWN.replace('version: "1"', 'version: "2"'), encoding="utf-8")

    kept = await keep_playbooks(store, load_playbooks(folder, await kept_playbooks(store)))

    assert kept.latest("own").funnel.stage("F2").time_box == 21


async def test_a_touched_file_still_needs_a_new_version(folder: Path) -> None:
    store = MemoryStore()
    own(folder, "")
    await keep_playbooks(store, load_playbooks(folder))
    own(folder, "support: {close_after: 9}\n")

    with pytest.raises(PlaybookError, match="needs a new version"):
        await keep_playbooks(store, load_playbooks(folder, await kept_playbooks(store)))
