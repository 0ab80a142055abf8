"""The rules engine: runs every active rule over the inventory and keeps its findings; set by set, never row by row."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Max, Q, QuerySet

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.scope import SYSTEM, Scope, entered, visible
from stateworks.kernel.errors import Refused
from stateworks.kernel.history import noted
from stateworks.kernel.plans.load import local_day
from stateworks.modules.inventory.checking import Asked, Found, Hit
from stateworks.modules.inventory.checks import CHECKS
from stateworks.modules.inventory.models import Finding, FindingException, FindingState, Rule

BUNDLED = Path(__file__).parent / "defaults" / "rule.csv"
LOCK = 0x696E7672
"""The advisory lock of an evaluation: two at once would open a finding twice."""


@dataclass(frozen=True)
class Evaluated:
    """What became of one rule: how many findings were opened, kept, mended, and opened again since an excuse ran out."""

    rule: str
    title: str
    severity: str
    opened: int
    kept: int
    mended: int
    reopened: int
    excused: int
    seconds: float

    @property
    def open(self) -> int:
        """How many findings of the rule are open now."""
        return self.opened + self.kept + self.reopened


def evaluate_rules(
    *, at: datetime, by: Account | None = None, rules: Iterable[str] | None = None
) -> list[Evaluated]:
    """Run the active rules, or some of them, over the whole inventory; running them twice changes nothing.

    A hit without a finding opens one (its owner is the system's, due after the rule's days); one that is there stays;
    a finding without a hit is mended; one whose excuse has run out is open again. Findings of rules that are switched
    off are closed.
    """
    today = local_day(at)
    wanted = None if rules is None else set(rules)
    done: list[Evaluated] = []
    with entered(SYSTEM), noted(by=str(by or ""), reason="rules evaluated", at=at.isoformat()):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        for rule in Rule.objects.order_by("severity", "code"):
            if wanted is not None and rule.code not in wanted:
                continue
            done.append(_evaluated(rule, today))
        audit.record(
            "evaluate rules", "inventory.rule", by=by, at=at,
            after={one.rule: [one.opened, one.kept, one.mended, one.reopened] for one in done},
        )  # fmt: skip
    return done


def recheck(finding: Finding, *, today: date) -> bool:
    """Tell whether a finding's rule is still broken by its system, by asking about that system alone."""
    with entered(SYSTEM):
        # Who looks may not see the other end; the finding must not seem mended to him.
        hits: Iterable[Any] = _check_of(finding.rule)(
            Asked(today, finding.rule.parameters, finding.system_id)
        )
        return any(hit[0] == finding.system_id and hit[1] == finding.subject for hit in hits)


def load_bundled(*, by: Account | None, at: datetime) -> int:
    """Add the bundled rules that are not there yet; those that are stay as somebody may have changed them."""
    added = 0
    with transaction.atomic(), BUNDLED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            fields = {
                "title": row["title"], "check_name": row["check"], "severity": row["severity"], "why": row["why"],
                "parameters": json.loads(row["parameters"] or "{}"), "due_days": int(row["due_days"]),
                "active": row["active"].strip().lower() != "false",
            }  # fmt: skip
            _, new = Rule.objects.get_or_create(code=row["code"], defaults=fields)
            added += new
        if added:
            audit.record("load bundled rules", "inventory.rule", by=by, at=at, after={"added": added})
    return added


def _check_of(rule: Rule) -> Any:
    known = CHECKS.get(rule.check_name)
    if known is None:
        raise Refused(
            f"The rule {rule.code} runs the check {rule.check_name}, which does not exist; the checks are "
            f"{', '.join(sorted(CHECKS))}."
        )
    return known.run


def _evaluated(rule: Rule, today: date) -> Evaluated:
    began = perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.inventory_hit")
        cursor.execute(
            "CREATE TEMPORARY TABLE inventory_hit (system_id bigint, subject text, other_id bigint, text text) "
            "ON COMMIT DROP"
        )
        if rule.active:
            _fill(cursor, _check_of(rule)(Asked(today, rule.parameters)))
        cursor.execute("ANALYZE pg_temp.inventory_hit")
        counts = {name: _run(cursor, sql, rule, today) for name, sql in STEPS.items()}
    return Evaluated(
        rule=rule.code, title=rule.title, severity=rule.severity, seconds=round(perf_counter() - began, 3),
        opened=counts["opened"], mended=counts["mended"], reopened=counts["reopened"], excused=counts["excused"],
        kept=counts["now_open"] - counts["opened"] - counts["reopened"],
    )  # fmt: skip


def _fill(cursor: Any, found: Found) -> None:
    """Put what a check found into the temporary table: a query runs there, rows are copied."""
    if isinstance(found, QuerySet):
        sql, parameters = found.query.sql_with_params()
        cursor.execute(
            "INSERT INTO inventory_hit (system_id, subject, other_id, text) "
            f"SELECT hit.c1, left(hit.c2, 200), hit.c3::bigint, left(hit.c4, 400) FROM ({sql}) AS hit (c1, c2, c3, c4)",
            parameters,
        )
        return
    hits: Iterable[Hit] = found
    with cursor.copy("COPY inventory_hit (system_id, subject, other_id, text) FROM STDIN") as copy:
        for system, subject, other, text in hits:
            copy.write_row((system, subject[:200], other, text[:400]))


#: What happens to the findings of one rule, in this order. %(rule)s, %(days)s and %(today)s are filled in.
STEPS = {
    "mended": """
        UPDATE inventory_finding f SET state = 'mended', mended_on = greatest(%(today)s::date, f.found_on)
        WHERE f.rule_id = %(rule)s AND f.state <> 'mended' AND NOT EXISTS (
            SELECT 1 FROM inventory_hit h WHERE h.system_id = f.system_id AND h.subject = f.subject)""",
    "reopened": """
        UPDATE inventory_finding f SET state = 'open', due_on = %(today)s::date + %(days)s
        WHERE f.rule_id = %(rule)s AND f.state = 'excepted' AND NOT EXISTS (
            SELECT 1 FROM inventory_findingexception e WHERE e.finding_id = f.id AND e.expires_on >= %(today)s)""",
    "changed": """
        UPDATE inventory_finding f SET text = h.text, other_id = h.other_id, owner_id = coalesce(s.owner_id, s.steward_id)
        FROM (SELECT DISTINCT ON (system_id, subject) * FROM inventory_hit ORDER BY system_id, subject, text) h,
             inventory_system s
        WHERE f.rule_id = %(rule)s AND f.state <> 'mended' AND h.system_id = f.system_id AND h.subject = f.subject
          AND s.id = f.system_id
          AND (f.text, f.other_id, f.owner_id) IS DISTINCT FROM (h.text, h.other_id, coalesce(s.owner_id, s.steward_id))""",
    "opened": """
        INSERT INTO inventory_finding (rule_id, system_id, subject, other_id, text, state, owner_id, found_on, due_on)
        SELECT DISTINCT ON (h.system_id, h.subject) %(rule)s, h.system_id, h.subject, h.other_id, h.text, 'open',
               coalesce(s.owner_id, s.steward_id), %(today)s::date, %(today)s::date + %(days)s
        FROM inventory_hit h JOIN inventory_system s ON s.id = h.system_id
        WHERE NOT EXISTS (SELECT 1 FROM inventory_finding f WHERE f.rule_id = %(rule)s AND f.state <> 'mended'
            AND f.system_id = h.system_id AND f.subject = h.subject)
        ORDER BY h.system_id, h.subject, h.text""",
    "now_open": "SELECT count(*) FROM inventory_finding WHERE rule_id = %(rule)s AND state = 'open'",
    "excused": "SELECT count(*) FROM inventory_finding WHERE rule_id = %(rule)s AND state = 'excepted'",
}  # fmt: skip


def _run(cursor: Any, sql: str, rule: Rule, today: date) -> int:
    cursor.execute(sql, {"rule": rule.pk, "days": rule.due_days, "today": today})
    return int(cursor.fetchone()[0]) if cursor.description else int(cursor.rowcount)


def by_rule(scope: Scope, today: date) -> dict[int, Any]:
    """Return how many findings of each rule there are, open, excused and overdue, and when the last was found; one query."""
    seen = visible(Finding.objects.all(), scope, "system__organization")
    is_open = Q(state=FindingState.OPEN)
    counted = seen.order_by().values("rule").annotate(
        n=Count("pk"), open=Count("pk", filter=is_open), excepted=Count("pk", filter=Q(state=FindingState.EXCEPTED)),
        overdue=Count("pk", filter=is_open & Q(due_on__lt=today)), last=Max("found_on"),
    )  # fmt: skip
    return {row["rule"]: row for row in counted}


def by_severity(counted: Mapping[int, Mapping[str, Any]]) -> dict[str, int]:
    """Return how many findings are open by severity, from the counts by rule; one query."""
    found: dict[str, int] = {}
    for rule, severity in Rule.objects.values_list("pk", "severity"):
        if many := counted.get(rule, {}).get("open"):
            found[severity] = found.get(severity, 0) + many
    return found


def exceptions_of(findings: Iterable[Finding]) -> dict[int, FindingException]:
    """Return the latest exception of each finding, in one query."""
    rows = FindingException.objects.filter(finding__in=list(findings)).select_related("approved_by")
    found: dict[int, FindingException] = {}
    for row in rows.order_by("-approved_at"):
        found.setdefault(row.finding_id, row)
    return found
