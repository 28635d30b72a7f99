"""光荣在党50年 and 政治生日 at the desk."""

import datetime as dt

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from apps.branches.access import Desk, organisations_open_to
from apps.branches.choices import MedalState
from apps.branches.desk import address, at_desk, show
from apps.branches.forms.medals import HandingForm
from apps.branches.models import MedalCandidate
from apps.branches.queries.medals_due import PoliticalBirthday, batch_at, candidates_at, political_birthdays
from apps.branches.services import medals
from apps.common.errors import BusinessError

from .paging import other_parameters, page_of
from .paper_out import Sheet, send

REVIEWERS = ("secretary", "deputy")
COLUMNS = ("序号", "姓名", "政治生日", "入党时间", "入党年数", "贺卡送达")


def may_approve(desk: Desk) -> bool:
    """The organisation above, or staff with the right."""
    if desk.post is None:
        rows = organisations_open_to(desk.user, "branches.change_medalbatch")
        return rows.filter(pk=desk.organisation.pk).exists()
    return desk.post.organisation_id != desk.organisation.pk


def may_review(desk: Desk) -> bool:
    return desk.post is None or desk.post.kind in REVIEWERS


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def medal(request, desk: Desk):
    """Our members in this year's list; what is ticked is reviewed, and by the superior approved."""
    batch, rules = batch_at(desk)
    if request.method == "POST":
        return _act(request, desk, batch)
    rows = candidates_at(desk, batch) if batch else MedalCandidate.objects.none()
    page = page_of(request, rows)
    day = rules.day_of(batch.year) if batch else None
    context = {
        "batch": batch, "day": day, "page": page, "query": other_parameters(request),
        "lines": [(row, row.age_on(day)) for row in page] if day else [],
        "may_review": may_review(desk), "may_approve": may_approve(desk), "years": rules.years,
        "is_closed": batch is None or batch.state == "closed",
    }  # fmt: skip
    return show(request, desk, "desk/medal/list.html", context)


def _act(request, desk: Desk, batch):
    act = request.POST.get("act", "")
    picked = medals.keys_of(request.POST.getlist("pick"))
    rows = candidates_at(desk, batch) if batch else MedalCandidate.objects.none()
    ids = list(rows.filter(pk__in=picked).values_list("pk", flat=True))
    try:
        if act in ("well", "unwell") and may_review(desk):
            done = medals.tick_behaved_well(ids, well=act == "well", actor=desk.user, on=desk.today)
        elif act == MedalState.APPROVED and may_approve(desk):
            note = request.POST.get("note", "")
            done = medals.decide(ids, act, note=note, actor=desk.user, on=desk.today)
        else:
            raise BusinessError("这一步由支部书记、副书记审核，由上级党组织或老干部局核定。", code="who")
    except BusinessError as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, f"已办 {done} 人。" if done else "没有改动。")
    return redirect(address(desk, "branches:medal"))


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def delivery(request, desk: Desk, candidate):
    """One medal handed out: how, when, by whom; taken back on the same day."""
    batch, _ = batch_at(desk)
    row = candidates_at(desk, batch).filter(public_id=candidate).first() if batch else None
    if row is None:
        raise Http404
    back = address(desk, "branches:medal")
    is_issued = row.state == MedalState.ISSUED
    form = None if is_issued else HandingForm(request.POST or None, initial={"delivered_on": desk.today})
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            said = _hand(desk, row, form)
        except BusinessError as refusal:
            if form is None:
                messages.error(request, refusal.sentence)
                return redirect(back)
            form.refuse(refusal)
        else:
            messages.success(request, said)
            return redirect(back)
    lead = "送错了、写错了，当天可以撤销。" if is_issued else "纪念章送到本人手里以后再登记。"
    context = {
        "title": f"{'撤销颁发登记' if is_issued else '登记送达'}：{row.person.name}", "lead": lead, "form": form,
        "button": "撤销登记", "back": back,
    }  # fmt: skip
    return show(request, desk, "desk/step.html", context, status=422 if form is not None and form.errors else 200)


def _hand(desk: Desk, row: MedalCandidate, form: HandingForm | None) -> str:
    if form is None:
        medals.undo_issue([row.pk], actor=desk.user, on=desk.today)
        return f"已撤销：{row.person.name}的颁发登记。"
    typed = form.cleaned_data
    handing = medals.Handing(typed["form"], typed["delivered_on"], typed["deliverer"], {row.pk: typed["serial_no"]})
    medals.issue([row.pk], handing, actor=desk.user, on=desk.today)
    return f"已登记：{row.person.name}的纪念章。"


# 政治生日


def _months(today: dt.date) -> list[dt.date]:
    first = today.replace(day=1)
    return [first, (first + dt.timedelta(days=31)).replace(day=1)]


def _said(first: dt.date, found: list[PoliticalBirthday]) -> str:
    """One month as words for the group."""
    lines = [f"{one.when}　{one.cadre.person.name}同志，入党{one.years}年" for one in found]
    return "\n".join([f"{first.month}月政治生日", *lines])


@require_safe
@at_desk
def birthdays(request, desk: Desk):
    """This month's and next month's, with a text for the group."""
    months = [(first, political_birthdays(desk, first)) for first in _months(desk.today)]
    text = "\n\n".join(_said(first, found) for first, found in months if found)
    return show(request, desk, "desk/medal/birthdays.html", {"months": months, "text": text})


@require_safe
@at_desk
def birthdays_print(request, desk: Desk):
    """Both months as a list to tick cards off, or with `?as=xlsx` as a workbook."""
    found = [one for first in _months(desk.today) for one in political_birthdays(desk, first)]
    rows = [
        (number, one.cadre.person.name, one.when, str(one.cadre.joined_party_on), f"{one.years}年", "")
        for number, one in enumerate(found, 1)
    ]
    sheet = Sheet(
        title="政治生日名单", columns=COLUMNS, rows=rows, people={one.cadre.pk for one in found},
        order="政治生日、姓氏笔画", tall=True, signature="填表人",
    )  # fmt: skip
    return send(request, desk, sheet, back_url=address(desk, "branches:political_birthdays"))
