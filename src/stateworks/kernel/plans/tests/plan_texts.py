"""The two sample plans of a fictional state, as text: one with indicator tables, one with pillars and initiatives."""

from __future__ import annotations

from pathlib import Path

SAMPLES = Path(__file__).parent.parent / "samples"


def infrastructure() -> str:
    """Return the plan with activities, strategies and indicator tables."""
    return (SAMPLES / "westmark-infrastructure.txt").read_text(encoding="utf-8")


def digital() -> str:
    """Return the plan with pillars, initiatives, outcome paragraphs and a maturity model."""
    return (SAMPLES / "westmark-digital.md").read_text(encoding="utf-8")
