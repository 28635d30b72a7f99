"""What is shipped beside the schema: divisions of GB/T 2260 and the holidays of known years (fixtures/NOTICE.md)."""

import csv
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction

from apps.common.insert_select import copy_rows, execute

from .models import CalendarDay, Division

DATA = settings.BASE_DIR / "fixtures" / "divisions.csv"
CALENDAR = settings.BASE_DIR / "fixtures" / "calendar_days.csv"
CALENDAR_COLUMNS = ("day", "kind", "name", "document_no")
COLUMNS = ("code", "name", "full_name", "level", "parent", "disabled_on")

# What a bureau added or wrote better stays; a code abolished since is marked so.
LOAD = """
INSERT INTO organisation_division (code, name, full_name, level, parent_id, disabled_on)
SELECT code, name, full_name, level, NULLIF(parent, ''), NULLIF(disabled_on, '')::date FROM shipped_divisions
ON CONFLICT (code) DO UPDATE SET disabled_on = EXCLUDED.disabled_on
WHERE organisation_division.disabled_on IS NULL AND EXCLUDED.disabled_on IS NOT NULL
"""
# A day that the bureau changed or voided is left as it is.
LOAD_CALENDAR = """
INSERT INTO organisation_calendarday (public_id, day, kind, name, document_no)
SELECT gen_random_uuid(), s.day::date, s.kind, s.name, s.document_no FROM shipped_calendar s
WHERE NOT EXISTS (SELECT 1 FROM organisation_calendarday d WHERE d.day = s.day::date)
ON CONFLICT DO NOTHING
"""


def after_migrate(sender, using="default", **kwargs) -> None:
    tables = connections[using].introspection.table_names()
    if Division._meta.db_table in tables:
        load_divisions()
    if CalendarDay._meta.db_table in tables:
        load_calendar()


@transaction.atomic
def load_divisions() -> int:
    """Bring the table up to the shipped codes; twice changes nothing. Returns how many rows were written."""
    return _load(DATA, COLUMNS, "shipped_divisions", LOAD)


@transaction.atomic
def load_calendar() -> int:
    """Add the shipped days that the table has never known; twice changes nothing. Returns how many were written."""
    return _load(CALENDAR, CALENDAR_COLUMNS, "shipped_calendar", LOAD_CALENDAR)


def _load(path: Path, columns: Sequence[str], table: str, sql: str) -> int:
    with path.open(encoding="utf-8", newline="") as handle:
        rows = [[line[name] for name in columns] for line in csv.DictReader(handle)]
    copy_rows(table, [(name, "text") for name in columns], rows)
    return execute(sql)
