"""Verdicts in words and icons: which bucket an indicator falls in, and what a page calls it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from stateworks.kernel.indicators.models import Attainment, Outlook, Standing


class Scored(Protocol):
    """What a verdict row has and a bucket depends on."""

    standing: str
    attainment: str
    outlook: str


@dataclass(frozen=True)
class Bucket:
    """A way an indicator can stand, as the scorecard counts and filters it."""

    key: str
    word: str
    icon: str
    what: str


#: In the order in which the scorecard shows them. `icon` names a shape in templates/web/part/icon.html.
BUCKETS: tuple[Bucket, ...] = (
    Bucket("met", "met", "met", "The goal is reached."),
    Bucket("at_risk", "at risk", "at_risk", "The period is open and the goal may not be reached."),
    Bucket("missed", "missed", "missed", "The goal was not reached."),
    Bucket("pending", "pending", "pending", "It is too early to say, and nothing points the wrong way."),
    Bucket(
        "baseline",
        "baseline or learning",
        "baseline",
        "The value is collected without a goal to score it by.",
    ),
    Bucket("suppressed", "suppressed", "no_data", "Too few rows to show a figure without showing people."),
    Bucket("stale", "stale", "no_data", "The data is older than the indicator allows."),
    Bucket("no_data", "no data", "no_data", "A measure is bound, but no data has come in for the period."),
    Bucket(
        "not_measured", "not measured yet", "not_measured", "No measure is bound and no value was reported."
    ),
    Bucket("not_published", "not published yet", "not_measured", "No value has been signed for publication."),
    Bucket("retired", "retired", "not_measured", "The indicator is no longer used."),
)
BY_KEY: dict[str, Bucket] = {bucket.key: bucket for bucket in BUCKETS}

#: Standings that say why there is no score; the others are scored by attainment and outlook.
_UNSCORED = {
    Standing.RETIRED: "retired",
    Standing.NOT_MEASURED: "not_measured",
    Standing.NO_DATA: "no_data",
    Standing.STALE: "stale",
    Standing.SUPPRESSED: "suppressed",
    Standing.BASELINE: "baseline",
}
_DOUBTFUL = {Outlook.AT_RISK, Outlook.OFF_TRACK}


def bucket_of(verdict: Scored | None) -> Bucket:
    """The bucket of a verdict; none at all is not measured yet."""
    if verdict is None:
        return BY_KEY["not_measured"]
    if verdict.standing in _UNSCORED:
        return BY_KEY[_UNSCORED[Standing(verdict.standing)]]
    if verdict.attainment == Attainment.MET:
        return BY_KEY["met"]
    if verdict.attainment == Attainment.MISSED:
        return BY_KEY["missed"]
    return BY_KEY["at_risk" if verdict.outlook in _DOUBTFUL else "pending"]


def outlook_words(verdict: Scored | None) -> str:
    """The outlook of an open period as a phrase, such as "outlook at risk"; empty when there is none."""
    if verdict is None or not verdict.outlook:
        return ""
    return f"outlook {Outlook(verdict.outlook).label.lower()}"


def is_measured(bucket: Bucket) -> bool:
    """Whether the bucket holds indicators that have a value."""
    return bucket.key in {"met", "at_risk", "missed", "pending", "baseline", "stale", "suppressed"}
