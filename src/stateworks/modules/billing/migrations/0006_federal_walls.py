"""Which award pays for an account is seen by those who may see the account."""

from django.db import migrations

from stateworks.kernel.access.policies import RowPolicy


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_federal_reconciliation")]

    operations = [
        RowPolicy(
            f"billing_federalshare{event}",
            f"EXISTS (SELECT 1 FROM billing_billingaccount a WHERE a.id = billing_federalshare{event}.account_id)",
        )
        for event in ("", "event")
    ]
