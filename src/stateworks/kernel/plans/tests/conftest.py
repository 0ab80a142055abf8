"""What tests of plans share: the scope in which commands and jobs run, and three people."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stateworks.kernel.access.models import Account
from stateworks.kernel.access.scope import SYSTEM, entered


@pytest.fixture
def system(db: None) -> Iterator[None]:
    """Run the test as the command line does: in one transaction that sees everything."""
    with entered(SYSTEM):
        yield


@pytest.fixture
def owner(system: None) -> Account:
    return Account.objects.create_user("owner@riverton.test", name="Ona Owner")


@pytest.fixture
def other(system: None) -> Account:
    return Account.objects.create_user("other@riverton.test", name="Otto Other")
