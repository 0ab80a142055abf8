"""An index that leads from one verb of the audit record to the next, and to the entries of one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0005_audit_seals")]

    operations = [
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["verb", "-at"], name="access_audit_verb"),
        ),
    ]
