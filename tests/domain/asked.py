"""Commands as tests ask them: everything that does not matter for the promise has a default here."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from domain.clocks import JudgeClocks, ReleaseClocks
from domain.customer import ClassifyCustomer, Contact, RecordContact, RegisterCustomer
from domain.funnel import (
    Evidence,
    LoseDeal,
    OverrideGate,
    PlanNextStep,
    QuotePrice,
    RecordEvidence,
    RecordPromise,
    ResumeDeal,
    ShelveDeal,
)
from domain.handoff import AcceptHandoff, Condition, Gap, OfferHandoff, ReturnHandoff, ServiceContract
from domain.implementation import (
    Deliverable,
    OverrideMilestone,
    RecordDefects,
    RecordPayment,
    Review,
    ReviewDeliverables,
    SettlePayment,
    Signature,
    SignOffMilestone,
    SubmitDeliverables,
    share,
)
from domain.messages import SYSTEM, Actor, ActorKind, Command, Money
from domain.playbook import Milestone, Playbooks
from domain.project import OpenProject
from domain.streams import HandoffKind
from domain.ticket import OpenTicket
from runtime.playbooks import load_playbooks

PLAYBOOKS = Playbooks(load_playbooks(Path(__file__).parents[2] / "playbooks"))
"""The real ones, as they are delivered."""
RULES = PLAYBOOKS.latest()

SALES = Actor(kind=ActorKind.PERSON, id="u1", role="sales")
DELIVERY = Actor(kind=ActorKind.PERSON, id="d1", role="delivery")
REVIEWER = Actor(kind=ActorKind.PERSON, id="d2", role="delivery")
SUPPORT = Actor(kind=ActorKind.PERSON, id="s1", role="support")
PRODUCT = Actor(kind=ActorKind.PERSON, id="p1", role="product")

STAGES = {stage.code: tuple(item.code for item in stage.criteria) for stage in RULES.funnel.stages}
"""The exit criteria of each stage."""
EVERY_CRITERION = tuple(RULES.funnel.criteria)
BY_OTHERS = {code: item.who for code, (_, item) in RULES.funnel.criteria.items() if item.strict}
"""The criteria that sales cannot bring, with the role that does."""
QUOTED = tuple(code for code, (_, item) in RULES.funnel.criteria.items() if item.proof == "quote")
"""The criteria that a price meets."""
BY_SALES = tuple(code for code in EVERY_CRITERION if code not in (*BY_OTHERS, *QUOTED))
MILESTONES = {milestone.code: milestone for milestone in RULES.implementation.milestones}
HANDED_OVER = "M7"
AMOUNT = Money(amount=Decimal("1200000"))
"""What a project is sold for."""

C = TypeVar("C", bound=Command)


def at(text: str) -> datetime:
    """A moment as people in Shanghai write it: `2026-03-02 10:00`, or only the date for midnight."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


MONDAY = at("2026-03-02 10:00")
"""When every scenario begins: a working day, in working hours."""


def utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def register(customer: str = "C1", revenue: str = "2500000000", **fields: Any) -> RegisterCustomer:
    given: dict[str, Any] = {
        "name": "华星集团",
        "industry": "machinery",
        "owner": "u1",
        "owner_unit": "north",
        "actor": SALES,
    } | fields
    contact = Contact(name="王", role="CIO")
    return RegisterCustomer(customer=customer, revenue=Money(amount=Decimal(revenue)), contact=contact, **given)


def classify(value_class: str = "vip", customer: str = "C1", **fields: Any) -> ClassifyCustomer:
    given: dict[str, Any] = {"approver": "m1", "approver_role": "manager", "actor": SALES} | fields
    return ClassifyCustomer(customer=customer, value_class=value_class, evidence="board paper", **given)


def contact(next_on: str | None = None, customer: str = "C1", **fields: Any) -> RecordContact:
    on = date.fromisoformat(next_on) if next_on else None
    given: dict[str, Any] = {"channel": "call", "summary": "talked", "actor": SALES} | fields
    return RecordContact(customer=customer, next_contact_on=on, **given)


def open_project(project: str = "P1", customer: str = "C1", **fields: Any) -> OpenProject:
    given: dict[str, Any] = {"name": "ERP", "owner": "u1", "owner_unit": "north", "actor": SALES}
    given["amount"] = AMOUNT
    return OpenProject(project=project, customer=customer, **(given | fields))


def evidence(*criteria: str, project: str = "P1", **fields: Any) -> RecordEvidence:
    pieces = tuple(Evidence(criterion=code, reference=f"doc-{code}") for code in criteria)
    return RecordEvidence(project=project, evidence=pieces, **({"actor": SALES} | fields))


def stage_done(*stages: str, project: str = "P1", **fields: Any) -> RecordEvidence:
    """All the evidence of the stages that sales can bring, in one command."""
    return evidence(*(code for stage in stages for code in STAGES[stage] if code in BY_SALES), project=project, **fields)


def quote(
    price: str = "1200000", list_price: str = "1300000", cost: str = "720000", project: str = "P1", **fields: Any
) -> QuotePrice:
    """A price; by default inside the limits of every value class."""
    amounts = {"price": price, "list_price": list_price, "cost": cost}
    money = {name: Money(amount=Decimal(amount)) for name, amount in amounts.items() if amount}
    return QuotePrice.model_validate({"project": project, "actor": SALES, **money, **fields})


def prepared(project: str = "P1") -> list[Command]:
    """What sales needs from others to win: their evidence, and a price inside its limits."""
    brought = {"product": PRODUCT, "delivery": DELIVERY}
    pieces = [evidence(code, project=project, actor=brought[role]) for code, role in BY_OTHERS.items()]
    return [*pieces, quote(project=project)]


def win(project: str = "P1", **fields: Any) -> RecordEvidence:
    """All that sales brings itself: the last step to the win of a deal that is prepared."""
    return evidence(*BY_SALES, project=project, **fields)


def won(project: str = "P1") -> list[Command]:
    """From an open deal to a won one."""
    return [*prepared(project), win(project)]


def lose(project: str = "P1", keep_contact_on: str | None = None, **fields: Any) -> LoseDeal:
    on = date.fromisoformat(keep_contact_on) if keep_contact_on else None
    return LoseDeal(project=project, reason="price", competitor="K", keep_contact_on=on, **({"actor": SALES} | fields))


def shelve(until: str, project: str = "P1", **fields: Any) -> ShelveDeal:
    return ShelveDeal(project=project, reason="no budget", revisit_on=date.fromisoformat(until), actor=SALES, **fields)


def resume(project: str = "P1", **fields: Any) -> ResumeDeal:
    return ResumeDeal(project=project, reason="budget is back", actor=SALES, **fields)


def next_step(on: str, project: str = "P1", **fields: Any) -> PlanNextStep:
    return PlanNextStep(project=project, on=date.fromisoformat(on), step="visit", actor=SALES, **fields)


def promise(name: str = "pr1", project: str = "P1", **fields: Any) -> RecordPromise:
    return RecordPromise(project=project, promise=name, about="date", text="live by May", actor=SALES, **fields)


def override(to: str, project: str = "P1", approver: str = "m1", expires_on: str = "2026-12-31", **fields: Any) -> OverrideGate:
    given: dict[str, Any] = {"reason": "strategic", "approver_role": "manager", "actor": SALES} | fields
    return OverrideGate(project=project, to=to, approver=approver, expires_on=date.fromisoformat(expires_on), **given)


def contract(starts: str = "2026-11-01", ends: str = "2027-10-31", notice: str | None = None) -> ServiceContract:
    day = date.fromisoformat
    return ServiceContract(
        service_code="SC1", starts_on=day(starts), ends_on=day(ends), notice_on=day(notice) if notice else None
    )


def checklist(kind: HandoffKind) -> dict[str, str]:
    return {item.code: f"doc-{item.code}" for item in RULES.handoffs[kind].checklist}


def offer(kind: HandoffKind = "delivery", project: str = "P1", without: tuple[str, ...] = (), **fields: Any) -> OfferHandoff:
    items = {code: reference for code, reference in checklist(kind).items() if code not in without}
    given: dict[str, Any] = {"items": items, "actor": SALES if kind == "delivery" else DELIVERY}
    if kind == "support":
        given["service_contract"] = contract()
    return OfferHandoff(project=project, kind=kind, **(given | fields))


def receiver(kind: HandoffKind) -> Actor:
    return DELIVERY if kind == "delivery" else SUPPORT


def accept(kind: HandoffKind = "delivery", project: str = "P1", **fields: Any) -> AcceptHandoff:
    return AcceptHandoff(project=project, kind=kind, **({"actor": receiver(kind)} | fields))


def condition(name: str = "c1", due_on: str = "2026-04-01") -> Condition:
    return Condition(condition=name, text="to come", due_on=date.fromisoformat(due_on))


def give_back(*items: str, kind: HandoffKind = "delivery", project: str = "P1", **fields: Any) -> ReturnHandoff:
    gaps = tuple(Gap(item=item, text="not complete") for item in items)
    return ReturnHandoff(project=project, kind=kind, gaps=gaps, **({"actor": receiver(kind)} | fields))


def submit(*deliverables: str, project: str = "P1", **fields: Any) -> SubmitDeliverables:
    pieces = tuple(Deliverable(deliverable=code, reference=f"doc-{code}") for code in deliverables)
    return SubmitDeliverables(project=project, deliverables=pieces, **({"actor": DELIVERY} | fields))


def reviewed(*deliverables: str, project: str = "P1", **fields: Any) -> ReviewDeliverables:
    reviews = tuple(Review(deliverable=code, verdict="accepted") for code in deliverables)
    return ReviewDeliverables(project=project, reviews=reviews, **({"actor": REVIEWER} | fields))


def defects(one: int = 0, two: int = 0, project: str = "P1", **fields: Any) -> RecordDefects:
    counts: dict[Any, int] = {"1": one, "2": two, "3": 4, "4": 9}
    return RecordDefects(project=project, counts=counts, reference="defect list", **({"actor": DELIVERY} | fields))


def paid(milestone: str, project: str = "P1", amount: Money | None = None, **fields: Any) -> RecordPayment:
    given: dict[str, Any] = {"reference": f"bank-{milestone}", "actor": SALES} | fields
    whole = amount or share(milestone, AMOUNT, RULES.implementation) or AMOUNT
    return RecordPayment(project=project, milestone=milestone, amount=whole, **given)


def excuse(milestone: str, project: str = "P1", expires_on: str = "2026-12-31", **fields: Any) -> OverrideMilestone:
    """An override of a milestone."""
    given: dict[str, Any] = {
        "reason": "the plant stands still",
        "approver": "m1",
        "approver_role": "manager",
        "actor": DELIVERY,
    }
    until = date.fromisoformat(expires_on)
    return OverrideMilestone(project=project, milestone=milestone, expires_on=until, **(given | fields))


def signed(milestone: str, project: str = "P1", by: tuple[str, ...] | None = None, **fields: Any) -> SignOffMilestone:
    roles = by if by is not None else tuple(signer.code for signer in MILESTONES[milestone].signers)
    signatures = tuple(Signature(role=role, signed_by=f"x-{role}") for role in roles)
    given: dict[str, Any] = {"signatures": signatures, "completion": "minutes", "actor": DELIVERY} | fields
    return SignOffMilestone(project=project, milestone=milestone, **given)


def deliverables(milestone: Milestone) -> tuple[str, ...]:
    return tuple(item.code for item in milestone.deliverables)


def settle(milestone: str, how: str = "refunded", project: str = "P1", **fields: Any) -> SettlePayment:
    given: dict[str, Any] = {"reference": "letter-9", "actor": SALES} | fields
    return SettlePayment.model_validate({"project": project, "milestone": milestone, "how": how} | given)


def ready(code: str, project: str = "P1", **fields: Any) -> list[Command]:
    """All that a milestone needs before it is signed: deliverables, their reviews, a count without defects."""
    milestone = MILESTONES[code]
    to_review = tuple(item.code for item in milestone.deliverables if item.review)
    commands: list[Command] = [submit(*deliverables(milestone), project=project, **fields)]
    commands += [reviewed(*to_review, project=project, **fields)] if to_review else []
    return commands + ([defects(project=project, **fields)] if milestone.max_open else [])


def reach(*milestones: str, project: str = "P1") -> list[Command]:
    """Deliverables, sign-off and payment of each milestone."""
    return [
        command
        for code in milestones
        for command in (
            *ready(code, project),
            signed(code, project=project),
            *([paid(code, project)] if code in RULES.implementation.terms() else []),
        )
    ]


def deliver_all(project: str = "P1") -> list[Command]:
    """Every milestone up to acceptance."""
    return reach(*(code for code in MILESTONES if code != HANDED_OVER), project=project)


def started(project: str = "P1", customer: str = "C1") -> list[Command]:
    """From nothing to an open deal."""
    return [register(customer), classify(customer=customer), open_project(project, customer)]


def handed_to_delivery(project: str = "P1", customer: str = "C1") -> list[Command]:
    return [*started(project, customer), *won(project), offer(project=project), accept(project=project)]


def in_support(project: str = "P1", customer: str = "C1") -> list[Command]:
    return [
        *handed_to_delivery(project, customer),
        *deliver_all(project),
        offer("support", project),
        accept("support", project),
    ]


def open_ticket(ticket: str = "T1", customer: str = "C1", project: str | None = None, **fields: Any) -> OpenTicket:
    """A request of the highest priority; an incident (`kind`) of that priority would escalate by itself after 30 minutes."""
    given: dict[str, Any] = {"title": "无法登录", "kind": "service_request", "impact": "high", "urgency": "high"}
    given |= {"actor": SUPPORT} | fields
    return OpenTicket(ticket=ticket, customer=customer, project=project, **given)


def judge(stream: str) -> JudgeClocks:
    return JudgeClocks(of=stream, actor=SYSTEM)


def release(**of: Any) -> ReleaseClocks:
    return ReleaseClocks(actor=SALES, **of)


def numbered(commands: list[Command], prefix: str) -> list[Command]:
    """The same commands, each with an id of its own."""
    return [command.model_copy(update={"command_id": f"{prefix}-{index}"}) for index, command in enumerate(commands, start=1)]


def on(moment: datetime, command: C) -> C:
    """The same command, for something that happened then."""
    return command.model_copy(update={"occurred_at": moment})


def days(count: float) -> timedelta:
    return timedelta(days=count)
