"""The instance that all kills have in common; each activity takes it as the one before left it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.standing import Standing
from tests.instances import instance


@pytest.fixture(scope="session")
def standing() -> Iterator[Standing]:
    """An instance with figures and an update log."""
    with instance("standing") as made:
        found = Standing(made)
        try:
            yield found
        finally:
            found.close()
