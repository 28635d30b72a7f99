"""Who is a student, where, and with which card: the only writer of Student, StudentSchool and StudentCard."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import transaction

from apps.common import audit
from apps.common.insert_select import reserve_ids
from apps.people.models import Person
from apps.registry.choices import VETERAN_TYPES
from apps.registry.models import Cadre
from apps.university.choices.students import StudentKind
from apps.university.models import School, Student, StudentCard, StudentSchool
from apps.university.rules.cards import card_number


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
    known = set(Student.objects.filter(pk__in=ids).values_list("pk", flat=True))
    new = [pk for pk in ids if pk not in known]
    if new:
        _make(new, on, cards or {})
        audit.record("student.register", actor=actor, people=new, target=f"university.school:{school.pk}")
    _refresh_kinds(known)
    there = [StudentSchool(student_id=pk, school=school, since=on) for pk in ids]
    StudentSchool.objects.bulk_create(there, ignore_conflicts=True)
    return Student.objects.select_related("person").in_bulk(ids)


def kinds_of(person_ids: Iterable[int]) -> dict[int, str]:
    """person id → 离休, 退休 or 其他, as the registry knows him today."""
    ids = list(person_ids)
    cadres = dict(Cadre.objects.filter(pk__in=ids, voided_at__isnull=True).values_list("pk", "retire_type"))
    return {pk: _kind(cadres.get(pk)) for pk in ids}


def kind_now(student: Student) -> str:
    """What the registry says of him today; of whoever is no cadre, what was typed."""
    found = kinds_of([student.pk])[student.pk]
    return student.kind if found == StudentKind.OTHER else found


def _refresh_kinds(student_ids: set[int]) -> None:
    """What the registry has learnt since about cadres; whoever is none keeps what was typed."""
    cadres = dict(Cadre.objects.filter(pk__in=student_ids, voided_at__isnull=True).values_list("pk", "retire_type"))
    for kind in (StudentKind.SUBSIDISED, StudentKind.RETIRED):
        meant = [pk for pk, retire_type in cadres.items() if _kind(retire_type) == kind]
        if meant:
            Student.objects.filter(pk__in=meant).exclude(kind=kind).update(kind=kind)


def _kind(retire_type: str | None) -> str:
    if retire_type is None:
        return StudentKind.OTHER
    return StudentKind.SUBSIDISED if retire_type in VETERAN_TYPES else StudentKind.RETIRED


def _make(person_ids: list[int], on: dt.date, borne: Mapping[int, str]) -> None:
    """Students with their first cards. Both are locked out by the lock on the persons."""
    kinds = kinds_of(person_ids)
    bare = [pk for pk in person_ids if pk not in borne]
    numbers = {pk: borne[pk] for pk in person_ids if pk in borne}
    keys = dict(zip(numbers, reserve_ids(StudentCard, len(numbers)), strict=True)) if numbers else {}
    for pk, (key, number) in zip(bare, new_numbers(len(bare)), strict=True):
        keys[pk], numbers[pk] = key, number
    Student.objects.bulk_create(
        Student(person_id=pk, card_no=numbers[pk], kind=kinds[pk], registered_on=on) for pk in person_ids
    )
    StudentCard.objects.bulk_create(
        StudentCard(pk=keys[pk], student_id=pk, card_no=numbers[pk], issued_on=on) for pk in person_ids
    )


def new_numbers(count: int) -> list[tuple[int, str]]:
    """(key, number) of cards to be made. A number that an imported card bears already is passed over."""
    found: list[tuple[int, str]] = []
    while len(found) < count:
        made = [(key, card_number(key)) for key in reserve_ids(StudentCard, count - len(found))]
        used = set(
            StudentCard.objects.filter(card_no__in=[number for _, number in made]).values_list("card_no", flat=True)
        )
        found += [pair for pair in made if pair[1] not in used]
    return found
