"""Paper on its way: printed, out for signature and stamp, back again, filed (issue: Paper).

已打印 → 待签字盖章 → 已收回（扫描件） → 已归档, or 已作废 while it is out. Each step is one conditional UPDATE: of two
people who take it at once one wins, the other reads a sentence. Each step leaves an audit entry.
"""

import datetime as dt
import re
import secrets
import unicodedata
from collections.abc import Collection, Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone

from . import attachments, audit
from .choices import PaperState
from .errors import BusinessError
from .models import Attachment, Paper

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
DIGITS = "23456789"
CODE_LENGTH = 6
CODE = re.compile(f"[{LETTERS}][{DIGITS}][{LETTERS}{DIGITS}]{{{CODE_LENGTH - 2}}}")
TRIES = 5

OUT = (PaperState.PRINTED, PaperState.TO_SIGN)
BACK = (PaperState.RETURNED, PaperState.ARCHIVED)

MOST_BYTES = 10 * 1024 * 1024
SCAN_PURPOSE = "paper_scan"
# What a scan must begin with, whatever its name says.
KINDS_OF_SCAN = (
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"%PDF-", "application/pdf", "pdf"),
)


# Codes ------------------------------------------------------------------------------------------------------------


def new_code() -> str:
    """Six places without 0, O, 1, I, L: a letter, a digit, four of either. No name, number or initials look like it."""
    rest = "".join(secrets.choice(LETTERS + DIGITS) for _ in range(CODE_LENGTH - 2))
    return secrets.choice(LETTERS) + secrets.choice(DIGITS) + rest


def read_code(text: str) -> str:
    """The code that somebody typed from a sheet, small or full-width letters and spaces allowed; empty if none."""
    typed = re.sub(r"[\s\-－—]", "", unicodedata.normalize("NFKC", text[:40])).upper()
    return typed if CODE.fullmatch(typed) else ""


# Steps ------------------------------------------------------------------------------------------------------------


def print_paper(
    kind: str,
    title: str,
    subject: str,
    *,
    actor,
    unit_id: int | None,
    due_on: dt.date | None = None,
    pages: int = 1,
    people: Iterable[int] = (),
) -> Paper:
    """A new paper with a code of its own, waited for from now on.

    `kind`: what the form is called (电话单); `title`: names no person; `subject`: `app.model:pk` of what it belongs to
    (its pages `admin:app_model_print` and `_enter`, where they exist, are offered on the paper's page); `unit_id`:
    whose staff may see it; `due_on`: last day to come back; `people`: ids for the audit, where making it shows them.
    """
    with transaction.atomic():
        for left in range(TRIES, 0, -1):
            try:
                with transaction.atomic():
                    paper = Paper.objects.create(
                        code=new_code(), kind=kind, title=title[:120], subject=subject, pages=pages, due_on=due_on,
                        unit_id=unit_id, printed_by_id=getattr(actor, "pk", None), printed_at=timezone.now(),
                        holder=str(actor or "")[:60],
                    )  # fmt: skip
                break
            except IntegrityError:
                if left == 1:
                    raise
        audit.record("paper.print", actor=actor, people=people, target=_target(paper))
    return paper


def belongs_to(paper: Paper, row) -> None:
    """Name the subject of a paper that had to be made before the row that points to it."""
    paper.subject = f"{row._meta.label_lower}:{row.pk}"
    Paper.objects.filter(pk=paper.pk).update(subject=paper.subject)


def hand_over(paper: Paper, holder: str, *, actor, on: dt.date) -> None:
    """Out for signature and stamp, into the hands of `holder`; again when it moves on to somebody else."""
    holder = holder.strip()
    if not holder:
        raise BusinessError("请写明这张表送到谁手里。", code="holder", field="holder")
    values = {"state": PaperState.TO_SIGN, "holder": holder[:60], "handed_on": on}
    _step(paper, OUT, values, "送签", "paper.hand_over", actor)


def take_back(paper: Paper, scan: Attachment | None = None, *, actor, on: dt.date) -> None:
    """Back: with its scan, or without one where what it says was entered. A scan may follow later (`add_scan`)."""
    values = {"state": PaperState.RETURNED, "returned_on": on, "holder": str(actor or "")[:60], "scan": scan}
    _step(paper, OUT, values, "收回", "paper.take_back", actor)


def add_scan(paper: Paper, scan: Attachment, *, actor) -> None:
    """The scan of a paper that came back without one; a scan that is there stays."""
    if paper.scan_id is not None:
        raise BusinessError("这张表已经有扫描件。", code="has_scan")
    _step(paper, BACK, {"scan": scan}, "补扫描件", "paper.scan", actor, only={"scan__isnull": True})


def archive(paper: Paper, *, actor, on: dt.date, place: str = "") -> None:
    """Filed where `place` says."""
    values = {"state": PaperState.ARCHIVED, "archived_on": on, "holder": place.strip()[:60] or "档案"}
    _step(paper, (PaperState.RETURNED,), values, "归档", "paper.archive", actor)


def cancel(paper: Paper, reason: str, *, actor) -> None:
    """No longer waited for: misprinted, lost, no use any more. The code is never given again."""
    if not reason.strip():
        raise BusinessError("请写明为什么作废。", code="reason", field="reason")
    values = {"state": PaperState.CANCELLED, "voided_at": timezone.now(), "void_reason": reason.strip()[:200]}
    _step(paper, OUT, values, "作废", "paper.cancel", actor)


WHY_NOT = {
    PaperState.PRINTED: "这张表还没有收回，不能{act}。",
    PaperState.TO_SIGN: "这张表还在签字盖章，没有收回，不能{act}。",
    PaperState.RETURNED: "这张表已经收回，不能再{act}。",
    PaperState.ARCHIVED: "这张表已经归档，不能再{act}。",
    PaperState.CANCELLED: "这张表已经作废，不能再{act}。要用请重新打印一张。",
}


def _step(paper: Paper, allowed: tuple, values: dict, act: str, action: str, actor, *, only: dict | None = None):
    with transaction.atomic():
        changed = Paper.objects.filter(pk=paper.pk, state__in=allowed, **(only or {})).update(**values)
        paper.refresh_from_db()
        if not changed:
            raise BusinessError(WHY_NOT[PaperState(paper.state)].format(act=act), code="wrong_step")
        audit.record(action, actor=actor, target=_target(paper))


def _target(paper: Paper) -> str:
    return f"common.paper:{paper.pk}"


# Scans ------------------------------------------------------------------------------------------------------------


def store_scan(paper: Paper, data: bytes, *, actor) -> Attachment:
    """Keep a scan for good. Raises BusinessError unless the bytes themselves are a jpg, png or pdf of at most 10 MB."""
    return _store(data, subject=_target(paper), purpose=SCAN_PURPOSE, name=paper.code, field="scan", actor=actor)


def store_proof(data: bytes, purpose: str, *, actor, field: str = "proof") -> Attachment:
    """Keep the scan of somebody else's paper (a judgement, a certificate) for good; checked as `store_scan`."""
    return _store(data, subject="", purpose=purpose, name=purpose, field=field, actor=actor)


def _store(data: bytes, *, subject: str, purpose: str, name: str, field: str, actor) -> Attachment:
    if len(data) > MOST_BYTES:
        raise BusinessError("扫描件不能超过 10 MB。请调低清晰度（200 dpi 就够）再扫一次。", code="size", field=field)
    found = next(((kind, ending) for start, kind, ending in KINDS_OF_SCAN if data.startswith(start)), None)
    if found is None:
        raise BusinessError("这不是图片或 PDF。请交 jpg、png 或 pdf 格式的扫描件、照片。", code="kind", field=field)
    return attachments.store(
        data,
        subject=subject,
        purpose=purpose,
        filename=f"{name}.{found[1]}",
        content_type=found[0],
        actor=actor,
        keep_days=None,
    )


# Asked by others --------------------------------------------------------------------------------------------------


def done_among(subjects: Collection[str]) -> set[str]:
    """Those of `subjects` whose paper came back, with none still out. One query for any number."""
    rows = Paper.objects.filter(subject__in=subjects).order_by().values_list("subject", "state").distinct()
    back = {subject for subject, state in rows if state in BACK}
    out = {subject for subject, state in rows if state in OUT}
    return back - out


def is_done(subject: str) -> bool:
    """Waiting for paper is not done: whether the paper of `subject` came back and none of it is still out."""
    return subject in done_among([subject])
