"""`stateworks billing`: a month from usage and ledger to issued invoices, and the proof of every line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from stateworks.cli import (
    billing_apptio,
    billing_centers,
    billing_coding,
    billing_federal,
    billing_finops,
    billing_money,
    billing_proof,
    billing_rates,
    billing_review,
)
from stateworks.cli.instance import open_instance
from stateworks.cli.output import Format, FormatOption, end, print_json, say, show

app = typer.Typer(
    help="Chargeback: load, draft, review, approve, issue, close and prove a month.", no_args_is_help=True
)
Month = Annotated[str, typer.Argument(help="The month, such as 2026-10.")]
EngineOption = Annotated[str, typer.Option(help="What adds the rows up: duckdb or spark.")]


def register(main: typer.Typer) -> None:
    """Add the group to the command."""
    app.command("explain")(billing_proof.explain)
    app.command("prove")(billing_proof.prove)
    app.command("rehearse")(billing_proof.rehearse)
    app.command("federal")(billing_federal.federal)
    app.command("build-rates")(billing_rates.build_rates)
    app.command("receivables")(billing_money.receivables)
    app.command("forecast")(billing_money.forecast)
    app.command("centers")(billing_centers.centers)
    app.command("forecast-center")(billing_centers.forecast_center)
    app.command("apptio")(billing_apptio.apptio)
    app.command("apptio-load")(billing_apptio.apptio_load)
    app.command("check-coding")(billing_coding.check_coding)
    app.command("check-policies")(billing_finops.check_policies)
    app.command("review-pack")(billing_review.review_pack)
    app.command("finops")(billing_finops.finops)
    app.command("decide-finding")(billing_finops.decide_finding)
    main.add_typer(app, name="billing")


@app.command("open")
def open_(month: Month, form: FormatOption = Format.TABLE) -> None:
    """Open a month of billing; one that is there stays as it is."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing.verbs.periods import open_period

    with entered(SYSTEM):
        period = open_period(month, by=None, at=timezone.now())
    show({"period": period.code, "state": period.state}, form)


@app.command("load")
def load(
    file: Annotated[Path, typer.Argument(help="The file: CSV, TSV, XLSX or JSON.")],
    mapping: Annotated[str | None, typer.Option(help="The mapping; a FOCUS file needs none.")] = None,
    source: Annotated[
        str | None, typer.Option(help="What aliases call the provider; without it the file's own word.")
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Load usage, charges of providers or ledger lines. Status 1 where rows were refused."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.lake.intake import import_feed
    from stateworks.kernel.lake.mappings import mapping_named
    from stateworks.modules.billing.charge_files import load_charges
    from stateworks.modules.billing.feeds import FOCUS
    from stateworks.modules.billing.focus import MAPPING, provider_of, report_of

    report: dict[str, Any] | None = None
    if mapping is None:
        report, mapping = report_of(file), MAPPING
        source = source or provider_of(file)
    document = mapping_named(mapping)
    at = timezone.now()
    if document.dataset == FOCUS:
        done = load_charges(file, document, source=source or "", by=None, at=at, progress=say)
    else:
        done = import_feed(document.dataset, file, mapping=document, by=None, at=at, progress=say)
    told: dict[str, Any] = {
        "dataset": done.dataset, "read": done.read, "inserted": done.inserted, "updated": done.updated,
        "unchanged": done.unchanged, "quarantined": done.quarantined, "import": done.pk,
    }  # fmt: skip
    if report is not None:
        told["focus"] = report
    show(told, form)
    end(bool(done.quarantined))


@app.command("approve-card")
def approve_card(
    card: Annotated[str, typer.Argument(help="Code of the rate card.")],
    gaps_why: Annotated[
        str, typer.Option(help="Why days without a price are meant; it stays on record.")
    ] = "",
    form: FormatOption = Format.TABLE,
) -> None:
    """Approve a rate card: its prices count from now on, and never change."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing.verbs import periods

    with entered(SYSTEM):
        approved = periods.approve_card(card, by=None, at=timezone.now(), gaps_why=gaps_why)
        show(
            {"card": approved.code, "rates": approved.rates.count(), "approved_at": approved.approved_at},
            form,
        )


@app.command("allocate")
def allocate(month: Month, engine: EngineOption = "duckdb", form: FormatOption = Format.TABLE) -> None:
    """Show how the month's pools of cost are passed on; nothing is written."""
    open_instance()
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing.verbs.drafting import compute

    with entered(SYSTEM):
        _, outcome = compute(month, engine=engine)
    rows = [
        {"month": at, "pool": pool, "receiver": receiver, "cents": cents}
        for at, done in outcome.allocated.items()
        for (pool, receiver), cents in sorted(done.cents.items())
    ]
    rows += [
        {"month": at, "pool": pool, "receiver": "unallocated", "cents": cents}
        for at, done in outcome.allocated.items()
        for pool, cents in sorted(done.unallocated.items())
    ]
    show(rows, form)


@app.command("rate")
def rate(month: Month, engine: EngineOption = "duckdb", form: FormatOption = Format.TABLE) -> None:
    """Show what the month's charges would be; nothing is written. Status 1 where something cannot be charged."""
    open_instance()
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing.verbs.drafting import compute

    with entered(SYSTEM):
        _, outcome = compute(month, engine=engine)
    rows = [
        {
            "account": one.account, "sku": one.sku, "kind": one.kind, "origin": one.origin, "source": one.source,
            "quantity": str(one.quantity), "price": str(one.price), "cents": one.cents,
        }
        for one in outcome.charges
    ]  # fmt: skip
    if form is Format.JSON:
        print_json(
            {"charges": rows, "cents": outcome.cents, "checks": outcome.checks, "worklist": outcome.worklist}
        )
    else:
        show(rows, form)
        say(f"{len(outcome.worklist)} groups of rows cannot be charged; see `stateworks billing worklist`.")
    end(bool(outcome.worklist))


@app.command("draft")
def draft(month: Month, engine: EngineOption = "duckdb", form: FormatOption = Format.TABLE) -> None:
    """Draft the month's invoices; with the same inputs it is the same draft. Status 1 where there is something to see."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing.telling import run_told
    from stateworks.modules.billing.verbs import drafting

    with entered(SYSTEM):
        run = drafting.draft(month, by=None, at=timezone.now(), engine=engine)
        told = run_told(run)
    show(told, form)
    end(bool(told["worklist"] or told["findings"]))


@app.command("worklist")
def worklist(month: Month, form: FormatOption = Format.TABLE) -> None:
    """List what the month's run could not charge, and why. Status 1 where there is something."""
    open_instance()
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing.verbs.issuing import run_of

    with entered(SYSTEM):
        rows = run_of(month).worklist
    show(rows, form)
    end(bool(rows))


@app.command("review")
def review(
    month: Month,
    resolve: Annotated[
        str | None, typer.Option(help="First resolve every open finding with this text.")
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Review every invoice that no finding is open for. Status 1 where findings keep some from review."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing.models import AnomalyFinding
    from stateworks.modules.billing.telling import run_told
    from stateworks.modules.billing.verbs import issuing

    with entered(SYSTEM):
        run, at = issuing.run_of(month), timezone.now()
        open_ = AnomalyFinding.objects.filter(invoice__run=run, resolved_at__isnull=True)
        for finding in open_ if resolve else ():
            issuing.resolve(finding.code, resolve or "", by=None, at=at)
        n = issuing.review_rest(month, by=None, at=at)
        told = {"reviewed": n, **run_told(run)}
        rows = list(open_.order_by("code").values("code", "text", "cents", "due_on"))
    show(told, form)
    if rows and form is Format.TABLE:
        show(rows, form)
    end(bool(rows))


@app.command("approve")
def approve(month: Month, form: FormatOption = Format.TABLE) -> None:
    """Approve the month's draft once every invoice is reviewed."""
    _step("approve", month, form)


@app.command("issue")
def issue(month: Month, form: FormatOption = Format.TABLE) -> None:
    """Issue the month's invoices: numbered, and never changed again."""
    _step("issue", month, form)


def _step(verb: str, month: str, form: Format) -> None:
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing.telling import run_told
    from stateworks.modules.billing.verbs import issuing

    with entered(SYSTEM):
        told = run_told(getattr(issuing, verb)(month, by=None, at=timezone.now()))
    show(told, form)


@app.command("close")
def close(month: Month, form: FormatOption = Format.TABLE) -> None:
    """Close the month: the database refuses every write in it from now on."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing.verbs.periods import close_period

    with entered(SYSTEM):
        period = close_period(month, by=None, at=timezone.now())
    show({"period": period.code, "state": period.state, "closed_at": period.closed_at}, form)


@app.command("reopen")
def reopen(
    month: Month,
    reason: Annotated[str, typer.Option(help="Why; it stays on record.")],
    form: FormatOption = Format.TABLE,
) -> None:
    """Open a closed month again."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing.verbs.periods import reopen_period

    with entered(SYSTEM):
        period = reopen_period(month, reason=reason, by=None, at=timezone.now())
    show({"period": period.code, "state": period.state}, form)


@app.command("export")
def export(
    month: Month,
    what: Annotated[
        str, typer.Option(help="vouchers for the ledger, or each invoice as pdf, ubl or focus.")
    ] = "vouchers",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="The file of vouchers, otherwise stdout; or the folder of invoices."
        ),
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Write the issued month's journal vouchers with a control total, or its invoices; again they are the same bytes."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.errors import Refused
    from stateworks.modules.billing.verbs import exporting

    with entered(SYSTEM):
        if what != "vouchers":
            if out is None:
                raise Refused("Invoices are a file each; name a folder with --out.")
            n = exporting.export_invoices(month, what, out, by=None)
            show({"period": month, "what": what, "files": n, "folder": str(out)}, form)
            return
        content, note = exporting.export(month, by=None, at=timezone.now())
    if out is None and form is Format.TABLE:
        typer.echo(content.decode(), nl=False)
        return
    if out is not None:
        out.write_bytes(content)
    show(
        {
            "period": month,
            "postings": note.postings,
            "control_cents": note.control_cents,
            "sha256": note.sha256,
        },
        form,
    )


@app.command("acknowledge")
def acknowledge(
    month: Month,
    control_cents: Annotated[int, typer.Option(help="The sum of debits that the ledger counts, in cents.")],
    reference: Annotated[str, typer.Option(help="What the ledger calls the batch.")] = "",
    form: FormatOption = Format.TABLE,
) -> None:
    """Note that the state's ledger has taken the month's vouchers; another control total is refused."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing.verbs import exporting

    with entered(SYSTEM):
        note = exporting.acknowledge(
            month, control_cents=control_cents, reference=reference, by=None, at=timezone.now()
        )
    show({"period": month, "reference": note.reference, "acknowledged_at": note.acknowledged_at}, form)
