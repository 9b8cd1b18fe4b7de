"""What a support contract is: the state that its events add up to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from domain import promises
from domain.clocks import ClocksReleased
from domain.messages import Money
from domain.origin import Rooted
from domain.promises import Ledger
from domain.support.events import (
    ContractLapsed,
    ContractRenewed,
    Events,
    RenewalWindowOpened,
    SatisfactionRecorded,
    SupportEnded,
    SupportStarted,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """A support contract as its events tell it."""

    service_code: str = ""
    period: int = 1
    starts_on: date | None = None
    ends_on: date | None = None
    notice_on: date | None = None
    fee: Money | None = None
    since: datetime | None = None
    """When support began, or the contract was renewed last."""
    windows: tuple[int, ...] = ()
    """The renewal windows of this period that have opened, in days before the notice date."""
    lapsed: bool = False
    ended: bool = False
    """True when the contract was terminated because the project was cancelled."""
    promises: Ledger = ()
    """The promise ledger: its last home."""
    scores: tuple[int, ...] = ()

    @property
    def in_service(self) -> bool:
        """True while the contract is valid."""
        return self.exists and not self.lapsed and not self.ended


def evolve(state: State, event: Events) -> State:
    """The support contract after one more fact."""
    match event:
        case SupportStarted():
            contract = event.contract
            return replace(
                state,
                origin=event.origin,
                held=event.origin.held,
                as_of=event.occurred_at,
                since=event.occurred_at,
                service_code=contract.service_code,
                starts_on=contract.starts_on,
                ends_on=contract.ends_on,
                notice_on=contract.notice_on,
                fee=contract.fee,
                promises=event.promises,
            )
        case RenewalWindowOpened():
            return replace(state, windows=(*state.windows, event.days))
        case ContractRenewed():
            since = event.occurred_at
            renewed = replace(state, ends_on=event.ends_on, notice_on=event.notice_on, period=event.period, since=since)
            return replace(renewed, fee=event.fee or state.fee, starts_on=state.ends_on, windows=(), lapsed=False)
        case ContractLapsed():
            return replace(state, lapsed=True)
        case SatisfactionRecorded():
            return replace(state, scores=(*state.scores, event.score))
        case SupportEnded():
            return replace(state, ended=True, as_of=event.occurred_at)
        case ClocksReleased():
            return replace(state, held=False)
        case _:
            return replace(state, promises=promises.after(state.promises, event))
