"""The gates, read from the playbook a second time and apart from the deciders: what must be on record before one is passed.

Only events are looked at, so it does not matter by which command, door or clock a gate was passed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from domain import funnel, handoff, implementation, project
from domain.messages import Event
from domain.playbook import FunnelRules, HandoffRules, ImplementationRules, Playbooks
from domain.streams import category


def wrongly_passed(events: Mapping[str, Sequence[Event]], playbooks: Playbooks) -> list[str]:
    """Each gate that was passed without what it asks for, as a sentence; streams with their events, the oldest first."""
    found: list[str] = []
    for stream, happened in events.items():
        if not happened:
            continue
        rules = playbooks.get(getattr(happened[0], "origin").playbook)  # noqa: B009 -- the first event always has one
        match category(stream):
            case "funnel":
                found += _Funnel(rules.funnel, str(getattr(happened[0], "origin").value_class)).read(happened)  # noqa: B009
            case "handoff":
                found += _handoff(rules.handoffs[getattr(happened[0], "kind")], happened)  # noqa: B009
            case "implementation":
                found += _Implementation(rules.implementation).read(happened)
            case "project":
                found += _project(stream.partition("-")[2], happened, events)
            case _:
                pass
    return found


@dataclass
class _Funnel:
    rules: FunnelRules
    value_class: str
    stage: str = ""
    recorded: int = 0
    evidence: dict[str, str] = field(default_factory=dict)
    requests: dict[str, Any] = field(default_factory=dict)
    given: set[tuple[str, str]] = field(default_factory=set)
    quote: Any = None
    excused: dict[str, set[str]] = field(default_factory=dict)

    def read(self, events: Sequence[Event]) -> Iterator[str]:
        for event in events:
            yield from self._passing(event)
            self._note(event)

    def _passing(self, event: Event) -> Iterator[str]:
        match event:
            case funnel.StageAdvanced() | funnel.DealWon():
                lacking = self._lacking() - self.excused.pop(self.stage, set())
                if lacking:
                    yield f"{type(event).__name__} left {self.stage} without {sorted(lacking)}"
                expected = self.rules.after(self.stage)
                if isinstance(event, funnel.DealWon) and expected is not None and not self.rules.partner(self.stage):
                    yield f"won in {self.stage}"
            case funnel.StageSkipped() if not self.rules.stage(event.left).skippable_by:
                yield f"{event.left} was skipped"
            case funnel.StagesSwapped() if self.rules.partner(event.left) != event.entered:
                yield f"{event.left} was swapped with {event.entered}"
            case funnel.StageReturned() if self._place(event.entered) > self._place(event.left):
                yield f"a step back led from {event.left} on to {event.entered}"
            case _:
                pass

    def _note(self, event: Event) -> None:
        match event:
            case funnel.FunnelOpened():
                self.stage = event.stage
            case funnel.EvidenceRecorded():
                self.recorded += 1
                self.evidence[event.evidence_id or f"E{self.recorded}"] = event.criterion
            case funnel.EvidenceWithdrawn():
                self.evidence = {key: code for key, code in self.evidence.items() if key not in event.evidence}
                self.given = {one for one in self.given if one[0] != "gate"}
            case funnel.PriceQuoted():
                self.quote = event
            case funnel.ApprovalRequested():
                self.requests[event.approval] = event
            case funnel.ApprovalGiven():
                asked = self.requests[event.approval]
                self.given.add((asked.subject, asked.quote if asked.subject == "price" else asked.stage))
            case funnel.GateOverridden():
                self.excused[event.stage] = set(event.missing)
            case funnel.StageAdvanced() | funnel.StagesSwapped() | funnel.StageReturned() | funnel.StageSkipped():
                self.stage = event.entered
                self.given = {one for one in self.given if one[0] != "gate"}
            case _:
                pass

    def _lacking(self) -> set[str]:
        stage = self.rules.stage(self.stage)
        proven = set(self.evidence.values())
        lacking = {
            item.code for item in stage.criteria if item.required and item.proof == "document" and item.code not in proven
        }
        lacking |= {item.code for item in stage.criteria if item.required and item.proof == "quote" and not self._priced()}
        if stage.approval and ("gate", self.stage) not in self.given:
            lacking.add("approval")
        return lacking

    def _priced(self) -> bool:
        if self.quote is None or self.rules.price is None:
            return False
        limits = self.rules.price.limits_of(self.value_class)
        price, listed = self.quote.price.amount, self.quote.list_price.amount
        cost = self.quote.cost.amount if self.quote.cost else None
        margin = self.quote.margin_percent if cost is None else (price - cost) / price * 100 if price else Decimal(0)
        discount = (listed - price) / listed * 100 if listed else Decimal(0)
        return (
            bool(margin >= limits.margin_floor and discount <= limits.discount_limit)
            or ("price", self.quote.quote) in self.given
        )

    def _place(self, code: str) -> int:
        return [stage.code for stage in self.rules.stages].index(code)


def _handoff(rules: HandoffRules, events: Sequence[Event]) -> Iterator[str]:
    offered: set[str] = set()
    open_offer = False
    for event in events:
        match event:
            case handoff.HandoffOffered():
                offered |= set(event.items)
                open_offer = True
            case handoff.HandoffReturned():
                offered -= {gap.item for gap in event.gaps}
                open_offer = False
            case handoff.HandoffAccepted():
                asked = {item.code for item in rules.checklist if item.required and item.code != rules.ledger_item}
                if not open_offer or asked - offered:
                    yield f"accepted without {sorted(asked - offered)}"
                open_offer = False
            case _:
                pass


@dataclass
class _Implementation:
    rules: ImplementationRules
    graph: dict[str, tuple[str, ...]] = field(default_factory=dict)
    submitted: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)
    counts: dict[str, Mapping[str, int]] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)

    def read(self, events: Sequence[Event]) -> Iterator[str]:
        for event in events:
            match event:
                case implementation.PlanBaselined():
                    after = {one.code: one.after for one in event.milestones}
                    self.graph = after or {one.code: one.after for one in self.rules.milestones}
                case implementation.DeliverableSubmitted():
                    self.submitted.add(event.deliverable)
                    self.accepted.discard(event.deliverable)
                case implementation.DeliverableReviewed():
                    (self.accepted.add if event.verdict == "accepted" else self.accepted.discard)(event.deliverable)
                case implementation.DefectsCounted():
                    self.counts[event.unit] = event.counts
                case implementation.MilestoneOverridden():
                    self.passed.add(event.milestone)
                case implementation.MilestoneSignedOff():
                    yield from (f"{event.milestone} was signed without {one}" for one in self._lacking(event))
                    self.passed.add(event.milestone)
                case _:
                    pass

    def _lacking(self, event: implementation.MilestoneSignedOff) -> Iterator[str]:
        rules, unit = self.rules.milestone(event.milestone), event.milestone.partition("@")[2]
        yield from (code for code in self.graph[event.milestone] if code not in self.passed)
        for item in rules.deliverables:
            code = f"{item.code}@{unit}" if unit else item.code
            if item.required and code not in self.submitted:
                yield code
            if item.review and code in self.submitted - self.accepted:
                yield f"a review of {code}"
        yield from {item.code for item in rules.signers} - {one.role for one in event.signatures}
        people = [one.signed_by for one in event.signatures]
        if self.rules.distinct_signers and len(set(people)) < len(people):
            yield "a person for each signature"
        counts = self.counts.get(unit, {})
        for severity, most in rules.max_open.items():
            if str(severity) not in {str(key) for key in counts} and not counts:
                yield f"a count of severity {severity}"
            elif {str(key): count for key, count in counts.items()}.get(str(severity), 0) > most:
                yield f"few enough defects of severity {severity}"


ORDER = ["funnel", "handoff-delivery", "implementation", "handoff-support", "support"]


def _project(project_id: str, events: Sequence[Event], others: Mapping[str, Sequence[Event]]) -> Iterator[str]:
    entered = ["funnel", *(event.phase for event in events if isinstance(event, project.PhaseEntered))]
    if entered != ORDER[: len(entered)]:
        yield f"the phases of {project_id} were entered as {entered}"
    proofs: dict[str, tuple[str, type[Event]]] = {
        "handoff-delivery": (f"funnel-{project_id}", funnel.DealWon),
        "implementation": (f"handoff-{project_id}-delivery", handoff.HandoffAccepted),
        "handoff-support": (f"implementation-{project_id}", implementation.ProjectAccepted),
        "support": (f"handoff-{project_id}-support", handoff.HandoffAccepted),
    }
    for phase in entered[1:]:
        stream, proof = proofs[phase]
        if not any(isinstance(event, proof) for event in others.get(stream, ())):
            yield f"{phase} of {project_id} was entered without {proof.__name__}"
    begun = [
        one for one in others.get(f"implementation-{project_id}", ()) if isinstance(one, implementation.ImplementationStarted)
    ]
    if len(begun) > 1:
        yield f"{project_id} has {len(begun)} implementations"
