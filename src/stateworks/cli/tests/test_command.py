"""The command from an empty folder to a running site: what it prints, and its exit status."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import pytest

from stateworks.cli.tests.conftest import COMMAND, Shell
from stateworks.config.postgres import Server

STARTED = "import django; from stateworks.config.wsgi import application"
"""What every process of the site does before it can answer: the measure for what a command may take on any machine."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def seconds_of_work(pid: int) -> float:
    """Return the processor's time that a process and those it has waited for have used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


@pytest.fixture(scope="module")
def started(shell: Shell) -> float:
    """The processor's seconds that bringing up the program takes here and now."""
    return work_of([sys.executable, "-c", STARTED], shell.variables())


def work_of(command: Sequence[str], variables: dict[str, str]) -> float:
    """Return the processor's seconds of a command that ends well: the least of three, as others share the machine."""
    took = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, env=variables, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(took)


def test_help_comes_at_once(shell: Shell, started: float) -> None:
    assert "serve" in shell.run("--help").stdout
    helped = work_of([*COMMAND, "--help"], shell.variables())
    assert helped < started / 4


def test_help_loads_nothing_heavy(shell: Shell) -> None:
    code = "import stateworks.cli.main, sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", code], env=shell.variables(), capture_output=True, text=True, check=True
    )
    heavy = {
        "altair",
        "dataframely",
        "deltalake",
        "duckdb",
        "ibis",
        "numpy",
        "pandas",
        "polars",
        "pyarrow",
        "pyspark",
        "scipy",
    }
    assert not heavy & set(done.stdout.split())


def test_version(shell: Shell) -> None:
    from stateworks import __version__

    assert shell.run("--version").stdout.strip() == __version__


def test_a_wrong_command_is_one_sentence_and_status_2(shell: Shell) -> None:
    done = shell.run("inti")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "No such command 'inti'; see --help.\n" or "Did you mean" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_serving_before_init_is_refused(shell: Shell) -> None:
    done = shell.run("serve", "--port", str(free_port()))
    assert done.returncode == 2
    assert "run `stateworks init` first" in done.stderr


def test_init_makes_the_instance_and_may_be_repeated(shell: Shell) -> None:
    first = json.loads(shell.run("init", "--format", "json").stdout)
    assert first["changes_applied"] > 20
    again = shell.run("init", "--format", "json")
    assert again.returncode == 0
    assert json.loads(again.stdout)["changes_applied"] == 0


def test_doctor_lists_every_setting_and_tells_no_secret(shell: Shell) -> None:
    from stateworks.config import environment

    shell.environment = {
        "STATEWORKS_SECRET_KEY": "do-not-show-me",
        "EMAIL_URL": "smtp://u:do-not-show-me@127.0.0.1:25",
    }
    done = shell.run("doctor", "--format", "json")
    shell.environment = {}
    found = json.loads(done.stdout)
    assert {setting["name"] for setting in found["settings"]} == {
        variable.name for variable in environment.ALL
    }
    assert "do-not-show-me" not in done.stdout
    levels = {check["check"]: check["level"] for check in found["checks"]}
    # Nobody listens where the mail server is said to be; everything else is well.
    assert levels.pop("mail") == "warning" and set(levels.values()) == {"ok"}
    assert {
        "settings", "restore", "permissions", "disk", "database", "database settings", "database changes",
        "database role", "clock", "worker", "backup", "verification", "proxies", "sign-in", "page design", "Spark",
    } == set(levels)  # fmt: skip
    assert done.returncode == 1
    assert all(bool(check["remedy"]) is not check["ok"] for check in found["checks"])


def test_doctor_is_content_with_a_new_instance(shell: Shell) -> None:
    assert shell.run("doctor").returncode == 0


def test_doctor_names_what_is_wrong_and_what_to_do(shell: Shell) -> None:
    key = shell.home / "secret.key"
    key.chmod(0o644)
    (shell.home / "last-backup.json").write_text('{"at": 1767225600, "path": "/backups/old"}')
    (shell.home / "last-verify.json").write_text('{"at": 1767225600, "checked": 94, "different": 2}')
    try:
        done = shell.run("doctor", "--format", "json")
    finally:
        key.chmod(0o600)
        (shell.home / "last-backup.json").unlink()
        (shell.home / "last-verify.json").unlink()
    found = {check["check"]: check for check in json.loads(done.stdout)["checks"] if not check["ok"]}
    assert {name: one["level"] for name, one in found.items()} == {
        "permissions": "error", "backup": "warning", "verification": "warning",
    }  # fmt: skip
    assert (
        "is open to others" in found["permissions"]["found"] and "chmod 600" in found["permissions"]["remedy"]
    )
    assert "days old (/backups/old)" in found["backup"]["found"]
    assert "2 differences" in found["verification"]["found"]
    assert done.returncode == 2


def test_doctor_finds_a_wrong_setting(shell: Shell) -> None:
    shell.environment = {"STATEWORKS_TIME_ZONE": "America/Nowhere"}
    done = shell.run("doctor", "--format", "json")
    shell.environment = {}
    assert done.returncode == 2
    assert not next(check for check in json.loads(done.stdout)["checks"] if check["check"] == "settings")[
        "ok"
    ]


def test_an_engine_that_cannot_be_opened_is_one_sentence_and_status_2(shell: Shell) -> None:
    # Whether pyspark is installed here or not: there is no Java in this folder.
    shell.environment = {"JAVA_HOME": str(shell.home)}
    for command in (("measure", "desk.reopen_rate"), ("verify",)):
        done = shell.run(*command, "--engine", "nonsense")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "There is no engine nonsense; the engines are duckdb and spark.\n"
    done = shell.run("measure", "desk.reopen_rate", "--engine", "spark")
    shell.environment = {}
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("The engine spark needs ")
    assert done.stderr.endswith(", or use `--engine duckdb`.\n")
    assert len(done.stderr.splitlines()) == 1


def test_a_setting_that_cannot_be_read_is_refused(shell: Shell) -> None:
    shell.environment = {"STATEWORKS_HTTPS": "perhaps"}
    done = shell.run("init")
    shell.environment = {}
    assert (done.returncode, done.stderr) == (2, "STATEWORKS_HTTPS is 'perhaps'; write yes or no.\n")


def test_serve_is_ready_soon_and_leaves_nothing_running(shell: Shell, started: float) -> None:
    port = free_port()
    site = shell.start("serve", "--port", str(port))
    assert site.stdout
    try:
        assert site.stdout.readline() == f"Stateworks is ready at http://127.0.0.1:{port}\n"
        assert seconds_of_work(site.pid) < 2.5 * started
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=10) as answer:
            assert json.load(answer)["status"] == "ok"
        worker_says(port, "ok")
        assert Server(shell.home).running()
        refused = shell.run("serve", "--port", str(port))
        assert (refused.returncode, "is not free" in refused.stderr) == (2, True)
    finally:
        site.send_signal(signal.SIGTERM)
        site.wait(timeout=30)
    assert not Server(shell.home).running()


def worker_says(port: int, word: str) -> None:
    """Wait until the site says this of its worker."""
    found = {}
    for _ in range(300):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=10) as answer:
            found = json.load(answer)
        if found["worker"] == word:
            return
        time.sleep(0.1)
    raise AssertionError(found)


def children(pid: int, word: str) -> list[int]:
    """Return the children of a process whose command has the word."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            command = (entry / "cmdline").read_text().split("\0")
        except (OSError, ValueError):
            continue
        if parent == pid and word in command:
            found.append(int(entry.name))
    return found


def test_the_worker_beside_the_site_is_started_again_and_ends_with_it(shell: Shell) -> None:
    port = free_port()
    site = shell.start("serve", "--port", str(port), "--workers", "1")
    try:
        assert site.stdout
        site.stdout.readline()
        worker_says(port, "ok")
        (first,) = children(site.pid, "work")
        time.sleep(5)  # one that dies at once is not started again and again
        os.kill(first, signal.SIGKILL)
        for _ in range(100):
            if (now := children(site.pid, "work")) and now != [first]:
                break
            time.sleep(0.1)
        (second,) = children(site.pid, "work")
        assert second != first
        worker_says(port, "ok")
        # A site that is killed leaves no worker behind: it sees that its parent is gone.
        site.kill()
        site.wait(timeout=10)
        for _ in range(150):
            if not Path(f"/proc/{second}").exists():
                break
            time.sleep(0.1)
        assert not Path(f"/proc/{second}").exists()
    finally:
        site.kill()
        site.wait(timeout=10)


def test_work_once_does_what_waits_and_ends(shell: Shell) -> None:
    done = shell.run("work", "--once")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    checks = json.loads(shell.run("doctor", "--format", "json").stdout)["checks"]
    (worker,) = (check for check in checks if check["check"] == "worker")
    assert worker["found"] == "none runs, 0 jobs are under way"


def test_the_site_recovers_when_its_database_server_is_killed(shell: Shell) -> None:
    port = free_port()
    site = shell.start("serve", "--port", str(port))
    assert site.stdout
    try:
        site.stdout.readline()
        ready = f"http://127.0.0.1:{port}/health/ready"
        urllib.request.urlopen(ready, timeout=10).close()
        note = (Server(shell.home).data / "postmaster.pid").read_text()
        subprocess.run(["kill", "-9", note.splitlines()[0]], check=True)
        answers = []
        for _ in range(100):
            try:
                answers.append(urllib.request.urlopen(ready, timeout=20).status)
            except OSError as error:
                answers.append(getattr(error, "code", 0))
            if answers[-1] == 200:
                break
            time.sleep(0.1)
        assert answers[-1] == 200
        assert set(answers) <= {200, 503}, "never a bare 500"
    finally:
        site.send_signal(signal.SIGTERM)
        site.wait(timeout=30)


def test_what_went_wrong_inside_is_kept_and_told_in_one_line(shell: Shell) -> None:
    done = shell.run("manage", "shell", "--command", "raise KeyError('lost')")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "KeyError" in (shell.home / "errors.log").read_text()
