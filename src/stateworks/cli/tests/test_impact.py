"""`stateworks impact`: what scripts rely on, and what a wrong name gets."""

from __future__ import annotations

import json

import pytest

from stateworks.cli.main import main
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.modules.inventory.tests.conftest import Room, built


@pytest.fixture
def room(db: None) -> Room:
    with entered(SYSTEM):
        return built()


def test_the_command_prints_what_scripts_rely_on(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["impact", "db", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"source", "elapsed_ms", "affected", "hidden", "agencies", "unknown"} <= set(found)
    assert {"system", "agency", "criticality", "owner", "hops", "kind", "path"} <= set(found["affected"][0])
    assert (found["source"], found["hidden"], found["agencies"]) == ("db", 0, ["dhs", "doa"])
    assert main(["impact", "portal", "--direction", "up"]) == 0
    assert "benefits" in capsys.readouterr().out
    assert main(["impact", "nonsense"]) == 2
    assert main(["impact", "dbb"]) == 2
    assert "system db: Shared database" in capsys.readouterr().err
