"""Time taken by what nobody signs up for (a lecturer's talk): beside the places that were given, in the same table, so
that the same constraint keeps everybody out of two places at once. Inside the act's transaction, its persons locked by
the caller (`locking`)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from apps.signups.models import Occupied

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Engagement:
    """`subject` names its record, as `app.model:pk`; `title` is what others are told who want the same hour; `starts`
    and `ends` are minutes since midnight of `on`, half-open."""

    subject: str
    title: str
    on: dt.date
    starts: int
    ends: int


def engage(engagement: Engagement, people: Iterable[int]) -> None:
    """Exactly these people are taken then; who was taken by it before is free. Raises IntegrityError (`occupied_once`)
    where somebody is elsewhere: the database decides. See rule book 9.4, 10.61."""
    disengage(engagement.subject)
    Occupied.objects.bulk_create(
        Occupied(
            person_id=person, subject=engagement.subject, title=engagement.title, weekday=engagement.on.isoweekday(),
            starts=engagement.starts, ends=engagement.ends, first_on=engagement.on, until=engagement.on + DAY,
        )
        for person in sorted(set(people))
    )  # fmt: skip


def disengage(subject: str) -> None:
    """It takes nobody's time any more."""
    Occupied.objects.filter(subject=subject).delete()
