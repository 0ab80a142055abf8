"""Whose rows are whose, and the clock by which a graph in memory knows that it is old."""

from django.db import migrations

from stateworks.kernel.access.policies import RowPolicy, TenantPolicy

#: Tables whose rows belong to a system: who sees the system sees them. The systems' own policy narrows the subquery.
OF_A_SYSTEM = (
    "alias", "environment", "component", "stack", "dependency", "interface", "monitor", "check", "outageimpact",
    "attestationrequest", "attestation", "finding", "rationalization",
)  # fmt: skip
TABLES = {"alias": "systemalias"}

#: What the graph is made of.
GRAPH = (
    "inventory_system", "inventory_component", "inventory_dependency", "inventory_environment", "inventory_stack",
    "inventory_site", "inventory_technology",
)  # fmt: skip

CLOCK = """
CREATE TABLE inventory_graphclock (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version bigint NOT NULL
);
INSERT INTO inventory_graphclock (version) VALUES (1);
CREATE TABLE inventory_graphmark (made bigint PRIMARY KEY);

-- The clock moves when a transaction commits, not when it writes: else a reader in between would take the old graph for the
-- new one, or two writers would wait for each other.
CREATE FUNCTION inventory_mark_graph() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO inventory_graphmark (made) VALUES (pg_current_xact_id()::text::bigint) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION inventory_move_clock() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE inventory_graphclock SET version = version + 1;
    DELETE FROM inventory_graphmark WHERE made = NEW.made;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER inventory_graphmark_at_commit AFTER INSERT ON inventory_graphmark
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION inventory_move_clock();
""" + "".join(
    f"CREATE TRIGGER {table}_marks_graph AFTER INSERT OR UPDATE OR DELETE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION inventory_mark_graph();\n"
    for table in GRAPH
)

CLOCK_UNDONE = (
    "".join(f"DROP TRIGGER {table}_marks_graph ON {table};\n" for table in GRAPH)
    + """
DROP TABLE inventory_graphmark, inventory_graphclock;
DROP FUNCTION inventory_move_clock(), inventory_mark_graph();
"""
)


def _walls() -> list[RowPolicy]:
    """Put each table and the table of its history under the same wall."""
    made: list[RowPolicy] = [TenantPolicy("inventory_system"), TenantPolicy("inventory_systemevent")]
    for noun in OF_A_SYSTEM:
        table = f"inventory_{TABLES.get(noun, noun)}"
        of_a_system = "system_id IN (SELECT id FROM inventory_system)"
        made += [RowPolicy(table, of_a_system), RowPolicy(f"{table}event", of_a_system)]
    for table in ("inventory_findingexception", "inventory_findingexceptionevent"):
        made.append(RowPolicy(table, "finding_id IN (SELECT id FROM inventory_finding)"))
    return made


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial"), ("access", "0002_walls")]

    operations = [migrations.RunSQL(CLOCK, CLOCK_UNDONE), *_walls()]
