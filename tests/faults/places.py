"""The places at which a process can die: before each operation that leaves something outside of its memory, and at the end.

They are counted where the product leaves Python, and not at functions of its own, so that a new way of working has its places
without a word here:

- statements to PostgreSQL that may write, and every commit of a transaction,
- statements to DuckDB, which reads and writes the lake's files,
- commits to Delta tables, and the making and rolling back of one,
- files opened for writing, renamed, linked, deleted; folders made and deleted; programs started (Python's own audit events).

What happens inside of one of them is native code, in which no place can be counted. A kill from outside hits there: the process
tells that it has come to its place and goes on, and whoever waits for this kills it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

STATEMENT, COMMIT, LAKE, DELTA, FILE, END = "statement", "commit", "lake query", "Delta commit", "file", "end"
KINDS = (STATEMENT, COMMIT, LAKE, DELTA, FILE, END)
#: Statements that leave nothing behind when they alone are missing.
READING = ("SELECT", "SHOW", "SET", "WITH", "DECLARE", "FETCH", "CLOSE")
CHANGING = {
    "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown",
    "subprocess.Popen",
}  # fmt: skip


class Places:
    """Counts the places of this process's main thread and dies at the n-th; counts on where `die_at` is 0.

    `told` is a pipe to whoever started the process, who learns from it at what kind of place it died. With `from_outside` the
    process goes on from there, and is killed by the one who reads.
    """

    def __init__(self, die_at: int, told: int, *, from_outside: bool) -> None:
        self.die_at, self.told, self.from_outside = die_at, told, from_outside
        self.kinds: list[str] = []

    def pass_(self, kind: str) -> None:
        """Come to a place."""
        if threading.current_thread() is not threading.main_thread():
            return
        self.kinds.append(kind)
        if len(self.kinds) == self.die_at:
            self._die(kind)

    def end(self) -> None:
        """Come to the end; whoever was to die and has not, because this time there were fewer places, dies now."""
        self.kinds.append(END)
        if self.die_at:
            self.from_outside = False
            self._die(END)

    def _die(self, kind: str) -> None:
        os.write(self.told, kind.encode())
        if not self.from_outside:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Begin to count."""
        import deltalake
        import duckdb
        import polars as pl
        import psycopg
        from deltalake.table import TableAlterer

        self._around(psycopg.Cursor, "execute", self._statement)
        self._around(psycopg.Cursor, "executemany", self._statement)
        self._around(psycopg.Cursor, "copy", self._statement)
        self._around(psycopg.Connection, "commit", lambda *_: COMMIT)
        for name in ("execute", "executemany"):
            self._around(duckdb.DuckDBPyConnection, name, lambda *_: LAKE)
        self._around(pl.DataFrame, "write_parquet", lambda *_: FILE)
        for name in ("create_write_transaction", "restore"):
            self._around(deltalake.DeltaTable, name, lambda *_: DELTA)
        self._around(TableAlterer, "add_columns", lambda *_: DELTA)
        sys.addaudithook(self._audited)

    def _around(self, owner: Any, name: str, kind_of: Callable[..., str]) -> None:
        original = getattr(owner, name)

        def called(*arguments: Any, **named: Any) -> Any:
            if kind := kind_of(*arguments):
                self.pass_(kind)
            return original(*arguments, **named)

        setattr(owner, name, called)

    @staticmethod
    def _statement(_cursor: Any, query: Any, *_: Any) -> str:
        from psycopg import sql

        text = query.as_string(None) if isinstance(query, sql.Composable) else query
        text = text.decode() if isinstance(text, bytes) else text
        return (
            "" if text.lstrip(" \n(").upper().startswith(READING) and "FOR UPDATE" not in text else STATEMENT
        )

    def _audited(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in CHANGING or (event == "open" and _writes(*arguments)):
            self.pass_(FILE)


def _writes(path: object, mode: object, flags: object) -> bool:
    if str(path).startswith(("/dev/", "/proc/")):
        return False
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
