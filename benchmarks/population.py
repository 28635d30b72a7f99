"""People for the benchmarks: made inside a transaction that is rolled back, so that a database keeps no trace."""

import datetime
import itertools
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.test import Client
from django.test.utils import override_settings

from apps.accounts.models import RoleGrant, User
from apps.common import crypto
from apps.common.insert_select import copy_rows, execute
from apps.common.names import name_keys
from apps.organisation.models import Unit
from apps.people.models import Person, Phone

UNITS = 60
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹"
    "彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
)
GIVEN = "伟芳秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂国华建文玉志德厚修"

PEOPLE = """
INSERT INTO people_person (public_id, citizen_id, residence, name, name_pinyin, name_initials, name_sort_key,
    name_stroke_key, search_grams, citizen_id_index, citizen_id_last4, citizen_id_historic, sex, birth_date,
    birthday_leap, birthday_greeting, hard_of_hearing, poor_sight, life_status, version, created_at, updated_at)
SELECT coalesce(s.public_id, gen_random_uuid()), s.citizen_id, s.residence, n.name, n.pinyin, n.initials, n.sort_key,
    n.stroke_key, n.grams,
    decode(md5('bench' || i), 'hex'), f.citizen_id, false, (1 + i %% 2)::text,
    (1930 + i %% 36)::text || '-' || lpad((1 + i %% 12)::text, 2, '0') || '-15', false, true, false, false,
    CASE WHEN i %% 50 = 0 THEN 'deceased' ELSE 'living' END, 1, now(), now()
FROM generate_series(%s, %s) i
JOIN bench_names n ON n.place = (i::bigint * 7919) %% %s
JOIN bench_fours f ON f.place = (i::bigint * 104729) %% 10000
LEFT JOIN bench_sealed s ON s.place = i
RETURNING id
"""
CADRES = (
    """
WITH made AS ("""
    + PEOPLE
    + """)
INSERT INTO registry_cadre (person_id, retire_type, managing_unit_id, counting_unit_id, living, version, in_beijing,
    resettled, lives_away, former_post, leader_rank, grade_rank, created_at, updated_at)
SELECT id, CASE WHEN id %% 40 = 0 THEN 'veteran' ELSE 'retired' END, (%s::bigint[])[1 + id %% %s],
    (%s::bigint[])[1 + id %% %s], CASE id %% 5 WHEN 0 THEN 'alone' WHEN 1 THEN 'spouse' ELSE 'children' END,
    1, false, false, false, '副科长', CASE WHEN id %% 3 = 0 THEN '142' ELSE '' END, '', now(), now()
FROM made
"""
)
PHONES = """
INSERT INTO people_phone (public_id, number, person_id, kind, number_index, last4_index, version, created_at,
    updated_at)
SELECT coalesce(s.phone_public_id, gen_random_uuid()), s.number, c.person_id, 'mobile',
    decode(md5('phone' || c.person_id), 'hex'), f.phone, 1, now(), now()
FROM registry_cadre c JOIN people_person p ON p.id = c.person_id
JOIN bench_fours f ON f.place = (c.person_id * 31) %% 10000
LEFT JOIN bench_sealed s ON s.public_id = p.public_id
WHERE c.person_id > %s
"""
TABLES = "people_person, people_phone, registry_cadre, organisation_unit"


class Undo(Exception):
    """Leaves the transaction without a trace."""


@contextmanager
def rolled_back() -> Iterator[None]:
    """Everything inside is undone. Code that asks for a transaction of its own (`audit.look`) is let through, as a
    test case does."""
    block = transaction.atomic()
    block._from_testcase = True
    try:
        with block:
            yield
            raise Undo
    except Undo:
        pass
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {TABLES}")


class Population:
    """A bureau with units and a clerk over all of them; `grow` brings the number of cadres to `total`.

    The first `sealed` of them have a citizen id, an address and a phone in cipher, as a real registry has them.
    """

    def __init__(self, *, sealed: int = 0) -> None:
        top = Unit.add_root(name="基准测试老干部局", code="bench")
        Unit.objects.get(pk=top.pk)
        self.units = [top.pk] + [
            Unit.objects.get(pk=top.pk).add_child(name=f"基准测试单位{place}", code=f"bench{place}").pk
            for place in range(UNITS - 1)
        ]
        self.clerk = User.objects.create_user("bench-clerk", None, display_name="基准", is_staff=True)
        RoleGrant.objects.create(user=self.clerk, role="clerk", unit=top, starts_on=datetime.date(2020, 1, 1))
        self.people = 0
        self.names = [a + b + c for a, b, c in itertools.product(SURNAMES, GIVEN, ["", *GIVEN[:11]])]
        self._copy_names()
        self._copy_fours()
        self._copy_sealed(sealed)

    def _copy_sealed(self, count: int) -> None:
        columns = [("place", "bigint"), ("public_id", "uuid"), ("citizen_id", "bytea"), ("residence", "bytea")]
        columns += [("phone_public_id", "uuid"), ("number", "bytea")]
        copy_rows("bench_sealed", columns, (_sealed_row(place) for place in range(1, count + 1)))

    def _copy_names(self) -> None:
        columns = [("place", "bigint"), ("name", "text"), ("pinyin", "text"), ("initials", "text")]
        columns += [("sort_key", "text"), ("stroke_key", "text"), ("grams", "text[]")]
        rows = ((place, name, name_keys(name)) for place, name in enumerate(self.names))
        copy_rows(
            "bench_names",
            columns,
            ((place, name, k.pinyin, k.initials, k.sort_key, k.stroke_key, k.grams) for place, name, k in rows),
        )

    def _copy_fours(self) -> None:
        columns = [("place", "bigint"), ("citizen_id", "bytea"), ("phone", "bytea")]
        fours = (f"{place:04}" for place in range(10_000))
        copy_rows(
            "bench_fours",
            columns,
            (
                (int(four), crypto.blind_index("citizen_id_last4", four), crypto.blind_index("phone_last4", four))
                for four in fours
            ),
        )

    def grow(self, total: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(max(person_id), 0) FROM registry_cadre")
            last = cursor.fetchone()[0]
        units = [self.units, len(self.units)] * 2
        execute(CADRES, [self.people + 1, total, len(self.names), *units])
        execute(PHONES, [last])
        self.people = total
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {TABLES}")

    def client(self) -> Client:
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(self.clerk)
        return client


def _sealed_row(place: int) -> tuple:
    person, phone = uuid.uuid4(), uuid.uuid4()
    return (
        place,
        person,
        Person._meta.get_field("citizen_id").seal(person, f"44060019380501{place % 10_000:04}"),
        Person._meta.get_field("residence").seal(person, f"云江市河滨路 {place} 号"),
        phone,
        Phone._meta.get_field("number").seal(phone, f"138{place:08}"),
    )


def plain_static():
    """Pages can be rendered before static files were collected."""
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    media = "django.core.files.storage.InMemoryStorage"
    return override_settings(STORAGES={"default": {"BACKEND": media}, "staticfiles": {"BACKEND": plain}})
