"""One log for everything that runs: lines for people on a terminal, JSON otherwise, and nothing personal or priced in it."""

from __future__ import annotations

import functools
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
import temporalio.activity
import temporalio.workflow
from structlog.typing import Processor
from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter

from runtime.settings import LogLevel

PRIVATE = frozenset(
    {
        *(
            "actor",
            "address",
            "amount",
            "api_key",
            "authorization",
            "budget",
            "comment",
            "contact",
            "cost",
            "description",
            "email",
        ),
        *("margin", "mobile", "money", "name", "note", "password", "person", "phone", "price", "reason", "salary", "subject"),
        *("summary", "text", "title", "token", "value", "value_cny"),
    }
)
"""Fields that may hold what is personal or priced. Their values never reach a log; ids and types do."""

PLAIN = (str, int, float, bool, type(None))

LOUD = ("alembic", "asyncio", "httpx", "sqlalchemy", "uvicorn.access")
QUIET = dict.fromkeys(LOUD, logging.WARNING)
"""Others' loggers that tell too much: each request's path would put customers' ids beside the addresses of people."""


def set_up_logging(level: LogLevel = "info", stream: TextIO | None = None) -> None:
    """Send the logs of this program, Temporal, uvicorn and every other library to `stream` (standard error).

    May be called again: the last call counts.
    """
    target = stream if stream is not None else sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_private,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _drop_core_record, *_rendering(target)],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "temporalio"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    for name, quiet in QUIET.items():
        logging.getLogger(name).setLevel(quiet)
    # Which workflow or activity says it stands in fields of its own; not once more in the midst of the sentence.
    temporalio.workflow.logger.workflow_info_on_message = False
    temporalio.activity.logger.activity_info_on_message = False


@functools.cache
def forward_core_logs() -> None:
    """Send what Temporal's core says into the same log: by itself it writes to standard output, amid a program's results.

    Call before any client; the first call counts."""
    forwarding = LogForwardingConfig(logging.getLogger("temporalio.core"), append_target_to_name=False)
    telemetry = TelemetryConfig(logging=LoggingConfig(TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding))
    Runtime.set_default(Runtime(telemetry=telemetry), error_if_already_set=False)


def hide_private(_logger: object, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide the values of private fields, at any depth, and whatever is not a plain value: a model may hold anything."""
    for key, value in list(entry.items()):
        if not key.startswith("_") and key not in {"event", "exc_info"}:
            entry[key] = _harmless(key, value)
    return entry


def _drop_core_record(_logger: object, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    entry.pop("temporal_log", None)  # the core's own object: its message already holds what it says
    return entry


def _harmless(key: str, value: object) -> object:
    if key.lower() in PRIVATE:
        return "hidden"
    if isinstance(value, dict):
        return {str(inner): _harmless(str(inner), kept) for inner, kept in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_harmless("", kept) for kept in value]
    return value if isinstance(value, PLAIN) else f"<{type(value).__name__}>"


def _rendering(target: TextIO) -> list[Processor]:
    if target.isatty():
        return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
