"""What tests of indicators share: the visits dataset, made known for the test alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stateworks.kernel.lake import contracts


@pytest.fixture
def declared() -> Iterator[None]:
    """Know the visits dataset and its measures for one test."""
    from stateworks.kernel.indicators import measures
    from stateworks.kernel.indicators.tests import visits

    visits.declare()
    before = dict(measures._measures)
    measures._measures.update(visits.MEASURES)
    yield
    measures._measures.clear()
    measures._measures.update(before)
    contracts._contracts.pop(visits.DATASET, None)


@pytest.fixture
def visits(declared: None, db: None) -> Iterator[None]:
    """Know the visits dataset, in the scope that sees everything."""
    from stateworks.kernel.access.scope import SYSTEM, entered

    with entered(SYSTEM):
        yield
