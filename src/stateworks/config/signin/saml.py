"""Sign-in with SAML 2.0: asked for by us, answered once, with a signed assertion that is meant for this site."""

from __future__ import annotations

from typing import Any
from urllib.error import URLError

from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse


class Provider(SAMLProvider):  # type: ignore[misc]
    """The provider, asked for nothing that a visitor writes into the address."""

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Return what to ask for; of the request's own words only the page to go on to."""
        from allauth.account.utils import get_next_redirect_url

        following = get_next_redirect_url(request)
        return {"process": "login", **({"next_url": following} if following else {})}

    def extract_extra_data(self, data: Any) -> dict[str, Any]:
        """Return what is kept of an answer: the attributes that we know."""
        known: dict[str, Any] = self._extract(data)
        return {name: known[name] for name in ("email", "name") if name in known}


def begin(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Send a visitor to the provider."""
    from allauth.socialaccount.providers.saml import views

    return _answered(request, organization_slug, views.login)


def acs(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Take the provider's answer, which its page posts, and hand it on to where the visitor's session is known."""
    from allauth.socialaccount.providers.saml import views

    return _answered(request, organization_slug, views.acs)


# The answer comes from the provider's site, without our token; what it proves is signed.
acs.csrf_exempt = True  # type: ignore[attr-defined]


def finish(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Judge the answer and sign the visitor in."""
    from allauth.socialaccount.providers.saml import views

    return _answered(request, organization_slug, views.finish_acs)


def metadata(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Describe this site to the provider; open to everybody."""
    return _answered(request, organization_slug, _described)


def _described(request: HttpRequest, organization_slug: str) -> HttpResponse:
    from allauth.socialaccount.providers.saml.utils import build_saml_config, get_app_or_404
    from onelogin.saml2.settings import OneLogin_Saml2_Settings

    app = get_app_or_404(request, organization_slug)
    told = build_saml_config(request, app.settings, organization_slug)
    del told["sp"]["singleLogoutService"]
    text = OneLogin_Saml2_Settings(settings=told, sp_validation_only=True).get_sp_metadata()
    return HttpResponse(text, content_type="application/samlmetadata+xml")


def sign_out(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Say that the provider ends no sessions here: its messages for that are not signed everywhere."""
    raise Http404("Sessions are ended on this site itself.")


def _answered(request: HttpRequest, slug: str, view: Any) -> HttpResponse:
    from allauth.socialaccount.providers.saml.utils import get_app_or_404
    from lxml.etree import LxmlError
    from onelogin.saml2.errors import OneLogin_Saml2_Error

    wrongs = (
        OneLogin_Saml2_Error, LxmlError, SyntaxError, URLError, PermissionDenied, KeyError, ValueError, TypeError, AttributeError,
    )  # fmt: skip
    provider = get_app_or_404(request, slug).get_provider(request)
    try:
        answer: HttpResponse = view(request, organization_slug=slug)
    except wrongs as wrong:
        # A message is not of the form it should be, came a second time, or the metadata cannot be had.
        answer = render_authentication_error(request, provider, exception=wrong)
    return answer
