"""A word to many: no answer waits for hundreds of them, and no standing tells of all of them at once."""

from __future__ import annotations

import pytest

from activities.commands import FEW, PAGE
from activities.shapes import Answer, Request
from domain.enablement import OpenDealsTold
from domain.playbook import Playbooks
from eventstore.memory import MemoryStore
from tests.activities.test_commands import Office
from tests.domain.asked import MONDAY, classify, open_project, register
from tests.domain.test_enablement import LINE, asking, enable, withdraw

UNIT = "enablement-north"


async def company(deals: int) -> Office:
    """A unit with open deals of a product line that asks for its enablement."""
    office = Office(MemoryStore(), [Playbooks([asking()])])
    for command in (register(), classify()):
        await office.ask(command)
    for number in range(deals):
        project = f"P{number:03}"
        opened = await office.ask(open_project(project, product_line=LINE), f"open-{project}")
        [opening] = [owed for owed in opened.standing.owed if owed.begins]
        await office.handler.respond(Request(stream=opening.stream, now=MONDAY, command=opening.command))
    return office


async def looked(office: Office, delivered: tuple[str, ...]) -> Answer:
    return await office.handler.respond(Request(stream=UNIT, now=MONDAY, delivered=delivered))


@pytest.mark.parametrize(("deals", "awaited"), [(FEW, FEW), (FEW + 1, 0)])
async def test_an_answer_waits_for_a_few_and_not_for_many(deals: int, awaited: int) -> None:
    answer = await (await company(deals)).ask(enable())
    assert len(answer.standing.owed) == deals
    assert len(answer.caused) == awaited


async def test_a_standing_tells_of_a_page_and_of_the_next_when_that_is_delivered() -> None:
    office = await company(PAGE + 5)
    enabled = await office.ask(enable())
    assert any(event.type == OpenDealsTold.type for event in enabled.events)
    first = (await looked(office, ())).standing
    assert (len(first.owed), first.owed_later, all(owed.to_many for owed in first.owed)) == (PAGE, 5, True)
    done = tuple(owed.id for owed in first.owed)
    second = (await looked(office, done)).standing
    assert (len(second.owed), second.owed_later) == (5, 0)
    everything = (*done, *(owed.id for owed in second.owed))
    assert len(set(everything)) == PAGE + 5
    last = (await looked(office, everything)).standing
    assert (last.owed, last.owed_later, last.forget) == ((), 0, ())


async def test_what_is_not_owed_any_more_is_forgotten() -> None:
    office = await company(2)
    told = tuple(owed.id for owed in (await office.ask(enable())).standing.owed)
    await office.ask(withdraw(), "again")
    standing = (await looked(office, told)).standing
    assert (standing.forget, len(standing.owed)) == (tuple(sorted(told)), 2)


async def test_whoever_does_not_say_what_was_delivered_hears_of_everything() -> None:
    office = await company(PAGE + 5)
    assert len((await office.ask(enable())).standing.owed) == PAGE + 5
