"""The migrations and the models say the same."""

from __future__ import annotations

import pytest
from django.core.management import call_command


@pytest.mark.django_db(databases=["default", "owner"])
def test_no_model_has_changed_without_a_migration() -> None:
    try:
        call_command("makemigrations", "--check", "--dry-run", verbosity=1)
    except SystemExit:
        pytest.fail("models have changed: run `stateworks manage makemigrations` and commit what it writes")
