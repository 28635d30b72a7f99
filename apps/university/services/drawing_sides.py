"""What the university adds to a draw of its classes: how many courses one may take, and which are the same course."""

import datetime as dt
from collections.abc import Iterable, Mapping
from itertools import combinations

from django.db.models import Count

from apps.organisation.queries import rule_values
from apps.signups.models import Offering
from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassGroup, Enrolment
from apps.university.rules.places import EnrolmentRules


def left(offering: Offering, persons: Iterable[int], on: dt.date) -> Mapping[int, int]:
    """How many more courses of that term each person may take (rule book 9.1); nobody is named where there is no
    most."""
    group = ClassGroup.objects.select_related("school__unit", "term").get(offering=offering)
    rules = rule_values(EnrolmentRules.rule_key, on=on, unit=group.school.unit)
    if not rules.most_courses:
        return {}
    ids = list(persons)
    rows = Enrolment.objects.filter(
        student__in=ids, state=EnrolmentState.STUDYING, voided_at__isnull=True,
        class_group__term__year=group.term.year, class_group__term__season=group.term.season,
    )  # fmt: skip
    held = dict(rows.order_by().values_list("student").annotate(Count("pk")))
    return {person: max(0, rules.most_courses - held.get(person, 0)) for person in ids}


def alike(offerings: Iterable[Offering]) -> Iterable[tuple[int, int]]:
    """Pairs of classes of one course, of which a person takes one."""
    courses: dict[int, list[int]] = {}
    rows = ClassGroup.objects.filter(offering__in=list(offerings)).order_by("offering_id")
    for course, offering in rows.values_list("course_id", "offering_id"):
        courses.setdefault(course, []).append(offering)
    return [pair for same in courses.values() for pair in combinations(same, 2)]
