"""A month's charges as somebody would write them in DuckDB by hand: joins, sums, prices and cents, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def charged(files: Sequence[str], accounts: int, skus: int) -> dict[str, Any]:
    """Return how many charges a month has and their cents, from the Parquet files with its usage."""
    listed = ", ".join(f"'{file}'" for file in files)
    return _charged(f"read_parquet([{listed}])", accounts, skus)


def charged_of_csv(file: str, accounts: int, skus: int) -> dict[str, Any]:
    """Return the same from a CSV file, as a platform writes it."""
    columns = "{'event': 'VARCHAR', 'account': 'VARCHAR', 'sku': 'VARCHAR', 'quantity': 'DECIMAL(18,6)', 'at': 'VARCHAR'}"
    return _charged(f"read_csv('{file}', header = true, columns = {columns})", accounts, skus)


def _charged(usage: str, accounts: int, skus: int) -> dict[str, Any]:
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE TABLE accounts AS SELECT 'A' || i AS given, 'acc-' || i AS code FROM range({accounts}) t(i)"
        )
        connection.execute(
            "CREATE TABLE skus AS SELECT 'S' || i AS given, 'sku-' || i AS code, "
            f"CAST((i % 9) || '.' || lpad(i::VARCHAR, 4, '0') || '1315' AS DECIMAL(18,8)) AS price FROM range({skus}) t(i)"
        )
        connection.execute(f"""
            CREATE TABLE charges AS
            SELECT a.code AS account, s.code AS sku, quantity,
                   CAST(round(CAST(quantity AS DECIMAL(24,6)) * CAST(s.price AS DECIMAL(14,8)) * 100) AS BIGINT) AS cents
            FROM (SELECT account, sku, sum(quantity) AS quantity FROM {usage} GROUP BY account, sku) u
            JOIN accounts a ON a.given = u.account JOIN skus s ON s.given = u.sku
        """)
        row = connection.execute("SELECT count(*), sum(cents) FROM charges").fetchone()
    assert row is not None
    return {"lines": row[0], "cents": int(row[1])}
