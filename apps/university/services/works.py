"""学员作品: shown with consent, gone at once without it."""

import datetime as dt

from django.db import transaction

from apps.common import attachments, audit
from apps.common.errors import BusinessError
from apps.common.photos import read_photo
from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassGroup, Enrolment, Student, StudentWork

WAS_HERE = (EnrolmentState.STUDYING, EnrolmentState.COMPLETED, EnrolmentState.NOT_COMPLETED)


@transaction.atomic
def add_work(
    class_group: ClassGroup, student: Student, *, title: str, text: str, photo, shown_name: str, consent_by: str,
    consent_on: dt.date, actor, on: dt.date,
) -> StudentWork:  # fmt: skip
    """Shown to everybody from now on. The photo is made small and loses where and when it was taken. Consent comes
    first: without its day there is no work. See rule book 9.56."""
    if not Enrolment.objects.current().filter(class_group=class_group, student=student, state__in=WAS_HERE).exists():
        raise BusinessError("作者不是这个班的学员。", code="not_in", field="student")
    if consent_on > on:
        raise BusinessError("同意的日期不能晚于今天。", code="future", field="consent_on")
    if photo is None and not text.strip():
        raise BusinessError("请传照片，或者写上文字。", code="nothing", field="photo")
    kept = None
    if photo is not None:
        scan = read_photo(photo)
        kept = attachments.store(
            scan.data, subject=f"university.classgroup:{class_group.pk}", purpose="work", filename=scan.filename,
            content_type=scan.content_type, actor=actor, keep_days=None,
        )  # fmt: skip
    work = StudentWork.objects.create(
        class_group=class_group, student=student, title=title.strip(), text=text.strip(), photo=kept,
        shown_name=shown_name, consent_by=consent_by, consent_on=consent_on, entered_by=actor,
    )  # fmt: skip
    audit.record("work.add", actor=actor, people=[student.pk], target=f"university.studentwork:{work.pk}")
    return work


@transaction.atomic
def withdraw_consent(work: StudentWork, *, actor, now: dt.datetime) -> StudentWork:
    """Nobody sees it any more, and the photo is removed from the store. Once more does nothing."""
    work = StudentWork.objects.select_for_update(of=("self",)).get(pk=work.pk)
    if work.withdrawn_at:
        return work
    work.withdrawn_at = now
    work.save(update_fields=["withdrawn_at"])
    if (photo := work.photo) is not None:
        transaction.on_commit(lambda: attachments.purge(photo))
    audit.record("work.withdraw", actor=actor, people=[work.student_id], target=f"university.studentwork:{work.pk}")
    return work
