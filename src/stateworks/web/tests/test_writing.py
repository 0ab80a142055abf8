"""What people write on pages: values, notes, signatures, milestones, check-ins, plans; nothing typed is ever lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from stateworks.kernel.access.models import AuditEntry
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.indicators.models import SignOff
from stateworks.kernel.plans.models import CheckIn, Milestone, Plan, ReportedValue, VarianceNote
from stateworks.kernel.plans.tests.pdf_files import pdf_file
from stateworks.kernel.plans.tests.plan_blocks import heading, louisiana, text
from stateworks.kernel.plans.tests.stratml_report import REPORT as STRATML
from stateworks.kernel.plans.tests.word_files import word_file
from stateworks.web.tests.office import PLAN, Office

REPORT = f"/plans/{PLAN}/indicators/1.4.1/report/"
SIGN = f"/plans/{PLAN}/indicators/1.2.1/sign/"


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_value_is_typed_with_evidence(office: Office) -> None:
    client = office.client("owner")
    file = SimpleUploadedFile("survey.pdf", b"evidence")
    response = client.post(
        REPORT,
        {
            "period": "FY27 Q2",
            "value": "1,234.5",
            "numerator": "",
            "n": "2,000",
            "note": "By hand",
            "evidence": file,
        },
    )
    assert response.status_code == 302
    with entered(SYSTEM):
        row = ReportedValue.objects.get(code="1.4.1")
    assert (row.value, row.n, row.note, row.evidence_name) == (1234.5, 2000, "By hand", "survey.pdf")
    assert "survey.pdf" in text_of(client.get(f"/plans/{PLAN}/indicators/1.4.1/"))


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"value": ""}, "value", "Write the value."),
        ({"value": "about five"}, "value", "is not a number"),
        ({"value": "5", "n": "many"}, "n", "is not a whole number"),
        ({"value": "5", "period": "FY40 Q1"}, "period", "begins on"),
        ({"value": "5", "period": "soon"}, "period", "is no period"),
    ],
)
def test_a_wrong_value_is_said_at_its_field_and_kept(
    given: dict[str, str], field: str, sentence: str, office: Office
) -> None:
    posted = {"period": "FY27 Q2", "note": "My long note", **given}
    response = office.client("owner").post(REPORT, posted)
    assert response.status_code == 400
    page = response.content.decode()
    assert f'href="#f-{field}"' in page
    assert f'id="e-{field}"' in page
    assert sentence in page
    assert "My long note" in page
    with entered(SYSTEM):
        assert not ReportedValue.objects.filter(code="1.4.1").exists()


def test_a_pasted_table_is_previewed_then_saved(office: Office) -> None:
    client = office.client("owner")
    table = "Indicator\tFY27 Q1\tFY27 Q2\n1.4.1\t3\t5\n1.3.1\t1\tmany\n"
    page = client.post(f"/plans/{PLAN}/values/", {"text": table, "do": "preview"})
    assert page.status_code == 200
    shown = text_of(page)
    assert "3 new" in shown
    assert "1 refused" in shown
    with entered(SYSTEM):
        assert not ReportedValue.objects.filter(code__in=["1.4.1", "1.3.1"]).exists()
    refused = client.post(f"/plans/{PLAN}/values/", {"text": table, "do": "save"})
    assert refused.status_code == 400
    saved = client.post(f"/plans/{PLAN}/values/", {"text": table, "do": "save", "leave": "yes"})
    assert saved.status_code == 302
    with entered(SYSTEM):
        found = set(
            ReportedValue.objects.filter(code__in=["1.4.1", "1.3.1"]).values_list("code", "period", "value")
        )
    assert found == {("1.4.1", "FY27 Q1", 3.0), ("1.4.1", "FY27 Q2", 5.0), ("1.3.1", "FY27 Q1", 1.0)}


def test_an_uploaded_table_needs_no_second_upload(office: Office) -> None:
    client = office.client("owner")
    file = SimpleUploadedFile(
        "values.csv", b"Indicator,Period,Value\n1.4.1,FY27 Q2,6\n", content_type="text/csv"
    )
    page = client.post(f"/plans/{PLAN}/values/", {"file": file, "do": "preview"}).content.decode()
    hidden = re.search(r'name="text" value="([^"]*)"', page)
    assert hidden is not None
    saved = client.post(f"/plans/{PLAN}/values/", {"text": hidden[1], "do": "save"})
    assert saved.status_code == 302
    with entered(SYSTEM):
        assert ReportedValue.objects.get(code="1.4.1").value == 6.0


def test_it_takes_two_people_to_sign(office: Office) -> None:
    owner, approver = office.client("owner"), office.client("approver")
    form = {"run": office.run.pk, "grain": "quarter", "period": "FY27 Q3", "do": "prepare"}
    assert owner.get(f"/plans/{PLAN}/indicators/1.2.1/").content.decode().count("Prepare this figure") == 1
    assert approver.post(SIGN, form).status_code == 403
    assert owner.post(SIGN, form).status_code == 302
    with entered(SYSTEM):
        prepared = SignOff.objects.get(indicator="1.2.1")
    assert prepared.approved_at is None
    assert "Prepared " in text_of(owner.get(f"/plans/{PLAN}/indicators/1.2.1/"))
    assert "1.2.1" in text_of(approver.get("/work/"))
    approval = {**form, "period": prepared.period, "do": "approve"}
    assert owner.post(SIGN, approval).status_code == 403
    assert approver.post(SIGN, approval).status_code == 302
    with entered(SYSTEM):
        assert SignOff.objects.get(indicator="1.2.1").approved_by == office.accounts["approver"]
        verbs = set(AuditEntry.objects.filter(subject__contains="1.2.1").values_list("verb", flat=True))
    assert {"prepare sign-off", "approve sign-off"} <= verbs
    again = approver.post(SIGN, approval, follow=True)
    assert "Nothing waits for approval here" in text_of(again)


def test_a_note_is_kept_and_an_empty_one_is_not(office: Office) -> None:
    client = office.client("owner")
    path = f"/plans/{PLAN}/indicators/1.2.2/note/"
    empty = client.post(path, {"period": "FY27 Q2", "text": " "})
    assert empty.status_code == 400
    assert 'href="#f-text"' in empty.content.decode()
    assert client.post(path, {"period": "FY27 Q2", "text": "The phones were down."}).status_code == 302
    with entered(SYSTEM):
        assert VarianceNote.objects.get(code="1.2.2").text == "The phones were down."


def test_a_milestone_is_finished_by_one_and_confirmed_by_another(office: Office) -> None:
    with entered(SYSTEM):
        key = Milestone.objects.filter(plan=office.plan, done_on=None).values_list("key", flat=True)[0]
    path = f"/plans/{PLAN}/milestones/{key}/"
    owner, approver = office.client("owner"), office.client("approver")
    wrong = owner.post(path, {"do": "finish", "done_on": "yesterday", "evidence": "the minutes"})
    assert wrong.status_code == 400
    assert "the minutes" in wrong.content.decode()
    assert (
        owner.post(path, {"do": "finish", "done_on": "2026-01-15", "evidence": "the minutes"}).status_code
        == 302
    )
    assert owner.post(path, {"do": "confirm"}).status_code == 403
    assert approver.post(path, {"do": "confirm"}).status_code == 302
    with entered(SYSTEM):
        row = Milestone.objects.get(plan=office.plan, key=key)
    assert row.confirmed_by == "approver@example.org"
    assert str(row.done_on) == "2026-01-15"


def test_an_owner_checks_in(office: Office) -> None:
    client = office.client("owner")
    path = "/plans/massachusetts-eotss/nodes/1.1.1/check-in/"
    quarter = re.search(r"<option selected>(FY\d\d Q\d)</option>", client.get(path).content.decode())
    assert quarter is not None
    missing = client.post(path, {"quarter": quarter[1], "confidence": "", "note": "Going well"})
    assert missing.status_code == 400
    assert "Going well" in missing.content.decode()
    assert (
        client.post(path, {"quarter": quarter[1], "confidence": "8", "note": "Going well"}).status_code == 302
    )
    with entered(SYSTEM):
        assert CheckIn.objects.get(code="1.1.1").confidence == 8
    assert "confidence 8 of 10" in text_of(client.get("/plans/massachusetts-eotss/nodes/1.1.1/"))


TEXT = """\
Harbor Technology Office Strategic Plan FY 2026-27 to FY 2028-29

Goal 1: Answer every call

Objective 1: Answer calls quickly

Indicator\tGoal
Share of incidents resolved at first contact\t80%
Number of open houses\tat least 4 per year
"""


def drafted(client: Client) -> str:
    response = client.post("/plans/import/", {"file": SimpleUploadedFile("harbor.txt", TEXT.encode())})
    assert response.status_code == 302, text_of(response)
    return str(response["Location"])


def test_a_plan_is_uploaded_corrected_bound_and_loaded(office: Office) -> None:
    client = office.client("planner")
    path = drafted(client)
    page = client.get(path).content.decode()
    for words in (
        "Answer calls quickly",
        "Share of incidents resolved at first contact",
        "line-5",
        "First-contact resolution",
    ):
        assert words in page, words
    codes = re.findall(r'name="goal:([^"]+)"', page)
    assert len(codes) == 2
    form = {
        "title": "Harbor plan", "office": "Harbor Technology Office", "slug": "harbor-2026", "starts": "2026-07-01",
        "ends": "2029-06-30", f"goal:{codes[0]}": "at least 82%", f"measure:{codes[0]}": "desk.first_contact_resolution",
    }  # fmt: skip
    assert client.post(path, {**form, "do": "save"}).status_code == 302
    kept = client.get(path).content.decode()
    assert "Read as at least 82 %" in kept
    wrong = client.post(path, {**form, "slug": "Not a slug!", "do": "load"})
    assert wrong.status_code == 400
    loaded = client.post(path, {**form, "do": "load", "note": "First"})
    assert loaded.status_code == 302, text_of(loaded)
    assert loaded["Location"] == "/plans/harbor-2026/"
    with entered(SYSTEM):
        plan = Plan.objects.select_related("current").get(slug="harbor-2026")
        bound = plan.current.indicators.get(code=codes[0])  # type: ignore[union-attr]
    assert (bound.measure, bound.goal) == ("desk.first_contact_resolution", "at least 82%")
    assert client.get(path).status_code == 404
    assert "Harbor plan" in text_of(client.get("/?plan=harbor-2026"))


def test_a_draft_is_its_maker_s_alone_and_can_be_discarded(office: Office) -> None:
    client = office.client("planner")
    path = drafted(client)
    assert office.client("administrator").get(path).status_code == 404
    assert office.client("harbor").get(path).status_code == 403
    assert client.post(path, {"do": "discard"}).status_code == 302
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Choose a file"),
        (b"Dear all,\nlunch is at noon.\n", "nothing that looks like a plan"),
        (b"\x00\x01\x02" * 100, ""),
        (TEXT.replace("FY 2026-27 to FY 2028-29", "").encode(), "no period"),
    ],
)
def test_a_file_that_is_no_plan_gets_a_clear_message(content: bytes, sentence: str, office: Office) -> None:
    response = office.client("planner").post("/plans/import/", {"file": SimpleUploadedFile("x.txt", content)})
    assert response.status_code == 400
    assert sentence in text_of(response)


def test_yaml_is_corrected_in_place(office: Office) -> None:
    client = office.client("planner")
    path = drafted(client)
    yaml = client.get(path + "plan.yaml").content.decode()
    broken = client.post(path, {"do": "yaml", "yaml": yaml.replace("slug:", "slugg:", 1)})
    assert broken.status_code == 400
    assert "slugg" in broken.content.decode()
    assert (
        client.post(
            path, {"do": "yaml", "yaml": yaml.replace("Answer calls quickly", "Answer at once")}
        ).status_code
        == 302
    )
    assert "Answer at once" in client.get(path).content.decode()


def test_feedback_goes_to_the_audit_record(office: Office) -> None:
    client = office.client("harbor")
    assert client.post("/about/feedback/", {"page": "/work/", "text": ""}).status_code == 400
    response = client.post("/about/feedback/", {"page": "//evil.example/x", "text": "The chart is empty."})
    assert response["Location"] == "/"
    with entered(SYSTEM):
        assert AuditEntry.objects.filter(verb="page feedback", reason="The chart is empty.").count() == 1


def test_a_refused_row_is_dismissed_with_a_reason(office: Office) -> None:
    from stateworks.kernel.lake.models import QuarantinedRow

    client = office.client("data_steward")
    with entered(SYSTEM):
        row = QuarantinedRow.objects.get(made_by=office.tickets)
    page = client.get("/data/quarantine/").content.decode()
    assert "INC6" in page
    assert client.post("/data/quarantine/", {"row": row.pk, "why": ""}).status_code == 400
    assert client.post("/data/quarantine/", {"why": "because"}).status_code == 400
    assert (
        client.post("/data/quarantine/", {"row": row.pk, "why": "The desk closed it by mistake."}).status_code
        == 302
    )
    assert "No row waits here" in client.get("/data/quarantine/").content.decode()
    assert office.client("auditor").post("/data/quarantine/", {"row": row.pk, "why": "x"}).status_code == 403


def test_a_word_plan_is_uploaded_and_its_lines_are_shown(office: Office) -> None:
    client = office.client("planner")
    file = SimpleUploadedFile("plan.docx", word_file(louisiana()))
    response = client.post("/plans/import/", {"file": file})
    assert response.status_code == 302, text_of(response)
    page = client.get(str(response["Location"])).content.decode()
    assert "63 indicators" in page
    assert "table of contents" in page
    assert "Values that the file reports" not in page


def test_the_pages_of_a_pdf_are_shown_beside_its_tree(office: Office) -> None:
    client = office.client("planner")
    blocks = [heading(1, "Harbor Office"), text("Strategic Plan: FY 2027-2028 through FY 2031-2032")]
    blocks += [heading(2, f"Objective {n}: Sail to harbor {n}") for n in range(1, 40)]
    response = client.post("/plans/import/", {"file": SimpleUploadedFile("plan.pdf", pdf_file(blocks))})
    assert response.status_code == 302, text_of(response)
    page = text_of(client.get(str(response["Location"])))
    assert "page 1" in page
    assert "page 2" in page


def test_stratml_reports_its_values_when_it_is_loaded(office: Office) -> None:
    client = office.client("planner")
    for told in ("2 new", "2 unchanged"):
        response = client.post("/plans/import/", {"file": SimpleUploadedFile("harbor.xml", STRATML.encode())})
        assert response.status_code == 302, text_of(response)
        path = str(response["Location"])
        assert "reports 2 values" in text_of(client.get(path))
        loaded = client.post(path, {"do": "load"}, follow=True)
        assert f"version 1. Reported values: {told}" in text_of(loaded)
    with entered(SYSTEM):
        rows = ReportedValue.objects.filter(plan__slug="oh-2026").order_by("starts")
        assert [(row.code, row.period, row.value) for row in rows] == [
            ("A.1.1", "FY27 Q1", 38),
            ("A.1.1", "FY27 Q2", 39),
        ]
    file = client.get("/plans/oh-2026/file/?format=stratml")
    assert file["Content-Disposition"] == 'attachment; filename="oh-2026.stratml.xml"'
    assert b"<NumberOfUnits>38</NumberOfUnits>" in file.content
    assert b"PerformanceIndicator" not in client.get("/plans/oh-2026/file/?format=stratml-1").content


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("plan.docx", b"PK\x03\x04 cut off", "cut off or damaged"),
        ("plan.pdf", b"%PDF-1.7 cut off", "cut off or damaged"),
        ("plan.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old Word"),
        ("plan.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><StrategicPlan/>", "entities of its own"),
        ("plan.docx", b"words", "is no Word document, though its name says so"),
    ],
)
def test_a_bad_document_gets_a_clear_message_and_leaves_nothing(
    name: str, content: bytes, sentence: str, office: Office
) -> None:
    client = office.client("planner")
    drafts = client.get("/plans/import/").content.count(b'href="/plans/import/')
    response = client.post("/plans/import/", {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 400
    assert sentence in text_of(response)
    assert response.content.count(b'href="/plans/import/') == drafts
