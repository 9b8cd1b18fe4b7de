"""The read model `money`: one row for each fact of money, won 成交, delivered 交付 or collected 回款. Only what is known.

Won: the contract price of a deal, the fee of each service period, and a contract of a service line that is no project's; what
is cancelled is taken back. Delivered: what has fallen due with a milestone that the customer has signed; where no payment hangs
on one, the whole price at the acceptance. Collected: what has come in, less what was refunded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from domain import customer, funnel, implementation, support
from domain.implementation.records import Payment
from domain.messages import Money
from eventstore.port import RowChange
from projections.deal_span import minor, owner_at

TABLE = "money"
SUPPORT_LINE = "support"
"""The service line of a service contract's fees. Other rows name none: theirs is their deal's."""


def none(_stream: str, _state: Any) -> Sequence[RowChange]:
    """Nothing of this stream is money."""
    return ()


def of_deal(stream: str, state: funnel.State) -> Sequence[RowChange]:
    """A won deal, and what its cancelled project takes back: all of it, whatever was delivered by then."""
    if state.outcome != "won" or state.amount is None or state.decided_at is None:
        return ()
    found = [_row(f"{stream}/won", "won", state.decided_at, state, state.amount)]
    if state.unwound is not None:
        at = max(state.unwound.occurred_at, state.decided_at)
        found.append(_row(f"{stream}/cancelled", "won", at, state, state.amount, back=True))
    return found


def of_implementation(stream: str, state: implementation.State) -> Sequence[RowChange]:
    """What has fallen due, and what has come in."""
    found = []
    if state.accepted_whole and state.amount is not None and state.accepted_at is not None:
        found.append(_row(f"{stream}/accepted", "delivered", state.accepted_at, state, state.amount))
    for payment in state.payments.values():
        found += _of_payment(f"{stream}/{payment.milestone}", state, payment)
    return found


def _of_payment(name: str, state: implementation.State, payment: Payment) -> list[RowChange]:
    found = []
    if payment.amount is not None and payment.fell_due_at is not None and not state.accepted_whole:
        found.append(_row(f"{name}/due", "delivered", payment.fell_due_at, state, payment.amount))
    for number, receipt in enumerate(payment.receipts, start=1):
        assert receipt.at is not None
        found.append(_row(f"{name}/received-{number}", "collected", receipt.at, state, receipt.amount))
    settled = _settled(payment)
    if settled is not None and payment.settled_at is not None:
        back = payment.settled == "refunded"
        found.append(_row(f"{name}/settled", "collected", payment.settled_at, state, settled, back=back))
    return found


def _settled(payment: Payment) -> Money | None:
    """What the settling of a cancelled project's payment brings or takes: the rest that was collected after all, or all that
    had come in and was refunded. Waiving and keeping move no money."""
    received = sum((one.amount.amount for one in payment.receipts), Decimal(0))
    if payment.settled == "refunded" and payment.receipts:
        return Money(amount=received, currency=payment.receipts[0].amount.currency)
    if payment.settled == "collected" and payment.amount is not None and payment.amount.amount > received:
        return Money(amount=payment.amount.amount - received, currency=payment.amount.currency)
    return None


def of_support(stream: str, state: support.State) -> Sequence[RowChange]:
    """The fee of each service period, when it was agreed; of the period that a cancelled project ends, it is taken back."""
    fees = [_row(f"{stream}/fee-{one.period}", "won", one.at, state, one.amount) for one in state.fees]
    last = next((one for one in state.fees if one.period == state.period), None)
    if state.ended_at is not None and last is not None:
        at = max(state.ended_at, last.at)
        fees.append(_row(f"{stream}/ended", "won", at, state, last.amount, back=True))
    return fees


def of_customer(stream: str, state: customer.State) -> Sequence[RowChange]:
    """The contracts of service lines that are no project's: those are won with their deals. One that is ended early takes
    nothing back, for nobody has said what of it is not paid."""
    found = []
    for one in state.record.contracts.values():
        if one.project or one.amount is None or one.signed_at is None:
            continue
        at = one.signed_at
        row = dict(_row(f"{stream}/contract-{one.contract}", "won", at, state, one.amount).values)
        classes = [each.value_class for each in state.record.classed if each.since <= at]
        row |= {"service_line": one.service_line, "value_class": classes[-1] if classes else ""}
        found.append(RowChange(TABLE, row))
    return found


OF: Mapping[str, Callable[[str, Any], Sequence[RowChange]]] = {
    "funnel": of_deal,
    "implementation": of_implementation,
    "support": of_support,
    "customer": of_customer,
}
"""The rows of a stream, by its kind."""


def _row(name: str, kind: str, at: datetime, state: Any, amount: Money, *, back: bool = False) -> RowChange:
    root = state.root
    owner, unit = owner_at(state, at)
    return RowChange(
        TABLE,
        {
            "id": name,
            "kind": kind,
            "at": at,
            "customer": root.customer,
            "project": root.project,
            "amount_minor": -minor(amount) if back else minor(amount),
            "currency": amount.currency,
            "value_class": root.value_class,
            "owner": owner,
            "owner_unit": unit,
            "service_line": SUPPORT_LINE if isinstance(state, support.State) else "",
        },
    )
