import datetime

from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.messaging.jobs import Sent, send_waiting
from apps.messaging.rules import ZONE
from apps.reminders.jobs.handing import Handed, hand_out


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=ZONE)


def summary(handed: Handed, sent: Sent) -> str:
    parts = []
    if handed.quiet:
        parts.append("现在是不打扰时段，汇总和提醒等到早上再发。")
    if handed.busy:
        parts.append("另一个进程正在分发，这次只发送已分发的。")
    parts.append(f"交发送 {handed.messages} 条，没有责任人 {handed.unassigned} 条，撤回 {handed.withdrawn} 条；")
    parts.append(f"发出 {sent.sent} 条，稍后再试 {sent.later} 条，失败 {sent.failed} 条，待核实 {sent.unknown} 条。")
    return "".join(parts)


class Command(BaseCommand):
    help = "把今天该提醒的发出去：站内、短信、邮件。每条只发一次，再运行一遍不会重发。"

    def add_arguments(self, parser):
        parser.add_argument("--at", type=moment, help="当作什么时候（北京时间），例如 2026-02-03T09:00，默认现在")

    def handle(self, *args, **options):
        now = options["at"] or timezone.now()
        self.stdout.write(summary(hand_out(now), send_waiting(now)))
