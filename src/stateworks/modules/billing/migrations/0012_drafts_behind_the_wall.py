"""A draft is the office's own: who holds no role in the whole state sees an invoice, and all that hangs on it, once it is issued.

Lines, reviews, findings, disputes, credits and payments are seen with their invoice, so that this one wall is enough.
"""

from django.db import migrations

from stateworks.kernel.access.policies import BY_ORGANIZATION, EVERYTHING, WHOLE_STATE

OF_ONES_OWN = BY_ORGANIZATION.format(column="organization_id")
SEEN = {
    "billing_invoice": f"{OF_ONES_OWN} AND (state = 'issued' OR {WHOLE_STATE})",
    # What an invoice was like before is seen by whoever sees what became of it; of a draft that is gone, by the office.
    "billing_invoiceevent": (
        f"{OF_ONES_OWN} AND "
        f"({WHOLE_STATE} OR EXISTS (SELECT 1 FROM billing_invoice i WHERE i.id = billing_invoiceevent.pgh_obj_id))"
    ),
}


def _altered(table: str, condition: str) -> str:
    condition = f"{EVERYTHING} OR ({condition})"
    return f"ALTER POLICY tenant ON {table} USING ({condition}) WITH CHECK ({condition});\n"


ISSUED = "".join(_altered(table, seen) for table, seen in SEEN.items())
ALL = "".join(_altered(table, OF_ONES_OWN) for table in SEEN)


class Migration(migrations.Migration):
    dependencies = [("billing", "0011_taxonomy"), ("access", "0004_every_organization")]

    operations = [migrations.RunSQL(ISSUED, ALL)]
