"""Every event in words."""

from __future__ import annotations

import string

import pytest

from domain.catalogue import EVENTS
from domain.messages import Event
from history import wording


def test_every_event_has_its_words_in_both_languages_and_no_words_are_left_over() -> None:
    assert set(wording.EVENT_NAMES) == set(EVENTS)


def test_no_two_events_are_told_in_the_same_words() -> None:
    english = [name.en for name in wording.EVENT_NAMES.values()]
    chinese = [name.zh for name in wording.EVENT_NAMES.values()]
    assert len(set(english)) == len(english)
    assert len(set(chinese)) == len(chinese)


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.type)
def test_particulars_speak_only_of_what_the_event_holds(event: type[Event]) -> None:
    template = wording._PARTICULARS.get(event.type, "")
    named = {field for _, field, _, _ in string.Formatter().parse(template) if field}
    assert named <= set(event.model_fields)
