"""Staff accounts and their roles: the security administrator's pages. No account of an old cadre is among them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.urls import path
from django.utils import timezone

from apps.common.admin import RecordAdmin, is_reading
from apps.common.errors import BusinessError
from apps.organisation.models import Community, Unit

from . import services
from .factor_admin import BoundCertificateAdmin, SheetPages, factors_of, with_factors
from .forms import GrantForm, ReasonForm
from .models import RoleGrant, User
from .reveal_pages import RevealPages
from .roles import ROLES

__all__ = ["BoundCertificateAdmin", "RoleGrantAdmin", "UserAdmin"]


@dataclass(frozen=True)
class Act:
    """Something done to an account on a page of its own; `run(user, actor, reason)` may return a password to show."""

    label: str
    sentence: str
    run: Callable[[User, User, str], str | None]
    offered: Callable[[User], bool] = lambda user: user.is_active


def _switch(is_active: bool):
    return lambda user, actor, reason: services.set_active(user, is_active, actor=actor, reason=reason)


ACTS = {
    "password": Act(
        "重置密码",
        "生成一个新的初始密码，只显示这一次；他在各处的登录马上失效，下次登录要先改密码。",
        lambda user, actor, reason: services.reset_password(user, actor=actor, reason=reason),
    ),
    "second-factor": Act(
        "重置第二重验证",
        "换手机或丢手机时用：原来的验证器、恢复码和口令单作废，下次登录重新设置。请先当面核对本人。",
        lambda user, actor, reason: services.reset_second_factor(user, actor=actor, reason=reason),
    ),
    "sign-out": Act(
        "强制退出",
        "他在各处的登录马上失效，账号仍可使用。",
        lambda user, actor, reason: services.force_sign_out(user, actor=actor, reason=reason),
    ),
    "disable": Act("停用账号", "他马上不能再登录和操作；已办的事和记录都保留。", _switch(False)),
    "enable": Act("启用账号", "他可以重新登录，原来的角色照旧有效。", _switch(True), lambda user: not user.is_active),
}


@admin.register(User)
class UserAdmin(SheetPages, RevealPages, RecordAdmin):
    list_display = ["username", "display_name", "unit", "post", "roles", "second_factor", "is_active"]
    list_display_links = ["username", "display_name"]
    list_filter = ["is_active"]
    select_related_in_list = ("unit",)
    search_fields = ["username", "display_name"]
    search_help_text = "用户名或姓名"
    ordering = ["username", "id"]
    fields = ["username", "display_name", "unit", "post", "phone", "email"]

    def rows_for(self, user, permission):
        """Staff accounts of the units in reach, and those of no unit yet."""
        if not user.has_perm(permission):
            return User.objects.none()
        return User.objects.filter(Q(unit_id__in=user.reach(permission)) | Q(unit__isnull=True), is_staff=True)

    def get_queryset(self, request):
        return with_factors(super().get_queryset(request))

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        return ["username", "roles", "second_factor", "is_active", "last_login", "password_changed_at"]

    def get_fields(self, request, obj=None):
        if obj is None:
            return self.fields
        return [*self.fields, "roles", "second_factor", "is_active", "last_login", "password_changed_at"]

    @admin.display(description="现有角色")
    def roles(self, user):
        return "、".join(ROLES[role].label for role in self.roles_of.get(user.pk, [])) or "（没有）"

    @admin.display(description="第二重验证")
    def second_factor(self, user):
        return factors_of(user)

    def changelist_view(self, request, extra_context=None):
        self.roles_of = {}
        return super().changelist_view(request, extra_context)

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        self.load_roles(changelist.result_list)
        return changelist

    def get_object(self, request, object_id, from_field=None):
        user = super().get_object(request, object_id, from_field)
        self.load_roles([user])
        return user

    def load_roles(self, users) -> None:
        """Roles in force of the accounts about to be shown, in one query."""
        self.roles_of = {}
        grants = RoleGrant.objects.current(timezone.localdate()).filter(user__in=[user.pk for user in users])
        for grant in grants.order_by("role"):
            held = self.roles_of.setdefault(grant.user_id, [])
            if grant.role in ROLES and grant.role not in held:
                held.append(grant.role)

    def write(self, request, obj, form, change):
        if change:
            reach = request.user.reach(self.right("change"))
            if obj.unit_id and obj.unit_id not in reach:
                raise BusinessError("您的安全管理范围不包括这个单位。", code="out_of_reach", field="unit")
            obj.save()
            return
        typed = {name: form.cleaned_data[name] for name in self.fields}
        opened, request.first_password = services.open_account(**typed, actor=request.user)
        obj.pk = opened.pk
        obj.refresh_from_db()

    def log_addition(self, request, obj, message):
        """`open_account` has written the entry."""

    def response_add(self, request, obj, post_url_continue=None):
        return self.password_page(request, obj, request.first_password, "账号已开立，还没有角色：请接着授予。")

    def password_page(self, request, user, password: str, sentence: str):
        """Shown in the answer itself: the password is neither stored in clear nor put into an address."""
        context = {
            "title": f"初始密码：{user}",
            "account": user,
            "password": password,
            "sentence": sentence,
            "back": self.url_of("change", user),
        }
        return self.page(request, "admin/accounts/first_password.html", context)

    def record_tools(self, request, obj):
        tools = [tool for tool in super().record_tools(request, obj) if tool.get("main")]
        if is_reading(request) and self.may_change(request, obj) and obj.pk != request.user.pk:
            tools += [
                {"label": act.label, "url": self.url_of(key, obj)} for key, act in ACTS.items() if act.offered(obj)
            ]
            tools += self.sheet_tools(obj)
        return tools

    def get_urls(self):
        pages = [
            path(
                f"<path:object_id>/{key}/",
                self.staff_view(lambda request, object_id, key=key: self.act_view(request, object_id, key)),
                name=f"accounts_user_{key}",
            )
            for key in ACTS
        ]
        return pages + super().get_urls()

    def act_view(self, request, object_id, key):
        act, user = ACTS[key], self.changeable_object(request, object_id)
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                password = act.run(user, request.user, form.cleaned_data["reason"])
            except BusinessError as refusal:
                form.add_error(None, refusal.sentence)
            else:
                if password:
                    return self.password_page(request, user, password, "请当面交给本人。")
                messages.success(request, f"已办：{act.label}。")
                return HttpResponseRedirect(self.url_of("change", user))
        context = {
            "title": f"{act.label}：{user}",
            "form": form,
            "sentence": act.sentence,
            "button": act.label,
            "back": self.url_of("change", user),
        }
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)


@admin.register(RoleGrant)
class RoleGrantAdmin(RecordAdmin):
    """Grants are made and taken back, never rewritten: what somebody was allowed on a day stays readable."""

    form = GrantForm
    list_display = ["user", "role_label", "unit", "community", "starts_on", "ends_on", "state", "granted_by"]
    list_display_links = ["user"]
    list_filter = ["role"]
    select_related_in_list = ("user", "unit", "community", "granted_by")
    search_fields = ["user__username", "user__display_name"]
    search_help_text = "用户名或姓名"
    ordering = ["-id"]
    fields = ["user", "role", "unit", "community", "starts_on", "ends_on", "reason"]

    def rows_for(self, user, permission):
        if not user.has_perm(permission):
            return RoleGrant.objects.none()
        return RoleGrant.objects.filter(unit_id__in=user.reach(permission), user__is_staff=True)

    @admin.display(description="角色", ordering="role")
    def role_label(self, grant):
        return ROLES[grant.role].label if grant.role in ROLES else grant.role

    @admin.display(description="状态")
    def state(self, grant):
        today = timezone.localdate()
        if grant.revoked_at:
            return f"已收回（{timezone.localdate(grant.revoked_at)}）"
        if grant.starts_on > today:
            return "未到日期"
        return "已到期" if grant.ends_on and grant.ends_on <= today else "有效"

    def has_change_permission(self, request, obj=None):
        return False

    def title_of(self, obj):
        return f"{obj.user}：{self.role_label(obj)}"

    def get_readonly_fields(self, request, obj=None):
        return ["granted_by", "state"] if obj else []

    def get_fields(self, request, obj=None):
        return [*self.fields, "granted_by", "state"] if obj else self.fields

    def related_rows(self, model, request):
        """Offer only the units in which this administrator may grant."""
        rows = super().related_rows(model, request)
        if model is Unit:
            return rows.filter(pk__in=request.user.reach(services.GRANT)).open()
        return Community.objects.filter(closed_on__isnull=True, voided_at__isnull=True) if model is Community else rows

    def write(self, request, obj, form, change):
        grant = services.grant_role(**form.cleaned_data, actor=request.user)
        obj.pk = grant.pk
        obj.refresh_from_db()

    def log_addition(self, request, obj, message):
        """`grant_role` has written the entry."""

    def record_tools(self, request, obj):
        if obj.revoked_at or not self.may_change(request, obj):
            return []
        return [{"label": "收回", "url": self.url_of("revoke", obj), "main": True}]

    def get_urls(self):
        return [
            path("<path:object_id>/revoke/", self.staff_view(self.revoke_view), name="accounts_rolegrant_revoke"),
            *super().get_urls(),
        ]

    def revoke_view(self, request, object_id):
        grant = self.changeable_object(request, object_id)
        if grant.revoked_at:
            raise PermissionDenied
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                services.revoke_role(grant, actor=request.user, reason=form.cleaned_data["reason"])
            except BusinessError as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, "已收回，他的下一步操作就不再有这项权限。")
                return HttpResponseRedirect(self.url_of("change", grant))
        context = {
            "title": f"收回：{self.title_of(grant)}",
            "form": form,
            "sentence": "收回后马上生效；要再用时重新授予。",
            "button": "收回",
            "back": self.url_of("change", grant),
        }
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)
