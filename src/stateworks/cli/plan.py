"""`stateworks plan`: import, lint, load, export, report, compare, suggest."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stateworks.cli.output import Format, FormatOption, end, print_json, say, show
from stateworks.kernel.errors import Refused

if TYPE_CHECKING:
    from stateworks.kernel.plans.content import PlanContent
    from stateworks.kernel.plans.document import Finding, PlanDocument

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


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A plan as text, Markdown or in our own YAML.")],
    form: Annotated[
        DocumentFormat,
        typer.Option("--format", help="JSON for programs, YAML to edit and load, a tree to read."),
    ] = DocumentFormat.TREE,
    out: OutOption = None,
    slug: Annotated[str, typer.Option(help="Short name for the YAML.")] = "",
    starts: Annotated[str, typer.Option(help="First day of the plan, where it names none.")] = "",
    ends: Annotated[str, typer.Option(help="Last day of the plan, where it names none.")] = "",
    fiscal_start: Annotated[int, typer.Option(min=1, max=12, help="Month the fiscal year starts.")] = 7,
) -> None:
    """Read a plan document and show its tree and findings; exit status 1 where there are findings."""
    _django()
    document, content = _read(file, fiscal_start)
    if form is DocumentFormat.JSON:
        _put(_json(document.to_json()), out)
    elif form is DocumentFormat.YAML:
        from stateworks.kernel.plans.draft import draft_of
        from stateworks.kernel.plans.yaml_format import write_plan

        if content is None:
            content = draft_of(document, slug=slug, starts=_day(starts), ends=_day(ends))
        _put(write_plan(content).encode(), out)
    else:
        _put(_tree(document).encode(), out)
    if form is not DocumentFormat.JSON:
        _say_findings(document.findings)
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
        findings = _read(path, 7)[0].findings
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
    file: Annotated[
        str, typer.Argument(help="A plan in our YAML, or the name of a bundled plan: louisiana-ots.")
    ],
    note: Annotated[str, typer.Option(help="Why there is a new version.")] = "",
    form: FormatOption = Format.TABLE,
) -> None:
    """Make a YAML plan the current version; nothing happens where nothing changed."""
    _instance()
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.plans.load import load_plan
    from stateworks.kernel.plans.models import Milestone, PlanVersion
    from stateworks.kernel.plans.yaml_format import read_plan

    path = _plan_file(file)
    if path.suffix.lower() not in (".yaml", ".yml"):
        raise Refused(
            f"{path.name} is not YAML; read it with `stateworks plan import {path} --format yaml -o plan.yaml`, "
            "correct the YAML, and load that."
        )
    content = read_plan(path.read_bytes(), name=path.name)
    with entered(SYSTEM):
        before = PlanVersion.objects.filter(plan__slug=content.slug).count()
        version = load_plan(content, by=None, at=_now(), note=note)
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
    show(done, form)


@app.command("export")
def export(
    slug: SlugArgument,
    form: Annotated[
        PlanFormat, typer.Option("--format", help="YAML reads back as the same plan.")
    ] = PlanFormat.YAML,
    version: Annotated[int, typer.Option(help="An earlier version; 0 is the current one.")] = 0,
    out: OutOption = None,
) -> None:
    """Write a loaded plan as YAML, JSON, CSV or XLSX."""
    _instance()
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.plans.export import export_plan

    with entered(SYSTEM):
        content = _version(slug, version)
    _put(export_plan(content, form.value), out, binary=form is PlanFormat.XLSX)


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
        document, content = _read(Path(source), 7)
        rows = [(row.id, row.name, row.goal, row.targets) for row in document.indicators]
        if content is not None:
            rows = [(each.code, each.name, each.goal, each.targets) for each in _unmeasured(content)]
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


def _read(path: Path, fiscal_start: int) -> tuple[PlanDocument, PlanContent | None]:
    """Read a document of any kind; our own YAML comes with its content."""
    from stateworks.kernel.plans.importer import import_plan

    path = _plan_file(str(path))
    raw = path.read_bytes()
    if path.suffix.lower() not in (".yaml", ".yml"):
        return import_plan(raw, filename=path.name, fiscal_year_start_month=fiscal_start), None
    from stateworks.kernel.plans.lint import lint_plan
    from stateworks.kernel.plans.review import document_from
    from stateworks.kernel.plans.yaml_format import read_plan

    content = read_plan(raw, name=path.name)
    document = document_from(content, raw.decode("utf-8-sig"))
    document.findings = lint_plan(document)
    return document, content


def _plan_file(name: str) -> Path:
    """Return the file, or the bundled plan of that name."""
    path = Path(name)
    if path.is_file():
        return path
    from django.conf import settings

    folder = Path(settings.PLANS_FOLDER)
    bundled = folder / f"{name}.yaml"
    if bundled.parent == folder and bundled.is_file():
        return bundled
    if path.is_dir():
        raise Refused(f"{name} is a folder; name a file in it.")
    names = ", ".join(sorted(each.stem for each in folder.glob("*.yaml")))
    raise Refused(f"There is no file {name}; name a file, or a bundled plan: {names}.")


def _version(slug: str, number: int) -> PlanContent:
    from stateworks.kernel.plans.load import content_of, plan_named

    plan = plan_named(slug)
    version = plan.versions.filter(number=number).first() if number else plan.current
    if version is None:
        raise Refused(f"The plan {slug} has no version {number}; it has 1 to {plan.versions.count()}.")
    return content_of(version)


def _unmeasured(content: PlanContent) -> list[Any]:
    return [each for each, _, _ in content.every_indicator() if not each.measure]


def _tree(document: PlanDocument) -> str:
    """Draw the tree as indented lines."""
    period = f"{document.start or '?'} to {document.end or '?'}"
    lines = [document.title, f"{document.office or 'no office named'}, {period}", ""]
    depth: dict[str | None, int] = {None: -1}
    rows: dict[str, list[str]] = {}
    for row in document.indicators:
        rows.setdefault(row.node, []).append(f"{row.id} {row.name} [{row.goal}]")
    for result in document.key_results:
        rows.setdefault(result.node, []).append(f"{result.id} {result.text} [{result.kind}]")
    for node in document.nodes:
        depth[node.id] = depth.get(node.parent, -1) + 1
        indent = "  " * depth[node.id]
        lines.append(f"{indent}{node.level.replace('_', ' ')} {node.id}: {node.title}")
        lines += [f"{indent}  - {row}" for row in rows.get(node.id, [])]
    counts = ", ".join(f"{count} {level.replace('_', ' ')}" for level, count in document.counts().items())
    return "\n".join([*lines, "", f"Read {document.line_count:,} lines: {counts}.", ""])


def _say_findings(findings: list[Finding]) -> None:
    for finding in findings:
        where = f"line {finding.line}: " if finding.line else ""
        say(f"{finding.severity} {finding.code}: {where}{finding.text} {finding.why} {finding.suggestion}")
    if findings:
        say(f"{len(findings)} findings.")


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


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"“{text}” is not a day; write it as 2026-10-31.") from None
