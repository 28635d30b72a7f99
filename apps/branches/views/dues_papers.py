"""Papers of dues: the ledger on screen, on paper and as a workbook, receipts, what goes to the organisation above."""

import io

from django.http import FileResponse

from apps.branches.choices import DuesKind
from apps.branches.desk import show
from apps.branches.models import DuesPayment, Organisation
from apps.branches.queries import subtree_ids
from apps.branches.queries.dues import received_by_month
from apps.branches.queries.dues_ledger import Ledger, ledger_of
from apps.branches.rules.dues import ZERO
from apps.common import audit
from apps.common.capital_amount import capital_amount
from apps.common.printing import frame_for
from apps.common.workbook.writer import write_sheet

from .dues_desk import dues_desk, payment_at, url, year_asked

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ORDER = "姓氏笔画"
MONTHS = [f"{number}月" for number in range(1, 13)]
TITLE = "党费收缴台账"


@dues_desk
def ledger(request, desk):
    found = ledger_of(desk.organisation, year_asked(request, desk), desk.today)
    return show(request, desk, "desk/dues/ledger.html", {"ledger": found, "months": MONTHS})


@dues_desk
def ledger_print(request, desk):
    found = ledger_of(desk.organisation, year_asked(request, desk), desk.today)
    _look(request, desk, "print", found)
    frame = frame_for(
        request, f"{found.year} 年{TITLE}", scope=desk.organisation.name, order=ORDER, landscape=True, columns=17,
        stamp=True, signature="党费管理人", back_url=f"{url(desk, 'dues_ledger')}?year={found.year}",
    )  # fmt: skip
    return show(request, desk, "desk/dues/print_ledger.html", {"frame": frame, "ledger": found, "months": MONTHS})


@dues_desk
def ledger_export(request, desk):
    found = ledger_of(desk.organisation, year_asked(request, desk), desk.today)
    _look(request, desk, "export", found)
    header = ["序号", "姓名", "每月应交", *MONTHS, "合计", "签名"]
    rows = [
        [number, line.person.name, line.amount, *[_value(cell) for cell in line.cells], line.here, ""]
        for number, line in enumerate(found.lines, 1)
    ]
    rows.append(["", "合计", None, *found.sums, found.total, ""])
    stream = io.BytesIO()
    notes = [("党组织", desk.organisation.name), ("排列", ORDER), ("说明", "免：免交月份；转：由别的支部收的月份")]
    title = f"{found.year} 年{TITLE}"
    write_sheet(stream, f"{title}（{desk.organisation.name}）", header, rows, sheet_name=title, notes=notes)
    return _file(stream, f"{title}.xlsx")


def _value(cell: str):
    try:
        return float(cell)
    except ValueError:
        return cell


def _file(stream: io.BytesIO, name: str) -> FileResponse:
    stream.seek(0)
    return FileResponse(stream, as_attachment=True, filename=name, content_type=XLSX)


def _look(request, desk, act: str, found: Ledger) -> None:
    people = [line.person.pk for line in found.lines]
    target = f"branches.organisation:{desk.organisation.pk}"
    audit.look(act, actor=desk.user, people=people, reason=TITLE, target=target, request=request)


@dues_desk
def receipt(request, desk, payment):
    """The receipt of one hand-over: all months on it, the sum in capital characters."""
    found = payment_at(desk, payment)
    rows = DuesPayment.objects.filter(
        organisation=desk.organisation, person=found.person, receipt_year=found.receipt_year,
        receipt_no=found.receipt_no, voided_at__isnull=True,
    ).order_by("month", "part")  # fmt: skip
    rows = list(rows)
    total = sum((row.paid for row in rows), ZERO)
    audit.look("print", actor=desk.user, people=[found.person_id], reason="党费收据", request=request)
    frame = frame_for(
        request, "党费收据", scope=desk.organisation.name, stamp=True, signature="收款人",
        back_url=url(desk, "dues_member", found.person.public_id),
    )  # fmt: skip
    context = {"frame": frame, "payment": found, "rows": rows, "total": total, "capital": capital_amount(total)}
    return show(request, desk, "desk/dues/print_receipt.html", context)


@dues_desk
def totals(request, desk):
    """What was received each month, here and below: the sheet that goes with the money to the organisation above."""
    return show(request, desk, "desk/dues/totals.html", _totals(request, desk))


@dues_desk
def totals_print(request, desk):
    context = _totals(request, desk)
    back = f"{url(desk, 'dues_totals')}?year={context['year']}"
    frame = frame_for(
        request, f"{context['year']} 年党费收缴汇总表", scope=desk.organisation.name, order="党组织先后", recall=False,
        landscape=True, stamp=True, signature="报送人", columns=15, back_url=back,
    )  # fmt: skip
    return show(request, desk, "desk/dues/print_totals.html", {"frame": frame, **context})


def _totals(request, desk) -> dict:
    year = year_asked(request, desk)
    rows = list(Organisation.objects.filter(pk__in=subtree_ids([desk.organisation])).order_by("path"))
    received = received_by_month([row.pk for row in rows], year)
    lines = []
    for row in rows:
        cells = [received.get((row.pk, number), {}) for number in range(1, 13)]
        regular = [sum((value for kind, value in cell.items() if kind != DuesKind.VOLUNTARY), ZERO) for cell in cells]
        voluntary = sum((cell.get(DuesKind.VOLUNTARY, ZERO) for cell in cells), ZERO)
        lines.append({"name": row.name, "cells": regular, "total": sum(regular, ZERO), "voluntary": voluntary})
    sums = [sum((line["cells"][number] for line in lines), ZERO) for number in range(12)]
    total, voluntary = sum(sums, ZERO), sum((line["voluntary"] for line in lines), ZERO)
    return {
        "year": year, "lines": lines, "sums": sums, "total": total, "voluntary": voluntary, "months": MONTHS,
        "capital": capital_amount(total),
    }  # fmt: skip
