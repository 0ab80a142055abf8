"""The two database roles: what the product's own role may and may not do."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.db import ProgrammingError, connection
from django.utils import timezone


def one(sql: str) -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    assert row is not None
    return tuple(row)


@pytest.mark.django_db
def test_the_product_runs_as_a_role_without_power() -> None:
    row = one(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication "
        "FROM pg_roles WHERE rolname = current_user"
    )
    assert row == (False, False, False, False, False)
    owner = one("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()")
    user = one("SELECT current_user")
    assert owner != user


@pytest.mark.django_db
def test_it_owns_no_table_and_cannot_make_or_empty_one() -> None:
    assert one("SELECT count(*) FROM pg_tables WHERE tableowner = current_user") == (0,)
    with pytest.raises(ProgrammingError, match="permission denied"):
        one("CREATE TABLE mine (id int)")


@pytest.mark.django_db
def test_truncate_is_refused() -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        one("TRUNCATE django_session")


@pytest.mark.django_db
def test_it_reads_and_writes_rows() -> None:
    Session.objects.create(session_key="a", session_data="b", expire_date=timezone.now())
    assert Session.objects.count() == 1


@pytest.mark.parametrize("attempt", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_what_a_test_committed_is_gone_for_the_next(attempt: int) -> None:
    assert Session.objects.count() == 0
    Session.objects.create(session_key="a", session_data="b", expire_date=timezone.now())


@pytest.mark.django_db
def test_the_server_is_recent_enough_and_speaks_utc() -> None:
    (version,) = one("SELECT current_setting('server_version_num')::int")
    assert isinstance(version, int)
    assert version >= 160000
