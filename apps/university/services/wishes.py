"""Who wants to be reminded on the eve of every lesson."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from apps.common import audit
from apps.people.models import Person
from apps.university.models import LessonWish


@transaction.atomic
def set_lesson_wish(person: Person, wanted: bool, *, actor, now: dt.datetime, on_behalf_of: int | None = None) -> None:
    """Nobody is reminded who did not ask (rule book 9.66). Once more the same does nothing."""
    if wanted:
        _, changed = LessonWish.objects.get_or_create(person=person, defaults={"since": now})
    else:
        changed = LessonWish.objects.filter(person=person).delete()[0] > 0
    if changed:
        audit.record(
            "lesson.wish", actor=actor, people=[person.pk], fields=["on" if wanted else "off"],
            on_behalf_of=on_behalf_of,
        )  # fmt: skip


def wishing_among(persons: Iterable[int]) -> set[int]:
    return set(LessonWish.objects.filter(person__in=persons).values_list("person_id", flat=True))
