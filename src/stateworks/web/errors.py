"""Pages for what cannot be shown, in plain language: never a bare status."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template


def told(request: HttpRequest, template: str, status: int, **context: Any) -> HttpResponse:
    """Render an error page inside the request's transaction, which is already marked to be rolled back.

    The mark only says that what was written is to be undone; reading the frame is still possible while it is lifted.
    """
    doomed = connection.in_atomic_block and connection.needs_rollback
    if doomed:
        transaction.set_rollback(False)
    try:
        return render(request, template, context, status=status)
    finally:
        if doomed:
            transaction.set_rollback(True)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request cannot be read. The exception's words are for the log: they may hold what was sent."""
    return told(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: a visitor is asked to sign in, an account is told which role it takes."""
    words = str(exception) if isinstance(exception, PermissionDenied) and exception.args else ""
    return told(request, "403.html", 403, reason=words)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, with the sentence of the page that looked for something; an unknown address has none."""
    words = exception.args[0] if isinstance(exception, Http404) and exception.args else ""
    return told(request, "404.html", 404, plain=words if isinstance(words, str) else "")


def server_error(request: HttpRequest) -> HttpResponse:
    """500, from a page that needs neither database nor request."""
    return HttpResponse(get_template("500.html").render({}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was too old or came from elsewhere; what was typed can be had back."""
    words = "The form was open for too long, or cookies are off. Go back, reload the page and send it again."
    return told(request, "403.html", 403, reason=words)
