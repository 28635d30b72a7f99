"""Divisions of GB/T 2260 beside the schema, from fixtures/divisions.csv (its sources in fixtures/NOTICE.md)."""

import csv

from django.conf import settings
from django.db import connections, transaction

from apps.common.insert_select import copy_rows, execute

from .models import Division

DATA = settings.BASE_DIR / "fixtures" / "divisions.csv"
COLUMNS = ("code", "name", "full_name", "level", "parent", "disabled_on")

# What a bureau added or wrote better stays; a code abolished since is marked so.
LOAD = """
INSERT INTO organisation_division (code, name, full_name, level, parent_id, disabled_on)
SELECT code, name, full_name, level, NULLIF(parent, ''), NULLIF(disabled_on, '')::date FROM shipped_divisions
ON CONFLICT (code) DO UPDATE SET disabled_on = EXCLUDED.disabled_on
WHERE organisation_division.disabled_on IS NULL AND EXCLUDED.disabled_on IS NOT NULL
"""


def after_migrate(sender, using="default", **kwargs) -> None:
    if Division._meta.db_table in connections[using].introspection.table_names():
        load_divisions()


@transaction.atomic
def load_divisions() -> int:
    """Bring the table up to the shipped codes; twice changes nothing. Returns how many rows were written."""
    with DATA.open(encoding="utf-8", newline="") as handle:
        rows = [[line[name] for name in COLUMNS] for line in csv.DictReader(handle)]
    copy_rows("shipped_divisions", [(name, "text") for name in COLUMNS], rows)
    return execute(LOAD)
