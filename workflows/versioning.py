"""What becomes of running work when a new build of the worker becomes current: chosen for each workflow type, with its reason.

Every type goes on with the current build (auto-upgrade). What pinning would protect, workflow code that changes under a
run, is here two hundred lines for all types, replayed and fingerprinted at each change (tests/replay). What pinning would
cost is more than that: `respond` is a local activity, so it is the pinned run's own old worker that *decides*. A rule that
was mended would stay broken for all work begun before; an old worker would read facts of other streams that only newer code
knows; and it would have to be kept running until the last run on it has ended. See docs/decisions/0013."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from temporalio.common import VersioningBehavior


@dataclass(frozen=True, slots=True)
class Choice:
    """How the runs of one workflow type meet a new build."""

    behavior: VersioningBehavior
    lives: str
    """How long a run lives, continued ones taken together."""
    why: str


_UPGRADE = VersioningBehavior.AUTO_UPGRADE

CHOICES: Mapping[str, Choice] = {
    "Customer": Choice(_UPGRADE, "years", "no worker can be kept for a customer's life; it sleeps for months"),
    "Project": Choice(_UPGRADE, "months", "begins its phases as children: pinned, it would begin new work on an old build"),
    "Funnel": Choice(_UPGRADE, "weeks, a shelved deal years", "gates must follow the rule as it is mended, for open deals too"),
    "Handoff": Choice(
        _UPGRADE,
        "days, with conditions months",
        "short, but it reads the funnel's facts, which newer workers write; and a condition may be due in half a year",
    ),
    "Implementation": Choice(_UPGRADE, "months", "longer than any worker should be kept; plans must follow fixes"),
    "Support": Choice(_UPGRADE, "years", "waits for windows a year apart: pinned, it would hold its worker for that year"),
    "Ticket": Choice(
        _UPGRADE,
        "hours to days, waiting for a product months",
        "short, but a mistake in a clock must be mended for the open tickets first of all",
    ),
    "Reactivation": Choice(
        _UPGRADE, "weeks, watched for half a year", "it waits for its horizon longer than any worker should be kept"
    ),
    "Recovery": Choice(
        _UPGRADE, "months", "waits for planned contacts and a next attempt: longer than any worker should be kept"
    ),
    "Escalation": Choice(
        _UPGRADE,
        "hours to days, with a promised patch months",
        "its limits are clocks like a ticket's; a planned requirement may be due in a year, longer than any worker is kept",
    ),
    "Plan": Choice(
        _UPGRADE, "a plan period: months to years", "no worker can be kept for it; what is a gap must follow the rule"
    ),
    "Request": Choice(_UPGRADE, "months", "waits for an answer, a planned date and a delivery: longer than any worker is kept"),
    "Enablement": Choice(
        _UPGRADE, "years", "waits for the ends of a unit's enablements; what a gate asks must follow the rule"
    ),
    "PlanReview": Choice(
        _UPGRADE,
        "minutes, after an outage hours",
        "its Schedule starts the next one on the current build anyway; none is waited for",
    ),
    "PolicyChange": Choice(
        _UPGRADE,
        "minutes",
        "its activities decide for every customer: a rule that is mended meanwhile must hold for those that are left",
    ),
}
"""By workflow type."""


def for_all() -> VersioningBehavior:
    """The one behavior that all types have chosen: what a worker with a build id says for each of them.

    It is not said on the classes: the server refuses every task of a worker without a build id that names a behavior. When a
    type is to differ, its class must say so, and every worker must have a build id from then on."""
    (behavior,) = {choice.behavior for choice in CHOICES.values()}
    return behavior
