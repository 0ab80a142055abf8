"""One's own sign-in: second factor, password, and signing out everywhere."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from stateworks.kernel.access.models import Grant
from stateworks.kernel.access.scope import granted
from stateworks.kernel.access.sessions import end_sessions
from stateworks.web import asked


@login_required
def own(request: HttpRequest) -> HttpResponse:
    """Show what somebody signs in with, and the roles that he holds today."""
    who = asked.signed_in(request)
    context = {
        "who": who, "passwords": settings.PASSWORDS_ALLOWED,
        "factors": Authenticator.objects.filter(user=who).exclude(type=Authenticator.Type.RECOVERY_CODES).count(),
        "grants": Grant.objects.select_related("organization").filter(granted(who.pk)).order_by("role"),
        "idle": settings.SESSION_IDLE_MINUTES, "hours": settings.SESSION_HOURS, "trail": [], "here": "Your sign-in",
    }  # fmt: skip
    return render(request, "web/own.html", context)


@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End all one's own sessions, this one too."""
    who = asked.signed_in(request)
    end_sessions(who, reason="Signed out everywhere.", by=who, at=timezone.now())
    logout(request)
    messages.success(request, "You are signed out everywhere.")
    return redirect("account_login")
