"""Performance.gov: the federal agencies' goals, and the quarterly values of their indicators, as one plan.

Two files make the plan: the goals, and the targets with a row for each indicator and quarter. Each may be read alone. The
files come from a spreadsheet and look like it: `#N/A` and `#REF!` for nothing, numbers as text, an empty last row.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from stateworks.connectors.documents import json_document
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators.targets import COUNT, PERCENT, Target
from stateworks.kernel.plans.content import IndicatorContent, NodeContent, PlanContent
from stateworks.kernel.plans.document import PlanImportError, Result
from stateworks.kernel.plans.files import Given, PlanFile, PlanRead, PlanSource
from stateworks.kernel.plans.outline import Outline
from stateworks.kernel.plans.reported_table import figure

OFFICE = "United States federal government"
TITLE = "Performance.gov goals"
GLANCE = 20_000
LARGEST_BYTES = 50_000_000
START_MONTH = 10
"""The federal fiscal year begins in October."""
GOALS = {"goal_id", "goal_type", "goal_name"}
TARGETS = {"related_goal_id", "indicator_type", "value_current", "fiscal_qtr"}
LEFT = (
    "goal_status",
    "applied_tags",
    "leaders4",
    "url_pgov_agency_12",
    "url_pgov_agency_23",
    "joint_goal_id",
)
_NOTHING = {"", "#n/a", "#ref!", "#value!", "#div/0!", "n/a"}
_LESS = {"Measurable decrease", "Maintain at or below threshold"}
_DEFINED = _LESS | {"Measurable increase", "Maintain at or above threshold", "Complete milestone"}

Row = Mapping[str, str]


def recognise(files: Sequence[PlanFile]) -> str | None:
    """Tell the goals and the targets by the names in their first record."""
    if not files or not all(_kind(file) for file in files):
        return None
    return "Its records have the names that Performance.gov gives to goals and targets."


def _kind(file: PlanFile) -> str:
    """Return which of the two files it is; empty for neither."""
    try:
        packed = file.data.startswith(b"\x1f\x8b")
        begins = gzip.GzipFile(fileobj=io.BytesIO(file.data)).read(GLANCE) if packed else file.data[:GLANCE]
    except (OSError, EOFError, zlib.error):
        return ""
    first = begins.decode("utf-8", errors="replace").lstrip("\ufeff \r\n\t")
    if not first.startswith("["):
        return ""
    names = set(re.findall(r'"(\w+)"\s*:', first.partition("}")[0]))
    return "goals" if names >= GOALS else "targets" if names >= TARGETS else ""


def read(files: Sequence[PlanFile], given: Given) -> PlanRead:
    """Read both files, or one of them."""
    rows: dict[str, list[Row]] = {"goals": [], "targets": []}
    for file in files:
        kind = _kind(file)
        if rows[kind]:
            raise PlanImportError(
                f"{file.name} is a second file of {kind}; a plan is read from one of them. Leave one out."
            )
        rows[kind] = _rows(file)
    return _Reading(rows["goals"], rows["targets"], given).plan()


def _rows(file: PlanFile) -> list[Row]:
    found = json_document(file.data, file.name, LARGEST_BYTES)
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise PlanImportError(f"{file.name} is no list of records. Export it again.")
    return [{name: _plain(value) for name, value in row.items()} for row in found]


def _plain(value: object) -> str:
    text = " ".join(str(value).split()) if value is not None else ""
    return "" if text.lower() in _NOTHING else text


@dataclass
class _Series:
    """An indicator with its rows, one a quarter."""

    goal: str
    name: str
    promise: str
    rows: list[Row] = field(default_factory=list)


@dataclass
class _Reading:
    goals: list[Row]
    targets: list[Row]
    given: Given
    out: Outline = field(default_factory=Outline)
    results: list[Result] = field(default_factory=list)
    years: list[int] = field(default_factory=list)

    def plan(self) -> PlanRead:
        goals = [row for row in self.goals if row.get("goal_id")]
        targets = [row for row in self.targets if row.get("related_goal_id")]
        if not goals and not targets:
            raise PlanImportError("The files hold no goal. Export them again.")
        starts, ends = self._period(goals, targets)
        slug = self.given.slug or f"performance-gov-{starts.year + 1}"
        title = f"{TITLE}, fiscal years {starts.year + 1} to {ends.year}"
        for line in (f"Title: {title}", f"Office: {OFFICE}", f"Period: {starts} to {ends}"):
            self.out.head(line)
        series = _series(targets)
        known = {row["goal_id"] for row in goals}
        # Without the file of goals, a goal is what the targets say of it.
        made = [
            {"goal_id": one.goal, "goal_type": "APG", "goal_name": one.rows[0].get("related_goal", ""),
             "organization_abbreviation": one.rows[0].get("related_owner", "").partition(",")[0]}
            for one in series if one.goal not in known
        ]  # fmt: skip
        goals += [
            row
            for position, row in enumerate(made)
            if row["goal_id"] not in {one["goal_id"] for one in made[:position]}
        ]
        agencies: dict[str, list[Row]] = {}
        for row in goals:
            agencies.setdefault(row.get("organization_abbreviation") or "Other", []).append(row)
        nodes = tuple(self._agency(code, rows, series) for code, rows in sorted(agencies.items()))
        self._left()
        content = PlanContent(
            slug=slug, title=title, office=OFFICE, starts=starts, ends=ends, fiscal_year_start_month=START_MONTH,
            stage="published", source="https://www.performance.gov/",
            assumptions=("A figure is compared with the target of its row, whatever the quarter.",), nodes=nodes,
        )  # fmt: skip
        return PlanRead(self.out.document(content, self.results), content)

    def _period(self, goals: list[Row], targets: list[Row]) -> tuple[date, date]:
        """Return the first day of the earliest and the last day of the latest fiscal year that the rows name."""
        years = [
            int(row[name])
            for row in goals
            for name in ("date_start_fy", "date_end_fy")
            if row.get(name, "").isdigit()
        ]
        years += [int(row["fiscal_yr"]) for row in targets if row.get("fiscal_yr", "").isdigit()]
        years += [
            2000 + int(row["fiscal_year"])
            for row in goals
            if re.fullmatch(r"\d\d", row.get("fiscal_year", ""))
        ]
        years = [year for year in years if 2000 <= year <= 2100]
        starts, ends = self.given.starts, self.given.ends
        if not years and (starts is None or ends is None):
            raise Refused(
                "The files name no fiscal year; give the plan's first and last day (--starts, --ends)."
            )
        return (
            starts or date(min(years) - 1, START_MONTH, 1),
            ends or date(max(years), START_MONTH, 1) - timedelta(days=1),
        )

    # The tree

    def _agency(self, code: str, rows: list[Row], series: list[_Series]) -> NodeContent:
        name = next((row["organization_name"] for row in rows if row.get("organization_name")), code)
        self.out.say(f"Agency {code}: {name}", code)
        strategic: dict[str, list[Row]] = {}
        priority: list[Row] = []
        for row in rows:
            if row.get("goal_type") == "APG":
                priority.append(row)
            else:
                # One goal is spelt in two ways here and there; its number is not.
                strategic.setdefault(row.get("sg_id") or row.get("goal_name", ""), []).append(row)
        below = [
            self._strategic(code, position, goals)
            for position, goals in enumerate(strategic.values(), start=1)
        ]
        below += [self._priority(row, series) for row in priority]
        return NodeContent(code, "agency", name, nodes=tuple(below))

    def _strategic(self, agency: str, position: int, rows: list[Row]) -> NodeContent:
        number = rows[0].get("sg_id") or str(position)
        code = f"{agency}.{number}"
        title = rows[0].get("goal_name") or code
        self.out.say(f"Goal {code}: {title}", code)
        objectives = []
        for row in rows:
            own = row["goal_id"]
            words = row.get("goal_description") or title
            self.out.say(f"Objective {own}: {words}", own)
            objectives.append(NodeContent(own, "objective", words, number=row.get("so_id", ""), nodes=()))
        return NodeContent(code, "goal", title, number=number, nodes=tuple(objectives))

    def _priority(self, row: Row, series: list[_Series]) -> NodeContent:
        code, title = row["goal_id"], row.get("goal_name") or row["goal_id"]
        self.out.say(f"Priority goal {code}: {title}", code)
        if row.get("goal_description"):
            self.out.say(f"Description: {row['goal_description']}", code)
        if row.get("goal_status"):
            self.out.leave(
                f"Status of {code}: {row['goal_status']}", "the agency's own word; here a verdict is computed"
            )
        own = [one for one in series if one.goal == code]
        indicators = tuple(self._indicator(one, f"{code}.{n}") for n, one in enumerate(own, start=1))
        teams = tuple(
            dict.fromkeys(
                each.get("related_owner", "") for one in own for each in one.rows if each.get("related_owner")
            )
        )
        return NodeContent(
            code, "priority_goal", title, number=row.get("apg_id", ""), text=row.get("goal_description", ""), teams=teams,
            indicators=indicators,
        )  # fmt: skip

    # Indicators and their values

    def _indicator(self, series: _Series, code: str) -> IndicatorContent:
        row = series.rows[0]
        unit = _unit(series)
        kind = row.get("indicator_type", "")
        self.out.say(f"Indicator {code}: {series.name} [{series.promise}]", code)
        value = _number(row.get("value_target", ""))
        target = Target(unit=unit, baseline="no target yet")
        assumption = "The file leaves the target undefined."
        if kind in _DEFINED and value is not None:
            whole = Target.from_json(
                {"comparator": ">=", "value": int(value) if value == int(value) else value}
            )
            target = Target(comparator="<=" if kind in _LESS else ">=", value=whole.value, unit=unit)
            assumption = f"The file's own figure is used: {target.in_words()} ({kind.lower()})."
        start = row.get("value_start", "")
        for one in series.rows:
            self._value(one, code)
        return IndicatorContent(
            code, series.name, goal=series.promise, targets=(target,), assumption=assumption, unit=unit or "",
            direction="down" if kind in _LESS else "up", caveats=f"Value at the start: {start}." if start else "",
        )  # fmt: skip

    def _value(self, row: Row, code: str) -> None:
        """Take the value of a quarter; the file's own words about it are its note."""
        text, period = (
            row.get("value_current", ""),
            f"FY{row.get('fiscal_yr', '')} Q{row.get('fiscal_qtr', '')}",
        )
        if not text:
            return
        value = _number(text)
        said = next(
            (
                row[name]
                for name in ("progress_threshold", "progress_completions", "progress_pct_target_status")
                if row.get(name)
            ),
            "",
        )
        shown = f"Value of {code} in {period}: {text}"
        if value is None or not re.fullmatch(r"FY20\d\d Q[1-4]", period):
            self.out.leave(shown, "no figure of a quarter")
            return
        label = f"FY{period[4:]}"
        before = next((one for one in self.results if (one.code, one.period) == (code, label)), None)
        if before is not None:
            self.out.leave(
                shown,
                f"a second row for {label}" + ("" if before.value == value else ", with another figure"),
            )
            return
        line = self.out.say(shown, code)
        self.results.append(Result(code, label, value, f"Published as: {said}." if said else "", line))

    def _left(self) -> None:
        """List the columns that hold something and that a plan does not keep."""
        for name in LEFT:
            count = sum(1 for row in self.goals if row.get(name))
            if count and name != "goal_status":
                self.out.leave(f"{name}, in {count:,} goals", "a column that a plan does not keep")


def _series(rows: list[Row]) -> list[_Series]:
    """Put the rows of one indicator together: the same goal, promise, name, start and target."""
    found: dict[tuple[str, ...], _Series] = {}
    for row in rows:
        promise = row.get("target", "")
        name = row.get("indicator") or promise or row.get("related_goal", "")
        key = (row["related_goal_id"], promise, name, row.get("value_start", ""), row.get("value_target", ""))
        found.setdefault(
            key, _Series(row["related_goal_id"], name or row["related_goal_id"], promise)
        ).rows.append(row)
    return list(found.values())


def _unit(series: _Series) -> str | None:
    if series.rows[0].get("indicator_type") == "Complete milestone":
        return "completion"
    if re.search(r"%|\bpercent", series.name, re.IGNORECASE):
        return PERCENT
    if re.match(r"(?:the\s+)?(?:total\s+)?(?:number|count|#)\b|#", series.name, re.IGNORECASE):
        return COUNT
    return None


def _number(text: str) -> float | None:
    try:
        return figure(text)
    except Refused:
        return None


SOURCE = PlanSource(
    name="performance-gov",
    title="Performance.gov",
    reads="the goals and the quarterly targets of Performance.gov (goals.json and target.json, also gzipped).",
    recognise=recognise,
    read=read,
)
