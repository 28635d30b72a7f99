"""今日待办 as the home page of the staff side shows it (templates/admin/index.html names the keys)."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from apps.ledgers.access import TAKE, acts_for
from apps.ledgers.choices import InquiryState
from apps.ledgers.looks import reach_to_show
from apps.ledgers.models import Inquiry
from apps.ledgers.queries import DueRow, TodayBoard, open_checks, today
from apps.ledgers.queries.inquiries import subject_name, waiting_for
from apps.people.rules import Reach

RECORD = "ledgers.record_contact"
SEES_CALLS = "ledgers.view_inquiry"
VIEW_CHECK = "ledgers.view_safetycheck"
MOST_CHECKS = 5
SOON_DAYS = 3
MOST_CALLS = 6


def today_context(request, on: dt.date | None = None) -> dict:
    """Heading, figures and rows of the signed-in user's board; other rooms add their figures to the list.
    Phones of the user's own people are shown with the rows, so the look is logged here."""
    on = on or timezone.localdate()
    board = today(request.user, on, carers=acts_for(request.user))
    calls = waiting_calls(request.user)
    people = [row.cadre_id for row in board.rows] + [call.person_id for call in calls if call.person_id]
    reach = reach_to_show(request, people)
    duties = reverse("admin:ledgers_duty_changelist")
    more = f"还有 {board.more_people} 位老同志的事也快到期。" if board.more_people else ""
    return {
        "heading": f"今天 {on.month}月{on.day}日，先办这些" if board.rows or calls else f"今天 {on.month}月{on.day}日",
        "figures": figures(board, duties),
        "todo": [
            *(call_row(call, on, reach.get(call.person_id)) for call in calls),
            *(todo_row(request, row, on, reach.get(row.cadre_id)) for row in board.rows),
        ],
        "tools": home_tools(request.user),
        "todo_tools": paper_tools(request),
        "todo_note": more,
        "todo_url": duties if request.user.has_perm("ledgers.view_duty") else "",
    }


def home_tools(user) -> list[dict]:
    """What is done from the home page in one click."""
    if not user.has_perm(TAKE):
        return []
    return [{"label": "记来电来访", "url": reverse("admin:ledgers_inquiry_add")}]


def waiting_calls(user) -> list[Inquiry]:
    """Calls and visits that this user must deal with, or somebody he stands in for; the most urgent few."""
    if not user.has_perm(SEES_CALLS):
        return []
    return list(waiting_for({user.pk, *acts_for(user)}).defer("content", "result", "caller_phone")[:MOST_CALLS])


def call_row(call: Inquiry, on: dt.date, reach: Reach | None) -> dict:
    words, tone = due_words(call.due_on, on)
    handled = call.state == InquiryState.ANSWERED
    url = reverse("admin:ledgers_inquiry_close" if handled else "admin:ledgers_inquiry_answer", args=[call.pk])
    return {
        "who": call.person.name if call.person_id else call.caller,
        "who_url": reverse("admin:ledgers_inquiry_change", args=[call.pk]),
        "who_note": f"{call.get_source_display()} · {call.received_by}受理",
        "kind": "",
        "what": f"{'回复来人' if handled else '办理来电来访'}：{subject_name(call.subject)}",
        "reach": reach,
        "due": words,
        "tone": tone,
        "actions": [{"label": "记回复" if handled else "登记结果", "url": url}],
    }


def paper_tools(request) -> list[dict]:
    """Ways from the board to paper."""
    tools = []
    if request.user.has_perm("ledgers.add_callsheet"):
        tools.append({"label": "打印电话单", "url": reverse("admin:ledgers_callsheet_add")})
    return [*tools, {"label": "打印今日待办", "url": reverse("admin:ledgers_duty_today")}]


def figures(board: TodayBoard, duties: str) -> list[dict]:
    overdue = f"最长 {board.longest_overdue} 天" if board.overdue_people else ""
    waiting = f"{board.not_yet_visited} 人还没去看" if board.not_yet_visited else ""
    return [
        {
            "label": "逾期未看望", "value": board.overdue_people, "note": overdue,
            "tone": "late" if board.overdue_people else "", "url": f"{duties}?due=overdue",
        },
        {
            "label": "本周到期", "value": board.due_this_week, "note": f"已办 {board.done_this_week}",
            "url": f"{duties}?due=week",
        },
        {"label": "正在住院", "value": board.in_hospital, "note": waiting, "url": f"{duties}?kind=hospital"},
        {"label": "7 天内生日", "value": board.birthdays, "note": f"农历 {board.lunar_birthdays} 人"},
    ]  # fmt: skip


def todo_row(request, row: DueRow, on: dt.date, reach: Reach | None = None) -> dict:
    words, tone = due_words(row.due_on, on)
    actions = []
    if request.user.has_perm(RECORD):
        actions.append({"label": "记走访", "url": record_url(row.cadre_id, row.duty_id)})
    if request.user.has_perm("ledgers.change_careassignment"):
        actions.append({"label": "转交", "url": f"{reverse('admin:registry_cadre_carers')}?pk={row.cadre_id}"})
    return {
        "who": row.name,
        "who_url": reverse("admin:registry_cadre_change", args=[row.cadre_id]),
        "who_note": row.note,
        "kind": row.category,
        "what": row.what,
        "reach": reach,
        "due": words,
        "tone": tone,
        "actions": actions,
    }


def due_words(due_on: dt.date, on: dt.date) -> tuple[str, str]:
    """(words, tone): 逾期 3 天, 今天, 明天, 后天, 3月31日."""
    left = (due_on - on).days
    if left < 0:
        return f"逾期 {-left} 天", "late"
    if left < SOON_DAYS:
        return ("今天", "明天", "后天")[left], "soon"
    year = "" if due_on.year == on.year else f"{due_on.year}年"
    return f"{year}{due_on.month}月{due_on.day}日", ""


def record_url(cadre_id: int, duty_id: int | None = None) -> str:
    """The form for a contact, prefilled."""
    duty = f"&duty={duty_id}" if duty_id else ""
    return f"{reverse('admin:ledgers_contact_add')}?cadre={cadre_id}{duty}"


def open_words(check, now: dt.datetime) -> str:
    """还没有核实，已过 3 小时"""
    hours = int((now - check.raised_at).total_seconds() // 3600)
    return f"还没有核实，已过 {hours} 小时" if hours else "还没有核实，刚刚发出"


def check_rows(user, now: dt.datetime, *, most: int = MOST_CHECKS) -> dict:
    """Checks that wait for somebody, for the top of the home page: rows (who, words, url), more, url; {} without."""
    if not user.has_perm(VIEW_CHECK):
        return {}
    found = list(open_checks(user).select_related("cadre__person__community")[: most + 1])
    url = reverse("admin:ledgers_safetycheck_changelist")
    rows = [
        {
            "who": check.cadre.person.name,
            "where": str(check.cadre.person.community or ""),
            "words": open_words(check, now),
            "url": reverse("admin:ledgers_safetycheck_change", args=[check.pk]),
        }
        for check in found[:most]
    ]
    return {"rows": rows, "more": len(found) > most, "url": url} if rows else {}
