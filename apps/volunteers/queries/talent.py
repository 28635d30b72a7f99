"""银发人才: who can do something, would like to, is free then and goes there (rule book 10.6). Indexed conditions, one
query for a page whatever the size of the register; the order is pinyin, nobody is ranked."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from apps.common.code_lists import names_of
from apps.organisation.models import Community
from apps.people.models import Person
from apps.volunteers.choices.volunteers import DayPart
from apps.volunteers.models import Volunteer, VolunteerTime
from apps.volunteers.rules.talent import asked_grams
from apps.volunteers.rules.times import WEEKDAYS

SKILLS, SERVICES = "volunteer_skill", "volunteer_service"


@dataclass(frozen=True)
class TalentAsked:
    """What is looked for; what is empty does not matter. A place is a community, a street or a division (code)."""

    skill: str = ""
    service: str = ""
    community: int | None = None
    street: str = ""
    division: str = ""
    weekday: int | None = None
    part: str = ""
    words: str = ""

    @property
    def is_empty(self) -> bool:
        return self == TalentAsked()


def find_talent(rows: QuerySet[Volunteer], asked: TalentAsked) -> QuerySet[Volunteer]:
    """Of `rows` (what the user may see), those who fit all that is asked, in pinyin order. See rule book
    10.6."""
    rows = rows.active().filter(person__life_status="living", person__voided_at__isnull=True)
    if asked.skill:
        rows = rows.filter(skills__contains=[asked.skill])
    if asked.service:
        rows = rows.filter(wishes__contains=[asked.service])
    if asked.words.strip():
        grams = asked_grams(asked.words)
        rows = rows.filter(strength_grams__contains=grams) if grams else rows.none()
    if asked.weekday or asked.part:
        rows = rows.filter(pk__in=_free(asked))
    there = _goes_there(asked)
    if there is not None:
        rows = rows.filter(pk__in=there)
    return rows.select_related("person__community", "unit").order_by("person__name_sort_key", "pk")


def _free(asked: TalentAsked) -> QuerySet:
    wanted = {name: value for name, value in (("weekday", asked.weekday), ("part", asked.part)) if value}
    return VolunteerTime.objects.filter(**wanted).order_by().values("volunteer_id")


def _goes_there(asked: TalentAsked) -> QuerySet | None:
    """Keys of those who say that they go there, and of those who said nothing and live there. A union, not an OR: both
    halves begin at the place."""
    rows = communities_of(asked)
    if rows is None:
        return None
    through = Volunteer.communities.through.objects
    said = through.filter(community__in=rows).values("volunteer_id")
    silent = ~Exists(through.filter(volunteer=OuterRef("pk")))
    return said.union(Person.objects.filter(silent, community__in=rows).order_by().values("pk"), all=True)


def communities_of(asked: TalentAsked):
    """Keys of the communities of the place asked for; None where none was."""
    rows = Community.objects.filter(voided_at__isnull=True).order_by()
    if asked.community:
        return rows.filter(pk=asked.community).values("pk")
    if asked.street:
        return rows.filter(street=asked.street).values("pk")
    if asked.division:
        return rows.filter(division=asked.division).values("pk")
    return None


def reasons_of(rows: Iterable[Volunteer], asked: TalentAsked) -> dict[int, str]:
    """volunteer id → why he fits, in words; volunteers come with `times` and `communities` read ahead."""
    skills, services = names_of(SKILLS), names_of(SERVICES)
    found = {}
    for row in rows:
        words = []
        if asked.skill:
            words.append(f"会{skills.get(asked.skill, '')}")
        if asked.service:
            words.append(f"愿意做{services.get(asked.service, '')}")
        if asked.words.strip():
            words.append(f"专长里写着“{asked.words.strip()[:20]}”")
        if asked.community or asked.street or asked.division:
            words.append(where_words(row))
        if asked.weekday or asked.part:
            words.append(f"{when_words(row)}有空")
        found[row.pk] = "，".join(word for word in words if word)
    return found


def where_words(volunteer: Volunteer) -> str:
    """愿意去南河社区、朝阳社区; 住在…附近."""
    chosen = "、".join(str(one) for one in volunteer.communities.all()[:4])
    if chosen:
        return f"愿意去{chosen}"
    home = volunteer.person.community
    return f"住在{home}" if home else ""


def when_words(volunteer: Volunteer) -> str:
    """周二上午、周四下午."""
    parts = dict(DayPart.choices)
    return "、".join(f"周{WEEKDAYS[row.weekday - 1]}{parts[row.part]}" for row in volunteer.times.all())


def words_of(codes: Iterable[str], code_list: str) -> str:
    names = names_of(code_list)
    return "、".join(names.get(code, code) for code in codes)
