"""Views belong to who saved them; words for the search are cut by one rule in index and question alike."""

from django.db import migrations

from stateworks.kernel.access.policies import OWN_ACCOUNT, RowPolicy, role_anywhere

# Punctuation parts words everywhere, so that SYS-00012 is found by 00012, and an address by its host. The function calls
# none of ours: while an index is built PostgreSQL looks into its own schema alone.
PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\t\n\r\u00a0“”„‘’‚«»–—…·•"
TYPED = "".join(f"\\u{ord(one):04x}" for one in PUNCTUATION)
CUT = f"translate(lower(left(words, 20000)), E'{TYPED}', repeat(' ', {len(PUNCTUATION)}))"

WORDS = f"""
CREATE FUNCTION records_vector(words text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT to_tsvector('pg_catalog.simple', {CUT}) $$;

-- Each word asked for begins a word of the record. Without a word the answer is null, which nothing matches.
CREATE FUNCTION records_asked(words text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT string_agg('''' || lexeme || ''':*', ' & ')::tsquery
   FROM unnest(tsvector_to_array(to_tsvector('pg_catalog.simple', {CUT}))) AS lexeme $$;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial"), ("access", "0002_walls")]

    operations = [
        migrations.RunSQL(WORDS, "DROP FUNCTION records_asked(text), records_vector(text) CASCADE;"),
        RowPolicy(
            "records_savedview",
            reads=f"{OWN_ACCOUNT.format(column='owner_id')} OR (shared AND (SELECT access_account()) IS NOT NULL)",
            writes=(
                f"{OWN_ACCOUNT.format(column='owner_id')} "
                f"AND (NOT shared OR {role_anywhere('data_steward', 'administrator')})"
            ),
        ),
    ]
