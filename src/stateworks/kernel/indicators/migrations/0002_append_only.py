"""What a finished run says can never be changed, not even by raw SQL of the app role."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION indicators_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A finished run is append-only: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION indicators_keep_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM indicators_run WHERE id = OLD.run_id AND finished_at IS NOT NULL) THEN
        RAISE EXCEPTION 'A finished run is append-only: % of % is refused', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION indicators_no_late_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT DISTINCT run_id FROM added) AS part
        JOIN indicators_run ON indicators_run.id = part.run_id WHERE finished_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'A finished run is append-only: nothing can be added to % any more', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION indicators_no_late_statement_values() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE TRIGGER finished_run_stays BEFORE UPDATE OR DELETE ON indicators_run
    FOR EACH ROW WHEN (OLD.finished_at IS NOT NULL) EXECUTE FUNCTION indicators_refuse();
CREATE TRIGGER value_of_its_statement AFTER INSERT ON indicators_value
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION indicators_no_late_statement_values();
"""

PART = """
CREATE TRIGGER finished_run_stays BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION indicators_keep_part();
CREATE TRIGGER finished_run_is_whole AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION indicators_no_late_part();
"""

PARTS = ("indicators_statement", "indicators_value", "indicators_cover", "indicators_verdict")

BACKWARD = """
DROP TRIGGER finished_run_stays ON indicators_run;
DROP TRIGGER value_of_its_statement ON indicators_value;
"""
BACKWARD_PART = "DROP TRIGGER finished_run_stays ON {table}; DROP TRIGGER finished_run_is_whole ON {table};"
BACKWARD_FUNCTIONS = """
DROP FUNCTION indicators_refuse(); DROP FUNCTION indicators_keep_part(); DROP FUNCTION indicators_no_late_part();
DROP FUNCTION indicators_no_late_statement_values();
"""


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial")]

    operations = [
        migrations.RunSQL(
            FORWARD + "".join(PART.format(table=table) for table in PARTS),
            BACKWARD + "".join(BACKWARD_PART.format(table=table) for table in PARTS) + BACKWARD_FUNCTIONS,
        )
    ]
