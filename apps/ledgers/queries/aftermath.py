"""What is open after deaths, for staff, for the page of a person and for the family; and drafts from the registry."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q, QuerySet

from apps.common.code_lists import choices_of
from apps.ledgers.models import AfterDeathItem, AftermathCase, AftermathTask
from apps.ledgers.rules.aftermath import DEFAULT_LINES, NoticeLine
from apps.organisation.models import Unit
from apps.organisation.queries import ancestor_ids
from apps.people.choices import CODE_LISTS, GrantEnd, LifeStatus, Sex
from apps.people.models import Person, ProxyGrant
from apps.registry.models import Cadre, LifeEvent
from apps.registry.wording import age_of

CHANGE = "ledgers.change_aftermathcase"
UNKNOWN = "（　　　　）"
DAY, HOUR = "　　年　　月　　日", "　　时"


# Staff ------------------------------------------------------------------------------------------------------------


def aftermath_due(user, *, most: int = 20) -> QuerySet[AftermathTask]:
    """Open tasks of the user, and those that nobody has yet among people for whom he may act, the most urgent first;
    each has `.case.cadre.person` at hand."""
    cadres = Cadre.objects.visible_to(user, CHANGE).order_by().values("pk")
    rows = AftermathTask.objects.open().filter(Q(owner=user) | Q(owner__isnull=True, case__cadre__in=cadres))
    return rows.select_related("case__cadre__person").order_by("due_on", "pk")[:most]


def loose_ends(user, *, most: int = 20) -> QuerySet[LifeEvent]:
    """Undone events with something that could not be put back, nobody having seen to it yet."""
    cadres = Cadre.objects.visible_to(user, "registry.confirm_lifeevent").order_by().values("pk")
    rows = LifeEvent.objects.filter(~Q(loose_ends=[]), settled_at__isnull=True, person__in=cadres)
    return rows.select_related("person").order_by("-pk")[:most]


def mourned_by(person: Person, on: dt.date) -> QuerySet[Person]:
    """Those whose death leaves this person's household in peace today."""
    members = Person.objects.filter(household_id=person.household_id, voided_at__isnull=True).exclude(pk=person.pk)
    found = members.filter(Q(mourned_until__gt=on) | Q(life_status=LifeStatus.DEATH_REPORTED))
    return found if person.household_id else found.none()


# The family -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Farewell:
    """A death as the relative sees it who acted for the dead: until the quiet days are over and affairs are done."""

    grant: ProxyGrant
    case: AftermathCase | None

    @property
    def person(self) -> Person:
        return self.grant.person


def farewells_of(user, on: dt.date) -> list[Farewell]:
    """For an account that acted for people who died, by grants that their death ended. Two statements at most."""
    grants = ProxyGrant.objects.filter(
        user=user, closed_because=GrantEnd.DIED, closed_by_event__isnull=False, voided_at__isnull=True,
        person__life_status=LifeStatus.DECEASED, agreed_on__isnull=False,
    ).select_related("person", "relative")  # fmt: skip
    latest = {grant.person_id: grant for grant in grants.order_by("pk")}
    if not latest:
        return []
    rows = AftermathCase.objects.standing().filter(cadre__in=latest).select_related("owner", "cadre__managing_unit")
    cases = {case.cadre_id: case for case in rows.order_by("pk")}
    found = [Farewell(grant, cases.get(person_id)) for person_id, grant in latest.items()]
    return [one for one in found if _lasts(one, on)]


def _lasts(farewell: Farewell, on: dt.date) -> bool:
    until = farewell.person.mourned_until
    case = farewell.case
    return (until is not None and until > on) or (case is not None and case.closed_on is None)


# The notice sheet -------------------------------------------------------------------------------------------------


def notice_lines(unit: Unit | None, on: dt.date) -> list[NoticeLine]:
    """The lines of a unit on a day: its own, else those of the nearest unit above, else the city's, else the
    shipped ones. See rule book 8.62."""
    order: list[int | None] = [*(ancestor_ids(unit) if unit else []), None]
    rows = AfterDeathItem.objects.on(on).filter(Q(unit_id__in=[pk for pk in order if pk]) | Q(unit__isnull=True))
    by_unit: dict[int | None, list[AfterDeathItem]] = {}
    for row in rows.order_by("position", "pk"):
        by_unit.setdefault(row.unit_id, []).append(row)
    own = next((by_unit[pk] for pk in order if pk in by_unit), None)
    if own is None:
        return list(DEFAULT_LINES)
    return [NoticeLine(row.title, row.materials, row.place, row.deadline, row.phone) for row in own]


# Drafts -----------------------------------------------------------------------------------------------------------


def obituary_draft(cadre: Cadre, on: dt.date) -> str:
    """讣告 from the registry's facts, with room for what it does not know."""
    person = cadre.person
    age = age_of(person, person.died_on.last_day if person.died_on else on)
    died = person.died_on.display() if person.died_on else UNKNOWN
    return "\n".join((
        f"{_standing(cadre)}{person.name}同志，因{UNKNOWN}，于{died}{HOUR}在{UNKNOWN}逝世"
        + (f"，享年{age}岁。" if age is not None else "。"),
        f"{person.name}同志，{_origin(cadre)}",
        f"{person.name}同志遗体送别仪式定于{DAY}{HOUR}在{UNKNOWN}举行。",
        f"谨此讣告。\n{person.name}同志治丧小组\n{settings.PORTAL['bureau']}（代章）\n{DAY}",
    ))  # fmt: skip


def biography_draft(cadre: Cadre) -> str:
    """生平 likewise; what is between the known dates comes from his file."""
    person = cadre.person
    parts = [f"{person.name}同志，{_origin(cadre)}"]
    parts.append(f"参加工作以后，先后任{UNKNOWN}、{UNKNOWN}，{_retired(cadre)}")
    parts.append(f"{person.name}同志在{UNKNOWN}工作期间，{UNKNOWN}。{_pronoun(person)}为人{UNKNOWN}，作风{UNKNOWN}。")
    parts.append(f"离退休以后，{_pronoun(person)}继续关心党和国家的事业，{UNKNOWN}。")
    parts.append(f"{person.name}同志安息！")
    return "\n".join(parts)


def _pronoun(person: Person) -> str:
    return "她" if person.sex == Sex.FEMALE else "他"


def _standing(cadre: Cadre) -> str:
    """离休干部、原市农业局副局长"""
    kind = "离休干部" if cadre.retire_type == "veteran" else "退休干部"
    return f"{kind}、原{cadre.former_post}" if cadre.former_post else kind


def _origin(cadre: Cadre) -> str:
    """女，汉族，江苏南通人，1938年5月出生，1955年9月参加工作，1960年7月加入中国共产党。"""
    person = cadre.person
    nation = ""
    if person.ethnicity:
        nation = dict(choices_of(CODE_LISTS["ethnicity"])).get(person.ethnicity, "")
    facts = [
        person.get_sex_display() if person.sex in (Sex.MALE, Sex.FEMALE) else "",
        nation,
        f"{person.native_place}人" if person.native_place else f"{UNKNOWN}人",
        f"{person.birth_date.display()}出生" if person.birth_date else "　　年　　月出生",
        f"{cadre.work_start.display()}参加工作" if cadre.work_start else "",
        f"{cadre.joined_party_on.display()}加入中国共产党" if cadre.joined_party_on else "",
    ]
    return "，".join(filter(None, facts)) + "。"


def _retired(cadre: Cadre) -> str:
    when = f"{cadre.retired_on.display()}" if cadre.retired_on else "　　年　　月"
    post = f"，{'离' if cadre.retire_type == 'veteran' else '退'}休前任{cadre.former_post}" if cadre.former_post else ""
    return f"{when}{'离休' if cadre.retire_type == 'veteran' else '退休'}{post}。"
