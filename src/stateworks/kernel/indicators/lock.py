"""The lock on measures' SQL: a measure whose query changes needs a new version, and a file remembers what each was.

`python -m stateworks.kernel.indicators.lock FILE` writes the file again; it refuses a measure whose SQL changed under the
same version.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from stateworks.kernel.indicators.measures import Measure, all_measures

Locked = dict[str, dict[str, Any]]


def sql_hash(measure: Measure) -> str:
    """Return the hash of the SQL that a measure compiles to with its default parameters."""
    from stateworks.kernel.indicators import sources
    from stateworks.kernel.indicators.compiler import compile_measure

    templates = compile_measure(measure, sources.schemas(measure.reads), anew=True)
    text = "\n".join(
        f"{one.figure}|{json.dumps(one.options, sort_keys=True)}\n{one.sql}\n{one.rows_sql}"
        for one in templates
    )
    return hashlib.sha256(text.encode()).hexdigest()


def current() -> Locked:
    """Return the version and the hash of the SQL of every measure of the product; those that tests declare are theirs."""
    return {
        one.name: {"version": one.version, "sql": sql_hash(one)}
        for one in all_measures()
        if ".tests." not in f"{one.function.__module__}."
    }


def violations(known: Locked, now: Locked) -> list[str]:
    """Say in sentences which measures changed without a new version, and which the file does not know as they are."""
    found = []
    for name, one in now.items():
        before = known.get(name)
        if before is None:
            found.append(f"{name} is new: write the lock again.")
        elif before["version"] == one["version"] and before["sql"] != one["sql"]:
            found.append(
                f"{name} compiles to other SQL, but its version is still {one['version']}: raise it."
            )
        elif before["version"] > one["version"]:
            found.append(f"{name} went back from version {before['version']} to {one['version']}.")
        elif before != one:
            found.append(f"{name} has version {one['version']} now: write the lock again.")
    return found + [f"{name} is gone: write the lock again." for name in known if name not in now]


def main(path: str) -> int:
    """Write the lock file; 1 where a measure changed without a new version."""
    import django

    django.setup()
    file = Path(path)
    known: Locked = json.loads(file.read_text()) if file.exists() else {}
    now = current()
    refused = [
        sentence for sentence in violations(known, now) if not sentence.endswith("write the lock again.")
    ]
    if refused:
        sys.stderr.write("\n".join(refused) + "\n")
        return 1
    file.write_text(json.dumps(now, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
