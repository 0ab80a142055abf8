"""The graph goes by the clocks of its tables; a clock of its own made writers wait for each other when they committed."""

from django.db import migrations

GRAPH = (
    "inventory_system", "inventory_component", "inventory_dependency", "inventory_environment", "inventory_stack",
    "inventory_site", "inventory_technology",
)  # fmt: skip

# Outages name the graph they were judged by: the number goes on from where it was.
GONE = (
    "".join(f"DROP TRIGGER {table}_marks_graph ON {table};\n" for table in GRAPH)
    + """
INSERT INTO records_mark (about, made, n)
    SELECT 'inventory_system', nextval('records_mark_number'), version FROM inventory_graphclock;
DROP TABLE inventory_graphmark, inventory_graphclock;
DROP FUNCTION inventory_move_clock(), inventory_mark_graph();
"""
)


class Migration(migrations.Migration):
    dependencies = [("inventory", "0006_walls_for_the_whole_state"), ("records", "0005_clock")]

    operations = [migrations.RunSQL(GONE)]
