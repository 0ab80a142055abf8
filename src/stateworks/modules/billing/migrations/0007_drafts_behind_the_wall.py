"""A draft is the office's own: who has no role in the whole state sees invoices, and all that hangs on them, once they are issued.

Lines, reviews, findings, disputes and credits are seen with their invoice, so that this one wall is enough.
"""

from django.db import migrations

from stateworks.kernel.access.policies import BY_ORGANIZATION, EVERYTHING, role_statewide

OF_ONES_OWN = BY_ORGANIZATION.format(column="organization_id")
OFFICE = role_statewide(
    "administrator", "planner", "data_steward", "owner", "approver", "agency_liaison", "auditor"
)
SEEN = {
    "billing_invoice": f"{OF_ONES_OWN} AND (state = 'issued' OR {OFFICE})",
    # What an invoice was like before is seen by whoever sees what became of it.
    "billing_invoiceevent": "EXISTS (SELECT 1 FROM billing_invoice i WHERE i.id = billing_invoiceevent.pgh_obj_id)",
}


def _altered(table: str, condition: str) -> str:
    return f"ALTER POLICY tenant ON {table} USING ({condition}) WITH CHECK ({condition});\n"


ISSUED = "".join(_altered(table, f"{EVERYTHING} OR ({seen})") for table, seen in SEEN.items())
ALL = "".join(_altered(table, f"{EVERYTHING} OR ({OF_ONES_OWN})") for table in SEEN)


class Migration(migrations.Migration):
    dependencies = [("billing", "0006_federal_walls"), ("access", "0002_walls")]

    operations = [migrations.RunSQL(ISSUED, ALL)]
