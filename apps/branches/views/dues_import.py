"""A table of dues coming in: upload, look at every row, write, and the refused rows back as a workbook."""

import io

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponseRedirect

from apps.branches.access import may_fix_dues
from apps.branches.choices import DuesTable
from apps.branches.desk import show
from apps.branches.forms.dues import ImportForm
from apps.branches.models import DuesUpload
from apps.branches.queries.dues import formal_members
from apps.branches.services import dues_uploads as uploads
from apps.common import audit
from apps.common.errors import BusinessError

from .dues_desk import dues_desk, url, year_asked
from .dues_papers import XLSX

LABELS = ((uploads.NEW, "新增", "done"), (uploads.CHANGED, "更新", "info"), (uploads.UNCHANGED, "没有变化", ""),
          (uploads.REFUSED, "不能导入", "late"))  # fmt: skip
WORDS = {key: (label, tone) for key, label, tone in LABELS}


def tables_for(desk) -> list[tuple[str, str]]:
    """Bases only for those who may see them."""
    return [one for one in DuesTable.choices if one[0] != DuesTable.BASES or may_fix_dues(desk)]


@dues_desk
def upload(request, desk):
    tables = tables_for(desk)
    wanted = request.GET.get("kind") if request.GET.get("kind") in dict(tables) else DuesTable.PAYMENTS
    initial = {"year": desk.today.year, "table": wanted}
    form = ImportForm(request.POST or None, request.FILES or None, initial=initial)
    form.fields["table"].choices = tables
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        file = values.pop("file")
        try:
            batch = uploads.receive(desk, file.read(), file.name, **values)
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            return HttpResponseRedirect(url(desk, "dues_import_batch", batch.public_id))
    batches = DuesUpload.objects.filter(organisation=desk.organisation, table__in=dict(tables))[:10]
    context = {"form": form, "batches": batches, "tables": tables}
    return show(request, desk, "desk/dues/import.html", context, status=422 if form.errors else 200)


@dues_desk
def template(request, desk):
    table = request.GET.get("kind", DuesTable.PAYMENTS)
    if table not in dict(tables_for(desk)):
        raise Http404
    people = list(formal_members(desk.organisation, desk.today))
    audit.look(
        "export", actor=desk.user, people=[person.pk for person in people], reason="党费导入模板", request=request
    )
    data = uploads.template(table, [person.name for person in people], year_asked(request, desk))
    return FileResponse(io.BytesIO(data), as_attachment=True, filename="党费导入模板.xlsx", content_type=XLSX)


def batch_at(desk, public_id) -> DuesUpload:
    rows = DuesUpload.objects.filter(organisation=desk.organisation, table__in=dict(tables_for(desk)))
    found = rows.select_related("upload").filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


@dues_desk
def batch(request, desk, batch):
    """Every row with its verdict; confirmed by the same page."""
    found = batch_at(desk, batch)
    error = ""
    try:
        if request.method == "POST":
            count = uploads.apply(desk, found)
            messages.success(request, f"已导入 {count} 行。" if count else "这张表已经导入过，没有重复写入。")
            return HttpResponseRedirect(url(desk, "dues_import_batch", found.public_id))
        judged = None if found.applied_at else uploads.judge(desk, found)
    except BusinessError as refusal:
        judged, error = None, refusal.sentence
    if judged and found.table == DuesTable.BASES:
        people = [row.person.pk for row in judged.rows if row.person]
        audit.look("dues.bases", actor=desk.user, people=people, fields=["base"], request=request)
    context = {"batch": found, "error": error, "rows": _shown(judged), "back": url(desk, "dues_import")}
    if judged:
        counts = judged.counts
        context["figures"] = [
            {"label": label, "value": counts[key], "tone": tone if counts[key] else ""} for key, label, tone in LABELS
        ]
        context["writes"] = counts[uploads.NEW] + counts[uploads.CHANGED]
        context["refused"] = counts[uploads.REFUSED]
    return show(request, desk, "desk/dues/import_batch.html", context, status=422 if error else 200)


def _shown(judged) -> list[dict]:
    """Rows that would be written or were refused, with words for each."""
    rows = []
    for row in judged.rows if judged else ():
        if row.verdict == uploads.UNCHANGED:
            continue
        label, tone = WORDS[row.verdict]
        what = "、".join(f"{month.month}月" for month in row.months) if row.months else ""
        rows.append({
            "number": row.number, "name": row.name, "label": label, "tone": tone, "what": what, "amount": row.amount,
            "faults": [(_heading(judged, place), text) for place, text in sorted(row.faults.items())],
        })  # fmt: skip
    return rows


def _heading(judged, place: int) -> str:
    return judged.header.texts[place] if place < len(judged.header.texts) else ""


@dues_desk
def refused(request, desk, batch):
    """The refused rows as a workbook; logged before it leaves."""
    found = batch_at(desk, batch)
    try:
        judged = uploads.judge(desk, found)
    except BusinessError:
        raise Http404 from None
    people = [row.person.pk for row in judged.rows if row.person and row.verdict == uploads.REFUSED]
    audit.look("export", actor=desk.user, people=people, reason="党费没有导入的行", request=request)
    data = uploads.refused_rows(judged)
    return FileResponse(io.BytesIO(data), as_attachment=True, filename="没有导入的行.xlsx", content_type=XLSX)
