"""Reads dates, instants, numbers and truth values from text, a whole column at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stateworks.kernel.lake.local_time import instants_of

if TYPE_CHECKING:
    import polars as pl

ISO_INSTANTS = (
    "%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%dT%H:%M%z", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d",
)  # fmt: skip
ISO_DATES = ("%Y-%m-%d",)
TRUE = ("true", "t", "yes", "y", "1")
FALSE = ("false", "f", "no", "n", "0")


def instants(texts: pl.Series, formats: Sequence[str], zone: str) -> tuple[pl.Series, pl.Series]:
    """Return instants in UTC, and which texts name a local time that the zone's clocks skipped.

    Formats are tried in order, then ISO 8601. A text without an offset is local time of `zone`; an hour that the clocks
    showed twice is taken as the first.
    """
    import polars as pl

    found = nothing(texts.name, pl.Datetime("us", "UTC"), len(texts))
    skipped = never(len(texts))
    for pattern in (*formats, *ISO_INSTANTS):
        if found.null_count() == texts.null_count():
            break
        open_ = found.is_null() & ~skipped & texts.is_not_null()
        if not open_.any():
            break
        # `%#z` also reads Z and +01, which people mean by %z.
        read = texts.str.to_datetime(pattern.replace("%z", "%#z"), time_unit="us", strict=False)
        if read.dtype.time_zone is None:  # type: ignore[attr-defined]
            zoned = instants_of(read, zone)
            if zoned.null_count() != read.null_count():
                skipped = skipped | (open_ & read.is_not_null() & zoned.is_null())
            read = zoned
        else:
            read = read.dt.convert_time_zone("UTC")
        found = found.zip_with(~open_ | read.is_null(), read) if found.null_count() < len(found) else read
    return found, skipped


def dates(texts: pl.Series, formats: Sequence[str]) -> pl.Series:
    """Return dates; formats are tried in order, then ISO 8601. A time behind the date is passed over."""
    import polars as pl

    found = nothing(texts.name, pl.Date(), len(texts))
    for pattern in (*formats, *ISO_DATES, *ISO_INSTANTS):
        if found.null_count() == texts.null_count():
            break
        if "%H" in pattern or "%I" in pattern:
            read = texts.str.to_datetime(pattern.replace("%z", "%#z"), time_unit="us", strict=False).dt.date()
        else:
            read = texts.str.to_date(pattern, strict=False)
        found = found.zip_with(found.is_not_null(), read) if found.null_count() < len(found) else read
    return found


def whole_numbers(texts: pl.Series, decimal: str = ".") -> pl.Series:
    """Return whole numbers; 3.0 is one, 3.5 is none."""
    import polars as pl

    found = texts.cast(pl.Int64, strict=False)
    if found.null_count() != texts.null_count():
        floats = numbers(texts, decimal)
        whole = floats.set(floats.is_null() | (floats != floats.floor()) | (floats.abs() > 2**53), None)
        found = found.zip_with(found.is_not_null(), whole.cast(pl.Int64, strict=False))
    return found


def numbers(texts: pl.Series, decimal: str = ".") -> pl.Series:
    """Return numbers; the other one of point and comma is taken as a thousands sign, and must stand as one."""
    import polars as pl

    plain = _plain(texts, decimal)
    read = plain.cast(pl.Float64, strict=False)
    endless = ~read.is_finite()
    return read.set(endless, None) if endless.any() else read


def decimals(texts: pl.Series, decimal: str, precision: int, scale: int) -> pl.Series:
    """Return exact numbers of so many digits, `scale` of them behind the point; a dollar sign in front is passed over.

    A text with more digits than that is none: nothing is rounded on the way in.
    """
    import polars as pl

    whole, behind = precision - scale, scale
    # A file whose numbers are all plain, which one look tells, needs none of what follows.
    if decimal == "." and texts.str.contains(rf"^-?\d{{1,{whole}}}(?:\.\d{{1,{behind}}})?$").all():
        return texts.cast(pl.Decimal(precision, scale), strict=False)
    plain = _plain(texts.str.strip_prefix("$").str.strip_chars(), decimal)
    small = plain.str.contains(r"^[-+]?[0-9.]+[eE][-+]?\d{1,3}$").fill_null(value=False)
    if small.any():
        plain = plain.zip_with(
            ~small,
            pl.Series(
                [_written_out(text) if at else None for text, at in zip(plain, small, strict=True)],
                dtype=pl.String,
            ),
        )
    plain = plain.zip_with(
        ~plain.str.contains(".", literal=True).fill_null(value=False),
        plain.str.strip_chars_end("0").str.strip_suffix("."),
    )
    fits = plain.str.contains(rf"^[-+]?(?:\d{{1,{whole}}})?(?:\.\d{{1,{behind}}})?$") & plain.str.contains(
        r"\d"
    )
    plain = plain.set(~fits.fill_null(value=False), None)
    return plain.cast(pl.Decimal(precision, scale), strict=False)


def _written_out(text: str) -> str:
    from decimal import Decimal, InvalidOperation

    try:
        return f"{Decimal(text):f}"
    except InvalidOperation:
        return text


def _plain(texts: pl.Series, decimal: str) -> pl.Series:
    """Return texts without thousands signs and with a decimal point."""
    thousands = "," if decimal == "." else "."
    grouped = rf"^[-+]?\d{{1,3}}(?:{_literal(thousands)}\d{{3}})+(?:{_literal(decimal)}\d+)?$"
    plain = texts.zip_with(
        ~texts.str.contains(grouped).fill_null(value=False),
        texts.str.replace_all(thousands, "", literal=True),
    )
    return plain.str.replace(",", ".", literal=True) if decimal == "," else plain


def truths(texts: pl.Series) -> pl.Series:
    """Return truth values from yes and no, true and false, 1 and 0."""
    import polars as pl

    table = {**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)}
    table |= {text.title(): said for text, said in table.items()}
    found = texts.replace_strict(table, default=None, return_dtype=pl.Boolean)
    if found.null_count() != texts.null_count():
        found = texts.str.to_lowercase().replace_strict(table, default=None, return_dtype=pl.Boolean)
    return found


def nothing(name: str, dtype: pl.DataType, rows: int) -> pl.Series:
    """Return a column without values."""
    import polars as pl

    return pl.Series(name, [None], dtype=dtype).new_from_index(0, rows)


def never(rows: int) -> pl.Series:
    """Return a column that is false in every row."""
    import polars as pl

    return pl.Series("never", [False], dtype=pl.Boolean).new_from_index(0, rows)


def _literal(sign: str) -> str:
    return rf"\{sign}"
