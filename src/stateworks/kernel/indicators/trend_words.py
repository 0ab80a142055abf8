"""The trend of an indicator whose goal says that it shall rise or fall, as a run keeps it and in words."""

from __future__ import annotations

from datetime import date
from typing import Any

from stateworks.kernel.clocks.fiscal import GRAINS
from stateworks.kernel.indicators.case import Case, grain_of
from stateworks.kernel.indicators.trend import MINIMUM_POINTS, trend_of
from stateworks.kernel.indicators.units import is_share, shown


def told(case: Case) -> dict[str, Any] | None:
    """Return the trend of the closed periods, or None where no goal speaks of a rise or fall or there are too few points.

    The periods are those of the goal; where fewer than five of them have closed, the next shorter ones.
    """
    target = next((one for one in case.spec.targets if one.change is not None and one.is_scored), None)
    if target is None:
        return None
    own = GRAINS.index(grain_of(target, case))
    for grain in reversed(GRAINS[: own + 1]):
        known = [
            one for one in case.figures(grain, since=date.min)
            if one.closed(case.as_of) and one.value is not None and not one.suppressed
        ]  # fmt: skip
        if len(known) < MINIMUM_POINTS:
            continue
        found = trend_of([float(one.value) for one in known if one.value is not None])
        assert found is not None
        way = {"up": "rising", "down": "falling"}.get(found.direction, "no trend beyond chance")
        span = f"{known[0].period} to {known[-1].period}: {way}"
        size = f", by {_size(found.slope, case)} a {grain}" if found.direction else ""
        return {
            "grain": grain, "from": known[0].period, "to": known[-1].period, "points": found.points, "s": found.s,
            "p": found.p, "slope": found.slope, "low": found.low, "high": found.high, "direction": found.direction,
            "words": f"{span}{size} (p {found.p:.2g})",
        }  # fmt: skip
    return None


def _size(slope: float, case: Case) -> str:
    if is_share(case.options):
        return f"{abs(slope) * 100:.1f} percentage points"
    return shown(abs(slope), case.options)
