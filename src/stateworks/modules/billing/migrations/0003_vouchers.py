import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from stateworks.kernel.migrating import AtOnce


class Migration(AtOnce):
    dependencies = [
        ("billing", "0002_walls_and_seals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ErpExport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("postings", models.PositiveIntegerField()),
                ("control_cents", models.BigIntegerField(help_text="The sum of all debits, in cents.")),
                ("sha256", models.CharField(help_text="Of the file's bytes.", max_length=64)),
                ("exported_at", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                (
                    "reference",
                    models.CharField(blank=True, help_text="What the ledger calls the batch.", max_length=80),
                ),
                (
                    "exported_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "period",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erp_export",
                        to="billing.billingperiod",
                    ),
                ),
            ],
            options={
                "verbose_name": "export to the ledger",
                "ordering": ["period"],
            },
        ),
        migrations.CreateModel(
            name="JournalEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(help_text="JV- and the invoice's number.", max_length=40, unique=True),
                ),
                ("posted_on", models.DateField(help_text="Day of issue.")),
                (
                    "invoice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entry",
                        to="billing.invoice",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "journal entries",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ledger_account", models.CharField(help_text="receivable or revenue.", max_length=20)),
                (
                    "subject",
                    models.CharField(help_text="The billing account, or the line of service.", max_length=60),
                ),
                (
                    "fund",
                    models.CharField(
                        blank=True, help_text="The fund that pays; empty for revenue.", max_length=40
                    ),
                ),
                ("cents", models.BigIntegerField(help_text="Debit is positive, credit negative.")),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="billing.journalentry",
                    ),
                ),
            ],
            options={
                "ordering": ["entry", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("entry", "ledger_account", "subject"), name="billing_posting_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cents", 0), _negated=True), name="billing_posting_is_something"
                    ),
                ],
            },
        ),
    ]
