"""The yearly lists of the 50-year medal: made, reviewed, decided, handed out (domain 3.3)."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from apps.branches.choices import MedalBatchState, MedalForm, MedalState
from apps.branches.models import MedalBatch, MedalCandidate
from apps.branches.queries.medals import Due, base_year, due_chunks
from apps.branches.rules.party_age import MedalRules
from apps.common import audit
from apps.common.errors import BusinessError
from apps.organisation.queries import rule_values

CHANGED = "材料有变化，请核对。"
NOT_DUE = "按现在的材料不在这一批，请核对。"
MOST_NAMES = 5
FACTS = ("start_earliest", "start_latest", "why", "state", "organisation", "decided_by", "decided_on")


@dataclass
class Built:
    """What working out a list did: how many were added, and how many of those on it changed."""

    batch: MedalBatch
    added: int = 0
    changed: int = 0


@transaction.atomic
def build_batch(year: int, *, on: dt.date, actor) -> Built:
    """Work out a year's list from the registry, in chunks; the batch is made if there is none.

    Twice is as once. Decisions stay; whoever is newly due is added; where the material behind an open or approved
    name has changed, he is to be looked at again (需研究). Raises BusinessError for an impossible year or a closed
    batch.
    """
    rules = rule_values(MedalRules.rule_key, on=on)
    if not rules.first_year <= year <= on.year + 1:
        raise BusinessError(f"年份填 {rules.first_year} 到 {on.year + 1}。", code="year", field="year")
    batch = _batch(year)
    if batch.state == MedalBatchState.CLOSED:
        raise BusinessError("这一批已经办结，不再更新名单。", code="closed")
    built = Built(batch)
    left = set(_open(batch).values_list("pk", flat=True))
    for chunk in due_chunks(year, base=base_year(year), rules=rules, on=on):
        left -= _take_up(built, chunk)
    gone = [row for row in MedalCandidate.objects.filter(pk__in=left) if row.why != NOT_DUE]
    for row in gone:
        row.why, row.state, row.decided_by, row.decided_on = NOT_DUE, MedalState.DOUBTFUL, None, None
    MedalCandidate.objects.bulk_update(gone, FACTS, batch_size=500)
    built.changed += len(gone)
    if batch.built_on != on:
        batch.built_on = on
        batch.save(update_fields=["built_on"])
    audit.record("medal.build", actor=actor, target=f"branches.medalbatch:{batch.pk}")
    return built


def _batch(year: int) -> MedalBatch:
    rows = MedalBatch.objects.select_for_update().filter(year=year, voided_at__isnull=True)
    if (found := rows.first()) is None:
        try:
            with transaction.atomic():
                MedalBatch.objects.create(year=year)
        except IntegrityError:
            pass
        found = rows.get()
    return found


def _open(batch: MedalBatch):
    return MedalCandidate.objects.filter(batch=batch, voided_at__isnull=True).exclude(
        state__in=(MedalState.ISSUED, MedalState.REFUSED)
    )


def _take_up(built: Built, chunk: list[Due]) -> set[int]:
    """Add and renew the names of a chunk; the ids of rows that it found on the list."""
    ids = [due.person_id for due in chunk]
    known = {row.person_id: row for row in MedalCandidate.objects.filter(batch=built.batch, person_id__in=ids)}
    fresh = [
        MedalCandidate(
            batch=built.batch, person_id=due.person_id, organisation_id=due.organisation_id, why=due.why,
            start_earliest=due.start.earliest, start_latest=due.start.latest, state=_state(due),
        )
        for due in chunk if due.person_id not in known
    ]  # fmt: skip
    changed = [known[due.person_id] for due in chunk if due.person_id in known and _renew(known[due.person_id], due)]
    MedalCandidate.objects.bulk_create(fresh, batch_size=500)
    MedalCandidate.objects.bulk_update(changed, FACTS, batch_size=500)
    built.added += len(fresh)
    built.changed += len(changed)
    return {row.pk for row in known.values()}


def _state(due: Due) -> str:
    return MedalState.DOUBTFUL if due.doubts else MedalState.PROPOSED


def _renew(row: MedalCandidate, due: Due) -> bool:
    """Whether something about a name on the list changed; it then carries the new facts."""
    if row.state in (MedalState.ISSUED, MedalState.REFUSED):
        return False
    moved = row.is_open and row.organisation_id != due.organisation_id
    if moved:
        row.organisation_id = due.organisation_id
    same_why = row.why in (due.why, (CHANGED + due.why)[:200])
    if same_why and (row.start_earliest, row.start_latest) == (due.start.earliest, due.start.latest):
        return moved
    looked_at = row.state in (MedalState.PROPOSED, MedalState.APPROVED)
    row.start_earliest, row.start_latest = due.start.earliest, due.start.latest
    row.why = (CHANGED + due.why)[:200] if looked_at else due.why
    row.state = MedalState.DOUBTFUL if looked_at else _state(due)
    row.decided_by = row.decided_on = None
    return True


def keys_of(texts: Iterable[str]) -> list[int]:
    """The ids among what a form sent; nonsense is left out."""
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 18]


def _locked(ids: Collection[int]) -> list[MedalCandidate]:
    rows = MedalCandidate.objects.select_for_update(of=("self",)).select_related("person", "batch")
    found = list(rows.filter(pk__in=list(ids), voided_at__isnull=True).order_by("pk"))
    if not found:
        raise BusinessError("请先勾选要办的人。", code="nobody")
    if any(row.batch.state == MedalBatchState.CLOSED for row in found):
        raise BusinessError("这一批已经办结，不能再改。", code="closed")
    return found


def _named(rows: list[MedalCandidate]) -> str:
    names = "、".join(row.person.name for row in rows[:MOST_NAMES])
    return f"{names}等 {len(rows)} 人" if len(rows) > MOST_NAMES else names


def _refuse(rows: list[MedalCandidate], sentence: str, code: str) -> None:
    if rows:
        raise BusinessError(f"{sentence}：{_named(rows)}。", code=code)


def _write(rows: list[MedalCandidate], fields: tuple[str, ...], action: str, actor) -> int:
    MedalCandidate.objects.bulk_update(rows, fields, batch_size=500)
    if rows:
        target = f"branches.medalbatch:{rows[0].batch_id}"
        audit.record(action, actor=actor, people=[row.person_id for row in rows], fields=fields, target=target)
    return len(rows)


@transaction.atomic
def tick_behaved_well(ids: Collection[int], *, well: bool, actor, on: dt.date) -> int:
    """Note that members have always done well (一贯表现良好), or take it back; how many changed."""
    rows = [row for row in _locked(ids) if row.behaved_well != well]
    _refuse([row for row in rows if not row.is_open], "已经核定的，先退回再改", "decided")
    for row in rows:
        row.behaved_well, row.behaved_by, row.behaved_on = well, actor if well else None, on if well else None
    return _write(rows, ("behaved_well", "behaved_by", "behaved_on"), "medal.review", actor)


@transaction.atomic
def decide(ids: Collection[int], state: str, *, note: str = "", actor, on: dt.date) -> int:
    """Approve, refuse, put in doubt, or take back to 确定 (a MedalState); all or none. How many changed.

    Approval asks for the review; approving a doubtful name, refusing and doubting ask for a note. What was issued
    stays.
    """
    if state not in (MedalState.APPROVED, MedalState.REFUSED, MedalState.DOUBTFUL, MedalState.PROPOSED):
        raise BusinessError("请选择怎么办。", code="act")
    note = note.strip()[:200]
    rows = [row for row in _locked(ids) if row.state != state]
    _refuse([row for row in rows if row.state == MedalState.ISSUED], "已经颁发，不能再改", "issued")
    if state == MedalState.APPROVED:
        _refuse([row for row in rows if not row.behaved_well], "还没有审核一贯表现，不能核定", "review")
    doubtful = any(row.state == MedalState.DOUBTFUL for row in rows) and state != MedalState.REFUSED
    if not note and rows and (doubtful or state in (MedalState.REFUSED, MedalState.DOUBTFUL)):
        raise BusinessError("请写明理由或依据的材料。", code="note", field="note")
    settled = state in (MedalState.APPROVED, MedalState.REFUSED)
    for row in rows:
        row.state, row.decision_note = state, note
        row.decided_by, row.decided_on = (actor, on) if settled else (None, None)
    return _write(rows, ("state", "decision_note", "decided_by", "decided_on"), "medal.decide", actor)


@dataclass(frozen=True)
class Handing:
    """How medals were handed out. `serials`: number of the medal by candidate id."""

    form: str
    delivered_on: dt.date
    deliverer: str
    serials: Mapping[int, str]


DELIVERY = ("state", "form", "delivered_on", "deliverer", "serial_no", "issued_on")


@transaction.atomic
def issue(ids: Collection[int], handing: Handing, *, actor, on: dt.date) -> int:
    """Note that approved members have their medal; those who have it already stay as they are. How many are new."""
    if handing.form not in MedalForm.values:
        raise BusinessError("请选择颁发方式。", code="form", field="form")
    if not handing.deliverer.strip():
        raise BusinessError("请填颁发人或送达人。", code="deliverer", field="deliverer")
    if handing.delivered_on > on:
        raise BusinessError("颁发日期不能晚于今天。", code="future", field="delivered_on")
    rows = [row for row in _locked(ids) if row.state != MedalState.ISSUED]
    _refuse([row for row in rows if row.state != MedalState.APPROVED], "还没有核定，不能颁发", "approved")
    early = [row for row in rows if handing.delivered_on.year < row.batch.year]
    _refuse(early, "颁发日期早于这一批的年份", "early")
    for row in rows:
        row.state, row.form, row.delivered_on, row.issued_on = MedalState.ISSUED, handing.form, handing.delivered_on, on
        row.deliverer = handing.deliverer.strip()[:60]
        row.serial_no = handing.serials.get(row.pk, "").strip()[:30]
    try:
        with transaction.atomic():
            return _write(rows, DELIVERY, "medal.issue", actor)
    except IntegrityError as error:
        raise BusinessError("其中有人在别的批次已经领过纪念章，请核对。", code="twice") from error


@transaction.atomic
def undo_issue(ids: Collection[int], *, actor, on: dt.date) -> int:
    """Take back what was noted as handed out today; how many."""
    rows = [row for row in _locked(ids) if row.state == MedalState.ISSUED]
    _refuse([row for row in rows if row.issued_on != on], "只有当天登记的颁发可以撤销", "old")
    for row in rows:
        row.state, row.form, row.delivered_on, row.issued_on = MedalState.APPROVED, "", None, None
        row.deliverer = row.serial_no = ""
    return _write(rows, DELIVERY, "medal.undo", actor)
