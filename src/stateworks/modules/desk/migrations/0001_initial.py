import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("org", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="RequestType",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("offered_on", models.DateField(blank=True, help_text="First day customers could choose it.", null=True)),
                ("retired_on", models.DateField(blank=True, help_text="First day they no longer can.", null=True)),
                (
                    "line_of_service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="request_types",
                        to="org.lineofservice",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("offered_on__isnull", True),
                            ("retired_on__isnull", True),
                            ("retired_on__gt", models.F("offered_on")),
                            _connector="OR",
                        ),
                        name="desk_request_type_retired_after_offered",
                        violation_error_message="A request type cannot be retired before it is offered.",
                    )
                ],
            },
        ),
    ]
