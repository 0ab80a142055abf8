"""Tiers of rates, which the database freezes with their card."""

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from stateworks.kernel.migrating import AtOnce

SEAL = """
CREATE TRIGGER billing_seal_tier BEFORE INSERT OR UPDATE OR DELETE ON billing_ratetier
    FOR EACH ROW EXECUTE FUNCTION billing_seal_rate();
"""
SEAL_UNDONE = "DROP TRIGGER billing_seal_tier ON billing_ratetier;\n"


class Migration(AtOnce):
    dependencies = [
        ("billing", "0006_federal_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="RateTier",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField(help_text="First day of the price that the tier belongs to.")),
                (
                    "from_quantity",
                    models.DecimalField(
                        decimal_places=6,
                        help_text="Units of a month after which it holds, counted by account and SKU.",
                        max_digits=18,
                    ),
                ),
                (
                    "price",
                    models.DecimalField(
                        decimal_places=8,
                        help_text="Dollars for one unit beyond that quantity.",
                        max_digits=18,
                    ),
                ),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tiers",
                        to="billing.ratecard",
                    ),
                ),
                (
                    "sku",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tiers", to="billing.sku"
                    ),
                ),
            ],
            options={
                "ordering": ["card", "sku", "starts_on", "from_quantity"],
            },
        ),
        migrations.CreateModel(
            name="RateTierEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("starts_on", models.DateField(help_text="First day of the price that the tier belongs to.")),
                (
                    "from_quantity",
                    models.DecimalField(
                        decimal_places=6,
                        help_text="Units of a month after which it holds, counted by account and SKU.",
                        max_digits=18,
                    ),
                ),
                (
                    "price",
                    models.DecimalField(
                        decimal_places=8,
                        help_text="Dollars for one unit beyond that quantity.",
                        max_digits=18,
                    ),
                ),
                (
                    "card",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="billing.ratecard",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="billing.ratetier",
                    ),
                ),
                (
                    "sku",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="billing.sku",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="ratetier",
            constraint=models.UniqueConstraint(
                fields=("card", "sku", "starts_on", "from_quantity"),
                name="billing_tier_once",
                violation_error_message="Another tier of this price begins at the same quantity.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratetier",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_quantity__gt", 0)),
                name="billing_tier_above_zero",
                violation_error_message="A tier begins above zero; up to the first one the rate's own price holds.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratetier",
            constraint=models.CheckConstraint(
                condition=models.Q(("price__gte", 0)),
                name="billing_tier_not_negative",
                violation_error_message="A tier's price is zero or more; give back by credit.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ratetier",
            trigger=pgtrigger.compiler.Trigger(
                name="added_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_ratetierevent" ("card_id", "from_quantity", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "sku_id", "starts_on") SELECT new_values."card_id", new_values."from_quantity", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."price", new_values."sku_id", new_values."starts_on" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="5660a84a2cb2c8ee512c8d66138b635ddeaa3daa",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_added_insert_62a08",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="billing_ratetier",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ratetier",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_ratetierevent" ("card_id", "from_quantity", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "sku_id", "starts_on") SELECT new_values."card_id", new_values."from_quantity", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."price", new_values."sku_id", new_values."starts_on" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="e43c7faf955e6257011fafd0909cf6f550def3c6",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_13b2e",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="billing_ratetier",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ratetier",
            trigger=pgtrigger.compiler.Trigger(
                name="removed_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_ratetierevent" ("card_id", "from_quantity", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "sku_id", "starts_on") SELECT old_values."card_id", old_values."from_quantity", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."price", old_values."sku_id", old_values."starts_on" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="f5ca01c140525ff86bf61a684d86cc97758d417a",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removed_delete_ec419",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="billing_ratetier",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ratetierevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="d5b08f30dbcbc166b56f84654837ef7f90bb964f",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_51662",
                    table="billing_ratetierevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(SEAL, SEAL_UNDONE),
    ]
