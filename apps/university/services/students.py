"""Who is a student, where, and with which card: the only writer of Student, StudentSchool and StudentCard."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection, transaction

from apps.common import audit
from apps.common.insert_select import execute, reserve_ids
from apps.people.models import Person
from apps.registry.choices import VETERAN_TYPES
from apps.registry.models import Cadre
from apps.university.choices.students import StudentKind
from apps.university.models import School, Student, StudentCard
from apps.university.rules.cards import card_number

# Who is a student already, as what, and what the registry says of him.
KNOWN = """
SELECT p.id, s.kind, c.retire_type
FROM people_person p
LEFT JOIN university_student s ON s.person_id = p.id
LEFT JOIN registry_cadre c ON c.person_id = p.id AND c.voided_at IS NULL
WHERE p.id = ANY(%s) ORDER BY p.id
"""
USED = "SELECT card_no FROM university_studentcard WHERE card_no = ANY(%s)"
MAKE = """
WITH new AS (
  SELECT * FROM unnest(%(students)s::bigint[], %(kinds)s::text[], %(numbers)s::text[], %(keys)s::bigint[])
    AS made(person, kind, number, key)
), student AS (
  INSERT INTO university_student (public_id, person_id, card_no, kind, registered_on)
  SELECT gen_random_uuid(), person, number, kind, %(on)s FROM new
)
INSERT INTO university_studentcard (id, student_id, card_no, issued_on) SELECT key, person, number, %(on)s FROM new
"""
THERE = """
INSERT INTO university_studentschool (student_id, school_id, since)
SELECT unnest(%(students)s::bigint[]), %(school)s, %(on)s ON CONFLICT DO NOTHING
"""


def register(person: Person, school: School, *, on: dt.date, actor) -> Student:
    """The student that a person is, known at `school` from now on: made with a card number at the first time, found
    at every later one, however many ask at once."""
    return register_many([person.pk], school, on=on, actor=actor)[person.pk]


@transaction.atomic
def register_many(
    person_ids: Iterable[int], school: School, *, on: dt.date, actor, cards: Mapping[int, str] | None = None
) -> dict[int, Student]:
    """person id → student, all of them known at `school`; for draws, in the same few statements for any number.
    `cards`: numbers that people bear already, for those who are no students yet. See rule book 9.30.

    Locks the persons in order of their keys: call it before any place is locked, or with the persons locked already.
    """
    ids = sorted(set(person_ids))
    locked = Person.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=ids).order_by("pk")
    list(locked.values_list("pk"))
    register_locked(ids, school.pk, on=on, actor=actor, cards=cards)
    return Student.objects.select_related("person").in_bulk(ids)


def register_locked(
    ids: Sequence[int], school: int, *, on: dt.date, actor, cards: Mapping[int, str] | None = None
) -> dict[int, str]:
    """`register_many` for persons whom the caller has locked, in his transaction: person id → what kind of student.
    Five statements for new ones, two for those who are known."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [list(ids)])
        rows = cursor.fetchall()
    kinds = {pk: known if known and retire_type is None else _kind(retire_type) for pk, known, retire_type in rows}
    if new := [pk for pk, known, _ in rows if known is None]:
        _make({pk: kinds[pk] for pk in new}, on, cards or {})
        audit.record("student.register", actor=actor, people=new, target=f"university.school:{school}")
    for kind in set(kinds.values()):  # what the registry has learnt since
        changed = [pk for pk, known, _ in rows if known not in (None, kind) and kinds[pk] == kind]
        if changed:
            Student.objects.filter(pk__in=changed).update(kind=kind)
    execute(THERE, {"students": list(ids), "school": school, "on": on})
    return kinds


def kinds_of(person_ids: Iterable[int]) -> dict[int, str]:
    """person id → 离休, 退休 or 其他, as the registry knows him today."""
    ids = list(person_ids)
    cadres = dict(Cadre.objects.filter(pk__in=ids, voided_at__isnull=True).values_list("pk", "retire_type"))
    return {pk: _kind(cadres.get(pk)) for pk in ids}


def kind_now(student: Student) -> str:
    """What the registry says of him today; of whoever is no cadre, what was typed."""
    found = kinds_of([student.pk])[student.pk]
    return student.kind if found == StudentKind.OTHER else found


def _kind(retire_type: str | None) -> str:
    if retire_type is None:
        return StudentKind.OTHER
    return StudentKind.SUBSIDISED if retire_type in VETERAN_TYPES else StudentKind.RETIRED


def _make(kinds: Mapping[int, str], on: dt.date, borne: Mapping[int, str]) -> None:
    """Students with their first cards. Both are locked out by the lock on the persons."""
    bare = [pk for pk in kinds if pk not in borne]
    numbers = {pk: borne[pk] for pk in kinds if pk in borne}
    keys = dict(zip(numbers, reserve_ids(StudentCard, len(numbers)), strict=True)) if numbers else {}
    for pk, (key, number) in zip(bare, new_numbers(len(bare)), strict=True):
        keys[pk], numbers[pk] = key, number
    values = {"students": list(kinds), "kinds": list(kinds.values()), "on": on}
    execute(MAKE, {**values, "numbers": [numbers[pk] for pk in kinds], "keys": [keys[pk] for pk in kinds]})


def new_numbers(count: int) -> list[tuple[int, str]]:
    """(key, number) of cards to be made. A number that an imported card bears already is passed over."""
    found: list[tuple[int, str]] = []
    while len(found) < count:
        made = [(key, card_number(key)) for key in reserve_ids(StudentCard, count - len(found))]
        with connection.cursor() as cursor:
            cursor.execute(USED, [[number for _, number in made]])
            used = {number for (number,) in cursor.fetchall()}
        found += [pair for pair in made if pair[1] not in used]
    return found
