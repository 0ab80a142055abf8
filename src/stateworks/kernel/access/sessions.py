"""How long a session lasts: it ends after a while without a request, after a day's work at the latest, and when told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.permissions import require

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

BEGAN, SEEN, ENDS = "access_began", "access_seen", "access_ends"
#: How exactly the last request is remembered, in seconds: not every request needs to write the session.
GRAIN = 60


def begin(request: HttpRequest, *, at: datetime, seconds: int | None = None) -> None:
    """Note in a session that it begins now, and that it lasts `seconds` (without: as long as the settings say)."""
    request.session[BEGAN] = request.session[SEEN] = int(at.timestamp())
    if seconds is not None:
        request.session[ENDS] = int(at.timestamp()) + seconds


def end_sessions(account: Account, *, reason: str = "", by: Account | None, at: datetime) -> None:
    """End all sessions of an account, wherever they are; its holder may, and so may an administrator."""
    if by is None or by.pk != account.pk:
        require(by, "accounts.manage")
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(session_stamp=F("session_stamp") + 1)
        audit.record("end sessions", f"account {account.email}", by=by, at=at, reason=reason)
    account.refresh_from_db(fields=["session_stamp"])


class SessionLimits:
    """Signs somebody out whose session was idle for too long, or is too old."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, as a visitor's where the session is over."""
        if request.user.is_authenticated:
            words = over(request, timezone.now())
            if words:
                logout(request)
                messages.warning(request, words)
        return self.get_response(request)


def over(request: HttpRequest, at: datetime) -> str:
    """Say why a session is over, or nothing while it is not; a request that comes in time is noted."""
    now, session = int(at.timestamp()), request.session
    if BEGAN not in session:
        begin(request, at=at)  # a session from before there were limits
    idle, longest = settings.SESSION_IDLE_MINUTES, settings.SESSION_HOURS
    if now - session[SEEN] >= idle * 60:
        return f"You were signed out after {idle} minutes without a request. Sign in again to go on."
    if now >= session.get(ENDS, session[BEGAN] + longest * 3600):
        return "You were signed out: a session does not last longer. Sign in again to go on."
    if now - session[SEEN] >= GRAIN:
        session[SEEN] = now
    return ""
