"""Treatments: a period opened for all who are due, handed out, received, stopped, set right by entries."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.insert_select import execute
from apps.common.secrecy_words import refuse_marks
from apps.ledgers.choices.treatments import ChangeKind, Every, PaidTo, ReceivedHow, Standard, StopReason
from apps.ledgers.models import TreatmentChange, TreatmentDue, TreatmentItem, TreatmentRun, UnitFund
from apps.ledgers.queries.treatments import entitled
from apps.ledgers.rules.treatments import Span, span_of

FIRST_YEAR = 2000
NO_STANDARD = "“{item}”还没有标准金额，请先在“规则和文号”里的“待遇标准（元）”填上金额和文号，再开期。"


@dataclass(frozen=True)
class Opened:
    """A run and how many lines (or unit budgets) are new."""

    run: TreatmentRun | None
    added: int


@transaction.atomic
def open_period(
    item: TreatmentItem, *, year: int, number: int = 1, asked: Decimal | None = None, cadres, actor, on: dt.date
) -> Opened:
    """Put all of `cadres` (a queryset: whom the actor may serve) to whom an item is due on the list of a period.

    One statement an item; opened again it takes in who came to be due since, and changes nothing that stands. Items
    that the unit holds make a budget a unit instead. Raises BusinessError for an item out of use, an impossible
    period, and where an amount is missing.
    """
    span = _span(item, year, number, on)
    if item.voided_at or (item.ends_on and item.ends_on <= span.start):
        raise BusinessError("这个项目已经停用。", code="ended", field="item")
    if item.standard == Standard.ASKED and not asked:
        raise BusinessError("这个项目没有固定标准，请填每人多少元。", code="amount", field="amount")
    try:
        rows = entitled(item, span, cadres, on=on, asked=asked)
    except LookupError:
        raise BusinessError(NO_STANDARD.format(item=item), code="no_standard", field="item") from None
    if item.paid_to == PaidTo.UNIT:
        added = _open_funds(item, year, rows)
        audit.record("treatment.open", actor=actor, target=f"ledgers.treatmentitem:{item.pk}")
        return Opened(None, added)
    run = _run(item, span, asked, actor, on)
    added = _insert_dues(run, rows)
    audit.record("treatment.open", actor=actor, target=f"ledgers.treatmentrun:{run.pk}")
    return Opened(run, added)


def _span(item: TreatmentItem, year: int, number: int, on: dt.date) -> Span:
    if not FIRST_YEAR <= year <= on.year + 1:
        raise BusinessError(f"年度填 {FIRST_YEAR} 到 {on.year + 1}。", code="year", field="year")
    try:
        return span_of(item.every, year, 1 if item.every == Every.ONCE else number)
    except ValueError:
        raise BusinessError("这一年没有这一期，请核对第几期。", code="number", field="number") from None


def _run(item: TreatmentItem, span: Span, asked: Decimal | None, actor, on: dt.date) -> TreatmentRun:
    values = {"asked_amount": asked, "opened_by": actor, "opened_on": on}
    rows = TreatmentRun.objects.select_for_update(of=("self",)).filter(
        item=item, period_start=span.start, voided_at__isnull=True
    )
    if (found := rows.first()) is None:
        try:
            with transaction.atomic():
                TreatmentRun.objects.create(item=item, period_start=span.start, **values)
        except IntegrityError:
            pass
        found = rows.get()
    return found


def _insert_dues(run: TreatmentRun, rows) -> int:
    chosen = rows.order_by().values_list("pk", "managing_unit_id", "due_quantity", "due_amount")
    sql, params = chosen.query.sql_with_params()
    return execute(
        "INSERT INTO ledgers_treatmentdue (public_id, run_id, cadre_id, unit_id, quantity, amount)"  # noqa: S608
        " SELECT gen_random_uuid(), %s, due.cadre, due.unit, due.quantity::numeric, due.amount::numeric"
        f" FROM ({sql}) AS due (cadre, unit, quantity, amount) ON CONFLICT DO NOTHING",
        [run.pk, *params],
    )


def _open_funds(item: TreatmentItem, year: int, rows) -> int:
    chosen = rows.order_by().values_list("managing_unit_id", "due_amount")
    sql, params = chosen.query.sql_with_params()
    return execute(
        "INSERT INTO ledgers_unitfund (public_id, item_id, year, unit_id, heads, amount)"  # noqa: S608
        " SELECT gen_random_uuid(), %s, %s, due.unit, count(*), COALESCE(sum(due.amount::numeric), 0)"
        f" FROM ({sql}) AS due (unit, amount) GROUP BY due.unit ON CONFLICT DO NOTHING",
        [item.pk, year, *params],
    )


# What happens to the lines


@dataclass(frozen=True)
class Receipt:
    """How something was received; an empty `receiver` is the old comrade himself."""

    received_on: dt.date
    how: str = ReceivedHow.SIGNED
    receiver: str = ""
    relation: str = ""
    note: str = ""


def _some(rows) -> list[int]:
    ids = list(rows)
    if not ids:
        raise BusinessError("请先勾选要办的人。", code="nobody")
    return ids


def _not_later(day: dt.date, on: dt.date, field: str) -> None:
    if day > on:
        raise BusinessError("日期不能晚于今天。", code="future", field=field)


def _log(action: str, ids: Collection[int], actor) -> None:
    rows = TreatmentDue.objects.filter(pk__in=ids).order_by().values_list("cadre_id", "run_id")
    found = list(rows)
    target = f"ledgers.treatmentrun:{found[0][1]}" if found else ""
    audit.record(action, actor=actor, people=sorted({cadre for cadre, _ in found}), target=target)


def _apply(ids: Collection[int], condition: Q, values: dict, action: str, actor) -> int:
    """One conditional UPDATE; how many rows it took. What another did meanwhile stays."""
    rows = TreatmentDue.objects.standing().filter(condition, pk__in=_some(ids))
    done = list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    TreatmentDue.objects.filter(pk__in=done).update(**values)
    if done:
        _log(action, done, actor)
    return len(done)


OPEN = Q(received_on__isnull=True, stopped_on__isnull=True)


@transaction.atomic
def issue(ids: Collection[int], *, issued_on: dt.date, actor, on: dt.date) -> int:
    """Sent out: money transferred, papers posted, parcels under way; how many lines are new."""
    _not_later(issued_on, on, "day")
    values = {"issued_on": issued_on, "recorded_by": actor}
    return _apply(ids, OPEN & Q(issued_on__isnull=True), values, "treatment.issue", actor)


@transaction.atomic
def receive(ids: Collection[int], receipt: Receipt, *, actor, on: dt.date) -> int:
    """Received, by whom and when; what was not noted as sent out was sent out that day. How many are new."""
    _not_later(receipt.received_on, on, "day")
    if receipt.how not in ReceivedHow.values:
        raise BusinessError("请选择怎样领的。", code="how", field="how")
    if receipt.receiver.strip() and not receipt.relation.strip():
        raise BusinessError("别人代领的，请写和老同志的关系。", code="relation", field="relation")
    for text in (receipt.receiver, receipt.relation, receipt.note):
        refuse_marks(text)
    early = TreatmentDue.objects.filter(pk__in=list(ids), issued_on__gt=receipt.received_on).filter(OPEN)
    if early.exists():
        raise BusinessError("有的还没发出，领到日期不能早于发出日期。", code="early", field="day")
    values = {
        "issued_on": Coalesce("issued_on", receipt.received_on), "received_on": receipt.received_on,
        "how": receipt.how, "receiver": receipt.receiver.strip()[:30], "relation": receipt.relation.strip()[:20],
        "note": receipt.note.strip()[:200], "recorded_by": actor,
    }  # fmt: skip
    return _apply(ids, OPEN, values, "treatment.receive", actor)


@transaction.atomic
def take_back(ids: Collection[int], *, actor) -> int:
    """Undo what was noted by mistake: received or sent out lines wait again. How many changed."""
    values = {
        "issued_on": None, "received_on": None, "how": "", "receiver": "", "relation": "", "note": "",
        "recorded_by": actor,
    }  # fmt: skip
    return _apply(ids, Q(issued_on__isnull=False, stopped_on__isnull=True), values, "treatment.take_back", actor)


@transaction.atomic
def stop(ids: Collection[int], *, reason: str, note: str = "", actor, on: dt.date) -> int:
    """Not given (any more), with a reason; how many changed. What was received stays."""
    if reason not in set(StopReason.values) - {StopReason.DIED}:
        raise BusinessError("请选择停发的原因。", code="reason", field="reason")
    refuse_marks(note)
    values = {"stopped_on": on, "stop_reason": reason, "recorded_by": actor}
    if note.strip():
        values["note"] = note.strip()[:200]
    return _apply(ids, OPEN, values, "treatment.stop", actor)


@transaction.atomic
def resume(ids: Collection[int], *, actor) -> int:
    """Give again what was stopped by hand; what a death stopped comes back with the death's undoing."""
    values = {"stopped_on": None, "stop_reason": "", "recorded_by": actor}
    by_hand = Q(stopped_on__isnull=False, closed_by_event__isnull=True)
    return _apply(ids, by_hand, values, "treatment.resume", actor)


@transaction.atomic
def enter_change(due: TreatmentDue, change: TreatmentChange, *, actor) -> TreatmentChange:
    """Set a due right by an entry; `change.public_id` is the form's key: sent twice it is one entry.

    Raises BusinessError where the line has no amount or would fall below 0.
    """
    due = TreatmentDue.objects.select_for_update(of=("self",)).get(pk=due.pk)
    known = TreatmentChange.objects.filter(public_id=change.public_id).first()
    if known is not None:
        return known
    if due.amount is None:
        raise BusinessError("这一项没有金额，不用更正。", code="no_amount", field="amount")
    if due.amount + due.changed + change.amount < 0:
        raise BusinessError("减得太多，应发金额会变成负数。", code="negative", field="amount")
    if change.kind not in (ChangeKind.CORRECTION, ChangeKind.SUPPLEMENT):
        raise BusinessError("请选择更正还是补发。", code="kind", field="kind")
    change.due, change.made_by = due, actor
    change.save()
    recount([due.pk])
    audit.record("treatment.change", actor=actor, people=[due.cadre_id], target=f"ledgers.treatmentdue:{due.pk}")
    return change


def recount(ids: Collection[int]) -> None:
    """Bring `changed` of lines up to the sum of their standing entries."""
    sums = dict(
        TreatmentChange.objects.filter(due__in=ids, voided_at__isnull=True).order_by().values_list("due")
        .annotate(sum=Sum("amount"))
    )  # fmt: skip
    for pk in ids:
        TreatmentDue.objects.filter(pk=pk).update(changed=sums.get(pk, Decimal(0)))


@transaction.atomic
def settle_reclaim(change: TreatmentChange, *, settled_on: dt.date, actor, on: dt.date) -> None:
    """The money given after a death is back."""
    _not_later(settled_on, on, "day")
    rows = TreatmentChange.objects.filter(pk=change.pk, kind=ChangeKind.RECLAIM, settled_on__isnull=True)
    if not rows.update(settled_on=settled_on):
        raise BusinessError("这一笔已经记过追回。", code="settled")
    audit.record(
        "treatment.settle", actor=actor, people=[change.due.cadre_id], target=f"ledgers.treatmentdue:{change.due_id}"
    )


@transaction.atomic
def allow_over(fund: UnitFund, *, amount: Decimal, reason: str, actor) -> None:
    """Let a unit pass its budget by `amount`, for an approved reason. See rule book 8.35."""
    if not reason.strip():
        raise BusinessError("请写清理由和批准人。", code="reason", field="reason")
    if amount < 0:
        raise BusinessError("金额不能是负数。", code="amount", field="amount")
    rows = UnitFund.objects.filter(pk=fund.pk, spent__lte=F("amount") + amount)
    if not rows.update(approved_over=amount, over_reason=reason.strip()[:200]):
        raise BusinessError("已经用掉的比这个还多，不能批这么少。", code="below", field="amount")
    audit.record("treatment.allow_over", actor=actor, reason=reason.strip(), target=f"ledgers.unitfund:{fund.pk}")
