"""`stateworks indicators`, `measure`, `verify` and `evidence`: figures and their proof."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from stateworks.cli.instance import open_instance
from stateworks.cli.output import Format, FormatOption, end, print_json, say, show
from stateworks.kernel.errors import Refused

app = typer.Typer(help="The plan's figures: run, show, report.", no_args_is_help=True)
evidence = typer.Typer(help="What a figure was made from.", no_args_is_help=True)

PlanOption = Annotated[str, typer.Option("--plan", help="The plan's short name, such as louisiana-ots.")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="Business date, as 2026-10-31; today without it.")
]
EngineOption = Annotated[
    str, typer.Option("--engine", help="duckdb, or spark where one machine is outgrown.")
]


def register(main: typer.Typer) -> None:
    """Add the commands and groups to the command."""
    main.command()(measure)
    main.command()(verify)
    main.add_typer(app, name="indicators")
    main.add_typer(evidence, name="evidence")


def measure(
    name: Annotated[str, typer.Argument(help="The measure, such as desk.first_contact_resolution.")],
    by: Annotated[str | None, typer.Option(help="month, quarter, year, or a column such as agency.")] = None,
    source: Annotated[str | None, typer.Option(help="Only rows that this mapping brought in.")] = None,
    as_of: AsOfOption = None,
    engine: EngineOption = "duckdb",
    form: FormatOption = Format.TABLE,
) -> None:
    """Compute one measure now, from the data as it is; no figure is stored."""
    open_instance()
    from stateworks.kernel.indicators.adhoc import compute

    show(compute(name, by=by, source=source, as_of=_day(as_of), engine=engine, at=_now()), form)


@app.command("run")
def run_indicators(
    plan: PlanOption,
    as_of: AsOfOption = None,
    known_at: Annotated[
        str | None, typer.Option(help="Use the data as it was known at this instant, as 2026-11-01T06:00.")
    ] = None,
    engine: EngineOption = "duckdb",
    full: Annotated[
        bool, typer.Option("--full", help="Compute every period anew, also what nothing touched.")
    ] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Compute all indicators of a plan and store the run with its evidence."""
    open_instance()
    from stateworks.kernel.indicators.describe import run_json
    from stateworks.kernel.plans.scoring import run_plan

    run = run_plan(
        plan, as_of=_day(as_of), known_at=_instant(known_at), engine=engine, incremental=not full, at=_now()
    )
    told = run_json(run)
    if form is Format.JSON:
        print_json(told)
        return
    show(
        [_short(one) for one in told["indicators"]],
        form,
        ("id", "verdict", "outlook", "period", "value", "n", "why"),
    )
    say(", ".join(f"{number} {verdict.replace('_', ' ')}" for verdict, number in told["counts"].items()))


@app.command("show")
def show_indicator(
    indicator: Annotated[str, typer.Argument(help="The indicator's id, such as 1.2.1.")],
    plan: PlanOption,
    form: FormatOption = Format.TABLE,
) -> None:
    """Show one indicator of a plan's latest run: verdict, goal, definition, history and evidence."""
    open_instance()
    from stateworks.kernel.indicators.describe import indicator_json

    show(indicator_json(plan, indicator, _specs(plan)), form)


@app.command("report")
def report(
    plan: PlanOption,
    quarter: Annotated[str, typer.Option(help="The quarter, such as “FY27 Q1”.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write: .xlsx, .csv or .json.")
    ] = None,
) -> None:
    """Write the quarterly report; the same as `stateworks plan report`."""
    from stateworks.cli.plan import ReportFormat
    from stateworks.cli.plan import report as plan_report

    suffix = output.suffix.lstrip(".").lower() if output else "xlsx"
    if suffix not in set(ReportFormat):
        raise Refused(f"The report is written as {', '.join(ReportFormat)}; “{output}” is none of these.")
    plan_report(plan, quarter, ReportFormat(suffix), output)


def verify(
    signed: Annotated[bool, typer.Option("--signed", help="Only figures that somebody signed.")] = False,
    plan: Annotated[str | None, typer.Option(help="Only this plan's runs.")] = None,
    latest: Annotated[
        bool, typer.Option("--latest", help="Only what the latest run of each plan stands on.")
    ] = False,
    engine: Annotated[
        str | None,
        typer.Option(
            help="Make all figures again with duckdb or spark; without it, each with the engine that made it."
        ),
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Compute every stored figure again from its stored query and files, and report each difference."""
    open_instance()
    from stateworks.kernel.indicators.verify import verify as check

    verification = check(signed_only=signed, plan=plan, latest_only=latest, engine=engine, at=_now())
    from stateworks.config import noted

    noted.write("verify", _now(), checked=verification.checked, different=verification.different)
    if form is Format.JSON:
        print_json(verification.to_json())
    else:
        show([difference.to_json() for difference in verification.differences], form)
        skipped = f", {verification.skipped:,} could not be" if verification.skipped else ""
        say(f"{verification.checked:,} figures checked{skipped}, {verification.different:,} different.")
    end(verification.different > 0)


@evidence.command("export")
def export_evidence(
    plan: PlanOption,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder to write into; made if it is not there.")
    ],
    indicator: Annotated[str | None, typer.Option(help="Only this indicator.")] = None,
    data: Annotated[
        bool, typer.Option("--data", help="Add the data files themselves; mind what they hold.")
    ] = False,
) -> None:
    """Write what the latest run's figures were made from, so that anybody can make them again with DuckDB alone."""
    open_instance()
    from stateworks.kernel.indicators.evidence import export

    written = export(plan, output, indicator=indicator, with_data=data, at=_now())
    say(f"Evidence of {written.values:,} figures of {written.indicators} indicators is in {output}.")


def _short(one: dict[str, Any]) -> dict[str, Any]:
    """Say in one column how an indicator stands, for the table."""
    return one | {"verdict": (one["attainment"] or one["standing"]).replace("_", " ")}


def _specs(plan: str) -> list[Any]:
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.plans.load import current_of, plan_named
    from stateworks.kernel.plans.specs import specs_of

    with entered(SYSTEM):
        return specs_of(current_of(plan_named(plan)))


def _now() -> datetime:
    from django.utils import timezone

    return timezone.now()


def _day(text: str | None) -> date:
    from django.utils import timezone

    if text is None:
        return timezone.localdate()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"“{text}” is no date; write it as 2026-10-31.") from None


def _instant(text: str | None) -> Any:
    from django.utils import timezone

    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"“{text}” is no instant; write it as 2026-11-01T06:00.") from None
    return found if found.tzinfo else timezone.make_aware(found)
