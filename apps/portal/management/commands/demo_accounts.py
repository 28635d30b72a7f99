from django.conf import settings
from django.core.management.base import BaseCommand

from apps.accounts.models import User
from apps.accounts.roles import ROLES
from apps.portal.demo.accounts import DEMO_PASSWORD, STAFF


class Command(BaseCommand):
    help = "列出演示账号；正式环境里什么也不列。"

    def handle(self, **options):
        if not settings.DEMO or not User.objects.filter(username=STAFF[0][0]).exists():
            return
        for username, name, _post, role in STAFF:
            self.stdout.write(f"{username}\t{ROLES[role].label}\t{name}\t{DEMO_PASSWORD}")
