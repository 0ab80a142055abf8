"""`stateworks billing check-coding`: ledger lines that seem to be coded wrongly, and what would be right."""

from __future__ import annotations

from typing import Annotated

import typer

from stateworks.cli.instance import open_instance
from stateworks.cli.output import Format, FormatOption, end, print_json, say, show


def check_coding(
    month: Annotated[str, typer.Argument(help="The month, such as 2026-10.")],
    form: FormatOption = Format.TABLE,
) -> None:
    """Suggest codings for the month's ledger lines that seem wrong, by rules and history. Status 1 where some wait."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing.verbs import coding

    with entered(SYSTEM):
        waiting = coding.check(month, by=None, at=timezone.now())
        rows = [
            {
                "code": one.code, "source": one.source, "journal": one.journal, "line": one.line, "posted_on": one.posted_on,
                "cents": one.cents, "text": one.text, "cost_center": one.cost_center, "object_code": one.object_code,
                "fund": one.fund, "right_cost_center": one.right_cost_center, "right_object_code": one.right_object_code,
                "right_fund": one.right_fund, "pool": one.suggested.code if one.suggested else "", "reason": one.reason,
            }
            for one in waiting
        ]  # fmt: skip
    if form is Format.JSON:
        cents = sum(abs(one.cents) for one in waiting)
        print_json({"period": month, "waiting": len(rows), "cents": cents, "findings": rows})
    else:
        shown = (
            "code",
            "journal",
            "line",
            "cents",
            "cost_center",
            "object_code",
            "right_cost_center",
            "right_object_code",
        )
        show([{name: row[name] for name in shown} for row in rows], form)
        say("Correct or dismiss them on the page /billing/coding/.")
    end(bool(rows))
