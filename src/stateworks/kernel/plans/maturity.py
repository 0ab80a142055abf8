"""The level of a growth opportunity: the one below the lowest level with an unmet criterion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.errors import Refused
from stateworks.kernel.plans.load import current_of, local_day, plan_named
from stateworks.kernel.plans.models import MaturityCriterion


@dataclass(frozen=True)
class Met:
    """That a criterion is met: since when, and what shows it."""

    on: date
    evidence: str


def level_of(criteria: Iterable[MaturityCriterion], as_of: date) -> int:
    """Return the level reached by a day; with no criterion met at any level it is the first level.

    A level counts only when all its criteria, and those of every level below it, were met by then.
    """
    unmet, levels = [], [1]
    for criterion in criteria:
        levels.append(criterion.level)
        if criterion.met_on is None or criterion.met_on > as_of:
            unmet.append(criterion.level)
    return max(min(unmet) - 1, 1) if unmet else max(levels)


@transaction.atomic
def assess_maturity(
    plan: str, code: str, found: Mapping[str, Met | None], *, by: Account, at: datetime, reason: str = ""
) -> int:
    """Record which criteria of a growth opportunity are met, by key (None: not, or no longer), and return its level."""
    criteria = {
        each.key: each
        for each in MaturityCriterion.objects.select_for_update().filter(plan__slug=plan, code=code)
    }
    if not criteria:
        raise Refused(f"The plan {plan} has no maturity criteria for {code}; add them to the plan first.")
    today = local_day(at)
    before, after = {}, {}
    for key, met in found.items():
        criterion = criteria.get(key)
        if criterion is None:
            raise Refused(f"{code} has no criterion “{key}”; it has {', '.join(sorted(criteria))}.")
        if met is not None and met.on > today:
            raise Refused(f"The criterion {key} cannot be met on {met.on}, in the future.")
        if met is not None and not met.evidence.strip():
            raise Refused(f"The criterion {key} needs evidence: a link, a file, or where to look.")
        if met is None and criterion.met_on is not None and not reason.strip():
            raise Refused(f"The criterion {key} was met on {criterion.met_on}; say why it no longer is.")
        before[key] = criterion.met_on.isoformat() if criterion.met_on else None
        criterion.met_on = met.on if met else None
        criterion.evidence = met.evidence.strip() if met else ""
        criterion.save(update_fields=["met_on", "evidence"])
        after[key] = met.on.isoformat() if met else None
    level = level_of(criteria.values(), today)
    audit.record(
        "assess maturity",
        f"plan.maturity {plan} {code}",
        by=by,
        at=at,
        reason=reason,
        before=before,
        after=after | {"level": level},
    )
    return level


@transaction.atomic
def add_criterion(
    plan: str, code: str, key: str, *, level: int, text: str, by: Account, at: datetime
) -> MaturityCriterion:
    """Add a criterion of the office's own to a growth opportunity."""
    found = plan_named(plan)
    if not current_of(found).nodes.filter(code=code, level="growth_opportunity").exists():
        raise Refused(f"The plan {plan} has no growth opportunity {code}; check the code.")
    if not text.strip():
        raise Refused("The criterion is empty; say what must be true and can be shown.")
    if level < 2:
        raise Refused("Everybody stands on level 1; a criterion is for level 2 or higher.")
    if MaturityCriterion.objects.filter(plan=found, key=key).exists():
        raise Refused(f"The plan {plan} already has a criterion “{key}”; choose another key.")
    criterion = MaturityCriterion.objects.create(
        plan=found, code=code, key=key, level=level, text=text.strip()
    )
    audit.record(
        "add maturity criterion",
        f"plan.maturity {plan} {key}",
        by=by,
        at=at,
        after={"code": code, "level": level, "text": criterion.text},
    )
    return criterion
