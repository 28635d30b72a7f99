"""Who may be given something to do."""

import datetime as dt
from collections.abc import Iterable

from apps.volunteers.models import Volunteer


def may_serve(volunteer_ids: Iterable[int], on: dt.date) -> dict[int, str]:
    """Volunteer id → the sentence why nothing may be given to him on a day."""
    known = set(Volunteer.objects.active().filter(pk__in=volunteer_ids).values_list("pk", flat=True))
    return {pk: "请先登记成为志愿者。" for pk in set(volunteer_ids) - known}
