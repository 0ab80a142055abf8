"""Settings from the environment, and a PostgreSQL server of one's own."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.exceptions import ImproperlyConfigured

from stateworks.config import environment
from stateworks.config.postgres import APP, DATABASE, OWNER, Server

COMMAND = str(Path(sys.executable).with_name("stateworks"))


def test_an_address_is_read_with_every_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "DATABASE_URL", "postgresql://an%40user:p%2Fw@db.example.gov:6543/state%20works?sslmode=require"
    )
    assert environment.from_url(environment.DATABASE_URL) == {
        "ENGINE": "django.db.backends.postgresql", "NAME": "state works", "USER": "an@user", "PASSWORD": "p/w",
        "HOST": "db.example.gov", "PORT": "6543", "OPTIONS": {"sslmode": "require"},
    }  # fmt: skip


@pytest.mark.parametrize("value", ["mysql://a/b", "postgresql://host", "nonsense", "postgresql://h:port/b"])
def test_a_wrong_address_is_refused_without_showing_it(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("DATABASE_URL", value)
    with pytest.raises(ImproperlyConfigured, match="write it as postgresql://") as refused:
        environment.from_url(environment.DATABASE_URL)
    assert value not in str(refused.value)


def test_mail_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_URL", "smtp://me:pw@mail.example.gov:587?tls=yes")
    found = environment.email()
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_TLS"]) == (
        "mail.example.gov",
        587,
        True,
    )
    monkeypatch.setenv("EMAIL_URL", "mail.example.gov")
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        environment.email()


def test_the_secret_key_is_made_once_and_for_us_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STATEWORKS_SECRET_KEY", raising=False)
    key = environment.secret_key(tmp_path)
    assert len(key) > 50
    assert environment.secret_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    monkeypatch.setenv("STATEWORKS_SECRET_KEY", "mine")
    assert environment.secret_key(tmp_path) == "mine"


# -- a server that is not ours: an embedded one of another folder plays it


@pytest.fixture
def foreign() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="stateworks-foreign-"))
    server = Server(folder)
    server.start()
    yield server
    server.destroy()
    shutil.rmtree(folder)


def address(server: Server, role: str) -> str:
    login = server.login(role)
    return f"postgresql://{role}:{login.password}@/{DATABASE}?host={quote(login.host)}"


def stateworks(home: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("STATEWORKS_", "DJANGO_"))
    }
    return subprocess.run(
        [COMMAND, *arguments],
        env={**kept, "STATEWORKS_HOME": str(home), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_server_with_two_roles(foreign: Server, tmp_path: Path) -> None:
    variables = {"DATABASE_URL": address(foreign, APP), "DATABASE_OWNER_URL": address(foreign, OWNER)}
    done = stateworks(tmp_path, "init", "--format", "json", **variables)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["database"] == "the server at DATABASE_URL"
    assert not (tmp_path / "postgres").exists(), "no embedded server beside it"
    checks = json.loads(stateworks(tmp_path, "doctor", "--format", "json", **variables).stdout)["checks"]
    assert {check["check"]: check["ok"] for check in checks}["database role"]


def test_the_owner_alone_gets_a_role_without_power_to_run_as(foreign: Server, tmp_path: Path) -> None:
    foreign.stop()
    # What a database administrator would do; no process of ours knows the superuser's password.
    statements = f"DROP ROLE {APP};\nALTER ROLE {OWNER} CREATEROLE;\n"
    foreign._run("postgres", "--single", "-D", str(foreign.data), "postgres", text=statements)
    variables = {"DATABASE_URL": address(foreign, OWNER)}
    done = stateworks(tmp_path, "init", **variables)
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE((tmp_path / "database.json").stat().st_mode) == 0o600
    checks = json.loads(stateworks(tmp_path, "doctor", "--format", "json", **variables).stdout)["checks"]
    found = {check["check"]: check["found"] for check in checks}
    assert found["database"].endswith(f"as {DATABASE}_app")
    assert {check["check"]: check["ok"] for check in checks}["database role"]


def test_an_owner_that_may_make_no_role_is_told_what_to_do(foreign: Server, tmp_path: Path) -> None:
    done = stateworks(tmp_path, "init", DATABASE_URL=address(foreign, OWNER))
    assert done.returncode == 2
    assert "DATABASE_OWNER_URL" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_server_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    done = stateworks(tmp_path, "init", DATABASE_URL="postgresql://a:secret-word@127.0.0.1:1/b")
    assert done.returncode == 2
    assert done.stderr.startswith("The database cannot be used: ")
    assert "secret-word" not in done.stderr
