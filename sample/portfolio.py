"""The sample portfolio: eighteen customers of all seven value classes, over the last years, in a living present.

Everything in it is made up. It is told as the commands that a vendor would send who brings its half-way deals along: opened
with held clocks, fed their history in order, then released, so that each clock is judged once, against now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.playbook import Playbook
from sample import large, medium, small, years
from sample.lives import Life
from sample.moments import Moments

STORY = "C907"
"""The customer whose story the demo tells: lost, kept, won back, delivered, supported."""

LATE = "P902"
"""A project whose milestone is late."""

SLEEPER = "C915"
"""A customer that went dormant and was woken."""

TICKET = "T905"
"""A ticket that has missed a target and gone up the ladder."""

OVER_HTTP = "P912"
"""The project that the demo drives through the HTTP API."""

LIVES = (
    large.lanjiang,
    large.dongling,
    large.qiyue,
    large.yunlu,
    medium.hengsui,
    medium.haichen,
    medium.qinghe,
    medium.lanqiao,
    medium.guanlan,
    small.pushi,
    small.beimo,
    small.xiaoman,
    small.shiguang,
    years.zhaoxia,
    years.songhe,
    years.dangui,
)


def portfolio(now: datetime, playbook: Playbook) -> Sequence[Life]:
    """The whole portfolio relative to `now` (aware), each life with its commands in order. Pure: the same in, the same out."""
    return [tell(Moments(now, playbook)) for tell in LIVES]
