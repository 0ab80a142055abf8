"""Tables of cost, budgets and forecasts as CSV, in columns that tools for cost transparency such as Apptio take, and back.

No standard says how such a file looks: each installation maps columns to its own. These are the columns that are written, and
that are read where nothing else is said. Amounts are dollars with two places; the same records give the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stateworks.kernel.access.models import Account
from stateworks.kernel.access.permissions import require
from stateworks.kernel.clocks.fiscal import Period, parse_period, parts, period_of
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.contracts import PART
from stateworks.kernel.lake.engines import open_engine
from stateworks.kernel.lake.exports import safe
from stateworks.modules.billing.feeds import LEDGER
from stateworks.modules.billing.gathering import pool_rules
from stateworks.modules.billing.inputs import pool_of
from stateworks.modules.billing.models import CostCenter, CostCenterBudget, CostCenterForecast, CostPool
from stateworks.modules.billing.money import cents_given

if TYPE_CHECKING:
    from stateworks.kernel.lake.engines import Engine

COST_SOURCE = (
    "Fiscal Year", "Fiscal Period", "Posting Date", "Journal", "Line", "Fund", "Cost Center", "Cost Center Name", "Account",
    "Vendor", "Description", "Amount", "Cost Pool", "IT Tower", "Agency", "Source",
)  # fmt: skip
BUDGET = (
    "Fiscal Year", "Fiscal Period", "Cost Center", "Cost Center Name", "Account", "Amount", "Note", "Cost Pool", "IT Tower",
)  # fmt: skip
FORECAST = (
    "Fiscal Year", "Fiscal Period", "Cost Center", "Cost Center Name", "Amount", "Version", "Submitted At", "Submitted By",
    "Reason", "Forecast Id",
)  # fmt: skip
TABLES = {"cost-source": COST_SOURCE, "budget": BUDGET, "forecast": FORECAST}
CONTROL = ("Table", "Rows", "Amount", "SHA-256")
RECORDS: dict[str, tuple[str, dict[str, str]]] = {
    "budget": ("billing.cost_center_budget", {
        "center": "Cost Center", "month": "Fiscal Period", "object_code": "Account", "cents": "Amount", "note": "Note",
    }),
    "forecast": ("billing.cost_center_forecast", {
        "code": "Forecast Id", "center": "Cost Center", "month": "Fiscal Period", "made_in": "Version", "cents": "Amount",
        "reason": "Reason", "made_at": "Submitted At", "made_by": "Submitted By",
    }),
}  # fmt: skip
"""What is read into records: the record type, and the file's column of each of its columns."""
OPTIONAL = {"object_code", "note", "reason", "made_by"}


@dataclass(frozen=True)
class Table:
    """A table as it is written, with how many rows it has and what they come to, in cents."""

    name: str
    content: bytes
    rows: int
    cents: int

    @property
    def sha256(self) -> str:
        """Fingerprint of the file."""
        return hashlib.sha256(self.content).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """The table as a command prints it."""
        return {"table": self.name, "rows": self.rows, "cents": self.cents, "sha256": self.sha256}


def tables(span: Period, version: int, *, by: Account | None) -> list[Table]:
    """Return a period's cost by pool and tower, line for line of the ledger's version, and its budgets and forecasts."""
    require(by, "billing.run")
    months = [one.label for one in parts(span, "month")] if span.grain != "month" else [span.label]
    names = dict(CostCenter.objects.values_list("code", "name"))
    pools = pool_rules()
    return [
        _table("cost-source", _costs(months, version, names, pools)),
        _table("budget", _budgets(months, names, pools)),
        _table("forecast", _forecasts(months, names)),
    ]


def write(found: Iterable[Table], folder: Path) -> list[Path]:
    """Write tables into a folder, and a table of their control totals; the folder is made where it is not there."""
    found, made = list(found), []
    folder.mkdir(parents=True, exist_ok=True)
    rows = [(one.name, one.rows, dollars_of(one.cents), one.sha256) for one in found]
    for name, content in [(one.name, one.content) for one in found] + [("control", _csv(CONTROL, rows))]:
        made.append(folder / f"{name}.csv")
        made[-1].write_bytes(content)
    return made


def dollars_of(cents: int) -> str:
    """Return cents as the plain number that files have, such as -1234.05."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"


def as_records(what: str, path: Path, columns: Mapping[str, str], into: Path) -> str:
    """Rewrite a file of budgets or forecasts in the columns of records, row for row, and return the record type.

    `columns` names the file's column of a record's column where it is not the usual one. An amount or month that cannot be read
    is left as it is, so that the intake refuses that row with its line.
    Raises Refused where a column is not there.
    """
    name, usual = RECORDS[what]
    unknown = next((one for one in columns if one not in usual), None)
    if unknown:
        raise Refused(f"There is no column {unknown}; the columns of {name} are {', '.join(usual)}.")
    named = {**usual, **columns}
    if not path.is_file():
        raise Refused(f"There is no file {path}; check its path.")
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            there, rows = reader.fieldnames or [], list(reader)
    except (UnicodeDecodeError, csv.Error):
        raise Refused(f"{path.name} is no CSV file in UTF-8; save it as one.") from None
    # They share columns: amounts of the ledger would pass for budgets.
    other = next((one for one in TABLES if one != what and set(TABLES[one]) <= set(there)), None)
    if other:
        raise Refused(f"{path.name} is a table of the kind {other}, not {what}; load the one that you mean.")
    absent = next((one for one, given in named.items() if given not in there and one not in OPTIONAL), None)
    if absent:
        raise Refused(
            f"{path.name} has no column {named[absent]}; say what it is called there, such as --column {absent}=NAME."
        )
    kept = [one for one, given in named.items() if given in there or one == "object_code"]
    with into.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(kept)
        writer.writerows([_read(one, row.get(named[one]) or "") for one in kept] for row in rows)
    return name


def _read(column: str, text: str) -> str:
    text = text.strip() if column not in ("note", "reason") else text
    if column == "cents":
        try:
            return str(cents_given(text))
        except Refused:
            return text
    if column in ("month", "made_in") and len(text) == len("2026-11-01") and text[4] == text[7] == "-":
        return text[:7]
    return text


def _costs(
    months: list[str], version: int, names: Mapping[str, str], pools: Mapping[str, CostPool]
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    if version < 0:
        return
    with open_engine() as engine:
        for row in _lines(engine, months, version):
            center, code = row["cost_center"] or "", row["object_code"] or ""
            pool, tower = _sorted(pools, center, code)
            month = f"{row['posted_on']:%Y-%m}"
            yield row["cents"], (
                _year(month), month, row["posted_on"].isoformat(), _marked(row["journal"]), _marked(row["line"]),
                _marked(row["fund"]), _marked(center), safe(names.get(center, "")), _marked(code), _marked(row["vendor"]),
                _marked(row["text"]),
                dollars_of(row["cents"]), safe(pool), safe(tower), row["agency"], row["source"],
            )  # fmt: skip


def _lines(engine: Engine, months: list[str], version: int) -> Iterator[Mapping[str, Any]]:
    rows = engine.table(LEDGER, version=version)
    rows = rows.filter(rows[PART].isin([f"m{month}" for month in months]))
    names = (
        "posted_on",
        "source",
        "journal",
        "line",
        "fund",
        "cost_center",
        "object_code",
        "vendor",
        "text",
        "cents",
        "agency",
    )
    ordered = rows.select(*names).order_by(["posted_on", "source", "journal", "line"])
    for batch in engine.execute(ordered).to_batches(max_chunksize=50_000):
        yield from batch.to_pylist()


def _budgets(
    months: list[str], names: Mapping[str, str], pools: Mapping[str, CostPool]
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    rows = CostCenterBudget.objects.filter(month__in=months).order_by("center__code", "month", "object_code")
    for center, month, code, cents, note in rows.values_list(
        "center__code", "month", "object_code", "cents", "note"
    ):
        pool, tower = _sorted(pools, center, code)
        yield cents, (
            _year(month), month, center, safe(names[center]), safe(code), dollars_of(cents), safe(note), safe(pool), safe(tower),
        )  # fmt: skip


def _forecasts(months: list[str], names: Mapping[str, str]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Every vintage; that with the latest Version, and in it the last submitted, is what is expected now."""
    rows = CostCenterForecast.objects.filter(month__in=months).select_related("center", "made_by")
    for one in rows.order_by("center__code", "month", "made_at", "code"):
        yield one.cents, (
            _year(one.month), one.month, one.center.code, safe(names[one.center.code]), dollars_of(one.cents), one.made_in,
            one.made_at.isoformat(), one.made_by.email if one.made_by else "", safe(one.reason), one.code,
        )  # fmt: skip


def _sorted(pools: Mapping[str, CostPool], center: str, code: str) -> tuple[str, str]:
    """Return the pool that gathers a line, and its tower."""
    pool = pool_of(pools, center, code)
    return (pool.name, pool.tower) if pool else ("", "")


def _year(month: str) -> str:
    return period_of(parse_period(month).starts, "year").label


def _marked(text: str | None) -> str:
    """Put an apostrophe before what a spreadsheet would run, and before one; the mapping takes exactly one away."""
    text = text or ""
    return f"'{text}" if text.startswith("'") or safe(text) != text else text


def _table(name: str, rows: Iterable[tuple[int, tuple[Any, ...]]]) -> Table:
    kept, cents = [], 0
    for amount, cells in rows:
        cents += amount
        kept.append(cells)
    return Table(name, _csv(TABLES[name], kept), len(kept), cents)


def _csv(header: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()
