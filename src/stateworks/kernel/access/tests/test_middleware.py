"""A request runs in its account's scope; what fails leaves nothing behind, and what is refused goes on record."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from stateworks.kernel.access.models import Account, AuditEntry
from stateworks.kernel.access.scope import PUBLIC, SYSTEM, Scope, ScopeMiddleware, entered
from stateworks.kernel.access.tests.conftest import World
from stateworks.kernel.org.models import Person


def asked(world: World, who: str | None) -> HttpRequest:
    request = RequestFactory().get("/data/secret/")
    request.user = world.accounts[who] if who else AnonymousUser()
    return request


@pytest.mark.parametrize(("who", "seen"), [("liaison", 1), ("auditor", 6), ("nobody", 0), (None, 0)])
def test_a_page_sees_its_scope(world: World, who: str | None, seen: int) -> None:
    found: list[tuple[int, Scope]] = []

    def page(request: HttpRequest) -> HttpResponse:
        found.append((Person.objects.count(), request.scope))  # type: ignore[attr-defined]
        return HttpResponse()

    ScopeMiddleware(page)(asked(world, who))
    ((count, scope),) = found
    assert count == seen
    assert (scope == PUBLIC) == (who is None)
    assert Person.objects.count() == 0, "and nothing is left of it afterwards"


@pytest.mark.parametrize("raises", [True, False])
def test_a_page_that_fails_leaves_nothing(world: World, raises: bool) -> None:
    def page(request: HttpRequest) -> HttpResponse:
        Account.objects.create_user("half-made@example.gov")
        if raises:
            # As Django does: the view's error is turned into a page before it reaches the middleware.
            middleware.process_exception(request, RuntimeError())
        return HttpResponse(status=500)

    middleware = ScopeMiddleware(page)
    assert middleware(asked(world, "admin")).status_code == 500
    assert not Account.objects.filter(email="half-made@example.gov").exists()


def test_a_refused_page_goes_on_record(world: World) -> None:
    middleware = ScopeMiddleware(lambda _: HttpResponse(status=403))
    middleware(asked(world, "liaison"))
    middleware(asked(world, None))
    with entered(SYSTEM):
        entry = AuditEntry.objects.get()
        assert (entry.verb, entry.actor, entry.after["page"]) == (
            "be refused",
            world.accounts["liaison"],
            "/data/secret/",
        )  # type: ignore[index]
