"""What accounts without a staff role are today, for the doors (`ACCOUNT_STANDINGS`, design 2, socket 3)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Q

from apps.accounts.standing import Standing
from apps.people.models import PersonAccount, Phone, ProxyGrant, Relative
from apps.registry.models import Cadre

from .models import Post

OWN, PROXY = "本人", "家属代办"


@dataclass
class _Gathered:
    words: list[str] = field(default_factory=list)
    people: set[int] = field(default_factory=set)  # persons whose own numbers are the account's
    clients: set[int] = field(default_factory=set)  # persons it acts for
    numbers: set[bytes] = field(default_factory=set)  # of the relative who was granted to act
    units: set[int] = field(default_factory=set)


def account_standings(user_ids: Collection[int], on: dt.date) -> dict[int, Standing]:
    """user id → what its posts, own person and proxies make of it on a day; nothing, left out. Six queries."""
    found: dict[int, _Gathered] = defaultdict(_Gathered)
    _gather_posts(found, user_ids, on)
    _gather_persons(found, user_ids, on)
    _gather_relatives(found)
    people = {pk for one in found.values() for pk in one.people}
    clients = {pk for one in found.values() for pk in one.clients}
    units = dict(Cadre.objects.filter(pk__in=people | clients).values_list("pk", "managing_unit_id"))
    own = _numbers(Phone.objects.filter(person_id__in=people), "number_index")
    contacts = Relative.objects.filter(person_id__in=clients, voided_at__isnull=True, phone_index__isnull=False)
    family = _numbers(contacts, "phone_index")
    return {user: _standing(one, units, own, family) for user, one in found.items()}


def _gather_posts(found, user_ids: Collection[int], on: dt.date) -> None:
    posts = Post.objects.current(on).filter(user_id__in=user_ids).select_related("organisation").order_by("pk")
    for post in posts:
        one = found[post.user_id]
        one.words.append(f"{post.organisation.short_name or post.organisation.name}{post.get_kind_display()}")
        one.people.add(post.person_id)
        if post.organisation.unit_id:
            one.units.add(post.organisation.unit_id)


def _gather_persons(found, user_ids: Collection[int], on: dt.date) -> None:
    rows = PersonAccount.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=on), user_id__in=user_ids, starts_on__lte=on
    ).order_by("pk")
    for row in rows.values_list("user_id", "person_id", "is_proxy"):
        user, person, is_proxy = row
        one = found[user]
        (one.clients if is_proxy else one.people).add(person)
        word = PROXY if is_proxy else OWN
        if word not in one.words:
            one.words.append(word)


def _gather_relatives(found) -> None:
    """The number of whoever was granted to act; without a grant, those of the person's contact persons will do."""
    acting = [user for user, one in found.items() if one.clients]
    grants = ProxyGrant.objects.standing().filter(user_id__in=acting, relative__phone_index__isnull=False)
    for user, index in grants.order_by("pk").values_list("user_id", "relative__phone_index"):
        found[user].numbers.add(bytes(index))


def _numbers(rows, column: str) -> dict[int, set[bytes]]:
    numbers: dict[int, set[bytes]] = defaultdict(set)
    for person, index in rows.order_by("pk").values_list("person_id", column):
        numbers[person].add(bytes(index))
    return numbers


def _standing(one: _Gathered, units, own, family) -> Standing:
    numbers = {index for pk in one.people for index in own.get(pk, ())}
    numbers |= one.numbers or {index for pk in one.clients for index in family.get(pk, ())}
    everybody = one.people | one.clients
    managing = {units[pk] for pk in everybody if units.get(pk)}
    return Standing(tuple(one.words), frozenset(everybody), frozenset(numbers), frozenset(one.units | managing))
