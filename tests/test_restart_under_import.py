"""PostgreSQL is restarted while an import is at work: the import fails with a word, and loading again loads all, once."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from stateworks.config.postgres import server
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.lake.intake import import_feed
from stateworks.kernel.lake.models import Dataset, Import, ImportState
from stateworks.kernel.lake.progress import LEASE
from stateworks.kernel.lake.read import Reader
from stateworks.modules.desk import feeds
from stateworks.modules.desk.tests.importer_process import Importer

AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
LOG = Path(feeds.__file__).parent / "samples" / "servicenow_incident_updates.csv"


def restart() -> None:
    """Stop the server whoever uses it, and start it again."""
    for connection in connections.all():
        connection.close()
    if settings.DATABASES["default"]["ENGINE"] == "stateworks.config.embedded":
        embedded = server(settings.STATEWORKS_HOME)
        embedded.stop()
        embedded.start()
        return
    # A server that is not ours is not ours to stop: all its connections are cut instead.
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [connections["default"].settings_dict["NAME"]],
        )


def until(condition: Callable[[], bool]) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it never came to that")


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95], ids=["reading", "writing", "publishing"])
def test_a_restart_in_the_middle_of_an_import(transactional_db: None, tmp_path: Path, share: float) -> None:
    importer = Importer()
    try:
        probe = tmp_path / "probe.csv"
        probe.write_text("\n".join(LOG.read_text().splitlines()[:4]) + "\n")
        importer.send(probe, "servicenow-incidents", AT)
        places = importer.answer()["places"]

        flag = tmp_path / "waiting"
        importer.send(LOG, "servicenow-incidents", AT, wait_at=round(places * share), flag=str(flag))
        until(flag.exists)
        restart()
        flag.unlink()
        assert "failed" in importer.answer()
    finally:
        importer.close()
    # Nothing of the interrupted import is seen: the ticket of the first one is all there is.
    assert numbers() == ["INC9000001"] * 3

    done = import_feed(
        "desk.event", LOG, mapping="servicenow-incidents", by=None, at=AT + LEASE + timedelta(minutes=1)
    )
    assert (done.read, done.inserted, done.unchanged, done.quarantined) == (22, 16, 4, 2)
    assert len(numbers()) == 19
    assert Dataset.objects.get(name="desk.event").rows == 19
    assert Import.objects.filter(state=ImportState.FAILED).count() == 1


def numbers() -> list[str]:
    with entered(SYSTEM) as scope, Reader("desk.event", scope=scope) as reader:
        return sorted(row["number"] for row in reader.rows(columns=["number"]))
