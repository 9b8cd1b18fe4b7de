"""The chapter of a playbook on notices 通知: who hears of what, in which words, over which channels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from domain.messages import Actor, ActorKind, Name
from domain.playbook.parts import Code, Place, Positive, Role, Rule, codes, no_twins, wrong

TELLABLE = frozenset(
    {
        *("action", "answer", "approval", "calendar", "case", "change", "condition", "count", "days", "deliverable", "due"),
        *("due_before", "due_on", "ended_on", "ends_on", "entered", "entry", "escalate_to", "escalated_to"),
        *("expected_on", "gate", "group", "hops", "issue", "kind", "left", "leftover", "level", "line", "milestone"),
        *("notice_on", "number", "occasion", "on", "owner", "passes_to", "percent", "period", "phase", "priority"),
        *("product", "promise", "quote", "recovery", "resolution", "review_on", "revisit_on", "risk", "role", "round", "score"),
        *("service_code", "side", "stage", "step", "subject", "survey", "target", "task", "to", "unit", "waiting_for"),
        *("planned_on", "request", "valid_until", "who"),
    }
)
"""Fields of events that a notice may tell: codes, roles, staff ids, counts and dates. Never a reason, a title, a customer's
words or a price: a notice goes to logs and to other companies' servers."""
CIRCUMSTANCES = frozenset({"work", "customer", "project", "event"})
"""What a notice may tell beside them: the stream as `ticket/T9`, the ids of its customer and project, and the event's type."""
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

EventName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z]{2,59}$")]
Recipient = Annotated[
    str,
    StringConstraints(pattern=r"^((owner|assignee|event\.[a-z_]+)/)?([a-z][a-z0-9_]{0,39}|event\.[a-z_]+)$"),
]
"""A role (`manager`), or a person in a role (`assignee/support`): the `owner` of the work, who has it (`assignee`), or whom the
event names in a field (`event.owner/sales`). A role may be named by the event too (`event.who`). When there is no such
person, the role itself is told, in the unit that owns the work."""


class Channel(Rule):
    """A way to people. Where it leads says the environment, `THROUGHLINE_CHANNEL_` and its code, never the playbook."""

    code: Code
    kind: Literal["log", "webhook", "apprise"]
    optional: bool = False
    """True for one that is left out as long as it has no address; otherwise a notice without an address is a dead letter."""


class ByRole(Rule):
    """The channels of a role."""

    role: Role
    channels: tuple[Code, ...]


class NoticeRule(Rule):
    """Who hears of an event."""

    event: EventName
    when: dict[str, tuple[str | int, ...]] = Field(default_factory=dict)
    """Only if each of these fields of the event, or of what it happened to, has one of these values."""
    to: Annotated[tuple[Recipient, ...], Field(min_length=1)]
    channels: tuple[Code, ...] = ()
    """Instead of the channels of the recipient's role."""
    text: Name
    """What is said; `{percent}` stands for that field of the event, `{work}` for what it is about."""

    @model_validator(mode="after")
    def _tellable(self) -> NoticeRule:
        for words in (self.text.en, self.text.zh):
            for name in PLACEHOLDER.findall(words):
                if name not in TELLABLE | CIRCUMSTANCES:
                    reason = f"{{{name}}} may not be told: notices hold codes, roles, ids, counts and dates only"
                    raise wrong(reason, "text")
        return self

    def fields(self) -> Iterator[str]:
        """Every field of the event that this rule reads."""
        yield from self.when
        yield from (part.removeprefix("event.") for to in self.to for part in to.split("/") if part.startswith("event."))
        for words in (self.text.en, self.text.zh):
            yield from (name for name in PLACEHOLDER.findall(words) if name not in CIRCUMSTANCES)


class NoticeRules(Rule):
    """Notices 通知. Left out, nobody is told anything."""

    channels: tuple[Channel, ...] = ()
    by_default: tuple[Code, ...] = ()
    """The channels of every role that has none of its own."""
    by_role: tuple[ByRole, ...] = ()
    tries: Positive = 8
    """How often a notice is tried before it becomes a dead letter."""
    told_within: Positive = 7
    """Calendar days: of a fact that was older when the system found it, as after an outage, nobody is told by itself; the
    notice is kept and listed."""
    brought_within: Positive = 24
    """Hours: the same for what a person or a program has brought late, with a date in the past, as an import does."""
    rules: tuple[NoticeRule, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> NoticeRules:
        # Two codes that differ only by capitals would share one variable of the environment.
        no_twins("channel", ((code.lower(), place) for code, place in codes(self.channels, "channels")))
        for index, channel in enumerate(self.channels):
            if channel.code.lower().endswith("_secret"):
                raise wrong("must not end with _secret: that is where a channel's secret stands", "channels", index, "code")
        known = {channel.code for channel in self.channels}
        for code, place in self._channels_used():
            if code not in known:
                raise wrong(f"the channel {code!r} is used but not described under channels", *place)
        no_twins("channels of the role", ((row.role, ("by_role", index, "role")) for index, row in enumerate(self.by_role)))
        for index, rule in enumerate(self.rules):
            if not rule.channels and not self.by_default and not self.by_role:
                raise wrong("goes over no channel: name channels here or under by_default", "rules", index)
        return self

    def _channels_used(self) -> Iterator[tuple[str, Place]]:
        yield from ((code, ("by_default", index)) for index, code in enumerate(self.by_default))
        for number, row in enumerate(self.by_role):
            yield from ((code, ("by_role", number, "channels", index)) for index, code in enumerate(row.channels))
        for number, rule in enumerate(self.rules):
            yield from ((code, ("rules", number, "channels", index)) for index, code in enumerate(rule.channels))

    def roles_used(self, *place: int | str) -> Iterator[tuple[str, Place]]:
        """Every role that this chapter names, with its place."""
        yield from ((row.role, (*place, "by_role", index, "role")) for index, row in enumerate(self.by_role))
        for number, rule in enumerate(self.rules):
            for index, to in enumerate(rule.to):
                role = to.rpartition("/")[2]
                if not role.startswith("event."):
                    yield role, (*place, "rules", number, "to", index)

    def told_for(self, actor: Actor) -> timedelta:
        """How old a fact may be that somebody records, for people to be told of it."""
        return timedelta(days=self.told_within) if actor.kind is ActorKind.SYSTEM else timedelta(hours=self.brought_within)

    def channel(self, code: str) -> Channel:
        """The channel with that code; raises KeyError for one that is not there."""
        return {channel.code: channel for channel in self.channels}[code]

    def channels_for(self, rule: NoticeRule, role: str) -> Sequence[Channel]:
        """The channels over which a recipient in that role hears of what the rule is about."""
        own = next((row.channels for row in self.by_role if row.role == role), self.by_default)
        return [self.channel(code) for code in dict.fromkeys(rule.channels or own)]
