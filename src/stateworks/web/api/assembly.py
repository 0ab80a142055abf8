"""The API put together: who may ask, how errors are told, and the parts it is made of."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from stateworks import __version__
from stateworks.kernel.errors import Refused
from stateworks.kernel.module import Module
from stateworks.kernel.records.changes import Conflict, Invalid
from stateworks.kernel.records.past import in_words
from stateworks.kernel.records.types import type_of
from stateworks.web.api import data, figures, plans, records


class _Described(NinjaAPI):
    """An API whose description is made once: it is the same for everybody for as long as the process lives."""

    _description: OpenAPISchema | None = None

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Return the description; what is asked for with a prefix of its own is made anew."""
        if path_prefix is not None or path_params:
            return super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        if self._description is None:
            self._description = super().get_openapi_schema(path_params=path_params)
        return self._description


def made() -> NinjaAPI:
    """Return the API with all its parts; called once, by the table of addresses."""
    api = _Described(
        title="Stateworks",
        version=__version__,
        description=(
            "What the pages show, as JSON. A visitor who is not signed in gets published figures only. "
            "A program sends a token that an administrator made: `Authorization: Bearer sw_...`."
        ),
        urls_namespace="api",
        docs_url=None,
    )
    api.add_router("/", plans.router)
    api.add_router("/", figures.router)
    api.add_router("/", records.made())
    api.add_router("/", data.router)
    for app in apps.get_app_configs():
        if isinstance(app, Module) and find_spec(f"{app.name}.api") is not None:
            api.add_router(f"/{app.label}/", import_module(f"{app.name}.api").router)

    def told(
        request: HttpRequest, status: int, sentence: str, details: Any = (), fields: Any = ()
    ) -> HttpResponse:
        content = {"error": sentence, "details": list(details), "fields": dict(fields)}
        return api.create_response(request, content, status=status)

    @api.exception_handler(Refused)
    def refused(request: HttpRequest, error: Refused) -> HttpResponse:
        return told(request, 400, error.sentence, error.details)

    @api.exception_handler(Invalid)
    def wrong(request: HttpRequest, error: Invalid) -> HttpResponse:
        return told(request, 400, error.sentence, error.details, error.fields)

    @api.exception_handler(Conflict)
    def overtaken(request: HttpRequest, error: Conflict) -> HttpResponse:
        declared = type_of(type(error.record))
        changes = [
            f"{change.column}: {change.before or 'nothing'} became {change.after or 'nothing'}"
            for one in (in_words(declared, error.theirs) if declared else ())
            for change in one.changes
        ]
        return told(request, 409, error.sentence, [*changes, f"The version is {error.version} now."])

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return told(request, 404, str(error) or "There is nothing at this address.")

    @api.exception_handler(PermissionDenied)
    def denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
        return told(request, 403, str(error) or "This account may not do that.")

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return told(request, 401, "Sign in first; only published figures are open to everybody.")

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        details = [f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}" for one in error.errors]
        return told(request, 422, "The question does not fit; see its details.", details)

    @api.exception_handler(HttpError)
    def other(request: HttpRequest, error: HttpError) -> HttpResponse:
        return told(request, error.status_code, str(error))

    return api
