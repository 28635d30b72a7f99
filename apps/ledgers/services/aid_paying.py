"""After the meeting: public notice, objections, payment, receipt (rule book 8.45, 8.46)."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from apps.common import attachments, audit
from apps.common.errors import BusinessError
from apps.common.scans import read_scan
from apps.ledgers.choices.aid import AidAct, AidHelp, ObjectionOutcome, PayMethod
from apps.ledgers.models import AidApplication, AidBatch, AidNotice, AidObjection, FundYear
from apps.ledgers.queries.aid import objected, rules_for
from apps.ledgers.rules.aid import notice_end, same_name
from apps.organisation.queries import work_calendar
from apps.people.choices import LifeStatus

from .aid_steps import begin, take, target
from .needs import finish_measure

Act = AidAct
RECEIPT = "aid_receipt"


def _next_number(rows) -> int:
    return (rows.aggregate(most=Max("number"))["most"] or 0) + 1


@transaction.atomic
def start_notice(
    fund: FundYear, applications: Iterable[AidApplication], *, starts_on: dt.date, place: str, contact: str, actor,
    on: dt.date, form_key: uuid.UUID,
) -> AidNotice:  # fmt: skip
    """Post what was decided: as many working days as the rules say. All of them or none."""
    FundYear.objects.select_for_update(of=("self",), no_key=True).get(pk=fund.pk)
    known = AidNotice.objects.filter(public_id=form_key, fund=fund).first()
    if known:
        return known
    chosen = list(applications)
    if not chosen:
        raise BusinessError("没有待公示的，请先上会。", code="none")
    if starts_on > on:
        raise BusinessError("公示贴出来以后再登记，开始日期不能晚于今天。", code="future", field="starts_on")
    notice = AidNotice.objects.create(
        public_id=form_key, fund=fund, number=_next_number(fund.notices), starts_on=starts_on, place=place.strip(),
        contact=contact.strip(), ends_on=notice_end(starts_on, rules_for(fund, on), work_calendar()), entered_by=actor,
    )  # fmt: skip
    for one in chosen:
        row, _ = begin(one, Act.NOTICE, starts_on)
        if row.decided_on and row.decided_on > starts_on:
            raise BusinessError(f"公示开始早于会议日期（{row.decided_on}）。", code="order", field="starts_on")
        take(row, Act.NOTICE, on=starts_on, actor=actor, changes={"notice": notice}, note=str(notice))
    return notice


@transaction.atomic
def object_to(
    notice: AidNotice, *, application: AidApplication | None, received_on: dt.date, content: str, actor,
    form_key: uuid.UUID,
) -> AidObjection:  # fmt: skip
    """What somebody says against it; nobody whom it is about is paid before it was looked into."""
    known = AidObjection.objects.filter(public_id=form_key, notice=notice).first()
    if known:
        return known
    if not content.strip():
        raise BusinessError("请写明反映了什么。", code="content", field="content")
    if application is not None and application.notice_id != notice.pk:
        raise BusinessError("这位不在这一批公示里。", code="application", field="application")
    row = AidObjection(
        public_id=form_key, notice=notice, application=application, received_on=received_on, entered_by=actor
    )
    row.content = content.strip()
    row.save(force_insert=True)
    people = [application.cadre_id] if application else []
    audit.record("aid.objection", actor=actor, people=people, target=f"ledgers.aidnotice:{notice.pk}")
    return row


@transaction.atomic
def answer(objection: AidObjection, *, outcome: str, answer: str, on: dt.date, actor) -> AidObjection:
    """What came of it. One that is upheld keeps the application from being paid: it is refused next."""
    row = AidObjection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
    if row.outcome != ObjectionOutcome.OPEN:
        raise BusinessError("这条异议已经有核查结果。", code="answered")
    if outcome not in (ObjectionOutcome.REJECTED, ObjectionOutcome.UPHELD) or not answer.strip():
        raise BusinessError("请选核查结果，写明核查情况。", code="answer", field="answer")
    row.outcome, row.answer, row.answered_on = outcome, answer.strip()[:200], on
    row.save(update_fields=["outcome", "answer", "answered_on"])
    audit.record("aid.objection", actor=actor, target=f"ledgers.aidnotice:{row.notice_id}", fields=[outcome])
    return row


# Payment ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pay:
    """Who gets the money, what he is to the old comrade (empty: himself), and where it goes."""

    payee: str
    relation: str = ""
    account: str = ""


@transaction.atomic
def open_batch(
    fund: FundYear, *, paid_on: dt.date, method: str, voucher: str, actor, form_key: uuid.UUID
) -> AidBatch:  # fmt: skip
    """A payment list; the same key again is the same list."""
    FundYear.objects.select_for_update(of=("self",), no_key=True).get(pk=fund.pk)
    known = AidBatch.objects.filter(public_id=form_key, fund=fund).first()
    if known:
        return known
    row = AidBatch.objects.create(
        public_id=form_key, fund=fund, number=_next_number(fund.batches), paid_on=paid_on, method=method,
        voucher=voucher.strip(), entered_by=actor,
    )  # fmt: skip
    audit.record("aid.batch", actor=actor, target=f"ledgers.aidbatch:{row.pk}")
    return row


@transaction.atomic
def pay(application: AidApplication, batch: AidBatch, given: Pay, *, actor) -> AidApplication:
    """One line of a payment list. Not before the notice is over, not with an objection that stands."""
    if application.batch_id == batch.pk:
        return application
    row, _ = begin(application, Act.PAY, batch.paid_on)
    if row.fund_id != batch.fund_id:
        raise BusinessError("这份申请不在这笔资金里。", code="fund")
    notice = row.notice
    assert notice is not None  # set with the step before
    if notice.ends_on > batch.paid_on:
        raise BusinessError(f"公示到 {notice.last_day} 为止，期满才能发放。", code="notice", field="payee")
    if objected(row):
        raise BusinessError("公示有异议还没有了结，暂不能发放。", code="objection", field="payee")
    payee = given.payee.strip()
    person = row.cadre.person
    if not payee:
        raise BusinessError("请写收款人。", code="payee", field="payee")
    if not same_name(payee, person.name) and not given.relation.strip():
        raise BusinessError("收款人不是本人的，请写与老同志的关系。", code="relation", field="relation")
    if same_name(payee, person.name) and person.life_status == LifeStatus.DECEASED:
        raise BusinessError("老同志已离世，收款人请写遗属。", code="deceased", field="payee")
    if batch.method == PayMethod.BANK and row.help == AidHelp.CASH and not given.account.strip():
        raise BusinessError("打卡发放要写收款账号。", code="account", field="account")
    changes = {
        "batch": batch, "paid_on": batch.paid_on, "pay_method": batch.method, "payee": payee,
        "payee_relation": given.relation.strip(),
    }  # fmt: skip
    take(row, Act.PAY, on=batch.paid_on, actor=actor, changes=changes, sealed={"account": given.account.strip()},
         note=str(batch))  # fmt: skip
    return row


@transaction.atomic
def receive(
    application: AidApplication, *, on: dt.date, receiver: str, relation: str, actor, file=None
) -> AidApplication:  # fmt: skip
    """Signed for: by the payee, or by somebody else who says what he is to the old comrade."""
    row, _ = begin(application, Act.RECEIVE, on)
    name = receiver.strip()
    if not name:
        raise BusinessError("请写谁签收的。", code="receiver", field="receiver")
    if row.paid_on and on < row.paid_on:
        raise BusinessError(f"签收早于发放日期（{row.paid_on}）。", code="order", field="on")
    if not same_name(name, row.cadre.person.name) and not (relation.strip() or same_name(name, row.payee)):
        raise BusinessError("代领的，请写与老同志的关系。", code="relation", field="relation")
    changes: dict = {"received_on": on, "receiver": name, "receiver_relation": relation.strip() or row.payee_relation}
    if same_name(name, row.cadre.person.name):
        changes["receiver_relation"] = ""
    if file:
        scan = read_scan(file, field="file")
        changes["receipt"] = attachments.store(
            scan.data, subject=target(row), purpose=RECEIPT, filename=scan.filename, content_type=scan.content_type,
            actor=actor, keep_days=None,
        )  # fmt: skip
    take(row, Act.RECEIVE, on=on, actor=actor, changes=changes)
    _keep_promise(row, actor, on)
    return row


def _keep_promise(row: AidApplication, actor, on: dt.date) -> None:
    """The promise of his plan that this answers is kept; the need is closed by the call that asks him (8.3)."""
    measure = row.measure
    if measure is None or measure.done_on or measure.dropped_on or measure.need.closed_on:
        return
    words = f"困难帮扶已发放并签收（{row.get_help_display()}）"
    finish_measure(measure, result=words, done_on=on, cost=row.granted, actor=actor, on=on)
