"""A table of people leaving the desk, as an A4 page to print or as a workbook; each time with an audit entry."""

import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header

from apps.branches.access import Desk
from apps.common import audit
from apps.common.printing import frame_for
from apps.common.workbook.writer import write_sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ORDER = "姓氏笔画"


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One form in its usual columns. `facts` are pairs above the table and notes of the workbook, `people` whose
    names it carries. `tall` leaves room to write by hand."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence]
    people: Collection[int]
    facts: Sequence[tuple[str, str]] = field(default=())
    order: str = ORDER
    tall: bool = False
    landscape: bool = False
    stamp: bool = False
    signature: str = ""
    footer: str = ""


def send(request, desk: Desk, sheet: Sheet, *, back_url: str, template: str = "print/branch_table.html", **more):
    """The sheet as a page, or with `?as=xlsx` as a file. Logged before it leaves."""
    as_file = request.GET.get("as") == "xlsx"
    audit.look(
        "export" if as_file else "print", actor=desk.user, people=sheet.people, reason=sheet.title,
        target=f"branches.organisation:{desk.organisation.pk}", request=request,
    )  # fmt: skip
    if as_file:
        return as_workbook(desk, sheet)
    frame = frame_for(
        request, sheet.title, order=sheet.order, scope=desk.organisation.name, columns=len(sheet.columns),
        back_url=back_url, landscape=sheet.landscape, stamp=sheet.stamp, signature=sheet.signature,
    )  # fmt: skip
    response = render(request, template, {"frame": frame, "sheet": sheet, **more})
    response["Cache-Control"] = "no-store"
    return response


def as_workbook(desk: Desk, sheet: Sheet) -> HttpResponse:
    stream = io.BytesIO()
    now = timezone.localtime()
    notes = [
        ("党组织", desk.organisation.name), *sheet.facts, ("排列", sheet.order),
        ("导出人", str(desk.user)), ("导出时间", f"{now:%Y-%m-%d %H:%M}"),
        ("提醒", "含个人信息，按用途使用，用完删除。"),
    ]  # fmt: skip
    write_sheet(stream, sheet.title, sheet.columns, sheet.rows, notes=notes, sheet_name=sheet.title)
    response = HttpResponse(stream.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{sheet.title}{now:%Y%m%d}.xlsx")
    response["Cache-Control"] = "no-store"
    return response
