"""What a file would change holds other people's data: those who answer for data see it, and who loaded the file."""

from django.db import migrations

from stateworks.kernel.access.policies import OWN_ACCOUNT, RowPolicy, role_statewide

OWN_IMPORT = f"made_by_id IN (SELECT id FROM lake_import WHERE {OWN_ACCOUNT.format(column='by_id')})"


class Migration(migrations.Migration):
    dependencies = [("records", "0003_previewed_changes"), ("access", "0002_walls"), ("lake", "0001_initial")]

    operations = [
        RowPolicy(
            "records_previewedchange",
            reads=f"{role_statewide('data_steward', 'administrator', 'auditor')} OR {OWN_IMPORT}",
            writes="false",
        ),
    ]
