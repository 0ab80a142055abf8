"""Compiled measures on disk: found again where nothing has changed, and never believed by `verify`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stateworks.kernel.indicators import compiled, compiler
from stateworks.kernel.indicators.compiler import Template
from stateworks.kernel.indicators.tests.computed import templates_of

NAMES = ("tests.answered", "tests.top_topics", "tests.time")


@pytest.fixture
def fresh(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """An empty disk, and a way to forget what is in memory, as a new process does."""
    settings.STATEWORKS_HOME = tmp_path

    def forget() -> None:
        monkeypatch.setattr(compiler, "_made_here", {})
        monkeypatch.setattr(compiler, "_from_disk", {})

    forget()
    return forget


def files(home: Path) -> list[Path]:
    return sorted((home / "cache" / "measures").glob("*.json"))


def test_a_new_process_compiles_nothing_again(
    fresh: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [templates_of(name, filters={"agency": "dot"}) for name in NAMES]
    assert len(files(tmp_path)) == len(NAMES)
    fresh()

    def refuse(*_: Any) -> list[Template]:
        raise AssertionError("compiled again")

    monkeypatch.setattr(compiler, "_compile", refuse)
    assert [templates_of(name, filters={"agency": "dot"}) for name in NAMES] == before
    # Another text to filter by is the same compiled text; other parameters are not.
    assert "'doe'" in templates_of("tests.answered", filters={"agency": "doe"})[0].sql
    with pytest.raises(AssertionError, match="compiled again"):
        templates_of("tests.top_topics", parameters={"topics": 3})


def test_other_source_files_or_libraries_compile_again(
    fresh: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    templates_of("tests.answered")
    fresh()
    monkeypatch.setattr(compiled, "_stamp", lambda _module: "another")
    templates_of("tests.answered")
    assert len(files(tmp_path)) == 2


def test_a_damaged_text_is_made_again(fresh: Callable[[], None], tmp_path: Path) -> None:
    before = templates_of("tests.answered")
    files(tmp_path)[0].write_text("[{")
    fresh()
    assert templates_of("tests.answered") == before
    assert json.loads(files(tmp_path)[0].read_text())


def test_whoever_compiles_anew_does_not_believe_the_disk(fresh: Callable[[], None], tmp_path: Path) -> None:
    before = templates_of("tests.answered")
    file = files(tmp_path)[0]
    file.write_text(file.read_text().replace("numerator", "denominator"))
    fresh()
    assert templates_of("tests.answered") != before
    assert templates_of("tests.answered", anew=True) == before
