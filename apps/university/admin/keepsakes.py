"""学员评价 by class, and 学员作品 with consent."""

import datetime as dt

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html

from apps.common import audit
from apps.common.admin_pages import posted
from apps.common.printing import frame_for
from apps.university.forms.keepsakes import OpenSurveyForm, SheetLine, WorkForm
from apps.university.models import StudentWork, Survey, SurveyAnswer
from apps.university.models.surveys import QUESTIONS
from apps.university.queries.surveys import figures_of
from apps.university.rules.life import LEAST_ANSWERS
from apps.university.services.surveys import enter_sheets, open_survey
from apps.university.services.works import add_work, withdraw_consent

from .life_base import LifeAdmin, class_url

DAY = dt.timedelta(days=1)
LINES = 10  # paper sheets on one page of the grid
FIELDS = ("老师讲得", "内容", "教室设备", "还想来", "还有什么话")


@admin.register(Survey)
class SurveyAdmin(LifeAdmin):
    list_url, list_words = "admin:university_survey_changelist", "学员评价"
    list_display = ("class_group", "opens_on", "last_on", "opened_by")
    search_fields = ("class_group__course__name", "class_group__code")
    search_help_text = "课程或班号"
    select_related_in_list = select_related_in_record = (
        "class_group__course", "class_group__school__unit", "opened_by",
    )  # fmt: skip
    fields = ("class_group", "opens_on", "last_on", "opened_by")
    readonly_fields = ("last_on",)
    ordering = ("-opens_on", "-pk")
    sortable_by = ()
    empty_words = "从班级页按“请学员评价”开始。"

    @admin.display(description="到哪天（这天也可以评）")
    def last_on(self, survey):
        return date_format(survey.closes_on - DAY, "Y年n月j日")

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        figures = reverse("admin:university_survey_figures", args=[obj.pk])
        return [{"label": "看结果", "url": figures, "main": True}, *tools]

    def get_urls(self):
        name = "university_survey"
        pages = [
            path("class/<int:pk>/", self.staff_view(self.open_view), name=f"{name}_open"),
            path("<int:pk>/figures/", self.staff_view(self.figures_view), name=f"{name}_figures"),
            path("<int:pk>/sheet/", self.staff_view(self.sheet_view), name=f"{name}_sheet"),
            path("<int:pk>/enter/", self.staff_view(self.enter_view), name=f"{name}_enter"),
        ]
        return pages + super().get_urls()

    def open_view(self, request, pk: int):
        group = self.class_of(request, pk, right=self.right("change"))
        on = timezone.localdate()
        form = OpenSurveyForm(posted(request), initial={"last_on": on + dt.timedelta(days=14)})

        def perform(values):
            open_survey(group, closes_on=values["last_on"] + DAY, actor=request.user, on=on)
            return "开始评价了。学员在“我的课”里答，也可以打印纸质表。"

        return self.act(
            request, form, perform, title=f"请学员评价：{group}",
            lead=f"四个问题、一句话，不写名字，满 {LEAST_ANSWERS} 份才看得到结果。只看这个班，不给老师排名。",
            button="开始评价", back=class_url(group),
        )  # fmt: skip

    def figures_view(self, request, pk: int):
        survey = self.row_of(request, pk)
        found = figures_of(survey)
        may = self.may_work(request)
        links = [(reverse("admin:university_survey_sheet", args=[pk]), "打印纸质评价表")]
        if may:
            links.append((reverse("admin:university_survey_enter", args=[pk]), "录入纸质评价"))
        rows = [
            (one.label, "　".join(f"{label} {count}" for label, count in one.counts), str(one.silent))
            for one in found.questions
        ]
        lead = f"收到 {found.sheets} 份，{survey.opens_on:%m-%d} 至 {survey.closes_on - DAY:%m-%d}。"
        context = {
            "title": f"学员评价：{survey.class_group}", "columns": ("问题", "回答", "没答"),
            "rows": [*rows, *(("想说的话", words, "") for words in found.words)], "links": links, "lead": lead,
            "crumbs": [(reverse(self.list_url), "学员评价"), (class_url(survey.class_group), str(survey.class_group))],
            "empty_text": f"不足 {LEAST_ANSWERS} 份，先不显示结果，免得猜出是谁说的。",
        }  # fmt: skip
        return self.page(request, "admin/university/table.html", context)

    def sheet_view(self, request, pk: int):
        """The paper twin: the same questions with boxes, no name."""
        survey = self.row_of(request, pk)
        columns = ("问题", "请打勾")
        frame = frame_for(
            request, f"{survey.class_group}学员评价表", columns=len(columns), recall=False, order="问题先后",
            scope="不用写名字，写好投进意见箱或交给班长。",
            back_url=reverse("admin:university_survey_figures", args=[pk]),
        )  # fmt: skip
        asked = [SurveyAnswer._meta.get_field(name) for name in QUESTIONS]
        boxes = [(str(one.verbose_name), "　　".join(f"□ {label}" for _, label in one.choices)) for one in asked]
        boxes.append(("还有什么话想说", ""))
        return self.page(request, "print/list.html", {"frame": frame, "columns": columns, "rows": boxes})

    def enter_view(self, request, pk: int):
        """Ten paper sheets at a time; lines left empty count for nothing."""
        survey = self.row_of(request, pk, right=self.right("change"))
        data = posted(request)
        forms = [SheetLine(data, prefix=f"s{place}") for place in range(LINES)]
        if data is not None and all(form.is_valid() for form in forms):
            typed = [form.cleaned_data for form in forms]
            sheets = [(one["key"], {name: one[name] for name in QUESTIONS}, one["words"]) for one in typed]
            count = enter_sheets(survey, sheets, actor=request.user)
            messages.success(request, f"录了 {count} 份。" if count else "没有新录的。")
            return HttpResponseRedirect(request.path)
        back = reverse("admin:university_survey_figures", args=[pk])
        context = {
            "title": f"录入纸质评价：{survey.class_group}", "columns": ("份",), "fields": FIELDS, "may_enter": True,
            "form": None, "lead": "一行一份，空行不算。",
            "rows": [{"name": f"第{n}份", "cells": [f"{n}"], "form": form} for n, form in enumerate(forms, 1)],
            "buttons": [("save", "保存，再录十份")], "links": [(back, "返回")], "crumbs": [(back, "学员评价")],
            "empty": {},
        }  # fmt: skip
        return self.page(request, "admin/university/grid.html", context, status=422 if data is not None else 200)


class ShownFilter(admin.SimpleListFilter):
    title, parameter_name = "状态", "shown"

    def lookups(self, request, model_admin):
        return [("on", "公开着"), ("off", "已撤回")]

    def queryset(self, request, queryset):
        if self.value() in ("on", "off"):
            return queryset.filter(withdrawn_at__isnull=self.value() == "on")
        return queryset


@admin.register(StudentWork)
class StudentWorkAdmin(LifeAdmin):
    list_url, list_words = "admin:university_studentwork_changelist", "学员作品"
    list_display = ("title", "student", "class_group", "consent_on", "state_words")
    list_filter = (ShownFilter,)
    search_fields = ("title", "student__person__name", "class_group__course__name")
    search_help_text = "题目、作者或课程"
    select_related_in_list = select_related_in_record = ("student__person", "class_group__course", "photo")
    fields = (
        "title",
        "student",
        "class_group",
        "text",
        "picture",
        "shown_name",
        "consent_by",
        "consent_on",
        "withdrawn_at",
    )
    readonly_fields = ("picture", "withdrawn_at")
    ordering = ("-consent_on", "-pk")
    sortable_by = ()
    empty_words = "从班级页按“加作品”登记，先要本人同意公开。"

    def people_of(self, obj):
        return [obj.student_id]

    @admin.display(description="照片")
    def picture(self, work):
        if work.photo_id is None or work.withdrawn_at:
            return "没有"
        url = reverse("university:work_photo", args=[work.public_id])
        return format_html('<a href="{0}"><img class="work-photo" src="{0}" alt="{1}"></a>', url, work.title)

    @admin.display(description="状态")
    def state_words(self, work):
        return "已撤回" if work.withdrawn_at else "公开着"

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if self.may_work(request) and not obj.withdrawn_at:
            withdraw = reverse("admin:university_studentwork_withdraw", args=[obj.pk])
            tools.insert(0, {"label": "撤回公开", "url": withdraw})
        return tools

    def get_urls(self):
        name = "university_studentwork"
        pages = [
            path("class/<int:pk>/", self.staff_view(self.enter_view), name=f"{name}_enter"),
            path("<int:pk>/withdraw/", self.staff_view(self.withdraw_view), name=f"{name}_withdraw"),
        ]
        return pages + super().get_urls()

    def enter_view(self, request, pk: int):
        group = self.class_of(request, pk, right=self.right("change"))
        on = timezone.localdate()
        files = request.FILES if request.method == "POST" else None
        form = WorkForm(posted(request), files, group=group, initial={"consent_on": on})

        def perform(values):
            add_work(group, actor=request.user, on=on, **values)
            return "登记好了，课程页和“学员作品”里看得到。"

        people = list(form.fields["student"].queryset.values_list("pk", flat=True))
        target = f"university.classgroup:{group.pk}"
        audit.look("open", actor=request.user, people=people, target=target, request=request)
        return self.act(
            request, form, perform, title=f"加作品：{group}",
            lead="先问本人同不同意公开、怎样写名字。本人什么时候不想公开了，马上撤下。", button="公开",
            back=class_url(group),
        )  # fmt: skip

    def withdraw_view(self, request, pk: int):
        work = self.row_of(request, pk, right=self.right("change"))
        if request.method == "POST":
            withdraw_consent(work, actor=request.user, now=timezone.now())
            return self.back_with(request, "已撤下，照片也删除了。", self.url_of("change", work))
        context = {
            "title": "撤回公开", "question": f"撤下“{work.title}”？",
            "detail": "公开的页面马上看不到，照片从平台删除。",
            "button": "撤下", "is_danger": True, "cancel_url": self.url_of("change", work),
            "list_url": reverse(self.list_url), "list_words": self.list_words,
        }  # fmt: skip
        return self.page(request, "admin/university/confirm.html", context)
