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
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("org", "0002_tree_and_aliases"),
    ]

    operations = [
        migrations.CreateModel(
            name="Campaign",
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
                    "asks_facts",
                    models.BooleanField(default=True, help_text="Asks for the facts of each system."),
                ),
                (
                    "asks_dependencies",
                    models.BooleanField(default=True, help_text="Asks what each system depends on."),
                ),
                (
                    "criticality",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("1_essential", "Mission essential"),
                            ("2_important", "Important"),
                            ("3_supporting", "Supporting"),
                            ("4_minor", "Minor"),
                            ("9_unknown", "Not assessed"),
                        ],
                        help_text="This and above; empty: all.",
                        max_length=12,
                    ),
                ),
                (
                    "lifecycle",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("planned", "Planned"),
                            ("development", "In development"),
                            ("production", "In production"),
                            ("phase_out", "Being phased out"),
                            ("retired", "Retired"),
                        ],
                        default="production",
                        max_length=12,
                    ),
                ),
                ("opens_on", models.DateField()),
                ("due_on", models.DateField()),
                (
                    "valid_days",
                    models.PositiveSmallIntegerField(default=365, help_text="How long an answer counts."),
                ),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        help_text="Systems of this organization and below; empty: of the whole state.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestation_campaigns",
                        to="org.organization",
                    ),
                ),
            ],
            options={
                "ordering": ["-opens_on", "code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gte", models.F("opens_on"))),
                        name="inventory_campaign_in_order",
                        violation_error_message="A campaign is due after it opens.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("asks_facts", True), ("asks_dependencies", True), _connector="OR"
                        ),
                        name="inventory_campaign_asks",
                        violation_error_message="A campaign asks for facts, for dependencies, or for both.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Capability",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(help_text="Short stable code.", max_length=60, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="inventory.capability",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "capabilities",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("parent", models.F("id")), _negated=True),
                        name="inventory_capability_not_its_own_parent",
                        violation_error_message="A capability cannot be part of itself.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CheckItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(help_text="Short stable code.", max_length=60, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("help", models.TextField(blank=True, help_text="How to tell whether it is so.")),
                ("required", models.BooleanField(default=True, help_text="Part of the baseline.")),
                ("order", models.PositiveSmallIntegerField(default=0)),
                (
                    "retired_on",
                    models.DateField(blank=True, help_text="First day it is no longer asked.", null=True),
                ),
            ],
            options={
                "verbose_name": "observability item",
                "ordering": ["order", "code"],
            },
        ),
        migrations.CreateModel(
            name="MonitoringTool",
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
                        help_text="Short stable code, such as new-relic.", max_length=60, unique=True
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "approved",
                    models.BooleanField(default=False, help_text="Approved by the office for all agencies."),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Rule",
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
                    "check_name",
                    models.SlugField(
                        help_text="The check it runs; the rules page lists them.", max_length=60
                    ),
                ),
                (
                    "parameters",
                    models.JSONField(
                        blank=True, default=dict, help_text="Figures of the check, such as days."
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[("high", "High"), ("medium", "Medium"), ("low", "Low")],
                        default="medium",
                        max_length=6,
                    ),
                ),
                ("why", models.TextField(blank=True, help_text="Why it matters and what to do.")),
                ("due_days", models.PositiveSmallIntegerField(default=30, help_text="Days to mend it.")),
                ("active", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["severity", "code"],
            },
        ),
        migrations.CreateModel(
            name="Site",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("data_center", "Data center"),
                            ("cloud_region", "Cloud region"),
                            ("network_hub", "Network hub"),
                            ("office", "Office"),
                        ],
                        max_length=16,
                    ),
                ),
                ("city", models.CharField(blank=True, max_length=120)),
                (
                    "retired_on",
                    models.DateField(blank=True, help_text="First day it is no longer used.", null=True),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inventory_sites",
                        to="org.vendor",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Technology",
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
                        help_text="Product and cycle in one, such as postgresql-16.",
                        max_length=150,
                        unique=True,
                    ),
                ),
                (
                    "product",
                    models.SlugField(help_text="Code of the product, such as postgresql.", max_length=80),
                ),
                (
                    "cycle",
                    models.CharField(help_text="The release cycle, such as 16 or 24.04.", max_length=60),
                ),
                (
                    "name",
                    models.CharField(
                        blank=True, help_text="As people call it, such as PostgreSQL 16.", max_length=200
                    ),
                ),
                ("released_on", models.DateField(blank=True, null=True)),
                (
                    "support_ends_on",
                    models.DateField(
                        blank=True,
                        help_text="Last day of active support; security fixes may go on.",
                        null=True,
                    ),
                ),
                (
                    "end_of_life",
                    models.CharField(
                        choices=[
                            ("dated", "On a known day"),
                            ("ended", "Ended, day not known"),
                            ("none", "Not announced"),
                            ("unknown", "Not known"),
                        ],
                        default="unknown",
                        max_length=8,
                    ),
                ),
                (
                    "ends_on",
                    models.DateField(
                        blank=True, help_text="Last day on which its maker mends security holes.", null=True
                    ),
                ),
                (
                    "long_term",
                    models.BooleanField(default=False, help_text="A release with long-term support."),
                ),
                ("latest", models.CharField(blank=True, help_text="Its newest version.", max_length=80)),
                (
                    "vendor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inventory_technologies",
                        to="org.vendor",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "technologies",
                "ordering": ["product", "cycle"],
                "constraints": [
                    models.UniqueConstraint(fields=("product", "cycle"), name="inventory_technology_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end_of_life", "dated"), ("ends_on__isnull", False)),
                            models.Q(
                                models.Q(("end_of_life", "dated"), _negated=True), ("ends_on__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="inventory_technology_dated",
                        violation_error_message="A known end of life needs its day, and a day means that the end is known.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CampaignEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, help_text="Short stable code.", max_length=60)),
                ("title", models.CharField(max_length=200)),
                (
                    "asks_facts",
                    models.BooleanField(default=True, help_text="Asks for the facts of each system."),
                ),
                (
                    "asks_dependencies",
                    models.BooleanField(default=True, help_text="Asks what each system depends on."),
                ),
                (
                    "criticality",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("1_essential", "Mission essential"),
                            ("2_important", "Important"),
                            ("3_supporting", "Supporting"),
                            ("4_minor", "Minor"),
                            ("9_unknown", "Not assessed"),
                        ],
                        help_text="This and above; empty: all.",
                        max_length=12,
                    ),
                ),
                (
                    "lifecycle",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("planned", "Planned"),
                            ("development", "In development"),
                            ("production", "In production"),
                            ("phase_out", "Being phased out"),
                            ("retired", "Retired"),
                        ],
                        default="production",
                        max_length=12,
                    ),
                ),
                ("opens_on", models.DateField()),
                ("due_on", models.DateField()),
                (
                    "valid_days",
                    models.PositiveSmallIntegerField(default=365, help_text="How long an answer counts."),
                ),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Systems of this organization and below; empty: of the whole state.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="org.organization",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.campaign",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CapabilityEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, help_text="Short stable code.", max_length=60)),
                ("name", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.capability",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.capability",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CheckItemEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, help_text="Short stable code.", max_length=60)),
                ("name", models.CharField(max_length=200)),
                ("help", models.TextField(blank=True, help_text="How to tell whether it is so.")),
                ("required", models.BooleanField(default=True, help_text="Part of the baseline.")),
                ("order", models.PositiveSmallIntegerField(default=0)),
                (
                    "retired_on",
                    models.DateField(blank=True, help_text="First day it is no longer asked.", null=True),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.checkitem",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="MonitoringToolEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "code",
                    models.SlugField(
                        db_index=False, help_text="Short stable code, such as new-relic.", max_length=60
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "approved",
                    models.BooleanField(default=False, help_text="Approved by the office for all agencies."),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.monitoringtool",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RuleEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, help_text="Short stable code.", max_length=60)),
                ("title", models.CharField(max_length=200)),
                (
                    "check_name",
                    models.SlugField(
                        db_index=False,
                        help_text="The check it runs; the rules page lists them.",
                        max_length=60,
                    ),
                ),
                (
                    "parameters",
                    models.JSONField(
                        blank=True, default=dict, help_text="Figures of the check, such as days."
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[("high", "High"), ("medium", "Medium"), ("low", "Low")],
                        default="medium",
                        max_length=6,
                    ),
                ),
                ("why", models.TextField(blank=True, help_text="Why it matters and what to do.")),
                ("due_days", models.PositiveSmallIntegerField(default=30, help_text="Days to mend it.")),
                ("active", models.BooleanField(default=True)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.rule",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SiteEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, help_text="Short stable code.", max_length=60)),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("data_center", "Data center"),
                            ("cloud_region", "Cloud region"),
                            ("network_hub", "Network hub"),
                            ("office", "Office"),
                        ],
                        max_length=16,
                    ),
                ),
                ("city", models.CharField(blank=True, max_length=120)),
                (
                    "retired_on",
                    models.DateField(blank=True, help_text="First day it is no longer used.", null=True),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.site",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="org.vendor",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="System",
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
                        help_text="Short stable code, used in addresses and files.",
                        max_length=80,
                        unique=True,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("application", "Application"),
                            ("platform", "Shared platform"),
                            ("infrastructure", "Infrastructure"),
                            ("website", "Website"),
                            ("ai", "AI use case"),
                            ("tool", "Tool or script"),
                        ],
                        default="application",
                        max_length=16,
                    ),
                ),
                (
                    "purpose",
                    models.TextField(blank=True, help_text="What people do with it, in a sentence or two."),
                ),
                (
                    "lifecycle",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("development", "In development"),
                            ("production", "In production"),
                            ("phase_out", "Being phased out"),
                            ("retired", "Retired"),
                        ],
                        default="production",
                        max_length=12,
                    ),
                ),
                (
                    "criticality",
                    models.CharField(
                        choices=[
                            ("1_essential", "Mission essential"),
                            ("2_important", "Important"),
                            ("3_supporting", "Supporting"),
                            ("4_minor", "Minor"),
                            ("9_unknown", "Not assessed"),
                        ],
                        default="9_unknown",
                        max_length=12,
                    ),
                ),
                (
                    "critical_rank",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Place among the state's most critical systems, 1 first.",
                        null=True,
                        unique=True,
                    ),
                ),
                (
                    "hosting",
                    models.CharField(
                        choices=[
                            ("state", "State data center"),
                            ("agency", "Agency premises"),
                            ("iaas", "Cloud infrastructure"),
                            ("paas", "Cloud platform"),
                            ("saas", "Software as a service"),
                            ("vendor", "Vendor premises"),
                            ("unknown", "Not known"),
                        ],
                        default="unknown",
                        max_length=8,
                    ),
                ),
                (
                    "classification",
                    models.CharField(
                        choices=[
                            ("public", "Public"),
                            ("internal", "Internal"),
                            ("confidential", "Confidential"),
                            ("restricted", "Restricted by law"),
                            ("unknown", "Not assessed"),
                        ],
                        default="unknown",
                        max_length=12,
                    ),
                ),
                (
                    "recovery_time_minutes",
                    models.PositiveIntegerField(
                        blank=True, help_text="Recovery-time objective: how long it may be down.", null=True
                    ),
                ),
                (
                    "recovery_point_minutes",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Recovery-point objective: how much work may be lost.",
                        null=True,
                    ),
                ),
                (
                    "availability_target",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        help_text="Promised uptime in percent, such as 99.9.",
                        max_digits=6,
                        null=True,
                    ),
                ),
                (
                    "redundancy",
                    models.CharField(
                        choices=[
                            ("unknown", "Not known"),
                            ("none", "Nothing"),
                            ("cold", "Cold standby"),
                            ("warm", "Warm standby"),
                            ("hot", "Hot standby"),
                            ("active", "Active in two places"),
                        ],
                        default="unknown",
                        max_length=8,
                    ),
                ),
                (
                    "redundancy_tested_on",
                    models.DateField(
                        blank=True, help_text="Last day on which the other side really took over.", null=True
                    ),
                ),
                (
                    "recovery_test",
                    models.CharField(
                        choices=[
                            ("never", "Never tested"),
                            ("job_succeeded", "Backup job succeeded only"),
                            ("failed", "Restore failed"),
                            ("verified", "Restore verified"),
                        ],
                        default="never",
                        max_length=14,
                    ),
                ),
                ("recovery_tested_on", models.DateField(blank=True, null=True)),
                (
                    "single_sign_on",
                    models.CharField(
                        choices=[
                            ("not_assessed", "Not assessed"),
                            ("planned", "Planned"),
                            ("offered", "Offered, another way is left"),
                            ("enforced", "Enforced"),
                            ("exempt", "Exempt until a date"),
                            ("not_applicable", "Nobody signs in"),
                        ],
                        default="not_assessed",
                        max_length=14,
                    ),
                ),
                (
                    "second_factor",
                    models.CharField(
                        choices=[
                            ("not_assessed", "Not assessed"),
                            ("none", "None"),
                            ("offered", "Offered"),
                            ("privileged", "Enforced for privileged accounts"),
                            ("enforced", "Enforced for all"),
                            ("exempt", "Exempt until a date"),
                            ("not_applicable", "Nobody signs in"),
                        ],
                        default="not_assessed",
                        max_length=14,
                    ),
                ),
                (
                    "local_accounts",
                    models.BooleanField(
                        blank=True,
                        help_text="Whether a local account still passes by the single sign-on.",
                        null=True,
                    ),
                ),
                (
                    "identity_exempt_until",
                    models.DateField(blank=True, help_text="Last day of an exemption.", null=True),
                ),
                (
                    "identity_wave",
                    models.CharField(blank=True, help_text="The rollout wave it belongs to.", max_length=40),
                ),
                (
                    "identity_due_on",
                    models.DateField(blank=True, help_text="Day by which its wave is due.", null=True),
                ),
                ("website", models.URLField(blank=True, max_length=300)),
                (
                    "costs_url",
                    models.URLField(blank=True, help_text="Where its costs are shown.", max_length=300),
                ),
                (
                    "users",
                    models.PositiveIntegerField(
                        blank=True, help_text="How many people use it, roughly.", null=True
                    ),
                ),
                ("started_on", models.DateField(blank=True, help_text="First day in production.", null=True)),
                (
                    "retired_on",
                    models.DateField(blank=True, help_text="First day it no longer runs.", null=True),
                ),
                (
                    "attested_on",
                    models.DateField(
                        blank=True,
                        help_text="Day its owner last changed or reaffirmed these facts.",
                        null=True,
                    ),
                ),
                (
                    "attested_until",
                    models.DateField(blank=True, help_text="Last day on which that still counts.", null=True),
                ),
                (
                    "none_attested_on",
                    models.DateField(
                        blank=True, help_text="Day its owner said that it depends on nothing.", null=True
                    ),
                ),
                (
                    "none_attested_until",
                    models.DateField(blank=True, help_text="Last day on which that still counts.", null=True),
                ),
                (
                    "capability",
                    models.ForeignKey(
                        blank=True,
                        help_text="The business function it serves most.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="systems",
                        to="inventory.capability",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        help_text="The agency it serves.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inventory_systems",
                        to="org.organization",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who answers for it to the business.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owned_systems",
                        to="org.person",
                    ),
                ),
                (
                    "steward",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who keeps it running and its record true.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stewarded_systems",
                        to="org.person",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who delivers it, where it is bought.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inventory_systems",
                        to="org.vendor",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "code"],
                "indexes": [
                    models.Index(fields=["organization", "lifecycle"], name="inventory_system_by_agency"),
                    models.Index(fields=["criticality", "name"], name="inventory_system_by_weight"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lifecycle", "retired"), _negated=True),
                            ("retired_on__isnull", False),
                            _connector="OR",
                        ),
                        name="inventory_system_retired_on_a_day",
                        violation_error_message="A retired system needs the day since which it no longer runs.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("single_sign_on", "exempt"),
                                ("second_factor", "exempt"),
                                _connector="OR",
                                _negated=True,
                            ),
                            ("identity_exempt_until__isnull", False),
                            _connector="OR",
                        ),
                        name="inventory_system_exempt_until",
                        violation_error_message="An exemption needs its last day; nothing is exempt for ever.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("attested_on__isnull", True), ("attested_until__isnull", True)),
                            ("attested_until__gte", models.F("attested_on")),
                            _connector="OR",
                        ),
                        name="inventory_system_attested_until",
                        violation_error_message="An attestation lasts from its day until a later one.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("none_attested_on__isnull", True), ("none_attested_until__isnull", True)
                            ),
                            ("none_attested_until__gte", models.F("none_attested_on")),
                            _connector="OR",
                        ),
                        name="inventory_system_none_attested_until",
                        violation_error_message="An attestation lasts from its day until a later one.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("availability_target__isnull", True),
                            models.Q(("availability_target__gt", 0), ("availability_target__lte", 100)),
                            _connector="OR",
                        ),
                        name="inventory_system_availability_percent",
                        violation_error_message="Promised uptime is more than 0 and at most 100 percent.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TechnologyEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "code",
                    models.CharField(
                        help_text="Product and cycle in one, such as postgresql-16.", max_length=150
                    ),
                ),
                (
                    "product",
                    models.SlugField(
                        db_index=False, help_text="Code of the product, such as postgresql.", max_length=80
                    ),
                ),
                (
                    "cycle",
                    models.CharField(help_text="The release cycle, such as 16 or 24.04.", max_length=60),
                ),
                (
                    "name",
                    models.CharField(
                        blank=True, help_text="As people call it, such as PostgreSQL 16.", max_length=200
                    ),
                ),
                ("released_on", models.DateField(blank=True, null=True)),
                (
                    "support_ends_on",
                    models.DateField(
                        blank=True,
                        help_text="Last day of active support; security fixes may go on.",
                        null=True,
                    ),
                ),
                (
                    "end_of_life",
                    models.CharField(
                        choices=[
                            ("dated", "On a known day"),
                            ("ended", "Ended, day not known"),
                            ("none", "Not announced"),
                            ("unknown", "Not known"),
                        ],
                        default="unknown",
                        max_length=8,
                    ),
                ),
                (
                    "ends_on",
                    models.DateField(
                        blank=True, help_text="Last day on which its maker mends security holes.", null=True
                    ),
                ),
                (
                    "long_term",
                    models.BooleanField(default=False, help_text="A release with long-term support."),
                ),
                ("latest", models.CharField(blank=True, help_text="Its newest version.", max_length=80)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.technology",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="org.vendor",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Attestation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "aspect",
                    models.CharField(
                        choices=[("facts", "Facts of the system"), ("dependencies", "What it depends on")],
                        max_length=12,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("changed", "Changed and vouched for"),
                            ("reaffirmed", "Reaffirmed as it stands"),
                            ("none", "Depends on nothing"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("on", models.DateField()),
                ("until", models.DateField()),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestations",
                        to="org.person",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestations",
                        to="inventory.campaign",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestations",
                        to="inventory.system",
                    ),
                ),
                (
                    "withdrawn_at",
                    models.DateTimeField(
                        blank=True, help_text="When it was taken back; it then counts for nothing.", null=True
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestations_withdrawn",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("withdrawn_reason", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [models.Index(fields=["system", "aspect", "-at"], name="inventory_attested_last")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", models.F("on"))),
                        name="inventory_attestation_in_order",
                        violation_error_message="An attestation lasts from its day until a later one.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "none"), _negated=True),
                            ("aspect", "dependencies"),
                            _connector="OR",
                        ),
                        name="inventory_attestation_none",
                        violation_error_message="Only dependencies can be none.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AttestationRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "aspect",
                    models.CharField(
                        choices=[("facts", "Facts of the system"), ("dependencies", "What it depends on")],
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waiting for an answer"),
                            ("answered", "Answered"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who is asked; empty where the system has no owner.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestation_requests",
                        to="org.person",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requests",
                        to="inventory.campaign",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestation_requests",
                        to="inventory.system",
                    ),
                ),
            ],
            options={
                "ordering": ["campaign", "system", "aspect"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "system", "aspect"), name="inventory_request_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Check",
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
                            ("passed", "In place"),
                            ("failed", "Missing"),
                            ("not_applicable", "Does not apply"),
                        ],
                        max_length=14,
                    ),
                ),
                ("checked_on", models.DateField()),
                (
                    "valid_until",
                    models.DateField(blank=True, help_text="Last day on which it still counts.", null=True),
                ),
                (
                    "evidence",
                    models.CharField(
                        blank=True, help_text="Where to see it, or why it does not apply.", max_length=400
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="observability_checks",
                        to="org.person",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checks",
                        to="inventory.checkitem",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checks",
                        to="inventory.system",
                    ),
                ),
            ],
            options={
                "verbose_name": "observability check",
                "ordering": ["system", "item"],
                "constraints": [
                    models.UniqueConstraint(fields=("system", "item"), name="inventory_check_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "not_applicable"), _negated=True),
                            models.Q(("evidence", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="inventory_check_reason",
                        violation_error_message="Say why it does not apply.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Component",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(help_text="Short stable code.", max_length=120, unique=True)),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("service", "Service"),
                            ("database", "Database"),
                            ("server", "Server"),
                            ("queue", "Queue"),
                            ("storage", "Storage"),
                            ("network", "Network device"),
                            ("mainframe", "Mainframe"),
                            ("library", "Software library"),
                            ("other", "Other"),
                        ],
                        default="other",
                        max_length=12,
                    ),
                ),
                ("version", models.CharField(blank=True, max_length=80)),
                (
                    "package_url",
                    models.CharField(
                        blank=True, help_text="Package address (purl) of a library.", max_length=400
                    ),
                ),
                (
                    "essential",
                    models.BooleanField(default=True, help_text="Without it the system does not work."),
                ),
                (
                    "group",
                    models.CharField(
                        blank=True, help_text="Parts that stand in for one another.", max_length=60
                    ),
                ),
                (
                    "min_up",
                    models.PositiveSmallIntegerField(
                        default=1, help_text="How many of the group must be up for the system to work."
                    ),
                ),
                (
                    "retired_on",
                    models.DateField(
                        blank=True, help_text="First day it is no longer part of it.", null=True
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inventory_components",
                        to="org.vendor",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="components",
                        to="inventory.site",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="components",
                        to="inventory.system",
                    ),
                ),
                (
                    "technology",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="components",
                        to="inventory.technology",
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
                "indexes": [models.Index(fields=["system", "kind"], name="inventory_component_by_system")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("min_up__gte", 1)),
                        name="inventory_component_min_up",
                        violation_error_message="At least one of a group must be up.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Environment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("production", "Production"),
                            ("standby", "Standby for production"),
                            ("staging", "Staging"),
                            ("test", "Test"),
                            ("development", "Development"),
                            ("training", "Training"),
                        ],
                        max_length=12,
                    ),
                ),
                ("url", models.URLField(blank=True, max_length=300)),
                (
                    "retired_on",
                    models.DateField(blank=True, help_text="First day it no longer runs.", null=True),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="environments",
                        to="inventory.site",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="environments",
                        to="inventory.system",
                    ),
                ),
            ],
            options={
                "ordering": ["system", "name"],
                "constraints": [
                    models.UniqueConstraint(fields=("system", "name"), name="inventory_environment_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        blank=True, help_text="What of the system, such as a technology.", max_length=200
                    ),
                ),
                ("text", models.CharField(help_text="What is wrong, in a sentence.", max_length=400)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("excepted", "Excused until a date"),
                            ("mended", "Mended"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("found_on", models.DateField()),
                ("due_on", models.DateField()),
                ("mended_on", models.DateField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inventory_findings",
                        to="org.person",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="inventory.rule",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="inventory.system",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        blank=True,
                        help_text="The other system it is about; the text does not name it, since not all may see it.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings_about",
                        to="inventory.system",
                    ),
                ),
            ],
            options={
                "ordering": ["due_on", "id"],
                "indexes": [
                    models.Index(fields=["state", "due_on"], name="inventory_finding_by_due"),
                    models.Index(fields=["owner", "state"], name="inventory_finding_by_owner"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "mended"), _negated=True),
                        fields=("rule", "system", "subject"),
                        name="inventory_finding_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gte", models.F("found_on"))),
                        name="inventory_finding_in_order",
                        violation_error_message="A finding is due after it was found.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("mended_on__isnull", False), ("state", "mended")),
                            models.Q(
                                models.Q(("state", "mended"), _negated=True), ("mended_on__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="inventory_finding_mended",
                        violation_error_message="A mended finding has its day, an open one has none.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Interface",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(help_text="Short stable code.", max_length=80, unique=True)),
                ("name", models.CharField(max_length=200)),
                (
                    "partner_name",
                    models.CharField(blank=True, help_text="A partner outside the state.", max_length=200),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[
                            ("sends", "System sends"),
                            ("receives", "System receives"),
                            ("both", "Both ways"),
                        ],
                        default="both",
                        max_length=8,
                    ),
                ),
                (
                    "protocol",
                    models.CharField(
                        blank=True, help_text="Such as REST, SFTP, MQ, SOAP, e-mail.", max_length=60
                    ),
                ),
                ("data_types", models.TextField(blank=True, help_text="What data flows, one kind a line.")),
                (
                    "legacy_platform",
                    models.CharField(blank=True, help_text="The platform it runs on today.", max_length=120),
                ),
                (
                    "target_platform",
                    models.CharField(blank=True, help_text="The platform it moves to.", max_length=120),
                ),
                ("manual", models.BooleanField(default=False, help_text="A person carries the data.")),
                (
                    "manual_step",
                    models.TextField(blank=True, help_text="Who downloads or types what, and how often."),
                ),
                (
                    "parallel_run",
                    models.URLField(
                        blank=True, help_text="Evidence that old and new gave the same.", max_length=300
                    ),
                ),
                (
                    "retired_on",
                    models.DateField(blank=True, help_text="First day it is no longer used.", null=True),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        help_text="The organization at the other end.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inventory_interfaces",
                        to="org.organization",
                    ),
                ),
                (
                    "other_system",
                    models.ForeignKey(
                        blank=True,
                        help_text="The system at the other end, where it is in the inventory.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interfaces_of_others",
                        to="inventory.system",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interfaces",
                        to="inventory.system",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("system", models.F("other_system")), _negated=True),
                        name="inventory_interface_two_ends",
                        violation_error_message="The other end is another system.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("manual", False), models.Q(("manual_step", ""), _negated=True), _connector="OR"
                        ),
                        name="inventory_interface_manual_step",
                        violation_error_message="Say who carries the data, what and how often.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Monitor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "entity",
                    models.CharField(help_text="The tool's own id of what it watches.", max_length=300),
                ),
                (
                    "name",
                    models.CharField(blank=True, help_text="The tool's own name of it.", max_length=200),
                ),
                ("onboarded_on", models.DateField(help_text="First day on which it is watched.")),
                (
                    "offboarded_on",
                    models.DateField(blank=True, help_text="First day on which it no longer is.", null=True),
                ),
                (
                    "tool",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="monitors",
                        to="inventory.monitoringtool",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="monitors",
                        to="inventory.system",
                    ),
                ),
            ],
            options={
                "ordering": ["tool", "entity"],
                "constraints": [
                    models.UniqueConstraint(fields=("tool", "entity"), name="inventory_monitor_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("offboarded_on__isnull", True),
                            ("offboarded_on__gte", models.F("onboarded_on")),
                            _connector="OR",
                        ),
                        name="inventory_monitor_in_order",
                        violation_error_message="What is watched ends after it began.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rationalization",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("assessed_on", models.DateField()),
                (
                    "value",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Worth to the business, 1 (little) to 5 (much).",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                    ),
                ),
                (
                    "fitness",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Technical fitness, 1 (poor) to 5 (sound).",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                    ),
                ),
                (
                    "risk",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Risk of going on as it is, 1 (low) to 5 (high).",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                    ),
                ),
                (
                    "annual_cost_cents",
                    models.BigIntegerField(blank=True, help_text="Cost in a year, in cents.", null=True),
                ),
                (
                    "proposed",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("tolerate", "Tolerate"),
                            ("invest", "Invest"),
                            ("migrate", "Migrate"),
                            ("eliminate", "Eliminate"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "decided",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("tolerate", "Tolerate"),
                            ("invest", "Invest"),
                            ("migrate", "Migrate"),
                            ("eliminate", "Eliminate"),
                        ],
                        max_length=9,
                    ),
                ),
                ("decided_on", models.DateField(blank=True, null=True)),
                ("reason", models.TextField(blank=True)),
                (
                    "target_on",
                    models.DateField(blank=True, help_text="Day by which it is to be so.", null=True),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rationalizations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        help_text="The system that takes over.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="succeeds",
                        to="inventory.system",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rationalizations",
                        to="inventory.system",
                    ),
                ),
            ],
            options={
                "ordering": ["system", "-assessed_on"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("system", "assessed_on"), name="inventory_rationalization_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided", ""), ("decided_on__isnull", True)),
                            models.Q(models.Q(("decided", ""), _negated=True), ("decided_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="inventory_rationalization_decided",
                        violation_error_message="A decision has its day, and a day means that something was decided.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("annual_cost_cents__isnull", True),
                            ("annual_cost_cents__gte", 0),
                            _connector="OR",
                        ),
                        name="inventory_rationalization_cost",
                        violation_error_message="A cost is not negative.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("value__isnull", True),
                            models.Q(("value__gte", 1), ("value__lte", 5)),
                            _connector="OR",
                        ),
                        name="inventory_rationalization_value",
                        violation_error_message="The value is a grade from 1 to 5.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fitness__isnull", True),
                            models.Q(("fitness__gte", 1), ("fitness__lte", 5)),
                            _connector="OR",
                        ),
                        name="inventory_rationalization_fitness",
                        violation_error_message="The fitness is a grade from 1 to 5.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("risk__isnull", True),
                            models.Q(("risk__gte", 1), ("risk__lte", 5)),
                            _connector="OR",
                        ),
                        name="inventory_rationalization_risk",
                        violation_error_message="The risk is a grade from 1 to 5.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Stack",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        blank=True, help_text="What it does there, such as database.", max_length=80
                    ),
                ),
                (
                    "retired_on",
                    models.DateField(
                        blank=True, help_text="First day it is no longer built on it.", null=True
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stack",
                        to="inventory.system",
                    ),
                ),
                (
                    "technology",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="systems",
                        to="inventory.technology",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "technology stacks",
                "ordering": ["system", "technology"],
                "constraints": [
                    models.UniqueConstraint(fields=("system", "technology"), name="inventory_stack_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SystemAlias",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True, help_text="Who calls it so; empty means anybody.", max_length=80
                    ),
                ),
                ("alias", models.CharField(max_length=200)),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="aliases",
                        to="inventory.system",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "system aliases",
                "ordering": ["source", "alias"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "alias"),
                        name="inventory_alias_once",
                        violation_error_message="This name already means a system in this source.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SystemEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "code",
                    models.SlugField(
                        db_index=False,
                        help_text="Short stable code, used in addresses and files.",
                        max_length=80,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("application", "Application"),
                            ("platform", "Shared platform"),
                            ("infrastructure", "Infrastructure"),
                            ("website", "Website"),
                            ("ai", "AI use case"),
                            ("tool", "Tool or script"),
                        ],
                        default="application",
                        max_length=16,
                    ),
                ),
                (
                    "purpose",
                    models.TextField(blank=True, help_text="What people do with it, in a sentence or two."),
                ),
                (
                    "lifecycle",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("development", "In development"),
                            ("production", "In production"),
                            ("phase_out", "Being phased out"),
                            ("retired", "Retired"),
                        ],
                        default="production",
                        max_length=12,
                    ),
                ),
                (
                    "criticality",
                    models.CharField(
                        choices=[
                            ("1_essential", "Mission essential"),
                            ("2_important", "Important"),
                            ("3_supporting", "Supporting"),
                            ("4_minor", "Minor"),
                            ("9_unknown", "Not assessed"),
                        ],
                        default="9_unknown",
                        max_length=12,
                    ),
                ),
                (
                    "critical_rank",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Place among the state's most critical systems, 1 first.",
                        null=True,
                    ),
                ),
                (
                    "hosting",
                    models.CharField(
                        choices=[
                            ("state", "State data center"),
                            ("agency", "Agency premises"),
                            ("iaas", "Cloud infrastructure"),
                            ("paas", "Cloud platform"),
                            ("saas", "Software as a service"),
                            ("vendor", "Vendor premises"),
                            ("unknown", "Not known"),
                        ],
                        default="unknown",
                        max_length=8,
                    ),
                ),
                (
                    "classification",
                    models.CharField(
                        choices=[
                            ("public", "Public"),
                            ("internal", "Internal"),
                            ("confidential", "Confidential"),
                            ("restricted", "Restricted by law"),
                            ("unknown", "Not assessed"),
                        ],
                        default="unknown",
                        max_length=12,
                    ),
                ),
                (
                    "recovery_time_minutes",
                    models.PositiveIntegerField(
                        blank=True, help_text="Recovery-time objective: how long it may be down.", null=True
                    ),
                ),
                (
                    "recovery_point_minutes",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Recovery-point objective: how much work may be lost.",
                        null=True,
                    ),
                ),
                (
                    "availability_target",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        help_text="Promised uptime in percent, such as 99.9.",
                        max_digits=6,
                        null=True,
                    ),
                ),
                (
                    "redundancy",
                    models.CharField(
                        choices=[
                            ("unknown", "Not known"),
                            ("none", "Nothing"),
                            ("cold", "Cold standby"),
                            ("warm", "Warm standby"),
                            ("hot", "Hot standby"),
                            ("active", "Active in two places"),
                        ],
                        default="unknown",
                        max_length=8,
                    ),
                ),
                (
                    "redundancy_tested_on",
                    models.DateField(
                        blank=True, help_text="Last day on which the other side really took over.", null=True
                    ),
                ),
                (
                    "recovery_test",
                    models.CharField(
                        choices=[
                            ("never", "Never tested"),
                            ("job_succeeded", "Backup job succeeded only"),
                            ("failed", "Restore failed"),
                            ("verified", "Restore verified"),
                        ],
                        default="never",
                        max_length=14,
                    ),
                ),
                ("recovery_tested_on", models.DateField(blank=True, null=True)),
                (
                    "single_sign_on",
                    models.CharField(
                        choices=[
                            ("not_assessed", "Not assessed"),
                            ("planned", "Planned"),
                            ("offered", "Offered, another way is left"),
                            ("enforced", "Enforced"),
                            ("exempt", "Exempt until a date"),
                            ("not_applicable", "Nobody signs in"),
                        ],
                        default="not_assessed",
                        max_length=14,
                    ),
                ),
                (
                    "second_factor",
                    models.CharField(
                        choices=[
                            ("not_assessed", "Not assessed"),
                            ("none", "None"),
                            ("offered", "Offered"),
                            ("privileged", "Enforced for privileged accounts"),
                            ("enforced", "Enforced for all"),
                            ("exempt", "Exempt until a date"),
                            ("not_applicable", "Nobody signs in"),
                        ],
                        default="not_assessed",
                        max_length=14,
                    ),
                ),
                (
                    "local_accounts",
                    models.BooleanField(
                        blank=True,
                        help_text="Whether a local account still passes by the single sign-on.",
                        null=True,
                    ),
                ),
                (
                    "identity_exempt_until",
                    models.DateField(blank=True, help_text="Last day of an exemption.", null=True),
                ),
                (
                    "identity_wave",
                    models.CharField(blank=True, help_text="The rollout wave it belongs to.", max_length=40),
                ),
                (
                    "identity_due_on",
                    models.DateField(blank=True, help_text="Day by which its wave is due.", null=True),
                ),
                ("website", models.URLField(blank=True, max_length=300)),
                (
                    "costs_url",
                    models.URLField(blank=True, help_text="Where its costs are shown.", max_length=300),
                ),
                (
                    "users",
                    models.PositiveIntegerField(
                        blank=True, help_text="How many people use it, roughly.", null=True
                    ),
                ),
                ("started_on", models.DateField(blank=True, help_text="First day in production.", null=True)),
                (
                    "retired_on",
                    models.DateField(blank=True, help_text="First day it no longer runs.", null=True),
                ),
                (
                    "attested_on",
                    models.DateField(
                        blank=True,
                        help_text="Day its owner last changed or reaffirmed these facts.",
                        null=True,
                    ),
                ),
                (
                    "attested_until",
                    models.DateField(blank=True, help_text="Last day on which that still counts.", null=True),
                ),
                (
                    "none_attested_on",
                    models.DateField(
                        blank=True, help_text="Day its owner said that it depends on nothing.", null=True
                    ),
                ),
                (
                    "none_attested_until",
                    models.DateField(blank=True, help_text="Last day on which that still counts.", null=True),
                ),
                (
                    "capability",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="The business function it serves most.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.capability",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        help_text="The agency it serves.",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="org.organization",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Who answers for it to the business.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="org.person",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.system",
                    ),
                ),
                (
                    "steward",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Who keeps it running and its record true.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="org.person",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Who delivers it, where it is bought.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="org.vendor",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Website",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "domain",
                    models.CharField(
                        help_text="Its host name, such as dmv.example.gov.", max_length=253, unique=True
                    ),
                ),
                (
                    "registrant",
                    models.CharField(
                        blank=True, help_text="Whose it is, as the registry says.", max_length=200
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True, help_text="The registry's type, such as City.", max_length=60
                    ),
                ),
                ("city", models.CharField(blank=True, max_length=120)),
                ("security_contact", models.EmailField(blank=True, max_length=254)),
                ("title", models.CharField(blank=True, max_length=300)),
                (
                    "content_system",
                    models.CharField(blank=True, help_text="What it is edited with.", max_length=80),
                ),
                (
                    "hosted_by",
                    models.CharField(
                        blank=True, help_text="The cloud provider, where one was seen.", max_length=120
                    ),
                ),
                (
                    "visits",
                    models.PositiveBigIntegerField(
                        blank=True, help_text="Visits in the last month counted.", null=True
                    ),
                ),
                ("scanned_on", models.DateField(blank=True, null=True)),
                (
                    "retired_on",
                    models.DateField(
                        blank=True, help_text="First day it is no longer registered.", null=True
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        help_text="Whose it is, where that is known.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="websites",
                        to="org.organization",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        blank=True,
                        help_text="The system that serves it.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="websites",
                        to="inventory.system",
                    ),
                ),
            ],
            options={
                "ordering": ["domain"],
            },
        ),
        migrations.CreateModel(
            name="AttestationEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "aspect",
                    models.CharField(
                        choices=[("facts", "Facts of the system"), ("dependencies", "What it depends on")],
                        max_length=12,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("changed", "Changed and vouched for"),
                            ("reaffirmed", "Reaffirmed as it stands"),
                            ("none", "Depends on nothing"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("on", models.DateField()),
                ("until", models.DateField()),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="org.person",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.attestation",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.campaign",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.system",
                    ),
                ),
                (
                    "withdrawn_at",
                    models.DateTimeField(
                        blank=True, help_text="When it was taken back; it then counts for nothing.", null=True
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("withdrawn_reason", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AttestationRequestEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "aspect",
                    models.CharField(
                        choices=[("facts", "Facts of the system"), ("dependencies", "What it depends on")],
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waiting for an answer"),
                            ("answered", "Answered"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Who is asked; empty where the system has no owner.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="org.person",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.attestationrequest",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.campaign",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.system",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CheckEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("passed", "In place"),
                            ("failed", "Missing"),
                            ("not_applicable", "Does not apply"),
                        ],
                        max_length=14,
                    ),
                ),
                ("checked_on", models.DateField()),
                (
                    "valid_until",
                    models.DateField(blank=True, help_text="Last day on which it still counts.", null=True),
                ),
                (
                    "evidence",
                    models.CharField(
                        blank=True, help_text="Where to see it, or why it does not apply.", max_length=400
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="org.person",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.check",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.checkitem",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.system",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ComponentEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, help_text="Short stable code.", max_length=120)),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("service", "Service"),
                            ("database", "Database"),
                            ("server", "Server"),
                            ("queue", "Queue"),
                            ("storage", "Storage"),
                            ("network", "Network device"),
                            ("mainframe", "Mainframe"),
                            ("library", "Software library"),
                            ("other", "Other"),
                        ],
                        default="other",
                        max_length=12,
                    ),
                ),
                ("version", models.CharField(blank=True, max_length=80)),
                (
                    "package_url",
                    models.CharField(
                        blank=True, help_text="Package address (purl) of a library.", max_length=400
                    ),
                ),
                (
                    "essential",
                    models.BooleanField(default=True, help_text="Without it the system does not work."),
                ),
                (
                    "group",
                    models.CharField(
                        blank=True, help_text="Parts that stand in for one another.", max_length=60
                    ),
                ),
                (
                    "min_up",
                    models.PositiveSmallIntegerField(
                        default=1, help_text="How many of the group must be up for the system to work."
                    ),
                ),
                (
                    "retired_on",
                    models.DateField(
                        blank=True, help_text="First day it is no longer part of it.", null=True
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.component",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="org.vendor",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.site",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.system",
                    ),
                ),
                (
                    "technology",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.technology",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Dependency",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "strength",
                    models.CharField(
                        choices=[("hard", "Stops without it"), ("soft", "Gets worse without it")],
                        default="hard",
                        max_length=4,
                    ),
                ),
                (
                    "group",
                    models.CharField(
                        blank=True, help_text="Providers that stand in for one another.", max_length=60
                    ),
                ),
                (
                    "min_up",
                    models.PositiveSmallIntegerField(
                        default=1, help_text="How many of the group must be up."
                    ),
                ),
                (
                    "confidence",
                    models.CharField(
                        choices=[("high", "High"), ("medium", "Medium"), ("low", "Low")],
                        default="medium",
                        max_length=6,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("attested", "Said by an owner"),
                            ("imported", "Imported"),
                            ("discovered", "Seen by a tool"),
                            ("inferred", "Inferred"),
                            ("outage", "Shown by an outage"),
                        ],
                        default="imported",
                        max_length=10,
                    ),
                ),
                ("attested_on", models.DateField(blank=True, null=True)),
                (
                    "attested_until",
                    models.DateField(blank=True, help_text="Last day on which that still counts.", null=True),
                ),
                ("confirmed_on", models.DateField(blank=True, null=True)),
                ("note", models.TextField(blank=True)),
                (
                    "retired_on",
                    models.DateField(
                        blank=True, help_text="First day on which it no longer holds.", null=True
                    ),
                ),
                (
                    "attested_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who said so for the dependant.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attested_dependencies",
                        to="org.person",
                    ),
                ),
                (
                    "component",
                    models.ForeignKey(
                        blank=True,
                        help_text="The part of it that does; empty: the whole.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dependencies",
                        to="inventory.component",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who said so for the provider.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="confirmed_dependencies",
                        to="org.person",
                    ),
                ),
                (
                    "provider_component",
                    models.ForeignKey(
                        blank=True,
                        help_text="The part of it that is; empty: the whole.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dependants",
                        to="inventory.component",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        help_text="The system that is needed.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dependants",
                        to="inventory.system",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        help_text="The system that needs something.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dependencies",
                        to="inventory.system",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "dependencies",
                "ordering": ["system", "provider", "id"],
                "indexes": [models.Index(fields=["provider", "system"], name="inventory_dependency_back")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("system", "component", "provider", "provider_component"),
                        name="inventory_dependency_once",
                        nulls_distinct=False,
                        violation_error_message="This dependency is there already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("system", models.F("provider")), _negated=True),
                            models.Q(("component", models.F("provider_component")), _negated=True),
                            _connector="OR",
                        ),
                        name="inventory_dependency_not_on_itself_part",
                        violation_error_message="A part cannot depend on itself.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("system", models.F("provider")), _negated=True),
                            models.Q(("component__isnull", False), ("provider_component__isnull", False)),
                            _connector="OR",
                        ),
                        name="inventory_dependency_not_on_itself",
                        violation_error_message="A system cannot depend on itself; name the two parts, or the other system.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("min_up__gte", 1)),
                        name="inventory_dependency_min_up",
                        violation_error_message="At least one of a group must be up.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("attested_on__isnull", True), ("attested_until__isnull", True)),
                            ("attested_until__gte", models.F("attested_on")),
                            _connector="OR",
                        ),
                        name="inventory_dependency_attested_until",
                        violation_error_message="An attestation lasts from its day until a later one.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EnvironmentEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("production", "Production"),
                            ("standby", "Standby for production"),
                            ("staging", "Staging"),
                            ("test", "Test"),
                            ("development", "Development"),
                            ("training", "Training"),
                        ],
                        max_length=12,
                    ),
                ),
                ("url", models.URLField(blank=True, max_length=300)),
                (
                    "retired_on",
                    models.DateField(blank=True, help_text="First day it no longer runs.", null=True),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.environment",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.site",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.system",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FindingEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "subject",
                    models.CharField(
                        blank=True, help_text="What of the system, such as a technology.", max_length=200
                    ),
                ),
                ("text", models.CharField(help_text="What is wrong, in a sentence.", max_length=400)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("excepted", "Excused until a date"),
                            ("mended", "Mended"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("found_on", models.DateField()),
                ("due_on", models.DateField()),
                ("mended_on", models.DateField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="org.person",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.finding",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.rule",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.system",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="The other system it is about; the text does not name it, since not all may see it.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.system",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FindingException",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField()),
                ("approved_at", models.DateTimeField()),
                ("expires_on", models.DateField(help_text="Last day on which it holds.")),
                (
                    "approved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="finding_exceptions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exceptions",
                        to="inventory.finding",
                    ),
                ),
            ],
            options={
                "ordering": ["-approved_at"],
            },
        ),
        migrations.CreateModel(
            name="InterfaceEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, help_text="Short stable code.", max_length=80)),
                ("name", models.CharField(max_length=200)),
                (
                    "partner_name",
                    models.CharField(blank=True, help_text="A partner outside the state.", max_length=200),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[
                            ("sends", "System sends"),
                            ("receives", "System receives"),
                            ("both", "Both ways"),
                        ],
                        default="both",
                        max_length=8,
                    ),
                ),
                (
                    "protocol",
                    models.CharField(
                        blank=True, help_text="Such as REST, SFTP, MQ, SOAP, e-mail.", max_length=60
                    ),
                ),
                ("data_types", models.TextField(blank=True, help_text="What data flows, one kind a line.")),
                (
                    "legacy_platform",
                    models.CharField(blank=True, help_text="The platform it runs on today.", max_length=120),
                ),
                (
                    "target_platform",
                    models.CharField(blank=True, help_text="The platform it moves to.", max_length=120),
                ),
                ("manual", models.BooleanField(default=False, help_text="A person carries the data.")),
                (
                    "manual_step",
                    models.TextField(blank=True, help_text="Who downloads or types what, and how often."),
                ),
                (
                    "parallel_run",
                    models.URLField(
                        blank=True, help_text="Evidence that old and new gave the same.", max_length=300
                    ),
                ),
                (
                    "retired_on",
                    models.DateField(blank=True, help_text="First day it is no longer used.", null=True),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="The organization at the other end.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="org.organization",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.interface",
                    ),
                ),
                (
                    "other_system",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="The system at the other end, where it is in the inventory.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.system",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.system",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="MonitorEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "entity",
                    models.CharField(help_text="The tool's own id of what it watches.", max_length=300),
                ),
                (
                    "name",
                    models.CharField(blank=True, help_text="The tool's own name of it.", max_length=200),
                ),
                ("onboarded_on", models.DateField(help_text="First day on which it is watched.")),
                (
                    "offboarded_on",
                    models.DateField(blank=True, help_text="First day on which it no longer is.", null=True),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.monitor",
                    ),
                ),
                (
                    "tool",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.monitoringtool",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.system",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Outage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(help_text="Short stable code.", max_length=40, unique=True)),
                ("title", models.CharField(max_length=200)),
                (
                    "drill",
                    models.BooleanField(
                        default=False, help_text="An exercise; it counts apart from real ones."
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("system", "System"),
                            ("component", "Component"),
                            ("vendor", "Vendor"),
                            ("site", "Site"),
                            ("technology", "Technology"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "began_at",
                    models.DateTimeField(
                        blank=True, help_text="When it really began, where that is known.", null=True
                    ),
                ),
                ("declared_at", models.DateTimeField()),
                (
                    "identified_at",
                    models.DateTimeField(
                        blank=True, help_text="When the list of systems hit was confirmed.", null=True
                    ),
                ),
                ("restored_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "cancelled_at",
                    models.DateTimeField(blank=True, help_text="Declared by mistake.", null=True),
                ),
                (
                    "graph_version",
                    models.BigIntegerField(blank=True, help_text="The graph it was judged by.", null=True),
                ),
                (
                    "critical",
                    models.BooleanField(
                        default=False, help_text="It touches one of the state's ten most critical systems."
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        blank=True,
                        help_text="The ticket or incident it is known by elsewhere.",
                        max_length=80,
                    ),
                ),
                ("cause", models.TextField(blank=True, help_text="What was found to be the cause.")),
                (
                    "component",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outages_begun",
                        to="inventory.component",
                    ),
                ),
                (
                    "declared_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outages_declared",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "identified_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outages_identified",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inventory_outages",
                        to="org.vendor",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outages",
                        to="inventory.site",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outages_begun",
                        to="inventory.system",
                    ),
                ),
                (
                    "technology",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outages",
                        to="inventory.technology",
                    ),
                ),
            ],
            options={
                "ordering": ["-declared_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("source", "system"), ("system__isnull", False)),
                            models.Q(("component__isnull", False), ("source", "component")),
                            models.Q(("source", "vendor"), ("vendor__isnull", False)),
                            models.Q(("site__isnull", False), ("source", "site")),
                            models.Q(("source", "technology"), ("technology__isnull", False)),
                            _connector="OR",
                        ),
                        name="inventory_outage_names_its_source",
                        violation_error_message="Name what failed.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("identified_at__isnull", True),
                            ("identified_at__gte", models.F("declared_at")),
                            _connector="OR",
                        ),
                        name="inventory_outage_identified_after",
                        violation_error_message="The impact is known after the outage is declared.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at__isnull", True),
                            ("identified_at__isnull", False),
                            ("cancelled_at__isnull", False),
                            _connector="OR",
                        ),
                        name="inventory_outage_closed_known",
                        violation_error_message="An outage is closed after its impact is confirmed.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RationalizationEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("assessed_on", models.DateField()),
                (
                    "value",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Worth to the business, 1 (little) to 5 (much).",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                    ),
                ),
                (
                    "fitness",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Technical fitness, 1 (poor) to 5 (sound).",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                    ),
                ),
                (
                    "risk",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Risk of going on as it is, 1 (low) to 5 (high).",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                    ),
                ),
                (
                    "annual_cost_cents",
                    models.BigIntegerField(blank=True, help_text="Cost in a year, in cents.", null=True),
                ),
                (
                    "proposed",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("tolerate", "Tolerate"),
                            ("invest", "Invest"),
                            ("migrate", "Migrate"),
                            ("eliminate", "Eliminate"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "decided",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("tolerate", "Tolerate"),
                            ("invest", "Invest"),
                            ("migrate", "Migrate"),
                            ("eliminate", "Eliminate"),
                        ],
                        max_length=9,
                    ),
                ),
                ("decided_on", models.DateField(blank=True, null=True)),
                ("reason", models.TextField(blank=True)),
                (
                    "target_on",
                    models.DateField(blank=True, help_text="Day by which it is to be so.", null=True),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.rationalization",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="The system that takes over.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.system",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.system",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="StackEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "role",
                    models.CharField(
                        blank=True, help_text="What it does there, such as database.", max_length=80
                    ),
                ),
                (
                    "retired_on",
                    models.DateField(
                        blank=True, help_text="First day it is no longer built on it.", null=True
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.stack",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.system",
                    ),
                ),
                (
                    "technology",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.technology",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SystemAliasEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "source",
                    models.CharField(
                        blank=True, help_text="Who calls it so; empty means anybody.", max_length=80
                    ),
                ),
                ("alias", models.CharField(max_length=200)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.systemalias",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.system",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="WebsiteEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "domain",
                    models.CharField(help_text="Its host name, such as dmv.example.gov.", max_length=253),
                ),
                (
                    "registrant",
                    models.CharField(
                        blank=True, help_text="Whose it is, as the registry says.", max_length=200
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True, help_text="The registry's type, such as City.", max_length=60
                    ),
                ),
                ("city", models.CharField(blank=True, max_length=120)),
                ("security_contact", models.EmailField(blank=True, max_length=254)),
                ("title", models.CharField(blank=True, max_length=300)),
                (
                    "content_system",
                    models.CharField(blank=True, help_text="What it is edited with.", max_length=80),
                ),
                (
                    "hosted_by",
                    models.CharField(
                        blank=True, help_text="The cloud provider, where one was seen.", max_length=120
                    ),
                ),
                (
                    "visits",
                    models.PositiveBigIntegerField(
                        blank=True, help_text="Visits in the last month counted.", null=True
                    ),
                ),
                ("scanned_on", models.DateField(blank=True, null=True)),
                (
                    "retired_on",
                    models.DateField(
                        blank=True, help_text="First day it is no longer registered.", null=True
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Whose it is, where that is known.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="org.organization",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.website",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="The system that serves it.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.system",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DependencyEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "strength",
                    models.CharField(
                        choices=[("hard", "Stops without it"), ("soft", "Gets worse without it")],
                        default="hard",
                        max_length=4,
                    ),
                ),
                (
                    "group",
                    models.CharField(
                        blank=True, help_text="Providers that stand in for one another.", max_length=60
                    ),
                ),
                (
                    "min_up",
                    models.PositiveSmallIntegerField(
                        default=1, help_text="How many of the group must be up."
                    ),
                ),
                (
                    "confidence",
                    models.CharField(
                        choices=[("high", "High"), ("medium", "Medium"), ("low", "Low")],
                        default="medium",
                        max_length=6,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("attested", "Said by an owner"),
                            ("imported", "Imported"),
                            ("discovered", "Seen by a tool"),
                            ("inferred", "Inferred"),
                            ("outage", "Shown by an outage"),
                        ],
                        default="imported",
                        max_length=10,
                    ),
                ),
                ("attested_on", models.DateField(blank=True, null=True)),
                (
                    "attested_until",
                    models.DateField(blank=True, help_text="Last day on which that still counts.", null=True),
                ),
                ("confirmed_on", models.DateField(blank=True, null=True)),
                ("note", models.TextField(blank=True)),
                (
                    "retired_on",
                    models.DateField(
                        blank=True, help_text="First day on which it no longer holds.", null=True
                    ),
                ),
                (
                    "attested_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Who said so for the dependant.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="org.person",
                    ),
                ),
                (
                    "component",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="The part of it that does; empty: the whole.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.component",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Who said so for the provider.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="org.person",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.dependency",
                    ),
                ),
                (
                    "provider_component",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="The part of it that is; empty: the whole.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.component",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        db_constraint=False,
                        help_text="The system that is needed.",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.system",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        db_constraint=False,
                        help_text="The system that needs something.",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.system",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FindingExceptionEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("reason", models.TextField()),
                ("approved_at", models.DateTimeField()),
                ("expires_on", models.DateField(help_text="Last day on which it holds.")),
                (
                    "approved_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.finding",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.findingexception",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OutageEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, help_text="Short stable code.", max_length=40)),
                ("title", models.CharField(max_length=200)),
                (
                    "drill",
                    models.BooleanField(
                        default=False, help_text="An exercise; it counts apart from real ones."
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("system", "System"),
                            ("component", "Component"),
                            ("vendor", "Vendor"),
                            ("site", "Site"),
                            ("technology", "Technology"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "began_at",
                    models.DateTimeField(
                        blank=True, help_text="When it really began, where that is known.", null=True
                    ),
                ),
                ("declared_at", models.DateTimeField()),
                (
                    "identified_at",
                    models.DateTimeField(
                        blank=True, help_text="When the list of systems hit was confirmed.", null=True
                    ),
                ),
                ("restored_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "cancelled_at",
                    models.DateTimeField(blank=True, help_text="Declared by mistake.", null=True),
                ),
                (
                    "graph_version",
                    models.BigIntegerField(blank=True, help_text="The graph it was judged by.", null=True),
                ),
                (
                    "critical",
                    models.BooleanField(
                        default=False, help_text="It touches one of the state's ten most critical systems."
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        blank=True,
                        help_text="The ticket or incident it is known by elsewhere.",
                        max_length=80,
                    ),
                ),
                ("cause", models.TextField(blank=True, help_text="What was found to be the cause.")),
                (
                    "component",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.component",
                    ),
                ),
                (
                    "declared_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "identified_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.outage",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="org.vendor",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.site",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.system",
                    ),
                ),
                (
                    "technology",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.technology",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OutageImpact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("predicted", models.BooleanField(default=True, help_text="The graph named it.")),
                (
                    "strength",
                    models.CharField(
                        blank=True, help_text="hard: would stop; soft: would get worse.", max_length=4
                    ),
                ),
                (
                    "hops",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="Steps from what failed.", null=True
                    ),
                ),
                (
                    "path",
                    models.JSONField(
                        blank=True, default=list, help_text="The shortest way from what failed, as names."
                    ),
                ),
                (
                    "via",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Ids of the dependencies on that way, for back-testing.",
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("candidate", "Not yet known"),
                            ("hit", "Affected"),
                            ("spared", "Not affected"),
                        ],
                        default="candidate",
                        max_length=9,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="impacts_decided",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "outage",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="impacts",
                        to="inventory.outage",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outage_impacts",
                        to="inventory.system",
                    ),
                ),
            ],
            options={
                "ordering": ["outage", "hops", "system"],
                "constraints": [
                    models.UniqueConstraint(fields=("outage", "system"), name="inventory_impact_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("verdict", "candidate")),
                            models.Q(("verdict", "candidate"), _negated=True),
                            _connector="OR",
                        ),
                        name="inventory_impact_decided",
                        violation_error_message="What nobody has decided has no time of decision.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutageImpactEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("predicted", models.BooleanField(default=True, help_text="The graph named it.")),
                (
                    "strength",
                    models.CharField(
                        blank=True, help_text="hard: would stop; soft: would get worse.", max_length=4
                    ),
                ),
                (
                    "hops",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="Steps from what failed.", null=True
                    ),
                ),
                (
                    "path",
                    models.JSONField(
                        blank=True, default=list, help_text="The shortest way from what failed, as names."
                    ),
                ),
                (
                    "via",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Ids of the dependencies on that way, for back-testing.",
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("candidate", "Not yet known"),
                            ("hit", "Affected"),
                            ("spared", "Not affected"),
                        ],
                        default="candidate",
                        max_length=9,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "outage",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.outage",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="inventory.outageimpact",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.system",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        stateworks.kernel.history.AddTriggers(
            triggers=[
                (
                    "campaign",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_campaignevent" ("asks_dependencies", "asks_facts", "closed_at", "code", "criticality", "due_on", "id", "lifecycle", "opened_at", "opens_on", "organization_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "title", "valid_days") SELECT new_values."asks_dependencies", new_values."asks_facts", new_values."closed_at", new_values."code", new_values."criticality", new_values."due_on", new_values."id", new_values."lifecycle", new_values."opened_at", new_values."opens_on", new_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."title", new_values."valid_days" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="08b59179ccb2712617173222afe4f1593cd25c9d",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_9d559",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_campaign",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "campaign",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_campaignevent" ("asks_dependencies", "asks_facts", "closed_at", "code", "criticality", "due_on", "id", "lifecycle", "opened_at", "opens_on", "organization_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "title", "valid_days") SELECT new_values."asks_dependencies", new_values."asks_facts", new_values."closed_at", new_values."code", new_values."criticality", new_values."due_on", new_values."id", new_values."lifecycle", new_values."opened_at", new_values."opens_on", new_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."title", new_values."valid_days" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="439c4cbd353dc2569d8216fe74a6a455bd01c192",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_c81dd",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_campaign",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "campaign",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_campaignevent" ("asks_dependencies", "asks_facts", "closed_at", "code", "criticality", "due_on", "id", "lifecycle", "opened_at", "opens_on", "organization_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "title", "valid_days") SELECT old_values."asks_dependencies", old_values."asks_facts", old_values."closed_at", old_values."code", old_values."criticality", old_values."due_on", old_values."id", old_values."lifecycle", old_values."opened_at", old_values."opens_on", old_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."title", old_values."valid_days" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="346a63c5604a0b191e0af16bec94df59eafabd1a",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_0472a",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_campaign",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "capability",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_capabilityevent" ("code", "description", "id", "name", "parent_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."code", new_values."description", new_values."id", new_values."name", new_values."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="27eed46ef88cd2e48585e9a61d0889914ca2e645",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_84678",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_capability",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "capability",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_capabilityevent" ("code", "description", "id", "name", "parent_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."code", new_values."description", new_values."id", new_values."name", new_values."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="b780ac2d417f2d6ded4a53ca37de0515646b9cb2",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_1ace6",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_capability",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "capability",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_capabilityevent" ("code", "description", "id", "name", "parent_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."code", old_values."description", old_values."id", old_values."name", old_values."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="3e9e7b38b80e67abe2b3029e242cb0d6b866f68b",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_1e9cd",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_capability",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "checkitem",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_checkitemevent" ("code", "help", "id", "name", "order", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "required", "retired_on") SELECT new_values."code", new_values."help", new_values."id", new_values."name", new_values."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."required", new_values."retired_on" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="43c28805687e691df7418aaf0c24b5f2e050112c",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_06f43",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_checkitem",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "checkitem",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_checkitemevent" ("code", "help", "id", "name", "order", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "required", "retired_on") SELECT new_values."code", new_values."help", new_values."id", new_values."name", new_values."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."required", new_values."retired_on" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="3079057e35a7a425f08e540d01e9b2681429b00d",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_83a3f",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_checkitem",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "checkitem",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_checkitemevent" ("code", "help", "id", "name", "order", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "required", "retired_on") SELECT old_values."code", old_values."help", old_values."id", old_values."name", old_values."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."required", old_values."retired_on" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="8c50b9989b7095b06e6f9a687c7809e18662e3a3",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_3b93a",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_checkitem",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "monitoringtool",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_monitoringtoolevent" ("approved", "code", "id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."approved", new_values."code", new_values."id", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="57bdf439e4f3fd1d77b30b29e231343f6a31274d",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_59ed1",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_monitoringtool",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "monitoringtool",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_monitoringtoolevent" ("approved", "code", "id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."approved", new_values."code", new_values."id", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="26edf8f7cbd5a57092395498ddfe663bdccec784",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_cccdf",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_monitoringtool",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "monitoringtool",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_monitoringtoolevent" ("approved", "code", "id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."approved", old_values."code", old_values."id", old_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="9b06a914056f4d2669456dc0b0b07ac68496af3c",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_88121",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_monitoringtool",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "rule",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_ruleevent" ("active", "check_name", "code", "due_days", "id", "parameters", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "severity", "title", "why") SELECT new_values."active", new_values."check_name", new_values."code", new_values."due_days", new_values."id", new_values."parameters", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."severity", new_values."title", new_values."why" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="50b790507ea6183c0fbf89540eee463e3efadd6c",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_ed6f9",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_rule",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "rule",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_ruleevent" ("active", "check_name", "code", "due_days", "id", "parameters", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "severity", "title", "why") SELECT new_values."active", new_values."check_name", new_values."code", new_values."due_days", new_values."id", new_values."parameters", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."severity", new_values."title", new_values."why" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="5bdc5b57ea5bfee1d12ff6ab7e7235a5b499574d",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_77197",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_rule",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "rule",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_ruleevent" ("active", "check_name", "code", "due_days", "id", "parameters", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "severity", "title", "why") SELECT old_values."active", old_values."check_name", old_values."code", old_values."due_days", old_values."id", old_values."parameters", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."severity", old_values."title", old_values."why" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="0717383c4df7696c72ed954d8aecec36c7a1e828",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_43597",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_rule",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "site",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_siteevent" ("city", "code", "id", "kind", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_on", "vendor_id") SELECT new_values."city", new_values."code", new_values."id", new_values."kind", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."retired_on", new_values."vendor_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="63d8fc4796b588d9524ea7f54c62bffa09b84f85",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_d16bd",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_site",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "site",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_siteevent" ("city", "code", "id", "kind", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_on", "vendor_id") SELECT new_values."city", new_values."code", new_values."id", new_values."kind", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."retired_on", new_values."vendor_id" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="b69d65a57811e001f265970303151c4e0c231af8",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_cbd84",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_site",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "site",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_siteevent" ("city", "code", "id", "kind", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_on", "vendor_id") SELECT old_values."city", old_values."code", old_values."id", old_values."kind", old_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."retired_on", old_values."vendor_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="10480b345e31eb03bc998cae79e6d080c1cbcfd6",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_94375",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_site",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "technology",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_technologyevent" ("code", "cycle", "end_of_life", "ends_on", "id", "latest", "long_term", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "product", "released_on", "support_ends_on", "vendor_id") SELECT new_values."code", new_values."cycle", new_values."end_of_life", new_values."ends_on", new_values."id", new_values."latest", new_values."long_term", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."product", new_values."released_on", new_values."support_ends_on", new_values."vendor_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="2c063c160c81b917a98a1a300e048d9c7372af72",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_9a90f",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_technology",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "technology",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_technologyevent" ("code", "cycle", "end_of_life", "ends_on", "id", "latest", "long_term", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "product", "released_on", "support_ends_on", "vendor_id") SELECT new_values."code", new_values."cycle", new_values."end_of_life", new_values."ends_on", new_values."id", new_values."latest", new_values."long_term", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."product", new_values."released_on", new_values."support_ends_on", new_values."vendor_id" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="385208f1cb8e01535326bc5070a4c5241bd1c316",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_d47bc",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_technology",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "technology",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_technologyevent" ("code", "cycle", "end_of_life", "ends_on", "id", "latest", "long_term", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "product", "released_on", "support_ends_on", "vendor_id") SELECT old_values."code", old_values."cycle", old_values."end_of_life", old_values."ends_on", old_values."id", old_values."latest", old_values."long_term", old_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."product", old_values."released_on", old_values."support_ends_on", old_values."vendor_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="b377aa706383450bb2ced5b766a011994f331751",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_5ab21",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_technology",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "campaignevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="1017e2ec9e6e1ebc751f9f7b841eabb8ce243fc1",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_e1354",
                            table="inventory_campaignevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "capabilityevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="8a3d07656b3d04a3b28c3daa21a3d7070c7e734b",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_2503e",
                            table="inventory_capabilityevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "checkitemevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="1fb9195bf15b15025bd9ff978b8e47857d70eca6",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_8ff34",
                            table="inventory_checkitemevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "monitoringtoolevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="d4d2c669ebd95b3645389e4d9cb45c276c21da41",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_b9732",
                            table="inventory_monitoringtoolevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "ruleevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="eafdcdc38498c6d1b6258f11aa7dbb6548a24e29",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_5944e",
                            table="inventory_ruleevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "siteevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="31a2da5228f8c260cf48cd726cbabc84911ebc3e",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_8af19",
                            table="inventory_siteevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "system",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_systemevent" ("attested_on", "attested_until", "availability_target", "capability_id", "classification", "code", "costs_url", "critical_rank", "criticality", "hosting", "id", "identity_due_on", "identity_exempt_until", "identity_wave", "kind", "lifecycle", "local_accounts", "name", "none_attested_on", "none_attested_until", "organization_id", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "recovery_point_minutes", "recovery_test", "recovery_tested_on", "recovery_time_minutes", "redundancy", "redundancy_tested_on", "retired_on", "second_factor", "single_sign_on", "started_on", "steward_id", "users", "vendor_id", "website") SELECT new_values."attested_on", new_values."attested_until", new_values."availability_target", new_values."capability_id", new_values."classification", new_values."code", new_values."costs_url", new_values."critical_rank", new_values."criticality", new_values."hosting", new_values."id", new_values."identity_due_on", new_values."identity_exempt_until", new_values."identity_wave", new_values."kind", new_values."lifecycle", new_values."local_accounts", new_values."name", new_values."none_attested_on", new_values."none_attested_until", new_values."organization_id", new_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."purpose", new_values."recovery_point_minutes", new_values."recovery_test", new_values."recovery_tested_on", new_values."recovery_time_minutes", new_values."redundancy", new_values."redundancy_tested_on", new_values."retired_on", new_values."second_factor", new_values."single_sign_on", new_values."started_on", new_values."steward_id", new_values."users", new_values."vendor_id", new_values."website" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="6c17076713e142d28537c4821e1e1cfb4bfa7106",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_9b3d8",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_system",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "system",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_systemevent" ("attested_on", "attested_until", "availability_target", "capability_id", "classification", "code", "costs_url", "critical_rank", "criticality", "hosting", "id", "identity_due_on", "identity_exempt_until", "identity_wave", "kind", "lifecycle", "local_accounts", "name", "none_attested_on", "none_attested_until", "organization_id", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "recovery_point_minutes", "recovery_test", "recovery_tested_on", "recovery_time_minutes", "redundancy", "redundancy_tested_on", "retired_on", "second_factor", "single_sign_on", "started_on", "steward_id", "users", "vendor_id", "website") SELECT new_values."attested_on", new_values."attested_until", new_values."availability_target", new_values."capability_id", new_values."classification", new_values."code", new_values."costs_url", new_values."critical_rank", new_values."criticality", new_values."hosting", new_values."id", new_values."identity_due_on", new_values."identity_exempt_until", new_values."identity_wave", new_values."kind", new_values."lifecycle", new_values."local_accounts", new_values."name", new_values."none_attested_on", new_values."none_attested_until", new_values."organization_id", new_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."purpose", new_values."recovery_point_minutes", new_values."recovery_test", new_values."recovery_tested_on", new_values."recovery_time_minutes", new_values."redundancy", new_values."redundancy_tested_on", new_values."retired_on", new_values."second_factor", new_values."single_sign_on", new_values."started_on", new_values."steward_id", new_values."users", new_values."vendor_id", new_values."website" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="9a392c620ce9955efb05c0b47d3031c30295b01d",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_3199f",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_system",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "system",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_systemevent" ("attested_on", "attested_until", "availability_target", "capability_id", "classification", "code", "costs_url", "critical_rank", "criticality", "hosting", "id", "identity_due_on", "identity_exempt_until", "identity_wave", "kind", "lifecycle", "local_accounts", "name", "none_attested_on", "none_attested_until", "organization_id", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "recovery_point_minutes", "recovery_test", "recovery_tested_on", "recovery_time_minutes", "redundancy", "redundancy_tested_on", "retired_on", "second_factor", "single_sign_on", "started_on", "steward_id", "users", "vendor_id", "website") SELECT old_values."attested_on", old_values."attested_until", old_values."availability_target", old_values."capability_id", old_values."classification", old_values."code", old_values."costs_url", old_values."critical_rank", old_values."criticality", old_values."hosting", old_values."id", old_values."identity_due_on", old_values."identity_exempt_until", old_values."identity_wave", old_values."kind", old_values."lifecycle", old_values."local_accounts", old_values."name", old_values."none_attested_on", old_values."none_attested_until", old_values."organization_id", old_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."purpose", old_values."recovery_point_minutes", old_values."recovery_test", old_values."recovery_tested_on", old_values."recovery_time_minutes", old_values."redundancy", old_values."redundancy_tested_on", old_values."retired_on", old_values."second_factor", old_values."single_sign_on", old_values."started_on", old_values."steward_id", old_values."users", old_values."vendor_id", old_values."website" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="8b63fe7ba7e20c7921ded5da013dc9b50b6bc78f",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_54ec2",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_system",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "technologyevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="ae09916379addc2a3a2647053ab024d72cfd92bc",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_82ac5",
                            table="inventory_technologyevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "attestation",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_attestationevent" ("aspect", "at", "by_id", "campaign_id", "id", "kind", "note", "on", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "system_id", "until", "withdrawn_at", "withdrawn_by_id", "withdrawn_reason") SELECT new_values."aspect", new_values."at", new_values."by_id", new_values."campaign_id", new_values."id", new_values."kind", new_values."note", new_values."on", new_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."system_id", new_values."until", new_values."withdrawn_at", new_values."withdrawn_by_id", new_values."withdrawn_reason" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="827372ce4d1947b6511216e7b1621a6bcfe7ef32",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_34e6a",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_attestation",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "attestation",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_attestationevent" ("aspect", "at", "by_id", "campaign_id", "id", "kind", "note", "on", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "system_id", "until", "withdrawn_at", "withdrawn_by_id", "withdrawn_reason") SELECT new_values."aspect", new_values."at", new_values."by_id", new_values."campaign_id", new_values."id", new_values."kind", new_values."note", new_values."on", new_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."system_id", new_values."until", new_values."withdrawn_at", new_values."withdrawn_by_id", new_values."withdrawn_reason" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="b4bb95ebe6fe16660a42d2f3f64d64d8b6817620",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_af046",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_attestation",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "attestation",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_attestationevent" ("aspect", "at", "by_id", "campaign_id", "id", "kind", "note", "on", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "system_id", "until", "withdrawn_at", "withdrawn_by_id", "withdrawn_reason") SELECT old_values."aspect", old_values."at", old_values."by_id", old_values."campaign_id", old_values."id", old_values."kind", old_values."note", old_values."on", old_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."system_id", old_values."until", old_values."withdrawn_at", old_values."withdrawn_by_id", old_values."withdrawn_reason" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="bb52ff0c007708f3a11c13fb96ec5e7a31fdcdc9",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_83c42",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_attestation",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "attestationrequest",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_attestationrequestevent" ("answered_at", "aspect", "campaign_id", "id", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reminded_at", "state", "system_id") SELECT new_values."answered_at", new_values."aspect", new_values."campaign_id", new_values."id", new_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."reminded_at", new_values."state", new_values."system_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="00991c4da27d03a10d922b61d2d7b889ef874b0e",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_0ed1f",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_attestationrequest",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "attestationrequest",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_attestationrequestevent" ("answered_at", "aspect", "campaign_id", "id", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reminded_at", "state", "system_id") SELECT new_values."answered_at", new_values."aspect", new_values."campaign_id", new_values."id", new_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."reminded_at", new_values."state", new_values."system_id" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="738ad1df84640ba3e28769f67ebbe8b2194504be",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_a5d11",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_attestationrequest",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "attestationrequest",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_attestationrequestevent" ("answered_at", "aspect", "campaign_id", "id", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reminded_at", "state", "system_id") SELECT old_values."answered_at", old_values."aspect", old_values."campaign_id", old_values."id", old_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."reminded_at", old_values."state", old_values."system_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="c4c54c7c1770d68e781aa9612d669af073c04e0b",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_7a135",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_attestationrequest",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "check",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_checkevent" ("checked_by_id", "checked_on", "evidence", "id", "item_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "system_id", "valid_until") SELECT new_values."checked_by_id", new_values."checked_on", new_values."evidence", new_values."id", new_values."item_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."state", new_values."system_id", new_values."valid_until" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="c428a40a7c4e2ba64eca9d1b6035b87123cc7062",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_e70c6",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_check",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "check",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_checkevent" ("checked_by_id", "checked_on", "evidence", "id", "item_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "system_id", "valid_until") SELECT new_values."checked_by_id", new_values."checked_on", new_values."evidence", new_values."id", new_values."item_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."state", new_values."system_id", new_values."valid_until" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="20111429baa7f27034d4779f9a3268f52695fdbb",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_06233",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_check",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "check",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_checkevent" ("checked_by_id", "checked_on", "evidence", "id", "item_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "system_id", "valid_until") SELECT old_values."checked_by_id", old_values."checked_on", old_values."evidence", old_values."id", old_values."item_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."state", old_values."system_id", old_values."valid_until" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="3e8123f878da1d74e4401ae114d31f0d7cb4828c",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_90d79",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_check",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "component",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_componentevent" ("code", "essential", "group", "id", "kind", "min_up", "name", "package_url", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_on", "site_id", "system_id", "technology_id", "vendor_id", "version") SELECT new_values."code", new_values."essential", new_values."group", new_values."id", new_values."kind", new_values."min_up", new_values."name", new_values."package_url", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."retired_on", new_values."site_id", new_values."system_id", new_values."technology_id", new_values."vendor_id", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="d2e105e474afe96e368c6d13819ea6d8d6a3b7cc",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_abd91",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_component",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "component",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_componentevent" ("code", "essential", "group", "id", "kind", "min_up", "name", "package_url", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_on", "site_id", "system_id", "technology_id", "vendor_id", "version") SELECT new_values."code", new_values."essential", new_values."group", new_values."id", new_values."kind", new_values."min_up", new_values."name", new_values."package_url", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."retired_on", new_values."site_id", new_values."system_id", new_values."technology_id", new_values."vendor_id", new_values."version" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="8bed2e590069a0c0e5229318aa5c34acd6e419f1",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_8f864",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_component",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "component",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_componentevent" ("code", "essential", "group", "id", "kind", "min_up", "name", "package_url", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_on", "site_id", "system_id", "technology_id", "vendor_id", "version") SELECT old_values."code", old_values."essential", old_values."group", old_values."id", old_values."kind", old_values."min_up", old_values."name", old_values."package_url", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."retired_on", old_values."site_id", old_values."system_id", old_values."technology_id", old_values."vendor_id", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="709569833e3e303c9f2ac7db02aebbea15cf6617",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_87d05",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_component",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "environment",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_environmentevent" ("id", "kind", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_on", "site_id", "system_id", "url") SELECT new_values."id", new_values."kind", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."retired_on", new_values."site_id", new_values."system_id", new_values."url" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="f830a39132557fc4d195c98ecad0cd62d35e66fc",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_ff3ae",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_environment",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "environment",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_environmentevent" ("id", "kind", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_on", "site_id", "system_id", "url") SELECT new_values."id", new_values."kind", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."retired_on", new_values."site_id", new_values."system_id", new_values."url" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="5a1ae0372753b97f1c4d7abbf2a0add0e35519b1",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_2adbe",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_environment",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "environment",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_environmentevent" ("id", "kind", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_on", "site_id", "system_id", "url") SELECT old_values."id", old_values."kind", old_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."retired_on", old_values."site_id", old_values."system_id", old_values."url" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="e83cd659f993bf96a8671acedce6b34dbbfa619f",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_b5c44",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_environment",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "finding",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_findingevent" ("due_on", "found_on", "id", "mended_on", "other_id", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "rule_id", "state", "subject", "system_id", "text") SELECT new_values."due_on", new_values."found_on", new_values."id", new_values."mended_on", new_values."other_id", new_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."rule_id", new_values."state", new_values."subject", new_values."system_id", new_values."text" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="9933d8ac3f106f7df36b6bb62d1371a653f19b6d",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_4bb7a",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_finding",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "finding",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_findingevent" ("due_on", "found_on", "id", "mended_on", "other_id", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "rule_id", "state", "subject", "system_id", "text") SELECT new_values."due_on", new_values."found_on", new_values."id", new_values."mended_on", new_values."other_id", new_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."rule_id", new_values."state", new_values."subject", new_values."system_id", new_values."text" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="357370a0e2543dde0ed5afab0f019f681968334a",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_4f515",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_finding",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "finding",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_findingevent" ("due_on", "found_on", "id", "mended_on", "other_id", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "rule_id", "state", "subject", "system_id", "text") SELECT old_values."due_on", old_values."found_on", old_values."id", old_values."mended_on", old_values."other_id", old_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."rule_id", old_values."state", old_values."subject", old_values."system_id", old_values."text" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="ae142ca9ce263d67bd4e98080e709f7c1d5c51e8",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_bf194",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_finding",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "interface",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_interfaceevent" ("code", "data_types", "direction", "id", "legacy_platform", "manual", "manual_step", "name", "other_system_id", "parallel_run", "partner_id", "partner_name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "protocol", "retired_on", "system_id", "target_platform") SELECT new_values."code", new_values."data_types", new_values."direction", new_values."id", new_values."legacy_platform", new_values."manual", new_values."manual_step", new_values."name", new_values."other_system_id", new_values."parallel_run", new_values."partner_id", new_values."partner_name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."protocol", new_values."retired_on", new_values."system_id", new_values."target_platform" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="3c24c1f988acf71cef058918b1711985858818d0",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_a40f2",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_interface",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "interface",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_interfaceevent" ("code", "data_types", "direction", "id", "legacy_platform", "manual", "manual_step", "name", "other_system_id", "parallel_run", "partner_id", "partner_name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "protocol", "retired_on", "system_id", "target_platform") SELECT new_values."code", new_values."data_types", new_values."direction", new_values."id", new_values."legacy_platform", new_values."manual", new_values."manual_step", new_values."name", new_values."other_system_id", new_values."parallel_run", new_values."partner_id", new_values."partner_name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."protocol", new_values."retired_on", new_values."system_id", new_values."target_platform" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="c375322a53ff31f6122bdf83ec52ab6f67c076e4",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_14af3",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_interface",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "interface",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_interfaceevent" ("code", "data_types", "direction", "id", "legacy_platform", "manual", "manual_step", "name", "other_system_id", "parallel_run", "partner_id", "partner_name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "protocol", "retired_on", "system_id", "target_platform") SELECT old_values."code", old_values."data_types", old_values."direction", old_values."id", old_values."legacy_platform", old_values."manual", old_values."manual_step", old_values."name", old_values."other_system_id", old_values."parallel_run", old_values."partner_id", old_values."partner_name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."protocol", old_values."retired_on", old_values."system_id", old_values."target_platform" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="b230d4028c432d2df0d07b0371d824e11434cc31",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_10066",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_interface",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "monitor",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_monitorevent" ("entity", "id", "name", "offboarded_on", "onboarded_on", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "system_id", "tool_id") SELECT new_values."entity", new_values."id", new_values."name", new_values."offboarded_on", new_values."onboarded_on", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."system_id", new_values."tool_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="5df1bddad2bd5e495107c88a902a3ea5be1ca7da",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_55fb0",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_monitor",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "monitor",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_monitorevent" ("entity", "id", "name", "offboarded_on", "onboarded_on", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "system_id", "tool_id") SELECT new_values."entity", new_values."id", new_values."name", new_values."offboarded_on", new_values."onboarded_on", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."system_id", new_values."tool_id" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="b15e627a85d1f2760a10183ccb52c925ccb63384",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_6e4c7",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_monitor",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "monitor",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_monitorevent" ("entity", "id", "name", "offboarded_on", "onboarded_on", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "system_id", "tool_id") SELECT old_values."entity", old_values."id", old_values."name", old_values."offboarded_on", old_values."onboarded_on", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."system_id", old_values."tool_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="57398b4eec5506708c767323e82abb28bfb51aa3",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_638d5",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_monitor",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "rationalization",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_rationalizationevent" ("annual_cost_cents", "assessed_on", "decided", "decided_by_id", "decided_on", "fitness", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed", "reason", "risk", "successor_id", "system_id", "target_on", "value") SELECT new_values."annual_cost_cents", new_values."assessed_on", new_values."decided", new_values."decided_by_id", new_values."decided_on", new_values."fitness", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."proposed", new_values."reason", new_values."risk", new_values."successor_id", new_values."system_id", new_values."target_on", new_values."value" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="0250a07678771f5f6aeaf692b9bb0d85fd50b142",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_3ce1a",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_rationalization",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "rationalization",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_rationalizationevent" ("annual_cost_cents", "assessed_on", "decided", "decided_by_id", "decided_on", "fitness", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed", "reason", "risk", "successor_id", "system_id", "target_on", "value") SELECT new_values."annual_cost_cents", new_values."assessed_on", new_values."decided", new_values."decided_by_id", new_values."decided_on", new_values."fitness", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."proposed", new_values."reason", new_values."risk", new_values."successor_id", new_values."system_id", new_values."target_on", new_values."value" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="b166a5045e64b07a71411ae58f839a718e3ccb1e",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_08e00",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_rationalization",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "rationalization",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_rationalizationevent" ("annual_cost_cents", "assessed_on", "decided", "decided_by_id", "decided_on", "fitness", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed", "reason", "risk", "successor_id", "system_id", "target_on", "value") SELECT old_values."annual_cost_cents", old_values."assessed_on", old_values."decided", old_values."decided_by_id", old_values."decided_on", old_values."fitness", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."proposed", old_values."reason", old_values."risk", old_values."successor_id", old_values."system_id", old_values."target_on", old_values."value" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="fe4f3479d41c756d23670c1a74959a97982ab1a9",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_8fc66",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_rationalization",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "stack",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_stackevent" ("id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_on", "role", "system_id", "technology_id") SELECT new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."retired_on", new_values."role", new_values."system_id", new_values."technology_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="b64c69c6284e6a68b31d769e56b37f2bacd197ee",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_0ae15",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_stack",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "stack",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_stackevent" ("id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_on", "role", "system_id", "technology_id") SELECT new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."retired_on", new_values."role", new_values."system_id", new_values."technology_id" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="6bd4379569192eef71d5fd252779ea67fed26c00",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_cb4b4",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_stack",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "stack",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_stackevent" ("id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_on", "role", "system_id", "technology_id") SELECT old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."retired_on", old_values."role", old_values."system_id", old_values."technology_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="0fc03eee843ee1646b9597683c1386583b34f220",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_6d2a4",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_stack",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "systemalias",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_systemaliasevent" ("alias", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "system_id") SELECT new_values."alias", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."source", new_values."system_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="58e6a8ee901990cd11003b24e93a9d78a78ceb0f",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_2ecb7",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_systemalias",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "systemalias",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_systemaliasevent" ("alias", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "system_id") SELECT new_values."alias", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."source", new_values."system_id" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="f58bf84be79cfcee21d930db6d22ab68d37f6a2c",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_a822e",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_systemalias",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "systemalias",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_systemaliasevent" ("alias", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "system_id") SELECT old_values."alias", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."source", old_values."system_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="1285bcda8d00d285bbc2af17aed7f50acc026e19",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_1f615",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_systemalias",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "systemevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="1377396c66646a8ff45016b891b1adf323b1b506",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_55452",
                            table="inventory_systemevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "website",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_websiteevent" ("city", "content_system", "domain", "hosted_by", "id", "kind", "organization_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "registrant", "retired_on", "scanned_on", "security_contact", "system_id", "title", "visits") SELECT new_values."city", new_values."content_system", new_values."domain", new_values."hosted_by", new_values."id", new_values."kind", new_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."registrant", new_values."retired_on", new_values."scanned_on", new_values."security_contact", new_values."system_id", new_values."title", new_values."visits" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="44574bab506b716479030a24352a059e0873c175",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_0facd",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_website",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "website",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_websiteevent" ("city", "content_system", "domain", "hosted_by", "id", "kind", "organization_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "registrant", "retired_on", "scanned_on", "security_contact", "system_id", "title", "visits") SELECT new_values."city", new_values."content_system", new_values."domain", new_values."hosted_by", new_values."id", new_values."kind", new_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."registrant", new_values."retired_on", new_values."scanned_on", new_values."security_contact", new_values."system_id", new_values."title", new_values."visits" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="cc3477808e9e152617cc317d78c1aa1bbeab50bd",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_f8b6d",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_website",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "website",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_websiteevent" ("city", "content_system", "domain", "hosted_by", "id", "kind", "organization_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "registrant", "retired_on", "scanned_on", "security_contact", "system_id", "title", "visits") SELECT old_values."city", old_values."content_system", old_values."domain", old_values."hosted_by", old_values."id", old_values."kind", old_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."registrant", old_values."retired_on", old_values."scanned_on", old_values."security_contact", old_values."system_id", old_values."title", old_values."visits" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="707e2d348ded993fad8fcee859b9d3d3b9fd0996",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_982f4",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_website",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "attestationevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="2aa9c17a17d4d6c62860b7bfa230678df0ec6bcf",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_7e379",
                            table="inventory_attestationevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "attestationrequestevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="2b0370e5a39e31049adf4f3e1eb33a35c4560671",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_c30ec",
                            table="inventory_attestationrequestevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "checkevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="64018db3dd8ba7678ca593e80afd9471626c7e44",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_28c6e",
                            table="inventory_checkevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "componentevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="60951e853fd8464b27da980e3e22330f3b2d4af2",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_b9783",
                            table="inventory_componentevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "dependency",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_dependencyevent" ("attested_by_id", "attested_on", "attested_until", "component_id", "confidence", "confirmed_by_id", "confirmed_on", "group", "id", "min_up", "note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_component_id", "provider_id", "retired_on", "source", "strength", "system_id") SELECT new_values."attested_by_id", new_values."attested_on", new_values."attested_until", new_values."component_id", new_values."confidence", new_values."confirmed_by_id", new_values."confirmed_on", new_values."group", new_values."id", new_values."min_up", new_values."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."provider_component_id", new_values."provider_id", new_values."retired_on", new_values."source", new_values."strength", new_values."system_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="1bb6e5488e7bc7003ad5424f59378efe8e1a3731",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_be984",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_dependency",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "dependency",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_dependencyevent" ("attested_by_id", "attested_on", "attested_until", "component_id", "confidence", "confirmed_by_id", "confirmed_on", "group", "id", "min_up", "note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_component_id", "provider_id", "retired_on", "source", "strength", "system_id") SELECT new_values."attested_by_id", new_values."attested_on", new_values."attested_until", new_values."component_id", new_values."confidence", new_values."confirmed_by_id", new_values."confirmed_on", new_values."group", new_values."id", new_values."min_up", new_values."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."provider_component_id", new_values."provider_id", new_values."retired_on", new_values."source", new_values."strength", new_values."system_id" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="c3d70bc640f617ab8df0173174f72893f932a958",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_0cae9",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_dependency",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "dependency",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_dependencyevent" ("attested_by_id", "attested_on", "attested_until", "component_id", "confidence", "confirmed_by_id", "confirmed_on", "group", "id", "min_up", "note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_component_id", "provider_id", "retired_on", "source", "strength", "system_id") SELECT old_values."attested_by_id", old_values."attested_on", old_values."attested_until", old_values."component_id", old_values."confidence", old_values."confirmed_by_id", old_values."confirmed_on", old_values."group", old_values."id", old_values."min_up", old_values."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."provider_component_id", old_values."provider_id", old_values."retired_on", old_values."source", old_values."strength", old_values."system_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="8bd5fc72f6731b3b902d3ce5cc1c9b73f7793a78",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_0bf69",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_dependency",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "environmentevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="96fd4d0cddeb673e6fe4a51a63288e5abde1f5e9",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_dbe10",
                            table="inventory_environmentevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "findingevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="d5d52b4172ded1819320cd969781a6a91c5a19b0",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_90643",
                            table="inventory_findingevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "findingexception",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_findingexceptionevent" ("approved_at", "approved_by_id", "expires_on", "finding_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") SELECT new_values."approved_at", new_values."approved_by_id", new_values."expires_on", new_values."finding_id", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."reason" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="512370b4778b6395ac2acdc3585c6ebf518fa0fe",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_aa6d0",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_findingexception",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "findingexception",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_findingexceptionevent" ("approved_at", "approved_by_id", "expires_on", "finding_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") SELECT new_values."approved_at", new_values."approved_by_id", new_values."expires_on", new_values."finding_id", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."reason" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="08b3eda802701f7501b3a6c9ee65485224dd4ab5",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_8e05e",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_findingexception",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "findingexception",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_findingexceptionevent" ("approved_at", "approved_by_id", "expires_on", "finding_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") SELECT old_values."approved_at", old_values."approved_by_id", old_values."expires_on", old_values."finding_id", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."reason" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="f965ae1d2644fafa1e4c81fb0a9988f42e6e3530",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_28b0f",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_findingexception",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "interfaceevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="0f5445a563f9dfdd2a2ea46e012dcd00318448b3",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_dc5c2",
                            table="inventory_interfaceevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "monitorevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="be0dce1bb55ef43a7c1836b56bb820153ef6eba5",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_04ac1",
                            table="inventory_monitorevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "outage",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_outageevent" ("began_at", "cancelled_at", "cause", "closed_at", "code", "component_id", "critical", "declared_at", "declared_by_id", "drill", "graph_version", "id", "identified_at", "identified_by_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "restored_at", "site_id", "source", "system_id", "technology_id", "title", "vendor_id") SELECT new_values."began_at", new_values."cancelled_at", new_values."cause", new_values."closed_at", new_values."code", new_values."component_id", new_values."critical", new_values."declared_at", new_values."declared_by_id", new_values."drill", new_values."graph_version", new_values."id", new_values."identified_at", new_values."identified_by_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."reference", new_values."restored_at", new_values."site_id", new_values."source", new_values."system_id", new_values."technology_id", new_values."title", new_values."vendor_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="c727a8cf6e61e7a8391910a4895a373822cd79f5",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_65c8a",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_outage",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "outage",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_outageevent" ("began_at", "cancelled_at", "cause", "closed_at", "code", "component_id", "critical", "declared_at", "declared_by_id", "drill", "graph_version", "id", "identified_at", "identified_by_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "restored_at", "site_id", "source", "system_id", "technology_id", "title", "vendor_id") SELECT new_values."began_at", new_values."cancelled_at", new_values."cause", new_values."closed_at", new_values."code", new_values."component_id", new_values."critical", new_values."declared_at", new_values."declared_by_id", new_values."drill", new_values."graph_version", new_values."id", new_values."identified_at", new_values."identified_by_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."reference", new_values."restored_at", new_values."site_id", new_values."source", new_values."system_id", new_values."technology_id", new_values."title", new_values."vendor_id" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="c11aab066cfd6c227002c8690cca777283821f82",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_1411a",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_outage",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "outage",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_outageevent" ("began_at", "cancelled_at", "cause", "closed_at", "code", "component_id", "critical", "declared_at", "declared_by_id", "drill", "graph_version", "id", "identified_at", "identified_by_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "restored_at", "site_id", "source", "system_id", "technology_id", "title", "vendor_id") SELECT old_values."began_at", old_values."cancelled_at", old_values."cause", old_values."closed_at", old_values."code", old_values."component_id", old_values."critical", old_values."declared_at", old_values."declared_by_id", old_values."drill", old_values."graph_version", old_values."id", old_values."identified_at", old_values."identified_by_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."reference", old_values."restored_at", old_values."site_id", old_values."source", old_values."system_id", old_values."technology_id", old_values."title", old_values."vendor_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="e60aeba7a05e643fc48cbf6195034b04ec9fedb4",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_92dd6",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_outage",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "rationalizationevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="95751f89c22671f7a99d4fa7639326fd1ba9c286",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_38b6e",
                            table="inventory_rationalizationevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "stackevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="14c7e9500419d315af1de5b0b1352722f321615c",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_70c06",
                            table="inventory_stackevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "systemaliasevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="39e5d682aa01258e1810963e7903ca5c129c4036",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_9202d",
                            table="inventory_systemaliasevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "websiteevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="9d091364675192372b0140221793857091b92b4e",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_2905f",
                            table="inventory_websiteevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "dependencyevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="cbb94c74e54c16a0eab5b0a1f3bef00a6b2a39cb",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_44fb7",
                            table="inventory_dependencyevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "findingexceptionevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="3e550602404a9302e4a601e8fab1dc7b9e0ab0ef",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_f2438",
                            table="inventory_findingexceptionevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "outageevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="730e42647fe05ab8d3e0841ebd7102506ec07679",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_47179",
                            table="inventory_outageevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                (
                    "outageimpact",
                    pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_outageimpactevent" ("decided_at", "decided_by_id", "hops", "id", "note", "outage_id", "path", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "predicted", "strength", "system_id", "verdict", "via") SELECT new_values."decided_at", new_values."decided_by_id", new_values."hops", new_values."id", new_values."note", new_values."outage_id", new_values."path", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."predicted", new_values."strength", new_values."system_id", new_values."verdict", new_values."via" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="1581dbd00306a484ead2834a56e972d438a45920",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_a4bef",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="inventory_outageimpact",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "outageimpact",
                    pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_outageimpactevent" ("decided_at", "decided_by_id", "hops", "id", "note", "outage_id", "path", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "predicted", "strength", "system_id", "verdict", "via") SELECT new_values."decided_at", new_values."decided_by_id", new_values."hops", new_values."id", new_values."note", new_values."outage_id", new_values."path", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."predicted", new_values."strength", new_values."system_id", new_values."verdict", new_values."via" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="27e6ad96de2b06b3c34256f1fc50bdae7ea161b5",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_fbac4",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="inventory_outageimpact",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "outageimpact",
                    pgtrigger.compiler.Trigger(
                        name="removed_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_outageimpactevent" ("decided_at", "decided_by_id", "hops", "id", "note", "outage_id", "path", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "predicted", "strength", "system_id", "verdict", "via") SELECT old_values."decided_at", old_values."decided_by_id", old_values."hops", old_values."id", old_values."note", old_values."outage_id", old_values."path", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."predicted", old_values."strength", old_values."system_id", old_values."verdict", old_values."via" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="b9fbbbb0dbaa3860e97ea8b9c79e3927070ae1af",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_removed_delete_e52bf",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="inventory_outageimpact",
                            when="AFTER",
                        ),
                    ),
                ),
                (
                    "outageimpactevent",
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="16ff1340e282cc58b19de1a1c793271c8bba1150",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_f0adf",
                            table="inventory_outageimpactevent",
                            when="BEFORE",
                        ),
                    ),
                ),
            ],
        ),
    ]
