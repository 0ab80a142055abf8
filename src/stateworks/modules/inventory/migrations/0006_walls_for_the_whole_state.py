"""Who sees every organization passes the walls of the inventory without a look at each row.

At 400,000 dependencies that look took five times as long as counting them.
"""

from django.db import migrations

from stateworks.kernel.access.policies import BY_ORGANIZATION, EVERY_ORGANIZATION, EVERYTHING

OF_A_SYSTEM = (
    "systemalias", "environment", "component", "stack", "dependency", "interface", "monitor", "check", "outageimpact",
    "attestationrequest", "attestation", "finding", "rationalization",
)  # fmt: skip
CONDITIONS = {
    f"inventory_system{event}": BY_ORGANIZATION.format(column="organization_id") for event in ("", "event")
} | {
    f"inventory_{noun}{event}": f"EXISTS (SELECT 1 FROM inventory_system s WHERE s.id = inventory_{noun}{event}.system_id)"
    for noun in OF_A_SYSTEM
    for event in ("", "event")
}


def _altered(through: str) -> str:
    return "".join(
        f"ALTER POLICY tenant ON {table} USING ({through} OR {condition}) WITH CHECK ({through} OR {condition});\n"
        for table, condition in CONDITIONS.items()
    )


class Migration(migrations.Migration):
    dependencies = [("inventory", "0005_outages_owner"), ("access", "0004_every_organization")]

    operations = [migrations.RunSQL(_altered(f"{EVERYTHING} OR {EVERY_ORGANIZATION}"), _altered(EVERYTHING))]
