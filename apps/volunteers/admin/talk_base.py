"""What the staff pages of talks share: choices in reach, files, filters."""

import datetime as dt
import io

from django.contrib import admin
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from apps.common import attachments
from apps.common.admin_pages import TemplateRecordAdmin
from apps.common.scans import read_scan
from apps.common.workbook.writer import write_sheet
from apps.volunteers.forms.talks import FileForm
from apps.volunteers.models import Lecturer, TalkCampaign, TalkRound, TalkTopic
from apps.volunteers.queries.talks import divisions_for
from apps.volunteers.services.lecturers import keep_file

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DAY = dt.timedelta(days=1)
MOST_ROWS = 20_000


class TalkRecord(TemplateRecordAdmin):
    """A record of talks. `file_name`: the column of its one file, where it has one."""

    file_name, file_words = "", "材料"

    def related_rows(self, model, request):
        rows = super().related_rows(model, request)
        return rows.select_related("person") if model._meta.model_name == "volunteer" else rows

    def _choices(self, request, act: str) -> dict:
        """Querysets for forms that name a topic, a campaign and a round."""
        user, right = request.user, f"volunteers.{act}_talk"
        campaigns = TalkCampaign.objects.visible_to(user, right).current().order_by("-starts_on")
        rounds = TalkRound.objects.visible_to(user, right).current().select_related("campaign")
        topics = TalkTopic.objects.visible_to(user, right).current().select_related("unit").order_by("title")
        return {"topics": topics, "campaigns": campaigns, "rounds": rounds}

    def lecturers_for(self, request, act: str):
        rows = Lecturer.objects.visible_to(request.user, f"volunteers.{act}_talk").active()
        return rows.select_related("volunteer__person").order_by("volunteer__person__name_sort_key", "pk")

    def divisions_of(self, unit):
        return divisions_for(unit)

    def file_tools(self, request, obj) -> list[dict]:
        has_file = getattr(obj, f"{self.file_name}_id") is not None
        tools = [{"label": f"看{self.file_words}", "url": self.url_of("show", obj)}] if has_file else []
        if self.may_change(request, obj) and not obj.voided_at:
            label = f"换{self.file_words}" if has_file else f"传{self.file_words}"
            tools.append({"label": label, "url": self.url_of("file", obj)})
        return tools

    def file_view(self, request, pk: int):
        obj = self.changeable_object(request, str(pk))
        form = FileForm(*((request.POST, request.FILES) if request.method == "POST" else (None, None)))
        return self.act(
            request, obj, form, title=f"传{self.file_words}：{self.title_of(obj)}", button="保存", done="已保存。",
            sentence="一份文件；再传一次就换掉原来的。", template="admin/volunteers/upload.html",
            perform=lambda values: keep_file(
                obj, self.file_name, read_scan(values["scan"]), purpose=self.file_words, actor=request.user
            ),
        )  # fmt: skip

    def show_view(self, request, pk: int):
        obj = self.viewable(request, pk)
        kept = getattr(obj, self.file_name)
        if kept is None:
            raise Http404
        return HttpResponse(attachments.read(kept), content_type=kept.content_type, headers={
            "Content-Disposition": content_disposition_header(True, kept.filename),
            "Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff",
        })  # fmt: skip


def workbook(request, name: str, header: list[str], rows, notes=()) -> HttpResponse:
    """A sheet with who took it out, when."""
    stream = io.BytesIO()
    write_sheet(stream, "", header, rows, notes=[("导出人", str(request.user)), *notes], sheet_name=name[:20])
    return HttpResponse(stream.getvalue(), content_type=XLSX, headers={
        "Cache-Control": "no-store, private", "X-Content-Type-Options": "nosniff",
        "Content-Disposition": content_disposition_header(True, f"{name}.xlsx"),
    })  # fmt: skip


class YearFilter(admin.SimpleListFilter):
    """A calendar year of a date column. Subclasses name it."""

    title, parameter_name, column = "年度", "year", "on"

    def lookups(self, request, model_admin):
        this = timezone.localdate().year
        return [(str(year), f"{year}年") for year in range(this, this - 5, -1)]

    def queryset(self, request, queryset):
        typed = self.value() or ""
        if not typed.isdecimal() or len(typed) != 4:
            return queryset
        first = dt.date(int(typed), 1, 1) if typed != "0000" else dt.date(1, 1, 1)
        return queryset.filter(**{f"{self.column}__gte": first, f"{self.column}__year": first.year})


def choice_filter(name: str, words: str, choices):
    """A filter by the values of a choice column."""

    class Chosen(admin.SimpleListFilter):
        title, parameter_name = words, name

        def lookups(self, request, model_admin):
            return choices.choices

        def queryset(self, request, queryset):
            return queryset.filter(**{name: self.value()}) if self.value() in choices.values else queryset

    Chosen.__name__ = f"{name.title()}Filter"
    return Chosen
