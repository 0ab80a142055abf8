"""What a column's values look like: dates in which formats, numbers, words of a closed list, or plain text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from stateworks.kernel.lake import parsing
from stateworks.kernel.lake.contracts import ContractColumn

if TYPE_CHECKING:
    import polars as pl

FORMATS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M", "%Y-%m-%d",
    "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%m/%d/%Y",
    "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y",
    "%d-%b-%Y %H:%M:%S", "%d-%b-%Y %H:%M", "%d-%b-%Y", "%b %d, %Y %I:%M %p", "%d/%b/%y %I:%M %p",
)  # fmt: skip
MISSING = ("?", "-", "--", "N/A", "n/a", "NA", "NULL", "null", "None", "none", "(empty)", "(blank)")


def plain(name: str) -> str:
    """Return a text as names and words compare: small letters, digits, single blanks."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", spaced.lower().removeprefix("u_")).split())


def readable(
    column: ContractColumn, texts: pl.Series, words: Mapping[str, Sequence[str]]
) -> tuple[float, tuple[str, ...], str]:
    """Return the share of values that can be read as the column's type, the formats they need, and that in words."""
    total = len(texts)
    if column.type in {"TIMESTAMPTZ", "DATE"}:
        share, formats = _date_formats(texts)
        shown = f"its values are dates as {' or '.join(formats)}" if formats else "its values are ISO dates"
        return share, formats, shown if share > 0.5 else f"but “{texts[0]}” is no date"
    if column.values:
        known = sum(closed_value(column, value, words) is not None for value in texts.to_list())
        return known / total, (), f"{known:,} of its first {total:,} values are known"
    if column.type in {"BIGINT", "INTEGER"}:
        read = parsing.whole_numbers(texts)
        return (
            1 - read.null_count() / total,
            (),
            "its values are whole numbers"
            if not read.null_count()
            else f"but “{_first_unread(texts, read)}” is no whole number",
        )
    if column.type == "BOOLEAN":
        read = parsing.truths(texts)
        return (
            1 - read.null_count() / total,
            (),
            "its values are yes or no"
            if not read.null_count()
            else f"but “{_first_unread(texts, read)}” is not yes or no",
        )
    if column.type == "VARCHAR":
        return _text(texts)
    read = parsing.numbers(texts)
    return (
        1 - read.null_count() / total,
        (),
        "its values are numbers"
        if not read.null_count()
        else f"but “{_first_unread(texts, read)}” is no number",
    )


def _text(texts: pl.Series) -> tuple[float, tuple[str, ...], str]:
    """Return the share of values that are neither dates nor yes or no: no person, group or category is called so."""
    others = (
        ("a date", _date_formats(texts)[0]),
        ("yes or no", 1 - parsing.truths(texts).null_count() / len(texts)),
    )
    for what, share in others:
        if share > 0.5 and not texts.str.contains(r"^\d+$").all():
            return 1 - share, (), f"but “{texts[0][:40]}” is {what}"
    return 1.0, (), f"its values are text such as “{texts[0][:40]}”"


def _first_unread(texts: pl.Series, read: pl.Series) -> str:
    return str(texts.filter(read.is_null())[0])[:40]


def _date_formats(texts: pl.Series) -> tuple[float, tuple[str, ...]]:
    """Return the share of dates that can be read and the fewest formats for them; day and month are never guessed apart.

    Where both orders read every value, month first is taken, as American tools write it; a value such as 25/02 decides.
    """
    found, _ = parsing.instants(texts, (), "UTC")
    chosen: list[str] = []
    while found.null_count():
        best, best_read, gained = "", None, 0
        for pattern in FORMATS:
            open_texts = texts.set(found.is_not_null(), None)
            read, _ = parsing.instants(open_texts, (pattern,), "UTC")
            count = read.len() - read.null_count()
            if count > gained:
                best, best_read, gained = pattern, read, count
        if best_read is None:
            break
        chosen.append(best)
        found = found.zip_with(found.is_not_null(), best_read)
        if len(chosen) == 3:
            break
    return 1 - found.null_count() / len(texts), tuple(chosen)


def meanings(
    column: ContractColumn, texts: pl.Series, words: Mapping[str, Sequence[str]]
) -> dict[str, str | None]:
    """Return what each value of a closed column seems to mean; None where somebody must say it."""
    return {
        value: closed_value(column, value, words)
        for value in texts.drop_nulls().unique().sort().to_list()
        if value not in column.values
    }


def closed_value(column: ContractColumn, value: str, words: Mapping[str, Sequence[str]]) -> str | None:
    """Return which of a column's closed values a text means, or None."""
    said = plain(value)
    for known in column.values:
        names = [known, *words.get(f"{column.name}.{known}", ())]
        if any(plain(name) == said for name in names):
            return known
    for known in column.values:
        names = [known, *words.get(f"{column.name}.{known}", ())]
        # A longer wording, such as "Closed - confirmed", still begins with the word.
        if any(said.startswith(plain(name) + " ") for name in names):
            return known
    return None


def missing_marks(texts: Mapping[str, pl.Series]) -> list[str]:
    """Return texts that stand for "nothing" in several columns."""
    seen: dict[str, int] = {}
    for column in texts.values():
        for mark in MISSING:
            if (column == mark).any():
                seen[mark] = seen.get(mark, 0) + 1
    return [mark for mark, columns in seen.items() if columns >= 2 or mark == "?"]
