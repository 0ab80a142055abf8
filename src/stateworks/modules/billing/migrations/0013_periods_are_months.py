"""The code of a billing period is a month: pages and calculations read years and months from it."""

import django.core.validators
from django.conf import settings
from django.db import migrations, models

from stateworks.kernel.migrating import AtOnce

# Whoever upgrades is told which period it is, and not only that a rule is broken.
NAMED = """
DO $$
DECLARE
    wrong text;
BEGIN
    SELECT string_agg(code, ', ' ORDER BY code) INTO wrong FROM billing_billingperiod
    WHERE code !~ '^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])$';
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'These billing periods are no months: %. Before you upgrade, give each the code of its month, such as 2026-10, or remove it.', wrong
            USING ERRCODE = 'check_violation';
    END IF;
END $$;
"""


class Migration(AtOnce):
    dependencies = [
        ("billing", "0012_drafts_behind_the_wall"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(NAMED, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="billingperiod",
            name="code",
            field=models.SlugField(
                help_text="The month, such as 2026-10.",
                max_length=60,
                unique=True,
                validators=[
                    django.core.validators.RegexValidator(
                        "^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])\\Z",
                        "This is no month; write it as 2026-10.",
                        code="month",
                    )
                ],
            ),
        ),
        migrations.AlterField(
            model_name="billingperiodevent",
            name="code",
            field=models.SlugField(
                db_index=False,
                help_text="The month, such as 2026-10.",
                max_length=60,
                validators=[
                    django.core.validators.RegexValidator(
                        "^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])\\Z",
                        "This is no month; write it as 2026-10.",
                        code="month",
                    )
                ],
            ),
        ),
        migrations.AlterField(
            model_name="forecast",
            name="known_month",
            field=models.CharField(
                blank=True,
                help_text="The last month whose charges were known; empty where it was submitted.",
                max_length=7,
                validators=[
                    django.core.validators.RegexValidator(
                        "^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])\\Z",
                        "This is no month; write it as 2026-10.",
                        code="month",
                    )
                ],
            ),
        ),
        migrations.AlterField(
            model_name="forecast",
            name="month",
            field=models.CharField(
                help_text="The month of billing it is about, such as 2026-11.",
                max_length=7,
                validators=[
                    django.core.validators.RegexValidator(
                        "^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])\\Z",
                        "This is no month; write it as 2026-10.",
                        code="month",
                    )
                ],
            ),
        ),
        migrations.AlterField(
            model_name="forecastevent",
            name="known_month",
            field=models.CharField(
                blank=True,
                help_text="The last month whose charges were known; empty where it was submitted.",
                max_length=7,
                validators=[
                    django.core.validators.RegexValidator(
                        "^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])\\Z",
                        "This is no month; write it as 2026-10.",
                        code="month",
                    )
                ],
            ),
        ),
        migrations.AlterField(
            model_name="forecastevent",
            name="month",
            field=models.CharField(
                help_text="The month of billing it is about, such as 2026-11.",
                max_length=7,
                validators=[
                    django.core.validators.RegexValidator(
                        "^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])\\Z",
                        "This is no month; write it as 2026-10.",
                        code="month",
                    )
                ],
            ),
        ),
        migrations.AlterField(
            model_name="invoiceline",
            name="origin",
            field=models.CharField(
                help_text="The month the charge is for, such as 2026-09.",
                max_length=7,
                validators=[
                    django.core.validators.RegexValidator(
                        "^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])\\Z",
                        "This is no month; write it as 2026-10.",
                        code="month",
                    )
                ],
            ),
        ),
        migrations.AlterField(
            model_name="invoicelineevent",
            name="origin",
            field=models.CharField(
                help_text="The month the charge is for, such as 2026-09.",
                max_length=7,
                validators=[
                    django.core.validators.RegexValidator(
                        "^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])\\Z",
                        "This is no month; write it as 2026-10.",
                        code="month",
                    )
                ],
            ),
        ),
        migrations.AddConstraint(
            model_name="billingperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(("code__regex", "^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])$")),
                name="billing_period_is_a_month",
                violation_error_message="The code of a billing period is a month, such as 2026-10.",
            ),
        ),
    ]
