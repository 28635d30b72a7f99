"""The application on paper: printed, out for signature and stamp, back with its scan (rule book 8.43)."""

import datetime as dt

from django.db import transaction

from apps.common import papers
from apps.common.errors import BusinessError
from apps.common.models import Paper
from apps.ledgers.models import AidApplication, AidBatch, AidNotice

from . import aid_steps
from .aid_steps import locked, store

FORM, NOTICE, RECEIPTS = "特困申请表", "困难帮扶公示", "困难帮扶签领表"
SUBJECT = "ledgers.aidapplication"


@transaction.atomic
def form_of(application: AidApplication, *, actor) -> Paper:
    """The paper of this form: the one that is out or came back, else a new one."""
    row = locked(application)
    if row.paper is not None and row.paper.state != "cancelled":
        return row.paper
    title = f"{FORM}（{'遗属' if row.for_survivors else '本人'}）第 {row.pk} 号"
    row.paper = papers.print_paper(
        FORM, title, f"{SUBJECT}:{row.pk}", actor=actor, unit_id=row.fund.unit_id, people=[row.cadre_id]
    )
    store(row, ["paper"])
    return row.paper


@transaction.atomic
def form_back(application: AidApplication, data: bytes | None, *, actor, on: dt.date) -> None:
    """The signed form is here: with a scan, or taken back on its own page before. Nothing where it is back already."""
    paper = form_of(application, actor=actor) if data else application.paper
    if paper is None:
        raise BusinessError("请先打印申请表送单位签章，或者附上盖好章的扫描件。", code="paper", field="file")
    if paper.state in papers.BACK:
        if data and paper.scan_id is None:
            papers.add_scan(paper, papers.store_scan(paper, data, actor=actor), actor=actor)
        return
    if not data:
        raise BusinessError("申请表还没有收回，请附上盖好章的扫描件。", code="paper", field="file")
    papers.take_back(paper, papers.store_scan(paper, data, actor=actor), actor=actor, on=on)


@transaction.atomic
def sign(
    application: AidApplication, *, on: dt.date, signer: str, opinion: str, data: bytes | None, actor
) -> AidApplication:  # fmt: skip
    """The unit's signature and stamp, with the paper that carries them: both or neither."""
    form_back(application, data, actor=actor, on=on)
    return aid_steps.sign(application, on=on, signer=signer, opinion=opinion, actor=actor)


@transaction.atomic
def list_paper(row: AidNotice | AidBatch, *, actor, pages: int = 1) -> Paper:
    """The paper of a notice or of a payment list; the receipts are waited for."""
    if row.paper is not None and row.paper.state != "cancelled":
        return row.paper
    kind = NOTICE if isinstance(row, AidNotice) else RECEIPTS
    row.paper = papers.print_paper(
        kind, f"{row.fund}{row}", f"{row._meta.label_lower}:{row.pk}", actor=actor, unit_id=row.fund.unit_id,
        pages=pages,
    )  # fmt: skip
    row.save(update_fields=["paper"])
    return row.paper
