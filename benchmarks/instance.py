"""The instance that is measured: a data folder of its own, made before and deleted afterwards, and states to return to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

AGENCIES = 80
APPS = ("lake", "indicators", "records")
"""The apps whose tables, together with the lake's folder, make up a state."""


@contextmanager
def temporary_instance(*, tree: bool = True) -> Iterator[Path]:
    """Make an instance in a temporary folder, with an organization tree or empty, and delete it whatever happens."""
    home = Path(tempfile.mkdtemp(prefix="stateworks-bench-"))
    for name in ("STATEWORKS_LAKE", "DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ.pop(name, None)
    os.environ["STATEWORKS_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "stateworks.config.settings"
    try:
        import django

        django.setup()
        from stateworks.config.installation import install

        install(home, lambda _line: None)
        if tree:
            _organizations()
        yield home
    finally:
        _destroy(home)


def _destroy(home: Path) -> None:
    from django.db import connections

    from stateworks.config.postgres import server

    connections.close_all()
    server(home).destroy()
    shutil.rmtree(home, ignore_errors=True)


def agency_name(at: int) -> str:
    """Return the name by which tickets know an agency."""
    return f"Bureau of Matter {at:03}"


def _organizations() -> None:
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.org.models import Organization, OrganizationKind

    with entered(SYSTEM):
        state = Organization.objects.create(code="state", name="The State", kind=OrganizationKind.STATE)
        for at in range(AGENCIES):
            Organization.objects.create(
                code=f"bureau-{at:03}", name=agency_name(at), kind=OrganizationKind.AGENCY, parent=state
            )


# -- states


def empty() -> None:
    """Forget every dataset, import and run."""
    from django.conf import settings
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {', '.join(_tables())}")
    connections["owner"].close()
    shutil.rmtree(settings.LAKE_ROOT, ignore_errors=True)
    settings.LAKE_ROOT.mkdir(parents=True)


def keep(name: str) -> None:
    """Note the state of lake, imports and runs under a name."""
    from django.conf import settings
    from django.db import connections

    folder = _state(name)
    folder.mkdir(parents=True)
    # Files of the lake are never changed once written, so that a second name for each is a copy.
    shutil.copytree(settings.LAKE_ROOT, folder / "lake", copy_function=os.link)
    with connections["owner"].cursor() as cursor:
        for table in _tables():
            with (folder / f"{table}.copy").open("wb") as out, cursor.copy(f"COPY {table} TO STDOUT") as copy:
                for block in copy:
                    out.write(block)
    connections["owner"].close()


def kept(name: str) -> bool:
    """Tell whether there is a state of this name."""
    return _state(name).is_dir()


def restore(name: str) -> None:
    """Go back to a kept state."""
    from django.conf import settings
    from django.db import connections

    empty()
    settings.LAKE_ROOT.rmdir()
    shutil.copytree(_state(name) / "lake", settings.LAKE_ROOT, copy_function=os.link)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table in _tables():
            with (
                (_state(name) / f"{table}.copy").open("rb") as rows,
                cursor.copy(f"COPY {table} FROM STDIN") as copy,
            ):
                while block := rows.read(1 << 20):
                    copy.write(block)
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(_tables())}")
    connections["owner"].close()


def _state(name: str) -> Path:
    from django.conf import settings

    return Path(settings.STATEWORKS_HOME) / "states" / name


def _tables() -> list[str]:
    from django.apps import apps

    return [
        str(model._meta.db_table)
        for label in APPS
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]


def command(*arguments: str) -> subprocess.Popen[str]:
    """Start the `stateworks` command on the instance."""
    return subprocess.Popen(
        [str(Path(sys.executable).with_name("stateworks")), *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
