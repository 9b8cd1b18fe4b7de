"""Enablement 赋能: which product lines a unit may sell, on which evidence, and until when."""

from __future__ import annotations

from typing import get_args

from domain.decider import Decider
from domain.enablement.commands import Commands, Competence, EnablementCommand, EnableUnit, WithdrawEnablement
from domain.enablement.deciding import decide, follows
from domain.enablement.events import (
    EnablementExpired,
    EnablementExpiring,
    EnablementWithdrawn,
    Events,
    OpenDealsTold,
    UnitEnabled,
)
from domain.enablement.refusals import EnablementRoleError, NotEnabledError, OwnEnablementError
from domain.enablement.standing import STATUS_NAMES, clocks, owes, view
from domain.enablement.state import Line, State, evolve
from domain.messages import Name

NAME = Name(en="enablement", zh="赋能")

DECIDER = Decider[State](
    category="enablement",
    name=NAME,
    commands=get_args(Commands),
    events=get_args(Events),
    initial=State,
    decide=decide,
    evolve=evolve,
    clocks=clocks,
    owes=owes,
    view=view,
    follows=follows,
    counts_on=lambda _state, _playbook: None,  # its dates are set by people, or are calendar days
)

__all__ = [
    "DECIDER",
    "NAME",
    "STATUS_NAMES",
    "Commands",
    "Competence",
    "EnableUnit",
    "EnablementCommand",
    "EnablementExpired",
    "EnablementExpiring",
    "EnablementRoleError",
    "EnablementWithdrawn",
    "Events",
    "Line",
    "NotEnabledError",
    "OpenDealsTold",
    "OwnEnablementError",
    "State",
    "UnitEnabled",
    "WithdrawEnablement",
    "clocks",
    "decide",
    "evolve",
    "follows",
    "owes",
    "view",
]
