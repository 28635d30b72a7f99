"""What staff and the public see of a draw: how many asked, what came out, what became of one ticket."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Min, Q
from django.utils import timezone

from apps.common import attachments
from apps.signups import drawing
from apps.signups.choices import RoundState, SignUpState
from apps.signups.kinds import kind_of
from apps.signups.models import Offering, Places, Round, SignUp, Ticket
from apps.signups.queries import positions_of

CLASS = "class"


@dataclass(frozen=True)
class ClassLine:
    """A class in a round: `capacity` in all, `places` to be drawn as it stands, `tickets` that ask for it, `first` as
    the first choice."""

    offering: Offering
    capacity: int
    places: int
    tickets: int
    first: int

    @property
    def odds(self) -> str:
        """In words, never in per cent."""
        if not self.tickets:
            return "还没有人报"
        if not self.places:
            return "没有名额"
        if self.tickets <= self.places:
            return "现在报的都有位置"
        return f"大约 {-(-self.tickets // self.places)} 份报名抽 1 份"


def rounds_of_classes():
    return Round.objects.public().filter(kind=CLASS).select_related("unit")


def class_lines(round: Round) -> list[ClassLine]:
    """Three statements for however many tickets."""
    offerings = list(Offering.objects.filter(round=round, voided_at__isnull=True).order_by("title", "pk"))
    places = {row.pk: (row.capacity, row.free) for row in Places.objects.filter(pk__in=offerings)}
    asked = SignUp.objects.filter(offering__in=offerings, ticket__isnull=False, voided_at__isnull=True)
    asked = (
        asked.exclude(state=SignUpState.UNDONE)
        .order_by()
        .values("offering_id")
        .annotate(tickets=Count("ticket", distinct=True), first=Count("ticket", distinct=True, filter=Q(preference=1)))
    )
    counts = {pk: counted for pk, *counted in asked.values_list("offering_id", "tickets", "first")}
    return [ClassLine(one, *places.get(one.pk, (0, 0)), *counts.get(one.pk, (0, 0))) for one in offerings]


def ticket_counts(rounds: Iterable[Round]) -> dict[int, int]:
    rows = Ticket.objects.filter(round__in=list(rounds), withdrawn_at__isnull=True, voided_at__isnull=True)
    return dict(rows.order_by().values_list("round_id").annotate(Count("pk")))


@dataclass
class ClassResult:
    """What a draw gave a class: (place in the order, ticket number) of those who got it, and of those who wait."""

    code: str
    name: str
    places: int
    got: list[tuple[int, str]] = field(default_factory=list)
    waiting: list[tuple[int, str]] = field(default_factory=list)
    people: int = 0


def results_of(round: Round) -> list[ClassResult]:
    """From the two files of the draw, which anybody has after publication; classes in order of their names."""
    draw_list = drawing.read_list(attachments.read(round.list_file))
    _, drawn = drawing.read_result(attachments.read(round.result_file))
    entries = {entry.number: entry for entry in draw_list.entries}
    results = {place.code: ClassResult(place.code, place.name, place.places) for place in draw_list.places}
    for one in drawn:
        entry = entries[one.number]
        for code in one.got:
            results[code].got.append((one.place, one.number))
            results[code].people += entry.people
        if len(one.got) < entry.wants:
            for code in set(entry.choices) - set(one.got):
                results[code].waiting.append((one.place, one.number))
    return sorted(results.values(), key=lambda one: (one.name, one.code))


def explained(round: Round) -> list[str]:
    """The result in two sentences (issue: 结果用两句话说清)."""
    return [
        f"抽签前先公布了报名名单和密封数的校验值，再由学员代表当众抽出 {round.public_number}，"
        "三样合在一起算出每张表的先后，谁也不能事先知道，谁也改不了。",
        "按抽出的先后一张一张给，轮到谁就给他志愿里还有名额的班；没有名额的按这个先后排入候补，有人退出就依次递补。",
    ]


@dataclass(frozen=True)
class ChoiceLine:
    """One choice of a ticket: its place among them, the class, and how it stands in words."""

    preference: int
    title: str
    words: str
    tone: str = ""


@dataclass(frozen=True)
class TicketView:
    ticket: Ticket
    place: int | None
    choices: Sequence[ChoiceLine]


def ticket_by_number(round: Round, number: str) -> Ticket | None:
    return Ticket.objects.filter(round=round, number=number, voided_at__isnull=True).first()


def ticket_view(ticket: Ticket) -> TicketView:
    """The ticket without anybody's name: what it asked, and since the result is published what became of it."""
    round = ticket.round
    rows = ticket.sign_ups.filter(voided_at__isnull=True).exclude(state=SignUpState.UNDONE)
    rows = rows.select_related("offering").order_by("preference", "offering_id", "pk")
    firsts = list({row.offering_id: row for row in reversed(rows)}.values())[::-1]
    waiting = positions_of(firsts)
    lines = [ChoiceLine(row.preference, row.offering.title, *_standing(row, round, waiting)) for row in firsts]
    return TicketView(ticket, rows.aggregate(place=Min("lot"))["place"], lines)


def _standing(row: SignUp, round: Round, waiting: dict[int, int]) -> tuple[str, str]:
    if round.state != RoundState.PUBLISHED:
        return ("已取消", "") if row.state == SignUpState.CANCELLED else ("等待抽签", "info")
    if row.state == SignUpState.WAITING:
        return f"现在第{waiting[row.pk]}位候补", "soon"
    if row.state == SignUpState.SEATED:
        return "已录取", "done"
    if row.seated_at == round.published_at:
        return "抽中，后来退出", ""
    return row.end_reason or row.get_state_display(), ""


def phone_of(round: Round) -> str:
    """Whom to ring about a draw: the school of its first class."""
    offering = Offering.objects.filter(round=round, voided_at__isnull=True).order_by("pk").first()
    return kind_of(offering).phone(offering) if offering else ""


def stage_words(round: Round, now: dt.datetime) -> tuple[str, str]:
    """(words, tone) for where a round stands."""
    if round.state == RoundState.COLLECTING:
        if now < round.opens_at:
            return f"{_day(round.opens_at)}开始报名", "info"
        if now < round.closes_at:
            return f"正在报名，{_day(round.closes_at)}截止", "soon"
        return "报名已截止，等待封存名单", "info"
    words = {
        RoundState.FROZEN: ("名单已封存，等待抽签", "info"),
        RoundState.DRAWN: ("已抽签，等待公布结果", "info"),
        RoundState.PUBLISHED: ("结果已公布", "done"),
        RoundState.CANCELLED: ("已取消", ""),
    }
    return words[RoundState(round.state)]


def _day(moment: dt.datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local.month}月{local.day}日{local:%H:%M}"
