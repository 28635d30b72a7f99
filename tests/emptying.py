"""Empties the tables after a test that commits: only those that hold something.

Django truncates every table, which makes some thousand new files each time; deleting a handful of rows takes a tenth
of that. What `migrate` fills stays a matter of its signal, which comes afterwards as with Django's own `flush`.
"""

# Never written by a test, and long to fill: the signal of `migrate` would write them anew, row by row.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}
HELD = """
SELECT quote_ident(relname) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0 AND relname <> ALL (%s)
"""
HAS_ROWS = "SELECT '{0}' WHERE EXISTS (SELECT FROM {0})"


def sql_flush(style, connection, reset_sequences=False, allow_cascade=False) -> list[str]:
    """Stands for Django's function of that name in its command `flush`: the statements that empty the tables."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, [list(KEPT)])
        held = [row[0] for row in cursor.fetchall()]
        cursor.execute(" UNION ALL ".join(HAS_ROWS.format(table) for table in ("django_migrations", *held)))
        full = [row[0] for row in cursor.fetchall() if row[0] not in KEPT]
    off, on = ([f"ALTER TABLE {table} {word} TRIGGER USER" for table in full] for word in ("DISABLE", "ENABLE"))
    return [*off, *(f"DELETE FROM {table}" for table in full), "SET CONSTRAINTS ALL IMMEDIATE", *on]
