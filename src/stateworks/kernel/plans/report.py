"""The quarterly report that the law asks for: standard, target, actual, variance and explanation of each indicator.

The actual is the quarter's figure; for an indicator that the plan marks as cumulative it is the fiscal year so far, and
its target the share of the year that is over. A variance over 5 percent, up or down, needs an explanation.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from stateworks.kernel.clocks.fiscal import Period, parse_period, period_of, periods_between
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators import read, signing
from stateworks.kernel.indicators.cumulative import year_to_date
from stateworks.kernel.indicators.models import Run, Verdict
from stateworks.kernel.indicators.targets import PERCENT, Target
from stateworks.kernel.indicators.units import is_share
from stateworks.kernel.plans.export import safe
from stateworks.kernel.plans.load import plan_named, version_on
from stateworks.kernel.plans.models import Indicator, Plan, ReportedValue, VarianceNote

VARIANCE_LIMIT = 5
LEVELS = ("key", "supporting", "general")


@dataclass(frozen=True)
class ReportRow:
    """One indicator's line; figures are in the indicator's unit, shares in percent."""

    code: str
    name: str
    level: str
    unit: str
    standard: str
    target: float | None
    actual: float | None
    variance: float | None
    source: str
    signed: bool
    explanation: str
    external_factor: str
    explanation_needed: bool
    remark: str


@dataclass(frozen=True)
class QuarterlyReport:
    """A quarter's report of a plan."""

    plan: str
    title: str
    office: str
    version: int
    period: Period
    as_of: date | None
    run: int | None
    rows: tuple[ReportRow, ...]

    @property
    def notes_missing(self) -> list[ReportRow]:
        """The lines whose variance needs an explanation and has none."""
        return [row for row in self.rows if row.explanation_needed and not row.explanation]


def quarterly_report(slug: str, quarter: str) -> QuarterlyReport:
    """Gather a quarter's report from the plan's latest run, reported values and notes."""
    plan = plan_named(slug)
    period = parse_period(quarter, plan.fiscal_year_start_month)
    if period.grain != "quarter":
        raise Refused(f"The report is for a quarter such as FY27 Q1, not “{quarter}”.")
    if period.ends < plan.starts or period.starts > plan.ends:
        raise Refused(f"{period.label} is outside the plan, which runs from {plan.starts} to {plan.ends}.")
    version = version_on(plan, period.ends)
    run = read.latest_run(slug)
    cumulative = set(version.indicators.filter(cumulative=True).values_list("code", flat=True))
    figures = _computed(run, period, cumulative, plan.fiscal_year_start_month) | _reported(plan, period)
    notes = _notes(plan, period)
    verdicts = read.verdicts(run) if run else {}
    signed = {(each.indicator, each.period) for each in signing.standing_sign_offs(slug)}
    rows = [
        _row(
            indicator,
            period,
            figures,
            notes,
            verdicts.get(indicator.code),
            (indicator.code, period.label) in signed,
        )
        for indicator in version.indicators.order_by("order")
    ]
    return QuarterlyReport(
        plan=slug,
        title=plan.title,
        office=plan.office,
        version=version.number,
        period=period,
        as_of=run.as_of if run else None,
        run=run.pk if run else None,
        rows=tuple(
            sorted(rows, key=lambda row: LEVELS.index(row.level) if row.level in LEVELS else len(LEVELS))
        ),
    )


@dataclass(frozen=True)
class _Figure:
    value: float
    source: str
    remark: str = ""
    year_to_date: float | None = None
    """The fiscal year up to the quarter, from added integer parts; only where the plan asks for it."""


def _computed(
    run: Run | None, period: Period, cumulative: set[str], fiscal_start: int
) -> dict[tuple[str, str], _Figure]:
    """Return the run's figures of the fiscal year's quarters up to this one, by indicator and quarter."""
    if run is None:
        return {}
    labels = [each.label for each in _quarters(period)]
    remark = "" if period.closed(run.as_of) else f"The figures end on {run.as_of}."
    found: dict[tuple[str, str], _Figure] = {}
    values = read.values(run).filter(grain="quarter", dimension="", period__in=labels, suppressed=False)
    for value in values.exclude(value=None).select_related("statement"):
        options = value.statement.parameters.get("options", {}) if value.statement else {}
        scale = 100 if options and is_share(options) else 1
        assert value.value is not None
        so_far = None
        if value.indicator in cumulative and value.period == period.label:
            exact = year_to_date(run, value.indicator, period, fiscal_start=fiscal_start)
            so_far = None if exact is None else float(scale * exact)
        found[value.indicator, value.period] = _Figure(scale * value.value, "computed", remark, so_far)
    return found


def _reported(plan: Plan, period: Period) -> dict[tuple[str, str], _Figure]:
    """Return what people reported for indicators that nothing computes."""
    labels = [each.label for each in _quarters(period)]
    rows = ReportedValue.objects.filter(
        plan=plan, grain="quarter", period__in=labels, superseded_at__isnull=True
    ).values_list("code", "period", "value", "note")
    assert plan.current is not None
    computed = set(plan.current.indicators.exclude(measure="").values_list("code", flat=True))
    return {
        (code, label): _Figure(value, "reported", note)
        for code, label, value, note in rows
        if code not in computed
    }


def _quarters(period: Period) -> list[Period]:
    """Return the quarters of the fiscal year up to this one."""
    month = (period.starts.month - 3 * (int(period.label[-1]) - 1) - 1) % 12 + 1
    year = period_of(period.starts, "year", month)
    return periods_between(year.starts, period.ends, "quarter", month)


def _notes(plan: Plan, period: Period) -> dict[str, VarianceNote]:
    """Return each indicator's latest note on the quarter or one of its months."""
    labels = [period.label, *(each.label for each in periods_between(period.starts, period.ends, "month"))]
    found: dict[str, VarianceNote] = {}
    for note in VarianceNote.objects.filter(plan=plan, period__in=labels).order_by("written_at", "id"):
        found[note.code] = note
    return found


def _row(
    indicator: Indicator,
    period: Period,
    figures: Mapping[tuple[str, str], _Figure],
    notes: Mapping[str, VarianceNote],
    verdict: Verdict | None,
    signed: bool,
) -> ReportRow:
    targets = [Target.from_json(target) for target in indicator.targets]
    quarters = _quarters(period)
    figure = figures.get((indicator.code, period.label))
    actual, remark = (figure.value, figure.remark) if figure else (None, _why_none(verdict))
    if indicator.cumulative and figure is not None:
        so_far = [figures.get((indicator.code, each.label)) for each in quarters]
        missing = [each.label for each, value in zip(quarters, so_far, strict=True) if value is None]
        remark = f"Without {', '.join(missing)}." if missing else remark
        if figure.year_to_date is not None:
            actual = figure.year_to_date
        elif indicator.unit != PERCENT and figure.source == "reported":
            actual = sum(each.value for each in so_far if each)
        else:
            remark = " ".join(filter(None, ("The quarter alone: its figures cannot be added up.", remark)))
    milestone = bool(targets) and all(target.is_milestone for target in targets)
    if milestone and actual is not None:
        actual *= 100  # the share of its milestones that are done
    target = 100.0 if milestone else interim_target(targets, indicator.cumulative, len(quarters))
    if milestone and any(each.by and each.by > period.ends for each in targets):
        target = None  # nothing is due yet
    variance = None if actual is None or not target else 100 * (actual - target) / abs(target)
    note = notes.get(indicator.code)
    return ReportRow(
        code=indicator.code,
        name=indicator.name,
        level=indicator.reporting_level,
        unit=PERCENT if milestone else indicator.unit,
        standard=indicator.goal or "; ".join(each.in_words() for each in targets),
        target=target,
        actual=actual,
        variance=variance,
        source=figure.source if figure else "",
        signed=signed,
        explanation=note.text if note else "",
        external_factor=note.external_factor if note else "",
        explanation_needed=variance is not None and abs(variance) > VARIANCE_LIMIT,
        remark=remark,
    )


def interim_target(targets: list[Target], cumulative: bool, quarters: int) -> float | None:
    """Return what is to be reached by the end of the year's quarter number `quarters`, or None where nothing is.

    A cumulative indicator's yearly target is due in quarters; a floor for each quarter adds up. Of several targets the
    first committed one with a figure counts.
    """
    figures = [
        target
        for target in targets
        if target.value is not None and target.level == "committed" and target.baseline is None
    ]
    if not figures:
        return None
    each_quarter = next((target for target in figures if target.per == "quarter"), None)
    main = figures[0]
    assert main.value is not None
    if cumulative and each_quarter is not None and each_quarter.value is not None:
        return float(each_quarter.value * quarters)
    if cumulative:
        return float(main.value) * quarters / 4
    return float(main.value)


def _why_none(verdict: Verdict | None) -> str:
    return verdict.why if verdict else "It has not been run yet."


HEADINGS = (
    "Code", "Indicator", "Level", "Unit", "Standard", "Target", "Actual", "Variance %", "Source", "Signed",
    "Explanation", "External factor", "Explanation needed", "Remark",
)  # fmt: skip


def report_json(report: QuarterlyReport) -> dict[str, Any]:
    """Return the report as a JSON structure."""
    return {
        "plan": report.plan,
        "version": report.version,
        "quarter": report.period.label,
        "as_of": report.as_of,
        "run": report.run,
        "explanations_missing": [row.code for row in report.notes_missing],
        "rows": [asdict(row) for row in report.rows],
    }


def report_csv(report: QuarterlyReport) -> bytes:
    """Return the report as CSV, one line an indicator."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    for row in report.rows:
        writer.writerow([safe(value) for value in _cells(row)])
    return text.getvalue().encode("utf-8-sig")


def report_xlsx(report: QuarterlyReport) -> bytes:
    """Return the report as a workbook that prints on landscape pages with its heading on each."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    bold, wrap = (
        book.add_format({"bold": True, "text_wrap": True}),
        book.add_format({"text_wrap": True, "valign": "top"}),
    )
    number = book.add_format({"num_format": "#,##0.0#", "valign": "top"})
    owed = book.add_format({"text_wrap": True, "valign": "top", "bold": True, "bg_color": "#FFF2CC"})
    sheet = book.add_worksheet(report.period.label)
    sheet.write_string(
        0, 0, f"{report.title}: {report.period.label}", book.add_format({"bold": True, "font_size": 14})
    )
    as_of = f"Figures as of {report.as_of}, run {report.run}. " if report.run else "No run yet. "
    sheet.write_string(1, 0, f"{report.office}. {as_of}Plan version {report.version}.")
    sheet.write_row(3, 0, HEADINGS, bold)
    for line, row in enumerate(report.rows, start=4):
        for column, value in enumerate(_cells(row)):
            if isinstance(value, float):
                sheet.write_number(line, column, value, number)
            elif HEADINGS[column] == "Explanation" and row.explanation_needed and not row.explanation:
                sheet.write_string(line, column, "An explanation is due.", owed)
            else:
                sheet.write_string(line, column, str(value), wrap)
    for column, width in enumerate((9, 42, 11, 11, 26, 9, 9, 11, 11, 8, 40, 16, 12, 40)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(4, 2)
    sheet.repeat_rows(3)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.autofilter(3, 0, 3 + len(report.rows), len(HEADINGS) - 1)
    book.close()
    return file.getvalue()


def _cells(row: ReportRow) -> list[Any]:
    def figure(value: float | None) -> float | str:
        return "" if value is None else round(float(value), 4)

    return [
        row.code,
        row.name,
        row.level,
        row.unit,
        row.standard,
        figure(row.target),
        figure(row.actual),
        figure(row.variance),
        row.source,
        "yes" if row.signed else "no",
        row.explanation,
        row.external_factor,
        "yes" if row.explanation_needed else "no",
        row.remark,
    ]
