"""`stateworks inventory`: the rules of the inventory, run by hand, and what it begins with."""

from __future__ import annotations

from typing import Annotated

import typer

from stateworks.cli.instance import open_instance
from stateworks.cli.output import Format, FormatOption, end, say, show

app = typer.Typer(help="The inventory's rules and defaults.", no_args_is_help=True)


def register(main: typer.Typer) -> None:
    """Add the group to the command."""
    main.add_typer(app, name="inventory")


@app.command("check")
def check(
    rule: Annotated[
        list[str] | None, typer.Option("--rule", help="Only this rule, by its code; can be repeated.")
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Run the rules and open, keep or close findings. Status 1 where findings are open."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.errors import Refused
    from stateworks.modules.inventory.models import Rule
    from stateworks.modules.inventory.rules import evaluate_rules

    unknown = sorted(
        set(rule or ()) - set(Rule.objects.filter(code__in=rule or ()).values_list("code", flat=True))
    )
    if unknown:
        raise Refused(
            f"There is no rule {', '.join(unknown)}; `stateworks data export inventory.rule` lists them."
        )
    if not Rule.objects.exists():
        raise Refused("There are no rules yet; `stateworks inventory defaults` adds the bundled ones.")
    done = evaluate_rules(at=timezone.now(), rules=rule or None)
    rows = [
        {
            "rule": one.rule, "severity": one.severity, "open": one.open, "opened": one.opened, "mended": one.mended,
            "reopened": one.reopened, "excused": one.excused, "seconds": one.seconds,
        }
        for one in done
    ]  # fmt: skip
    show(rows, form)
    end(any(one.open for one in done))


@app.command("defaults")
def defaults(form: FormatOption = Format.TABLE) -> None:
    """Add the bundled rules and the observability checklist, as far as they are not there; nothing is overwritten."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.inventory.rules import load_bundled
    from stateworks.modules.inventory.verbs.observability import load_checklist

    at = timezone.now()
    with entered(SYSTEM):
        added = {"rules": load_bundled(by=None, at=at), "checklist": load_checklist(by=None, at=at)}
    show(added, form)
    if not any(added.values()):
        say("All of them were there already.")
