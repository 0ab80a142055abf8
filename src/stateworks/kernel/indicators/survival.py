"""How long things take where some have not ended: the Kaplan-Meier estimate, its error, and its quantiles with intervals.

Something still open has lasted at least so long. Left out, the slow ones would be missing and the figure too good; counted
as if it had ended today, the figure would be too good as well. Here it counts among those at risk for as long as it has
lasted, and then leaves without an end. Lengths are integers, so that a quantile is one of them and exact.

Sources: E. L. Kaplan and P. Meier, "Nonparametric estimation from incomplete observations", Journal of the American
Statistical Association 53 (1958), equation 2b; M. Greenwood, "The natural duration of cancer" (1926), for the error; R.
Brookmeyer and J. Crowley, "A confidence interval for the median survival time", Biometrics 38 (1982), for the interval of a
quantile, with the log-log transform of J. Kalbfleisch and R. Prentice, "The statistical analysis of failure time data" (1980).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stateworks.kernel.indicators.statistics import Z

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Lengths = NDArray[np.int64]

QUANTILES = {"median": 0.5, "p90": 0.9}
NAMES = tuple(f"{name}{end}" for name in QUANTILES for end in ("", "_low", "_high"))
_CLOSE = 1e-12
"""How near to its level a curve counts as there: a product of fractions may miss one half by its last digit."""


@dataclass(frozen=True)
class Curve:
    """The share not ended after each length at which something ended, with how many were at risk and Greenwood's error."""

    lengths: Lengths
    at_risk: Lengths
    ended: Lengths
    survival: Floats
    greenwood: Floats
    """The sum of d / (n (n - d)); infinite once everything has ended."""

    @property
    def error(self) -> Floats:
        """The standard error of the survival: S times the root of Greenwood's sum; none where everything has ended."""
        import numpy as np

        with np.errstate(invalid="ignore"):
            return self.survival * np.sqrt(self.greenwood)


def kaplan_meier(ended: Lengths, still_open: Lengths) -> Curve:
    """Return the curve of the lengths that ended and of those that are open; one that ends when another is cut comes first.

    S(t) is the product of (n - d) / n over the lengths up to t: n at risk, d ended (Kaplan and Meier, equation 2b).
    """
    import numpy as np

    lengths, counts = np.unique(ended, return_counts=True)
    before = np.searchsorted(np.sort(ended), lengths, side="left")
    cut = np.searchsorted(np.sort(still_open), lengths, side="left")
    at_risk = len(ended) + len(still_open) - before - cut
    left = at_risk - counts
    with np.errstate(divide="ignore"):
        greenwood = np.cumsum(counts / (at_risk * left)).astype(np.float64)
    survival = np.cumprod(left / at_risk).astype(np.float64)
    return Curve(lengths, at_risk.astype(np.int64), counts.astype(np.int64), survival, greenwood)


def quantile(curve: Curve, share: float, z: float = Z) -> tuple[int | None, int | None, int | None]:
    """Return the length within which a share has ended, and both ends of its interval; None where the curve stays above.

    The quantile is the first length at which no more than 1 - share is left. Its interval runs between the lengths at which
    the lower and the upper band of the curve come down to that level (Brookmeyer and Crowley, section 2); the band is taken
    on log(-log S), where its half width is z times the root of Greenwood's sum over |log S|.
    """
    import numpy as np

    level = 1 - share
    inside = (curve.survival > _CLOSE) & (curve.survival < 1 - _CLOSE)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = z * np.sqrt(curve.greenwood) / np.abs(np.log(curve.survival))
        lower = np.where(inside, curve.survival ** np.exp(half), curve.survival)
        upper = np.where(inside, curve.survival ** np.exp(-half), np.inf)
    return (
        _first(curve.lengths, curve.survival, level),
        _first(curve.lengths, lower, level),
        _first(curve.lengths, upper, level),
    )


def _first(lengths: Lengths, band: Floats, level: float) -> int | None:
    """Return the first length at which a curve is down at a level."""
    down = band <= level + _CLOSE
    return int(lengths[down.argmax()]) if down.any() else None


def quantiles_of(groups: pl.DataFrame) -> pl.DataFrame:
    """Return the columns `NAMES` for groups whose lengths stand in the list columns `ended` and `open`."""
    import numpy as np
    import polars as pl

    found: dict[str, list[int | None]] = {name: [] for name in NAMES}
    for ended, still_open in groups.select("ended", "open").iter_rows():
        lengths: Any = np.asarray(ended or (), dtype=np.int64)
        curve = kaplan_meier(lengths, np.asarray(still_open or (), dtype=np.int64))
        for name, share in QUANTILES.items():
            made = quantile(curve, share)
            for end, value in zip(("", "_low", "_high"), made, strict=True):
                found[f"{name}{end}"].append(value)
    return groups.drop("ended", "open").with_columns(
        *[pl.Series(name, values, dtype=pl.Int64) for name, values in found.items()]
    )
