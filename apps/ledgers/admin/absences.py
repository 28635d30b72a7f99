"""不在岗和代岗: who is away, who acts for him, and the list of what the substitute takes over."""

import datetime as dt

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.accounts.access import absences_for, colleagues_of
from apps.accounts.models import Absence, User
from apps.accounts.services import end_absence, record_absence
from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.common.forms import PortalForm
from apps.ledgers.access import ADD_ABSENCE, possible_substitutes
from apps.ledgers.board import due_words, record_url
from apps.ledgers.looks import reach_to_show
from apps.ledgers.queries.standing_in import takeover, takeovers
from apps.registry.models import Cadre

from .inquiry_forms import DAY_FIELD, HandlerField

CHANGE = "accounts.change_absence"
KEPT = dt.timedelta(days=30)
DAY = dt.timedelta(days=1)


class AbsenceForm(PortalForm):
    """Who is away, from when to when, who acts for him."""

    user = HandlerField(User.objects.none(), label="谁不在岗", empty_label=None)
    substitute = HandlerField(User.objects.none(), label="由谁代（B岗）", empty_label="（请选）")
    starts_on = forms.DateField(label="从哪天", widget=DAY_FIELD)
    last_day = forms.DateField(label="到哪天", widget=DAY_FIELD, help_text="最后一天不在的日子")
    reason = forms.CharField(label="原因", required=False, max_length=100, help_text="例如 休假、学习")

    def __init__(self, *args, users, substitutes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = users
        self.fields["substitute"].queryset = substitutes


class LastDayForm(PortalForm):
    last_day = forms.DateField(label="最后一天不在的日子", widget=DAY_FIELD)


class NowFilter(admin.SimpleListFilter):
    title = "时间"
    parameter_name = "now"

    def lookups(self, request, model_admin):
        return [("now", "现在不在岗"), ("ahead", "还没开始"), ("over", "已经回岗")]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        if self.value() == "now":
            return queryset.filter(starts_on__lte=today, ends_on__gt=today, voided_at__isnull=True)
        if self.value() == "ahead":
            return queryset.filter(starts_on__gt=today, voided_at__isnull=True)
        if self.value() == "over":
            return queryset.filter(ends_on__lte=today, voided_at__isnull=True)
        return queryset


@admin.register(Absence)
class AbsenceAdmin(RecordAdmin):
    voidable = True
    add_label = "登记不在岗"
    empty_words = "有人休假、学习时，在这里写明由谁代，提醒和待办就转给代岗的同志。"
    list_display = ("who", "acting", "from_to", "reason", "state")
    list_display_links = ("who",)
    list_filter = (NowFilter,)
    select_related_in_list = ("user", "substitute", "user__unit")
    select_related_in_record = ("user", "substitute", "recorded_by")
    fields = ("who", "acting", "from_to", "reason", "state", "entered_by")
    ordering = ("-starts_on", "-pk")
    sortable_by = ()

    def rows_for(self, user, permission):
        return absences_for(user, permission)

    def is_changeable(self, request, obj):
        """Everybody may change what is about himself; others' with the right on their units."""
        return obj.user_id == request.user.pk or super().is_changeable(request, obj)

    def may_change(self, request, obj):
        if obj is not None and obj.pk and obj.user_id == request.user.pk:
            return request.user.has_perm(ADD_ABSENCE)
        return super().may_change(request, obj)

    def has_change_permission(self, request, obj=None):
        """Absences are recorded, ended and voided, never rewritten."""
        return False

    def title_of(self, obj):
        return f"{obj.user}不在岗"

    @admin.display(description="谁不在岗")
    def who(self, obj):
        return str(obj.user)

    @admin.display(description="由谁代（B岗）")
    def acting(self, obj):
        return str(obj.substitute)

    @admin.display(description="登记人")
    def entered_by(self, obj):
        return str(obj.recorded_by or "")

    @admin.display(description="不在的日子")
    def from_to(self, obj):
        return f"{obj.starts_on:%Y-%m-%d} 至 {obj.ends_on - DAY:%Y-%m-%d}"

    @admin.display(description="状态")
    def state(self, obj):
        today = timezone.localdate()
        if obj.voided_at:
            return "已作废"
        if today < obj.starts_on:
            return "还没开始"
        words, tone = ("不在岗", "soon") if today < obj.ends_on else ("已回岗", "done")
        return format_html('<span class="tag {}">{}</span>', tone, words)

    def changelist_view(self, request, extra_context=None):
        tools = [{"label": "我的代岗清单", "url": reverse("admin:stand_ins")}]
        return super().changelist_view(request, {"list_tools": tools, **(extra_context or {})})

    def record_tools(self, request, obj):
        tools = [tool for tool in super().record_tools(request, obj) if tool["label"] not in ("修改", "恢复使用")]
        if obj.voided_at:
            return tools
        if self.may_change(request, obj) and obj.ends_on > timezone.localdate():
            tools.insert(0, {"label": "提前回岗或延长", "url": self.url_of("end", obj), "main": True})
        if request.user.pk in (obj.user_id, obj.substitute_id):
            tools.insert(1, {"label": "代岗清单", "url": f"{reverse('admin:stand_ins')}?absence={obj.pk}"})
        return tools

    def get_urls(self):
        pages = [
            path("mine/", self.staff_view(self.mine_view), name="stand_ins"),
            path("<path:object_id>/end/", self.staff_view(self.end_view), name="accounts_absence_end"),
        ]
        return [*pages, *super().get_urls()]

    def apply_voiding(self, request, obj, act, reason):
        if act == "restore":
            raise PermissionDenied
        super().apply_voiding(request, obj, act, reason)

    # Acts

    def add_view(self, request, form_url="", extra_context=None):
        if not request.user.has_perm(ADD_ABSENCE):
            raise PermissionDenied
        me = User.objects.filter(pk=request.user.pk)
        users = colleagues_of(request.user, CHANGE) if request.user.has_perm(CHANGE) else me
        today = timezone.localdate()
        form = AbsenceForm(
            request.POST or None,
            users=users.select_related("unit").order_by("unit__path", "display_name", "pk"),
            substitutes=possible_substitutes(request.user),
            initial={"user": request.user.pk, "starts_on": today},
        )
        if request.method == "POST" and form.is_valid():
            try:
                absence = record_absence(**form.cleaned_data, actor=request.user, on=today)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"已登记。这段时间的提醒和待办转给{absence.substitute}。")
                return HttpResponseRedirect(self.url_of("change", absence))
        context = {
            "title": "登记不在岗",
            "form": form,
            "media": form.media,
            "lead": "不在的日子里，提醒、待办和转来的来电来访都给代岗的同志，他也看得到这些老同志；回岗后自动收回。",
            "back": reverse("admin:accounts_absence_changelist"),
            "buttons": [("save", "登记")],
        }
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def end_view(self, request, object_id):
        absence = self.changeable_object(request, object_id)
        if absence.voided_at:
            raise PermissionDenied
        form = LastDayForm(request.POST or None, initial={"last_day": timezone.localdate()})
        if request.method == "POST" and form.is_valid():
            try:
                end_absence(absence, **form.cleaned_data, actor=request.user, on=timezone.localdate())
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "已更改。")
                return HttpResponseRedirect(self.url_of("change", absence))
        context = {
            "title": f"提前回岗或延长：{absence.user}",
            "original": absence,
            "form": form,
            "media": form.media,
            "lead": f"现在登记的是 {self.from_to(absence)}，由{absence.substitute}代。今天就回岗，填昨天。",
            "back": self.url_of("change", absence),
            "buttons": [("save", "更改")],
        }
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    # 代岗清单

    def mine_view(self, request):
        """What I take over, or what was done for me: one absence at a time, printable."""
        if not request.user.has_perm("accounts.view_absence"):
            raise PermissionDenied
        today = timezone.localdate()
        rows = takeovers(request.user.pk, today, since=today - KEPT)
        chosen = self.chosen(request, rows, today)
        context = {"title": "代岗清单", "absences": [self.choice(row, chosen) for row in rows], "chosen": None}
        if chosen is not None:
            context |= self.takeover_context(request, chosen, today)
        return self.page(request, "admin/ledgers/stand_ins.html", context)

    def chosen(self, request, rows: list[Absence], today: dt.date) -> Absence | None:
        number = request.GET.get("absence", "")
        if number:
            found = [row for row in rows if str(row.pk) == number]
            if not found:
                raise Http404
            return found[0]
        running = [row for row in rows if row.starts_on <= today < row.ends_on]
        return next(iter([*running, *rows]), None)

    def choice(self, row: Absence, chosen: Absence | None) -> dict:
        return {
            "label": f"{row.user} {row.starts_on:%m-%d} 至 {row.ends_on - DAY:%m-%d}，由{row.substitute}代",
            "url": f"?absence={row.pk}",
            "chosen": chosen is not None and row.pk == chosen.pk,
        }

    def takeover_context(self, request, absence: Absence, today: dt.date) -> dict:
        """Only people whom the reader may see today are named: before the first day and after the last one, none."""
        found = takeover(absence, today)
        ids = [charge.cadre_id for charge in found.charges]
        seen = set(Cadre.objects.current().visible_to(request.user).filter(pk__in=ids).values_list("pk", flat=True))
        reach = reach_to_show(request, seen)
        live = absence.user_id == request.user.pk or absence.starts_on <= today < absence.ends_on
        rows = [
            {
                "name": charge.name,
                "url": reverse("admin:registry_cadre_change", args=[charge.cadre_id]),
                "role": charge.role,
                "reach": reach.get(charge.cadre_id),
                "duties": [
                    {"what": duty.words, "due": due_words(duty.due_on, today),
                     "url": record_url(duty.cadre_id, duty.pk)}
                    for duty in charge.duties
                ],
            }
            for charge in found.charges
            if charge.cadre_id in seen
        ]  # fmt: skip
        return {
            "chosen": absence,
            "heading": f"{absence.user}不在岗（{self.from_to(absence)}），由{absence.substitute}代",
            "rows": rows,
            "people": found.people,
            "more": found.people - len(rows),
            "posts": found.posts,
            "calls": found.calls if live else [],
            "done": found.done if live else [],
        }
