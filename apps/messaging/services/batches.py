"""What leaves by hand: a file for the operator, a stack of cards, a call sheet; and what came of it."""

import datetime
import io
from collections.abc import Collection, Mapping
from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.db.models.functions import Now
from django.utils import timezone

from apps.common import attachments, audit, papers
from apps.common.choices import PaperState
from apps.common.errors import BusinessError
from apps.common.workbook.writer import write_sheet
from apps.messaging.choices import BATCHED, Channel, DeliveryState, Outcome
from apps.messaging.jobs.claiming import judge, pending
from apps.messaging.jobs.falling_back import fall_back, recall_fallbacks
from apps.messaging.models import Delivery, DeliveryBatch
from apps.messaging.outbox import hand_over
from apps.messaging.queries import BatchLine, lines_of
from apps.messaging.rules import SendingRules, SmsFileRules, next_waking, with_signature
from apps.organisation.queries import rule_values

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SEND_AT = datetime.time(9)
PAPER_DAYS = datetime.timedelta(days=3)


class Result(StrEnum):
    """What is known of one delivery when a batch comes back."""

    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"


# channel → result → what is written; a card counts as delivered when it was posted.
OUTCOMES = {
    Channel.SMS_FILE: {Result.DELIVERED: Outcome.FILE_DELIVERED, Result.FAILED: Outcome.FILE_UNDELIVERED},
    Channel.PRINT: {Result.DELIVERED: Outcome.POSTED, Result.FAILED: Outcome.RETURNED},
    Channel.SHEET: {Result.DELIVERED: Outcome.TOLD, Result.FAILED: Outcome.NOT_TOLD},
}
STATES = {
    Result.DELIVERED: DeliveryState.SENT, Result.FAILED: DeliveryState.FAILED, Result.UNKNOWN: DeliveryState.UNKNOWN,
}  # fmt: skip


def make_batch(
    channel: str,
    *,
    actor,
    on: datetime.date,
    through: datetime.date | None = None,
    among: Collection[int] | None = None,
    unit=None,
    request=None,
) -> DeliveryBatch:
    """Take the waiting deliveries of a channel into one batch, oldest first, at most the rule set's size.

    Those for days up to `through` are taken; without it those up to `on`, and every card that waits. `among` are the
    ids of the deliveries that the actor may see (a queryset's `values("pk")` will do), `unit` bounds the batch; without
    them it is everybody's. Each is asked again whether it may go; those that may not end here and go on by another
    channel. The rest become `handed`, with their words frozen; an SMS file is written and kept encrypted. Raises
    BusinessError when nothing is left to hand out; what ended stays ended.
    """
    if channel not in BATCHED:
        raise ValueError(f"{channel} is not handed out in batches")
    rules = rule_values(SendingRules.rule_key, on=on)
    now = next_waking(on, rules)
    with transaction.atomic():
        rows = pending(channel)
        if through or channel != Channel.PRINT:
            rows = rows.filter(on_day__lte=through or on)
        if among is not None:
            rows = rows.filter(pk__in=among)
        going, ended = judge(list(rows.order_by("on_day", "pk")[: rules.batch_size]), now, rules)
        fall_back(ended, now=now)
        batch = _hand_over(channel, going, actor, on, unit, request) if going else None
    if batch is None:
        raise BusinessError(f"现在没有等着交出的{Channel(channel).label}。", code="nothing_waits")
    return batch


def _hand_over(channel: str, rows: list[Delivery], actor, on: datetime.date, unit, request) -> DeliveryBatch:
    batch = DeliveryBatch.objects.create(
        channel=channel, on_day=on, unit=unit, made_by=actor, counts={"total": len(rows)}
    )
    hand_over(rows, batch.pk)
    if channel == Channel.SMS_FILE:
        batch.file = _sms_file(batch, on, actor)
        batch.save(update_fields=["file"])
    people = sorted({row.person_id for row in rows if row.person_id})
    audit.record(
        "messaging.make_batch", actor=actor, people=people, target=f"deliverybatch:{batch.pk}", request=request
    )
    return batch


def _sms_file(batch: DeliveryBatch, on: datetime.date, actor):
    rules = rule_values(SmsFileRules.rule_key, on=on)
    stream = io.BytesIO()
    rows = ([_cell(field, line, rules) for field in rules.columns] for line in lines_of(batch))
    write_sheet(stream, "", rules.headings, rows, text_columns=rules.headings, sheet_name="短信")
    return attachments.store(
        stream.getvalue(), subject=f"messaging.deliverybatch:{batch.pk}", purpose="短信批量文件",
        filename=f"短信批量-{on:%Y%m%d}-{batch.pk}.xlsx", content_type=XLSX, actor=actor,
    )  # fmt: skip


def _cell(field: str, line: BatchLine, rules: SmsFileRules) -> str:
    signature = settings.SMS_GATEWAY["signature"]
    return {
        "序号": str(line.delivery_id),
        "手机号码": line.to,
        "短信内容": with_signature(line.text, signature) if rules.signature_in_text else line.text,
        "短信签名": signature,
        "发送时间": f"{datetime.datetime.combine(line.on_day, SEND_AT):%Y-%m-%d %H:%M}",
    }[field]


def settle_batch(
    batch: DeliveryBatch, outcomes: Mapping[int, str], *, actor, now: datetime.datetime | None = None, request=None
) -> dict:
    """Write what became of deliveries of the batch: delivery id → a `Result`. Returns how many changed, by result.

    The same again changes nothing. A failed one goes on by the next channel; an unknown one is on the worklist. A
    later word corrects an earlier one, except that a text once delivered stays so; a failed one that arrived after
    all takes back what waits elsewhere. Ids of other batches are ignored. The batch is settled when nothing of it is
    open.
    """
    now = now or timezone.now()
    changed = dict.fromkeys(Result, 0)
    with transaction.atomic():
        DeliveryBatch.objects.select_for_update().get(pk=batch.pk, voided_at__isnull=True)
        for result in Result:
            ids = [pk for pk, word in outcomes.items() if word == result]
            changed[result] = _settle(batch, ids, result, now) if ids else 0
        _count(batch)
        _paper_back(batch, actor, now)
        if any(changed.values()):
            audit.record("messaging.settle_batch", actor=actor, target=f"deliverybatch:{batch.pk}", request=request)
    return {str(result): count for result, count in changed.items()}


def _settle(batch: DeliveryBatch, ids: list[int], result: Result, now: datetime.datetime) -> int:
    rows = Delivery.objects.filter(pk__in=ids, batch=batch)
    open_ones = Q(state__in=(DeliveryState.HANDED, DeliveryState.UNKNOWN))
    if result == Result.DELIVERED:
        rows = rows.filter(open_ones | Q(state=DeliveryState.FAILED))
    elif result == Result.FAILED:
        may_come_back = Q(state=DeliveryState.SENT) if batch.channel != Channel.SMS_FILE else Q(pk__in=[])
        rows = rows.filter(open_ones | may_come_back)
    else:
        rows = rows.filter(state=DeliveryState.HANDED)
    found = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
    outcome = OUTCOMES[Channel(batch.channel)].get(result, Outcome.NO_RESULT)
    values = {"sent_at": Now()} if result == Result.DELIVERED else {}
    Delivery.objects.filter(pk__in=found).update(state=STATES[result], outcome=outcome, receipt_at=Now(), **values)
    if result == Result.DELIVERED:
        recall_fallbacks(found)
    elif result == Result.FAILED:
        fall_back(found, now=now)
    return len(found)


def _count(batch: DeliveryBatch) -> None:
    """Numbers of the batch as they stand, and whether it is settled."""
    states = dict(batch.deliveries.order_by().values_list("state").annotate(Count("pk")))
    batch.counts = batch.counts | {
        "delivered": states.get(DeliveryState.SENT, 0), "failed": states.get(DeliveryState.FAILED, 0),
        "unknown": states.get(DeliveryState.UNKNOWN, 0), "open": states.get(DeliveryState.HANDED, 0),
    }  # fmt: skip
    DeliveryBatch.objects.filter(pk=batch.pk).update(
        counts=batch.counts, settled_at=None if batch.counts["open"] else Now()
    )


def _paper_back(batch: DeliveryBatch, actor, now: datetime.datetime) -> None:
    """A call sheet whose lines all have a result has come back."""
    batch.refresh_from_db(fields=["paper", "counts"])
    if batch.paper is not None and not batch.counts.get("open") and batch.paper.state in papers.OUT:
        papers.take_back(batch.paper, actor=actor, on=timezone.localdate(now))


def give_paper(batch: DeliveryBatch, *, title: str, actor, on: datetime.date) -> None:
    """The paper by whose code a batch comes back: one that stands is kept, a cancelled one is followed by a new one."""
    with transaction.atomic():
        batch = DeliveryBatch.objects.select_for_update(of=("self",)).select_related("paper").get(pk=batch.pk)
        if batch.paper is not None and batch.paper.state != PaperState.CANCELLED:
            return
        paper = papers.print_paper(
            batch.get_channel_display(), title, f"messaging.deliverybatch:{batch.pk}", actor=actor,
            unit_id=batch.unit_id or actor.unit_id, due_on=on + PAPER_DAYS,
        )  # fmt: skip
        DeliveryBatch.objects.filter(pk=batch.pk).update(paper=paper)


def mark_taken(batch: DeliveryBatch) -> None:
    """From now on it may be out of the house: downloaded or printed."""
    DeliveryBatch.objects.filter(pk=batch.pk, taken_at__isnull=True).update(taken_at=Now())


def call_off_batch(batch: DeliveryBatch, *, actor, reason: str, request=None) -> int:
    """Undo a batch that never left the house: its deliveries wait again. Raises BusinessError when it was downloaded
    or printed, or has a result. Returns how many wait again."""
    with transaction.atomic():
        untouched = DeliveryBatch.objects.select_for_update().filter(
            pk=batch.pk, taken_at__isnull=True, paper__isnull=True, settled_at__isnull=True, voided_at__isnull=True
        )
        if not untouched.exists() or batch.deliveries.exclude(state=DeliveryState.HANDED).exists():
            raise BusinessError("这一批已经下载、打印或登记过结果，不能撤销。请登记它的结果。", code="batch_taken")
        count = batch.deliveries.update(
            state=DeliveryState.PENDING, batch=None, payload=None, address_index=None, attempts=0
        )
        DeliveryBatch.objects.filter(pk=batch.pk).update(voided_at=Now(), void_reason=reason[:200])
        audit.record("messaging.call_off_batch", actor=actor, target=f"deliverybatch:{batch.pk}", request=request)
    return count
