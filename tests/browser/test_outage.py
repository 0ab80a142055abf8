"""From "this is down" to a confirmed list of agencies and owners, by keyboard alone, in a real browser."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser
LIMIT = 60


def weightiest(page: Any, site: Site) -> str:
    """A system that others need."""
    rows = page.request.get(f"{site.url}/data/inventory.dependency/?format=csv").text().splitlines()
    at = rows[0].split(",").index("provider")
    counts: dict[str, int] = {}
    for row in rows[1:]:
        provider = row.split(",")[at]
        counts[provider] = counts.get(provider, 0) + 1
    return max(sorted(counts), key=lambda code: counts[code])


def press_enter(page: Any, on: str) -> None:
    """Enter, once the page has put the focus there: a browser does so while it draws, which may be after "load"."""
    page.wait_for_function("at => document.activeElement.matches(at)", arg=on)
    page.keyboard.press("Enter")


def test_an_incident_manager_confirms_the_list_in_under_a_minute(
    site: Site, open_page: Callable[..., Any]
) -> None:
    page = open_page("/inventory/outages/", role="administrator")
    code = weightiest(page, site)
    began = time.monotonic()
    page.goto(f"{site.url}/inventory/outages/declare/")
    page.wait_for_function("document.activeElement.name === 'q'")
    page.keyboard.type(code, delay=80)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**?q={code}")
    press_enter(page, ".sw-offer:first-child [autofocus]")
    page.wait_for_url("**/inventory/outages/outage-*/")
    page.wait_for_load_state("load")
    ticked = page.locator("input[name=system]:checked").count()
    assert ticked > 0
    press_enter(page, "button[value=confirm]")
    page.wait_for_selector("text=The list was confirmed")
    assert time.monotonic() - began < LIMIT
    shown = page.inner_text("main")
    assert "Whom to call" in shown and "@" in page.inner_text("section[aria-labelledby=calls]")
    assert page.locator("section[aria-labelledby=agencies] tbody tr").count() > 0


def test_the_drawing_is_walked_with_arrows_and_opened_with_enter(
    site: Site, open_page: Callable[..., Any]
) -> None:
    page = open_page("/inventory/impact/", role="administrator")
    code = weightiest(page, site)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{site.url}/inventory/impact/?of={code}&kind=system")
    page.wait_for_selector(".sw-graph__node")
    page.select_option("#g-fold", "agency")
    page.focus("#g-fold")
    while "sw-graph__node" not in (page.evaluate("document.activeElement.getAttribute('class')") or ""):
        page.keyboard.press("Tab")
    named = "document.activeElement.getAttribute('aria-label')"
    first = page.evaluate(named)
    assert first.endswith(" fails")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(named) != first
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(named) == first
    # One box takes the tab key, whatever their number.
    assert page.locator('.sw-graph__node[tabindex="0"]').count() == 1
    page.select_option("#g-fold", "")
    page.locator("a.sw-graph__node").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/inventory/systems/*/")
    assert wrong == []
