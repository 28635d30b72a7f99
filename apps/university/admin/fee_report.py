"""收费日报: what came in and went back in a stretch of days, on the screen, on A4 and as a workbook."""

import datetime as dt
import io

from django.core.exceptions import PermissionDenied
from django.http import FileResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from apps.common import audit
from apps.common.capital_amount import capital_amount
from apps.common.printing import frame_for
from apps.common.workbook.writer import write_sheet
from apps.university.forms.money import DaysForm
from apps.university.models import School
from apps.university.queries.fees import METHODS, DayReport, day_report

from .student_filters import picked

VIEW = "university.view_payment"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DAY = dt.timedelta(days=1)
NUMBER = {"is_number": True}
COLUMNS = ("学校", "收费人", *({"label": one.label, **NUMBER} for one in METHODS), {"label": "合计（元）", **NUMBER},
           {"label": "笔数", **NUMBER})  # fmt: skip
ENTRIES = ("确认单号", "日期", "学校", "学员", "班级", "方式", "金额（元）", "收费人", "财政票据号", "说明")


class FeeReport:
    """Mixin of PaymentAdmin."""

    def asked_report(self, request) -> tuple[DayReport, list[School], dt.date, dt.date, str]:
        """The report of the days and the school in the address: (report, schools, first, last, words)."""
        if not request.user.has_perm(VIEW):
            raise PermissionDenied
        schools = list(School.objects.visible_to(request.user, VIEW).current())
        first, last = DaysForm(request.GET).span()
        chosen = picked(request.GET.get("school"))
        asked = [one for one in schools if not chosen or one.pk == chosen]
        report = day_report(asked, first, last + DAY)
        audit.look(
            "payment.report", actor=request.user, people=sorted({row.student_id for row in report.payments}),
            request=request,
        )  # fmt: skip
        days = f"{first:%Y年%-m月%-d日}" + (f"到{last:%Y年%-m月%-d日}" if last != first else "")
        words = f"{asked[0].name if len(asked) == 1 else '各校合计'}　{days}"
        return report, schools, first, last, words

    def report_view(self, request):
        report, schools, first, last, words = self.asked_report(request)
        today = timezone.localdate()
        month = today.replace(day=1)
        links = [
            ("今天", f"?first={today}&last={today}"), ("昨天", f"?first={today - DAY}&last={today - DAY}"),
            ("本月", f"?first={month}&last={today}"),
            ("上月", f"?first={(month - DAY).replace(day=1)}&last={month - DAY}"),
        ]  # fmt: skip
        context = {
            "title": "收费日报", "report": report, "words": words, "schools": schools, "columns": COLUMNS,
            "school": picked(request.GET.get("school")), "first": first, "last": last, "links": links,
            "rows": report_rows(report), "figures": _figures(report), "query": request.GET.urlencode(),
            "refunds": [_refund(row) for row in report.refunds],
            "refund_columns": ("退款日期", "学校", "学员", "班级", {"label": "退费（元）", **NUMBER}, "凭证号"),
            "back": reverse("admin:university_payment_changelist"),
        }  # fmt: skip
        return self.page(request, "admin/university/fee_report.html", context)

    def report_print_view(self, request):
        report, _, _, _, words = self.asked_report(request)
        frame = frame_for(
            request, "收费日报", scope=words, landscape=True, columns=len(ENTRIES), order="日期、单号",
            signature="收费人", stamp=True,
            back_url=f"{reverse('admin:university_payment_report')}?{request.GET.urlencode()}",
        )  # fmt: skip
        context = {
            "frame": frame, "report": report, "sums": report_rows(report), "sum_heads": _heads(COLUMNS),
            "entries": [entry_of(row) for row in report.payments], "entry_heads": ENTRIES,
            "capital": capital_amount(report.net) if report.net >= 0 else "",
            "refunds": [_refund(row) for row in report.refunds],
        }  # fmt: skip
        response = render(request, "print/university/fee_report.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def report_file_view(self, request):
        report, _, first, last, words = self.asked_report(request)
        stream = io.BytesIO()
        rows = [entry_of(row) for row in report.payments]
        rows += [
            [f"退{row.pk}", row.paid_on, str(row.school), row.enrolment.student.person.name,
             str(row.enrolment.class_group), "财务退款", -row.amount, "", row.voucher, row.get_cause_display()]
            for row in report.refunds
        ]  # fmt: skip
        write_sheet(
            stream, f"收费日报　{words}", ENTRIES, rows, text_columns=("确认单号", "财政票据号"), sheet_name="收费日报",
            notes=[("取出", f"{request.user} {timezone.localtime():%Y-%m-%d %H:%M}"), ("合计", f"{report.net} 元")],
        )  # fmt: skip
        name = f"收费日报{first:%Y%m%d}" + (f"-{last:%Y%m%d}" if last != first else "") + ".xlsx"
        return FileResponse(io.BytesIO(stream.getvalue()), as_attachment=True, filename=name, content_type=XLSX)


def report_rows(report: DayReport) -> list[list[str]]:
    """One line a school and clerk, the last one the sum of all."""
    rows = [
        [school, clerk, *map(_yuan, sums), _yuan(total), str(count)]
        for school, clerk, sums, total, count in report.lines
    ]
    if rows:
        rows.append(["合计", "", *map(_yuan, report.totals), _yuan(report.total), str(report.count)])
    return rows


def entry_of(row) -> list:
    return [
        row.number, row.paid_on, str(row.school), row.student.person.name,
        "、".join(str(line.enrolment.class_group) for line in row.lines.all()), row.get_method_display(), row.amount,
        str(row.received_by or ""), row.fiscal_no, row.note,
    ]  # fmt: skip


def _figures(report: DayReport) -> list[dict]:
    found = [{"label": one.label, "value": _yuan(sum_)} for one, sum_ in zip(METHODS, report.totals, strict=True)]
    return [{"label": "收费合计（元）", "value": _yuan(report.total), "note": f"{report.count} 笔"}, *found,
            {"label": "财务已退（元）", "value": _yuan(report.refunded)}]  # fmt: skip


def _refund(row) -> list[str]:
    return [f"{row.paid_on}", str(row.school), row.enrolment.student.person.name, str(row.enrolment.class_group),
            _yuan(row.amount), row.voucher]  # fmt: skip


def _heads(columns) -> list[str]:
    return [one["label"] if isinstance(one, dict) else one for one in columns]


def _yuan(amount) -> str:
    return f"{amount:,.2f}"
