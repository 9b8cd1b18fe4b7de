"""What crosses the wire between workflows, activities and callers. Fields are only ever added, with a default."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.messages import Frozen
from domain.standing import Deadline, Unmet, View

GENERATION = 4
"""The way that new runs go. To change the order in which a workflow commands things, count it up, let new runs go the new way
and older ones theirs (`workflows/stewardship.py`): unlike a patch, that costs no marker and no upsert in each history.

1: what is owed is delivered first, then the next clock is waited for. 2: both at the same time.
3: a timer of work that stands still is cancelled, once one has fired for nothing; what goes back and forth without end is shown
hazily in Temporal's lists (`workflows/showing.py`).
4: a history that is long in bytes, though not in events, is continued as new as well."""

CommandJson = dict[str, Any]
"""A command as JSON: decoded where it is decided, so that an older worker passes a newer one on untouched."""


class EventRef(Frozen):
    """Where an event is: its type, stream and version."""

    type: str
    stream: str
    version: int


class Refusal(Frozen):
    """Why a command was not taken, and what is unmet."""

    type: str
    detail: str
    unmet: tuple[Unmet, ...] = ()


class Owed(Frozen):
    """A command that is owed to another stream; `begins` it if its workflow is to be started as a child."""

    stream: str
    begins: bool
    command: CommandJson
    text: str
    view: View | None = None
    """How the workflow that begins will show itself, so that it can be started with the right search attributes."""
    to_many: bool = False
    """True for a word of a fan-out: it may go beside the others, and where they are more than a few no answer waits for it."""

    @property
    def id(self) -> str:
        """The command's id: derived from the business, so the same debt has the same id for ever."""
        return str(self.command["command_id"])


class Standing(Frozen):
    """Where a stream stands, in all that its workflow needs: how to show itself, what to wait for, whom to tell."""

    stream: str
    version: int = 0
    """0 as long as nothing is recorded."""
    view: View | None = None
    deadline: Deadline | None = None
    owed: tuple[Owed, ...] = ()
    owed_later: int = 0
    """How many more words of a fan-out are owed: the next of them are told of when those in `owed` have been delivered."""
    forget: tuple[str, ...] = ()
    """Of the ids of what has been delivered, those that are not owed any more: nobody need remember them."""

    @property
    def closed(self) -> bool:
        """True when the workflow has nothing to wait for."""
        return self.view is None or self.view.closed


class Start(Frozen):
    """How a workflow starts: with its first command, waiting for one, from its stream, or where its last run left off."""

    stream: str
    first: CommandJson | None = None
    awaits_command: bool = False
    view: View | None = None
    """How the starter has shown it already, by its search attributes at start."""
    standing: Standing | None = None
    delivered: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    """The ids of notices that the last run had in hand and not brought to their end."""
    turns: int = 0
    """How often it has gone back to what its search attributes had shown before."""
    generation: int = 1
    """The way that the run goes, from its start to its end; a run of an earlier generation keeps to its own."""


class Request(Frozen):
    """To the activity: answer this command, or, without one, say where the stream stands."""

    stream: str
    now: datetime
    command: CommandJson | None = None
    delivered: tuple[str, ...] | None = None
    """The ids of what has been delivered, so that the answer need not tell of it again; without them it tells of all that was
    ever owed, on one page. They leave no trace in the history: what a local activity is asked is not recorded."""


class Answer(Frozen):
    """From the activity: what was recorded or why not, and where the stream stands now."""

    standing: Standing
    events: tuple[EventRef, ...] = ()
    refusal: Refusal | None = None
    caused: tuple[str, ...] = ()
    """The ids of what others are owed because of this command and what its answer waits for: not a fan-out to many."""
    notices: tuple[str, ...] = ()
    """The ids of the notices that are owed to people because of this, or, where the workflow may not have heard of them, all
    that the stream still owes."""
    repeated: bool = False
    """True when the command had been recorded before; `events` are those recorded then."""


class Foresight(Frozen):
    """What a command would lead to, without recording it."""

    refusal: Refusal | None = None
    view: View | None = None


class Announcement(Frozen):
    """To the activity: send these notices. Ids only: who hears what stands in the store."""

    notices: tuple[str, ...]


class Announced(Frozen):
    """From the activity: what became of the notices; those that were not owed any more are in none."""

    sent: int = 0
    dead: int = 0


class Submission(Frozen):
    """To the workflow: one command. `attempt` tells this call's answer from that of an earlier call with the same id."""

    command: CommandJson
    attempt: str = ""
    more: tuple[CommandJson, ...] = ()
    """What is asked for after it, in this order, as when a past is brought along: one call for all of them. Each is decided
    and recorded by itself; when the first one is refused, the others are not looked at."""


class Accepted(Frozen):
    """From the workflow: what the command recorded, and the streams whose workflows it began."""

    events: tuple[EventRef, ...] = ()
    begun: tuple[str, ...] = ()
    more: tuple[Refusal | None, ...] = ()
    """Of each command after the first: why it was not taken, or None. A worker of an older build looks at none of them."""


class Refused(Frozen):
    """Detail of the workflow's `ApplicationError` for a refusal."""

    refusal: Refusal
    attempt: str = ""
