"""Who hears of what: exactly those whom the playbook names, once, and nothing that is personal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.catalogue import EVENTS, decider_of
from domain.messages import SYSTEM, Actor, ActorKind, Event
from domain.playbook import Playbook
from domain.playbook.notices import NoticeRules
from domain.telling import Notice, Recipient, never_heard, notice_id, notices_of
from domain.ticket import AssignTicket
from tests.domain.asked import (
    MONDAY,
    PLAYBOOKS,
    RULES,
    SUPPORT,
    at,
    classify,
    judge,
    offer,
    on,
    open_project,
    open_ticket,
    register,
    release,
    started,
    won,
)
from tests.domain.scenario import World

TICKET = "ticket-T1"
P2 = {"impact": "high", "urgency": "medium"}


def told(world: World, stream: str, now: datetime | None = None, playbook: Playbook = RULES, **options: Any) -> list[Notice]:
    """All that people heard of a stream, if each fact was recorded when it happened, or at `now`."""
    decider, state = decider_of(stream), decider_of(stream).initial()
    heard: list[Notice] = []
    for version, event in enumerate(world.events[stream], start=1):
        state = decider.apply(state, event)
        when = now or event.occurred_at
        heard += notices_of(event, state, playbook, stream=stream, version=version, now=when, **options)
    return heard


def heard(notices: list[Notice], event: str) -> list[tuple[str, str, Any]]:
    """Who heard of the events of a type, over which channel, with the percent if there is one."""
    return [(one.to.key, one.channel, one.facts.get("percent", "")) for one in notices if one.event == event]


def a_ticket(*told: Any) -> World:
    return World().tell(register(), classify("other_large"), open_ticket(**P2), *told)


def test_warnings_go_to_who_has_the_ticket_and_late_ones_to_its_owner_too() -> None:
    world = a_ticket(AssignTicket(ticket="T1", to="s2", actor=SUPPORT), at("2026-03-02 17:30"), judge(TICKET))

    notices = [one for one in told(world, TICKET, closed_channels={"webhook"}) if one.facts.get("target") == "respond"]

    warned = heard(notices, "TargetWarned")
    assert ("s2", "log", 70) in warned
    assert [who for who, _, percent in warned if percent == 70] == ["s2"]
    assert {who for who, _, percent in warned if percent == 90} >= {"s2"}
    assert sorted(who for who, _, _ in heard(notices, "TargetBreached")) == ["s2", "support_lead@north"]


def test_a_ticket_that_nobody_has_is_told_to_the_role_in_the_unit_that_owns_it() -> None:
    world = a_ticket(at("2026-03-02 12:00"), judge(TICKET))

    assert ("support@north", "log", 70) in heard(told(world, TICKET, closed_channels={"webhook"}), "TargetWarned")


def test_each_recipient_hears_once_over_each_channel_however_many_rules_fit() -> None:
    world = a_ticket(at("2026-03-02 17:30"), judge(TICKET))

    notices = told(world, TICKET)

    assert len({one.id for one in notices}) == len(notices)
    warned = heard(notices, "TargetWarned")  # two rules fit the warning at 90 %
    assert warned.count(("support@north", "log", 90)) <= 2  # one for each target


def test_nobody_is_told_of_what_they_did_themselves() -> None:
    world = a_ticket(AssignTicket(ticket="T1", to="S1", actor=SUPPORT))

    assert heard(told(world, TICKET, actor=SYSTEM), "TicketAssigned")
    assert heard(told(world, TICKET, actor=SUPPORT), "TicketAssigned") == []
    on_behalf = Actor(kind=ActorKind.PERSON, id="x9", on_behalf_of="s1")
    assert heard(told(world, TICKET, actor=on_behalf), "TicketAssigned") == []


def test_an_offered_handoff_is_told_to_its_receiver_and_to_no_other() -> None:
    world = World().tell(*started(), *won(), offer())

    offered = heard(told(world, "handoff-P1-delivery", closed_channels={"webhook"}), "HandoffOffered")

    assert offered == [("delivery@north", "log", "")]


def test_while_the_past_is_brought_along_nobody_hears_of_it() -> None:
    world = World().tell(at("2026-01-05 10:00"), register(), classify())
    world.tell(at("2026-03-02 10:00"), on(at("2026-01-05 10:00"), open_project(hold_clocks=True)))
    assert told(world, "funnel-P1") == []

    world.tell(release(project="P1"))
    late = told(world, "funnel-P1", now=world.now)
    assert late
    assert all(one.late for one in late)


def test_a_fact_that_is_recorded_a_week_late_is_kept_but_told_nobody_by_itself() -> None:
    world = a_ticket(at("2026-03-02 12:00"), judge(TICKET))
    within = timedelta(days=RULES.notices.told_within)

    assert not any(one.late for one in told(world, TICKET, now=MONDAY + within))
    assert all(one.late for one in told(world, TICKET, now=MONDAY + within + timedelta(days=1)))


def test_what_somebody_brings_along_late_is_told_nobody_sooner_than_what_an_outage_has_held_up() -> None:
    world = a_ticket(at("2026-03-02 12:00"), judge(TICKET))
    two_days_on = MONDAY + timedelta(days=2)

    assert not any(one.late for one in told(world, TICKET, now=two_days_on, actor=SYSTEM))
    assert all(one.late for one in told(world, TICKET, now=two_days_on, actor=SUPPORT))
    assert not any(one.late for one in told(world, TICKET, now=MONDAY + timedelta(hours=20), actor=SUPPORT))


def test_roles_may_have_channels_of_their_own_and_a_rule_may_name_others() -> None:
    chapter = {
        "channels": [{"code": code, "kind": "log"} for code in ("log", "desk", "chat")],
        "by_default": ["log"],
        "by_role": [{"role": "support_lead", "channels": ["chat", "log"]}],
        "rules": [
            {"event": "TargetBreached", "to": ["support", "support_lead"], "text": {"en": "late", "zh": "超时"}},
            {"event": "TargetWarned", "to": ["support"], "channels": ["desk"], "text": {"en": "soon", "zh": "将超时"}},
        ],
    }
    playbook = RULES.model_copy(update={"notices": NoticeRules.model_validate(chapter)})
    notices = told(a_ticket(at("2026-03-02 17:30"), judge(TICKET)), TICKET, playbook=playbook)

    assert {(who, channel) for who, channel, _ in heard(notices, "TargetBreached")} == {
        ("support@north", "log"),
        ("support_lead@north", "chat"),
        ("support_lead@north", "log"),
    }
    assert {channel for _, channel, _ in heard(notices, "TargetWarned")} == {"desk"}


def test_a_notice_holds_codes_and_no_words_of_a_person() -> None:
    world = a_ticket(AssignTicket(ticket="T1", to="s2", actor=SUPPORT), at("2026-03-02 17:30"), judge(TICKET))

    for notice in told(world, TICKET):
        whole = f"{notice.text} {notice.facts}"
        assert "无法登录" not in whole  # the title
        assert "华星集团" not in whole  # the customer's name


@pytest.mark.parametrize("words", ["{reason}", "{title}", "{name}", "{amount}"])
def test_a_playbook_that_would_tell_what_is_personal_is_refused(words: str) -> None:
    rule = {"event": "TicketReopened", "to": ["support"], "channels": ["log"], "text": {"en": words, "zh": words}}
    with pytest.raises(ValidationError, match="may not be told"):
        NoticeRules.model_validate({"channels": [{"code": "log", "kind": "log"}], "rules": [rule]})


def test_words_of_a_person_in_a_field_that_may_be_told_are_left_out() -> None:
    class Noted(Event):
        """Something with words where a code is meant."""

        type = "TargetWarned"
        target: str = "customer 王 is angry"
        percent: int = 70

    world = a_ticket()
    state = world.state(TICKET)
    [notice, *_] = notices_of(Noted(occurred_at=MONDAY), state, RULES, stream=TICKET, version=9, now=MONDAY)

    assert notice.facts == {"percent": 70}
    assert "–" in notice.text.en


def test_a_channel_that_a_rule_names_must_be_described() -> None:
    rule = {"event": "TicketReopened", "to": ["support"], "channels": ["fax"], "text": {"en": "a", "zh": "啊"}}
    with pytest.raises(ValidationError, match="'fax' is used but not described"):
        NoticeRules.model_validate({"rules": [rule]})


def test_the_same_notice_has_the_same_id_for_ever_and_no_other_has_it() -> None:
    def made(person: str) -> str:
        return notice_id(TICKET, 7, Recipient(role="support", unit="north", person=person), "log")

    assert notice_id(TICKET, 7, Recipient(role="manager", unit="north"), "log") == "ticket-T1:7:manager@north:log"
    assert made("U17") == made("u17") == "ticket-T1:7:u17:log"
    assert len({made("王"), made("玉"), made("a b"), made("ab"), made("a:b")}) == 5
    assert made("王").isascii()


def test_every_rule_of_the_shipped_playbooks_names_events_and_fields_that_there_are() -> None:
    for playbook in PLAYBOOKS:
        assert playbook.notices.rules
        assert never_heard(playbook, EVENTS) == []


def test_a_rule_that_nobody_would_ever_hear_of_is_told() -> None:
    rules = [
        {"event": "TargetBreeched", "to": ["support"], "text": {"en": "late", "zh": "超时"}},
        {"event": "TargetBreached", "to": ["event.whom"], "text": {"en": "late {percent}", "zh": "超时"}},
    ]
    chapter = {"channels": [{"code": "log", "kind": "log"}], "by_default": ["log"], "rules": rules}
    playbook = RULES.model_copy(update={"notices": NoticeRules.model_validate(chapter)})

    assert never_heard(playbook, EVENTS) == [
        "notices.rules.0: there is no event 'TargetBreeched'",
        "notices.rules.1: TargetBreached has no 'whom'",
        "notices.rules.1: TargetBreached has no 'percent'",
    ]
