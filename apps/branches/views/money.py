"""Money of a branch at the desk: funds, what was spent, allowances with their signed list."""

import io
import uuid

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponseRedirect

from apps.branches.access import may_decide_above
from apps.branches.choices import FundKind
from apps.branches.desk import at_desk, show
from apps.branches.forms.dues import ReasonForm
from apps.branches.forms.money import AllowanceForm, FundForm, SpendForm, StepForm
from apps.branches.models import AllowanceList, BranchFund, FundEntry
from apps.branches.queries.dues import formal_members
from apps.branches.rules.dues import ZERO, add_months, month_of
from apps.branches.services import money
from apps.common import audit
from apps.common.capital_amount import capital_amount
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.common.workbook.writer import write_sheet

from .dues_desk import url, year_asked
from .dues_papers import XLSX

TITLE = "支部经费明细"
STEPS = {"sign": "签字日期", "pay": "发放日期"}


@at_desk
def home(request, desk):
    """The funds of a year with what was spent and what is left."""
    year = year_asked(request, desk)
    rules = money.money_rules(desk.organisation, desk.today)
    expected = rules.fund_of_branch + rules.fund_of_member * formal_members(desk.organisation, desk.today).count()
    context = {
        "year": year, "funds": _funds(desk, year), "may_decide": may_decide_above(desk), "expected": expected,
        "rules": rules,
    }  # fmt: skip
    return show(request, desk, "desk/money/home.html", context)


def _funds(desk, year: int) -> list[dict]:
    """Each fund of a year with its entries: two queries."""
    rows = BranchFund.objects.filter(organisation=desk.organisation, year=year, voided_at__isnull=True)
    found = []
    for fund in rows.prefetch_related("entries"):
        entries = [entry for entry in fund.entries.all() if entry.voided_at is None]
        spent = sum((entry.amount for entry in entries), ZERO)
        found.append({"fund": fund, "entries": entries, "spent": spent, "left": fund.amount - spent})
    return found


@at_desk
def set_fund(request, desk):
    """What the organisation above gives for a year."""
    if not may_decide_above(desk):
        raise Http404
    year = year_asked(request, desk)
    initial = {"year": year, "kind": FundKind.WORK, "received": ZERO}
    form = FundForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            fund = money.set_fund(desk, **form.cleaned_data)
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"已保存 {fund.year} 年{fund.get_kind_display()}。")
            return HttpResponseRedirect(f"{url(desk, 'money')}?year={fund.year}")
    context = {"title": "登记经费", "lead": "同一年同一种再填一次就是更改。", "form": form, "back": url(desk, "money")}
    return show(request, desk, "desk/dues/act.html", context, status=422 if form.errors else 200)


@at_desk
def spend(request, desk, fund):
    rows = BranchFund.objects.filter(organisation=desk.organisation, voided_at__isnull=True)
    found = rows.filter(public_id=fund).first()
    if found is None:
        raise Http404
    form = SpendForm(request.POST or None, initial={"spent_on": desk.today, "key": uuid.uuid4()})
    back = f"{url(desk, 'money')}?year={found.year}"
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        entry = FundEntry(public_id=values.pop("key"), **values)
        try:
            money.spend(desk, found, entry)
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"已记支出 {entry.amount} 元。")
            return HttpResponseRedirect(back)
    left = found.amount - money.spent_of(found)
    title = f"{found.year} 年{found.get_kind_display()}：记支出"
    context = {"title": title, "lead": f"还剩 {left} 元。", "form": form, "back": back}
    return show(request, desk, "desk/dues/act.html", context, status=422 if form.errors else 200)


@at_desk
def void_entry(request, desk, entry):
    rows = FundEntry.objects.filter(fund__organisation=desk.organisation, voided_at__isnull=True)
    found = rows.select_related("fund").filter(public_id=entry).first()
    if found is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    form.submit_label = "作废这笔支出"
    back = f"{url(desk, 'money')}?year={found.fund.year}"
    if request.method == "POST" and form.is_valid():
        try:
            money.void_entry(desk, found, reason=form.cleaned_data["reason"])
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已作废。")
            return HttpResponseRedirect(back)
    lead = f"{found.spent_on} {found.purpose} {found.amount} 元"
    context = {"title": "作废支出", "lead": lead, "form": form, "back": back}
    return show(request, desk, "desk/dues/act.html", context, status=422 if form.errors else 200)


@at_desk
def print_funds(request, desk):
    year = year_asked(request, desk)
    frame = frame_for(
        request, f"{year} 年{TITLE}", scope=desk.organisation.name, order="日期", recall=False, stamp=True,
        signature="经手人", columns=6, back_url=f"{url(desk, 'money')}?year={year}",
    )  # fmt: skip
    context = {"frame": frame, "funds": _funds(desk, year), "year": year}
    return show(request, desk, "desk/money/print_funds.html", context)


@at_desk
def export_funds(request, desk):
    year = year_asked(request, desk)
    target = f"branches.organisation:{desk.organisation.pk}"
    audit.look("export", actor=desk.user, reason=TITLE, target=target, request=request)
    rows = [
        [
            one["fund"].get_kind_display(),
            entry.spent_on,
            entry.purpose,
            entry.amount,
            entry.document_no,
            entry.handled_by,
        ]
        for one in _funds(desk, year)
        for entry in one["entries"]
    ]
    header = ["经费", "日期", "用途", "金额（元）", "票据、凭证号", "经手人"]
    return _workbook(f"{year} 年{TITLE}", header, rows, [("党组织", desk.organisation.name)])


def _workbook(title: str, header: list[str], rows: list[list], notes: list[tuple[str, str]]) -> FileResponse:
    stream = io.BytesIO()
    write_sheet(stream, title, header, rows, sheet_name=title, notes=notes)
    stream.seek(0)
    return FileResponse(stream, as_attachment=True, filename=f"{title}.xlsx", content_type=XLSX)


# Allowances


@at_desk
def allowances(request, desk):
    """The payment lists of the branch, and for the organisation above a form for another."""
    now = month_of(desk.today)
    may_decide = may_decide_above(desk)
    initial = {"first": add_months(now, -((now.month - 1) % 3)), "last": now, "key": uuid.uuid4()}
    form = AllowanceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            sheet = money.make_allowances(
                desk, starts_on=values["first"], ends_on=add_months(values["last"], 1), key=values["key"]
            )
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            return HttpResponseRedirect(url(desk, "allowance", sheet.public_id))
    sheets = list(AllowanceList.objects.filter(organisation=desk.organisation, voided_at__isnull=True)[:60])
    for sheet in sheets:
        sheet.last = add_months(sheet.ends_on, -1)
    context = {"sheets": sheets, "form": form if may_decide else None}
    return show(request, desk, "desk/money/allowances.html", context, status=422 if form.errors else 200)


def sheet_at(desk, public_id) -> AllowanceList:
    rows = AllowanceList.objects.filter(organisation=desk.organisation, voided_at__isnull=True)
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    found.last = add_months(found.ends_on, -1)
    return found


def _lines(sheet: AllowanceList) -> tuple[list, object]:
    lines = list(sheet.lines.select_related("person").order_by("pk"))
    return lines, sum((line.amount for line in lines), ZERO)


@at_desk
def allowance(request, desk, sheet):
    """One list, and its next step: signed, paid, or taken back."""
    found = sheet_at(desk, sheet)
    step = "pay" if found.signed_on else "sign"
    is_void = "void" in request.GET
    form = (ReasonForm if is_void else StepForm)(request.POST or None, initial={"on": desk.today})
    form.submit_label = "作废这张表" if is_void else f"记下{STEPS[step]}"
    if request.method == "POST" and form.is_valid():
        try:
            if is_void:
                money.void_allowances(desk, found, reason=form.cleaned_data["reason"])
            else:
                money.step_allowances(desk, found, step=step, on=form.cleaned_data["on"])
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已作废。" if is_void else f"已记下{STEPS[step]}。")
            return HttpResponseRedirect(url(desk, "allowances") if is_void else url(desk, "allowance", found.public_id))
    lines, total = _lines(found)
    context = {
        "sheet": found, "lines": lines, "total": total, "form": None if found.paid_on and not is_void else form,
        "may_decide": may_decide_above(desk), "is_void": is_void,
    }  # fmt: skip
    return show(request, desk, "desk/money/allowance.html", context, status=422 if form.errors else 200)


@at_desk
def allowance_print(request, desk, sheet):
    found = sheet_at(desk, sheet)
    lines, total = _lines(found)
    audit.look(
        "print", actor=desk.user, people=[line.person_id for line in lines], reason="工作补贴发放表", request=request
    )
    scope = f"{desk.organisation.name}　{found.starts_on:%Y年%m月}至{found.last:%Y年%m月}"
    frame = frame_for(
        request, "支部书记和委员工作补贴发放表", scope=scope,
        order="职务", stamp=True, signature="制表人", columns=8, back_url=url(desk, "allowance", found.public_id),
    )  # fmt: skip
    context = {"frame": frame, "sheet": found, "lines": lines, "total": total, "capital": capital_amount(total)}
    return show(request, desk, "desk/money/print_allowance.html", context)


@at_desk
def allowance_export(request, desk, sheet):
    found = sheet_at(desk, sheet)
    lines, total = _lines(found)
    audit.look(
        "export", actor=desk.user, people=[line.person_id for line in lines], reason="工作补贴发放表", request=request
    )
    rows = [
        [number, line.person.name, line.get_post_display(), line.monthly, line.months, line.amount, "", ""]
        for number, line in enumerate(lines, 1)
    ]
    rows.append(["", "合计", capital_amount(total), None, None, total, "", ""])
    header = ["序号", "姓名", "职务", "每月（元）", "月数", "金额（元）", "签名", "代领人"]
    return _workbook("工作补贴发放表", header, rows, [("党组织", desk.organisation.name)])
