"""The instance whose processes are killed: it is asked through forks, and read without the product's own code."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from stateworks.modules.desk import feeds
from tests.architecture.sources import ROOT
from tests.faults.forks import MODULE, STILL
from tests.faults.places import END
from tests.faults.table import Facts
from tests.instances import Instance

EVENTS = Path(feeds.__file__).parent / "samples" / "vinst_incident_updates.csv"
MAPPING = "volvo-vinst-incidents"
STEWARD = "steward@example.gov"
PLAN = "riverton"
AS_OF = "2026-10-31"
LAST = 8
#: What changes by itself: who works, and what is looked up.
PASSING = ("django_session", "config_cache", "jobs_worker")


class Forks:
    """The process that forks a child for each request."""

    def __init__(self, made: Instance) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", MODULE], env=made.variables() | STILL, cwd=ROOT, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._read() == "ready"

    def ask(self, *commands: list[str], **more: Any) -> dict[str, Any]:
        """Have a child do something; `die_at` has it die there."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"commands": commands, **more}) + "\n")
        self.process.stdin.flush()
        return dict(self._read())

    def kill(
        self, asked: dict[str, Any], turn: int, turns: int, places: list[str], where: Counter[str]
    ) -> None:
        """Have a child die at one of so many places spread over what it does; every other one is killed from outside."""
        from_outside = turn % 2 == 0
        # What counts is made to count at the end, so there each place has its kill.
        left = turns - turn
        spread = max(1, round(turn * (len(places) - LAST) / (turns - LAST)))
        die_at = len(places) - left if left < LAST else spread
        answer = self.ask(**asked, die_at=die_at, from_outside=from_outside)
        assert answer.get("killed") == 9, answer
        where[f"in {answer['place']}" if from_outside and answer["place"] != END else answer["place"]] += 1

    def _read(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the process that forks has ended"
        return json.loads(line)

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(60)


class Standing:
    """An instance with figures and an update log, and what is seen of it from outside."""

    def __init__(self, made: Instance) -> None:
        self.made = made
        made.built()
        self.forks = Forks(made)
        done = self.forks.ask(
            ["data", "import", "desk.event", str(EVENTS), "--mapping", MAPPING],
            ["account", "create", STEWARD, "--role", "data_steward"],
            ["work", "--once"],  # what is due regularly
        )
        assert done["status"] == [1, 0, 0], done["errors"]
        self.reconnect()

    def reconnect(self) -> None:
        """Connect to the database."""
        self.database = self.made.connect()
        self.database.autocommit = True

    def close(self) -> None:
        """Let go of it."""
        self.database.close()
        self.forks.close()

    def undisturbed(self, asked: dict[str, Any], status: list[int]) -> list[str]:
        """Do something and return the places that were passed."""
        answer = self.forks.ask(**asked)
        assert answer["status"] == status, answer["errors"]
        return list(answer["places"])

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Ask the database, as its owner."""
        return self.database.execute(sql, parameters).fetchall()  # type: ignore[arg-type]

    def lake(self, dataset: str, columns: str) -> list[tuple[Any, ...]]:
        """Read a dataset as its pointer says, by plain SQL over the Parquet files."""
        import duckdb
        from deltalake import DeltaTable

        ((version,),) = self.rows("SELECT version FROM lake_dataset WHERE name = %s", dataset)
        files = DeltaTable(self.made.home.joinpath("lake", *dataset.split(".")), version=version).file_uris()
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            return connection.execute(
                f"SELECT {columns} FROM read_parquet(?, union_by_name = true)", [files]
            ).fetchall()

    def has(self, dataset: str) -> bool:
        """Tell whether a dataset has rows yet."""
        return bool(self.rows("SELECT 1 FROM lake_dataset WHERE name = %s", dataset))

    def loaded(self) -> Facts:
        """The rows of the update log and of the tickets that follow from it, and the refused rows: one group, one file."""
        found: Facts = Counter(
            ("rows", "event", *row) for row in self.lake("desk.event", "number, state, happened_at::VARCHAR")
        )
        found.update(("rows", "ticket", *row) for row in self.lake("desk.ticket", "number, state"))
        found.update(
            ("rows", "refused", *row)
            for row in self.rows("SELECT values ->> 'SR Number' FROM lake_quarantinedrow")
        )
        return found

    def figures(self, run: int | None = None) -> Facts:
        """Each finished run (or only one) with a digest of its figures and verdicts; runs that are not finished, too."""
        found: Facts = Counter(
            ("runs", str(as_of), by, digest)
            for as_of, by, digest in self.rows(
                "SELECT r.as_of, a.email, (SELECT count(*) || md5(string_agg(concat_ws('|', v.indicator, v.figure, v.period, "
                "v.dimension, v.member, v.value, v.n, v.parts), ';' ORDER BY v.indicator, v.figure, v.period, v.dimension, "
                "v.member)) FROM indicators_value v WHERE v.run_id = r.id) || (SELECT md5(string_agg(concat_ws('|', "
                "d.indicator, d.attainment, d.standing), ';' ORDER BY d.indicator)) FROM indicators_verdict d "
                "WHERE d.run_id = r.id) FROM indicators_run r LEFT JOIN access_account a ON a.id = r.by_id "
                "WHERE r.finished_at IS NOT NULL AND (%s::bigint IS NULL OR r.id = %s)",
                run,
                run,
            )
        )
        ((loose,),) = self.rows("SELECT count(*) FROM indicators_run WHERE finished_at IS NULL")
        if loose:
            found["runs", "unfinished"] = loose
        return found

    def everything(self) -> Facts:
        """A digest of every table and of every file of the data folder but the database's own."""
        names = [
            name for (name,) in self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
            if name not in PASSING
        ]  # fmt: skip
        digests = " UNION ALL ".join(
            f"SELECT '{name}', md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM public.\"{name}\" t"
            for name in names
        )
        found: Facts = Counter((f"table {name}", digest) for name, digest in self.rows(digests))
        found.update((f"file {name}", *facts) for name, facts in self.files().items())
        return found

    def files(self) -> dict[str, tuple[int, int]]:
        """Size and time of each file of the lake and of those uploaded; folders are files of no size."""
        found = {}
        for part in ("lake", "files"):
            for path in sorted((self.made.home / part).rglob("*")):
                told = path.stat()
                found[str(path.relative_to(self.made.home))] = (
                    (told.st_size, told.st_mtime_ns) if path.is_file() else (0, 0)
                )
        return found

    def left_over(self) -> list[str]:
        """Files of the lake that no log of a table mentions, and whatever lies there for a process that is gone."""
        lake = self.made.home / "lake"
        mentioned = set()
        for log in lake.rglob("_delta_log/*.json"):
            for line in log.read_text().splitlines():
                action = json.loads(line)
                mentioned |= {
                    log.parents[1] / action[kind]["path"] for kind in ("add", "remove") if kind in action
                }
        loose = {path for path in lake.rglob("*.parquet") if "_delta_log" not in path.parts} - mentioned
        passing = {
            path for path in lake.rglob(".*") if path.name != ".staging" and not path.name.endswith(".crc")
        }
        return sorted(str(path.relative_to(lake)) for path in (loose | passing))

    def verified(self) -> None:
        """Have every figure made again."""
        answer = self.forks.ask(["verify", "--format", "json"])
        assert answer["status"] == [0], answer["errors"]
        told = json.loads(answer["output"][0])
        ((count,),) = self.rows("SELECT count(*) FROM indicators_value")
        assert (told["checked"], told["different"], told.get("skipped", 0)) == (count, 0, 0)
