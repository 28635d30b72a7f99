"""Calls and visits by subject over a month, a quarter or a year, on screen and as a sheet."""

import datetime as dt
import io
from dataclasses import astuple, dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from apps.common import audit
from apps.common.workbook.writer import write_sheet
from apps.ledgers.access import inquiries_for
from apps.ledgers.queries.inquiries import by_subject

VIEW = "ledgers.view_inquiry"
COLUMNS = ("什么事", "合计", "来电", "来访", "其他", "当场办结", "已回复", "没办完", "逾期")
SPANS = {"month": ("按月", 1), "quarter": ("按季", 3), "year": ("按年", 12)}
FIRST, LAST = dt.date(2000, 1, 1), dt.date(2099, 12, 1)


@dataclass(frozen=True)
class Span:
    """Months from `start` until before `end`."""

    key: str
    start: dt.date
    end: dt.date

    @property
    def words(self) -> str:
        if self.key == "year":
            return f"{self.start.year}年"
        if self.key == "quarter":
            return f"{self.start.year}年第{(self.start.month + 2) // 3}季度"
        return f"{self.start.year}年{self.start.month}月"


def months_on(day: dt.date, months: int) -> dt.date:
    """First of the month so many months later."""
    place = day.year * 12 + day.month - 1 + months
    return dt.date(place // 12, place % 12 + 1, 1)


def span_of(key: str, text: str, today: dt.date) -> Span:
    """The span that holds the month asked for (YYYY-MM), this month's if none is; 404 for nonsense."""
    if key not in SPANS:
        raise Http404
    try:
        month = dt.date.fromisoformat(f"{text}-01") if text else today.replace(day=1)
    except ValueError as error:
        raise Http404 from error
    if not FIRST <= month <= LAST:
        raise Http404
    length = SPANS[key][1]
    start = month.replace(month=(month.month - 1) // length * length + 1)
    return Span(key, start, months_on(start, length))


class InquiryCounts:
    """Mixed into InquiryAdmin."""

    def counts_view(self, request):
        if not request.user.has_perm(VIEW):
            raise PermissionDenied
        today = timezone.localdate()
        span = span_of(request.GET.get("span", "month"), request.GET.get("of", ""), today)
        zone = timezone.get_current_timezone()
        start, end = (dt.datetime.combine(day, dt.time(), zone) for day in (span.start, span.end))
        lines = by_subject(inquiries_for(request.user, VIEW), start, end, on=today)
        if "export" in request.GET:
            return self.counts_sheet(request, span, lines)
        context = {
            "title": "来电来访按事项统计",
            "span": span,
            "columns": [COLUMNS[0], *({"label": name, "is_number": True} for name in COLUMNS[1:])],
            "rows": [list(astuple(line)) for line in lines],
            "total": lines[-1].total,
            "spans": [
                {"label": label, "url": self.counts_url(key, span.start), "chosen": key == span.key}
                for key, (label, _) in SPANS.items()
            ],
            "previous": self.counts_url(span.key, months_on(span.start, -1)) if span.start > FIRST else "",
            "next": self.counts_url(span.key, span.end) if span.end <= LAST else "",
            "export_url": f"{self.counts_url(span.key, span.start)}&export=1",
        }
        return self.page(request, "admin/ledgers/inquiry_counts.html", context)

    def counts_url(self, key: str, month: dt.date) -> str:
        return f"{reverse('admin:ledgers_inquiry_counts')}?span={key}&of={month:%Y-%m}"

    def counts_sheet(self, request, span: Span, lines) -> HttpResponse:
        """Numbers only: nobody is named, so it is made at once."""
        audit.look("export", actor=request.user, target="ledgers.inquiry:counts", request=request)
        stream = io.BytesIO()
        title = f"{span.words}来电来访统计"
        notes = [("统计范围", "本账号可见的来电来访，不含作废"), ("逾期", "超过期限才办结，或到今天还没办结")]
        write_sheet(stream, title, COLUMNS, (astuple(line) for line in lines), notes=notes)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        response = HttpResponse(stream.getvalue(), content_type=kind)
        response.headers["Content-Disposition"] = content_disposition_header(True, f"{title}.xlsx")
        return response
