"""Outside posts that end soon: which of them staff, and who holds them, are told of on a day (rule book 10.52)."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import QuerySet

from apps.common.row_set import RowSet
from apps.organisation.queries import rule_groups
from apps.people.choices import LifeStatus
from apps.volunteers.models import OutsidePost
from apps.volunteers.rules.posts import PatrolRules

DAY = dt.timedelta(days=1)
ENDS = "volunteers.post_ends"
# Once for each end: a post that is prolonged is told of anew.
ENDS_ROWS = """
SELECT %s AS template, 'volunteers:post:' || o.id || ':' || o.ends_on AS key, o.person_id,
       jsonb_build_object('post', o.id) AS context, o.ends_on AS valid_until
FROM volunteers_outsidepost o WHERE o.id IN ({posts})
"""


def posts_ending(on: dt.date) -> list[tuple[int, QuerySet]]:
    """(days of the stage, posts) for each stage of the rules in force: posts of the living that end within so many days
    of a day and not yet within those of the next stage, that no next term follows and nobody ended. A stage lasts
    until the next, so that none is lost on a day off. One query a stage when it is read. See rule book 10.52."""
    return [(days, rows) for days, _, rows in _stages(on)]


def posts_ending_rows(on: dt.date) -> RowSet:
    """Template, key, person_id, context, valid_until (the day it ends) for those whose post is in its last stage.

    See rule book 10.52.
    """
    whole = RowSet("SELECT '', '', 0::bigint, '{}'::jsonb, current_date WHERE false")
    for _, nearer, rows in _stages(on):
        if nearer == 0:
            posts = RowSet.of(rows.order_by().values("pk"))
            whole += RowSet(ENDS_ROWS.format(posts=posts.sql), [ENDS, *posts.params])
    return whole


def _stages(on: dt.date) -> Iterator[tuple[int, int, QuerySet]]:
    """(days of the stage, days of the next one or 0, posts in it)."""
    for rules, units in rule_groups(PatrolRules.rule_key, on=on):
        days = sorted({number for number in rules.remind_days if number > 0}, reverse=True)
        for far, nearer in zip(days, [*days[1:], 0], strict=True):
            rows = OutsidePost.objects.current().filter(
                ends_on__gt=on + nearer * DAY, ends_on__lte=on + far * DAY, starts_on__lte=on,
                renewed_as__isnull=True, ended_because="", person__life_status=LifeStatus.LIVING,
            )  # fmt: skip
            yield far, nearer, rows if units is None else rows.filter(unit__in=units)
