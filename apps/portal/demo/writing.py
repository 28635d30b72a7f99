"""Writing the demo city, set by set: units, organisations, staff, then people in portions."""

import datetime
import uuid
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from django.db import transaction

from apps.branches.choices import Kind, Level, Link
from apps.branches.models import Membership, Organisation
from apps.common.crypto import blind_index
from apps.common.insert_select import execute, insert_rows, reserve_ids
from apps.common.names import name_keys
from apps.organisation.models import Community, Division, Unit
from apps.people.models import Person, Phone, Relative
from apps.registry.models import Cadre, Health
from apps.registry.rules import read_rank

from .people import DemoPerson
from .places import COMMUNITIES, DISTRICTS, STREETS, unit_tree

PORTION = 20_000
SINCE = datetime.date(2024, 1, 1)
PERSON_FIELDS = (
    "id", "public_id", "name", "former_name", "name_pinyin", "name_initials", "name_sort_key", "name_stroke_key",
    "search_grams", "citizen_id", "citizen_id_index", "citizen_id_last4", "sex", "birth_date", "birthday_calendar",
    "birthday_month", "birthday_day", "birthday_leap", "birthday_leap_policy", "birthday_greeting", "political_status",
    "ethnicity", "residence", "community", "reach_by", "hard_of_hearing", "life_status", "died_on",
)  # fmt: skip
PHONE_FIELDS = ("public_id", "person", "kind", "number", "number_index", "last4_index", "whose", "position")
CADRE_FIELDS = (
    "person", "retire_type", "retired_on", "work_start", "joined_party_on", "full_member_on", "managing_unit",
    "counting_unit", "former_post", "staff_category", "leader_rank", "education", "living", "special_difficulties",
    "grade_rank", "rank_unmapped",
)  # fmt: skip
HEALTH_FIELDS = ("public_id", "cadre", "condition", "ability", "seriously_ill", "frequent_illness")
RELATIVE_FIELDS = (
    "public_id", "person", "name", "relation", "phone", "phone_index", "is_emergency", "is_proxy", "is_living",
)  # fmt: skip
MEMBERSHIP_FIELDS = ("public_id", "person", "organisation", "link", "starts_on", "ends_on")


@transaction.atomic
def write_places() -> dict[str, Unit]:
    """Units and communities of the city, by unit code; those that stand already are kept."""
    units: dict[str, Unit] = {}
    for code, name, parent, level, nature in unit_tree():
        unit = Unit.objects.filter(code=code).first()
        if unit is None:
            values = {"code": code, "name": name, "level": level, "nature": nature}
            unit = (
                Unit.objects.add_child(Unit.objects.get(code=parent), values)
                if parent
                else Unit.objects.add_root(values)
            )
        units[code] = unit
    division, _ = Division.objects.get_or_create(
        code="449900", defaults={"name": "云江市", "full_name": "云江市（演示）", "level": "city"}
    )
    for number, name in enumerate(DISTRICTS, 1):
        values = {"name": name, "full_name": f"云江市{name}（演示）", "level": "county", "parent": division}
        Division.objects.get_or_create(code=f"4499{number:02d}", defaults=values)
    Unit.objects.filter(code="YJ", division=None).update(division=division)
    for number, name in enumerate(COMMUNITIES):
        Community.objects.get_or_create(division=division, street=STREETS[number % len(STREETS)], name=name)
    return units


SMALL_CITY = 50
OVERSIZED = 4  # branch that takes seven more shares of the members of a small city


@transaction.atomic
def write_organisations(units: dict[str, Unit], count: int) -> list[Organisation]:
    """`count` party organisations: a work committee for the city and each district, the rest below them in turn; every
    third of those is a 党总支 with three branches of its own besides.

    Returns the branches that take members in turn. In a small city one of them stands there eight times: it grows
    beyond fifty, for the lists to show.
    """
    if Organisation.objects.exists():
        return list(Organisation.objects.filter(level=Level.BRANCH, kind__in=[Kind.FORMAL, Kind.AWAY]).order_by("pk"))
    top = Organisation.objects.add_root(
        {"name": "中共云江市委离退休干部工作委员会", "level": Level.WORK_COMMITTEE, "unit": units["YJ"]}
    )
    districts = [unit for code, unit in units.items() if code.startswith("YJ9") and len(code) == 5]
    committees = [top]
    for unit in districts[: max(0, min(len(districts), count // 4))]:
        values = {"name": f"{unit.name[:3]}离退休干部党委", "level": Level.COMMITTEE, "unit": unit}
        committees.append(_below(top, values))
    holding = []
    for number in range(count - len(committees)):
        parent = committees[number % len(committees)]
        place = COMMUNITIES[number % len(COMMUNITIES)].removesuffix("社区")
        name = f"{parent.unit.name[:3]}{place}{number + 1}离退休干部党"
        if number % 3:
            holding.append(_below(parent, _branch(name + "支部", parent.unit, number)))
            continue
        general = _below(parent, _branch(name + "总支", parent.unit, number) | {"level": Level.GENERAL})
        for ordinal in "一二三":
            values = _branch(f"{parent.unit.name[:3]}{place}{number + 1}第{ordinal}党支部", parent.unit, number)
            holding.append(_below(general, values | {"kind": Kind.FORMAL}))
    return [*holding, *[holding[OVERSIZED]] * 7] if count < SMALL_CITY else holding


def _below(parent: Organisation, values: dict) -> Organisation:
    return Organisation.objects.add_child(Organisation.objects.get(pk=parent.pk), values)


def _branch(name: str, unit: Unit, number: int) -> dict:
    ends_on = datetime.date(2027 + number % 3, 6, 30)
    return {
        "name": name,
        "level": Level.BRANCH,
        "kind": Kind.AWAY if number % 9 == 8 else Kind.FORMAL,
        "unit": unit,
        "established_on": datetime.date(2012, 7, 1),
        "approval_document": f"云离退工委〔2012〕{number + 1}号",
        "term_began_on": ends_on.replace(year=ends_on.year - 3),
        "term_ends_on": ends_on,
        "party_day": 25,
    }


def portions(people: Iterable[DemoPerson], size: int = PORTION) -> Iterator[list[DemoPerson]]:
    iterator = iter(people)
    while portion := list(islice(iterator, size)):
        yield portion


def write_people(
    people: Iterable[DemoPerson],
    units: dict[str, Unit],
    organisations: list[Organisation],
    *,
    members: int,
    progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Insert people with their phones, relatives, health and up to `members` formal memberships; returns how many."""
    unit_ids = {code: unit.pk for code, unit in units.items()}
    communities = list(Community.objects.order_by("pk").values_list("pk", flat=True))
    written = joined = 0
    for portion in portions(people):
        with transaction.atomic():
            ids = reserve_ids(Person, len(portion))
            insert_rows(Person, PERSON_FIELDS, _person_rows(ids, portion, communities))
            insert_rows(Phone, PHONE_FIELDS, _phone_rows(ids, portion))
            insert_rows(Cadre, CADRE_FIELDS, _cadre_rows(ids, portion, unit_ids))
            insert_rows(Health, HEALTH_FIELDS, _health_rows(ids, portion))
            insert_rows(Relative, RELATIVE_FIELDS, _relative_rows(ids, portion))
            rows = list(_membership_rows(ids, portion, organisations, joined, members))
            joined += insert_rows(Membership, MEMBERSHIP_FIELDS, rows)
        written += len(portion)
        progress(written)
    return written


def _sealed(model, field: str, public_id: uuid.UUID, text: str) -> bytes | None:
    return model._meta.get_field(field).seal(public_id, text)


def _person_rows(ids: list[int], portion: list[DemoPerson], communities: list[int]) -> Iterator[tuple]:
    for pk, one in zip(ids, portion, strict=True):
        public_id = uuid.uuid4()
        keys = name_keys(one.name)
        month, day, leap = one.birthday
        reach = "landline" if one.landline and not one.mobile else ("visit" if one.hard_of_hearing else "mobile")
        yield (
            pk, public_id, one.name, "", keys.pinyin, keys.initials, keys.sort_key, keys.stroke_key, keys.grams,
            _sealed(Person, "citizen_id", public_id, one.citizen_id),
            blind_index("citizen_id", one.citizen_id), blind_index("citizen_id_last4", one.citizen_id[-4:]),
            one.sex, one.born.isoformat(), one.calendar, month, day, leap, "normal", True, one.political_status, "01",
            _sealed(Person, "residence", public_id, one.address), communities[pk % len(communities)], reach,
            one.hard_of_hearing, "deceased" if one.deceased else "living", one.deceased or None,
        )  # fmt: skip


def _phone_rows(ids: list[int], portion: list[DemoPerson]) -> Iterator[tuple]:
    for pk, one in zip(ids, portion, strict=True):
        numbers = [(kind, number) for kind, number in (("mobile", one.mobile), ("landline", one.landline)) if number]
        for position, (kind, number) in enumerate(numbers):
            public_id = uuid.uuid4()
            yield (
                public_id, pk, kind, _sealed(Phone, "number", public_id, number), blind_index("phone", number),
                blind_index("phone_last4", number[-4:]), "本人", position,
            )  # fmt: skip


def _cadre_rows(ids: list[int], portion: list[DemoPerson], unit_ids: dict[str, int]) -> Iterator[tuple]:
    for pk, one in zip(ids, portion, strict=True):
        unit_id = unit_ids[one.unit_code]
        party = one.party_since or None
        yield (
            pk, one.retire_type, one.retired_on, one.work_start, party, party, unit_id, unit_id, one.post, "",
            one.leader_rank, one.education, one.living, one.difficulties, read_rank(one.post).grade_rank,
            not (one.leader_rank or read_rank(one.post).is_mapped),
        )  # fmt: skip


def _health_rows(ids: list[int], portion: list[DemoPerson]) -> Iterator[tuple]:
    for pk, one in zip(ids, portion, strict=True):
        if one.condition or one.ability is not None:
            ill = one.condition in {"31", "32", "41"}
            yield uuid.uuid4(), pk, one.condition, one.ability, ill, ill or (one.ability or 0) >= 2


def _relative_rows(ids: list[int], portion: list[DemoPerson]) -> Iterator[tuple]:
    for pk, one in zip(ids, portion, strict=True):
        if one.relative:
            name, relation, phone = one.relative
            public_id = uuid.uuid4()
            sealed = _sealed(Relative, "phone", public_id, phone)
            yield public_id, pk, name, relation, sealed, blind_index("phone", phone), True, relation in "2030", True


def _membership_rows(
    ids: list[int], portion: list[DemoPerson], organisations: list[Organisation], joined: int, members: int
) -> Iterator[tuple]:
    for pk, one in zip(ids, portion, strict=True):
        if one.political_status != "01" or one.deceased or joined >= members:
            continue
        organisation = organisations[joined % len(organisations)]
        joined += 1
        yield uuid.uuid4(), pk, organisation.pk, Link.FORMAL, SINCE, None


def analyse() -> None:
    """Fresh statistics: the queries that follow must not be planned for empty tables."""
    execute("ANALYZE")
