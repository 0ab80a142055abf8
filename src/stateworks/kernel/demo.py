"""The fictional world that the demo builds, and how modules add their part to it.

A module that has demo data keeps a `demo.py` in its room with one function, `build(world)`. It writes records through
verbs or intake, exactly as users do, and returns what it knows to be true about them, so that tests can compare the
computed figures with the generator's own knowledge.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

from django.apps import apps

from stateworks.kernel.access.models import Account
from stateworks.kernel.module import Module

FIRST_DAY = date(2023, 11, 1)
LAST_DAY = date(2026, 10, 31)


@dataclass
class World:
    """One fictional state, the same for the same seed and scale, whatever the clock says.

    The clock is never before the demo's last day, since people cannot record what has not happened. `folder` is where
    source files are written before they are imported; `truth` collects what each module knows about its own data, by
    module label; `say` reports progress.
    """

    seed: int
    scale: float
    folder: Path
    by: Account
    clock: Callable[[], datetime]
    say: Callable[[str], None] = lambda _line: None
    truth: dict[str, Any] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        """Now, by the world's clock."""
        return self.clock()

    def random(self, subject: str) -> Random:
        """A generator of its own for each subject, so that one module's draws never move another's."""
        return Random(self.seed_for(subject))  # noqa: S311 - a fictional state, no secret

    def seed_for(self, subject: str) -> int:
        """A 64-bit seed for a subject, for generators other than Python's."""
        return int.from_bytes(hashlib.sha256(f"{self.seed}:{subject}".encode()).digest()[:8], "big")


def build(world: World, *, only: Collection[str] | None = None) -> World:
    """Let every module with a `demo.py` (or the named ones) add its part, each after those it depends on."""
    world.folder.mkdir(parents=True, exist_ok=True)
    for module in in_order():
        name = f"{module.name}.demo"
        if find_spec(name) is not None and (only is None or module.label in only):
            world.truth[module.label] = import_module(name).build(world)
    return world


def in_order() -> list[Module]:
    """The installed modules, each after those it depends on."""
    waiting = [config for config in apps.get_app_configs() if isinstance(config, Module)]
    done: list[Module] = []
    while waiting:
        ready = [module for module in waiting if {m.label for m in done} >= set(module.depends_on)]
        if not ready:
            names = ", ".join(module.label for module in waiting)
            raise ValueError(f"These modules depend on each other in a circle: {names}.")
        done += ready
        waiting = [module for module in waiting if module not in ready]
    return done
