"""Which organization a source's code or name means on a day, for a whole column at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q

from stateworks.kernel.org.models import Organization, OrganizationAlias

if TYPE_CHECKING:
    import polars as pl

UNASSIGNED = "unassigned"
"""The code of rows whose organization is not known; they are counted, never dropped."""


@dataclass(frozen=True)
class Meaning:
    """A text and the organization it means, from a day until (not including) another; the least rank wins."""

    text: str
    code: str
    rank: int
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class AliasCodes:
    """Everything that texts of one source can mean."""

    meanings: tuple[Meaning, ...]

    def resolve(self, texts: pl.Series, days: pl.Series | date | None = None) -> pl.Series:
        """Return the organization's code for each text on its day, `unassigned` where nothing fits.

        Case and outer blanks do not matter. Without a day only meanings without dates hold.
        """
        import polars as pl

        dated = {
            meaning.text
            for meaning in self.meanings
            if meaning.since is not None or meaning.until is not None
        }
        always: dict[str, str] = {}
        for meaning in sorted(self.meanings, key=lambda one: one.rank):
            if meaning.since is None and meaning.until is None:
                always.setdefault(meaning.text, meaning.code)
        keys = texts.str.strip_chars().str.to_lowercase().alias("text")
        codes = keys.replace_strict(always, default=None, return_dtype=pl.String).alias("code")
        if dated and keys.is_in(list(dated)).any():
            codes = self._on_days(keys, days, codes, dated)
        return codes.fill_null(UNASSIGNED).alias(texts.name)

    def _on_days(
        self, keys: pl.Series, days: pl.Series | date | None, codes: pl.Series, dated: set[str]
    ) -> pl.Series:
        """Look up the texts whose meaning depends on the day, each different pair of text and day once."""
        import polars as pl

        frame = pl.DataFrame([keys, codes])
        if days is None or isinstance(days, date):
            frame = frame.with_columns(pl.lit(days, dtype=pl.Date).alias("day"))
        else:
            frame = frame.with_columns(days.cast(pl.Date).alias("day"))
        table = pl.DataFrame(
            [
                (one.text, one.code, one.rank, one.since, one.until)
                for one in self.meanings
                if one.text in dated
            ],
            schema={
                "text": pl.String,
                "meant": pl.String,
                "rank": pl.Int64,
                "since": pl.Date,
                "until": pl.Date,
            },
            orient="row",
        )
        holds = (pl.col("since").is_null() | (pl.col("day") >= pl.col("since"))) & (
            pl.col("until").is_null() | (pl.col("day") < pl.col("until"))
        )
        found = (
            frame.select("text", "day").unique().join(table, on="text").filter(holds.fill_null(value=False)).sort("rank")
            .unique(["text", "day"], keep="first", maintain_order=True).select("text", "day", "meant")
        )  # fmt: skip
        joined = frame.join(found, on=["text", "day"], how="left", nulls_equal=True, maintain_order="left")
        return joined.select(pl.coalesce("meant", "code").alias("code")).to_series()


def alias_codes(source: str = "") -> AliasCodes:
    """Read what texts of a source mean.

    Its own aliases come before those of any source, a dated alias before one without dates, and all of them before an
    organization's code, and that before a name that only one organization has.
    """
    meanings: list[Meaning] = []
    names: dict[str, list[str]] = {}
    for code, name in Organization.objects.order_by("pk").values_list("code", "name"):
        meanings.append(Meaning(code.lower(), code, rank=4))
        names.setdefault(name.strip().lower(), []).append(code)
    meanings += [Meaning(name, codes[0], rank=5) for name, codes in names.items() if len(codes) == 1]
    aliases = OrganizationAlias.objects.filter(Q(source="") | Q(source=source)).order_by("pk")
    for of, alias, valid, code in aliases.values_list("source", "alias", "valid", "organization__code"):
        since, until = (valid.lower, valid.upper) if valid is not None else (None, None)
        rank = (0 if of else 2) + (0 if since or until else 1)
        meanings.append(Meaning(alias.strip().lower(), code, rank, since, until))
    return AliasCodes(tuple(meanings))


def resolve_codes(texts: pl.Series, *, on: pl.Series | date | None, source: str = "") -> pl.DataFrame:
    """Return `text`, `organization` (its code or `unassigned`) and `organization_id` for each text, in their order."""
    import polars as pl

    codes = alias_codes(source).resolve(texts, on)
    ids = dict(Organization.objects.filter(code__in=codes.unique().to_list()).values_list("code", "pk"))
    return pl.DataFrame(
        {
            "text": texts,
            "organization": codes,
            "organization_id": codes.replace_strict(ids, default=None, return_dtype=pl.Int64),
        }
    )
