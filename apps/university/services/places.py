"""What the university says about places of its classes: who may not have one, and what happens when one is given."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from apps.common.partial_date import PartialDate
from apps.organisation.queries import rule_values
from apps.signups.choices import SignUpState
from apps.signups.kinds import Kind
from apps.signups.models import Offering, SignUp
from apps.signups.queries import clashes
from apps.university.choices.schools import Admits
from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassGroup, Enrolment, Student
from apps.university.queries.students import papers_refusal
from apps.university.rules.places import Applicant, ClassLimits, EnrolmentRules, refusal

from .drawing_sides import alike, left
from .fees import fees_for_many, pay_by, rules_for
from .students import register_many

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
# Of a class, what decides: this is asked at every press of a button while thousands press.
LOOKED_AT = (
    "offering_id", "grade", "first_on", "age_from", "age_to", "needs_health", "school__admits", "school__unit__path",
    "term__year", "term__season", "course__strenuous",
)  # fmt: skip
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
    group = ClassGroup.objects.select_related("school__unit", "term", "course").only(*LOOKED_AT).get(offering=offering)
    rules = rule_values(EnrolmentRules.rule_key, on=on, unit=group.school.unit)
    limits = ClassLimits(group.first_on, group.age_from, group.age_to, group.school.admits == Admits.CADRES)
    busy = clashes(offering, ids)
    found = {person: refusal(limits, facts, rules) for person, facts in _applicants(group, ids, busy)}
    found = {person: sentence for person, sentence in found.items() if sentence}
    return {**papers_refusal(group, set(ids) - found.keys(), on), **found}


def seated(sign_ups: list[SignUp], on: dt.date) -> None:
    """Students and enrolments of those who got a place, with what they owe. Who comes back to his place (a death that
    was no death) has the enrolment he had."""
    known = _came_back([row.pk for row in sign_ups])
    fresh: dict[int, list[SignUp]] = {}
    for sign_up in sign_ups:
        if sign_up.pk not in known:
            fresh.setdefault(sign_up.offering_id, []).append(sign_up)
    groups = ClassGroup.objects.select_related("school__unit").filter(offering__in=fresh)
    for group in groups.order_by("pk"):
        _enrol(group, fresh[group.offering_id], on)


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


def _applicants(group: ClassGroup, persons: list[int], busy: Mapping[int, str]) -> Iterable[tuple[int, Applicant]]:
    values: dict[str, Any] = {
        "year": group.term.year, "season": group.term.season, "course": group.course_id, "grade": group.grade,
        "offering": group.offering_id, "persons": persons,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(FACTS, values)
        rows = cursor.fetchall()
    for person, life, voided, birth, is_cadre, held, times, same_now in rows:
        date = PartialDate.parse(birth) if birth else None
        yield person, Applicant(life, voided, date, is_cadre, held, times, same_now, busy.get(person, ""))


def _came_back(sign_ups: list[int]) -> set[int]:
    """Sign-ups that have an enrolment already: it goes on."""
    rows = Enrolment.objects.filter(sign_up__in=sign_ups)
    known = set(rows.values_list("sign_up_id", flat=True))
    if known:
        rows.update(state=EnrolmentState.STUDYING, ended_on=None, end_reason="", voided_at=None, void_reason="")
    return known


def _enrol(group: ClassGroup, sign_ups: list[SignUp], on: dt.date) -> None:
    """Each by the account that entered it, so that the audit says who made a student of whom."""
    by_actor: dict[int | None, list[SignUp]] = {}
    for sign_up in sign_ups:
        by_actor.setdefault(sign_up.entered_by_id, []).append(sign_up)
    students: dict[int, Student] = {}
    for rows in by_actor.values():
        students |= register_many([row.person_id for row in rows], group.school, on=on, actor=rows[0].entered_by)
    rules = rules_for(group, on)
    fees, last_day = fees_for_many(group, students.values(), on, rules), pay_by(group, on, rules)
    Enrolment.objects.bulk_create(
        Enrolment(
            sign_up=row, class_group=group, student_id=row.person_id,
            fee_due=fees[row.person_id][0], discount=fees[row.person_id][1], pay_by=last_day,
        )
        for row in sign_ups
    )  # fmt: skip


CLASSES = Kind(CLASS, "课程", refusals, seated, freed, phone, WORKS_ON, left, alike)
