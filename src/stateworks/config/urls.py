"""Every address of the site: sign-in, each module's room, then the generic pages."""

from __future__ import annotations

from importlib.util import find_spec

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

from stateworks.kernel.module import Module
from stateworks.web.api.assembly import made as api


def rooms() -> list[URLPattern | URLResolver]:
    """Return the addresses of the modules that have pages of their own, each below its label."""
    return [
        path(f"{app.label}/", include(f"{app.name}.urls"))
        for app in apps.get_app_configs()
        if isinstance(app, Module) and find_spec(f"{app.name}.urls") is not None
    ]


# A module comes before the generic pages, so that its address shadows theirs.
urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("stateworks.config.signin.urls")),
    *rooms(),
    path("api/v1/", api().urls),
]
if find_spec("stateworks.web.urls") is not None:
    urlpatterns.append(path("", include("stateworks.web.urls")))

handler400 = "stateworks.web.errors.bad_request"
handler403 = "stateworks.web.errors.forbidden"
handler404 = "stateworks.web.errors.not_found"
handler500 = "stateworks.web.errors.server_error"
