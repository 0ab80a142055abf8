"""The closure table keeps itself, whoever writes the tree and however; aliases of one source never overlap in time."""

from django.db import migrations

CLOSURE = """
CREATE FUNCTION org_closure_rebuild(changed bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    moved bigint[];
    circle bigint[];
BEGIN
    -- Two moves at once could each be sound and make a circle together, so one waits for the other.
    PERFORM pg_advisory_xact_lock(hashtextextended('stateworks.org.tree', 0));

    -- What hangs below a changed organization changes its ancestors with it. UNION, unlike UNION ALL, ends at a circle.
    WITH RECURSIVE down AS (
        SELECT unnest(changed) AS id
        UNION
        SELECT o.id FROM org_organization o JOIN down ON o.parent_id = down.id
    )
    SELECT array_agg(id) INTO moved FROM down;

    WITH RECURSIVE up AS (
        SELECT id AS ancestor, ARRAY[id] AS path, false AS closed FROM unnest(moved) AS id
        UNION ALL
        SELECT o.parent_id, up.path || o.parent_id, o.parent_id = ANY (up.path)
        FROM up JOIN org_organization o ON o.id = up.ancestor
        WHERE o.parent_id IS NOT NULL AND NOT up.closed
    )
    SELECT path INTO circle FROM up WHERE closed ORDER BY cardinality(path) LIMIT 1;
    IF circle IS NOT NULL THEN
        RAISE EXCEPTION 'The organizations would form a circle: %. Choose another parent for one of them.',
            (SELECT string_agg(o.code, ' below ' ORDER BY step.place)
             FROM unnest(circle) WITH ORDINALITY AS step(id, place) JOIN org_organization o ON o.id = step.id)
            USING ERRCODE = 'check_violation', CONSTRAINT = 'org_organization_no_circle', TABLE = 'org_organization';
    END IF;

    DELETE FROM org_organizationclosure WHERE descendant_id = ANY (moved);
    INSERT INTO org_organizationclosure (ancestor_id, descendant_id, depth)
    WITH RECURSIVE up AS (
        SELECT o.id AS descendant, o.id AS ancestor, 0 AS depth FROM org_organization o WHERE o.id = ANY (moved)
        UNION ALL
        SELECT up.descendant, o.parent_id, up.depth + 1 FROM up JOIN org_organization o ON o.id = up.ancestor
        WHERE o.parent_id IS NOT NULL
    )
    -- A parent may come later in the same transaction; it brings its pairs when it comes.
    SELECT up.ancestor, up.descendant, up.depth FROM up JOIN org_organization o ON o.id = up.ancestor;
END $$;

CREATE FUNCTION org_closure_after_insert() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows) THEN
        PERFORM org_closure_rebuild((SELECT array_agg(id) FROM new_rows));
    END IF;
    RETURN NULL;
END $$;

-- Differences of sets, not joins: a join is planned once in a session, for as few rows as the first statement had.
CREATE FUNCTION org_closure_after_update() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    gone bigint[] := ARRAY(SELECT id FROM old_rows EXCEPT SELECT id FROM new_rows);
    moved bigint[] := ARRAY(
        SELECT id FROM (SELECT id, parent_id FROM new_rows EXCEPT SELECT id, parent_id FROM old_rows) changed
    );
BEGIN
    IF cardinality(gone) > 0 THEN
        DELETE FROM org_organizationclosure WHERE ancestor_id = ANY (gone) OR descendant_id = ANY (gone);
    END IF;
    IF cardinality(moved) > 0 THEN
        PERFORM org_closure_rebuild(moved);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION org_closure_after_delete() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    gone bigint[] := ARRAY(SELECT id FROM old_rows);
BEGIN
    DELETE FROM org_organizationclosure WHERE ancestor_id = ANY (gone) OR descendant_id = ANY (gone);
    RETURN NULL;
END $$;

CREATE TRIGGER org_closure_insert AFTER INSERT ON org_organization
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION org_closure_after_insert();
CREATE TRIGGER org_closure_update AFTER UPDATE ON org_organization
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION org_closure_after_update();
CREATE TRIGGER org_closure_delete AFTER DELETE ON org_organization
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION org_closure_after_delete();
"""

CLOSURE_UNDONE = """
DROP TRIGGER org_closure_insert ON org_organization;
DROP TRIGGER org_closure_update ON org_organization;
DROP TRIGGER org_closure_delete ON org_organization;
DROP FUNCTION org_closure_after_insert(), org_closure_after_update(), org_closure_after_delete();
DROP FUNCTION org_closure_rebuild(bigint[]);
"""

# Without btree_gist a text cannot stand in a GiST index: its hash can, as a range of one number. Halved, since the range
# to the largest number has no upper end.
ALIASES = """
ALTER TABLE org_organizationalias ADD CONSTRAINT org_alias_no_overlap EXCLUDE USING gist (
    (int8range(
        hashtextextended(source || chr(31) || lower(alias), 0) / 2,
        hashtextextended(source || chr(31) || lower(alias), 0) / 2, '[]'
    )) WITH &&,
    (coalesce(valid, '(,)'::daterange)) WITH &&
);
"""


class Migration(migrations.Migration):
    dependencies = [("org", "0001_initial")]

    operations = [
        migrations.RunSQL(CLOSURE, CLOSURE_UNDONE),
        migrations.RunSQL(ALIASES, "ALTER TABLE org_organizationalias DROP CONSTRAINT org_alias_no_overlap;"),
    ]
