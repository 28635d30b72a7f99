"""Talks as staff and the public read them: progress of campaigns, who could speak, who is taken."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from apps.organisation.models import Community, Division
from apps.organisation.queries import ancestor_ids, subtree_ids
from apps.people.choices import AwayKind
from apps.people.models import Whereabouts
from apps.signups.models import Occupied
from apps.volunteers.choices.talks import TalkState
from apps.volunteers.models import (
    Lecturer,
    Talk,
    TalkBooking,
    TalkCampaign,
    TalkLecturer,
    TalkRound,
    TalkTopic,
    VolunteerTime,
)
from apps.volunteers.rules.talks import Fit, parts_of, share_words

from .volunteers import may_serve

LOOKED_AT = 300
TALKS, PLACED = "这个时间已经有别的宣讲", "这个时间有班次或课程"
HELD = {"state": TalkState.HELD, "voided_at__isnull": True}


@dataclass(frozen=True)
class Progress:
    """What was reached: lecturers who spoke, talks held, 人次 who heard."""

    lecturers: int = 0
    sessions: int = 0
    audience: int = 0


@dataclass(frozen=True)
class Line:
    """One target of a campaign: `words` reads without the bar."""

    label: str
    done: int
    target: int | None
    unit: str

    @property
    def most(self) -> int:
        return max(1, self.target or 1)

    @property
    def shown(self) -> int:
        """For the bar, which ends at the target."""
        return min(self.done, self.most)

    @property
    def share(self) -> str:
        return share_words(self.done, self.target) if self.target else ""

    @property
    def words(self) -> str:
        if not self.target:
            return f"{self.done:,}{self.unit}，没有定目标"
        return f"{self.done:,}{self.unit}，目标 {self.target:,}{self.unit}，完成 {self.share}"


def progress_of(campaigns: Collection[int]) -> dict[int, Progress]:
    """campaign id → what was reached by its talks that were held and stand. Two queries for any number; the sums are
    numbers without an end (bigint and beyond). See rule book 10.62."""
    held = Talk.objects.filter(campaign__in=list(campaigns), **HELD).order_by()
    sums = {
        row["campaign"]: row
        for row in held.values("campaign").annotate(number=Count("pk"), heard=Sum("audience"))
    }  # fmt: skip
    spoke = _spoke(TalkLecturer.objects.filter(talk__campaign__in=list(campaigns)), "talk__campaign")
    return {
        pk: Progress(spoke.get(pk, 0), sums[pk]["number"], int(sums[pk]["heard"] or 0)) if pk in sums else Progress()
        for pk in campaigns
    }


def rounds_of(campaign: TalkCampaign) -> list[tuple[TalkRound, Progress]]:
    """Its rounds in order, with what each reached. Three queries."""
    rounds = list(campaign.rounds.filter(voided_at__isnull=True).order_by("starts_on", "pk"))
    done = round_progress([row.pk for row in rounds])
    return [(row, done[row.pk]) for row in rounds]


def round_progress(rounds: Collection[int]) -> dict[int, Progress]:
    """Round id → what was reached. Two queries for any number."""
    held = Talk.objects.filter(round__in=list(rounds), **HELD).order_by()
    sums = {row["round"]: row for row in held.values("round").annotate(number=Count("pk"), heard=Sum("audience"))}
    spoke = _spoke(TalkLecturer.objects.filter(talk__round__in=list(rounds)), "talk__round")
    return {
        pk: Progress(spoke.get(pk, 0), sums[pk]["number"], int(sums[pk]["heard"] or 0)) if pk in sums else Progress()
        for pk in rounds
    }


def _spoke(rows: QuerySet[TalkLecturer], by: str) -> dict[int, int]:
    rows = rows.filter(talk__state=TalkState.HELD, talk__voided_at__isnull=True).order_by()
    return dict(rows.values(by).annotate(number=Count("lecturer", distinct=True)).values_list(by, "number"))


def lines_of(campaign: TalkCampaign, done: Progress) -> list[Line]:
    """Target beside what was done, in the order of “百千万”."""
    return [
        Line("宣讲员", done.lecturers, campaign.lecturers, "人"),
        Line("场次", done.sessions, campaign.sessions, "场"),
        Line("受众", done.audience, campaign.audience, "人次"),
    ]


def kinds_of(campaign: TalkCampaign) -> list[tuple[str, int, int, int]]:
    """(kind of place, how many places, talks held, 人次), of those kinds that were visited; a school that was visited
    twice is one. See rule book 10.62."""
    held = Talk.objects.filter(campaign=campaign, **HELD).order_by("place_kind")
    rows = held.values("place_kind").annotate(
        places=Count("host", distinct=True), number=Count("pk"), heard=Sum("audience")
    )
    words = dict(Talk._meta.get_field("place_kind").flatchoices)
    return [(words[row["place_kind"]], row["places"], row["number"], int(row["heard"] or 0)) for row in rows]


def public_campaigns(on: dt.date) -> list[tuple[TalkCampaign, list[Line]]]:
    """Campaigns of a day whose numbers are open: numbers only, no names. Three queries."""
    rows = list(
        TalkCampaign.objects.current().filter(is_public=True, starts_on__lte=on, ends_on__gt=on)
        .select_related("unit").order_by("-starts_on", "-pk")[:10]
    )  # fmt: skip
    done = progress_of([row.pk for row in rows])
    return [(row, lines_of(row, done[row.pk])) for row in rows]


def open_topics() -> QuerySet[TalkTopic]:
    """What anybody may ask for."""
    return TalkTopic.objects.current().filter(is_open=True).select_related("unit").order_by("title", "pk")


def divisions_for(unit) -> QuerySet[Division]:
    """Counties and districts of the city of a unit, for a choice of where; of a unit without a division those in which
    communities are registered."""
    rows = Division.objects.filter(disabled_on__isnull=True).order_by("code")
    if unit.division is None:
        return rows.filter(pk__in=Community.objects.filter(voided_at__isnull=True).order_by().values("division"))
    top = unit.division.parent_id if unit.division.level == "county" else unit.division_id
    return rows.filter(Q(parent=top) | Q(pk=top))


@dataclass(frozen=True)
class Speaker:
    lecturer: Lecturer
    fit: Fit

    @property
    def name(self) -> str:
        return self.lecturer.volunteer.person.name


def fitting(booking: TalkBooking, on: dt.date, starts: int, minutes: int) -> list[Speaker]:
    """Lecturers of the units above and below the booking's, the best fit for a time first, each with the reason; those
    who may not be asked last. At most fourteen queries for any number. See rule book 10.61."""
    units = {*ancestor_ids(booking.unit), *subtree_ids([booking.unit])}
    rows = list(
        Lecturer.objects.active().filter(team__unit__in=units, joined_on__lte=on)
        .select_related("volunteer__person", "team").prefetch_related("topics", "divisions").order_by("pk")[:LOOKED_AT]
    )  # fmt: skip
    people = [row.volunteer_id for row in rows]
    barred, taken = may_serve(people, on), busy(people, on, starts, starts + minutes)
    free = _free(people, on, parts_of(starts, minutes))
    found = [
        Speaker(row, Fit(
            knows_topic=booking.topic_id is None or any(one.pk == booking.topic_id for one in row.topics.all()),
            is_free=row.volunteer_id in free, is_near=_near(row, booking), note=row.note,
            barred=barred.get(row.volunteer_id) or taken.get(row.volunteer_id, ""),
        ))
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: (*one.fit.rank, one.lecturer.pk))


def _near(lecturer: Lecturer, booking: TalkBooking) -> bool:
    wished = [row.pk for row in lecturer.divisions.all()]
    return not wished or booking.division_id in wished


def _free(people: Collection[int], on: dt.date, parts: set[str]) -> set[int]:
    """Those who said that they are free in all these half days of that weekday."""
    rows = VolunteerTime.objects.filter(volunteer__in=people, weekday=on.isoweekday(), part__in=parts)
    counts = rows.order_by().values("volunteer").annotate(number=Count("pk")).values_list("volunteer", "number")
    return {pk for pk, number in counts if number == len(parts)}


def busy(
    people: Iterable[int], on: dt.date, starts: int, ends: int, *, but: int | None = None
) -> dict[int, str]:  # fmt: skip
    """person id → what he has at that time: another talk, a place in a class or shift, a journey. Two queries.
    `but`: the talk that is being changed. See rule book 10.61."""
    people = list(people)
    occupied = Occupied.objects.filter(
        person__in=people, weekday=on.isoweekday(), first_on__lte=on, until__gt=on, starts__lt=ends, ends__gt=starts
    ).exclude(subject=subject_of(but or 0))  # fmt: skip
    away = Whereabouts.objects.filter(
        Q(starts_on__isnull=True) | Q(starts_on__lte=on), Q(ends_on__isnull=True) | Q(ends_on__gt=on),
        person__in=people, kind=AwayKind.TRAVELLING, voided_at__isnull=True,
    )  # fmt: skip
    found = dict.fromkeys(away.values_list("person_id", flat=True), "这几天在外地")
    for pk, subject in occupied.order_by("person", "starts").values_list("person_id", "subject"):
        found[pk] = TALKS if subject else PLACED
    return found


def subject_of(talk: int) -> str:
    """How a talk is named where it takes its lecturers' time."""
    return f"volunteers.talk:{talk}"


def names_of_speakers(talks: Iterable[int]) -> dict[int, str]:
    """talk id → names of who speaks. One query."""
    found: dict[int, list[str]] = {}
    rows = TalkLecturer.objects.filter(talk__in=list(talks)).order_by("pk")
    for talk, name in rows.values_list("talk_id", "lecturer__volunteer__person__name"):
        found.setdefault(talk, []).append(name)
    return {talk: "、".join(names) for talk, names in found.items()}
