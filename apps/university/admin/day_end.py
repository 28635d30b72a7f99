"""窗口日结: the day of a school's desk on one page, on A4 and as a workbook."""

import datetime as dt
import io

from django.http import FileResponse
from django.urls import path
from django.utils import timezone

from apps.common import audit
from apps.common.printing import frame_for
from apps.common.workbook.writer import write_sheet
from apps.university.queries.day_end import COLUMNS, day_end

from .desk_base import DeskPages, chosen_school

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class DayEndPages(DeskPages):
    """Mixed into SignUpAdmin."""

    def get_urls(self):
        return [path("day-end/", self.staff_view(self.day_end_view), name="university_day_end"), *super().get_urls()]

    def day_end_view(self, request):
        """`?day=&school=`; `print` and `xlsx` give the same numbers on paper and as a file."""
        schools = self.desk_of(request)
        school = chosen_school(request, schools)
        today = timezone.localdate()
        day, sentence = read_day(request.GET.get("day", ""), today)
        by_class, by_clerk, total = day_end(school, day) if school else ([], [], None)
        headings = ["班级", *(label for _, label in COLUMNS)]
        if school and "xlsx" in request.GET:
            audit.look("export", actor=request.user, target=f"university.school:{school.pk}", request=request)
            return workbook(request, f"窗口日结{day:%Y%m%d}", headings, [*by_class, total], by_clerk)
        context = {
            "title": "窗口日结", "school": school, "schools": list(schools.order_by("position", "pk")[:60]),
            "day": day, "today": today, "sentence": sentence, "headings": headings,
            "by_class": by_class, "by_clerk": by_clerk, "total": total,
            "query": f"school={school.pk if school else ''}&day={day:%Y-%m-%d}",
        }  # fmt: skip
        if school and "print" in request.GET:
            context["frame"] = frame_for(
                request, "窗口日结", scope=f"{school.name}　{day.year}年{day.month}月{day.day}日", recall=False,
                landscape=True, columns=len(headings), signature="经办人", order="班级",
                back_url=f"?{context['query']}",
            )  # fmt: skip
            return self.page(request, "print/university/day_end.html", context)
        return self.page(request, "admin/university/day_end.html", context, status=422 if sentence else 200)


def read_day(text: str, today: dt.date) -> tuple[dt.date, str]:
    """The day asked for, today without one; a sentence for what is none."""
    try:
        day = dt.date.fromisoformat(text) if text else today
    except ValueError:
        return today, "日期看不懂，请写成 2026-11-22。下面是今天的。"
    if not dt.date(2000, 1, 1) <= day <= today:
        return today, "请填今天或以前的日子。下面是今天的。"
    return day, ""


def workbook(request, title: str, headings, lines, by_clerk) -> FileResponse:
    stream = io.BytesIO()
    notes = [("导出人", str(request.user)), ("导出时间", f"{timezone.localtime():%Y-%m-%d %H:%M}")]
    notes += [(f"经办人 {line.name}", "、".join(f"{label}{number}" for (_, label), number in
              zip(COLUMNS, line.cells, strict=True) if number)) for line in by_clerk]  # fmt: skip
    write_sheet(stream, title, headings, ([line.name, *line.cells] for line in lines), notes=notes)
    stream.seek(0)
    return FileResponse(stream, as_attachment=True, filename=f"{title}.xlsx", content_type=XLSX)
