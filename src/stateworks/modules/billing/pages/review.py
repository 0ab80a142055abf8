"""The page of an agency's business review: which spans there are, and the file of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from stateworks.kernel.clocks.fiscal import Grain, parse_period, period_of
from stateworks.kernel.errors import Refused
from stateworks.modules.billing.models import InvoiceState
from stateworks.modules.billing.pages.seen import agencies_seen, invoices_seen, note_visit, trail
from stateworks.modules.billing.review import FORMS
from stateworks.modules.billing.review.sheets import review_of, span_given
from stateworks.web import asked

MONTHS = 24
"""Months back that the page offers."""


@login_required
def review_pack(request: HttpRequest, code: str) -> HttpResponse:
    """The months, quarters and years that an agency has issued invoices of, or the business review of one of them as a file."""
    agency = agencies_seen(request).filter(code=code).first()
    if agency is None:
        raise Http404(f"There is no agency {code} with invoices that you may see.")
    note_visit(request, agency, "review")
    rows = invoices_seen(request).filter(organization=agency, state=InvoiceState.ISSUED)
    months = list(rows.order_by("-period__code").values_list("period__code", flat=True)[:MONTHS])
    if (ending := request.GET.get("format", "")) in FORMS:
        try:
            span = span_given(request.GET.get("period", ""), months[0] if months else "")
            made = review_of(asked.scope(request), agency, span, timezone.localdate())
        except Refused as refused:
            raise Http404(refused.sentence) from None
        content_type, write = FORMS[ending]
        answer = HttpResponse(write(made), content_type=content_type)
        answer["Content-Disposition"] = f'attachment; filename="{made.name}.{ending}"'
        return answer
    context: dict[str, Any] = {
        "agency": agency,
        "spans": [
            ("Months", months), ("Quarters", _spans(months, "quarter")), ("Fiscal years", _spans(months, "year")),
        ],
        "any": bool(months), "trail": trail(), "here": "Business review",
    }  # fmt: skip
    return render(request, "billing/review.html", context)


def _spans(months: Iterable[str], grain: Grain) -> list[str]:
    """Return the quarters or years that months lie in, the newest first."""
    return list(dict.fromkeys(period_of(parse_period(one).starts, grain).label for one in months))
