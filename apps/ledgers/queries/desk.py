"""What the workbench shows of members: the list, one member's page, what was reported. No id, illness or tier."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from apps.branches.access import Desk, desk_organisation_ids, people_at
from apps.branches.choices import AttendanceState
from apps.branches.models import Attendance, HomeDelivery, Membership
from apps.common.birthday import full_age
from apps.ledgers.models import CareAssignment, Contact, Inquiry
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.people.queries import away_on
from apps.registry.choices import LifeEventKind, LifeEventState, Living
from apps.registry.models import Cadre, LifeEvent
from apps.registry.queries import Asked, read_search

from .desk_due import birthday_of, birthdays_of

SHOWN = (LifeStatus.LIVING, LifeStatus.LOST)
MONTH = dt.timedelta(days=30)
RECENT = dt.timedelta(days=92)
MOST_MEETINGS, MOST_CONTACTS, MOST_REPORTS = 6, 5, 50
FILTERS = (
    ("", "全部"),
    ("delivery", "送学"),
    ("hospital", "住院"),
    ("alone", "独居"),
    ("away", "在外地"),
    ("birthday", "近一月生日"),
)


@dataclass(frozen=True)
class MemberRow:
    """One line of the list: `words` say how he lives and where he is now."""

    person: Person
    age: int | None
    words: tuple[str, ...]


def age_of(person: Person, on: dt.date) -> int | None:
    known = person.birth_date is not None and person.birth_date.is_exact
    return full_age(person.birth_date.first_day, on) if known else None


def members_found(desk: Desk, text: str, show: str) -> tuple[QuerySet[Person], bool]:
    """(members by name or pinyin, narrowed by one of FILTERS, in 拼音 order; whether the text was understood).

    Numbers are not searched for: an address would carry them."""
    people = people_at(desk).filter(life_status__in=SHOWN)
    search = read_search(text)
    understood = search.asked in (Asked.NOTHING, Asked.NAME, Asked.LATIN)
    if search.condition is not None and understood:
        people = people.filter(search.condition)
    return _narrowed(desk, people, show).order_by("name_sort_key", "pk"), understood


def _narrowed(desk: Desk, people: QuerySet[Person], show: str) -> QuerySet[Person]:
    if show == "delivery":
        return people.filter(pk__in=_delivered(desk).values("person_id"))
    if show == "hospital":
        return people.filter(cadre__health__in_hospital_since__isnull=False)
    if show == "alone":
        return people.filter(cadre__living=Living.ALONE)
    if show == "away":
        return people.filter(pk__in=away_on(list(people.values_list("pk", flat=True)), desk.today))
    if show == "birthday":
        return people.filter(pk__in=[row[0].pk for row in birthdays_of(desk, desk.today, desk.today + MONTH)])
    return people


def _delivered(desk: Desk) -> QuerySet[HomeDelivery]:
    return HomeDelivery.objects.filter(
        organisation__in=desk_organisation_ids(desk), due_on__gte=desk.today - RECENT, voided_at__isnull=True
    )


def member_rows(desk: Desk, people: list[Person]) -> list[MemberRow]:
    """Lines of one page of the list; four statements for any number."""
    ids = [person.pk for person in people]
    cadres = {cadre.pk: cadre for cadre in Cadre.objects.filter(pk__in=ids).select_related("health")}
    away = away_on(ids, desk.today)
    delivered = set(_delivered(desk).filter(person__in=ids).values_list("person_id", flat=True))
    rows = []
    for person in people:
        words = _words(person, cadres.get(person.pk), person.pk in away, person.pk in delivered)
        rows.append(MemberRow(person, age_of(person, desk.today), words))
    return rows


def _words(person: Person, cadre: Cadre | None, away: bool, delivered: bool) -> tuple[str, ...]:
    health = getattr(cadre, "health", None) if cadre else None
    in_hospital = health is not None and health.in_hospital_since is not None
    said = (
        "失去联系" if person.life_status == LifeStatus.LOST else "",
        "正在住院" if in_hospital else "",
        "独居" if cadre and cadre.living == Living.ALONE else "",
        "在外地" if away else "",
        "送学" if delivered else "",
    )
    return tuple(words for words in said if words)


def member_or_404(desk: Desk, public_id) -> Person:
    """A member of the desk's organisation or those below it, dead or alive."""
    person = people_at(desk).filter(public_id=public_id).first()
    if person is None:
        raise Http404
    return person


@dataclass(frozen=True)
class MemberPage:
    """One member as his secretary needs him."""

    row: MemberRow
    is_cadre: bool
    birthday: str
    carers: list[str]
    contacts: list[Contact]
    meetings: list[Attendance]
    came: int


def member_page(desk: Desk, person: Person) -> MemberPage:
    (row,) = member_rows(desk, [person])
    cadre = Cadre.objects.filter(pk=person.pk).first()
    contacts = Contact.objects.standing().filter(participants__person_id=person.pk)
    attendance = Attendance.objects.filter(
        person=person, meeting__organisation__in=desk_organisation_ids(desk), meeting__voided_at__isnull=True
    )
    meetings = list(attendance.select_related("meeting").order_by("-meeting__held_on", "-pk")[:MOST_MEETINGS])
    return MemberPage(
        row=row,
        is_cadre=cadre is not None,
        birthday=birthday_of(person).display() if person.birthday_calendar else "",
        carers=[
            f"{assignment.carer}（{assignment.get_role_display()}）"
            for assignment in CareAssignment.objects.open().filter(cadre=person.pk).select_related("carer")
            .order_by("role", "pk")
        ],
        contacts=list(
            contacts.select_related("recorded_by", "on_behalf_of")
            .defer("body_state", "thoughts", "summary").order_by("-happened_on", "-pk")[:MOST_CONTACTS]
        ),
        meetings=meetings,
        came=sum(row.state in (AttendanceState.PRESENT, AttendanceState.ONLINE) for row in meetings),
    )  # fmt: skip


# What was reported ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reported:
    """A life event or a need that this account reported for people of the desk; `state` in words with its tone."""

    at: dt.datetime
    name: str
    words: str
    state: str
    tone: str
    event: LifeEvent | None = None
    can_take_back: bool = False


STATE_WORDS = {
    LifeEventState.REPORTED: ("等工作人员核实", "soon"),
    LifeEventState.CONFIRMED: ("已登记", "done"),
    LifeEventState.REJECTED: ("已收回或不属实", ""),
    LifeEventState.UNDONE: ("已收回", ""),
}
NEED_WORDS = {
    "open": ("正在办", "soon"), "answered": ("办完，待回复", "soon"), "done": ("办完", "done"),
    "closed": ("办完，已回复", "done"),
}  # fmt: skip


def can_take_back(event: LifeEvent, user, today: dt.date) -> bool:
    """By whoever reported it: a waiting one until staff decide, one in effect on the same day."""
    if event.reported_by_id != user.pk:
        return False
    if event.state == LifeEventState.REPORTED:
        return True
    from_branch = event.decided_by_id == user.pk and event.kind != LifeEventKind.DIED
    return event.state == LifeEventState.CONFIRMED and from_branch and timezone.localdate(event.reported_at) >= today


def reports_of(desk: Desk) -> list[Reported]:
    """What this account told the bureau about people who belong or belonged to the desk, the newest first."""
    ever = Membership.objects.filter(organisation__in=desk_organisation_ids(desk), voided_at__isnull=True)
    ids = ever.values("person_id")
    events = LifeEvent.objects.filter(
        Q(person__in=ids), reported_by=desk.user, source="branch", voided_at__isnull=True
    ).select_related("person")
    needs = (
        Inquiry.objects.filter(person__in=ids, received_by=desk.user, source="branch", voided_at__isnull=True)
        .exclude(subject=CONDOLENCE_SUBJECT)
        .select_related("person", "handler")
        .defer("content", "result")
    )
    found = [_event_line(event, desk) for event in events.order_by("-reported_at")[:MOST_REPORTS]]
    for need in needs.order_by("-received_at")[:MOST_REPORTS]:
        state, tone = NEED_WORDS[need.state]
        words = f"有困难或有事，{need.handler}在办" if need.handler else "有困难或有事"
        found.append(Reported(need.received_at, need.person.name, words, state, tone))
    return sorted(found, key=lambda row: row.at, reverse=True)[:MOST_REPORTS]


CONDOLENCE_SUBJECT = "08"


def _event_line(event: LifeEvent, desk: Desk) -> Reported:
    state, tone = STATE_WORDS[event.state]
    words = f"{event.get_kind_display()}（{event.happened_on.display()}）"
    back = can_take_back(event, desk.user, desk.today)
    return Reported(event.reported_at, event.person.name, words, state, tone, event, back)
