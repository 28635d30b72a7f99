"""Second factors on the security administrator's pages: printed sheets and bound certificates."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Subquery
from django.http import HttpResponseRedirect
from django.urls import path

from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.common.printing import frame_for

from . import certificates, code_sheets
from .forms import CertificateForm, ReasonForm
from .models import BoundCertificate, SheetCode, User
from .second_factor import SHEET, accepted


def with_factors(users):
    """Accounts with what they hold beside the password."""
    authenticators = User.authenticator_set.rel.related_model.objects.filter(user=OuterRef("pk"), type="totp")
    bound = BoundCertificate.objects.filter(user=OuterRef("pk"), revoked_at__isnull=True)
    unused = SheetCode.objects.filter(
        sheet__user=OuterRef("pk"), sheet__revoked_at__isnull=True, used_at__isnull=True
    ).order_by()
    left = unused.values("sheet__user").annotate(left=Count("pk")).values("left")
    return users.annotate(
        has_totp=Exists(authenticators), has_certificate=Exists(bound), sheet_codes_left=Subquery(left)
    )


def factors_of(user) -> str:
    held = ["手机验证器"] if user.has_totp else []
    held += ["证书或UKey"] if user.has_certificate else []
    held += [f"口令单剩 {user.sheet_codes_left} 个"] if user.sheet_codes_left else []
    return "、".join(held) or "（没有）"


class SheetPages:
    """The page that prints a sheet of one-time codes for an account; mixed into UserAdmin."""

    def get_urls(self):
        view = self.staff_view(self.sheet_view)
        return [path("<path:object_id>/sheet/", view, name="accounts_user_sheet"), *super().get_urls()]

    def sheet_tools(self, obj) -> list[dict]:
        """The way to the printing of a sheet, where sheets are accepted."""
        offered = obj.is_active and SHEET in accepted()
        return [{"label": "打印口令单", "url": self.url_of("sheet", obj)}] if offered else []

    def sheet_view(self, request, object_id):
        """Codes stand in the answer itself: neither stored in clear nor put into an address."""
        user = self.changeable_object(request, object_id)
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                sheet, codes = code_sheets.print_sheet(user, actor=request.user, reason=form.cleaned_data["reason"])
            except BusinessError as refusal:
                form.add_error(None, refusal.sentence)
            else:
                return self.printed_sheet(request, user, sheet, codes)
        context = {
            "title": f"打印口令单：{user}",
            "form": form,
            "sentence": f"打出一张 A4 纸，上面有 {code_sheets.CODES} 个口令，登录时按页面要的序号填一个，用过划掉。"
            "原来的口令单马上作废。口令只在打印页显示这一次，请备好打印机再按，当面交给本人签收。",
            "button": "打印口令单",
            "back": self.url_of("change", user),
        }
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)

    def printed_sheet(self, request, user, sheet, codes: list[str]):
        frame = frame_for(
            request,
            f"一次性口令单　第 {sheet.pk} 张",
            scope=f"{user}（{user.username}）",
            order="序号",
            signature="本人签收",
            recall=False,
            back_url=self.url_of("change", user),
        )
        numbered = [(number, f"{code[:4]} {code[4:]}") for number, code in enumerate(codes, 1)]
        context = {"frame": frame, "codes": numbered}
        return self.page(request, "print/code_sheet.html", context)


class InForceFilter(admin.SimpleListFilter):
    title = "状态"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("held", "有效"), ("released", "已解除")]

    def queryset(self, request, queryset):
        known = {"held": True, "released": False}
        return queryset.filter(revoked_at__isnull=known[self.value()]) if self.value() in known else queryset


@admin.register(BoundCertificate)
class BoundCertificateAdmin(RecordAdmin):
    """Bound and taken back, never rewritten: whose UKey it was on a day stays readable."""

    form = CertificateForm
    add_label = "绑定证书或UKey"
    empty_words = "领用UKey或客户端证书的同志登记在这里，登录时由前面的代理服务器验证。"
    list_display = ["user", "serial", "subject", "state", "bound_by", "created_at"]
    list_display_links = ["user"]
    list_filter = [InForceFilter]
    select_related_in_list = ("user", "bound_by")
    search_fields = ["user__username", "user__display_name", "serial"]
    search_help_text = "用户名、姓名或序列号"
    ordering = ["-id"]
    fields = ["user", "serial", "subject", "reason"]

    def rows_for(self, user, permission):
        """Of the accounts that the user may manage."""
        accounts = self.admin_site.get_model_admin(User).rows_for(user, permission.replace("boundcertificate", "user"))
        if not user.has_perm(permission):
            return BoundCertificate.objects.none()
        return BoundCertificate.objects.filter(user__in=accounts.order_by().values("pk"))

    @admin.display(description="状态")
    def state(self, bound):
        return "已解除" if bound.revoked_at else "有效"

    def has_change_permission(self, request, obj=None):
        return False

    def get_fields(self, request, obj=None):
        return [*self.fields, "bound_by", "state"] if obj else self.fields

    def get_readonly_fields(self, request, obj=None):
        return ["bound_by", "state"] if obj else []

    def title_of(self, obj):
        return f"{obj.user}的证书 {obj.serial}"

    def write(self, request, obj, form, change):
        bound = certificates.bind(**form.cleaned_data, actor=request.user)
        obj.pk = bound.pk
        obj.refresh_from_db()

    def log_addition(self, request, obj, message):
        """`bind` has written the entry."""

    def record_tools(self, request, obj):
        if obj.revoked_at or not self.may_change(request, obj):
            return []
        return [{"label": "解除", "url": self.url_of("release", obj), "main": True}]

    def get_urls(self):
        view = self.staff_view(self.release_view)
        return [path("<path:object_id>/release/", view, name="accounts_boundcertificate_release"), *super().get_urls()]

    def release_view(self, request, object_id):
        bound = self.changeable_object(request, object_id)
        if bound.revoked_at:
            raise PermissionDenied
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            certificates.release(bound, actor=request.user, reason=form.cleaned_data["reason"])
            messages.success(request, "已解除，他在各处的登录也已退出。")
            return HttpResponseRedirect(self.url_of("change", bound))
        context = {
            "title": f"解除：{self.title_of(bound)}",
            "form": form,
            "sentence": "丢失、交回或更换时用。解除后这张证书不能再登录，他在各处的登录马上失效。",
            "button": "解除",
            "back": self.url_of("change", bound),
        }
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)
