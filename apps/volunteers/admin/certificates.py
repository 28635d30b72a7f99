"""服务证明 (民政部令第67号): asked for, accepted, issued alone or for a whole team, published, printed, revoked."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html

from apps.common import audit
from apps.common.admin_pages import Block, PageRecordAdmin, day, moment, posted
from apps.common.code_lists import names_of
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.volunteers.certificate_sheets import sheets_of
from apps.volunteers.choices.certificates import GIVEN, UNDER_WAY, CertificateState
from apps.volunteers.forms.shifts import NothingForm, ReasonForm
from apps.volunteers.models import ServiceCertificate
from apps.volunteers.queries.certificates import served
from apps.volunteers.rules.times import length_words
from apps.volunteers.services import certificates as acts

from .certificate_pages import CertificatePages
from .links import link
from .list_out import ListOut
from .person_search import by_person
from .reports import ReportPages

TONES = {
    CertificateState.APPLIED: "soon", CertificateState.ACCEPTED: "soon", CertificateState.ISSUED: "done",
    CertificateState.PUBLISHED: "done", CertificateState.REFUSED: "",
}  # fmt: skip
MOST = 300


class CertificateStateFilter(admin.SimpleListFilter):
    title, parameter_name = "状态", "state"

    def lookups(self, request, model_admin):
        return [
            ("todo", "待办的"), *CertificateState.choices, ("unprinted", "还没有打印"), ("revoked", "已撤销"),
        ]  # fmt: skip

    def queryset(self, request, queryset):
        value = self.value()
        if value == "todo":
            return queryset.filter(state__in=UNDER_WAY)
        if value == "revoked":
            return queryset.filter(revoked_on__isnull=False)
        if value == "unprinted":
            return queryset.filter(state__in=GIVEN, revoked_on__isnull=True, printed=0)
        if value in CertificateState.values:
            return queryset.filter(state=value, revoked_on__isnull=True)
        return queryset


@admin.register(ServiceCertificate)
class ServiceCertificateAdmin(ListOut, CertificatePages, ReportPages, PageRecordAdmin):
    out_order = "按申请时间排列，新的在前"
    has_page = True
    voidable = False
    empty_words = "志愿者在“我的”里点一下就能申请；也可以在这里替他开，或者给一支队一次开好。"
    list_display = ("number_words", "who", "span", "hours", "unit", "state_tag", "printed")
    list_display_links = ("number_words",)
    list_filter = (CertificateStateFilter, "year")
    search_fields = ("code",)
    search_help_text = "证明编号，志愿者姓名、拼音或电话"
    select_related_in_list = ("volunteer__person", "unit")
    select_related_in_record = ("volunteer__person", "unit", "applied_by", "accepted_by", "issued_by", "revoked_by")
    ordering = ("-applied_at", "-pk")
    actions = ("accept_chosen", "issue_chosen", "publish_chosen")

    def get_queryset(self, request):
        return super().get_queryset(request).filter(voided_at__isnull=True)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        """By acts of their own, each with its form."""
        return False

    def has_work_permission(self, request):
        return request.user.has_perm(self.right("change"))

    def get_search_results(self, request, queryset, search_term):
        if search_term.strip().upper().startswith("ZM"):
            return queryset.filter(code__startswith=search_term.strip().upper()), False
        return by_person(queryset, search_term, "volunteer"), False

    # Columns

    def people_in(self, row):
        return [row.volunteer_id]

    @admin.display(description="编号")
    def number_words(self, obj):
        return format_html('<span class="nowrap">{}</span>', obj.code or "还没有编号")

    @admin.display(description="志愿者")
    def who(self, obj):
        return obj.name or obj.volunteer.person.name

    @admin.display(description="起止")
    def span(self, obj):
        first, last = self.period(obj).split("至", 1)
        return format_html("{}至<br>{}", first, last)

    @admin.display(description="起止")
    def period(self, obj):
        return f"{day(obj.starts_on)}至{day(obj.ends_on - acts.DAY)}"

    @admin.display(description="时长")
    def hours(self, obj):
        return f"{length_words(obj.minutes)}（{obj.count}次）" if obj.code else ""

    @admin.display(description="状态")
    def state_tag(self, obj):
        words, tone = ("已撤销", "late") if obj.revoked_on else (obj.get_state_display(), TONES.get(obj.state, ""))
        return format_html('<span class="tag {}">{}</span>', tone, words)

    # One record

    def title_of(self, obj):
        return f"{obj.code or '服务证明'}　{self.who(obj)}"

    def people_of(self, obj):
        return [obj.volunteer_id]

    def tags(self, obj):
        return [("已撤销", "late")] if obj.revoked_on else [(obj.get_state_display(), TONES.get(obj.state, ""))]

    def blocks(self, request, obj):
        key = (obj.volunteer_id, obj.unit_id)
        now = served([obj.volunteer_id], obj.starts_on, obj.ends_on, obj.unit_id).get(key)
        today = f"{length_words(now.minutes)}（{now.count}次）" if now else "没有"
        who = link(request.user, self.who(obj), "volunteer", obj.volunteer_id)
        facts = [("志愿者", who), ("出具单位", str(obj.unit)), ("起止", self.period(obj))]
        if obj.code:
            names = names_of("volunteer_service")
            facts += [
                ("证明上的时长", self.hours(obj)), ("服务类别", "、".join(names.get(one, one) for one in obj.services)),
                ("编号", obj.code), ("查验码", obj.check_code), ("打印次数", f"{obj.printed} 次"),
            ]  # fmt: skip
        facts.append(("现在确认的时长", today))
        if obj.code and (now is None or (now.minutes, now.count) != (obj.minutes, obj.count)):
            facts.append(
                ("请核对", "开具以后服务记录有变动。原来多记了的，请撤销后重新开；后来补记的，不影响这份证明。")
            )
        yield Block("证明", facts=[*facts, ("用途", obj.purpose)])
        yield Block("办理", facts=[fact for fact in self._steps(obj) if fact[1]])

    def _steps(self, obj):
        def said(when, who) -> str:
            return f"{moment(when)}　{who or ''}" if when else ""

        yield "申请", said(obj.applied_at, obj.applied_by)
        yield "受理" if not obj.refusal else "退回", said(obj.accepted_at, obj.accepted_by)
        yield "不予开具的原因", obj.refusal
        yield "开具", f"{day(obj.issued_on)}　{obj.issued_by or ''}" if obj.issued_on else ""
        yield "公示", day(obj.published_on) if obj.published_on else ""
        yield "撤销", f"{day(obj.revoked_on)}　{obj.revoked_by or ''}" if obj.revoked_on else ""
        yield "撤销原因", obj.revoke_reason

    def record_tools(self, request, obj):
        tools = [{"label": "谁改过什么", "url": self.url_of("history", obj)}]
        if not self.may_work(request, obj) or obj.revoked_on:
            return tools
        if obj.state in UNDER_WAY:
            more = (
                [{"label": "受理", "url": self.url_of("accept", obj)}] if obj.state == CertificateState.APPLIED else []
            )
            return [
                {"label": "开具", "url": self.url_of("issue", obj), "main": True}, *more,
                {"label": "不予开具", "url": self.url_of("refuse", obj)}, *tools,
            ]  # fmt: skip
        if obj.state in GIVEN:
            public = [{"label": "公示", "url": self.url_of("publish", obj)}] if not obj.published_on else []
            label = "补打" if obj.printed else "打印"
            return [
                {"label": label, "url": self.url_of("print", obj), "main": True}, *public,
                {"label": "撤销", "url": self.url_of("revoke", obj)}, *tools,
            ]  # fmt: skip
        return tools

    def may_work(self, request, obj) -> bool:
        return self.has_work_permission(request) and self.is_changeable(request, obj)

    def acted(self, request, pk):
        obj = self.readable(request, str(pk))
        if not self.may_work(request, obj):
            raise PermissionDenied
        return obj

    def extra_pages(self):
        return [
            ("reports", "reports/", self.reports_view), ("new", "new/", self.new_view),
            ("team", "team/", self.team_view), ("print_new", "print/", self.print_new_view),
            ("print", "<int:pk>/print/", self.print_view),
            *[(act, f"<int:pk>/{act}/", getattr(self, f"{act}_view"))
              for act in ("accept", "issue", "refuse", "publish", "revoke")],
        ]  # fmt: skip

    def accept_view(self, request, pk: int):
        obj = self.acted(request, pk)
        return self.one_act(
            request, obj, NothingForm(posted(request)), title="受理", button="受理", done="已受理，可以开具。",
            lead="核对服务记录是不是真实、完整。", perform=lambda _: acts.accept(obj, **self.by(request)),
        )  # fmt: skip

    def issue_view(self, request, pk: int):
        obj = self.acted(request, pk)
        return self.one_act(
            request, obj, NothingForm(posted(request)), title="开具", button="开具",
            done="已开具，编好了号，可以打印、盖章。",
            lead=f"{self.period(obj)}，按现在已确认的服务记录算时长。开具以后证明上的数字不再变。",
            perform=lambda _: acts.issue(obj, **self.by(request)),
        )  # fmt: skip

    def refuse_view(self, request, pk: int):
        obj = self.acted(request, pk)
        return self.one_act(
            request, obj, ReasonForm(posted(request)), title="不予开具", button="退回", done="已退回。",
            lead="原因他看得到，请写明白。", perform=lambda values: acts.refuse(obj, **values, **self.by(request)),
        )  # fmt: skip

    def publish_view(self, request, pk: int):
        obj = self.acted(request, pk)
        return self.one_act(
            request, obj, NothingForm(posted(request)), title="公示", button="公示", done="已公示。",
            lead="网站上的“证明公示”只显示编号、姓和出具单位，不显示全名和时长。",
            perform=lambda _: acts.publish([obj], actor=request.user, on=timezone.localdate()),
        )  # fmt: skip

    def revoke_view(self, request, pk: int):
        obj = self.acted(request, pk)
        return self.one_act(
            request, obj, ReasonForm(posted(request)), title="撤销", button="撤销证明",
            done="已撤销，查验页会显示“已撤销”。", lead="撤销后编号不再使用；要重新开的，撤销以后再申请一份。",
            perform=lambda values: acts.revoke(obj, actor=request.user, on=timezone.localdate(), **values),
        )  # fmt: skip

    @staticmethod
    def by(request) -> dict:
        return {"actor": request.user, "now": timezone.now()}

    # Many at once

    def chosen(self, request, queryset):
        rows = ServiceCertificate.objects.visible_to(request.user, self.right("change")).current()
        return list(rows.filter(pk__in=queryset.order_by().values("pk")).order_by("pk")[:MOST])

    @admin.action(description="受理选中的", permissions=["work"])
    def accept_chosen(self, request, queryset):
        self._each(request, queryset, acts.accept, "受理")

    @admin.action(description="开具选中的", permissions=["work"])
    def issue_chosen(self, request, queryset):
        self._each(request, queryset, acts.issue, "开具")

    def _each(self, request, queryset, act, words: str) -> None:
        done, left = 0, []
        for row in self.chosen(request, queryset):
            try:
                act(row, **self.by(request))
                done += 1
            except BusinessError as refusal:
                left.append(refusal.sentence)
        if done:
            messages.success(request, f"{words}了 {done} 份。")
        if left:
            messages.warning(request, f"{len(left)} 份没有办成：{left[0]}")

    @admin.action(description="公示选中的", permissions=["work"])
    def publish_chosen(self, request, queryset):
        count = acts.publish(self.chosen(request, queryset), actor=request.user, on=timezone.localdate())
        messages.success(request, f"公示了 {count} 份。")

    # Paper

    def print_view(self, request, pk: int):
        obj = self.acted(request, pk)
        if obj.revoked_on or obj.state not in GIVEN:
            raise PermissionDenied
        return self.printed(request, [obj], self.url_of("change", obj))

    def print_new_view(self, request):
        """Everything that was never printed, as many as go at once."""
        if not self.has_work_permission(request):
            raise PermissionDenied
        rows = ServiceCertificate.objects.visible_to(request.user, self.right("change")).valid().filter(printed=0)
        rows = rows.select_related("unit").order_by("unit", "year", "number")
        return self.printed(request, list(rows[:MOST]), self.plain_url("changelist"))

    def printed(self, request, rows, back: str):
        """Looking prepares it; that it was printed is counted by the button, which posts."""
        if request.method == "POST":
            acts.count_print(rows, actor=request.user)
            messages.success(request, "记下了打印。")
            return HttpResponseRedirect(back)
        audit.look(
            "print", actor=request.user, people=[row.volunteer_id for row in rows],
            target=f"volunteers.servicecertificate:{len(rows)}", request=request,
        )  # fmt: skip
        frame = frame_for(
            request, "志愿服务记录证明", landscape=True, recall=False, back_url=back,
            number_as="打好了，记一次" if rows else "",
        )  # fmt: skip
        context = {"frame": frame, "sheets": sheets_of(rows, request)}
        return self.page(request, "print/volunteers/certificates.html", context)
