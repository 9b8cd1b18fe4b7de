"""`reactivations`, `reactivations choose` and `recoveries` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commandline.reactivations import choose, list_reactivations, list_recoveries, show_effect
from history.reactivations import Asked


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THROUGHLINE_HOME", str(tmp_path))
    monkeypatch.delenv("THROUGHLINE_DATABASE_URL", raising=False)
    monkeypatch.setenv("COLUMNS", "140")


def test_without_any_the_lists_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert list_reactivations(Asked(), 10, None, as_program=False) == 0
    assert list_recoveries(Asked(), 10, None, as_program=False) == 0
    told = capsys.readouterr().out
    assert "No reactivation" in told
    assert "No recovery" in told


def test_without_figures_the_effect_is_too_few_to_tell(capsys: pytest.CaptureFixture[str]) -> None:
    assert show_effect(None, as_program=False) == 0
    assert "too few to tell" in capsys.readouterr().out.replace("\n", " ")
    assert show_effect(None, as_program=True) == 0
    assert json.loads(capsys.readouterr().out)["overall"]["came_back"]["verdict"] == "too_few"


def test_a_choice_without_somebody_who_makes_it_is_a_look_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert choose(None, 5, "dormant", "longest asleep", None, as_program=True) == 0
    assert json.loads(capsys.readouterr().out) == {"dry_run": True, "customers": []}
