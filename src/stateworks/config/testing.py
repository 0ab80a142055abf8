"""The instance that tests run in: a data folder of their own and real PostgreSQL with the product's two roles.

Loaded by pytest itself (see `addopts` in pyproject.toml), since the settings are read before any conftest file.
Tests run as the app role: what row-level security hides from the product is hidden from them as well.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from stateworks.config import testing_tables

TEMPORARY_HOME = "STATEWORKS_TEST_TEMPORARY_HOME"


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """Choose the data folder before anything reads the settings: the one the environment names, or a temporary one."""
    from stateworks.config.postgres import server

    os.environ.pop("STATEWORKS_LAKE", None)
    # Of several processes that share the tests each has an instance of its own, so that none restarts another's.
    beside_others = TEMPORARY_HOME in os.environ and "PYTEST_XDIST_WORKER" in os.environ
    if beside_others or not os.environ.get("STATEWORKS_HOME"):
        home = tempfile.mkdtemp(prefix="stateworks-test-")
        os.environ["STATEWORKS_HOME"] = os.environ[TEMPORARY_HOME] = home
        server(Path(home), durable=False)
    yield


def pytest_report_header() -> str:
    """Say where the run keeps its database."""
    return f"data folder: {os.environ['STATEWORKS_HOME']}"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Delete the temporary data folder, and its server with it."""
    home = os.environ.pop(TEMPORARY_HOME, None)
    if home is None:
        return
    from stateworks.config.postgres import server

    server(Path(home)).destroy()
    shutil.rmtree(home, ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes the most minutes: last, it would keep one process busy while the others have ended."""
    items.sort(key=lambda one: -sum(mark.args[0] for mark in one.iter_markers("minutes")))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep a file's tests in one process, and all that look at the served demo, which is made once for them."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return "tests/browser" if file.startswith("tests/browser/") else file

    # In the order in which they are found, not the files with most tests first: those with few, which start servers and kill
    # them, take longest, and at the end one process would be busy with them and the others idle.
    config.option.loadscopereorder = False
    return ByFile(config, log)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the tables that the tests filled."""
    testing_tables.write(terminalreporter)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
    django_db_use_migrations: bool,
) -> Iterator[None]:
    """Make the test database as the owner; let `default` use it as the app role."""
    from django.core.management.commands import flush
    from django.db import connections
    from pytest_django.fixtures import _disable_migrations

    if not django_db_use_migrations:
        _disable_migrations()

    owner, app = connections["owner"], connections["default"]
    former = owner.settings_dict["NAME"]
    with django_db_blocker.unblock():
        name = owner.creation.create_test_db(
            verbosity=0, autoclobber=True, serialize=False, keepdb=django_db_keepdb
        )
        app.close()
        app.settings_dict["NAME"] = name
        app.ops.execute_sql_flush = _flush_as_owner  # type: ignore[assignment, method-assign]
        # What follows a migration makes search functions and the like anew; emptied tables are the same tables.
        flush.emit_post_migrate_signal = lambda *_, **__: None  # type: ignore[attr-defined]
    yield
    with django_db_blocker.unblock():
        app.close()
        owner.creation.destroy_test_db(former, verbosity=0, keepdb=django_db_keepdb)
        app.settings_dict["NAME"] = former


KEPT = {"auth_permission", "django_content_type"}
"""Tables whose rows Django makes from what is installed; as long as they stay, nothing need follow an emptied database."""
LARGE = 4 * 1024**2
"""Bytes from which on a table is thrown away sooner than its rows are deleted."""


def _flush_as_owner(statements: Iterable[str]) -> None:
    """Empty the tables after a test that committed, which the app role has no right to do.

    Only those that have rows: to truncate two hundred tables takes a second. Triggers that protect append-only tables are
    passed over: here nothing is to be kept.
    """
    import psycopg
    from django.db import connections
    from psycopg import sql

    tables = sorted({name for one in statements for name in re.findall(r'"([^"]+)"', one)} - KEPT)
    if not tables:
        return
    # Not through Django, which keeps tests from a database that they have not asked for.
    parameters = connections["owner"].get_connection_params()
    parameters = {name: parameters[name] for name in ("host", "port", "user", "password", "dbname")}
    with psycopg.connect(**parameters) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        asked = sql.SQL("SELECT {0}, pg_relation_size({0}) WHERE EXISTS (SELECT FROM {1})")
        full = sql.SQL(" UNION ALL ").join(asked.format(name, sql.Identifier(name)) for name in tables)
        for name, size in connection.execute(full).fetchall():
            emptied = "TRUNCATE {} CASCADE" if size > LARGE else "DELETE FROM {}"
            connection.execute(sql.SQL(emptied).format(sql.Identifier(name)))


@pytest.fixture(autouse=True)
def own_lake(settings: Any, tmp_path: Path) -> None:
    """Give each test a lake and a folder for files of its own."""
    settings.LAKE_ROOT = tmp_path / "lake"
    settings.MEDIA_ROOT = tmp_path / "files"
