"""Who hears of a fact, what, and over which channel: a pure function of the fact, the state after it and the playbook."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from domain.messages import SYSTEM, Actor, Event, Frozen, Name
from domain.people import among, behind, person
from domain.playbook import Playbook
from domain.playbook.notices import PLACEHOLDER, TELLABLE, NoticeRule

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}")
"""What a code, an id or a date looks like. Words of a person do not: they have blanks, or signs of their own language."""


class Recipient(Frozen):
    """Who is told: a person in a role, or the role in a unit."""

    role: str
    unit: str = ""
    person: str = ""
    """Staff id; empty when the role itself is told."""

    @property
    def key(self) -> str:
        """The recipient in one word: `u17`, or `manager@north`."""
        return self.person or (f"{self.role}@{self.unit}" if self.unit else self.role)


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that one recipient hears over one channel."""

    id: str
    """Derived from the fact, the recipient and the channel: the same notice has the same id for ever."""
    event: str
    stream: str
    version: int
    occurred_at: datetime
    customer: str
    project: str
    to: Recipient
    channel: str
    kind: str
    text: Name
    facts: dict[str, Any]
    """What may be told of the event: codes, roles, ids, counts and dates."""
    late: bool
    """True for a fact that was so old when it was recorded that nobody is told by itself."""


def notices_of(
    event: Event,
    state: Any,
    playbook: Playbook,
    *,
    stream: str,
    version: int,
    now: datetime,
    actor: Actor = SYSTEM,
    closed_channels: Collection[str] = (),
) -> Sequence[Notice]:
    """Who hears of an event that left this state, each recipient once over each channel; the first rule that fits says what.

    Nobody hears while the clocks are held, of what they did themselves, or over one of the `closed_channels` (optional ones
    without an address). `now` is when the fact is recorded."""
    if not state.exists or state.held:
        return ()
    rules = playbook.notices
    found: dict[str, Notice] = {}
    late = now - event.occurred_at > rules.told_for(actor)
    facts = {name: _told(value) for name, value in event if name in TELLABLE and _told(value) is not None}
    work = stream.replace("-", "/", 1)
    about = {"work": work, "customer": state.root.customer, "project": state.root.project, "event": event.type}
    for rule in (rule for rule in rules.rules if rule.event == event.type and _fits(rule, event, state)):
        for to in _recipients(rule, event, state, playbook):
            if to.person and among(to.person, behind(actor)):
                continue
            for channel in rules.channels_for(rule, to.role):
                if channel.code in closed_channels:
                    continue
                notice = Notice(
                    id=notice_id(stream, version, to, channel.code),
                    event=event.type,
                    stream=stream,
                    version=version,
                    occurred_at=event.occurred_at,
                    customer=about["customer"],
                    project=about["project"],
                    to=to,
                    channel=channel.code,
                    kind=channel.kind,
                    text=_filled(rule.text, facts | about),
                    facts=facts,
                    late=late,
                )
                found.setdefault(notice.id, notice)
    return tuple(found.values())


def never_heard(playbook: Playbook, events: Mapping[str, type[Event]]) -> Sequence[str]:
    """What keeps rules of a playbook from ever being heard, one sentence each: an event or a field that is not there."""
    wrong = []
    for index, rule in enumerate(playbook.notices.rules):
        place = f"notices.rules.{index}"
        if rule.event not in events:
            wrong.append(f"{place}: there is no event {rule.event!r}")
            continue
        fields = events[rule.event].model_fields
        # A condition may also be about what the event happened to.
        wrong += [
            f"{place}: {rule.event} has no {one!r}" for one in rule.fields() if one not in fields and one not in rule.when
        ]
    return wrong


def notice_id(stream: str, version: int, to: Recipient, channel: str) -> str:
    """The id of a notice: visible ASCII without spaces, so that it can go along as an Idempotency-Key.

    Other signs than those of ids are written as their code (`%738B`), so that two recipients never share an id. A person is
    one however their id is written."""
    key = person(to.person) if to.person else to.key
    return f"{stream}:{version}:{re.sub(r'[^A-Za-z0-9._@-]', lambda sign: f'%{ord(sign[0]):X}', key)}:{channel}"


def _fits(rule: NoticeRule, event: Event, state: Any) -> bool:
    return all(str(getattr(event, name, getattr(state, name, ""))) in map(str, wanted) for name, wanted in rule.when.items())


def _recipients(rule: NoticeRule, event: Event, state: Any, playbook: Playbook) -> Iterator[Recipient]:
    for to in rule.to:
        who, _, role = to.rpartition("/")
        named = str(getattr(event, role.removeprefix("event."), "")) if role.startswith("event.") else role
        if named not in playbook.roles:
            continue
        unit = state.unit_now
        yield Recipient(role=named, unit=unit, person=_person(who, event, state))


def _person(who: str, event: Event, state: Any) -> str:
    match who:
        case "":
            return ""
        case "owner":
            named = "" if state.owners else str(getattr(state, "owner", ""))  # Work that changed hands has its new owner.
            return named or str(state.owner_now)
        case "assignee":
            return str(getattr(state, "assigned_to", ""))
        case _:
            named = str(getattr(event, who.removeprefix("event."), "") or "")
            return named if CODE.fullmatch(named) else ""


def _filled(text: Name, values: dict[str, Any]) -> Name:
    def fill(words: str) -> str:
        return PLACEHOLDER.sub(lambda found: str(values.get(found[1], "–")), words)

    return Name(en=fill(text.en), zh=fill(text.zh))


def _told(value: object) -> str | int | None:
    match value:
        case bool():
            return None
        case int():
            return value
        case datetime():
            return value.isoformat(timespec="minutes")
        case date():
            return value.isoformat()
        case str() if CODE.fullmatch(value):
            return value
        case _:
            return None
