"""今日待办 as the home page of the staff side shows it (templates/admin/index.html names the keys)."""

import datetime as dt
from collections.abc import Collection

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from apps.common.together import read_together
from apps.ledgers.access import TAKE, acts_for, open_to
from apps.ledgers.board_words import due_words
from apps.ledgers.choices import InquiryState
from apps.ledgers.home_parts import home_parts, shown_parts
from apps.ledgers.looks import log_reach
from apps.ledgers.models import Inquiry, SafetyCheck
from apps.ledgers.queries import DueRow, TodayBoard, open_checks
from apps.ledgers.queries.inquiries import subject_name, waiting_for
from apps.ledgers.queries.today import VIEW_TODAY, board_details, board_from, board_parts
from apps.people.models import Person
from apps.people.queries import reach_from, reach_parts
from apps.people.rules import Reach

RECORD = "ledgers.record_contact"
SEES_CALLS = "ledgers.view_inquiry"
VIEW_CHECK = "ledgers.view_safetycheck"
MOST_CHECKS = 5
MOST_CALLS = 6


def today_context(request, on: dt.date | None = None, more: dict[str, QuerySet] | None = None) -> dict:
    """Heading, figures and rows of the signed-in user's board; other rooms add their figures to the list, and may
    have `more` querysets read along (`more` in the result). Phones of the user's own people are shown with the rows,
    so the look is logged here. Six statements at most."""
    on, user = on or timezone.localdate(), request.user
    acting = acts_for(user)
    parts = dict(more or {})
    if user.has_perm(VIEW_CHECK):
        parts["checks"] = waiting_checks(user)
    if user.has_perm(VIEW_TODAY):
        parts |= board_parts(user, on, carers=acting) | home_parts(user, on)
        if user.has_perm(SEES_CALLS):
            parts["calls"] = waiting_calls(user, acting)
    rows = read_together(parts)
    calls = rows.get("calls", [])
    people = {row["cadre"] for row in rows.get("first", ())} | {call.person_id for call in calls if call.person_id}
    opened = open_to(user, people)
    beside = read_together({"details": board_details(rows, on), **reach_parts(people, opened, on)}) if people else {}
    board = board_from(rows if "first" in rows else {}, beside.get("details", []), on)
    reach = reach_from(beside, opened) if people else {}
    log_reach(request, reach)
    subjects = shown_parts(user, rows, on)
    duties = reverse("admin:ledgers_duty_changelist")
    waiting = f"还有 {board.more_people} 位老同志的事也快到期。" if board.more_people else ""
    todo = [
        *(call_row(call, on, reach.get(call.person_id)) for call in calls),
        *subjects["todo"],
        *(todo_row(request, row, on, reach.get(row.cadre_id)) for row in board.rows),
    ]
    return {
        "heading": f"今天 {on.month}月{on.day}日，先办这些" if todo else f"今天 {on.month}月{on.day}日",
        "figures": [*figures(board, duties), *subjects["figures"]],
        "todo": todo,
        "tools": home_tools(user),
        "todo_tools": paper_tools(request),
        "todo_note": waiting,
        "todo_url": duties if user.has_perm("ledgers.view_duty") else "",
        "checks": check_rows(rows.get("checks", []), timezone.now()),
        "more": {name: rows[name] for name in more or ()},
    }


def home_tools(user) -> list[dict]:
    """What is done from the home page in one click."""
    if not user.has_perm(TAKE):
        return []
    return [{"label": "记来电来访", "url": reverse("admin:ledgers_inquiry_add")}]


def waiting_calls(user, acting: Collection[int]) -> QuerySet[Inquiry]:
    """Calls and visits that this user must deal with, or somebody he stands in for; the most urgent few."""
    return waiting_for({user.pk, *acting}).defer("content", "result", "caller_phone")[:MOST_CALLS]


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


def record_url(cadre_id: int, duty_id: int | None = None) -> str:
    """The form for a contact, prefilled."""
    duty = f"&duty={duty_id}" if duty_id else ""
    return f"{reverse('admin:ledgers_contact_add')}?cadre={cadre_id}{duty}"


def open_words(check, now: dt.datetime) -> str:
    """还没有核实，已过 3 小时"""
    hours = int((now - check.raised_at).total_seconds() // 3600)
    return f"还没有核实，已过 {hours} 小时" if hours else "还没有核实，刚刚发出"


def waiting_checks(user) -> QuerySet[SafetyCheck]:
    """Checks that wait for somebody, one more than are shown."""
    return open_checks(user).select_related("cadre__person__community")[: MOST_CHECKS + 1]


def check_rows(found: list[SafetyCheck], now: dt.datetime) -> dict:
    """For the top of the home page: rows (who, words, url), more, url; {} without."""
    url = reverse("admin:ledgers_safetycheck_changelist")
    rows = [
        {
            "who": check.cadre.person.name,
            "where": str(check.cadre.person.community or ""),
            "words": open_words(check, now),
            "url": reverse("admin:ledgers_safetycheck_change", args=[check.pk]),
        }
        for check in found[:MOST_CHECKS]
    ]
    return {"rows": rows, "more": len(found) > MOST_CHECKS, "url": url} if rows else {}


def mourning_words(dead: Person) -> str:
    """Why nobody congratulates somebody of this household (rule book 8.60)."""
    if dead.mourned_until is None:
        return f"{dead.name}离世待核实，暂不祝贺问候"
    return f"家有丧事（{dead.name}），{dead.mourned_until:%Y-%m-%d} 以前不自动祝贺问候"
