"""The effect of something that was done to some and not to others: two shares, their difference, and how sure it is.

Intervals are score intervals, which hold for small numbers and for shares near 0 and 1, where the textbook interval does not:
of a share, Wilson's (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927); of the difference of two shares, Newcombe's hybrid score
interval (R. G. Newcombe, Statistics in Medicine 17, 1998, 873-890, method 10); of a weighted sum of such differences over
strata the same idea (G. Y. Zou, A. Donner, Biometrics 64, 2008), with the weights of Mantel and Haenszel. With one stratum the
last two are one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt
from statistics import NormalDist
from typing import Literal

from domain.messages import Frozen

CONFIDENCE = 0.95
FEW = 30
"""With fewer than so many on either side nothing is said of the effect."""

Verdict = Literal["too_few", "not_shown", "helps", "harms"]
"""Too few to tell; no effect is shown (the interval holds zero); more come back; fewer come back."""


class Interval(Frozen):
    """From a lower to an upper bound, both included."""

    low: float
    high: float


class Arm(Frozen):
    """One side of a comparison: how many there were, and of how many it came true."""

    n: int
    yes: int

    @property
    def share(self) -> float | None:
        """The share of them; None when there are none."""
        return self.yes / self.n if self.n else None


class Comparison(Frozen):
    """What was done, against what was left alone."""

    treated: Arm
    left_alone: Arm
    treated_share: Interval | None
    left_alone_share: Interval | None
    difference: float | None
    """Share of the treated less share of those left alone; of several strata, weighted. None where one side is empty."""
    interval: Interval | None
    """In which the difference lies with a confidence of 95 %."""
    verdict: Verdict


def wilson(arm: Arm, confidence: float = CONFIDENCE) -> Interval | None:
    """Wilson's score interval of a share; None where there is nobody."""
    if not arm.n:
        return None
    z, n, p = _z(confidence), arm.n, arm.yes / arm.n
    middle, reach = 2 * n * p + z * z, z * sqrt(z * z + 4 * n * p * (1 - p))
    low, high = (middle - reach) / (2 * (n + z * z)), (middle + reach) / (2 * (n + z * z))
    # At the ends the formula says exactly 0 and 1; floats do not.
    return Interval(low=0.0 if arm.yes == 0 else low, high=1.0 if arm.yes == n else high)


def compare(treated: Arm, left_alone: Arm, confidence: float = CONFIDENCE) -> Comparison:
    """Two shares and their difference."""
    return over_strata([(treated, left_alone)], confidence)


def over_strata(strata: Iterable[tuple[Arm, Arm]], confidence: float = CONFIDENCE) -> Comparison:
    """The same over strata (treated, left alone), such as value classes: each is compared within itself, so that nobody is
    taken for an effect of the treatment who only belongs to a class that comes back more often. A stratum with an empty side
    has nothing to compare with and is left out."""
    both = [(one, other) for one, other in strata if one.n and other.n]
    treated, alone = _sum(one for one, _ in both), _sum(other for _, other in both)
    weights = _weights(both)
    difference, below, above = 0.0, 0.0, 0.0
    for weight, (one, other) in zip(weights, both, strict=True):
        p1, p2 = one.yes / one.n, other.yes / other.n
        of_one, of_other = wilson(one, confidence), wilson(other, confidence)
        assert of_one is not None
        assert of_other is not None
        difference += weight * (p1 - p2)
        below += weight**2 * ((p1 - of_one.low) ** 2 + (of_other.high - p2) ** 2)
        above += weight**2 * ((of_one.high - p1) ** 2 + (p2 - of_other.low) ** 2)
    interval = Interval(low=difference - sqrt(below), high=difference + sqrt(above)) if both else None
    return Comparison(
        treated=treated,
        left_alone=alone,
        treated_share=wilson(treated, confidence),
        left_alone_share=wilson(alone, confidence),
        difference=difference if both else None,
        interval=interval,
        verdict=_verdict(treated, alone, interval),
    )


def _verdict(treated: Arm, left_alone: Arm, interval: Interval | None) -> Verdict:
    if interval is None or min(treated.n, left_alone.n) < FEW:
        return "too_few"
    if interval.low > 0:
        return "helps"
    return "harms" if interval.high < 0 else "not_shown"


def _weights(strata: Sequence[tuple[Arm, Arm]]) -> Sequence[float]:
    sizes = [one.n * other.n / (one.n + other.n) for one, other in strata]
    return [size / sum(sizes) for size in sizes]


def _sum(arms: Iterable[Arm]) -> Arm:
    n = yes = 0
    for arm in arms:
        n, yes = n + arm.n, yes + arm.yes
    return Arm(n=n, yes=yes)


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf(0.5 + confidence / 2)
