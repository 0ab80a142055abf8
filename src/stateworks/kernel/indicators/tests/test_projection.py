"""Models, intervals and the back-test against the textbook's examples and by hand."""

from __future__ import annotations

import random

import pytest

from stateworks.kernel.indicators.projection import MARGIN, Fitted, Model, choose, fit, smoothed

# Saudi Arabian oil, million tonnes, 1996 to 2007: Hyndman and Athanasopoulos, "Forecasting: principles and practice" (1st
# ed., 2013), 7.1: α = 0.89, first level 447.5, forecast 496.5.
OIL = [
    446.6565,
    454.4733,
    455.663,
    423.6322,
    456.2713,
    440.5881,
    425.3325,
    485.1494,
    506.0482,
    526.792,
    514.2689,
    494.211,
]


def test_smoothing_finds_what_the_textbook_prints_and_statsmodels_finds() -> None:
    from statsmodels.tsa.holtwinters import SimpleExpSmoothing

    alpha, level, errors = smoothed(OIL)
    assert (alpha, level) == (pytest.approx(0.89, abs=5e-3), pytest.approx(496.5, abs=0.05))
    assert OIL[0] - errors[0] == pytest.approx(447.5, abs=0.05)
    other = SimpleExpSmoothing(OIL, initialization_method="estimated").fit()
    assert alpha == pytest.approx(other.params["smoothing_level"], abs=1e-4)
    assert level == pytest.approx(other.forecast(1)[0], abs=1e-3)


def spread(model: Model, sigma: float, points: int = 1_000_000, weight: float = 1.0) -> Fitted:
    return Fitted(model, points, 758.88, 0.0, (758.88,) * 12, weight, sigma, 1_000_000)


def test_the_naive_interval_of_the_textbook() -> None:
    # 3rd ed., 5.5: Google's closing price, last 758.88, σ 11.19: 80 % between 744.5 and 773.2, 95 % between 736.9 and 780.8.
    made = spread("naive", 11.19)
    assert made.interval([1]) == pytest.approx((758.88, 744.5, 773.2), abs=0.05)
    assert made.interval([1], 0.95)[1:] == pytest.approx((736.9, 780.8), abs=0.06)


@pytest.mark.parametrize(
    ("model", "weight", "ahead", "factor"),
    [
        # Table 5.2: σ √(1 + 1/T), σ √h, σ √(k + 1), σ √(h (1 + h / (T - 1))); table 8.6: σ √(1 + α² (h - 1)).
        ("mean", 0.0, 5, 1 + 1 / 20),
        ("naive", 1.0, 5, 5),
        ("seasonal naive", 1.0, 5, 1),
        ("seasonal naive", 1.0, 14, 2),
        ("drift", 1.0, 5, 5 * (1 + 5 / 19)),
        ("smoothing", 0.4, 5, 1 + 0.16 * 4),
    ],
)
def test_a_month_ahead_is_as_unsure_as_the_textbooks_tables_say(
    model: Model, weight: float, ahead: int, factor: float
) -> None:
    made = spread(model, 2.0, 20, weight)
    middle, low, high = made.interval([0.0] * (ahead - 1) + [1.0])
    assert middle == 758.88
    assert (high - low) / 2 == pytest.approx(1.28155 * 2 * factor**0.5, abs=1e-3)


def test_a_sum_of_months_by_hand() -> None:
    # Two months of a random walk: the first surprise counts twice, the second once: σ √5. Of a mean of 4: σ √(2 + 4/4).
    _, low, high = spread("naive", 1.0).interval([1, 1])
    assert (high - low) / 2 == pytest.approx(1.28155 * 5**0.5, abs=1e-4)
    _, low, high = spread("mean", 1.0, 4, 0.0).interval([1, 1])
    assert (high - low) / 2 == pytest.approx(1.28155 * 3**0.5, abs=1e-4)


def test_models_by_hand() -> None:
    points = [2.0, 4.0, 3.0, 7.0]
    assert [fit("mean", points).expected(ahead) for ahead in (1, 2)] == [4, 4]
    assert fit("mean", points).sigma == pytest.approx((14 / 3) ** 0.5)
    assert [fit("naive", points).expected(ahead) for ahead in (1, 2)] == [7, 7]
    assert fit("naive", points).sigma == pytest.approx(((4 + 1 + 16) / 3) ** 0.5)
    # The step is (7 - 2) / 3.
    assert [fit("drift", points).expected(ahead) for ahead in (1, 3)] == pytest.approx([7 + 5 / 3, 12])


def noise(seed: int, count: int = 36) -> list[float]:
    chosen = random.Random(seed)
    return [chosen.gauss(0, 1) for _ in range(count)]


@pytest.mark.parametrize(
    ("points", "model"),
    [
        (tuple(50 + one for one in noise(1)), "mean"),
        (tuple(50 + 2 * place + one for place, one in enumerate(noise(2))), "drift"),
        (tuple(50 + (place % 12) ** 2 + one for place, one in enumerate(noise(3))), "seasonal naive"),
        (tuple(50 + sum(noise(4)[:place]) * 4 for place in range(36)), "naive"),
    ],
)
def test_the_model_that_made_the_series_wins(points: tuple[float, ...], model: str) -> None:
    chosen = choose(points, 3)
    assert chosen is not None
    assert chosen.fitted.model == model


def test_a_richer_model_has_to_be_better_by_the_margin() -> None:
    for seed in range(20):
        chosen = choose(tuple(50 + one for one in noise(seed, 18)), 3)
        assert chosen is not None
        if chosen.fitted.model != "mean":
            assert chosen.errors[chosen.fitted.model] < (1 - MARGIN) * chosen.errors["mean"]
        else:
            assert min(chosen.errors.values()) >= (1 - MARGIN) ** 2 * chosen.errors["mean"]


def test_too_few_or_broken_series() -> None:
    assert choose((1.0, 2, 3, 4, 5), 3) is None
    gaps = choose(tuple(50 + (place % 12) ** 2 for place in range(36)), 3, unbroken=False)
    assert gaps is not None
    assert "seasonal naive" not in gaps.errors


def test_what_never_changes_is_projected_without_doubt() -> None:
    chosen = choose((7.0,) * 8, 3)
    assert chosen is not None
    assert (chosen.fitted.model, chosen.fitted.interval([1, 1, 1])) == ("mean", (21, 21, 21))


def test_four_in_five_months_fall_within_the_interval() -> None:
    held = 0
    for seed in range(300):
        points = [50 + one for one in noise(seed, 19)]
        made = choose(tuple(points[:18]), 1)
        assert made is not None
        _, low, high = made.fitted.interval([1])
        held += low <= points[18] <= high
    # 240 expected; chance alone stays within 212 and 268 (four standard deviations).
    assert 212 <= held <= 268
