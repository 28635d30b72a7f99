"""Reads over party organisations and who belongs to them."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from apps.branches.choices import Link
from apps.branches.models import Membership, Organisation, Post
from apps.branches.rules.belonging import PROBATIONARY
from apps.people.models import Person


@dataclass
class Counts:
    """How many belong to an organisation. `full` and `probationary` are those with a formal relation."""

    full: int = 0
    probationary: int = 0
    links: dict[str, int] = field(default_factory=dict)

    @property
    def formal(self) -> int:
        return self.full + self.probationary

    @property
    def others(self) -> int:
        """Members whose formal relation is elsewhere."""
        return sum(number for link, number in self.links.items() if link != Link.FORMAL)

    def __add__(self, other: "Counts") -> "Counts":
        links = {key: self.links.get(key, 0) + other.links.get(key, 0) for key in {*self.links, *other.links}}
        return Counts(self.full + other.full, self.probationary + other.probationary, links)


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


def memberships_in(organisation_ids: Iterable[int], on: datetime.date) -> QuerySet[Membership]:
    """Memberships of the organisations on a day; those of a 党小组 are the memberships that name it as group."""
    ids = sorted(organisation_ids)
    return Membership.objects.current(on).filter(Q(organisation_id__in=ids) | Q(group_id__in=ids))


def member_ids(organisation_ids: Iterable[int], on: datetime.date) -> QuerySet:
    """Subquery of person ids who belong to one of the organisations on a day, by any kind of link."""
    return memberships_in(organisation_ids, on).values("person_id")


def members_of(organisation: Organisation, on: datetime.date, *, formal_only: bool = False) -> QuerySet[Person]:
    """People who belong to the organisation itself on a day, by 姓氏笔画.

    Of a 党总支 or above these are none with a formal relation: members lie in the branches below (`subtree_ids`).
    """
    links = memberships_in([organisation.pk], on)
    if formal_only:
        links = links.filter(link=Link.FORMAL)
    return Person.objects.filter(pk__in=links.values("person_id")).order_by("name_stroke_key", "pk")


def probationary_on(on: datetime.date, person: str = "person__") -> Q:
    """Condition that a member is 预备党员 on a day: by 政治面貌, and by the day of 转正 where that lies ahead."""
    later = {f"{person}cadre__full_member_on__gt": on.isoformat()}
    return Q(**{f"{person}political_status": PROBATIONARY}) | Q(**later)


def member_counts(organisation_ids: Iterable[int], on: datetime.date) -> dict[int, Counts]:
    """Counts of each organisation's own members on a day, those below not included; one query for all of them."""
    ids = sorted(set(organisation_ids))
    found = {pk: Counts() for pk in ids}
    rows = (
        Membership.objects.current(on)
        .filter(organisation_id__in=ids)
        .values("organisation_id", "link")
        .annotate(number=Count("pk"), waiting=Count("pk", filter=probationary_on(on)))
        .order_by()
    )
    for row in rows:
        counts = found[row["organisation_id"]]
        counts.links[row["link"]] = row["number"]
        if row["link"] == Link.FORMAL:
            counts.full, counts.probationary = row["number"] - row["waiting"], row["waiting"]
    return found


def whole_counts(organisations: Iterable[Organisation], on: datetime.date) -> dict[int, Counts]:
    """Counts of each organisation with everything below it; two queries for all of them."""
    organisations = list(organisations)
    paths = Q()
    for one in organisations:
        paths |= Q(path__startswith=one.path)
    if not paths:
        return {}
    below = list(Organisation.objects.filter(paths, voided_at__isnull=True).values_list("pk", "path"))
    own = member_counts([pk for pk, _ in below], on)
    by_path: dict[str, Counts] = {}
    for pk, path in below:
        for end in range(Organisation.steplen, len(path) + 1, Organisation.steplen):
            by_path[path[:end]] = by_path.get(path[:end], Counts()) + own[pk]
    return {one.pk: by_path.get(one.path, Counts()) for one in organisations}


def formal_membership(person_id: int, on: datetime.date) -> Membership | None:
    """The one formal link of a person on a day (domain 2.2)."""
    links = Membership.objects.current(on).filter(person_id=person_id, link="formal")
    return links.select_related("organisation").order_by("-starts_on", "pk").first()
