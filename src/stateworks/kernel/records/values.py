"""Text to typed columns and back, a whole column at a time: what a file says, checked against what the field allows."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models

from stateworks.kernel.lake import parsing
from stateworks.kernel.lake.columns import Fault
from stateworks.kernel.records.fields import (
    BOOLEAN,
    DATE,
    DECIMAL,
    FLOAT,
    INSTANT,
    INTEGER,
    JSON,
    RANGE,
    REFERENCE,
    TEXT,
    Bound,
)  # fmt: skip

if TYPE_CHECKING:
    import polars as pl

DateOrder = Literal["iso", "mdy", "dmy"]
DATE_FORMATS: dict[str, tuple[str, ...]] = {
    "iso": (),
    "mdy": ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y"),
    "dmy": ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y"),
}
_ESCAPED = r"^'+[=+@\t\r-]"
WRITTEN = (TEXT, REFERENCE, JSON)
"""Kinds whose text people choose freely, so that it may look like a formula."""
NEEDS_ESCAPE = r"^'*[=+@\t\r-]"
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]"
_EMAIL = (
    r"^[A-Za-z0-9_%+-]+(\.[A-Za-z0-9_%+-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}$"
)


def polars_type(kind: str, bound: Bound | None = None) -> pl.DataType:
    """Return the polars type of a column's kind."""
    import polars as pl

    if kind == DECIMAL and bound is not None:
        field: Any = bound.field
        return pl.Decimal(field.max_digits, field.decimal_places)
    return {
        INTEGER: pl.Int64(), FLOAT: pl.Float64(), BOOLEAN: pl.Boolean(), DATE: pl.Date(),
        INSTANT: pl.Datetime("us", "UTC"),
    }.get(kind, pl.String())  # fmt: skip


def read_column(
    bound: Bound, texts: pl.Series, *, zone: str, dates: DateOrder = "iso", escaped: bool = False
) -> tuple[pl.Series, list[Fault]]:
    """Return a column's typed values and what is wrong with some of them; `escaped` says that formulas bear apostrophes.

    References stay text here, and an empty cell becomes what the field means by empty.
    """
    faults: list[Fault] = []
    if bound.kind in WRITTEN and escaped:
        marked = texts.str.contains(_ESCAPED)
        texts = texts.zip_with(~marked.fill_null(value=False), texts.str.slice(1))
    if bound.kind != TEXT or bound.one_line:
        texts = texts.str.strip_chars()
        blank = texts == ""
        if blank.any():
            texts = texts.set(blank.fill_null(value=False), None)
    texts = texts.alias(bound.name)
    if texts.null_count() == len(texts):
        values = parsing.nothing(bound.name, polars_type(bound.kind, bound), len(texts))
    else:
        if bound.kind in WRITTEN and (hidden := texts.str.contains(_CONTROL)).any():
            words = "the text holds an invisible control character; delete it."
            faults.append(_fault(hidden, bound, "control", lambda _: words))
        values = _typed(bound, texts, zone, dates, faults)
    if not texts.null_count():
        return values, faults
    if bound.column.required or (not bound.field.blank and not bound.has_default):
        faults.append(_fault(texts.is_null(), bound, "empty", lambda _: f"{bound.name} is empty; fill it."))
    elif (empty := bound.empty) is not None and bound.kind != REFERENCE:
        values = values.fill_null(json.dumps(empty) if bound.kind == JSON else empty)
    return values, faults


def _typed(bound: Bound, texts: pl.Series, zone: str, dates: DateOrder, faults: list[Fault]) -> pl.Series:
    import polars as pl

    kind, field = bound.kind, bound.field
    formats = DATE_FORMATS[dates]
    skipped: pl.Series | None = None
    if kind == TEXT:
        return _text(bound, texts, faults)
    if kind == REFERENCE:
        return texts
    if kind == INTEGER:
        values, what = parsing.whole_numbers(texts), "a whole number"
        low, high = bound.integer_limits()
        outside = (values < low) | (values > high)
        if outside.any():
            faults.append(
                _fault(outside, bound, "range", lambda v: f"“{v}” is not between {low} and {high}.", texts)
            )
    elif kind == FLOAT:
        values, what = parsing.numbers(texts), "a number"
    elif kind == DECIMAL:
        decimal: Any = field
        fine = texts.str.contains(
            rf"^[+-]?\d{{0,{decimal.max_digits - decimal.decimal_places}}}(\.\d{{0,{decimal.decimal_places}}}0*)?$"
        ) & texts.str.contains(r"\d")
        plain = texts if fine.all() else texts.set(~fine.fill_null(value=False), None)
        values = plain.cast(polars_type(kind, bound), strict=False)
        what = f"a number with at most {decimal.decimal_places} decimal places"
    elif kind == BOOLEAN:
        values, what = parsing.truths(texts), "true or false"
    elif kind == DATE:
        values, what = parsing.dates(texts, formats), _date_words(dates)
    elif kind == INSTANT:
        values, skipped = parsing.instants(texts, [f"{one} %H:%M" for one in formats], zone)
        what = "a date and time such as 2026-07-01T08:30:00-05:00"
    elif kind == RANGE:
        return _ranges(bound, texts, faults)
    else:
        return _json(bound, texts, faults)
    if values.null_count() != texts.null_count():
        wrong = values.is_null() & texts.is_not_null()
        if skipped is not None and skipped.any():
            words = f"never happened in {zone}: clocks went forward."
            faults.append(_fault(skipped, bound, "skipped", lambda v: f"“{v}” {words}", texts))
            wrong = wrong & ~skipped
        if wrong.any():
            faults.append(
                _fault(wrong, bound, "unreadable", lambda v: f"“{v}” is not {what}; correct it.", texts)
            )
    if kind != BOOLEAN and field.choices:
        values = _chosen(bound, values.cast(pl.String), faults).cast(values.dtype, strict=False)
    _validated(bound, values, texts, faults)
    return values


def _date_words(dates: DateOrder) -> str:
    if dates == "iso":
        return "a date written as 2026-07-31 (or say which comes first, the day or the month)"
    return f"a date written as {'07/31/2026' if dates == 'mdy' else '31/07/2026'} or 2026-07-31"


def _text(bound: Bound, texts: pl.Series, faults: list[Fault]) -> pl.Series:
    if bound.choices:
        return _chosen(bound, texts, faults)
    limit = getattr(bound.field, "max_length", None)
    if limit is not None:
        long = texts.str.len_chars() > limit
        if long.any():
            faults.append(
                _fault(
                    long,
                    bound,
                    "long",
                    lambda v: f"“{v[:40]}…” has {len(v)} characters; at most {limit} fit.",
                    texts,
                )
            )
    _validated(bound, texts, texts, faults)
    return texts


def _chosen(bound: Bound, texts: pl.Series, faults: list[Fault]) -> pl.Series:
    """Accept a choice by its value or its label, whatever the case."""
    import polars as pl

    table = {label.lower(): value for value, label in bound.choices.items()}
    table |= {value.lower(): value for value in bound.choices}
    plain = pl.first().str.strip_chars().str.to_lowercase()
    values = (
        texts.to_frame().select(plain.replace_strict(table, default=None, return_dtype=pl.String)).to_series()
    )
    if values.null_count() != texts.null_count():
        wrong = values.is_null() & texts.is_not_null()
        if bound.field.blank:
            wrong = wrong & (texts != "")
        if wrong.any():
            allowed = ", ".join(bound.choices)
            faults.append(_fault(wrong, bound, "choice", lambda v: f"“{v}” is not one of {allowed}.", texts))
    return values


def _validated(bound: Bound, values: pl.Series, texts: pl.Series, faults: list[Fault]) -> None:
    """Run the field's validators once for each different value; the common shapes are told by one pattern."""
    import polars as pl

    # Length and limits of the database's type are checked above, with better words.
    validators = [one for one in bound.field.validators if not isinstance(one, MaxLengthValidator)]
    if not validators:
        return
    open_ = values
    # A field with a validator of its own asks for more than the shape.
    shape = len(validators) == 1
    fine: pl.Series | None = None
    if shape and isinstance(bound.field, models.SlugField) and values.dtype == pl.String:
        fine = values.str.contains(r"^[-a-zA-Z0-9_]+$")
    elif shape and isinstance(bound.field, models.EmailField):
        fine = values.str.contains(_EMAIL) & (values.str.len_chars() < 255)
    if fine is not None:
        if fine.all():
            return
        open_ = values.filter(~fine)
    words: dict[Any, str] = {}
    for value in open_.unique():
        for validator in validators if value is not None else ():
            try:
                validator(value)
            except ValidationError as error:
                words[value] = str(error.messages[0])
                break
    if words:
        rows = values.is_in(list(words))
        said = {str(value): text for value, text in words.items()}
        faults.append(
            _fault(
                rows,
                bound,
                "invalid",
                lambda v: f"“{v}”: {said.get(v.strip(), next(iter(said.values())))}",
                texts,
            )
        )


def _ranges(bound: Bound, texts: pl.Series, faults: list[Fault]) -> pl.Series:
    """Turn `2026-07-01/2027-06-30` (both days count, `..` is open) into PostgreSQL's own words for a range of dates."""
    import polars as pl

    parts = texts.str.split_exact("/", 1).struct.unnest()
    open_ended = ["..", ""]
    ends, wrong = [], texts.is_not_null() & (texts.str.count_matches("/", literal=True) != 1)
    for name in ("field_0", "field_1"):
        text = parts[name].str.strip_chars()
        text = text.set(text.is_in(open_ended).fill_null(value=False), None)
        day = parsing.dates(text, ())
        wrong = wrong | (day.is_null() & text.is_not_null())
        ends.append(day)
    wrong = (wrong | (ends[1] < ends[0]).fill_null(value=False)).fill_null(value=False)
    if wrong.any():
        faults.append(
            _fault(
                wrong,
                bound,
                "range",
                lambda v: f"“{v}” is not a first and a last day such as 2026-07-01/2027-06-30.",
                texts,
            )
        )
    first, last = (
        ends[0].dt.to_string("%Y-%m-%d").fill_null(""),
        ends[1].dt.to_string("%Y-%m-%d").fill_null(""),
    )
    framed = (
        pl.DataFrame({"first": first, "last": last}).select(pl.format("[{},{}]", "first", "last")).to_series()
    )
    return framed.set(texts.is_null(), None).alias(bound.name)


def _json(bound: Bound, texts: pl.Series, faults: list[Fault]) -> pl.Series:
    def readable(text: str) -> bool:
        try:
            json.loads(text)
        except ValueError:
            return False
        return True

    wrong = [text for text in texts.drop_nulls().unique() if not readable(text)]
    if wrong:
        faults.append(
            _fault(
                texts.is_in(wrong),
                bound,
                "json",
                lambda v: f"“{v[:60]}” is no JSON.",
                texts,
            )
        )
    return texts


def _fault(
    rows: pl.Series, bound: Bound, code: str, sentence: Callable[[str], str], texts: pl.Series | None = None
) -> Fault:
    # What is not known of an empty cell is no fault.
    return Fault(rows.fill_null(value=False), f"{bound.name}.{code}", bound.name, sentence, texts)
