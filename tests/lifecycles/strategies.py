"""Any command at all: drawn from the commands' own fields, with codes that mean something often enough to do harm."""

from __future__ import annotations

import types
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from domain.catalogue import COMMANDS
from domain.messages import SYSTEM, Actor, ActorKind, Command
from domain.playbook import Playbook
from tests.domain.asked import MONDAY

Strategy = st.SearchStrategy[Any]
NOT_OF_CALLERS = {"command", "command_id", "occurred_at", "correlation_id", "causation_id", "actor"}
DAYS = st.integers(-40, 400).map(lambda days: (MONDAY + timedelta(days=days)).date())


def pools(rules: Playbook, project: str = "P1", customer: str = "C1") -> Mapping[str, Strategy]:
    """What a field of that name is filled with: codes of the playbook, ids that exist, and some that do not."""
    stages = [stage.code for stage in rules.funnel.stages]
    milestones = [milestone.code for milestone in rules.implementation.milestones]
    items = [item.code for handoff in rules.handoffs.values() for item in handoff.checklist]
    deliverables = [item.code for milestone in rules.implementation.milestones for item in milestone.deliverables]
    signers = [item.code for milestone in rules.implementation.milestones for item in milestone.signers]
    streams = [f"{kind}-{project}" for kind in ("project", "funnel", "implementation", "support")]
    streams += [f"handoff-{project}-delivery", f"handoff-{project}-support", f"customer-{customer}"]
    chosen = {
        "project": [project],
        "customer": [customer],
        "ticket": ["T1"],
        "other": ["T1", "T2"],
        "original": ["T1", "T2"],
        "parent": ["T1", "T2"],
        "child": ["T1", "T2"],
        "criterion": [*rules.funnel.criteria, "nothing"],
        "stage": stages,
        "to": [*stages, "won", rules.version],
        "milestone": [*milestones, "nothing"],
        "deliverable": [*deliverables, "nothing"],
        "item": [*items, "nothing"],
        "items": [*items, "nothing"],
        "role": [*signers, *rules.roles],
        "condition": ["c1", "c2"],
        "promise": ["pr1", "pr2"],
        "change": ["ch1", "ch2"],
        "unit": ["", "pilot", "east"],
        "approver": ["m1", "u1"],
        "signed_by": ["x1", "x2"],
        "reviewer": ["x1", "x2"],
        "approval": ["A1", "A2"],
        "withdraw": ["E1", "E6", "E9"],
        "evidence": ["E1", "E6", "E9"],
        "approver_role": ["manager", "director", "sales"],
        "of": streams,
        "part": streams,
        "days": [*milestones],
        "version": [rules.version, "2099.1"],
        "playbook": [rules.playbook],
    }
    return {name: st.sampled_from(codes) for name, codes in chosen.items()}


def actors(rules: Playbook) -> Strategy:
    """Every role there is, each in two persons, and the system itself."""
    persons = [Actor(kind=ActorKind.PERSON, id=f"{role[:1]}{n}", role=role) for role in rules.roles for n in (1, 2)]
    return st.sampled_from([*persons, SYSTEM])


def any_command(rules: Playbook, only: tuple[type[Command], ...] | None = None) -> Strategy:
    """A well-formed command of any kind, public or not, to one project and its customer; None for one that is malformed."""
    named, acting = pools(rules), actors(rules)
    classes = sorted(only or COMMANDS.values(), key=lambda one: one.__name__)
    # One of each is made here and not in each draw: making them takes longer than drawing from them.
    each = st.one_of([_fields(command, named, acting).map(partial(_made, command)) for command in classes])

    @st.composite
    def one(draw: st.DrawFn) -> Command | None:
        made: Command | None = draw(each)
        return made

    return one()  # It shows itself as `one()`, not as all that it is made of.


def _made(command: type[Command], fields: dict[str, Any]) -> Command | None:
    try:
        return command.model_validate(fields)
    except ValidationError:
        return None


def _fields(model: type[BaseModel], named: Mapping[str, Strategy], acting: Strategy | None = None) -> Strategy:
    required: dict[str, Strategy] = {}
    optional: dict[str, Strategy] = {}
    for name, info in model.model_fields.items():
        if name == "command_id" or (name in NOT_OF_CALLERS and acting is not None):
            continue
        (required if info.is_required() else optional)[name] = _value(info.annotation, name, named)
    if acting is not None:
        required["actor"] = acting
    return st.fixed_dictionaries(required, optional=optional)


def _value(annotation: Any, name: str, named: Mapping[str, Strategy]) -> Strategy:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _value(args[0], name, named)
    if origin is Literal:
        return st.sampled_from(args)
    if origin in (Union, types.UnionType):
        return st.one_of([_value(one, name, named) for one in args])
    if annotation is type(None):
        return st.none()
    if origin in (tuple, list):
        return st.lists(_value(args[0], name.removesuffix("s"), named), min_size=1, max_size=3)
    if origin is dict:
        return st.dictionaries(named.get(name, st.sampled_from(["a", "b"])), _value(args[1], "", named), min_size=1, max_size=3)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _fields(annotation, named)
    if name in named and annotation is str:
        return named[name]
    return _plain(annotation)


def _plain(annotation: Any) -> Strategy:
    by_type: dict[Any, Strategy] = {
        bool: st.booleans(),
        int: st.integers(0, 30),
        Decimal: st.sampled_from([Decimal(0), Decimal("0.01"), Decimal(1_000_000)]),
        date: DAYS,
        datetime: DAYS.map(lambda day: datetime.combine(day, MONDAY.timetz())),
        str: st.sampled_from(["x1", "x2", "CNY"]),
    }
    return by_type.get(annotation, st.sampled_from(["x1", "x2"]))
