"""Reads over persons for the rooms above."""

import datetime as dt
from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from apps.common.together import read_together

from .choices import LifeStatus, MergeState, PhoneKind, ReachBy
from .models import Person, PersonMerge, Phone, Whereabouts
from .rules import Number, Reach

YEAR = dt.timedelta(days=366)
PLAIN = (
    "reach_by", "reach_through", "reach_answers", "reach_hours", "hard_of_hearing", "poor_sight", "dialect",
    "reach_note",
)  # fmt: skip


def reach_of(
    person_ids: Collection[int], *, with_phones: bool | Collection[int], on: dt.date | None = None
) -> dict[int, Reach]:
    """person id → how to reach him on a day (default today): one statement for any number of people.

    `with_phones`: True, False, or the ids for whom phones and address are read and deciphered. The caller has asked
    who may see them (`ledgers.access.open_to`) and logs the look. Unknown ids are left out.
    """
    ids = set(person_ids)
    opened = ids if with_phones is True else ids & set(with_phones or ())
    return reach_from(read_together(reach_parts(ids, opened, on or timezone.localdate())), opened)


def reach_parts(ids: Collection[int], opened: Collection[int], on: dt.date) -> dict[str, QuerySet]:
    """What `reach_from` needs, for `read_together`; phones only of those `opened`."""
    return {
        "away": _away(ids, on),
        "phones": Phone.objects.filter(person__in=opened),
        # Its place, `public_id`, is needed to decipher the address.
        "reached": Person.objects.filter(pk__in=ids).only("public_id", "residence", *PLAIN),
    }


def reach_from(rows: dict[str, list], opened: Collection[int]) -> dict[int, Reach]:
    """`reach_of` from rows of `reach_parts`."""
    away = {row.person_id: row for row in rows["away"]}
    phones: dict[int, list[Phone]] = {}
    for phone in rows["phones"]:
        phones.setdefault(phone.person_id, []).append(phone)
    return {row.pk: _reach(row, away.get(row.pk), phones.get(row.pk, []), row.pk in opened) for row in rows["reached"]}


def away_on(person_ids: Collection[int], on: dt.date) -> dict[int, Whereabouts]:
    """person id → the period he is away in on a day, of those who are. One statement."""
    return {row.person_id: row for row in _away(person_ids, on)}


def _away(person_ids: Collection[int], on: dt.date) -> QuerySet[Whereabouts]:
    return Whereabouts.objects.on(on).filter(person__in=person_ids).select_related("division")


def periods_of(person_id: int, on: dt.date) -> QuerySet[Whereabouts]:
    """Standing periods away of one person, the latest first; those over for a year are left to the list."""
    rows = Whereabouts.objects.filter(person_id=person_id, voided_at__isnull=True).select_related("division")
    recent = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on - YEAR))
    return recent.order_by("-starts_on", "-pk")


def _reach(person: Person, away: Whereabouts | None, phones: list[Phone], opened: bool) -> Reach:
    facts = {
        "person_id": person.pk,
        "by": person.reach_by,
        "through": person.reach_through,
        "answers": person.reach_answers,
        "hours": person.reach_hours,
        "hearing": person.hard_of_hearing,
        "sight": person.poor_sight,
        "dialect": person.dialect,
        "note": person.reach_note,
        "away": away_words(away) if away else "",
    }
    if opened:
        facts["numbers"] = _numbers(person, away, phones)
        facts["address"] = (away.place if away else "") or person.residence
        facts["in_full"] = True
    return Reach(**facts)


def _numbers(person: Person, away: Whereabouts | None, phones: list[Phone]) -> tuple[Number, ...]:
    """The number there first, then those of the kind he wants to be called on, each in his own order."""
    wanted = PhoneKind.LANDLINE if person.reach_by == ReachBy.LANDLINE else PhoneKind.MOBILE
    rest = sorted(phones, key=lambda phone: (phone.kind != wanted, phone.position, phone.pk))
    there = [Number("那里的电话", away.phone)] if away and away.phone else []
    return (*there, *(Number(phone.get_kind_display(), phone.number, phone.whose) for phone in rest))


def away_words(away: Whereabouts) -> str:
    """外出在海南省三亚市，4月1日前不在家"""
    place = f"在{away.division}" if away.division else ""
    until = f"，{away.ends_on.month}月{away.ends_on.day}日前不在家" if away.ends_on else ""
    return f"{away.get_kind_display()}{place}{until}"


def mourning_among(person_ids: Collection[int], on: dt.date) -> set[int]:
    """Those of the given people in whose household somebody died lately, or may have died: nothing that celebrates
    goes to them on that day (rule book 8.60). One statement."""
    others = Person.objects.filter(
        Q(mourned_until__gt=on) | Q(life_status=LifeStatus.DEATH_REPORTED),
        household_id=OuterRef("household_id"), voided_at__isnull=True,
    ).exclude(pk=OuterRef("pk"))  # fmt: skip
    rows = Person.objects.filter(pk__in=list(person_ids), household__isnull=False)
    return set(rows.filter(Exists(others)).values_list("pk", flat=True))


def known_ids(person_id: int) -> list[int]:
    """The keys under which a person has been known: his own and those of entries merged into his (ADR 0018)."""
    known, asked = [person_id], [person_id]
    while asked:
        rows = PersonMerge.objects.filter(winner_id__in=asked, state=MergeState.DONE)
        asked = [pk for pk in rows.order_by("pk").values_list("loser_id", flat=True) if pk not in known]
        known += asked
    return known


def stands_for(person_id: int) -> int:
    """The key of the entry that stands for this one today; its own where it was never merged."""
    seen = {person_id}
    while True:
        winner = PersonMerge.objects.filter(loser_id=person_id, state=MergeState.DONE).values_list("winner_id").first()
        if winner is None or winner[0] in seen:
            return person_id
        person_id = winner[0]
        seen.add(person_id)
