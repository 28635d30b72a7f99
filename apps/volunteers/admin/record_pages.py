"""The paper sheet in one grid, the hours of teams, the file for the national system."""

import datetime as dt
import io
import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.http import content_disposition_header

from apps.common.admin_pages import posted
from apps.common.errors import BusinessError
from apps.common.workbook.writer import write_sheet
from apps.people.services import reveal
from apps.volunteers.forms.records import ExportForm, LineForm, SheetForm
from apps.volunteers.models import ServiceRecord, Team
from apps.volunteers.queries.records import team_minutes
from apps.volunteers.rules.times import length_words
from apps.volunteers.services import exporting
from apps.volunteers.services.line_refusals import LineRefusals
from apps.volunteers.services.sheets import Sheet, SheetLine, enter_sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LINES = 30
PAGE = 50
DAY = dt.timedelta(days=1)
COLUMNS = ("行",)
FIELDS = ("姓名", "开始", "结束", "做了什么", "只记不重叠的")


class RecordPages:
    """Mixed into ServiceRecordAdmin."""

    def teams_for(self, request, act: str):
        rows = Team.objects.visible_to(request.user, self.right(act)).current()
        return rows.order_by("name")

    def sheet_view(self, request):
        """A paper sheet of thirty lines; what is wrong is said at its line. Nothing is written until all is right."""
        self.allowed(request, self.right("add"))
        data = posted(request)
        form = SheetForm(data, teams=self.teams_for(request, "add"), initial={"form_key": uuid.uuid4()})
        lines = [LineForm(data, prefix=f"l{number}") for number in range(1, LINES + 1)]
        if data is not None:
            fine = form.is_valid()
            fine = all([line.is_valid() for line in lines]) and fine
            if fine and self.enter(request, form, lines):
                return HttpResponseRedirect(self.list_url())
        wrong = data is not None and (bool(form.errors) or any(line.errors for line in lines))
        context = {
            "title": "纸质表补录", "form": form, "columns": COLUMNS, "fields": FIELDS, "media": form.media,
            "rows": [{"name": f"第{number}行", "cells": [str(number)], "form": line}
                     for number, line in enumerate(lines, 1)],
            "list_url": self.list_url(), "list_words": self.opts.verbose_name, "wrong": wrong,
        }  # fmt: skip
        return self.page(request, "admin/volunteers/paper_sheet.html", context, status=422 if wrong else 200)

    def enter(self, request, form: SheetForm, lines: list[LineForm]) -> bool:
        values = form.cleaned_data
        project = values["project"]
        sheet = Sheet(
            team=values["team"], on=values["on"], project=project, place=values["place"],
            service=values["service"] or project.service, form_key=values["form_key"], confirmed=values["confirmed"],
        )  # fmt: skip
        asked = [
            SheetLine(
                number, one["who"], values["starts"] if one["starts"] is None else one["starts"],
                values["ends"] if one["ends"] is None else one["ends"], one["trim"], one["content"],
            )
            for number, one in enumerate((line.cleaned_data for line in lines), 1) if one["who"].strip()
        ]  # fmt: skip
        try:
            entered = enter_sheet(sheet, asked, actor=request.user, now=timezone.now())
        except LineRefusals as refusal:
            for number, sentence in refusal.lines.items():
                lines[number - 1].add_error(None, sentence)
            form.refuse(BusinessError(refusal.sentence))
            return False
        except BusinessError as refusal:
            form.refuse(refusal)
            return False
        words = "这张表已经录过了，没有重复记。" if entered.again else f"录好了，一共 {len(entered.records)} 条。"
        messages.success(request, words)
        return True

    def hours_view(self, request):
        """志愿时长 of teams in a year: teams, never people beside each other."""
        self.allowed(request, self.right("view"))
        today = timezone.localdate()
        typed = request.GET.get("year", "")
        year = int(typed) if typed.isdecimal() and 2000 <= int(typed[:6]) <= today.year else today.year
        page = Paginator(self.teams_for(request, "view"), PAGE).get_page(request.GET.get("page"))
        keys = [team.pk for team in page.object_list]
        first, until = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
        this_year, ever = team_minutes(keys, first, until), team_minutes(keys)
        context = {
            "title": f"志愿时长：{year}年", "page": page, "total_text": f"共 {page.paginator.count} 支队",
            "columns": ("志愿服务队", f"{year}年", "历年合计"), "empty_text": "还没有志愿服务队。",
            "rows": [(team.name, length_words(this_year.get(team.pk, 0)), length_words(ever.get(team.pk, 0)))
                     for team in page.object_list],
            "links": [(f"?year={year - 1}", f"{year - 1}年")]
            + ([(f"?year={year + 1}", f"{year + 1}年")] if year < today.year else []),
            "lead": "只算队长或工作人员确认过的服务。", "list_url": self.list_url(), "query": f"year={year}",
            "list_words": self.opts.verbose_name,
        }  # fmt: skip
        return self.page(request, "admin/volunteers/hours.html", context)

    def export_view(self, request):
        """A workbook in the columns of the rule set; rows are marked, so that nothing leaves twice unless asked."""
        self.allowed(request, self.right("change"))
        today = timezone.localdate()
        form = ExportForm(
            posted(request), teams=self.teams_for(request, "change"),
            initial={"first": today.replace(month=1, day=1), "last": today},
        )  # fmt: skip
        if request.method == "POST" and form.is_valid():
            try:
                return self.exported(request, form.cleaned_data)
            except BusinessError as refusal:
                form.refuse(refusal)
        may_reveal = request.user.has_perm(exporting.REVEALS)
        sentence = "导出已确认、还没有导过的记录，导过的做上记号，不会重复。"
        if not may_reveal:
            sentence += "您没有查看身份证号的权限，证件号码那一列是空的。"
        context = {
            "title": "导出到全国志愿服务系统", "form": form, "sentence": sentence, "button": "导出",
            "media": form.media,
            "back": self.list_url(),
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)

    def exported(self, request, values) -> HttpResponse:
        now = timezone.now()
        columns = exporting.columns_on(timezone.localdate(now))
        rows = ServiceRecord.objects.visible_to(request.user, self.right("change"))
        if values["team"]:
            rows = rows.filter(team=values["team"])
        rows = exporting.waiting(rows, values["first"], values["last"] + DAY, again=values["again"])
        shown: set[int] = set()
        if exporting.asks_for_ids(columns) and request.user.has_perm(exporting.REVEALS):
            shown = exporting.revealable(request.user, rows)
        if shown:
            reveal(
                people=sorted(shown), fields=["citizen_id"], reason=values["reason"], actor=request.user,
                request=request,
            )  # fmt: skip
        taken = exporting.take_out(rows, actor=request.user, now=now, reason=values["reason"])
        stream = io.BytesIO()
        headings = [heading for heading, _ in columns.pairs()]
        notes = [("导出人", str(request.user)), ("导出时间", f"{timezone.localtime(now):%Y-%m-%d %H:%M}"),
                 ("用途", values["reason"])]  # fmt: skip
        write_sheet(
            stream, "", headings, exporting.cells(taken, columns, shown), text_columns=headings, notes=notes,
            sheet_name="志愿服务时长",
        )  # fmt: skip
        name = f"志愿服务时长{values['first']:%Y%m%d}-{values['last']:%Y%m%d}.xlsx"
        return HttpResponse(stream.getvalue(), content_type=XLSX, headers={
            "Cache-Control": "no-store, private", "X-Content-Type-Options": "nosniff",
            "Content-Disposition": content_disposition_header(True, name),
        })  # fmt: skip
