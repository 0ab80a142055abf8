"""The small office that page tests read; built once a module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from stateworks.web.tests.office import Office, built


@pytest.fixture(scope="module")
def whole_office(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """The office, in a transaction of the module's own."""
    with django_db_blocker.unblock(), built(tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.fixture
def office(whole_office: Office, own_lake: None, db: None, settings: Any) -> Office:
    """The office for one test, whose writes are undone after it."""
    settings.LAKE_ROOT, settings.MEDIA_ROOT = whole_office.lake, whole_office.files
    return whole_office
