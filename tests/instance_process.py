"""Runs commands of the product in a process, and can kill itself at a place on the way.

`die_in` names a function of the product as `module:name` or `module:Class.name`; the process sends itself SIGKILL before its
`die_at`-th call, or after it with a negative number. `hold_in` names one before whose first call it makes the file `flag` and
waits until the file is gone.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


def main(asked: dict[str, Any]) -> None:
    """Run the commands and print the status and output of each."""
    from stateworks.cli.instance import open_django
    from stateworks.cli.main import main as command

    open_django()
    if "die_in" in asked:
        around(asked["die_in"], lambda count, after: _die(count, after, asked["die_at"]))
    if "hold_in" in asked:
        around(asked["hold_in"], lambda count, after: _hold(count, after, Path(asked["flag"])))
    for arguments in asked["commands"]:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            status = command(arguments)
        print(json.dumps({"status": status, "output": out.getvalue()}), flush=True)  # noqa: T201


def around(place: str, told: Callable[[int, bool], None]) -> None:
    """Have a function tell the number of each call before and after it."""
    module, _, name = place.partition(":")
    owner: Any = import_module(module)
    for part in name.split(".")[:-1]:
        owner = getattr(owner, part)
    name = name.rpartition(".")[2]
    original = getattr(owner, name)
    calls = [0]

    def called(*arguments: Any, **more: Any) -> Any:
        calls[0] += 1
        count = calls[0]
        told(count, False)
        found = original(*arguments, **more)
        told(count, True)
        return found

    setattr(owner, name, called)


def _die(count: int, after: bool, at: int) -> None:
    if count == abs(at) and after == (at < 0):
        os.kill(os.getpid(), signal.SIGKILL)


def _hold(count: int, after: bool, flag: Path) -> None:
    if count == 1 and not after:
        flag.touch()
        while flag.exists():
            time.sleep(0.05)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
