"""What happens to a batch: checked, applied, undone. Each is safe to run again after a crash at any point."""

import contextlib
import datetime
import gc
from collections.abc import Iterable
from dataclasses import dataclass

import pghistory
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.accounts.access import unit_ids_for
from apps.accounts.models import User
from apps.common import attachments, audit
from apps.common.insert_select import execute
from apps.common.models import Attachment
from apps.common.workbook import FileRefused, Limits, read
from apps.organisation.models import Unit
from apps.organisation.services import add_unit
from apps.registry.models import ImportBatch

from . import preview, reports
from .answers import Answers
from .applying import CHANGED_SINCE, Applied, apply_rows, keep_before_images
from .known import PERMISSION, column_synonyms, load_rules
from .layout import find_layout
from .rows import CHANGED, NEW, REFUSED, Finding
from .staging import Progress, Staged, Unpacked, no_progress, pack, stage, unpack, unpack_preview
from .undoing import Undone, undo_rows

State = ImportBatch.State
LOCK = "SELECT pg_advisory_xact_lock(hashtext('registry.import_roster'))"
TEMPLATE = settings.BASE_DIR / "fixtures" / "roster_template.xlsx"
MOST_REPORTED = 5000
LEFT_OUT_BY_CLERK = "有提醒，这次没有导入"


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking found, without the rows themselves."""

    counts: dict[str, int]
    refusals: list[Finding]
    warnings: list[Finding]
    notes: list[str]
    questions: list[str]


def checked(staged: Staged) -> Checked:
    return Checked(
        staged.counts,
        staged.findings(refusals=True),
        staged.findings(refusals=False),
        staged.notes,
        staged.questions,
    )


@contextlib.contextmanager
def no_collecting():
    """Hold the garbage collector back: a roster is a million small objects and no cycles, and walking them again
    and again takes a third of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@no_collecting()
def check_batch(batch: ImportBatch, *, progress: Progress = no_progress, today: datetime.date | None = None) -> Checked:
    """Read and check the file with the answers given so far; the batch then waits for answers or to be confirmed.

    Raises FileRefused after noting it on the batch. Answers that the command line gave are in `options`.
    """
    rules = load_rules(batch.uploaded_by, today or timezone.localdate())
    answers = Answers.from_json(batch.options)
    try:
        staged = stage(
            attachments.read(batch.upload), str(batch.upload.filename), rules=rules, answers=answers, progress=progress
        )
    except FileRefused as refused:
        ImportBatch.objects.filter(pk=batch.pk).update(state=State.REFUSED, refusal=refused.sentence[:500])
        raise
    progress(92, "正在准备预览")
    blob = pack(preview.build(staged), staged)
    batch.staged = _keep(batch, blob, "staged", "staged")
    batch.counts = staged.counts
    batch.state = State.QUESTIONS if _asks(staged) else State.PREVIEW
    batch.report = _report_of(batch, staged)
    batch.save(update_fields=["staged", "counts", "state", "report"])
    return checked(staged)


def _asks(staged: Staged) -> bool:
    """Whether something must be answered first; an unknown unit may also stay refused, a sheet may stay unread."""
    return bool(staged.questions) and not staged.answers.asked


def _keep(batch: ImportBatch, data: bytes, purpose: str, filename: str, content_type: str = "") -> Attachment:
    return attachments.store(
        data,
        subject=f"registry.importbatch:{batch.pk}",
        purpose=purpose,
        filename=filename,
        content_type=content_type or "application/octet-stream",
        actor=batch.uploaded_by,
    )


def _report_of(batch: ImportBatch, staged: Staged) -> Attachment | None:
    faults: dict[int, dict[int, str]] = {}
    for finding in staged.findings(refusals=True):
        if len(faults) >= MOST_REPORTED and finding.row not in faults:
            break
        faults.setdefault(finding.row, {})[finding.position] = finding.sentence
    return _keep_report(batch, reports.refused_workbook(staged.sheet, staged.layout, faults)) if faults else None


def _keep_report(batch: ImportBatch, data: bytes) -> Attachment:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _keep(batch, data, "report", f"需要修改的行-{batch.pk}.xlsx", kind)


def parent_of_new_units(user: User | None) -> Unit:
    """The bureau: on top of the tree for the system itself, the highest unit of his own for a clerk."""
    units = Unit.objects.open().order_by("depth", "path")
    if user is not None:
        units = units.filter(pk__in=unit_ids_for(user, PERMISSION))
    found = units.first()
    if found is None:
        bureau = settings.PORTAL["bureau"]
        found = add_unit(Unit(name=bureau, code="BUREAU"), parent=None, actor=user)
    return found


@no_collecting()
def apply_batch(batch_id: int, *, today: datetime.date | None = None) -> ImportBatch:
    """Write a batch that was claimed for it (state `applying`); one that is applied already stays as it is.

    One transaction with the lock of all imports: rows, history, audit, before-images and the batch's own state.
    """
    with transaction.atomic():
        execute(LOCK)
        batch = (
            ImportBatch.objects.select_for_update(of=("self",)).select_related("uploaded_by", "staged").get(pk=batch_id)
        )
        if batch.state != State.APPLYING:
            return batch
        assert batch.staged is not None
        unpacked = unpack(attachments.read(batch.staged))
        options = batch.options
        skip = bool(options.get("skip_warned"))
        rows = [row for row in unpacked.rows if not (skip and row.is_warned)]
        actor = User.objects.filter(pk=options.get("confirmed_by")).first()
        parent = parent_of_new_units(batch.uploaded_by) if _creates_units(rows) else None
        with pghistory.context(user=getattr(actor, "pk", None), import_batch=batch.pk):
            applied = apply_rows(rows, batch, actor=actor, parent_unit=parent, today=today or timezone.localdate())
        people = [*applied.created, *applied.joined, *applied.changed]
        batch.before_images = keep_before_images(applied, batch, actor=actor)
        batch.counts = _final_counts(batch.counts, unpacked, rows, applied)
        audit.record(
            "registry.import_roster",
            actor=actor,
            people=people,
            fields=sorted(applied.fields),
            reason=options.get("accept_reason", ""),
            target=f"registry.importbatch:{batch.pk}",
        )
        batch.state, batch.applied_at = State.APPLIED, timezone.now()
        batch.save(update_fields=["before_images", "counts", "state", "applied_at"])
    if applied.left_out or len(rows) < len(unpacked.rows):
        _report_left_out(batch, unpacked, {row.number for row in applied.left_out}, {row.number for row in rows})
    return batch


def _creates_units(rows: Iterable) -> bool:
    return any(isinstance(row.writes.get("cadre.managing_unit_id"), str) for row in rows)


def _final_counts(counts: dict, unpacked: Unpacked, rows: list, applied: Applied) -> dict[str, int]:
    left_out = {row.number for row in applied.left_out}
    written = [row for row in rows if row.number not in left_out]
    return {
        **counts,
        NEW: sum(row.kind == NEW for row in written),
        CHANGED: sum(row.kind == CHANGED for row in written),
        "warned": sum(row.is_warned for row in written),
        REFUSED: counts[REFUSED] + len(unpacked.rows) - len(written),
    }


def _report_left_out(batch: ImportBatch, unpacked: Unpacked, left_out: set[int], taken: set[int]) -> None:
    """The report again, with the rows that were left out at the last moment. Reads the upload once more."""
    sheets = read(attachments.read(batch.upload), str(batch.upload.filename), Limits())
    synonyms = column_synonyms()
    name = read_preview(batch)["sheet"]
    sheet = next((sheet for sheet in sheets if sheet.name == name), sheets[0])
    layout = find_layout(sheet, synonyms)
    written = {row.number for row in unpacked.rows if row.number in taken} - left_out
    at = layout.position_of("name") or 0
    faults = {
        number: {position: sentence for position, (sentence, _) in found.items()}
        for number, found in unpacked.faults.items()
        if number not in written
    }
    for row in unpacked.rows:
        if row.number in left_out:
            faults.setdefault(row.number, {})[at] = CHANGED_SINCE
        elif row.number not in taken:
            faults.setdefault(row.number, {at: LEFT_OUT_BY_CLERK})
    batch.report = _keep_report(batch, reports.refused_workbook(sheet, layout, faults))
    batch.save(update_fields=["report"])


def read_preview(batch: ImportBatch) -> dict:
    assert batch.staged is not None
    return unpack_preview(attachments.read(batch.staged))


def undo_batch(batch_id: int, *, actor: User | None) -> ImportBatch:
    """Take an applied batch back; one that is undone already stays as it is. One transaction."""
    with transaction.atomic():
        execute(LOCK)
        batch = ImportBatch.objects.select_for_update(of=("self",)).select_related("before_images").get(pk=batch_id)
        if batch.state != State.APPLIED:
            return batch
        assert batch.before_images is not None
        with pghistory.context(user=getattr(actor, "pk", None), undone_import_batch=batch.pk):
            undone: Undone = undo_rows(attachments.read(batch.before_images), batch.pk)
        audit.record(
            "registry.undo_import",
            actor=actor,
            people=[*undone.voided, *undone.restored],
            target=f"registry.importbatch:{batch.pk}",
        )
        batch.state, batch.undone_at = State.UNDONE, timezone.now()
        batch.undo_result = {
            "voided": len(undone.voided),
            "restored": len(undone.restored),
            "kept": undone.kept,
        }
        batch.save(update_fields=["state", "undone_at", "undo_result"])
    return batch
