"""The embedded server killed again and again under load: nothing that was committed is lost, nothing is there twice."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
import time
from pathlib import Path

import psycopg
import pytest
from tests.faults.table import SERVER, Record, told

from stateworks.config.postgres import DATABASE, OWNER, Server

KILLS = 20


@pytest.mark.full
def test_twenty_kills_under_load_lose_nothing(record_property: Record) -> None:
    home = Path(tempfile.mkdtemp(prefix="stateworks-kills-"))
    server = Server(home)
    committed: list[int] = []
    doubtful: list[int] = []
    done = threading.Event()

    def connect() -> psycopg.Connection[tuple[int, ...]]:
        login = server.login(OWNER)
        return psycopg.connect(
            host=login.host, port=login.port, user=login.user, password=login.password, dbname=DATABASE
        )

    def write() -> None:
        number = 0
        while not done.is_set():
            try:
                with connect() as connection:
                    while not done.is_set():
                        number += 1
                        doubtful.append(number)
                        connection.execute("INSERT INTO kept VALUES (%s)", [number])
                        connection.commit()
                        committed.append(doubtful.pop())
            except psycopg.Error:
                time.sleep(0.05)

    try:
        with connect() as connection:
            connection.execute("CREATE TABLE kept (n int)")
        writer = threading.Thread(target=write)
        writer.start()
        longest = 0.0
        for _ in range(KILLS):
            before = len(committed)
            while len(committed) < before + 50:
                time.sleep(0.01)
            began, before = time.monotonic(), len(committed)
            os.kill(int((server.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
            while len(committed) < before + 50:
                time.sleep(0.01)
            longest = max(longest, time.monotonic() - began)
        done.set()
        writer.join()
        with connect() as connection:
            rows = [n for (n,) in connection.execute("SELECT n FROM kept ORDER BY n")]
        told(
            record_property, SERVER, tried=KILLS, where=f"under load, {len(rows):,} rows, back after {longest:.1f} s at most",
            lost=len(set(committed) - set(rows)),
            twice=len(rows) - len(set(rows)), half=len(set(rows) - set(committed) - set(doubtful)), done_again=KILLS,
        )  # fmt: skip
        assert len(rows) == len(set(rows)), "no row is there twice"
        assert set(committed) <= set(rows), "every row that was confirmed is there"
        assert set(rows) - set(committed) <= set(doubtful), (
            "a row beyond these was on its way when a kill came"
        )
    finally:
        done.set()
        server.destroy()
        shutil.rmtree(home)
