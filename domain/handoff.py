"""The handoff 交接 between two teams: an offer that the receiver answers; the giver has the duty until then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Annotated, ClassVar, Literal, assert_never, get_args

from pydantic import Field, StringConstraints

from domain import streams
from domain.clocks import ClocksReleased
from domain.decider import Context, Decider
from domain.funnel import Promise
from domain.messages import Command, Day, Event, Frozen, Id, Money, Name, Text
from domain.origin import Origin, Rooted, known, listed, morning_of, not_past
from domain.phases import phase_completed
from domain.playbook import HandoffRules, Playbook
from domain.refusals import AlreadyExistsError, RefusalError
from domain.standing import Begin, Clock, Tell, Unmet, View
from domain.streams import HandoffKind

NAME = Name(en="handoff", zh="交接")

Status = Literal["preparing", "offered", "returned", "accepted"]
STATUS_NAMES: dict[Status, Name] = {
    "preparing": Name(en="being prepared", zh="准备中"),
    "offered": Name(en="offered", zh="待接收"),
    "returned": Name(en="returned", zh="已退回"),
    "accepted": Name(en="accepted", zh="已接收"),
}

ItemCode = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


# What is asked


class HandoffCommand(Command):
    """A command to one of a project's handoffs."""

    project: Id
    kind: HandoffKind
    """`delivery` is sales to delivery (G1), `support` is delivery to support (G2)."""

    @property
    def stream(self) -> str:
        """The handoff's stream."""
        return streams.handoff(self.project, self.kind)


class OpenHandoff(HandoffCommand):
    """Begin a handoff: the giver's clock starts."""

    command: Literal["OpenHandoff"] = "OpenHandoff"
    opens: ClassVar[bool] = True
    internal: ClassVar[bool] = True


class ServiceContract(Frozen):
    """The support contract that the receiver takes over."""

    service_code: Id
    starts_on: Day
    ends_on: Day
    notice_on: Day | None = None
    """The last day to give notice; by the playbook's notice days when left out."""
    fee: Money | None = None


class OfferHandoff(HandoffCommand):
    """Offer the handoff with its checklist; after a return, offer it again with what was missing."""

    command: Literal["OfferHandoff"] = "OfferHandoff"
    items: dict[ItemCode, Text] = Field(default_factory=dict)
    """The proof of each checklist item, by its code; what was offered before need not be repeated."""
    service_contract: ServiceContract | None = None
    """For the handoff to support: the contract with its service code."""


class Condition(Frozen):
    """Something that the receiver accepts as still to come, with its date."""

    condition: Id
    text: Text
    due_on: Day


class AcceptHandoff(HandoffCommand):
    """Accept the offer, with dated conditions if need be: the duty passes to the receiver."""

    command: Literal["AcceptHandoff"] = "AcceptHandoff"
    conditions: tuple[Condition, ...] = ()


class Gap(Frozen):
    """What is wrong with one item of the checklist."""

    item: ItemCode
    text: Text


class ReturnHandoff(HandoffCommand):
    """Return the offer to its giver with named gaps."""

    command: Literal["ReturnHandoff"] = "ReturnHandoff"
    gaps: Annotated[tuple[Gap, ...], Field(min_length=1)]


class MeetCondition(HandoffCommand):
    """A condition of the acceptance is met."""

    command: Literal["MeetCondition"] = "MeetCondition"
    condition: Id
    reference: Text


Commands = OpenHandoff | OfferHandoff | AcceptHandoff | ReturnHandoff | MeetCondition


# What happened


class HandoffOpened(Event):
    """The giver must prepare the offer; the promises of the sale are in it from the start."""

    type: ClassVar[str] = "HandoffOpened"
    origin: Origin
    kind: HandoffKind
    promises: tuple[Promise, ...]


class HandoffOffered(Event):
    """The receiver must answer."""

    type: ClassVar[str] = "HandoffOffered"
    round: int
    items: dict[str, str]
    service_contract: ServiceContract | None


class HandoffAccepted(Event):
    """The duty has passed to the receiver."""

    type: ClassVar[str] = "HandoffAccepted"
    round: int
    conditions: tuple[Condition, ...]


class HandoffReturned(Event):
    """The duty stays with the giver, who must close the named gaps."""

    type: ClassVar[str] = "HandoffReturned"
    round: int
    gaps: tuple[Gap, ...]


class HandoffOverdue(Event):
    """The side that must act has not done so in time; `occurred_at` is the due time."""

    type: ClassVar[str] = "HandoffOverdue"
    side: Literal["giver", "receiver"]
    who: str
    round: int


class ConditionMet(Event):
    """A condition of the acceptance is met."""

    type: ClassVar[str] = "ConditionMet"
    condition: str
    reference: str


class ConditionLapsed(Event):
    """A condition was not met by its date."""

    type: ClassVar[str] = "ConditionLapsed"
    condition: str
    who: str
    """The role that must act."""


Events = (
    HandoffOpened
    | HandoffOffered
    | HandoffAccepted
    | HandoffReturned
    | HandoffOverdue
    | ConditionMet
    | ConditionLapsed
    | ClocksReleased
)


# What is


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """A handoff as its events tell it."""

    kind: HandoffKind = "delivery"
    status: Status = "preparing"
    round: int = 1
    since: datetime | None = None
    """When the side that must act now got its turn."""
    overdue: bool = False
    items: Mapping[str, str] = field(default_factory=dict)
    promises: tuple[Promise, ...] = ()
    gaps: tuple[Gap, ...] = ()
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    """The open ones, by id."""
    lapsed: tuple[str, ...] = ()
    service_contract: ServiceContract | None = None

    @property
    def completed(self) -> bool:
        """True when the receiver has the duty."""
        return self.status == "accepted"


# What is refused


class PhaseNotReachedError(RefusalError):
    """The project has not reached this handoff."""


class ItemUnknownError(RefusalError):
    """The checklist has no such item."""


class ChecklistIncompleteError(RefusalError):
    """A required item of the checklist has no proof."""


class HandoffNotOfferedError(RefusalError):
    """There is no offer to answer."""


class HandoffAlreadyOfferedError(RefusalError):
    """The offer is with the receiver; it is their turn."""


class HandoffAcceptedAlreadyError(RefusalError):
    """The handoff is accepted; it cannot be offered, accepted or returned again."""


class NotTheReceiverError(RefusalError):
    """Only the receiving team answers an offer."""


class ServiceContractMissingError(RefusalError):
    """Support takes over a contract with a service code, or nothing."""


class ServicePeriodWrongError(RefusalError):
    """The service period or its notice date makes no sense."""


class ConditionTwiceError(RefusalError):
    """Two conditions of an acceptance have the same id."""


class ConditionUnknownError(RefusalError):
    """No open condition has that id."""


def looks_at(command: Commands) -> tuple[str, ...]:
    """Opening looks at the project's phase and at the sale, whose promises it carries."""
    if isinstance(command, OpenHandoff):
        return (streams.project(command.project), streams.funnel(command.project))
    return ()


def decide(command: Commands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command to a handoff."""
    match command:
        case OpenHandoff():
            return _open(command, state, context)
        case OfferHandoff():
            return _offer(command, state, context)
        case AcceptHandoff() | ReturnHandoff():
            return _answer(command, state, context)
        case MeetCondition():
            if command.condition not in state.conditions:
                open_ones = listed(state.conditions) or "none"
                raise ConditionUnknownError(f"There is no open condition {command.condition!r}; open: {open_ones}.")
            return [ConditionMet(occurred_at=context.at, condition=command.condition, reference=command.reference)]
        case _:
            assert_never(command)


def _open(command: OpenHandoff, state: State, context: Context) -> Sequence[Event]:
    if state.exists:
        raise AlreadyExistsError(f"The handoff to {command.kind} of {command.project} is open already.")
    project = known(context.seen.get(streams.project(command.project)), f"project {command.project}", "open it first")
    if project.phase != f"handoff-{command.kind}":
        raise PhaseNotReachedError(f"Project {command.project} is in its phase {project.phase}, not at this handoff.")
    deal = context.seen[streams.funnel(command.project)]
    return [
        HandoffOpened(
            occurred_at=context.at,
            origin=project.root.model_copy(update={"held": project.held}),
            kind=command.kind,
            promises=deal.promises,
        )
    ]


def _offer(command: OfferHandoff, state: State, context: Context) -> Sequence[Event]:
    _still_open(state)
    if state.status == "offered":
        raise HandoffAlreadyOfferedError("The offer is with the receiver already: wait for the answer.")
    rules = context.rules(state).handoffs[state.kind]
    items = {item.code for item in rules.checklist}
    if unknown := [code for code in command.items if code not in items]:
        raise ItemUnknownError(f"The checklist has no item {listed(unknown)}; it has {listed(sorted(items))}.")
    offered = {**_kept(state), **command.items}
    if lacking := _lacking(offered, rules):
        raise ChecklistIncompleteError(
            f"The offer lacks {listed(item.code for item in lacking)}: give each its proof under `items`.", lacking
        )
    contract = command.service_contract or state.service_contract
    _check_contract(contract, state)
    kept = _kept(state)  # A gap may be closed in the very document that had it: its item counts as brought again.
    fresh = {code: reference for code, reference in command.items.items() if kept.get(code) != reference}
    return [
        HandoffOffered(
            occurred_at=state.not_before(context.at), round=state.round, items=fresh, service_contract=command.service_contract
        )
    ]


def _kept(state: State) -> dict[str, str]:
    """What was offered before and not found wanting."""
    wanting = {gap.item for gap in state.gaps}
    return {code: reference for code, reference in state.items.items() if code not in wanting}


def _lacking(offered: Mapping[str, str], rules: HandoffRules) -> list[Unmet]:
    return [item.unmet() for item in rules.checklist if item.required and item.code not in offered]


def _check_contract(contract: ServiceContract | None, state: State) -> None:
    if state.kind != "support":
        return
    if contract is None:
        missing = Unmet(code="service_contract", name=Name(en="service contract with its code", zh="服务合同与服务编码"))
        raise ServiceContractMissingError("Give `service_contract` with its service code and period.", [missing])
    if contract.ends_on <= contract.starts_on:
        raise ServicePeriodWrongError(f"The service period ends on {contract.ends_on}, before it has begun.")
    if contract.notice_on and not contract.starts_on <= contract.notice_on <= contract.ends_on:
        raise ServicePeriodWrongError(f"The notice date {contract.notice_on} lies outside the service period.")


def _answer(command: AcceptHandoff | ReturnHandoff, state: State, context: Context) -> Sequence[Event]:
    _still_open(state)
    rules = context.rules(state).handoffs[state.kind]
    if state.status != "offered":
        lacking = _lacking(_kept(state), rules)
        raise HandoffNotOfferedError(f"There is no offer to answer: {rules.giver} must make it (OfferHandoff) first.", lacking)
    if command.actor.role != rules.receiver:
        raise NotTheReceiverError(f"The offer is answered by {rules.receiver}, not by {command.actor.role or 'nobody'}.")
    at = state.not_before(context.at)
    if isinstance(command, AcceptHandoff):
        _check_conditions(command, at, context.rules(state))
        return [HandoffAccepted(occurred_at=at, round=state.round, conditions=command.conditions)]
    items = {item.code for item in rules.checklist}
    if unknown := [gap.item for gap in command.gaps if gap.item not in items]:
        raise ItemUnknownError(f"The checklist has no item {listed(unknown)}; it has {listed(sorted(items))}.")
    return [HandoffReturned(occurred_at=at, round=state.round, gaps=command.gaps)]


def _check_conditions(command: AcceptHandoff, at: datetime, playbook: Playbook) -> None:
    names = [condition.condition for condition in command.conditions]
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise ConditionTwiceError(f"Each condition has an id of its own; {listed(twice)} stands there more than once.")
    for condition in command.conditions:
        not_past(condition.due_on, at, playbook.calendar, f"date of the condition {condition.condition}")


def _still_open(state: State) -> None:
    if state.status == "accepted":
        raise HandoffAcceptedAlreadyError("The handoff is accepted already.")


def evolve(state: State, event: Events) -> State:
    """The handoff after one more fact."""
    at = event.occurred_at
    match event:
        case HandoffOpened():
            return replace(
                state,
                origin=event.origin,
                held=event.origin.held,
                kind=event.kind,
                promises=event.promises,
                since=at,
                as_of=at,
            )
        case HandoffOffered():
            items = {**_kept(state), **event.items}
            contract = event.service_contract or state.service_contract
            turned = replace(state, items=items, gaps=(), service_contract=contract)
            return replace(turned, status="offered", since=at, overdue=False, as_of=at)
        case HandoffAccepted():
            conditions = {condition.condition: condition for condition in event.conditions}
            return replace(state, status="accepted", conditions=conditions, overdue=False, since=at, as_of=at)
        case HandoffReturned():
            turned = replace(state, status="returned", gaps=event.gaps, round=state.round + 1)
            return replace(turned, since=at, overdue=False, as_of=at)
        case HandoffOverdue():
            return replace(state, overdue=True)
        case ConditionMet():
            left = {key: value for key, value in state.conditions.items() if key != event.condition}
            return replace(state, conditions=left)
        case ConditionLapsed():
            return replace(state, lapsed=(*state.lapsed, event.condition))
        case ClocksReleased():
            return replace(state, held=False)
        case _:
            assert_never(event)


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The turn of the side that must act, and the dates of accepted conditions."""
    rules = playbook.handoffs[state.kind]
    if state.status == "accepted":
        for condition in state.conditions.values():
            if condition.condition not in state.lapsed:
                due = _morning_after(condition.due_on, playbook)
                fact = ConditionLapsed(occurred_at=due, condition=condition.condition, who=rules.giver)
                yield Clock(f"condition-{condition.condition}-lapsed", due, "condition of the acceptance 附条件到期", fact)
        return
    if state.overdue:
        return
    side: Literal["giver", "receiver"] = "receiver" if state.status == "offered" else "giver"
    due = due_at(state, playbook)
    yield Clock(
        name=f"handoff-{side}-overdue-{state.round}",
        at=due,
        text="answer of the receiver 接收方答复" if side == "receiver" else "offer of the giver 移交方提交",
        fact=HandoffOverdue(
            occurred_at=due, side=side, who=rules.receiver if side == "receiver" else rules.giver, round=state.round
        ),
    )


def _morning_after(day: date, playbook: Playbook) -> datetime:
    """When a date is over: what is due on it may be done all day."""
    return morning_of(day + timedelta(days=1), playbook.calendar)


def due_at(state: State, playbook: Playbook) -> datetime:
    """When the side that must act has to have acted."""
    assert state.since is not None
    rules = playbook.handoffs[state.kind]
    if state.status == "offered":
        return playbook.calendar.add_working_time(state.since, timedelta(hours=rules.answer_within))
    return playbook.calendar.add_working_days(state.since, rules.offer_within)


def owes(state: State) -> Sequence[Begin | Tell]:
    """An accepted handoff lets the project go on."""
    if not state.completed:
        return ()
    phase: Literal["handoff-delivery", "handoff-support"] = (
        "handoff-delivery" if state.kind == "delivery" else "handoff-support"
    )
    return (phase_completed(state.root.project, phase, state.since, "handoff accepted 交接已接收"),)


def view(state: State, playbook: Playbook) -> View:
    """Whose turn it is, what is missing, and by when."""
    rules = playbook.handoffs[state.kind]
    common = {"code": state.status, "phase": f"handoff-{state.kind}", **state.fields_of_origin()}
    name = Name(en=f"{rules.name.en}: {STATUS_NAMES[state.status].en}", zh=f"{rules.name.zh}：{STATUS_NAMES[state.status].zh}")
    if state.status == "accepted":
        due = min((condition.due_on for condition in state.conditions.values()), default=None)
        late = any(condition in state.lapsed for condition in state.conditions)
        return View(
            name=name,
            closed=not state.conditions,
            waiting_for=rules.giver if state.conditions else "",
            due_at=_morning_after(due, playbook) if due else None,
            health="overdue" if late else "ok",
            needs_human=late,
            reason="a condition of the acceptance has lapsed 附条件逾期" if late else "",
            **common,
        )
    lacking = _lacking(_kept(state), rules) if state.status != "offered" else []
    waiting_for = rules.receiver if state.status == "offered" else rules.giver
    return View(
        name=name,
        closed=False,
        waiting_for=waiting_for,
        due_at=due_at(state, playbook),
        health="overdue" if state.overdue else "at-risk" if state.status == "returned" else "ok",
        needs_human=state.overdue or state.status in ("offered", "returned"),
        reason=_reason(state),
        missing=tuple(lacking),
        **common,
    )


def _reason(state: State) -> str:
    late = "; the time for it has run out，已超时" if state.overdue else ""
    match state.status:
        case "offered":
            return f"offered, waiting for the receiver's answer 待接收方答复{late}"
        case "returned":
            return f"returned with named gaps 已退回，待补齐{late}"
        case _:
            return f"the offer is not made yet 尚未提交{late}" if state.overdue else ""


DECIDER = Decider[State](
    category="handoff",
    name=NAME,
    commands=get_args(Commands),
    events=get_args(Events),
    initial=State,
    decide=decide,
    evolve=evolve,
    clocks=clocks,
    owes=owes,
    view=view,
    looks_at=looks_at,
)
