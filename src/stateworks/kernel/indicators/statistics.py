"""Intervals: how far a figure can be from what many more rows would have shown. All at 95 %.

Every function takes whole columns (NumPy arrays) and gives `nan` where there is no interval. The inputs are exact
integers; only the last steps are in floating point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Z = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""


def wilson(hits: Floats, n: Floats, z: float = Z) -> tuple[Floats, Floats]:
    """Return the score interval of a share, good for few rows and for shares near 0 and 1.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the
    American Statistical Association 22 (1927), equation 10; recommended by L. Brown, T. Cai and A. DasGupta, Statistical
    Science 16 (2001), equation 4.
    """
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        share = hits / n
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        low = np.where(hits == 0, 0.0, middle - half)
        high = np.where(hits == n, 1.0, middle + half)
    none = n <= 0
    return np.where(none, np.nan, low), np.where(none, np.nan, high)


def adjusted_wald(hits: Floats, n: Floats, z: float = Z) -> tuple[Floats, Floats]:
    """Return the adjusted-Wald interval of a share, used for the top boxes of a rating; cut at 0 and 1.

    z²/2 hits and z²/2 misses are added, then the plain interval is taken: p = (hits + z²/2) / (n + z²), half width
    z √(p (1 - p) / (n + z²)). Source: A. Agresti and B. Coull, "Approximate is better than 'exact' for interval estimation of
    binomial proportions", The American Statistician 52 (1998), section 3; for answers of users J. Sauro and J. Lewis,
    "Estimating completion rates from small samples using binomial confidence intervals" (2005).
    """
    import numpy as np

    size = n + z * z
    share = (hits + z * z / 2) / size
    half = z * np.sqrt(share * (1 - share) / size)
    none = n <= 0
    low, high = np.maximum(share - half, 0.0), np.minimum(share + half, 1.0)
    return np.where(none, np.nan, low), np.where(none, np.nan, high)


def t_interval(n: Floats, total: Floats, squares: Floats, share: float = 0.95) -> tuple[Floats, Floats]:
    """Return Student's interval of a mean from the number of values, their sum and the sum of their squares.

    `squares` minus `total`² / `n` cancels badly in floating point, so it is `squared_deviations`, made of exact
    integers, that is passed here as `squares`. Fewer than two values have no interval.
    Source: "Student", "The probable error of a mean", Biometrika 6 (1908), section VIII.
    """
    import numpy as np
    from scipy.special import stdtrit

    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / n
        error = np.sqrt(squares / (n - 1) / n)
        half = stdtrit(n - 1, 0.5 + share / 2) * error
    none = n < 2
    return np.where(none, np.nan, mean - half), np.where(none, np.nan, mean + half)


def squared_deviations(n: int, total: int, squares: int) -> float:
    """Return the sum of squared deviations from the mean, (n Σx² - (Σx)²) / n, the difference taken in integers."""
    return (n * squares - total * total) / n if n else float("nan")


def net_promoter(promoters: Floats, detractors: Floats, n: Floats, z: float = Z) -> tuple[Floats, Floats]:
    """Return the adjusted-Wald interval of a net promoter score, as a share from -1 to 1.

    It is the interval of a difference of two shares of the same answers: with three answers added, three quarters of one to
    promoters and to detractors each and the rest to neither, d = p - q has the variance (p + q - d²) / (n + 3). Source: B.
    Rocks, "Interval estimation for the net promoter score", The American Statistician 70 (2016), section 3, after A. Agresti
    and Y. Min, "Simple improved confidence intervals for comparing matched proportions", Statistics in Medicine 24 (2005).
    """
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        size = n + 3
        plus, minus = (promoters + 0.75) / size, (detractors + 0.75) / size
        difference = plus - minus
        half = z * np.sqrt((plus + minus - difference * difference) / size)
    none = n <= 0
    low, high = np.maximum(difference - half, -1.0), np.minimum(difference + half, 1.0)
    return np.where(none, np.nan, low), np.where(none, np.nan, high)
