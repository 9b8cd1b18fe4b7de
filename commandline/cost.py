"""`cost`: what a project has used of Temporal, counted from its histories."""

from __future__ import annotations

import asyncio

from commandline.seam import DONE, FailedError
from commandline.showing import console, put_json, table
from runtime.cost import Cost, project_cost
from runtime.logging import forward_core_logs, set_up_logging
from runtime.settings import load_settings
from runtime.stack import connected


def cost(project: str, as_program: bool) -> int:
    """Print the cost of a project; returns the exit code. Raises `FailedError` for one that has recorded nothing."""
    settings = load_settings()
    set_up_logging("error")
    forward_core_logs()

    async def read() -> Cost:
        async with connected(settings) as stack:
            return await project_cost(stack.client, stack.core.store, project)

    found = asyncio.run(read())
    if not found.commands:
        raise FailedError(f"There is no project {project!r}: check the id, or open it (OpenProject).")
    if as_program:
        put_json(as_json(found))
    else:
        _show(found)
    return DONE


def as_json(found: Cost) -> dict[str, object]:
    """The cost as a JSON object."""
    return {
        "project": found.project,
        "workflows": found.workflows,
        "runs": found.runs,
        "longest_run_events": found.longest_run,
        "business_commands": {"total": found.commands, "from_outside": found.asked},
        "actions": {"total": found.actions.total(), "by_kind": dict(found.actions.most_common())},
        "history_events": {"total": found.events.total(), "by_kind": dict(found.events.most_common())},
        "actions_per_command": round(found.actions_per_command, 3),
    }


def _show(found: Cost) -> None:
    out = console()
    for what, counted in (("Temporal actions", found.actions), ("History events", found.events)):
        rows = [(kind, str(count)) for kind, count in [*counted.most_common(), ("in all", counted.total())]]
        out.print(table((what, "Count"), rows))
        out.print()
    out.print(
        f"{found.workflows} workflows in {found.runs} runs, the longest with {found.longest_run} events. "
        f"{found.commands} business commands on record, {found.asked} of them from outside: "
        f"{found.actions_per_command:.2f} actions a command."
    )
