"""Every page, for everybody: a page nobody listed here fails the test, so that none opens by accident."""

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
from django.urls import URLPattern, URLResolver, get_resolver

from stateworks.kernel.access.models import Account
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.web.tests.charges import add_charges
from stateworks.web.tests.office import MONTH, PLAN, Office, built
from stateworks.web.tests.systems import add_systems

BUDGETS = Path(__file__).parents[4] / "tests" / "query_budgets.json"
LOGIN, NO, GONE = 302, 403, 404
INDICATOR = f"/plans/{PLAN}/indicators/1.2.1/"

#: For each page: an address, then the status for a visitor, the right agency's liaison, the wrong agency's, an auditor.
PAGES: dict[str, tuple[str, int, int, int, int]] = {
    "web:scorecard": ("/", 200, 200, 200, 200),
    "web:search": ("/search/?q=incident", 200, 200, 200, 200),
    "web:accessibility": ("/about/accessibility/", 200, 200, 200, 200),
    "web:feedback": ("/about/feedback/", 200, 200, 200, 200),
    "web:own": ("/access/you/", LOGIN, 200, 200, 200),
    "web:sign-out-everywhere": ("POST /access/you/sign-out/", NO, LOGIN, LOGIN, LOGIN),
    "web:accounts": ("/access/accounts/", LOGIN, NO, NO, NO),
    "web:account": ("/access/accounts/{account}/", LOGIN, NO, NO, NO),
    "web:account-act": ("POST /access/accounts/{account}/act/", NO, NO, NO, NO),
    "web:tokens": ("/access/tokens/", LOGIN, NO, NO, NO),
    "web:token-revoke": ("POST /access/tokens/1/revoke/", NO, NO, NO, NO),
    "web:work": ("/work/", LOGIN, 200, 200, 200),
    "web:jobs": ("/work/jobs/", LOGIN, 200, 200, 200),
    "web:job-cancel": ("POST /work/jobs/1/cancel/", NO, GONE, GONE, GONE),
    "web:job-retry": ("POST /work/jobs/1/retry/", NO, GONE, GONE, GONE),
    "web:agencies": ("/agencies/", LOGIN, 200, 200, 200),
    "web:agency": ("/agencies/harbor/", LOGIN, 200, GONE, 200),
    "web:datasets": ("/data/", LOGIN, 200, 200, 200),
    "web:quarantine": ("/data/quarantine/", LOGIN, NO, NO, 200),
    "web:import": ("/data/imports/{import}/", LOGIN, NO, NO, 200),
    "web:import-changes": ("/data/imports/{preview}/changes/", LOGIN, NO, NO, 200),
    "web:import-cancel": ("POST /data/imports/{import}/cancel/", NO, NO, NO, NO),
    "web:import-load": ("POST /data/imports/{import}/load/", NO, NO, NO, NO),
    "web:dataset": ("/data/desk.ticket/", LOGIN, 200, 200, 200),
    "web:describe": ("/data/desk.ticket/describe/", LOGIN, 200, 200, 200),
    "web:dataset-import": ("/data/desk.ticket/import/", NO, NO, NO, NO),
    "web:record-new": ("/data/office.person/new/", LOGIN, NO, NO, NO),
    "web:record-bulk": ("/data/office.person/bulk/", LOGIN, NO, NO, NO),
    "web:record-views": ("/data/office.person/views/", LOGIN, 200, 200, 200),
    "web:record": ("/data/office.person/ann/", LOGIN, 200, GONE, 200),
    "web:record-edit": ("/data/office.person/ann/edit/", LOGIN, NO, GONE, NO),
    "web:record-history": ("/data/office.person/ann/history/", LOGIN, 200, GONE, 200),
    "web:record-retire": ("/data/office.organization/harbor/retire/", LOGIN, NO, NO, NO),
    "web:plan-import": ("/plans/import/", NO, NO, NO, NO),
    "web:plan-draft": ("/plans/import/abcdefghijklmnopqrst/", NO, NO, NO, NO),
    "web:plan-draft-file": ("/plans/import/abcdefghijklmnopqrst/plan.yaml", NO, NO, NO, NO),
    "web:plan": (f"/plans/{PLAN}/", 200, 200, 200, 200),
    "web:computing": (f"/plans/{PLAN}/compute/", NO, NO, NO, NO),
    "web:plan-file": (f"/plans/{PLAN}/file/", NO, 200, 200, 200),
    "web:quarter-report": (f"/plans/{PLAN}/report/", LOGIN, 200, 200, 200),
    "web:report-table": (f"/plans/{PLAN}/values/", NO, NO, NO, NO),
    "web:priorities": ("/plans/massachusetts-eotss/priorities/", 200, 200, 200, 200),
    "web:maturity": ("/plans/massachusetts-eotss/maturity/", 200, 200, 200, 200),
    "web:versions": (f"/plans/{PLAN}/versions/", 200, 200, 200, 200),
    "web:findings": (f"/plans/{PLAN}/findings/", 200, 200, 200, 200),
    "web:node": (f"/plans/{PLAN}/nodes/1.2/", 200, 200, 200, 200),
    "web:check-in": ("/plans/massachusetts-eotss/nodes/1.1.1/check-in/", NO, NO, NO, NO),
    "web:milestone": (f"/plans/{PLAN}/milestones/{{milestone}}/", NO, 200, 200, 200),
    "web:indicator": (INDICATOR, 200, 200, 200, 200),
    "web:rows": (f"{INDICATOR}rows/?period={MONTH}&by=agency&slice=harbor", LOGIN, 200, GONE, 200),
    "web:report-value": (f"{INDICATOR}report/", NO, NO, NO, NO),
    "web:variance-note": (f"{INDICATOR}note/", NO, NO, NO, NO),
    "web:sign": (f"POST {INDICATOR}sign/", GONE, GONE, GONE, GONE),
    "desk:overview": ("/desk/", LOGIN, 200, 200, 200),
    "desk:tickets": ("/desk/tickets/", LOGIN, 200, 200, 200),
    "desk:ticket": ("/desk/tickets/{source}/INC1/", LOGIN, 200, GONE, 200),
    "desk:category": ("/desk/categories/Printing/", LOGIN, 200, GONE, 200),
    "inventory:overview": ("/inventory/", LOGIN, 200, 200, 200),
    "inventory:unknown": ("/inventory/dependencies/unknown/", LOGIN, 200, 200, 200),
    "inventory:system": ("/inventory/systems/berths/", LOGIN, 200, GONE, 200),
    "inventory:checklist": ("/inventory/systems/berths/observability/", LOGIN, 200, GONE, 200),
    "inventory:assess": ("/inventory/systems/berths/assess/", LOGIN, 200, GONE, 200),
    "inventory:attest": ("/inventory/attest/", LOGIN, 200, 200, 200),
    "inventory:attest-system": ("/inventory/attest/berths/", LOGIN, NO, GONE, NO),
    "inventory:campaigns": ("/inventory/campaigns/", LOGIN, 200, 200, 200),
    "inventory:campaign-new": ("/inventory/campaigns/new/", LOGIN, NO, NO, NO),
    "inventory:campaign": ("/inventory/campaigns/autumn/", LOGIN, 200, 200, 200),
    "inventory:rules": ("/inventory/rules/", LOGIN, 200, 200, 200),
    "inventory:findings": ("/inventory/findings/", LOGIN, 200, 200, 200),
    "inventory:finding": ("/inventory/findings/{finding}/", LOGIN, 200, GONE, 200),
    "inventory:identity": ("/inventory/identity/", LOGIN, 200, 200, 200),
    "inventory:rationalization": ("/inventory/rationalization/", LOGIN, 200, 200, 200),
    "inventory:capabilities": ("/inventory/capabilities/", LOGIN, 200, 200, 200),
    "inventory:capability": ("/inventory/capabilities/moor-ships/", LOGIN, 200, 200, 200),
    "inventory:impact": ("/inventory/impact/?of=tides&kind=system", LOGIN, 200, 200, 200),
    "inventory:outages": ("/inventory/outages/", LOGIN, 200, 200, 200),
    "inventory:outage-declare": ("/inventory/outages/declare/?q=tides", LOGIN, NO, NO, NO),
    "inventory:outage": ("/inventory/outages/outage-tides/", LOGIN, 200, 200, 200),
    "inventory:backtest": ("/inventory/backtest/", LOGIN, 200, 200, 200),
    "inventory:monitoring": ("/inventory/monitoring/", LOGIN, 200, 200, 200),
    "inventory:uptime": ("/inventory/availability/", LOGIN, 200, 200, 200),
    "billing:overview": ("/billing/", LOGIN, 200, 200, 200),
    "billing:period": ("/billing/periods/2027-01/", LOGIN, GONE, GONE, 200),
    "billing:invoices": ("/billing/invoices/", LOGIN, 200, 200, 200),
    # A draft is the office's own until it is issued.
    "billing:invoice": ("/billing/invoices/2027-01-harbor/", LOGIN, GONE, GONE, 200),
    "billing:line": ("/billing/lines/2027-01-harbor.1/", LOGIN, GONE, GONE, 200),
}
WHO = ("anonymous", "harbor", "port", "auditor")
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


def address(pattern: str, office: Office) -> tuple[str, str]:
    """The method and the address of a row above."""
    from stateworks.kernel.plans.models import Milestone

    method, _, path = pattern.rpartition(" ")
    found = Milestone.objects.filter(plan=office.plan).values_list("key", flat=True).first()
    with entered(SYSTEM):
        finding = apps.get_model("inventory", "Finding").objects.values_list("pk", flat=True).first()
    values = {
        "preview": office.preview.pk, "import": office.tickets.pk, "source": office.tickets.source, "milestone": found,
        "finding": finding, "account": Account.objects.values_list("pk", flat=True).earliest("pk"),
    }  # fmt: skip
    return method or "GET", path.format(**values)


def every_name() -> set[str]:
    """The names of all pages of the site's own."""
    found: set[str] = set()

    def walk(patterns: list[Any], namespace: str) -> None:
        for one in patterns:
            if isinstance(one, URLResolver):
                walk(one.url_patterns, one.namespace or namespace)
            elif isinstance(one, URLPattern) and namespace in {
                "web",
                "desk",
                "office",
                "inventory",
                "billing",
            }:
                found.add(f"{namespace}:{one.name}")

    walk(get_resolver().url_patterns, "")
    return found


def test_every_page_is_listed() -> None:
    assert every_name() == set(PAGES)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", sorted(PAGES))
def test_everybody_gets_what_is_theirs(name: str, who: str, office: Office) -> None:
    method, path = address(PAGES[name][0], office)
    expected = PAGES[name][1 + WHO.index(who)]
    client = office.client(who)
    response = client.post(path) if method == "POST" else client.get(path)
    assert response.status_code == expected, re.sub(r"<[^>]+>|\s+", " ", response.content.decode())[:400]
    if expected == LOGIN:
        assert response["Location"].startswith("/accounts/login/")
    if expected in {200, NO, GONE} and response["Content-Type"].startswith("text/html"):
        page = response.content.decode()
        assert page.count("<h1") == 1
        assert '<main id="main"' in page
        assert "<script" not in (OWN_SCRIPT.sub("", page) if name in SCRIPTED else page)
        assert not re.search(r"\sstyle=|\son[a-z]+=", page), "the content policy would block it"
        assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page), "nothing comes from another host"


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
        method, path = address(PAGES[name][0], office)
        if method == "POST" or "abcdefgh" in path:
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
