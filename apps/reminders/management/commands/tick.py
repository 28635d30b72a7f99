from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.reminders.jobs.ticking import tick

from .send_due import summary


class Command(BaseCommand):
    help = "走一次钟：排提醒、发提醒、接手中断的后台任务、封存操作记录。监管进程每五分钟运行一次。"

    def handle(self, *args, **options):
        done = tick(timezone.now())
        plan = done.plan
        self.stdout.write(f"新排 {plan.planned} 条，撤回 {plan.withdrawn} 条，错过 {plan.missed} 条；")
        self.stdout.write(summary(done.handed, done.sent))
        if done.error:
            raise CommandError(f"排提醒时出错：{done.error}")
