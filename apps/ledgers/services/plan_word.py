"""Plans in Word: which template holds for a unit, uploading one, and filling it."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import attachments, audit
from apps.common.errors import BusinessError
from apps.common.models import Attachment
from apps.common.word.checking import check_docx
from apps.common.word.rendering import image, render
from apps.common.workbook.sheet import FileRefused
from apps.ledgers.choices import TemplateKind
from apps.ledgers.models import WordTemplate
from apps.ledgers.queries.plan_words import FACTS, PICTURE, ROW_FIELDS, ROWS, SECTION_ROWS, known_names, words_of
from apps.organisation.models import Unit
from apps.organisation.queries import ancestor_ids

from .plan_layout import default_template

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PURPOSE = "word_template"


def template_for(unit: Unit | None) -> bytes:
    """The layout in force for people of a unit: the nearest one above it, then everybody's, then the shipped one."""
    order = [*(ancestor_ids(unit) if unit else []), None]
    rows = WordTemplate.objects.filter(kind=TemplateKind.PLAN, voided_at__isnull=True).select_related("file")
    by_unit = {row.unit_id: row for row in rows}
    found = next((by_unit[pk] for pk in order if pk in by_unit), None)
    return attachments.read(found.file) if found else default_template()


def word_of(template: bytes, sheets: Collection[tuple[dict, str, int]]) -> list[bytes]:
    """A document for each (sheet, code, number of the version)."""
    return render(template, [_context(*sheet) for sheet in sheets], known_names())


def _context(sheet: dict, code: str, number: int) -> dict:
    values = words_of(sheet, code=code, number=number)
    photo = Attachment.objects.filter(pk=sheet["photo"], purged_at__isnull=True).first() if sheet["photo"] else None
    if photo is not None:
        values[PICTURE] = image(attachments.read(photo))
    return values


def sample() -> dict:
    """A made-up sheet with every placeholder filled, to try a template on."""
    values: dict = {name: name for name in known_names()}
    values[ROWS] = [dict.fromkeys(ROW_FIELDS, "样例") for _ in range(3)]
    return values | {name: [{"名称": "样例", "内容": "样例"}] for name in SECTION_ROWS} | dict.fromkeys(FACTS, "样例")


@transaction.atomic
def upload_template(data: bytes, *, unit: Unit | None, note: str, actor: User) -> WordTemplate:
    """Keep a template of a unit in place of the one it had. BusinessError of `file` where it is no plain .docx or
    cannot be filled: the sentence names the bad placeholder. Whose unit it is is the caller's to check."""
    try:
        check_docx(data)
    except FileRefused as refused:
        raise BusinessError(refused.sentence, code=refused.code, field="file") from refused
    render(data, [sample()], known_names())
    before = WordTemplate.objects.select_for_update().filter(kind=TemplateKind.PLAN, unit=unit, voided_at__isnull=True)
    before.update(voided_at=timezone.now(), void_reason="换了新模板")
    stored = attachments.store(
        data, subject="ledgers.wordtemplate", purpose=PURPOSE, filename="一人一策台账模板.docx", content_type=DOCX,
        actor=actor, keep_days=None,
    )  # fmt: skip
    row = WordTemplate.objects.create(
        kind=TemplateKind.PLAN, unit=unit, file=stored, note=note.strip()[:200], uploaded_by=actor
    )
    audit.record("template.upload", actor=actor, target=f"ledgers.wordtemplate:{row.pk}")
    return row


@transaction.atomic
def revert_template(row: WordTemplate, *, actor: User) -> None:
    """Take a template out of use: the next one above, or the shipped layout, holds again. Done already: nothing."""
    changed = WordTemplate.objects.filter(pk=row.pk, voided_at__isnull=True).update(
        voided_at=timezone.now(), void_reason="恢复出厂模板"
    )
    if changed:
        audit.record("template.revert", actor=actor, target=f"ledgers.wordtemplate:{row.pk}")
