"""Evaluations in the admin: opened for many at once, checked, named or not, rewarded; those of units filled in too.

Rows come in the order of the tree; nobody is ranked (domain 3.15).
"""

import io

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format

from apps.branches.access import organisations_open_to
from apps.branches.choices import EvaluationState, Level
from apps.branches.forms.evaluation import OpenForm
from apps.branches.models import Evaluation, Standard
from apps.branches.queries.evaluations import all_lines, evidence_of, expiring, parts_of, said_last, totals_of
from apps.branches.rules.evaluation import EvaluationRules
from apps.branches.services import evaluations as services
from apps.branches.views.evaluation_papers import SHEETS, send_paper, subject_of
from apps.branches.views.evaluations import evidence_response, own_evidence
from apps.common import audit
from apps.common.admin import EDIT, SAFE_METHODS, RecordAdmin
from apps.common.errors import BusinessError
from apps.common.workbook.writer import write_sheet
from apps.organisation.models import Unit
from apps.organisation.queries import rule_values, subtree_ids

from .evaluation_acts import EvaluationActs
from .life_filters import OrganisationFilter

MOST_EXPORTED = 5000
EXPORT_HEADER = ["年度", "标准", "对象", "进度", "呈报日期", "自评", "初核", "复核", "命名得分", "级别", "牌匾编号",
                 "有效期至", "文号", "奖补（元）"]  # fmt: skip


class ExpiringFilter(admin.SimpleListFilter):
    title, parameter_name = "有效期", "valid"

    def lookups(self, request, model_admin):
        return [("soon", "有效期快到或已过")]

    def queryset(self, request, queryset):
        if self.value() != "soon":
            return queryset
        today = timezone.localdate()
        return expiring(queryset, today, rule_values(EvaluationRules.rule_key, on=today).expiring_days)


@admin.register(Evaluation)
class EvaluationAdmin(EvaluationActs, RecordAdmin):
    voidable = True
    empty_words = "先登记评估标准，再点“开展年度评估”。"
    list_display = ["subject", "standard", "year", "state", "due_on", "level", "valid_until"]
    list_filter = ["state", "year", "standard", ExpiringFilter, OrganisationFilter]
    search_fields = ["organisation__name", "unit__name", "plaque_no"]
    search_help_text = "党组织、单位或牌匾编号"
    sortable_by = ()
    ordering = ["-year", "organisation__path", "unit__path", "id"]
    select_related_in_list = ("organisation", "unit", "standard")
    select_related_in_record = ("organisation", "unit", "standard")
    fields = ["due_on"]

    def rows_for(self, user, permission):
        if not user.has_perm(permission):
            return Evaluation.objects.none()
        mine = organisations_open_to(user, permission).order_by().values("pk")
        return Evaluation.objects.filter(Q(organisation__in=mine) | Q(unit_id__in=user.reach(permission)))

    def has_add_permission(self, request):
        return False

    @admin.display(description="对象")
    def subject(self, evaluation) -> str:
        return subject_of(evaluation)

    def title_of(self, obj) -> str:
        return f"{subject_of(obj)}：{obj}"

    def get_urls(self):
        name = "branches_evaluation"
        return [
            path("open/", self.staff_view(self.open_view), name=f"{name}_open"),
            path("export/", self.staff_view(self.export_view), name=f"{name}_export"),
            path("<int:pk>/paper/<slug:which>/", self.staff_view(self.paper_view), name=f"{name}_paper"),
            path("<int:pk>/file/<uuid:file>/", self.staff_view(self.file_view), name=f"{name}_file"),
            path("<int:pk>/part/<int:number>/", self.staff_view(self.part_view), name=f"{name}_part"),
            path("<int:pk>/check/", self.staff_view(self.check_view), name=f"{name}_check"),
            path("<int:pk>/act/<slug:act>/", self.staff_view(self.act_view), name=f"{name}_act"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        tools = []
        if request.user.has_perm(self.right("change")):
            tools.append({"label": "开展年度评估", "url": reverse("admin:branches_evaluation_open"), "main": True})
        query = request.GET.urlencode()
        url = reverse("admin:branches_evaluation_export") + (f"?{query}" if query else "")
        tools.append({"label": "导出 Excel", "url": url})
        return super().changelist_view(request, {"list_tools": tools, **(extra_context or {})})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method in SAFE_METHODS and EDIT not in request.GET:
            if not self.has_view_permission(request):
                raise PermissionDenied
            request.reading_record = True
            return self.evaluation_page(request, self.get_object(request, unquote(object_id)))
        return super().change_view(request, object_id, form_url, extra_context)

    def evaluation_page(self, request, found: Evaluation):
        parts = parts_of(found)
        lines = all_lines(parts)
        context = {
            "title": self.title_of(found), "original": found, "evaluation": found, "parts": parts,
            "totals": [(label, points or "没有") for label, points in totals_of(lines)],
            "evidence": evidence_of(lines), "said": said_last(found), "acts": self.acts_of(request, found),
            "tools": self.record_tools(request, found), "steps": list(found.steps.select_related("entered_by")),
            "is_writer": found.unit_id and found.is_open and self.may_change(request, found), "facts": facts_of(found),
        }  # fmt: skip
        context["rows"] = [(line, context["evidence"].get(line.pk, [])) for line in lines]
        return self.page(request, "admin/branches/evaluation_page.html", context)

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        for which, label in (("form", "打印呈报表"), ("scores", "打印评分表")):
            url = reverse("admin:branches_evaluation_paper", args=[obj.pk, which])
            tools += [{"label": label, "url": url}, {"label": f"{label[2:]} Excel", "url": f"{url}?as=xlsx"}]
        if obj.organisation_id and organisations_open_to(request.user, "branches.enter_for_branch").filter(
            pk=obj.organisation_id
        ):
            url = reverse("branches:evaluation", args=[obj.organisation.public_id, obj.public_id])
            tools.insert(0, {"label": "到支部页面填写（代录）", "url": url})
        return tools

    def viewable(self, request, pk: int) -> Evaluation:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, str(pk))

    def paper_view(self, request, pk: int, which: str):
        found = self.viewable(request, pk)
        if which not in SHEETS:
            raise Http404
        return send_paper(request, found, which, back_url=self.url_of("change", found))

    def file_view(self, request, pk: int, file):
        found = self.viewable(request, pk)
        return evidence_response(own_evidence(list(found.lines.all()), file))

    # Many at once

    def open_view(self, request):
        """Open a year's evaluation for a subtree; who has one already keeps it."""
        right = self.right("change")
        if not request.user.has_perm(right):
            raise PermissionDenied
        organisations = organisations_open_to(request.user, right).filter(
            dissolved_on__isnull=True, voided_at__isnull=True
        )
        today = timezone.localdate()
        form = OpenForm(
            request.POST if request.method == "POST" else None,
            standards=Standard.objects.filter(voided_at__isnull=True, closed_on__isnull=True),
            organisations=organisations.order_by("path"),
            units=Unit.objects.filter(pk__in=request.user.reach(right)).order_by("path"),
            initial={"year": today.year},
        )
        if request.method == "POST" and form.is_valid():
            try:
                number = self._open(request, form.cleaned_data, organisations)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                words = f"新开了 {number} 个评估。" if number else "都已经开过，没有新开的。"
                messages.success(request, words)
                return HttpResponseRedirect(reverse("admin:branches_evaluation_changelist"))
        sentence = "选一个党组织或单位，它和它下面的一起开；已经开过的不动。没有名额限制，也不排名。"
        context = {
            "title": "开展年度评估", "form": form, "sentence": sentence, "button": form.submit_label,
            "media": form.media, "back": reverse("admin:branches_evaluation_changelist"),
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)

    def _open(self, request, values, organisations) -> int:
        top, unit = values["organisation"], values["unit"]
        ids, units = [], []
        if top:
            below = organisations.filter(path__startswith=top.path).filter(Q(level=Level.BRANCH) | Q(pk=top.pk))
            ids = list(below.order_by().values_list("pk", flat=True))
        if unit:
            units = sorted(set(subtree_ids([unit])) & set(request.user.reach(self.right("change"))))
        return services.open_evaluations(
            values["standard"], year=values["year"], due_on=values["due_on"], actor=request.user,
            organisation_ids=ids, unit_ids=units,
        )  # fmt: skip

    def export_view(self, request):
        """What the list shows with its filters, in the order of the tree."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        changelist = self.get_changelist_instance(request)
        rows = changelist.get_queryset(request).select_related("organisation", "unit", "standard")
        found = list(rows.prefetch_related("lines__item")[:MOST_EXPORTED])
        audit.look("export", actor=request.user, reason="达标创建评估", request=request)
        stream = io.BytesIO()
        taken = f"{request.user}　{timezone.localtime():%Y-%m-%d %H:%M}"
        notes = [("导出", taken), ("排列", "年度、党组织和单位的上下级顺序，不排名次")]
        write_sheet(stream, "达标创建评估", EXPORT_HEADER, map(_export_row, found), notes=notes)
        stream.seek(0)
        name = f"pinggu-{timezone.localdate():%Y%m%d}.xlsx"
        return FileResponse(stream, as_attachment=True, filename=name)


def _export_row(one: Evaluation) -> list:
    sums = dict(totals_of(list(one.lines.all())))
    return [
        one.year, one.standard.name, subject_of(one), one.get_state_display(), one.submitted_on, sums["自评"],
        sums["初核"], sums["复核"], sums["命名"], one.get_level_display(), one.plaque_no, one.valid_until,
        one.document_no, one.reward_amount,
    ]  # fmt: skip


def facts_of(one: Evaluation) -> list[tuple[str, object]]:
    facts = [
        ("标准", one.standard), ("年度", f"{one.year}"), ("呈报期限", one.due_on), ("进度", one.get_state_display()),
        ("呈报日期", one.submitted_on),
    ]  # fmt: skip
    if one.verified_on:
        facts += [
            ("核查", f"{date_format(one.verified_on)}　{one.verifiers}　{'、'.join(one.ways)}"),
            ("核查意见", one.opinion),
        ]
    if one.state == EvaluationState.NAMED:
        facts += [
            ("命名级别", one.get_level_display()), ("牌匾编号", one.plaque_no), ("有效期至", one.valid_until),
            ("命名文号", one.document_no),
        ]  # fmt: skip
    if one.reward_amount is not None:
        facts.append(("以奖代投", f"{one.reward_amount} 元　{date_format(one.reward_on)}　{one.reward_purpose}"))
    return facts
