"""The shapes of answers, as OpenAPI publishes them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Schema


class PlanOut(Schema):
    """A plan and the version that is in force."""

    slug: str
    title: str
    office: str
    starts: dt.date
    ends: dt.date
    version: int
    indicators: int


class NodeOut(Schema):
    """A place in a plan's tree."""

    code: str
    parent: str | None
    level: str
    number: str
    title: str
    text: str
    outcome: str
    owner: str


class IndicatorOut(Schema):
    """What a plan promises to measure."""

    code: str
    node: str
    kind: str
    commitment: str
    name: str
    goal: str
    targets: list[dict[str, Any]]
    assumption: str
    measure: str | None
    unit: str
    direction: str
    frequency: str
    owner: str


class VerdictOut(Schema):
    """How an indicator stands: attainment, outlook and confidence apart, and the sentence they rest on."""

    id: str
    measure: str | None
    source: str | None
    period: str | None
    value: float | None
    n: int | None
    low: float | None
    high: float | None
    standing: str
    attainment: str | None
    outlook: str | None
    confidence: dict[str, Any]
    why: str


class RunOut(Schema):
    """One computation of a plan's indicators."""

    run: int
    plan: str
    plan_version: int
    as_of: dt.date
    known_at: dt.datetime
    counts: dict[str, int]
    seal: str


class RunWithVerdicts(RunOut):
    """A run and how every indicator stood in it."""

    indicators: list[VerdictOut]


class ValueOut(Schema):
    """One figure: its integer parts, what derives from them, and the rows left out."""

    grain: str
    period: str
    starts: dt.date
    ends: dt.date
    dimension: str
    member: str
    value: float | None
    n: int | None
    low: float | None
    high: float | None
    parts: dict[str, Any]
    excluded: dict[str, int]
    suppressed: bool


class ValuesOut(Schema):
    """An indicator's figures, and how many slices the account may not see."""

    run: int
    indicator: str
    values: list[ValueOut]
    hidden: int


class DatasetOut(Schema):
    """A dataset and the version readers use."""

    dataset: str
    kind: str
    title: str
    description: str
    rows: int | None
    version: int | None
    fresh_at: dt.datetime | None


class RowsOut(Schema):
    """One page of a dataset's rows."""

    dataset: str
    version: int | None
    total: int
    hidden: int
    page: int
    pages: int
    rows: list[dict[str, Any]]
    problems: list[str]


class RowsBehindOut(Schema):
    """One page of the rows behind a figure, each with its role."""

    dataset: str
    version: int
    total: int
    hidden: int
    page: int
    by_role: dict[str, int]
    rows: list[dict[str, Any]]


class ImportOut(Schema):
    """An import with its counts, which add up to the rows read."""

    id: int
    dataset: str
    source: str
    filename: str
    state: str
    error: str
    read: int
    inserted: int
    updated: int
    unchanged: int
    quarantined: int
    derived: dict[str, Any]
    started_at: dt.datetime
    finished_at: dt.datetime | None


class RefusedRowOut(Schema):
    """A refused row with its reason."""

    id: int
    made_by_id: int
    dataset: str
    source: str
    row: int
    key: str
    code: str
    reason: str
    values: dict[str, Any]


class OrganizationOut(Schema):
    """An organization of the state."""

    code: str
    name: str
    kind: str
    parent: str | None
    executive_branch: bool
    consolidated: bool


class HitOut(Schema):
    """A record that a search found."""

    key: str
    title: str
    url: str


class FoundOut(Schema):
    """What a search found in one record type: the first records, how many in all, and how many are out of reach."""

    dataset: str
    title: str
    total: int
    hidden: int
    hits: list[HitOut]


class ChangeOut(Schema):
    """One column before and after, in words."""

    column: str
    before: str
    after: str


class HappeningOut(Schema):
    """One thing that happened to a record: added or changed, when, by whom and why."""

    version: int
    what: str
    at: dt.datetime
    by: str
    reason: str
    import_id: int | None
    changes: list[ChangeOut]


class HistoryOut(Schema):
    """One page of a record's history, newest first."""

    total: int
    page: int
    happenings: list[HappeningOut]


class ErrorOut(Schema):
    """What was wrong and what to do; where columns are wrong, a sentence for each of them by its name."""

    error: str
    details: list[str]
    fields: dict[str, str] = {}
