"""The tick: everything the clock has to do, by whoever wakes first (beat, the supervisor, or a hand)."""

import datetime
import logging
from dataclasses import dataclass, field

from django.db.models import F
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from apps.branches.jobs import sign_in
from apps.branches.jobs.transfers import tell_of_transfers
from apps.branches.services.election_notices import remind_elections
from apps.common import jobs, sealing
from apps.common.tasks import run_job
from apps.ledgers.health_notices import tell_of_health
from apps.ledgers.jobs import tell_colleagues
from apps.ledgers.services import plan_day, repeat_alarms
from apps.ledgers.services.advice import advise_birthdays
from apps.ledgers.services.rosters import take_up_rosters
from apps.messaging.jobs import Sent, send_waiting
from apps.messaging.rules import ZONE
from apps.registry.reporting.reminding import remind_reports
from apps.reminders.models import PlannerRun
from apps.university.jobs.reminding import remind_university
from apps.volunteers.jobs.reminding import remind_volunteers

from .greeting import Greeted, post_greetings
from .handing import Handed, hand_out
from .planning import Plan, plan

logger = logging.getLogger(__name__)


@dataclass
class Tick:
    plan: Plan = field(default_factory=Plan)
    greeted: Greeted = field(default_factory=Greeted)
    handed: Handed = field(default_factory=Handed)
    sent: Sent = field(default_factory=Sent)
    error: str = ""


def tick(now: datetime.datetime, *, seconds: float = 240.0) -> Tick:
    """Take up what rosters brought, plan duties and ask for reports of units (once a day), plan reminders, post
    greetings, make codes for signing in that no bell was rung for, hand out, send, put abandoned jobs back to work,
    seal the audit. Two at once are harmless.

    A planner that fails does not keep back what is planned already; its error stands on the day's PlannerRun and,
    since the pulse is not renewed, the home page turns red.
    """
    day = now.astimezone(ZONE).date()
    done = Tick()
    is_first = _begin(day)
    try:
        take_up_rosters(on=day)
        plan_day(day)
        done.plan = plan(day)
        tell_colleagues(now)
        tell_of_transfers(now)
        done.greeted = post_greetings(now)
        if is_first:
            advise_birthdays(on=day)
            tell_of_health(now)
            remind_reports(now)
            remind_elections(now)
            remind_university(now)
            remind_volunteers(now)
    except Exception as error:
        logger.exception("planning for %s failed", day)
        done.error = f"{type(error).__name__}: {error}"[:300]
    _repeat_alarms(now, done)
    sign_in.take_up(now)
    done.handed = hand_out(now)
    done.sent = send_waiting(now, seconds=seconds)
    _end(day, done)
    _requeue_jobs()
    sealing.seal_committed()
    return done


def _repeat_alarms(now: datetime.datetime, done: Tick) -> None:
    """Whatever else fails, somebody who does not answer is not forgotten; nor does he hold up the rest."""
    try:
        repeat_alarms(now)
    except Exception as error:
        logger.exception("repeating alarms failed")
        done.error = done.error or f"{type(error).__name__}: {error}"[:300]


def _begin(day: datetime.date) -> bool:
    """Whether no run of this day has finished yet."""
    run, _ = PlannerRun.objects.get_or_create(day=day)
    PlannerRun.objects.filter(day=day).update(started_at=Now(), runs=F("runs") + 1)
    return run.finished_at is None


def _end(day: datetime.date, done: Tick) -> None:
    values = {"error": done.error}
    if not done.error:
        values["finished_at"] = Now()
    PlannerRun.objects.filter(day=day).update(
        planned=F("planned") + done.plan.planned,
        withdrawn=F("withdrawn") + done.plan.withdrawn + done.handed.withdrawn,
        missed=F("missed") + done.plan.missed,
        **values,
    )


def _requeue_jobs() -> None:
    """Through the broker; when that is down, here, so that a dead broker delays nothing."""
    for job_id in jobs.expired_jobs():
        try:
            run_job.delay(job_id=job_id)
        except OperationalError:
            jobs.run_job(job_id)
