"""One log for all; what is personal or priced does not reach it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from decimal import Decimal

import pytest
import structlog
from temporalio import activity
from temporalio.testing import ActivityEnvironment

from domain.messages import Money
from runtime.logging import QUIET, set_up_logging


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log of this program; afterwards everything is as it was."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in QUIET}
    stream = io.StringIO()
    set_up_logging("info", stream)
    yield stream
    root.handlers, root.level = before, level
    for name, number in levels.items():
        logging.getLogger(name).setLevel(number)
    structlog.reset_defaults()


def test_a_line_for_a_program_is_one_json_object(log: io.StringIO) -> None:
    structlog.get_logger("store").info("appended", stream="funnel-P42", version=3)
    line = json.loads(log.getvalue())
    assert (line["event"], line["stream"], line["version"], line["level"], line["logger"]) == (
        "appended",
        "funnel-P42",
        3,
        "info",
        "store",
    )


def test_other_libraries_write_into_the_same_log(log: io.StringIO) -> None:
    logging.getLogger("temporalio.worker").warning("slow %s", "task", extra={"workflow_id": "funnel/P42"})
    line = json.loads(log.getvalue())
    assert (line["event"], line["workflow_id"]) == ("slow task", "funnel/P42")


def test_private_values_are_hidden_at_any_depth_and_models_are_not_printed(log: io.StringIO) -> None:
    price = Money(amount=Decimal("98765.43"))
    structlog.get_logger().info("won", amount=98765, deal={"email": "li@example.com", "lines": [price]}, offer=price)
    assert "98765" not in log.getvalue()
    assert "li@example.com" not in log.getvalue()


def test_requests_are_not_logged_one_by_one(log: io.StringIO) -> None:
    logging.getLogger("uvicorn.access").info('203.0.113.9 - "GET /customers/C7"')
    assert log.getvalue() == ""


def test_details_are_left_out_unless_they_are_asked_for(log: io.StringIO) -> None:
    structlog.get_logger().debug("detail")
    assert log.getvalue() == ""


@activity.defn
async def speak() -> None:
    """Says one sentence into the log."""
    activity.logger.info("already running", extra={"stream": "funnel-P42"})


async def test_which_activity_speaks_stands_beside_the_sentence_and_not_in_it(log: io.StringIO) -> None:
    await ActivityEnvironment().run(speak)
    line = json.loads(log.getvalue())
    assert (line["event"], line["stream"], line["temporal_activity"]["attempt"]) == ("already running", "funnel-P42", 1)
