"""Every page through axe at two widths: a violation fails, and so does a contrast that axe cannot judge."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Site
from tests.browser.test_outage import weightiest

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PLAN = "/plans/louisiana-ots"
INDICATOR = f"{PLAN}/indicators/1.2.1"
OTHER = "/plans/massachusetts-eotss"

PUBLIC = ("/", f"{PLAN}/", f"{INDICATOR}/", "/search/?q=incident", "/accounts/login/", "/accounts/password/reset/",
          "/about/accessibility/", "/about/feedback/", "/nothing/", f"{PLAN}/findings/")  # fmt: skip
SIGNED_IN = {
    "planner": (
        "/", "/?verdict=met", "/work/", "/work/?whose=all", "/agencies/", "/agencies/dhs/", "/data/", f"{PLAN}/", f"{OTHER}/",
        f"{PLAN}/nodes/1.2/", f"{OTHER}/nodes/1.1.1/", f"{OTHER}/nodes/1.1.1/check-in/", f"{PLAN}/versions/",
        f"{OTHER}/priorities/", f"{OTHER}/maturity/", f"{PLAN}/report/", f"{PLAN}/values/", "/plans/import/",
        f"{INDICATOR}/", f"{PLAN}/indicators/1.4.3/", f"{PLAN}/indicators/1.1.1/", f"{INDICATOR}/rows/?period=2026-10",
        f"{INDICATOR}/report/", f"{INDICATOR}/note/", "/desk/", "/desk/tickets/", "/about/feedback/",
    ),
    "data_steward": (
        "/data/desk.ticket/", "/data/office.organization/", "/data/desk.ticket/describe/", "/data/desk.ticket/import/",
        "/data/office.organization/dhs/", "/data/office.organization/dhs/edit/", "/data/office.organization/dhs/history/",
        "/data/office.organization/dhs/retire/", "/data/office.alias/new/", "/data/office.organization/bulk/?kind=agency",
        "/data/office.organization/views/?kind=agency", "/data/office.organization/?kind=agency", "/search/?q=security",
        "/data/quarantine/", "/data/imports/1/", "/work/jobs/", "/data/desk.event/?q=nothing",
    ),
    "agency_liaison": (
        "/agencies/", "/data/desk.ticket/", "/desk/", "/billing/usage/", "/billing/budget/", "/billing/receivables/",
        "/billing/finops/?state=all",
    ),
    "administrator": (
        "/inventory/", "/inventory/dependencies/unknown/", "/inventory/systems/SYSTEM/", "/inventory/attest/",
        "/inventory/campaigns/", "/inventory/findings/", "/inventory/rules/", "/inventory/identity/",
        "/inventory/rationalization/", "/inventory/capabilities/", "/inventory/monitoring/", "/inventory/impact/",
        "/inventory/impact/?of=SYSTEM&kind=system", "/inventory/outages/", "/inventory/outages/OUTAGE/",
        "/inventory/outages/declare/", "/inventory/outages/declare/?q=SYSTEM", "/inventory/backtest/",
        "/billing/federal/2026/", "/billing/cards/fy27/build/", "/billing/cards/fy27/rehearsal/",
        "/billing/usage/", "/billing/budget/", "/billing/receivables/", "/billing/coding/", "/billing/costs/",
        "/billing/centers/", "/billing/centers/C02/",
        "/billing/finops/?state=all", "/billing/finops/FINDING/", "/billing/agencies/dhs/review/",
        "/work/audit/", "/access/you/", "/access/accounts/", "/access/accounts/1/", "/access/tokens/", "/accounts/2fa/",
    ),
}  # fmt: skip
PAGES = [("", path) for path in PUBLIC] + [
    (role, path) for role, paths in SIGNED_IN.items() for path in paths
]
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    # Colours are the dearest to judge, and are judged by themselves, on the page laid open.
    "rules": {"color-contrast": {"enabled": False}},
    "resultTypes": ["violations"],
}


#: Text that a region clips, or that reaches over its frame, is not judged by axe: for colours the page is laid out wide.
LAID_OPEN = """
() => {
  document.body.style.minWidth = '3000px';
  document.querySelectorAll('.sw-width').forEach(one => { one.style.maxWidth = 'none' });
  document.querySelectorAll('.sw-scroll, .sw-source, .sw-chart__scroll').forEach(one => { one.style.overflow = 'visible' });
}
"""
#: The contrast of a drawing's labels against the page or their box, by the formula of WCAG 2: axe judges no text in SVG.
LABELS = """
() => {
  const light = colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map(part => part / 255)
      .map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const body = light(getComputedStyle(document.body).backgroundColor);
  return [...document.querySelectorAll('.chart text, .sw-graph__node text')].map(one => {
    const own = light(getComputedStyle(one).fill), box = one.closest('.sw-graph__node')?.querySelector('rect');
    const page = box ? light(getComputedStyle(box).fill) : body;
    return [one.textContent, (Math.max(own, page) + 0.05) / (Math.min(own, page) + 0.05)];
  }).filter(([, ratio]) => ratio < 4.5);
}
"""


#: What is left out when colours are judged: axe cannot tell what stands behind text inside SVG, so that it would call
#: every label of a chart and of the drawing of who is hit undecided. `LABELS` measures both.
UNJUDGED = "{ exclude: ['.chart text', '.sw-graph__paper svg'] }"


def complaints(page: Any) -> list[str]:
    """What axe finds: violations, and colour contrast that it cannot judge."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run({ exclude: ['.chart text'] }, rules)", RULES)
    page.evaluate(LAID_OPEN)
    assert page.evaluate(LABELS) == []
    judged = "{ runOnly: ['color-contrast'], resultTypes: ['violations', 'incomplete'] }"
    colours = page.evaluate(f"() => axe.run({UNJUDGED}, {judged})")
    wrong = found["violations"] + colours["violations"] + colours["incomplete"]
    return [f"{one['id']}: {one['help']} at {node['target']}" for one in wrong for node in one["nodes"][:3]]


@pytest.fixture(scope="package")
def codes(site: Site, chromium: Any, signed_in: Callable[[str], Any]) -> dict[str, str]:
    """The demo's newest outage, the system that most others need, and what most is at stake with in the cloud."""
    context = chromium.new_context(storage_state=signed_in("administrator"))
    page = context.new_page()
    system = weightiest(page, site)
    answer = page.request.get(f"{site.url}/data/inventory.outage/?format=csv").text()
    stakes = page.request.get(f"{site.url}/billing/finops/?state=open&format=csv").text()
    context.close()
    rows = [row for row in csv.DictReader(answer.splitlines()) if row["drill"] == "false"]
    return {
        "OUTAGE": max(rows, key=lambda row: row["declared_at"])["code"],
        "SYSTEM": system,
        "FINDING": next(csv.DictReader(stakes.splitlines()))["code"],
    }


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize(("role", "path"), PAGES)
def test_a_page_is_accessible_and_fits(
    role: str, path: str, width: int, look_at: Callable[..., Any], request: pytest.FixtureRequest
) -> None:
    if "/inventory/" in path or "FINDING" in path:
        for word, code in request.getfixturevalue("codes").items():
            path = path.replace(word, code)
    page = look_at(path, role=role, width=width)
    if "of=" in path:
        page.wait_for_selector(".sw-graph__node")
    assert page.response.status == (404 if path == "/nothing/" else 200)
    # With script on, the content policy still lets nothing run that is not ours: axe is put in from outside.
    assert [one for one in page.complaints if "404" not in one] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), (
        "it scrolls sideways"
    )
    assert complaints(page) == []
    assert page.evaluate("document.querySelectorAll('h1').length") == 1


@pytest.mark.parametrize("width", [1280, 375])
def test_the_jobs_page_is_accessible_with_jobs_on_it(width: int, open_page: Callable[..., Any]) -> None:
    page = open_page(f"{PLAN}/compute/", role="planner", width=width)
    page.get_by_label("As of").fill("2026-08-31")
    page.get_by_role("button", name="Compute the figures").click()
    for heading in ("Under way", "Ended in the last 7 days"):
        page.goto(page.url.partition("/plans/")[0].partition("/work/")[0] + "/work/jobs/")
        section = page.get_by_role("region", name=heading)
        section.get_by_role("link", name="Computing figures, plan louisiana-ots").first.wait_for()
        assert complaints(page) == []
        page.goto(page.url.replace("/work/jobs/", f"{PLAN}/compute/"))
        page.get_by_role("button", name="Compute the figures").wait_for(timeout=60_000)


def test_a_long_text_is_read_by_a_worker_and_its_page_is_accessible(open_page: Callable[..., Any]) -> None:
    page = open_page("/plans/import/", role="planner", width=375)
    prose = b"We sail, and we say so in every harbor.\n" * 30_000
    page.get_by_label("File").set_input_files(
        {"name": "prose.txt", "mimeType": "text/plain", "buffer": prose}
    )
    page.get_by_role("button", name="Read the plan").click()
    page.get_by_role("heading", name="Reading prose.txt").wait_for()
    page.get_by_role("heading", name="prose.txt is not read").wait_for(timeout=60_000)
    assert "nothing that looks like a plan" in page.get_by_role("alert").inner_text()
    assert complaints(page) == []
    page.get_by_role("button", name="Discard the file").click()
    page.get_by_text("The file is gone; nothing was loaded.").wait_for()


@pytest.mark.parametrize("path", ["/", f"{INDICATOR}/", "/desk/tickets/", f"{INDICATOR}/report/"])
def test_a_page_fits_at_320_pixels(path: str, open_page: Callable[..., Any]) -> None:
    page = open_page(path, role="planner", width=320)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("path", ["/", f"{INDICATOR}/"])
def test_forced_colours_keep_icons_and_lines(path: str, open_page: Callable[..., Any]) -> None:
    page = open_page(path, role="planner", forced_colors="active")
    shown = page.evaluate(
        "[...document.querySelectorAll('.spark-line, .chart-series')].map(one => getComputedStyle(one).stroke)"
    )
    assert shown
    assert all(stroke not in ("none", "rgba(0, 0, 0, 0)") for stroke in shown)


def test_targets_are_large_enough(open_page: Callable[..., Any]) -> None:
    """24 by 24 pixels for controls; links inside sentences are free to be smaller."""
    page = open_page("/desk/tickets/", role="planner", width=375)
    small = page.evaluate(
        """[...document.querySelectorAll('button, select, input:not([type=hidden]), summary, nav a')]
           .filter(one => one.offsetParent && (one.getBoundingClientRect().height < 24))
           .map(one => one.outerHTML.slice(0, 120))"""
    )
    assert small == []


def test_the_keyboard_reaches_the_main_part_first(open_page: Callable[..., Any]) -> None:
    page = open_page("/", role="planner")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
