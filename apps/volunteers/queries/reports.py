"""Figures of volunteering for a year: hours, people, requests, time bank, talks. Teams stand in the order of names;
nobody is named and nobody ranked."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Q, Sum
from django.db.models.functions import ExtractMonth

from apps.common.birthday import full_age
from apps.common.code_lists import names_of
from apps.people.models import Person
from apps.volunteers.choices.bank import AccountKind, TransferKind
from apps.volunteers.choices.requests import ProposalState, RequestState
from apps.volunteers.choices.shifts import RecordState
from apps.volunteers.choices.talks import PlaceKind, TalkState
from apps.volunteers.models import Account, Entry, ServiceRecord, ServiceRequest, Talk, Team, Volunteer
from apps.volunteers.rules.times import length_words

TEAM, MONTH, SERVICE = "team", "month", "service"
BANDS = ((0, 60), (60, 70), (70, 80), (80, 90), (90, 200))
MET = (RequestState.DONE, RequestState.CONFIRMED)
MONTHS = range(1, 13)
ZONE = dt.timezone(dt.timedelta(hours=8))
HOUR = 3600
TALK_SUMS = {"places": Count("host", distinct=True), "number": Count("pk"), "heard": Sum("audience")}


@dataclass(frozen=True)
class Table:
    title: str
    headings: Sequence[str]
    rows: list[tuple[str, list]]
    note: str = ""


@dataclass(frozen=True)
class Scope:
    """Rows a colleague may see, of days [first, until)."""

    user: object
    first: dt.date
    until: dt.date


def hours(scope: Scope, by: str) -> Table:
    """Confirmed service: how often, how long, by how many."""
    teams = Team.objects.visible_to(scope.user).current()
    rows = ServiceRecord.objects.current().filter(
        team__in=teams.order_by().values("pk"), state=RecordState.CONFIRMED, on__gte=scope.first, on__lt=scope.until
    )
    key = {TEAM: F("team_id"), MONTH: ExtractMonth("on"), SERVICE: F("service")}[by]
    found = rows.order_by().annotate(part=key).values("part").annotate(
        times=Count("pk"), total=Sum("minutes"), people=Count("volunteer", distinct=True)
    )  # fmt: skip
    sums = {row["part"]: [row["times"], length_words(row["total"]), row["people"]] for row in found}
    whole = rows.order_by().aggregate(times=Count("pk"), total=Sum("minutes"), people=Count("volunteer", distinct=True))
    names = {
        TEAM: lambda: teams.order_by("name").values_list("pk", "name"),
        MONTH: lambda: [(month, f"{month}月") for month in MONTHS],
        SERVICE: lambda: names_of("volunteer_service").items(),
    }[by]()
    nothing = [0, "0分", 0]
    lines = [(name, sums.get(part, nothing)) for part, name in names if by != SERVICE or part in sums]
    lines.append(("合计", [whole["times"], length_words(whole["total"] or 0), whole["people"]]))
    return Table(
        "志愿时长", ("服务次数", "志愿时长", "志愿者人数"), lines,
        "只算队长或工作人员确认过的服务；在几支队服务过的志愿者，合计里只算一位。",
    )  # fmt: skip


def people(scope: Scope) -> Table:
    """Volunteers on the last day, by age and by whether they are cadres."""
    last = scope.until - dt.timedelta(days=1)
    rows = Volunteer.objects.visible_to(scope.user).current().filter(joined_on__lt=scope.until)
    rows = rows.filter(Q(left_on__isnull=True) | Q(left_on__gt=last))
    counts = {band: [0, 0] for band in (*BANDS, None)}
    births = Person.objects.filter(pk__in=rows.order_by().values("pk"))
    for birth, cadre in births.order_by().values_list("birth_date", "cadre__pk").iterator():
        age = full_age(birth.first_day, last) if birth else None
        band = next((one for one in BANDS if age is not None and one[0] <= age < one[1]), None)
        counts[band][0 if cadre else 1] += 1
    lines = [(_band_words(band), [*pair, sum(pair)]) for band, pair in counts.items()]
    total = [sum(pair[0] for pair in counts.values()), sum(pair[1] for pair in counts.values())]
    lines.append(("合计", [*total, sum(total)]))
    return Table(
        "志愿者",
        ("老干部", "其他志愿者", "合计"),
        lines,
        f"{last.year}年{last.month}月{last.day}日在册的志愿者，按周岁。",
    )


def _band_words(band: tuple[int, int] | None) -> str:
    if band is None:
        return "没有出生日期"
    if band == BANDS[0]:
        return "60岁以下"
    return "90岁以上" if band == BANDS[-1] else f"{band[0]}—{band[1] - 1}岁"


def requests(scope: Scope) -> Table:
    """Asked for in each month: what became of it, and how long it took until enough had said yes."""
    rows = ServiceRequest.objects.visible_to(scope.user, "volunteers.view_servicerequest").current()
    rows = rows.filter(asked_at__gte=_midnight(scope.first), asked_at__lt=_midnight(scope.until))
    states = {
        "met": Q(state__in=MET), "unmet": Q(state=RequestState.UNMET), "off": Q(state=RequestState.CANCELLED),
        "open": Q(state__in=(RequestState.OPEN, RequestState.AGREED)),
    }  # fmt: skip
    counts = {name: Count("pk", filter=condition) for name, condition in states.items()}
    found = rows.order_by().values(month=ExtractMonth("asked_at")).annotate(asked=Count("pk"), **counts)
    sums = {row["month"]: [row["asked"], row["met"], row["unmet"], row["off"], row["open"]] for row in found}
    waits = _waits(rows)
    lines = [
        (f"{month}月", [*sums.get(month, [0] * 5), _mean(waits.get(month, []))]) for month in MONTHS
    ]  # fmt: skip
    total = [sum(column) for column in zip(*(sums.get(month, [0] * 5) for month in MONTHS), strict=True)]
    lines.append(("合计", [*total, _mean([one for month in waits.values() for one in month])]))
    return Table(
        "求助", ("提出", "已服务", "没有找到人", "取消", "正在办", "平均多久有人答应"), lines,
        "按提出的月份；“多久有人答应”从提出算到第一位志愿者答应。",
    )  # fmt: skip


def _waits(rows) -> dict[int, list[float]]:
    """Month → seconds until the first yes, of requests that got one."""
    accepted = rows.order_by().filter(proposals__state=ProposalState.ACCEPTED, proposals__voided_at__isnull=True)
    wait = ExpressionWrapper(Min("proposals__answered_at") - F("asked_at"), output_field=DurationField())
    found: dict[int, list[float]] = {}
    for month, waited in accepted.values("pk", "asked_at").annotate(
        month=ExtractMonth("asked_at"), wait=wait
    ).values_list("month", "wait"):  # fmt: skip
        if waited is not None:
            found.setdefault(month, []).append(waited.total_seconds())
    return found


def _mean(seconds: list[float]) -> str:
    if not seconds:
        return ""
    whole = sum(seconds) / len(seconds) / HOUR
    return f"{whole:.1f} 小时"


def bank(scope: Scope) -> Table:
    """Minutes that moved in the time bank, month by month."""
    banks = Account.objects.visible_to(scope.user).order_by().values("bank")
    rows = Entry.objects.filter(
        account__bank__in=banks, minutes__gt=0, transfer__at__gte=_midnight(scope.first),
        transfer__at__lt=_midnight(scope.until),
    )  # fmt: skip
    kinds = (
        TransferKind.EARN, TransferKind.SPEND, TransferKind.GIFT, TransferKind.DONATE, TransferKind.SURPLUS,
        TransferKind.GRANT, TransferKind.SETTLE, TransferKind.CONTRA,
    )  # fmt: skip
    sums = {
        (row["month"], row["transfer__kind"]): row["total"]
        for row in rows.order_by().values("transfer__kind", month=ExtractMonth("transfer__at"))
        .annotate(total=Sum("minutes"))
    }  # fmt: skip
    lines = [(f"{month}月", [length_words(sums.get((month, kind), 0)) for kind in kinds]) for month in MONTHS]
    lines.append(("合计", [
        length_words(sum(sums.get((month, kind), 0) for month in MONTHS)) for kind in kinds
    ]))  # fmt: skip
    left = Account.objects.visible_to(scope.user).filter(kind=AccountKind.PERSON).aggregate(total=Sum("balance"))
    note = f"现在个人账户里共有 {length_words(left['total'] or 0)}。时间币是互助的时间，不是钱。"
    return Table("时间币", [str(kind.label) for kind in kinds], lines, note)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), ZONE)


def talks(scope: Scope, *, by_area: bool = False) -> Table:
    """Talks that were held, by the kind of place or by district: how many places, talks, lecturers, 人次. A school that
    was visited twice is one. See rule book 10.62."""
    rows = Talk.objects.visible_to(scope.user, "volunteers.view_talk").current().filter(
        state=TalkState.HELD, on__gte=scope.first, on__lt=scope.until
    )  # fmt: skip
    key = "division__name" if by_area else "place_kind"
    sums = {row[key]: row for row in rows.order_by().values(key).annotate(**TALK_SUMS)}
    # Apart: a talk of two lecturers would be heard by twice as many.
    speakers = dict(rows.order_by().values_list(key).annotate(Count("lecturers", distinct=True)))
    cells = {name: _talk_cells(row, speakers[name]) for name, row in sums.items()}
    if by_area:
        lines = [(name or "没有写区县", cells[name]) for name in sorted(cells, key=lambda name: (name is None, name))]
    else:
        lines = [(label, cells[code]) for code, label in PlaceKind.choices if code in cells]
    everybody = rows.order_by().aggregate(number=Count("lecturers", distinct=True))["number"]
    lines.append(("合计", _talk_cells(rows.order_by().aggregate(**TALK_SUMS), everybody)))
    return Table(
        "宣讲（按区县）" if by_area else "宣讲", ("几家", "场次", "宣讲员", "受众（人次）"), lines,
        "只算登记过人数的场次；一家去过几次，算一家；几个地方讲过的宣讲员，合计里只算一位。",
    )  # fmt: skip


def _talk_cells(row: dict, speakers: int) -> list:
    return [row["places"], row["number"], speakers, f"{int(row['heard'] or 0):,}"]
