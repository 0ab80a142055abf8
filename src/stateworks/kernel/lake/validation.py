"""Checks typed batches against a feed's contract, whole columns at a time, and says in words what refused rows lack."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

from stateworks.kernel.lake.columns import Fault, MappedBatch
from stateworks.kernel.lake.feeds import Feed, feed

if TYPE_CHECKING:
    import dataframely as dy
    import polars as pl

_AT = "row_at"


def validate(batch: MappedBatch, declared: Feed) -> None:
    """Add a fault for each rule of the feed's schema that rows of a batch break."""
    import polars as pl

    if not batch.frame.height:
        return
    schema = _numbered(declared.name)
    checked = (
        batch.frame.with_row_index(_AT)
        .with_columns(_to_come(batch.frame, declared))
        .select(list(schema.columns()))
    )
    _good, failure = schema.filter(checked)
    counts = failure.counts()
    if not counts:
        return
    details = failure.details()
    already = batch.faulty()
    for rule in counts:
        at = details.filter(pl.col(rule).cast(pl.String) == "invalid")[_AT]
        rows = pl.Series("rows", [False] * batch.frame.height, dtype=pl.Boolean).scatter(at.to_list(), True)
        # A date that could not be read is empty now: that it is missing would only repeat the fault.
        rows = rows & ~already
        if rows.any():
            batch.faults.append(_fault(rule, rows, batch, declared))


@cache
def _numbered(name: str) -> type[dy.Schema]:
    """Return a feed's schema with one column more, which tells the rows of a failure apart."""
    import dataframely as dy

    made: type[dy.Schema] = type("Numbered", (feed(name).schema(),), {_AT: dy.UInt32()})
    return made


def _to_come(frame: pl.DataFrame, declared: Feed) -> list[pl.Expr]:
    """Fill what the feed computes itself afterwards, so that only what the source delivered is judged."""
    import polars as pl

    filler = {pl.String: pl.lit(""), pl.Boolean: pl.lit(False), pl.Int64: pl.lit(0, dtype=pl.Int64)}
    schema = declared.schema().columns()
    return [
        filler[type(frame.schema[name])].alias(name)
        for name in declared.completed
        if not schema[name].nullable and type(frame.schema[name]) in filler and frame[name].null_count()
    ]


def _fault(rule: str, rows: pl.Series, batch: MappedBatch, declared: Feed) -> Fault:
    import polars as pl

    column, _, check = rule.partition("|")
    if not check:
        texts = _filled(batch.frame, declared.checks[rule]) if rule in declared.checks else None
        return Fault(
            rows, rule, "", lambda value: value or f"The row breaks the rule {rule.replace('_', ' ')}.", texts
        )
    texts = batch.frame[column].cast(pl.String)
    if check == "nullability":
        return Fault(
            rows,
            f"{column}.missing",
            column,
            lambda _value: f"{column} is empty; fill it in the source.",
            texts,
        )
    limit = _limit(batch, column, check, declared)
    return Fault(
        rows, f"{column}.{check.removeprefix('check__')}", column,
        lambda value: f"“{value}” cannot be {column}: {limit}; correct it in the source.",
        texts,
    )  # fmt: skip


def _limit(batch: MappedBatch, column: str, check: str, declared: Feed) -> str:
    definition: Any = declared.schema().columns()[column]
    words = {
        "min": "at least {}", "max": "at most {}", "min_length": "at least {} characters", "max_length": "at most {} characters",
        "min_exclusive": "more than {}", "max_exclusive": "less than {}", "regex": "of the form {}",
    }  # fmt: skip
    if check in words:
        return f"it must be {words[check].format(getattr(definition, check))}"
    values = (definition.metadata or {}).get("values")
    return (
        f"it must be one of {', '.join(values)}"
        if values
        else f"it fails {check.removeprefix('check__').replace('_', ' ')}"
    )


def _filled(frame: pl.DataFrame, sentence: str) -> pl.Series:
    """Fill the `{column}` places of a sentence for every row."""
    import polars as pl

    names = [name for name in frame.columns if "{" + name + "}" in sentence]
    text = sentence
    for name in names:
        text = text.replace("{" + name + "}", "{}")
    shown = [
        pl.col(name).dt.convert_time_zone(settings.TIME_ZONE).dt.strftime("%Y-%m-%d %H:%M")
        if isinstance(frame.schema[name], pl.Datetime)
        else pl.col(name).cast(pl.String)
        for name in sorted(names, key=lambda one: sentence.index("{" + one + "}"))
    ]
    filled = pl.format(text, *shown) if shown else pl.lit(text)
    return frame.select(filled.alias("said")).to_series()
