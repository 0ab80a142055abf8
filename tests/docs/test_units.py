"""The systemd units of the server page: what they run exists, and what they write to they may write to."""

from __future__ import annotations

import shlex

from tests.docs.pages import DOCS, blocks

PAGE = DOCS / "how-to" / "server.md"


def units() -> dict[str, dict[str, list[str]]]:
    """Return each unit's settings by its file's name; a setting may stand there several times."""
    found: dict[str, dict[str, list[str]]] = {}
    for block in blocks(PAGE):
        if block.language == "ini":
            first, *lines = block.text.splitlines()
            said = found.setdefault(first.rpartition("/")[2], {})
            for line in lines:
                name, equals, value = line.partition("=")
                if equals:
                    said.setdefault(name, []).append(value)
    return found


def test_every_unit_runs_a_command_with_options_that_it_has() -> None:
    from typer.main import get_command

    from docs import reference
    from stateworks.cli.main import app

    known = dict(reference.walk(get_command(app), "stateworks"))
    ran = {name: shlex.split(one["ExecStart"][0]) for name, one in units().items() if "ExecStart" in one}
    assert set(ran) == {"stateworks.service", "stateworks-backup.service"}
    for program, command, *rest in ran.values():
        assert program.endswith("/bin/stateworks")
        options = {option for one in known[f"stateworks {command}"].params for option in one.opts}
        assert {word for word in rest if word.startswith("--")} <= options


def test_units_have_no_more_power_than_they_need() -> None:
    services = {name: one for name, one in units().items() if name.endswith(".service")}
    for one in services.values():
        assert (
            one["NoNewPrivileges"] == ["yes"]
            and one["ProtectSystem"] == ["strict"]
            and one["UMask"] == ["0077"]
        )
        assert one["User"] == ["stateworks-site"]
        assert "/srv/stateworks" in one["ReadWritePaths"][0].split()
    backup = services["stateworks-backup.service"]
    target = shlex.split(backup["ExecStart"][0])[2]
    assert any(target.startswith(f"{place}/") for place in backup["ReadWritePaths"][0].split())
    # The owner's address is known to the backup alone.
    assert not any("owner" in file for file in services["stateworks.service"]["EnvironmentFile"])


def test_the_timer_belongs_to_the_service() -> None:
    found = units()
    assert set(found) == {"stateworks.service", "stateworks-backup.service", "stateworks-backup.timer"}
    assert found["stateworks-backup.timer"]["OnCalendar"]
