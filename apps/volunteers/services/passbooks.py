"""Passbooks of everybody for a year, as files to print: a job with progress."""

import datetime as dt
import io
import zipfile
from collections.abc import Sequence

from django.contrib.staticfiles import finders
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.accounts.models import User
from apps.common import attachments, audit
from apps.common.errors import BusinessError
from apps.common.jobs import job_kind, report_progress
from apps.common.models import Job
from apps.volunteers.choices.bank import AccountKind
from apps.volunteers.models import Account, Bank
from apps.volunteers.queries.bank_passbooks import passbooks_of

PASSBOOKS = "bank.passbooks"
RIGHT = "volunteers.change_account"
A_FILE = 200
KEEP_DAYS = 7


@job_kind(PASSBOOKS)
def print_passbooks(job: Job) -> dict:
    """A zip of pages to print, so many passbooks each, of the accounts of one bank that who asked may see. Everybody in
    it stands in the audit before it can be fetched. Accounts opened after the year are left out."""
    if job.output_id:
        return job.result
    by = job.requested_by_id
    user = None if by is None else User.objects.filter(pk=by, is_active=True).first()
    if user is None or not user.has_perm(RIGHT):
        raise BusinessError("提出人现在没有打印存折的权限。", code="forbidden")
    bank, year = Bank.objects.get(pk=job.params["bank"]), job.params["year"]
    rows = Account.objects.visible_to(user, RIGHT).filter(
        bank=bank, kind=AccountKind.PERSON, opened_on__lt=dt.date(year + 1, 1, 1)
    )
    keys = list(rows.order_by("unit__path", "person__name_sort_key", "pk").values_list("pk", "person"))
    report_progress(job, 0, len(keys), "正在准备")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as folder:
        for start in range(0, len(keys), A_FILE):
            part = [pk for pk, _ in keys[start : start + A_FILE]]
            folder.writestr(f"时间存折{year}年-{start // A_FILE + 1:03}.html", page_of(part, year, bank))
            report_progress(job, start + len(part), len(keys), "正在排版")
    with transaction.atomic():
        audit.record("bank.passbook", actor=user, people=[person for _, person in keys], target=f"common.job:{job.pk}")
        job.output = attachments.store(
            stream.getvalue(), subject=f"common.job:{job.pk}", purpose="打印存折", filename=f"时间存折{year}年.zip",
            content_type="application/zip", actor=user, keep_days=KEEP_DAYS,
        )  # fmt: skip
        Job.objects.filter(pk=job.pk).update(output=job.output)
    return {"rows": len(keys)}


def page_of(accounts: Sequence[int], year: int, bank: Bank) -> str:
    """One file that prints by itself, without the portal: its styles stand in it."""
    found = Account.objects.select_related("person", "bank", "unit").in_bulk(accounts)
    books = passbooks_of([found[pk] for pk in accounts], year)
    context = {"books": books, "year": year, "bank": bank, "styles": _styles(), "made_at": timezone.localtime()}
    return render_to_string("print/volunteers/passbooks.html", context)


def _styles() -> str:
    """As an element: no page of the portal has one, but this file is printed far from the portal."""
    texts = []
    for name in ("css/sheet.css", "css/sheet-passbook.css"):
        path = finders.find(name)
        assert path is not None  # they are the portal's own
        with open(path, encoding="utf-8") as file:
            texts.append(file.read())
    return format_html("<style>{}</style>", SafeString("\n".join(texts)))  # our own, from static/
