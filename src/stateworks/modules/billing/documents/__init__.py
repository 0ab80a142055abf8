"""An issued invoice as others take it: on paper (PDF), as an invoice for programs (UBL), and as charges (FOCUS)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stateworks.kernel.errors import Refused
from stateworks.modules.billing.documents.charges import focus_csv
from stateworks.modules.billing.documents.facts import Facts, facts_of
from stateworks.modules.billing.documents.paper import pdf
from stateworks.modules.billing.documents.ubl import ubl_xml
from stateworks.modules.billing.models import Invoice, InvoiceState


@dataclass(frozen=True)
class Form:
    """A form of the document: how files of it end, what the web calls it, and how it is written."""

    ending: str
    content_type: str
    write: Callable[[Facts], bytes]


FORMS = {
    "pdf": Form("pdf", "application/pdf", pdf),
    "ubl": Form("xml", "application/xml", ubl_xml),
    "focus": Form("focus.csv", "text/csv; charset=utf-8", focus_csv),
}


def document(invoice: Invoice, form: str) -> tuple[str, bytes]:
    """Return the name of the file and its bytes, the same each time; refused for a draft, and for a form that there is not."""
    if form not in FORMS:
        raise Refused(f"There is no document “{form}”; there are {', '.join(FORMS)}.")
    if invoice.state != InvoiceState.ISSUED:
        raise Refused(f"{invoice.code} is not issued yet; only issued invoices leave the office.")
    return f"{invoice.number}.{FORMS[form].ending}", FORMS[form].write(facts_of(invoice))
