"""纸质表: what was printed and is waited for, by code; its steps, each on a page of its own."""

import datetime as dt
from urllib.parse import quote

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html

from apps.common import attachments, audit, papers
from apps.common.admin_base import RecordAdmin
from apps.common.choices import PaperState
from apps.common.errors import BusinessError
from apps.common.forms import PortalForm
from apps.common.models import Paper
from apps.common.navigation import resolve_for

CHANGE = "common.change_paper"
TONES = {PaperState.TO_SIGN: "info", PaperState.RETURNED: "done", PaperState.ARCHIVED: "done"}


class HandOverForm(PortalForm):
    holder = forms.CharField(label="送到谁手里", max_length=60, help_text="写姓名或科室，例如 王处长、办公室机要")


class TakeBackForm(PortalForm):
    """A scan, or the word that what stands on the paper was entered."""

    scan = forms.FileField(
        label="扫描件或照片",
        required=False,
        help_text="jpg、png、pdf，不超过 10 MB",
        widget=forms.ClearableFileInput(attrs={"accept": ".jpg,.jpeg,.png,.pdf"}),
    )
    without = forms.BooleanField(label="不用扫描：内容已经录入，或原件另外保存", required=False)

    def __init__(self, *args, must_scan: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        if must_scan:
            del self.fields["without"]

    def clean(self):
        values = super().clean()
        if not self.errors and not values.get("scan") and not values.get("without"):
            hint = "不用扫描的，请在下面打勾。" if "without" in self.fields else ""
            self.add_error("scan", f"请选扫描件。{hint}")
        return values


class ArchiveForm(PortalForm):
    place = forms.CharField(label="放在哪里", max_length=60, required=False, help_text="例如 档案室 3 柜 2 层")


class CancelForm(PortalForm):
    reason = forms.CharField(
        label="为什么作废",
        max_length=200,
        help_text="例如 打错了、丢失已重打、不再需要",
        widget=forms.Textarea({"rows": 2}),
    )


class OpenFilter(admin.SimpleListFilter):
    """What is still out stands first; the rest is asked for."""

    title, parameter_name = "情况", "state"

    def lookups(self, request, model_admin):
        return (
            ("overdue", "逾期没收回"), ("to_sign", "待签字盖章"), ("returned", "已收回没归档"), ("archived", "已归档"),
            ("cancelled", "已作废"), ("all", "全部"),
        )  # fmt: skip

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": "还没收回"}
        yield from others

    def queryset(self, request, queryset):
        value = self.value()
        if value == "all":
            return queryset
        if value in PaperState.values:
            return queryset.filter(state=value)
        out = queryset.filter(state__in=papers.OUT)
        return out.filter(due_on__lt=timezone.localdate()) if value == "overdue" else out


class KnownValueFilter(admin.SimpleListFilter):
    """Values that stand on the papers the user may see."""

    column: str
    open_only = False
    most = 200

    def lookups(self, request, model_admin):
        rows = model_admin.get_queryset(request)
        if self.open_only:
            rows = rows.filter(state__in=papers.OUT)
        values = rows.exclude(**{self.column: ""}).order_by(self.column).values_list(self.column, flat=True)
        return [(value, value) for value in values.distinct()[: self.most]]

    def queryset(self, request, queryset):
        return queryset.filter(**{self.column: self.value()}) if self.value() else queryset


class KindFilter(KnownValueFilter):
    title, parameter_name, column = "哪种表", "kind", "kind"


class HolderFilter(KnownValueFilter):
    title, parameter_name, column, open_only = "在谁手里", "holder", "holder", True


@admin.register(Paper)
class PaperAdmin(RecordAdmin):
    """A paper is seen by the staff of its unit; one without a unit by who printed it."""

    list_display = ("code_words", "title", "kind", "state_words", "holder", "due_words", "printed_words")
    list_display_links = ("code_words", "title")
    list_filter = (OpenFilter, KindFilter, HolderFilter)
    search_fields = ("title",)
    search_help_text = "输入表上的编码直接打开；也可以输名称"
    sortable_by = ()
    empty_words = "打印电话单、信函、要签字盖章的表以后，会列在这里等收回。"

    def rows_for(self, user, permission):
        if not user.has_perm(permission):
            return Paper.objects.none()
        return Paper.objects.filter(
            Q(unit_id__in=user.reach(permission)) | Q(unit_id__isnull=True, printed_by_id=user.pk)
        )

    def has_add_permission(self, request):
        return False

    def may_change(self, request, obj):
        """Papers move by their steps, never by a form of fields."""
        return False

    def may_act(self, request, obj) -> bool:
        return self.rows_for(request.user, CHANGE).filter(pk=obj.pk).exists()

    def title_of(self, obj):
        return f"{obj.title}（{obj.code}）"

    # List

    def get_ordering(self, request):
        """What is out by its last day, soonest first; everything else newest first."""
        return ("due_on", "pk") if request.GET.get("state", "overdue") in ("overdue", "to_sign") else ("-pk",)

    def get_search_results(self, request, queryset, search_term):
        code = papers.read_code(search_term)
        if code:
            return queryset.filter(code=code), False
        return super().get_search_results(request, queryset, search_term)

    def changelist_view(self, request, extra_context=None):
        """A code leads to its paper, whatever the filters say."""
        code = papers.read_code(request.GET.get("q", ""))
        found = self.get_queryset(request).filter(code=code).order_by().first() if code else None
        if found is not None:
            return HttpResponseRedirect(self.url_of("change", found))
        return super().changelist_view(request, extra_context)

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        names = _user_names({row.printed_by_id for row in rows})
        today = timezone.localdate()
        for row in rows:
            row.printed_by_name, row.today = names.get(row.printed_by_id, ""), today
        changelist.result_list = rows
        return changelist

    @admin.display(description="编码")
    def code_words(self, obj):
        return format_html("<b>{}</b>", obj.code)

    @admin.display(description="状态")
    def state_words(self, obj):
        return format_html('<span class="tag {}">{}</span>', TONES.get(obj.state, ""), obj.get_state_display())

    @admin.display(description="应收回")
    def due_words(self, obj):
        words, tone = due_words(obj, timezone.localdate())
        return format_html('<span class="tag {}">{}</span>', tone, words) if words else ""

    @admin.display(description="打印")
    def printed_words(self, obj):
        day = timezone.localtime(obj.printed_at).strftime("%Y-%m-%d") if obj.printed_at else ""
        return f"{day} {getattr(obj, 'printed_by_name', '')}".strip()

    # One paper

    def change_view(self, request, object_id, form_url="", extra_context=None):
        paper = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, paper):
            raise PermissionDenied
        if request.method == "POST":
            raise PermissionDenied
        words, tone = due_words(paper, timezone.localdate())
        context = {
            "title": paper.title,
            "original": paper,
            "paper": paper,
            "state_tone": TONES.get(paper.state, ""),
            "due": {"words": words, "tone": tone},
            "facts": facts_of(paper),
            "tools": self.tools_of(request, paper),
            "scan_url": self.url_of("scan", paper) if paper.scan_id else "",
            "history_url": self.url_of("history", paper),
        }
        return self.page(request, "admin/common/paper.html", context)

    def tools_of(self, request, paper: Paper) -> list[dict]:
        """What can be done with it now: the subject's own pages first, then the steps."""
        found = [
            {"label": label, "url": url, "main": page == "enter"}
            for page, label in (("enter", "录入结果"), ("print", "再打印"))
            if paper.state not in (PaperState.ARCHIVED, PaperState.CANCELLED)
            and (url := resolve_for(paper.subject, page, request.user))
        ]
        if not self.may_act(request, paper):
            return found
        acts = {
            PaperState.PRINTED: ("hand_over", "take_back", "cancel"),
            PaperState.TO_SIGN: ("take_back", "hand_over", "cancel"),
            PaperState.RETURNED: ("archive", *(() if paper.scan_id else ("take_back",))),
            PaperState.ARCHIVED: () if paper.scan_id else ("take_back",),
            PaperState.CANCELLED: (),
        }[PaperState(paper.state)]
        labels = {**ACT_LABELS, "take_back": "收回" if paper.state in papers.OUT else "补扫描件"}
        return found + [
            {"label": labels[act], "url": self.url_of(act, paper), "main": not found and place == 0}
            for place, act in enumerate(acts)
        ]

    def get_urls(self):
        pages = [
            path(f"<path:object_id>/{act.replace('_', '-')}/", self.staff_view(view), name=f"common_paper_{act}")
            for act, view in (
                ("hand_over", self.hand_over_view), ("take_back", self.take_back_view), ("archive", self.archive_view),
                ("cancel", self.cancel_view), ("scan", self.scan_view),
            )
        ]  # fmt: skip
        return pages + super().get_urls()

    def hand_over_view(self, request, object_id):
        paper, form = self.act_of(request, object_id, HandOverForm)
        return self.act_page(
            request, paper, form, "送签字盖章", "写明送到谁手里，收回以前一直列在“还没收回”里。",
            lambda values: papers.hand_over(paper, values["holder"], actor=request.user, on=timezone.localdate()),
        )  # fmt: skip

    def take_back_view(self, request, object_id):
        paper = self.act_of(request, object_id, None)[0]
        is_out = paper.state in papers.OUT
        form = TakeBackForm(*sent(request, files=True), must_scan=not is_out)

        def step(values):
            scan = values["scan"] and papers.store_scan(paper, values["scan"].read(), actor=request.user)
            if is_out:
                papers.take_back(paper, scan or None, actor=request.user, on=timezone.localdate())
            else:
                papers.add_scan(paper, scan, actor=request.user)

        lead = "签好、盖好或填好的表收回来了，交上扫描件或照片。"
        return self.act_page(request, paper, form, "收回" if is_out else "补扫描件", lead, step, multipart=True)

    def archive_view(self, request, object_id):
        paper, form = self.act_of(request, object_id, ArchiveForm)
        return self.act_page(
            request, paper, form, "归档", "写明原件放在哪里，以后好找。",
            lambda values: papers.archive(paper, actor=request.user, on=timezone.localdate(), place=values["place"]),
        )  # fmt: skip

    def cancel_view(self, request, object_id):
        paper, form = self.act_of(request, object_id, CancelForm)
        return self.act_page(
            request, paper, form, "作废", "作废以后不再等它收回，编码不再用。已经发出去的纸请收回销毁。",
            lambda values: papers.cancel(paper, values["reason"], actor=request.user),
        )  # fmt: skip

    def act_of(self, request, object_id, form_class):
        paper = self.get_object(request, unquote(object_id))
        if not self.may_act(request, paper):
            raise PermissionDenied
        return paper, form_class(*sent(request)) if form_class else None

    def act_page(self, request, paper, form, label: str, lead: str, step, *, multipart: bool = False):
        if request.method == "POST" and form.is_valid():
            try:
                with transaction.atomic():
                    step(form.cleaned_data)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"已{label}：{self.title_of(paper)}。")
                return HttpResponseRedirect(self.url_of("change", paper))
        context = {
            "title": f"{label}：{self.title_of(paper)}", "original": paper, "form": form, "lead": lead,
            "button": f"确定{label}", "danger": label == "作废", "multipart": multipart,
            "back": self.url_of("change", paper),
        }  # fmt: skip
        return self.page(request, "admin/common/paper_act.html", context, status=422 if form.errors else 200)

    def scan_view(self, request, object_id):
        """The scan, logged before its first byte; pictures open, a PDF is saved."""
        paper = self.get_object(request, unquote(object_id))
        scan = paper.scan
        try:
            data = attachments.read(scan) if scan is not None else None
        except FileNotFoundError:
            data = None
        if data is None:
            messages.error(request, "这张表没有扫描件。")
            return HttpResponseRedirect(self.url_of("change", paper))
        audit.look("download", actor=request.user, target=f"common.paper:{paper.pk}", request=request)
        response = HttpResponse(data, content_type=scan.content_type)
        way = "inline" if scan.content_type.startswith("image/") else "attachment"
        response["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(scan.filename)}"
        response["Cache-Control"] = "no-store"
        return response


def sent(request, *, files: bool = False) -> tuple:
    """Arguments of a form: what was sent, an empty form too."""
    if request.method != "POST":
        return ()
    return (request.POST, request.FILES) if files else (request.POST,)


ACT_LABELS = {"hand_over": "送签字盖章", "archive": "归档", "cancel": "作废"}


def due_words(paper: Paper, on: dt.date) -> tuple[str, str]:
    """(words, tone) of the day by which it should be back; nothing once it is."""
    if paper.due_on is None:
        return "", ""
    if paper.state not in papers.OUT:
        return f"{paper.due_on:%Y-%m-%d}", ""
    left = (paper.due_on - on).days
    if left < 0:
        return f"逾期 {-left} 天", "late"
    return ("今天" if left == 0 else f"{paper.due_on:%Y-%m-%d}"), "soon" if left < 3 else ""


def facts_of(paper: Paper) -> list[tuple[str, str]]:
    printed_by = _user_names({paper.printed_by_id}).get(paper.printed_by_id, "")
    at = timezone.localtime(paper.printed_at).strftime("%Y-%m-%d %H:%M") if paper.printed_at else ""
    rows = [("编码", paper.code), ("哪种表", paper.kind), ("页数", f"{paper.pages} 页"), ("在谁手里", paper.holder),
            ("打印", f"{at} {printed_by}".strip())]  # fmt: skip
    for label, day in (
        ("应收回", paper.due_on),
        ("送签", paper.handed_on),
        ("收回", paper.returned_on),
        ("归档", paper.archived_on),
    ):
        if day:
            rows.append((label, f"{day:%Y-%m-%d}"))
    if paper.void_reason:
        rows.append(("作废原因", paper.void_reason))
    return rows


def _user_names(ids) -> dict[int, str]:
    return {user.pk: str(user) for user in get_user_model()._base_manager.filter(pk__in={pk for pk in ids if pk})}
