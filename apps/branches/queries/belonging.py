"""Reads over party organisations and who belongs to them."""

import datetime
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from apps.branches.models import Membership, Organisation, Post


def subtree_ids(organisations: Iterable[Organisation]) -> set[int]:
    """Ids of the organisations and everything below them, dissolved and voided ones left out."""
    paths = Q()
    for organisation in organisations:
        paths |= Q(path__startswith=organisation.path)
    if not paths:
        return set()
    standing = Organisation.objects.filter(paths, dissolved_on__isnull=True, voided_at__isnull=True)
    return set(standing.values_list("pk", flat=True))


def posts_of(user, on: datetime.date) -> QuerySet[Post]:
    """Posts that the account's holder fills on a day."""
    return Post.objects.current(on).filter(user_id=user.pk).select_related("organisation", "person").order_by("pk")


def member_ids(organisation_ids: Iterable[int], on: datetime.date) -> QuerySet:
    """Subquery of person ids who belong to one of the organisations on a day, by any kind of link."""
    return Membership.objects.current(on).filter(organisation_id__in=sorted(organisation_ids)).values("person_id")


def formal_membership(person_id: int, on: datetime.date) -> Membership | None:
    """The one formal link of a person on a day (domain 2.2)."""
    links = Membership.objects.current(on).filter(person_id=person_id, link="formal")
    return links.select_related("organisation").order_by("-starts_on", "pk").first()
