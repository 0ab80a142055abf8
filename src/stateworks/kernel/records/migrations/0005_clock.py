"""A clock for each table of records: whoever remembers something about its rows knows when to forget it.

A transaction that changes a table leaves one mark, which others see when they see what it changed: not before, and not
after. So nobody waits for anybody, and no reader takes old rows for new ones.
"""

from django.db import migrations

# A transaction's marks carry a number from a sequence and not its own id, which a restored database would count anew. Now and
# then a mark takes in the older ones of its table; those that somebody else is just taking in are passed over.
CLOCK = """
CREATE SEQUENCE records_mark_number;
CREATE TABLE records_mark (
    about text NOT NULL, made bigint NOT NULL, n bigint NOT NULL DEFAULT 1, PRIMARY KEY (about, made)
);

CREATE FUNCTION records_note_change() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE mine bigint := nullif(current_setting('stateworks.mark', true), '')::bigint;
BEGIN
    IF mine IS NULL THEN
        mine := nextval('records_mark_number');
        PERFORM set_config('stateworks.mark', mine::text, true);
    END IF;
    INSERT INTO records_mark (about, made) VALUES (TG_TABLE_NAME, mine) ON CONFLICT DO NOTHING;
    IF FOUND AND mine % 32 = 0 THEN
        WITH gone AS (
            DELETE FROM records_mark WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM records_mark WHERE about = TG_TABLE_NAME AND made <> mine FOR UPDATE SKIP LOCKED
            )) RETURNING n
        )
        UPDATE records_mark SET n = n + (SELECT coalesce(sum(n), 0) FROM gone) WHERE about = TG_TABLE_NAME AND made = mine;
    END IF;
    RETURN NULL;
END $$;
"""
CLOCK_UNDONE = """
DROP FUNCTION records_note_change() CASCADE;
DROP TABLE records_mark;
DROP SEQUENCE records_mark_number;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0004_previewed_walls")]

    operations = [migrations.RunSQL(CLOCK, CLOCK_UNDONE)]
