"""Instances of their own for tests that destroy one: commands run in processes, as an operator would run them."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from stateworks.config.postgres import APP, DATABASE, OWNER, Server
from tests.architecture.sources import ROOT

SCRIPT = "tests.instance_process"
KEPT = ("HOME", "LANG", "TMPDIR", "PATH")
SAMPLES = ROOT / "docs" / "samples"
STORY = (
    ["init"],
    ["data", "import", "office.organization", str(ROOT / "plans" / "organizations-louisiana.csv")],
    ["plan", "load", "PLAN"],
    ["data", "import", "desk.ticket", str(SAMPLES / "riverton-tickets.csv"), "--mapping",
     str(SAMPLES / "riverton-tickets.yaml")],
    ["indicators", "run", "--plan", "riverton", "--as-of", "2026-10-31"],
)  # fmt: skip


@dataclass
class Answer:
    """What a process of commands said: the status and the output of each, and what went to stderr."""

    status: list[int]
    output: list[str]
    errors: str

    @property
    def said(self) -> Any:
        """The JSON that the last command printed."""
        return json.loads(self.output[-1])


@dataclass
class Instance:
    """A data folder, and what the environment says about it."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *commands: list[str], **more: str | int) -> Answer:
        """Run commands one after the other in one process; `die_at` kills it at a place, see instance_process."""
        done = self.started(*commands, **more)
        out, errors = done.communicate(timeout=600)
        if done.returncode == -signal.SIGKILL:
            return Answer([-signal.SIGKILL], [], errors)
        assert done.returncode == 0, errors
        told = [json.loads(line) for line in out.splitlines() if line.startswith('{"status"')]
        return Answer([one["status"] for one in told], [one["output"] for one in told], errors)

    def started(self, *commands: list[str], **more: str | int) -> subprocess.Popen[str]:
        """Start a process of commands and go on."""
        return subprocess.Popen(
            [sys.executable, "-m", SCRIPT, json.dumps({"commands": commands, **more})], env=self.variables(),
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def variables(self) -> dict[str, str]:
        """Return the environment of its processes."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        return {**kept, "STATEWORKS_HOME": str(self.home), "PYTHONWARNINGS": "ignore", **self.environment}

    def built(self) -> Answer:
        """Make the instance with a plan, tickets and figures: those of the command-line story."""
        plan = self.home.with_name(self.home.name + "-plan.yaml")
        draft = [
            "plan",
            "import",
            str(SAMPLES / "riverton-plan.txt"),
            "--format",
            "yaml",
            "--slug",
            "riverton",
        ]
        commands = [[str(plan) if part == "PLAN" else part for part in one] for one in STORY]
        self.run([*draft, "-o", str(plan)])
        bound = plan.read_text().replace(
            "goal: At least 75%\n",
            "goal: At least 75%\n          measure: desk.first_contact_resolution\n",
            1,
        )
        indent = next(line for line in bound.splitlines() if "goal: At least 75%" in line).partition("goal")[
            0
        ]
        plan.write_text(bound.replace(" " * 10 + "measure:", f"{indent}measure:", 1))
        done = self.run(*commands)
        plan.unlink()
        assert done.status == [0, 0, 0, 1, 0], done.errors
        return done

    def connect(self, role: str = OWNER) -> psycopg.Connection[tuple[Any, ...]]:
        """Connect to the embedded database."""
        login = Server(self.home).login(role)
        return psycopg.connect(
            host=login.host, port=login.port, user=login.user, password=login.password, dbname=DATABASE
        )

    def destroy(self) -> None:
        """Delete everything, database, lake, files and secrets."""
        if self.home.exists():
            Server(self.home).destroy()
        shutil.rmtree(self.home, ignore_errors=True)


@contextmanager
def instance(name: str) -> Iterator[Instance]:
    """An instance that is not made yet, in a folder with a short path, deleted at the end."""
    folder = Path(tempfile.mkdtemp(prefix="stateworks-"))
    made = Instance(folder / name)
    try:
        yield made
    finally:
        made.destroy()
        shutil.rmtree(folder, ignore_errors=True)


CATALOGUE = (
    "SELECT relname, relkind::text, relrowsecurity, relforcerowsecurity, array(SELECT unnest(coalesce(relacl, "
    "acldefault(CASE relkind WHEN 'S' THEN 's'::\"char\" ELSE 'r'::\"char\" END, relowner)))::text ORDER BY 1) FROM pg_class "
    "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'v') ORDER BY 1",
    "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default, is_identity "
    "FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
    "SELECT polname, polrelid::regclass::text, polcmd::text, pg_get_expr(polqual, polrelid), "
    "pg_get_expr(polwithcheck, polrelid) FROM pg_policy ORDER BY 2, 1",
    "SELECT tgname, tgenabled::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 3",
    "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace "
    "AND contype <> 'n' ORDER BY 1, 2",
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    "SELECT oid::regprocedure::text, prosecdef, md5(prosrc), array(SELECT unnest(coalesce(proacl, acldefault('f', proowner)))"
    "::text ORDER BY 1) FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
    "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1",
    "SELECT defaclobjtype::text, defaclacl::text FROM pg_default_acl ORDER BY 1",
)
"""What a database consists of beside its rows: tables with rights and row security, columns, policies, triggers, constraints,
indexes, functions with rights, sequences, default rights."""


def catalogue(
    connection: psycopg.Connection[tuple[Any, ...]], owner: str = OWNER, app: str = APP
) -> list[tuple[str, ...]]:
    """Return all of it, to compare, with the roles under names that hold everywhere."""
    return [
        tuple(_plain(cell, owner, app) for cell in row)
        for query in CATALOGUE
        for row in connection.execute(query).fetchall()  # type: ignore[arg-type]
    ]


def _plain(cell: Any, owner: str, app: str) -> str:
    if isinstance(cell, list):
        return str(sorted(_plain(one, owner, app) for one in cell))
    text = str(cell).replace(owner, "OWNER").replace(app, "APP")
    # PostgreSQL writes the casts of a list of texts in one way when it is new, and in another when it was read back.
    return re.sub(r"::(text|character varying)|[()\[\]\s]", "", text)


def rows(connection: psycopg.Connection[tuple[Any, ...]]) -> dict[str, int]:
    """Count the rows of every table."""
    names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {
        name: connection.execute(f'SELECT count(*) FROM public."{name}"').fetchall()[0][0]  # type: ignore[arg-type]
        for (name,) in names
    }
