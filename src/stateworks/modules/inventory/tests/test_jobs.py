"""The rules are checked by a worker, too."""

from __future__ import annotations

import pytest

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.jobs.kinds import habits
from stateworks.kernel.jobs.models import Job
from stateworks.kernel.jobs.queue import enqueue
from stateworks.kernel.jobs.worker import Worker
from stateworks.modules.inventory.jobs import RULES
from stateworks.modules.inventory.models import Finding
from stateworks.modules.inventory.rules import load_bundled
from stateworks.modules.inventory.tests.conftest import AT


@pytest.mark.django_db(transaction=True)
def test_a_worker_checks_the_rules_once_however_often_it_is_asked(room: object) -> None:
    assert (RULES, "weekday") in {(one.kind, one.every) for one in habits()}
    with entered(SYSTEM):
        load_bundled(by=None, at=AT)
    found = []
    for _ in range(2):
        with entered(SYSTEM):
            enqueue(RULES, RULES, {}, by=None, at=AT)
        assert Worker(clock=lambda: AT, regular=False).run(until_empty=True) == 1
        with entered(SYSTEM):
            job = Job.objects.latest("pk")
            assert job.state == "done", job.error
            found.append(Finding.objects.count())
    assert found[0] == found[1] > 0
