import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.ledgers.services.planning import WINDOW_DAYS, plan_duties
from apps.reminders.jobs.planning import LOOK_AHEAD, plan

LEAD_DAYS = 31  # no reminder of a duty is sent longer ahead than this


def iso_date(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


class Command(BaseCommand):
    help = "排看望任务和提醒：从七天前到今后几天，缺的补上，事由没了的撤回。再运行一遍不会有变化。"

    def add_arguments(self, parser):
        parser.add_argument("--date", type=iso_date, help="当作哪一天，YYYY-MM-DD，默认今天")
        parser.add_argument("--window", type=int, default=LOOK_AHEAD, help="往后看几天，默认 7")

    def handle(self, *args, **options):
        if not 0 <= options["window"] <= 366:
            raise CommandError("--window 请填 0 到 366。")
        today = timezone.localdate()
        day, ahead = options["date"] or today, options["window"]
        plan_duties(on=day, window=max(WINDOW_DAYS, ahead + LEAD_DAYS))
        # A look into the future must not write off what is still to be sent today.
        done = plan(day, look_ahead=ahead, today=min(day, today))
        if done.busy:
            self.stdout.write("另一个进程正在排，这次没有动。")
            return
        self.stdout.write(f"新排 {done.planned} 条，撤回 {done.withdrawn} 条，记为错过 {done.missed} 条。")
