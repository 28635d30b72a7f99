"""What the clock does to requests: answers lapse, what nobody takes is reported upwards, what is over ends."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from apps.organisation.queries import rule_values, work_calendar
from apps.volunteers.choices.requests import ProposalState, RequestState
from apps.volunteers.models import ServiceRequest
from apps.volunteers.rules.help import LEADER, HelpRules, moment, stage_due

from . import help_telling
from .helping import follow
from .proposals import end_waiting, lapse_due, lock
from .requests import leave_unmet

TOO_LATE = "到时间还没有找到人"
LIVE = (RequestState.OPEN, RequestState.AGREED)


def turn(now: dt.datetime) -> int:
    """All of it, at each tick; returns how many rows changed. Twice at once is the same as once."""
    return lapse_due(now) + report_due(now) + end_past(now)


def report_due(now: dt.datetime) -> int:
    """Requests nobody took, reported as far up as their rules say by now, each stage once. See rule book 10.25."""
    rows = ServiceRequest.objects.current().filter(state=RequestState.OPEN, on__gte=timezone.localdate(now))
    calendar, rules = work_calendar(), _RulesOfUnits(timezone.localdate(now))
    count = 0
    for row in rows.select_related("unit").order_by("pk").iterator():
        begins = moment(row.on, row.starts)
        if begins > now and stage_due(row.asked_at, begins, now, rules.of(row), calendar) > row.stage:
            count += _report(row, stage_due(row.asked_at, begins, now, rules.of(row), calendar), now)
    return count


def end_past(now: dt.datetime) -> int:
    """Requests whose time came without anybody are unmet; those that somebody served and whose shift was closed wait
    for confirmation. See rule book 10.26."""
    today, count = timezone.localdate(now), 0
    rows = ServiceRequest.objects.current().filter(state__in=LIVE, on__lte=today)
    for row in rows.order_by("pk").iterator():
        if moment(row.on, row.starts) <= now:
            count += _end_or_follow(row, now)
    return count


def _report(row: ServiceRequest, stage: int, now: dt.datetime) -> int:
    with transaction.atomic():
        held = lock(row)
        if held.state != RequestState.OPEN or held.stage >= stage:
            return 0
        for step in range(held.stage + 1, stage + 1):
            if step > LEADER or held.team_id is not None:
                help_telling.reported(held, step, now)
        held.stage, held.escalated_at = stage, now
        held.save(update_fields=["stage", "escalated_at"])
        return 1


def _end_or_follow(row: ServiceRequest, now: dt.datetime) -> int:
    with transaction.atomic():
        held = lock(row)
        if held.state != RequestState.OPEN:
            return int(follow(held, now=now))
        if not held.proposals.current().filter(state=ProposalState.ACCEPTED).exists():
            leave_unmet(held, TOO_LATE, actor=None, now=now)
            return 1
        held.state = RequestState.AGREED  # fewer said yes than were wanted: they go
        held.save(update_fields=["state"])
        end_waiting(held, now)
        return 1


class _RulesOfUnits:
    """The rules of each unit, read once."""

    def __init__(self, on: dt.date):
        self.on = on
        self.known: dict[int, HelpRules] = {}

    def of(self, row: ServiceRequest) -> HelpRules:
        if row.unit_id not in self.known:
            self.known[row.unit_id] = rule_values(HelpRules.rule_key, on=self.on, unit=row.unit)
        return self.known[row.unit_id]
