"""A win that arrives a hundred times, at once, makes one handoff and one implementation; every bringer gets the same answer."""

from __future__ import annotations

import asyncio

from domain.messages import SYSTEM
from domain.phases import CompletePhase, phase_completed
from domain.playbook import Phase
from tests.domain.asked import accept, offer, prepared, promise, started, win
from tests.workflows.company import Company, now

BRINGERS = 100


def word(project: str, phase: Phase, *, own_id: bool = False) -> CompletePhase:
    """The word that a phase has ended, under the system's own id, or brought by somebody else under another."""
    command = phase_completed(project, phase, now(), "").command
    assert isinstance(command, CompletePhase)
    return command if own_id else command.model_copy(update={"command_id": f"again-{phase}", "actor": SYSTEM})


async def deliveries(company: Company, project: str, phase: Phase) -> None:
    """A hundred deliveries of the word, half under its own id and half under another: none is refused."""
    written = [word(project, phase, own_id=number % 2 == 0) for number in range(BRINGERS)]
    refusals = await asyncio.gather(
        *(company.submitter.deliver(one.model_dump(mode="json", exclude_none=True)) for one in written)
    )
    assert set(refusals) == {None}


async def test_a_hundred_wins_at_once_make_one_implementation_and_a_hundred_equal_answers(
    company: Company, project: str, customer: str
) -> None:
    await company.tell([*started(project, customer), promise(project=project), *prepared(project)])

    wins = await asyncio.gather(*(company.ask(win(project), "the-win") for _ in range(BRINGERS)))

    assert all(answer == wins[0] for answer in wins)
    assert wins[0][-1].type == "DealWon"
    await deliveries(company, project, "funnel")
    assert await company.types(f"project-{project}") == ["ProjectOpened", "PhaseEntered"]
    assert await company.types(f"handoff-{project}-delivery") == ["HandoffOpened"]
    assert (await company.types(f"customer-{customer}")).count("ContractSigned") == 1

    await company.ask(offer(project=project))
    acceptances = await asyncio.gather(
        *(company.ask(accept(project=project), "the-acceptance") for _ in range(BRINGERS)),
        *(company.submitter.deliver(word(project, "funnel").model_dump(mode="json", exclude_none=True)) for _ in range(9)),
    )

    assert all(answer == acceptances[0] for answer in acceptances[:BRINGERS])
    await deliveries(company, project, "handoff-delivery")
    assert await company.types(f"project-{project}") == ["ProjectOpened", "PhaseEntered", "PhaseEntered"]
    await company.until_begun(f"implementation-{project}")
    begun = await company.types(f"implementation-{project}")
    assert begun.count("ImplementationStarted") == 1
    runs = [one async for one in company.client.list_workflows(f"WorkflowId = 'implementation/{project}'")]
    assert len(runs) <= 1  # The list may be a moment behind; more than one would be two implementations.
    assert [said.promise for said in (await company.events(f"implementation-{project}"))[0].promises] == ["pr1"]  # type: ignore[attr-defined]
