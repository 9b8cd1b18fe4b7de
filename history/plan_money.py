"""The money of a plan: what falls due with which milestone, what change orders cost beside it, and their size in sum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from domain.implementation import State, share
from domain.implementation.payments import asked_to_settle, to_settle
from domain.implementation.plan import Change
from domain.implementation.records import Payment
from domain.messages import Frozen, Money, Name
from domain.playbook import Playbook

COUNTED = ("requested", "approved", "signed")
"""The change orders that make up the sum: those that hold, and those that may come to hold."""


class PaymentTold(Frozen):
    """A part of the price, or what a signed change order costs beside the price."""

    what: str
    """The milestone on which it hangs, or the id of the change order."""
    name: Name
    percent: int | None
    """Of the price; None for a change order."""
    amount: Money | None
    due_on: date | None
    received: Money | None
    status: Name


class ChangesInSum(Frozen):
    """All change orders that hold or may come to hold, taken together: many small ones are a large one."""

    orders: int
    days: int
    cost: tuple[Money, ...]
    """One amount for each currency."""
    approver: str
    """The role that a single order of this size would need."""


def payments_told(state: State, playbook: Playbook) -> Iterator[PaymentTold]:
    """Each payment of the contract, then the cost of each signed change order. The latter is agreed on by the signature, and
    billed where the contract says: no milestone makes it due here."""
    rules = playbook.implementation
    for code, terms in rules.terms().items():
        paid = state.payments.get(code)
        amount = paid.amount if paid else share(code, state.amount, rules)
        yield PaymentTold(
            what=code,
            name=rules.milestone(code).name,
            percent=terms.percent,
            amount=amount,
            due_on=paid.due_on if paid else None,
            received=_received(paid) if paid else None,
            status=_status(paid, code, state),
        )
    for order in state.plan.changes.values():
        if order.status == "signed" and order.impact.cost and order.impact.cost.amount:
            agreed = Name(en="agreed, beside the price", zh="已签，合同价外")
            name = Name(en="Change order", zh="变更单")
            cost = order.impact.cost
            yield PaymentTold(
                what=order.change, name=name, percent=None, amount=cost, due_on=None, received=None, status=agreed
            )


def _received(paid: Payment) -> Money | None:
    total = sum((one.amount.amount for one in paid.receipts), Decimal(0))
    return paid.receipts[0].amount.model_copy(update={"amount": total}) if paid.receipts else None


def _status(paid: Payment | None, code: str, state: State) -> Name:
    if paid is None:
        stopped = state.unwound is not None
        return Name(en="ended with the project", zh="随项目终止") if stopped else Name(en="not due yet", zh="未到期")
    if paid.settled:
        return Name(en=f"settled: {paid.settled}", zh=_HOW.get(paid.settled, paid.settled))
    if asked_to_settle(state) and code in to_settle(state):
        return Name(en="to be settled", zh="待结清")
    if not paid.outstanding:
        return Name(en="received", zh="已收款")
    return Name(en="overdue", zh="逾期") if paid.overdue else Name(en="due", zh="应收")


_HOW = {"collected": "已收回", "waived": "已免除", "refunded": "已退款", "kept": "已保留"}


def in_sum(changes: Sequence[Change], playbook: Playbook) -> ChangesInSum | None:
    """The size of all change orders together; None where there are none, or the playbook knows none."""
    counted, rules = [one for one in changes if one.status in COUNTED], playbook.implementation.changes
    if not counted or rules is None:
        return None
    totals: dict[str, Decimal] = {}
    for one in counted:
        if one.impact.cost:
            totals[one.impact.cost.currency] = totals.get(one.impact.cost.currency, Decimal(0)) + one.impact.cost.amount
    cost = tuple(Money(amount=amount, currency=currency) for currency, amount in totals.items() if amount)
    days = sum(one.size_days for one in counted)
    tier = max((rules.tier(days, one) for one in cost), default=rules.tier(days, None))
    return ChangesInSum(orders=len(counted), days=days, cost=cost, approver=rules.tiers[tier].role)
