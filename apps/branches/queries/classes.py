"""Who among secretaries and committee members has been to a training class, and who not for years."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery

from apps.branches.models import ClassSeat, Post


def posts_on(organisation_ids: Iterable[int], day: dt.date) -> QuerySet[Post]:
    """Posts held on a day, ordered by the tree."""
    rows = Post.objects.current(day).filter(organisation_id__in=organisation_ids)
    return rows.select_related("person", "organisation").order_by("organisation__path", "kind", "pk")


def not_trained_since(organisation_ids: Iterable[int], since: dt.date, on: dt.date) -> QuerySet[Post]:
    """Posts of today whose holders attended no class that began on `since` or later; `last_class` says when they did.

    In the order of the tree: nobody is ranked.
    """
    seats = ClassSeat.objects.filter(person=OuterRef("person"), attended=True, secretary_class__voided_at__isnull=True)
    last = seats.order_by().values("person").annotate(last=Max("secretary_class__starts_on")).values("last")
    recent = seats.filter(secretary_class__starts_on__gte=since)
    return posts_on(organisation_ids, on).exclude(Exists(recent)).annotate(last_class=Subquery(last))
