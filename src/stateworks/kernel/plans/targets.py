"""The target of a goal, as the goal language produces it; it is defined with the verdicts that use it."""

from stateworks.kernel.indicators.targets import (
    COUNT,
    MILESTONE,
    PERCENT,
    POINTS,
    Change,
    Target,
    Within,
)

__all__ = ["COUNT", "MILESTONE", "PERCENT", "POINTS", "Change", "Target", "Within"]
