"""How an indicator stands: standing, attainment, outlook and confidence, each for itself, and one sentence why.

Standing by precedence: retired, not measured, no data, stale, suppressed, baseline or learning, reported or scored. No
data is never zero and never green. An attainment joins those of the committed targets: one missed is missed,
otherwise one pending is pending; a missed stretch beside a met commitment is met. Learning goals stand outside the
counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from stateworks.kernel.clocks.fiscal import period_of, previous
from stateworks.kernel.indicators import process, trend_words
from stateworks.kernel.indicators.attainment import judge
from stateworks.kernel.indicators.case import CUMULATIVE, Case, Judged, grain_of
from stateworks.kernel.indicators.figures import Figure
from stateworks.kernel.indicators.models import Attainment, Outlook, Standing, Verdict
from stateworks.kernel.indicators.outlook import Heading, outlook
from stateworks.kernel.indicators.specs import IndicatorSpec
from stateworks.kernel.indicators.targets import PERCENT, Target
from stateworks.kernel.indicators.units import counts_hits, shown

_WORST_FIRST = (Outlook.OFF_TRACK, Outlook.AT_RISK, Outlook.ON_TRACK)
REPORTED = "Reported, not computed."


def verdict_of(
    spec: IndicatorSpec,
    *,
    as_of: date,
    fiscal_start: int = 7,
    options: Mapping[str, Any] | None = None,
    series: Sequence[Figure] = (),
    why_none: str = "",
    measured: bool = False,
    others: Mapping[str, tuple[Mapping[str, Any], Sequence[Figure]]] | None = None,
) -> Verdict:
    """Return an indicator's verdict (not yet stored) from its statewide figures.

    `options` is None where nothing was computed; `why_none` says why, `measured` whether a measure is bound all the
    same. `others` are the options and figures of the measure's further figures by name.
    """
    if spec.retired_on is not None and spec.retired_on <= as_of:
        return _plain(spec, Standing.RETIRED, f"Retired on {spec.retired_on.isoformat()}.")
    reported = not spec.measure and bool(spec.reported)
    if reported:
        options = {"kind": "reported", "unit": spec.unit}
        series = [_as_figure(point, spec.unit) for point in spec.reported if point.starts <= as_of]
    if options is None:
        standing = Standing.NO_DATA if measured else Standing.NOT_MEASURED
        return _plain(spec, standing, why_none or spec.unbound)
    case = Case(spec, options, sorted(series, key=lambda one: one.starts), as_of, fiscal_start, others or {})
    waiting = _waiting(case)
    if not any(one.value is not None or one.suppressed for one in case.series) and not waiting:
        return _plain(spec, Standing.NO_DATA, why_none or "Its data holds no row that counts.")
    cases = [case.about(target) for target in spec.targets]
    judged = [
        judge(target, about, spec.targets) if about else Judged(target, "", _not_measured(target))
        for target, about in zip(spec.targets, cases, strict=True)
    ]
    headings = [outlook(one, about or case) for one, about in zip(judged, cases, strict=True)]
    main = _main([one for one, about in zip(judged, cases, strict=True) if about is case], case)
    verdict = Verdict(
        indicator=spec.code, measure=spec.measure, source="reported" if reported else "computed",
        unit=spec.unit or str(options.get("unit", "")), standing=Standing.REPORTED if reported else Standing.SCORED,
        attainment=_joined(judged), outlook=_worst(judged, headings),
        targets=[_target_json(one, heading) for one, heading in zip(judged, headings, strict=True)],
        why=_why(judged, case, main),
    )  # fmt: skip
    if main is not None:
        verdict.grain, verdict.period = main.grain, main.period
        verdict.value, verdict.n, verdict.low, verdict.high = main.value, main.n, main.low, main.high
        verdict.confidence = confidence(main, judged, headings, case)
    if waiting and main is None:
        verdict.attainment, verdict.why = Attainment.PENDING, waiting
    elif not reported and (stale := _stale(case, main)):
        _unscored(verdict, Standing.STALE, stale)
    elif main is not None and main.suppressed:
        _unscored(
            verdict,
            Standing.SUPPRESSED,
            f"{main.period}: fewer than {spec.minimum_n} rows, so it is not shown.",
        )
    elif spec.learning or not any(one.target.is_scored for one in judged):
        _unscored(verdict, Standing.BASELINE, _why_baseline(spec, judged, case, main))
    if reported:
        verdict.why = f"{REPORTED} {verdict.why}"
    return verdict


def _not_measured(target: Target) -> str:
    return f"Not judged: it is about {target.of}, and there is no figure of that name."


def counts(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """Count indicators by verdict: scored ones by attainment, all others by standing."""
    keys = (
        verdict.attainment or "not_judged" if verdict.standing == Standing.SCORED else verdict.standing
        for verdict in verdicts
    )
    return dict(sorted(Counter(str(key) for key in keys).items()))


def confidence(
    main: Figure, judged: Sequence[Judged], headings: Sequence[Heading | None], case: Case
) -> dict[str, Any]:
    """Say how far the figure can be trusted: rows, interval and whether it spans the goal, unknowns, process signal."""
    goals = [one.goal for one in judged if one.goal is not None and one.figure is main]
    spans = any(
        main.low is not None and main.high is not None and Fraction(main.low) <= goal <= Fraction(main.high)
        for goal in goals
    )
    months = [
        one
        for one in case.figures("month", since=date.min)
        if one.closed(case.as_of) and one.value is not None
    ]
    points = [one.value for one in months if one.value is not None]
    words = [f"n {main.n:,}"]
    if main.low is not None and main.high is not None:
        interval = f"{shown(main.low, case.options)} to {shown(main.high, case.options)}"
        words.append(
            f"{interval}, {'spans the goal' if spans else 'clear of the goal'}" if goals else interval
        )
    unknown = int(main.parts.get("unknown", 0) or 0)
    if unknown:
        most = Fraction(main.parts["numerator"] + unknown, main.parts["denominator"])
        words.append(f"{unknown:,} unknown, with them at most {shown(most, case.options)}")
    if main.left_out:
        words.append(f"{sum(main.left_out.values()):,} left out")
    behaviour = process.in_words(points, case.spec.direction)
    varies = case.options["kind"] not in {"milestone", "maturity", "reported"}
    if varies:
        words.append(behaviour)
    basis = next((heading.basis for heading in headings if heading), "")
    projected = next((heading.projection for heading in headings if heading and heading.projection), None)
    rising = trend_words.told(case)
    if rising:
        words.append(rising["words"])
    return {
        "label": "; ".join(words), "n": main.n, "low": main.low, "high": main.high, "spans_goal": spans,
        "unknown": unknown, "left_out": dict(main.left_out), "process": behaviour, "points": len(points),
        "outlook_basis": basis, "signals": _signals(months, case.spec.direction) if varies else [],
        "assurance": _assurance(points, judged, case) if varies else "",
    } | ({"projection": projected} if projected else {}) | ({"trend": rising} if rising else {})  # fmt: skip


def _signals(months: Sequence[Figure], better: str) -> list[dict[str, str]]:
    """Return the signals of the months' process that end within the last twelve, with their meaning."""
    found = process.episodes([one.value for one in months if one.value is not None])
    return [
        {"rule": one.rule, "from": months[one.starts].period, "to": months[one.at].period, "direction": one.direction,
         "meaning": one.meaning(better), "words": one.in_words()}
        for one in found if one.at >= len(months) - process.MINIMUM_POINTS
    ]  # fmt: skip


def _assurance(points: Sequence[float], judged: Sequence[Judged], case: Case) -> str:
    """Say whether the months' process can be expected to reach the goal; a count's months are no yardstick for its year."""
    if case.options["kind"] in CUMULATIVE or case.options.get("change"):
        return ""
    for one in judged:
        if (
            one.goal is not None
            and one.target.level == "committed"
            and not counts_hits(one.target, case.options)
        ):
            return process.assurance(points, float(one.goal), one.target.comparator or ">=")
    return ""


def _joined(judged: Sequence[Judged]) -> str:
    scored = [one for one in judged if one.target.is_scored and one.attainment]
    counted = [one for one in scored if one.target.level == "committed"] or scored
    found = {one.attainment for one in counted}
    for attainment in (Attainment.MISSED, Attainment.PENDING, Attainment.MET):
        if attainment in found:
            # A target that could not be judged keeps the rest from being called met.
            unjudged = any(
                one.target.is_scored and not one.attainment and one.target.level == "committed"
                for one in judged
            )
            return Attainment.PENDING if attainment == Attainment.MET and unjudged else attainment
    return ""


def _worst(judged: Sequence[Judged], headings: Sequence[Heading | None]) -> str:
    committed = any(one.target.level == "committed" for one in judged)
    found = {
        heading.outlook for one, heading in zip(judged, headings, strict=True)
        if heading and (one.target.level == "committed" or not committed)
    }  # fmt: skip
    return next((str(one) for one in _WORST_FIRST if one in found), "")


def _main(judged: Sequence[Judged], case: Case) -> Figure | None:
    """Return the figure that the verdict shows: the one that decides, or the latest."""
    order = (Attainment.MISSED, Attainment.PENDING, Attainment.MET, "")
    with_figure = [one for one in judged if one.figure is not None]
    with_figure.sort(key=lambda one: (one.target.level != "committed", order.index(one.attainment)))
    if with_figure:
        return with_figure[0].figure
    grain = grain_of(Target(), case)
    found = case.figures(grain) or case.figures(grain, since=date.min)
    closed = [one for one in found if one.closed(case.as_of)]
    return closed[-1] if closed else found[-1] if found else None


def _why(judged: Sequence[Judged], case: Case, main: Figure | None) -> str:
    if not judged:
        said = f"{main.period}: {shown(main.value, case.options)}." if main else ""
        return f"{said} The plan sets no goal.".strip()
    order = (Attainment.MISSED, Attainment.PENDING, Attainment.MET, "")
    first = sorted(judged, key=lambda one: (one.target.level != "committed", order.index(one.attainment)))
    sentences = list(dict.fromkeys(one.why for one in first))
    return " ".join(sentences)


def _why_baseline(spec: IndicatorSpec, judged: Sequence[Judged], case: Case, main: Figure | None) -> str:
    said = f"{main.period}: {shown(main.value, case.options)}. " if main else ""
    if spec.learning:
        return f"{said}A learning goal: its lesson counts, not its figure."
    return said + (judged[0].why if judged else "The plan sets no goal.")


def _waiting(case: Case) -> str:
    """Say that a cohort is not old enough yet, where that is why it has no figure."""
    waiting = max((one.left_out.get("not due yet", 0) for one in case.series), default=0)
    if not waiting or any(one.value is not None for one in case.series):
        return ""
    return f"{waiting:,} not due yet: the cohort is judged when its time has passed."


def _stale(case: Case, main: Figure | None) -> str:
    """Say since when there is no data, where the latest closed period has none though earlier ones have."""
    if main is None or case.options["kind"] in CUMULATIVE | {"milestone", "maturity"}:
        return ""
    latest = period_of(case.as_of, main.grain, case.fiscal_start)  # type: ignore[arg-type]
    expected = latest if latest.ends <= case.as_of else previous(latest, case.fiscal_start)
    known = [
        one for one in case.series if one.grain == main.grain and (one.value is not None or one.suppressed)
    ]
    if known and known[-1].starts < expected.starts:
        last = known[-1]
        return f"The latest figure is of {last.period} ({shown(last.value, case.options)}); there is no data since."
    return ""


def _unscored(verdict: Verdict, standing: Standing, why: str) -> None:
    verdict.standing, verdict.attainment, verdict.outlook, verdict.why = standing, "", "", why
    if standing == Standing.SUPPRESSED:
        # Whoever reads the verdict could otherwise read from its words what the figure does not show.
        verdict.value = verdict.low = verdict.high = verdict.n = None
        verdict.confidence = {}
        verdict.targets = [
            one | {"attainment": "", "why": "", "reached": None, "outlook": "", "outlook_basis": ""}
            for one in verdict.targets
        ]


def _plain(spec: IndicatorSpec, standing: Standing, why: str) -> Verdict:
    return Verdict(
        indicator=spec.code, measure=spec.measure, standing=standing, why=why, unit=spec.unit,
        targets=[{**target.to_json(), "attainment": "", "why": ""} for target in spec.targets],
    )  # fmt: skip


def _target_json(judged: Judged, heading: Heading | None) -> dict[str, Any]:
    figure = judged.figure
    return judged.target.to_json() | {
        "attainment": judged.attainment, "why": judged.why, "grain": judged.grain,
        "period": figure.period if figure else "", "reached": figure.value if figure else None,
        "outlook": heading.outlook if heading else "", "outlook_basis": heading.basis if heading else "",
    }  # fmt: skip


def _as_figure(point: Any, unit: str) -> Figure:
    exactly = Fraction(str(point.value)) / (100 if unit == PERCENT else 1)
    return Figure(
        grain=point.grain, period=point.period, starts=point.starts, ends=point.ends,
        parts={"numerator": point.numerator, "n": point.n}, value=float(exactly), n=point.n or 0,
    )  # fmt: skip
