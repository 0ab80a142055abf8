"""The invoice for programs: UBL 2.1, the Universal Business Language of OASIS, with its elements in the schema's order."""

from __future__ import annotations

from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from django.utils import timezone

from stateworks.modules.billing.documents.facts import Facts, month_of
from stateworks.modules.billing.models import InvoiceLine, LineKind

ROOT = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
COMMERCIAL = "380"
"""Commercial invoice, in UNTDID 1001."""
ONE = "C62"
"""A unit, in UN/ECE recommendation 20: what is counted is said by the item's name."""


def ubl_xml(facts: Facts) -> bytes:
    """Return an invoice in UBL 2.1; amounts in dollars with two places, quantities and prices exact."""
    register_namespace("", ROOT)
    register_namespace("cac", CAC)
    register_namespace("cbc", CBC)
    row = facts.invoice
    root = Element(f"{{{ROOT}}}Invoice")
    _said(root, UBLVersionID="2.1", ID=row.number, IssueDate=timezone.localdate(facts.issued_at).isoformat())
    if row.due_on:
        _said(root, DueDate=row.due_on.isoformat())
    _said(root, InvoiceTypeCode=COMMERCIAL)
    if row.note:
        _said(root, Note=row.note)
    _said(root, DocumentCurrencyCode="USD", BuyerReference=row.code)
    span = _part(root, "InvoicePeriod")
    _said(span, StartDate=facts.starts_on.isoformat(), EndDate=facts.ends_on.isoformat())
    supplier = _part(_part(root, "AccountingSupplierParty"), "Party")
    _said(_part(supplier, "PartyName"), Name=facts.issuer)
    customer = _part(_part(root, "AccountingCustomerParty"), "Party")
    _said(_part(customer, "PartyIdentification"), ID=row.organization.code)
    _said(_part(customer, "PartyName"), Name=row.organization.name)
    total = _part(root, "LegalMonetaryTotal")
    for name in ("LineExtensionAmount", "TaxExclusiveAmount", "TaxInclusiveAmount", "PayableAmount"):
        _amount(total, name, row.cents)
    for number, line in enumerate(facts.lines, 1):
        _line(_part(root, "InvoiceLine"), number, line)
    written: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def _line(part: Element, number: int, line: InvoiceLine) -> None:
    priced = line.kind == LineKind.USAGE and line.price is not None
    _said(part, ID=str(number))
    quantity = SubElement(part, f"{{{CBC}}}InvoicedQuantity", unitCode=ONE)
    quantity.text = _plain(line.quantity) if priced else "1"
    _amount(part, "LineExtensionAmount", line.cents)
    _said(part, AccountingCost=line.account.code)
    starts, ends = month_of(line.origin)
    span = _part(part, "InvoicePeriod")
    _said(span, StartDate=starts.isoformat(), EndDate=ends.isoformat())
    item = _part(part, "Item")
    _said(
        item,
        Description=f"{line.get_kind_display()}{f', {line.source}' if line.source else ''}",
        Name=line.sku.name,
    )
    _said(_part(item, "SellersItemIdentification"), ID=line.sku.code)
    price = SubElement(_part(part, "Price"), f"{{{CBC}}}PriceAmount", currencyID="USD")
    price.text = _plain(line.price) if priced and line.price is not None else _dollars(line.cents)


def _part(parent: Element, name: str) -> Element:
    return SubElement(parent, f"{{{CAC}}}{name}")


def _said(parent: Element, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(parent, f"{{{CBC}}}{name}").text = text


def _amount(parent: Element, name: str, cents: int) -> None:
    SubElement(parent, f"{{{CBC}}}{name}", currencyID="USD").text = _dollars(cents)


def _dollars(cents: int) -> str:
    return f"{Decimal(cents) / 100:.2f}"


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
