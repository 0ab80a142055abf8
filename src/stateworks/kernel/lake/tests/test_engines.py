"""What is said where an engine cannot be opened; nothing here needs Spark."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.engines import open_engine, spark_session

REMEDY = "use `--engine duckdb`."


def test_an_unknown_engine_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Refused, match=r"There is no engine nonsense; the engines are duckdb and spark\."):
        open_engine("nonsense")


def test_without_the_extra_one_sentence_says_how_to_get_it() -> None:
    # In a process of its own, where pyspark cannot be imported whether it is installed or not.
    program = (
        "import django, sys; sys.modules['pyspark'] = None; django.setup()\n"
        "from stateworks.kernel.lake.engines.spark_session import opened_session\n"
        "from stateworks.kernel.errors import Refused\n"
        "try: opened_session()\n"
        "except Refused as refused: print(refused.sentence)"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "stateworks.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == (
        "The engine spark needs pyspark, which is not installed; install it with `pip install 'stateworks[spark]'`, or "
        f"{REMEDY}\n"
    )


def java(folder: Path, says: str) -> Path:
    """A folder with a Java that says which version it is."""
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
    program.chmod(0o755)
    return folder


def test_without_java_one_sentence_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused) as refused:
        spark_session.require_java()
    assert refused.value.sentence.startswith(
        "The engine spark needs Java 17 or newer, and there is none; install Java 17"
    )
    assert refused.value.sentence.endswith(REMEDY)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(Refused, match="there is none in JAVA_HOME"):
        spark_session.require_java()


@pytest.mark.parametrize(
    ("says", "version"),
    [('openjdk version "11.0.2" 2019-01-15', "11"), ('java version "1.8.0_292"', "8"), ("what?", None)],
)
def test_an_old_java_is_refused(
    says: str, version: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(java(tmp_path, says)))
    with pytest.raises(
        Refused, match=f"is version {version}; install" if version else "does not tell its version"
    ):
        spark_session.require_java()


@pytest.mark.parametrize("version", ["17.0.15", "21", "25.0.1"])
def test_a_java_that_is_new_enough_is_taken(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(java(tmp_path, f'openjdk version "{version}" 2025-04-15')))
    assert spark_session.require_java() == version


def test_a_master_that_does_not_answer_is_told_at_once() -> None:
    # Port 9 of this machine: the discard service, which nobody runs.
    with pytest.raises(
        Refused, match=r"No Spark master answers at spark://127\.0\.0\.1:9 \(Connection refused\)"
    ):
        spark_session.require_master("spark://127.0.0.1:9")
    with pytest.raises(Refused, match=r"write it as spark://host:7077"):
        spark_session.require_master("spark://cluster")
    spark_session.require_master("local[*]")


def test_sparks_own_settings_are_read_from_one_line() -> None:
    given = "spark.executor.memory=4g  spark.hadoop.fs.s3a.endpoint=http://127.0.0.1:9000/?a=b"
    assert spark_session.options(given) == {
        "spark.executor.memory": "4g", "spark.hadoop.fs.s3a.endpoint": "http://127.0.0.1:9000/?a=b"
    }  # fmt: skip
    for wrong in ("executor.memory=4g", "spark.executor.memory"):
        with pytest.raises(Refused, match=f"“{wrong}”"):
            spark_session.options(wrong)
