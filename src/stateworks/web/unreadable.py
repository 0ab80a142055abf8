"""What no address, question or form may hold: the character of number zero, which PostgreSQL takes in no text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from stateworks.web.errors import bad_request

ZERO = "\0"
WORDS = "What was sent holds an invisible character, number zero, that no text here can hold; leave it out."


class Unreadable:
    """Refuses with 400 what holds it, before a view takes it to the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, place: Any, named: Any) -> HttpResponse | None:
        """Refuse the request, or let it go on."""
        if not any(ZERO in text for text in _texts(request)):
            return None
        if request.path.startswith("/api/"):
            return JsonResponse({"error": WORDS, "details": [], "fields": {}}, status=400)
        return bad_request(request)


def _texts(request: HttpRequest) -> Iterator[str]:
    """Give what was sent as text; the API's bodies are judged by the API, value by value."""
    yield request.path
    for sent in (request.GET, request.POST):
        for name, values in sent.lists():
            yield name
            yield from map(str, values)
