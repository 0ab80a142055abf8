"""Budgets, what is set aside, forecasts and payments; whose they are, and what the database itself refuses of them."""

import django.core.validators
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from stateworks.kernel.access.policies import RowPolicy, TenantPolicy
from stateworks.kernel.migrating import AtOnce

SEALS = """
-- Payments of an invoice never come to more than it did. The invoice first, so that two at once wait for each other.
CREATE FUNCTION billing_seal_payment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    charged bigint;
    called text;
    issued timestamptz;
    paid bigint;
    zone text := coalesce(nullif(current_setting('stateworks.zone', true), ''), 'UTC');
BEGIN
    SELECT i.cents, coalesce(nullif(i.number, ''), i.code), i.issued_at INTO charged, called, issued
    FROM billing_invoice i WHERE i.id = NEW.invoice_id FOR UPDATE OF i;
    IF issued IS NULL THEN
        PERFORM billing_refuse(format('Invoice %s is not issued yet; only an issued invoice is paid.', called), TG_TABLE_NAME);
    END IF;
    IF NEW.received_on < (issued AT TIME ZONE zone)::date THEN
        PERFORM billing_refuse(format('Invoice %s was issued on %s; no payment of it was received on %s.', called,
                                      (issued AT TIME ZONE zone)::date, NEW.received_on), TG_TABLE_NAME);
    END IF;
    SELECT coalesce(sum(p.cents), 0) INTO paid FROM billing_payment p WHERE p.invoice_id = NEW.invoice_id AND p.id <> NEW.id;
    IF paid + NEW.cents > charged THEN
        PERFORM billing_refuse(format('Invoice %s came to %s cents and %s are paid already; %s more are too much.',
                                      called, charged, paid, NEW.cents), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_seal_payment BEFORE INSERT OR UPDATE ON billing_payment
    FOR EACH ROW EXECUTE FUNCTION billing_seal_payment();

-- What was expected is only worth something if nobody can change it once it is known what came.
CREATE FUNCTION billing_seal_forecast() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR row(NEW.*) IS DISTINCT FROM row(OLD.*) THEN
        PERFORM billing_refuse(format('The forecast %s is kept as it was made; make another.', OLD.code), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_seal_forecast BEFORE UPDATE OR DELETE ON billing_forecast
    FOR EACH ROW EXECUTE FUNCTION billing_seal_forecast();

CREATE FUNCTION billing_budget_account() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.account_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM billing_billingaccount a WHERE a.id = NEW.account_id AND a.organization_id = NEW.organization_id
    ) THEN
        PERFORM billing_refuse('The account belongs to another agency; name the agency of the account.', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_budget_account BEFORE INSERT OR UPDATE ON billing_budget
    FOR EACH ROW EXECUTE FUNCTION billing_budget_account();
"""
SEALS_UNDONE = "".join(
    f"DROP FUNCTION {name}() CASCADE;\n"
    for name in ("billing_seal_payment", "billing_seal_forecast", "billing_budget_account")
)


def _walls() -> list[RowPolicy]:
    """Put each table and the table of its history under the same wall."""
    made: list[RowPolicy] = []
    for event in ("", "event"):
        made += [TenantPolicy(f"billing_budget{event}"), TenantPolicy(f"billing_forecast{event}")]
        table = f"billing_encumbrance{event}"
        made.append(
            RowPolicy(
                table, f"EXISTS (SELECT 1 FROM billing_billingaccount a WHERE a.id = {table}.account_id)"
            )
        )
        table = f"billing_payment{event}"
        made.append(
            RowPolicy(table, f"EXISTS (SELECT 1 FROM billing_invoice i WHERE i.id = {table}.invoice_id)")
        )
    return made


class Migration(AtOnce):
    dependencies = [
        ("billing", "0008_rate_builds"),
        ("org", "0002_tree_and_aliases"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Budget",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "fiscal_year",
                    models.PositiveSmallIntegerField(
                        help_text="The year in which the fiscal year ends.",
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "cents",
                    models.BigIntegerField(
                        help_text="The budget, in cents.",
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                (
                    "note",
                    models.CharField(blank=True, help_text="Where the figure comes from.", max_length=400),
                ),
            ],
            options={
                "ordering": ["fiscal_year", "organization", "line_of_service", "account"],
            },
        ),
        migrations.CreateModel(
            name="BudgetEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "fiscal_year",
                    models.PositiveSmallIntegerField(
                        help_text="The year in which the fiscal year ends.",
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "cents",
                    models.BigIntegerField(
                        help_text="The budget, in cents.",
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                (
                    "note",
                    models.CharField(blank=True, help_text="Where the figure comes from.", max_length=400),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Encumbrance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(help_text="Short stable code.", max_length=140, unique=True)),
                (
                    "fiscal_year",
                    models.PositiveSmallIntegerField(
                        help_text="The year in which the fiscal year ends.",
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "cents",
                    models.BigIntegerField(
                        help_text="How much is set aside, in cents.",
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                (
                    "reference",
                    models.CharField(blank=True, help_text="What the ledger calls it.", max_length=120),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("liquidated", "Liquidated")],
                        default="open",
                        help_text="Liquidated once the charge has come or the cents are free again.",
                        max_length=12,
                    ),
                ),
                (
                    "closed_on",
                    models.DateField(
                        blank=True, help_text="Day it was liquidated; empty while it is open.", null=True
                    ),
                ),
            ],
            options={
                "ordering": ["fiscal_year", "code"],
            },
        ),
        migrations.CreateModel(
            name="EncumbranceEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, help_text="Short stable code.", max_length=140)),
                (
                    "fiscal_year",
                    models.PositiveSmallIntegerField(
                        help_text="The year in which the fiscal year ends.",
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "cents",
                    models.BigIntegerField(
                        help_text="How much is set aside, in cents.",
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                (
                    "reference",
                    models.CharField(blank=True, help_text="What the ledger calls it.", max_length=120),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("liquidated", "Liquidated")],
                        default="open",
                        help_text="Liquidated once the charge has come or the cents are free again.",
                        max_length=12,
                    ),
                ),
                (
                    "closed_on",
                    models.DateField(
                        blank=True, help_text="Day it was liquidated; empty while it is open.", null=True
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Forecast",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(help_text="Short stable code.", max_length=200, unique=True)),
                (
                    "month",
                    models.CharField(
                        help_text="The month of billing it is about, such as 2026-11.", max_length=7
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("computed", "Computed"), ("submitted", "Submitted")],
                        default="computed",
                        max_length=10,
                    ),
                ),
                ("cents", models.BigIntegerField(help_text="What is expected, in cents.")),
                (
                    "low_cents",
                    models.BigIntegerField(
                        help_text="Low end of the interval, in cents; a submitted one has none: the same."
                    ),
                ),
                ("high_cents", models.BigIntegerField(help_text="High end of the interval, in cents.")),
                ("made_on", models.DateField(help_text="Day it was made.")),
                (
                    "known_month",
                    models.CharField(
                        blank=True,
                        help_text="The last month whose charges were known; empty where it was submitted.",
                        max_length=7,
                    ),
                ),
                ("reason", models.TextField(blank=True, help_text="Why; empty where it was computed.")),
            ],
            options={
                "ordering": ["-made_on", "month", "code"],
            },
        ),
        migrations.CreateModel(
            name="ForecastEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("code", models.CharField(help_text="Short stable code.", max_length=200)),
                (
                    "month",
                    models.CharField(
                        help_text="The month of billing it is about, such as 2026-11.", max_length=7
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("computed", "Computed"), ("submitted", "Submitted")],
                        default="computed",
                        max_length=10,
                    ),
                ),
                ("cents", models.BigIntegerField(help_text="What is expected, in cents.")),
                (
                    "low_cents",
                    models.BigIntegerField(
                        help_text="Low end of the interval, in cents; a submitted one has none: the same."
                    ),
                ),
                ("high_cents", models.BigIntegerField(help_text="High end of the interval, in cents.")),
                ("made_on", models.DateField(help_text="Day it was made.")),
                (
                    "known_month",
                    models.CharField(
                        blank=True,
                        help_text="The last month whose charges were known; empty where it was submitted.",
                        max_length=7,
                    ),
                ),
                ("reason", models.TextField(blank=True, help_text="Why; empty where it was computed.")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(help_text="Short stable code.", max_length=140, unique=True)),
                ("cents", models.BigIntegerField(help_text="How much was received, in cents.")),
                ("received_on", models.DateField(help_text="Day it was received or transferred.")),
                (
                    "reference",
                    models.CharField(
                        blank=True,
                        help_text="What its source calls it, such as a document of the ledger.",
                        max_length=120,
                    ),
                ),
            ],
            options={
                "ordering": ["-received_on", "code"],
            },
        ),
        migrations.CreateModel(
            name="PaymentEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, help_text="Short stable code.", max_length=140)),
                ("cents", models.BigIntegerField(help_text="How much was received, in cents.")),
                ("received_on", models.DateField(help_text="Day it was received or transferred.")),
                (
                    "reference",
                    models.CharField(
                        blank=True,
                        help_text="What its source calls it, such as a document of the ledger.",
                        max_length=120,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="invoiceline",
            index=models.Index(
                condition=models.Q(("kind", "credit")), fields=["invoice"], name="billing_line_credit"
            ),
        ),
        migrations.AddField(
            model_name="budget",
            name="account",
            field=models.ForeignKey(
                blank=True,
                help_text="The account of the agency that pays; empty where the budget is of a line of service.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="budgets",
                to="billing.billingaccount",
            ),
        ),
        migrations.AddField(
            model_name="budget",
            name="line_of_service",
            field=models.ForeignKey(
                blank=True,
                help_text="The line of service; empty where the budget is of an account.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="billing_budgets",
                to="org.lineofservice",
            ),
        ),
        migrations.AddField(
            model_name="budget",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="billing_budgets",
                to="org.organization",
            ),
        ),
        migrations.AddField(
            model_name="budgetevent",
            name="account",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="The account of the agency that pays; empty where the budget is of a line of service.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="billing.billingaccount",
            ),
        ),
        migrations.AddField(
            model_name="budgetevent",
            name="line_of_service",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="The line of service; empty where the budget is of an account.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="org.lineofservice",
            ),
        ),
        migrations.AddField(
            model_name="budgetevent",
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
            model_name="budgetevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.budget",
            ),
        ),
        migrations.AddField(
            model_name="encumbrance",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="encumbrances",
                to="billing.billingaccount",
            ),
        ),
        migrations.AddField(
            model_name="encumbranceevent",
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
            model_name="encumbranceevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.encumbrance",
            ),
        ),
        migrations.AddField(
            model_name="forecast",
            name="line_of_service",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="billing_forecasts",
                to="org.lineofservice",
            ),
        ),
        migrations.AddField(
            model_name="forecast",
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
            model_name="forecast",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="billing_forecasts",
                to="org.organization",
            ),
        ),
        migrations.AddField(
            model_name="forecastevent",
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
            model_name="forecastevent",
            name="made_by",
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
            model_name="forecastevent",
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
            model_name="forecastevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.forecast",
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="invoice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="billing.invoice"
            ),
        ),
        migrations.AddField(
            model_name="paymentevent",
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
            model_name="paymentevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="billing.payment",
            ),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.UniqueConstraint(
                fields=("organization", "account", "line_of_service", "fiscal_year"),
                name="billing_budget_once",
                nulls_distinct=False,
                violation_error_message="There is a budget for this already; change that one.",
            ),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("account__isnull", True), ("line_of_service__isnull", False)),
                    models.Q(("account__isnull", False), ("line_of_service__isnull", True)),
                    _connector="OR",
                ),
                name="billing_budget_of_one_thing",
                violation_error_message="A budget is of a line of service or of an account; name one of the two.",
            ),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.CheckConstraint(
                condition=models.Q(("cents__gte", 0)),
                name="billing_budget_not_negative",
                violation_error_message="A budget is nothing or more.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="budget",
            trigger=pgtrigger.compiler.Trigger(
                name="added_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_budgetevent" ("account_id", "cents", "fiscal_year", "id", "line_of_service_id", "note", "organization_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."account_id", new_values."cents", new_values."fiscal_year", new_values."id", new_values."line_of_service_id", new_values."note", new_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="521bf67bcc93ca84f05bc7529ef221877260bb3c",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_added_insert_3c126",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="billing_budget",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="budget",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_budgetevent" ("account_id", "cents", "fiscal_year", "id", "line_of_service_id", "note", "organization_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."account_id", new_values."cents", new_values."fiscal_year", new_values."id", new_values."line_of_service_id", new_values."note", new_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="dd7ae598493f65c86dce93001ddd73271c5ab0c6",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_0dd26",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="billing_budget",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="budget",
            trigger=pgtrigger.compiler.Trigger(
                name="removed_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_budgetevent" ("account_id", "cents", "fiscal_year", "id", "line_of_service_id", "note", "organization_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."account_id", old_values."cents", old_values."fiscal_year", old_values."id", old_values."line_of_service_id", old_values."note", old_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="6e565606e0773ce847ec23344cfe80573d829b7b",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removed_delete_b8ef5",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="billing_budget",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="budgetevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="2af6618cc442ec1d3706ac7e690156d5b7d238b9",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_9d03a",
                    table="billing_budgetevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="encumbrance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_on__isnull", True), ("status", "open")),
                    models.Q(("closed_on__isnull", False), ("status", "liquidated")),
                    _connector="OR",
                ),
                name="billing_encumbrance_closed_when",
                violation_error_message="An encumbrance has a closing day once it is liquidated, and only then.",
            ),
        ),
        migrations.AddConstraint(
            model_name="encumbrance",
            constraint=models.CheckConstraint(
                condition=models.Q(("cents__gte", 0)),
                name="billing_encumbrance_not_negative",
                violation_error_message="What is set aside is nothing or more.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="encumbrance",
            trigger=pgtrigger.compiler.Trigger(
                name="added_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_encumbranceevent" ("account_id", "cents", "closed_on", "code", "fiscal_year", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "status") SELECT new_values."account_id", new_values."cents", new_values."closed_on", new_values."code", new_values."fiscal_year", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."reference", new_values."status" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="c0feb0f4f1d200709a21acf1848f85e2859c5994",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_added_insert_ce9c5",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="billing_encumbrance",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="encumbrance",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_encumbranceevent" ("account_id", "cents", "closed_on", "code", "fiscal_year", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "status") SELECT new_values."account_id", new_values."cents", new_values."closed_on", new_values."code", new_values."fiscal_year", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."reference", new_values."status" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="14c04cd500f79b1e77745a8ca6877d91abf4a96c",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_9797b",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="billing_encumbrance",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="encumbrance",
            trigger=pgtrigger.compiler.Trigger(
                name="removed_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_encumbranceevent" ("account_id", "cents", "closed_on", "code", "fiscal_year", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "status") SELECT old_values."account_id", old_values."cents", old_values."closed_on", old_values."code", old_values."fiscal_year", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."reference", old_values."status" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="15eaa96bca1ce241cf48d9d6ec10522ae175e452",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removed_delete_99090",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="billing_encumbrance",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="encumbranceevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="fda4b2259537cabf0e51adc876d15df5b31eaa90",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_d4828",
                    table="billing_encumbranceevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="forecast",
            index=models.Index(fields=["organization", "month"], name="billing_forecast_month"),
        ),
        migrations.AddConstraint(
            model_name="forecast",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "computed")),
                fields=("organization", "line_of_service", "month", "known_month", "made_on"),
                name="billing_forecast_once",
                violation_error_message="A forecast was computed that day already; it is kept as it was.",
            ),
        ),
        migrations.AddConstraint(
            model_name="forecast",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "computed"), ("reason", "")),
                    models.Q(("kind", "submitted"), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="billing_forecast_reason",
                violation_error_message="A submitted forecast has a reason, a computed one has none.",
            ),
        ),
        migrations.AddConstraint(
            model_name="forecast",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("low_cents__isnull", True),
                    models.Q(("high_cents__gte", models.F("cents")), ("low_cents__lte", models.F("cents"))),
                    _connector="OR",
                ),
                name="billing_forecast_within",
                violation_error_message="A forecast lies within its interval.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="forecast",
            trigger=pgtrigger.compiler.Trigger(
                name="added_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_forecastevent" ("cents", "code", "high_cents", "id", "kind", "known_month", "line_of_service_id", "low_cents", "made_by_id", "made_on", "month", "organization_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") SELECT new_values."cents", new_values."code", new_values."high_cents", new_values."id", new_values."kind", new_values."known_month", new_values."line_of_service_id", new_values."low_cents", new_values."made_by_id", new_values."made_on", new_values."month", new_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."reason" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="3d3a55d901f9fc841044510f12fec872fbaccbc0",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_added_insert_43d5c",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="billing_forecast",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="forecast",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_forecastevent" ("cents", "code", "high_cents", "id", "kind", "known_month", "line_of_service_id", "low_cents", "made_by_id", "made_on", "month", "organization_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") SELECT new_values."cents", new_values."code", new_values."high_cents", new_values."id", new_values."kind", new_values."known_month", new_values."line_of_service_id", new_values."low_cents", new_values."made_by_id", new_values."made_on", new_values."month", new_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."reason" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="fafb528c50ca518fe1406a33d647b2732feb11e0",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_6cd11",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="billing_forecast",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="forecast",
            trigger=pgtrigger.compiler.Trigger(
                name="removed_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_forecastevent" ("cents", "code", "high_cents", "id", "kind", "known_month", "line_of_service_id", "low_cents", "made_by_id", "made_on", "month", "organization_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") SELECT old_values."cents", old_values."code", old_values."high_cents", old_values."id", old_values."kind", old_values."known_month", old_values."line_of_service_id", old_values."low_cents", old_values."made_by_id", old_values."made_on", old_values."month", old_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."reason" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="c3c1ab7750ace1b09662c562f499d10b1866fbd4",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removed_delete_c1639",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="billing_forecast",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="forecastevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="d766f1f0db80a7b0a280fc0b630c8e6d12879114",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_6966d",
                    table="billing_forecastevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("cents__gt", 0)),
                name="billing_payment_is_positive",
                violation_error_message="A payment is more than nothing.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="added_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_paymentevent" ("cents", "code", "id", "invoice_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "received_on", "reference") SELECT new_values."cents", new_values."code", new_values."id", new_values."invoice_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."received_on", new_values."reference" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="4a9db111f70448d67b6ec00b95b234d720d1cb8c",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_added_insert_ed1ff",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="billing_payment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_paymentevent" ("cents", "code", "id", "invoice_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "received_on", "reference") SELECT new_values."cents", new_values."code", new_values."id", new_values."invoice_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."received_on", new_values."reference" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="a23ad1488640c06d109120d0883a4663ae9d1f94",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_7902f",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="billing_payment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="removed_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_paymentevent" ("cents", "code", "id", "invoice_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "received_on", "reference") SELECT old_values."cents", old_values."code", old_values."id", old_values."invoice_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."received_on", old_values."reference" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="f0613a60790e90d3ec4f2b9d438c43a796349c5b",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removed_delete_c796b",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="billing_payment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="paymentevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="8ea5cd0ca7c46f8af4d9531e66e7a4f9cffd4304",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_3be5a",
                    table="billing_paymentevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(SEALS, SEALS_UNDONE),
        *_walls(),
    ]
