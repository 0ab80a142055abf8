"""Refused rows hold other people's data as it stood in the file: only those who answer for data see them."""

from django.db import migrations

from stateworks.kernel.access.policies import OWN_ACCOUNT, RowPolicy, role_statewide

OWN_IMPORT = f"made_by_id IN (SELECT id FROM lake_import WHERE {OWN_ACCOUNT.format(column='by_id')})"


class Migration(migrations.Migration):
    dependencies = [("lake", "0001_initial"), ("access", "0002_walls")]

    operations = [
        # A file holds rows of many organizations, so a role at one of them is not enough; who loaded it may see the rest.
        RowPolicy(
            "lake_quarantinedrow",
            reads=f"{role_statewide('data_steward', 'administrator', 'auditor')} OR {OWN_IMPORT}",
        ),
    ]
