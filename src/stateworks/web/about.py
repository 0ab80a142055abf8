"""Pages about the site itself: the accessibility statement, and telling us what is wrong."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from stateworks.kernel.access import audit
from stateworks.web import asked

LONGEST = 4000


def accessibility(request: HttpRequest) -> HttpResponse:
    """What the site promises to everyone who reads it, and what is known to fall short."""
    return render(request, "web/accessibility.html", {"trail": [], "here": "Accessibility statement"})


def feedback(request: HttpRequest) -> HttpResponse:
    """Take a note about a page from somebody who is signed in; it goes into the audit record, where staff read it."""
    who = asked.account(request)
    page = request.POST.get("page") or request.GET.get("page") or "/"
    if not url_has_allowed_host_and_scheme(page, allowed_hosts=None):
        page = "/"
    errors: list[tuple[str, str]] = []
    text = request.POST.get("text", "").strip()
    if request.method == "POST" and who is not None:
        if not text:
            errors.append(("text", "Write what is wrong; a sentence is enough."))
        elif len(text) > LONGEST:
            errors.append(("text", f"The note has {len(text):,} characters; write at most {LONGEST:,}."))
        else:
            audit.record("page feedback", f"page {page}", by=who, at=timezone.now(), reason=text)
            messages.success(
                request, "Thank you. Your note is in the audit record, where the office reads it."
            )
            return redirect(page)
    context = {
        "page": page,
        "text": text,
        "errors": errors,
        "signed_in": who is not None,
        "trail": [],
        "here": "Feedback",
    }
    return render(request, "web/feedback.html", context, status=400 if errors else 200)
