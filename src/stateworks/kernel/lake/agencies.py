"""Finds the organization that a source's code or name means, by code, by name and by dated alias."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from stateworks.kernel.access.scope import UNASSIGNED

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class AgencyCodes:
    """What each text of one source means: always, or from a date until (not including) another."""

    always: dict[str, str]
    dated: tuple[tuple[str, date | None, date | None, str], ...]

    def resolve(self, texts: pl.Series, days: pl.Series) -> pl.Series:
        """Return the organization's code for each text on its day; `unassigned` where nothing fits."""
        import polars as pl

        keys = texts.str.strip_chars().str.to_lowercase()
        codes = keys.replace_strict(self.always, default=None, return_dtype=pl.String)
        if self.dated:
            frame = pl.DataFrame({"key": keys, "day": days, "code": codes})
            found = pl.col("code")
            for key, since, until, code in self.dated:
                holds = pl.col("key") == key
                if since is not None:
                    holds = holds & (pl.col("day") >= since)
                if until is not None:
                    holds = holds & (pl.col("day") < until)
                # A dated alias is more exact than an undated one.
                found = pl.when(holds).then(pl.lit(code)).otherwise(found)
            codes = frame.select(found.alias("code")).to_series()
        return codes.fill_null(UNASSIGNED)


def agency_codes(source: str) -> AgencyCodes:
    """Read what texts mean for a source: its own aliases before those of any source, and these before codes and names."""
    from django.db.models import Q

    from stateworks.kernel.org.models import Organization, OrganizationAlias

    always: dict[str, str] = {}
    dated: list[tuple[str, date | None, date | None, str]] = []
    for code, name in Organization.objects.values_list("code", "name"):
        always[name.strip().lower()] = code
    for code in Organization.objects.values_list("code", flat=True):
        always[code.lower()] = code
    aliases = (
        OrganizationAlias.objects.filter(Q(source="") | Q(source=source))
        .order_by("source")
        .values_list("alias", "valid", "organization__code")
    )
    for alias, valid, code in aliases:
        key = alias.strip().lower()
        if valid is None or (valid.lower is None and valid.upper is None):
            always[key] = code
        else:
            dated.append((key, valid.lower, valid.upper, code))
    return AgencyCodes(always, tuple(dated))
