from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.playbook.editions import content
from eventstore.memory import MemoryStore
from runtime.composition import core_of
from runtime.playbooks import PlaybookError, document, from_document, keep_playbooks, load_playbooks
from runtime.settings import Settings

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"
SOURCE = (PLAYBOOKS / "standard.yaml").read_text(encoding="utf-8")
STANDARD = next(one for one in load_playbooks(PLAYBOOKS) if one.playbook == "standard")


def line_of(text: str, source: str = SOURCE) -> int:
    return source.count("\n", 0, source.index(text)) + 1


def write(folder: Path, content: str | bytes, name: str = "own.yaml") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def problems(folder: Path) -> list[str]:
    """What is wrong with a folder, without the folder's name."""
    with pytest.raises(PlaybookError) as caught:
        load_playbooks(folder)
    assert str(caught.value) == "\n".join(caught.value.problems)
    assert "Traceback" not in str(caught.value)
    assert "pydantic" not in str(caught.value)
    return [problem.replace(f"{folder}/", "") for problem in caught.value.problems]


# --- reading --------------------------------------------------------------------------------------------------------------


def test_the_shipped_playbooks_are_read() -> None:
    shipped = [str(playbook.ref) for playbook in load_playbooks(PLAYBOOKS)]
    assert shipped == ["express@2026.4", "key_account@2026.4", "standard@2026.4"]


def test_every_playbook_of_a_folder_is_read_in_the_order_of_the_file_names(tmp_path: Path) -> None:
    write(tmp_path, SOURCE.replace('"2026.4"', '"2026.5"'), "b.yaml")
    write(tmp_path, SOURCE, "a.yaml")
    write(tmp_path, "not a playbook", "notes.txt")
    assert [playbook.version for playbook in load_playbooks(tmp_path)] == ["2026.4", "2026.5"]


def test_a_file_from_a_windows_editor_is_read(tmp_path: Path) -> None:
    write(tmp_path, b"\xef\xbb\xbf" + SOURCE.replace("\n", "\r\n").encode())
    assert load_playbooks(tmp_path) == [STANDARD]


@pytest.mark.parametrize(
    ("right", "wrong", "place", "reason"),
    [
        ("time_box: 20", "time_box: twenty", "funnel.stages[1].time_box", "must be a whole number"),
        ("time_box: 20", "time_box: 0", "funnel.stages[1].time_box", "must be greater than 0"),
        ("win_rate: 90", "win_rate: 190", "funnel.stages[4].win_rate", "must be at most 100"),
        ('"2026.4"', "2026.4", "version", "must be text; put it in quotes"),
        ("from_revenue: 5_", "from_revenue: -5_", "customers.markets[2].from_revenue", "must be at least 0"),
        ("country: CN", "country: XX", "calendars.business.country", "no public holidays are known for 'XX'"),
        ("Asia/Shanghai", "Asia/Peking", "calendars.business.time_zone", "'Asia/Peking' is not a time zone"),
        ("hours: [09:00-12:00, ", "hours: [9-12, ", "calendars.business.hours[0]", "'9-12' is not written as HH:MM-HH:MM"),
        ("hours: [09:00-12:00, 13:00-18:00]", "hours: 9-18", "calendars.business.hours", "must be a list"),
        ("days: [mon, tue", "days: [mon, tues", "calendars.business.days[1]", "must be 'mon', 'tue', 'wed'"),
        ("always: true", "always: mostly", "calendars.round_the_clock.always", "must be true or false"),
        ("country: CN", "closed: [someday]", "calendars.business.closed[0]", "must be a date such as 2026-10-01"),
        ("after: [M1]", "after: [M9]", "implementation.milestones[1].after", "comes after M9, which is not listed before it"),
        ("giver: sales", "giver: shop", "handoffs.delivery.giver", "the role 'shop' is used but not named under roles"),
        ("code: timing", "code: budget", "funnel.stages[1].criteria[2].code", "the criterion 'budget' is described twice"),
        ("code: timing", "code: the timing", "funnel.stages[1].criteria[2].code", "must be letters, digits and _"),
        ("high: P1, ", "hihg: P1, ", "support.matrix.high.hihg", "must be 'high', 'medium' or 'low', not 'hihg'"),
        ("warn_at: [70, 90]", "warn_at: [90, 70]", "support.warn_at", "must ascend and stay below 100"),
        ("roles:\n", "roles: {}\nrolls:\n", "rolls", "is not a word that a playbook knows here; is it misspelt?"),
    ],
)
def test_a_wrong_value_is_told_by_file_line_place_and_reason(
    tmp_path: Path, right: str, wrong: str, place: str, reason: str
) -> None:
    source = SOURCE.replace(right, wrong, 1)
    line = line_of(right) + wrong.rstrip().count("\n")
    write(tmp_path, source)
    found = problems(tmp_path)
    assert any(problem.startswith(f"own.yaml:{line}: {place}: ") and reason in problem for problem in found), found


def test_what_is_missing_is_told_at_the_line_of_what_it_is_missing_from(tmp_path: Path) -> None:
    write(tmp_path, SOURCE.replace("      time_box: 20\n", "", 1))
    assert problems(tmp_path) == [f"own.yaml:{line_of('- code: F2')}: funnel.stages[1].time_box: is missing"]


def test_every_problem_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, SOURCE.replace("win_rate: 10\n", "win_rate: ten\n").replace("time_box: 15", "time_box: long"), "a.yaml")
    write(tmp_path, "", "b.yaml")
    assert [problem.split(": ")[:2] for problem in problems(tmp_path)] == [
        [f"a.yaml:{line_of('win_rate: 10')}", "funnel.stages[0].win_rate"],
        [f"a.yaml:{line_of('time_box: 15')}", "funnel.stages[3].time_box"],
        [f"a.yaml:{line_of('time_box: 15', SOURCE.replace('time_box: 15', '', 1))}", "funnel.stages[4].time_box"],
        ["b.yaml:1", "the file is empty"],
    ]


def test_a_key_that_is_there_twice_is_refused_instead_of_taking_the_last(tmp_path: Path) -> None:
    write(tmp_path, SOURCE.replace("      time_box: 20\n", "      time_box: 20\n      time_box: 30\n", 1))
    first = line_of("time_box: 20")
    assert problems(tmp_path) == [
        f"own.yaml:{first + 1}: funnel.stages[1].time_box: is there twice, first in line {first}; keep one of them"
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "own.yaml:1: the file is empty"),
        (b"# only a comment\n", "own.yaml:1: the file is empty"),
        (b"- a\n- b\n", "own.yaml:1: a playbook is a list of `key: value` lines; this file holds something else"),
        (b"playbook: a\nname: {en: a: b}\n", "own.yaml:2: this is not valid YAML: while parsing a flow mapping"),
        (b"playbook: a\n\tname: b\n", "own.yaml:2: this is not valid YAML: while scanning"),
        (b"a: 1\n---\nb: 2\n", "own.yaml:2: this is not valid YAML: expected a single document"),
        ("playbook: a\nname: 标准\n".encode("gb18030"), "own.yaml:2: the file is not UTF-8 text; save it as UTF-8"),
        (b"playbook: a\nname: \x07\n", "own.yaml:2: there is a character that YAML does not allow"),
        (b"a: 1\nb: 2026-02-30\n", "own.yaml:2: this is not valid YAML: '2026-02-30' is no timestamp"),
        (b"a: 1\nb: !!int ''\n", "own.yaml:2: this is not valid YAML: '' is no int"),
        (b"a: !!python/object/apply:os.system [x]\n", "own.yaml:1: this is not valid YAML: could not determine a constructor"),
        (b"a: &a [*a]\n", "own.yaml:1: a[0]: an alias (*) stands inside of what it repeats"),
        (b"? [a, b]\n: 3\n", "own.yaml:1: this is not valid YAML: while constructing a mapping, found unhashable key"),
        (b"[" * 5000, "own.yaml:1: the file is nested too deep"),
    ],
)
def test_what_is_no_playbook_at_all_is_told_with_its_line(tmp_path: Path, content: bytes, problem: str) -> None:
    write(tmp_path, content)
    assert [found[: len(problem)] for found in problems(tmp_path)] == [problem]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, len(SOURCE)), length=st.integers(0, 40), put=st.text(max_size=10))
def test_whatever_is_typed_into_a_playbook_is_read_or_told(tmp_path: Path, at: int, length: int, put: str) -> None:
    write(tmp_path, SOURCE[:at] + put + SOURCE[at + length :])
    told: tuple[str, ...] = ()
    try:
        load_playbooks(tmp_path)
    except PlaybookError as error:
        told = error.problems
    assert all(problem.startswith(f"{tmp_path / 'own.yaml'}:") for problem in told)


def test_the_same_version_in_two_files_is_refused(tmp_path: Path) -> None:
    write(tmp_path, SOURCE, "a.yaml")
    write(tmp_path, SOURCE, "b.yaml")
    first = tmp_path / "a.yaml"
    assert problems(tmp_path) == [
        f"b.yaml: standard@2026.4 is described in {first} already; give one of them another version".replace(f"{tmp_path}/", "")
    ]


def test_a_folder_without_playbooks_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path) == [f"{tmp_path}: the folder holds no *.yaml file, so there is no playbook to work by"]
    assert ": there is no such folder" in problems(tmp_path / "gone")[0]


def test_a_file_with_the_other_ending_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    write(tmp_path, SOURCE, "a.yaml")
    write(tmp_path, SOURCE, "b.yml")
    assert problems(tmp_path) == ["b.yml: rename it to end in .yaml, or it is not read"]


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").mkdir()
    assert problems(tmp_path) == ["own.yaml: the file cannot be read: Is a directory"]


# --- keeping --------------------------------------------------------------------------------------------------------------


def test_a_document_holds_the_whole_playbook() -> None:
    assert from_document(document(STANDARD)) == STANDARD
    assert document(from_document(document(STANDARD))) == document(STANDARD)


def test_a_document_that_cannot_be_read_is_told_in_plain_words() -> None:
    with pytest.raises(PlaybookError, match="version: is missing"):
        from_document('{"playbook": "standard"}')
    with pytest.raises(PlaybookError, match="Invalid JSON"):
        from_document("{")


async def test_looking_at_the_kept_playbooks_brings_no_new_one_in() -> None:
    store = MemoryStore()
    core = core_of(store, Settings())
    assert (await core.playbooks()).latest() == STANDARD  # the folder's, as long as no worker has kept one
    assert await store.playbooks() == []

    await core.keep_playbooks()
    assert content((await core.playbooks()).latest()) == STANDARD
    kept = sorted(name for name, _, _ in await store.playbooks())
    assert kept == sorted([*(one.playbook for one in load_playbooks(PLAYBOOKS)), "modes"])


async def test_a_loaded_playbook_is_kept_with_the_older_versions() -> None:
    store = MemoryStore()
    newer = STANDARD.model_copy(update={"version": "2026.5"})
    await keep_playbooks(store, [STANDARD])
    kept = await keep_playbooks(store, [newer])
    assert content(kept.latest()) == newer
    assert content(kept.get(STANDARD.ref)) == STANDARD


async def test_keeping_the_same_playbook_again_changes_nothing() -> None:
    store = MemoryStore()
    await keep_playbooks(store, [STANDARD])
    kept = await store.playbooks()
    await keep_playbooks(store, [STANDARD])
    assert await store.playbooks() == kept
    assert [(name, version) for name, version, _ in kept] == [("standard", STANDARD.version)]


async def test_another_spelling_of_the_same_content_is_no_change(tmp_path: Path) -> None:
    store = MemoryStore()
    await keep_playbooks(store, [STANDARD])
    write(tmp_path, SOURCE.replace("from_revenue: 5_000_000", "from_revenue: 5000000.00"))
    assert len(list(await keep_playbooks(store, load_playbooks(tmp_path)))) == 1


async def test_a_changed_playbook_needs_a_new_version() -> None:
    store = MemoryStore()
    await keep_playbooks(store, [STANDARD])
    kept = await store.playbooks()
    changed = STANDARD.model_copy(update={"working_calendar": "long_week"})
    with pytest.raises(
        PlaybookError, match=r"^standard@2026\.4: its content differs .* a changed playbook needs a new version"
    ):
        await keep_playbooks(store, [changed])
    assert await store.playbooks() == kept


async def test_a_kept_playbook_that_this_program_cannot_read_is_told_instead_of_left_out() -> None:
    store = MemoryStore()
    await store.save_playbook("standard", "2019.1", '{"playbook": "standard"}')
    with pytest.raises(PlaybookError, match=r"the kept standard@2019\.1 cannot be read by this version of the program"):
        await keep_playbooks(store, [STANDARD])
