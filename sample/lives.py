"""The small language in which the sample portfolio is told: a customer's life, its projects and its tickets.

Each call writes down one or two commands, the same JSON objects that `python starter.py do` takes. Working days are told as
"so many ago" (see `Moments`), so a life reads from large numbers to small ones."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from domain.implementation import share
from domain.messages import Money
from domain.playbook import Criterion
from sample.moments import Moments

Command = dict[str, Any]
"""A command as JSON, with `command`, `command_id`, `actor` and mostly `occurred_at`."""

PRESALES, DELIVERY, REVIEWER, SUPPORT, APPROVER = "v07", "d21", "d08", "k05", "m03"
STAFF = {"delivery": DELIVERY, "product": "h11"}
"""Who brings what only their role may bring."""
"""Staff ids of the second line; each first-line unit has its own."""


PAID_AFTER = 10
"""Working days from a sign-off to its payment."""


def actor(staff: str, role: str) -> dict[str, str]:
    """A person of ours, by staff id."""
    return {"kind": "person", "id": staff, "role": role}


def cny(amount: str) -> dict[str, str]:
    """An amount in yuan, written with `_` between thousands."""
    return {"amount": amount.replace("_", ""), "currency": "CNY"}


class Life:
    """One customer and all that happens with it."""

    def __init__(self, moments: Moments, customer: str, *, seller: str, unit: str) -> None:
        self.moments = moments
        self.customer, self.seller, self.unit = customer, seller, unit
        self._said: list[Command] = []
        self._held: list[Command] = []
        self._contacts = 0
        self._released = False
        self.others: list[str] = []
        """Customers that are told of in this life too, because they belong to it."""

    def registered(self, ago: int, *, name: str, industry: str, region: str, revenue: str, contact: tuple[str, str]) -> None:
        """The customer becomes known; `contact` is (name, role)."""
        self.say(
            "RegisterCustomer",
            f"{self.customer}-registered",
            self.moments.at(ago, "09:30"),
            actor(self.seller, "sales"),
            customer=self.customer,
            name=name,
            industry=industry,
            region=region,
            revenue=cny(revenue),
            contact={"name": contact[0], "role": contact[1]},
            owner=self.seller,
            owner_unit=self.unit,
            hold_clocks=True,
        )
        self._release("customer", self.customer, actor(self.seller, "sales"))

    def classified(self, ago: int, value_class: str, evidence: str) -> None:
        """A person decides the value class."""
        fields = {"customer": self.customer, "value_class": value_class, "evidence": evidence}
        fields |= {"approver": APPROVER, "approver_role": "manager"}
        who = actor(self.seller, "sales")
        self.say("ClassifyCustomer", f"{self.customer}-classified", self.moments.at(ago, "11:00"), who, **fields)

    def met(self, ago: int, channel: str, summary: str, *, next_on: date | None = None, answered: bool | None = None) -> None:
        """An effective contact. `next_on` belongs to the latest one only, or the date would have been missed in between."""
        fields: Command = {"customer": self.customer, "channel": channel, "summary": summary}
        if next_on:
            fields["next_contact_on"] = next_on.isoformat()
        if answered is not None:
            fields["answered"] = answered
        self._contacts += 1
        when, who = self.moments.at(ago, "15:30"), actor(self.seller, "sales")
        self.say("RecordContact", f"{self.customer}-contact-{self._contacts}", when, who, **fields)

    def project(
        self, ago: int, project: str, name: str, *, product_line: str, amount: str, delivery: str = "here"
    ) -> ProjectLife:
        """Open a project with its clocks held."""
        self.say(
            "OpenProject",
            f"{project}-opened",
            self.moments.at(ago, "09:40"),
            actor(self.seller, "sales"),
            project=project,
            customer=self.customer,
            name=name,
            product_line=product_line,
            amount=cny(amount),
            owner=self.seller,
            owner_unit=self.unit,
            playbook="standard",  # The lives are told by its stages and milestones, whatever the value class.
            hold_clocks=True,
            delivery=delivery,
        )
        self._release("project", project, actor(self.seller, "sales"))
        return ProjectLife(self, project, Money.model_validate(cny(amount)))

    def ticket(
        self,
        when: datetime,
        ticket: str,
        title: str,
        *,
        impact: str,
        urgency: str,
        project: str = "",
        kind: str = "incident",
        **more: str,
    ) -> TicketLife:
        """The customer asks for help; the ticket's clocks are held. Month-end and payroll raise incidents and requests only."""
        fields = more | ({"project": project} if project else {})
        self.say(
            "OpenTicket",
            f"{ticket}-opened",
            when,
            actor(SUPPORT, "support"),
            ticket=ticket,
            customer=self.customer,
            kind=kind,
            title=title,
            impact=impact,
            urgency=urgency,
            hold_clocks=True,
            **fields,
        )
        self._release("ticket", ticket, actor(SUPPORT, "support"))
        return TicketLife(self, ticket)

    def say(self, command: str, command_id: str, when: datetime | None, who: dict[str, str], /, **fields: Any) -> None:
        """Write a command down; ids are spoken, so that they are the same each time the sample is brought in."""
        said: Command = {"command": command, "command_id": f"sample-{command_id}", "actor": who, **fields}
        if when is None:
            self._held.append(said)
        else:
            self._said.append({**said, "occurred_at": when.isoformat()})

    def asleep(self, days: int) -> None:
        """From here on, so many calendar days ago, its life goes by the clock: what the ladder says by then is recorded now."""
        self._held = [said for said in self._held if said.get("customer") != self.customer]
        when, who = self.moments.days_ago(days, "23:30"), actor(self.seller, "sales")
        self.say("ReleaseClocks", f"{self.customer}-released", when, who, customer=self.customer)

    def commands(self) -> list[Command]:
        """Everything in order of time; at the end the held clocks are released, to be judged once, against now."""
        held = sorted(self._held, key=lambda said: "customer" in said)  # the customer's own last: its projects keep it awake
        return [*sorted(self._said, key=lambda said: datetime.fromisoformat(said["occurred_at"])), *held]

    def _release(self, kind: str, of: str, who: dict[str, str]) -> None:
        self.say("ReleaseClocks", f"{of}-released", None, who, **{kind: of})


class ProjectLife:
    """One project, from its first lead to support."""

    def __init__(self, life: Life, project: str, amount: Money) -> None:
        self._life, self._moments, self.id, self._amount = life, life.moments, project, amount
        self._rules = life.moments.playbook
        self._notes: dict[str, str] = {}
        self._round = {"delivery": 1, "support": 1}

    def notes(self, **by_criterion: str) -> None:
        """What the proof of a criterion says, for the evidence still to come."""
        self._notes.update(by_criterion)

    def passed(self, **stages: int) -> None:
        """All that a stage's exit asks for came in so many working days ago: `passed(F1=40, F2=25)`."""
        for stage, ago in stages.items():
            criteria = self._rules.funnel.stage(stage).criteria
            self._evidence(f"{self.id}-{stage}", self._moments.at(ago, "14:10"), criteria)

    def proved(self, ago: int, *codes: str) -> None:
        """Some of a stage's criteria were met, not all."""
        criteria = tuple(self._rules.funnel.criteria[code][1] for code in codes)
        self._evidence(f"{self.id}-{codes[0]}", self._moments.at(ago, "11:20"), criteria)

    def promised(self, ago: int, promise: str, about: str, text: str) -> None:
        """A promise made to the customer in the sale."""
        self._sales("RecordPromise", promise, ago, "16:20", promise=promise, about=about, text=text)

    def kept(self, ago: int, promise: str, reference: str) -> None:
        """A promise of the sale was kept in the implementation."""
        self._promise("KeepPromise", f"{promise}-kept", ago, promise=promise, reference=reference)

    def changed(self, ago: int, promise: str, text: str, *, consent: str, by: str) -> None:
        """The customer agreed to other words of a promise in the implementation."""
        self._promise("ChangePromise", f"{promise}-changed", ago, promise=promise, text=text, consent=consent, consented_by=by)

    def _promise(self, command: str, name: str, ago: int, **fields: Any) -> None:
        when, who = self._moments.at(ago, "16:50"), actor(DELIVERY, "delivery")
        self._life.say(command, f"{self.id}-{name}", when, who, project=self.id, at="implementation", **fields)

    def next_step(self, ago: int, in_days: int, step: str) -> None:
        """The next step has a date, so many calendar days from today."""
        on = self._moments.date_in(in_days).isoformat()
        self._sales("PlanNextStep", "next-step", ago, "17:00", on=on, step=step)

    def lost(self, ago: int, reason: str, *, competitor: str, keep_contact_on: date) -> None:
        """The deal is lost; the customer is kept."""
        fields = {"reason": reason, "competitor": competitor, "keep_contact_on": keep_contact_on.isoformat()}
        self._sales("LoseDeal", "lost", ago, "17:20", **fields)

    def shelved(self, ago: int, reason: str, *, revisit_on: date) -> None:
        """No decision for now."""
        self._sales("ShelveDeal", "shelved", ago, "17:20", reason=reason, revisit_on=revisit_on.isoformat())

    def offered(self, ago: int, kind: str = "delivery", *, contract: Command | None = None, **proofs: str) -> None:
        """The giver offers the handoff with its whole checklist; after a return, `proofs` close the named gaps."""
        rules, turn = self._rules.handoffs[kind], self._round[kind]  # type: ignore[index]
        items = {item.code: f"{self.id}-{kind}-{item.code}.pdf" for item in rules.checklist} if turn == 1 else {}
        fields: Command = {"project": self.id, "kind": kind, "items": {**items, **proofs}}
        if contract:
            fields["service_contract"] = contract
        who = actor(self._life.seller if rules.giver == "sales" else DELIVERY, rules.giver)
        self._life.say("OfferHandoff", f"{self.id}-{kind}-offer-{turn}", self._moments.at(ago, "10:30"), who, **fields)

    def returned(self, ago: int, kind: str = "delivery", **gaps: str) -> None:
        """The receiver sends the offer back, and says what is wrong with which item."""
        named = [{"item": item, "text": text} for item, text in gaps.items()]
        self._answer("ReturnHandoff", f"return-{self._round[kind]}", ago, "16:40", kind, gaps=named)
        self._round[kind] += 1

    def accepted(self, ago: int, kind: str = "delivery", conditions: list[Command] | None = None) -> None:
        """The receiver takes the duty over, perhaps with dated conditions."""
        self._answer("AcceptHandoff", "accepted", ago, "15:10", kind, conditions=conditions or [])

    def condition_met(self, ago: int, condition: str, reference: str, kind: str = "delivery") -> None:
        """What was still to come has come."""
        who = actor(self._life.seller, "sales")
        fields = {"project": self.id, "kind": kind, "condition": condition, "reference": reference}
        self._life.say("MeetCondition", f"{self.id}-{condition}-met", self._moments.at(ago, "11:45"), who, **fields)

    def signed(self, **milestones: int) -> None:
        """Milestones signed off so many working days ago, their deliverables handed in and reviewed on the same day; what
        falls due with them is paid two weeks later."""
        for code, ago in milestones.items():
            milestone = self._rules.implementation.milestone(code)
            self.submitted(ago, code)
            self._checked(ago, code)
            signatures = [
                {
                    "role": signer.code,
                    "signed_by": DELIVERY if signer.who == "vendor" else f"{self._life.customer}-{signer.code}",
                }
                for signer in milestone.signers
            ]
            proof = f"{self.id}-{code}-sign-off.pdf"
            fields = {"project": self.id, "milestone": code, "signatures": signatures, "completion": proof}
            when = self._moments.at(ago, "16:30")
            self._life.say("SignOffMilestone", f"{self.id}-{code}-signed", when, actor(DELIVERY, "delivery"), **fields)
            if ago > PAID_AFTER:
                self._paid(ago - PAID_AFTER, code)

    def _checked(self, ago: int, code: str) -> None:
        """Somebody else reviews what must be reviewed; the defects that the test has found are counted."""
        milestone = self._rules.implementation.milestone(code)
        to_review = [item.code for item in milestone.deliverables if item.review]
        if to_review:
            reviews = [{"deliverable": item, "verdict": "accepted"} for item in to_review]
            when, who = self._moments.at(ago, "13:30"), actor(REVIEWER, "delivery")
            self._life.say("ReviewDeliverables", f"{self.id}-{code}-reviewed", when, who, project=self.id, reviews=reviews)
        if milestone.max_open:
            counts = {str(severity): 0 for severity in milestone.max_open} | {"3": 6, "4": 11}
            fields = {"project": self.id, "counts": counts, "reference": f"{self.id}-{code}-defects.xlsx"}
            when, who = self._moments.at(ago, "14:40"), actor(DELIVERY, "delivery")
            self._life.say("RecordDefects", f"{self.id}-{code}-defects", when, who, **fields)

    def _paid(self, ago: int, code: str) -> None:
        owed = share(code, self._amount, self._rules.implementation)
        if owed is not None:
            fields = {"milestone": code, "reference": f"{self.id}-{code}-receipt", "amount": owed.model_dump(mode="json")}
            self._sales("RecordPayment", f"{code}-paid", ago, "10:40", **fields)

    def forecast(self, ago: int, in_days: int, category: str, reason: str) -> None:
        """The owner says when the deal is expected, so many calendar days from today, and how sure that is."""
        on = self._moments.date_in(in_days).isoformat()
        self._sales("ForecastDeal", f"forecast-{ago}", ago, "17:50", expected_on=on, category=category, reason=reason)

    def estimated(self, ago: int, milestone: str, days: int, reason: str) -> None:
        """A milestone is thought to take so many working days."""
        fields = {"milestone": milestone, "days": days, "reason": reason}
        self._plan("ReestimateMilestone", f"{milestone}-estimated", ago, DELIVERY, "delivery", **fields)

    def plan_changed(self, asked: int, change: str, what: str, reason: str, **impact: Any) -> None:
        """A change order: asked for by delivery so many working days ago, approved the next day, signed the day after."""
        fields = {"change": change, "what": what, "reason": reason, "impact": impact}
        self._plan("RequestChange", f"{change}-asked", asked, DELIVERY, "delivery", **fields)
        self._plan("ApproveChange", f"{change}-approved", asked - 1, APPROVER, "manager", change=change)
        signature = {"signed_by": f"{self._life.customer}-project-manager", "reference": f"{self.id}-{change}.pdf"}
        self._plan("SignChange", f"{change}-signed", asked - 2, DELIVERY, "delivery", change=change, **signature)

    def risk(self, ago: int, risk: str, text: str, *, in_days: int) -> None:
        """A risk that is looked at again so many calendar days from today."""
        due_on = self._moments.date_in(in_days).isoformat()
        fields = {"risk": risk, "text": text, "owner": DELIVERY, "due_on": due_on, "probability": "high", "impact": "medium"}
        self._plan("RaiseRisk", f"{risk}-raised", ago, DELIVERY, "delivery", **fields)

    def _plan(self, command: str, name: str, ago: int, staff: str, role: str, **fields: Any) -> None:
        when = self._moments.at(ago, "15:10")
        self._life.say(command, f"{self.id}-{name}", when, actor(staff, role), project=self.id, **fields)

    def submitted(self, ago: int, milestone: str, *codes: str) -> None:
        """Deliverables of a milestone handed in: the named ones, or all."""
        items = [item.code for item in self._rules.implementation.milestone(milestone).deliverables]
        chosen = [{"deliverable": code, "reference": f"{self.id}-{milestone}-{code}"} for code in codes or items]
        fields = {"project": self.id, "deliverables": chosen}
        when = self._moments.at(ago, "09:50")
        who = actor(DELIVERY, "delivery")
        self._life.say("SubmitDeliverables", f"{self.id}-{milestone}-deliverables", when, who, **fields)

    def supported(self, offered: int, accepted: int, *, ends_in: int, fee: str) -> None:
        """Delivery hands over to support, whose contract ends so many calendar days from today."""
        starts_on, ends_on = self._moments.day(accepted), self._moments.date_in(ends_in)
        contract = {"service_code": f"SV-{self.id}", "starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()}
        self.offered(offered, "support", contract={**contract, "fee": cny(fee)})
        self.accepted(accepted, "support")

    def renewal_step(self, ago: int, step: str, reference: str, who: str = "sales") -> None:
        """A step of the renewal is done."""
        staff = self._life.seller if who == "sales" else SUPPORT
        when, by = self._moments.at(ago, "11:10"), actor(staff, who)
        fields = {"project": self.id, "step": step, "reference": reference}
        self._life.say("RecordRenewalStep", f"{self.id}-{step}", when, by, **fields)

    def satisfaction(self, ago: int, score: int, occasion: str, comment: str) -> None:
        """How satisfied the customer says it is, 1 to 5."""
        fields = {"project": self.id, "score": score, "occasion": occasion, "comment": comment}
        who = actor(SUPPORT, "support")
        self._life.say(
            "RecordSatisfaction", f"{self.id}-satisfaction-{occasion}", self._moments.at(ago, "15:00"), who, **fields
        )

    def _evidence(self, command_id: str, when: datetime, criteria: tuple[Criterion, ...]) -> None:
        """A price for what a quote meets, what only another role may bring by that role, and the rest by the seller."""
        if any(item.proof == "quote" for item in criteria):
            self._quote(when)
        for item in criteria:
            if item.strict:
                self._record(f"{command_id}-{item.code}", when, (item,), actor(STAFF[item.who], item.who))
        if mine := tuple(item for item in criteria if item.proof == "document" and not item.strict):
            self._record(command_id, when, mine, actor(self._life.seller, "sales"))

    def _quote(self, when: datetime) -> None:
        """A discount of a few percent on the list, at a margin that nobody has to approve."""
        amount = int(self._amount.amount)
        fields = {"price": cny(f"{amount}"), "list_price": cny(f"{amount * 107 // 100}"), "margin_percent": "41.5"}
        self._life.say("QuotePrice", f"{self.id}-quote", when, actor(self._life.seller, "sales"), project=self.id, **fields)

    def _record(self, command_id: str, when: datetime, criteria: tuple[Criterion, ...], who: dict[str, str]) -> None:
        pieces = [
            {
                "criterion": item.code,
                "reference": f"{self.id}-{item.code}.pdf",
                "note": self._notes.get(item.code, ""),
                "given_by": item.who,
            }
            for item in criteria
        ]
        self._life.say("RecordEvidence", command_id, when, who, project=self.id, evidence=pieces)

    def _sales(self, command: str, name: str, ago: int, clock: str, **fields: Any) -> None:
        who = actor(self._life.seller, "sales")
        self._life.say(command, f"{self.id}-{name}", self._moments.at(ago, clock), who, project=self.id, **fields)

    def _answer(self, command: str, name: str, ago: int, clock: str, kind: str, **fields: Any) -> None:
        receiver = self._rules.handoffs[kind].receiver  # type: ignore[index]
        who = actor(DELIVERY if receiver == "delivery" else SUPPORT, receiver)
        when = self._moments.at(ago, clock)
        self._life.say(command, f"{self.id}-{kind}-{name}", when, who, project=self.id, kind=kind, **fields)


class TicketLife:
    """One ticket."""

    def __init__(self, life: Life, ticket: str) -> None:
        self._life, self._ticket = life, ticket

    def taken(self, when: datetime) -> None:
        """Somebody has taken it up and has it."""
        self._say("AcknowledgeTicket", "taken", when)
        self._say("AssignTicket", "assigned", when, to=SUPPORT)

    def escalated(self, when: datetime, line: str, reason: str) -> None:
        """A line that can do more has it."""
        self._say("EscalateTicket", f"to-{line}", when, line=line, reason=reason)

    def waits(self, when: datetime, waiting_for: str, reason: str) -> None:
        """It waits; only waiting for the customer stops the clocks."""
        self._say("PauseTicket", f"waits-for-{waiting_for}", when, waiting_for=waiting_for, reason=reason)

    def goes_on(self, when: datetime) -> None:
        """What it waited for has come."""
        self._say("ResumeTicket", "goes-on", when)

    def resolved(self, when: datetime, solution: str) -> None:
        """It is solved."""
        self._say("ResolveTicket", "resolved", when, solution=solution)

    def closed(self, when: datetime, confirmed_by: str, satisfaction: int) -> None:
        """The customer confirms."""
        self._say("CloseTicket", "closed", when, confirmed_by=confirmed_by, satisfaction=satisfaction)

    def reopened(self, when: datetime, reason: str) -> None:
        """It is not solved after all."""
        self._say("ReopenTicket", "reopened", when, reason=reason)

    def _say(self, command: str, name: str, when: datetime, **fields: Any) -> None:
        who = actor(SUPPORT, "support")
        self._life.say(command, f"{self._ticket}-{name}", when, who, ticket=self._ticket, **fields)
