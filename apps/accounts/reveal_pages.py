"""How often each colleague looked at full numbers: for section heads and the security administrator."""

import datetime

from django.core.exceptions import PermissionDenied
from django.urls import path
from django.utils import timezone

from apps.common import audit
from apps.organisation.queries import rule_values

from .models import User
from .outflow_rules import OutflowRules
from .queries import reveals_since

VIEW_REVEALS = "accounts.view_reveals"
WEEK = datetime.timedelta(days=6)


class RevealPages:
    """The page of counts; mixed into UserAdmin."""

    def get_urls(self):
        return [path("reveals/", self.staff_view(self.reveals_view), name="accounts_user_reveals"), *super().get_urls()]

    def reveals_view(self, request):
        if not request.user.has_perm(VIEW_REVEALS):
            raise PermissionDenied
        today = timezone.localdate()
        users = {user.pk: user for user in User.objects.filter(unit_id__in=request.user.reach(VIEW_REVEALS))}
        week = reveals_since(today - WEEK, users)
        day = reveals_since(today, week)
        limit = rule_values(OutflowRules.rule_key, on=today).reveals_a_day
        rows = [
            [str(user), user.username, day.get(user.pk, 0), week[user.pk], over(day.get(user.pk, 0), limit)]
            for user in sorted(
                (users[pk] for pk in week), key=lambda user: (-day.get(user.pk, 0), -week[user.pk], user.username)
            )
        ]
        audit.look("view_reveals", actor=request.user, request=request)
        context = {
            "title": "查看完整号码的次数",
            "lead": f"一天超过 {limit} 次会提醒科长和安全管理员。查看了谁的资料，由审计员在“查阅和操作记录”里查。",
            "columns": ["姓名", "用户名", {"label": "今天", "is_number": True},
                        {"label": "近七天", "is_number": True}, "情况"],
            "rows": rows,
        }  # fmt: skip
        return self.page(request, "admin/accounts/reveals.html", context)


def over(count: int, limit: int) -> dict:
    if count > limit:
        return {"text": "", "tag": f"超过 {limit} 次", "tone": "late"}
    return {"text": "正常"}
