"""A job is seen by who asked for it and by administrators; only administrators see and start those of the system."""

from django.db import migrations

from stateworks.kernel.access.policies import OWN_ACCOUNT, RowPolicy, role_statewide


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial"), ("access", "0002_walls")]

    operations = [
        RowPolicy(
            "jobs_job",
            reads=f"{OWN_ACCOUNT.format(column='by_id')} OR {role_statewide('administrator')}",
        ),
    ]
