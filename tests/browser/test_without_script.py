"""Everything is read and used without script; the scorecard prints on two pages."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import follow

pytestmark = pytest.mark.browser
PLAN = "/plans/louisiana-ots"


def test_from_the_scorecard_to_a_ticket(open_page: Callable[..., Any]) -> None:
    page = open_page("/", role="planner", java_script_enabled=False)
    follow(page, page.get_by_role("link", name="First-contact resolution").first)
    assert "First-contact resolution" in page.get_by_role("heading", level=1).inner_text()
    follow(page, page.get_by_role("link", name="See the rows behind it"))
    assert page.get_by_role("heading", level=1).inner_text() == "Rows behind the figure"
    follow(page, page.locator("tbody th a").first)
    assert page.get_by_role("heading", level=1).inner_text().startswith("Ticket ")
    assert page.get_by_text("What happened").count() == 1


def test_a_filter_is_kept_in_the_address(open_page: Callable[..., Any]) -> None:
    page = open_page("/", role="planner", java_script_enabled=False)
    follow(page, page.locator(".sw-counts a").first)
    assert "verdict=" in page.url
    # With a filter on, the filters stand open.
    page.get_by_label("Words").fill("resolution")
    follow(page, page.get_by_role("button", name="Show"))
    assert "words=resolution" in page.url
    page.goto(page.url)
    assert page.get_by_label("Words").input_value() == "resolution"


def test_a_value_is_reported_and_an_error_keeps_what_was_typed(open_page: Callable[..., Any]) -> None:
    page = open_page(f"{PLAN}/indicators/1.3.1/report/", role="planner", java_script_enabled=False)
    page.get_by_label(re.compile("^Value")).fill("about three")
    page.get_by_label("Note (optional)").fill("Minutes are with the secretary")
    follow(page, page.get_by_role("button", name="Report this value"))
    assert (
        page.get_by_role("alert").get_by_role("link").inner_text().startswith("“about three” is not a number")
    )
    assert page.get_by_label("Note (optional)").input_value() == "Minutes are with the secretary"
    page.get_by_label(re.compile("^Value")).fill("3")
    follow(page, page.get_by_role("button", name="Report this value"))
    assert page.get_by_text("is reported.").count() == 1


def test_an_export_is_loaded(open_page: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "desk export.csv"
    file.write_text(
        "Number,Opened,Resolved,Closed,State,Company,Assignment group\n"
        "X1,2026-10-01 09:00:00,2026-10-01 09:10:00,2026-10-02 09:10:00,Closed,Department of Revenue,Service Desk\n",
        encoding="utf-8",
    )
    page = open_page("/data/desk.ticket/import/", role="data_steward", java_script_enabled=False)
    page.get_by_label("File").set_input_files(str(file))
    follow(page, page.get_by_role("button", name="Go on"))
    page.get_by_label("Fixed value for Kind").select_option("incident")
    follow(page, page.get_by_role("button", name="Show what loading would do"))
    page.get_by_role("button", name=re.compile("^Load 1 row")).wait_for(timeout=60_000)
    follow(page, page.get_by_role("button", name=re.compile("^Load 1 row")))
    page.get_by_role("link", name="See the rows").wait_for(timeout=60_000)


def test_the_scorecard_prints_on_two_pages(open_page: Callable[..., Any]) -> None:
    from pypdf import PdfReader

    page = open_page("/", role="planner")
    pdf = PdfReader(io.BytesIO(page.pdf(format="Letter", prefer_css_page_size=True)))
    text = " ".join(sheet.extract_text() for sheet in pdf.pages)
    assert len(pdf.pages) <= 2
    for code in ("1.1.1", "2.4.3", "3.1.7"):
        assert code in text
    assert "Choose plan, date" not in text


def test_a_liaison_sees_the_own_agency_alone(open_page: Callable[..., Any]) -> None:
    page = open_page("/agencies/", role="agency_liaison", java_script_enabled=False)
    assert page.get_by_role("link", name="Department of Human Services").count() == 1
    assert page.get_by_role("link", name="Department of Revenue").count() == 0
    assert page.get_by_role("button", name="Sign out").count() == 1
    follow(page, page.get_by_role("button", name="Sign out"))
    assert page.get_by_role("link", name="Sign in").count() == 1


def test_a_wrong_password_is_said_and_too_many_tries_are_stopped(
    open_page: Callable[..., Any], site: Any
) -> None:
    page = open_page("/accounts/login/", java_script_enabled=False)
    for _ in range(8):
        page.get_by_label("Email").fill("auditor@meridian.example")
        page.get_by_label("Password", exact=True).fill("wrong password")
        follow(page, page.get_by_role("button", name="Sign in", exact=True))
        said = (
            page.get_by_role("alert").inner_text()
            if page.get_by_role("alert").count()
            else page.locator("h1").inner_text()
        )
        if "Too many" in said:
            return
        assert "not correct" in said or "incorrect" in said
    raise AssertionError("eight wrong passwords were let through")
