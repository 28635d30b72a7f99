"""What was due and what became of it, day by day; and whether the clock still runs."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Max, Q

from apps.messaging.choices import Outcome
from apps.messaging.queries import late_deliveries, paused_channels, waiting_for_people
from apps.messaging.rules import ZONE, SendingRules, is_quiet
from apps.organisation.queries import rule_values
from apps.reminders.choices import ReminderState
from apps.reminders.models import PlannerRun, Reminder

STOPPED_AFTER = datetime.timedelta(minutes=15)


@dataclass(frozen=True)
class Heartbeat:
    """`tone`: late (red, reminders have stopped or stand still), soon (something waits for a person), done."""

    tone: str
    title: str
    text: str


def reminders_by_day(start: datetime.date, end: datetime.date) -> list[dict]:
    """Rows {due_on, due, handed, waiting, nobody, missed}, newest first, both ends included; those whose basis went
    away are not due. due = handed + waiting + nobody + missed always."""
    no_recipient = Q(state=ReminderState.PENDING, note=Outcome.NO_RECIPIENT)
    return list(
        Reminder.objects.filter(due_on__range=(start, end))
        .exclude(state=ReminderState.WITHDRAWN)
        .values("due_on")
        .annotate(
            due=Count("pk"),
            handed=Count("pk", filter=Q(state=ReminderState.HANDED)),
            waiting=Count("pk", filter=Q(state=ReminderState.PENDING) & ~no_recipient),
            nobody=Count("pk", filter=no_recipient),
            missed=Count("pk", filter=Q(state=ReminderState.MISSED)),
        )
        .order_by("-due_on")
    )


def runs(start: datetime.date, end: datetime.date) -> dict[datetime.date, PlannerRun]:
    return {run.day: run for run in PlannerRun.objects.filter(day__range=(start, end))}


def without_recipient(today: datetime.date) -> int:
    """Reminders due now that nobody is responsible for."""
    return Reminder.objects.filter(
        state=ReminderState.PENDING, note=Outcome.NO_RECIPIENT, due_on__lte=today, valid_until__gt=today
    ).count()


def heartbeat(now: datetime.datetime) -> Heartbeat:
    """For the home page: red when reminders have stopped, amber when a person must look, green otherwise."""
    last = PlannerRun.objects.aggregate(last=Max("finished_at"))["last"]
    if last is None or now - last > STOPPED_AFTER:
        return Heartbeat("late", "提醒停了", _stopped(last))
    today = now.astimezone(ZONE).date()
    if not is_quiet(now, rule_values(SendingRules.rule_key, on=today)):
        standing = _standing_still(now, last, today)
        if standing:
            return Heartbeat("late", "提醒发不出去", standing)
    to_do = _for_a_person(today)
    if to_do:
        return Heartbeat("soon", "提醒在运行，有几件要人看", "；".join(to_do) + "。")
    return Heartbeat("done", "提醒正常", f"最近一次运行：{last.astimezone(ZONE):%H:%M}。")


def _stopped(last: datetime.datetime | None) -> str:
    if last is None:
        return "提醒还没有运行过。请系统管理员检查定时任务。"
    local = last.astimezone(ZONE)
    when = f"{local.month}月{local.day}日 {local:%H:%M}"
    return f"最近一次正常运行是{when}，此后到期的提醒没有发出。请系统管理员检查定时任务。"


def _standing_still(now: datetime.datetime, last: datetime.datetime, today: datetime.date) -> str:
    waiting = (
        Reminder.objects.filter(state=ReminderState.PENDING, due_on__lte=today, valid_until__gt=today)
        .filter(planned_at__lt=last - STOPPED_AFTER)
        .exclude(note=Outcome.NO_RECIPIENT)
        .count()
    )
    late = late_deliveries(now, STOPPED_AFTER)
    parts = [f"{waiting} 条提醒该分发没有分发"] if waiting else []
    parts += [f"{late} 条短信或邮件等了 15 分钟以上"] if late else []
    return "，".join(parts) + ("。" if parts else "")


def _for_a_person(today: datetime.date) -> list[str]:
    rules = rule_values(SendingRules.rule_key, on=today)
    work = waiting_for_people(today, batch_days=rules.batch_days)
    nobody, paused = without_recipient(today), paused_channels()
    parts = [f"{work.unknown} 条发送不知是否送达，要核实"] if work.unknown else []
    parts += [f"{work.to_hand_out} 条等着交出（短信文件、贺卡、电话单）"] if work.to_hand_out else []
    parts += [f"{work.overdue_batches} 批过了期限还没有登记结果"] if work.overdue_batches else []
    parts += [f"{work.not_reached} 位老同志一周内没有通知到"] if work.not_reached else []
    parts += [f"{nobody} 条提醒没有责任人"] if nobody else []
    parts += [f"{'、'.join(channel.get_channel_display() for channel in paused)}通道暂停重试"] if paused else []
    return parts
