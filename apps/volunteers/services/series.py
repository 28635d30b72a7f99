"""Shifts that come back every week: made ahead, changed from a day on, ended."""

import datetime as dt
from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError
from apps.organisation.queries import rule_values, work_calendar
from apps.organisation.workdays import WorkCalendar
from apps.signups.choices import OfferingState
from apps.signups.models import SignUp
from apps.signups.services.locking import hold
from apps.volunteers.choices.shifts import ProjectState
from apps.volunteers.models import Project, Shift, ShiftSeries
from apps.volunteers.rules.shifts import WEEK, ShiftRules, series_days
from apps.volunteers.rules.times import DAY_ENDS, day_words

from .shifts import DAY, MOST_PLACES, ShiftFacts, cancel_shift, change_shift, create_shift, facts_of

ONCE_A_WEEK = "shift_once_a_week"


@dataclass(frozen=True)
class SeriesFacts:
    """A weekly time: `weekday` 1 is Monday; minutes since midnight; days [first_on, until)."""

    weekday: int
    starts: int
    ends: int
    first_on: dt.date
    until: dt.date
    capacity: int
    skip_holidays: bool = True


@transaction.atomic
def create_series(project: Project, facts: SeriesFacts, *, actor: User, now: dt.datetime) -> ShiftSeries:
    """A series, and its shifts of the coming weeks at once. BusinessError with the field."""
    _check(facts)
    series = ShiftSeries.objects.create(project=project, **vars(facts))
    audit.record("series.create", actor=actor, target=_target(series))
    make_ahead(series, work_calendar(), actor=actor, now=now)
    return series


def make_ahead(series: ShiftSeries, calendar: WorkCalendar, *, actor: User | None, now: dt.datetime) -> int:
    """Its shifts within the weeks of the rule set that are not there yet, from today on; returns how many. Made once
    however often and by how many at a time: the constraint decides. A cancelled day stays cancelled. See rule book
    10.12."""
    project, today = series.project, timezone.localdate(now)
    team = project.team
    if series.voided_at or project.state == ProjectState.CLOSED or project.voided_at or team.closed_on:
        return 0
    rules = rule_values(ShiftRules.rule_key, on=today, unit=team.unit)
    first, horizon = max(series.first_on, today), today + rules.weeks_ahead * WEEK
    days = series_days(
        series.weekday, first, series.until, horizon, calendar, skip_holidays=series.skip_holidays
    )  # fmt: skip
    there = set(Shift.objects.filter(series=series, on__gte=first).values_list("on", flat=True))
    return sum(_make(series, day, actor, now) for day in days if not there & _week_of(day))


@transaction.atomic
def change_series(
    series: ShiftSeries, facts: SeriesFacts, *, from_on: dt.date, actor: User, now: dt.datetime
) -> int:  # fmt: skip
    """Another weekday, time or number from a day on: shifts ahead move with everybody on them, who are told. Returns
    how many moved. Raises BusinessError naming the day on which it is not possible; then nothing moved."""
    _check(facts)
    series = ShiftSeries.objects.select_for_update(of=("self",)).select_related("project__team").get(pk=series.pk)
    today = timezone.localdate(now)
    if from_on < today:
        raise BusinessError("只能从今天或以后的日子改起。", code="past", field="from_on")
    shift_by = (facts.weekday - series.weekday) * DAY
    rows = list(_ahead(series, from_on))
    offerings = [row.offering_id for row in rows]
    hold(SignUp.objects.active().filter(offering__in=offerings).values_list("person_id", flat=True), offerings)
    for row in rows:
        new = replace(
            facts_of(row), on=row.on + shift_by, starts=facts.starts, ends=facts.ends, capacity=facts.capacity
        )  # fmt: skip
        try:
            change_shift(row, new, actor=actor, now=now)
        except BusinessError as refusal:
            words = f"{day_words(row.on)}那一班：{refusal.sentence}请先单独处理那一班。"
            raise BusinessError(words, code=refusal.code, field=refusal.field) from refusal
    for name in ("weekday", "starts", "ends", "capacity", "skip_holidays", "until"):
        setattr(series, name, getattr(facts, name))
    series.save()
    audit.record("series.change", actor=actor, target=_target(series))
    if facts.until <= today + 52 * WEEK:
        _cancel_from(series, facts.until, reason="以后不再安排", actor=actor, now=now)
    make_ahead(series, work_calendar(), actor=actor, now=now)
    return len(rows)


@transaction.atomic
def end_series(series: ShiftSeries, *, until: dt.date, reason: str, actor: User, now: dt.datetime) -> int:
    """No shift from `until` on: those made already are cancelled, whoever is on them is told. Returns how many shifts.
    Once more does nothing."""
    series = ShiftSeries.objects.select_for_update(of=("self",)).get(pk=series.pk)
    if until < timezone.localdate(now):
        raise BusinessError("请填今天或以后的日子。", code="past", field="until")
    if until <= series.first_on:
        raise BusinessError("要晚于开始的那天。还没有开始的，请把各班取消。", code="order", field="until")
    if until > series.until:
        last = series.until - DAY
        raise BusinessError(
            f"本来就排到{last.year}年{last.month}月{last.day}日为止，请填这以前的日子。", code="late", field="until"
        )
    if not reason.strip():
        raise BusinessError("请写明为什么不再安排，报了名的人会收到通知。", code="reason", field="reason")
    if until < series.until:
        series.until = until
        series.save(update_fields=["until"])
        audit.record("series.end", actor=actor, target=_target(series), reason=reason)
    return _cancel_from(series, until, reason=reason, actor=actor, now=now)


def _cancel_from(series: ShiftSeries, until: dt.date, *, reason: str, actor: User, now: dt.datetime) -> int:
    rows = list(_ahead(series, until))
    for row in rows:
        cancel_shift(row, reason=reason, actor=actor, now=now)
    return len(rows)


def _ahead(series: ShiftSeries, first: dt.date):
    live = (OfferingState.OPEN, OfferingState.DRAFT)
    rows = Shift.objects.current().filter(series=series, on__gte=first, offering__state__in=live)
    return rows.select_related("team__unit", "project", "request", "offering__places").order_by("on")


def _make(series: ShiftSeries, day: dt.date, actor: User | None, now: dt.datetime) -> bool:
    project = series.project
    facts = ShiftFacts(
        team=project.team, project=project, series=series, on=day, starts=series.starts, ends=series.ends,
        capacity=series.capacity,
    )  # fmt: skip
    try:
        with transaction.atomic():
            create_shift(facts, actor=actor, now=now)
    except IntegrityError as error:
        if ONCE_A_WEEK not in str(error):
            raise
        return False
    return True


def _week_of(day: dt.date) -> set[dt.date]:
    """The days of its week: a shift that was moved within the week is that week's shift."""
    monday = day - (day.isoweekday() - 1) * DAY
    return {monday + number * DAY for number in range(7)}


def _check(facts: SeriesFacts) -> None:
    for wrong, sentence, field in (
        (not 1 <= facts.weekday <= 7, "请选星期几。", "weekday"),
        (not 0 <= facts.starts < facts.ends <= DAY_ENDS, "结束时间要晚于开始时间。", "ends"),
        (facts.until <= facts.first_on, "结束的日子要晚于开始的日子。", "until"),
        (not 1 <= facts.capacity <= MOST_PLACES, f"需要的人数填 1 到 {MOST_PLACES}。", "capacity"),
    ):
        if wrong:
            raise BusinessError(sentence, code="facts", field=field)


def _target(series: ShiftSeries) -> str:
    return f"volunteers.shiftseries:{series.pk}"
