"""What tests of indicators share: the visits dataset, made known for the test alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stateworks.kernel.lake import contracts


@pytest.fixture
def visits(db: None) -> Iterator[None]:
    """Know the visits dataset, in the scope that sees everything."""
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.indicators.tests import visits as declared

    declared.declare()
    with entered(SYSTEM):
        yield
    contracts._contracts.pop(declared.DATASET, None)
