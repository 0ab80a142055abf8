"""Wrong codings of the ledger: found month by month, corrected by an entry that reverses and posts again, or dismissed.

A correction is two lines of the month the wrong line was posted in: one takes it back, one says it rightly. They lie in the lake
beside the ledger's own, under a source of their own, so that pools, proof and federal package see them as they see any line, and
a month that is issued already gets its correction with the next run. Once the ledger has the correction, they count nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.permissions import require
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake import store
from stateworks.kernel.lake.contracts import PART
from stateworks.kernel.lake.engines import open_engine
from stateworks.modules.billing.coding import Coding, History, Rule, Suggestion, suggestion
from stateworks.modules.billing.feeds import LEDGER
from stateworks.modules.billing.gathering import pool_rules
from stateworks.modules.billing.inputs import pool_of
from stateworks.modules.billing.models import (
    BillingPeriod,
    CodingFinding,
    CodingRule,
    CodingState,
    CostPool,
    JournalEntry,
    PeriodState,
    Posting,
)
from stateworks.modules.billing.verbs.periods import period_named

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from stateworks.kernel.lake.engines import Engine

CORRECTIONS = "coding"
"""The source of correcting lines in the lake."""
EXPENDITURE = "expenditure"
HISTORY = 12
"""Months before the one that is checked, which say how lines are coded otherwise."""


@transaction.atomic
def check(month: str, *, by: Account | None, at: datetime) -> list[CodingFinding]:
    """Look at a month's ledger lines and suggest a coding where one seems wrong; returns the suggestions that wait.

    Lines that were looked at by a person, or suggested before, stay as they are. A suggestion that does not hold any more goes.
    """
    require(by, "billing.run")
    period = period_named(month)
    version = store.current_version(LEDGER)
    known = {(one.source, one.journal, one.line): one for one in _of_month(period)}
    found = _suggested(month, version) if version >= 0 else {}
    pools = pool_rules()
    fresh = [
        _finding(key, row, told, pools) for key, (row, told) in sorted(found.items()) if key not in known
    ]
    CodingFinding.objects.bulk_create(fresh, batch_size=1000)
    gone = [one.pk for key, one in known.items() if one.state == CodingState.SUGGESTED and key not in found]
    CodingFinding.objects.filter(pk__in=gone).delete()
    if fresh or gone:
        audit.record("check codings", f"billing.period {month}", by=by, at=at,
                     after={"suggested": len(fresh), "gone": len(gone)})  # fmt: skip
    return list(_of_month(period).filter(state=CodingState.SUGGESTED).order_by("code"))


def _of_month(period: BillingPeriod) -> Any:
    return CodingFinding.objects.filter(posted_on__range=(period.starts_on, period.ends_on))


def _suggested(month: str, version: int) -> dict[tuple[str, str, str], tuple[dict[str, Any], Suggestion]]:
    """Return the month's lines that seem wrong, by their key; only codings that seem wrong leave the lake as lines."""
    rules = [
        Rule(Coding(one.cost_center, one.object_code, one.fund),
             Coding(one.right_cost_center, one.right_object_code, one.right_fund), one.reason)
        for one in CodingRule.objects.order_by("code")
    ]  # fmt: skip
    with open_engine() as engine:
        counted = _counted(engine, _lines(engine, version, [month]))
        before = _months_before(month)
        history = History.of(_righted(_counted(engine, _lines(engine, version, before)), before))
        odd = {
            (coding, text): told
            for coding, text in counted
            if (told := suggestion(coding, text, rules, history)) is not None
        }
        rows = _rows(engine, _lines(engine, version, [month]), odd) if odd else []
    return {
        (row["source"], row["journal"], row["line"]): (row, odd[_coding(row), row["text"]]) for row in rows
    }


def _lines(engine: Engine, version: int, months: Sequence[str]) -> ir.Table:
    """Return the ledger's own lines of some months."""
    rows = engine.table(LEDGER, version=version)
    rows = rows.filter(rows[PART].isin([f"m{month}" for month in months]), rows.source != CORRECTIONS)
    names = ("cost_center", "object_code", "fund", "text")
    return rows.mutate(**{name: rows[name].fill_null("") for name in names})


def _months_before(month: str) -> list[str]:
    last = int(month[:4]) * 12 + int(month[5:]) - 1
    return [f"{at // 12}-{at % 12 + 1:02}" for at in range(last - HISTORY, last)]


def _counted(engine: Engine, rows: ir.Table) -> dict[tuple[Coding, str], int]:
    sums = rows.group_by(["cost_center", "object_code", "fund", "text"]).aggregate(n=rows.count())
    return {(_coding(row), row["text"]): row["n"] for row in engine.execute(sums).to_pylist()}


def _righted(counted: dict[tuple[Coding, str], int], months: Sequence[str]) -> dict[tuple[Coding, str], int]:
    """Count lines that were confirmed to be coded wrongly as they should have been: errors do not say what is usual."""
    confirmed = CodingFinding.objects.filter(
        state=CodingState.CONFIRMED, posted_on__gte=f"{months[0]}-01", posted_on__lt=_after(months[-1])
    )
    for one in confirmed:
        wrong, right = (_wrong(one), one.text), (_right(one), one.text)
        if counted.get(wrong) and right[0] != Coding("", "", ""):
            counted[wrong] -= 1
            counted[right] = counted.get(right, 0) + 1
    return {key: n for key, n in counted.items() if n}


def _after(month: str) -> date:
    at = int(month[:4]) * 12 + int(month[5:])
    return date(at // 12, at % 12 + 1, 1)


def _coding(row: Mapping[str, Any]) -> Coding:
    return Coding(row["cost_center"], row["object_code"], row["fund"])


def _rows(engine: Engine, rows: ir.Table, odd: Iterable[tuple[Coding, str]]) -> list[dict[str, Any]]:
    import pyarrow as pa

    table = pa.Table.from_pylist([
        {"cost_center": one.cost_center, "object_code": one.object_code, "fund": one.fund, "text": text} for one, text in odd
    ])  # fmt: skip
    few = engine.lookup("odd_codings", table)
    found = rows.semi_join(few, ["cost_center", "object_code", "fund", "text"])
    names = ("source", "journal", "line", "posted_on", "cents", "cost_center", "object_code", "fund", "text")
    listed: list[dict[str, Any]] = engine.execute(found.select(*names)).to_pylist()
    return listed


def _finding(
    key: tuple[str, str, str], row: Mapping[str, Any], told: Suggestion, pools: Mapping[str, CostPool]
) -> CodingFinding:
    mark = hashlib.sha256("|".join(key).encode()).hexdigest()[:12]
    return CodingFinding(
        code=f"{row['posted_on']:%Y-%m}-{mark}", source=key[0], journal=key[1], line=key[2], posted_on=row["posted_on"],
        cents=row["cents"], text=row["text"][:300], cost_center=row["cost_center"], object_code=row["object_code"],
        fund=row["fund"], right_cost_center=told.right.cost_center, right_object_code=told.right.object_code,
        right_fund=told.right.fund, reason=told.reason[:300],
        suggested=pool_of(pools, told.right.cost_center, told.right.object_code),
        state=CodingState.SUGGESTED,
    )  # fmt: skip


@transaction.atomic
def accept(codes: Sequence[str], note: str = "", *, by: Account | None, at: datetime) -> int:
    """Correct wrong codings as suggested: an entry each, exported with the next month's vouchers; returns how many.

    One that was accepted before is left alone. The pools follow with the next draft.
    """
    require(by, "billing.recode")
    findings = _chosen(codes)
    dismissed = next((one.code for one in findings if one.state == CodingState.DISMISSED), None)
    if dismissed:
        raise Refused(f"{dismissed} was dismissed; it is not corrected any more.")
    waiting = [one for one in findings if one.state == CodingState.SUGGESTED]
    if not waiting:
        return 0
    unsaid = next((one.code for one in waiting if _right(one) in (_wrong(one), Coding("", "", ""))), None)
    if unsaid:
        raise Refused(f"{unsaid} does not say what would be right; add it to the record, or dismiss it.")
    period, day = _exported_with(), timezone.localdate(at)
    entries = []
    for one in waiting:
        one.state, one.decided_on, one.decided_by = CodingState.CONFIRMED, day, by
        one.decision, one.corrected_on = note.strip(), day
        if one.cents:
            entries.append(JournalEntry(code=f"CC-{one.code}", finding=one, period=period, posted_on=day))
    CodingFinding.objects.bulk_update(
        waiting, ["state", "decided_on", "decided_by", "decision", "corrected_on"], batch_size=500
    )
    JournalEntry.objects.bulk_create(entries)
    Posting.objects.bulk_create([side for entry in entries for side in _sides(entry)])
    _write([line for entry in entries for line in _correction(entry, settled=False)], at=at)
    for one in waiting:
        audit.record("correct coding", f"billing.coding_finding {one.code}", by=by, at=at, reason=note.strip(),
                     after={"cents": one.cents, "right": str(_right(one)), "period": period.code})  # fmt: skip
    return len(waiting)


def _chosen(codes: Sequence[str]) -> list[CodingFinding]:
    findings = list(CodingFinding.objects.select_for_update().filter(code__in=codes).order_by("code"))
    missing = sorted(set(codes) - {one.code for one in findings})
    if missing or not findings:
        raise Refused(f"There is no finding {missing[0]}." if missing else "Choose at least one line.")
    return findings


def _exported_with() -> BillingPeriod:
    """Return the first open month whose vouchers were not exported yet."""
    period = (
        BillingPeriod.objects.select_for_update(of=("self",))
        .exclude(state=PeriodState.CLOSED)
        .filter(erp_export=None)
        .order_by("starts_on")
        .first()
    )
    if period is None:
        raise Refused(
            "Every open month's vouchers are exported already; open the next month with `stateworks billing open`."
        )
    return period


def _wrong(one: CodingFinding) -> Coding:
    return Coding(one.cost_center, one.object_code, one.fund)


def _right(one: CodingFinding) -> Coding:
    return Coding(one.right_cost_center, one.right_object_code, one.right_fund)


def _sides(entry: JournalEntry) -> list[Posting]:
    """Return what an entry posts: the wrong coding gives back what the right one gets."""
    one = entry.finding
    assert one is not None
    return [
        Posting(entry=entry, ledger_account=EXPENDITURE, subject=f"{coding.cost_center}/{coding.object_code}", fund=coding.fund,
                cents=cents)
        for coding, cents in ((_wrong(one), -one.cents), (_right(one), one.cents))
    ]  # fmt: skip


def _correction(entry: JournalEntry, *, settled: bool) -> list[dict[str, Any]]:
    """Return the two lines of a correction for the lake; of nothing, once the ledger has it."""
    one = entry.finding
    assert one is not None
    cents = 0 if settled else one.cents
    return [
        {"source": CORRECTIONS, "journal": entry.code, "line": place, "posted_on": one.posted_on, "fund": coding.fund,
         "object_code": coding.object_code, "cost_center": coding.cost_center, "cents": amount,
         "text": f"Corrects {one.source} {one.journal} {one.line}"}
        for place, coding, amount in (("1", _wrong(one), -cents), ("2", _right(one), cents))
    ]  # fmt: skip


def _write(lines: Sequence[dict[str, Any]], *, at: datetime) -> None:
    """Put correcting lines into the lake, or change them there."""
    import polars as pl

    from stateworks.kernel.lake.columns import polars_type
    from stateworks.kernel.lake.contracts import contract
    from stateworks.kernel.lake.snapshots import write_rows

    if not lines:
        return
    declared = contract(LEDGER)
    types = {column.name: polars_type(column.type) for column in declared.columns}
    # What a correction does not say, such as who was paid, is empty.
    frame = pl.DataFrame(lines, schema=types)
    amount = (pl.col("cents").cast(pl.Decimal(38, 2)) / 100).cast(types["amount"])
    frame = frame.with_columns(amount.alias("amount"), pl.lit("unassigned").alias("agency"))
    write_rows(LEDGER, frame, at=at, replace=False)


@transaction.atomic
def dismiss(codes: Sequence[str], reason: str, *, by: Account | None, at: datetime) -> int:
    """Dismiss suggestions with a reason, which stays on record; returns how many. One that was corrected is refused."""
    require(by, "billing.recode")
    if not reason.strip():
        raise Refused("Say why the coding is right; the reason stays on record.")
    findings = _chosen(codes)
    corrected = next((one.code for one in findings if one.corrected_on is not None), None)
    if corrected:
        raise Refused(
            f"{corrected} is corrected already; a correction is taken back by another entry in the ledger."
        )
    waiting = [one for one in findings if one.state != CodingState.DISMISSED]
    for one in waiting:
        one.state, one.decision, one.decided_by = CodingState.DISMISSED, reason.strip(), by
        one.decided_on = timezone.localdate(at)
        audit.record(
            "dismiss coding", f"billing.coding_finding {one.code}", by=by, at=at, reason=reason.strip()
        )
    CodingFinding.objects.bulk_update(
        waiting, ["state", "decision", "decided_by", "decided_on"], batch_size=500
    )
    return len(waiting)


def settle(*, at: datetime) -> int:
    """Look whether the ledger has corrections itself by now, and let them count nothing from then on; returns how many.

    It has one where a journal is named like our entry, or says it first in its text, or where the wrong line is not what it was:
    coded anew, of another amount, or gone. So nothing is counted twice, whichever way the ledger took.
    """
    open_ = list(
        JournalEntry.objects.filter(finding__isnull=False, finding__settled_on=None).select_related("finding")
    )
    version = store.current_version(LEDGER)
    if not open_ or version < 0:
        return 0
    with open_engine() as engine:
        posted = _posted(engine, version, [entry.code for entry in open_])
        standing = _standing(engine, version, [entry.finding for entry in open_ if entry.finding])
    done = [
        entry
        for entry in open_
        if entry.code in posted or (entry.finding is not None and entry.finding.code not in standing)
    ]
    _write([line for entry in done for line in _correction(entry, settled=True)], at=at)
    day = timezone.localdate(at)
    CodingFinding.objects.filter(entry__in=done).update(settled_on=day)
    return len(done)


def _posted(engine: Engine, version: int, codes: Sequence[str]) -> set[str]:
    """Return the entries that the ledger has as journals of its own."""
    rows = engine.table(LEDGER, version=version)
    rows = rows.filter(rows.source != CORRECTIONS)
    said = rows.mutate(first=rows.text.fill_null("").split(" ")[0])
    named = said.filter(said.journal.isin(codes) | said.first.isin(codes))
    found = engine.execute(named.select("journal", "first").distinct()).to_pylist()
    return {one for row in found for one in (row["journal"], row["first"])} & set(codes)


def _standing(engine: Engine, version: int, findings: Sequence[CodingFinding]) -> set[str]:
    """Return the findings whose line in the ledger is still what it was when it was corrected."""
    months = sorted({one.posted_on.strftime("%Y-%m") for one in findings})
    journals = sorted({one.journal for one in findings})
    rows = _lines(engine, version, months)
    names = ("source", "journal", "line", "cents", "cost_center", "object_code", "fund", "posted_on")
    found = engine.execute(rows.filter(rows.journal.isin(journals)).select(*names)).to_pylist()
    there = {tuple(row[name] for name in names) for row in found}
    return {one.code for one in findings if _as_row(one) in there}


def _as_row(one: CodingFinding) -> tuple[str | int | date, ...]:
    return (
        one.source, one.journal, one.line, one.cents, one.cost_center, one.object_code, one.fund, one.posted_on,
    )  # fmt: skip
