"""Links lead somewhere, examples are valid, and tables that people wrote match the code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT, TOP, blocks, pages

REFERENCE = DOCS / "reference"


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--quiet",
        "--site-dir",
        str(tmp_path / "site"),
    ]
    environment = {
        "PATH": "/usr/bin:/bin",
        "NO_MKDOCS_2_WARNING": "1",
        "STATEWORKS_HOME": str(tmp_path / "home"),
    }
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    commands = (tmp_path / "site" / "reference" / "commands.html").read_text()
    assert "stateworks evidence export" in commands


@pytest.mark.parametrize("page", TOP, ids=lambda page: page.name)
def test_links_of_the_pages_outside_the_site_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    missing = [link for link in links if "://" not in link and not (ROOT / link).exists()]
    assert not missing


def test_every_how_to_and_decision_is_in_its_list() -> None:
    for folder in ("how-to", "decisions"):
        index = (DOCS / folder / "index.md").read_text()
        pages_there = {page.name for page in (DOCS / folder).glob("*.md")} - {"index.md"}
        assert pages_there == {
            name for name in re.findall(r"\]\(([\w-]+\.md)\)", index) if (DOCS / folder / name).exists()
        }


def test_commands_in_the_text_exist() -> None:
    from typer.main import get_command

    from docs import reference
    from stateworks.cli.main import app

    known = {
        name.removeprefix("stateworks ") for name, _ in reference.walk(get_command(app), "stateworks")
    } | {"manage"}
    groups = {" ".join(name.split()[:n]) for name in known for n in range(1, len(name.split()))}
    wrong = []
    for page in pages():
        for text in re.findall(r"\bstateworks ([a-z][a-z-]*(?: [a-z][a-z-]*){0,2})", "\n".join(_code(page))):
            words = text.split()
            begins = {" ".join(words[:n]) for n in range(1, len(words) + 1)}
            # A group alone may be named; with a word after it, that word is one of its commands.
            if not begins & known and text not in groups:
                wrong.append(f"{page.name}: stateworks {text}")
    assert not wrong


def _code(page: Path) -> list[str]:
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL))
    return [*inline, *(block.text for block in blocks(page) if block.language == "sh")]


def test_settings_in_the_text_exist() -> None:
    from stateworks.config import environment

    known = {one.name for one in environment.ALL}
    for page in pages():
        named = set(
            re.findall(r"\b(?:STATEWORKS_[A-Z_]+|DATABASE_[A-Z_]+|EMAIL_[A-Z_]+)\b", page.read_text())
        )
        assert named <= known, page


def test_every_lint_code_is_explained() -> None:
    code = re.compile(r"\"((?:goal|objective|indicator|text)\.[a-z]+(?:-[a-z]+)*)\"")
    sources = (ROOT / "src" / "stateworks" / "kernel" / "plans").rglob("*.py")
    used = {
        name for path in sources if "tests" not in path.parts for name in code.findall(path.read_text())
    } - {"goal.lark"}
    explained = set(
        re.findall(r"^\| `([a-z.-]+)` \|", (REFERENCE / "lint-codes.md").read_text(), re.MULTILINE)
    )
    assert used == explained


@pytest.mark.django_db
def test_the_mapping_reference_is_complete_and_its_example_is_valid() -> None:
    from stateworks.kernel.lake import mapping

    page = DOCS / "how-to" / "write-mapping.md"
    (example,) = (block.text for block in blocks(page) if block.language == "yaml")
    made = mapping.parse_mapping(example, "the example")
    assert made.columns["state"].values["-100"].refuse and made.zone == "America/Chicago"
    known = set(mapping.TOP) | set(mapping.COLUMN)
    first_cells = re.findall(r"^\| (`[^|]+) \|", page.read_text(), re.MULTILINE)
    explained = set(re.findall(r"`(\w+)`", " ".join(first_cells)))
    assert known <= explained
    for name in (*mapping.FILE, *mapping.VALUE):
        assert re.search(rf"\b{name}\b", page.read_text()), name


@pytest.mark.django_db
def test_the_example_mapping_loads_a_file_written_for_it(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.lake.intake import import_feed
    from stateworks.kernel.lake.read import Reader

    (example,) = (
        block.text for block in blocks(DOCS / "how-to" / "write-mapping.md") if block.language == "yaml"
    )
    (tmp_path / "my-desk.yaml").write_text(example)
    header = "Ticket;Type;Opened;Resolved;Closed;Status;Via;Area;Topic;Department;Line;Moves;Reopens"
    rows = [
        "No. AB12;Incident;03/08/2026 09:00;03/08/2026 09:20;04/08/2026 15:00;Done;Tel;Mail;Quota;Harbors;First;0;0",
        "No. AB13;Incident;03/08/2026 10:00;;;Parked;?;Mail;;;Second;n/a;",
        "No. AB14;Incident;03/08/2026 11:00;;;-100;Tel;Mail;;;First;0;0",
    ]
    text = "\n".join(["Nightly export", "of our desk, café", header, *rows, ""])
    (tmp_path / "export.csv").write_bytes(text.encode("cp1252"))
    mapping, at = str(tmp_path / "my-desk.yaml"), datetime(2026, 8, 5, tzinfo=UTC)
    done = import_feed("desk.ticket", tmp_path / "export.csv", mapping=mapping, by=None, at=at)
    assert (done.read, done.inserted, done.quarantined) == (3, 2, 1)
    with entered(SYSTEM) as scope, Reader("desk.ticket", scope=scope) as reader:
        first, second = sorted(reader.rows(), key=lambda row: row["number"])
    assert (first["number"], first["state"], first["category"]) == ("AB12", "closed", "Mail / Quota")
    assert first["first_contact"] is True
    # Opened at 9:00 in Chicago; its closing time is in UTC, as the mapping says.
    assert (first["opened_at"].astimezone(UTC).hour, first["closed_at"].astimezone(UTC).hour) == (14, 15)
    assert (second["state"], second["agency"]) == ("waiting_other", "unassigned")
    assert second["channel"] is None and second["reassignments"] is None


@pytest.mark.django_db
def test_the_example_rule_is_valid() -> None:
    import yaml

    from stateworks.modules.desk.first_contact import KEYS, rule_from

    page = DOCS / "how-to" / "first-contact-rules.md"
    example = next(block.text for block in blocks(page) if "population" in block.text)
    rule = rule_from(yaml.safe_load(example), "the example")
    assert rule.windows[0].minutes == 30 and rule.counted_on == "closed_on"
    assert set(yaml.safe_load(example)) == set(KEYS)


def test_the_table_of_roles_matches_the_code() -> None:
    from stateworks.kernel.access.models import Role

    table = set(re.findall(r"^\| ([a-z ]+) \|", (DOCS / "how-to" / "accounts.md").read_text(), re.MULTILINE))
    assert table - {"role"} == {role.replace("_", " ") for role in Role.values} - {"public"}
