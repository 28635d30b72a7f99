"""Open a staff account from the command line: the first security administrator, or one when all are locked out."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.accounts import services
from apps.accounts.roles import ROLES
from apps.common.errors import BusinessError
from apps.organisation.models import Unit


class Command(BaseCommand):
    help = "开立工作人员账号并授予角色，打印一次性初始密码。"

    def add_arguments(self, parser):
        parser.add_argument("username", help="工号")
        parser.add_argument("display_name", help="姓名")
        parser.add_argument("--role", required=True, choices=[key for key, role in ROLES.items() if role.grantable])
        parser.add_argument("--unit", required=True, help="单位代码")

    def handle(self, username, display_name, role, unit, **options):
        place = Unit.objects.filter(code=unit).first()
        if place is None:
            raise CommandError(f"没有代码为 {unit} 的单位。")
        try:
            user, password = services.open_account(username, display_name, unit=place, actor=None)
            today = timezone.localdate()
            services.grant_role(user, role, place, starts_on=today, ends_on=None, actor=None, reason="命令行开立")
        except BusinessError as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(password)
