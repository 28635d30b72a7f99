"""What the pages of the monthly reports say about a unit's month, from rows already loaded."""

import datetime as dt

from apps.registry.choices import ReportState
from apps.registry.models import UnitReport
from apps.registry.reporting.standing import Standing

STATES = (("", "全部"), ("missing", "未报"), ("sent", "已报"), ("changes", "有变动"), ("late", "迟报"))


def filtered(rows: list[Standing], state: str, q: str, today: dt.date) -> list[Standing]:
    keep = {
        "missing": lambda row: not row.is_sent,
        "sent": lambda row: row.is_sent,
        "changes": lambda row: row.is_sent and not row.report.no_change,
        "late": lambda row: row.was_late,
    }.get(state)
    return [row for row in rows if (keep is None or keep(row)) and q in row.name]


def figures_of(rows: list[Standing], today: dt.date) -> list[dict]:
    sent = [row for row in rows if row.is_sent]
    late = sum(not row.is_sent and row.due_on < today for row in rows)
    return [
        {"label": "应报单位", "value": len(rows)},
        {"label": "已报", "value": len(sent), "note": f"无变动 {sum(row.report.no_change for row in sent)}"},
        {
            "label": "未报", "value": len(rows) - len(sent), "note": f"逾期 {late}" if late else "",
            "tone": "late" if late else "",
        },
        {"label": "迟报", "value": sum(row.was_late for row in rows)},
    ]  # fmt: skip


def state_of(row: Standing, lines: int, today: dt.date) -> tuple[str, str]:
    if row.is_sent:
        return ("迟报", "soon") if row.was_late else ("已报", "done")
    if row.report and row.report.returned_on:
        return "退回重报", "late"
    if row.due_on < today:
        return f"逾期 {(today - row.due_on).days} 天", "late"
    return ("正在填", "info") if lines else ("未报", "")


def what_changed(row: Standing, lines: int) -> str:
    if row.is_sent and row.report.no_change:
        return "无变动"
    if not lines:
        return ""
    return f"变动 {lines} 条" + ("" if row.is_sent else "，还没报送")


def sent_words(report: UnitReport, today: dt.date) -> str:
    day = report.sent_on
    words = f"{day.month}月{day.day}日" if day.year == today.year else f"{day:%Y-%m-%d}"
    words += f"　{report.sent_by or ''}" + ("（代录）" if report.on_behalf else "")
    if report.amended_on:
        words += f"，{report.amended_on.month}月{report.amended_on.day}日补报"
    return words


def undoable(report: UnitReport | None, today: dt.date) -> bool:
    return bool(report and report.state == ReportState.SENT and report.no_change and report.sent_on == today)
