"""Settings come from the environment, and a wrong one is told in one sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runtime.problems import SettingsError
from runtime.settings import load_settings


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("THROUGHLINE_", "TEMPORAL_")):
            monkeypatch.delenv(name)


def test_with_nothing_set_everything_stays_on_this_machine() -> None:
    settings = load_settings()
    assert settings.embedded
    assert settings.temporal_address == "127.0.0.1:7233"
    assert settings.temporal_namespace == "default"
    assert settings.store_url == f"sqlite:///{Path.cwd()}/.throughline/store.db"
    assert settings.api_host == "127.0.0.1"
    assert (settings.playbooks.name, settings.playbooks.is_absolute()) == ("playbooks", True)


def test_a_set_address_means_that_nothing_embedded_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "temporal.example:7233")
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "sales")
    settings = load_settings()
    assert not settings.embedded
    assert (settings.temporal_address, settings.temporal_namespace) == ("temporal.example:7233", "sales")


def test_a_key_turns_on_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "temporal.example:7233")
    monkeypatch.setenv("TEMPORAL_API_KEY", "k")
    assert load_settings().temporal.get("tls") is True


def test_a_profile_counts_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    profiles = tmp_path / "temporal.toml"
    profiles.write_text('[profile.prod]\naddress = "prod.example:7233"\n')
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(profiles))
    monkeypatch.setenv("TEMPORAL_PROFILE", "prod")
    assert load_settings().temporal_address == "prod.example:7233"


def test_a_profile_in_its_standard_place_does_not_move_the_demo_to_another_cluster(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for folder in (
        tmp_path / "temporalio",
        tmp_path / ".config/temporalio",
        tmp_path / "Library/Application Support/temporalio",
    ):
        folder.mkdir(parents=True)
        (folder / "temporal.toml").write_text('[profile.default]\naddress = "prod.example:7233"\n')
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert load_settings().embedded


@pytest.mark.parametrize("url", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+asyncpg://u@h/d"])
def test_every_spelling_of_postgresql_is_the_same(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("THROUGHLINE_DATABASE_URL", url)
    assert load_settings().store_url == "postgresql://u@h/d"


def test_an_empty_value_is_as_if_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THROUGHLINE_API_PORT", "")
    monkeypatch.setenv("TEMPORAL_ADDRESS", "")
    settings = load_settings()
    assert settings.embedded
    assert settings.api_port == 8080


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("THROUGHLINE_API_PORT", "http", "THROUGHLINE_API_PORT: 'http' cannot be used, it must be a whole number."),
        ("THROUGHLINE_API_PORT", "70000", "THROUGHLINE_API_PORT: '70000' cannot be used, it must be 65535 or less."),
        ("THROUGHLINE_TEMPORAL_PORT", "0", "THROUGHLINE_TEMPORAL_PORT: '0' cannot be used, it must be 1 or more."),
        (
            "THROUGHLINE_LOG_LEVEL",
            "loud",
            "THROUGHLINE_LOG_LEVEL: 'loud' cannot be used, it must be 'debug', 'info', 'warning' or 'error'.",
        ),
        ("THROUGHLINE_DATABSE_URL", "x", "THROUGHLINE_DATABSE_URL is not a setting: did you mean THROUGHLINE_DATABASE_URL?"),
        ("THROUGHLINE_API_PORT", "7233", "THROUGHLINE_API_PORT: 7233 cannot be used, it is THROUGHLINE_TEMPORAL_PORT already."),
        ("TEMPORAL_ADDRESS", "http://h:7233", "TEMPORAL_ADDRESS: 'http://h:7233' cannot be used, it must be host:port."),
        ("TEMPORAL_CONFIG_FILE", "/no/where.toml", "TEMPORAL_CONFIG_FILE: there is no file /no/where.toml."),
        ("TEMPORAL_PROFILE", "nowhere", "Temporal's settings (TEMPORAL_…) cannot be used: Profile 'nowhere' not found."),
    ],
)
def test_a_wrong_value_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert str(refused.value) == sentence


def test_a_wrong_address_of_the_store_is_not_repeated_because_it_may_hold_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THROUGHLINE_DATABASE_URL", "mysql://me:secret@h/d")
    with pytest.raises(SettingsError, match=r"^THROUGHLINE_DATABASE_URL: cannot be used, it must look like") as refused:
        load_settings()
    assert "secret" not in str(refused.value)


def test_keys_do_not_show_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THROUGHLINE_API_KEY", "secret-1")
    monkeypatch.setenv("THROUGHLINE_DATABASE_URL", "postgresql://me:secret-2@h/d")
    monkeypatch.setenv("TEMPORAL_API_KEY", "secret-3")
    assert "secret" not in repr(load_settings())


def test_a_build_is_named_by_our_own_variable_or_by_that_of_temporals_controller(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (load_settings().build_id, load_settings().deployment) == ("", "throughline")
    monkeypatch.setenv("TEMPORAL_WORKER_BUILD_ID", "v7")
    monkeypatch.setenv("TEMPORAL_DEPLOYMENT_NAME", "sales/throughline")
    assert (load_settings().build_id, load_settings().deployment) == ("v7", "sales/throughline")
    monkeypatch.setenv("THROUGHLINE_BUILD_ID", "2026.3")
    assert load_settings().build_id == "2026.3"


def test_a_build_that_temporal_would_not_take_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THROUGHLINE_BUILD_ID", "my build")
    with pytest.raises(SettingsError, match="THROUGHLINE_BUILD_ID: 'my build' cannot be used, it must begin with a letter"):
        load_settings()
