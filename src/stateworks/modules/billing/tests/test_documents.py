"""An issued invoice on paper, in UBL and in FOCUS: right to the cent, the same bytes each time, and for its agency alone."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from pypdf import PdfReader

from stateworks.kernel.errors import Refused
from stateworks.modules.billing import models
from stateworks.modules.billing.documents import FORMS, document
from stateworks.modules.billing.documents.charges import HEADER
from stateworks.modules.billing.focus import report_of
from stateworks.modules.billing.tests.conftest import OCTOBER, SEPTEMBER, Shop
from stateworks.modules.billing.tests.test_pages import client
from stateworks.modules.billing.tests.test_variance import october
from stateworks.modules.billing.verbs.exporting import export_invoices

UBL = {
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
}
#: In the order of the schema; what comes in another is no UBL.
ORDER = [
    "UBLVersionID", "ID", "IssueDate", "DueDate", "InvoiceTypeCode", "Note", "DocumentCurrencyCode", "BuyerReference",
    "InvoicePeriod", "AccountingSupplierParty", "AccountingCustomerParty", "LegalMonetaryTotal", "InvoiceLine",
]  # fmt: skip


@pytest.fixture
def issued(shop: Shop) -> models.Invoice:
    """The invoice of Human Services for October, which has usage, a correction and a name that is no markup."""
    models.Sku.objects.filter(code="vm").update(name="=machine #emph[*x*] <b>")
    october(shop)
    return models.Invoice.objects.select_related("organization", "period").get(code="2026-10-dhs")


def test_the_paper_is_tagged_and_says_every_line(issued: models.Invoice) -> None:
    name, content = document(issued, "pdf")
    assert name == f"{issued.number}.pdf"
    assert document(issued, "pdf")[1] == content, "the same invoice is the same bytes"
    read = PdfReader(io.BytesIO(content))
    catalog: Any = read.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"] and catalog["/Lang"].startswith("en")
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part" in catalog["/Metadata"].get_data()
    assert read.metadata is not None and read.metadata.title == f"Invoice {issued.number}"
    kinds = tags(catalog["/StructTreeRoot"])
    # A heading for each of three tables; a head in each, and a row for each service, account and line.
    assert kinds.count("/Table") == 3 and kinds.count("/THead") == 3
    assert kinds.count("/TR") == 3 + 2 + 1 + issued.lines.count()
    text = " ".join(page.extract_text() for page in read.pages)
    assert "Human Services is charged $104.03 for October 2026." in text
    assert "=machine #emph[*x*] <b>" in text, "names are no markup"
    for line in issued.lines.all():
        assert f"${line.cents / 100:,.2f}" in text


def tags(node: Any) -> list[str]:
    """The kinds of all elements of a tagged PDF, in order."""
    node = node.get_object()
    if isinstance(node, list):
        return [one for each in node for one in tags(each)]
    if not isinstance(node, dict):
        return []
    return ([str(node["/S"])] if "/S" in node else []) + (tags(node["/K"]) if "/K" in node else [])


def test_the_invoice_in_ubl(issued: models.Invoice) -> None:
    root = ET.fromstring(document(issued, "ubl")[1])
    order = [ORDER.index(one.tag.partition("}")[2]) for one in root]
    assert order == sorted(order)

    def said(at: str) -> str:
        return root.findtext(at, "", UBL)

    assert said("cbc:ID") == issued.number
    assert said("cac:AccountingCustomerParty/cac:Party/cac:PartyName/cbc:Name") == "Human Services"
    assert said("cac:LegalMonetaryTotal/cbc:PayableAmount") == "104.03"
    lines = root.findall("cac:InvoiceLine", UBL)
    assert [one.findtext("cbc:LineExtensionAmount", "", UBL) for one in lines] == [
        f"{cents / 100:.2f}" for cents in issued.lines.order_by("pk").values_list("cents", flat=True)
    ]
    backup = next(one for one in lines if one.findtext("cac:Item/cbc:Name", "", UBL) == "backup-gb")
    assert backup.findtext("cbc:InvoicedQuantity", "", UBL) == "1500"
    assert backup.findtext("cac:Price/cbc:PriceAmount", "", UBL) == "0.03"
    assert backup.findtext("cac:InvoicePeriod/cbc:EndDate", "", UBL) == "2026-10-31"


def test_the_charges_in_focus_pass_our_own_validator(issued: models.Invoice, tmp_path: Path) -> None:
    name, content = document(issued, "focus")
    (tmp_path / name).write_bytes(content)
    report = report_of(tmp_path / name)
    assert (report["version"], report["rows"], report["missing_columns"], report["broken"]) == (
        "1.2",
        4,
        [],
        {},
    )
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert tuple(rows[0]) == HEADER
    assert sum(Decimal(row["BilledCost"]) for row in rows) == Decimal("104.03")
    assert {(row["SkuId"], row["ChargeClass"]) for row in rows if row["ChargeClass"]} == {
        ("storage-gb", "Correction")
    }
    late = next(row for row in rows if row["ChargeClass"])
    assert (late["ChargePeriodStart"], late["ChargePeriodEnd"]) == (
        "2026-09-01T00:00:00Z",
        "2026-10-01T00:00:00Z",
    )
    assert next(row for row in rows if row["SkuId"] == "vm")["ChargeDescription"].startswith("'=machine")


def test_a_month_of_invoices_is_a_folder(issued: models.Invoice, tmp_path: Path) -> None:
    assert export_invoices(SEPTEMBER, "pdf", tmp_path / "out", by=None) == 2
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == [
        "202609-00001.pdf",
        "202609-00002.pdf",
    ]
    with pytest.raises(Refused, match="no document “doc”"):
        export_invoices(SEPTEMBER, "doc", tmp_path / "none", by=None)
    assert not (tmp_path / "none").exists()
    with pytest.raises(Refused, match="no issued invoices"):
        export_invoices("2026-11", "pdf", tmp_path / "none", by=None)


def test_only_what_is_issued_leaves_and_only_for_its_agency(shop: Shop) -> None:
    october(shop)
    own, other = client(shop, "dhs"), client(shop, "dot")
    for form, made in FORMS.items():
        answer = own.get(f"/billing/invoices/2026-10-dhs/?format={form}")
        assert answer.headers["Content-Type"] == made.content_type
        assert answer.content == document(models.Invoice.objects.get(code="2026-10-dhs"), form)[1]
        assert other.get(f"/billing/invoices/2026-10-dhs/?format={form}").status_code == 404
    draft = models.Invoice(code="2026-11-dhs", state="draft")
    with pytest.raises(Refused, match="not issued yet"):
        document(draft, "pdf")
    assert OCTOBER in own.get("/billing/invoices/?format=csv").content.decode()
