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
from apps.common.workbook import FileRefused, Limits, read_upload
from apps.organisation.models import Unit
from apps.organisation.services import add_unit
from apps.registry.models import ImportBatch

from . import preview, reports
from .answers import Answers
from .applying import CHANGED_SINCE, Applied, apply_rows, keep_before_images
from .known import PERMISSION, load_rules
from .packing import Unpacked, pack, unpack, unpack_preview
from .parts import find_parts
from .rows import CHANGED, NEW, REFUSED, Finding
from .staging import Progress, Staged, no_progress, stage
from .undoing import Undone, undo_rows
from .units import Units

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
            attachments.read(batch.upload),
            str(batch.upload.filename),
            rules=rules,
            answers=answers,
            progress=progress,
            is_bundle=bool(batch.options.get("bundle")),
        )
    except FileRefused as refused:
        ImportBatch.objects.filter(pk=batch.pk).update(state=State.REFUSED, refusal=refused.sentence[:500])
        if refused.code == "secret":
            attachments.purge(batch.upload)
        raise
    progress(92, "正在准备预览")
    blob = pack(preview.build(staged), staged)
    batch.staged = _keep(batch, blob, "staged", "staged")
    batch.counts = staged.counts
    batch.state = State.QUESTIONS if _asks(staged) else State.PREVIEW
    batch.report = _report_of(batch, staged)
    batch.missing = staged.missing
    batch.save(update_fields=["staged", "counts", "state", "report", "missing"])
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
    """What is marked as secret does not go into a file once more: its rows are left out."""
    secret = {f.key for f in staged.findings(refusals=True) if f.code == "secret"}
    faults: dict[int, dict[int, str]] = {}
    for finding in staged.findings(refusals=True):
        if len(faults) >= MOST_REPORTED and finding.key not in faults:
            break
        if finding.key not in secret:
            faults.setdefault(finding.key, {})[finding.position] = finding.sentence
    names = staged.rules.unit_names
    sheets = [(part.sheet, part.layout, names.get(part.unit_id or 0, "")) for part in staged.parts]
    return _keep_report(batch, reports.refused_workbook(sheets, faults)) if faults else None


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
        people = applied.people
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
        batch.touched, batch.awaits_plan = people, bool(people)
        batch.save(update_fields=["before_images", "counts", "state", "applied_at", "touched", "awaits_plan"])
    if applied.left_out or len(rows) < len(unpacked.rows):
        _report_left_out(batch, unpacked, {row.key for row in applied.left_out}, {row.key for row in rows})
    return batch


def _creates_units(rows: Iterable) -> bool:
    return any(isinstance(row.writes.get("cadre.managing_unit_id"), str) for row in rows)


def _final_counts(counts: dict, unpacked: Unpacked, rows: list, applied: Applied) -> dict[str, int]:
    left_out = {row.key for row in applied.left_out}
    written = [row for row in rows if row.key not in left_out]
    return {
        **counts,
        NEW: sum(row.kind == NEW for row in written),
        CHANGED: sum(row.kind == CHANGED for row in written),
        "warned": sum(row.is_warned for row in written),
        REFUSED: counts[REFUSED] + len(unpacked.rows) - len(written),
    }


def _report_left_out(batch: ImportBatch, unpacked: Unpacked, left_out: set[int], taken: set[int]) -> None:
    """The report again, with the rows that were left out at the last moment. Reads the upload once more."""
    is_bundle = bool(batch.options.get("bundle"))
    upload = read_upload(attachments.read(batch.upload), str(batch.upload.filename), Limits(), is_bundle=is_bundle)
    rules = load_rules(batch.uploaded_by, timezone.localdate())
    answers = Answers.from_json(batch.options)
    units = Units(rules.units, rules.unit_names, rules.scope, answers)
    parts = find_parts(upload, rules, answers, units).parts
    written = {row.key for row in unpacked.rows if row.key in taken} - left_out
    faults = {
        key: {position: sentence for position, (sentence, _) in found.items()}
        for key, found in unpacked.faults.items()
        if key not in written
    }
    for row in unpacked.rows:
        at = parts[row.part].layout.position_of("name") or 0
        if row.key in left_out:
            faults.setdefault(row.key, {})[at] = CHANGED_SINCE
        elif row.key not in taken:
            faults.setdefault(row.key, {at: LEFT_OUT_BY_CLERK})
    sheets = [(part.sheet, part.layout, rules.unit_names.get(part.unit_id or 0, "")) for part in parts]
    batch.report = _keep_report(batch, reports.refused_workbook(sheets, faults))
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
        batch.touched = [*undone.voided, *undone.restored]
        batch.awaits_plan = bool(batch.touched)
        batch.undo_result = {
            "voided": len(undone.voided),
            "restored": len(undone.restored),
            "kept": undone.kept,
        }
        batch.save(update_fields=["state", "undone_at", "undo_result", "touched", "awaits_plan"])
    return batch
