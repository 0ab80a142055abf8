"""Seals over the audit record: as append-only as the record itself, written by the system, read by those who audit."""

from django.db import migrations, models

from stateworks.kernel.access.policies import RowPolicy, role_statewide

APPEND_ONLY = """
CREATE TRIGGER access_auditseal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION access_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_every_organization"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sealed_at", models.DateTimeField()),
                ("first_id", models.BigIntegerField(help_text="Number of the batch's first entry.")),
                (
                    "last_id",
                    models.BigIntegerField(
                        help_text="Number of its last entry; the batch holds all after the one before."
                    ),
                ),
                ("count", models.PositiveIntegerField()),
                ("digest", models.CharField(help_text="SHA-256 over the entries.", max_length=64)),
                ("marks", models.JSONField(help_text="Each entry's number and the beginning of its hash.")),
                (
                    "previous",
                    models.CharField(
                        blank=True, help_text="The seal before; empty: the first.", max_length=64, unique=True
                    ),
                ),
                (
                    "seal",
                    models.CharField(help_text="SHA-256 over all the above.", max_length=64, unique=True),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first_id__lte", models.F("last_id"))),
                        name="access_seal_of_some_entries",
                    )
                ],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, "DROP TRIGGER access_auditseal_append_only ON access_auditseal;"),
        RowPolicy("access_auditseal", reads=role_statewide("auditor", "administrator"), writes="false"),
    ]
