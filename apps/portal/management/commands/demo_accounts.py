from django.conf import settings
from django.core.management.base import BaseCommand

from apps.accounts.models import User
from apps.accounts.roles import ROLES
from apps.portal.demo.accounts import DEMO_PASSWORD, OTHERS, STAFF


class Command(BaseCommand):
    help = "列出演示账号；正式环境里什么也不列。"

    def handle(self, **options):
        if not settings.DEMO or not User.objects.filter(username=STAFF[0][0]).exists():
            return
        roles = {username: role for username, _, _, role in STAFF} | dict(OTHERS)
        names = dict(User.objects.filter(username__in=roles).values_list("username", "display_name"))
        for username, role in roles.items():
            if username in names:
                self.stdout.write(f"{username}\t{ROLES[role].label}\t{names[username]}\t{DEMO_PASSWORD}")
