"""COPY into staging keeps every value as it was given."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction

from apps.common.insert_select import copy_rows, execute, insert_rows, reserve_ids
from apps.common.models import CodeValue
from apps.people.models import Household

pytestmark = pytest.mark.django_db

COLUMNS = [
    ("t", "text"), ("n", "integer"), ("b", "boolean"), ("d", "date"), ("m", "numeric"), ("a", "text[]"),
    ("x", "bytea"), ("j", "jsonb"),
]  # fmt: skip


def round_trip(rows: list[tuple]) -> list[tuple]:
    with transaction.atomic():
        copy_rows("staged_test", COLUMNS, rows)
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM staged_test")
            found = [(*row[:6], row[6] and bytes(row[6]), row[7]) for row in cursor.fetchall()]
    return found


def test_values_come_back_as_given():
    rows = [
        ("张三", 1, True, datetime.date(1936, 2, 29), Decimal("12.50"), ["甲", "乙"], b"\x00\xff", None),
        (None, None, None, None, None, None, None, None),
    ]

    assert round_trip(rows) == rows


@pytest.mark.parametrize(
    "text", ["", "\\N", "NULL", 'a"b', "a,b", "a\nb", "a\tb", "\\.", "'; DROP TABLE x; --", "䶮𬭎", " 前后 ", "=1+1"]
)
def test_awkward_text_stays_text(text):
    assert round_trip([(text, None, None, None, None, [text, 'q"\\', "{}"], None, None)])[0][0] == text
    assert round_trip([(text, None, None, None, None, [text], None, None)])[0][5] == [text]


def test_json_and_empty_arrays():
    assert round_trip([(None, None, None, None, None, [], None, {"名": ['"', 1]})])[0][5:] == (
        [], None, '{"名": ["\\"", 1]}',
    )  # fmt: skip


def test_staging_is_gone_after_the_transaction_and_may_be_made_again():
    round_trip([])
    round_trip([])
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pg_temp.staged_test')")


def test_inserted_rows_take_database_defaults_and_raise_versions_later():
    keys = reserve_ids(Household, 2)
    public = ["00000000-0000-0000-0000-00000000000" + str(number) for number in (1, 2)]
    with transaction.atomic():
        written = insert_rows(
            Household, ["id", "public_id", "name"], [(key, uid, "家") for key, uid in zip(keys, public, strict=True)]
        )

    assert written == 2
    assert list(Household.objects.order_by("pk").values_list("pk", "version", "note")) == [(k, 1, "") for k in keys]
    assert execute("UPDATE people_household SET note = 'x' WHERE id = %s", [keys[0]]) == 1
    assert Household.objects.get(pk=keys[0]).version == 2


def test_rolled_back_batch_leaves_nothing():
    with transaction.atomic():
        insert_rows(CodeValue, ["code_list", "code", "name", "aliases", "position"], [("t", "1", "一", [], 0)])
        transaction.set_rollback(True)

    assert not CodeValue.objects.filter(code_list="t").exists()
