"""Every refusal in words."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module

import domain
from domain.refusals import RefusalError
from history.refusals import REFUSAL_NAMES, refusal_name

OUTSIDE = {"ValueNotStorable"}
"""What the store refuses, not the domain."""


def _below(refusal: type[RefusalError]) -> Iterator[type[RefusalError]]:
    for one in refusal.__subclasses__():
        yield one
        yield from _below(one)


def _types() -> set[str]:
    for found in pkgutil.walk_packages(domain.__path__, "domain."):
        import_module(found.name)
    return {one.__name__.removesuffix("Error") for one in _below(RefusalError) if one.__module__.startswith("domain.")}


def test_every_refusal_has_its_words_in_both_languages_and_no_words_are_left_over() -> None:
    assert set(REFUSAL_NAMES) == _types() | OUTSIDE


def test_no_two_refusals_are_told_in_the_same_words() -> None:
    assert len({name.en for name in REFUSAL_NAMES.values()}) == len(REFUSAL_NAMES)
    assert len({name.zh for name in REFUSAL_NAMES.values()}) == len(REFUSAL_NAMES)


def test_a_refusal_of_a_newer_program_is_told_by_its_type() -> None:
    assert str(refusal_name("NotYetInvented")) == "NotYetInvented NotYetInvented"
