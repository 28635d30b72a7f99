"""Signed papers of students: printed to be brought back, recorded when they are (rule book 9.32)."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import transaction
from django.db.models import OuterRef, Subquery

from apps.common import audit, papers, voiding
from apps.common.errors import BusinessError
from apps.common.models import Paper
from apps.university.choices.statements import SignerRelation, StatementKind
from apps.university.models import School, Statement, Student

# Kind → the column of the student that shows its latest day in lists.
SHOWN_AS = {
    StatementKind.HEALTH: "health_statement_on",
    StatementKind.SAFETY: "safety_letter_on",
    StatementKind.FAMILY: "family_consent_on",
}


def print_statement(student: Student, school: School, kind: str, *, actor) -> Paper:
    """A paper with a code, waited for. Printed again, the one that is still out is given again."""
    subject, title = f"university.student:{student.pk}", StatementKind(kind).label
    return paper_out(student, kind) or papers.print_paper(
        title, title, subject, actor=actor, unit_id=school.unit_id, people=[student.pk]
    )


@transaction.atomic
def record_statements(
    student: Student, school: School, kinds: Iterable[str], *, signed_on: dt.date, relation: str, signer: str, actor,
    on: dt.date, form_key: uuid.UUID,
) -> list[Statement]:  # fmt: skip
    """Papers that came back signed, several of one signing at once. The same form again changes nothing."""
    chosen = [StatementKind(kind) for kind in kinds]
    if not chosen:
        raise BusinessError("请勾选交回了哪些材料。", code="kinds", field="kinds")
    if signed_on > on:
        raise BusinessError("签字日期不能晚于今天。", code="future", field="signed_on")
    name = "" if relation == SignerRelation.SELF else signer.strip()
    if relation != SignerRelation.SELF and not name:
        raise BusinessError("不是本人签的，请写签字人姓名。", code="signer", field="signer")
    if relation == SignerRelation.SELF and {StatementKind.FAMILY, StatementKind.COMPANION} & set(chosen):
        raise BusinessError("家属同意书、陪同承诺书由家属签，请选是谁签的。", code="signer", field="relation")
    Student.objects.select_for_update(of=("self",), no_key=True).get(pk=student.pk)
    keys = {kind: uuid.uuid5(form_key, kind) for kind in chosen}
    known = set(Statement.objects.filter(public_id__in=keys.values()).values_list("public_id", flat=True))
    made = [
        Statement.objects.create(
            public_id=keys[kind], student=student, school=school, kind=kind, signed_on=signed_on, relation=relation,
            signer=name, paper=_back(student, kind, actor, on), entered_by=actor,
        )
        for kind in chosen if keys[kind] not in known
    ]  # fmt: skip
    if made:
        show_latest(student)
        audit.record(
            "student.statement", actor=actor, people=[student.pk], fields=[row.kind for row in made],
            target=f"university.student:{student.pk}",
        )  # fmt: skip
    return made


def _back(student: Student, kind: str, actor, on: dt.date) -> Paper | None:
    """The printed paper of this kind that is still out comes back with it."""
    paper = paper_out(student, kind)
    if paper is not None:
        papers.take_back(paper, actor=actor, on=on)
    return paper


@transaction.atomic
def void_statement(statement: Statement, *, reason: str, actor) -> None:
    """A paper that was entered by mistake does not count any more, with a reason: what it let pass is wanted again.
    Void already it stays so. BusinessError without a reason."""
    voiding.void(statement, reason=reason, actor=actor, people=[statement.student_id])
    show_latest(statement.student)


@transaction.atomic
def restore_statement(statement: Statement, *, actor) -> None:
    """It counts again."""
    voiding.restore(statement, actor=actor, people=[statement.student_id])
    show_latest(statement.student)


def show_latest(student: Student) -> None:
    show_latest_of([student.pk])


def show_latest_of(student_ids: Iterable[int]) -> None:
    """The day of the latest standing paper of each kind, on the students; one statement for any number."""
    standing = Statement.objects.filter(student=OuterRef("pk"), voided_at__isnull=True).order_by("-signed_on")
    latest = {column: Subquery(standing.filter(kind=kind).values("signed_on")[:1]) for kind, column in SHOWN_AS.items()}
    Student.objects.filter(pk__in=list(student_ids)).update(**latest)


def paper_out(student: Student, kind: str) -> Paper | None:
    """The printed paper of this kind that is waited for."""
    subject, title = f"university.student:{student.pk}", StatementKind(kind).label
    return Paper.objects.filter(subject=subject, kind=title, state__in=papers.OUT).order_by("-pk").first()
