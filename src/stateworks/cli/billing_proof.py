"""The `billing` commands that only read: why an invoice changed, the proof of its lines, what another rate card would do."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from stateworks.cli.instance import open_instance
from stateworks.cli.output import Format, FormatOption, end, print_json, show


def explain(
    invoice: Annotated[str, typer.Argument(help="The invoice, such as 2026-10-dhs.")],
    form: FormatOption = Format.TABLE,
) -> None:
    """Say why an invoice differs from the month before: price, use, what is new or ended, cost passed on, corrections."""
    open_instance()
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.errors import Refused
    from stateworks.modules.billing.models import Invoice
    from stateworks.modules.billing.variance import variance

    with entered(SYSTEM):
        found = Invoice.objects.filter(code=invoice).select_related("period").first()
        if found is None:
            raise Refused(
                f"There is no invoice {invoice}; its code is the month and the agency, such as 2026-10-dhs."
            )
        told = variance(found)
    if told is None:
        raise Refused(
            f"No invoice was issued to the agency of {invoice} before it, so there is nothing to compare with."
        )
    if form is Format.JSON:
        print_json(told.as_json())
        return
    show([
        {"account": one.account, "sku": one.sku, "before": one.before, "now": one.now, **vars(one.effects)}
        for one in told.changes
    ], form)  # fmt: skip


def rehearse(
    card: Annotated[str, typer.Argument(help="Code of the rate card, approved or not.")],
    months: Annotated[int, typer.Option(min=1, max=60, help="How many closed months it is tried on.")] = 12,
    form: FormatOption = Format.TABLE,
) -> None:
    """Try a rate card on the last closed months: what each agency would have paid instead."""
    open_instance()
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing.rehearsal import rehearse as tried

    with entered(SYSTEM):
        told = tried(card, months=months)
    if form is Format.JSON:
        print_json(told.as_json())
        return
    show([one.as_json() for one in (*told.agencies, told.together)], form)


def prove(
    line: Annotated[str | None, typer.Argument(help="The line, such as 2026-10-dhs.3.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every issued line.")] = False,
    rows: Annotated[int, typer.Option(min=0, help="How many source rows are listed at most.")] = 100_000,
    form: FormatOption = Format.TABLE,
) -> None:
    """Show what a line is made of, down to source rows, or derive every issued line anew. Status 1 where a cent differs."""
    open_instance()
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.errors import Refused
    from stateworks.modules.billing import proof, readd

    if everything == bool(line):
        raise Refused("Name one invoice line, or write --all.")
    with entered(SYSTEM):
        if line is None:
            told = proof.prove_all()
            show(told if form is Format.TABLE else _contract(told), form)
            end(bool(told["difference_cents"]))
        told = proof.derivation(proof.line_named(str(line)), rows=rows)
    again = readd.readd(told)
    if form is Format.JSON:
        print_json(told)
    else:
        from stateworks.modules.billing.telling import sentences

        for sentence in sentences(told):
            typer.echo(sentence)
    end(again != told["cents"])


def _contract(told: dict[str, Any]) -> dict[str, Any]:
    """Leave out of the answer what is only there where something is wrong."""
    return {name: value for name, value in told.items() if name not in ("wrong", "unknown") or value}
