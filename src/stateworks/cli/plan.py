"""`stateworks plan`: import, lint, load, export, report, compare, suggest."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stateworks.cli.output import Format, FormatOption, end, print_json, say, show
from stateworks.cli.plan_reading import given, plan_file, read_plan, say_findings, tree
from stateworks.kernel.errors import Refused

if TYPE_CHECKING:
    from stateworks.kernel.plans.content import PlanContent

app = typer.Typer(help="The plan as data: import, lint, load, export, report.", no_args_is_help=True)


class DocumentFormat(StrEnum):
    """How an imported document is printed."""

    JSON = "json"
    YAML = "yaml"
    TREE = "tree"


class PlanFormat(StrEnum):
    """The formats a plan is exported in."""

    YAML = "yaml"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    STRATML = "stratml"
    STRATML_1 = "stratml-1"


class ReportFormat(StrEnum):
    """The formats of the quarterly report."""

    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"


OutOption = Annotated[
    Path | None, typer.Option("-o", "--out", help="Write to this file instead of the standard output.")
]
SlugArgument = Annotated[str, typer.Argument(help="Short name of a loaded plan, such as louisiana-ots.")]


def register(main: typer.Typer) -> None:
    """Add the group to the command."""
    main.add_typer(app, name="plan")


FilesArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...",
        help="A plan as Word (.docx), PDF, text, Markdown, StratML (.xml) or our own YAML; "
        "or the files of Performance.gov together.",
        show_default=False,
    ),
]
SlugOption = Annotated[str, typer.Option(help="Short name of the plan, where the file has none.")]
StartsOption = Annotated[str, typer.Option(help="First day of the plan, where it names none.")]
EndsOption = Annotated[str, typer.Option(help="Last day of the plan, where it names none.")]
MonthOption = Annotated[
    int | None,
    typer.Option(min=1, max=12, help="Month the fiscal year starts; July where the file says nothing."),
]


@app.command("import")
def import_file(
    files: FilesArgument,
    form: Annotated[
        DocumentFormat,
        typer.Option("--format", help="JSON for programs, YAML to edit and load, a tree to read."),
    ] = DocumentFormat.TREE,
    out: OutOption = None,
    slug: SlugOption = "",
    starts: StartsOption = "",
    ends: EndsOption = "",
    fiscal_start: MonthOption = None,
) -> None:
    """Read a plan and show its tree and findings; exit status 1 where there are findings. Nothing is loaded."""
    _django()
    asked = given(slug, starts, ends, fiscal_start)
    read = read_plan(files, asked)
    document = read.document
    if form is DocumentFormat.JSON:
        _put(_json(document.to_json()), out)
    elif form is DocumentFormat.YAML:
        from stateworks.kernel.plans.yaml_format import write_plan

        _put(write_plan(read.plan(asked)).encode(), out)
        if document.results:
            say(
                f"The file reports {len(document.results):,} values, which YAML does not hold; report them with "
                "`stateworks plan load PLAN.yaml --values FILE`."
            )
    else:
        _put(tree(document).encode(), out)
    if form is not DocumentFormat.JSON:
        say_findings(document)
    end(bool(document.findings))


@app.command("lint")
def lint(
    source: Annotated[
        str, typer.Argument(help="A plan document, our own YAML, or the short name of a loaded plan.")
    ],
    form: FormatOption = Format.TABLE,
) -> None:
    """List doubts about a plan before it is published; exit status 1 on an error or a warning."""
    path = Path(source)
    if path.exists():
        _django()
        findings = read_plan([path], given()).document.findings
    else:
        _instance()
        from stateworks.kernel.access.scope import SYSTEM, entered
        from stateworks.kernel.plans.load import content_of, plan_named
        from stateworks.kernel.plans.review import review_plan

        with entered(SYSTEM):
            current = plan_named(source).current
            assert current is not None
            findings = review_plan(content_of(current))
    show(
        [finding.to_json() for finding in findings],
        form,
        ("severity", "code", "line", "text", "why", "suggestion"),
    )
    end(any(finding.severity in ("error", "warning") for finding in findings))


@app.command("load")
def load(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="A plan in our YAML, StratML, or the files of Performance.gov together; or a bundled plan: louisiana-ots.",
            show_default=False,
        ),
    ],
    note: Annotated[str, typer.Option(help="Why there is a new version.")] = "",
    values: Annotated[
        list[Path] | None,
        typer.Option(
            help="Also report the values that this file holds, for a YAML made of it; may be repeated."
        ),
    ] = None,
    slug: SlugOption = "",
    starts: StartsOption = "",
    ends: EndsOption = "",
    fiscal_start: MonthOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Make a plan the current version and report its file's values; nothing happens where nothing changed.

    Exit status 1 where values of the file cannot be reported; the others are.
    """
    _instance()
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.plans.file_results import load_with_results
    from stateworks.kernel.plans.models import Milestone, PlanVersion

    asked = given(slug, starts, ends, fiscal_start)
    paths = [plan_file(file) for file in files]
    read = read_plan(paths, asked)
    content = read.content
    if content is None:
        raise Refused(
            f"{paths[0].name} is a document, not a plan as data; read it with `stateworks plan import {paths[0]} "
            "--format yaml -o plan.yaml`, correct the YAML, and load that."
        )
    results = [*read.document.results, *(read_plan(values, asked).document.results if values else ())]
    with entered(SYSTEM):
        before = PlanVersion.objects.filter(plan__slug=content.slug).count()
        version, reported = load_with_results(content, results, by=None, at=_now(), note=note)
        rows = list(version.indicators.values_list("kind", flat=True))
        done = {
            "plan": content.slug,
            "version": version.number,
            "changed": PlanVersion.objects.filter(plan__slug=content.slug).count() > before,
            "nodes": version.nodes.count(),
            "indicators": rows.count("indicator"),
            "key_results": rows.count("key_result"),
            "milestones": Milestone.objects.filter(plan=version.plan).count(),
        }
    if results:
        done |= {
            "values_new": reported.new,
            "values_changed": reported.changed,
            "values_unchanged": reported.unchanged,
            "values_refused": len(reported.refused),
        }
    show(done, form)
    for sentence in reported.refused:
        say(sentence)
    end(bool(reported.refused))


@app.command("export")
def export(
    slug: SlugArgument,
    form: Annotated[
        PlanFormat,
        typer.Option(
            "--format",
            "--to",
            help="YAML reads back as the same plan; StratML is Part 2, stratml-1 is Part 1.",
        ),
    ] = PlanFormat.YAML,
    version: Annotated[int, typer.Option(help="An earlier version; 0 is the current one.")] = 0,
    out: OutOption = None,
) -> None:
    """Write a loaded plan as YAML, JSON, CSV, XLSX or StratML."""
    _instance()
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.plans.export import export_plan
    from stateworks.kernel.plans.load import plan_named
    from stateworks.kernel.plans.stratml.results import results_of
    from stateworks.kernel.plans.stratml.writing import left_out

    with entered(SYSTEM):
        content = _version(slug, version)
        results = results_of(plan_named(slug)) if form is PlanFormat.STRATML else ()
    _put(export_plan(content, form.value, results), out, binary=form is PlanFormat.XLSX)
    if form in (PlanFormat.STRATML, PlanFormat.STRATML_1):
        missing = left_out(content, 1 if form is PlanFormat.STRATML_1 else 2)
        if missing:
            say(missing)


@app.command("diff")
def compare(
    slug: SlugArgument,
    before: Annotated[int, typer.Argument(help="The earlier version's number.")],
    after: Annotated[int, typer.Argument(help="The later one's; 0 is the current one.")] = 0,
    form: FormatOption = Format.TABLE,
) -> None:
    """Show what changed between two versions of a plan; exit status 1 where something did."""
    _instance()
    from dataclasses import asdict

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.plans.diff import diff

    with entered(SYSTEM):
        changes = diff(_version(slug, before), _version(slug, after))
    if form is Format.JSON:
        print_json([asdict(change) for change in changes])
    else:
        for change in changes:
            typer.echo(str(change))
    end(bool(changes))


@app.command("suggest")
def suggest(
    source: Annotated[
        str, typer.Argument(help="A plan document, our YAML, or the short name of a loaded plan.")
    ],
    form: FormatOption = Format.TABLE,
) -> None:
    """Suggest a measure for each indicator that has none; a person confirms."""
    if Path(source).exists():
        _django()
        read = read_plan([Path(source)], given())
        rows = [(row.id, row.name, row.goal, row.targets) for row in read.document.indicators]
        if read.content is not None:
            rows = [(each.code, each.name, each.goal, each.targets) for each in _unmeasured(read.content)]
    else:
        _instance()
        from stateworks.kernel.access.scope import SYSTEM, entered

        with entered(SYSTEM):
            content = _version(source, 0)
        rows = [(each.code, each.name, each.goal, each.targets) for each in _unmeasured(content)]
    from stateworks.kernel.plans.suggest import registered
    from stateworks.kernel.plans.suggest import suggest as rank

    measures = registered()
    show(
        [
            {"id": code, "name": name, "measure": best.measure, "score": best.score, "reason": best.reason}
            for code, name, goal, targets in rows
            for best in rank(name, goal, targets, measures=measures, most=3)
        ],
        form,
    )


@app.command("report")
def report(
    slug: SlugArgument,
    quarter: Annotated[str, typer.Option(help="The quarter, such as “FY27 Q1”.")],
    form: Annotated[
        ReportFormat, typer.Option("--format", help="Workbook, CSV or JSON.")
    ] = ReportFormat.XLSX,
    out: OutOption = None,
) -> None:
    """Write the quarterly report: indicator, standard, target, actual, variance, note; status 1 where notes are due."""
    _instance()
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.plans.report import quarterly_report, report_csv, report_json, report_xlsx

    with entered(SYSTEM):
        made = quarterly_report(slug, quarter)
    if form is ReportFormat.JSON:
        _put(_json(report_json(made)), out)
    elif form is ReportFormat.CSV:
        _put(report_csv(made), out)
    else:
        _put(
            report_xlsx(made), out or Path(f"{slug}-{made.period.label.replace(' ', '-')}.xlsx"), binary=True
        )
    owed = made.notes_missing
    if owed:
        many = "1 variance over 5 % has" if len(owed) == 1 else f"{len(owed)} variances over 5 % have"
        say(f"{many} no explanation yet: {', '.join(row.code for row in owed)}.")
    end(bool(owed))


def _version(slug: str, number: int) -> PlanContent:
    from stateworks.kernel.plans.load import content_of, plan_named

    plan = plan_named(slug)
    version = plan.versions.filter(number=number).first() if number else plan.current
    if version is None:
        raise Refused(f"The plan {slug} has no version {number}; it has 1 to {plan.versions.count()}.")
    return content_of(version)


def _unmeasured(content: PlanContent) -> list[Any]:
    return [each for each, _, _ in content.every_indicator() if not each.measure]


def _json(value: Any) -> bytes:
    import json

    return (json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n").encode()


def _put(content: bytes, out: Path | None, *, binary: bool = False) -> None:
    """Write to the file that was named, or to the standard output."""
    import sys

    if out is None:
        if binary and sys.stdout.isatty():
            raise Refused("A workbook cannot be shown in a terminal; name a file with -o.")
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise Refused(f"{out} cannot be written: {error.strerror}.") from error
    say(f"Wrote {out}.")


def _django() -> None:
    from stateworks.cli.instance import open_django

    open_django()


def _instance() -> None:
    from stateworks.cli.instance import open_instance

    open_instance()


def _now() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)
