"""The one writer of managing unit, counting unit, retirement type, ranks and treatments (design 3, valid time).

The current value and the day from which it holds (inclusive) stand on Cadre. A change closes it as a half-open span
[since, change) that names the document of the *change*; the span before a value therefore carries the document that
established it. A correction of a typing error leaves no span.
"""

import datetime
from dataclasses import dataclass

from django.db import transaction

from apps.common import attachments, audit
from apps.common.errors import BusinessError
from apps.common.models import Attachment
from apps.common.scans import Scan
from apps.organisation.models import Unit
from apps.registry.barred import refuse_barred
from apps.registry.choices import TREATMENT_KINDS, SpanKind, StandingKind
from apps.registry.models import Cadre, LifeEvent, StandingSpan, UnitSpan


@dataclass(frozen=True)
class Standing:
    """Where a kind of standing is kept on Cadre."""

    value: str
    since: str
    label: str


STANDINGS: dict[str, Standing] = {
    SpanKind.MANAGING: Standing("managing_unit", "managing_since", "管理单位"),
    SpanKind.COUNTING: Standing("counting_unit", "counting_since", "统计单位"),
    StandingKind.RETIRE_TYPE: Standing("retire_type", "retire_type_since", "离退休类型"),
    StandingKind.LEADER_RANK: Standing("leader_rank", "leader_rank_since", "领导职务层次"),
    StandingKind.GRADE_RANK: Standing("grade_rank", "grade_rank_since", "职级"),
    StandingKind.TREATMENT: Standing("treatment", "treatment_since", "现享受待遇"),
    StandingKind.MEDICAL_TREATMENT: Standing("medical_treatment", "", "医疗待遇"),
}
UNIT_KINDS = tuple(SpanKind)


@transaction.atomic
def change(
    cadre: Cadre,
    kind: str,
    value,
    *,
    since: datetime.date,
    document_no: str = "",
    scan: Scan | None = None,
    event: LifeEvent | None = None,
    actor=None,
) -> bool:
    """Set `kind` to `value` (a Unit or a code) from the day `since` on; False when it is the value already.

    Closes what stood before as a span, of a treatment also the time without one; `scan`, the document, is kept with
    it for good. An empty value withdraws. Refuses a day that is not after the start of the present value, and one
    inside a span already closed. rule book 3.7
    """
    cadre = Cadre.objects.select_for_update(of=("self",)).get(pk=cadre.pk)
    standing = STANDINGS[kind]
    old = getattr(cadre, standing.value)
    if old == value:
        return False
    began = _began(cadre, kind)
    if began is not None and since <= began:
        raise BusinessError(
            f"{standing.label}的现值自 {began:%Y-%m-%d} 起，新的日期要在它之后。如果是录入有误，请用“更正”。",
            code="since_too_early",
            field="since",
        )
    if old or kind in TREATMENT_KINDS:
        _span_model(kind).objects.create(
            cadre=cadre,
            kind=kind,
            **{_span_field(kind): old},
            starts_on=began,
            ends_on=since,
            document_no=document_no,
            scan=_kept(scan, cadre, actor) if scan else None,
            closed_by_event=event,
            recorded_by=actor,
        )
    _put(cadre, kind, value, since, document_no)
    audit.record(
        "standing.change", actor=actor, people=[cadre.pk], fields=[standing.value], target=f"registry.cadre:{cadre.pk}"
    )
    return True


@transaction.atomic
def correct(cadre: Cadre, kind: str, value, *, since: datetime.date | None, document_no: str = "", actor=None) -> bool:
    """Replace a value that was typed wrongly: no span is left. `since` None leaves the start open to the past."""
    cadre = Cadre.objects.select_for_update(of=("self",)).get(pk=cadre.pk)
    standing = STANDINGS[kind]
    last = _last_span(cadre, kind)
    if last is not None and (since is None or since < last.ends_on):
        raise BusinessError(
            f"{standing.label}在 {last.ends_on:%Y-%m-%d} 有过变动，起始日期不能早于这一天。",
            code="since_too_early",
            field="since",
        )
    if getattr(cadre, standing.value) == value and getattr(cadre, standing.since, None) == since:
        return False
    _put(cadre, kind, value, since, document_no)
    audit.record(
        "standing.correct", actor=actor, people=[cadre.pk], fields=[standing.value], target=f"registry.cadre:{cadre.pk}"
    )
    return True


@transaction.atomic
def undo_last(cadre: Cadre, kind: str, *, actor=None) -> bool:
    """Take the latest change of `kind` back: the span closed last is current again. False when there is none."""
    cadre = Cadre.objects.select_for_update(of=("self",)).get(pk=cadre.pk)
    last = _last_span(cadre, kind)
    if last is None:
        return False
    if last.closed_by_event_id:
        raise BusinessError("这次变动是由一件人员变动引起的，请撤销那件人员变动。", code="by_event")
    _reopen(cadre, last)
    audit.record(
        "standing.undo",
        actor=actor,
        people=[cadre.pk],
        fields=[STANDINGS[kind].value],
        target=f"registry.cadre:{cadre.pk}",
    )
    return True


def reopen_by_event(event: LifeEvent) -> None:
    """Make the spans that `event` closed current again, exactly those; refuses where a later change stands on them."""
    for model in (UnitSpan, StandingSpan):
        for span in model.objects.filter(closed_by_event=event).select_related("cadre"):
            cadre = Cadre.objects.select_for_update(of=("self",)).get(pk=span.cadre_id)
            if _last_span(cadre, span.kind) != span:
                label = STANDINGS[span.kind].label
                raise BusinessError(f"{label}后来又有变动，请先撤销后来的变动。", code="changed_later")
            _reopen(cadre, span)


def _kept(scan: Scan, cadre: Cadre, actor) -> Attachment:
    return attachments.store(
        scan.data,
        subject=f"registry.cadre:{cadre.pk}",
        purpose="待遇文件",
        filename=scan.filename,
        content_type=scan.content_type,
        actor=actor,
        keep_days=None,
    )


@transaction.atomic
def decide_ranks(cadres, *, leader_rank: str, grade_rank: str, actor) -> int:
    """Give people on the worklist the ranks that a clerk read from their typed 职务（职级）; returns how many.

    A correction, so no span; their dates stay. Only those whose rank is still undecided are written, and a rank that
    one of them has already stays where none is given for it.
    """
    if not (leader_rank or grade_rank):
        raise BusinessError("请选领导职务层次或职级，至少一项。", code="rank_missing")
    given = {name: value for name, value in (("leader_rank", leader_rank), ("grade_rank", grade_rank)) if value}
    keys = list(
        cadres.filter(rank_unmapped=True).select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True)
    )
    if keys:
        Cadre.objects.filter(pk__in=keys).update(rank_unmapped=False, **given)
        audit.record("standing.decide", actor=actor, people=keys, fields=sorted(given), target="registry.cadre")
    return len(keys)


def _reopen(cadre: Cadre, span) -> None:
    before = _last_span(cadre, span.kind, besides=span)
    document = before.document_no if before is not None else ""
    _put(cadre, span.kind, getattr(span, _span_field(span.kind)), span.starts_on, document)
    span.delete()


def _put(cadre: Cadre, kind: str, value, since, document_no: str) -> None:
    standing = STANDINGS[kind]
    names = [standing.value]
    setattr(cadre, standing.value, value)
    if standing.since:
        setattr(cadre, standing.since, since)
        names.append(standing.since)
    if kind == StandingKind.TREATMENT:
        cadre.treatment_document = document_no
        names.append("treatment_document")
    if kind in (StandingKind.LEADER_RANK, StandingKind.GRADE_RANK) and value:
        cadre.rank_unmapped = False
        names.append("rank_unmapped")
    refuse_barred(cadre, field="value")
    cadre.save(update_fields=names)


def _began(cadre: Cadre, kind: str) -> datetime.date | None:
    """First day of the present value, as far as known: its own start, or the end of the span before it."""
    own = getattr(cadre, STANDINGS[kind].since) if STANDINGS[kind].since else None
    last = _last_span(cadre, kind)
    return max(filter(None, (own, last.ends_on if last else None)), default=None)


def _last_span(cadre: Cadre, kind: str, *, besides=None):
    spans = _span_model(kind).objects.filter(cadre=cadre, kind=kind)
    if besides is not None:
        spans = spans.exclude(pk=besides.pk)
    return spans.order_by("-ends_on", "-pk").first()


def _span_model(kind: str):
    return UnitSpan if kind in UNIT_KINDS else StandingSpan


def _span_field(kind: str) -> str:
    return "unit" if kind in UNIT_KINDS else "value"


def value_on(cadre: Cadre, kind: str, on: datetime.date) -> Unit | str | None:
    """The value that held on a day: the current one from its start on, else the closed span that covers the day."""
    span = _span_model(kind).objects.filter(cadre=cadre, kind=kind, ends_on__gt=on).order_by("ends_on", "pk").first()
    if span is None:
        began = _began(cadre, kind)
        return getattr(cadre, STANDINGS[kind].value) if began is None or began <= on else None
    return getattr(span, _span_field(kind)) if span.starts_on is None or span.starts_on <= on else None
