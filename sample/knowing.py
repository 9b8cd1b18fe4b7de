"""What is known and planned of the customers that stay: power map, buying process, group, merges, lost deals, three plans.

None of them exists."""

from __future__ import annotations

from typing import Any

from sample.lives import APPROVER, STAFF, Life, actor, cny

HEAD = "m07"
"""Staff id of the one who answers for an industry plan."""


def known(life: Life, ago: int, *people: tuple[str, str, str, str, int, str, str]) -> None:
    """The power map: (id, name, title, role, influence, attitude, reports to) from the top down."""
    for person, name, title, role, influence, attitude, above in people:
        _say(
            life,
            "MapPerson",
            f"mapped-{person}",
            ago,
            person=f"{life.customer}-{person}",
            name=name,
            title=title,
            roles=[role],
            influence=influence,
            attitude=attitude,
            reports_to=f"{life.customer}-{above}" if above else None,
            evidence="visit minutes 拜访纪要",
        )


def buys(life: Life, ago: int, *steps: tuple[str, str]) -> None:
    """How the customer buys: (step, who decides)."""
    told = [{"step": step, "decides": decides} for step, decides in steps]
    _say(life, "RecordBuyingProcess", "buys", ago, steps=told, evidence="purchasing rules 采购管理办法")


def it_plan(life: Life, ago: int, mode: str, *items: tuple[int, str, str]) -> None:
    """The IT plan: (years from now, topic, budget)."""
    year = life.moments.today.year
    told = [{"year": year + ahead, "topic": topic, "budget": cny(budget)} for ahead, topic, budget in items]
    _say(life, "RecordITPlan", "it-plan", ago, mode=mode, items=told, evidence="workshop 规划研讨会")


def contract(life: Life, ago: int, contract: str, line: str, amount: str, *, ends_in: int) -> None:
    """A contract of a service line, which ends so many calendar days from today."""
    days = {"starts_on": life.moments.day(ago).isoformat(), "ends_on": life.moments.date_in(ends_in).isoformat()}
    fields = {"contract": contract, "service_line": line, "amount": cny(amount), "reference": f"{contract}.pdf"}
    _say(life, "RecordContract", contract, ago, **fields, **days)


def duplicate(life: Life, ago: int, customer: str, name: str, industry: str, revenue: str) -> None:
    """Somebody registered it once more; the duplicate is merged into it."""
    life.others.append(customer)
    _registered(life, ago, customer, name, industry, revenue)
    reason = "Same registration number 统一社会信用代码相同"
    approved = {"approver": APPROVER, "approver_role": "manager"}
    who = actor(life.seller, "sales")
    when = life.moments.at(ago - 3, "15:00")
    life.say("MergeCustomer", f"{customer}-merged", when, who, customer=customer, into=life.customer, reason=reason, **approved)


def subsidiary(life: Life, ago: int, customer: str, name: str, industry: str, revenue: str) -> None:
    """A subsidiary of its group."""
    life.others.append(customer)
    _registered(life, ago, customer, name, industry, revenue)
    fields = {"parent": life.customer, "reason": "Held to 70 % 持股七成"}
    when, who = life.moments.at(ago - 1, "15:00"), actor(life.seller, "sales")
    life.say("ReleaseClocks", f"{customer}-released", None, who, customer=customer)
    life.say("SetGroupParent", f"{customer}-grouped", when, who, customer=customer, **fields)


def _registered(life: Life, ago: int, customer: str, name: str, industry: str, revenue: str) -> None:
    life.say(
        "RegisterCustomer",
        f"{customer}-registered",
        life.moments.at(ago, "09:20"),
        actor(life.seller, "sales"),
        customer=customer,
        name=name,
        industry=industry,
        revenue=cny(revenue),
        contact={"name": "前台 front desk", "role": "office 行政"},
        owner=life.seller,
        owner_unit=life.unit,
        hold_clocks=True,
    )


def passed_on(life: Life, ago: int, owner: str, reason: str) -> None:
    """Another owner, with the deals that run."""
    _say(life, "ChangeOwner", "passed-on", ago, owner=owner, reason=reason, with_deals=True)
    life.seller = owner


def revenue(life: Life, ago: int, amount: str) -> None:
    """The revenue of the year before."""
    year = life.moments.today.year - 1
    _say(life, "RecordRevenue", f"revenue-{year}", ago, year=year, amount=cny(amount), evidence="annual report 年报")


def recovered(life: Life, project: str, cause: tuple[int, str, str], reviewed: tuple[int, str], **more: Any) -> None:
    """A lost deal is looked at: (ago, cause, in words), (ago, findings); then the next attempt, or the plan of contacts."""
    recovery, at = f"{project}.1", life.moments.at
    sales, manager = actor(life.seller, "sales"), actor(APPROVER, "manager")
    about = {"recovery": recovery}
    ago, code, text = cause
    life.say("RecordCause", f"{recovery}-cause", at(ago, "17:00"), sales, **about, cause=code, text=text)
    ago, findings = reviewed
    held = {"on": life.moments.day(ago).isoformat(), "participants": [life.seller, APPROVER, STAFF["delivery"]]}
    life.say("HoldReview", f"{recovery}-review", at(ago, "17:30"), manager, **about, **held, findings=findings)
    if dates := more.get("contacts"):
        days = [life.moments.date_in(days).isoformat() for days in dates]
        life.say("PlanContacts", f"{recovery}-contacts", at(ago - 1, "09:30"), sales, **about, dates=days)
    if idea := more.get("idea"):
        on = life.moments.date_in(more["in_days"]).isoformat()
        life.say("PlanNextAttempt", f"{recovery}-attempt", at(ago - 2, "09:30"), sales, **about, on=on, idea=idea)
    if linked := more.get("linked"):
        since, other = linked
        life.say("LinkNextAttempt", f"{recovery}-linked", at(since, "17:00"), sales, **about, project=other)


def three_plans(life: Life, project: str, *, industry: str, amounts: tuple[str, str, str]) -> None:
    """An industry plan, the customer plan under it and the project plan under that: the target rolls down this year."""
    year, moments = life.moments.today.year, life.moments
    plans = (f"IP-{year}", f"CP-{life.customer}", f"PP-{project}")
    head, seller = actor(HEAD, "manager"), actor(life.seller, "sales")
    span = {"starts_on": f"{year}-01-01", "ends_on": f"{year}-12-31", "owner_unit": life.unit}
    texts: tuple[dict[str, str], ...] = (
        {"market_analysis": "Chains grow by buying others; stock decides 连锁靠并购增长，库存决定成败"},
        {"information": "Runs replenishment and returns with us 补货与退换货已上线"},
        {},
    )
    whose = ({"industry": industry}, {"customer": life.customer, "parent": plans[0]}, {"project": project, "parent": plans[1]})
    names = (f"零售行业 {year} Retail", f"{life.customer} {year}", f"{project} {year}")
    kinds, owners = ("industry", "customer", "project"), (HEAD, life.seller, life.seller)
    for at, plan in enumerate(plans):
        who = head if at == 0 else seller
        fields = {"kind": kinds[at], "name": names[at], "owner": owners[at], **span, **texts[at], **whose[at]}
        life.say("SetPlan", f"{plan}-set", moments.at(1, f"10:2{at}"), who, plan=plan, **fields)
    target = {"period": str(year), "measure": "won"}
    life.say("SetTarget", f"{plans[0]}-target", moments.at(1, "10:30"), head, plan=plans[0], **target, amount=cny(amounts[0]))
    for at in (0, 1):
        shares = [{"plan": plans[at + 1], "amount": cny(amounts[at + 1])}]
        when, who = moments.at(1, f"1{at + 1}:30"), head if at == 0 else seller
        life.say("AllocateTarget", f"{plans[at]}-rolled-down", when, who, plan=plans[at], **target, shares=shares)
    due, gap = moments.date_in(12).isoformat(), f"{year}/all/won"
    what = "Ask the board for a second budget item 向董事会争取第二笔预算"
    life.say("AddAction", f"{plans[1]}-action", moments.at(1, "14:20"), seller, plan=plans[1], what=what, due_on=due, gap=gap)


def asked_of_product(life: Life, ago: int, request: str, project: str, *, title: str, need: str, value: str) -> None:
    """A need seen at the customer becomes a request to the product division, which answers."""
    fields = {"product_line": "supply chain", "title": title, "need": need, "project": project, "value": cny(value)}
    _say(life, "RaiseRequest", request, ago, request=request, **fields, evidence="proof of concept 试点纪要")
    on = life.moments.date_in(70).isoformat()
    answer = {"answer": "planned", "text": "A second gateway in each truck 每车双网关", "release": "R12", "planned_on": on}
    when, who = life.moments.at(ago - 4, "16:00"), actor(STAFF["product"], "product")
    life.say("AnswerRequest", f"{request}-answered", when, who, request=request, **answer)


def enabled(life: Life, ago: int, product_line: str) -> None:
    """Its unit is enabled for a product line by the product division."""
    proof = [{"what": "certification", "reference": "certificate 认证证书", "people": 6}]
    until = life.moments.date_in(320).isoformat()
    fields = {"unit": life.unit, "product_line": product_line, "evidence": proof, "valid_until": until}
    when, who = life.moments.at(ago, "14:00"), actor(STAFF["product"], "product")
    life.say("EnableUnit", f"{life.unit}-enabled", when, who, **fields, asked_by=life.seller)


def _say(life: Life, command: str, as_: str, ago: int, /, **fields: Any) -> None:
    given = {key: value for key, value in fields.items() if value is not None}
    when, who = life.moments.at(ago, "14:30"), actor(life.seller, "sales")
    life.say(command, f"{life.customer}-{as_}", when, who, **({"customer": life.customer} | given))
