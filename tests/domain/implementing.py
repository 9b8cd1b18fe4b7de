"""An implementation that has begun, and what a command records in it beside what it does to the forecast."""

from __future__ import annotations

from domain.cancelling import Unwind
from domain.implementation import ForecastMoved, PlanUnits, Unit
from domain.messages import SYSTEM, Command, Event
from domain.standing import View
from tests.domain.asked import DELIVERY, handed_to_delivery, judge
from tests.domain.scenario import Told, World, given

WORK = "implementation-P1"
BEGUN: list[Command] = handed_to_delivery()

UNWIND = Unwind(of=WORK, reason="customer was bought", approver="m1", actor=SYSTEM)

PILOT = Unit(unit="pilot", name="苏州工厂", pilot=True)
NORTH = Unit(unit="north", name="天津工厂")
SOUTH = Unit(unit="south", name="广州工厂")


def units(*of: Unit, **fields: object) -> PlanUnits:
    return PlanUnits(project="P1", units=of or (PILOT, NORTH, SOUTH), **({"actor": DELIVERY} | fields))  # type: ignore[arg-type]


def after(*told: Told) -> World:
    """The world of an implementation in which this has happened."""
    return given(BEGUN, *told).world


def recorded(world: World, command: Command) -> list[Event]:
    """What the command records of the work itself."""
    return [event for event in world.take(command) if not isinstance(event, ForecastMoved)]


def types(world: World, command: Command) -> list[str]:
    return [event.type for event in recorded(world, command)]


def missing(world: World) -> list[str]:
    """The codes of what is missing, as people see it."""
    return [one.code for one in shown(world).missing]


def shown(world: World) -> View:
    return world.view(WORK)


def judged(world: World, *, of: str = WORK) -> list[str]:
    """The types of the facts whose moment has come."""
    return types(world, judge(of))
