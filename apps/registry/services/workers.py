"""Writes about those who serve, and about their training."""

from collections.abc import Iterable

from django.db import transaction

from apps.common import audit, crypto
from apps.common.citizen_id import CitizenIdError, parse_citizen_id
from apps.common.errors import BusinessError
from apps.common.phone import parse_phone
from apps.people.services import CLEAR, tidy_name
from apps.registry.models import Attendance, Training, Worker

MOST_AT_ONCE = 2000


@transaction.atomic
def save_worker(worker: Worker, *, mobile: str, citizen_id: str, today, actor) -> Worker:
    """Store a worker; `mobile` and `citizen_id` as typed: empty keeps, 清空 erases. Of the id only its index is kept.

    Refuses a wrong number, and the id of somebody else at work.
    """
    worker.name = tidy_name(worker.name)
    changed = _put_mobile(worker, mobile.strip()) + _put_citizen_id(worker, citizen_id.strip(), today)
    is_new = worker.pk is None
    worker.save()
    if changed and not is_new:
        audit.record("change", actor=actor, fields=changed, target=f"registry.worker:{worker.pk}")
    return worker


def _put_mobile(worker: Worker, text: str) -> list[str]:
    if not text:
        return []
    if text == CLEAR:
        worker.mobile, worker.mobile_index = "", None
        return ["mobile"]
    try:
        digits = parse_phone(text).digits
    except ValueError as error:
        raise BusinessError(str(error), code="phone", field="typed_mobile") from error
    index = crypto.blind_index("phone", digits)
    if worker.mobile_index is not None and bytes(worker.mobile_index) == index:
        return []
    worker.mobile, worker.mobile_index = digits, index
    return ["mobile"]


def _put_citizen_id(worker: Worker, text: str, today) -> list[str]:
    if not text:
        return []
    if text == CLEAR:
        worker.citizen_id_index = None
        return ["citizen_id"]
    try:
        number = parse_citizen_id(text, on=today).number
    except CitizenIdError as error:
        raise BusinessError(error.sentence, code="citizen_id", field="typed_citizen_id") from error
    index = crypto.blind_index("citizen_id", number)
    others = Worker.objects.filter(citizen_id_index=index, voided_at__isnull=True, ends_on__isnull=True)
    if worker.ends_on is None and others.exclude(pk=worker.pk or 0).exists():
        raise BusinessError(
            "这个身份证号已经登记在另一位在岗人员名下。", code="duplicate", field="typed_citizen_id"
        )  # fmt: skip
    worker.citizen_id_index = index
    return ["citizen_id"]


@transaction.atomic
def attend(training: Training, workers: Iterable[Worker], *, actor, request=None) -> int:
    """Record that these took part; who is recorded already stays. Gives how many were added."""
    known = set(training.attendances.values_list("worker_id", flat=True))
    new = [worker for worker in workers if worker.pk not in known]
    if len(new) > MOST_AT_ONCE:
        raise BusinessError(f"一次最多登记 {MOST_AT_ONCE:,} 人，请分几次。", code="too_many", field="workers")
    Attendance.objects.bulk_create(
        [Attendance(training=training, worker=worker) for worker in new], ignore_conflicts=True
    )
    if new:
        audit.record(
            "training.attend", actor=actor, target=f"registry.training:{training.pk}", request=request,
            fields=[str(len(new))],
        )  # fmt: skip
    return len(new)


@transaction.atomic
def drop(training: Training, workers: Iterable[int], *, actor, request=None) -> int:
    """Strike people off a training they were recorded for by mistake; gives how many."""
    gone, _ = training.attendances.filter(worker_id__in=list(workers)).delete()
    if gone:
        audit.record(
            "training.drop", actor=actor, target=f"registry.training:{training.pk}", request=request, fields=[str(gone)]
        )
    return gone
