"""The tutorial of CONTRIBUTING.md, done step by step in a folder of its own: at its end there is a working module."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

from tests.docs.conftest import Shell
from tests.docs.pages import ROOT, blocks

PAGE = ROOT / "CONTRIBUTING.md"
RUFF = str(Path(sys.executable).parent / "ruff")
# The step “add it to INSTALLED_APPS”, without touching the checkout.
SETTINGS = """
import stateworks.modules
stateworks.modules.__path__.append({folder!r})
from stateworks.config.settings import *
INSTALLED_APPS = [*INSTALLED_APPS, "stateworks.modules.parking"]
"""
LOOK = """
from datetime import UTC, datetime
from django.test import Client
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.access.verbs import create_account, grant
from stateworks.kernel.org.models import Organization

at = datetime.now(UTC)
with entered(SYSTEM):
    for name, code, role in (("steward", "louisiana", "data_steward"), ("liaison", "doc", "agency_liaison")):
        account = create_account(f"{name}@parking.example", password="correct horse battery staple", by=None, at=at)
        grant(account, role, Organization.objects.get(code=code), by=None, at=at)
        client = Client(SERVER_NAME="localhost")
        client.force_login(account)
        page = client.get("/data/parking.permit/")
        rows = client.get("/api/v1/datasets/parking.permit/rows").json()["rows"]
        print(name, page.status_code, "Parking permits" in page.content.decode(), sorted(row["number"] for row in rows))
        print(name, "loads", client.get("/data/parking.permit/import/").status_code)
        here = "/data/parking.permit/"
        print(name, "reads", *(client.get(here + path).status_code for path in ("P-1/", "P-3/")))
        print(name, "changes", *(client.get(here + path).status_code for path in ("P-1/edit/", "bulk/")))
        found = [one["hits"] for one in client.get("/api/v1/search?q=p").json() if one["dataset"] == "parking.permit"]
        print(name, "finds", sorted(hit["key"] for hits in found for hit in hits))
        sent = {"values": {"decided_on": "2026-07-08"}, "reason": "late"}
        answer = client.patch("/api/v1/datasets/parking.permit/rows/P-4", sent, content_type="application/json")
        print(name, "sends", answer.status_code)
"""


def test_the_tutorial_makes_a_module(shell: Shell) -> None:
    room = shell.folder / "parking"
    room.mkdir()
    (room / "__init__.py").touch()
    (shell.folder / "tutorial_settings.py").write_text(SETTINGS.format(folder=str(shell.folder)))
    more = {"DJANGO_SETTINGS_MODULE": "tutorial_settings", "PYTHONPATH": str(shell.folder)}
    said = ""
    for block in blocks(PAGE):
        if block.mark.startswith("file "):
            file = room / block.mark.removeprefix("file ").strip()
            file.parent.mkdir(exist_ok=True)
            file.write_text(block.text + "\n")
        elif block.mark.startswith("run"):
            done = shell.run(block.text, **more)
            assert done.returncode == block.status, f"{block.text}\n{done.stdout}\n{done.stderr}"
            said += done.stdout
    assert (room / "migrations" / "0001_initial.py").exists()
    written = [str(path) for path in room.glob("*.py")] + [str(room / "migrations" / "0002_walls.py")]
    # How imports are sorted depends on where a file lies, and here it lies outside the house.
    rules = ["--config", str(ROOT / "pyproject.toml"), "--ignore", "I"]
    checked = subprocess.run([RUFF, "check", *rules, *written], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
    # The template's header, the export as it was imported, and the measure: doc 1 of 2, ldoe 1 of 2.
    assert "number,agency,applied_on,decided_on\n" in said.replace("\r", "")
    exported = said.replace("\r", "")
    for row in csv.reader(io.StringIO((room / "samples" / "permit.csv").read_text())):
        assert ",".join(row) in exported
    figures = {line.split()[0]: line.split()[1:5] for line in said.splitlines() if " all " in line}
    assert figures == {"doc": ["all", "0.5", "2", "1"], "ldoe": ["all", "0.5", "2", "1"]}, said

    # The sample loads without a change the second time; a wrong row is refused by the model's own rule.
    again = shell.run(
        "stateworks data import parking.permit parking/samples/permit.csv --format json", **more
    )
    assert again.returncode == 0 and '"unchanged": 4' in again.stdout
    (shell.folder / "wrong.csv").write_text(
        "number,agency,applied_on,decided_on\nP-9,doc,2026-07-09,2026-07-01\n"
    )
    wrong = shell.run(
        "stateworks data import parking.permit wrong.csv || stateworks data quarantine parking.permit", **more
    )
    assert "cannot be decided before it is asked for" in wrong.stdout + wrong.stderr

    # The pages: the steward sees all and may load, the liaison of one agency sees its permits alone.
    (shell.folder / "look.py").write_text(LOOK)
    looked = shell.run("stateworks manage shell --no-imports < look.py", **more)
    lines = looked.stdout.splitlines()
    assert "steward 200 True ['P-1', 'P-2', 'P-3', 'P-4']" in lines, looked.stdout + looked.stderr
    assert "liaison 200 True ['P-1', 'P-2']" in lines
    assert "steward loads 200" in lines and "liaison loads 403" in lines
    # With no code in the module: a page of each permit, its form, search and API, within what each may see.
    assert "steward reads 200 200" in lines and "liaison reads 200 404" in lines
    assert "steward changes 200 200" in lines and "liaison changes 403 403" in lines
    assert "steward finds ['P-1', 'P-2', 'P-3', 'P-4']" in lines and "liaison finds ['P-1', 'P-2']" in lines
    assert "steward sends 200" in lines and "liaison sends 404" in lines


def test_the_page_names_the_parts_of_the_house() -> None:
    text = PAGE.read_text()
    folders = [path.parent.name for path in (Path(ROOT) / "src/stateworks/modules").glob("*/apps.py")]
    assert all(name in text for name in folders)
