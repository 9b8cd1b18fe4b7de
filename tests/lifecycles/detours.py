"""What also happens in real projects: steps back, approvals, returns, change orders, overrides, cancellations; as commands that
fit where the project stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from domain import streams
from domain.catalogue import COMMANDS
from domain.messages import Command
from domain.phases import phase_stream
from domain.playbook import Playbook, Playbooks
from tests.lifecycles.driver import StateOf, person

Told = tuple[str, str, dict[str, Any]]
"""Command, role of who asks, its own fields."""


def detours(state_of: StateOf, playbooks: Playbooks, project: str, now: datetime) -> Sequence[Command]:
    """Commands that fit the phase in which the project is; some are refused all the same."""
    root = state_of(streams.project(project))
    stream = phase_stream(project, root.phase)
    state = state_of(stream)
    told: list[Told] = [("CancelProject", "sales", {"reason": "x", "reference": "letter", **approved("manager")})]
    told += [("ReopenDeal", "sales", {"reason": "they came back", **approved("director")})]
    told += [("MovePlaybook", "manager", {"to": ref.version, "reason": "new rules"}) for ref in _others(root, playbooks)]
    if state.exists:
        rules = playbooks.of(state)
        told += _promises(state, root.phase, day(now, 60))
        told += _of_phase(streams.category(stream), state, rules, now)
    return [
        COMMANDS[name].model_validate({"project": project, "actor": person(role, 3), **fields})
        for name, role, fields in told
        if "project" in COMMANDS[name].model_fields
    ]


def approved(role: str) -> dict[str, Any]:
    """Somebody else's approval."""
    return {"approver": f"{role}-9", "approver_role": role}


def day(now: datetime, on: int) -> str:
    """A date some calendar days on."""
    return (now + timedelta(days=on)).date().isoformat()


def _others(root: Any, playbooks: Playbooks) -> list[Any]:
    if not root.exists:
        return []
    return [one.ref for one in playbooks if one.playbook == root.playbook.name and one.ref != root.playbook]


def _promises(state: Any, phase: str, later: str) -> list[Told]:
    told: list[Told] = []
    for one in getattr(state, "promises", ()):
        named = {"promise": one.promise, "at": phase}
        told.append(("KeepPromise", "delivery", {**named, "reference": "minutes"}))
        told.append(("BreakPromise", "delivery", {**named, "reason": "no people"}))
        consent = {"text": "live by June", "due_on": later, "consent": "letter", "consented_by": "their CIO"}
        told.append(("ChangePromise", "delivery", {**named, **consent}))
    return told


def _of_phase(kind: str, state: Any, rules: Playbook, now: datetime) -> list[Told]:
    match kind:
        case "funnel":
            return [*_answers(state), *_sale(state, rules, now)]
        case "handoff":
            return _handoff(state, rules, now)
        case "implementation":
            return [*_work(state, now), *_plan(state, rules, now)]
        case _:
            return [("RenewContract", "support", {"ends_on": day(now, 2500)})]


def _answers(state: Any) -> list[Told]:
    told: list[Told] = [("RequestApproval", "sales", {})]
    for role in ("manager", "director", "executive"):
        told += [("GiveApproval", role, {}), ("RefuseApproval", role, {"reason": "too little margin"})]
    return told if state.approvals else []


def _sale(state: Any, rules: Playbook, now: datetime) -> list[Told]:
    codes = [stage.code for stage in rules.funnel.stages]
    here = codes.index(state.stage)
    ahead = [*codes[here + 1 :], "won"][:2]
    told: list[Told] = [
        ("ShelveDeal", "sales", {"reason": "no budget", "revisit_on": day(now, 30)}),
        ("LoseDeal", "sales", {"reason": "price"}),
        ("PlanNextStep", "sales", {"on": day(now, 10), "step": "visit"}),
        ("QuotePrice", "sales", {"list_price": cny("900000"), "price": cny("400000"), "margin_percent": "4"}),
        ("SkipStage", "manager", {"reason": "known customer"}),
        ("WithdrawEvidence", "sales", {"evidence": [f"E{len(state.evidence)}"], "reason": "not signed"}),
    ]
    told += [("ReturnStage", "sales", {"to": one, "reason": "the need has changed"}) for one in codes[:here]]
    excuse = {"reason": "strategic", "expires_on": day(now, 20), **approved("manager")}
    return [*told, *(("OverrideGate", "sales", {"to": one, **excuse}) for one in ahead)]


def _handoff(state: Any, rules: Playbook, now: datetime) -> list[Told]:
    ours, kind = rules.handoffs[state.kind], {"kind": state.kind}
    items = [item.code for item in ours.checklist]
    condition = {"condition": "c1", "text": "to come", "due_on": day(now, 10)}
    told: list[Told] = [
        ("ReturnHandoff", ours.receiver, {**kind, "gaps": [{"item": items[0], "text": "old"}]}),
        ("AcceptHandoff", ours.receiver, {**kind, "conditions": [condition]}),
        ("AcceptHandoff", ours.giver, kind),
        ("OfferHandoff", ours.giver, {**kind, "items": {items[-1]: "doc"}}),
        ("MeetCondition", ours.giver, {**kind, "condition": "c1", "reference": "doc"}),
        ("RescheduleCondition", ours.receiver, {**kind, "condition": "c1", "due_on": day(now, 40), "reason": "ill"}),
    ]
    if state.kind == "delivery":
        started = {"reason": "the plant waits", "requested_by": "d7", "days": 5, "cost": cny("20000")}
        told.append(("AllowEarlyStart", "manager", started))
        told.append(("RecordEarlyWork", "delivery", {"what": "set up", "days": "2", "cost": cny("9000")}))
    return told


def _work(state: Any, now: datetime) -> list[Told]:
    units = [{"unit": "pilot", "name": "Plant 1", "pilot": True}, {"unit": "east", "name": "Plant 2"}]
    told: list[Told] = [
        ("PlanUnits", "delivery", {"units": units}),
        ("RecordDefects", "delivery", {"counts": {"1": 1, "2": 0, "3": 2, "4": 0}, "reference": "list"}),
    ]
    told += [
        ("ReviewDeliverables", "delivery", {"reviews": [{"deliverable": code, "verdict": "rejected", "findings": "thin"}]})
        for code in list(state.deliveries)[-1:]
    ]
    told += [
        ("RecordPayment", "sales", {"milestone": code, "reference": "bank", "amount": cny("1000")}) for code in state.payments
    ]
    told += [("SettlePayment", "sales", {"milestone": code, "how": "waived", "reference": "note"}) for code in state.payments]
    excuse = {"reason": "plant stands still", "expires_on": day(now, 15), **approved("manager")}
    ahead = [code for code in state.plan.forecast if code not in state.signed][:2]
    return [*told, *(("OverrideMilestone", "delivery", {"milestone": code, **excuse}) for code in ahead)]


def _plan(state: Any, rules: Playbook, now: datetime) -> list[Told]:
    ahead = [code for code in state.plan.forecast if code not in state.signed]
    told: list[Told] = [
        ("RaiseRisk", "delivery", {"risk": "r1", "text": "x", "owner": "d1", "due_on": day(now, 9), **graded("probability")}),
        ("RaiseIssue", "delivery", {"issue": "i1", "text": "x", "owner": "d1", "due_on": day(now, 9), "severity": "high"}),
        ("CloseRisk", "delivery", {"risk": "r1", "how": "gone"}),
        ("ResolveIssue", "delivery", {"issue": "i1", "how": "done"}),
    ]
    for code in ahead[:2]:
        told.append(("ReestimateMilestone", "delivery", {"milestone": code, "days": 30, "reason": "more interfaces"}))
        delay = {"milestone": code, "until": day(now, 50), "reason": "key users away"}
        told += [("HoldUntil", "delivery", delay), ("ReportDelay", "delivery", {**delay, "cause": "customer"})]
        impact = {"scope": "one more plant", "days": {code: 7}, "cost": cny("50000")}
        told.append(("RequestChange", "delivery", {"change": f"ch-{code}", "what": "x", "reason": "x", "impact": impact}))
    for change in [f"ch-{code}" for code in ahead[:2]]:
        told += [(name, "manager", {"change": change}) for name in ("ApproveChange",)]
        told.append(("SignChange", "delivery", {"change": change, "signed_by": "their CIO", "reference": "paper"}))
        told.append(("DeclineChange", "delivery", {"change": change, "declined_by": "their CIO", "reason": "no budget"}))
    return told


def cny(amount: str) -> dict[str, str]:
    """An amount in yuan."""
    return {"amount": amount, "currency": "CNY"}


def graded(name: str) -> dict[str, str]:
    """A risk's grades."""
    return {name: "high", "impact": "high"}
