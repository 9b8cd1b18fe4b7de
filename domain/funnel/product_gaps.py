"""Product gaps of a deal 产品差距: the product division is asked through an escalation, and its answer is the evidence."""

from __future__ import annotations

from collections.abc import Sequence

from domain import streams
from domain.decider import Context
from domain.escalating import NoteProductAnswer, Outcome, named, open_one
from domain.funnel import evidence, gates
from domain.funnel.commands import Evidence, RequestProductAnswer
from domain.funnel.gate_events import ProductAnswered, ProductAnswerRequested
from domain.funnel.refusals import AnswerKnownError, CriterionUnknownError, EvidencePassedError, ProductAskedAlreadyError
from domain.funnel.state import State
from domain.messages import Actor, ActorKind, Event
from domain.origin import known, listed
from domain.playbook import Playbook


def request(command: RequestProductAnswer, state: State, context: Context) -> Sequence[Event]:
    """Ask the product division about a gap. Once for each criterion at a time, and not about what is answered or passed."""
    rules = context.rules(state)
    criterion = _criterion(command.criterion, rules)
    if any(one.open and one.about == criterion for one in state.escalations):
        now = open_one(state.escalations)
        raise ProductAskedAlreadyError(f"The product division is asked already ({now.id if now else criterion}): wait for it.")
    if criterion in state.evidence:
        raise AnswerKnownError(f"{criterion} has its evidence already; withdraw that first if it does not hold.")
    owed = {code for one in gates.unsettled(state) for code in gates.owed(state, one)}
    if gates.gate_of(criterion, rules.funnel) in state.passed and criterion not in owed:
        raise EvidencePassedError(
            f"The gate that asks for {criterion} is passed; take the deal a step back first (ReturnStage)."
        )
    step = rules.escalation.begins_at("funnel")
    assert step is not None
    return [
        ProductAnswerRequested(
            occurred_at=state.not_before(context.at),
            criterion=criterion,
            gap=command.gap,
            escalation=named("funnel", command.project, len(state.escalations) + 1),
            step=step.code,
            line=step.line,
            asked_by=command.actor.id,
        )
    ]


def _criterion(asked: str | None, rules: Playbook) -> str:
    about = rules.escalation.of("funnel")
    there = [code for code in (about.criteria if about else ()) if code in rules.funnel.criteria]
    criterion = asked or (there[0] if there else "")
    if criterion not in there:
        which = f"it answers {listed(there)}" if there else "no stage of this playbook asks for its answer"
        raise CriterionUnknownError(f"The product division is not asked for {criterion or 'an answer'}: {which}.")
    return criterion


def looks_at(command: NoteProductAnswer) -> tuple[str, ...]:
    """The word of an escalation is checked against what is recorded there."""
    return (streams.escalation(command.escalation),)


def note(command: NoteProductAnswer, state: State, context: Context) -> Sequence[Event]:
    """Take the product division's answer: it is the evidence of the criterion, and the stage may advance by it. What was solved
    without the product division is on record, and proves nothing."""
    mine = next((one for one in state.escalations if one.id == command.escalation), None)
    told = known(context.seen.get(streams.escalation(command.escalation)), f"escalation {command.escalation}", "check the id")
    if mine is None or mine.outcome is not None or told.outcome is None:
        return []
    outcome: Outcome = told.outcome
    at = state.not_before(context.at)
    answered = ProductAnswered(occurred_at=at, criterion=mine.about, escalation=mine.id, outcome=outcome)
    rules = context.rules(state).funnel
    owed = {code for one in gates.unsettled(state) for code in gates.owed(state, one)}
    wanted = not state.outcome or (state.outcome == "won" and mine.about in owed)
    if outcome.how == "solved" or mine.about not in rules.criteria or not wanted:
        return [answered]
    piece = Evidence(criterion=mine.about, reference=f"escalation {mine.id}", note=f"{outcome.how}: {outcome.text}")
    events = [answered, evidence.recorded(state, context, piece, 1, outcome.role)]
    if state.revisit_on:
        return events  # On the shelf nothing moves; the stage is judged when the deal is taken up again.
    # Whoever asked for the answer has asked for the gate as well: they do not approve it.
    asker = Actor(kind=ActorKind.PERSON, id=mine.asked_by)
    return gates.follow(events, state, command.model_copy(update={"actor": asker}), context)
