"""What Prometheus is told, and who is told it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from stateworks.config import metrics, noted
from stateworks.kernel.access.scope import SYSTEM, entered


def asked(**headers: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """Return each sample's value by its name and its labels' values."""
    answer = Client().get("/metrics", headers=headers)
    assert answer.status_code == 200
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


@pytest.mark.django_db
def test_requests_are_counted_by_page_method_and_status() -> None:
    before = asked()
    for address in ("/accounts/login/", "/accounts/login/", "/no-such-page/jane"):
        Client().get(address)
    Client().generic("BREW", "/accounts/login/")
    after = asked()
    changed = {key: after[key] - before.get(key, 0) for key in after if key[0] == "stateworks_requests_total"}
    assert {key[1]: n for key, n in changed.items() if n} == {
        ("GET", "200", "account_login"): 2, ("GET", "404", "none"): 1, ("other", "405", "none"): 1,
    }  # fmt: skip
    seconds = ("stateworks_request_seconds_count", ("account_login",))
    assert after[seconds] - before.get(seconds, 0) == 2


@pytest.mark.django_db
def test_the_state_of_jobs_data_and_runs(settings: Any, tmp_path: Any) -> None:
    settings.STATEWORKS_HOME = tmp_path
    metrics._measured = (0.0, 0)
    now = timezone.now()
    with entered(SYSTEM):
        _filled(now)
    settings.LAKE_ROOT.mkdir(parents=True)
    (settings.LAKE_ROOT / "file.parquet").write_bytes(b"x" * 1234)
    noted.write("verify", now, checked=94, different=2)
    noted.write("backup", now, path="/backups/one")
    told = asked()
    expected = {
        ("stateworks_database_up", ()): 1, ("stateworks_jobs", ("waiting",)): 2, ("stateworks_jobs", ("done",)): 1,
        ("stateworks_jobs", ("failed",)): 0, ("stateworks_imports", ("done",)): 1, ("stateworks_worker_alive", ()): 0,
        ("stateworks_quarantined_rows", ("desk.ticket",)): 2, ("stateworks_dataset_rows", ("desk.ticket",)): 42,
        ("stateworks_lake_bytes", ()): 1234, ("stateworks_verify_differences", ()): 2,
        ("stateworks_backup_timestamp", ()): now.timestamp(),
    }  # fmt: skip
    assert {key: told[key] for key in expected} == pytest.approx(expected)
    assert 300 <= told[("stateworks_oldest_waiting_job_seconds", ())] < 360
    assert 7200 <= told[("stateworks_dataset_age_seconds", ("desk.ticket",))] < 7260
    assert told[("stateworks_database_connections", ())] >= 1
    assert told[("stateworks_database_bytes", ())] > 1_000_000


def _filled(now: datetime) -> None:
    from stateworks.kernel.jobs.models import Job
    from stateworks.kernel.lake.models import Dataset, Import, QuarantinedRow

    for minutes, state in ((5, "waiting"), (2, "waiting"), (9, "done")):
        at = now - timedelta(minutes=minutes)
        Job.objects.create(kind="k", subject=f"s{minutes}", state=state, asked_at=at, not_before=at)
    Dataset.objects.create(
        name="desk.ticket", kind="feed", version=3, rows=42, fresh_at=now - timedelta(hours=2)
    )
    load = Import.objects.create(
        dataset="desk.ticket", source="s", filename="f", sha256="0", state="done", started_at=now
    )
    for row, dismissed in ((1, None), (2, None), (3, now)):
        QuarantinedRow.objects.create(
            made_by=load, dataset="desk.ticket", source="s", row=row, code="c", reason="r", values={},
            dismissed_at=dismissed,
        )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "headers", "seen"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("203.0.113.9", {}, False),
        # A proxy on the same machine brings strangers.
        ("127.0.0.1", {"x-forwarded-for": "203.0.113.9"}, False),
        ("127.0.0.1", {"forwarded": "for=203.0.113.9"}, False),
    ],
)
def test_without_a_token_only_the_machine_itself_sees_them(
    address: str, headers: dict[str, str], seen: bool
) -> None:
    answer = Client(REMOTE_ADDR=address).get("/metrics", headers=headers)
    assert (answer.status_code == 200) is seen
    assert (b"stateworks_jobs" in answer.content) is seen


@pytest.mark.django_db
def test_with_a_token_who_knows_it_sees_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATEWORKS_METRICS_TOKEN", "a-long-token")
    far = Client(REMOTE_ADDR="203.0.113.9")
    assert far.get("/metrics", headers={"authorization": "Bearer a-long-token"}).status_code == 200
    for wrong in ({}, {"authorization": "Bearer a-long-toke"}, {"authorization": "a-long-token"}):
        assert far.get("/metrics", headers=wrong).status_code == 404
    assert Client().get("/metrics").status_code == 404, "the token holds for the machine, too"
