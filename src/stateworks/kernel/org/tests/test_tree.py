"""The closure table keeps itself, however the tree is written, and no circle gets in."""

from __future__ import annotations

import threading
from random import Random

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from stateworks.kernel.org.models import Organization, OrganizationClosure


def make(code: str, parent: Organization | None = None) -> Organization:
    return Organization.objects.create(code=code, name=code.upper(), kind="agency", parent=parent)


def closure() -> set[tuple[str, str, int]]:
    return set(OrganizationClosure.objects.values_list("ancestor__code", "descendant__code", "depth"))


def expected() -> set[tuple[str, str, int]]:
    """Walk up from every organization, in Python."""
    rows = {one.pk: one for one in Organization.objects.all()}
    pairs = set()
    for one in rows.values():
        above, depth = one, 0
        while True:
            pairs.add((above.code, one.code, depth))
            if above.parent_id is None:
                break
            above, depth = rows[above.parent_id], depth + 1
    return pairs


@pytest.mark.django_db
def test_insert_move_delete() -> None:
    a = make("a")
    b = make("b", a)
    make("c", b)
    assert closure() == {
        ("a", "a", 0),
        ("b", "b", 0),
        ("c", "c", 0),
        ("a", "b", 1),
        ("b", "c", 1),
        ("a", "c", 2),
    }
    Organization.objects.filter(code="b").update(parent=None)
    assert closure() == {("a", "a", 0), ("b", "b", 0), ("c", "c", 0), ("b", "c", 1)}
    Organization.objects.filter(code="c").delete()
    assert closure() == {("a", "a", 0), ("b", "b", 0)}


@pytest.mark.django_db
def test_bulk_raw_and_copied_writes() -> None:
    root = make("root")
    Organization.objects.bulk_create(
        [Organization(code=f"n{n}", name="n", kind="agency", parent=root) for n in range(50)]
    )
    with connection.cursor() as cursor:
        # The child first, its parent after it, in one statement and then in two.
        cursor.execute(
            "INSERT INTO org_organization (id, code, name, kind, parent_id, executive_branch, consolidated) "
            "VALUES (9001, 'child', '', 'agency', 9002, true, false), (9002, 'parent', '', 'agency', %s, true, false)",
            [root.pk],
        )
        cursor.execute(
            "INSERT INTO org_organization (id, code, name, kind, parent_id, executive_branch, consolidated) "
            "VALUES (9003, 'early', '', 'agency', 9004, true, false)"
        )
        cursor.execute(
            "INSERT INTO org_organization (id, code, name, kind, parent_id, executive_branch, consolidated) "
            "VALUES (9004, 'late', '', 'agency', 9001, true, false)"
        )
        with cursor.copy(
            "COPY org_organization (code, name, kind, parent_id, executive_branch, consolidated) FROM STDIN"
        ) as copy:
            copy.write_row(("copied", "", "agency", 9003, True, False))
    assert closure() == expected()
    assert ("root", "copied", 5) in closure()


@pytest.mark.django_db
def test_a_circle_is_refused_in_words() -> None:
    a = make("a")
    b = make("b", a)
    c = make("c", b)
    with (
        pytest.raises(IntegrityError, match="would form a circle: a below c below b below a"),
        transaction.atomic(),
    ):
        Organization.objects.filter(code="a").update(parent=c)
    with pytest.raises(IntegrityError), transaction.atomic():
        Organization.objects.filter(code="a").update(parent=a)
    assert closure() == expected()


@pytest.mark.django_db
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9))
def test_any_moves(seed: int) -> None:
    random = Random(seed)
    with transaction.atomic():
        nodes = [make(f"x{n}") for n in range(8)]
        for _ in range(15):
            one, other = random.choice(nodes), random.choice([*nodes, None])
            try:
                with transaction.atomic():
                    Organization.objects.filter(pk=one.pk).update(parent=other)
            except IntegrityError:
                # Refused only where it was a circle indeed.
                assert other is not None
                assert OrganizationClosure.objects.filter(ancestor=one, descendant=other).exists()
            assert closure() == expected()
        transaction.set_rollback(True)


@pytest.fixture
def pair(transactional_db: None) -> tuple[Organization, Organization]:
    return make("left"), make("right")


def test_two_moves_at_once_cannot_close_a_circle(pair: tuple[Organization, Organization]) -> None:
    left, right = pair
    barrier = threading.Barrier(2)
    failed: list[str] = []

    def move(one: Organization, other: Organization) -> None:
        try:
            with transaction.atomic():
                barrier.wait(timeout=20)
                Organization.objects.filter(pk=one.pk).update(parent=other)
        except IntegrityError as error:
            failed.append(str(error))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=move, args=(left, right)),
        threading.Thread(target=move, args=(right, left)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(failed) == 1
    assert "circle" in failed[0]
    assert closure() == expected()
