import django.contrib.postgres.constraints
import django.core.validators
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import stateworks.kernel.history
from stateworks.kernel.migrating import AtOnce


class Migration(AtOnce):
    initial = True

    dependencies = [
        ("org", "0002_tree_and_aliases"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountAlias",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(help_text="The source system, as its mapping names it.", max_length=80),
                ),
                (
                    "given",
                    models.CharField(help_text="The account in the source's own words.", max_length=200),
                ),
            ],
            options={
                "verbose_name_plural": "account aliases",
                "ordering": ["source", "given"],
            },
        ),
        migrations.CreateModel(
            name="AllocationModel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(help_text="Short stable code.", max_length=60, unique=True)),
                ("title", models.CharField(max_length=200)),
                (
                    "fiscal_year",
                    models.PositiveSmallIntegerField(
                        help_text="The year in which the fiscal year ends.",
                        unique=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("direct", "Direct: pools pass nothing to each other"),
                            ("step_down", "Step-down: in order, and never back"),
                            ("reciprocal", "Reciprocal: all at once, exactly"),
                        ],
                        default="step_down",
                        max_length=12,
                    ),
                ),
                ("note", models.TextField(blank=True, help_text="Why so.")),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="AllocationModelEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, help_text="Short stable code.", max_length=60)),
                ("title", models.CharField(max_length=200)),
                (
                    "fiscal_year",
                    models.PositiveSmallIntegerField(
                        help_text="The year in which the fiscal year ends.",
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("direct", "Direct: pools pass nothing to each other"),
                            ("step_down", "Step-down: in order, and never back"),
                            ("reciprocal", "Reciprocal: all at once, exactly"),
                        ],
                        default="step_down",
                        max_length=12,
                    ),
                ),
                ("note", models.TextField(blank=True, help_text="Why so.")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AllocationRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "step",
                    models.PositiveSmallIntegerField(default=1, help_text="Place in the order of the steps."),
                ),
            ],
            options={
                "ordering": ["model", "step"],
            },
        ),
        migrations.CreateModel(
            name="AllocationRuleEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "step",
                    models.PositiveSmallIntegerField(default=1, help_text="Place in the order of the steps."),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AnomalyFinding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(help_text="Short stable code.", max_length=140, unique=True)),
                ("detector", models.CharField(help_text="Which detector found it.", max_length=40)),
                ("text", models.TextField(help_text="What looks wrong.")),
                ("cents", models.BigIntegerField(default=0, help_text="How much is at risk, in cents.")),
                ("found_at", models.DateTimeField(help_text="When it was found.")),
                ("due_on", models.DateField(help_text="The second business day after it was found.")),
                (
                    "resolved_at",
                    models.DateTimeField(blank=True, help_text="When it was resolved.", null=True),
                ),
                (
                    "resolved_on",
                    models.DateField(blank=True, help_text="The local day it was resolved.", null=True),
                ),
                ("resolution", models.TextField(blank=True, help_text="What it was, and what was done.")),
            ],
            options={
                "ordering": ["-found_at", "code"],
            },
        ),
        migrations.CreateModel(
            name="AnomalyFindingEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("code", models.CharField(help_text="Short stable code.", max_length=140)),
                ("detector", models.CharField(help_text="Which detector found it.", max_length=40)),
                ("text", models.TextField(help_text="What looks wrong.")),
                ("cents", models.BigIntegerField(default=0, help_text="How much is at risk, in cents.")),
                ("found_at", models.DateTimeField(help_text="When it was found.")),
                ("due_on", models.DateField(help_text="The second business day after it was found.")),
                (
                    "resolved_at",
                    models.DateTimeField(blank=True, help_text="When it was resolved.", null=True),
                ),
                (
                    "resolved_on",
                    models.DateField(blank=True, help_text="The local day it was resolved.", null=True),
                ),
                ("resolution", models.TextField(blank=True, help_text="What it was, and what was done.")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BillingAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(help_text="Short stable code.", max_length=60, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("fund", models.CharField(blank=True, help_text="The fund that pays.", max_length=40)),
                (
                    "appropriation",
                    models.CharField(blank=True, help_text="The appropriation that pays.", max_length=40),
                ),
                (
                    "program",
                    models.CharField(blank=True, help_text="The program the cost is for.", max_length=40),
                ),
                (
                    "starts_on",
                    models.DateField(blank=True, help_text="First day of charges; empty: always.", null=True),
                ),
                (
                    "ends_on",
                    models.DateField(
                        blank=True, help_text="Last day of charges; empty while it lasts.", null=True
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="BillingAccountEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, help_text="Short stable code.", max_length=60)),
                ("name", models.CharField(max_length=200)),
                ("fund", models.CharField(blank=True, help_text="The fund that pays.", max_length=40)),
                (
                    "appropriation",
                    models.CharField(blank=True, help_text="The appropriation that pays.", max_length=40),
                ),
                (
                    "program",
                    models.CharField(blank=True, help_text="The program the cost is for.", max_length=40),
                ),
                (
                    "starts_on",
                    models.DateField(blank=True, help_text="First day of charges; empty: always.", null=True),
                ),
                (
                    "ends_on",
                    models.DateField(
                        blank=True, help_text="Last day of charges; empty while it lasts.", null=True
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BillingPeriod",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.SlugField(help_text="The month, such as 2026-10.", max_length=60, unique=True),
                ),
                ("starts_on", models.DateField(help_text="First day.")),
                ("ends_on", models.DateField(help_text="Last day.")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("soft_closed", "Closing"), ("closed", "Closed")],
                        default="open",
                        editable=False,
                        max_length=12,
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, help_text="When it was closed.", null=True)),
                (
                    "reopened_why",
                    models.TextField(blank=True, editable=False, help_text="Why it was opened again."),
                ),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="BillingPeriodEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "code",
                    models.SlugField(db_index=False, help_text="The month, such as 2026-10.", max_length=60),
                ),
                ("starts_on", models.DateField(help_text="First day.")),
                ("ends_on", models.DateField(help_text="Last day.")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("soft_closed", "Closing"), ("closed", "Closed")],
                        default="open",
                        editable=False,
                        max_length=12,
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, help_text="When it was closed.", null=True)),
                (
                    "reopened_why",
                    models.TextField(blank=True, editable=False, help_text="Why it was opened again."),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BillingRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("approved", "Approved"),
                            ("issued", "Issued"),
                            ("replaced", "Replaced"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                (
                    "inputs_hash",
                    models.CharField(
                        help_text="SHA-256 of everything the charges follow from.", max_length=64
                    ),
                ),
                (
                    "versions",
                    models.JSONField(default=dict, help_text="The version of each dataset that was read."),
                ),
                (
                    "months",
                    models.JSONField(default=list, help_text="The months whose usage and costs were read."),
                ),
                (
                    "parts",
                    models.JSONField(
                        default=dict, help_text="A fingerprint of each month's files, by dataset."
                    ),
                ),
                (
                    "inputs",
                    models.JSONField(default=dict, help_text="Prices, weights and names as they were."),
                ),
                (
                    "checks",
                    models.JSONField(default=dict, help_text="The sums of each stage, which must agree."),
                ),
                (
                    "worklist",
                    models.JSONField(default=list, help_text="What could not be charged, with the reason."),
                ),
                ("cents", models.BigIntegerField(default=0)),
                ("engine", models.CharField(default="duckdb", max_length=12)),
                ("made_at", models.DateTimeField()),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("issued_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-made_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="CodingFinding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(help_text="Short stable code.", max_length=140, unique=True)),
                ("source", models.CharField(help_text="The ledger.", max_length=80)),
                ("journal", models.CharField(help_text="Number of the journal.", max_length=80)),
                ("line", models.CharField(help_text="Number of the line in its journal.", max_length=40)),
                ("posted_on", models.DateField(help_text="Day it was posted.")),
                ("cents", models.BigIntegerField(help_text="How much, in cents.")),
                ("reason", models.CharField(help_text="What is wrong with the coding.", max_length=300)),
                (
                    "corrected_on",
                    models.DateField(blank=True, help_text="Day the coding was corrected.", null=True),
                ),
            ],
            options={
                "ordering": ["-posted_on", "code"],
            },
        ),
        migrations.CreateModel(
            name="CodingFindingEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, help_text="Short stable code.", max_length=140)),
                ("source", models.CharField(help_text="The ledger.", max_length=80)),
                ("journal", models.CharField(help_text="Number of the journal.", max_length=80)),
                ("line", models.CharField(help_text="Number of the line in its journal.", max_length=40)),
                ("posted_on", models.DateField(help_text="Day it was posted.")),
                ("cents", models.BigIntegerField(help_text="How much, in cents.")),
                ("reason", models.CharField(help_text="What is wrong with the coding.", max_length=300)),
                (
                    "corrected_on",
                    models.DateField(blank=True, help_text="Day the coding was corrected.", null=True),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CostPool",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(help_text="Short stable code.", max_length=60, unique=True)),
                ("name", models.CharField(max_length=200)),
                (
                    "tower",
                    models.CharField(blank=True, help_text="Tower in the TBM taxonomy.", max_length=120),
                ),
                (
                    "retired_on",
                    models.DateField(blank=True, help_text="First day it gathers nothing.", null=True),
                ),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="CostPoolEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, help_text="Short stable code.", max_length=60)),
                ("name", models.CharField(max_length=200)),
                (
                    "tower",
                    models.CharField(blank=True, help_text="Tower in the TBM taxonomy.", max_length=120),
                ),
                (
                    "retired_on",
                    models.DateField(blank=True, help_text="First day it gathers nothing.", null=True),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Credit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(help_text="Short stable code.", max_length=140, unique=True)),
                ("cents", models.BigIntegerField(help_text="How much is given back, in cents.")),
                ("reason", models.TextField(help_text="Why.")),
                ("given_on", models.DateField(help_text="Day it was given.")),
            ],
            options={
                "ordering": ["-given_on", "code"],
            },
        ),
        migrations.CreateModel(
            name="CreditEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("code", models.CharField(help_text="Short stable code.", max_length=140)),
                ("cents", models.BigIntegerField(help_text="How much is given back, in cents.")),
                ("reason", models.TextField(help_text="Why.")),
                ("given_on", models.DateField(help_text="Day it was given.")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(help_text="Short stable code.", max_length=140, unique=True)),
                ("cents", models.BigIntegerField(help_text="How much of the line is disputed, in cents.")),
                ("reason", models.TextField(help_text="What is wrong, in the agency's words.")),
                ("filed_on", models.DateField(help_text="Day it was filed.")),
                ("due_on", models.DateField(help_text="Day by which it is answered.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("upheld", "Upheld"),
                            ("denied", "Denied"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("resolved_on", models.DateField(blank=True, help_text="Day it was decided.", null=True)),
                ("resolution", models.TextField(blank=True, help_text="What was decided, and why.")),
            ],
            options={
                "ordering": ["-filed_on", "code"],
            },
        ),
        migrations.CreateModel(
            name="DisputeEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("code", models.CharField(help_text="Short stable code.", max_length=140)),
                ("cents", models.BigIntegerField(help_text="How much of the line is disputed, in cents.")),
                ("reason", models.TextField(help_text="What is wrong, in the agency's words.")),
                ("filed_on", models.DateField(help_text="Day it was filed.")),
                ("due_on", models.DateField(help_text="Day by which it is answered.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("upheld", "Upheld"),
                            ("denied", "Denied"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("resolved_on", models.DateField(blank=True, help_text="Day it was decided.", null=True)),
                ("resolution", models.TextField(blank=True, help_text="What was decided, and why.")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Driver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(help_text="Short stable code.", max_length=60, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("unit", models.CharField(blank=True, help_text="What is counted.", max_length=40)),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="DriverEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, help_text="Short stable code.", max_length=60)),
                ("name", models.CharField(max_length=200)),
                ("unit", models.CharField(blank=True, help_text="What is counted.", max_length=40)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DriverValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(help_text="Short stable code.", max_length=120, unique=True)),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=6,
                        help_text="How much of it.",
                        max_digits=18,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
            ],
            options={
                "ordering": ["driver", "period", "code"],
            },
        ),
        migrations.CreateModel(
            name="DriverValueEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, help_text="Short stable code.", max_length=120)),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=6,
                        help_text="How much of it.",
                        max_digits=18,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.SlugField(
                        help_text="Month and agency, such as 2026-10-dhs.", max_length=100, unique=True
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        blank=True, help_text="Given when it is issued, without gaps.", max_length=20
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("approved", "Approved"), ("issued", "Issued")],
                        default="draft",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("cents", models.BigIntegerField(default=0, help_text="The sum of its lines, in cents.")),
                (
                    "reviewed_at",
                    models.DateTimeField(blank=True, help_text="When it was reviewed.", null=True),
                ),
                ("issued_at", models.DateTimeField(blank=True, help_text="When it was issued.", null=True)),
                (
                    "due_on",
                    models.DateField(blank=True, help_text="Day by which it is to be paid.", null=True),
                ),
                ("note", models.TextField(blank=True, help_text="What the agency should know.")),
            ],
            options={
                "ordering": ["-period", "code"],
            },
        ),
        migrations.CreateModel(
            name="InvoiceEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "code",
                    models.SlugField(
                        db_index=False, help_text="Month and agency, such as 2026-10-dhs.", max_length=100
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        blank=True, help_text="Given when it is issued, without gaps.", max_length=20
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("approved", "Approved"), ("issued", "Issued")],
                        default="draft",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("cents", models.BigIntegerField(default=0, help_text="The sum of its lines, in cents.")),
                (
                    "reviewed_at",
                    models.DateTimeField(blank=True, help_text="When it was reviewed.", null=True),
                ),
                ("issued_at", models.DateTimeField(blank=True, help_text="When it was issued.", null=True)),
                (
                    "due_on",
                    models.DateField(blank=True, help_text="Day by which it is to be paid.", null=True),
                ),
                ("note", models.TextField(blank=True, help_text="What the agency should know.")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="InvoiceLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        help_text="The invoice's code and the line's number.", max_length=120, unique=True
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("usage", "Usage"),
                            ("allocated", "Allocated cost"),
                            ("passed_on", "Passed on at cost"),
                            ("credit", "Credit"),
                        ],
                        default="usage",
                        max_length=10,
                    ),
                ),
                (
                    "origin",
                    models.CharField(help_text="The month the charge is for, such as 2026-09.", max_length=7),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        help_text="Pool or provider the cost comes from; empty for usage at a rate.",
                        max_length=80,
                    ),
                ),
                (
                    "quantity",
                    models.DecimalField(
                        decimal_places=20,
                        default=0,
                        help_text="How much; for cost passed on, the dollars.",
                        max_digits=38,
                    ),
                ),
                (
                    "price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=8,
                        help_text="Dollars for one unit.",
                        max_digits=18,
                        null=True,
                    ),
                ),
                ("cents", models.BigIntegerField(help_text="The charge, in cents.")),
                ("rows", models.BigIntegerField(default=0, help_text="Rows of the source that it rests on.")),
            ],
            options={
                "ordering": ["invoice", "id"],
            },
        ),
        migrations.CreateModel(
            name="InvoiceLineEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "code",
                    models.CharField(help_text="The invoice's code and the line's number.", max_length=120),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("usage", "Usage"),
                            ("allocated", "Allocated cost"),
                            ("passed_on", "Passed on at cost"),
                            ("credit", "Credit"),
                        ],
                        default="usage",
                        max_length=10,
                    ),
                ),
                (
                    "origin",
                    models.CharField(help_text="The month the charge is for, such as 2026-09.", max_length=7),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        help_text="Pool or provider the cost comes from; empty for usage at a rate.",
                        max_length=80,
                    ),
                ),
                (
                    "quantity",
                    models.DecimalField(
                        decimal_places=20,
                        default=0,
                        help_text="How much; for cost passed on, the dollars.",
                        max_digits=38,
                    ),
                ),
                (
                    "price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=8,
                        help_text="Dollars for one unit.",
                        max_digits=18,
                        null=True,
                    ),
                ),
                ("cents", models.BigIntegerField(help_text="The charge, in cents.")),
                ("rows", models.BigIntegerField(default=0, help_text="Rows of the source that it rests on.")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="InvoiceReview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "detected_at",
                    models.DateTimeField(blank=True, help_text="When the detectors looked at it.", null=True),
                ),
                (
                    "findings",
                    models.PositiveIntegerField(default=0, help_text="How many findings the detectors had."),
                ),
                (
                    "reviewed_at",
                    models.DateTimeField(blank=True, help_text="When a person had reviewed it.", null=True),
                ),
                ("note", models.TextField(blank=True, help_text="What was seen.")),
            ],
            options={
                "ordering": ["invoice_id"],
            },
        ),
        migrations.CreateModel(
            name="InvoiceReviewEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "detected_at",
                    models.DateTimeField(blank=True, help_text="When the detectors looked at it.", null=True),
                ),
                (
                    "findings",
                    models.PositiveIntegerField(default=0, help_text="How many findings the detectors had."),
                ),
                (
                    "reviewed_at",
                    models.DateTimeField(blank=True, help_text="When a person had reviewed it.", null=True),
                ),
                ("note", models.TextField(blank=True, help_text="What was seen.")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PoolRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(help_text="Short stable code.", max_length=60, unique=True)),
                (
                    "cost_center",
                    models.CharField(blank=True, help_text="Cost center; empty: any.", max_length=40),
                ),
                (
                    "object_code",
                    models.CharField(
                        blank=True, help_text="Object of expenditure; empty: any.", max_length=40
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="PoolRuleEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, help_text="Short stable code.", max_length=60)),
                (
                    "cost_center",
                    models.CharField(blank=True, help_text="Cost center; empty: any.", max_length=40),
                ),
                (
                    "object_code",
                    models.CharField(
                        blank=True, help_text="Object of expenditure; empty: any.", max_length=40
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PortalEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.SlugField(help_text="Agency, account, page and day.", max_length=140, unique=True),
                ),
                ("page", models.CharField(help_text="Which page was opened.", max_length=40)),
                ("happened_on", models.DateField(help_text="The local day.")),
            ],
            options={
                "ordering": ["-happened_on", "code"],
            },
        ),
        migrations.CreateModel(
            name="PortalEventEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "code",
                    models.SlugField(
                        db_index=False, help_text="Agency, account, page and day.", max_length=140
                    ),
                ),
                ("page", models.CharField(help_text="Which page was opened.", max_length=40)),
                ("happened_on", models.DateField(help_text="The local day.")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Rate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField(help_text="First day of the price.")),
                ("ends_on", models.DateField(help_text="Last day of the price.")),
                (
                    "price",
                    models.DecimalField(
                        decimal_places=8,
                        help_text="Dollars for one unit.",
                        max_digits=18,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
            ],
            options={
                "ordering": ["card", "sku", "starts_on"],
            },
        ),
        migrations.CreateModel(
            name="RateCard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(help_text="Short stable code.", max_length=60, unique=True)),
                ("title", models.CharField(max_length=200)),
                (
                    "fiscal_year",
                    models.PositiveSmallIntegerField(
                        help_text="The year in which the fiscal year ends.",
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                ("note", models.TextField(blank=True, help_text="How the prices were made.")),
                ("approved", models.BooleanField(default=False, editable=False)),
                (
                    "approved_at",
                    models.DateTimeField(blank=True, help_text="When it was approved.", null=True),
                ),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="RateCardEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, help_text="Short stable code.", max_length=60)),
                ("title", models.CharField(max_length=200)),
                (
                    "fiscal_year",
                    models.PositiveSmallIntegerField(
                        help_text="The year in which the fiscal year ends.",
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                ("note", models.TextField(blank=True, help_text="How the prices were made.")),
                ("approved", models.BooleanField(default=False, editable=False)),
                (
                    "approved_at",
                    models.DateTimeField(blank=True, help_text="When it was approved.", null=True),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RateEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("starts_on", models.DateField(help_text="First day of the price.")),
                ("ends_on", models.DateField(help_text="Last day of the price.")),
                (
                    "price",
                    models.DecimalField(
                        decimal_places=8,
                        help_text="Dollars for one unit.",
                        max_digits=18,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Sku",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(help_text="Short stable code.", max_length=60, unique=True)),
                ("name", models.CharField(max_length=200)),
                (
                    "recovery",
                    models.CharField(
                        choices=[
                            ("billed", "Billed by rate"),
                            ("allocated", "Allocated"),
                            ("passed_on", "Passed on at cost"),
                        ],
                        default="billed",
                        max_length=10,
                    ),
                ),
                ("unit", models.CharField(blank=True, help_text="What a quantity of one is.", max_length=40)),
                (
                    "solution",
                    models.CharField(blank=True, help_text="Solution in the TBM taxonomy.", max_length=120),
                ),
                (
                    "federal_group",
                    models.CharField(
                        blank=True, help_text="Group in the reconciliation under 2 CFR 200.", max_length=80
                    ),
                ),
                (
                    "retired_on",
                    models.DateField(blank=True, help_text="First day it is no longer sold.", null=True),
                ),
            ],
            options={
                "verbose_name": "SKU",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="SkuAlias",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(help_text="The source system, as its mapping names it.", max_length=80),
                ),
                ("given", models.CharField(help_text="The thing in the source's own words.", max_length=200)),
            ],
            options={
                "verbose_name": "SKU alias",
                "verbose_name_plural": "SKU aliases",
                "ordering": ["source", "given"],
            },
        ),
        migrations.CreateModel(
            name="SkuAliasEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "source",
                    models.CharField(help_text="The source system, as its mapping names it.", max_length=80),
                ),
                ("given", models.CharField(help_text="The thing in the source's own words.", max_length=200)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SkuEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, help_text="Short stable code.", max_length=60)),
                ("name", models.CharField(max_length=200)),
                (
                    "recovery",
                    models.CharField(
                        choices=[
                            ("billed", "Billed by rate"),
                            ("allocated", "Allocated"),
                            ("passed_on", "Passed on at cost"),
                        ],
                        default="billed",
                        max_length=10,
                    ),
                ),
                ("unit", models.CharField(blank=True, help_text="What a quantity of one is.", max_length=40)),
                (
                    "solution",
                    models.CharField(blank=True, help_text="Solution in the TBM taxonomy.", max_length=120),
                ),
                (
                    "federal_group",
                    models.CharField(
                        blank=True, help_text="Group in the reconciliation under 2 CFR 200.", max_length=80
                    ),
                ),
                (
                    "retired_on",
                    models.DateField(blank=True, help_text="First day it is no longer sold.", null=True),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AccountAliasEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "source",
                    models.CharField(help_text="The source system, as its mapping names it.", max_length=80),
                ),
                (
                    "given",
                    models.CharField(help_text="The account in the source's own words.", max_length=200),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="billing.accountalias",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="allocationmodelevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.allocationmodel",
            ),
        ),
        migrations.AddField(
            model_name="allocationrule",
            name="model",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rules",
                to="billing.allocationmodel",
            ),
        ),
        migrations.AddField(
            model_name="allocationruleevent",
            name="model",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.allocationmodel",
            ),
        ),
        migrations.AddField(
            model_name="allocationruleevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.allocationrule",
            ),
        ),
        migrations.AddField(
            model_name="anomalyfinding",
            name="resolved_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="anomalyfindingevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.anomalyfinding",
            ),
        ),
        migrations.AddField(
            model_name="anomalyfindingevent",
            name="resolved_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="billingaccount",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="billing_accounts",
                to="org.organization",
            ),
        ),
        migrations.AddField(
            model_name="accountaliasevent",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.billingaccount",
            ),
        ),
        migrations.AddField(
            model_name="accountalias",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="aliases",
                to="billing.billingaccount",
            ),
        ),
        migrations.AddField(
            model_name="billingaccountevent",
            name="organization",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="org.organization",
            ),
        ),
        migrations.AddField(
            model_name="billingaccountevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.billingaccount",
            ),
        ),
        migrations.AddField(
            model_name="billingperiod",
            name="closed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="billingperiod",
            name="reopened_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="billingperiodevent",
            name="closed_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="billingperiodevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.billingperiod",
            ),
        ),
        migrations.AddField(
            model_name="billingperiodevent",
            name="reopened_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="billingrun",
            name="approved_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="billingrun",
            name="made_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="billingrun",
            name="period",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="billing.billingperiod"
            ),
        ),
        migrations.AddField(
            model_name="codingfindingevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.codingfinding",
            ),
        ),
        migrations.AddField(
            model_name="codingfindingevent",
            name="suggested",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="The pool that history suggests.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.costpool",
            ),
        ),
        migrations.AddField(
            model_name="codingfinding",
            name="suggested",
            field=models.ForeignKey(
                blank=True,
                help_text="The pool that history suggests.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="coding_findings",
                to="billing.costpool",
            ),
        ),
        migrations.AddField(
            model_name="allocationruleevent",
            name="pool",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.costpool",
            ),
        ),
        migrations.AddField(
            model_name="allocationrule",
            name="pool",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="allocation_rules",
                to="billing.costpool",
            ),
        ),
        migrations.AddField(
            model_name="costpoolevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.costpool",
            ),
        ),
        migrations.AddField(
            model_name="credit",
            name="given_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="creditevent",
            name="given_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="creditevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.credit",
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="filed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="creditevent",
            name="dispute",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.dispute",
            ),
        ),
        migrations.AddField(
            model_name="credit",
            name="dispute",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credits",
                to="billing.dispute",
            ),
        ),
        migrations.AddField(
            model_name="disputeevent",
            name="filed_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="disputeevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.dispute",
            ),
        ),
        migrations.AddField(
            model_name="allocationruleevent",
            name="driver",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.driver",
            ),
        ),
        migrations.AddField(
            model_name="allocationrule",
            name="driver",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="allocation_rules",
                to="billing.driver",
            ),
        ),
        migrations.AddField(
            model_name="driverevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.driver",
            ),
        ),
        migrations.AddField(
            model_name="drivervalue",
            name="account",
            field=models.ForeignKey(
                blank=True,
                help_text="The account that has it; empty where a pool has it.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="driver_values",
                to="billing.billingaccount",
            ),
        ),
        migrations.AddField(
            model_name="drivervalue",
            name="driver",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="values", to="billing.driver"
            ),
        ),
        migrations.AddField(
            model_name="drivervalue",
            name="period",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="driver_values",
                to="billing.billingperiod",
            ),
        ),
        migrations.AddField(
            model_name="drivervalue",
            name="pool",
            field=models.ForeignKey(
                blank=True,
                help_text="The pool that has it; empty where an account has it.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="driver_values",
                to="billing.costpool",
            ),
        ),
        migrations.AddField(
            model_name="drivervalueevent",
            name="account",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="The account that has it; empty where a pool has it.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.billingaccount",
            ),
        ),
        migrations.AddField(
            model_name="drivervalueevent",
            name="driver",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.driver",
            ),
        ),
        migrations.AddField(
            model_name="drivervalueevent",
            name="period",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.billingperiod",
            ),
        ),
        migrations.AddField(
            model_name="drivervalueevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.drivervalue",
            ),
        ),
        migrations.AddField(
            model_name="drivervalueevent",
            name="pool",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="The pool that has it; empty where an account has it.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.costpool",
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="invoices", to="org.organization"
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="period",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invoices",
                to="billing.billingperiod",
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="run",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invoices",
                to="billing.billingrun",
            ),
        ),
        migrations.AddField(
            model_name="anomalyfindingevent",
            name="invoice",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.invoice",
            ),
        ),
        migrations.AddField(
            model_name="anomalyfinding",
            name="invoice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="findings", to="billing.invoice"
            ),
        ),
        migrations.AddField(
            model_name="invoiceevent",
            name="organization",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="org.organization",
            ),
        ),
        migrations.AddField(
            model_name="invoiceevent",
            name="period",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.billingperiod",
            ),
        ),
        migrations.AddField(
            model_name="invoiceevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.invoice",
            ),
        ),
        migrations.AddField(
            model_name="invoiceevent",
            name="run",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.billingrun",
            ),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invoice_lines",
                to="billing.billingaccount",
            ),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="invoice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="billing.invoice"
            ),
        ),
        migrations.AddField(
            model_name="disputeevent",
            name="line",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.invoiceline",
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="disputes", to="billing.invoiceline"
            ),
        ),
        migrations.AddField(
            model_name="creditevent",
            name="line",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.invoiceline",
            ),
        ),
        migrations.AddField(
            model_name="credit",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="credits", to="billing.invoiceline"
            ),
        ),
        migrations.AddField(
            model_name="invoicelineevent",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.billingaccount",
            ),
        ),
        migrations.AddField(
            model_name="invoicelineevent",
            name="invoice",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.invoice",
            ),
        ),
        migrations.AddField(
            model_name="invoicelineevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.invoiceline",
            ),
        ),
        migrations.AddField(
            model_name="invoicereview",
            name="invoice",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="review", to="billing.invoice"
            ),
        ),
        migrations.AddField(
            model_name="invoicereview",
            name="reviewed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="invoicereviewevent",
            name="invoice",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.invoice",
            ),
        ),
        migrations.AddField(
            model_name="invoicereviewevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.invoicereview",
            ),
        ),
        migrations.AddField(
            model_name="invoicereviewevent",
            name="reviewed_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="poolrule",
            name="pool",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="rules", to="billing.costpool"
            ),
        ),
        migrations.AddField(
            model_name="poolruleevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.poolrule",
            ),
        ),
        migrations.AddField(
            model_name="poolruleevent",
            name="pool",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.costpool",
            ),
        ),
        migrations.AddField(
            model_name="portalevent",
            name="account",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="portalevent",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="portal_events",
                to="org.organization",
            ),
        ),
        migrations.AddField(
            model_name="portaleventevent",
            name="account",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="portaleventevent",
            name="organization",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="org.organization",
            ),
        ),
        migrations.AddField(
            model_name="portaleventevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.portalevent",
            ),
        ),
        migrations.AddField(
            model_name="ratecard",
            name="approved_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="rate",
            name="card",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="rates", to="billing.ratecard"
            ),
        ),
        migrations.AddField(
            model_name="ratecardevent",
            name="approved_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="ratecardevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.ratecard",
            ),
        ),
        migrations.AddField(
            model_name="rateevent",
            name="card",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.ratecard",
            ),
        ),
        migrations.AddField(
            model_name="rateevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.rate",
            ),
        ),
        migrations.AddField(
            model_name="sku",
            name="line_of_service",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="billing_skus",
                to="org.lineofservice",
            ),
        ),
        migrations.AddField(
            model_name="rateevent",
            name="sku",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.sku",
            ),
        ),
        migrations.AddField(
            model_name="rate",
            name="sku",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="rates", to="billing.sku"
            ),
        ),
        migrations.AddField(
            model_name="invoicelineevent",
            name="sku",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.sku",
            ),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="sku",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="invoice_lines", to="billing.sku"
            ),
        ),
        migrations.AddField(
            model_name="allocationruleevent",
            name="sku",
            field=models.ForeignKey(
                db_constraint=False,
                help_text="What accounts are charged for.",
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.sku",
            ),
        ),
        migrations.AddField(
            model_name="allocationrule",
            name="sku",
            field=models.ForeignKey(
                help_text="What accounts are charged for.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="allocation_rules",
                to="billing.sku",
            ),
        ),
        migrations.AddField(
            model_name="skualias",
            name="sku",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="aliases", to="billing.sku"
            ),
        ),
        migrations.AddField(
            model_name="skualiasevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.skualias",
            ),
        ),
        migrations.AddField(
            model_name="skualiasevent",
            name="sku",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.sku",
            ),
        ),
        migrations.AddField(
            model_name="skuevent",
            name="line_of_service",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="org.lineofservice",
            ),
        ),
        migrations.AddField(
            model_name="skuevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.sku",
            ),
        ),
        migrations.AddConstraint(
            model_name="billingaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__isnull", True),
                    ("starts_on__isnull", True),
                    ("ends_on__gte", models.F("starts_on")),
                    _connector="OR",
                ),
                name="billing_account_in_order",
                violation_error_message="An account ends after it starts.",
            ),
        ),
        migrations.AddConstraint(
            model_name="accountalias",
            constraint=models.UniqueConstraint(fields=("source", "given"), name="billing_account_alias_once"),
        ),
        migrations.AddConstraint(
            model_name="billingperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                name="billing_period_in_order",
                violation_error_message="A period ends after it starts.",
            ),
        ),
        migrations.AddConstraint(
            model_name="billingperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("state", "closed")),
                    models.Q(models.Q(("state", "closed"), _negated=True), ("closed_at__isnull", True)),
                    _connector="OR",
                ),
                name="billing_period_closed_when",
                violation_error_message="A period is closed by command, never by a file.",
            ),
        ),
        migrations.AddConstraint(
            model_name="billingrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "replaced"), _negated=True),
                fields=("period",),
                name="billing_run_one_a_period",
                violation_error_message="A month has one run at a time.",
            ),
        ),
        migrations.AddConstraint(
            model_name="codingfinding",
            constraint=models.UniqueConstraint(
                fields=("source", "journal", "line"), name="billing_coding_finding_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="drivervalue",
            constraint=models.CheckConstraint(
                condition=models.Q(("account__isnull", True), ("pool__isnull", True), _connector="OR"),
                name="billing_driver_value_of_one",
                violation_error_message="A value belongs to an account or to a pool, not to both.",
            ),
        ),
        migrations.AddConstraint(
            model_name="drivervalue",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0)),
                name="billing_driver_value_not_negative",
                violation_error_message="A driver's amount is zero or more.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                fields=("run", "organization"), name="billing_invoice_one_an_agency"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "issued")),
                fields=("number",),
                name="billing_invoice_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", "issued"),
                        ("issued_at__isnull", False),
                        ("run__isnull", False),
                        models.Q(("number", ""), _negated=True),
                    ),
                    models.Q(models.Q(("state", "issued"), _negated=True), ("issued_at__isnull", True)),
                    _connector="OR",
                ),
                name="billing_invoice_issued_by_a_run",
                violation_error_message="An invoice is issued by a run, with a number, never by a file.",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_on__gte", models.F("filed_on"))),
                name="billing_dispute_in_order",
                violation_error_message="A dispute is answered after it is filed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("resolved_on__isnull", True), ("state", "open")),
                    models.Q(models.Q(("state", "open"), _negated=True), ("resolved_on__isnull", False)),
                    _connector="OR",
                ),
                name="billing_dispute_resolved_when",
                violation_error_message="A dispute is decided on its own page, never by a file.",
            ),
        ),
        migrations.AddConstraint(
            model_name="credit",
            constraint=models.CheckConstraint(
                condition=models.Q(("cents__gt", 0)),
                name="billing_credit_is_positive",
                violation_error_message="A credit is more than nothing.",
            ),
        ),
        migrations.AddConstraint(
            model_name="poolrule",
            constraint=models.UniqueConstraint(
                fields=("cost_center", "object_code"),
                name="billing_pool_rule_once",
                violation_error_message="Another rule gathers the same lines.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratecard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved", False), ("approved_at__isnull", True)),
                    models.Q(("approved", True), ("approved_at__isnull", False)),
                    _connector="OR",
                ),
                name="billing_card_approved_when",
                violation_error_message="A rate card is approved on its own page or by command, never by a file.",
            ),
        ),
        migrations.AddConstraint(
            model_name="rate",
            constraint=models.UniqueConstraint(fields=("card", "sku", "starts_on"), name="billing_rate_once"),
        ),
        migrations.AddConstraint(
            model_name="rate",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                name="billing_rate_in_order",
                violation_error_message="A price ends after it starts.",
            ),
        ),
        migrations.AddConstraint(
            model_name="rate",
            constraint=models.CheckConstraint(
                condition=models.Q(("price__gte", 0)),
                name="billing_rate_not_negative",
                violation_error_message="A price is zero or more; give back by credit.",
            ),
        ),
        migrations.AddConstraint(
            model_name="rate",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(
                            models.F("card"), models.F("card"), models.Value("[]"), function="int8range"
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            models.F("sku"), models.F("sku"), models.Value("[]"), function="int8range"
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            models.F("starts_on"),
                            models.F("ends_on"),
                            models.Value("[]"),
                            function="daterange",
                        ),
                        "&&",
                    ),
                ],
                name="billing_rate_no_overlap",
                violation_error_message="Another price of this card covers some of these days.",
            ),
        ),
        migrations.AddIndex(
            model_name="invoiceline",
            index=models.Index(fields=["account", "origin"], name="billing_line_account"),
        ),
        migrations.AddIndex(
            model_name="invoiceline",
            index=models.Index(fields=["origin"], name="billing_line_origin"),
        ),
        migrations.AddConstraint(
            model_name="allocationrule",
            constraint=models.UniqueConstraint(fields=("model", "pool"), name="billing_allocation_rule_once"),
        ),
        migrations.AddConstraint(
            model_name="skualias",
            constraint=models.UniqueConstraint(fields=("source", "given"), name="billing_sku_alias_once"),
        ),
        stateworks.kernel.history.AddTriggers(
            triggers=[
                (
                    "allocationmodel",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_allocationmodelevent" ("code", "fiscal_year", "id", "method", "note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") SELECT new_values."code", new_values."fiscal_year", new_values."id", new_values."method", new_values."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."title" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="ec0979d8ec8256c0e6c297c45cdbf15170f4e379",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_cffa0",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="billing_allocationmodel",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "allocationmodel",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_allocationmodelevent" ("code", "fiscal_year", "id", "method", "note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") SELECT new_values."code", new_values."fiscal_year", new_values."id", new_values."method", new_values."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."title" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="a7f2bc6af03fa07004d51872e9d5604efd520166",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_228fb",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="billing_allocationmodel",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "allocationmodel",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_allocationmodelevent" ("code", "fiscal_year", "id", "method", "note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") SELECT old_values."code", old_values."fiscal_year", old_values."id", old_values."method", old_values."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."title" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="232da212ab9ca608774d7b801e832f37a383bdc7",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_7c091",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="billing_allocationmodel",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "costpool",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_costpoolevent" ("code", "id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_on", "tower") SELECT new_values."code", new_values."id", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."retired_on", new_values."tower" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="fce3061f5f60df208b73ad6ddd541eb81f580776",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_86eb5",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="billing_costpool",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "costpool",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_costpoolevent" ("code", "id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_on", "tower") SELECT new_values."code", new_values."id", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."retired_on", new_values."tower" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="ee1e61f96532e9fd0933e0bd9460ea0d6828ff44",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_f6a80",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="billing_costpool",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "costpool",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_costpoolevent" ("code", "id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_on", "tower") SELECT old_values."code", old_values."id", old_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."retired_on", old_values."tower" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="6fe925d5c48c2f4424eb5e0399fc18da0f267432",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_e809d",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="billing_costpool",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "driver",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_driverevent" ("code", "id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "unit") SELECT new_values."code", new_values."id", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."unit" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="6a20fc3d71cdff468c4636cb6fe65c93c4e79281",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_903fb",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="billing_driver",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "driver",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_driverevent" ("code", "id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "unit") SELECT new_values."code", new_values."id", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."unit" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="4bc6af603ef9c1ab4298c205bd7c1512298a4165",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_247e3",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="billing_driver",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "driver",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_driverevent" ("code", "id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "unit") SELECT old_values."code", old_values."id", old_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."unit" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="344e244432506c1dcf87f635d296e4859c76735f",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_3169a",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="billing_driver",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "allocationmodelevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="99d1b2284d2203017aa29d0c09268918eb0cd97e",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_cb9f4",
                            table="billing_allocationmodelevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "billingaccount",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_billingaccountevent" ("appropriation", "code", "ends_on", "fund", "id", "name", "organization_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "program", "starts_on") SELECT new_values."appropriation", new_values."code", new_values."ends_on", new_values."fund", new_values."id", new_values."name", new_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."program", new_values."starts_on" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="d3b2627e4923fce9a63d478f79c820ad8947d164",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_b366e",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="billing_billingaccount",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "billingaccount",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_billingaccountevent" ("appropriation", "code", "ends_on", "fund", "id", "name", "organization_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "program", "starts_on") SELECT new_values."appropriation", new_values."code", new_values."ends_on", new_values."fund", new_values."id", new_values."name", new_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."program", new_values."starts_on" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="ab57a82541f619bc51ddc40e5781a2d390413596",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_e1567",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="billing_billingaccount",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "billingaccount",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_billingaccountevent" ("appropriation", "code", "ends_on", "fund", "id", "name", "organization_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "program", "starts_on") SELECT old_values."appropriation", old_values."code", old_values."ends_on", old_values."fund", old_values."id", old_values."name", old_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."program", old_values."starts_on" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="dc78a52b9970e51572712459b282ae4c0f5c47d3",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_95664",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="billing_billingaccount",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "accountaliasevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="b557a8b5e1c3a36923b93996582a3ba02d3535d2",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_2979a",
                            table="billing_accountaliasevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "accountalias",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_accountaliasevent" ("account_id", "given", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "source") SELECT new_values."account_id", new_values."given", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."source" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="aef9892d8fedfacc03fd6f2652f533f53fe83fda",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_576f5",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="billing_accountalias",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "accountalias",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_accountaliasevent" ("account_id", "given", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "source") SELECT new_values."account_id", new_values."given", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."source" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="4bafd1ef23416208c2beb8e2de97fabadc60403a",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_0463c",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="billing_accountalias",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "accountalias",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_accountaliasevent" ("account_id", "given", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "source") SELECT old_values."account_id", old_values."given", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."source" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="fa3680f6b293f2bf6165665053152e8039fcbe26",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_8370a",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="billing_accountalias",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "billingaccountevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="9bbf3ca387ef681f2471bd5f7e6438206a3570af",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_74feb",
                            table="billing_billingaccountevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "billingperiod",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_billingperiodevent" ("closed_at", "closed_by_id", "code", "ends_on", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reopened_by_id", "reopened_why", "starts_on", "state") SELECT new_values."closed_at", new_values."closed_by_id", new_values."code", new_values."ends_on", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."reopened_by_id", new_values."reopened_why", new_values."starts_on", new_values."state" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="7346f975fcf497b036e7f3d0bb5697f5a3db63af",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_b2b30",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="billing_billingperiod",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "billingperiod",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_billingperiodevent" ("closed_at", "closed_by_id", "code", "ends_on", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reopened_by_id", "reopened_why", "starts_on", "state") SELECT new_values."closed_at", new_values."closed_by_id", new_values."code", new_values."ends_on", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."reopened_by_id", new_values."reopened_why", new_values."starts_on", new_values."state" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="ef69a0796a54c916356939a0bd1f4262172aca97",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_febcf",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="billing_billingperiod",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "billingperiod",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_billingperiodevent" ("closed_at", "closed_by_id", "code", "ends_on", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reopened_by_id", "reopened_why", "starts_on", "state") SELECT old_values."closed_at", old_values."closed_by_id", old_values."code", old_values."ends_on", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."reopened_by_id", old_values."reopened_why", old_values."starts_on", old_values."state" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="896ddc66a9bbfa4794bde04994185ca9ee1b0abb",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_8b80b",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="billing_billingperiod",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "billingperiodevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="2c3e93a5ef013daf6deb49c50a6e7de664390fb2",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_523dd",
                            table="billing_billingperiodevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "codingfindingevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="2b48839b3e4cab7b4f9a2b799c0821a4b833b421",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_87f61",
                            table="billing_codingfindingevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "codingfinding",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_codingfindingevent" ("cents", "code", "corrected_on", "id", "journal", "line", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "posted_on", "reason", "source", "suggested_id") SELECT new_values."cents", new_values."code", new_values."corrected_on", new_values."id", new_values."journal", new_values."line", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."posted_on", new_values."reason", new_values."source", new_values."suggested_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="ae4dc64d2456dd6d7b6772896fa0690295c11841",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_2a50b",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="billing_codingfinding",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "codingfinding",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_codingfindingevent" ("cents", "code", "corrected_on", "id", "journal", "line", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "posted_on", "reason", "source", "suggested_id") SELECT new_values."cents", new_values."code", new_values."corrected_on", new_values."id", new_values."journal", new_values."line", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."posted_on", new_values."reason", new_values."source", new_values."suggested_id" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="bd43c15a87c3f1eba7b8494a31605c8ae0fb2325",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_fe83d",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="billing_codingfinding",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "codingfinding",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_codingfindingevent" ("cents", "code", "corrected_on", "id", "journal", "line", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "posted_on", "reason", "source", "suggested_id") SELECT old_values."cents", old_values."code", old_values."corrected_on", old_values."id", old_values."journal", old_values."line", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."posted_on", old_values."reason", old_values."source", old_values."suggested_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="06072a5a9bf8ddc78284dd02fe2b8d38884a86ef",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_bb7f5",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="billing_codingfinding",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "costpoolevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="de6071c0fed3ffdd6741b2797e8d55441a880687",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_5147f",
                            table="billing_costpoolevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "driverevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="9503020366d514b65b4ef1a47f9574aa75f5c03b",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_ec529",
                            table="billing_driverevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "drivervalue",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_drivervalueevent" ("account_id", "amount", "code", "driver_id", "id", "period_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "pool_id") SELECT new_values."account_id", new_values."amount", new_values."code", new_values."driver_id", new_values."id", new_values."period_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."pool_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="15de8b5918de2b168ba15b46d44d1f6628578768",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_a52b3",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="billing_drivervalue",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "drivervalue",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_drivervalueevent" ("account_id", "amount", "code", "driver_id", "id", "period_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "pool_id") SELECT new_values."account_id", new_values."amount", new_values."code", new_values."driver_id", new_values."id", new_values."period_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."pool_id" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="1323997a593a613aa3e47913ace7da9e4ea59cb3",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_6ae4b",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="billing_drivervalue",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "drivervalue",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_drivervalueevent" ("account_id", "amount", "code", "driver_id", "id", "period_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "pool_id") SELECT old_values."account_id", old_values."amount", old_values."code", old_values."driver_id", old_values."id", old_values."period_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."pool_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="8b588db4f3b7d105b76b4bf16ae7abe44b73be08",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_ee7e9",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="billing_drivervalue",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "drivervalueevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="8e84f0d5211830b716b4730b2cea2f3d4669b3f8",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_da303",
                            table="billing_drivervalueevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "invoice",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_invoiceevent" ("cents", "code", "due_on", "id", "issued_at", "note", "number", "organization_id", "period_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reviewed_at", "run_id", "state") SELECT new_values."cents", new_values."code", new_values."due_on", new_values."id", new_values."issued_at", new_values."note", new_values."number", new_values."organization_id", new_values."period_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."reviewed_at", new_values."run_id", new_values."state" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="996666303f2cdf0757c1787d693f316f9426dfe5",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_25255",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="billing_invoice",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "invoice",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_invoiceevent" ("cents", "code", "due_on", "id", "issued_at", "note", "number", "organization_id", "period_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reviewed_at", "run_id", "state") SELECT new_values."cents", new_values."code", new_values."due_on", new_values."id", new_values."issued_at", new_values."note", new_values."number", new_values."organization_id", new_values."period_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."reviewed_at", new_values."run_id", new_values."state" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="0e6848c81a7b5e404b91fe360f7ecf69514a2f09",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_45268",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="billing_invoice",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "invoice",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_invoiceevent" ("cents", "code", "due_on", "id", "issued_at", "note", "number", "organization_id", "period_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reviewed_at", "run_id", "state") SELECT old_values."cents", old_values."code", old_values."due_on", old_values."id", old_values."issued_at", old_values."note", old_values."number", old_values."organization_id", old_values."period_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."reviewed_at", old_values."run_id", old_values."state" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="0431a02954fc65770b6d4aa7d47d84d901bb67e7",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_5b3d9",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="billing_invoice",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "anomalyfindingevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="80196f8b96242ba3016baaf807ca657fa106500d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_f34d3",
                            table="billing_anomalyfindingevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "anomalyfinding",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_anomalyfindingevent" ("cents", "code", "detector", "due_on", "found_at", "id", "invoice_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "resolution", "resolved_at", "resolved_by_id", "resolved_on", "text") SELECT new_values."cents", new_values."code", new_values."detector", new_values."due_on", new_values."found_at", new_values."id", new_values."invoice_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."resolution", new_values."resolved_at", new_values."resolved_by_id", new_values."resolved_on", new_values."text" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="c84db97eaea30dbacd2746af24afb5a8c286d402",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_81dbd",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="billing_anomalyfinding",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "anomalyfinding",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_anomalyfindingevent" ("cents", "code", "detector", "due_on", "found_at", "id", "invoice_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "resolution", "resolved_at", "resolved_by_id", "resolved_on", "text") SELECT new_values."cents", new_values."code", new_values."detector", new_values."due_on", new_values."found_at", new_values."id", new_values."invoice_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."resolution", new_values."resolved_at", new_values."resolved_by_id", new_values."resolved_on", new_values."text" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="a6276b27e112f0c43a827122d2cbcb9b30e23f1e",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_39d64",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="billing_anomalyfinding",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "anomalyfinding",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_anomalyfindingevent" ("cents", "code", "detector", "due_on", "found_at", "id", "invoice_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "resolution", "resolved_at", "resolved_by_id", "resolved_on", "text") SELECT old_values."cents", old_values."code", old_values."detector", old_values."due_on", old_values."found_at", old_values."id", old_values."invoice_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."resolution", old_values."resolved_at", old_values."resolved_by_id", old_values."resolved_on", old_values."text" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="78f94b688f47a244c8c20603c901fd543ff26ecb",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_c793f",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="billing_anomalyfinding",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "invoiceevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="05b718cad763793ddb677bf941071b79bc8029ff",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_d262c",
                            table="billing_invoiceevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "disputeevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="6a410a3774efff3d48b8abed1ff60444b1551d86",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_cee9d",
                            table="billing_disputeevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "dispute",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_disputeevent" ("cents", "code", "due_on", "filed_by_id", "filed_on", "id", "line_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "resolution", "resolved_on", "state") SELECT new_values."cents", new_values."code", new_values."due_on", new_values."filed_by_id", new_values."filed_on", new_values."id", new_values."line_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."reason", new_values."resolution", new_values."resolved_on", new_values."state" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="cad669ac43865ef0cd803e4218acb287ef6bfe5e",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_01608",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="billing_dispute",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "dispute",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_disputeevent" ("cents", "code", "due_on", "filed_by_id", "filed_on", "id", "line_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "resolution", "resolved_on", "state") SELECT new_values."cents", new_values."code", new_values."due_on", new_values."filed_by_id", new_values."filed_on", new_values."id", new_values."line_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."reason", new_values."resolution", new_values."resolved_on", new_values."state" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="01838edfae4382074b75b9e3583f8bc5a0a40b9d",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_4f37f",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="billing_dispute",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "dispute",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_disputeevent" ("cents", "code", "due_on", "filed_by_id", "filed_on", "id", "line_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "resolution", "resolved_on", "state") SELECT old_values."cents", old_values."code", old_values."due_on", old_values."filed_by_id", old_values."filed_on", old_values."id", old_values."line_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."reason", old_values."resolution", old_values."resolved_on", old_values."state" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="b5797fbff72fdc5dd172e0933e28ecdcf87cbe6a",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_bcc03",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="billing_dispute",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "creditevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="37bc45be297888988a5cb4024014e25d666e3a3f",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_8cf5b",
                            table="billing_creditevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "credit",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_creditevent" ("cents", "code", "dispute_id", "given_by_id", "given_on", "id", "line_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") SELECT new_values."cents", new_values."code", new_values."dispute_id", new_values."given_by_id", new_values."given_on", new_values."id", new_values."line_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."reason" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="d117310a7193b4f2e0c14450eb2eb859bdc72ce1",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_d057f",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="billing_credit",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "credit",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_creditevent" ("cents", "code", "dispute_id", "given_by_id", "given_on", "id", "line_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") SELECT new_values."cents", new_values."code", new_values."dispute_id", new_values."given_by_id", new_values."given_on", new_values."id", new_values."line_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."reason" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="e2d75519b624a30365e8b326b0c8d87183c66f98",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_7c912",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="billing_credit",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "credit",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_creditevent" ("cents", "code", "dispute_id", "given_by_id", "given_on", "id", "line_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") SELECT old_values."cents", old_values."code", old_values."dispute_id", old_values."given_by_id", old_values."given_on", old_values."id", old_values."line_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."reason" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="81dbae596b43e04ffb2c8421156f5a4be6df2f9d",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_2587f",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="billing_credit",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "invoicereview",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_invoicereviewevent" ("detected_at", "findings", "id", "invoice_id", "note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reviewed_at", "reviewed_by_id") SELECT new_values."detected_at", new_values."findings", new_values."id", new_values."invoice_id", new_values."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."reviewed_at", new_values."reviewed_by_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="03910e87ff808c33d2115241bc2618581cccd215",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_1b55c",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="billing_invoicereview",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "invoicereview",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_invoicereviewevent" ("detected_at", "findings", "id", "invoice_id", "note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reviewed_at", "reviewed_by_id") SELECT new_values."detected_at", new_values."findings", new_values."id", new_values."invoice_id", new_values."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."reviewed_at", new_values."reviewed_by_id" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="f91cdce1d5edb5dd28848ff91ecc63cc7aa35f7f",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_1cb60",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="billing_invoicereview",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "invoicereview",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_invoicereviewevent" ("detected_at", "findings", "id", "invoice_id", "note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reviewed_at", "reviewed_by_id") SELECT old_values."detected_at", old_values."findings", old_values."id", old_values."invoice_id", old_values."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."reviewed_at", old_values."reviewed_by_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="1e310c401747879a3e5a7b44c00f60515f7def55",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_e6246",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="billing_invoicereview",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "invoicereviewevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="bee46b732456c15a242997927f3048a403facd68",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_8816d",
                            table="billing_invoicereviewevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "poolrule",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_poolruleevent" ("code", "cost_center", "id", "object_code", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "pool_id") SELECT new_values."code", new_values."cost_center", new_values."id", new_values."object_code", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."pool_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="9abc7bec83f48e21aeee9a5b0a08d6022780d499",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_1f768",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="billing_poolrule",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "poolrule",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_poolruleevent" ("code", "cost_center", "id", "object_code", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "pool_id") SELECT new_values."code", new_values."cost_center", new_values."id", new_values."object_code", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."pool_id" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="61b2421970319952876055eb9da55318e2b8da39",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_d3701",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="billing_poolrule",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "poolrule",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_poolruleevent" ("code", "cost_center", "id", "object_code", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "pool_id") SELECT old_values."code", old_values."cost_center", old_values."id", old_values."object_code", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."pool_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="560cd649f597f2735b8902fd27347b253fc386ff",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_135c8",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="billing_poolrule",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "poolruleevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="23a07c954bb5c95bdfbfbc70dccc7e753b9e1d71",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_8b723",
                            table="billing_poolruleevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "portalevent",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_portaleventevent" ("account_id", "code", "happened_on", "id", "organization_id", "page", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."account_id", new_values."code", new_values."happened_on", new_values."id", new_values."organization_id", new_values."page", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="259e5d171aa1e934ee397e99fae3f04b50bb1da7",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_a5bba",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="billing_portalevent",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "portalevent",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_portaleventevent" ("account_id", "code", "happened_on", "id", "organization_id", "page", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."account_id", new_values."code", new_values."happened_on", new_values."id", new_values."organization_id", new_values."page", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="c06544bdc0ee5bc059eab65fe9e530728a4a13a3",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_818d7",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="billing_portalevent",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "portalevent",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_portaleventevent" ("account_id", "code", "happened_on", "id", "organization_id", "page", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."account_id", old_values."code", old_values."happened_on", old_values."id", old_values."organization_id", old_values."page", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="c00d5cd1ddc03a658efe0929e453526bb732ea00",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_6c5ac",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="billing_portalevent",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "portaleventevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="c24693ffbb838eb8dfa01272d25c7769a6dc8d8f",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_f1fef",
                            table="billing_portaleventevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "ratecard",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_ratecardevent" ("approved", "approved_at", "approved_by_id", "code", "fiscal_year", "id", "note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") SELECT new_values."approved", new_values."approved_at", new_values."approved_by_id", new_values."code", new_values."fiscal_year", new_values."id", new_values."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."title" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="d1e457cdb0c63e3efc74fb31b31d733dd6d604b0",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_35d93",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="billing_ratecard",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "ratecard",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_ratecardevent" ("approved", "approved_at", "approved_by_id", "code", "fiscal_year", "id", "note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") SELECT new_values."approved", new_values."approved_at", new_values."approved_by_id", new_values."code", new_values."fiscal_year", new_values."id", new_values."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."title" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="ea5b2f291c3be2096ef155eccac3d81e95845b4e",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_b2f38",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="billing_ratecard",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "ratecard",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_ratecardevent" ("approved", "approved_at", "approved_by_id", "code", "fiscal_year", "id", "note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") SELECT old_values."approved", old_values."approved_at", old_values."approved_by_id", old_values."code", old_values."fiscal_year", old_values."id", old_values."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."title" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="5cbefc291dcbf569f11eca022e5ab12be9562616",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_98cd5",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="billing_ratecard",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "ratecardevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="8483d71598d3ed075282c161a2975f90da4c77b2",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_83d7b",
                            table="billing_ratecardevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "sku",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_skuevent" ("code", "federal_group", "id", "line_of_service_id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "recovery", "retired_on", "solution", "unit") SELECT new_values."code", new_values."federal_group", new_values."id", new_values."line_of_service_id", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."recovery", new_values."retired_on", new_values."solution", new_values."unit" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="5c95bd56f2ef4719bc89b68b4c392e4b0252c894",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_7c462",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="billing_sku",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "sku",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_skuevent" ("code", "federal_group", "id", "line_of_service_id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "recovery", "retired_on", "solution", "unit") SELECT new_values."code", new_values."federal_group", new_values."id", new_values."line_of_service_id", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."recovery", new_values."retired_on", new_values."solution", new_values."unit" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="c188167ce406d5bfb67322ab1e094c2a983f56e0",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_7799a",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="billing_sku",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "sku",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_skuevent" ("code", "federal_group", "id", "line_of_service_id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "recovery", "retired_on", "solution", "unit") SELECT old_values."code", old_values."federal_group", old_values."id", old_values."line_of_service_id", old_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."recovery", old_values."retired_on", old_values."solution", old_values."unit" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="2bdb4b550e5674d3eafa24b2dad2708b2fef72f1",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_8a9f4",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="billing_sku",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "rateevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="072c29e8e8b62e01a7e9e990b555e9047ec3d788",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_d351d",
                            table="billing_rateevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "rate",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_rateevent" ("card_id", "ends_on", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "sku_id", "starts_on") SELECT new_values."card_id", new_values."ends_on", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."price", new_values."sku_id", new_values."starts_on" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="ff91d7ba5254aac39f7f938f910b2d4bc35c68c4",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_3df61",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="billing_rate",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "rate",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_rateevent" ("card_id", "ends_on", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "sku_id", "starts_on") SELECT new_values."card_id", new_values."ends_on", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."price", new_values."sku_id", new_values."starts_on" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="c24b40027e9bf28f5cd3a2e52c8b75aea97ca7cd",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_9a471",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="billing_rate",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "rate",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_rateevent" ("card_id", "ends_on", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "sku_id", "starts_on") SELECT old_values."card_id", old_values."ends_on", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."price", old_values."sku_id", old_values."starts_on" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="647c52fff30f283422bde548604fc8d65ff544b0",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_fd995",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="billing_rate",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "invoicelineevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="28a67c0d362936d36df9d28de107fc9b54314738",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_b8f95",
                            table="billing_invoicelineevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "invoiceline",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_invoicelineevent" ("account_id", "cents", "code", "id", "invoice_id", "kind", "origin", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "quantity", "rows", "sku_id", "source") SELECT new_values."account_id", new_values."cents", new_values."code", new_values."id", new_values."invoice_id", new_values."kind", new_values."origin", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."price", new_values."quantity", new_values."rows", new_values."sku_id", new_values."source" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="713c5e463e910b5a52a1c37dab9208a49a851686",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_0b170",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="billing_invoiceline",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "invoiceline",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_invoicelineevent" ("account_id", "cents", "code", "id", "invoice_id", "kind", "origin", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "quantity", "rows", "sku_id", "source") SELECT new_values."account_id", new_values."cents", new_values."code", new_values."id", new_values."invoice_id", new_values."kind", new_values."origin", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."price", new_values."quantity", new_values."rows", new_values."sku_id", new_values."source" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="0aea986b285cdd77efa2b65e9d5551a60ab5867c",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_a4a35",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="billing_invoiceline",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "invoiceline",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_invoicelineevent" ("account_id", "cents", "code", "id", "invoice_id", "kind", "origin", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "quantity", "rows", "sku_id", "source") SELECT old_values."account_id", old_values."cents", old_values."code", old_values."id", old_values."invoice_id", old_values."kind", old_values."origin", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."price", old_values."quantity", old_values."rows", old_values."sku_id", old_values."source" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="bdbdf8af397e3094c054c32cdec66f63fce21845",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_830b2",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="billing_invoiceline",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "allocationruleevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="f4341d4db4aa0691d2558984a39002c2cf70836f",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_ba112",
                            table="billing_allocationruleevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "allocationrule",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_allocationruleevent" ("driver_id", "id", "model_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "pool_id", "sku_id", "step") SELECT new_values."driver_id", new_values."id", new_values."model_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."pool_id", new_values."sku_id", new_values."step" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="735f34ab1337d6f8b2ef86d496d8691595a4c850",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_ef640",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="billing_allocationrule",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "allocationrule",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_allocationruleevent" ("driver_id", "id", "model_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "pool_id", "sku_id", "step") SELECT new_values."driver_id", new_values."id", new_values."model_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."pool_id", new_values."sku_id", new_values."step" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="0c33d8b9a606a9770f9c27c94fcb418252e3ba4e",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_1d01e",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="billing_allocationrule",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "allocationrule",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_allocationruleevent" ("driver_id", "id", "model_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "pool_id", "sku_id", "step") SELECT old_values."driver_id", old_values."id", old_values."model_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."pool_id", old_values."sku_id", old_values."step" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="f7dddd0922972f34f3da1ff8b85acf2887365ae2",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_ec929",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="billing_allocationrule",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "skualias",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_skualiasevent" ("given", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "sku_id", "source") SELECT new_values."given", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."sku_id", new_values."source" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="61f6a6e24431e13a4dd5c2de19e1ca6a4c91ef8f",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_c42b0",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="billing_skualias",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "skualias",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_skualiasevent" ("given", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "sku_id", "source") SELECT new_values."given", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."sku_id", new_values."source" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="1cbdb0c6266abdf4ac6b3e7483941ff381d9f92f",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_ccf15",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="billing_skualias",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "skualias",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_skualiasevent" ("given", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "sku_id", "source") SELECT old_values."given", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."sku_id", old_values."source" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="86e5ea864ce69fb511e23b33ca2ec30747c8f92f",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_d6f3c",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="billing_skualias",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "skualiasevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="e37ebf9a8e32241868b49d3e6961997df8160c65",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_f0946",
                            table="billing_skualiasevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "skuevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="f02d6437e8c85e83240a3d42c7054092b7325e09",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_b5a59",
                            table="billing_skuevent",
                            when="BEFORE",
                        ),
                    ),
                ),
            ]
        ),
    ]
