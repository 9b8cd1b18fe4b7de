"""The settings: read from the environment once, checked, and told in one sentence when one of them is wrong."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict
from temporalio.envconfig import ClientConfig, ClientConnectConfig

from runtime.problems import SettingsError

PREFIX = "THROUGHLINE_"
CHANNEL = "THROUGHLINE_CHANNEL_"
"""How the variables begin that say where the channels of notices lead."""
CODE = Path(__file__).resolve().parent.parent

Port = Annotated[int, Field(ge=1, le=65535)]
LogLevel = Literal["debug", "info", "warning", "error"]
BuildId = Annotated[str, Field(pattern=r"^([A-Za-z0-9][A-Za-z0-9._+-]{0,99})?$")]
DeploymentName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_/-]{0,99}$")]

STANDARD = {"build_id": "TEMPORAL_WORKER_BUILD_ID", "deployment": "TEMPORAL_DEPLOYMENT_NAME"}
"""What Temporal's worker controller for Kubernetes tells its workers; our own variables come first."""

DATABASE_SCHEMES = ("sqlite", "postgres", "postgresql")


class Settings(BaseSettings):
    """Everything that differs between machines. Each field is `THROUGHLINE_` and its name in the environment; the defaults
    serve one machine. Temporal's own settings come from Temporal's standard variables (see `load_settings`)."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid")

    home: Path = Path(".throughline")
    """The folder of everything that is kept on this machine; relative to where the program is started."""
    database_url: str = Field(default="", repr=False)
    """The event store: `sqlite:///file` or `postgresql://user@host/name`. Left out: `store.db` in the home folder."""
    playbooks: Path = CODE / "playbooks"
    """The folder of the playbooks."""
    api_host: str = "127.0.0.1"
    """The address that the API listens on; only this machine unless set."""
    api_port: Port = 8080
    api_key: SecretStr | None = None
    """What callers of the API must show. Left out: `up` makes one at each start and writes it to `api.key` in the home."""
    temporal_port: Port = 7233
    """The port of the embedded Temporal server."""
    temporal_ui_port: Port = 8233
    """The port of the embedded server's web pages."""
    log_level: LogLevel = "info"
    cached_workflows: int = Field(default=3_000, ge=0)
    """How many workflows the worker keeps in memory. One that is not there is replayed from its history first, in the very
    moment in which its clock runs out."""
    build_id: BuildId = ""
    """The build that this program's worker is of, for Temporal's worker versioning; left out, the worker has no version."""
    deployment: DeploymentName = "throughline"
    """The name of Temporal's worker deployment that builds are versions of."""

    channels: Mapping[str, SecretStr] = Field(default_factory=dict, exclude=True, repr=False)
    """Where the channels of notices lead, by the variable of the environment that says so: `THROUGHLINE_CHANNEL_` and the
    channel's code, with `_SECRET` behind it the secret that its webhook is signed with."""
    temporal: ClientConnectConfig = Field(default_factory=ClientConnectConfig, init=True, exclude=True, repr=False)
    """Where Temporal is and how to get in, as its own variables say; empty when they say nothing."""

    @field_validator("log_level", mode="before")
    @classmethod
    def _any_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        scheme, separator, rest = value.partition("://")
        if not value:
            return value
        if not separator or not rest or scheme.partition("+")[0] not in DATABASE_SCHEMES:
            raise ValueError("must look like sqlite:///file or postgresql://user@host/name")
        # Libraries know only one of the two spellings that hosts hand out, and each adapter chooses its own driver.
        plain = "sqlite" if scheme.startswith("sqlite") else "postgresql"
        return f"{plain}://{rest}"

    @property
    def store_url(self) -> str:
        """The event store's URL: what was set, or the SQLite file in the home folder. Always `sqlite://` or `postgresql://`."""
        return self.database_url or f"sqlite:///{self.home.absolute() / 'store.db'}"

    @property
    def embedded(self) -> bool:
        """True when nothing says where Temporal is: this program then starts its own."""
        return not self.temporal.get("target_host")

    @property
    def temporal_address(self) -> str:
        """Where Temporal answers, as `host:port`."""
        return self.temporal.get("target_host") or f"127.0.0.1:{self.temporal_port}"

    @property
    def temporal_namespace(self) -> str:
        """The Temporal namespace; `default` unless set."""
        return self.temporal.get("namespace") or "default"


def load_settings() -> Settings:
    """Read the environment: `THROUGHLINE_…` and Temporal's `TEMPORAL_ADDRESS`, `_NAMESPACE`, `_API_KEY`, `_TLS…`,
    `_CONFIG_FILE`, `_PROFILE`, `_WORKER_BUILD_ID`, `_DEPLOYMENT_NAME`.

    Raises `SettingsError` with one sentence that names the variable.
    """
    _refuse_slips_of_the_pen()
    try:
        channels = _channels_from_environment()
        settings = Settings(temporal=_temporal_from_environment(), channels=channels, **_of_the_controller())
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from None
    if settings.embedded:
        _refuse_one_port_for_two(settings)
    return settings


def _temporal_from_environment() -> ClientConnectConfig:
    # A profile file in its standard place counts only when it was asked for by name: somebody who once set up the `temporal`
    # program for a production cluster must not have the sample portfolio written into it by `make demo`.
    asked_for = bool(os.environ.get("TEMPORAL_CONFIG_FILE") or os.environ.get("TEMPORAL_PROFILE"))
    environment = {name: value for name, value in os.environ.items() if value}
    file = environment.get("TEMPORAL_CONFIG_FILE")
    if file and not Path(file).is_file():
        # Passed over, it would leave the embedded server where another one was meant.
        raise SettingsError(f"TEMPORAL_CONFIG_FILE: there is no file {file}.")
    address = environment.get("TEMPORAL_ADDRESS", "")
    if "://" in address:
        raise SettingsError(f"TEMPORAL_ADDRESS: {address!r} cannot be used, it must be host:port.")
    try:
        return ClientConfig.load_client_connect_config(disable_file=not asked_for, override_env_vars=environment)
    except (RuntimeError, ValueError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise SettingsError(f"Temporal's settings (TEMPORAL_…) cannot be used: {reason}.") from None


def _channels_from_environment() -> dict[str, SecretStr]:
    return {name: SecretStr(value) for name, value in os.environ.items() if name.startswith(CHANNEL) and value.strip()}


def _of_the_controller() -> dict[str, Any]:
    own = {field: os.environ.get(PREFIX + field.upper()) for field in STANDARD}
    return {field: told for field, name in STANDARD.items() if not own[field] and (told := os.environ.get(name))}


def _refuse_one_port_for_two(settings: Settings) -> None:
    owners: dict[int, str] = {}
    for field in ("temporal_port", "temporal_ui_port", "api_port"):
        name, port = PREFIX + field.upper(), getattr(settings, field)
        if other := owners.get(port):
            raise SettingsError(f"{name}: {port} cannot be used, it is {other} already.")
        owners[port] = name


def _refuse_slips_of_the_pen() -> None:
    # A mistyped THROUGHLINE_DATABASE_URL would otherwise quietly write to another database.
    known = [PREFIX + name.upper() for name in Settings.model_fields if name not in ("temporal", "channels")]
    for name in os.environ:
        if name.startswith(PREFIX) and name not in known and not name.startswith(CHANNEL):
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.9)
            if near:
                raise SettingsError(f"{name} is not a setting: did you mean {near[0]}?")


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    field = str(first["loc"][0])
    name = PREFIX + field.upper()
    # An address may hold a password, so it is not repeated.
    shown = "" if field in {"database_url", "api_key"} else f"{first['input']!r} "
    return f"{name}: {shown}cannot be used, it {_reason(first)}."


def _reason(problem: ErrorDetails) -> str:
    context = problem.get("ctx", {})
    match problem["type"]:
        case "int_parsing" | "int_type":
            return "must be a whole number"
        case "greater_than_equal":
            return f"must be {context['ge']} or more"
        case "less_than_equal":
            return f"must be {context['le']} or less"
        case "string_pattern_mismatch":
            return "must begin with a letter or digit and hold only letters, digits and . _ + - (in a deployment's name _ / -)"
        case "literal_error":
            return f"must be {context['expected']}"
        case _:
            return problem["msg"].removeprefix("Value error, ").removeprefix("Input ")
