"""Deals under rules that the standard playbook does not have, and what is asked of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from domain.dwell import UsualDwells, nothing_learned
from domain.funnel import (
    GiveApproval,
    RefuseApproval,
    ReopenDeal,
    RequestApproval,
    ReturnStage,
    SkipStage,
    WithdrawEvidence,
)
from domain.messages import Actor, ActorKind
from domain.playbook import Playbook, Playbooks
from tests.domain.asked import RULES, SALES
from tests.domain.scenario import Given, Told, World

DEAL = "funnel-P1"
APPROVAL = {"role": "manager", "within": 8, "deputy": "director", "deputy_within": 4, "escalate_to": "executive"}


def person(name: str, role: str, on_behalf_of: str = "") -> Actor:
    return Actor(kind=ActorKind.PERSON, id=name, role=role, on_behalf_of=on_behalf_of)


MANAGER, DIRECTOR, EXECUTIVE = person("m1", "manager"), person("x1", "director"), person("e1", "executive")


def playbook(stages: Mapping[str, Mapping[str, Any]] | None = None, **funnel: Any) -> Playbook:
    """The standard playbook, with other rules for some stages and for the funnel."""
    document = RULES.model_dump(mode="json")
    for stage in document["funnel"]["stages"]:
        stage |= (stages or {}).get(stage["code"], {})
    document["funnel"] |= funnel
    return Playbook.model_validate_json(json.dumps(document))


def under(rules: Playbook, *told: Told, usual: UsualDwells = nothing_learned) -> Given:
    """A world that lives by those rules, in which these commands have been taken."""
    return Given(World(playbooks=Playbooks([rules]), usual=usual).tell(*told))


def withdraw(*ids: str, **fields: Any) -> WithdrawEvidence:
    return WithdrawEvidence(project="P1", evidence=ids, reason="the paper was forged", **({"actor": SALES} | fields))


def approve(actor: Actor = MANAGER, approval: str | None = None) -> GiveApproval:
    return GiveApproval(project="P1", approval=approval, actor=actor)


def refuse(actor: Actor = MANAGER, approval: str | None = None) -> RefuseApproval:
    return RefuseApproval(project="P1", approval=approval, reason="not like this", actor=actor)


def request(actor: Actor = SALES) -> RequestApproval:
    return RequestApproval(project="P1", actor=actor)


def back(to: str, *ids: str, **fields: Any) -> ReturnStage:
    return ReturnStage(project="P1", to=to, reason="it does not hold", withdraw=ids, **({"actor": SALES} | fields))


def skip(actor: Actor = MANAGER) -> SkipStage:
    return SkipStage(project="P1", reason="an old customer", actor=actor)


def reopen(**fields: Any) -> ReopenDeal:
    given: dict[str, Any] = {"approver": "m1", "approver_role": "manager", "actor": SALES} | fields
    return ReopenDeal(project="P1", reason="the competitor failed", **given)
