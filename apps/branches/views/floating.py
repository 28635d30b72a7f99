"""流动党员登记表 at the desk: list, register, mend, end; print and workbook."""

import datetime as dt

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from apps.branches.desk import at_desk, show
from apps.branches.forms.floating import StayForm
from apps.branches.forms.transfers import PLACES, DayForm
from apps.branches.models import FloatingStay, Organisation
from apps.branches.queries.people import formal_members
from apps.branches.services import floating
from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.printing import frame_for

from .sheets import workbook
from .transfers import address, asked_person

COLUMNS = (
    "序号", "姓名", "性别", "出生年月", "所在党组织", "开始流动时间", "结束流动时间", "现居住市县", "流入地党组织",
    "怎么参加学习", "支部联系人", "备注",
)  # fmt: skip
A_YEAR = dt.timedelta(days=365)


def stays_of(desk):
    """Stays of the branch's own members, and of those of other branches whom it hosts."""
    rows = FloatingStay.objects.filter(voided_at__isnull=True).select_related("person", "organisation", "host")
    return rows.filter(Q(organisation=desk.organisation) | Q(host=desk.organisation)).order_by(
        "person__name_stroke_key", "-starts_on", "pk"
    )


def sheet_rows(rows):
    for number, row in enumerate(rows, 1):
        born = row.person.birth_date
        yield [
            number, row.person.name, row.person.get_sex_display(), str(born)[:7] if born else "",
            row.organisation.name, row.starts_on, row.ends_on, row.city,
            row.host.name if row.host else row.host_name, row.get_study_display(), row.contact_name, row.note,
        ]  # fmt: skip


@require_safe
@at_desk
def stay_list(request, desk):
    rows = list(stays_of(desk).filter(Q(ends_on__isnull=True) | Q(ends_on__gt=desk.today - A_YEAR)))
    here = desk.organisation.pk
    context = {
        "ours": [row for row in rows if row.organisation_id == here and row.ends_on is None],
        "guests": [row for row in rows if row.host_id == here and row.ends_on is None],
        "ended": [row for row in rows if row.ends_on is not None],
    }
    return show(request, desk, "desk/floating/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def stay_add(request, desk):
    form = StayForm(
        request.POST or None,
        members=formal_members(desk.organisation, desk.today),
        initial={"starts_on": desk.today, "person": asked_person(request, desk), "study": "host"},
    )
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            floating.register_stay(desk, typed["person"], form.stay(), key=typed["key"])
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"已登记：{typed['person'].name}是流动党员，正式组织关系仍在这里。")
            return redirect(address(desk, "floating"))
    lead = "离开不到半年，或者没有固定住处的，登记在这里；长期住在一个地方的，请办转接。"
    return _form_page(request, desk, form, "登记流动党员", lead)


def _form_page(request, desk, form, title: str, lead: str):
    places = Organisation.objects.filter(voided_at__isnull=True, dissolved_on__isnull=True)
    context = {
        "title": title, "lead": lead, "form": form, "back": address(desk, "floating"), "list_id": PLACES,
        "names": places.exclude(pk=desk.organisation.pk).order_by("path").values_list("name", flat=True),
    }  # fmt: skip
    return show(request, desk, "desk/step.html", context, status=422 if form.errors else 200)


def _own(desk, public_id) -> FloatingStay:
    row = stays_of(desk).filter(public_id=public_id, organisation=desk.organisation).first()
    if row is None:
        raise Http404
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def stay_change(request, desk, stay):
    row = _own(desk, stay)
    initial = {name: getattr(row, name) for name in ("starts_on", "city", "study", "contact_name", "note")}
    initial["host_name"] = row.host.name if row.host else row.host_name
    form = StayForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            floating.change_stay(desk, row, form.stay())
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已保存。")
            return redirect(address(desk, "floating"))
    return _form_page(request, desk, form, f"流动党员：{row.person.name}", "")


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def stay_end(request, desk, stay):
    row = _own(desk, stay)
    form = DayForm(request.POST or None, initial={"on": desk.today})
    form.submit_label = "结束流动"
    if request.method == "POST" and form.is_valid():
        try:
            floating.end_stay(desk, row, on=form.cleaned_data["on"])
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"已登记：{row.person.name}回来了。")
            return redirect(address(desk, "floating"))
    context = {
        "title": f"结束流动：{row.person.name}", "lead": "从这一天起他不再是流动党员，流入地支部的登记同时结束。",
        "form": form, "back": address(desk, "floating"),
    }  # fmt: skip
    return show(request, desk, "desk/step.html", context, status=422 if form.errors else 200)


def _to_print(desk) -> list[FloatingStay]:
    return list(stays_of(desk).filter(organisation=desk.organisation).current(timezone.localdate()))


@require_safe
@at_desk
def stay_print(request, desk):
    rows = _to_print(desk)
    audit.look(
        "print", actor=request.user, people={row.person_id for row in rows}, reason="流动党员登记表", request=request
    )
    frame = frame_for(
        request, "流动党员登记表", scope=desk.organisation.name, order="姓氏笔画", landscape=True, columns=len(COLUMNS),
        back_url=address(desk, "floating"), signature="填表人",
    )  # fmt: skip
    context = {"frame": frame, "columns": COLUMNS, "rows": list(sheet_rows(rows))}
    return render(request, "print/list.html", context)


@require_safe
@at_desk
def stay_export(request, desk):
    rows = _to_print(desk)
    people = {row.person_id for row in rows}
    return workbook(request, "流动党员登记表", COLUMNS, sheet_rows(rows), people=people, filename="liudong")
