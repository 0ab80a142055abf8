"""The database's own wall: who sees which rows, and a record of deeds that nobody can change."""

from django.db import migrations

from stateworks.kernel.access.policies import (
    BY_ORGANIZATION,
    OWN_ACCOUNT,
    RowPolicy,
    TenantPolicy,
    role_statewide,
)

# The functions run as their owner, who passes over policies: else the policy on grants would ask itself. Settings that
# are absent or empty give null, so nothing set means nothing seen.
SCOPE = """
CREATE FUNCTION access_account() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('stateworks.account', true), '')::bigint $$;

CREATE FUNCTION access_sees_everything() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(current_setting('stateworks.everything', true), '') = 'on' $$;

CREATE FUNCTION access_today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT (now() AT TIME ZONE coalesce(nullif(current_setting('stateworks.zone', true), ''), 'UTC'))::date $$;

CREATE FUNCTION access_lasting_grants(whose bigint) RETURNS SETOF access_grant
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT g.* FROM access_grant g JOIN access_account a ON a.id = g.account_id
    WHERE g.account_id = whose AND a.is_active
      AND g.since <= access_today() AND (g.until IS NULL OR g.until >= access_today())
$$;

CREATE FUNCTION access_visible_organizations() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT ROWS 100 AS $$
    SELECT DISTINCT c.descendant_id
    FROM access_lasting_grants(access_account()) g
    JOIN org_organizationclosure c ON c.ancestor_id = g.organization_id
    WHERE g.role <> 'public'
$$;

CREATE FUNCTION access_visible_codes() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT ROWS 100 AS $$
    SELECT o.code FROM org_organization o WHERE o.id IN (SELECT access_visible_organizations())
    UNION ALL
    -- Rows whose organization is not known belong to those who answer for the whole state.
    SELECT 'unassigned' WHERE EXISTS (
        SELECT FROM org_organization o WHERE o.kind = 'state' AND o.id IN (SELECT access_visible_organizations())
    )
$$;

CREATE FUNCTION access_role_at(whose bigint, roles text[], place bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT EXISTS (
        SELECT FROM access_lasting_grants(whose) g
        JOIN org_organizationclosure c ON c.ancestor_id = g.organization_id
        WHERE g.role = ANY (roles) AND c.descendant_id = place
    )
$$;

CREATE FUNCTION access_role_anywhere(whose bigint, roles text[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS
$$ SELECT EXISTS (SELECT FROM access_lasting_grants(whose) g WHERE g.role = ANY (roles)) $$;

CREATE FUNCTION access_role_statewide(whose bigint, roles text[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT EXISTS (
        SELECT FROM access_lasting_grants(whose) g JOIN org_organization o ON o.id = g.organization_id
        WHERE g.role = ANY (roles) AND o.kind = 'state'
    )
$$;

CREATE FUNCTION access_holds(roles text[], statewide boolean) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT CASE WHEN statewide THEN access_role_statewide(access_account(), roles)
                ELSE access_role_anywhere(access_account(), roles) END
$$;
"""

SCOPE_UNDONE = """
DROP FUNCTION access_holds(text[], boolean), access_role_statewide(bigint, text[]), access_role_anywhere(bigint, text[]),
    access_role_at(bigint, text[], bigint), access_visible_codes(), access_visible_organizations(),
    access_lasting_grants(bigint), access_today(), access_sees_everything(), access_account();
"""

APPEND_ONLY = """
CREATE FUNCTION access_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit record is append-only: % is refused. Write a new entry that corrects the old one.', TG_OP
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER access_auditentry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION access_refuse_change();
"""

APPEND_ONLY_UNDONE = """
DROP TRIGGER access_auditentry_append_only ON access_auditentry;
DROP FUNCTION access_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial"), ("org", "0002_tree_and_aliases")]

    operations = [
        migrations.RunSQL(SCOPE, SCOPE_UNDONE),
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_UNDONE),
        TenantPolicy("org_person"),
        TenantPolicy("org_personevent"),
        TenantPolicy("org_appointment"),
        TenantPolicy("org_appointmentevent"),
        # Everybody sees his own grants: they say what he may do.
        RowPolicy(
            "access_grant",
            reads=f"{BY_ORGANIZATION.format(column='organization_id')} OR {OWN_ACCOUNT.format(column='account_id')}",
            writes=BY_ORGANIZATION.format(column="organization_id"),
        ),
        # Everybody writes, and sees what he did himself; the rest is for those who audit.
        RowPolicy(
            "access_auditentry",
            reads=f"{OWN_ACCOUNT.format(column='actor_id')} OR {role_statewide('auditor', 'administrator')}",
            writes=OWN_ACCOUNT.format(column="actor_id"),
        ),
    ]
