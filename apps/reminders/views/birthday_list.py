"""下月生日名单: on screen with ways to reach people, on A4, and as a sheet."""

import datetime as dt
import io

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode

from apps.common import audit
from apps.common.printing import frame_for
from apps.common.workbook.writer import write_sheet
from apps.ledgers.looks import reach_to_show
from apps.reminders.queries.birthday_list import BY_DAY, ORDER_WORDS, ListRow, birthday_list

from .clock import FIRST_MONTH, LAST_MONTH, month_of
from .page import page, require

NEEDS = "ledgers.view_today"
EXPORT = "registry.export_cadre"
MOST = 500
WEEKDAYS = "一二三四五六日"
COLUMNS = ("日期", "姓名", "岁数", "生日", "单位", "社区", "怎样联系", "电话", "住址")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def month_list(request):
    """My people's birthdays of a month, next month's unless asked; `?whose=all` everybody I may see."""
    require(request, NEEDS)
    today = timezone.localdate()
    text = request.GET.get("month", "")
    first = month_of(text, today) if text else (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    asked = {
        "month": f"{first:%Y-%m}",
        "whose": "all" if request.GET.get("whose") == "all" else "mine",
        "order": request.GET["order"] if request.GET.get("order") in ORDER_WORDS else BY_DAY,
    }
    export = "export" in request.GET
    if export:
        require(request, EXPORT)
    rows = birthday_list(
        request.user, first, mine=asked["whose"] == "mine", order=asked["order"], today=today,
        **({"permission": EXPORT} if export else {}),
    )  # fmt: skip
    title = f"{first.year}年{first.month}月生日名单"
    if export:
        return _sheet(request, title, rows, asked)
    return (
        _print(request, title, rows, asked) if "print" in request.GET else _screen(request, title, rows, asked, first)
    )


def _url(asked: dict, **over) -> str:
    return f"{reverse('admin:birthday_list')}?{urlencode({**asked, **over})}"


def _lines(request, rows: list[ListRow]) -> list[dict]:
    reach = reach_to_show(request, {row.cadre.pk for row in rows})
    return [
        {
            "day": f"{row.day.month}月{row.day.day}日 周{WEEKDAYS[row.day.weekday()]}",
            "name": row.cadre.person.name,
            "url": reverse("admin:registry_cadre_change", args=[row.cadre.pk]),
            "age": row.age or "",
            "birthday": row.birthday,
            "unit": row.cadre.managing_unit.short_name or row.cadre.managing_unit.name,
            "community": str(row.cadre.person.community or ""),
            "is_focus": row.is_focus,
            "mourns": row.mourns,
            "reach": reach.get(row.cadre.pk),
        }
        for row in rows
    ]


def _screen(request, title: str, rows: list[ListRow], asked: dict, first: dt.date):
    before, after = first - dt.timedelta(days=1), (first + dt.timedelta(days=32)).replace(day=1)
    context = {
        "rows": _lines(request, rows[:MOST]),
        "total": len(rows),
        "more": max(0, len(rows) - MOST),
        "order": ORDER_WORDS[asked["order"]],
        "orders": [
            {"label": words, "url": _url(asked, order=key), "chosen": key == asked["order"]}
            for key, words in ORDER_WORDS.items()
        ],
        "whose": [
            {"label": words, "url": _url(asked, whose=key), "chosen": key == asked["whose"]}
            for key, words in (("mine", "我负责的"), ("all", "我看得到的全部"))
        ],
        "previous": _url(asked, month=f"{before:%Y-%m}") if first > FIRST_MONTH else "",
        "next": _url(asked, month=f"{after:%Y-%m}") if first < LAST_MONTH else "",
        "print_url": _url(asked, print=1),
        "export_url": _url(asked, export=1) if request.user.has_perm(EXPORT) else "",
    }
    return page(request, "admin/reminders/birthday_list.html", title, context)


def _print(request, title: str, rows: list[ListRow], asked: dict):
    lines = _lines(request, rows[:MOST])
    audit.look("print", actor=request.user, people=[row.cadre.pk for row in rows[:MOST]], fields=["birthday"],
               target="reminders.birthday_list", request=request)  # fmt: skip
    scope = "本人负责的老同志" if asked["whose"] == "mine" else "本账号可见的老同志"
    frame = frame_for(
        request,
        title,
        order=ORDER_WORDS[asked["order"]],
        scope=f"{scope}，共 {len(rows)} 位",
        landscape=True,
        columns=8,
        back_url=_url(asked),
    )
    context = {"frame": frame, "rows": lines, "more": max(0, len(rows) - MOST)}
    return page(request, "print/birthdays.html", title, context)


def _sheet(request, title: str, rows: list[ListRow], asked: dict) -> HttpResponse:
    lines = _lines(request, rows)
    people = [row.cadre.pk for row in rows]
    audit.look("export", actor=request.user, people=people, fields=["birthday", "phone", "residence"],
               target="reminders.birthday_list", request=request)  # fmt: skip
    stream = io.BytesIO()
    heading = f"{title}（按{ORDER_WORDS[asked['order']]}排列）"
    notes = [("用途", "生日慰问"), ("导出人", str(request.user)), ("说明", "电话和住址只列本人负责的老同志；用后删除")]
    write_sheet(stream, heading, COLUMNS, (_cells(line) for line in lines), text_columns=("电话",), notes=notes)
    response = HttpResponse(stream.getvalue(), content_type=XLSX)
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{title}.xlsx")
    return response


def _cells(line: dict) -> tuple:
    reach = line["reach"]
    name = line["name"] + ("（家有丧事，不祝寿）" if line["mourns"] else "")
    numbers = "、".join(number.shown for number in reach.numbers)
    return (
        line["day"], name, line["age"] or None, line["birthday"], line["unit"], line["community"],
        reach.sentence, numbers, reach.address,
    )  # fmt: skip
