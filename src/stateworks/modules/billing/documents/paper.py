"""The office on paper, invoices first: a tagged PDF that conforms to PDF/UA-1, set by typst in fonts that it brings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from stateworks.modules.billing.documents.facts import Facts
from stateworks.modules.billing.models import InvoiceLine, LineKind
from stateworks.modules.billing.money import dollars
from stateworks.web.words import day, period_words

TEMPLATE = Path(__file__).with_name("invoice.typ")


def pdf(facts: Facts) -> bytes:
    """Set an invoice; its date is the date of issue, so that the same invoice is the same bytes."""
    return typeset(TEMPLATE, "invoice", _told(facts), facts.issued_at)


def typeset(template: Path, name: str, told: Mapping[str, Any], at: datetime) -> bytes:
    """Return a tagged PDF of a template that takes what is told under a name; its date is part of its bytes."""
    import typst

    made: bytes = typst.compile(
        str(template), root=str(template.parent), ignore_system_fonts=True, pdf_standards=["ua-1"],
        sys_inputs={name: json.dumps(told)}, timestamp=int(at.timestamp()),
    )  # fmt: skip
    return made


def _told(facts: Facts) -> dict[str, Any]:
    row = facts.invoice
    services: dict[str, int] = {}
    accounts: dict[tuple[str, str], int] = {}
    for line in facts.lines:
        name = line.sku.line_of_service.name
        services[name] = services.get(name, 0) + line.cents
        paid_by = (line.account.fund, line.account.appropriation, line.account.program)
        account = (line.account.code, ", ".join(one for one in paid_by if one))
        accounts[account] = accounts.get(account, 0) + line.cents
    said = [
        ("Number", row.number), ("To", row.organization.name), ("For", period_words(row.period.code)),
        ("Issued", day(timezone.localdate(facts.issued_at))), ("Due", day(row.due_on) if row.due_on else "on receipt"),
    ]  # fmt: skip
    return {
        "title": f"Invoice {row.number}", "issuer": facts.issuer, "facts": said, "note": row.note, "total": dollars(row.cents),
        "sentence": f"{row.organization.name} is charged {dollars(row.cents)} for {period_words(row.period.code)}.",
        "services": [
            (name, dollars(cents)) for name, cents in sorted(services.items(), key=lambda one: (-one[1], one[0]))
        ],
        "accounts": [(code, fund, dollars(cents)) for (code, fund), cents in sorted(accounts.items())],
        "lines": [_line(number, line, row.period.code) for number, line in enumerate(facts.lines, 1)],
        "end": f"Line n of this invoice is {row.code}.n in the portal, which shows what it rests on.",
    }  # fmt: skip


def _line(number: int, line: InvoiceLine, period: str) -> tuple[str, ...]:
    usage = line.kind == LineKind.USAGE
    kind = "" if usage else f", {line.get_kind_display().lower()}"
    late = ", correction" if line.origin != period and line.kind != LineKind.CREDIT else ""
    return (
        str(number), line.account.code, f"{line.sku.name}{kind}{late}", line.origin,
        f"{line.quantity.normalize():,f} {line.sku.unit}".strip() if usage else "",
        "" if line.price is None else f"${line.price.normalize():,f}", dollars(line.cents),
    )  # fmt: skip
