"""The business review of an agency as a file."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from stateworks.kernel.errors import Refused
from stateworks.modules.billing.pages.seen import agencies_seen, note_visit
from stateworks.modules.billing.review.sheets import last_issued, review_of, span_given
from stateworks.modules.billing.review.workbook import CONTENT_TYPE, workbook
from stateworks.web import asked


@login_required
def review_pack(request: HttpRequest, code: str) -> HttpResponse:
    """The business review of an agency that one may see, of the month, quarter or year asked for, or of the last month issued."""
    agency = agencies_seen(request).filter(code=code).first()
    if agency is None:
        raise Http404(f"There is no agency {code} with invoices that you may see.")
    scope = asked.scope(request)
    try:
        span = span_given(request.GET.get("period", ""), last_issued(scope, agency))
        made = review_of(scope, agency, span, timezone.localdate())
    except Refused as refused:
        raise Http404(refused.sentence) from None
    note_visit(request, agency, "review")
    answer = HttpResponse(workbook(made), content_type=CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return answer
