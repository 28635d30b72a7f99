"""公益大讲堂 as the public and staff read it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils import timezone

from apps.people.acting import Acting
from apps.signups.choices import ACTIVE, SignUpState
from apps.signups.models import SignUp
from apps.signups.queries import positions_of
from apps.university.choices.air import LectureState
from apps.university.models import Lecture
from apps.university.rules.when import WEEKDAYS, clock, half_of

VIEW = "university.view_lecture"


@dataclass(frozen=True)
class Own:
    """A sign-up of somebody the reader acts for. `words`: where it stands."""

    acting: Acting
    sign_up: SignUp
    words: str
    may_undo: bool


@dataclass
class Notice:
    """One lecture: when, how many seats in words, whether somebody may ask for one now."""

    lecture: Lecture
    when: str
    seats: str
    tone: str
    is_open: bool
    own: list[Own] = field(default_factory=list)


def when_words(lecture: Lecture) -> str:
    """12月3日（星期四）上午 9:00–10:30."""
    starts, ends = timezone.localtime(lecture.starts_at), timezone.localtime(lecture.ends_at)
    minutes = starts.hour * 60 + starts.minute
    day = f"{starts.month}月{starts.day}日（星期{WEEKDAYS[starts.weekday()]}）"
    return f"{day}{half_of(minutes)} {clock(minutes)}–{clock(ends.hour * 60 + ends.minute)}"


def notice_of(lecture: Lecture, now: dt.datetime) -> Notice:
    offering, places = lecture.offering, lecture.offering.places
    words = moment = ""
    is_open = lecture.state == LectureState.PUBLISHED
    if lecture.state == LectureState.CANCELLED:
        words, moment = "取消了", "late"
    elif offering.opens_at and now < offering.opens_at:
        at = timezone.localtime(offering.opens_at)
        words, moment, is_open = f"{at.month}月{at.day}日{at.hour}点起报名", "info", False
    elif offering.closes_at and now >= offering.closes_at:
        words, is_open = "报名已经截止，有空位可以直接来", False
    elif places.free:
        words, moment = f"还有 {places.free} 个座位", "done"
    else:
        words, moment = "座位已满，可以排候补", "soon"
    return Notice(lecture, when_words(lecture), words, moment, is_open)


def coming(now: dt.datetime) -> QuerySet[Lecture]:
    """Published and not over, the next first; cancelled ones until their day is over, so that nobody comes in vain."""
    rows = Lecture.objects.current().filter(
        state__in=(LectureState.PUBLISHED, LectureState.CANCELLED), ends_at__gt=now, series__voided_at__isnull=True
    )
    return rows.select_related("series__school", "offering__places").order_by("starts_at", "pk")


def own_of(lecture: Lecture, actings: Iterable[Acting], now: dt.datetime) -> list[Own]:
    """What those whom the reader acts for have at this lecture; two statements."""
    by_person = {acting.person.pk: acting for acting in actings}
    rows = list(
        SignUp.objects.filter(
            offering=lecture.offering_id, person__in=by_person, state__in=ACTIVE, voided_at__isnull=True
        ).order_by("pk")
    )
    positions = positions_of(rows)
    return [
        Own(by_person[row.person_id], row, standing(row, positions.get(row.pk, 0)),
            row.undo_until is not None and now < row.undo_until)
        for row in rows
    ]  # fmt: skip


def standing(row: SignUp, position: int) -> str:
    if row.state == SignUpState.WAITING:
        return f"第{position}位候补" if position else "候补"
    return "有座位" if row.state == SignUpState.SEATED else row.get_state_display()


def listed(lecture: Lecture) -> list[tuple[SignUp, str]]:
    """Who has a seat or waits, with the words; seats in the order of names, then the waiting in theirs."""
    rows = list(
        SignUp.objects.filter(offering=lecture.offering_id, state__in=ACTIVE, voided_at__isnull=True)
        .select_related("person")
        .order_by("person__name_sort_key", "person__name", "pk")
    )
    positions = positions_of(rows)
    rows.sort(key=lambda row: positions.get(row.pk, 0))
    return [(row, standing(row, positions.get(row.pk, 0))) for row in rows]
