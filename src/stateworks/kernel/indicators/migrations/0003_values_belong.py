"""A run's values are checked against their statements all at once, and no longer one by one.

A run stores tens of thousands of values. Two foreign keys a value were most of what storing cost; one look for all values
of a COPY says the same: each belongs to a statement that is there, and to its run. An index that the unique one begins
with is not needed either.
"""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE OR REPLACE FUNCTION indicators_no_late_statement_values() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT DISTINCT run_id, statement_id FROM added) AS part
        LEFT JOIN indicators_statement ON indicators_statement.id = part.statement_id
        WHERE indicators_statement.run_id IS DISTINCT FROM part.run_id
    ) THEN
        RAISE EXCEPTION 'A value belongs to a statement and to its run' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION indicators_statement_has_values() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM gone JOIN indicators_value ON indicators_value.statement_id = gone.id
    ) THEN
        RAISE EXCEPTION 'A statement that has values stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER statement_of_values_stays AFTER DELETE ON indicators_statement
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION indicators_statement_has_values();
CREATE TRIGGER value_stays_with_its_statement AFTER UPDATE ON indicators_value
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION indicators_no_late_statement_values();
"""

BACKWARD = """
DROP TRIGGER value_stays_with_its_statement ON indicators_value;
DROP TRIGGER statement_of_values_stays ON indicators_statement;
DROP FUNCTION indicators_statement_has_values();
CREATE OR REPLACE FUNCTION indicators_no_late_statement_values() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT DISTINCT run_id, statement_id FROM added) AS part
        JOIN indicators_statement ON indicators_statement.id = part.statement_id
        WHERE indicators_statement.run_id <> part.run_id
    ) THEN
        RAISE EXCEPTION 'A value belongs to the run of its statement' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("indicators", "0002_append_only")]

    operations = [
        migrations.AlterField(
            model_name="value",
            name="run",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="values",
                to="indicators.run",
            ),
        ),
        migrations.AlterField(
            model_name="value",
            name="statement",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="values",
                to="indicators.statement",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
