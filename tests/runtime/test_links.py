"""Links into the Temporal UI open the lists that they promise."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from temporalio.client import Client

from domain.messages import Name
from runtime import links
from runtime.settings import Settings

VIEWS = (
    links.NEEDS_A_PERSON,
    links.OVERDUE,
    links.AT_RISK,
    links.STALLED,
    links.LATE_TICKETS,
    links.NEAR_TICKETS,
    links.WAITING_TICKETS,
    links.in_stage("F3", Name(en="solution validated", zh="方案认可")),
    links.of_project("P42"),
    links.of_customer("C7"),
)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name.en)
async def test_temporal_takes_the_query_that_a_browser_reads_from_the_link(view: links.View, client: Client) -> None:
    link = urlsplit(links.TemporalUi("http://127.0.0.1:8233", "default").list(view))
    assert (link.netloc, link.path) == ("127.0.0.1:8233", "/namespaces/default/workflows")
    [query] = parse_qs(link.query)["query"]
    assert query == view.query
    async for _ in client.list_workflows(query):
        pass  # a query that Temporal cannot read raises


def test_a_workflow_id_with_slashes_is_one_part_of_the_link() -> None:
    ui = links.TemporalUi("http://127.0.0.1:8233", "default")
    assert ui.workflow("handoff-P42-delivery").endswith("/workflows/handoff%2FP42%2Fdelivery")


def test_a_temporal_elsewhere_has_no_address_that_we_could_know() -> None:
    assert links.temporal_ui(Settings(temporal={"target_host": "temporal.example:7233"})).address == ""
    assert links.temporal_ui(Settings(temporal_ui_port=9233)).address == "http://127.0.0.1:9233"
