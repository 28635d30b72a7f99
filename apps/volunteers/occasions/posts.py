"""Outside posts that end soon: whom to tell, on which day (rule book 10.52)."""

import datetime as dt

from django.db.models import DateField, ExpressionWrapper, F, QuerySet, Value

from apps.organisation.queries import rule_groups
from apps.people.choices import LifeStatus
from apps.volunteers.models import OutsidePost
from apps.volunteers.rules.posts import PatrolRules

DAY = dt.timedelta(days=1)


def posts_ending_between(start: dt.date, end: dt.date) -> list[tuple[int, QuerySet]]:
    """(days before the end, posts) for each reminder whose day is in [start, end): each queryset is of posts of the
    living that no next term follows, with `remind_on`. Rules as of `start`; one query a stage when it is read.
    See rule book 10.52."""
    found = []
    for rules, units in rule_groups(PatrolRules.rule_key, on=start):
        for days in rules.remind_days:
            rows = OutsidePost.objects.current().filter(
                ends_on__gte=start + days * DAY, ends_on__lt=end + days * DAY, renewed_as__isnull=True,
                ended_because="", person__life_status=LifeStatus.LIVING,
            )  # fmt: skip
            rows = rows if units is None else rows.filter(unit__in=units)
            remind_on = ExpressionWrapper(F("ends_on") - Value(days), output_field=DateField())
            found.append((days, rows.annotate(remind_on=remind_on)))
    return found
