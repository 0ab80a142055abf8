"""`stateworks impact`: who is hit when something fails."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from stateworks.cli.instance import open_instance
from stateworks.cli.output import Format, FormatOption, print_json, say, show


class Way(StrEnum):
    """Which way to look."""

    DOWN = "down"
    UP = "up"


class Kind(StrEnum):
    """What can fail."""

    SYSTEM = "system"
    COMPONENT = "component"
    VENDOR = "vendor"
    SITE = "site"
    TECHNOLOGY = "technology"


def register(main: typer.Typer) -> None:
    """Add the command."""
    main.command("impact")(impact)


def impact(
    name: Annotated[str, typer.Argument(help="What fails: its code, its name, or a system's alias.")],
    direction: Annotated[
        Way, typer.Option(help="down: who is hit. up: what could have caused it.")
    ] = Way.DOWN,
    kind: Annotated[Kind | None, typer.Option(help="What the name means, where it could be several.")] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Tell who is hit when something fails, ranked, with owners to call; or what could have caused a failure."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.inventory.impact import impact_of
    from stateworks.modules.inventory.lookup import find

    with entered(SYSTEM) as scope:
        source = find(name, kind=kind.value if kind else None, scope=scope)
        found = impact_of(source, direction=direction.value, scope=scope, today=timezone.localdate())
    if form is Format.JSON:
        print_json(found.as_json())
        return
    rows = [
        {
            "system": hit.code,
            "agency": hit.agency,
            "criticality": hit.criticality.partition("_")[2],
            "owner": hit.owner or "nobody named",
            "hops": hit.hops,
            "kind": hit.strength,
            "path": " > ".join(step.code or step.name for step in hit.path),
        }
        for hit in found.hits
    ]
    show(rows, form)
    say(
        f"{len(rows):,} systems of {len(found.agencies):,} agencies in {found.elapsed_ms:.1f} ms; "
        f"{len(found.reduced):,} more carry on with less to spare; "
        f"of {found.unknown:,} systems it cannot be told, since nobody has said what they depend on."
    )
