"""`python -m benchmarks`: measure, and print one Markdown table."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.harness import Result, save, table


def main() -> int:
    """Measure what is asked for; seconds never fail it, different answers do."""
    from benchmarks import billing_steps, detectors, startup, suite
    from benchmarks.instance import temporary_instance

    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--scale",
        type=scales,
        default=[1.0],
        help="how much data: 1 is a million tickets; with commas several, one after another",
    )
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", default=[], help=f"some of: {', '.join(suite.names())}"
    )
    parser.add_argument("--repeat", type=int, help="how often each side is timed (the median counts)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the results here, too")
    asked = parser.parse_args()
    unknown = sorted(set(asked.only) - set(suite.names()))
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}; choose from {', '.join(suite.names())}")
    scale, *more = asked.scale
    results: list[Result] = []
    said: list[str] = []
    failed: list[str] = []
    with temporary_instance() as home:
        for name in asked.only or suite.names():
            print(f"{name} …", file=sys.stderr, flush=True)
            try:
                if name == suite.STARTUP:
                    said += startup.said()
                    continue
                if name == detectors.NAME:
                    said += detectors.said(scale)
                    continue
                if name == billing_steps.NAME:
                    said += billing_steps.said(home / "work", scale)
                    continue
                results += suite.run(name, home / "work", scale, asked.repeat)
            except suite.FAILURES as failure:
                failed.append(name)
                print(f"{name} failed: {failure}", file=sys.stderr, flush=True)
    for other in more:
        found, fine = _apart(other, asked)
        results += found
        failed += [] if fine else [f"scale {other:g}"]
    if results:
        print(table(results))
    if said:
        print("\n".join(("", *said)))
    if asked.json:
        save(results, asked.json)
    wrong = [result for result in results if not result.agreed]
    for result in wrong:
        print(f"{result.name}: the two sides differ. We found {result.difference}", file=sys.stderr)
    return 1 if wrong or failed else 0


def scales(text: str) -> list[float]:
    """Read one scale, or several with commas between."""
    return [float(one) for one in text.split(",")]


def _apart(scale: float, asked: argparse.Namespace) -> tuple[list[Result], bool]:
    """Measure at another scale, in an instance and so in a process of its own; say whether all of it went well."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "results.json"
        command = [sys.executable, "-m", "benchmarks", "--scale", f"{scale:g}", "--json", str(kept)]
        command += ["--repeat", str(asked.repeat)] if asked.repeat else []
        done = subprocess.run(
            [*command, *(["--only", *asked.only] if asked.only else [])], stdout=subprocess.DEVNULL
        )
        found = json.loads(kept.read_text()) if kept.exists() else []
    return [Result(**one) for one in found], done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
