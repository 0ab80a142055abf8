"""Systems that refer to a thing are listed by their codes straight from an index."""

import django.db.models.deletion
from django.db import migrations, models

from stateworks.kernel.migrating import AtOnce


class Migration(AtOnce):
    dependencies = [
        ("inventory", "0007_one_clock"),
        ("org", "0002_tree_and_aliases"),
    ]

    operations = [
        migrations.AlterField(
            model_name="system",
            name="capability",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="The business function it serves most.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="systems",
                to="inventory.capability",
            ),
        ),
        migrations.AlterField(
            model_name="system",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                help_text="The agency it serves.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="inventory_systems",
                to="org.organization",
            ),
        ),
        migrations.AlterField(
            model_name="system",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="Who answers for it to the business.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="owned_systems",
                to="org.person",
            ),
        ),
        migrations.AlterField(
            model_name="system",
            name="steward",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="Who keeps it running and its record true.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stewarded_systems",
                to="org.person",
            ),
        ),
        migrations.AlterField(
            model_name="system",
            name="vendor",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="Who delivers it, where it is bought.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="inventory_systems",
                to="org.vendor",
            ),
        ),
        migrations.AddIndex(
            model_name="system",
            index=models.Index(fields=["organization", "code"], name="inventory_system_of_agency"),
        ),
        migrations.AddIndex(
            model_name="system",
            index=models.Index(fields=["capability", "code"], name="inventory_system_of_function"),
        ),
        migrations.AddIndex(
            model_name="system",
            index=models.Index(fields=["owner", "code"], name="inventory_system_of_owner"),
        ),
        migrations.AddIndex(
            model_name="system",
            index=models.Index(fields=["steward", "code"], name="inventory_system_of_steward"),
        ),
        migrations.AddIndex(
            model_name="system",
            index=models.Index(fields=["vendor", "code"], name="inventory_system_of_vendor"),
        ),
    ]
