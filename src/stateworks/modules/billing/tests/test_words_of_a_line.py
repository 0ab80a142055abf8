"""Which rows a line's proof lists are the very rows that its words mean, however sources call an account."""

from __future__ import annotations

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from stateworks.modules.billing.inputs import coded
from stateworks.modules.billing.proof import _means_sql

CODES = ("a-1", "a-2")
NOTHING = "(no sub-account)"
WORDS = (*CODES, "First", "it's | odd", NOTHING)
SOURCES = ("azure", "o'meter")


@given(st.dictionaries(st.tuples(st.sampled_from(SOURCES), st.sampled_from(WORDS)), st.sampled_from(CODES)))
def test_rows_are_found_by_the_words_that_mean_the_code(aliases: dict[tuple[str, str], str]) -> None:
    table = {f"|{code}": code for code in CODES}
    table |= {f"{source}|{word}": code for (source, word), code in aliases.items()}
    rows = [(source, word) for source in SOURCES for word in (*WORDS, "", None, "unknown")]
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE r (source VARCHAR, who VARCHAR)")
        connection.executemany("INSERT INTO r VALUES (?, ?)", rows)
        for code in CODES:
            found = connection.execute(
                f"SELECT source, who FROM r WHERE {_means_sql(table, code, 'who', NOTHING)}"
            ).fetchall()
            meant = [(source, word) for source, word in rows if coded(table, source, word or NOTHING) == code]
            assert sorted(found, key=repr) == sorted(meant, key=repr)
