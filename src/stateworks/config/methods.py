"""Pages are read and sent forms, nothing else: another method is refused before anything looks at it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

PAGES_TAKE = ("GET", "HEAD", "POST")
#: Below this the API's own table of operations says what each address takes.
API = "/api/"


class PageMethods:
    """Refuses with 405 what no page answers; a view that forgets to ask for the method would take it for reading."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, or refuse its method."""
        if request.method not in PAGES_TAKE and not request.path.startswith(API):
            return HttpResponseNotAllowed(PAGES_TAKE)
        return self.get_response(request)
