"""Cells that a spreadsheet shows and never runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_RUN = ("=", "+", "-", "@", "\t", "\r")


def safe(cells: Iterable[Any]) -> list[Any]:
    """The cells, with an apostrophe before text that a spreadsheet would take for a formula; numbers stay numbers."""
    return [f"'{cell}" if isinstance(cell, str) and cell.startswith(_RUN) else cell for cell in cells]
