"""办得怎样: replies, needs and promises kept, people not reached, by unit and period, on screen and as a sheet."""

import io

from django.core.exceptions import PermissionDenied
from django.urls import path, reverse
from django.utils import timezone

from apps.common import audit
from apps.common.workbook.writer import write_sheet
from apps.ledgers.queries.plan_figures import BANDS, UnitFigures, figures_of
from apps.organisation.models import Unit
from apps.organisation.queries import subtree_ids
from apps.registry.models import Cadre

from .inquiry_counts import FIRST, LAST, SPANS, Span, months_on, span_of
from .plan_papers import download

VIEW = "ledgers.view_serviceplan"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = (
    "单位", "按时答复", "还没答复", "按时办结", "逾期没办结", "满意和基本满意", "按时兑现的承诺", "逾期没兑现",
    "在世人数",
    *(label for _, label, _ in BANDS), "看望人次", "联系人次",
)  # fmt: skip
NOTES = (
    ("按时答复", "这段时间里应当答复的需求，有几件在期限内告诉了本人怎么办"),
    ("按时办结", "这段时间里应当办结的需求，有几件在期限内解决或部分解决；本人不再需要的不算"),
    ("按时兑现的承诺", "这段时间里到期的办法，有几项在期限当天或以前办好；不再办的不算"),
    ("多久没联系上", "到今天为止；没有人接的电话不算联系上"),
    ("看望人次、联系人次", "只是做事的手段，不作为评比依据"),
)


class PlanFigures:
    """Mixed into the admin of plans."""

    def figure_urls(self):
        return [path("figures/", self.staff_view(self.figures_view), name="ledgers_serviceplan_figures")]

    def figures_view(self, request):
        if not request.user.has_perm(VIEW):
            raise PermissionDenied
        today = timezone.localdate()
        span = span_of(request.GET.get("span", "quarter"), request.GET.get("of", ""), today)
        cadres, unit = Cadre.objects.current().visible_to(request.user, VIEW), self.unit_of(request)
        if unit is not None:
            cadres = cadres.filter(managing_unit__in=subtree_ids([unit]))
        lines = figures_of(cadres, span.start, span.end, on=today)
        if "export" in request.GET:
            return self.figures_sheet(request, span, lines)
        asked = f"&unit={unit.pk}" if unit else ""
        context = {
            "title": "一人一策办得怎样",
            "span": span,
            "unit": unit,
            "columns": [COLUMNS[0], *({"label": name, "is_number": True} for name in COLUMNS[1:])],
            "rows": [cells(line) for line in lines],
            "figures": headline(lines[-1]),
            "has_any": len(lines) > 1,
            "notes": NOTES,
            "spans": [
                {"label": label, "url": figures_url(key, span.start) + asked, "chosen": key == span.key}
                for key, (label, _) in SPANS.items()
            ],
            "previous": figures_url(span.key, months_on(span.start, -1)) + asked if span.start > FIRST else "",
            "next": figures_url(span.key, span.end) + asked if span.end <= LAST else "",
            "export_url": f"{figures_url(span.key, span.start)}{asked}&export=1",
            "units": self.units(request),
        }
        return self.page(request, "admin/ledgers/plan_figures.html", context)

    def units(self, request):
        """Units to choose from: those two levels below the top, which is where bureaus stand."""
        seen = Cadre.objects.current().visible_to(request.user, VIEW).order_by().values("managing_unit")
        return Unit.objects.filter(pk__in=seen).order_by("path")[:300]

    def unit_of(self, request) -> Unit | None:
        number = request.GET.get("unit", "")
        if not (number.isascii() and number.isdecimal() and len(number) < 19):
            return None
        return Unit.objects.filter(pk=int(number)).first()

    def figures_sheet(self, request, span: Span, lines: list[UnitFigures]):
        """Numbers only: nobody is named, so it is made at once."""
        audit.look("export", actor=request.user, target="ledgers.serviceplan:figures", request=request)
        stream = io.BytesIO()
        title = f"{span.words}一人一策办理情况"
        write_sheet(stream, title, COLUMNS, (cells(line) for line in lines), notes=list(NOTES))
        return download(stream.getvalue(), f"{title}.xlsx", XLSX)


def cells(line: UnitFigures) -> list:
    count = line.counts
    return [
        line.unit, line.share("replied", "replies"), count["reply_open"], line.share("met", "needs"),
        count["need_open"], line.share("content", "asked"), line.share("kept", "promises"), count["promise_open"],
        count["people"], *(count[key] for key, _, _ in BANDS), count["visits"], count["calls"],
    ]  # fmt: skip


def headline(total: UnitFigures) -> list[dict]:
    """The figures of the top: the share large, what it is a share of below it."""
    count, (key, label, _) = total.counts, BANDS[-1]
    shares = (
        ("按时答复", "replied", "replies"), ("按时办结", "met", "needs"), ("按时兑现的承诺", "kept", "promises"),
        ("满意和基本满意", "content", "asked"),
    )  # fmt: skip
    items = []
    for words, part, whole in shares:
        share, _, of = total.share(part, whole).partition("（")
        items.append({"label": words, "value": share, "note": f"{of.rstrip('）')} 件" if of else "没有到期的"})
    silent = {"label": "没有联系上", "value": f"{count[key]:,}", "note": f"人，{label}"}
    return [*items, {**silent, "tone": "late" if count[key] else ""}]


def figures_url(key: str, month) -> str:
    return f"{reverse('admin:ledgers_serviceplan_figures')}?span={key}&of={month:%Y-%m}"
