"""Whole lives of projects, made by chance: commands legal and illegal, shuffled, repeated, in parallel, on all three stores.

Each life is led three times at once, on memory, SQLite and PostgreSQL. They must answer alike, end in the same events, pass
gates only with what the playbook asks for, and lose no promise; afterwards every decision is made once more."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from domain import streams
from domain.catalogue import COMMANDS, decider_of
from domain.messages import Command
from domain.phases import PHASES, phase_stream
from domain.playbook import Playbooks
from domain.promises import RecordPromise, vanished
from eventstore.opening import open_store
from eventstore.port import EventStore
from history.reevaluating import reevaluate
from projections.rows import TABLES
from runtime.composition import CODEC
from tests.domain.asked import PLAYBOOKS, classify, open_project, register
from tests.lifecycles.company import Company, Said
from tests.lifecycles.detours import detours
from tests.lifecycles.driver import next_commands, person
from tests.lifecycles.gates import wrongly_passed
from tests.lifecycles.strategies import any_command

LIVES = 100
PARTS = 4
STEPS = 8
STRETCH = 12
RARELY = 0.02
"""How often a detour is a cancellation."""
CLASSES = {"strategic": "2500000000", "medium_vip": "500000000", "small": "9000000", "entry": "1000000"}
"""Value classes, each with a yearly revenue of its market."""
DAYS = st.sampled_from([0, 1, 5, 20, 60, 120])
EARLIER = PLAYBOOKS.latest().model_copy(update={"version": "2000.1"})
SHELF = Playbooks([*PLAYBOOKS, EARLIER])
"""With a version that projects can be moved to; new ones open under the newest."""
ANY = any_command(PLAYBOOKS.latest())
FITTING = {
    kind: any_command(PLAYBOOKS.latest(), decider_of(f"{kind}-").commands) for kind in ("funnel", "handoff", "implementation")
}

# Not made smaller when one fails: each try would lead a life on three stores.
LED = settings(max_examples=LIVES // PARTS, stateful_step_count=STEPS, phases=(Phase.generate,))

_numbers = itertools.count(1)


class Lives(RuleBasedStateMachine):
    """One project's life, led on every store at once."""

    stores: Sequence[EventStore]
    loop: asyncio.AbstractEventLoop

    def __init__(self) -> None:
        super().__init__()
        self.number = next(_numbers)
        self.project = f"P{self.number}x"
        self.companies = [Company(store, SHELF) for store in self.stores]
        self.asked: list[tuple[Command, Said]] = []
        self.ids = itertools.count(1)
        self.ledger: Any = ()

    @initialize(
        playbook=st.sampled_from([None, *PLAYBOOKS.names()]),
        value_class=st.sampled_from(sorted(CLASSES)),
        gates=st.sampled_from(range(17)),
        chance=st.randoms(use_true_random=True),
    )
    def begin(self, playbook: str | None, value_class: str, gates: int, chance: Random) -> None:
        for command in (register(revenue=CLASSES[value_class]), classify(value_class), open_project(playbook=playbook)):
            assert isinstance(self.everywhere(command), tuple)
        for name in ("pr8", "pr9")[: chance.randrange(3)]:
            self.promise(name)
        self.go_on(gates)
        self.live_on(chance)

    @rule(gates=st.integers(1, 3))
    def go_on_properly(self, gates: int) -> None:
        self.go_on(gates)

    @rule(chance=st.randoms(use_true_random=True))
    def go_on_living(self, chance: Random) -> None:
        self.live_on(chance)

    def live_on(self, chance: Random) -> None:
        """A stretch of real life: mostly detours, some proper steps, and time that passes."""
        for _ in range(STRETCH):
            match chance.choices(["detour", "properly", "wait"], [6, 3, 1])[0]:
                case "detour":
                    ways = detours(self.state, SHELF, self.project, self.companies[0].now)
                    rarely = [way for way in ways if way.command == "CancelProject"]
                    self.everywhere(chance.choice(rarely if chance.random() < RARELY else [w for w in ways if w not in rarely]))
                case "properly":
                    self.go_on(1)
                case _:
                    self.wait(chance.choice([1, 5, 20, 60]))

    @rule(data=st.data())
    def try_what_might_fit(self, data: st.DataObject) -> None:
        phase = self.states()[streams.project(self.project)].phase
        kind = streams.category(phase_stream("X", phase))
        drawn = data.draw(FITTING.get(kind, ANY))
        stream = phase_stream(self.project, phase)
        state = self.states().get(stream)
        if drawn is None or state is None:
            return
        roles = [decider_of(stream).view(state, SHELF.of(state)).waiting_for, "manager", "delivery", "sales"]
        who = person(data.draw(st.sampled_from([role for role in roles if role])), 3)
        self.everywhere(drawn.model_copy(update={"actor": who}))

    @rule(drawn=st.lists(ANY, min_size=1, max_size=4))
    def try_anything(self, drawn: list[Command | None]) -> None:
        for command in drawn:
            if command is not None and command.command not in ("JudgeClocks",):
                self.everywhere(command)

    @rule(name=st.sampled_from(["pr1", "pr2", "pr3"]))
    def make_a_promise(self, name: str) -> None:
        self.promise(name)

    def promise(self, name: str) -> None:
        phase = self.states()[streams.project(self.project)].phase
        self.everywhere(
            RecordPromise(project=self.project, promise=name, at=phase, about="date", text="x", actor=person("sales"))
        )

    @rule(back=st.integers(1, 30))
    def repeat(self, back: int) -> None:
        if not self.asked:
            return
        command, said = self.asked[-min(back, len(self.asked))]
        again = self.send(command)
        assert again == said or isinstance(said, str), f"{command.command} recorded {said}, and the second time {again}"

    @rule(times=st.integers(2, 6))
    def send_the_same_at_once(self, times: int) -> None:
        for command in self.proper()[:1]:
            named = self.named(command)
            answers = [self.loop.run_until_complete(one.ask_at_once([named] * times)) for one in self.companies]
            assert len({str(said) for said in itertools.chain(*answers)}) == 1, answers
            self.asked.append((named, answers[0][0]))

    @rule(drawn=st.lists(ANY, min_size=2, max_size=4))
    def send_different_ones_at_once(self, drawn: list[Command | None]) -> None:
        """To different streams and without debts to each other's, or their order would matter: notes, and one proper step."""
        notes = [self.named(one) for one in drawn if one is not None and one.command in ("RecordContact", "OpenTicket")]
        mixed = [*notes[:1], *(self.named(one) for one in self.proper()[:1])]
        answers = [self.loop.run_until_complete(one.ask_at_once(mixed)) for one in self.companies]
        assert all(one == answers[0] for one in answers), answers

    @rule(days=DAYS)
    def time_passes(self, days: int) -> None:
        self.wait(days)

    def wait(self, days: int) -> None:
        for company in self.companies:
            self.loop.run_until_complete(company.wait_until(company.now + timedelta(days=days)))

    def everywhere(self, command: Command) -> Said:
        """Ask everywhere, under an id of its own; the answers are alike, and no gate is passed wrongly."""
        named = self.named(command)
        said = self.send(named)
        self.asked.append((named, said))
        return said

    def send(self, named: Command) -> Said:
        answers = [self.loop.run_until_complete(company.ask(named)) for company in self.companies]
        assert all(said == answers[0] for said in answers), f"{named.command}: {answers}"
        self.no_promise_is_lost()
        return answers[0]

    def named(self, command: Command) -> Command:
        """The same command, to this life's own project, customer and ticket."""
        written = command.model_dump_json(exclude_none=True)
        for placeholder, own in (("P1", self.project), ("C1", f"C{self.number}x"), ("T1", f"T{self.number}x")):
            written = re.sub(rf'(?<!"priority":")(?<![A-Za-z0-9]){placeholder}(?![A-Za-z0-9])', own, written)
        copy = COMMANDS[command.command].model_validate_json(written)
        return copy.model_copy(update={"command_id": f"k{next(self.ids)}"})

    def go_on(self, gates: int) -> None:
        for _ in range(gates):
            for command in self.proper():
                self.everywhere(command)

    def proper(self) -> Sequence[Command]:
        return next_commands(self.state, SHELF, self.project)

    def state(self, stream: str) -> Any:
        return self.states().get(stream) or decider_of(stream).initial()

    def states(self) -> dict[str, Any]:
        return self.loop.run_until_complete(self.companies[0].states())

    def no_promise_is_lost(self) -> None:
        states = self.states()
        begun = [phase for phase in PHASES if phase != "closed" and phase_stream(self.project, phase) in states]
        latest = states[phase_stream(self.project, begun[-1])].promises if begun else ()
        assert not vanished(self.ledger, latest), vanished(self.ledger, latest)
        self.ledger = latest

    def teardown(self) -> None:
        told = [self.loop.run_until_complete(company.events()) for company in self.companies]
        for other in told[1:]:
            assert plain(other) == plain(told[0])
        events = {stream: [CODEC.decode(event) for event in stored] for stream, stored in told[0].items()}
        assert wrongly_passed(events, SHELF) == []


def plain(told: dict[str, Any]) -> dict[str, list[tuple[Any, ...]]]:
    """What is stored, without the places in the log, which other lives share."""
    return {
        stream: [(one.version, one.type, one.data, one.occurred_at, one.actor, one.command_id, one.playbook) for one in stored]
        for stream, stored in told.items()
    }


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(PARTS))
def test_a_hundred_lives_are_the_same_on_every_store_pass_no_gate_wrongly_and_lose_no_promise(
    part: int, sqlite_url: str, postgresql_url: str
) -> None:
    with asyncio.Runner() as runner:
        # Not the runner's own `run`: for Ctrl-C it writes out each task with its result, a seventh of the whole test.
        run = runner.get_loop().run_until_complete
        stores = [run(open_store(url)) for url in ("memory://", sqlite_url, postgresql_url)]
        led = type("Led", (Lives,), {"stores": stores, "loop": runner.get_loop()})
        try:
            run_state_machine_as_test(seed(part)(led), settings=LED)
            for store in stores:
                assert run(reevaluate(store, CODEC, SHELF)).findings == []
            rows = [[run(store.rows(table, limit=100_000)) for table in TABLES] for store in stores]
            assert rows[0] == rows[1] == rows[2]
        finally:
            for store in stores:
                run(store.close())
