"""Whether a series rises or falls more than chance would make it, and by how much from one period to the next.

The test looks at the order of the figures alone, so neither one wild point nor the shape of the rise matters. It supposes that
the periods do not depend on each other; where they do, chance makes longer runs and the test is too ready to see a trend.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

MINIMUM_POINTS = 5
"""With fewer, not even a series that always rises is beyond chance."""
LEVEL = 0.05


@dataclass(frozen=True)
class Trend:
    """Kendall's S, its p-value on both sides, and the Theil-Sen slope by period with its 95 % interval."""

    points: int
    s: int
    z: float
    p: float
    slope: float
    low: float
    high: float

    @property
    def direction(self) -> str:
        """Return "up", "down", or nothing where chance could have made it."""
        if self.p > LEVEL:
            return ""
        return "up" if self.s > 0 else "down"


def trend_of(points: Sequence[float]) -> Trend | None:
    """Return the trend of a series in order of time; None with fewer than five points."""
    if len(points) < MINIMUM_POINTS:
        return None
    s, z, p = mann_kendall(points)
    return Trend(len(points), s, z, p, *theil_sen(points))


def mann_kendall(points: Sequence[float]) -> tuple[int, float, float]:
    """Return S, its normal score z and the two-sided p-value.

    S counts the pairs that rise less those that fall. Its variance is (n (n - 1) (2n + 5) - Σ t (t - 1) (2t + 5)) / 18 over
    groups of t equal figures, and z is (S ∓ 1) over its root. With at most ten different figures p is exact.
    Sources: H. Mann, "Nonparametric tests against trend", Econometrica 13 (1945); M. Kendall, "Rank correlation methods" (4th
    ed., 1975), equations 4.1 to 4.4; R. Gilbert, "Statistical methods for environmental pollution monitoring" (1987), 16.4.
    """
    from scipy.stats import kendalltau, norm

    n = len(points)
    s = sum((later > earlier) - (later < earlier) for earlier, later in combinations(points, 2))
    equal = [list(points).count(value) for value in set(points)]
    variance = (n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in equal)) / 18
    if variance <= 0:
        return s, 0.0, 1.0
    z = (s - (s > 0) + (s < 0)) / math.sqrt(variance)
    if n <= 10 and len(equal) == n:
        return s, z, float(kendalltau(range(n), points, method="exact").pvalue)
    return s, z, 2 * float(norm.sf(abs(z)))


def theil_sen(points: Sequence[float]) -> tuple[float, float, float]:
    """Return the median of all slopes between two points, and the ends of its 95 % interval.

    Source: P. Sen, "Estimates of the regression coefficient based on Kendall's tau", Journal of the American Statistical
    Association 63 (1968), section 3.
    """
    from scipy.stats import theilslopes

    slope, _, low, high = theilslopes(list(points), list(range(len(points))), alpha=0.95)
    return float(slope), float(low), float(high)
