"""An import through a connector that dies on the way leaves nothing, and the next one does it all."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from stateworks.connectors.tests.conftest import AT
from stateworks.connectors.tests.files import BACKSTAGE
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.lake.models import Import, ImportState
from stateworks.kernel.records.connecting import import_connected
from stateworks.modules.inventory.models import Component, Dependency, Interface, System

VICTIM = """
import os, signal, sys
from datetime import datetime
import django
django.setup()
from django.db import connections
connections["default"].settings_dict["NAME"] = sys.argv[1]
from stateworks.kernel.records import connecting
left = int(sys.argv[3])
load = connecting._Load._part
def part(self, dataset, found):
    global left
    done = load(self, dataset, found)
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return done
connecting._Load._part = part
connecting.import_connected("backstage", sys.argv[2], by=None, at=datetime.fromisoformat(sys.argv[4]))
"""


def numbers() -> tuple[int, ...]:
    with entered(SYSTEM):
        return tuple(model._default_manager.count() for model in (System, Component, Interface, Dependency))


@pytest.mark.django_db(transaction=True)
def test_an_import_killed_after_any_dataset_leaves_nothing(world: None, tmp_path: Path) -> None:
    path = tmp_path / "catalog-info.yaml"
    path.write_text(BACKSTAGE)
    before = numbers()
    for after in (1, 3, 5):
        name = str(connection.settings_dict["NAME"])
        victim = subprocess.run(
            [sys.executable, "-c", VICTIM, name, str(path), str(after), AT.isoformat()],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "stateworks.config.settings", "PYTHONWARNINGS": "ignore"},
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert victim.returncode == -signal.SIGKILL, victim.stderr
        assert numbers() == before
    done = import_connected("backstage", path, by=None, at=AT + dt.timedelta(minutes=10))
    assert numbers() == tuple(had + new for had, new in zip(before, (2, 2, 1, 3), strict=True))
    with entered(SYSTEM):
        assert set(Import.objects.exclude(pk=done.pk).values_list("state", flat=True)) == {ImportState.FAILED}
