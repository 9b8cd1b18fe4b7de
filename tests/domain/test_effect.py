"""The effect of a treatment with its uncertainty, against published figures."""

from __future__ import annotations

import pytest

from domain.effect import FEW, Arm, compare, over_strata, wilson


def arm(yes: int, n: int) -> Arm:
    return Arm(n=n, yes=yes)


@pytest.mark.parametrize(
    ("yes", "n", "low", "high"),
    # R. G. Newcombe, Statistics in Medicine 17, 1998, 857-872, table I, method 3 (Wilson's score without correction).
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_of_a_share_is_the_published_one(yes: int, n: int, low: float, high: float) -> None:
    found = wilson(arm(yes, n))
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("treated", "alone", "low", "high"),
    # R. G. Newcombe, Statistics in Medicine 17, 1998, 873-890, table II, method 10.
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_the_interval_of_a_difference_is_the_published_one(
    treated: tuple[int, int], alone: tuple[int, int], low: float, high: float
) -> None:
    found = compare(arm(*treated), arm(*alone))
    assert found.interval is not None
    assert (round(found.interval.low, 4), round(found.interval.high, 4)) == (low, high)


def test_with_few_on_either_side_nothing_is_said_however_clear_it_looks() -> None:
    assert compare(arm(10, 10), arm(0, 20)).verdict == "too_few"
    assert compare(arm(FEW, FEW), arm(0, FEW - 1)).verdict == "too_few"
    assert compare(arm(FEW, FEW), arm(0, FEW)).verdict == "helps"


def test_an_effect_is_claimed_only_where_the_interval_leaves_zero_out() -> None:
    assert compare(arm(56, 70), arm(48, 80)).verdict == "helps"
    assert compare(arm(48, 80), arm(56, 70)).verdict == "harms"
    assert compare(arm(20, 100), arm(18, 100)).verdict == "not_shown"


def test_with_nobody_to_compare_with_there_is_no_difference() -> None:
    found = compare(arm(5, 100), arm(0, 0))
    assert (found.difference, found.interval, found.verdict) == (None, None, "too_few")
    assert wilson(arm(0, 0)) is None


def test_over_strata_each_class_is_compared_within_itself() -> None:
    """Within each class nothing differs; pooled, those who come back more often are nearly all among the treated."""
    strata = [(arm(450, 500), arm(45, 50)), (arm(5, 50), arm(50, 500))]
    found = over_strata(strata)
    assert found.difference == pytest.approx(0)
    assert found.verdict == "not_shown"
    assert compare(found.treated, found.left_alone).verdict == "helps"


def test_one_stratum_is_the_same_as_none_and_one_without_a_side_counts_for_nothing() -> None:
    single = compare(arm(56, 70), arm(48, 80))
    assert over_strata([(arm(56, 70), arm(48, 80)), (arm(99, 100), arm(0, 0))]) == single
