"""Which playbook a new project comes under: the table of business modes, whom a playbook serves, the choice and its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from pydantic import model_validator

from domain.messages import Name, Text
from domain.playbook.enablement import folded
from domain.playbook.parts import Code, Rule, codes, no_twins
from domain.refusals import NotFoundError, RefusalError

if TYPE_CHECKING:
    from domain.playbook.book import Playbook
    from domain.playbook.shelf import Playbooks

FALLBACK = "standard"
"""The playbook of what no other one serves."""

MODES = "modes"
"""The name under which the table of business modes is kept; no playbook may have it."""


class Serves(Rule):
    """Whom a playbook is for. An empty list means any; what all three leave empty is served as well as by the fallback."""

    modes: tuple[Code, ...] = ()
    value_classes: tuple[Code, ...] = ()
    product_lines: tuple[Text, ...] = ()

    @property
    def named(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What is named, in the order of its weight: a mode says more than a value class, that more than a product line."""
        lines = tuple(folded(line) for line in self.product_lines)
        all_three = (("business mode", self.modes), ("value class", self.value_classes), ("product line", lines))
        return tuple((what, of) for what, of in all_three if of)

    def fits(self, asked: dict[str, str]) -> bool:
        """Whether everything that is named is what is asked for."""
        return all(asked[what] in of for what, of in self.named)

    @property
    def weight(self) -> tuple[int, ...]:
        """The more is named, the more specific; with as much named, the mode outweighs the class, and that the line."""
        kinds = [what for what, _ in self.named]
        return (len(kinds), *(kind in kinds for kind in ("business mode", "value class", "product line")))


class Mode(Rule):
    """A business mode 经营模式: how customers of some value classes are served, by which unit, with what."""

    code: Code
    name: Name
    value_classes: tuple[Code, ...] = ()
    """The value classes that it serves; any when empty."""
    owning_unit: str = ""
    product_line: str = ""
    """What its projects sell that name no product line themselves."""
    strategy: Name | None = None
    playbook: Code | None = None
    """The playbook of its projects; chosen by what the playbooks serve when left out."""


class Modes(Rule):
    """The table of business modes, in one version."""

    version: Text
    by_class: bool = False
    """True when a project that names no mode gets the one that serves its customer's value class, if exactly one does."""
    modes: tuple[Mode, ...] = ()

    @model_validator(mode="after")
    def _unique(self) -> Modes:
        no_twins("business mode", codes(self.modes, "modes"))
        return self

    def get(self, code: str) -> Mode | None:
        """The mode of that code."""
        return next((mode for mode in self.modes if mode.code == code), None)

    def serving(self, value_class: str) -> tuple[Mode, ...]:
        """The modes that serve a value class: those that name it; where none does, those that serve any."""
        named = tuple(mode for mode in self.modes if value_class and value_class in mode.value_classes)
        return named or tuple(mode for mode in self.modes if value_class and not mode.value_classes)


class ModeUnknownError(NotFoundError):
    """The table of business modes has no such mode."""


class ModeNotForCustomerError(RefusalError):
    """The business mode serves other value classes than the customer's."""


class PlaybookUnclearError(RefusalError):
    """More than one playbook serves the project equally well."""


def mode_of(playbooks: Playbooks, value_class: str) -> tuple[str, str]:
    """The business mode of a project that names none, and why it has that one, or none. Empty with an empty reason where the
    table does not say that modes are found so, or there is no table."""
    table = playbooks.modes
    if table is None or not table.by_class:
        return "", ""
    if not value_class:
        return "", "none: the customer is not classified yet"
    serving = table.serving(value_class)
    if len(serving) == 1:
        return serving[0].code, f"it serves value class {value_class}"
    if not serving:
        return "", f"none: no business mode serves value class {value_class}"
    told = ", ".join(mode.code for mode in serving)
    return "", f"none: {told} serve value class {value_class} alike; name one (`mode`)"


def choose(playbooks: Playbooks, mode: str, value_class: str, product_line: str) -> tuple[Playbook, str]:
    """The playbook of a new project, and why it is that one.

    The mode's own playbook if the table names one; else the one that serves mode, value class and product line most
    specifically; else the standard one. Raises a refusal that says what to do."""
    row = row_of(playbooks, mode, value_class)
    if row is not None and row.playbook is not None:
        if row.playbook not in playbooks.names():
            raise ModeUnknownError(f"The business mode {mode} names the playbook {row.playbook}, which there is none of.")
        return playbooks.latest(row.playbook), f"business mode {mode} names it"
    line = product_line or (row.product_line if row is not None else "")
    asked = {"business mode": mode, "value class": value_class, "product line": folded(line)}
    fitting = [one for one in _newest(playbooks) if one.serves is not None and one.serves.fits(asked)]
    if not fitting:
        return playbooks.latest(FALLBACK), "the standard one: no other playbook serves this project"
    best = max(_weight(one) for one in fitting)
    found = [one for one in fitting if _weight(one) == best]
    if len(found) > 1:
        told = " and ".join(str(one.ref) for one in found)
        raise PlaybookUnclearError(f"{told} serve this project equally well: name one of them (`playbook`).")
    [chosen] = found
    named = chosen.serves.named if chosen.serves is not None else ()
    asked["product line"] = " ".join(line.casefold().split())  # As people write it.
    why = ", ".join(f"{what} {asked[what]}" for what, _ in named) or "any project"
    return chosen, f"it serves {why}"


def row_of(playbooks: Playbooks, mode: str, value_class: str) -> Mode | None:
    """The row of a business mode; None without one. Raises a refusal for one that there is not, or not for that value class."""
    if not mode:
        return None
    table = playbooks.modes
    row = table.get(mode) if table is not None else None
    if row is None:
        there = ", ".join(one.code for one in table.modes) if table is not None else ""
        told = f"there are: {there}" if there else "the table of business modes is empty"
        raise ModeUnknownError(f"There is no business mode {mode!r}; {told}.")
    if row.value_classes and value_class not in row.value_classes:
        serves, given = ", ".join(row.value_classes), value_class or "not classified yet"
        raise ModeNotForCustomerError(f"The business mode {mode} serves the value classes {serves}; the customer is {given}.")
    return row


def _newest(playbooks: Playbooks) -> Iterator[Playbook]:
    return (playbooks.latest(name) for name in playbooks.names())


def _weight(playbook: Playbook) -> tuple[int, ...]:
    return playbook.serves.weight if playbook.serves is not None else ()


def rivals(playbooks: Sequence[Playbook]) -> Iterable[tuple[Playbook, Playbook, str]]:
    """Pairs of playbooks that would serve the same projects equally well, with what both serve."""
    for one, other in combinations(playbooks, 2):
        if one.playbook == other.playbook or one.serves is None or other.serves is None:
            continue
        mine, theirs = dict(one.serves.named), dict(other.serves.named)
        if mine.keys() != theirs.keys():
            continue
        both = {what: [code for code in of if code in theirs[what]] for what, of in mine.items()}
        if all(both.values()):
            told = ", ".join(f"{what} {', '.join(shared)}" for what, shared in both.items())
            yield one, other, told or "any project"
