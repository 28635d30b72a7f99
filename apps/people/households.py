"""Homes of several people: joined from one person's page, merged, left. A dead member stays: his family is visited."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.partial_date import PartialDate

from .models import Household, Person
from .services import save_person

NAMED = 2
MOST_MEMBERS = 12
MERGED, LEFT = "并入另一家", "只剩一人"


@dataclass(frozen=True)
class Relation:
    """A member of the family who is not in the registry."""

    name: str
    sex: str = "0"
    birth_date: PartialDate | None = None


def name_of(members: list[Person]) -> str:
    """李德厚、王秀兰家"""
    return "、".join(member.name for member in members[:NAMED])[:58] + "家"


@transaction.atomic
def join(person: Person, other: Person, *, actor, request=None) -> Household:
    """Make one home of two people; where both have one already, the other's moves in whole. Twice is once."""
    rows = Person.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=[person.pk, other.pk])
    found = {row.pk: row for row in rows.order_by("pk")}
    if person.pk == other.pk or len(found) < 2:
        raise BusinessError("请选另外一位。", code="same", field="other")
    one, two = found[person.pk], found[other.pk]
    if one.household_id and one.household_id == two.household_id:
        return one.household
    home = one.household or two.household or Household.objects.create(name="一家")
    moving = {one.pk, two.pk}
    left = two.household if two.household_id and two.household_id != home.pk else None
    if left:
        moving |= set(left.members.values_list("pk", flat=True))
    if home.members.exclude(pk__in=moving).count() + len(moving) > MOST_MEMBERS:
        raise BusinessError(f"一家最多登记 {MOST_MEMBERS} 人，请核对是不是选错了。", code="many", field="other")
    Person.objects.filter(pk__in=moving).update(household=home)
    if left:
        _close(left, MERGED)
    _rename(home)
    _note("household.join", sorted(moving), home, actor, request)
    return home


@transaction.atomic
def add_relation(person: Person, told: Relation, *, actor, request=None) -> Household:
    """Enter somebody of the family who is not in the registry, and let him live here. The same name is not entered
    twice in one home."""
    home = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk).household
    if home and home.members.filter(name=told.name, voided_at__isnull=True).exists():
        raise BusinessError(f"这一家已经有“{told.name}”。", code="known", field="name")
    relation = Person(name=told.name, sex=told.sex, birth_date=told.birth_date, birthday_greeting=False)
    save_person(relation, sealed={})
    return join(person, relation, actor=actor, request=request)


@transaction.atomic
def leave(person: Person, *, actor, request=None) -> None:
    """Take somebody out of his home; a home of one is none."""
    member = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    home = member.household
    if home is None:
        return
    member.household = None
    member.save(update_fields=["household"])
    rest = list(home.members.order_by("pk"))
    if len(rest) < NAMED:
        Person.objects.filter(pk__in=[row.pk for row in rest]).update(household=None)
        _close(home, LEFT)
    else:
        _rename(home)
    _note("household.leave", [member.pk, *(row.pk for row in rest)], home, actor, request)


def _rename(home: Household) -> None:
    home.name = name_of(list(home.members.filter(voided_at__isnull=True).order_by("pk")))
    home.save(update_fields=["name"])


def _close(home: Household, reason: str) -> None:
    Household.objects.filter(pk=home.pk).update(voided_at=timezone.now(), void_reason=reason)


def _note(action: str, people: list[int], home: Household, actor, request) -> None:
    audit.record(action, actor=actor, people=people, target=f"people.household:{home.pk}", request=request)
