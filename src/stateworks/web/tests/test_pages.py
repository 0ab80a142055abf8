"""Every page: that it is built like the rest of the site, and how many queries it takes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.conformance.authorization import PAGES as TABLE

from stateworks.kernel.access.models import Account
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.web.tests.charges import add_charges
from stateworks.web.tests.office import PLAN, Office, built
from stateworks.web.tests.systems import add_systems

BUDGETS = Path(__file__).parents[4] / "tests" / "query_budgets.json"
INDICATOR = f"/plans/{PLAN}/indicators/1.2.1/"
#: Those of the table that this house draws itself and that can be read; who gets which, `tests/conformance` asks.
PAGES = {name: row.path for name, row in TABLE.items() if ":" in name and set(row.get) != {405}}
#: The pages with scripts, all from the site's own files: the drawing of who is hit, and the clocks of running outages.
SCRIPTED = {"inventory:impact", "inventory:outages", "inventory:outage"}
OWN_SCRIPT = re.compile(
    r'<script src="/static/stateworks/dist/[a-z.-]+" defer></script>'
    r'|<script id="[a-z-]+" type="application/json">[^<]*</script>'
)


@pytest.fixture(scope="module")
def whole_office(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """The office with a few systems, in a transaction of the module's own."""
    folder = tmp_path_factory.mktemp("office")
    with django_db_blocker.unblock(), built(folder) as office:
        add_systems(office, folder)
        add_charges(office, folder)
        yield office


def address(pattern: str, office: Office) -> str:
    """The address of a row, with what stands in braces."""
    from stateworks.kernel.plans.models import Milestone

    found = Milestone.objects.filter(plan=office.plan).values_list("key", flat=True).first()
    with entered(SYSTEM):
        finding = apps.get_model("inventory", "Finding").objects.values_list("pk", flat=True).first()
    values = {
        "preview": office.preview.pk, "import": office.tickets.pk, "source": office.tickets.source, "milestone": found,
        "finding": finding, "account": Account.objects.values_list("pk", flat=True).earliest("pk"),
    }  # fmt: skip
    return pattern.format(**values)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_each_page_has_the_shape_of_the_site(name: str, office: Office) -> None:
    """Also the page that says why there is none."""
    for who in ("anonymous", "port", "auditor", "planner"):
        response = office.client(who).get(address(PAGES[name], office))
        if response.status_code == 302:
            assert response["Location"].startswith("/accounts/login/?next=")
        elif response["Content-Type"].startswith("text/html"):
            page = response.content.decode()
            assert page.count("<h1") == 1
            assert '<main id="main"' in page
            assert "<script" not in (OWN_SCRIPT.sub("", page) if name in SCRIPTED else page)
            assert not re.search(r"\sstyle=|\son[a-z]+=", page), "the content policy would block it"
            assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page), (
                "nothing comes from another host"
            )


@pytest.mark.parametrize(
    "path", ["/nothing/", "/plans/nope/", "/data/nope/", "/agencies/nope/", "/data/imports/99999999/"]
)
def test_what_is_not_there_says_so_in_plain_words(path: str, office: Office) -> None:
    response = office.client("administrator").get(path)
    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()


@pytest.mark.parametrize(
    ("path", "who", "words"),
    [
        ("/accounts/login/", "anonymous", "Sign in"),
        ("/accounts/logout/", "auditor", "Sign out?"),
        ("/accounts/signup/", "anonymous", "Accounts are made by an administrator"),
        ("/accounts/password/reset/", "anonymous", "Set a new password"),
        ("/accounts/password/reset/done/", "anonymous", "Look into your mail"),
        ("/accounts/password/reset/key/x-y/", "anonymous", "This link does not work any more"),
        ("/accounts/password/reset/key/done/", "anonymous", "The password is changed"),
        ("/accounts/inactive/", "anonymous", "This account is closed"),
        ("/accounts/email/", "auditor", "Your e-mail address"),
        ("/accounts/password/set/", "auditor", "Choose a password"),
    ],
)
def test_pages_of_sign_in_look_like_the_rest(path: str, who: str, words: str, office: Office) -> None:
    page = office.client(who).get(path).content.decode()
    assert words in page
    assert '<main id="main"' in page
    assert page.count("<h1") == 1


def test_the_number_of_queries_of_each_page_is_on_file(office: Office) -> None:
    """The file fails on any change, up or down: a budget that only a person moves. Delete a line to have it written anew."""
    kept: dict[str, int] = json.loads(BUDGETS.read_text()) if BUDGETS.exists() else {}
    counted: dict[str, int] = {}
    for name in sorted(PAGES):
        path = address(PAGES[name], office)
        if "abcdefgh" in path:
            continue
        # Whoever may see it; the first time is not counted: what is read once a process is not the page's own.
        allowed = [
            who for who in ("administrator", "planner") if office.client(who).get(path).status_code == 200
        ]
        client = office.client(allowed[0])
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counted[name] = len(queries)
    missing = {name: n for name, n in counted.items() if name not in kept}
    if missing:
        BUDGETS.write_text(json.dumps(dict(sorted({**kept, **missing}.items())), indent=1) + "\n")
    assert not missing, "new budgets were written; look at them and commit the file"
    assert {name: n for name, n in kept.items() if name in counted} == counted


def test_a_page_costs_as_many_queries_with_one_agency_as_with_many(office: Office) -> None:
    """The scorecard's queries do not grow with what stands behind it."""
    from stateworks.kernel.plans.models import Indicator
    from stateworks.web.tests.world import fill, run_of

    client = office.client("auditor")

    def queries() -> int:
        client.get("/")
        with CaptureQueriesContext(connection) as found:
            assert client.get("/").status_code == 200
        return len(found)

    indicators = list(Indicator.objects.filter(version=office.plan.current))
    fill(run_of(office.plan, as_of=office.run.as_of), indicators[:9], ["harbor"])
    first = queries()
    fill(run_of(office.plan, as_of=office.run.as_of), indicators, ["harbor", "port", "radio"])
    assert queries() == first


def test_the_pages_weigh_little(office: Office) -> None:
    """Under 150 KB compressed, style sheet included, fonts apart."""
    import gzip

    styles = Path(__file__).parents[1] / "static" / "stateworks" / "dist" / "stateworks.css"
    weight = len(gzip.compress(styles.read_bytes())) if styles.exists() else 0
    for path in ("/", f"/plans/{PLAN}/", INDICATOR, "/data/desk.ticket/"):
        page = office.client("administrator").get(path).content
        assert len(gzip.compress(page)) + weight < 150 * 1024, path
