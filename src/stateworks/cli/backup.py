"""`stateworks backup` and `stateworks restore`: everything of one moment, written, proved and put back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stateworks.cli.instance import open_django
from stateworks.cli.output import Format, FormatOption, end, say, show
from stateworks.kernel.errors import Refused

if TYPE_CHECKING:
    from stateworks.config.backups.manifest import Manifest


def register(main: typer.Typer) -> None:
    """Add the commands."""
    main.command("backup")(backup)
    main.command("restore")(restore)


def backup(
    path: Annotated[
        Path,
        typer.Argument(help="What to write: a folder, or a file that ends in .tar; it must not be there."),
    ],
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; prove the backup that lies there.")
    ] = False,
    keep: Annotated[
        int,
        typer.Option(
            min=0,
            help="PATH is a folder of dated backups: add one, sharing what has not changed, and keep so many.",
        ),
    ] = 0,
    with_key: Annotated[
        bool, typer.Option("--with-key", help="Put the key that signs sessions in, too.")
    ] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Back up database, lake and uploaded files of one moment, while the site runs; status 1 where a file was damaged."""
    open_django()
    from django.utils import timezone

    from stateworks.config import noted
    from stateworks.config.backups import checking, marker, taking

    if check:
        if keep or with_key:
            raise Refused("--check only reads; leave --keep and --with-key away.")
        read = checking.check(path)
        read.close()
        show({"backup": path.absolute(), **_told(read.manifest)}, form)
        end(bool(read.manifest.damaged))
    marker.refuse(_home())
    at = timezone.now()
    if keep:
        taken = taking.take_dated(path.absolute(), keep=keep, with_key=with_key, at=at, say=say)
    else:
        taken = taking.take(path, with_key=with_key, at=at, say=say)
    noted.write("backup", at, path=str(taken.path))
    removed = {"removed": [str(one) for one in taken.removed]} if keep else {}
    show({"backup": taken.path, **_told(taken.manifest), "shared_bytes": taken.shared, **removed}, form)
    for words in taken.manifest.damaged:
        say(
            f"Not as it was written: {words}. The backup holds what there is; an earlier one may hold the file."
        )
    end(bool(taken.manifest.damaged))


def restore(
    path: Annotated[Path, typer.Argument(help="The backup: the folder, or the .tar file.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="The instance is not empty: back it up, then replace it.")
    ] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Put a backup into an empty instance; the site and every worker must be stopped. May be repeated if interrupted."""
    open_django()
    from django.utils import timezone

    from stateworks.config.backups import restoring

    done = restoring.restore(path, replace=replace, at=timezone.now(), say=say)
    show(
        {
            "restored": path.absolute(), **_told(done.manifest), "former_instance": done.before,
            "changes_applied": done.changes_applied,
        },
        form,
    )  # fmt: skip
    say("Run `stateworks verify` to have every figure made again. Everybody signs in anew.")


def _home() -> Path:
    from django.conf import settings

    return Path(settings.STATEWORKS_HOME)


def _told(manifest: Manifest) -> dict[str, Any]:
    """Return what a backup holds."""
    return {
        "made_at": manifest.made_at, "version": manifest.product, "postgresql": manifest.server,
        "files": len(manifest.entries), "bytes": manifest.size, "rows": sum(manifest.tables.values()),
        "datasets": {name: one["version"] for name, one in manifest.datasets.items()}, "secrets": dict(manifest.secrets),
        "damaged": list(manifest.damaged), "seal": manifest.to_json()["seal"],
    }  # fmt: skip
