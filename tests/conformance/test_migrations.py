"""Migrations done in one go leave the same database as Django's way, operation by operation."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.db import connection, migrations, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from stateworks.config.management.commands.migrate import OthersFirst
from stateworks.kernel.migrating import AtOnce, check_at_once
from tests.architecture.sources import ROOT
from tests.instances import catalogue, instance

ONE_BY_ONE = """
from stateworks.cli.instance import open_django
from stateworks.cli.main import main
open_django()
from django.core.management.commands import migrate
from stateworks.config.management.commands import migrate as ours
from stateworks.kernel.migrating import AtOnce
del AtOnce.apply
ours.Command = migrate.Command
raise SystemExit(main(["init"]))
"""


def migration(*operations: object) -> AtOnce:
    """Return a migration of these operations."""
    made = AtOnce("0001_tried", "tried")
    made.operations = list(operations)
    return made


def test_each_can_be_done_at_once() -> None:
    found = [one for one in MigrationLoader(None).disk_migrations.values() if isinstance(one, AtOnce)]
    assert len(found) > 10
    for one in found:
        check_at_once(one)


def test_what_needs_the_state_between_is_refused() -> None:
    field = models.IntegerField(null=True)
    made = migrations.CreateModel("Thing", [("id", models.BigAutoField(primary_key=True))])
    check_at_once(
        migration(
            made, migrations.AddField("thing", "size", field), migrations.AlterField("thing", "size", field)
        )
    )
    with pytest.raises(ValueError, match=r"thing\.size is changed twice"):
        check_at_once(
            migration(
                migrations.AddField("thing", "size", field), migrations.AlterField("thing", "size", field)
            )
        )
    with pytest.raises(ValueError, match="needs what is between"):
        check_at_once(migration(migrations.RunPython(migrations.RunPython.noop)))


@pytest.mark.django_db
def test_other_packages_come_first_and_each_after_what_it_needs() -> None:
    django = MigrationExecutor(connection)
    targets = django.loader.graph.leaf_nodes()
    usual = django.migration_plan(targets, clean_start=True)
    plan = [one for one, _ in OthersFirst(connection).migration_plan(targets, clean_start=True)]
    assert {one for one, _ in usual} == set(plan) and len(usual) == len(plan)
    place = {(one.app_label, one.name): at for at, one in enumerate(plan)}
    for one in plan:
        needed = [place[key] for key in one.dependencies if key in place]
        assert all(at < place[one.app_label, one.name] for at in needed), one
    modules = [at for at, one in enumerate(plan) if one.__module__.startswith("stateworks.modules.")]
    others = [at for at, one in enumerate(plan) if not one.__module__.startswith("stateworks.")]
    assert max(others) < min(modules)


@pytest.mark.full
@pytest.mark.minutes(5)
@pytest.mark.timeout(600)
def test_an_instance_made_one_by_one_is_the_same() -> None:
    with instance("at-once") as quick, instance("one-by-one") as slow:
        assert quick.run(["init"]).status == [0]
        subprocess.run(
            [sys.executable, "-c", ONE_BY_ONE],
            env=slow.variables(),
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        with quick.connect() as made:
            found = catalogue(made)
        with slow.connect() as made:
            assert found == catalogue(made)
