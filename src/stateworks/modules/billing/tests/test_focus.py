"""Files of providers: recognised, checked, every row placed; passed on to the cent, and corrected by a newer export."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.mappings import mapping_named
from stateworks.kernel.lake.models import Import
from stateworks.kernel.lake.read import Reader
from stateworks.modules.billing import models, proof, readd
from stateworks.modules.billing.charge_files import load_charges
from stateworks.modules.billing.focus import provider_of, report_of, version_of
from stateworks.modules.billing.tests.conftest import AT, OCTOBER, SEPTEMBER, Shop, built
from stateworks.web.data.uploads import new_upload
from stateworks.web.tests.working import work

HEADER = (
    "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart",
    "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost",
    "EffectiveCost", "InvoiceIssuerName", "ListCost", "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName",
    "ServiceCategory", "ServiceName", "SubAccountId", "Tags", "x_Own",
)  # fmt: skip


def row(cost: str, who: str, **other: str) -> list[str]:
    values = {
        "BilledCost": cost, "BillingAccountId": "1", "BillingAccountName": "Pelican", "BillingCurrency": "USD",
        "BillingPeriodEnd": "2026-10-01 00:00:00", "BillingPeriodStart": "2026-09-01 00:00:00", "ChargeCategory": "Usage",
        "ChargeClass": "NULL", "ChargeDescription": "a machine, by the hour", "ChargePeriodEnd": "2026-09-02 01:00:00",
        "ChargePeriodStart": "2026-09-02 00:00:00", "ContractedCost": "0", "EffectiveCost": cost, "ListCost": cost,
        "InvoiceIssuerName": "Blue Cloud, Inc.", "PricingQuantity": "1", "PricingUnit": "Hours", "ProviderName": "Blue Cloud",
        "PublisherName": "Blue Cloud", "ServiceCategory": "Compute", "ServiceName": "Machines", "SubAccountId": who,
        "Tags": '{"env": "dev, ""test"""}', "x_Own": "kept out",
    }  # fmt: skip
    return [(values | other)[name] for name in HEADER]


def export(shop: Shop, *rows: list[str]) -> Path:
    return shop.file(HEADER, rows)


def load(path: Path) -> Import:
    return load_charges(path, mapping_named("focus"), source=provider_of(path), by=None, at=AT)


@pytest.fixture
def cloud(shop: Shop) -> Shop:
    """Sub-accounts 77 and 78 are dhs-1 and dot-1, and machines are passed on as `cloud`."""
    for given, account in (("77", "dhs-1"), ("78", "dot-1")):
        models.AccountAlias.objects.create(
            source="blue-cloud", given=given, account=models.BillingAccount.objects.get(code=account)
        )
    models.SkuAlias.objects.create(
        source="blue-cloud", given="Machines", sku=models.Sku.objects.get(code="cloud")
    )
    return shop


def test_the_report_lists_what_a_file_lacks_and_breaks(shop: Shop) -> None:
    path = export(
        shop,
        row("1.5", "77"),
        row("2", "77", ChargeCategory="Rent"),
        row("", "78", ChargeClass="Again", BillingCurrency="usd"),
    )
    assert report_of(path) == {
        "version": "1.0", "rows": 3, "missing_columns": [], "columns_not_placed": ["x_Own"],
        "broken": {
            "BilledCost is empty": 1, "EffectiveCost is empty": 1, "ChargeCategory is none of the five": 1,
            "ChargeClass is neither empty nor Correction": 1, "BillingCurrency is no three-letter code": 1,
        },
    }  # fmt: skip
    done = load(path)
    # A category of no meaning and a row without a cost are refused, each with its reason.
    assert (done.read, done.inserted, done.quarantined) == (3, 1, 2)


def test_versions_are_told_by_their_columns() -> None:
    assert version_of({*HEADER, "ServiceProviderName"}) == "1.3"
    assert version_of({*HEADER, "InvoiceId"}) == "1.2"
    assert version_of({*HEADER, "SkuMeter"}) == "1.1"
    with pytest.raises(Refused, match="This is no file in FOCUS"):
        version_of({"Number", "Opened"})


def test_equal_rows_both_count_and_the_same_file_again_changes_nothing(cloud: Shop) -> None:
    path = export(cloud, row("0.1", "77"), row("0.1", "77"), row("0.00000080000", "78"))
    assert load(path).inserted == 3
    again = load(path)
    assert (again.read, again.unchanged) == (3, 3)
    with Reader("billing.focus_charge", scope=SYSTEM) as reader:
        rows = list(reader.rows())
    assert sum(one["billed_cost"] for one in rows) == Decimal("0.2000008")
    assert {one["tags"] for one in rows} == {'{"env": "dev, ""test"""}'}
    assert {str(one["billed_on"]) for one in rows} == {"2026-09-01"}, "whatever the office's own time zone"


def test_a_provider_is_passed_on_to_the_cent_and_corrected(cloud: Shop) -> None:
    """10.005 + 0.003 to dhs-1, 5.004 to dot-1, 1.001 to nobody: 16.013 dollars are 1,601 cents.

    Exact cents 1,000.8, 500.4 and 100.1; rounded down 1,600; the cent left goes to .8. Then dot-1 is found to owe nothing:
    11.009 dollars are 1,101 cents, 1,000.8 and 100.1 of them: 1,001 and 100.
    """
    first = export(cloud, row("10.005", "77"), row("0.003", "77"), row("5.004", "78"), row("1.001", "99"))
    load(first)
    run = cloud.issue(SEPTEMBER)
    assert cloud.lines(SEPTEMBER) == {("dhs-1", "cloud", SEPTEMBER): 1001, ("dot-1", "cloud", SEPTEMBER): 500}
    assert [(one["account"], one["cents"]) for one in run.worklist] == [("99", 100)]
    assert run.checks["passed_on_cents"] == {"in": 1601, "out": 1601}
    newer = export(cloud, row("10.005", "77"), row("0.003", "77"), row("1.001", "99"))
    done = load(newer)
    assert (done.read, done.updated, done.unchanged) == (4, 1, 3), (
        "what the newer one lacks costs nothing any more"
    )
    cloud.issue(OCTOBER)
    assert cloud.lines(OCTOBER) == {("dot-1", "cloud", SEPTEMBER): -500}
    for line in models.InvoiceLine.objects.all():
        assert readd.readd(proof.derivation(line)) == line.cents
    assert proof.prove_all()["difference_cents"] == 0


def test_a_file_speaks_for_its_own_provider(shop: Shop) -> None:
    """Both come under one source: a newer file of the one leaves what the other charged in the month."""

    def loaded(*rows: list[str]) -> tuple[int, int, int]:
        done = load_charges(export(shop, *rows), mapping_named("focus"), by=None, at=AT)
        return done.inserted, done.updated, done.unchanged

    assert loaded(row("1", "77"), row("2", "78")) == (2, 0, 0)
    assert loaded(row("5", "77", ProviderName="Green Cloud")) == (1, 0, 0)
    assert loaded(row("7", "77", ProviderName=" NULL ")) == (1, 0, 0)
    assert loaded(row("1", "77")) == (0, 1, 1)
    assert loaded(row("8", "77", ProviderName="")) == (1, 1, 0)
    with Reader("billing.focus_charge", scope=SYSTEM) as reader:
        costs = {(one["provider"], int(one["billed_cost"])) for one in reader.rows()}
    assert costs == {("Blue Cloud", 1), ("Blue Cloud", 0), ("Green Cloud", 5), (None, 0), (None, 8)}


def test_a_file_is_loaded_in_the_browser(transactional_db: None, tmp_path: Path) -> None:
    with entered(SYSTEM):
        shop = built(tmp_path)
        made = new_upload(
            SimpleUploadedFile("focus.csv", export(shop, row("1", "77"), row("1", "77")).read_bytes()),
            "billing.focus_charge",
            shop.accounts["data_steward"],
        )
        made.note(mapping="focus")
        number = made.start(dry_run=False, at=timezone.now())
    assert work() == 1
    with entered(SYSTEM):
        done = Import.objects.get(pk=number)
    assert (done.state, done.inserted, done.filename) == ("done", 2, "focus.csv"), done.error


def test_a_row_that_does_not_fit_its_header_is_listed(shop: Shop) -> None:
    dear = list(row("4", "77"))
    dear[HEADER.index("BilledCost")] = "dear"
    path = export(shop, row("1", "77"), [*row("2", "77"), "one cell too many"], row("3", "77")[:-1], dear)
    done = load(path)
    assert (done.read, done.inserted, done.quarantined) == (4, 1, 3)
    # Each is named by its place in the file as it was given, and by the columns that the file has.
    n = len(HEADER)
    assert [(one.row, one.reason.partition(";")[0]) for one in done.quarantine.order_by("row")] == [
        (3, f"The line has {n + 1} columns where the header has {n}"),
        (4, f"The line has {n - 1} columns where the header has {n}"),
        (
            5,
            "Column “BilledCost”: “dear” is not a number with at most 18 digits before the point and 20 behind it",
        ),
    ]
    lost = load(export(shop, row("3", "77")[:-1]))
    assert (lost.read, lost.quarantined) == (1, 1)


def test_an_export_of_azure_is_placed(shop: Shop) -> None:
    header = (
        "BillingAccountId", "BillingAccountName", "BillingPeriodStartDate", "BillingPeriodEndDate", "SubscriptionId",
        "SubscriptionName", "Date", "Product", "MeterId", "ServiceFamily", "MeterCategory", "Quantity", "Cost",
        "BillingCurrency", "ResourceLocation", "ResourceId", "ResourceName", "Tags", "UnitOfMeasure", "ReservationId",
        "PublisherName", "ChargeType", "Frequency", "PricingModel",
    )  # fmt: skip
    values = ("1", "P", "09/01/2026", "09/30/2026", "sub-1", "One", "09/21/2026", "Machine", "m", "Compute", "Machines", "1",
              "3.25", "USD", "south", "r", "", "", "1 Hour", "", "", "UnusedReservation", "Recurring", "Reservation")  # fmt: skip
    done = load_charges(shop.file(header, [values]), mapping_named("azure-actual-cost"), by=None, at=AT)
    assert (done.inserted, done.source) == (1, "azure")
    with Reader("billing.focus_charge", scope=SYSTEM) as reader:
        (found,) = reader.rows()
    assert (found["billed_cost"], found["category"], str(found["billed_on"])) == (
        Decimal("3.25"),
        "Usage",
        "2026-09-01",
    )
