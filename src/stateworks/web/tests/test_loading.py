"""Loading a file in the browser: guess, correct, preview, load; in real transactions, since a worker does the imports."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from stateworks.kernel.access.models import Account, Grant
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.jobs.models import Job, JobState
from stateworks.kernel.lake import intake
from stateworks.kernel.lake.models import Import, Mapping
from stateworks.kernel.org.models import Organization, OrganizationAlias, Vendor
from stateworks.web.tests.working import work

EXPORT = b"""\
Ticket,Created,Fixed,Done,Status,Dept,Group
T1,03/01/2027 09:00,03/01/2027 09:10,03/02/2027 09:00,Closed,Harbor Commission,Service Desk
T2,03/02/2027 09:00,,,Being looked at,Harbor Commission,Network team
T3,03/32/2027 09:00,,,Closed,Harbor Commission,Service Desk
"""
CHOICES = {
    "from:number": "Ticket", "from:opened_at": "Created", "formats:opened_at": "%m/%d/%Y %H:%M", "from:resolved_at": "Fixed",
    "formats:resolved_at": "%m/%d/%Y %H:%M", "from:closed_at": "Done", "formats:closed_at": "%m/%d/%Y %H:%M",
    "from:state": "Status", "from:agency": "Dept", "from:assignment_group": "Group", "constant:kind": "incident",
    "source": "homegrown", "name": "homegrown-tickets", "load": "delta",
}  # fmt: skip


@pytest.fixture
def steward(transactional_db: None) -> Client:
    client = Client(HTTP_HOST="localhost")
    with entered(SYSTEM):
        state = Organization.objects.create(code="state", name="State of Pelican", kind="state")
        harbor = Organization.objects.create(
            code="harbor", name="Harbor Commission", kind="agency", parent=state
        )
        OrganizationAlias.objects.create(organization=harbor, alias="Harbor Commission")
        account = Account.objects.create_user("steward@example.org")
        Grant.objects.create(
            account=account, role="data_steward", organization=state, since=dt.date(2024, 1, 1)
        )
        client.force_login(account)
    return client


def ended(client: Client, path: str) -> str:
    """The import's page once it has ended."""
    waiting = client.get(path).content.decode()
    assert 'http-equiv="refresh"' in waiting
    assert "Waiting for its turn" in waiting
    assert "No worker is running" in waiting
    assert work() == 1
    page = client.get(path).content.decode()
    assert 'http-equiv="refresh"' not in page
    return page


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def choices_for(page: str) -> dict[str, str]:
    """The form's answers, with the odd state told what it means."""
    found = dict(CHOICES)
    for value, name in re.findall(r'<label for="v-state-(\d+)">([^<]+)</label>', page):
        found[f"value:state:{value}"] = {"Being looked at": "in_progress", "Closed": "closed"}.get(name, "")
    return found


def test_an_unknown_export_is_guessed_corrected_previewed_and_loaded(steward: Client) -> None:
    chosen = steward.post(
        "/data/desk.ticket/import/", {"file": SimpleUploadedFile("tickets march.csv", EXPORT)}
    )
    assert chosen.status_code == 302
    page = steward.get(chosen["Location"]).content.decode()
    assert "Each guess says why it was made" in page
    assert "Being looked at" in page
    preview = steward.post(chosen["Location"], choices_for(page))
    assert preview.status_code == 302, text_of(preview.content.decode())
    told = text_of(ended(steward, preview["Location"]))
    for words in ("3 rows read", "2 new", "1 refused", "“03/32/2027 09:00”"):
        assert words in told, (words, told)
    with entered(SYSTEM):
        assert Import.objects.get().state == "preview"
    assert "No rows" in text_of(steward.get("/data/desk.ticket/").content.decode())
    loaded = steward.post(preview["Location"] + "load/")
    done = text_of(ended(steward, loaded["Location"]))
    assert "2 new" in done
    rows = text_of(steward.get("/data/desk.ticket/").content.decode())
    assert "Rows 1 to 2 of 2" in rows
    with entered(SYSTEM):
        assert Mapping.objects.get(name="homegrown-tickets").document["columns"]["kind"] == {
            "constant": "incident"
        }
    # The same file by its saved mapping: nothing changes, and there is nothing to load.
    again = steward.post(
        "/data/desk.ticket/import/",
        {"file": SimpleUploadedFile("tickets march.csv", EXPORT), "mapping": "homegrown-tickets"},
    )
    told = text_of(ended(steward, again["Location"]))
    assert "2 unchanged" in told
    assert "Loading it would change nothing" in told
    # The preview that was loaded cannot be loaded twice.
    assert steward.post(preview["Location"] + "load/")["Location"] == "/data/desk.ticket/import/"


def test_a_choice_that_lacks_a_column_keeps_what_was_chosen(steward: Client) -> None:
    chosen = steward.post("/data/desk.ticket/import/", {"file": SimpleUploadedFile("t.csv", EXPORT)})
    page = steward.get(chosen["Location"]).content.decode()
    answers = choices_for(page) | {"from:number": "", "name": "my own name"}
    response = steward.post(chosen["Location"], answers)
    assert response.status_code == 400
    shown = response.content.decode()
    assert "Number must be filled" in text_of(shown)
    assert 'href="#f-from-number"' in shown
    assert 'id="f-from-number"' in shown
    assert 'value="my own name"' in shown
    assert re.search(r"<option selected>Dept</option>", shown)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.csv", b"", "is empty"),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, ""),
        ("old.xls", b"\xd0\xcf\x11\xe0" + b"\x00" * 600, ""),
    ],
)
def test_a_file_that_cannot_be_read_says_so(
    name: str, content: bytes, sentence: str, steward: Client
) -> None:
    response = steward.post("/data/desk.ticket/import/", {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 400
    assert sentence in text_of(response.content.decode())
    assert 'href="#f-file"' in response.content.decode()


def test_no_file_and_a_stranger_s_upload(steward: Client) -> None:
    assert "Choose a file first" in text_of(steward.post("/data/desk.ticket/import/").content.decode())
    assert steward.get("/data/desk.ticket/import/?upload=abcdefghijklmnopqrst").status_code == 404
    assert steward.get("/data/desk.ticket/import/?upload=../../../etc").status_code == 404


def test_rows_without_an_agency_are_kept_as_unassigned(steward: Client) -> None:
    chosen = steward.post("/data/desk.ticket/import/", {"file": SimpleUploadedFile("t.csv", EXPORT)})
    page = steward.get(chosen["Location"]).content.decode()
    preview = steward.post(chosen["Location"], choices_for(page) | {"from:agency": ""})
    assert preview.status_code == 302, text_of(preview.content.decode())
    assert "2 new" in text_of(ended(steward, preview["Location"]))
    loaded = steward.post(preview["Location"] + "load/")
    ended(steward, loaded["Location"])
    assert "unassigned" in text_of(steward.get("/data/desk.ticket/?columns=number,agency").content.decode())


def test_records_are_loaded_the_same_way(steward: Client) -> None:
    content = b"code,name,website\nacme,Acme Inc,https://acme.example\nbad code!,Broken,\n"
    chosen = steward.post("/data/office.vendor/import/", {"file": SimpleUploadedFile("vendors.csv", content)})
    answers: dict[str, Any] = {
        "from:code": "code",
        "from:name": "name",
        "from:website": "website",
        "dates": "iso",
    }
    preview = steward.post(chosen["Location"], answers)
    told = text_of(ended(steward, preview["Location"]))
    assert "1 new" in told
    assert "1 refused" in told
    with entered(SYSTEM):
        assert not Vendor.objects.exists()
    loaded = steward.post(preview["Location"] + "load/")
    assert "1 new" in text_of(ended(steward, loaded["Location"]))
    with entered(SYSTEM):
        assert list(Vendor.objects.values_list("code", flat=True)) == ["acme"]


def test_an_import_that_waits_can_be_cancelled_and_tried_again(steward: Client) -> None:
    content = b"code,name\nacme,Acme Inc\n"
    chosen = steward.post("/data/office.vendor/import/", {"file": SimpleUploadedFile("vendors.csv", content)})
    preview = steward.post(chosen["Location"], {"from:code": "code", "from:name": "name", "dates": "iso"})
    assert "1 new" in text_of(ended(steward, preview["Location"]))
    load = steward.post(preview["Location"] + "load/")["Location"]
    assert steward.post(preview["Location"] + "load/")["Location"] == load, "the button pressed twice"
    assert steward.post(f"{load}cancel/").status_code == 302
    told = text_of(steward.get(load).content.decode())
    assert "vendors.csv: cancelled" in told
    assert "It was cancelled before it began. Nothing was loaded." in told
    assert work() == 0
    with entered(SYSTEM):
        assert not Vendor.objects.exists()
        job = Job.objects.get(kind="data.load")
    assert "Try again Loading a file" in text_of(steward.get("/work/jobs/").content.decode())
    again = steward.post(f"/work/jobs/{job.pk}/retry/")
    assert again["Location"] == load
    assert "1 new" in text_of(ended(steward, load))
    with entered(SYSTEM):
        assert list(Vendor.objects.values_list("code", flat=True)) == ["acme"]


def test_an_import_cancelled_before_its_worker_heard_of_it_never_begins(steward: Client) -> None:
    content = b"code,name\nacme,Acme Inc\n"
    chosen = steward.post("/data/office.vendor/import/", {"file": SimpleUploadedFile("vendors.csv", content)})
    path = steward.post(chosen["Location"], {"from:code": "code", "from:name": "name", "dates": "iso"})[
        "Location"
    ]
    with entered(SYSTEM):
        assert intake.cancel(Import.objects.get())
    assert work() == 1
    with entered(SYSTEM):
        row, job = Import.objects.get(), Job.objects.get()
    assert (row.state, row.finished_at is None, job.state) == ("cancelled", False, "cancelled")
    assert "The import was cancelled; nothing was loaded." in text_of(steward.get(path).content.decode())


def test_a_file_that_is_gone_when_its_turn_comes_is_told(steward: Client) -> None:
    content = b"code,name\nacme,Acme Inc\n"
    chosen = steward.post("/data/office.vendor/import/", {"file": SimpleUploadedFile("vendors.csv", content)})
    preview = steward.post(chosen["Location"], {"from:code": "code", "from:name": "name", "dates": "iso"})
    shutil.rmtree(settings.MEDIA_ROOT / "uploads")
    told = text_of(ended(steward, preview["Location"]))
    assert "The uploaded file is gone; choose it again." in told


def test_what_a_killed_removal_left_of_a_loaded_file_goes_with_the_next_try(steward: Client) -> None:
    content = b"code,name\nacme,Acme Inc\n"
    chosen = steward.post("/data/office.vendor/import/", {"file": SimpleUploadedFile("vendors.csv", content)})
    preview = steward.post(chosen["Location"], {"from:code": "code", "from:name": "name", "dates": "iso"})
    assert work() == 1
    load = steward.post(preview["Location"] + "load/")["Location"]
    (folder,) = (settings.MEDIA_ROOT / "uploads").iterdir()
    assert "1 new" in text_of(ended(steward, load))
    assert not folder.exists()
    # As after a kill between the first file and the folder, before the job was noted as done.
    folder.mkdir()
    (folder / "file.csv").write_bytes(content)
    with entered(SYSTEM):
        Job.objects.filter(kind="data.load").update(
            state=JobState.RUNNING, finished_at=None, lease_until=timezone.now() - dt.timedelta(hours=1)
        )
    assert work() == 1
    assert not folder.exists()
    with entered(SYSTEM):
        assert Vendor.objects.count() == 1


def test_a_running_import_can_be_cancelled(steward: Client) -> None:
    with entered(SYSTEM):
        running = Import.objects.create(
            dataset="desk.ticket", source="x", filename="x.csv", sha256="0" * 64, state="running", progress="Reading 5,000 rows",
            started_at=dt.datetime.now(dt.UTC), heartbeat_at=dt.datetime.now(dt.UTC),
        )  # fmt: skip
    page = steward.get(f"/data/imports/{running.pk}/").content.decode()
    assert "Reading 5,000 rows" in page
    assert 'http-equiv="refresh"' in page
    assert steward.post(f"/data/imports/{running.pk}/cancel/").status_code == 302
    with entered(SYSTEM):
        assert Import.objects.get(pk=running.pk).state == "cancelled"
