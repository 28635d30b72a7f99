"""能力评估: the list, one assessment with what changed since the last, the form, and who is due."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common import audit
from apps.common.admin_pages import MOST_ON_PAPER, Block, day
from apps.common.printing import frame_for
from apps.ledgers.choices.assessment import DueBecause
from apps.ledgers.forms.cases import AssessmentForm
from apps.ledgers.models import Assessment
from apps.ledgers.queries.assessments import (
    codes_words,
    due_people,
    latest_two,
    living_words,
    raise_words,
    score_words,
    what_changed,
)
from apps.ledgers.services.assessments import change_assessment, record_assessment, void_assessment
from apps.registry.choices import Ability
from apps.registry.models import Cadre

from .case_base import VIEW_HEALTH, ListPaper, OfCadreRecord, asked_page, total_words
from .filters import DefaultFilter, UnitOfCadreFilter

PER_PAGE = 50
SOON = timezone.timedelta(days=30)
DUE_COLUMNS = ("老同志", "管理单位", "上次评估", "上次等级", "期限", "由来")


class WhichFilter(DefaultFilter):
    """Without a choice: the latest of each person."""

    default_label = "每人最近一次"
    title, parameter_name = "哪些", "which"

    def lookups(self, request, model_admin):
        return [("late", "该复评的"), ("soon", "30 天内该复评"), ("all", "历次"), ("void", "作废的")]

    def queryset(self, request, queryset):
        today, value = timezone.localdate(), self.value()
        if value == "void":
            return queryset.filter(voided_at__isnull=False)
        if value == "all":
            return queryset.standing()
        if value == "late":
            return queryset.latest().filter(next_due_on__lt=today)
        if value == "soon":
            return queryset.latest().filter(next_due_on__range=(today, today + SOON))
        return queryset.latest()


class LevelFilter(admin.SimpleListFilter):
    title, parameter_name = "能力等级", "level"

    def lookups(self, request, model_admin):
        return [*((str(value), label) for value, label in Ability.choices), ("disabled", "失能（轻度以上）")]

    def queryset(self, request, queryset):
        value = self.value()
        if value == "disabled":
            return queryset.filter(level__gt=Ability.INTACT)
        return queryset.filter(level=int(value)) if value in {str(one) for one in Ability.values} else queryset


@admin.register(Assessment)
class AssessmentAdmin(OfCadreRecord):
    sealed = VIEW_HEALTH
    seen_fields = ("ability",)
    voidable = True
    add_label = "登记能力评估"
    add_lead = "填完以后，能力等级、下次评估期限由规则算出；最近一次评估会写进健康情况，并对照提出服务等级建议。"
    add_form = change_form_class = AssessmentForm
    empty_words = "评估机构出了结果，在这里登记，或者在老同志的页面上点“登记能力评估”。"
    list_display = ("who", "unit", "when", "level_words", "scale_words", "next_words")
    list_display_links = ("when",)
    list_filter = (WhichFilter, LevelFilter, UnitOfCadreFilter)
    ordering = ("-assessed_on", "-pk")

    def get_queryset(self, request):
        return super().get_queryset(request).defer("note")

    def title_of(self, obj):
        return f"{obj.cadre.person.name}的能力评估（{obj.assessed_on:%Y-%m-%d}）"

    def extra_pages(self):
        return [("due", "due/", self.due_view), ("paper", "<path:object_id>/paper/", self.paper_view)]

    def list_tools(self, request):
        return [{"label": "该评估的老同志", "url": self.plain_url("due")}]

    @admin.display(description="评估日期")
    def when(self, obj):
        return day(obj.assessed_on)

    @admin.display(description="能力等级")
    def level_words(self, obj):
        raised = raise_words(obj)
        return f"{obj.get_level_display()}{f'（{raised}）' if raised else ''}"

    @admin.display(description="量表和得分")
    def scale_words(self, obj):
        return score_words(obj)

    @admin.display(description="下次评估")
    def next_words(self, obj):
        if not obj.is_latest:
            return ""
        late = obj.next_due_on < timezone.localdate()
        words = f"{obj.next_due_on:%Y-%m-%d}{'　逾期' if late else ''}"
        return format_html('<span class="tag late">{}</span>', words) if late else words

    # Writing

    def initial_for(self, request, cadre):
        first = {"assessed_on": timezone.localdate()}
        if cadre is None:
            return first
        return first | {
            "living": cadre.living, "difficulties": cadre.special_difficulties, "wishes": cadre.wishes,
            **self.health_of(cadre),
        }  # fmt: skip

    def health_of(self, cadre: Cadre) -> dict:
        health = cadre.health if hasattr(cadre, "health") else None
        names = ("seriously_ill", "frequent_illness")
        return {name: getattr(health, name) for name in names} if health else {}

    def create(self, request, cadre, form):
        key = form.cleaned_data["form_key"]
        return record_assessment(form.facts(), cadre=cadre, actor=request.user, on=timezone.localdate(), form_key=key)

    def values_of(self, obj):
        names = [name for name in AssessmentForm.base_fields if hasattr(obj, name)]
        told = {"told_level": obj.base_level} if obj.scale == "other" else {}
        return {name: getattr(obj, name) for name in names} | told

    def change(self, request, obj, form):
        seen = form.cleaned_data["seen_version"]
        change_assessment(obj, form.facts(), actor=request.user, on=timezone.localdate(), version=seen)

    def apply_voiding(self, request, obj, act, reason):
        if act == "restore":
            raise PermissionDenied
        void_assessment(obj, reason=reason, actor=request.user, on=timezone.localdate())

    def record_tools(self, request, obj):
        tools = [tool for tool in super().record_tools(request, obj) if tool["label"] != "恢复使用"]
        if not obj.voided_at:
            tools.insert(1, {"label": "打印评估表", "url": self.url_of("paper", obj)})
        return tools

    # One assessment

    def tags(self, obj):
        level = (str(obj.get_level_display()), "soon" if obj.level else "done")
        return [*super().tags(obj), level, *([("双高期", "soon")] if obj.double_high else [])]

    def blocks(self, request, obj):
        latest, before = latest_two(obj.cadre_id) if obj.is_latest else (obj, self.before(obj))
        changes = what_changed(obj, before)
        yield Block("结果", facts_of(obj))
        told = f"和 {before.assessed_on:%Y-%m-%d} 那次比" if before else "和上次比"
        yield Block(
            told,
            columns=("项目", "上次", "这次"),
            rows=[[one.what, one.before or "没有", one.now or "没有"] for one in changes],
            empty="没有变化。" if before else "以前没有评估过。",
        )
        yield Block("当时的情况", seen_then(obj))

    def before(self, obj: Assessment) -> Assessment | None:
        rows = Assessment.objects.standing().filter(cadre=obj.cadre_id, assessed_on__lt=obj.assessed_on)
        return rows.order_by("-assessed_on", "-pk").first()

    def paper_view(self, request, object_id):
        """能力评估结果 on one page, for the file and for signatures."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, object_id)
        frame = frame_for(
            request, "老同志能力评估结果", scope=f"{obj.cadre.person.name}　{obj.cadre.managing_unit}",
            back_url=self.url_of("change", obj), signature="评估人", stamp=True,
        )  # fmt: skip
        context = {"frame": frame, "blocks": [("结果", facts_of(obj)), ("当时的情况", seen_then(obj))]}
        audit.look(
            "print", actor=request.user, people=[obj.cadre_id], fields=self.seen_fields, target=self._target(obj),
            request=request,
        )  # fmt: skip
        return self.page(request, "print/case.html", context)

    # Who is due

    def due_view(self, request):
        """Whom to assess: late ones and focus people whom nobody ever did, then those of the next 30 days."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        ahead = request.GET.get("ahead") == "1"
        rows = due_people(request.user, on=today, until=today + SOON if ahead else today)
        rows = rows.select_related("person", "managing_unit")
        if request.GET.get("as") in ("print", "xlsx"):
            return self.due_paper(request, rows[:MOST_ON_PAPER], today)
        page = asked_page(request, rows, PER_PAGE)
        people = list(page.object_list)
        audit.look(
            "open", actor=request.user, people=[row.pk for row in people], fields=self.seen_fields,
            target="ledgers.assessment:due", request=request,
        )  # fmt: skip
        url, add = self.plain_url("due"), reverse("admin:ledgers_assessment_add")
        may_add = request.user.has_perm(self.right("add"))
        lines = [
            [{"text": row.person.name, "url": reverse("admin:registry_cadre_change", args=[row.pk])}, *cells,
             {"text": "登记评估" if may_add else "", "url": f"{add}?cadre={row.pk}" if may_add else ""}]
            for row, cells in ((row, due_cells(row, today)) for row in people)
        ]  # fmt: skip
        context = {
            "title": "该评估的老同志", "page": page, "columns": [*DUE_COLUMNS, "办理"], "rows": lines,
            "total_text": total_words(page), "query": "ahead=1" if ahead else "",
            "list_url": self.list_url(), "list_words": self.opts.verbose_name,
            "choices": [
                {"label": "现在该评的", "url": url, "chosen": not ahead},
                {"label": "连同 30 天内的", "url": f"{url}?ahead=1", "chosen": ahead},
            ],
            "tools": [
                {"label": "打印", "url": f"{url}?as=print{'&ahead=1' if ahead else ''}"},
                {"label": "导出 Excel", "url": f"{url}?as=xlsx{'&ahead=1' if ahead else ''}"},
            ],
            "empty": "现在没有该评估的老同志。",
        }  # fmt: skip
        return self.page(request, "admin/ledgers/case_list.html", context)

    def due_paper(self, request, rows, today):
        people = list(rows)
        paper = ListPaper(
            title="该评估的老同志",
            columns=DUE_COLUMNS,
            people=[row.pk for row in people],
            order="期限先后",
            rows=[
                [row.person.name, *(cell if isinstance(cell, str) else cell["text"] for cell in due_cells(row, today))]
                for row in people
            ],
        )
        return self.send_paper(request, paper, back=self.plain_url("due"), as_file=request.GET["as"] == "xlsx")


def due_cells(row: Cadre, today) -> list:
    """Unit, last assessment, its level, the day and why: as in DUE_COLUMNS after the name."""
    unit = row.managing_unit.short_name or row.managing_unit.name
    level = str(Ability(row.level).label) if row.level is not None else ""
    late = row.due_on is None or row.due_on < today
    when = day(row.due_on) if row.due_on else "尽快"
    due = {"text": when, "tag": "逾期" if row.due_on and late else "", "tone": "late" if late else ""}
    return [unit, day(row.assessed_on) or "没有", level, due, str(DueBecause(row.due_because).label)]


def facts_of(obj: Assessment) -> list[tuple[str, object]]:
    by_score = "" if obj.base_level == obj.level else f"（按得分为{obj.get_base_level_display()}）"
    return [
        ("评估日期", day(obj.assessed_on)), ("评估人（机构）", obj.assessor), ("量表和得分", score_words(obj)),
        ("能力等级", f"{obj.get_level_display()}{by_score}"), ("提高等级的原因", raise_words(obj) or "没有"),
        ("下次评估期限", f"{day(obj.next_due_on)}（{obj.get_due_because_display()}）"),
        ("评估说明", obj.note or "没有"),
    ]  # fmt: skip


def seen_then(obj: Assessment) -> list[tuple[str, object]]:
    return [
        ("双高期", "是" if obj.double_high else "否"), ("患重病", "是" if obj.seriously_ill else "否"),
        ("高发病", "是" if obj.frequent_illness else "否"), ("居住方式", living_words(obj)),
        ("特殊困难", codes_words("special_difficulty", obj.difficulties) or "没有"),
        ("希望得到的服务", codes_words("service_need", obj.wishes) or "没有"),
    ]  # fmt: skip
