"""Statewide figures, a hundredth of all, are found without reading the slices."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("indicators", "0003_values_belong")]

    operations = [
        migrations.AddIndex(
            model_name="value",
            index=models.Index(
                condition=models.Q(("dimension", "")), fields=["statement"], name="indicators_value_statewide"
            ),
        )
    ]
