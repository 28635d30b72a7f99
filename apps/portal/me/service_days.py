"""What of volunteering stands in a person's calendar and on his first page: his shifts, requests he said yes to,
talks he gives, when somebody comes to help him. Never the name or the address of who is helped: they stand on the page
of the request."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef
from django.utils import timezone

from apps.common.code_lists import names_of
from apps.people.acting import Acting
from apps.people.models import Person
from apps.signups.choices import OfferingState
from apps.volunteers.choices.bank import AccountKind, AccountState
from apps.volunteers.choices.requests import RequestState
from apps.volunteers.choices.shifts import TurnState
from apps.volunteers.choices.talks import TalkState
from apps.volunteers.models import Account, ServiceRequest, Talk, Turn, Volunteer
from apps.volunteers.rules.help import moment
from apps.volunteers.rules.times import day_words, length_words, span_words

from .calendar import Entry
from .promises import AHEAD
from .standing import whom

EXPECTED = {RequestState.OPEN: "（正在找人）", RequestState.AGREED: ""}


def service_entries(person: Person, on: dt.date, end: dt.date, *, is_proxy: bool = False) -> list[Entry]:
    """Of days [on, end], unsorted; three queries. `is_proxy`: his family reads; whom he helps at home is not theirs to
    see."""
    found = [*_turns(person, on, end, is_proxy), *_helped(person, on, end)]
    return [*found, *_talks(person, on, end)]


def _turns(person: Person, on: dt.date, end: dt.date, is_proxy: bool) -> list[Entry]:
    rows = Turn.objects.current().filter(
        volunteer=person.pk, state__in=(TurnState.EXPECTED, TurnState.CAME), shift__on__range=(on, end),
        shift__voided_at__isnull=True,
    ).exclude(shift__offering__state=OfferingState.CANCELLED)  # fmt: skip
    if is_proxy:
        rows = rows.filter(shift__request__isnull=True)
    rows = rows.select_related("shift__project", "shift__request")
    return [_turn(row.shift) for row in rows]


def _turn(shift) -> Entry:
    if shift.project is not None:
        title, where = f"志愿服务：{shift.project}", shift.place
    else:
        title, where = f"去帮忙：{_service(shift.request.service)}", "地点和电话在“请我帮忙的事”里"
    return _entry(f"shift:{shift.public_id}", title, shift.on, shift.starts, shift.ends, where)


def _helped(person: Person, on: dt.date, end: dt.date) -> list[Entry]:
    rows = ServiceRequest.objects.current().filter(receiver=person.pk, on__range=(on, end), state__in=list(EXPECTED))
    rows = rows.defer("place", "details")
    return [
        _entry(
            f"help:{row.public_id}", f"志愿者来帮忙：{_service(row.service)}{EXPECTED[RequestState(row.state)]}",
            row.on, row.starts, row.ends,
        )
        for row in rows
    ]  # fmt: skip


def _talks(person: Person, on: dt.date, end: dt.date) -> list[Entry]:
    rows = Talk.objects.current().filter(
        lecturers__volunteer=person.pk, state=TalkState.PLANNED, on__range=(on, end)
    )  # fmt: skip
    return [
        _entry(
            f"talk:{row.public_id}", f"去宣讲：{row.topic}", row.on, row.starts, row.starts + row.minutes,
            "，".join(dict.fromkeys((row.host, row.place))),
        )
        for row in rows.select_related("topic").distinct()
    ]  # fmt: skip


def _service(code: str) -> str:
    return names_of("volunteer_service").get(code, "帮忙")


def _entry(key: str, title: str, on: dt.date, starts: int, ends: int, where: str = "") -> Entry:
    return Entry(
        on=on, title=title, note=f"{span_words(starts, ends)}{f'，{where}' if where else ''}",
        starts_at=moment(on, starts), ends_at=moment(on, ends), key=key,
    )  # fmt: skip


@dataclass(frozen=True)
class Door:
    """A line of the first page: where it leads, and how it stands there."""

    page: str
    label: str
    note: str = ""


def doors_of(acting: Acting, now: dt.datetime) -> list[Door]:
    """请人帮忙 always; 志愿服务 for a volunteer, with his next shift; 时间账户 where there is one, its minutes for
    himself alone. Two queries."""
    person, today = acting.person, timezone.localdate(now)
    row = Person.objects.filter(pk=person.pk).values_list(
        Exists(Volunteer.objects.active().filter(pk=OuterRef("pk"))),
        Exists(_open_accounts().exclude(state=AccountState.CLOSED)),
        _open_accounts().filter(state=AccountState.OPEN).annotate(free=F("balance") - F("held")).values("free")[:1],
        ServiceRequest.objects.current().filter(receiver=OuterRef("pk"), state__in=list(EXPECTED), on__gte=today)
        .order_by().values("receiver").annotate(count=Count("pk")).values("count"),
    ).first()  # fmt: skip
    is_volunteer, has_account, minutes, asked = row or (False, False, 0, 0)
    whose = f"{whom(acting)}的" if acting.is_proxy else "我的"
    asking = f"替{whom(acting)}请人帮忙" if acting.is_proxy else "请人帮忙"
    found = [Door("portal:me_help", asking, f"{asked} 件正在办" if asked else "")]
    if is_volunteer:
        found.append(Door("portal:me_volunteer", f"{whose}志愿服务", _next_words(person, today, acting.is_proxy)))
    if has_account:
        words = f"可以用 {length_words(minutes)}" if minutes and not acting.is_proxy else ""
        found.append(Door("portal:me_bank", f"{whose}时间账户", words))
    return found


def _open_accounts():
    return Account.objects.filter(person=OuterRef("pk"), kind=AccountKind.PERSON)


def _next_words(person: Person, today: dt.date, is_proxy: bool) -> str:
    coming = sorted(_turns(person, today, today + AHEAD, is_proxy), key=lambda entry: entry.starts_at or entry.on)
    if not coming:
        return "还没有报名的班次"
    first = coming[0]
    day = "今天" if first.on == today else day_words(first.on)
    return f"下一次：{day} {first.note.partition('，')[0]}，{first.title.partition('：')[2]}"
