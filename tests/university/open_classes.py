"""Classes that take people today, whatever day it is: for tests of pages, which ask the clock."""

import datetime as dt

from django.utils import timezone

from apps.signups.models import Round
from apps.university.models import ClassGroup, Course
from tests.builders import make_class, make_term

DAY = dt.timedelta(days=1)


def open_class(school, **over) -> ClassGroup:
    """First come, open since yesterday for ten days, taught from in two months. `interests` of its course."""
    now, today = timezone.now(), timezone.localdate()
    interests = over.pop("interests", None)
    window = {} if over.get("mode") == "lottery" else {"opens_at": now - DAY, "closes_at": now + 10 * DAY}
    made = make_class(school, **{"term": make_term(school.unit, on=today + 60 * DAY), **window, **over})
    if interests is not None:
        Course.objects.filter(pk=made.course_id).update(interests=interests)
    return made


def open_round(unit, **over) -> Round:
    now = timezone.now()
    values = {"kind": "class", "unit": unit, "name": "明年春季抽签", "opens_at": now - DAY, "closes_at": now + DAY}
    return Round.objects.create(**{**values, **over})
