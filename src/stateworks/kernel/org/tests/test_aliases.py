"""What a source's codes mean on a day."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from stateworks.kernel.org.aliases import UNASSIGNED, alias_codes, resolve_codes
from stateworks.kernel.org.models import Organization, OrganizationAlias

pytestmark = pytest.mark.django_db
SPLIT = date(2026, 7, 1)


@pytest.fixture
def agencies() -> dict[str, Organization]:
    made = [Organization.objects.create(code=code, name=name, kind="agency") for code, name in
            (("labor", "Department of Labor"), ("works", "Public Works"), ("roads", "Roads"), ("bridges", "Roads"))]  # fmt: skip
    return {one.code: one for one in made}


def alias(
    organization: Organization,
    text: str,
    source: str = "",
    since: date | None = None,
    until: date | None = None,
) -> None:
    valid = DateRange(since, until) if since or until else None
    OrganizationAlias.objects.create(organization=organization, alias=text, source=source, valid=valid)


def test_the_closer_meaning_wins(agencies: dict[str, Organization]) -> None:
    alias(agencies["labor"], "DOL")
    alias(agencies["works"], "DOL", source="ivanti")
    alias(agencies["labor"], "X9", source="ivanti", until=SPLIT)
    alias(agencies["roads"], "X9", source="ivanti", since=SPLIT)
    texts = pl.Series(["dol ", "LABOR", "public works", "Roads", "x9", "x9", "nobody", None, ""])
    days = pl.Series([date(2026, 6, 30)] * 5 + [SPLIT] * 4)
    ivanti = ["works", "labor", "works", "roads", "labor", "roads", UNASSIGNED, UNASSIGNED, UNASSIGNED]
    assert alias_codes("ivanti").resolve(texts, days).to_list() == ivanti
    # Another source does not know X9, and DOL means what it means everywhere.
    other = alias_codes("jira").resolve(texts, days).to_list()
    assert (other[0], other[4]) == ("labor", UNASSIGNED)


def test_a_shared_name_means_nothing_but_a_code_does(agencies: dict[str, Organization]) -> None:
    # “Roads” is the name of two organizations and the code of one.
    frame = resolve_codes(pl.Series(["Roads", "bridges"]), on=SPLIT)
    assert frame["organization"].to_list() == ["roads", "bridges"]
    assert frame["organization_id"].to_list() == [agencies["roads"].pk, agencies["bridges"].pk]
    agencies["roads"].code = "rd"
    agencies["roads"].save()
    assert resolve_codes(pl.Series(["Roads"]), on=SPLIT)["organization"].to_list() == [UNASSIGNED]


def test_dated_meanings_need_a_day(agencies: dict[str, Organization]) -> None:
    alias(agencies["labor"], "X9", since=SPLIT)
    assert alias_codes("").resolve(pl.Series(["X9"])).to_list() == [UNASSIGNED]
    assert alias_codes("").resolve(pl.Series(["X9"]), date(2026, 6, 30)).to_list() == [UNASSIGNED]
    assert alias_codes("").resolve(pl.Series(["X9"]), SPLIT).to_list() == ["labor"]


@pytest.mark.parametrize(
    ("first", "second", "fits"),
    [
        ((None, SPLIT), (SPLIT, None), True),
        ((None, SPLIT), (date(2026, 6, 30), None), False),
        ((None, None), (SPLIT, None), False),
        ((date(2020, 1, 1), date(2021, 1, 1)), (date(2022, 1, 1), date(2023, 1, 1)), True),
    ],
)
def test_one_source_never_means_two_things_on_a_day(
    agencies: dict[str, Organization],
    first: tuple[date | None, date | None],
    second: tuple[date | None, date | None],
    fits: bool,
) -> None:
    alias(agencies["labor"], "X9", "ivanti", *first)
    alias(agencies["works"], "X9", "jira", *first)
    if fits:
        alias(agencies["works"], "x9", "ivanti", *second)
        return
    with pytest.raises(IntegrityError, match="org_alias_no_overlap"), transaction.atomic():
        alias(agencies["works"], "x9", "ivanti", *second)
