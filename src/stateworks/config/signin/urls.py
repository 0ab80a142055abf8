"""Every address of signing in. What is not here allauth would offer, and we do not: sign-up, further addresses, ties."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views
from allauth.socialaccount import views as provider_views
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.views.generic import TemplateView

from stateworks.config.signin import emergency, oidc, pages, saml


def with_passwords(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Close a page about passwords where nobody signs in with one."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        if not settings.PASSWORDS_ALLOWED:
            raise Http404("Nobody signs in with a password here.")
        return view(request, *args, **named)

    return opened


urlpatterns = [
    # Open to everybody.
    path("login/", pages.sign_in, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", TemplateView.as_view(template_name="account/signup_closed.html"), name="account_signup"),
    path("password/reset/", with_passwords(views.password_reset), name="account_reset_password"),
    path("password/reset/done/", with_passwords(views.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$", with_passwords(views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/", with_passwords(views.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("break-glass/<str:secret>/", emergency.break_glass_page, name="break_glass"),
    path("oidc/<slug:provider_id>/login/", oidc.begin, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", oidc.callback, name="openid_connect_callback"),
    path("saml/<slug:organization_slug>/login/", saml.begin, name="saml_login"),
    path("saml/<slug:organization_slug>/acs/", saml.acs, name="saml_acs"),
    path("saml/<slug:organization_slug>/acs/finish/", saml.finish, name="saml_finish_acs"),
    path("saml/<slug:organization_slug>/metadata/", saml.metadata, name="saml_metadata"),
    path("saml/<slug:organization_slug>/sls/", saml.sign_out, name="saml_sls"),
    path("provider/cancelled/", provider_views.login_cancelled, name="socialaccount_login_cancelled"),
    path("provider/error/", provider_views.login_error, name="socialaccount_login_error"),
    # For whoever is signed in, about himself.
    path("email/", login_required(TemplateView.as_view(template_name="account/email.html")), name="account_email"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", with_passwords(views.password_change), name="account_change_password"),
    path("password/set/", with_passwords(views.password_set), name="account_set_password"),
    path("2fa/totp/activate/", pages.set_up_app, name="mfa_activate_totp"),
    path("2fa/webauthn/add/", pages.add_passkey, name="mfa_add_webauthn"),
    path("2fa/", include("allauth.mfa.urls")),
]  # fmt: skip
