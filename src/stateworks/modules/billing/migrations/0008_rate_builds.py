"""What prices rest on, which the database freezes with their card."""

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from stateworks.kernel.migrating import AtOnce

SEAL = """
CREATE TRIGGER billing_seal_build BEFORE INSERT OR UPDATE OR DELETE ON billing_ratebuild
    FOR EACH ROW EXECUTE FUNCTION billing_seal_rate();
"""
SEAL_UNDONE = "DROP TRIGGER billing_seal_build ON billing_ratebuild;\n"


class Migration(AtOnce):
    dependencies = [
        ("billing", "0007_rate_tiers"),
    ]

    operations = [
        migrations.CreateModel(
            name="RateBuild",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "pool_cents",
                    models.BigIntegerField(help_text="Cost to be brought back in the year, in cents."),
                ),
                (
                    "carry_cents",
                    models.BigIntegerField(
                        default=0,
                        help_text="Recovered too much in earlier years, in cents; below zero where it was too little.",
                    ),
                ),
                (
                    "units",
                    models.DecimalField(
                        decimal_places=6, help_text="Units that are forecast for the year.", max_digits=18
                    ),
                ),
                ("note", models.TextField(blank=True, help_text="Why these figures.")),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="builds",
                        to="billing.ratecard",
                    ),
                ),
                (
                    "sku",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="builds", to="billing.sku"
                    ),
                ),
            ],
            options={
                "ordering": ["card", "sku"],
            },
        ),
        migrations.CreateModel(
            name="RateBuildEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "pool_cents",
                    models.BigIntegerField(help_text="Cost to be brought back in the year, in cents."),
                ),
                (
                    "carry_cents",
                    models.BigIntegerField(
                        default=0,
                        help_text="Recovered too much in earlier years, in cents; below zero where it was too little.",
                    ),
                ),
                (
                    "units",
                    models.DecimalField(
                        decimal_places=6, help_text="Units that are forecast for the year.", max_digits=18
                    ),
                ),
                ("note", models.TextField(blank=True, help_text="Why these figures.")),
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
                        to="billing.ratebuild",
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
            model_name="ratebuild",
            constraint=models.UniqueConstraint(fields=("card", "sku"), name="billing_build_once"),
        ),
        migrations.AddConstraint(
            model_name="ratebuild",
            constraint=models.CheckConstraint(
                condition=models.Q(("units__gt", 0)),
                name="billing_build_has_units",
                violation_error_message="A forecast is above zero; without a unit there is no price.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ratebuild",
            trigger=pgtrigger.compiler.Trigger(
                name="added_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_ratebuildevent" ("card_id", "carry_cents", "id", "note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "pool_cents", "sku_id", "units") SELECT new_values."card_id", new_values."carry_cents", new_values."id", new_values."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."pool_cents", new_values."sku_id", new_values."units" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="257fbe5c141711976268ca4ba31c5ed72b57263d",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_added_insert_7aa26",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="billing_ratebuild",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ratebuild",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_ratebuildevent" ("card_id", "carry_cents", "id", "note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "pool_cents", "sku_id", "units") SELECT new_values."card_id", new_values."carry_cents", new_values."id", new_values."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."pool_cents", new_values."sku_id", new_values."units" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="bcceaadacd4c5ede7c7156e58857fa5c114ff754",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_ed674",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="billing_ratebuild",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ratebuild",
            trigger=pgtrigger.compiler.Trigger(
                name="removed_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_ratebuildevent" ("card_id", "carry_cents", "id", "note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "pool_cents", "sku_id", "units") SELECT old_values."card_id", old_values."carry_cents", old_values."id", old_values."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."pool_cents", old_values."sku_id", old_values."units" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="5fcc9543235cd348d764120e7ab69e21a3e40f26",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removed_delete_21ed4",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="billing_ratebuild",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ratebuildevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ea17e1e00b49f41d2f077f0aae5511d0daa7ab9b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_bc64e",
                    table="billing_ratebuildevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(SEAL, SEAL_UNDONE),
    ]
