"""The built wheel: it holds what an installed product needs."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

DIST = ROOT / "src/stateworks/web/static/stateworks/dist"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Build the wheel as a release does, and return the names in it."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT, check=True
    )
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        return set(archive.namelist())


def test_it_holds_the_design_of_the_pages(wheel: set[str]) -> None:
    assert DIST.is_dir(), "run make assets"
    wanted = {str(file.relative_to(ROOT / "src")) for file in DIST.rglob("*") if file.is_file()}
    assert "stateworks/web/static/stateworks/dist/stateworks.css" in wanted
    assert wanted <= wheel


def test_it_holds_templates_migrations_and_the_bundled_plans(wheel: set[str]) -> None:
    templates = {str(file.relative_to(ROOT / "src")) for file in (ROOT / "src").rglob("templates/**/*.*")}
    assert templates
    assert templates <= wheel
    assert "stateworks/kernel/access/migrations/0001_initial.py" in wheel
    plans = {f"stateworks/plans/{file.name}" for file in (ROOT / "plans").glob("*.yaml")}
    assert plans <= wheel


def test_it_holds_no_tests(wheel: set[str]) -> None:
    assert not [name for name in wheel if "/tests/" in name]


def test_every_style_sheet_address_leads_to_a_file() -> None:
    import re

    css = (DIST / "stateworks.css").read_text()
    addresses = {url for url in re.findall(r'url\("?([^")]+)"?\)', css) if not url.startswith("data:")}
    assert addresses
    assert not [url for url in addresses if not Path(DIST, url).is_file()]
