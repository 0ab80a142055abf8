"""Whose rows a page, a file and a search show: the right agency's and nobody else's, and how many are hidden."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest

from stateworks.web.tests.office import LONG_NAME, MONTH, PLAN, Office

ROWS = f"/plans/{PLAN}/indicators/1.2.1/rows/?period={MONTH}"
#: What the tickets' agencies are, by hand from the office's file: INC6 is refused.
OWN = {"harbor": {"INC1", "INC4", "INC5"}, "port": {"INC2", "INC3"}}
OWN["auditor"] = OWN["harbor"] | OWN["port"]


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\u00a0", " ")


@pytest.mark.parametrize("who", ["harbor", "port", "auditor"])
def test_a_list_and_its_files_show_the_same_rows(who: str, office: Office) -> None:
    import openpyxl

    client = office.client(who)
    page = client.get("/data/desk.ticket/?columns=number").content.decode()
    assert set(re.findall(r"<td>(INC\d)</td>", page)) == OWN[who]
    assert f"of {len(OWN[who])}" in text_of(client.get("/data/desk.ticket/"))
    rows = list(
        csv.DictReader(
            io.StringIO(client.get("/data/desk.ticket/?format=csv&columns=number").content.decode())
        )
    )
    assert {row["number"] for row in rows} == OWN[who]
    data = json.loads(client.get("/data/desk.ticket/?format=json&columns=number").content)
    assert {row["number"] for row in data} == OWN[who]
    book = openpyxl.load_workbook(
        io.BytesIO(client.get("/data/desk.ticket/?format=xlsx&columns=number").content)
    )
    assert {row[0] for row in book.active.iter_rows(min_row=2, values_only=True)} == OWN[who]


def test_hidden_rows_are_counted_and_not_shown(office: Office) -> None:
    shown = text_of(office.client("harbor").get("/data/desk.ticket/"))
    assert "2 rows are hidden" in shown
    assert "hidden" not in text_of(office.client("auditor").get("/data/desk.ticket/"))
    behind = text_of(office.client("port").get(ROWS))
    assert "hidden because your role does not reach" in behind
    assert "INC1" not in behind


def test_somebody_without_a_role_sees_no_row(office: Office) -> None:
    client = office.client("nobody")
    assert "No rows" in text_of(client.get("/data/desk.ticket/"))
    assert client.get(ROWS).status_code == 403
    assert client.get("/agencies/harbor/").status_code == 404
    assert "You may not see any organization yet" in text_of(client.get("/agencies/"))
    assert client.get("/").status_code == 200


def test_filters_sort_and_columns_of_a_feed(office: Office) -> None:
    client = office.client("auditor")

    def numbers(query: str) -> list[str]:
        return re.findall(
            r"<td>(INC\d)</td>", client.get(f"/data/desk.ticket/?columns=number&{query}").content.decode()
        )

    assert numbers("sort=number") == ["INC1", "INC2", "INC3", "INC4", "INC5"]
    assert numbers("sort=-number") == ["INC5", "INC4", "INC3", "INC2", "INC1"]
    assert numbers("opened_on_from=2027-01-05&opened_on_to=2027-01-05") == ["INC3"]
    assert numbers("category=VPN&sort=number") == ["INC3", "INC4"]
    assert numbers("resolved_on=none") == ["INC4"]
    assert numbers("q=inc5") == ["INC5"]
    page = text_of(client.get("/data/desk.ticket/?opened_on_from=soon&sort=colour"))
    assert "is no value for opened on" in page
    assert "There is no column colour" in page


def test_the_statewide_figure_is_the_same_for_everyone_and_slices_are_not(office: Office) -> None:
    pages = {
        who: text_of(office.client(who).get(f"/plans/{PLAN}/indicators/1.2.1/"))
        for who in ("harbor", "port", "auditor")
    }
    figures = {re.search(r"First-contact resolution was ([\d.]+ %)", page)[1] for page in pages.values()}  # type: ignore[index]
    assert len(figures) == 1
    assert "Harbor Commission" in pages["harbor"]
    assert "Harbor Commission" not in pages["port"]
    assert "1 organization is hidden" in pages["port"]
    assert "Port Authority" in pages["auditor"]


def test_files_of_an_indicator_keep_to_the_scope(office: Office) -> None:
    def members(who: str) -> set[str]:
        text = office.client(who).get(f"/plans/{PLAN}/indicators/1.2.1/?format=csv").content.decode()
        return {row["slice"] for row in csv.DictReader(io.StringIO(text)) if row["by"] == "agency"}

    assert members("auditor") == {"harbor", "port"}
    assert members("port") == {"port"}
    text = office.client("port").get(ROWS + "&format=csv").content.decode()
    assert {row["number"] for row in csv.DictReader(io.StringIO(text))} <= OWN["port"]


def test_search_finds_what_one_may_see(office: Office) -> None:
    assert LONG_NAME in text_of(office.client("auditor").get("/search/?q=interoperability"))
    assert LONG_NAME not in text_of(office.client("harbor").get("/search/?q=interoperability"))
    assert "Harbor Commission" not in text_of(office.client("anonymous").get("/search/?q=harbor"))
    assert "1.2.1" in text_of(office.client("anonymous").get("/search/?q=1.2.1"))
    assert office.client("auditor").get("/search/?q=%25%27%3B--<script>").status_code == 200


def test_a_ticket_shows_why_it_counted(office: Office) -> None:
    page = text_of(office.client("harbor").get(f"/desk/tickets/{office.tickets.source}/INC1/"))
    assert "Resolved at first contact" in page
    assert "after 20 minutes" in page


def test_from_a_figure_to_its_rows_to_the_record(office: Office) -> None:
    client = office.client("auditor")
    page = client.get(f"/plans/{PLAN}/indicators/1.2.1/").content.decode()
    rows = re.search(r'href="(/plans/[^"]+/rows/\?period=[^"]+)">See the rows', page)
    assert rows is not None
    behind = client.get(rows[1].replace("&amp;", "&")).content.decode()
    record = re.search(r'href="(/desk/tickets/[^"]+)"', behind)
    assert record is not None
    assert client.get(record[1]).status_code == 200
