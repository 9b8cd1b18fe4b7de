"""What a customer waits for, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain import streams
from domain.customer import life_standing, record_standing, waking
from domain.customer.events import ContactDue
from domain.customer.state import Case, State
from domain.messages import SYSTEM, Health, Name, own_id
from domain.origin import listed, morning_of
from domain.phases import BeginProject
from domain.playbook import Playbook
from domain.standing import Begin, Clock, Tell, Unmet, View
from domain.telling import CODE


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The next planned contact, and what each part of the customer waits for; a merged one waits for nothing."""
    if state.record.merged is not None:
        return
    yield from record_standing.clocks(state, playbook)
    yield from life_standing.clocks(state, playbook)
    yield from waking.clocks(state, playbook)
    if state.next_contact_on and not state.contact_due and state.status != "invalid":
        due = morning_of(state.next_contact_on, playbook.calendar)
        yield Clock(
            name=f"contact-{state.next_contact_on.isoformat()}-due-{state.contacts + 1}",
            at=due,
            text=f"next contact due 下次联系 {state.next_contact_on.isoformat()}",
            fact=ContactDue(occurred_at=due, on=state.next_contact_on, who=playbook.customers.owner),
        )


def owes(state: State) -> Sequence[Begin | Tell]:
    """A project for each improvement case that has become a lead, what its reactivation and its recoveries must hear, and what
    its record owes: a word of a new owner comes to them when they have begun."""
    leads = [_lead(state, case) for case in state.cases if case.lead is not None]
    return [*leads, *waking.owes(state), *record_standing.owes(state)] if state.exists else leads


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
    if state.record.merged is not None:
        return record_standing.merged(state)
    owner = playbook.customers.owner
    missing = tuple(record_standing.missing(state, playbook))
    cases = state.open_cases
    reasons = ["keep in contact: the planned date has come 约定联系日期已到"] if state.contact_due else []
    reasons += record_standing.reasons(state, playbook)
    if state.status == "invalid" and state.life.running:
        reasons.append(f"a project runs with an invalid customer 无效客户仍有在建项目: {listed(state.life.running)}")
    if cases:
        reasons.append(f"improvement case to decide on 改进事项待处理: {', '.join(case.case for case in cases)}")
    planned = morning_of(state.next_contact_on, playbook.calendar) if state.next_contact_on else None
    asleep_at = life_standing.falls_asleep_at(state, playbook)
    due = min(filter(None, (planned, asleep_at, record_standing.due_at(state, playbook))), default=None)
    code, name = life_standing.code_of(state)
    invalid = state.status == "invalid"
    waiting = (*missing, *(_case(case) for case in cases))
    at_risk: Health = "at-risk" if state.life.cooling else "ok"
    outlook = [f"service contract lapsed 服务合同已失效: {listed(state.lapsed)}"] if state.lapsed else []
    if sleeps := life_standing.outlook(state, playbook):
        outlook.insert(0, sleeps)
    fields = state.fields_of_origin() | {"value_class": state.value_class}
    return View(
        code=code,
        name=name,
        phase="customer",
        closed=invalid and not reasons and not state.life.running,
        waiting_for=owner if state.next_contact_on or state.life.cooling else next((one.who for one in waiting), ""),
        due_at=due,
        health="overdue" if state.contact_due or state.record.review_overdue else at_risk,
        needs_human=bool(reasons),
        reason="; ".join(reasons),
        missing=waiting,
        outlook="; ".join(outlook),
        **fields,
    )
