"""Conditions on a dataset's rows: data from an address or a program, never SQL text from outside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.contracts import NO_DATE, PART, Contract, literal, quoted

Operator = Literal["=", "<>", "<", "<=", ">", ">=", "in", "contains", "empty", "filled"]
OPERATORS: tuple[Operator, ...] = ("=", "<>", "<", "<=", ">", ">=", "in", "contains", "empty", "filled")


@dataclass(frozen=True)
class Condition:
    """A comparison of one column: with one value, with several (`in`), or with none (`empty`, `filled`)."""

    column: str
    operator: Operator
    value: Any = None


def where_sql(declared: Contract, conditions: Iterable[Condition]) -> tuple[str, list[Any]]:
    """Return the conditions as SQL, which is empty without any, and the values for its question marks."""
    values: list[Any] = []
    return " AND ".join(_sql(declared, one, values) for one in conditions), values


def _sql(declared: Contract, condition: Condition, values: list[Any]) -> str:
    column = declared.column(condition.column)
    name = quoted(column.name)
    if condition.operator not in OPERATORS:
        raise Refused(f"{condition.operator} is no comparison; use one of {' '.join(OPERATORS)}.")
    if condition.operator == "empty":
        return f"{name} IS NULL"
    if condition.operator == "filled":
        return f"{name} IS NOT NULL"
    if condition.operator == "contains":
        text = str(condition.value)
        values.append(text)
        if text.lower() == text.upper():
            # Nothing in it has two cases, as in a number: no need to lower every row.
            return f"contains(CAST({name} AS VARCHAR), ?)"
        return f"contains(lower(CAST({name} AS VARCHAR)), lower(?))"
    if condition.operator == "in":
        given = list(condition.value)
        values.extend(given)
        places = ", ".join(f"CAST(? AS {column.type})" for _ in given)
        return f"{name} IN ({places})" if given else "false"
    values.append(condition.value)
    return f"{name} {condition.operator} CAST(? AS {column.type})"


def parts_within(declared: Contract, conditions: Sequence[Condition], parts: Iterable[str]) -> set[str]:
    """Return the parts that rows under the conditions can lie in, as far as the date that cuts the dataset says."""
    kept = set(parts)
    for condition in conditions:
        if condition.column != declared.partition_on or condition.operator not in _COMPARED:
            continue
        day = _day(condition)
        if day is not None:
            kept = {part for part in kept if _may_hold(part, condition.operator, f"m{day:%Y-%m}")}
    return kept


_COMPARED = ("=", "<", "<=", ">", ">=")


def _may_hold(part: str, operator: str, month: str) -> bool:
    if operator == "=":
        return part == month
    return part <= month if operator.startswith("<") else part >= month


def _day(condition: Condition) -> date | None:
    value = condition.value
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        raise Refused(f"“{value}” is no date; write it as 2026-10-31.") from None


def whole_months_sql(declared: Contract, condition: Condition) -> str | None:
    """Return a condition on the cutting date as one on the part, where it takes whole months; None where it does not."""
    if condition.column != declared.partition_on or condition.operator not in _COMPARED:
        return None
    day = _day(condition)
    if day is None:
        return None
    month = literal(f"m{day:%Y-%m}")
    starts, ends = day.day == 1, (day + timedelta(days=1)).day == 1
    if (condition.operator == ">=" and starts) or (condition.operator == ">" and ends):
        return f"{PART} {'>=' if starts and condition.operator == '>=' else '>'} {month}"
    if (condition.operator == "<" and starts) or (condition.operator == "<=" and ends):
        # A row without a date is neither before nor after one.
        return f"({PART} {condition.operator} {month} AND {PART} <> '{NO_DATE}')"
    return None
