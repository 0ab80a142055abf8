"""Where a series of months is heading, by the simplest model that a rolling-origin back-test does not beat.

The models, from the simplest: the mean of the recent months, the last month again (naive), the same month last year (seasonal
naive), the last month moved on by the mean step (drift), and simple exponential smoothing. Each is asked at earlier months
what would come next, and its errors are compared with what came. A richer model is taken only where its mean absolute error
is more than a tenth smaller than that of the one taken so far: small gains on a dozen months are luck.

Source: R. Hyndman and G. Athanasopoulos, "Forecasting: principles and practice" (3rd ed., 2021), 5.2 (models), 5.5 and table
5.2 (intervals), 5.10 (rolling origin), 8.1 and table 8.6 (smoothing).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Model = Literal["mean", "naive", "seasonal naive", "drift", "smoothing"]

MODELS: tuple[Model, ...] = ("mean", "naive", "seasonal naive", "drift", "smoothing")
WORDS: dict[Model, str] = {
    "mean": "the mean of the months", "naive": "the last month again", "seasonal naive": "the same month a year before",
    "drift": "the last month moved on by the mean step", "smoothing": "simple exponential smoothing",
}  # fmt: skip
RECENT = 36
"""How many months are looked at; what a process did before says little about it now."""
MINIMUM_POINTS = 6
SEASON = 12
MARGIN = 0.1
SHARE = 0.8


@dataclass(frozen=True)
class Fitted:
    """A model of a series: its point forecasts' ingredients and the spread of its one-step errors.

    `weight` is how much of each month's surprise stays in the level: 0 for the mean, 1 for naive and drift, α for smoothing.
    """

    model: Model
    points: int
    level: float
    step: float
    season: tuple[float, ...]
    weight: float
    sigma: float
    freedom: int

    def expected(self, ahead: int) -> float:
        """Return the point forecast so many months ahead."""
        if self.model == "seasonal naive":
            return self.season[(ahead - 1) % SEASON]
        return self.level + ahead * self.step

    def interval(self, weights: Sequence[float], share: float = SHARE) -> tuple[float, float, float]:
        """Return the expected sum of the coming months, each times its weight, and the ends of its interval.

        A surprise of the k-th month ahead moves it and, by `weight`, those after it, so the error of the sum is Σ c(k) e(k)
        with c(k) = w(k) + weight Σ w(j) over j > k; for seasonal naive over j = k + 12, k + 24 and so on. To σ² Σ c² comes the
        error of what is estimated: σ² (Σ w)² / T for the mean, σ² (Σ h w)² / (T - 1) for the drift. For one month these are the
        standard deviations of Hyndman and Athanasopoulos, table 5.2, and for smoothing σ √(1 + (h - 1) α²), table 8.6.
        """
        from scipy.special import stdtrit

        middle = sum(weight * self.expected(place) for place, weight in enumerate(weights, start=1))
        variance = 0.0
        for place, weight in enumerate(weights):
            if self.model == "seasonal naive":
                moved = sum(weights[place::SEASON])
            else:
                moved = weight + self.weight * sum(weights[place + 1 :])
            variance += moved * moved
        if self.model == "mean":
            variance += sum(weights) ** 2 / self.points
        if self.model == "drift":
            reach = sum(place * weight for place, weight in enumerate(weights, start=1))
            variance += reach * reach / (self.points - 1)
        half = float(stdtrit(self.freedom, 0.5 + share / 2)) * self.sigma * math.sqrt(variance)
        return middle, middle - half, middle + half


@dataclass(frozen=True)
class Chosen:
    """The model that was taken, and how far off each was in the back-test (mean absolute error by model)."""

    fitted: Fitted
    errors: dict[str, float]
    origins: int


def fit(model: Model, points: Sequence[float]) -> Fitted:
    """Fit a model to a series; σ is the root of the squared one-step errors over their number less what was estimated."""
    count = len(points)
    level, step, weight = points[-1], 0.0, 1.0
    season: tuple[float, ...] = ()
    if model == "mean":
        level, weight = sum(points) / count, 0.0
        errors, freedom = [point - level for point in points], count - 1
    elif model == "naive":
        errors, freedom = (
            [later - earlier for earlier, later in pairwise(points)],
            count - 1,
        )
    elif model == "seasonal naive":
        errors, freedom = [b - a for a, b in zip(points, points[SEASON:], strict=False)], count - SEASON
        season = tuple(points[-SEASON:])
    elif model == "drift":
        step = (points[-1] - points[0]) / (count - 1)
        errors = [later - earlier - step for earlier, later in pairwise(points)]
        freedom = count - 2
    else:
        weight, level, errors = smoothed(points)
        freedom = count - 2
    sigma = math.sqrt(sum(error * error for error in errors) / freedom)
    return Fitted(model, count, level, step, season, weight, sigma, freedom)


def smoothed(points: Sequence[float]) -> tuple[float, float, list[float]]:
    """Return α, the last level and the one-step errors of simple exponential smoothing with the least sum of squares.

    α is the best of a grid of hundredths, then of ten-thousandths around it: all of a grid is smoothed at once, where a general
    optimizer would take most of a run's time. Source: Hyndman and Athanasopoulos, 8.1, equations 8.1 and 8.4.
    """
    import numpy as np

    squares, _ = _smoothings(points, GRID)
    about = GRID[int(np.argmin(squares[-1]))]
    fine = [min(max(about + place / 10_000, 0.0001), 0.9999) for place in range(-100, 101)]
    squares, levels = _smoothings(points, fine)
    place = int(np.argmin(squares[-1]))
    alpha, level = fine[place], float(levels[-1][place])
    errors, now = [], _first_level(points, alpha)
    for point in points:
        errors.append(point - now)
        now += alpha * (point - now)
    return alpha, level, errors


GRID = tuple(place / 100 for place in range(1, 100))


def _first_level(points: Sequence[float], alpha: float) -> float:
    """Return the first level with the least sum of squares: the errors are linear in it."""
    fixed, share, given, moved = 0.0, 1.0, 0.0, 0.0
    for point in points:
        given += (point - fixed) * share
        moved += share * share
        fixed, share = fixed + alpha * (point - fixed), share * (1 - alpha)
    return given / moved


def _smoothings(points: Sequence[float], alphas: Sequence[float]) -> tuple[Floats, Floats]:
    """Return the least sum of squared errors and the last level of each beginning of the series (rows) for each α (columns).

    The level is a + b l₀, with a and b by recursion and the first level l₀ that is best for the beginning.
    """
    import numpy as np

    weights = np.array(alphas)
    series = np.array(points, dtype=float)
    # A common shift changes neither errors nor α, and keeps the sums of squares from cancelling.
    centre = float(series.mean())
    fixed, share = np.zeros_like(weights), np.ones_like(weights)
    whole, given, moved = np.zeros_like(weights), np.zeros_like(weights), np.zeros_like(weights)
    squares, levels = [], []
    for point in series - centre:
        apart = point - fixed
        whole, given, moved = whole + apart * apart, given + apart * share, moved + share * share
        fixed, share = fixed + weights * apart, share * (1 - weights)
        first = given / moved
        squares.append(whole - first * given)
        levels.append(fixed + share * first + centre)
    return np.array(squares), np.array(levels)


def _levels(points: Sequence[float]) -> list[float]:
    """Return the level that smoothing has reached after each month, with the α that was best until then."""
    squares, levels = _smoothings(points, GRID)
    best = squares.argmin(axis=1)
    return [float(row[place]) for row, place in zip(levels, best, strict=True)]


@lru_cache(maxsize=256)
def choose(points: tuple[float, ...], horizon: int, *, unbroken: bool = True) -> Chosen | None:
    """Return the simplest model that none beats by the margin; None with fewer than six points.

    Origins are the months from the sixth on of which what came next is known; each model forecasts from there up to `horizon`
    months ahead. Only models that can forecast from every origin are compared; seasonal naive needs two years without a gap.
    """
    series = list(points[-RECENT:])
    if len(series) < MINIMUM_POINTS:
        return None
    seasonal = unbroken and len(series) >= 2 * SEASON
    start = SEASON + 1 if seasonal else max(MINIMUM_POINTS - 1, len(series) - SEASON)
    origins = range(start, len(series))
    levels = _levels(series)
    errors: dict[str, float] = {}
    for model in MODELS:
        if model == "seasonal naive" and not seasonal:
            continue
        missed: list[float] = []
        for origin in origins:
            steps = range(1, min(horizon, len(series) - origin) + 1)
            if model == "smoothing":
                missed += [abs(series[origin + ahead - 1] - levels[origin - 1]) for ahead in steps]
            else:
                made = fit(model, series[:origin])
                missed += [abs(series[origin + ahead - 1] - made.expected(ahead)) for ahead in steps]
        errors[model] = sum(missed) / len(missed)
    taken: Model = "mean"
    for model in MODELS[1:]:
        if model in errors and errors[model] < (1 - MARGIN) * errors[taken]:
            taken = model
    return Chosen(fit(taken, series), errors, len(origins))
