"""A list as a workbook, with the entry that says who took it out."""

import io

from django.http import HttpResponse
from django.utils import timezone

from apps.common import audit
from apps.common.workbook.writer import write_sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(request, title: str, columns, rows, *, people, filename: str) -> HttpResponse:
    """`rows` as .xlsx; the entry names `people` and is committed before a byte leaves."""
    audit.look("export", actor=request.user, people=people, reason=title, request=request)
    stream = io.BytesIO()
    taken = f"{request.user}　{timezone.localtime():%Y-%m-%d %H:%M}"
    write_sheet(stream, title, columns, rows, notes=[("导出", taken), ("提醒", "含个人信息，用后删除，不得外传。")])
    response = HttpResponse(stream.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{filename}-{timezone.localdate():%Y%m%d}.xlsx"'
    return response
