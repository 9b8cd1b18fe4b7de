"""The gates of the funnel: what is missing at one, when it stands open, and what passes through it.

A stage is left in four ways only: through its open gate, by an override, by a skip that the playbook allows, and by a step
back. Everything here is a function of state and rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.decider import Context
from domain.dwell import UsualDwell
from domain.funnel import approvals, enabled
from domain.funnel.events import DealWon, StageAdvanced, StagesSwapped
from domain.funnel.gate_events import OverrideSettled
from domain.funnel.state import State, fold
from domain.messages import Command, Event, Name
from domain.origin import day_of
from domain.playbook import APPROVAL, Criterion, FunnelRules, Item, Playbook, Stage
from domain.standing import Override, Unmet

APPROVAL_NAME = Name(en="Approval of the gate", zh="阶段审批")


def missing(state: State, playbook: Playbook) -> list[Item]:
    """The required criteria of the current stage that have no evidence, the enablement of the deal's unit where the stage asks
    for it, and what expired overrides owe again."""
    here: list[Item] = [*lacking(state, playbook.funnel.stage(state.stage)), *enabled.lacking(state, playbook)]
    return [*here, *(item for item in owed_again(state, playbook) if item not in here)]


def lacking(state: State, stage: Stage) -> list[Item]:
    """The required criteria of a stage that have no evidence; a document that was enough under other rules is no quote."""
    return [item for item in stage.criteria if item.required and not _proven(state, item)]


def _proven(state: State, item: Criterion) -> bool:
    if item.code not in state.evidence:
        return False
    return item.proof != "quote" or state.evidence[item.code].split(",")[0] in {quote_named(one.id) for one in state.quotes}


def quote_named(quote: str) -> str:
    """How the evidence that a quote is for its criterion refers to it."""
    return f"quote {quote}"


def unmet(state: State, playbook: Playbook) -> list[Unmet]:
    """All that keeps the current gate shut: evidence, enablement, then approval."""
    waiting = [item.unmet() for item in missing(state, playbook)]
    role = playbook.funnel.stage(state.stage).approval
    if role is not None and not approvals.of_gate_is_given(state):
        waiting.append(Unmet(code=APPROVAL, name=APPROVAL_NAME, who=approvals.waits_for(state) or role.role))
    return waiting


def gate_of(criterion: str, rules: FunnelRules) -> str:
    """The stage at whose gate a criterion is asked for; empty for one that these rules do not have, as after a move."""
    return rules.criteria[criterion][0].code if criterion in rules.criteria else ""


def is_met_by_quote(criterion: str, rules: FunnelRules) -> bool:
    """Whether a criterion is met by a price, under these rules."""
    return criterion in rules.criteria and rules.criteria[criterion][1].proof == "quote"


def owed(state: State, override: Override) -> tuple[str, ...]:
    """What an override has excused and what has not come since. An approval is not owed: the override's own stands for it."""
    came = {*state.evidence, APPROVAL, *enabled.came(state)}
    return tuple(code for code in override.missing if code not in came)


def owed_again(state: State, playbook: Playbook) -> list[Item]:
    """What an expired override does not excuse any more, unless a newer one does. Until it is in, no gate opens."""
    expired = dict.fromkeys(code for one in state.overrides if one.outcome == "expired" for code in owed(state, one))
    excused = {code for one in state.overrides if one.outcome == "open" for code in one.missing}
    again = (code for code in expired if code not in excused)
    known: dict[str, Item] = {code: item for code, (_, item) in playbook.funnel.criteria.items()}
    known |= enabled.items(playbook, state.stage)
    return [known[code] for code in again if code in known]


def unsettled(state: State) -> list[Override]:
    """The overrides that still excuse something, or did until they expired."""
    return [one for one in state.overrides if one.outcome != "settled" and owed(state, one)]


def ahead_of(state: State, rules: FunnelRules) -> list[str]:
    """The stages ahead in the order in which they are entered: the first that is not passed comes first."""
    behind = {*state.passed, state.stage}
    return [stage.code for stage in rules.stages if stage.code not in behind]


def win_rate(state: State, rules: FunnelRules) -> int:
    """Percent, by how many gates are behind the deal: of two stages that stand in either order, the second one tried counts as
    the later one."""
    rate = rules.stage(state.stage).win_rate
    partner = rules.partner(state.stage)
    if partner is None:
        return rate
    rates = sorted((rate, rules.stage(partner).win_rate))
    return rates[1] if partner in state.passed else rates[0]


def usual(state: State, stage: str, rules: Playbook, context: Context) -> UsualDwell | None:
    """The usual dwell in a stage, if the playbook goes by it and enough deals have left that stage; None for the default."""
    return usual_of(stage, state.root.value_class, rules, context)


def usual_of(stage: str, value_class: str, rules: Playbook, context: Context) -> UsualDwell | None:
    """The same for a deal that does not exist yet."""
    enough = rules.funnel.stall.learned_from
    if enough is None:
        return None
    learned = context.usual_dwell(stage, value_class, rules.playbook)
    return learned if learned is not None and learned.of >= enough else None


def dwell(state: State, rules: Playbook, context: Context) -> int | None:
    """The working minutes that the deal has stood in its stage; None on the shelf."""
    if state.revisit_on or state.entered_at is None:
        return None
    worked = rules.calendar.working_time_between(state.entered_at, state.not_before(context.at))
    return int(worked.total_seconds() // 60)


def follow(events: Iterable[Event], state: State, command: Command, context: Context) -> list[Event]:
    """`events`, and all that follows from them: overrides settled, gates passed, approvals asked for."""
    following = list(events)
    state = fold(following, state)
    for step in (_settle(state, context), _advance(state, command, context)):
        following += step
    return following


def _settle(state: State, context: Context) -> list[Event]:
    at = state.not_before(context.at)
    return [
        OverrideSettled(occurred_at=at, number=one.number, gate=one.gate)
        for one in state.overrides
        if one.outcome != "settled" and one.missing and not owed(state, one) and set(one.missing) != {APPROVAL}
    ]


def _advance(state: State, command: Command, context: Context) -> list[Event]:
    """Every gate that now stands open is passed, one after the other."""
    events: list[Event] = []
    while not state.outcome and (step := _step(state, command, context)):
        events += step
        state = fold(step, state)
    return events


def _step(state: State, command: Command, context: Context) -> Sequence[Event]:
    rules = context.rules(state)
    if noted := enabled.look_at_gate(state, context):
        return noted
    if owed_again(state, rules) or _expired_while_held(state, context) or enabled.lacking(state, rules):
        return []  # Not even the partner's gate is tried before an enablement has come: the deal does not leave the stage.
    if missing(state, rules):
        return _swap(state, rules, context)
    if rules.funnel.stage(state.stage).approval is not None and not approvals.of_gate_is_given(state):
        if approvals.is_refused(state, state.stage):
            return _swap(state, rules, context)
        return approvals.request_gate(state, rules, command, context)
    return [pass_gate(state, context, overridden=False)]


def _expired_while_held(state: State, context: Context) -> bool:
    """Whether something is owed again that no clock tells, because the clocks are held while the past is brought along."""
    if not state.held:
        return False
    today = day_of(context.at, context.rules(state).calendar)
    still = {code for one in state.overrides if one.expires_on >= today for code in one.missing}
    return any(set(owed(state, one)) - still for one in state.overrides if one.expires_on < today)


def _swap(state: State, rules: Playbook, context: Context) -> Sequence[Event]:
    """Stand at the partner's gate first, if that is complete and this one is not, or is refused."""
    partner = rules.funnel.partner(state.stage)
    if partner is None or partner in state.passed or lacking(state, rules.funnel.stage(partner)):
        return []
    if approvals.is_refused(state, partner):
        return []
    return [
        *approvals.lapse(state, state.not_before(context.at), "stage_left", "gate"),
        StagesSwapped(
            occurred_at=state.not_before(context.at),
            left=state.stage,
            entered=partner,
            dwell=dwell(state, rules, context),
            usual=usual(state, partner, rules, context),
        ),
    ]


def pass_gate(state: State, context: Context, *, overridden: bool) -> StageAdvanced | DealWon:
    """The fact that the current stage is left for the next one, or that the deal is won with the last."""
    rules, at = context.rules(state), state.not_before(context.at)
    ahead = ahead_of(state, rules.funnel)
    stayed = dwell(state, rules, context)
    if not ahead:
        return DealWon(occurred_at=at, amount=state.quotes[-1].price if state.quotes else state.amount, dwell=stayed)
    return StageAdvanced(
        occurred_at=at,
        left=state.stage,
        entered=ahead[0],
        overridden=overridden,
        dwell=stayed,
        usual=usual(state, ahead[0], rules, context),
    )
