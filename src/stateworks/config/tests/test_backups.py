"""Where a backup lies and what it says about itself: only whole and unchanged ones are taken for backups."""

from __future__ import annotations

import json
import os
import shutil
import stat
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stateworks.config.backups import checking, contents, dump, manifest, places
from stateworks.config.backups.manifest import Manifest
from stateworks.kernel.errors import Refused

SHAPES = ["backup", "backup.tar"]


def written(target: Path, source: Path, previous: places.Reader | None = None) -> None:
    """Write a backup of two files."""
    out = places.writer(target, previous)
    out.make("database.dump", lambda place: place.write_bytes(b"rows" * 50_000) and None)
    out.add("lake/desk/ticket/_part=m2026-07/a.parquet", source)
    told = Manifest(
        datetime(2026, 11, 2, tzinfo=UTC).isoformat(), "0.1.0", "18.4", {"owner": "o", "app": "a"}, ("org.0001_initial",),
        {"org_person": 3}, {"desk.ticket": {"version": 1, "rows": 2}}, {"key": False}, (), out.entries,
    )  # fmt: skip
    out.finish(json.dumps(told.to_json()).encode())


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "a.parquet"
    file.write_bytes(os.urandom(300_000))
    return file


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_written_is_read_back(tmp_path: Path, source: Path, shape: str) -> None:
    written(tmp_path / shape, source)
    found = checking.check(tmp_path / shape)
    assert found.manifest.tables == {"org_person": 3} and found.manifest.size == 500_000
    found.copy("lake/desk/ticket/_part=m2026-07/a.parquet", tmp_path / "out" / "a.parquet")
    assert (tmp_path / "out" / "a.parquet").read_bytes() == source.read_bytes()
    assert stat.S_IMODE((tmp_path / shape).stat().st_mode) == (0o600 if shape.endswith("tar") else 0o700)
    with pytest.raises(Refused, match="is there already"):
        places.writer(tmp_path / shape)
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([shape, "a.parquet", "out"])


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("place", ["begun", "dumped", "copied", "manifest"])
def test_one_that_was_killed_passes_for_none_and_the_next_cleans_up(
    tmp_path: Path, source: Path, shape: str, place: str
) -> None:
    target = tmp_path / shape
    child = os.fork()
    if child == 0:
        out = places.writer(target)
        if place != "begun":
            out.make("database.dump", lambda path: path.write_bytes(b"rows") and None)
        if place in {"copied", "manifest"}:
            out.add("lake/a.parquet", source)
        if place == "manifest":
            os.sync = os.link = lambda *_: os._exit(9)  # type: ignore[assignment, return-value]
            out.finish(b"{}")
        os._exit(9)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    left = [one for one in tmp_path.iterdir() if one != source]
    assert left and not target.exists()
    assert places.shelf(tmp_path) == []
    for one in left:
        with pytest.raises(Refused):
            checking.check(one)
    written(target, source)
    assert {one.name for one in tmp_path.iterdir()} == {shape, source.name}
    checking.check(target)


def flipped(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a bit of the dump": lambda path: flipped(path / "database.dump", 1000),
    "a cut file": lambda path: os.truncate(path / "database.dump", 199_999),
    "a missing file": lambda path: (path / "database.dump").unlink(),
    "one file more": lambda path: (path / "lake" / "extra.parquet").write_bytes(b"x"),
    "a cut manifest": lambda path: os.truncate(path / "manifest.json", 300),
    "no manifest": lambda path: (path / "manifest.json").unlink(),
    "another count": lambda path: (path / "manifest.json").write_text(
        (path / "manifest.json").read_text().replace('"org_person": 3', '"org_person": 4')
    ),
    "a link": lambda path: (
        (path / "database.dump").rename(path.parent / "elsewhere"),
        (path / "database.dump").symlink_to(path.parent / "elsewhere"),
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_folder_with_any_damage_is_refused(tmp_path: Path, source: Path, damage: str) -> None:
    written(tmp_path / "backup", source)
    checking.check(tmp_path / "backup")
    DAMAGES[damage](tmp_path / "backup")
    with pytest.raises(Refused):
        checking.check(tmp_path / "backup")


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.97, 0.999])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, source: Path, share: float) -> None:
    path = tmp_path / "backup.tar"
    written(path, source)
    os.truncate(path, int(path.stat().st_size * share))
    if share == 0.999:
        # Only the padding at a tar file's end is gone: all that was written is still there.
        checking.check(path)
        return
    with pytest.raises(Refused):
        checking.check(path)


def test_a_file_that_leads_outside_is_refused(tmp_path: Path, source: Path) -> None:
    written(tmp_path / "backup.tar", source)
    found = checking.check(tmp_path / "backup.tar")
    said = found.manifest.to_json()
    said["files"]["../escaped"] = [1, "0" * 64]
    said.pop("seal")
    with pytest.raises(Refused, match="outside"):
        manifest.read(json.dumps({**said, "seal": manifest.seal(said)}).encode(), "it")
    with tarfile.open(tmp_path / "links.tar", "w") as tar:
        member = tarfile.TarInfo("database.dump")
        member.type, member.linkname = tarfile.SYMTYPE, "elsewhere"
        tar.addfile(member)
    with pytest.raises(Refused, match="other things than files"):
        checking.check(tmp_path / "links.tar")


def test_one_of_a_later_format_names_its_version(tmp_path: Path, source: Path) -> None:
    written(tmp_path / "backup", source)
    said = json.loads((tmp_path / "backup" / "manifest.json").read_text())
    said.pop("seal")
    said |= {"format": 2, "product": "9.0"}
    with pytest.raises(Refused, match=r"newer Stateworks \(9\.0\)"):
        manifest.read(json.dumps({**said, "seal": manifest.seal(said)}).encode(), "it")


def test_a_file_that_the_former_backup_has_is_shared_only_if_it_is_the_same(
    tmp_path: Path, source: Path
) -> None:
    written(tmp_path / "one", source)
    former = places.Reader(tmp_path / "one")
    digest = former.manifest.entries["lake/desk/ticket/_part=m2026-07/a.parquet"].sha256
    name = "lake/desk/ticket/_part=m2026-07/a.parquet"
    out = places.FolderWriter(tmp_path / "two", former)
    out.add(name, source, digest)
    assert (out.half / name).samefile(tmp_path / "one" / name) and out.shared == 300_000
    out.drop()
    source.write_bytes(b"other rows")
    out = places.FolderWriter(tmp_path / "two", former)
    out.add(name, source, "f" * 64)
    assert (out.half / name).read_bytes() == b"other rows" and out.shared == 0


def test_uploaded_files_stay_as_long_as_they_are_held(tmp_path: Path) -> None:
    (tmp_path / "uploads" / "t").mkdir(parents=True)
    first, facts = tmp_path / "uploads" / "t" / "file.csv", tmp_path / "uploads" / "t" / "facts.json"
    first.write_text("rows")
    facts.write_text("old")
    held = contents.HeldFiles(tmp_path)
    held.hold()
    facts.with_suffix(".new").write_text("new")
    facts.with_suffix(".new").rename(facts)
    (tmp_path / "later.txt").write_text("later")
    held.hold()
    shutil.rmtree(tmp_path / "uploads")
    assert {name: path.read_text() for name, path in held.files()} == {
        "uploads/t/file.csv": "rows", "uploads/t/facts.json": "new", "later.txt": "later",
    }  # fmt: skip
    held.release()
    assert [one.name for one in tmp_path.iterdir()] == ["later.txt"]


@pytest.mark.parametrize(
    ("line", "there"),
    [
        (
            "GRANT SELECT ON TABLE public.x TO stateworks_app;\n",
            'GRANT SELECT ON TABLE public.x TO "site-role";\n',
        ),
        (
            "REVOKE ALL ON TABLE public.x FROM stateworks_app;\n",
            'REVOKE ALL ON TABLE public.x FROM "site-role";\n',
        ),
        (
            "ALTER DEFAULT PRIVILEGES FOR ROLE stateworks_owner IN SCHEMA public GRANT SELECT ON TABLES TO stateworks_app;\n",
            'ALTER DEFAULT PRIVILEGES FOR ROLE "boss" IN SCHEMA public GRANT SELECT ON TABLES TO "site-role";\n',
        ),
        (
            "GRANT ALL ON TABLE public.to_stateworks_app TO stateworks_app2;\n",
            "GRANT ALL ON TABLE public.to_stateworks_app TO stateworks_app2;\n",
        ),
    ],
)
def test_rights_are_given_to_the_roles_that_are_here(line: str, there: str) -> None:
    roles = {"owner": ("stateworks_owner", "boss"), "app": ("stateworks_app", "site-role")}
    assert dump._renamed(line.encode(), roles).decode() == there
