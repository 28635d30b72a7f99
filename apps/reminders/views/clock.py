"""Staff pages of reminders: the birthday calendar, each day's figures, the worklist of doubts, the inbox."""

import calendar
import datetime

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from apps.common.birthday import lunar_of, lunar_text
from apps.common.errors import BusinessError
from apps.messaging.access import MAKE_BATCH
from apps.messaging.choices import Channel
from apps.messaging.queries import deliveries_by_day, inbox, paused_channels, unread_count
from apps.messaging.services import confirm_delivered, mark_read, send_again
from apps.organisation.queries import missing_years
from apps.reminders import queries
from apps.reminders.access import VIEW_RUN, deliveries_for

from .page import page as _page
from .page import require as _require

DAYS_SHOWN = 14
A_DAY = 5
MOST_OF_A_DAY = 200
WORKLIST_ROWS = 100
RESOLVE = "messaging.resolve_delivery"
FIRST_MONTH, LAST_MONTH = datetime.date(1950, 1, 1), datetime.date(2099, 12, 1)


def month_of(text: str, today: datetime.date) -> datetime.date:
    """First day of the month asked for; 404 for nonsense or a month outside the lunar tables."""
    if not text:
        return today.replace(day=1)
    try:
        month = datetime.datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month, not a moment
    except ValueError as error:
        raise Http404 from error
    if not FIRST_MONTH <= month <= LAST_MONTH:
        raise Http404
    return month


# Birthdays


def birthday_calendar(request):
    """A month of birthdays in both calendars; `?day=` lists one day whole."""
    _require(request, "reminders.view_reminder")
    today = timezone.localdate()
    if "day" in request.GET:
        return _birthdays_of_day(request, request.GET["day"], today)
    month = month_of(request.GET.get("month", ""), today)
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    found: dict[datetime.date, list[queries.Celebration]] = {}
    for row in queries.celebrations(request.user, month, last, most_a_day=A_DAY, today=today):
        found.setdefault(row.day, []).append(row)
    context = {
        "caption": f"{month.year}年{month.month}月",
        "lunar_year": f"农历{lunar_text(month)}至{lunar_text(last)}",
        "weeks": _weeks(month, today, found),
        "total": sum(rows[0].of_day for rows in found.values()),
        "previous": f"{month - datetime.timedelta(days=1):%Y-%m}" if month > FIRST_MONTH else "",
        "next": f"{last + datetime.timedelta(days=1):%Y-%m}" if month < LAST_MONTH else "",
    }
    return _page(request, "admin/reminders/birthday_calendar.html", "生日日历", context)


def _weeks(month: datetime.date, today: datetime.date, found: dict) -> list[list[dict]]:
    days = calendar.Calendar().monthdatescalendar(month.year, month.month)
    return [[_cell(day, month, today, found.get(day, [])) for day in week] for week in days]


def _cell(day: datetime.date, month: datetime.date, today: datetime.date, rows: list) -> dict:
    if day.month != month.month:
        return {"in_month": False, "items": []}
    lunar = lunar_of(day)
    words = lunar_text(day)
    items = [{"text": _with_age(row), "note": _lunar_note(row), "url": _cadre_url(row.person_id)} for row in rows]
    if rows and rows[0].of_day > len(rows):
        items.append({"text": f"全部 {rows[0].of_day} 位", "note": "", "url": f"?day={day:%Y-%m-%d}"})
    return {
        "day": day.day,
        "lunar": words if lunar.day == 1 else words.partition("月")[2],
        "label": f"{day.month}月{day.day}日，农历{words}",
        "in_month": True,
        "is_today": day == today,
        "items": items,
    }


def _with_age(row) -> str:
    return f"{row.name} {row.age}岁" if row.age else row.name


def _lunar_note(row) -> str:
    return row.birthday if row.birthday.startswith("农历") else ""


def _cadre_url(person_id: int) -> str:
    return reverse("admin:registry_cadre_change", args=[person_id])


def _birthdays_of_day(request, text: str, today: datetime.date):
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
    month_of(f"{day:%Y-%m}", today)
    rows = queries.celebrations(request.user, day, day, most_a_day=MOST_OF_A_DAY, today=today)
    context = {
        "lead": f"农历{lunar_text(day)}，共 {rows[0].of_day if rows else 0} 位",
        "rows": [
            [
                {
                    "text": f"{row.name}（家有丧事，不祝寿）" if row.mourns else row.name,
                    "url": _cadre_url(row.person_id),
                },
                row.age or "未填写",
                row.birthday,
            ]
            for row in rows
        ],
        "more": rows[0].of_day - len(rows) if rows else 0,
        "columns": ["姓名", {"label": "岁数", "is_number": True}, "生日"],
        "back": f"?month={day:%Y-%m}",
    }
    return _page(request, "admin/reminders/birthdays_of_day.html", f"{day.month}月{day.day}日过生日", context)


# Figures


def reminder_days(request):
    """What was due, handed out, missed; what each channel sent, failed, left in doubt; the planner's pulse."""
    _require(request, VIEW_RUN)
    now = timezone.now()
    today = timezone.localdate()
    start = today - datetime.timedelta(days=DAYS_SHOWN - 1)
    context = {
        "health": queries.heartbeat(now),
        "missing_years": missing_years(today),
        "reminders": [_reminder_row(row) for row in queries.reminders_by_day(start, today)],
        "deliveries": [_delivery_row(row) for row in deliveries_by_day(start, today)],
        "runs": [_run_row(day, run) for day, run in sorted(queries.runs(start, today).items(), reverse=True)],
        "reminder_columns": ["日期", *_numbers("应提醒", "已交发送", "待发", "没有责任人", "错过")],
        "delivery_columns": ["日期", "通道", *_numbers("已发送", "等待", "已交出", "失败", "待核实", "撤回")],
        "run_columns": ["日期", *_numbers("次数"), "最近完成", *_numbers("排入", "撤回", "错过"), "出错"],
        "paused": paused_channels(),
        "may_resolve": request.user.has_perm(RESOLVE),
        "may_hand_out": request.user.has_perm(MAKE_BATCH),
    }
    return _page(request, "admin/reminders/days.html", "每日提醒情况", context)


def _numbers(*labels: str) -> list[dict]:
    return [{"label": label, "is_number": True} for label in labels]


def _flagged(number: int, tone: str):
    return {"text": "", "tag": str(number), "tone": tone} if number else 0


def _reminder_row(row: dict) -> list:
    return [
        row["due_on"].isoformat(), row["due"], row["handed"], row["waiting"], _flagged(row["nobody"], "soon"),
        _flagged(row["missed"], "late"),
    ]  # fmt: skip


def _delivery_row(row: dict) -> list:
    return [
        row["on_day"].isoformat(), Channel(row["channel"]).label, row["sent"], row["waiting"],
        _flagged(row["handed"], "info"), _flagged(row["failed"], "late"),
        _flagged(row["unknown"], "soon"), row["withdrawn"],
    ]  # fmt: skip


def _run_row(day: datetime.date, run) -> list:
    finished = f"{timezone.localtime(run.finished_at):%H:%M:%S}" if run.finished_at else "没有完成过"
    error = {"text": "", "tag": run.error, "tone": "late"} if run.error else "无"
    return [day.isoformat(), run.runs, finished, run.planned, run.withdrawn, run.missed, error]


# Doubts


def unknown_deliveries(request):
    """Deliveries that may or may not have arrived; a clerk asks and decides each."""
    _require(request, RESOLVE)
    rows = deliveries_for(request.user, RESOLVE).filter(state="unknown").select_related("user", "person").order_by("pk")
    if request.method == "POST":
        return _resolve(request, rows)
    shown = list(rows[:WORKLIST_ROWS])
    return _page(
        request,
        "admin/reminders/unknown.html",
        "待核实的发送",
        {"rows": shown, "more": max(0, rows.count() - len(shown)) if len(shown) == WORKLIST_ROWS else 0},
    )


def _resolve(request, rows):
    key, act = request.POST.get("delivery", ""), request.POST.get("act", "")
    delivery = rows.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None
    if delivery is None or act not in ("confirm", "again"):
        raise Http404
    try:
        if act == "confirm":
            confirm_delivered(delivery, actor=request.user, request=request)
            messages.success(request, "已记为送达。")
        else:
            send_again(delivery, actor=request.user, request=request)
            messages.success(request, "已重新排队，几分钟内再发一次。")
    except BusinessError as refusal:
        messages.error(request, refusal.sentence)
    return HttpResponseRedirect(reverse("admin:unknown_deliveries"))


# Inbox


def staff_inbox(request):
    """The user's own messages of 30 days; a POST marks all as read."""
    if request.method == "POST":
        mark_read(request.user, list(inbox(request.user).filter(read_at__isnull=True).values_list("pk", flat=True)))
        return HttpResponseRedirect(reverse("admin:inbox"))
    context = {
        "days": queries.inbox_days(request.user, timezone.localdate()),
        "unread": unread_count(request.user),
        "sees_health": request.user.has_perm("registry.view_health"),
    }
    return _page(request, "admin/reminders/inbox.html", "我的消息", context)
