"""Set-based writes: COPY into a temporary staging table, then INSERT … SELECT or UPDATE … FROM (design 3).

Tracked tables are never COPYed into, so that triggers see the history context of the session.
"""

import json
from collections.abc import Iterable, Sequence
from itertools import islice

from django.db import connection
from django.db.models import Model

LINES_AT_ONCE = 100


def copy_rows(table: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence], *, analyze: bool = True) -> int:
    """Create temporary `table` with (name, SQL type) columns, dropped on commit, and COPY `rows` into it.

    None becomes NULL, bytes become bytea, lists become text[]. Must run inside a transaction. `analyze` helps joins;
    a table that is only read from end to end does without.
    """
    spec = ", ".join(f'"{name}" {kind}' for name, kind in columns)
    lines = _Lines(rows)
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TABLE IF EXISTS "{table}"')
        cursor.execute(f'CREATE TEMPORARY TABLE "{table}" ({spec}) ON COMMIT DROP')
        cursor.cursor.copy_expert(f"COPY \"{table}\" FROM STDIN WITH (FORMAT csv, NULL '')", lines)  # noqa: S608
        if analyze:
            cursor.execute(f'ANALYZE "{table}"')
    return lines.count


class _Lines:
    """Rows as a file of CSV, made before the COPY begins (rows may come from queries of the same connection) and
    let go while it is read."""

    def __init__(self, rows: Iterable[Sequence]) -> None:
        self.count = 0
        self._chunks: list[bytes] = []
        rows = iter(rows)
        while lines := [",".join([_text(value) for value in row]) + "\n" for row in islice(rows, LINES_AT_ONCE)]:
            self.count += len(lines)
            self._chunks.append("".join(lines).encode())
        self._chunks.reverse()

    def read(self, size: int = -1) -> bytes:
        """Some whole lines, more or less than `size`, which the driver allows. Empty at the end."""
        return self._chunks.pop() if self._chunks else b""


def _text(value) -> str:
    """One value of CSV. Only an unquoted nothing is NULL; text is always quoted, so no text can pass for it."""
    if value is None:
        return ""
    text = value if value.__class__ is str else _plain(value)
    return '"' + text.replace('"', '""') + '"' if '"' in text else f'"{text}"'


def _plain(value) -> str:
    if isinstance(value, bytes | memoryview):
        return "\\x" + value.hex()
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple):
        return "{" + ",".join(map(_element, value)) + "}"
    return str(value)


def _element(value) -> str:
    """An element of an array literal."""
    if value is None:
        return "NULL"
    text = value if value.__class__ is str else _plain(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def column_types(model: type[Model], names: Iterable[str]) -> list[tuple[str, str]]:
    """(column, SQL type) of model fields, for `copy_rows`."""
    spec = []
    for name in names:
        field = model._meta.get_field(name)
        target = field.target_field if field.is_relation else field
        spec.append((field.column, target.rel_db_type(connection) if field.is_relation else field.db_type(connection)))
    return spec


def insert_rows(model: type[Model], names: Sequence[str], rows: Iterable[Sequence]) -> int:
    """Insert many rows of `model` by field name through a staging table; other fields take their database defaults."""
    columns = column_types(model, names)
    staging = f"staged_{model._meta.db_table}"
    copy_rows(staging, columns, rows, analyze=False)
    listed = ", ".join(f'"{name}"' for name, _ in columns)
    written = execute(f'INSERT INTO "{model._meta.db_table}" ({listed}) SELECT {listed} FROM "{staging}"')  # noqa: S608
    execute(f'DROP TABLE "{staging}"')
    return written


def reserve_ids(model: type[Model], count: int) -> list[int]:
    """Primary keys for rows about to be written, taken from the table's sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, count],
        )
        return [row[0] for row in cursor.fetchall()]


def execute(sql: str, params: Sequence | dict = ()) -> int:
    """Run one statement through Django's cursor (history context is set on it); returns the row count."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount
