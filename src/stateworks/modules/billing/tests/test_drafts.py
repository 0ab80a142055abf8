"""A draft is the office's own: its agency reads nothing of it anywhere, and all of it once it is issued."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from stateworks.kernel.access.models import Account, Grant, Role
from stateworks.kernel.access.scope import SYSTEM, entered, scope_of
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators import read, runs
from stateworks.kernel.indicators.rows import rows_behind
from stateworks.kernel.indicators.specs import IndicatorSpec
from stateworks.kernel.records.intake import import_records
from stateworks.kernel.records.search import search
from stateworks.kernel.records.snapshot import snapshot_changed
from stateworks.modules.billing import models
from stateworks.modules.billing.tests.conftest import AT, OCTOBER, SEPTEMBER, Shop
from stateworks.modules.billing.tests.test_pages import client, text_of
from stateworks.modules.billing.tests.test_run import september
from stateworks.modules.billing.verbs import issuing
from stateworks.modules.billing.verbs.periods import open_period, period_named

SECRET = "Zebrafinch of the month"
"""What only rows of the draft say: its note, the note of its review, and its finding."""
INVOICE, LINE, FINDING = f"{SEPTEMBER}-dhs", f"{SEPTEMBER}-dhs.1", "zebrafinch-1"
NOUNS = {"invoice": INVOICE, "invoice_line": LINE, "invoice_review": INVOICE, "anomaly_finding": FINDING}
LISTS = (
    "/data/billing.invoice/?format=xlsx", "/data/billing.invoice/?format=json",
    *(
        path for noun in NOUNS for path in
        (f"/data/billing.{noun}/", f"/data/billing.{noun}/?format=csv", f"/api/v1/datasets/billing.{noun}/rows")
    ),
)  # fmt: skip
RECORDS = tuple(
    f"{base}{NOUNS[noun]}{more}"
    for noun in ("invoice", "anomaly_finding")
    for base, more in (
        (f"/data/billing.{noun}/", "/"), (f"/data/billing.{noun}/", "/history/"),
        (f"/api/v1/datasets/billing.{noun}/rows/", ""), (f"/api/v1/datasets/billing.{noun}/rows/", "/history"),
    )
)  # fmt: skip
"""Two of the four; what every record type does is held in the conformance suites."""
FOUND = (f"/search/?q={FINDING}", f"/api/v1/search?q={FINDING}")
BESIDE = (
    "/data/billing.account/dhs-1/",
    "/data/billing.sku/vm/",
    "/agencies/dhs/",
    "/billing/",
    "/billing/invoices/",
    "/work/",
)
"""Pages of what the draft refers to, or is listed on."""
TABLES = {
    "billing_invoice": "code", "billing_invoiceevent": "code", "billing_invoiceline": "code",
    "billing_invoicelineevent": "code", "billing_invoicereview": "note", "billing_invoicereviewevent": "note",
    "billing_anomalyfinding": "code", "billing_anomalyfindingevent": "code",
}  # fmt: skip


@pytest.fixture
def drafted(shop: Shop) -> Shop:
    """September as a draft: a note, a review with a note and a finding on the invoice of dhs."""
    september(shop)
    run = shop.draft(SEPTEMBER)
    invoice = models.Invoice.objects.get(code=INVOICE)
    invoice.note = SECRET
    invoice.save(update_fields=["note"])
    models.AnomalyFinding.objects.create(
        code=FINDING, invoice=invoice, detector="level", text=SECRET, cents=100, found_at=run.made_at,
        due_on=dt.date(2026, 11, 5), resolved_at=AT, resolved_on=AT.date(), resolution="as it should be",
    )  # fmt: skip
    issuing.review([INVOICE], note=SECRET, by=None, at=AT)
    return shop


def issue(shop: Shop) -> None:
    """Issue what was drafted, as it is."""
    issuing.review_rest(SEPTEMBER, by=None, at=AT)
    issuing.approve(SEPTEMBER, by=None, at=AT)
    issuing.issue(SEPTEMBER, by=None, at=AT)


def told(shop: Shop, who: str, path: str) -> tuple[int, bool]:
    """Return the status of an answer, and whether it says anything that is the draft's."""
    if who not in shop.seen:
        shop.seen[who] = client(shop, who)
    answer = shop.seen[who].get(path, follow=True)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in book.namelist())
    text = body.decode(errors="replace")
    if "?q=" in path:
        # What was asked for stands on the page again; what is found is told by the words of the row.
        return (
            answer.status_code,
            SECRET in text or f"anomaly_finding/{FINDING}" in text or '"hits": [{' in text,
        )
    return answer.status_code, any(word in text for word in (SECRET, INVOICE, FINDING))


def test_a_draft_is_read_by_the_office_and_by_its_agency_once_it_is_issued(drafted: Shop) -> None:
    for path in (*LISTS, *RECORDS, *FOUND):
        # The path is right, and there is something to hide.
        assert told(drafted, "auditor", path) == (200, True), path
    for path in (*LISTS, *FOUND, *BESIDE):
        assert told(drafted, "dhs", path) == (200, False), path
    for path in RECORDS:
        assert told(drafted, "dhs", path)[0] == 404, path
    issue(drafted)
    for path in (*LISTS, *RECORDS, *FOUND):
        assert told(drafted, "dhs", path) == (200, True), path


def test_the_database_itself_holds_a_draft_back(drafted: Shop) -> None:
    """With raw SQL, and nobody's help: neither the rows nor what they were before."""

    def found(who: str) -> dict[str, int]:
        with entered(scope_of(drafted.accounts[who])), connection.cursor() as cursor:
            counted = {}
            for table, column in TABLES.items():
                cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} <> ''")
                counted[table] = cursor.fetchone()[0]
            return counted

    assert set(found("dhs").values()) == {0}
    assert min(found("auditor").values()) > 0
    issue(drafted)
    assert min(found("dhs").values()) > 0
    # Neither the lines nor the review of another agency; dot has no finding and no note.
    theirs = found("dot")
    assert theirs["billing_anomalyfinding"] == theirs["billing_anomalyfindingevent"] == 0
    with entered(scope_of(drafted.accounts["dot"])):
        assert set(models.Invoice.objects.values_list("organization__code", flat=True)) == {"dot"}


def test_search_counts_a_draft_as_hidden(drafted: Shop) -> None:
    """Three lines of dhs: of what is out of reach a search gives away the number, also beyond the first one that it shows."""

    def found(who: str) -> tuple[int, int]:
        with entered(scope_of(drafted.accounts[who])) as scope:
            told = {one.declared.name: one for one in search(INVOICE, scope, most=1)}
            return told["billing.invoice_line"].total, told["billing.invoice_line"].hidden

    assert (found("auditor"), found("dhs")) == ((3, 0), (0, 3))
    issue(drafted)
    assert (found("dhs"), found("dot")) == ((3, 0), (0, 3))


def test_a_draft_that_is_gone_is_the_offices_own_for_ever(drafted: Shop) -> None:
    """What was issued at last is another invoice; of what was thrown away its agency reads nothing."""
    drafted.used(("late", "dhs-1", "vm", "2026-09-16", "1"))
    gone = models.Invoice.objects.get(code=INVOICE).pk
    models.AnomalyFinding.objects.all().delete()
    models.Invoice.objects.filter(pk=gone).delete()
    for who, seen in (("dhs", 0), ("auditor", 2)):
        with entered(scope_of(drafted.accounts[who])), connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(DISTINCT pgh_label) FROM billing_invoiceevent WHERE pgh_obj_id = %s AND pgh_label <> 'changed'",
                [gone],
            )
            assert cursor.fetchone() == (seen,), who


def test_the_rows_behind_a_figure_hold_a_draft_back(drafted: Shop) -> None:
    """One finding, resolved in time: the figure counts it, its agency sees the row once it is issued."""

    def behind(*askers: str) -> list[tuple[list[str], int]]:
        spec = IndicatorSpec(plan="p", plan_version=1, code="1", measure="billing.anomalies_resolved")
        with entered(SYSTEM):
            snapshot_changed(at=AT)
            run = runs.execute([spec], plan="p", plan_version=1, as_of=dt.date(2026, 11, 30), at=AT)
            value = read.value_of(run, "1", "2026-11")
        assert value is not None
        found = []
        for who in askers:
            with entered(scope_of(drafted.accounts[who])) as scope:
                page = rows_behind(value, scope)
            found.append(([row["text"] for row in page.rows], page.hidden))
        return found

    assert behind("auditor", "dhs") == [([SECRET], 0), ([], 1)]
    issue(drafted)
    assert behind("dhs", "dot") == [([SECRET], 0), ([], 1)]


def test_a_steward_of_an_agency_neither_drafts_nor_hangs_anything_on_a_draft(
    drafted: Shop, tmp_path: Path
) -> None:
    keeper = Account.objects.create_user("keeper@example.org", name="Keeper")
    Grant.objects.create(
        account=keeper, role=Role.DATA_STEWARD, organization=drafted.dhs, since=dt.date(2024, 1, 1)
    )
    drafted.accounts["keeper"] = keeper
    file = tmp_path / "rows.csv"

    def load(noun: str, head: str, row: str, by: Account) -> tuple[int, list[str]]:
        file.write_text(f"{head}\n{row}\n")
        done = import_records(f"billing.{noun}", file, by=by, at=AT)
        return done.inserted, [one.reason for one in done.quarantine.all()]

    invoice = "invoice", "code,number,period,agency,cents", f"by-hand,,{OCTOBER},dhs,0"
    finding = (
        "anomaly_finding", "code,invoice,detector,text,cents,found_at,due_on",
        f"by-hand,{INVOICE},eye,odd,1,2026-11-03T10:00:00Z,2026-11-05",
    )  # fmt: skip
    inserted, (why,) = load(*invoice, by=keeper)
    assert inserted == 0
    assert why == (
        "Until it is issued it is the office's own; leave it to those who answer for the whole state."
    )
    inserted, (why,) = load(*finding, by=keeper)
    assert inserted == 0
    assert INVOICE in why
    new = {
        "c.code": "by-form",
        "c.number": "",
        "c.period": OCTOBER,
        "c.agency": "dhs",
        "c.cents": "0",
        "c.note": "",
    }
    answer = client(drafted, "keeper").post("/data/billing.invoice/new/", new)
    assert answer.status_code == 403, text_of(answer)
    assert set(models.Invoice.objects.values_list("code", flat=True)) == {INVOICE, f"{SEPTEMBER}-dot"}
    # The office may, and once the invoice is issued its agency may write what it finds.
    assert load(*invoice, by=drafted.accounts["data_steward"]) == (1, [])
    issue(drafted)
    assert load(*finding, by=keeper) == (1, [])


def test_a_period_is_a_month(shop: Shop, tmp_path: Path) -> None:
    """Pages read years and months from the code, so that nothing else may stand there, wherever it comes from."""
    file = tmp_path / "periods.csv"
    file.write_text(
        "code,starts_on,ends_on\n2026-13,2026-12-01,2026-12-31\nspring,2026-03-01,2026-05-31\n0000-01,2026-01-01,2026-01-31\n"
        "2026-12,2026-12-01,2026-12-31\n"
    )
    done = import_records("billing.period", file, by=None, at=AT)
    assert (done.inserted, done.quarantined) == (1, 3)
    assert [row.reason for row in done.quarantine.order_by("pk")] == [
        f"Column “code”: “{code}”: This is no month; write it as 2026-10."
        for code in ("2026-13", "spring", "0000-01")
    ]
    period = {"starts_on": dt.date(2026, 1, 1), "ends_on": dt.date(2026, 1, 31)}
    for code in ("spring", "2026-13", "2026-1", "12026-01", "2026-01x"):
        with pytest.raises(IntegrityError, match="billing_period_is_a_month"), transaction.atomic():
            models.BillingPeriod.objects.create(code=code, **period)
    for code in ("2026-99", "2026-1", "spring", "2026-10\n"):
        for ask in (period_named, lambda code: open_period(code, by=None, at=AT)):
            with pytest.raises(Refused, match="is no month; write it as 2026-10"):
                ask(code)
    with pytest.raises(Refused, match="There is no billing period 2031-01; open it with"):
        period_named("2031-01")
    form = {"c.code": "spring", "c.starts_on": "2026-03-01", "c.ends_on": "2026-05-31"}
    answer = client(shop, "data_steward").post("/data/billing.period/new/", form)
    assert answer.status_code == 400
    assert "This is no month; write it as 2026-10." in text_of(answer)
    september(shop)
    shop.issue(SEPTEMBER)
    for page in ("/billing/usage/", "/billing/budget/", "/billing/"):
        assert client(shop, "auditor").get(page).status_code == 200, page
