"""What the university says about places of its classes: who may not have one, and what happens when one is given."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db import connection

from apps.common.insert_select import execute
from apps.common.part_rows import part_of
from apps.common.partial_date import PartialDate
from apps.organisation.models import Unit
from apps.organisation.queries import rules_at
from apps.signups.choices import SignUpState
from apps.signups.kinds import Kind
from apps.signups.models import Offering, SignUp
from apps.signups.queries import clashes
from apps.university.choices.schools import Admits
from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassGroup, Course, Enrolment, School
from apps.university.queries.students import papers_refusal
from apps.university.rules.places import Applicant, ClassLimits, EnrolmentRules, refusal
from apps.university.rules.statements import PaperRules

from .drawing_sides import alike, left
from .fees import fees_for_many, pay_by, rules_for
from .students import register_locked

CLASS = "class"
# Whose staff work on the places of classes, and hear of them.
WORKS_ON = "university.change_student"
# Enrolments count, never offers; of the same term are those of its year and season, at whatever school.
FACTS = """
SELECT p.id, p.life_status, p.voided_at IS NOT NULL, p.birth_date,
       EXISTS (SELECT FROM registry_cadre c WHERE c.person_id = p.id AND c.voided_at IS NULL),
       e.held, e.times, e.same_now
FROM people_person p
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE e.state = 'in' AND t.year = %(year)s AND t.season = %(season)s) AS held,
         count(*) FILTER (WHERE e.state IN ('in', 'done', 'short') AND c.course_id = %(course)s
                            AND c.grade = %(grade)s) AS times,
         coalesce(max(o.title) FILTER (WHERE e.state = 'in' AND c.course_id = %(course)s AND t.year = %(year)s
                                         AND t.season = %(season)s), '') AS same_now
  FROM university_enrolment e
  JOIN university_classgroup c ON c.id = e.class_group_id
  JOIN university_term t ON t.id = c.term_id
  JOIN signups_offering o ON o.id = c.offering_id
  WHERE e.student_id = p.id AND e.voided_at IS NULL AND c.offering_id <> %(offering)s
) e
WHERE p.id = ANY(%(persons)s)
"""
# Of a class, what decides. Plain statements: this is asked at every press of a button while thousands press.
LIMITS = """
SELECT c.first_on, c.age_from, c.age_to, c.grade, c.needs_health, c.course_id, k.strenuous, s.admits, u.path, t.year,
       t.season
FROM university_classgroup c
JOIN university_term t ON t.id = c.term_id
JOIN university_course k ON k.id = c.course_id
JOIN university_school s ON s.id = c.school_id
JOIN organisation_unit u ON u.id = s.unit_id
WHERE c.offering_id = %s
"""
# Of classes, what fees follow from.
CHARGED_BY = """
SELECT c.id, c.term_id, c.school_id, c.offering_id, c.fee, c.monitor_id, s.unit_id, u.path
FROM university_classgroup c
JOIN university_school s ON s.id = c.school_id
JOIN organisation_unit u ON u.id = s.unit_id
WHERE c.offering_id = ANY(%s) ORDER BY c.id
"""
CHARGED = ("id", "term_id", "school_id", "offering_id", "fee", "monitor_id")
# Whoever has an enrolment of this sign-up goes on with it: what he owes and paid stays.
ENROL = """
INSERT INTO university_enrolment
  (public_id, class_group_id, state, pay_by, sign_up_id, student_id, fee_due, discount)
SELECT gen_random_uuid(), %(group)s, 'in', %(pay_by)s, * FROM unnest(
  %(sign_ups)s::bigint[], %(students)s::bigint[], %(fees)s::numeric[], %(discounts)s::text[]
)
ON CONFLICT (sign_up_id) DO UPDATE
SET state = 'in', ended_on = NULL, end_reason = '', voided_at = NULL, void_reason = ''
"""
LEAVING: dict[str, EnrolmentState] = {
    SignUpState.CANCELLED: EnrolmentState.CANCELLED,
}


def refusals(offering: Offering, persons: Iterable[int], on: dt.date) -> Mapping[int, str]:
    """Who may not have a place in this class on a day, each with the sentence for him (rule book 9.1).

    Whether it is open, and whether he has asked for it already, is not looked at here. Four statements for however
    many people.
    """
    ids = list(persons)
    if not ids:
        return {}
    group = _looked_at(offering)
    rules = rules_at([EnrolmentRules.rule_key, PaperRules.rule_key], on=on, path=group.unit_path)
    limits = ClassLimits(group.first_on, group.age_from, group.age_to, group.admits == Admits.CADRES)
    busy = clashes(offering, ids)
    found = {
        person: refusal(limits, facts, rules[EnrolmentRules.rule_key])
        for person, facts in _applicants(group, offering, ids, busy)
    }
    found = {person: sentence for person, sentence in found.items() if sentence}
    asked = part_of(ClassGroup, first_on=group.first_on, needs_health=group.needs_health)
    asked.course = part_of(Course, id=group.course, strenuous=group.strenuous)
    papers = papers_refusal(asked, set(ids) - found.keys(), on, rules[PaperRules.rule_key])
    return {**papers, **found}


def seated(sign_ups: list[SignUp], on: dt.date) -> None:
    """Students and enrolments of those who got a place, with what they owe. Who comes back to his place (a death that
    was no death) has the enrolment he had."""
    by_offering: dict[int, list[SignUp]] = {}
    for sign_up in sign_ups:
        by_offering.setdefault(sign_up.offering_id, []).append(sign_up)
    for group in _charged(by_offering):
        _enrol(group, by_offering[group.offering_id], on)


def freed(sign_ups: list[SignUp], on: dt.date) -> None:
    """Ends the enrolments of those who gave their place up; of one that was undone nothing is left but a voided row."""
    by_key = {row.pk: row for row in sign_ups}
    rows = Enrolment.objects.select_for_update(of=("self",)).filter(
        sign_up__in=by_key, state=EnrolmentState.STUDYING, voided_at__isnull=True
    )
    for row in rows.order_by("pk"):
        sign_up = by_key[row.sign_up_id]
        row.state, row.ended_on = LEAVING.get(sign_up.state, EnrolmentState.LEFT), on
        row.end_reason = sign_up.end_reason[:120]
        if sign_up.state == SignUpState.UNDONE:
            row.voided_at, row.void_reason = sign_up.ended_at, "撤销报名"
        row.save(update_fields=["state", "ended_on", "end_reason", "voided_at", "void_reason"])


def phone(offering: Offering) -> str:
    return offering.class_group.school.phone


class _LookedAt(NamedTuple):
    """A row of LIMITS."""

    first_on: dt.date
    age_from: int | None
    age_to: int | None
    grade: int
    needs_health: bool
    course: int
    strenuous: bool
    admits: str
    unit_path: str
    year: int
    season: str


def _looked_at(offering: Offering) -> _LookedAt:
    with connection.cursor() as cursor:
        cursor.execute(LIMITS, [offering.pk])
        return _LookedAt(*cursor.fetchone())


def _applicants(
    group: _LookedAt, offering: Offering, persons: list[int], busy: Mapping[int, str]
) -> Iterable[tuple[int, Applicant]]:
    values: dict[str, Any] = {
        "year": group.year, "season": group.season, "course": group.course, "grade": group.grade,
        "offering": offering.pk, "persons": persons,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(FACTS, values)
        rows = cursor.fetchall()
    for person, life, voided, birth, is_cadre, held, times, same_now in rows:
        date = PartialDate.parse(birth) if birth else None
        yield person, Applicant(life, voided, date, is_cadre, held, times, same_now, busy.get(person, ""))


def _charged(offerings: Iterable[int]) -> list[ClassGroup]:
    with connection.cursor() as cursor:
        cursor.execute(CHARGED_BY, [list(offerings)])
        rows = cursor.fetchall()
    found = []
    for *facts, unit_id, path in rows:
        group = part_of(ClassGroup, **dict(zip(CHARGED, facts, strict=True)))
        group.school = part_of(School, id=group.school_id, unit_id=unit_id)
        group.school.unit = part_of(Unit, id=unit_id, path=path)
        found.append(group)
    return found


def _enrol(group: ClassGroup, sign_ups: list[SignUp], on: dt.date) -> None:
    """Each by the account that entered it, so that the audit says who made a student of whom."""
    by_actor: dict[int | None, list[SignUp]] = {}
    for sign_up in sign_ups:
        by_actor.setdefault(sign_up.entered_by_id, []).append(sign_up)
    kinds: dict[int, str] = {}
    for rows in by_actor.values():
        ids = sorted({row.person_id for row in rows})
        kinds |= register_locked(ids, group.school_id, on=on, actor=rows[0].entered_by)
    rules = rules_for(group, on)
    fees = fees_for_many(group, kinds, rules)
    owed = [fees[row.person_id] for row in sign_ups]
    values = {"group": group.pk, "pay_by": pay_by(group, on, rules), "sign_ups": [row.pk for row in sign_ups]}
    values["students"] = [row.person_id for row in sign_ups]
    execute(ENROL, {**values, "fees": [fee for fee, _ in owed], "discounts": [words for _, words in owed]})


CLASSES = Kind(CLASS, "课程", refusals, seated, freed, phone, WORKS_ON, left, alike)
