"""What a customer waits for, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain import streams
from domain.customer.events import ContactDue
from domain.customer.state import Case, State
from domain.customer.terms import STATE_NAMES
from domain.messages import SYSTEM, Name, own_id
from domain.origin import listed, morning_of
from domain.phases import BeginProject
from domain.playbook import Playbook
from domain.standing import Begin, Clock, Unmet, View
from domain.telling import CODE


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The next planned contact."""
    if state.next_contact_on and not state.contact_due:
        due = morning_of(state.next_contact_on, playbook.calendar)
        yield Clock(
            name=f"contact-{state.next_contact_on.isoformat()}-due-{state.contacts + 1}",
            at=due,
            text=f"next contact due 下次联系 {state.next_contact_on.isoformat()}",
            fact=ContactDue(occurred_at=due, on=state.next_contact_on, who=playbook.customers.owner),
        )


def owes(state: State) -> Sequence[Begin]:
    """A project for each improvement case that has become a lead."""
    return [_lead(state, case) for case in state.cases if case.lead is not None]


def _lead(state: State, case: Case) -> Begin:
    lead = case.lead
    assert lead is not None
    customer = state.root.customer
    return Begin(
        command=BeginProject(
            project=lead.project,
            customer=customer,
            name=lead.name,
            product_line=lead.product_line,
            amount=lead.amount,
            owner=lead.owner,
            owner_unit=lead.owner_unit,
            need=lead.need,
            came_from=f"{streams.customer(customer)} {case.case}",
            command_id=own_id(f"lead-{customer}-{case.case}"),
            actor=SYSTEM,
            occurred_at=lead.occurred_at,
            correlation_id=lead.project,
        )
    )


def _case(case: Case) -> Unmet:
    # Products and categories are what somebody wrote; where they are no codes, Temporal's plain text must not tell them.
    codes = all(CODE.fullmatch(one) for one in (case.product, case.category))
    about, count = f", {case.product}/{case.category}" if codes else "", len(case.tickets)
    zh = f"改进事项 {case.case}：{count} 个工单{about.replace(', ', '，')}"
    name = Name(en=f"improvement case {case.case}: {count} tickets{about}", zh=zh)
    return Unmet(code=case.case, name=name, who=case.who)


def view(state: State, playbook: Playbook) -> View:
    """Where the customer stands."""
    missing: tuple[Unmet, ...] = ()
    owner = playbook.customers.owner
    if not state.value_class:
        missing = (Unmet(code="value_class", name=Name(en="value class", zh="价值分类"), who=owner),)
    cases = state.open_cases
    reasons = ["keep in contact: the planned date has come 约定联系日期已到"] if state.contact_due else []
    if cases:
        reasons.append(f"improvement case to decide on 改进事项待处理: {', '.join(case.case for case in cases)}")
    due = morning_of(state.next_contact_on, playbook.calendar) if state.next_contact_on else None
    fields = state.fields_of_origin() | {"value_class": state.value_class}
    return View(
        code=state.status,
        name=STATE_NAMES[state.status],
        phase="customer",
        closed=False,
        waiting_for=owner if state.next_contact_on or missing else cases[0].who if cases else "",
        due_at=due,
        health="overdue" if state.contact_due else "ok",
        needs_human=bool(reasons),
        reason="; ".join(reasons),
        missing=(*missing, *(_case(case) for case in cases)),
        outlook=f"service contract lapsed 服务合同已失效: {listed(state.lapsed)}" if state.lapsed else "",
        **fields,
    )
