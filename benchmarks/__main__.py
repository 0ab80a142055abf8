"""`python -m benchmarks`: measure, and print one Markdown table."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def main() -> int:
    """Measure what is asked for; seconds never fail it, different answers do."""
    from benchmarks import startup, suite
    from benchmarks.harness import Result, save, table
    from benchmarks.instance import temporary_instance

    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--scale", type=float, default=1, help="how much data: 1 is a million tickets")
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", default=[], help=f"some of: {', '.join(suite.names())}"
    )
    parser.add_argument("--repeat", type=int, help="how often each side is timed (the median counts)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the results here, too")
    asked = parser.parse_args()
    unknown = sorted(set(asked.only) - set(suite.names()))
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}; choose from {', '.join(suite.names())}")
    results: list[Result] = []
    said: list[str] = []
    failed: list[str] = []
    with temporary_instance() as home:
        for name in asked.only or suite.names():
            print(f"{name} …", file=sys.stderr, flush=True)
            try:
                if name == suite.STARTUP:
                    said = startup.said()
                    continue
                results += suite.run(name, home / "work", asked.scale, asked.repeat)
            except suite.FAILURES as failure:
                failed.append(name)
                print(f"{name} failed: {failure}", file=sys.stderr, flush=True)
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


if __name__ == "__main__":
    sys.exit(main())
