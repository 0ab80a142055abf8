"""An outage is seen by those who see what failed, or a system that it may hit; vendors, sites and products concern
everybody who has signed in."""

from django.db import migrations

from stateworks.kernel.access.policies import RowPolicy

SEEN = (
    "({0}.source IN ('vendor', 'site', 'technology') AND (SELECT access_account()) IS NOT NULL) "
    "OR EXISTS (SELECT 1 FROM inventory_system s WHERE s.id = {0}.system_id) "
    "OR EXISTS (SELECT 1 FROM inventory_component c WHERE c.id = {0}.component_id) "
    "OR EXISTS (SELECT 1 FROM inventory_outageimpact i WHERE i.outage_id = {0}.{1})"
)


class Migration(migrations.Migration):
    dependencies = [("inventory", "0003_walls_by_row")]

    operations = [
        RowPolicy("inventory_outage", SEEN.format("inventory_outage", "id")),
        RowPolicy("inventory_outageevent", SEEN.format("inventory_outageevent", "pgh_obj_id")),
    ]
