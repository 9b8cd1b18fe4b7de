"""How a plan answers a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from domain import streams
from domain.customer.merging import gone, is_of
from domain.decider import Context
from domain.messages import Event
from domain.origin import Origin, known
from domain.plan import acting, reviewing, subject, targets
from domain.plan.commands import (
    AddAction,
    AllocateTarget,
    ChangePlanOwner,
    ClosePlan,
    Commands,
    CompleteAction,
    DropAction,
    MoveAction,
    RecordReview,
    ReviewPlan,
    RevisePlan,
    SetPlan,
    SetTarget,
    TakeTarget,
)
from domain.plan.events import Content, PlanClosed, PlanOwnerChanged, PlanRevised, PlanSet
from domain.plan.refusals import NothingRevisedError, PlanClosedError, PlanMisfitError
from domain.plan.state import State
from domain.plan.terms import KIND_NAMES, PARENT_KIND
from domain.planned import NoteSubject
from domain.refusals import AlreadyExistsError


def looks_at(command: Commands) -> tuple[str, ...]:
    """Setting looks at what the plan is about and hangs under, allocating at the plans below, taking at the one above."""
    match command:
        case SetPlan():
            about = [streams.customer(command.customer)] if command.customer else []
            about += [streams.project(command.project)] if command.project else []
            return (*about, *([streams.plan(command.parent)] if command.parent else []))
        case AllocateTarget():
            return tuple(streams.plan(one.plan) for one in command.shares)
        case TakeTarget():
            return (streams.plan(command.parent),)
        case NoteSubject():
            return (command.source,) if streams.category(command.source) in ("customer", "project") else ()
        case _:
            return ()


def looks_further(command: Commands, seen: Mapping[str, Any]) -> tuple[str, ...]:
    """A project of a duplicate belongs under a plan of the customer that stands for it, which tells whom it stands for."""
    if not isinstance(command, SetPlan) or command.kind != "project" or command.parent is None:
        return ()
    parent = seen.get(streams.plan(command.parent))
    return (streams.customer(parent.root.customer),) if parent is not None and parent.exists and parent.root.customer else ()


def decide(command: Commands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command to a plan."""
    if isinstance(command, SetPlan):
        return _set(command, state, context)
    if state.closed_at is not None and not isinstance(command, RecordReview):
        if command.internal:
            return []  # Word that was on its way when the plan was closed.
        raise PlanClosedError(f"The plan {command.plan} is closed; set a new one (SetPlan).")
    match command:
        case RevisePlan():
            return _revise(command, state, context)
        case ClosePlan():
            return [PlanClosed(occurred_at=state.not_before(context.at), reason=command.reason)]
        case ChangePlanOwner():
            return _change_owner(command, state, context)
        case NoteSubject():
            return subject.note(command, state, context)
        case SetTarget() | AllocateTarget() | TakeTarget():
            return targets.decide(command, state, context)
        case AddAction() | MoveAction() | CompleteAction() | DropAction():
            return acting.decide(command, state, context)
        case ReviewPlan() | RecordReview():
            return reviewing.decide(command, state, context)
        case _:
            assert_never(command)


def _set(command: SetPlan, state: State, context: Context) -> Sequence[Event]:
    if state.exists:
        raise AlreadyExistsError(f"The plan {command.plan} is set already; revise it (RevisePlan).")
    about = _about(command, context.seen)
    _under(command, about, context.seen)
    customer = about.root.customer if about is not None else ""
    origin = Origin(
        customer=customer,
        project=command.project or "",
        value_class=_class_of(about),
        owner=command.owner,
        owner_unit=command.owner_unit,
        playbook=context.playbooks.latest().ref,
    )
    return [
        PlanSet(
            occurred_at=context.at,
            origin=origin,
            plan=command.plan,
            kind=command.kind,
            industry=command.industry,
            region=command.region,
            unit=command.unit,
            parent=command.parent or "",
            content=Content(**command.model_dump(include=set(Content.model_fields))),
            currency=command.currency,
        )
    ]


def _about(command: SetPlan, seen: Mapping[str, Any]) -> Any:
    """The customer or project that the plan is about; None for an industry plan. Raises `PlanMisfitError`."""
    wanted = {"industry": "industry", "customer": "customer", "project": "project"}[command.kind]
    given = {name for name in ("industry", "customer", "project", "region", "unit") if getattr(command, name)}
    allowed = {wanted, "region", "unit"} if command.kind == "industry" else {wanted}
    if wanted not in given or given - allowed:
        also = ", and may name a `region` and a `unit`" if command.kind == "industry" else " and nothing beside it"
        raise PlanMisfitError(f"A plan of kind {command.kind} names its `{wanted}`{also}.")
    if command.kind == "customer":
        customer = known(seen.get(streams.customer(str(command.customer))), f"customer {command.customer}", "register it first")
        if customer.record.merged is not None:
            raise gone(customer)
        return customer
    if command.kind == "project":
        project = known(seen.get(streams.project(str(command.project))), f"project {command.project}", "open it first")
        if project.cancelled is not None:
            raise PlanMisfitError(f"The project {command.project} is cancelled: nothing of it is left to plan.")
        return project
    return None


def _class_of(about: Any) -> str:
    return getattr(about, "value_class", "") or about.root.value_class if about is not None else ""


def _under(command: SetPlan, about: Any, seen: Mapping[str, Any]) -> None:
    """Raises a refusal when the plan does not fit under its parent."""
    if command.parent is None:
        return
    parent: State = known(seen.get(streams.plan(command.parent)), f"plan {command.parent}", "set it first (SetPlan)")
    above = PARENT_KIND[command.kind]
    if above is None:
        raise PlanMisfitError("An industry plan hangs under no other; leave `parent` out.")
    named = f"{KIND_NAMES[parent.kind].en} {command.parent}"
    if parent.kind != above:
        raise PlanMisfitError(f"A {KIND_NAMES[command.kind].en} hangs under a plan of kind {above}, not under the {named}.")
    if parent.closed_at is not None:
        raise PlanMisfitError(f"The {named} is closed; name one that is in force.")
    if parent.currency != command.currency:
        raise PlanMisfitError(f"The {named} is in {parent.currency}, so the plan under it is as well.")
    if command.starts_on > parent.content.ends_on or command.ends_on < parent.content.starts_on:
        raise PlanMisfitError(f"The {named} has another period; the two must have days in common.")
    if command.kind == "project" and not _of_customer(about.root.customer, parent, seen):
        raise PlanMisfitError(f"The {named} is about customer {parent.root.customer}, the project is of another.")
    if command.kind == "customer":
        _in_industry(parent, about, named)


def _of_customer(customer: str, parent: State, seen: Mapping[str, Any]) -> bool:
    """Whether the customer plan above is about that customer, or about the one that stands for it as a duplicate."""
    above = seen.get(streams.customer(parent.root.customer))
    return customer == parent.root.customer or (above is not None and is_of(customer, above))


def _in_industry(parent: State, customer: Any, named: str) -> None:
    """Raises when the figures of the customer would not be among those of the industry plan."""
    pairs = (
        ("industry", parent.industry, customer.industry),
        ("region", parent.region, customer.region),
        ("unit", parent.unit, customer.unit_now),
    )
    for what, wanted, found in pairs:
        if wanted and wanted != found:
            raise PlanMisfitError(f"The {named} is about the {what} {wanted!r}, the customer's is {found!r}.")


def _revise(command: RevisePlan, state: State, context: Context) -> Sequence[Event]:
    given = command.model_dump(include=set(Content.model_fields), exclude_none=True)
    content = Content.model_validate({**state.content.model_dump(), **given})
    if content == state.content:
        raise NothingRevisedError("The revision says nothing new; give at least one field that differs.")
    if content.ends_on < content.starts_on:
        raise PlanMisfitError("The plan would end before it starts (`ends_on`, `starts_on`).")
    outside = [one.period for one in state.targets.values() if not one.taken_from and not _inside(one, content)]
    if outside:
        raise PlanMisfitError(f"The plan has targets outside of the new dates: {', '.join(dict.fromkeys(outside))}.")
    return [
        PlanRevised(
            occurred_at=state.not_before(context.at),
            version=state.version + 1,
            before=state.content,
            content=content,
            reason=command.reason,
            by=command.actor.id,
        )
    ]


def _inside(target: Any, content: Content) -> bool:
    return bool(content.starts_on <= target.first and target.last <= content.ends_on) or target.amount.amount == 0


def _change_owner(command: ChangePlanOwner, state: State, context: Context) -> Sequence[Event]:
    unit = command.owner_unit or state.unit_now
    if (command.owner, unit) == (state.owner_now, state.unit_now):
        raise NothingRevisedError(f"{command.owner} of {unit} answers for the plan already.")
    return [
        PlanOwnerChanged(
            occurred_at=state.not_before(context.at),
            before=state.owner_now,
            owner=command.owner,
            before_unit=state.unit_now,
            owner_unit=unit,
            reason=command.reason,
        )
    ]
