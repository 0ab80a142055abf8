"""Fixtures that every test has, here and in the modules' own rooms.

They must stand in a conftest file: in a plugin, pytest-django's fixture of the same name would win.
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from stateworks.config.testing import django_db_setup, own_lake

# No test depends on seconds. Where a change is judged the examples are the same each time; elsewhere they are new ones.
settings.register_profile("new examples", deadline=None)
settings.register_profile("same examples", deadline=None, derandomize=True)
# The browser's driver leaves an event loop in the main thread, which Django would take for an asynchronous caller.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
settings.load_profile("same examples" if os.environ.get("CI") else "new examples")


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real cluster of a master and two workers with Spark started on it, for all tests; yields the master's address.

    Starting takes longer than any test, so the engines that tests open share this Spark, each with views of its own.
    """
    from benchmarks.cluster import cluster, options
    from django.test import override_settings

    from stateworks.kernel.lake.engines import open_engine

    with (
        cluster(tmp_path_factory.mktemp("spark")) as address,
        override_settings(SPARK_MASTER=address, SPARK_OPTIONS=options(), SPARK_LAKE=""),
        open_engine("spark"),
    ):
        yield address


__all__ = ["django_db_setup", "own_lake"]
