"""What branches are reminded of about meetings and home deliveries."""

import datetime

import pytest
from django.db import connection

from apps.branches.models import HomeDelivery
from apps.branches.occasions import branch_reminders_between
from tests.branches.test_coverage import held
from tests.builders import make_organisation, make_person

pytestmark = pytest.mark.django_db

D = datetime.date


def told(start, end):
    """(topic, organisation, role, due_on, valid_until) of meetings and deliveries."""
    found = set()
    with connection.cursor() as cursor:
        for rows in branch_reminders_between(start, end):
            cursor.execute(rows.sql, rows.params)
            names = [column.name for column in cursor.description]
            lines = [dict(zip(names, line, strict=True)) for line in cursor.fetchall()]
            found |= {
                (line["topic"], line["organisation_id"], line["role"], line["due_on"], line["valid_until"])
                for line in lines
            }
    return {line for line in found if line[0] in {"meeting_over", "delivery", "delivery_late"}}


def test_month_without_party_day_is_told_above_and_to_staff_when_it_is_over():
    quiet, busy = make_organisation("甲支部"), make_organisation("乙支部")
    held(busy, on=D(2026, 10, 25))

    first, until = D(2026, 11, 1), D(2026, 11, 11)
    assert told(first, first) == {("meeting_over", quiet.pk, role, first, until) for role in ("above", "section")}
    assert told(D(2026, 10, 31), D(2026, 10, 31)) == set()


def test_promises_are_told_before_their_day_and_after_it():
    branch = make_organisation("甲支部", level="general")
    due = D(2026, 11, 9)
    values = {"organisation": branch, "person": make_person(), "due_on": due}
    HomeDelivery.objects.create(**values)
    HomeDelivery.objects.create(**values, delivered_on=due)
    HomeDelivery.objects.create(**values | {"person": make_person("逝者", life_status="deceased")})

    ahead = ("delivery", branch.pk, "branch", D(2026, 11, 6), D(2026, 11, 10))
    late = ("delivery_late", branch.pk, "branch", D(2026, 11, 10), D(2026, 12, 9))
    assert told(D(2026, 11, 5), D(2026, 11, 5)) == set()
    assert told(D(2026, 11, 6), D(2026, 11, 6)) == {ahead}
    assert told(D(2026, 11, 9), D(2026, 11, 9)) == {ahead}
    assert told(D(2026, 11, 10), D(2026, 11, 10)) == {late}
    assert told(D(2026, 12, 8), D(2026, 12, 8)) == {late}
