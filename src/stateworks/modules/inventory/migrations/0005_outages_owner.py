"""An outage belongs to whom the failed system belongs to: its title and cause are kept from whom the system is kept from.

Until now an outage was let through to everybody with a system that it may hit, title and all, and a title mostly names what
failed. What these people need to know the module's own pages tell, without the name. An outage of a place, a product or a
vendor belongs to the whole state, and everybody who has signed in may see it, as before.
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from stateworks.kernel.migrating import AtOnce

SHARED = "(source IN ('vendor', 'site', 'technology') AND (SELECT access_account()) IS NOT NULL)"
OWNED = "organization_id IN (SELECT access_visible_organizations())"
EVERYTHING = "(SELECT access_sees_everything())"
# What was noted before there was an owner is seen where the outage is.
OF_OUTAGE = "EXISTS (SELECT 1 FROM inventory_outage o WHERE o.id = inventory_outageevent.pgh_obj_id)"
BEFORE = (
    "{0}.source IN ('vendor', 'site', 'technology') AND (SELECT access_account()) IS NOT NULL "
    "OR EXISTS (SELECT 1 FROM inventory_system s WHERE s.id = {0}.system_id) "
    "OR EXISTS (SELECT 1 FROM inventory_component c WHERE c.id = {0}.component_id) "
    "OR EXISTS (SELECT 1 FROM inventory_outageimpact i WHERE i.outage_id = {0}.{1})"
)

# Filled by the database, so that no file, form or program can forget it; it follows when a system changes hands.
OWNER = """
CREATE FUNCTION inventory_outage_owner() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    whose bigint;
BEGIN
    IF NEW.source = 'system' THEN
        SELECT s.organization_id INTO whose FROM inventory_system s WHERE s.id = NEW.system_id;
    ELSIF NEW.source = 'component' THEN
        SELECT s.organization_id INTO whose FROM inventory_component c JOIN inventory_system s ON s.id = c.system_id
        WHERE c.id = NEW.component_id;
    END IF;
    IF NEW.organization_id IS NULL THEN
        NEW.organization_id := coalesce(
            whose, (SELECT o.id FROM org_organization o WHERE o.kind = 'state' ORDER BY o.id LIMIT 1)
        );
    ELSIF NEW.organization_id <> whose THEN
        RAISE EXCEPTION 'The agency of an outage is that of the system that failed; leave it empty.'
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION inventory_outages_follow_system() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE inventory_outage SET organization_id = NULL WHERE system_id = NEW.id OR component_id IN (
        SELECT c.id FROM inventory_component c WHERE c.system_id = NEW.id
    );
    RETURN NULL;
END $$;

CREATE FUNCTION inventory_outages_follow_component() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE inventory_outage SET organization_id = NULL WHERE component_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER inventory_outage_has_owner BEFORE INSERT OR UPDATE ON inventory_outage
    FOR EACH ROW EXECUTE FUNCTION inventory_outage_owner();
CREATE TRIGGER inventory_system_takes_outages AFTER UPDATE OF organization_id ON inventory_system
    FOR EACH ROW WHEN (OLD.organization_id IS DISTINCT FROM NEW.organization_id)
    EXECUTE FUNCTION inventory_outages_follow_system();
CREATE TRIGGER inventory_component_takes_outages AFTER UPDATE OF system_id ON inventory_component
    FOR EACH ROW WHEN (OLD.system_id IS DISTINCT FROM NEW.system_id)
    EXECUTE FUNCTION inventory_outages_follow_component();

UPDATE inventory_outage SET organization_id = NULL;
"""

OWNER_UNDONE = """
DROP TRIGGER inventory_component_takes_outages ON inventory_component;
DROP TRIGGER inventory_system_takes_outages ON inventory_system;
DROP TRIGGER inventory_outage_has_owner ON inventory_outage;
DROP FUNCTION inventory_outages_follow_component(), inventory_outages_follow_system(), inventory_outage_owner();
"""


def _wall(table: str, condition: str) -> str:
    return (
        f"ALTER POLICY tenant ON {table} USING ({EVERYTHING} OR {condition}) "
        f"WITH CHECK ({EVERYTHING} OR {condition});\n"
    )


WALLS = _wall("inventory_outage", f"({SHARED} OR {OWNED})") + _wall(
    "inventory_outageevent", f"({SHARED} OR {OWNED} OR {OF_OUTAGE})"
)
WALLS_UNDONE = _wall("inventory_outage", f"({BEFORE.format('inventory_outage', 'id')})") + _wall(
    "inventory_outageevent", f"({BEFORE.format('inventory_outageevent', 'pgh_obj_id')})"
)


class Migration(AtOnce):
    dependencies = [
        ("inventory", "0004_outages_wall"),
        ("org", "0002_tree_and_aliases"),
        # The rows that get an owner below are noted in their history.
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="outage",
            name="added_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="outage",
            name="changed_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="outage",
            name="removed_delete",
        ),
        migrations.AddField(
            model_name="outage",
            name="organization",
            field=models.ForeignKey(
                blank=True,
                help_text="Whose outage it is; that of the system where a system or a part of one failed.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="inventory_outages",
                to="org.organization",
            ),
        ),
        migrations.AddField(
            model_name="outageevent",
            name="organization",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="Whose outage it is; that of the system where a system or a part of one failed.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="org.organization",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="outage",
            trigger=pgtrigger.compiler.Trigger(
                name="added_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_outageevent" ("began_at", "cancelled_at", "cause", "closed_at", "code", "component_id", "critical", "declared_at", "declared_by_id", "drill", "graph_version", "id", "identified_at", "identified_by_id", "organization_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "restored_at", "site_id", "source", "system_id", "technology_id", "title", "vendor_id") SELECT new_values."began_at", new_values."cancelled_at", new_values."cause", new_values."closed_at", new_values."code", new_values."component_id", new_values."critical", new_values."declared_at", new_values."declared_by_id", new_values."drill", new_values."graph_version", new_values."id", new_values."identified_at", new_values."identified_by_id", new_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'added\', new_values."id", new_values."reference", new_values."restored_at", new_values."site_id", new_values."source", new_values."system_id", new_values."technology_id", new_values."title", new_values."vendor_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="898cf2de6e1841f4d996535bb7fef54cd04f4256",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_added_insert_65c8a",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="inventory_outage",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="outage",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_outageevent" ("began_at", "cancelled_at", "cause", "closed_at", "code", "component_id", "critical", "declared_at", "declared_by_id", "drill", "graph_version", "id", "identified_at", "identified_by_id", "organization_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "restored_at", "site_id", "source", "system_id", "technology_id", "title", "vendor_id") SELECT new_values."began_at", new_values."cancelled_at", new_values."cause", new_values."closed_at", new_values."code", new_values."component_id", new_values."critical", new_values."declared_at", new_values."declared_by_id", new_values."drill", new_values."graph_version", new_values."id", new_values."identified_at", new_values."identified_by_id", new_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'changed\', new_values."id", new_values."reference", new_values."restored_at", new_values."site_id", new_values."source", new_values."system_id", new_values."technology_id", new_values."title", new_values."vendor_id" FROM ( SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="fc6b2fda929aa5c9ad2e56e988e4a09a37e3a278",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_1411a",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="inventory_outage",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="outage",
            trigger=pgtrigger.compiler.Trigger(
                name="removed_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "inventory_outageevent" ("began_at", "cancelled_at", "cause", "closed_at", "code", "component_id", "critical", "declared_at", "declared_by_id", "drill", "graph_version", "id", "identified_at", "identified_by_id", "organization_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "restored_at", "site_id", "source", "system_id", "technology_id", "title", "vendor_id") SELECT old_values."began_at", old_values."cancelled_at", old_values."cause", old_values."closed_at", old_values."code", old_values."component_id", old_values."critical", old_values."declared_at", old_values."declared_by_id", old_values."drill", old_values."graph_version", old_values."id", old_values."identified_at", old_values."identified_by_id", old_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removed\', old_values."id", old_values."reference", old_values."restored_at", old_values."site_id", old_values."source", old_values."system_id", old_values."technology_id", old_values."title", old_values."vendor_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="6f6cb9398a7a331f4acc3297194c2bc76e5de2f3",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removed_delete_92dd6",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="inventory_outage",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AlterModelOptions(
            name="outageimpact", options={"ordering": ["outage_id", "hops", "system"]}
        ),
        migrations.RunSQL(OWNER, OWNER_UNDONE),
        migrations.RunSQL(WALLS, WALLS_UNDONE),
    ]
