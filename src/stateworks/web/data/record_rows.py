"""The rows of a record type's list as its page shows them: each leads to its record, and references to theirs."""

from __future__ import annotations

from dataclasses import dataclass

from stateworks.kernel.records.fields import RANGE, REFERENCE, Bound, bound
from stateworks.kernel.records.keys import part_text
from stateworks.kernel.records.query import Listing
from stateworks.web.data.addresses import record_url, target_url
from stateworks.web.data.detail import range_words
from stateworks.web.data.listing import cell_words


@dataclass(frozen=True)
class Cell:
    """One value: its words, where it leads, and how it is set."""

    text: str
    url: str = ""
    number: bool = False

    @property
    def long(self) -> bool:
        """Whether it needs a wide column."""
        return len(self.text) > 50


@dataclass(frozen=True)
class Row:
    """One record of the page."""

    pk: int
    title: str
    cells: tuple[Cell, ...]


def rows_of(listing: Listing) -> list[Row]:
    """The page's rows; no query of its own."""
    declared = listing.declared
    columns = [bound(declared, name) for name in listing.columns]
    keys = [bound(declared, name) for name in declared.key]
    # The first column leads to the record, unless it refers to something and another one does not.
    leading = next((place for place, one in enumerate(columns) if one.kind != REFERENCE), 0)
    found = []
    # What many rows refer to has its address made once.
    known: dict[tuple[str, str], str] = {}

    def address(one: Bound, value: str) -> str:
        key = (one.name, value)
        if key not in known:
            known[key] = target_url(one, value)
        return known[key]

    for row in listing.rows:
        whole = all(row[one.name] is not None or one.field.null for one in keys)
        own = record_url(declared, row) if whole else ""
        cells = []
        for place, one in enumerate(columns):
            value = row[one.name]
            number = False
            if value is None and one.shielded:
                text = "out of reach"
            elif one.kind == RANGE and value is not None:
                text = range_words(value)
            elif one.choices:
                text = one.choices.get(str(value), str(value)) if value not in (None, "") else ""
            else:
                shown, number = cell_words(value)
                text = str(shown)
            if place == leading:
                cells.append(Cell(text or "not given", own, number))
            else:
                cells.append(Cell(text, address(one, value) if one.kind == REFERENCE else "", number))
        title = " ".join(part for one in keys if (part := part_text(one, row[one.name])))
        found.append(Row(row["pk"], title, tuple(cells)))
    return found
