"""Saved views of a list: kept under a name, shared by those who may, renamed and forgotten by whoever saved them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.errors import Refused
from stateworks.kernel.records.models import SavedView
from stateworks.kernel.records.views import LONGEST, forget_view, may_share, normal_query, save_view, views_of
from stateworks.web import asked
from stateworks.web.data.editing import record_type_or_404, trail


@login_required
def record_views(request: HttpRequest, name: str) -> HttpResponse:
    """Save the list's address as a view; rename, share or forget one's own."""
    declared = record_type_or_404(name)
    who = asked.signed_in(request)
    errors: list[tuple[str, str]] = []
    do, number = request.POST.get("do", ""), request.POST.get("view", "")
    query = request.POST.get("query", "") if request.method == "POST" else request.GET.urlencode()
    if request.method == "POST":
        view = (
            SavedView.objects.filter(pk=int(number), dataset=name).first()
            if number.isdecimal() and len(number) < 18
            else None
        )
        if number and view is None:
            raise Http404("There is no such view.")
        field = f"name-{view.pk}" if view is not None else "name"
        try:
            if view is not None and do == "forget":
                forget_view(view, by=who, at=timezone.now())
                messages.success(
                    request, f"The view “{view.name}” is forgotten; the records are as they were."
                )
            else:
                saved = save_view(
                    declared, request.POST.get("name", ""), view.query if view is not None else query,
                    shared=bool(request.POST.get("shared")), view=view, by=who, at=timezone.now(),
                )  # fmt: skip
                messages.success(request, f"The view “{saved.name}” is saved.")
                if view is None:
                    return redirect(f"{reverse('web:dataset', args=[name])}?{saved.query}")
            return redirect(reverse("web:record-views", args=[name]))
        except Refused as refused:
            errors.append((field, refused.sentence))
    found = views_of(declared, who)
    context = {
        "declared": declared, "own": [view for view in found if view.owner_id == who.pk],
        "others": [view for view in found if view.owner_id != who.pk], "can_share": may_share(who), "errors": errors,
        "query": normal_query(declared, query[:4000], who), "name": request.POST.get("name", "") if not number else "",
        "given": {number: request.POST.get("name", "")} if number else {}, "longest": LONGEST,
        "trail": trail(declared), "here": "Views",
    }  # fmt: skip
    return render(request, "web/record_views.html", context, status=400 if errors else 200)
