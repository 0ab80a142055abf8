"""Everything that is measured, by name."""

from __future__ import annotations

from pathlib import Path
from subprocess import CalledProcessError

from benchmarks import (
    billing,
    billing_load,
    billing_steps,
    detectors,
    engines,
    feeds,
    impact,
    inventory_intake,
    inventory_pages,
    pages,
    people,
    planruns,
)
from benchmarks.harness import Comparison, Result, SideFailedError, measure

FAILURES = (SideFailedError, CalledProcessError)
PAGES, STARTUP = "pages", "startup"
COMPARISONS: dict[str, Comparison] = {
    one.name: one
    for one in (
        *feeds.COMPARISONS,
        *people.COMPARISONS,
        *inventory_intake.COMPARISONS,
        *planruns.COMPARISONS,
        *billing_load.COMPARISONS,
        *billing.COMPARISONS,
        *billing_steps.COMPARISONS,
    )
}
ENGINES = {one.name: one for one in engines.COMPARISONS}


def names() -> list[str]:
    """Return the names of all measurements in the order in which they run."""
    return [
        *COMPARISONS,
        *ENGINES,
        impact.NAME,
        inventory_pages.NAME,
        PAGES,
        detectors.NAME,
        billing_steps.NAME,
        STARTUP,
    ]


def run(name: str, folder: Path, scale: float, repeat: int | None = None) -> list[Result]:
    """Do one measurement that gives rows of the table."""
    if name in ENGINES:
        return [engines.measure(ENGINES[name], folder, scale, repeat)]
    if name == impact.NAME:
        return impact.measure(folder, scale)
    if name == inventory_pages.NAME:
        return inventory_pages.measure(folder, scale)
    if name == PAGES:
        return pages.measure(folder, scale)
    return [measure(COMPARISONS[name], folder, scale, repeat)]
