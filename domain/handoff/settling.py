"""How stable the system runs that is handed over to support: measured with each offer, and a gate where a playbook says so."""

from __future__ import annotations

from datetime import datetime

from domain import streams
from domain.decider import Context
from domain.handoff.refusals import StabilityNotReachedError
from domain.handoff.state import State
from domain.messages import Name
from domain.origin import day_of
from domain.playbook import Playbook
from domain.stability import Stability, measure
from domain.standing import Unmet


def measured(state: State, at: datetime, playbook: Playbook, context: Context) -> Stability | None:
    """The stability beside an offer to support; None for another handoff, and where there is no early life."""
    rules = playbook.support.service.early_life
    if state.kind != "support" or rules is None:
        return None
    built = context.seen.get(streams.implementation(state.root.project))
    live_since = built.went_live_at if built is not None else None
    if live_since is None:
        found = None
    else:
        found = measure(live_since, context.late_tickets(state.root.project, live_since), rules, playbook.calendar)
    if rules.gate and (found is None or found.reached_at > at):
        when = f"{day_of(found.reached_at, playbook.calendar)} at the earliest" if found else "after the go-live"
        name = Name(en="stable for the agreed days, first month-end close passed", zh="稳定运行达到约定天数，首次月结已通过")
        raise StabilityNotReachedError(
            f"The system is not stable for {rules.stable_days} days with its first month-end close yet: offer it {when}.",
            [Unmet(code="stable_period_passed", name=name, who=rules.duty)],
        )
    return found
