"""The lives whose histories are saved: every path that a workflow of ours can take, by commands, clocks and others' words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.worker import Worker

from activities.lifecycle import Lifecycle
from activities.rejudging import PolicyChange
from activities.reviewing import ReviewAsked
from activities.shapes import CommandJson, Refusal
from domain.clocks import JudgeClocks
from domain.escalation import AnswerEscalation, SolveEscalation
from domain.funnel import GiveApproval, ReopenDeal, RequestProductAnswer
from domain.messages import SYSTEM, Actor, ActorKind, own_id
from domain.moving import MovePlaybook
from domain.plan import ClosePlan
from domain.project import CancelProject
from domain.reactivation import CompleteStep, RecordAnswer
from domain.recovery import RecordCause
from domain.ticket import AcknowledgeTicket, EscalateTicket, PauseTicket, ReopenTicket, ResolveTicket, ResumeTicket
from runtime.playbooks import keep_playbooks, load_playbooks
from tests.domain.asked import (
    DELIVERY,
    MONDAY,
    PRODUCT,
    SALES,
    SUPPORT,
    accept,
    classify,
    condition,
    contact,
    evidence,
    give_back,
    handed_to_delivery,
    lose,
    offer,
    on,
    open_project,
    open_ticket,
    override,
    prepared,
    quote,
    reach,
    register,
    release,
    resume,
    shelve,
    stage_done,
    started,
    win,
    won,
)
from tests.domain.planning import allocate, customer_plan, industry_plan, target
from tests.domain.test_enablement import enable
from tests.domain.test_request import answer, raised
from tests.workflows.company import Company, day, into_support, now
from tests.workflows.skipping import Skipping
from workflows import names
from workflows.every import WORKFLOWS
from workflows.plan_review import PlanReviewWorkflow
from workflows.policy_change import Going, PolicyChangeWorkflow

Saved = dict[str, str]
"""The streams whose histories are saved, by the name that each is saved under."""

MANAGER = Actor(kind=ActorKind.PERSON, id="m2", role="manager")


async def whole_life(company: Company) -> Saved:
    """From the lead to support: every workflow once, on its straight path."""
    await company.tell(into_support("P1", "C1"))
    await company.until_begun("support-P1")
    return {
        "customer-active": "customer-C1",
        "project-delivered": "project-P1",
        "funnel-won": "funnel-P1",
        "handoff-delivery-accepted": "handoff-P1-delivery",
        "handoff-support-accepted": "handoff-P1-support",
        "implementation-completed": "implementation-P1",
        "support-in-service": "support-P1",
    }


async def crooked_paths(company: Company) -> Saved:
    """Lost, shelved, overridden, refused, returned, accepted with a condition."""
    await company.tell(started("P2", "C2"))
    await company.tell([stage_done("F1", project="P2"), lose("P2", keep_contact_on=day(30))])
    await company.tell([open_project("P3", "C2"), shelve(day(30), "P3")])
    await company.refused(evidence("owner", project="P3"))
    await company.tell([resume("P3"), override("won", "P3", expires_on=day(30)), offer(project="P3")])
    await company.tell([give_back("risks", project="P3"), offer(project="P3", items={"risks": "doc-2"})])
    await company.tell([accept(project="P3", conditions=(condition(due_on=day(30)),)), contact(day(10), "C2")])
    return {
        "customer-keeps-contact": "customer-C2",
        "project-lost": "project-P2",
        "funnel-lost": "funnel-P2",
        "funnel-shelved-refused-overridden": "funnel-P3",
        "handoff-returned-conditional": "handoff-P3-delivery",
    }


async def clocks_that_ran_out(company: Company) -> Saved:
    """A past brought along and released; a ticket whose timers fire, that pauses, resumes and is resolved."""
    past = now() - timedelta(days=300)
    await company.tell([on(past, register("C4")), on(past, open_project("P4", "C4", hold_clocks=True))])
    await company.tell([release(project="P4"), *won("P4")])
    await company.tell([contact("2026-03-02", "C4", occurred_at=MONDAY)])
    await company.until_recorded("customer-C4", "ContactDue")
    await company.tell([register("C5"), classify("vip", "C5")])
    opened = now() - timedelta(minutes=30) + timedelta(seconds=2)
    await company.ask(on(opened, open_ticket("T5", "C5")))
    await company.until_recorded("ticket-T5", "TargetBreached")
    await company.ask(PauseTicket(ticket="T5", waiting_for="customer", reason="log", actor=SUPPORT))
    await company.tell([command(ticket="T5", actor=SUPPORT) for command in (ResumeTicket, AcknowledgeTicket)])
    await company.ask(ResolveTicket(ticket="T5", solution="restarted", actor=SUPPORT))
    return {
        "customer-contact-due": "customer-C4",
        "project-released": "project-P4",
        "funnel-released": "funnel-P4",
        "ticket-timers-fired": "ticket-T5",
    }


async def other_minds(company: Company) -> Saved:
    """Approved, lost and reopened, cancelled in the middle, moved to another playbook, taken up by a second run."""
    await company.tell([*started("P6", "C6"), quote("800000", project="P6")])
    await company.ask(GiveApproval(project="P6", actor=MANAGER))
    await company.tell([*handed_to_delivery("P7", "C7"), *reach("M1", "M2", project="P7")])
    await company.ask(
        CancelProject(project="P7", reason="bought", reference="letter-7", approver="m1", approver_role="manager", actor=SALES)
    )
    await company.until_recorded("project-P7", "CancellationCompleted")
    await company.tell([*started("P8", "C8"), lose("P8")])
    await company.handle("project-P8").result()
    await company.ask(ReopenDeal(project="P8", reason="they came back", approver="m1", approver_role="manager", actor=SALES))
    await company.until_recorded("project-P8", "ProjectReopened")
    await company.ask(open_ticket("T6", "C6"))
    await company.ask(ResolveTicket(ticket="T6", solution="restarted", actor=SUPPORT))
    await company.ask(ReopenTicket(ticket="T6", reason="again", actor=SUPPORT))
    await company.tell(started("P20", "C20"))
    kept = load_playbooks(company.core.settings.playbooks)
    await keep_playbooks(company.core.store, [*kept, *(one.model_copy(update={"version": "2099.1"}) for one in kept)])
    await company.ask(MovePlaybook(project="P20", to="2099.1", reason="new rules", actor=SALES))
    return {
        "project-moved": "project-P20",
        "funnel-moved": "funnel-P20",
        "customer-of-a-cancelled-project": "customer-C7",
        "funnel-approved": "funnel-P6",
        "project-cancelled": "project-P7",
        "handoff-of-a-cancelled-project": "handoff-P7-delivery",
        "implementation-cancelled": "implementation-P7",
        "funnel-reopened": "funnel-P8",
        "project-reopened": "project-P8",
        "ticket-reopened": "ticket-T6",
    }


async def from_the_streams(company: Company) -> Saved:
    """Temporal lost everything: each workflow is started again from its stream, and goes on."""
    await company.tell([*handed_to_delivery("P9", "C9"), *started("P10", "C10"), open_ticket("T9", "C9")])
    await company.tell([stage_done("F1", project="P10"), contact(day(30), "C9")])
    streams = ("customer-C9", "project-P9", "implementation-P9", "funnel-P10", "ticket-T9")
    for stream in streams:
        await company.handle(stream).terminate()
        await company.submitter.resume(stream)
    await company.tell([*reach("M1", project="P9"), stage_done("F2", project="P10"), contact(day(40), "C9")])
    await company.ask(AcknowledgeTicket(ticket="T9", actor=SUPPORT))
    return {f"{stream.partition('-')[0]}-from-its-stream": stream for stream in streams}


async def later_judged(company: Company) -> Saved:
    """What an operator's tools ask of an open workflow: judged though nothing is due (`remind`, the campaign)."""
    await company.tell(started("P11", "C11"))
    await company.ask(JudgeClocks(of="funnel-P11", command_id=own_id("moved-to-2-6"), actor=SYSTEM))
    return {"funnel-touched": "funnel-P11"}


async def words_refused(company: Company) -> Saved:
    """A word that the other side does not take: the trouble stays in sight, the work goes on."""
    lifecycle = Lifecycle(company.core.handler, company.submitter.deliver)

    @activity.defn(name="deliver")
    async def deliver(command: CommandJson) -> Refusal | None:
        if command["command"] == "NoteContract":
            return Refusal(type="CustomerInvalid", detail="The customer is invalid.")
        return await lifecycle.deliver(command)

    activities: list[Any] = [lifecycle.respond, deliver]
    workflows = list(WORKFLOWS.values())
    async with Worker(company.client, task_queue=names.TASK_QUEUE, workflows=workflows, activities=activities):
        await company.tell([*started("P12", "C12"), *won("P12"), offer(project="P12"), accept(project="P12")])
        await company.until_begun("implementation-P12")
    return {"project-word-refused": "project-P12"}


async def a_later_run(company: Company) -> Saved:
    """A run that goes on in a new one; needs a server that suggests it early."""
    for stream, start, again in (
        ("customer-C13", [register("C13")], lambda: contact(day(20), "C13")),
        ("funnel-P13", [open_project("P13", "C13")], lambda: evidence("owner", project="P13")),
    ):
        await company.tell(start)
        await company.until_begun(stream)
        first = (await company.handle(stream).describe()).run_id
        while (await company.handle(stream).describe()).run_id == first:
            await company.ask(again())
    await company.tell([contact(day(21), "C13"), contact(day(22), "C13"), stage_done("F1", project="P13")])
    return {"customer-continues": "customer-C13", "funnel-continues": "funnel-P13"}


async def up_the_ladder(company: Company) -> Saved:
    """Escalations: a limit that runs out, a pause, a solution; an answer to a deal; one that is unwound with its project."""
    await company.tell([register("C20"), classify("vip", "C20")])
    opened = now() - timedelta(minutes=60) + timedelta(seconds=2)
    await company.ask(on(opened, open_ticket("T20", "C20", impact="low", urgency="low")))
    await company.ask(on(opened, EscalateTicket(ticket="T20", line="second", reason="not solved", actor=SUPPORT)))
    await company.until_recorded("escalation-ticket.T20.1", "EscalationRaised")
    await company.ask(PauseTicket(ticket="T20", waiting_for="customer", reason="log", actor=SUPPORT))
    await company.ask(ResumeTicket(ticket="T20", actor=SUPPORT))
    await company.ask(SolveEscalation(escalation="ticket.T20.1", solution="index rebuilt", actor=DELIVERY))
    for name in ("P20", "P21"):
        await company.tell([open_project(name, "C20"), stage_done("F1", "F2", "F3", project=name)])
        await company.ask(RequestProductAnswer(project=name, gap="no batch costing", actor=SALES))
    answered = {"answer": "workaround", "text": "use the old form", "actor": PRODUCT}
    await company.ask(AnswerEscalation.model_validate({"escalation": "funnel.P20.1", **answered}))
    await company.ask(
        CancelProject(project="P21", reason="bought", reference="letter", approver="m1", approver_role="manager", actor=SALES)
    )
    return {
        "ticket-escalated": "ticket-T20",
        "escalation-limit-pause-solved": "escalation-ticket.T20.1",
        "escalation-answered": "escalation-funnel.P20.1",
        "escalation-unwound": "escalation-funnel.P21.1",
        "funnel-asks-the-product-division": "funnel-P20",
    }


async def under_review(company: Company) -> Saved:
    """Plans: a share that rolls down, a review that was overdue and finds a gap, the date of review that it came from."""
    long_ago = now() - timedelta(days=40)
    await company.tell([register("C30"), on(long_ago, industry_plan("I30", starts=day(-90), ends=day(365)))])
    await company.ask(on(long_ago, customer_plan("K30", customer="C30", parent="I30", starts=day(-90), ends=day(365))))
    period = f"{day(-30)}..{day(90)}"
    await company.tell([target(100, "I30", period), allocate({"K30": 60}, "I30", period)])
    await company.until_recorded("plan-K30", "TargetTaken")
    await company.client.execute_workflow(
        PlanReviewWorkflow.run, ReviewAsked(kind="customer"), id="planreview/R30", task_queue=names.TASK_QUEUE
    )
    await company.ask(ClosePlan(plan="K30", reason="merged", actor=SALES))
    return {"plan-reviewed": "plan-K30", "plan-allocates": "plan-I30", "plan-review": "planreview-R30"}


async def for_life(company: Company) -> Saved:
    """A dormant customer that is reactivated and answers; a lost deal and its recovery; a need, an enablement, a new policy."""
    long_ago = now() - timedelta(days=215)
    await company.tell([on(long_ago, register("C40")), on(long_ago, classify("vip", "C40"))])
    await company.until_begun("reactivation-C40.1")
    call = CompleteStep(reactivation="C40.1", step="review_account", result="found a sponsor", actor=SALES)
    await company.tell([call, RecordAnswer(reactivation="C40.1", answer="interested", reference="minutes", actor=SALES)])
    await company.tell([*started("P41", "C41"), stage_done("F1", project="P41"), lose("P41")])
    await company.until_begun("recovery-P41.1")
    await company.ask(RecordCause(recovery="P41.1", cause="price", text="a fifth cheaper", actor=SALES))
    await company.tell([raised(request="R40", customer="C41"), answer("exists", request="R40"), enable(unit="U40")])
    kept = load_playbooks(company.core.settings.playbooks)
    await keep_playbooks(company.core.store, [*kept, *(one.model_copy(update={"version": "2099.2"}) for one in kept)])
    change = PolicyChange(to="standard@2099.2", reason="new ladder", actor=MANAGER, since=now())
    await company.client.execute_workflow(
        PolicyChangeWorkflow.run, Going(change=change), id="policychange/Q40", task_queue=names.TASK_QUEUE
    )
    return {
        "customer-reactivated": "customer-C40",
        "customer-of-a-lost-deal": "customer-C41",
        "reactivation-answered": "reactivation-C40.1",
        "recovery-begun": "recovery-P41.1",
        "request-answered": "request-R40",
        "enablement-given": "enablement-U40",
        "policy-change": "policychange-Q40",
    }


async def years(time: Skipping) -> Saved:
    """Nobody does anything for a year: overdue, stalled, escalated, lapsed, closed by silence."""
    company = time.company
    await company.tell([*started("P14", "C14"), *started("P15", "C15"), shelve(day(30), "P15")])
    await company.tell([*started("P16", "C16"), *prepared("P16"), win("P16")])
    await company.tell([*started("P17", "C17"), *won("P17"), offer(project="P17")])
    await company.ask(accept(project="P17", conditions=(condition(due_on=day(30)),)))
    await company.tell([*into_support("P18", "C18"), *started("P19", "C19"), quote("800000", project="P19")])
    await company.ask(open_ticket("T14", "C14"))
    await company.ask(ResolveTicket(ticket="T14", solution="restarted", actor=SUPPORT))
    saved = {
        "funnel-nobody-moves": "funnel-P14",
        "funnel-back-from-the-shelf": "funnel-P15",
        "funnel-nobody-approves": "funnel-P19",
        "handoff-nobody-offers": "handoff-P16-delivery",
        "handoff-condition-lapses": "handoff-P17-delivery",
        "implementation-nobody-signs": "implementation-P17",
        "support-lapses": "support-P18",
        "ticket-closed-by-silence": "ticket-T14",
    }
    then = now() + timedelta(days=370)
    for stream in saved.values():
        await company.until_begun(stream)
        await time.forward(stream, then)
    return saved


Path = Callable[[Company], Awaitable[Saved]]
IN_REAL_TIME: tuple[Path, ...] = (
    whole_life,
    crooked_paths,
    clocks_that_ran_out,
    other_minds,
    from_the_streams,
    later_judged,
    up_the_ladder,
    under_review,
    for_life,
)
