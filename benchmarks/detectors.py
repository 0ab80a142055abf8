"""How often the detectors are right: errors seeded in two years of the demo's invoices, against three standard deviations."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.instance import temporary_instance

NAME = "detectors"
SEED = 11
AT = datetime(2026, 11, 2, 15, tzinfo=UTC)
HEAD = (
    "| detector | seeded | findings | precision | recall | found by any | by three standard deviations |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
)


def said(scale: float) -> list[str]:
    """Return the lines that say what was found, from an instance and so a process of its own; at scale 1 and below."""
    command = [sys.executable, "-m", "benchmarks.detectors", f"{min(1.0, scale):g}"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()


def _lines(scale: float) -> list[str]:
    """Build the demo's billing in an instance and score its findings."""
    from stateworks.kernel.access.models import Account
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.demo import World, build
    from stateworks.modules.billing.demo import Truth
    from stateworks.modules.billing.demo.scored import by_sigma, scores, told
    from stateworks.modules.billing.detectors.judging import DETECTORS

    with entered(SYSTEM):
        account = Account.objects.create_user("bench@stateworks.example", name="Bench")
    with tempfile.TemporaryDirectory() as folder:
        world = World(seed=SEED, scale=scale, folder=Path(folder), by=account, clock=lambda: AT)
        build(world, only=("office", "billing"))
    truth: Truth = world.truth["billing"]
    with entered(SYSTEM):
        charged, found = told()
    plain = by_sigma(charged, truth.months)
    rows = scores(found, truth.seeded, plain, DETECTORS)
    right = len(plain & truth.seeded.keys())
    return [
        f"Detectors on {len(charged):,} charges of {len(truth.months)} months, {len(truth.seeded)} of them wrong:", "", *HEAD,
        *(
            f"| {one.detector} | {one.seeded} | {one.found} | {_part(one.right, one.found)} | {_part(one.own, one.seeded)} | "
            f"{_part(one.by_any, one.seeded)} | {_part(one.plain, one.seeded)} |"
            for one in rows
        ),
        "", f"Three standard deviations point at {len(plain)} charges, of which {_part(right, len(plain))} are wrong.",
    ]  # fmt: skip


def _part(n: int, of: int) -> str:
    return f"{100 * n / of:.0f} %" if of else ""


if __name__ == "__main__":
    with temporary_instance(tree=False):
        print("\n".join(_lines(float(sys.argv[1]))))
