"""The schedule of a plan: dates that know what drives them, and moved dates that name their causes."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.schedule import (
    Because,
    Cause,
    Estimated,
    Fact,
    Facts,
    Moved,
    NotBefore,
    Replanned,
    Schedule,
    Signed,
    Started,
    Task,
    forecast,
    reforecast,
)
from tests.domain.asked import MONDAY, RULES, at, utc

CALENDAR = RULES.calendar
DIAMOND = (Task("A", (), 2), Task("B", ("A",), 3), Task("C", ("A",), 5), Task("D", ("B", "C"), 1))
"""D waits for B and C; C is the longer way."""


def planned(*tasks: Task) -> Schedule:
    return forecast(tasks, Facts(MONDAY), CALENDAR)


def test_each_date_is_its_working_days_after_the_last_of_those_before_it_and_knows_what_drives_it() -> None:
    dates = planned(*DIAMOND).dates
    assert [utc(at(f"2026-03-{day} 18:00")) for day in ("04", "09", "11", "12")] == [dates[code].at for code in "ABCD"]
    assert dates["A"].because == Because("start")
    assert dates["D"].because == Because("after", "C")


def test_the_critical_path_is_the_way_that_drives_the_date() -> None:
    schedule = planned(*DIAMOND)
    assert schedule.last == "D"
    assert schedule.critical("D") == ("A", "C", "D")
    later, _ = reforecast(schedule, Estimated("B", 9))
    assert later.critical("D") == ("A", "B", "D")


def test_a_moved_date_names_the_fact_and_the_milestones_through_which_it_came() -> None:
    schedule = planned(*DIAMOND)
    fact = Estimated("C", 7)
    after, moved = reforecast(schedule, fact)
    c = Moved("C", utc(at("2026-03-11 18:00")), utc(at("2026-03-13 18:00")), (cause(fact, "C", "11", "13"),))
    d = Moved("D", utc(at("2026-03-12 18:00")), utc(at("2026-03-16 18:00")), (cause(fact, "CD", "12", "16"),))
    assert moved == (c, d)
    assert after.dates["D"].because == Because("after", "C")


def cause(fact: Fact, via: str, before: str, after: str) -> Cause:
    return Cause(fact, tuple(via), utc(at(f"2026-03-{before} 18:00")), utc(at(f"2026-03-{after} 18:00")))


def test_what_does_not_move_the_end_has_no_cause_there() -> None:
    _, moved = reforecast(planned(*DIAMOND), Estimated("B", 5))
    assert [one.code for one in moved] == ["B"]


def test_a_milestone_signed_early_pulls_what_waits_for_it_and_one_signed_the_same_day_moves_only_itself() -> None:
    early = Signed("A", at("2026-03-03 11:00"))
    _, moved = reforecast(planned(*DIAMOND), early)
    assert [(one.code, "".join(one.causes[0].via)) for one in moved] == [("A", "A"), ("B", "AB"), ("C", "AC"), ("D", "ACD")]
    _, moved = reforecast(planned(*DIAMOND), Signed("A", at("2026-03-04 11:00")))
    assert [one.code for one in moved] == ["A"]


def test_a_date_that_is_let_go_names_the_one_that_held_it() -> None:
    schedule = planned(*DIAMOND)
    shorter = Estimated("C", 1)
    after, [_, d] = reforecast(schedule, shorter)
    assert d.causes[0].via == ("C", "D")
    assert after.dates["D"].because == Because("after", "B")


def test_two_facts_on_one_date_are_two_causes_that_meet() -> None:
    schedule = planned(*DIAMOND)
    held, longer = NotBefore("A", at("2026-03-06 18:00"), "customer"), Estimated("C", 6)
    _, moved = reforecast(schedule, held, longer)
    d = moved[-1]
    assert [one.fact for one in d.causes] == [held, longer]
    assert d.causes[0].after == d.causes[1].before
    assert (d.before, d.after) == (d.causes[0].before, d.causes[1].after)


def test_a_hold_drives_a_date_until_its_source_takes_it_back() -> None:
    schedule = planned(*DIAMOND)
    held, _ = reforecast(schedule, NotBefore("B", at("2026-03-20 18:00"), "customer"))
    assert held.dates["B"].because == Because("not_before", "customer")
    assert held.critical("D") == ("B", "D")
    freed, moved = reforecast(held, NotBefore("B", None, "customer"))
    assert freed.dates == schedule.dates
    assert [one.code for one in moved] == ["B", "D"]


def test_what_is_there_and_back_again_has_not_moved() -> None:
    _, moved = reforecast(planned(*DIAMOND), Estimated("C", 9), Estimated("C", 5))
    assert moved == ()


def test_another_plan_adds_drops_and_moves() -> None:
    without_c = (DIAMOND[0], DIAMOND[1], Task("D", ("B",), 1), Task("E", ("D",), 2))
    _, moved = reforecast(planned(*DIAMOND), Replanned(without_c))
    told = {one.code: (one.before is None, one.after is None) for one in moved}
    assert told == {"C": (False, True), "D": (False, False), "E": (True, False)}


@pytest.mark.parametrize(
    ("tasks", "why"),
    [
        ((Task("A", ("B",), 1), Task("B", ("A",), 1)), "comes after itself"),
        ((Task("A", ("Z",), 1),), "not in the plan"),
        ((Task("A", (), 1), Task("A", (), 2)), "twice"),
    ],
)
def test_a_plan_that_is_no_graph_is_an_error(tasks: tuple[Task, ...], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        planned(*tasks)


@st.composite
def plans(draw: st.DrawFn, size: int = 14) -> tuple[Task, ...]:
    """Any graph, written in any order."""
    tasks = []
    for index in range(draw(st.integers(1, size))):
        before = st.lists(st.integers(0, index - 1), max_size=3, unique=True) if index else st.just([])
        tasks.append(Task(f"m{index}", tuple(f"m{one}" for one in draw(before)), draw(st.integers(1, 6))))
    return tuple(draw(st.permutations(tasks)))


MOMENTS = st.integers(0, 24 * 90).map(lambda hours: MONDAY + timedelta(hours=hours))


def facts_of(tasks: tuple[Task, ...]) -> st.SearchStrategy[Fact]:
    codes = st.sampled_from([task.code for task in tasks])
    return st.one_of(
        st.builds(Started, MOMENTS),
        st.builds(Signed, codes, MOMENTS),
        st.builds(Estimated, codes, st.integers(1, 20)),
        st.builds(NotBefore, codes, st.none() | MOMENTS, st.sampled_from(["customer", "vendor"])),
        st.builds(Replanned, plans(), st.dictionaries(codes, st.integers(1, 9), max_size=3)),
    )


def again(schedule: Schedule) -> Schedule:
    """The same plan and facts, computed from nothing."""
    return forecast(schedule.network.tasks.values(), schedule.facts, schedule.calendar)


@settings(max_examples=200)
@given(data=st.data())
def test_following_the_facts_gives_what_computing_everything_again_gives_and_the_causes_explain_every_difference(
    data: st.DataObject,
) -> None:
    tasks = data.draw(plans())
    begun = schedule = planned(*tasks)
    told: list[Fact] = []
    for _ in range(data.draw(st.integers(1, 6))):
        fact = data.draw(facts_of(tuple(schedule.network.tasks.values())))
        before = again(schedule)
        schedule, moved = reforecast(schedule, fact)
        assert schedule.dates == again(schedule).dates
        assert [list(one.causes) for one in moved] == [[replace_fact(one, fact)] for one in moved]
        told.append(fact)
        assert {one.code: (one.before, one.after) for one in moved} == differences(before, schedule)
    explains(begun, told)


def replace_fact(one: Moved, fact: Fact) -> Cause:
    """The one cause that a date has that one fact has moved: all the way from before to after, ending here."""
    [only] = one.causes
    assert only.via[-1] == one.code
    return Cause(fact, only.via, one.before, one.after)


def differences(before: Schedule, after: Schedule) -> dict[str, tuple[datetime | None, datetime | None]]:
    """What two schedules differ in, looked at without any cause."""
    both = {code: (date_in(before, code), date_in(after, code)) for code in [*before.dates, *after.dates]}
    return {code: pair for code, pair in both.items() if pair[0] != pair[1]}


def date_in(schedule: Schedule, code: str) -> datetime | None:
    date = schedule.dates.get(code)
    return date.at if date else None


def explains(begun: Schedule, told: list[Fact]) -> None:
    """Many facts at once: exactly the moved dates are told, and each cause replayed alone makes the step that it claims."""
    end, moved = reforecast(begun, *told)
    assert {one.code: (one.before, one.after) for one in moved} == differences(begun, end)
    replayed, at_step = begun, []
    for fact in told:
        after, _ = reforecast(replayed, fact)
        at_step.append(differences(again(replayed), again(after)))
        replayed = after
    for one in moved:
        claimed = [(cause.before, cause.after) for cause in one.causes]
        real = [step[one.code] for step in at_step if one.code in step]
        assert claimed == real
        assert (claimed[0][0], claimed[-1][1]) == (one.before, one.after)
        assert all(earlier[1] == later[0] for earlier, later in pairwise(claimed))


@settings(max_examples=100)
@given(data=st.data())
def test_the_way_of_a_cause_leads_through_milestones_that_follow_each_other_and_have_all_moved(data: st.DataObject) -> None:
    schedule = planned(*data.draw(plans()))
    after, moved = reforecast(schedule, data.draw(facts_of(tuple(schedule.network.tasks.values()))))
    codes = {one.code for one in moved}
    for one in moved:
        for cause in one.causes:
            assert set(cause.via) <= codes
            for earlier, later in pairwise(cause.via):
                assert earlier in after.network.tasks[later].after
